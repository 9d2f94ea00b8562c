"""Names of authors, as BibTeX's rules divide them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from portfolio.record.loss import ExportLoss
from portfolio.record.models import Publication

# What BibTeX writes for authors who are not named.
_OTHERS = "others"
# What stands in braces, without others around parts of it.
_BRACED = re.compile(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}")
# Losses of exports that only name authors.
MAY_BE_INCOMPLETE = "the list of authors may be incomplete, which the format cannot say."
HAS_OTHERS = "there are authors who are not named, which the format cannot say."


@dataclass(frozen=True)
class Person:
    """The parts of a name; what has no parts, such as an organisation's, is all ``family``.

    ``kept_whole``: all of it stands in braces, which is how BibTeX is told the name of an organisation.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    kept_whole: bool = False

    @property
    def name(self) -> str:
        """The name as one reads it: given name first."""
        return " ".join(part for part in (self.given, self.particle, self.family, self.suffix) if part)


def authors(text: str) -> list[Person]:
    """The people in a BibTeX ``author`` field, in its order, without ``others``.

    Where the field breaks BibTeX's rules for names, each name is taken whole.
    """
    return [_person(name) for name in split_multiple_persons_names(text) if name.lower() != _OTHERS]


def has_others(text: str) -> bool:
    """Whether a BibTeX ``author`` field says that there are authors whom it does not name."""
    return any(name.lower() == _OTHERS for name in split_multiple_persons_names(text))


def notes(export: str, publications: Iterable[Publication]) -> Iterator[ExportLoss]:
    """Report what an export that only names authors cannot say about them."""
    for one in publications:
        if one.authors == "partial":
            yield ExportLoss(export, one.id, MAY_BE_INCOMPLETE)
        if has_others(one.author):
            yield ExportLoss(export, one.id, HAS_OTHERS)


def _person(name: str) -> Person:
    parts = parse_single_name_into_parts(name, strict=False)
    family = _text(parts.last)
    if not family:
        return Person(_text([name]))
    if not parts.first and len(parts.last) == 1 and _BRACED.fullmatch(parts.last[0]):
        return Person(family, kept_whole=True)
    return Person(family, _text(parts.first), _text(parts.von), _text(parts.jr))


def _text(words: list[str]) -> str:
    """Words as one reads them: without the braces that kept them together."""
    return " ".join(words).replace("{", "").replace("}", "")
