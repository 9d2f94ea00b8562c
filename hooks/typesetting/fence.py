"""The fence ``mermaid``: a code block in Markdown that is shown as the diagram it describes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from markdown import Markdown

from typesetting.diagrams import draw
from typesetting.misprint import Misprint

# In CSS pixels: a phone's column. A diagram that is no wider never scrolls.
_NARROWEST_COLUMN = 280


class MermaidFence:
    """A custom fence of ``pymdownx.superfences`` for Mermaid diagrams.

    ``report`` is called with each diagram that cannot be drawn; the page shows its source as a code block.
    The fence takes an option, ``title="…"``, for a diagram that does not name itself with ``accTitle``. One
    object serves one build: it counts equal diagrams to tell their ids apart, also where a page quotes
    several posts.
    """

    def __init__(self, report: Callable[[Misprint], None]) -> None:
        self.report = report
        self.drawn: Counter[str] = Counter()

    def settings(self) -> dict[str, object]:
        """Return the entry for superfences' ``custom_fences``."""
        return {"name": "mermaid", "class": "diagram", "validator": self.validate, "format": self.format}

    def validate(
        self,
        _language: str,
        inputs: Mapping[str, str],
        options: dict[str, str],
        attrs: dict[str, str],
        _md: Markdown,
    ) -> bool:
        """Sort the fence's inputs into options (``title``) and attributes (the rest)."""
        for key, value in inputs.items():
            (options if key == "title" else attrs)[key] = value
        return True

    def format(
        self,
        source: str,
        _language: str,
        css_class: str,
        options: Mapping[str, str],
        _md: Markdown,
        *,
        classes: list[str],
        id_value: str,
        attrs: Mapping[str, str],
    ) -> str:
        """Return the diagram in its box as HTML, or the source in a code block if it cannot be drawn."""
        digest = hashlib.sha256(source.encode()).hexdigest()[:10]
        self.drawn[digest] += 1
        svg = draw(source, name=f"diagram-{digest}-{self.drawn[digest]}", title=options.get("title", ""))
        if isinstance(svg, Misprint):
            self.report(svg)
            block = _code_block(source)
        else:
            block = _box(svg, css_class)
        block.set("class", " ".join([block.get("class", ""), *classes]))
        if id_value:
            block.set("id", id_value)
        for key, value in attrs.items():
            block.set(key, value)
        return ElementTree.tostring(block, encoding="unicode")


def _box(svg: ElementTree.Element, css_class: str) -> ElementTree.Element:
    box = ElementTree.Element("div", {"class": css_class})
    if float(svg.get("width", "0")) > _NARROWEST_COLUMN:
        # It scrolls where the column is narrower, and what scrolls must be reachable from the keyboard.
        box.set("tabindex", "0")
        box.set("role", "group")
        box.set("aria-label", svg.findtext("title", ""))
    box.append(svg)
    return box


def _code_block(source: str) -> ElementTree.Element:
    block = ElementTree.Element("div", {"class": "highlight"})
    preformatted = ElementTree.SubElement(block, "pre")
    ElementTree.SubElement(preformatted, "code").text = source
    return block
