"""Which faces are made, and how references are set, is checked like the record."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio import options
from portfolio.citing import styles
from portfolio.options import Faces, Options
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
    assert (off(found), found.style.name, problems) == ([], styles.DEFAULT, [])
    found, problems = read(tmp_path, "extra: {portfolio: {faces: {llms: false, cv_yaml: no}}}\n")
    assert (off(found), problems) == (["cv_yaml", "llms"], [])


def test_every_face_can_be_turned_off_alone(tmp_path: Path) -> None:
    for name in Faces.model_fields:
        found, problems = read(tmp_path, f"extra: {{portfolio: {{faces: {{{name}: false}}}}}}\n")
        assert (off(found), problems) == ([name], [])


def test_what_the_heir_says_goes_before_what_it_inherits(tmp_path: Path) -> None:
    (tmp_path / "own.csl").write_bytes(styles.find(styles.DEFAULT, tmp_path).text)
    base = "extra: {portfolio: {citation_style: own.csl, faces: {llms: false, cards: false}}}\n"
    found, problems = read(tmp_path, "INHERIT: base.yml\n", base=base)
    assert (off(found), found.style.name, problems) == (["llms", "cards"], "own.csl", [])
    own = f"citation_style: {styles.DEFAULT}, faces: {{llms: true}}"
    text = f"INHERIT: base.yml\nextra: {{portfolio: {{{own}}}}}\n"
    found, problems = read(tmp_path, text, base=base)
    assert (off(found), found.style.name, problems) == (["cards"], styles.DEFAULT, [])


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


@pytest.mark.parametrize(
    "text", ["", "a", "extra: 1\n", "extra:\n  portfolio:\n", "extra: {portfolio: {faces: }}", "INHERIT: 1"]
)
def test_what_says_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    found, problems = read(tmp_path, text)
    assert (off(found), found.style.name, problems) == ([], styles.DEFAULT, [])


def test_configurations_that_inherit_in_a_circle_have_an_end(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, "INHERIT: base.yml", base="INHERIT: mkdocs.yml\nextra: {portfolio: {faces: {llms: no}}}"
    )
    assert off(found) == ["llms"]


@given(st.text(max_size=40) | st.text("{}[]:,&*! \nfacesjsonld-", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_options(tmp_path: Path, text: str) -> None:
    read(tmp_path, f"extra: {{portfolio: {text}}}\n")
