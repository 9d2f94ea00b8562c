"""The fence ``mermaid``: a code block in Markdown that is shown as the diagram it describes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from portfolio.markdown_ext.diagrams import draw
from portfolio.markdown_ext.render_errors import RenderError

# In CSS pixels: a phone's column. A diagram that is no wider never scrolls.
_NARROWEST_COLUMN = 280
# Before all that reads the text.
_PRIORITY = 1000


class MermaidFence:
    """A custom fence of ``pymdownx.superfences`` for Mermaid diagrams.

    ``report`` is called with each diagram that cannot be drawn; the page shows its source as a code block.
    The fence takes an option, ``title="…"``, for a diagram that does not name itself with ``accTitle``. The
    ids of a diagram are made from its source, its number among equals on a page, and the page's name, which
    ``page`` tells: a list of posts may show equal diagrams of several.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(
        self, report: Callable[[RenderError], None], page: Callable[[Markdown], str] = lambda _: ""
    ) -> None:
        self.report = report
        self.page = page
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
        md: Markdown,
        *,
        classes: list[str],
        id_value: str,
        attrs: Mapping[str, str],
    ) -> str:
        """Return the diagram in its box as HTML, or the source in a code block if it cannot be drawn."""
        digest = hashlib.sha256(f"{self.page(md)}\0{source}".encode()).hexdigest()[:10]
        self.drawn[digest] += 1
        svg = draw(source, name=f"diagram-{digest}-{self.drawn[digest]}", title=options.get("title", ""))
        if isinstance(svg, RenderError):
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


class DiagramExtension(Extension):
    """A Markdown extension by which a fence counts the diagrams of each text from the first."""

    reusable = True

    def __init__(self, fence: MermaidFence) -> None:
        super().__init__()
        self.fence = fence

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.preprocessors.register(_Beginning(md, self.fence), "diagrams-counted", _PRIORITY)


class _Beginning(Preprocessor):
    def __init__(self, md: Markdown, fence: MermaidFence) -> None:
        super().__init__(md)
        self.fence = fence

    def run(self, lines: list[str]) -> list[str]:
        self.fence.drawn.clear()
        return lines


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
