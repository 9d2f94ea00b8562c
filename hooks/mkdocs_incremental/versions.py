"""The versions of the libraries whose inner parts this package knows; with others a site is built as ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

# From the first on, and below the second. See `adapter` and `tests/build/test_incremental_seams.py`.
RANGES: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "mkdocs": ((1, 6), (1, 7)),
    "mkdocs-material": ((9, 8), (9, 9)),
    "markdown": ((3, 10), (3, 12)),
}


def why_not(installed: Callable[[str], str] = version) -> str:
    """Why the site is to be built the ordinary way, as one line; empty if it need not be."""
    for name, (first, below) in RANGES.items():
        try:
            given = installed(name)
        except PackageNotFoundError:
            return f"{name} is not installed"
        if not first <= _numbers(given) < below:
            return f"{name} {given} has not been checked ({_written(first)} to below {_written(below)} have)"
    return ""


def _numbers(given: str) -> tuple[int, ...]:
    """The numbers at the front of a version (PEP 440): (9, 8, 1) of "9.8.1+insiders"."""
    numbers = []
    for part in given.split("."):
        digits = "".join(letter for letter in part if letter.isascii() and letter.isdigit())
        if not part[:1].isdigit():
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


def _written(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
