"""Styles of the Citation Style Language 1.0: those that citeproc ships, and files."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from io import BytesIO
from pathlib import Path
from typing import Any

from citeproc import STYLES_PATH as _SHIPPED
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, Locator
from citeproc.source.json import CiteProcJSON
from lxml import etree
from lxml.etree import XMLSyntaxError

from portfolio.citations import runs
from portfolio.core.diagnostics import did_you_mean, join_words, quote

DEFAULT = "harvard-cite-them-right"
# A work with most of what styles ask for.
_SAMPLE = {
    "id": "1",
    "type": "article-journal",
    "title": "Title",
    "author": [{"family": "Family", "given": "Given"}],
    "editor": [{"family": "Family", "given": "Given"}],
    "container-title": "Journal",
    "publisher": "Publisher",
    "issued": {"date-parts": [[2000, 2, 3]]},
    "volume": "1",
    "issue": "2",
    "page": "3-4",
    "DOI": "10.1000/182",
    "URL": "https://example.org/",
}


class StyleError(ValueError):
    """There is no such style, or it cannot be used; the message says why."""


@dataclass(frozen=True)
class Style:
    """A style, read from a file: ``text`` is its XML."""

    name: str
    text: bytes


def find(name: str, root: Path) -> Style:
    """Find a style: one that citeproc ships, by its name, or a ``.csl`` file relative to ``root``.

    Raises StyleError for one that is not there, is not CSL 1.0, gives no list of references or cannot be set.
    """
    shipped = {path.stem: path for path in Path(_SHIPPED).glob("*.csl")}
    path = root / name if name.endswith(".csl") else shipped.get(name)
    if path is None:
        known = join_words(quote(one) for one in sorted(shipped))
        raise StyleError(
            f"there is no style {quote(name)}. {did_you_mean(name, shipped)} Write {known}, or the path of a "
            ".csl file."
        )
    try:
        found = Style(name, path.read_bytes())
    except OSError as error:
        raise StyleError(f"the style {quote(name)} cannot be read: {error.strerror}.") from None
    _check(found)
    return found


def _check(found: Style) -> None:
    style = f"the style {quote(found.name)}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            made = CitationStylesStyle(BytesIO(found.text), validate=True)
        except XMLSyntaxError as error:
            raise StyleError(f"{style} is no XML: {error.msg}.") from None
        except (UserWarning, AttributeError):
            raise StyleError(f"{style} is not in CSL 1.0.") from None
    parent = made.root.find("cs:info/cs:link[@rel='independent-parent']", made.root.nsmap)
    if parent is not None:
        raise StyleError(f"{style} is another name of one: take {quote(parent.get('href'))}.")
    if made.root.get("class") == "note":
        raise StyleError(f"{style} sets citations as notes, which is not supported. Take one for the text.")
    if not made.has_bibliography():
        raise StyleError(f"{style} gives no list of references.")
    _check_macros(style, made.root)
    try:
        sample = CitationStylesBibliography(made, CiteProcJSON([_SAMPLE]), runs.Formatter)
        cited = Citation([CitationItem("1", locator=Locator("page", "3"))])
        sample.register(cited)
        sample.sort()
        sample.cite(cited, lambda _: None)
        sample.bibliography()
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        NotImplementedError,
        TypeError,
        ValueError,
    ) as error:
        raise StyleError(f"{style} cannot be set: {type(error).__name__} ({error}).") from None


def _check_macros(style: str, root: Any) -> None:
    """All macros that are used are there, and none uses itself."""
    used: dict[str, set[str]] = {}
    for part in root.iterchildren("{*}*"):
        name = part.get("name", "") if etree.QName(part).localname == "macro" else ""
        used.setdefault(name, set()).update(one.get("macro") for one in part.iter("{*}*") if one.get("macro"))
    for name in sorted(set().union(*used.values())):
        if name not in used:
            raise StyleError(f"{style} has no macro {quote(name)}. {did_you_mean(name, used)}")
    try:
        TopologicalSorter(used).prepare()
    except CycleError as error:
        members = join_words(quote(name) for name in sorted(set(error.args[1])))
        raise StyleError(f"{style} has macros that use themselves: {members}.") from None
