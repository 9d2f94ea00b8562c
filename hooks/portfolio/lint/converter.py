"""What Markdown makes of a page: the judge of what `markup` and `suspects` find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.citations.library import Library
from portfolio.core import slug
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.code_blocks import FenceHeaderExtension
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.mermaid import MermaidFence
from portfolio.markdown_ext.render_errors import RenderError
from portfolio.markdown_ext.tables import TableExtension

# What tells links, headings and ids from other text on the site. Colours of code make none.
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
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.details",
    "pymdownx.quotes",
    "pymdownx.blocks.caption",
)
_CONFIGURATION: dict[str, dict[str, object]] = {
    "toc": {"slugify": slug.of_heading},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.quotes": {"callouts": True},
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass
class Made:
    """What a page has: targets of links, images with alternative texts, levels of headings, ids.

    Images that only adorn are not among them; ``pictures`` has the addresses of all. ``words`` is its text
    without code and formulas, ``raw`` the HTML that its author wrote.
    ``misprints`` has what could not be set, in the order in which it was met.
    """

    targets: set[str] = field(default_factory=set)
    images: set[tuple[str, str]] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    levels: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    misprints: list[RenderError] = field(default_factory=list)
    words: str = ""
    raw: str = ""


class Converter:
    """Converts pages by Python-Markdown with the site's dialect.

    ``macros`` are those of formulas, ``library`` gives what can be cited, ``look`` says what is wrong with a
    picture: called with the path of the page below the documents and the address that it writes.
    """

    def __init__(
        self,
        macros: Mapping[str, str] | None = None,
        library: Callable[[], Library] | None = None,
        look: Callable[[str, str], str | None] = lambda _page, _path: None,
    ) -> None:
        self._macros, self._library, self._look = macros, library, look
        self._collector = _Collector()

    @cached_property
    def _markdown(self) -> Markdown:
        # Made when a page is suspect for the first time: most often none is.
        report = self._collector.report
        own: list[Extension] = [
            FormulaExtension(report, self._macros),
            FigureExtension(lambda _, path: self._look(self._collector.page, path), report),
            TableExtension(report),
            FenceHeaderExtension(report),
            self._collector,
        ]
        if self._library is not None:
            own.append(CitationExtension(self._library(), report))
        fences = {"custom_fences": [MermaidFence(report).settings()]}
        return Markdown(
            extensions=[*EXTENSIONS, *own],
            extension_configs={**_CONFIGURATION, "pymdownx.superfences": fences},
        )

    def made(self, body: str, page: str = "") -> Made:
        """What is made of the text of a page, without its front matter."""
        made = Made()
        self._collector.made, self._collector.page = made, page
        markdown = self._markdown.reset()
        markdown.convert(body)
        made.raw = "\n".join(one for one in markdown.htmlStash.rawHtmlBlocks if isinstance(one, str))
        return made


class _Collector(Extension):
    def __init__(self) -> None:
        super().__init__()
        self.made = Made()
        self.page = ""

    def report(self, misprint: RenderError) -> None:
        self.made.misprints.append(misprint)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        # After everything that makes or moves elements.
        md.treeprocessors.register(_Collect(self), "collect", -100)


class _Collect(Treeprocessor):
    def __init__(self, collector: _Collector) -> None:
        super().__init__()
        self.collector = collector

    def run(self, root: ElementTree.Element) -> None:
        made = self.collector.made
        made.words = "".join(_words(root))
        for element in root.iter():
            if id := element.get("id"):
                made.ids.add(id)
            if element.tag == "a":
                made.targets.add(element.get("href", ""))
            elif element.tag == "img":
                made.targets.add(element.get("src", ""))
                made.pictures.add(element.get("src", ""))
                if element.get("role") == "presentation":
                    continue
                made.images.add((element.get("src", ""), element.get("alt", "")))
            elif element.tag in _HEADINGS:
                made.levels.append(_HEADINGS[str(element.tag)])


def _words(element: ElementTree.Element) -> Iterator[str]:
    # A formula keeps its TeX as text, too.
    if str(element.tag).rpartition("}")[2] not in ("code", "pre", "math"):
        yield element.text or ""
        for inner in element:
            yield from _words(inner)
    yield element.tail or ""
