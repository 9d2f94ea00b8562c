"""What Markdown makes of a page: the judge of what `markup` suspects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

# What tells links, headings and ids from other text on the site. Highlighting and diagrams make none.
EXTENSIONS: tuple[str, ...] = (
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.arithmatex",
    "pymdownx.superfences",
    "pymdownx.details",
)
_CONFIGURATION = {"pymdownx.arithmatex": {"generic": True}}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass
class Made:
    """What a page has: targets of links, images with alternative texts, levels of headings, ids."""

    targets: set[str] = field(default_factory=set)
    images: set[tuple[str, str]] = field(default_factory=set)
    levels: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


class Converter:
    """Converts pages by Python-Markdown with the site's dialect; ``extensions`` add to it."""

    def __init__(self, extensions: Sequence[str | Extension] = EXTENSIONS) -> None:
        self._collector = _Collector()
        self._markdown = Markdown(
            extensions=[*extensions, self._collector],
            extension_configs=_CONFIGURATION,
        )

    def made(self, body: str) -> Made:
        """What is made of the text of a page, without its front matter."""
        self._collector.made = made = Made()
        self._markdown.reset().convert(body)
        return made


class _Collector(Extension):
    def __init__(self) -> None:
        super().__init__()
        self.made = Made()

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        # After everything that makes or moves elements.
        md.treeprocessors.register(_Collect(self), "collect", -100)


class _Collect(Treeprocessor):
    def __init__(self, collector: _Collector) -> None:
        super().__init__()
        self.collector = collector

    def run(self, root: ElementTree.Element) -> None:
        made = self.collector.made
        for element in root.iter():
            if id := element.get("id"):
                made.ids.add(id)
            if element.tag == "a":
                made.targets.add(element.get("href", ""))
            elif element.tag == "img":
                made.targets.add(element.get("src", ""))
                made.images.add((element.get("src", ""), element.get("alt", "")))
            elif element.tag in _HEADINGS:
                made.levels.append(_HEADINGS[str(element.tag)])
