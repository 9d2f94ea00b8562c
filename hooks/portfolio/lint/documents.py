"""The documents of a site as the checks see them: pages, what Markdown converts them to, and image files."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
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
from portfolio.core.files import display_path, read_text
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document
from portfolio.core.text import is_valid_url, slugify_heading
from portfolio.images.image_info import ImageError, detect_format, read_info
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.code_blocks import FenceHeaderExtension
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
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
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# After every extension that creates or moves elements.
_COLLECTOR_PRIORITY = -100
_EXPLICIT_ID = re.compile(r"#(?P<id>[^\s{}#]+)(?=[^{}\n]*\})")
# MkDocs excludes these by default.
_ALWAYS_EXCLUDED = (".*", "/templates/")


@dataclass
class ConvertedPage:
    """What Markdown converts a page to, as far as checks need it.

    ``targets`` are the URLs of links and images, ``image_urls`` those of images. ``images`` are the URLs and
    alternative texts of images that are not decorative. ``text`` is the page's text without code and
    formulas, ``html`` the HTML that its author wrote. ``errors`` are in the order of the conversion.
    """

    targets: set[str] = field(default_factory=set)
    images: set[tuple[str, str]] = field(default_factory=set)
    image_urls: set[str] = field(default_factory=set)
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
        self._collector = _Collector()

    def convert(self, body: str, page: str = "") -> ConvertedPage:
        """Convert the text of a page, without its front matter."""
        converted = ConvertedPage()
        self._collector.converted, self._collector.page = converted, page
        markdown = self._markdown.reset()
        markdown.convert(body)
        converted.html = "\n".join(
            block for block in markdown.htmlStash.rawHtmlBlocks if isinstance(block, str)
        )
        return converted

    @cached_property
    def _markdown(self) -> Markdown:
        # Created for the first page that has to be converted: usually there is none.
        report = self._collector.report
        extensions: list[Extension] = [
            FormulaExtension(report, self._macros),
            FigureExtension(lambda _, url: self._check_image(self._collector.page, url), report),
            TableExtension(report),
            FenceHeaderExtension(report),
            self._collector,
        ]
        if self._library is not None:
            extensions.append(CitationExtension(self._library(), report))
        fences = {"custom_fences": [MermaidExtension(report).fence]}
        return Markdown(
            extensions=[*EXTENSIONS, *extensions],
            extension_configs={**_EXTENSION_CONFIGS, "pymdownx.superfences": fences},
        )


class _Collector(Extension):
    """Fills the `ConvertedPage` of the page being converted."""

    def __init__(self) -> None:
        super().__init__()
        self.converted = ConvertedPage()
        self.page = ""

    def report(self, error: RenderError) -> None:
        self.converted.errors.append(error)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_CollectorTreeprocessor(self), "collect", _COLLECTOR_PRIORITY)


class _CollectorTreeprocessor(Treeprocessor):
    def __init__(self, collector: _Collector) -> None:
        super().__init__()
        self.collector = collector

    def run(self, root: ElementTree.Element) -> None:
        page = self.collector.converted
        page.text = "".join(_iter_text(root))
        for element in root.iter():
            if id := element.get("id"):
                page.ids.add(id)
            if element.tag == "a":
                page.targets.add(element.get("href", ""))
            elif element.tag == "img":
                url = element.get("src", "")
                page.targets.add(url)
                page.image_urls.add(url)
                if element.get("role") != "presentation":
                    page.images.add((url, element.get("alt", "")))
            elif element.tag in _HEADINGS:
                page.heading_levels.append(_HEADINGS[str(element.tag)])


def _iter_text(element: ElementTree.Element) -> Iterator[str]:
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
        """What Markdown converts the page to. This is slow: use it only to confirm what a scan suspects."""
        return self.converter.convert(self.markdown.body, self.path)

    @cached_property
    def front_matter(self) -> Document:
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
        """The ids of the headings, as far as they can be derived without a conversion."""
        ids = {slugify_heading(heading.words, "-") for heading in self.markdown.headings}
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


class ImageFiles:
    """The images below the documents folder; ``files`` are the paths of all files of the site.

    Only the header of an image is read, and only once. A build, which decodes images, finds truncated files.
    """

    def __init__(self, docs: Path, files: set[str]) -> None:
        self._docs, self._files = docs, files
        self._check = cache(self._read)

    def check(self, page: str, url: str) -> str | None:
        """Return why an image cannot be used, as a predicate; None if it can, or is not of this site.

        ``page`` is the path below the documents folder of the page that refers to it.
        """
        return self._check(_resolve(page, url)) if self.contains(page, url) else None

    def contains(self, page: str, url: str) -> bool:
        """Whether a URL in the source of a page is that of a file of the site."""
        if not is_valid_url(url):
            return False
        parts = urlsplit(url)
        return not parts.scheme and not parts.netloc and _resolve(page, url) in self._files

    def _read(self, name: str) -> str | None:
        path = self._docs / name
        try:
            image_format = detect_format(name)
            if path.is_file():  # An image of a notebook has no file of its own.
                read_info(path.read_bytes(), image_format)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error.strerror}."
        return None


def _resolve(page: str, url: str) -> str:
    """Return the path below the documents folder that a URL in the source of a page refers to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(urlsplit(url).path)))


@dataclass(frozen=True)
class Documents:
    """The pages of a site by path, the paths of all files, and the images; paths are below the folder."""

    images: ImageFiles
    files: set[str]
    pages: dict[str, SourcePage] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, SourcePage]:
        """The pages by their names in diagnostics, which the record uses as well."""
        return {page.name: page for page in self.pages.values()}


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
    patterns = settings.get("exclude_docs")
    excluded = GitIgnoreSpec.from_lines(
        [*_ALWAYS_EXCLUDED, *(patterns.splitlines() if isinstance(patterns, str) else ())]
    )
    files: set[str] = set()
    images = ImageFiles(paths.docs, files)
    converter = Converter(macros, library, images.check)
    documents = Documents(images, files)
    for path in sorted(_walk(paths.docs)):
        if excluded.match_file(path):
            continue
        files.add(path)
        file = paths.docs / path
        is_post = paths.posts is not None and file.is_relative_to(paths.posts)
        if not path.endswith(MARKDOWN) and not (path.endswith(NOTEBOOK) and is_post):
            continue
        name, text, notebook = display_path(file, paths.root), read_text(file, paths.root), None
        if isinstance(text, Diagnostic):
            continue
        if path.endswith(NOTEBOOK):
            converted = convert.convert_notebook(name, text, file.stem, paths.separator)
            if not isinstance(converted, NotebookPage):
                continue
            notebook, text = converted, converted.markdown
            files.update(posixpath.join(posixpath.dirname(path), image) for image in notebook.files)
        documents.pages[path] = SourcePage(path, name, MarkdownSource(text), converter, notebook)
    return documents


def _walk(docs: Path) -> Iterator[str]:
    """Yield the paths of all files below a folder, relative to it; symbolic links to folders are followed."""
    ancestors = {str(docs): {os.path.realpath(docs)}}
    for folder, subfolders, names in os.walk(docs, followlinks=True):
        real = {name: os.path.realpath(Path(folder, name)) for name in subfolders if not name.startswith(".")}
        # A link to an ancestor would never end.
        subfolders[:] = [name for name in real if real[name] not in ancestors[folder]]
        ancestors |= {str(Path(folder, name)): {*ancestors[folder], real[name]} for name in subfolders}
        inside = Path(folder).relative_to(docs).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)
