"""The Nu HTML checker finds no error on any page, and in no style sheet and drawing."""

from pathlib import Path

from tests.support import nu

# The errors in Material's own markup, with the reason for each. The test fails if one no longer occurs.
MATERIAL_ERRORS = {
    "Attribute 'autocomplete' is only allowed when the input type is 'color', 'date', 'datetime-local', "
    "'email', 'hidden', 'month', 'number', 'password', 'range', 'search', 'tel', 'text', 'time', 'url', "
    "or 'week'.": (
        "check boxes open the drawer and the search: without it Firefox opens them again on a reload"
    ),
}


def _errors(folder: Path) -> dict[str, str]:
    """Return each message once, with the first error that has it."""
    # The style sheets of Material are not ours.
    files = (path for path in folder.rglob("*") if not path.name.endswith(".min.css"))
    errors = nu.find_errors(files)
    return {error.message: str(error) for error in reversed(errors)}


def test_pages_have_no_html_errors_except_those_of_material(site: Path) -> None:
    errors = _errors(site)
    assert {message: error for message, error in errors.items() if message not in MATERIAL_ERRORS} == {}
    assert set(errors) == set(MATERIAL_ERRORS), "an error no longer occurs: remove it from MATERIAL_ERRORS"


def test_checker_finds_errors(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    (tmp_path / "broken.html").write_text("<!doctype html><title>t</title><p id=a><p id=a>", encoding="utf-8")
    (tmp_path / "broken.css").write_text("p { colour: red }", encoding="utf-8")
    (tmp_path / "broken.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'><p/></svg>", encoding="utf-8"
    )
    assert {error.path.name for error in nu.find_errors(tmp_path.iterdir())} == {
        "broken.html",
        "broken.css",
        "broken.svg",
    }
