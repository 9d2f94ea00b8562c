"""The settings of Pelican, read as data."""

from datetime import date
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.readers.pelican.settings import (
    DEFAULTS,
    PelicanSettings,
    expand_pattern,
    find_unsafe_pattern,
    read_settings,
)


def _settings(folder: Path, text: str, published: str | None = None) -> PelicanSettings:
    (folder / "pelicanconf.py").write_text(text)
    if published is not None:
        (folder / "publishconf.py").write_text(published)
    return read_settings(InputFiles(folder, folder))


def test_without_a_configuration_the_settings_are_those_of_pelican(tmp_path: Path) -> None:
    settings = read_settings(InputFiles(tmp_path, tmp_path))
    assert settings.values == DEFAULTS
    assert settings.problems == []


def test_expressions_of_literal_values(tmp_path: Path) -> None:
    settings = _settings(
        tmp_path,
        "import os\nBASE = 'https://a.example'\nSITEURL = BASE + '/blog/'\nSTATIC_PATHS = ['a', 'b']\n"
        "STATIC_PATHS += ['c']\nSTATIC_PATHS.append('d')\nARTICLE_URL = f'{BASE}x'\nPAGE_DIR = 'p'\n"
        "PATH = os.path.join('src', 'content')\nAUTHOR: str = os.environ.get('AUTHOR', 'Jane')\n"
        "EXTRA_PATH_METADATA = {**{'a': {'path': 'b'}}}\nEXTRA_PATH_METADATA['c'] = dict(path='d')\n"
        "DEFAULT_LANG, TIMEZONE = 'de', 'Europe/Berlin'\nDEFAULT_PAGINATION = -1\n",
        "from pelicanconf import *\nAUTHOR = 'Max'\n",
    )
    names = (
        "SITEURL STATIC_PATHS ARTICLE_URL PAGE_PATHS PATH AUTHOR EXTRA_PATH_METADATA DEFAULT_LANG TIMEZONE"
    )
    assert [settings[name] for name in names.split()] == [
        "https://a.example/blog",
        ["a", "b", "c", "d"],
        "https://a.examplex",
        ["p"],
        "src/content",
        "Max",
        {"a": {"path": "b"}, "c": {"path": "d"}},
        "de",
        "Europe/Berlin",
    ]
    assert settings.problems == []


def test_what_cannot_be_read_is_reported_and_nothing_is_executed(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    settings = _settings(
        tmp_path,
        f"open({str(marker)!r}, 'w')\nSITEURL = open({str(marker)!r}, 'w').name\nOTHER = lambda: 1\n"
        "if True:\n    TIMEZONE = 'UTC'\nARTICLE_URL = 'a' * 10 ** 9\nPAGE_PATHS = 'pages'\n"
        "FILENAME_METADATA = '(a+)+'\nSLUG_REGEX_SUBSTITUTIONS = [('(', ''), ('a', '\\\\g<9>'), ('b', 'c')]\n"
        "X = 'a'\n" + "X = X + X\n" * 40 + "AUTHOR = X\n",
    )
    assert [f"{problem.line}: {problem.message}" for problem in settings.problems] == [
        "2: SITEURL is no literal value, and is not read.",
        "5: TIMEZONE depends on a condition or a function, and is not read.",
        "6: ARTICLE_URL is no literal value, and is not read.",
        "7: PAGE_PATHS has an unexpected type, and is not read.",
        "9: the rule '(' is not read: missing ), unterminated subpattern at position 0.",
        r"9: the rule 'a' is not read: invalid group reference 9 at position 3.",
        "8: FILENAME_METADATA is not read: it repeats a repetition.",
    ]
    assert not marker.exists()
    assert settings["SLUG_REGEX_SUBSTITUTIONS"] == [("b", "c")]
    assert (settings["SITEURL"], settings["PAGE_PATHS"]) == ("", ["pages"])
    assert len(settings["AUTHOR"]) <= 100_000


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "print 'a'\n",
            "1: this is not Python: Missing parentheses in call to 'print'. Did you mean print(...)?.",
        ),
        ("A = 1\nB = (\n", "2: this is not Python: '(' was never closed."),
        ("A = 1\0\n", None),
    ],
)
def test_what_is_not_python(tmp_path: Path, text: str, message: str | None) -> None:
    problems = _settings(tmp_path, text).problems
    assert len(problems) == 1
    assert message in (None, f"{problems[0].line}: {problems[0].message}")


def test_slugs_as_pelican_makes_them(tmp_path: Path) -> None:
    settings = _settings(
        tmp_path,
        "SLUG_REGEX_SUBSTITUTIONS = [(r'C\\+\\+', 'cpp'), (r'[^\\w\\s-]', ''), (r'(?u)\\A\\s*', ''), "
        "(r'(?u)\\s*\\Z', ''), (r'[-\\s]+', '-')]\nTAG_REGEX_SUBSTITUTIONS = [(' ', '_')]\n",
    )
    assert settings.problems == []
    assert (
        settings.slugify(" C++ for <em>Ärzte</em> &amp; Œuvres – a test… ") == "cpp-for-arzte-oeuvres-a-test"
    )
    assert settings.slugify("Straße, naïve: Łódź") == "strasse-naive-lodz"
    assert settings.slugify("Привет, Ελλάδα § 2") == "privet-ellada-ss-2"
    assert settings.slugify("A Tag", "TAG") == "a_tag"
    assert settings.slugify("A Tag", "CATEGORY") == "a-tag"


def test_rules_for_slugs_of_old_versions(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "SLUG_SUBSTITUTIONS = (('C++', 'cpp'), ('.', '_', True))\n")
    assert settings.slugify("C++ v.2") == "cpp v_2"


def test_patterns() -> None:
    values = {"slug": "a", "date": date(2020, 3, 2), "number": 2}
    assert (
        expand_pattern("{date:%Y/%m}/{date.day}/{slug}-{number:03d}.html", values) == "2020/03/2/a-002.html"
    )
    for pattern, reason in [
        ("{slug.__class__}", "'{slug.__class__}' has no value"),
        ("{other}", "'{other}' has no value"),
        ("{slug:>99999999999}", "'>99999999999' is not supported"),
        ("{number:99999999999}", "'99999999999' is not supported"),
        ("{slug", "expected '}' before end of string"),
    ]:
        with pytest.raises(ValueError, match="^" + __import__("re").escape(reason)):
            expand_pattern(pattern, values)


@pytest.mark.parametrize(
    ("pattern", "is_safe"),
    [
        (r"(?P<date>\d{4}-\d{2}-\d{2}).*", True),
        (r"(?P<category>[^/]*)/(?P<date>\d+)/.*", True),
        (r"(a|b)+[*+]\)+\(x+\)", True),
        (r"(a+)+", False),
        (r"((a*)b)*", False),
        (r"(?:a{2,})*", False),
        (r"(a", False),
    ],
)
def test_unsafe_patterns(pattern: str, is_safe: bool) -> None:
    assert (find_unsafe_pattern(pattern) is None) is is_safe


def test_the_url_of_the_site_must_be_one(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "SITEURL = 'http://[::1'\n")
    assert settings["SITEURL"] == ""
    assert [problem.message for problem in settings.problems] == [
        "'http://[::1' is not the URL of a site, and is not read."
    ]
