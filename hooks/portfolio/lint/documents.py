"""The documents of a site: its files, and its pages with their source, front matter and conversion."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from pathspec import GitIgnoreSpec

from portfolio.citations.library import Library
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import display_path, read_text, walk_files
from portfolio.core.markdown_scan import Link, MarkdownSource
from portfolio.core.text import is_valid_url, slugify_heading
from portfolio.images.image_info import ImageError, detect_format, read_info
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.code_blocks import FenceHeaderExtension
from portfolio.markdown_ext.extensions import HEADINGS, add_tree_editor
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.lists import ListExtension
from portfolio.markdown_ext.mermaid import MermaidExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from portfolio.markdown_ext.tables import TableExtension
from portfolio.notebooks import convert
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths

# The extensions that decide what is a link, heading, id, formula, diagram or code; highlighting adds none.
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
_EXTENSION_CONFIGS: dict[str, dict[str, object]] = {
    "toc": {"slugify": slugify_heading},
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.quotes": {"callouts": True},
}
# After every extension that creates or moves elements.
_COLLECTOR_PRIORITY = -100
_EXPLICIT_ID = re.compile(r"#(?P<id>[^\s{}#]+)(?=[^{}\n]*\})")
# MkDocs excludes these by default.
_ALWAYS_EXCLUDED = (".*", "/templates/")


@dataclass
class ConvertedPage:
    """The parts of a converted page that the checks need.

    ``targets`` are the URLs of links and images, ``images`` the URLs and alternative texts of images (None if
    decorative). ``text`` is the page's text without code and formulas, ``html`` the HTML that its author
    wrote. ``errors`` are in the order of the conversion.
    """

    targets: set[str] = field(default_factory=set)
    images: set[tuple[str, str | None]] = field(default_factory=set)
    heading_levels: list[int] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    errors: list[RenderError] = field(default_factory=list)
    text: str = ""
    html: str = ""


class Converter:
    """Converts pages by Python-Markdown with the site's extensions.

    ``macros`` are those of formulas; ``library`` loads the works that can be cited. ``check_image`` returns
    why an image cannot be used; it is called with the path of the page and the image's URL.
    """

    def __init__(
        self,
        macros: Mapping[str, str] | None = None,
        library: Callable[[], Library] | None = None,
        check_image: Callable[[str, str], str | None] = lambda _page, _url: None,
    ) -> None:
        self._macros, self._library, self._check_image = macros, library, check_image
        self._page, self._path = ConvertedPage(), ""

    def convert(self, body: str, path: str = "") -> ConvertedPage:
        """Convert the text of a page, without its front matter."""
        self._page, self._path = ConvertedPage(), path
        markdown = self._markdown.reset()
        markdown.convert(body)
        blocks = markdown.htmlStash.rawHtmlBlocks
        self._page.html = "\n".join(block for block in blocks if isinstance(block, str))
        return self._page

    @cached_property
    def _markdown(self) -> Markdown:
        # Created for the first page that has to be converted: usually there is none.
        def report(error: RenderError) -> None:
            self._page.errors.append(error)

        extensions: list[Extension] = [
            ListExtension(),
            FormulaExtension(report, self._macros),
            FigureExtension(lambda _, url: self._check_image(self._path, url), report),
            TableExtension(report),
            FenceHeaderExtension(report),
        ]
        if self._library is not None:
            extensions.append(CitationExtension(self._library(), report))
        fences = {"custom_fences": [MermaidExtension(report).fence]}
        markdown = Markdown(
            extensions=[*EXTENSIONS, *extensions],
            extension_configs={**_EXTENSION_CONFIGS, "pymdownx.superfences": fences},
        )
        add_tree_editor(markdown, self._collect, "collect", _COLLECTOR_PRIORITY)
        return markdown

    def _collect(self, _: Markdown, root: Element) -> None:
        page = self._page
        page.text = "".join(_iter_text(root))
        for element in root.iter():
            if id := element.get("id"):
                page.ids.add(id)
            if element.tag == "a":
                page.targets.add(element.get("href", ""))
            elif element.tag == "img":
                url, is_decorative = element.get("src", ""), element.get("role") == "presentation"
                page.targets.add(url)
                page.images.add((url, None if is_decorative else element.get("alt", "")))
            elif element.tag in HEADINGS:
                page.heading_levels.append(int(element.tag[1:]))


def _iter_text(element: Element) -> Iterator[str]:
    # A formula contains its TeX as text.
    if str(element.tag).rpartition("}")[2] not in ("code", "pre", "math"):
        yield element.text or ""
        for child in element:
            yield from _iter_text(child)
    yield element.tail or ""


@dataclass
class SourcePage:
    """A page: its path below the documents folder, its name in diagnostics, and its source as Markdown.

    ``notebook`` is set if the page was converted from a notebook; it maps lines to the notebook's.
    """

    path: str
    name: str
    markdown: MarkdownSource
    converter: Converter
    notebook: NotebookPage | None = None

    @cached_property
    def converted(self) -> ConvertedPage:
        """The converted page. Conversion is slow: use it only to confirm what a scan suspects."""
        return self.converter.convert(self.markdown.body, self.path)

    @cached_property
    def inline_images(self) -> list[Link]:
        """The images ``![text](url)``, with code that only looks like it."""
        return [link for link in self.markdown.links if link.image]

    @cached_property
    def other_image_urls(self) -> list[str]:
        """The URLs of images by reference, ``![text][id]``, sorted."""
        if not self.markdown.refers_to_images:
            return []
        inline = {link.target for link in self.inline_images}
        return sorted({url for url, _ in self.converted.images} - inline)

    @cached_property
    def front_matter(self) -> positions.Document:
        """The front matter with positions; empty if there is none or it is not YAML."""
        return positions.load_yaml(self.name, self.markdown.front_matter, first_line=2)[0]

    @property
    def template(self) -> object:
        """The value of ``template`` in the front matter, or None."""
        # Parsing all front matter takes time, and few pages have the key.
        data = self.front_matter.data if "template" in self.markdown.front_matter else None
        return data.get("template") if isinstance(data, dict) else None

    @property
    def title(self) -> str:
        """The title that MkDocs derives from the source: a first line ``# Title``, or the file's name."""
        first = next((line.strip() for line in self.markdown.body.splitlines() if line.strip()), "")
        if first.startswith("# "):
            return first.lstrip("# ")
        name = self.path.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ")
        return name.capitalize() if name.lower() == name else name

    @cached_property
    def likely_ids(self) -> frozenset[str]:
        """The ids of headings and HTML elements that can be derived without a conversion."""
        ids = {slugify_heading(heading.words, "-") for heading in self.markdown.headings}
        for _, attributes, _ in self.markdown.html_elements:
            ids |= {attributes.get("id", ""), attributes.get("name", "")}
        if "{" in self.markdown.prose:
            ids |= {match["id"] for match in _EXPLICIT_ID.finditer(self.markdown.prose)}
        return frozenset(ids)

    def diagnose(self, at: int, field: str, message: str, hint: str = "", *, code: str) -> Diagnostic:
        """Create a diagnostic at an offset of the source."""
        position = self.markdown.position(at)
        return self.map_to_file(Diagnostic(self.name, *position, field, message, hint, code=code))

    def map_to_file(self, diagnostic: Diagnostic) -> Diagnostic:
        """Map a diagnostic from the Markdown source to the file, which may be a notebook."""
        return diagnostic if self.notebook is None else self.notebook.map_to_notebook(diagnostic)

    def find_render_errors(self) -> Iterator[Diagnostic]:
        """Convert the page, and yield what cannot be rendered."""
        errors = to_diagnostics(self.converted.errors, self.markdown.source, self.name)
        yield from map(self.map_to_file, errors)


@dataclass(frozen=True)
class Documents:
    """The paths of all files of a site below its documents folder, and those of them that are pages."""

    folder: Path
    files: set[str] = field(default_factory=set)
    pages: dict[str, SourcePage] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, SourcePage]:
        """The pages by their names in diagnostics, which the record uses as well."""
        return {page.name: page for page in self.pages.values()}

    def find_file(self, page: str, url: str) -> str | None:
        """Return the path of the file that a URL in the source of a page refers to; None if there is none."""
        if not is_valid_url(url):
            return None
        parts = urlsplit(url)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        return path if not parts.scheme and not parts.netloc and path in self.files else None

    def check_image(self, page: str, url: str) -> str | None:
        """Return why an image cannot be used, as a predicate; None if it can, or is not of this site.

        Only the header of an image is read. A build, which decodes images, finds truncated files.
        """
        if (path := self.find_file(page, url)) is None:
            return None
        try:
            image_format = detect_format(path)
            if (self.folder / path).is_file():  # An image of a notebook has no file of its own.
                read_info((self.folder / path).read_bytes(), image_format)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error.strerror}."
        return None


def read_documents(
    paths: SitePaths,
    settings: Mapping[str, Any],
    macros: Mapping[str, str] | None = None,
    library: Callable[[], Library] | None = None,
) -> Documents:
    """Read all documents, except those that ``exclude_docs`` in the settings excludes.

    Notebooks among the posts are pages, with their images beside them. A page that cannot be read counts as a
    file, because that has a diagnostic of its own. ``macros`` and ``library`` are those of `Converter`.
    """
    patterns = str(settings.get("exclude_docs") or "").splitlines()
    excluded = GitIgnoreSpec.from_lines([*_ALWAYS_EXCLUDED, *patterns])
    documents = Documents(paths.docs)
    converter = Converter(macros, library, documents.check_image)
    for file in sorted(walk_files(paths.docs)):
        path = file.relative_to(paths.docs).as_posix()
        if excluded.match_file(path):
            continue
        documents.files.add(path)
        is_notebook = path.endswith(NOTEBOOK) and paths.posts is not None and file.is_relative_to(paths.posts)
        if not path.endswith(MARKDOWN) and not is_notebook:
            continue
        name, text, notebook = display_path(file, paths.root), read_text(file, paths.root), None
        if isinstance(text, Diagnostic):
            continue
        if is_notebook:
            converted = convert.convert_notebook(name, text, file.stem, paths.separator)
            if not isinstance(converted, NotebookPage):
                continue
            notebook, text = converted, converted.markdown
            documents.files.update(str(PurePosixPath(path).with_name(image)) for image in notebook.files)
        documents.pages[path] = SourcePage(path, name, MarkdownSource(text), converter, notebook)
    return documents
