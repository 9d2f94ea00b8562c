"""The documents of a site: which of them are part of it, and what stands in each."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pathspec import GitIgnoreSpec

from portfolio.citations.library import Library
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document
from portfolio.core.text import slugify_heading
from portfolio.images.image_info import ImageError, detect_format, read_info
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.code_blocks import FenceHeaderExtension
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.invalid_urls import is_valid_url
from portfolio.markdown_ext.mermaid import MermaidFence
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from portfolio.markdown_ext.tables import TableExtension
from portfolio.notebooks import convert
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths, display_path, read_text

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
    "toc": {"slugify": slugify_heading},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.quotes": {"callouts": True},
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass
class ConvertedPage:
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

    def made(self, body: str, page: str = "") -> ConvertedPage:
        """What is made of the text of a page, without its front matter."""
        made = ConvertedPage()
        self._collector.made, self._collector.page = made, page
        markdown = self._markdown.reset()
        markdown.convert(body)
        made.raw = "\n".join(one for one in markdown.htmlStash.rawHtmlBlocks if isinstance(one, str))
        return made


class _Collector(Extension):
    def __init__(self) -> None:
        super().__init__()
        self.made = ConvertedPage()
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


_OWN_ID = re.compile(r"#(?P<id>[^\s{}#]+)(?=[^{}\n]*\})")
# What MkDocs leaves out without being told.
_ALWAYS_OUT = (".*", "/templates/")


@dataclass
class SourcePage:
    """A page: its path below the documents, its name in problems, and its source as Markdown.

    ``notebook`` is what a notebook became, which knows where its lines came from.
    """

    path: str
    name: str
    markup: MarkdownSource
    converter: Converter
    notebook: NotebookPage | None = None

    @cached_property
    def made(self) -> ConvertedPage:
        """What Markdown makes of it; asked for only where something is suspect."""
        return self.converter.made(self.markup.body, self.path)

    @cached_property
    def front(self) -> Document:
        """Its front matter with its places; empty where there is none that can be read."""
        return positions.load_yaml(self.name, self.markup.front_matter, first_line=2)[0]

    @property
    def meta(self) -> Mapping[str, Any]:
        """Its front matter, as texts."""
        return self.front.data if isinstance(self.front.data, dict) else {}

    @cached_property
    def likely_ids(self) -> frozenset[str]:
        """The anchors of its headings, as far as they can be told without a conversion."""
        found = {slugify_heading(heading.words, "-") for heading in self.markup.headings}
        if "{" in self.markup.prose:
            found |= {match["id"] for match in _OWN_ID.finditer(self.markup.prose)}
        return frozenset(found)

    def problem(self, at: int, field: str, message: str) -> Diagnostic:
        """A problem at an offset of its source."""
        return self.moved(Diagnostic(self.name, *self.markup.position(at), field, message))

    def moved(self, problem: Diagnostic) -> Diagnostic:
        """A problem in the Markdown as one of the source, which may be a notebook."""
        return problem if self.notebook is None else self.notebook.map_to_notebook(problem)

    def misprints(self) -> Iterator[Diagnostic]:
        """What of it cannot be set, by a conversion."""
        yield from map(self.moved, to_diagnostics(self.made.misprints, self.markup.source, self.name))


@dataclass
class Documents:
    """The documents of a site, by their paths below its folder of documents."""

    pages: dict[str, SourcePage] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def read_documents(places: SitePaths, values: Mapping[str, Any], converter: Converter) -> Documents:
    """Read all documents but those that ``exclude_docs`` in the site's settings leaves out.

    Notebooks among the posts are pages, with their pictures beside them. A page that cannot be read is a file
    without content here: that it cannot is a problem of its own.
    """
    given = values.get("exclude_docs")
    out = GitIgnoreSpec.from_lines([*_ALWAYS_OUT, *(given.splitlines() if isinstance(given, str) else ())])
    tree = Documents()
    docs, root = places.docs, places.root
    for path in sorted(_paths(docs)):
        if out.match_file(path):
            continue
        tree.files.add(path)
        if path.endswith(MARKDOWN):
            text = read_text(docs / path, root)
            if not isinstance(text, Diagnostic):
                tree.pages[path] = SourcePage(
                    path, display_path(docs / path, root), MarkdownSource(text), converter
                )
        elif (
            path.endswith(NOTEBOOK)
            and places.posts is not None
            and (docs / path).is_relative_to(places.posts)
        ):
            _notebook(tree, path, places, converter)
    return tree


def _notebook(tree: Documents, path: str, places: SitePaths, converter: Converter) -> None:
    file = places.docs / path
    name, text = display_path(file, places.root), read_text(file, places.root)
    made = (
        convert.convert_notebook(name, text, file.stem, places.separator) if isinstance(text, str) else None
    )
    if isinstance(made, NotebookPage):
        tree.pages[path] = SourcePage(path, name, MarkdownSource(made.markdown), converter, made)
        tree.files |= {posixpath.join(posixpath.dirname(path), picture) for picture in made.files}


def _paths(docs: Path) -> Iterator[str]:
    above = {str(docs): {os.path.realpath(docs)}}
    for at, folders, names in os.walk(docs, followlinks=True):
        real = {name: os.path.realpath(Path(at, name)) for name in folders if not name.startswith(".")}
        # A link to a folder above would lead round in a circle.
        folders[:] = [name for name in real if real[name] not in above[at]]
        above |= {str(Path(at, name)): {*above[at], real[name]} for name in folders}
        inside = Path(at).relative_to(docs).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)


class ImageFiles:
    """The pictures below a folder of documents; ``names`` are the files that are part of the site.

    Each is read once. That one breaks off after its head is found in a build, which decodes it.
    """

    def __init__(self, docs: Path, names: Collection[str]) -> None:
        self.docs = docs
        self.names = names
        self._wrong = cache(self._read)

    def wrong(self, page: str, address: str) -> str | None:
        """Why a picture cannot be shown; None if it can, or is none of the site's.

        ``page`` is the path of the page below the documents that writes the address.
        """
        return self._wrong(_name(page, address)) if self.is_one(page, address) else None

    def is_one(self, page: str, address: str) -> bool:
        """Whether an address that the source of a page writes is that of a file of the site."""
        if not is_valid_url(address):
            return False
        parts = urlsplit(address)
        return not parts.scheme and not parts.netloc and _name(page, address) in self.names

    def _read(self, name: str) -> str | None:
        path = self.docs / name
        try:
            image_format = detect_format(name)
            if path.is_file():  # an image of a notebook has no file of its own
                read_info(path.read_bytes(), image_format)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error.strerror}."
        return None


def _name(page: str, address: str) -> str:
    """The path below the documents of what an address leads to, seen from a page."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(urlsplit(address).path)))
