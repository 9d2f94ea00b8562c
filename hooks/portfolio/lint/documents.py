"""The documents of a site: its files, and its pages with their source, front matter and conversion."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from pathspec import GitIgnoreSpec

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import check_file, check_name, display_path, read_text, walk_files
from portfolio.core.markdown_scan import Link, MarkdownSource
from portfolio.core.text import is_valid_url, slugify_heading
from portfolio.lint.conversions import Conversions
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from portfolio.markdown_ext.site_markdown import ConvertedPage
from portfolio.markdown_ext.title import title_from_front_matter
from portfolio.notebooks.source_map import NotebookPage
from portfolio.record.kinds import listed_kind
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths

_EXPLICIT_ID = re.compile(r"#(?P<id>[^\s{}#]+)(?=[^{}\n]*\})")
# A site with more takes too long to build; usually a link leads to a folder such as /usr.
_MAX_FILES = 100_000
# MkDocs excludes these by default.
_ALWAYS_EXCLUDED = (".*", "/templates/")


@dataclass
class SourcePage:
    """A page: its path below the documents folder, its name in diagnostics, and its source as Markdown.

    ``notebook`` is set if the page was converted from a notebook; it maps lines to the notebook's.
    """

    path: str
    name: str
    markdown: MarkdownSource
    conversions: Conversions | None = None
    notebook: NotebookPage | None = None
    _converted: ConvertedPage | None = None

    def load_conversion(self) -> ConvertedPage | None:
        """Return the conversion of the page, if it was converted or its stored conversion is valid."""
        if self._converted is None and self.conversions is not None:
            self._converted = self.conversions.find(self.path, self.markdown.text, self.default_title)
        return self._converted

    @property
    def converted(self) -> ConvertedPage:
        """The converted page. It is converted now if its conversion is not stored."""
        if self.load_conversion() is None and self.conversions is not None:
            self._converted = self.conversions.convert(self.path, self.markdown.text, self.default_title)
        return self._converted or ConvertedPage()

    def release(self) -> None:
        """Free the memory of the conversion and of scans, which are several times as large as the page."""
        self._converted, self.markdown = None, MarkdownSource(self.markdown.source)

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

    def read_key(self, key: str) -> object:
        """Return the value of a key in the front matter, or None."""
        # Parsing all front matter takes time, and few pages have the key.
        data = self.front_matter.data if key in self.markdown.front_matter else None
        return data.get(key) if isinstance(data, dict) else None

    @property
    def template(self) -> object:
        """The value of ``template`` in the front matter, or None."""
        return self.read_key("template")

    @property
    def listed_kind(self) -> str:
        """The kind of entries that the page lists; empty if it lists none."""
        return listed_kind(self.front_matter.data) if self.template is not None else ""

    @property
    def default_title(self) -> str | None:
        """The heading if the page begins with none: the title in its front matter, or of its project."""
        title = self.read_key("title")
        title = title_from_front_matter(self.front_matter.data) if title is not None else None
        return title or (self.conversions.find_story_title(self.path) if self.conversions else None)

    @property
    def title(self) -> str:
        """The text of the page's first heading, or a title from the name of its file as MkDocs has it."""
        if self.markdown.title:
            return self.markdown.title
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

    def locate_errors(self, errors: Iterable[RenderError]) -> Iterator[Diagnostic]:
        """Yield the diagnostics of errors of a conversion."""
        yield from map(self.map_to_file, to_diagnostics(errors, self.markdown.source, self.name))


@dataclass(frozen=True)
class Documents:
    """The paths of all files of a site below its documents folder, and those of them that are pages.

    ``generated`` has the content of the files that are images of notebooks, ``diagnostics`` say which files
    cannot be read, by the path.
    """

    folder: Path
    files: set[str] = field(default_factory=set)
    generated: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, SourcePage] = field(default_factory=dict)
    diagnostics: dict[str, Diagnostic] = field(default_factory=dict)

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


def read_documents(
    paths: SitePaths, settings: Mapping[str, Any], conversions: Conversions | None = None
) -> Documents:
    """Read all documents, except those that ``exclude_docs`` in the settings excludes.

    Notebooks among the posts are pages, with their images beside them. A page that cannot be read counts as a
    file, because that has a diagnostic of its own. Without ``conversions`` no page is converted.
    """
    patterns = str(settings.get("exclude_docs") or "").splitlines()
    excluded = GitIgnoreSpec.from_lines([*_ALWAYS_EXCLUDED, *patterns])
    documents = Documents(paths.docs)
    files = list(islice(walk_files(paths.docs), _MAX_FILES + 1))
    if len(files) > _MAX_FILES:
        folder = files[-1].parent.relative_to(paths.docs).as_posix()
        name = display_path(files[-1].parent, paths.root)
        message, hint = (
            f"there are more than {_MAX_FILES} files up to here.",
            "Remove a link to a large folder.",
        )
        documents.diagnostics[folder] = Diagnostic(name, 1, 1, "", message, hint, code="file.too-many")
        return documents
    for file in sorted(files):
        path = file.relative_to(paths.docs).as_posix()
        # MkDocs follows links to folders even where files are excluded.
        if not excluded.match_file(path) or file.is_dir():
            documents.files.add(path)
            read_page(documents, path, paths, conversions)
    return documents


def read_page(documents: Documents, path: str, paths: SitePaths, conversions: Conversions | None) -> None:
    """Read the file at a path again, and add it to the pages if it is one."""
    documents.pages.pop(path, None)
    documents.diagnostics.pop(path, None)
    file = paths.docs / path
    if (problem := check_file(file, paths.root) or check_name(file, paths.root)) is not None:
        documents.diagnostics[path] = problem
        return
    is_notebook = path.endswith(NOTEBOOK) and paths.posts is not None and file.is_relative_to(paths.posts)
    if not path.endswith(MARKDOWN) and not is_notebook:
        return
    name, text, notebook = display_path(file, paths.root), read_text(file, paths.root), None
    if isinstance(text, Diagnostic):
        documents.diagnostics[path] = text
        return
    if is_notebook:
        from portfolio.notebooks import convert

        converted = convert.convert_notebook(name, text, file.stem, paths.separator)
        if not isinstance(converted, NotebookPage):
            return
        notebook, text = converted, converted.markdown
        images = {str(PurePosixPath(path).with_name(image)): data for image, data in notebook.files.items()}
        documents.files.update(images)
        documents.generated.update(images)
    documents.pages[path] = SourcePage(path, name, MarkdownSource(text), conversions, notebook)
