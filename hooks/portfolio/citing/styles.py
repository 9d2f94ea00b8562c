"""Styles of the Citation Style Language 1.0: those that citeproc ships, and files."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from citeproc import STYLES_PATH as _SHIPPED
from citeproc import CitationStylesStyle
from lxml.etree import XMLSyntaxError

from portfolio.problem import did_you_mean, listed, quoted

DEFAULT = "harvard-cite-them-right"


class StyleError(ValueError):
    """There is no such style, or it cannot be used; the message says why."""


@dataclass(frozen=True)
class Style:
    """A style, read from a file: ``text`` is its XML."""

    name: str
    text: bytes


def find(name: str, root: Path) -> Style:
    """Find a style: one that citeproc ships, by its name, or a ``.csl`` file relative to ``root``.

    Raises StyleError for one that is not there, is not CSL 1.0 or gives no list of references.
    """
    shipped = {path.stem: path for path in Path(_SHIPPED).glob("*.csl")}
    path = root / name if name.endswith(".csl") else shipped.get(name)
    if path is None:
        known = listed(quoted(one) for one in sorted(shipped))
        raise StyleError(
            f"there is no style {quoted(name)}.{did_you_mean(name, shipped)} Write {known}, or the path of a "
            ".csl file."
        )
    try:
        found = Style(name, path.read_bytes())
    except OSError as error:
        raise StyleError(f"the style {quoted(name)} cannot be read: {error.strerror}.") from None
    _check(found)
    return found


def _check(found: Style) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            made = CitationStylesStyle(BytesIO(found.text), validate=True)
        except XMLSyntaxError as error:
            raise StyleError(f"the style {quoted(found.name)} is no XML: {error.msg}.") from None
        except (UserWarning, AttributeError):
            raise StyleError(f"the style {quoted(found.name)} is not in CSL 1.0.") from None
    if not made.has_bibliography():
        raise StyleError(f"the style {quoted(found.name)} gives no list of references.")
