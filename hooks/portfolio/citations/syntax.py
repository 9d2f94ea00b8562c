"""Citations as they are written in Markdown, after Pandoc: ``[@key]``, ``[@key, p. 3]``, ``[@a; @b]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

# It is no text of a link: "[@name](https://…)" or "[@name][page]". A citation or a footnote may follow.
PATTERN = r"\[(@[^\[\]]*)\](?!\(|\[[^@^])"

# The labels of locators that CSL has a term for, as people write them.
_LABELS = {
    "page": "p pp page pages",
    "chapter": "ch chap chs chapter chapters",
    "section": "s sec secs section sections §",
    "figure": "fig figs figure figures",
    "volume": "vol vols volume volumes",
    "part": "pt pts part parts",
    "paragraph": "para paras paragraph paragraphs ¶",
    "line": "l ll line lines",
    "note": "n nn note notes",
}
_LABEL_OF = {word: label for label, words in _LABELS.items() for word in words.split()}
_LOCATOR = re.compile(r"(?:(?P<label>[^\W\d_]+\.?(?=\s|\d)|[§¶]+)\s*)?(?P<place>\S.*)", re.DOTALL)
_HYPHENS = re.compile(r"-{2,3}")
_NUMBER = re.compile(r"\d")
# What an id cannot have, see models.
_KEY = re.compile(r"@(?P<key>[^\W_][^\s\x00-\x1f\x7f\"#%&'<>?\\{},;@]*)(?:\s*,\s*(?P<rest>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Cite:
    """One work in a citation. ``label`` is a locator's label in CSL; empty where ``locator`` is free text."""

    key: str
    label: str = ""
    locator: str = ""


def parse(inner: str) -> list[Cite] | None:
    """The works that a citation names, from what stands in its brackets; None if it is no citation."""
    cites = [_cite(part.strip()) for part in inner.split(";")]
    found = [cite for cite in cites if cite is not None]
    return found if len(found) == len(cites) else None


def _cite(text: str) -> Cite | None:
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    # Citeproc makes one dash of each hyphen.
    rest = _HYPHENS.sub("–", " ".join((match["rest"] or "").split()))
    locator = _LOCATOR.fullmatch(rest)
    if locator is None:
        return Cite(match["key"])
    label = (locator["label"] or "").rstrip(".").lower()
    if not label and locator["place"][0].isdigit():
        return Cite(match["key"], "page", rest)
    if label == "pp" and not _NUMBER.search(locator["place"]):
        # Citeproc knows of several pages only by their Arabic numbers.
        return Cite(match["key"], "", rest)
    known = _LABEL_OF.get(label[:1] if label[:1] in "§¶" and label else label)
    return Cite(match["key"], known, locator["place"]) if known else Cite(match["key"], "", rest)
