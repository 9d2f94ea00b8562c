"""Broken and hostile sources: each has located lines, the rest is imported, and nothing else is written."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.cli import main
from portfolio.importer import input_files
from tests.support import small_site, trees

Files = dict[str, str | bytes]
# What each case adds to: a Jekyll site with a post that must always be imported.
GOOD: Files = {
    "_config.yml": "url: https://old.example\n",
    "_posts/2020-01-02-good.md": "---\ntitle: Good\n---\n\nA good post.\n",
}
POST = "_posts/2020-01-03-bad.md"
_OUTPUTS = ("docs/", ".cache/", "mkdocs.yml", "import-report.md")


class Importer:
    """Imports files into a small site, and reads what it has then."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = small_site.create(folder / "site", {})
        self.source = folder / "source"
        self.source.mkdir()
        self.capsys = capsys
        self.output = ""

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, source: Path | None = None, *options: str) -> int:
        """Import the source, or a file of it; return the exit code."""
        before = self._read_rest()
        path = str(source or self.source)
        code = main(["import", "--config", str(self.root / "mkdocs.yml"), *options, path])
        printed = self.capsys.readouterr()
        self.output = printed.out + printed.err
        assert self._read_rest() == before
        assert "Traceback" not in self.output
        return code

    def _read_rest(self) -> dict[str, object]:
        """Return all files that an import must not change."""
        folder = self.root.parent
        tree: dict[str, object] = {}
        for path in sorted([*self.root.glob("*"), *folder.glob("*"), *self.source.rglob("*")]):
            name = path.relative_to(self.root if path.is_relative_to(self.root) else folder).as_posix()
            if path.is_file() and path.stat().st_size < 1_000_000 and not name.startswith(_OUTPUTS):
                tree[str(path)] = path.read_bytes()
        return tree

    @property
    def lines(self) -> list[str]:
        """The lines of the report about the source, without the folder and the number of the column."""
        lines = self.output.splitlines()
        return [line.removeprefix("../source/") for line in lines if line.startswith("../source")]

    @property
    def findings(self) -> str:
        """What ``make check`` will report."""
        return self.output.partition("make check will report:")[2].partition("\n\n")[0]

    def read(self, name: str) -> str:
        """Return the text of an imported post."""
        return (self.root / f"docs/musings/posts/{name}.md").read_text(encoding="utf-8")


@pytest.fixture
def importer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """A small site, and an empty folder to import from."""
    return Importer(tmp_path, capsys)


def make_post(front_matter: str, body: str = "Text.\n") -> str:
    return f"---\n{front_matter}\n---\n\n{body}"


NESTED_ALIASES = "a0: &a0 [x, x]\n" + "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)
)

# The front matter or the whole file of a post, and the lines about it. The post is imported in each case,
# unless its file cannot be read at all.
FRONT_MATTER: dict[str, tuple[str | bytes, list[str]]] = {
    "never closed": ("---\ntitle: Bad\n", [f"{POST}:1:1: the front matter is never closed."]),
    "duplicate key": (
        make_post("title: a\ntitle: b"),
        [f"{POST}:3:1: title: this key is a duplicate; the first is on line 2."],
    ),
    "no mapping": (make_post("- a"), [f"{POST}:2:1: the front matter is not a mapping."]),
    "tab": (make_post("title: a\nx:\n\ty: 1"), [f"{POST}:4:1: a tab cannot indent YAML."]),
    "Python object": (
        make_post('title: !!python/object/apply:os.system ["touch executed"]'),
        [f"{POST}:2:8: title: the tag '!!python/object/apply:os.system' is not accepted here."],
    ),
    "aliases that multiply": (make_post(NESTED_ALIASES), ["there are more than 200000 values"]),
    "alias of itself": (
        make_post("tags: &t [*t]"),
        [f"{POST}:2:7: tags[0]: an alias must not contain itself."],
    ),
    "nested too deeply": (make_post("title: " + "[" * 5000 + "]" * 5000), ["this is nested too deeply."]),
    "null byte": (
        make_post("title: a\0b"),
        [f"{POST}:2:1: this is not YAML: control characters are not allowed."],
    ),
    "half of a surrogate pair": (
        make_post(r'title: "a\ud800"'),
        [f"{POST}:2:", "found invalid Unicode character escape code."],
    ),
    "no day of February": (
        make_post("title: a\ndate: 2020-02-31"),
        [f"{POST}:3:1: date: '2020-02-31' is not a date."],
    ),
    "year 10000": (
        make_post("title: a\ndate: 10000-01-01"),
        [f"{POST}:3:1: date: '10000-01-01' is not a date."],
    ),
    "month 0": (make_post("title: a\ndate: 0000-00-00"), [f"{POST}:3:1: date: '0000-00-00' is not a date."]),
    "seconds as a date": (
        make_post("title: a\ndate: 1577836800"),
        [f"{POST}:3:1: date: '1577836800' is not a date."],
    ),
    "day that UTC does not have": (
        make_post("title: a\ndate: 9999-12-31 23:59:59 -2359"),
        [f"{POST}:3:1: date: '9999-12-31 23:59:59 -2359' is not a date."],
    ),
    "Latin-1": (
        make_post("title: caf").encode() + b"\xe9",
        [f"{POST}:6:1: this is not UTF-8 text (byte 26). Save it as UTF-8."],
    ),
    "UTF-16": (make_post("title: a").encode("utf-16"), [f"{POST}:1:1: this is not UTF-8 text (byte 0)."]),
}


@pytest.mark.parametrize(("content", "expected"), FRONT_MATTER.values(), ids=FRONT_MATTER)
def test_a_broken_post_stops_no_other(importer: Importer, content: str | bytes, expected: list[str]) -> None:
    importer.write({**GOOD, POST: content})
    assert importer.run() == 1
    assert len(importer.lines) == 1
    for part in expected:
        assert part in importer.lines[0]
    assert importer.read("good").endswith("A good post.\n")
    assert importer.findings == ""
    assert not list(importer.root.parent.rglob("executed"))


# A body, its lines in the report without columns, and what the imported body must not contain.
BODIES: dict[str, tuple[str, list[str], str]] = {
    "script": (
        "a <script>alert(1)</script> b",
        ["<script> is left out, because it could run script or change the page."],
        "alert",
    ),
    "handler of an event": (
        'a <b onclick="alert(1)">b</b>',
        ["onclick is left out, because it could run script or change the page."],
        "alert",
    ),
    "refresh": (
        'a <meta http-equiv="refresh" content="0;url=https://evil.example">',
        ["<meta> is left out, because it could run script or change the page."],
        "evil",
    ),
    "list of Material": (
        "a\n\n<!-- material/tags -->\n",
        ["<!-- material/… --> is left out, because it could run script or change the page."],
        "material",
    ),
    "URL that runs script": (
        "[a](javascript:alert%281%29) <b>x</b>",
        ["the link 'javascript:alert%281%29' runs script, and is left out."],
        "javascript",
    ),
    "hidden URL that runs script": (
        "[a](java&#115;cript:alert%281%29)",
        ["the link 'javascript:alert%281%29' runs script, and is left out."],
        "script",
    ),
    "document in a URL": (
        "[a](data:text/html,<b>)",
        ["the link 'data:text/html,<b>' runs script, and is left out."],
        "data",
    ),
    "image outside": (
        "![a](../../../../../etc/passwd)",
        ["there is no file for '../../../../../etc/passwd'."],
        "etc",
    ),
    "image of the computer": (
        "![a](file:///etc/passwd)",
        ["there is no file for 'file:///etc/passwd'."],
        "etc",
    ),
    "URL that cannot be read": ("[a](http://[x)", ["the old site has nothing at 'http://[x'."], "http"),
    "tag without a counterpart": (
        "a {% exec rm %} b",
        ["there is no counterpart of the tag {% exec %}, and it is left out. Write what it showed."],
        "exec",
    ),
}


@pytest.mark.parametrize(("body", "expected", "absent"), BODIES.values(), ids=BODIES)
def test_what_acts_is_left_out(importer: Importer, body: str, expected: list[str], absent: str) -> None:
    importer.write({**GOOD, POST: make_post("title: Bad", body)})
    assert importer.run() == 0
    assert [line.split(" ", 1)[1] for line in importer.lines] == expected
    assert all(line.startswith(f"{POST}:5:") or "material" in line for line in importer.lines)
    text = importer.read("bad").partition("# Bad")[2]
    assert absent not in text
    assert importer.findings == ""


def test_notations_of_this_site_in_a_text_stay_text(importer: Importer) -> None:
    body = '--8<-- "/etc/passwd"\n\n[TOC]\n\n{% raw %}{{ config }} {% x %}{% endraw %}\n'
    front = 'title: "<script>{{ 7*7 }}</script>"\ntags: ["<b>x</b>"]\nauthor: "<b>Eve</b>"'
    importer.write({**GOOD, POST: make_post(front, body)})
    assert importer.run() == 0
    text = importer.read("bad")
    assert "\n--8<--" not in text
    assert "\n[TOC]" not in text
    assert r"# &lt;script>\{\{ 7*7 \}\}&lt;/script>" in text
    assert "tags: [<b>x</b>]" in text
    assert importer.findings == ""


URLS_OUTSIDE = ("/../../x", "//evil", "/a b")


def test_paths_that_climb_out_stay_inside(importer: Importer) -> None:
    front = (
        "title: Bad\nslug: ../../../evil\npermalink: /../../../evil/\n"
        'redirect_from: [/../../x, "//evil", "/a\\nb", "/ok.html"]'
    )
    importer.write({**GOOD, POST: make_post(front)})
    assert importer.run() == 0
    lines = [line.partition(" In mkdocs.yml")[0] for line in importer.lines]
    assert lines == [f"{POST}:1:1: nothing answers the old URL '{url}'." for url in URLS_OUTSIDE]
    assert "aliases: [/evil/, /ok.html]" in importer.read("evil")
    assert importer.findings == ""


def test_names_that_windows_reserves_are_changed(importer: Importer) -> None:
    body = "[a](/aux.txt) [b](/a%3Ab.txt) [c](/nul/c.txt)"
    importer.write({**GOOD, POST: make_post("title: Bad", body), "aux.txt": "1", "a:b.txt": "2"})
    importer.write({"nul/c.txt": "3"})
    assert importer.run() == 0
    assert "[a](../../file-aux.txt) [b](../../a-b.txt) [c](../../file-nul/c.txt)" in importer.read("bad")
    assert importer.lines == []
    assert importer.findings == ""


def test_posts_with_the_same_slug_have_different_urls(importer: Importer) -> None:
    for name in ("a", "b", "c"):
        importer.write({**GOOD, f"_posts/2020-01-03-{name}.md": make_post("title: Same\nslug: same")})
    assert importer.run() == 0
    slugs = [
        importer.read(name).partition("slug: ")[2].split("\n")[0] for name in ("same", "same-2", "same-3")
    ]
    assert len(set(slugs)) == 3
    assert importer.findings == ""


# Files and links

Prepare = Callable[[Path], object]
OUTSIDE = "this symbolic link leads out of the folder, and is not read."
SPECIAL: dict[str, tuple[Prepare, str]] = {
    "link to a file": (lambda path: (path / POST).symlink_to("/etc/hostname"), f"{POST}:1:1: {OUTSIDE}"),
    "link to a folder": (lambda path: (path / "a").symlink_to("/etc"), f"a:1:1: {OUTSIDE}"),
    "link to nothing": (
        lambda path: (path / POST).symlink_to("nothing"),
        f"{POST}:1:1: this symbolic link leads to no file.",
    ),
    "link to itself": (
        lambda path: (path / "a").symlink_to("."),
        "a:1:1: this symbolic link leads to a folder",
    ),
    "pipe": (lambda path: os.mkfifo(path / POST), f"{POST}:1:1: this is a named pipe."),
    "device": (lambda path: (path / POST).symlink_to("/dev/zero"), f"{POST}:1:1: "),
    "control character": (
        lambda path: (path / "_posts/2020-01-03-\x1b[31m.md").write_text("x", encoding="utf-8"),
        "_posts/2020-01-03-�[31m.md:1:1: the name of this file contains a control character. Rename it.",
    ),
    "name that is not UTF-8": (
        lambda path: (path / os.fsdecode(b"_posts/2020-01-03-\xff.md")).write_text("x", encoding="utf-8"),
        "_posts/2020-01-03-?.md:1:1: the name of this file or of its folder is not valid UTF-8. Rename it.",
    ),
}


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links and pipes")
@pytest.mark.parametrize(("prepare", "expected"), SPECIAL.values(), ids=SPECIAL)
def test_only_files_of_the_source_are_read(importer: Importer, prepare: Prepare, expected: str) -> None:
    importer.write(GOOD)
    prepare(importer.source)
    assert importer.run() == 1
    assert len(importer.lines) == 1
    assert importer.lines[0].startswith(expected)
    assert importer.read("good").endswith("A good post.\n")


def test_large_files_are_not_read(importer: Importer) -> None:
    importer.write(GOOD)
    with (importer.source / POST).open("wb") as file:
        file.truncate(100_000_000)
    assert importer.run() == 1
    assert importer.lines == [f"{POST}:1:1: this file is larger than 64 MB, and is not read."]


def test_of_too_many_files_the_first_are_read(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_files, "_MAX_FILES", 3)
    importer.write({**GOOD, "x.txt": "1", "y.txt": "2"})
    assert importer.run() == 1
    assert importer.lines == [
        "../source:1:1: this has more than 3 files, and the others are not read. "
        "Remove what is not part of the site."
    ]


# Zip archives


def pack(files: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about two files of one name
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def change(archive: bytes, offset: int, value: bytes) -> bytes:
    """Change the last entry in the directory of an archive."""
    start = archive.rfind(b"PK\x01\x02") + offset
    return archive[:start] + value + archive[start + len(value) :]


BAD = make_post("title: Bad").encode()
ITEMS = [(name, str(content).encode()) for name, content in GOOD.items()]
ZIP = pack([*ITEMS, (POST, BAD)])
# The data of the last file follows its name.
DATA = ZIP.find(POST.encode()) + len(POST)
DAMAGED = ZIP[:DATA] + b"\xff" * 6 + ZIP[DATA + 6 :]
CLIMBS = "this path leads out of the archive, and is not read."
ARCHIVES: dict[str, tuple[bytes, str]] = {
    "path that climbs out": (pack([*ITEMS, ("../../x.md", b"")]), f"../../x.md:1:1: {CLIMBS}"),
    "absolute path": (pack([*ITEMS, ("/etc/x", b"")]), f"/etc/x:1:1: {CLIMBS}"),
    "path of Windows": (pack([*ITEMS, ("..\\x", b"")]), f"..\\x:1:1: {CLIMBS}"),
    "control character": (
        pack([*ITEMS, ("a\nb", b"")]),
        "a b:1:1: the name of this file contains a control character. Rename it.",
    ),
    "bomb": (
        pack([*ITEMS, (POST, b"0" * 40_000_000)]),
        f"{POST}:1:1: this archive unpacks to far more than its size, and this file is not read.",
    ),
    "large file": (
        change(ZIP, 24, struct.pack("<I", 100_000_000)),
        f"{POST}:1:1: this file is larger than 64 MB, and is not read.",
    ),
    "false size": (
        change(ZIP, 24, struct.pack("<I", 3)),
        f"{POST}:1:1: this cannot be read: Bad CRC-32 for file '{POST}'.",
    ),
    "encrypted": (
        change(ZIP, 8, b"\1"),
        f"{POST}:1:1: this cannot be read: File '{POST}' is encrypted, password required for extraction.",
    ),
    "unknown compression": (
        change(ZIP, 10, b"\x63\0"),
        f"{POST}:1:1: this cannot be read: That compression method is not supported.",
    ),
    "place outside": (
        change(ZIP, 42, struct.pack("<I", 0x7FFFFFFF)),
        f"{POST}:1:1: this cannot be read: Truncated file header.",
    ),
    "damaged data": (
        DAMAGED,
        f"{POST}:1:1: this cannot be read: ",
    ),
    "two files of one name": (
        pack([*ITEMS, (POST, BAD), (POST, BAD)]),
        f"{POST}:1:1: the archive has 2 files of this name, and only the last one is read.",
    ),
}


@pytest.mark.parametrize(("archive", "expected"), ARCHIVES.values(), ids=ARCHIVES)
def test_archives_are_read_within_limits(importer: Importer, archive: bytes, expected: str) -> None:
    importer.write({"a.zip": archive})
    assert importer.run(importer.source / "a.zip") == 1
    name, _, message = expected.partition(":1:1: ")
    assert len(importer.lines) == 1
    assert importer.lines[0].replace("�", " ").startswith(f"a.zip/{name}:1:1: {message}")
    assert importer.read("good").endswith("A good post.\n")


def test_half_of_an_archive_is_named(importer: Importer) -> None:
    importer.write({"a.zip": ZIP[:-30]})
    assert importer.run(importer.source / "a.zip") == 2
    assert (
        importer.output == "../source/a.zip:1:1: the end of this zip archive is missing. Download it again.\n"
    )


# XML

ENTRY = (
    '<entry><title>{0} {1}</title><link href="https://old.example/{0}.html"/><id>tag:old.example,2020:{0}</id>'
    '<published>2020-01-02T00:00:00Z</published><content type="html">Text.</content></entry>'
)
FEED = '<?xml version="1.0"?>{0}\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title>{1}\n</feed>'
PARTLY = "What can be read of it is imported."
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
FEEDS: dict[str, tuple[bytes, list[str], list[str]]] = {
    "file of the computer": (
        FEED.format(
            '<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]>', ENTRY.format("a", "&x;")
        ).encode(),
        ["feed.xml:1:1: the entities that this file declares are not read. Write their text instead."],
        ["a"],
    ),
    "entities that multiply": (
        FEED.format(f'<!DOCTYPE feed [<!ENTITY a0 "ha">{LAUGHS}]>', ENTRY.format("a", "&a9;")).encode(),
        ["feed.xml:1:", "this is not XML: Maximum entity amplification factor exceeded"],
        [],
    ),
    "entity that is not declared": (
        FEED.format("", f"{ENTRY.format('a', '')}{ENTRY.format('b', '&x;')}{ENTRY.format('c', '')}").encode(),
        ["feed.xml:2:", f"this is not XML: Entity 'x' not defined. {PARTLY}"],
        ["a", "b", "c"],
    ),
    "wrong encoding": (
        FEED.format("", f"{ENTRY.format('a', '')}\n<!-- @ -->{ENTRY.format('b', '')}")
        .encode()
        .replace(b"@", b"\xe9"),
        ["feed.xml:3:", f"this is not XML: Invalid bytes in character encoding. {PARTLY}"],
        ["a", "b"],
    ),
    "end that is missing": (
        FEED.format("", f"{ENTRY.format('a', '')}\n</feed").encode().partition(b"</feed")[0],
        ["feed.xml:3:", f"this is not XML: Premature end of data in tag feed line 2. {PARTLY}"],
        ["a"],
    ),
}


@pytest.mark.parametrize(("feed", "expected", "posts"), FEEDS.values(), ids=FEEDS)
def test_broken_xml_is_read_as_far_as_possible(
    importer: Importer, feed: bytes, expected: list[str], posts: list[str]
) -> None:
    importer.write({"feed.xml": feed})
    code = importer.run(importer.source / "feed.xml")
    assert code == (0 if "entities that this" in expected[0] else 1)
    assert len(importer.lines) == 1
    for part in expected:
        assert part in importer.lines[0]
    folder = importer.root / "docs/musings/posts"
    assert sorted(path.stem for path in folder.glob("*.md")) == sorted(["first", *posts])
    assert "root:" not in "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.md"))


# Other readers


def test_settings_of_pelican_are_never_executed(importer: Importer) -> None:
    settings = (
        'import os\nos.system("touch executed")\nopen("executed", "w")\nSITEURL = os.environ["HOME"]\n'
        'PATH = "../../../etc"\nARTICLE_SAVE_AS = "../../{slug}.html"\n'
        'FILENAME_METADATA = "(?P<date>(a+)+)$"\n'
    )
    post = "Title: Good\nDate: 2020-01-02\nSave_as: ../../../evil.html\n\nA good post.\n"
    importer.write({"pelicanconf.py": settings, "content/good.md": post})
    assert importer.run() == 0
    assert importer.lines == [
        "content/good.md:3:1: '../../../evil.html' leads out of the site, and is not used.",
        "pelicanconf.py:4:1: SITEURL is no literal value, and is not read. Write its value for the import.",
        "pelicanconf.py:7:1: FILENAME_METADATA is not read: it repeats a repetition.",
    ]
    assert importer.read("good").endswith("A good post.\n")
    assert not list(importer.root.parent.rglob("executed"))
    assert not Path("executed").exists()


def test_directives_of_docutils_read_no_files(importer: Importer) -> None:
    post = (
        "Good\n====\n\n:date: 2020-01-02\n\nText.\n\n.. include:: /etc/passwd\n\n"
        ".. csv-table::\n   :file: /etc/passwd\n"
    )
    importer.write({"pelicanconf.py": "", "content/good.rst": post})
    assert importer.run() == 0
    assert [line.split(" ", 1)[1] for line in importer.lines] == [
        '"include" directive disabled.',
        'File and URL access deactivated; ignoring "csv-table" directive.',
    ]
    assert "root:" not in importer.read("good")


def test_settings_of_material_are_data(importer: Importer) -> None:
    settings = 'plugins: !!python/object/apply:os.system ["touch executed"]\nextra: !ENV HOME\n'
    post = make_post("date: 2020-01-02", "# Good\n\nA good post.\n")
    importer.write({"mkdocs.yml": settings, "docs/blog/posts/good.md": post})
    importer.run(None, "--as", "material")
    assert importer.read("good").endswith("A good post.\n")
    assert not list(importer.root.parent.rglob("executed"))


def test_divs_without_an_end_are_limited(importer: Importer) -> None:
    body = "::: {.a}\n" * 300 + "A good post.\n"
    importer.write({"_quarto.yml": "", "posts/good.qmd": make_post("title: Good\ndate: 2020-01-02", body)})
    assert importer.run() == 0
    report = (importer.root / "import-report.md").read_text(encoding="utf-8")
    assert "posts/good.qmd:56:1: this div is nested too deeply, and its mark is left out." in report
    assert importer.read("good").endswith("A good post.\n")


def test_a_file_among_the_stories_of_medium_is_named(importer: Importer) -> None:
    story = (
        '<article class="h-entry"><h1 class="p-name">Good</h1><section data-field="body" class="e-content">'
        "<p>A good post.</p></section>"
        '<time class="dt-published" datetime="2020-01-02T00:00:00Z"></time></article>'
    )
    importer.write(
        {"posts/2020-01-02_Good-abcdef012345.html": story, "posts/bad.html": "<p>", "c.html": "<p>"}
    )
    importer.run(None, "--as", "medium")
    assert "posts/bad.html:1:1: this is not a story of Medium, and is left out." in importer.lines


def test_json_that_is_nested_too_deeply_is_refused(importer: Importer) -> None:
    importer.write({"resume.json": '{"basics": {}, "work": ' + '{"a":' * 5000 + "1" + "}" * 5001})
    assert importer.run(importer.source / "resume.json") == 1
    assert importer.lines == ["resume.json:1:1: this is nested too deeply."]


def test_names_without_letters_are_left_out(importer: Importer) -> None:
    importer.write({**GOOD, POST: make_post("title: Bad\ntags: [..]\ncategories: ['?']")})
    assert importer.run() == 0
    reason = "has no letter or digit for a URL, and is left out of the"
    assert [line.split(" ", 1)[1] for line in importer.lines if reason in line] == [
        f"'..' {reason} tags.",
        f"'?' {reason} categories.",
    ]
    assert importer.findings == ""


def test_too_many_tags_are_cut_and_reported(importer: Importer) -> None:
    tags = ", ".join(f"t{number}" for number in range(5000))
    importer.write({**GOOD, POST: make_post(f"title: Bad\ntags: [{tags}]")})
    assert importer.run() == 0
    assert importer.lines == [f"{POST}:6:1: 5000 tags are too many, and only the first 100 are imported."]
    assert "t99]" in importer.read("bad")
    assert importer.findings == ""


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_nothing_is_written_through_a_link_out_of_docs(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (importer.root / "docs/images").symlink_to(tmp_path / "outside")
    importer.write({**GOOD, "images/a.png": "x", POST: make_post("title: Bad", "![a](/images/a.png)")})
    before = trees.read_tree(importer.root / "docs")
    assert importer.run() == 1
    assert importer.output == "docs/images/a.png leads out of docs by a symbolic link, and is not written.\n"
    assert trees.read_tree(importer.root / "docs") == before
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_source_with_nothing_to_import_changes_nothing(importer: Importer) -> None:
    importer.write({"a.pdf": b"%PDF-1.4\n\xff"})
    before = trees.read_tree(importer.root / "docs")
    assert importer.run(importer.source / "a.pdf") == 2
    assert importer.run(importer.source / "a.pdf", "--as", "jekyll") == 1
    assert importer.lines == [
        "a.pdf:1:1: this has nothing to import as a Jekyll site. AS= names another kind."
    ]
    assert trees.read_tree(importer.root / "docs") == before
