"""Diagnostics: what is wrong in a file, where, and how to fix it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_MOST_QUOTED = 80


Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing that is wrong in a file; ordered by path, line and column.

    ``line`` and ``column`` count from 1, as editors do. ``field`` is the path inside the file, such as
    ``roles[2].end_date``, and may be empty. ``message`` says what is wrong, ``hint`` how to fix it (a whole
    sentence, or empty). ``code`` is stable and listed in `CODES`.
    """

    path: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""
    code: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        """Format as one line, ``path:line:column: field: message hint``, whatever line breaks a value has."""
        subject = f"{self.field}: " if self.field else ""
        return " ".join(f"{self.path}:{self.line}:{self.column}: {subject}{self.message} {self.hint}".split())


def field_path(path: Iterable[str | int]) -> str:
    """Write ``("roles", 2, "end_date")`` as ``roles[2].end_date``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def quoted(value: object) -> str:
    """A value in quotation marks, as far as one needs to see it to recognise it."""
    text = str(value)
    return f"'{text}'" if len(text) <= _MOST_QUOTED else f"'{text[: _MOST_QUOTED - 1]}…'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a misspelt one probably means, if there is one."""
    folded = {choice.casefold(): choice for choice in sorted(known)}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'position'?"`` for the nearest known word, or an empty string."""
    meant = nearest(word, known)
    return f" Did you mean '{meant}'?" if meant else ""


def listed(words: Iterable[str], conjunction: str = "and") -> str:
    """Write words as a sentence lists them: ``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


# Every code that a diagnostic can have, with an example of a message. Codes never change.
CODES: dict[str, str] = {
    "file.unreadable": "there is no such file.",
    "mkdocs-yml.inherit-cycle": "this configuration inherits from itself.",
    "mkdocs-yml.invalid-folder": "expected the name of a folder as text.",
    "mkdocs-yml.invalid-value": "expected a mapping of settings.",
    "mkdocs-yml.missing-folder": "there is no folder 'docs'.",
    "mkdocs-yml.unknown-placeholder": "'{x}/posts' contains an unknown placeholder.",
}
