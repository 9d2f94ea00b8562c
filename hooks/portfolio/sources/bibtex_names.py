"""Names in BibTeX's fields for people: which of them would be told as people who are none."""

from __future__ import annotations

import re

from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)

from portfolio.core.diagnostics import quote

# The fields; braces in them keep a name whole, such as that of an organisation.
FIELDS = {"author", "editor", "translator"}

_BRACED = re.compile(r"\{[^{}]*\}")
_STRAY_AND = re.compile(r"and|.*\sand", re.IGNORECASE | re.DOTALL)
_AND_OTHERS = re.compile(r"et\s+al\.?|etc\.?|and\s+others|u\.\s?a\.", re.IGNORECASE)
_HOW = "Write Family, Given, put 'and' between names, and the name of an organisation into braces."


def unclear(names: str) -> str | None:
    """Why the first of the names that is certainly none cannot be one; None if all of them may be."""
    for name in split_multiple_persons_names(names):
        if reason := _reason(name):
            return f"{quote(name)} is no name: {reason}. {_HOW}"
    return None


def _reason(name: str) -> str | None:
    outside = name
    while outside != (outside := _BRACED.sub("x", outside)):
        pass
    try:
        parse_single_name_into_parts(name, strict=True)
    except InvalidNameError:
        return "it has too many commas"
    if _STRAY_AND.fullmatch(outside) or outside.casefold().startswith("and "):
        return "there is nothing beside an 'and'"
    if _AND_OTHERS.fullmatch(outside):
        return "further authors are told by 'and others'"
    sign = next((sign for sign in (";", " & ") if sign in outside), None)
    if sign:
        return f"it has {quote(sign.strip())}, which is not between names"
    middle = outside.split(",")[1:-1]
    # Between two commas stands "Jr.", never a name and a family name.
    return "it has too many commas" if any(len(part.split()) > 1 for part in middle) else None
