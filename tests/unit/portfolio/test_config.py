"""The options of mkdocs.yml, and the problems in them."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.citations import csl
from portfolio.config import CvOptions, ExportOptions, Options, check_macros, load_options
from tests.unit.portfolio import records


def read(folder: Path, text: str, **files: str) -> tuple[Options, list[str]]:
    """The options of a configuration, and its problems without what else would be accepted."""
    named = {f"{name}.yml": content for name, content in files.items()}
    records.write(folder, {"mkdocs.yml": text, **named})
    options, problems = load_options(folder / "mkdocs.yml", folder)
    return options, [str(problem).split(" Accepted")[0] for problem in problems]


def off(options: Options) -> list[str]:
    return [name for name, on in options.exports.model_dump().items() if not on]


def test_exports_are_on_by_default(tmp_path: Path) -> None:
    options, problems = read(tmp_path, "site_name: !ENV [A, B]\n")
    assert (off(options), options.style.name, problems) == ([], csl.DEFAULT_STYLE, [])
    options, problems = read(tmp_path, "extra: {portfolio: {exports: {llms: false, cv_yaml: no}}}\n")
    assert (off(options), problems) == (["cv_yaml", "llms"], [])


def test_each_export_can_be_turned_off(tmp_path: Path) -> None:
    for name in ExportOptions.model_fields:
        options, problems = read(tmp_path, f"extra: {{portfolio: {{exports: {{{name}: false}}}}}}\n")
        assert (off(options), problems) == ([name], [])


def test_the_former_name_of_exports_is_accepted_with_information(tmp_path: Path) -> None:
    text = "extra:\n  portfolio:\n    faces: {llms: false, cards: false}\n    exports: {cards: true}\n"
    (tmp_path / "mkdocs.yml").write_text(text)
    options, (problem,) = load_options(tmp_path / "mkdocs.yml", tmp_path)
    assert off(options) == ["llms"]
    assert (problem.code, problem.severity) == ("option.renamed", "info")
    assert str(problem) == (
        "mkdocs.yml:3:5: extra.portfolio.faces: this setting is now called 'exports'. "
        "Rename it; the old name works until 2028."
    )


def test_settings_override_inherited_settings(tmp_path: Path) -> None:
    (tmp_path / "own.csl").write_bytes(csl.find_style(csl.DEFAULT_STYLE, tmp_path).text)
    base = "extra: {portfolio: {citation_style: own.csl, exports: {llms: false, cards: false}}}\n"
    options, problems = read(tmp_path, "INHERIT: base.yml\n", base=base)
    assert (off(options), options.style.name, problems) == (["llms", "cards"], "own.csl", [])
    own = f"citation_style: {csl.DEFAULT_STYLE}, exports: {{llms: true}}"
    text = f"INHERIT: base.yml\nextra: {{portfolio: {{{own}}}}}\n"
    options, problems = read(tmp_path, text, base=base)
    assert (off(options), options.style.name, problems) == (["cards"], csl.DEFAULT_STYLE, [])


def test_env_tags_are_replaced_by_environment_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    monkeypatch.setenv("CARDS", "false")
    monkeypatch.setenv("NOTHING", "")
    (tmp_path / "own.csl").write_bytes(csl.find_style(csl.DEFAULT_STYLE, tmp_path).text)
    text = (
        "extra:\n  portfolio:\n    citation_style: !ENV [NO_SUCH, own.csl]\n    exports:\n"
        "      cards: !ENV [NO_SUCH, CARDS, true]\n      llms: !ENV [NO_SUCH, false]\n"
        "      json_ld: !ENV NO_SUCH\n      cv_pdf: !ENV NOTHING\n"
        "  social: [{link: !ENV [NO_SUCH, 'https://a.example/'], name: !ENV CARDS}]\n"
    )
    options, problems = read(tmp_path, text)
    assert problems == []
    assert (off(options), options.style.name) == (["llms", "cards"], "own.csl")
    assert [(profile.label, profile.link) for profile in options.social] == [("false", "https://a.example/")]
    monkeypatch.setenv("CARDS", "perhaps")
    assert read(tmp_path, text)[1] == [
        "mkdocs.yml:5:7: extra.portfolio.exports.cards: 'perhaps' is not accepted. Write true or false."
    ]


def test_social_profiles_override_inherited_profiles(tmp_path: Path) -> None:
    base = "extra: {social: [{name: Inherited, link: 'https://base.example/'}]}\n"
    text = (
        "INHERIT: base.yml\nextra:\n  social:\n    - {icon: fontawesome/brands/x, link: 'https://www.a.example/me'}\n"
        "    - {name: 3, link: 'mailto:me@a.example'}\n    - {link: 'mailto:me@a.example'}\n"
    )
    options, problems = read(tmp_path, text, base=base)
    assert problems == []
    assert [profile.label for profile in options.social] == ["a.example", "3", "mailto:me@a.example"]
    assert [profile.label for profile in read(tmp_path, "INHERIT: base.yml\n", base=base)[0].social] == [
        "Inherited"
    ]
    assert read(tmp_path, "INHERIT: base.yml\nextra: {social: }\n", base=base)[0].social == ()


def test_a_duplicate_key_does_not_affect_other_settings(tmp_path: Path) -> None:
    text = "site_name: A\nsite_name: B\nextra: {portfolio: {exports: {llms: false}}}\n"
    assert off(read(tmp_path, text)[0]) == ["llms"]


def test_problems_in_social_profiles_have_positions(tmp_path: Path) -> None:
    text = (
        "extra:\n  social:\n    - https://a.example/\n    - {name: 3, link: null}\n"
        "    - {name: A, link: a b}\n    - {nam: A, link: 'https://a.example/'}\n"
    )
    options, problems = read(tmp_path, text)
    assert options.social == ()
    assert problems == [
        "mkdocs.yml:3:7: extra.social[0]: expected a mapping, found a text.",
        "mkdocs.yml:4:17: extra.social[1].link: is missing. Required: link.",
        "mkdocs.yml:5:17: extra.social[2].link: 'a b' is not a link. "
        "Write https://…, mailto:… or a path of this site.",
        "mkdocs.yml:6:8: extra.social[3].nam: unknown key. Did you mean 'name'?",
    ]


def test_problems_are_placed_in_the_file_that_contains_them(tmp_path: Path) -> None:
    text = (
        "site_name: A\nINHERIT: base.yml\nextra:\n  portfolio:\n    exprts: {}\n"
        "    exports:\n      lms: true\n      json_ld: maybe\n"
    )
    base = "extra:\n  portfolio:\n    citation_style: harvard-cite-them-rigth\n"
    options, problems = read(tmp_path, text, base=base)
    assert off(options) == []
    assert problems[1:] == [
        "mkdocs.yml:5:5: extra.portfolio.exprts: unknown key. Did you mean 'exports'?",
        "mkdocs.yml:7:7: extra.portfolio.exports.lms: unknown key. Did you mean 'llms'?",
        "mkdocs.yml:8:7: extra.portfolio.exports.json_ld: 'maybe' is not accepted. Write true or false.",
    ]
    assert problems[0].startswith(
        "base.yml:3:5: extra.portfolio.citation_style: "
        "there is no style 'harvard-cite-them-rigth'. Did you mean 'harvard-cite-them-right'?"
    )


def test_invalid_settings_are_reported_even_if_they_are_overridden(tmp_path: Path) -> None:
    portfolio = "extra: {{portfolio: {{time_zone: {zone}, citation_style: {style}}}, social: {social}}}\n"
    base = portfolio.format(zone="Asia/Tokio", style="none-such", social="[{name: A}]")
    own = portfolio.format(zone="Asia/Tokyo", style=csl.DEFAULT_STYLE, social="[]")
    options, problems = read(tmp_path, f"INHERIT: base.yml\n{own}", base=base)
    assert (options.zone, options.style.name, options.social) == (
        ZoneInfo("Asia/Tokyo"), csl.DEFAULT_STYLE, (),
    )  # fmt: skip
    assert [problem.split(": ")[1] for problem in problems] == [
        "extra.portfolio.time_zone", "extra.portfolio.citation_style", "extra.social[0].link",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [[], "x social x"])
def test_an_invalid_extra_does_not_hide_inherited_profiles(tmp_path: Path, value: object) -> None:
    base = "extra: {social: [{name: Inherited, link: 'https://base.example/'}]}\n"
    options, problems = read(tmp_path, f"INHERIT: base.yml\nextra: {value}\n", base=base)
    assert ([profile.label for profile in options.social], problems) == (["Inherited"], [])


@pytest.mark.parametrize("value", ["1", "[a]", "{exports: 1}", "{exports: [a]}", "{citation_style: [a]}"])
def test_a_value_of_the_wrong_type_is_a_problem(tmp_path: Path, value: str) -> None:
    options, problems = read(tmp_path, f"extra: {{portfolio: {value}}}\n")
    assert len(problems) == 1
    assert off(options) == []
    options, problems = read(tmp_path, f"extra: {{social: {value}}}\n")
    assert (len(problems), options.social) == (1, ())


@pytest.mark.parametrize(
    "text", ["", "a", "extra: 1\n", "extra:\n  portfolio:\n", "extra: {portfolio: {exports: }}", "INHERIT: 1"]
)
def test_missing_settings_mean_defaults(tmp_path: Path, text: str) -> None:
    options, problems = read(tmp_path, text)
    assert (off(options), options.style.name, problems) == ([], csl.DEFAULT_STYLE, [])


def test_an_inheritance_cycle_ends(tmp_path: Path) -> None:
    options, _ = read(
        tmp_path, "INHERIT: base.yml", base="INHERIT: mkdocs.yml\nextra: {portfolio: {exports: {llms: no}}}"
    )
    assert off(options) == ["llms"]


@given(st.text(max_size=40) | st.text("{}[]:,&*! \nexportsjsonld-", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_options(tmp_path: Path, text: str) -> None:
    read(tmp_path, f"extra: {{portfolio: {text}, social: {text}}}\n")


def test_check_macros_accepts_macros_that_use_each_other() -> None:
    macros = {"Rn": r"\R^n", "R": r"\mathbb{R}", "norm": r"\lVert #1 \rVert"}
    assert check_macros(macros) == (macros, {})


@pytest.mark.parametrize(
    ("name", "tex", "message"),
    [
        (r"\R", "x", "without a backslash"),
        ("R2", "x", "Latin letters only"),
        ("a", r"\foo", r'Unknown command "\foo".'),
        ("norm", r"\left\lVert", "In YAML a # after a space begins a comment"),
        ("a", r"\a", "used on its own"),
    ],
)
def test_check_macros_reports_and_drops_invalid_macros(name: str, tex: str, message: str) -> None:
    valid, invalid = check_macros({"R": r"\mathbb{R}", name: tex})
    assert valid == {"R": r"\mathbb{R}"}
    assert list(invalid) == [name]
    assert message in " ".join(invalid[name])


def read_zone(text: str, root: Path) -> tuple[object, list[str]]:
    (root / "mkdocs.yml").write_text(text, encoding="utf-8")
    site_options, problems = load_options(root / "mkdocs.yml", root)
    return site_options.zone, [str(problem) for problem in problems]


def test_the_time_zone_is_that_of_the_configuration(tmp_path: Path) -> None:
    assert read_zone("site_name: T\n", tmp_path) == (UTC, [])
    tokyo = "extra:\n  portfolio:\n    time_zone: Asia/Tokyo\n"
    assert read_zone(tokyo, tmp_path) == (ZoneInfo("Asia/Tokyo"), [])
    for wrong, hint in (("Asia/Tokio", " Did you mean 'Asia/Tokyo'?"), ("../etc/passwd", "")):
        message = f"there is no time zone '{wrong}'.{hint} Write one as in Europe/Paris."
        assert read_zone(tokyo.replace("Asia/Tokyo", wrong), tmp_path) == (
            UTC, [f"mkdocs.yml:3:5: extra.portfolio.time_zone: {message}"],
        )  # fmt: skip


def test_the_options_of_cvs(tmp_path: Path) -> None:
    assert read(tmp_path, "site_name: A\n")[0].cv == {"cv.pdf": CvOptions()}
    text = (
        "extra:\n  portfolio:\n    cv:\n      cv.pdf:\n"
        "      resume.pdf: {sections: [roles, education: Studies], entries: selected, "
        "design: docs/data/a.typ, paper: letter, picture: true, pages: 1}\n"
    )
    options, problems = read(tmp_path, text)
    assert problems == []
    assert list(options.cv) == ["cv.pdf", "resume.pdf"]
    resume = options.cv["resume.pdf"]
    assert resume.section_titles == {"roles": "", "education": "Studies"}
    assert (resume.entries, resume.design, resume.paper) == (("selected",), "docs/data/a.typ", "letter")
    assert (resume.picture, resume.pages) == (True, 1)
    base = "extra: {portfolio: {cv: {cv.pdf: {paper: letter}, old.pdf: }}}\n"
    inherited, _ = read(tmp_path, f"INHERIT: base.yml\n{text}", base=base)
    assert {name: cv.paper for name, cv in inherited.cv.items()} == {
        "cv.pdf": "a4",
        "old.pdf": "a4",
        "resume.pdf": "letter",
    }


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("a.txt: {}", "'a.txt' is not the name of a PDF. Write one such as cv.pdf or papers/resume.pdf."),
        (
            "../a.pdf: {}",
            "'../a.pdf' is not the name of a PDF. Write one such as cv.pdf or papers/resume.pdf.",
        ),
        ("/a.pdf: {}", "'/a.pdf' is not the name of a PDF. Write one such as cv.pdf or papers/resume.pdf."),
        ("a.pdf: {papr: a4}", ".papr: unknown key. Did you mean 'paper'?"),
        (
            "a.pdf: {paper: US Letter}",
            ".paper: 'US Letter' is not accepted. Did you mean 'letter'? Write a4 or letter.",
        ),
        ("a.pdf: {pages: few}", ".pages: 'few' is not a number of pages. Write a number from 1."),
        (
            "a.pdf: {design: compct}",
            ".design: there is no design 'compct'. Did you mean 'compact'? Write classic, compact, or a "
            "template such as docs/data/cv.typ.",
        ),
        (
            "a.pdf: {sections: [{a: b, c: d}]}",
            ".sections: this is not a section. Write a list such as [roles, education: Studies].",
        ),
        ("a.pdf: [a]", ": expected a mapping, found a list."),
    ],
)
def test_invalid_options_of_cvs(tmp_path: Path, options: str, problem: str) -> None:
    loaded, problems = read(tmp_path, f"extra:\n  portfolio:\n    cv:\n      {options}\n")
    (line,) = problems
    assert line.startswith("mkdocs.yml:4:")
    assert line.endswith(problem)
    # Only what is invalid is left out.
    assert loaded.cv == {"a.pdf" if problem.startswith(".") else "cv.pdf": CvOptions()}


@pytest.mark.parametrize(
    "name", [f"{'a' * 252}.pdf", ".pdf", ".a.pdf", "a.b/c.pdf", "a%20.pdf", "a\u202e.pdf"]
)
def test_names_that_are_no_url_or_file_of_a_cv(tmp_path: Path, name: str) -> None:
    _, (line,) = read(tmp_path, f"extra:\n  portfolio:\n    cv:\n      {name}: {{}}\n")
    assert line.partition("is not")[2].startswith(" the name of a PDF.")


def test_all_faults_of_all_cvs_are_reported(tmp_path: Path) -> None:
    text = "extra:\n  portfolio:\n    cv:\n      a.pdf: {pages: 0, design: a, paper: letter}\n"
    text += "      b.pdf: {papr: a4, pages: 2}\n    comments: {repo: a/b}\n"
    options, problems = read(tmp_path, text)
    assert [problem.split(": ")[1] for problem in problems] == [
        "extra.portfolio.cv.a.pdf.pages",
        "extra.portfolio.cv.a.pdf.design",
        "extra.portfolio.cv.b.pdf.papr",
        *(f"extra.portfolio.comments.{name}" for name in ("category", "category_id", "repo_id")),
    ]
    assert options.cv == {"a.pdf": CvOptions(paper="letter"), "b.pdf": CvOptions.model_construct(pages=2)}
    assert options.comments is None
