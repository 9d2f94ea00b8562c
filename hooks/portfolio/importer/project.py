"""The project that a site is imported into, and what earlier imports wrote into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pathspec import GitIgnoreSpec

from portfolio.blog.urls import BlogSettings, read_blog_settings
from portfolio.config import Site
from portfolio.core.files import display_path, read_text, walk_files
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import load_yaml
from portfolio.importer.old_site import normalize_path
from portfolio.lint.conversions import Conversions
from portfolio.record.kinds import PROJECTS, PROJECTS_PAGE, listed_kind
from portfolio.redirects.aliases import Inventory
from portfolio.redirects.url_paths import find_answer
from portfolio.sources.mkdocs_yml import MARKDOWN, SitePaths, read_settings

_PROJECTS_OUTPUT = f"{PROJECTS_PAGE.removesuffix('.md')}/index.html"


@dataclass(frozen=True)
class ImportState:
    """What earlier imports of a source wrote; what others wrote is like the owner's.

    ``files`` has the digest of each file by its path below the project, ``keys`` has its path by its key, and
    ``settings`` is what was added to ``mkdocs.yml``.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    settings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Project:
    """The project that a site is imported into. ``config`` is its ``mkdocs.yml``, ``today`` the day.

    ``conversions`` are those of its pages, and ``inventory`` is what it has, also from earlier imports.
    ``aliases`` are those that the owner wrote, with their targets. ``has_projects``: the record has projects
    after the import.
    """

    paths: SitePaths
    config: Path
    site: Site
    conversions: Conversions
    inventory: Inventory
    aliases: Mapping[str, str]
    state: ImportState
    today: date
    has_projects: bool = False

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings of ``mkdocs.yml``."""
        return read_settings(self.config)

    @cached_property
    def blog(self) -> BlogSettings | None:
        """The settings of the blog, None without one."""
        return read_blog_settings(self.settings)

    @cached_property
    def docs_name(self) -> str:
        """The path of the documents folder below the project, with a slash at its end."""
        return f"{display_path(self.paths.docs, self.paths.root)}/"

    @cached_property
    def posts_folder(self) -> str:
        """The path of the folder of posts below the documents folder, with a slash at its end."""
        posts, docs = self.paths.posts, self.paths.docs
        if posts is None or not posts.is_relative_to(docs):
            return ""
        return f"{posts.relative_to(docs).as_posix()}/"

    @cached_property
    def own_files(self) -> set[str]:
        """The files below the documents folder that no import of this source wrote."""
        files = {path.relative_to(self.paths.docs).as_posix() for path in walk_files(self.paths.docs)}
        return {path for path in files if f"{self.docs_name}{path}" not in self.state.files}

    @cached_property
    def own_outputs(self) -> set[str]:
        """The files of the built site that no import of this source wrote."""
        feeds = self.site.options.feeds
        imported = {
            output
            for source, output in self.inventory.sources.items()
            if f"{self.docs_name}{source}" in self.state.files
        }
        generated = {_PROJECTS_OUTPUT} if self.generates_projects_page else set()
        return ({*self.inventory.files, feeds.all, feeds.json_feed} - imported) | generated

    @cached_property
    def generates_projects_page(self) -> bool:
        """Whether the build generates a page of projects after the import."""
        has_page = PROJECTS in self.page_of_template or PROJECTS_PAGE in self.own_files
        return self.has_projects and not has_page

    def find_own_answer(self, url: str) -> str:
        """Return the source of the page with which this site answers an old URL; empty if it does not.

        That is a page of the owner, or the target of an alias that the owner wrote.
        """
        if file := find_answer(unquote(url), self.own_outputs):
            if file == _PROJECTS_OUTPUT and self.generates_projects_page:
                return PROJECTS_PAGE
            return self.inventory.source_of.get(file, file)
        return self.aliases.get(normalize_path(url), "")

    @cached_property
    def _own_pages(self) -> dict[str, MarkdownSource]:
        """The pages that no import of this source wrote and that are no posts."""
        pages = {}
        for path in sorted(self.own_files):
            if path.endswith(MARKDOWN) and not (self.posts_folder and path.startswith(self.posts_folder)):
                text = read_text(self.paths.docs / path, self.paths.root)
                if isinstance(text, str):
                    pages[path] = MarkdownSource(text)
        return pages

    @cached_property
    def tags_page(self) -> str:
        """The path of the page that lists all tags, below the documents folder; empty if there is none."""
        return next((path for path, page in self._own_pages.items() if page.lists_tags), "")

    @cached_property
    def page_of_template(self) -> dict[str, str]:
        """The path of the page with each template, such as ``cv.html``, or for each kind of entries."""
        pages: dict[str, str] = {}
        for path, page in self._own_pages.items():
            data = load_yaml(path, page.front_matter)[0].data if "template" in page.front_matter else None
            if isinstance(data, dict) and isinstance(data.get("template"), str):
                pages.setdefault(listed_kind(data) or data["template"], path)
        return pages

    @cached_property
    def excluded(self) -> GitIgnoreSpec:
        """What MkDocs leaves out of the documents folder."""
        patterns = str(self.settings.get("exclude_docs") or "").splitlines()
        return GitIgnoreSpec.from_lines([".*", "/templates/", *patterns])
