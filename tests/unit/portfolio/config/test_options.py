"""Which faces are made, and how references are set, is checked like the record."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.citations import csl
from portfolio.config import options
from portfolio.config.options import Exports, Options
from tests.unit.portfolio import records


def read(folder: Path, text: str, **others: str) -> tuple[Options, list[str]]:
    """The options of a configuration, and its problems without what else would be accepted."""
    named = {f"{name}.yml": other for name, other in others.items()}
    records.write(folder, {"mkdocs.yml": text, **named})
    found, problems = options.read(folder / "mkdocs.yml", folder)
    return found, [str(problem).split(" Accepted")[0] for problem in problems]


def off(found: Options) -> list[str]:
    return [name for name, on in found.faces.model_dump().items() if not on]


def test_all_faces_are_made_unless_turned_off(tmp_path: Path) -> None:
    found, problems = read(tmp_path, "site_name: !ENV [A, B]\n")
    assert (off(found), found.style.name, problems) == ([], csl.DEFAULT_STYLE, [])
    found, problems = read(tmp_path, "extra: {portfolio: {faces: {llms: false, cv_yaml: no}}}\n")
    assert (off(found), problems) == (["cv_yaml", "llms"], [])


def test_every_face_can_be_turned_off_alone(tmp_path: Path) -> None:
    for name in Exports.model_fields:
        found, problems = read(tmp_path, f"extra: {{portfolio: {{faces: {{{name}: false}}}}}}\n")
        assert (off(found), problems) == ([name], [])


def test_what_the_heir_says_goes_before_what_it_inherits(tmp_path: Path) -> None:
    (tmp_path / "own.csl").write_bytes(csl.find_style(csl.DEFAULT_STYLE, tmp_path).text)
    base = "extra: {portfolio: {citation_style: own.csl, faces: {llms: false, cards: false}}}\n"
    found, problems = read(tmp_path, "INHERIT: base.yml\n", base=base)
    assert (off(found), found.style.name, problems) == (["llms", "cards"], "own.csl", [])
    own = f"citation_style: {csl.DEFAULT_STYLE}, faces: {{llms: true}}"
    text = f"INHERIT: base.yml\nextra: {{portfolio: {{{own}}}}}\n"
    found, problems = read(tmp_path, text, base=base)
    assert (off(found), found.style.name, problems) == (["cards"], csl.DEFAULT_STYLE, [])


def test_what_is_left_to_the_environment_is_read_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    monkeypatch.setenv("CARDS", "false")
    monkeypatch.setenv("NOTHING", "")
    (tmp_path / "own.csl").write_bytes(csl.find_style(csl.DEFAULT_STYLE, tmp_path).text)
    text = (
        "extra:\n  portfolio:\n    citation_style: !ENV [NO_SUCH, own.csl]\n    faces:\n"
        "      cards: !ENV [NO_SUCH, CARDS, true]\n      llms: !ENV [NO_SUCH, false]\n"
        "      json_ld: !ENV NO_SUCH\n      cv_pdf: !ENV NOTHING\n"
        "  social: [{link: !ENV [NO_SUCH, 'https://a.example/'], name: !ENV CARDS}]\n"
    )
    found, problems = read(tmp_path, text)
    assert problems == []
    assert (off(found), found.style.name) == (["llms", "cards"], "own.csl")
    assert [(one.label, one.link) for one in found.social] == [("false", "https://a.example/")]
    monkeypatch.setenv("CARDS", "perhaps")
    assert read(tmp_path, text)[1] == [
        "mkdocs.yml:5:7: extra.portfolio.faces.cards: 'perhaps' is not accepted. Write true or false."
    ]


def test_profiles_are_those_of_the_heir_and_have_a_name(tmp_path: Path) -> None:
    base = "extra: {social: [{name: Inherited, link: 'https://base.example/'}]}\n"
    text = (
        "INHERIT: base.yml\nextra:\n  social:\n    - {icon: fontawesome/brands/x, link: 'https://www.a.example/me'}\n"
        "    - {name: 3, link: 'mailto:me@a.example'}\n    - {link: 'mailto:me@a.example'}\n"
    )
    found, problems = read(tmp_path, text, base=base)
    assert problems == []
    assert [one.label for one in found.social] == ["a.example", "3", "mailto:me@a.example"]
    assert [one.label for one in read(tmp_path, "INHERIT: base.yml\n", base=base)[0].social] == ["Inherited"]
    assert read(tmp_path, "INHERIT: base.yml\nextra: {social: }\n", base=base)[0].social == ()


def test_a_key_that_stands_twice_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    text = "site_name: A\nsite_name: B\nextra: {portfolio: {faces: {llms: false}}}\n"
    assert off(read(tmp_path, text)[0]) == ["llms"]


def test_a_mistake_in_a_profile_has_its_place(tmp_path: Path) -> None:
    text = (
        "extra:\n  social:\n    - https://a.example/\n    - {name: 3, link: null}\n"
        "    - {name: A, link: a b}\n    - {nam: A, link: 'https://a.example/'}\n"
    )
    found, problems = read(tmp_path, text)
    assert found.social == ()
    assert problems == [
        "mkdocs.yml:3:7: extra.social[0]: expected a mapping, found a text.",
        "mkdocs.yml:4:17: extra.social[1].link: is missing. Required: link.",
        "mkdocs.yml:5:17: extra.social[2].link: 'a b' is not a link. "
        "Write https://…, mailto:… or a path of this site.",
        "mkdocs.yml:6:8: extra.social[3].nam: unknown key. Did you mean 'name'?",
    ]


def test_a_mistake_has_its_place_in_the_file_that_makes_it(tmp_path: Path) -> None:
    text = (
        "site_name: A\nINHERIT: base.yml\nextra:\n  portfolio:\n    facs: {}\n"
        "    faces:\n      lms: true\n      json_ld: maybe\n"
    )
    base = "extra:\n  portfolio:\n    citation_style: harvard-cite-them-rigth\n"
    found, problems = read(tmp_path, text, base=base)
    assert off(found) == []
    assert problems[1:] == [
        "mkdocs.yml:5:5: extra.portfolio.facs: unknown key. Did you mean 'faces'?",
        "mkdocs.yml:7:7: extra.portfolio.faces.lms: unknown key. Did you mean 'llms'?",
        "mkdocs.yml:8:7: extra.portfolio.faces.json_ld: 'maybe' is not accepted. Write true or false.",
    ]
    assert problems[0].startswith(
        "base.yml:3:5: extra.portfolio.citation_style: "
        "there is no style 'harvard-cite-them-rigth'. Did you mean 'harvard-cite-them-right'?"
    )


@pytest.mark.parametrize("value", ["1", "[a]", "{faces: 1}", "{faces: [a]}", "{citation_style: [a]}"])
def test_whatever_stands_there_is_a_problem_and_no_exception(tmp_path: Path, value: str) -> None:
    found, problems = read(tmp_path, f"extra: {{portfolio: {value}}}\n")
    assert len(problems) == 1
    assert off(found) == []
    found, problems = read(tmp_path, f"extra: {{social: {value}}}\n")
    assert (len(problems), found.social) == (1, ())


@pytest.mark.parametrize(
    "text", ["", "a", "extra: 1\n", "extra:\n  portfolio:\n", "extra: {portfolio: {faces: }}", "INHERIT: 1"]
)
def test_what_says_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    found, problems = read(tmp_path, text)
    assert (off(found), found.style.name, problems) == ([], csl.DEFAULT_STYLE, [])


def test_configurations_that_inherit_in_a_circle_have_an_end(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, "INHERIT: base.yml", base="INHERIT: mkdocs.yml\nextra: {portfolio: {faces: {llms: no}}}"
    )
    assert off(found) == ["llms"]


@given(st.text(max_size=40) | st.text("{}[]:,&*! \nfacesjsonld-", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_options(tmp_path: Path, text: str) -> None:
    read(tmp_path, f"extra: {{portfolio: {text}}}\n")
    read(tmp_path, f"extra: {{social: {text}}}\n")
