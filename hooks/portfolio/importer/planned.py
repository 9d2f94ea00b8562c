"""What an import will write: files, and pages with their front matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from portfolio.blog.new_post import escape_title
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.positions import Lines
from portfolio.core.text import find_control
from portfolio.importer.markdown_text import Link, rewrite_links
from portfolio.importer.model import ImportedPage


@dataclass(frozen=True)
class PlannedFile:
    """A file to write: its path below the project, with slashes, and its content or what reads it.

    ``source`` names what it was imported from, and ``key`` identifies that from one import to the next.
    ``is_shared``: the file belongs to the owner, and the import only adds to it.
    """

    path: str
    source: str
    key: str
    content: bytes = b""
    load: Callable[[], bytes | Diagnostic] | None = None
    is_shared: bool = False

    def read(self) -> bytes | Diagnostic:
        """Return the content, or say why it cannot be read."""
        return self.content if self.load is None else self.load()


@dataclass
class PlannedPage:
    """A page to write. ``path`` is below the documents folder, and ``url`` relative to the site's.

    ``key`` identifies the page from one import to the next. ``slug`` is that of a post for its front matter,
    None if its title has it. ``body`` is Markdown without front matter and title, or a notebook.
    ``is_draft``: it is no post, and only ``make serve`` shows it.
    """

    page: ImportedPage
    path: str
    key: str = ""
    url: str = ""
    slug: str | None = None
    body: str = ""
    front_matter: dict[str, Any] = field(default_factory=dict)
    is_draft: bool = False
    problems: list[Diagnostic] = field(default_factory=list)
    anchor_problems: list[Diagnostic] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """The content of its file."""
        return (self.body if self.is_notebook else self.markdown).encode()

    @property
    def is_notebook(self) -> bool:
        """Whether the page is a notebook."""
        return self.page.format == "notebook"

    @property
    def markdown(self) -> str:
        """The text of the file of a page that is not a notebook."""
        return f"{_dump_front_matter(self.front_matter)}{self.add_title(self.body)}"

    def add_title(self, body: str) -> str:
        """Return a body with the title as its heading, unless the front matter has the title."""
        title, text = clean_line(self.page.title), body.strip("\n")
        heading = f"# {escape_title(title)}\n\n" if title and "title" not in self.front_matter else ""
        return f"{heading}{text}\n"


@dataclass
class Plan:
    """The files to write, the pages among them, and every problem."""

    files: list[PlannedFile] = field(default_factory=list)
    pages: list[PlannedPage] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    # The old paths and patterns that are added to mkdocs.yml, and the lines that could not be inserted.
    settings: list[str] = field(default_factory=list)
    settings_lines: list[str] = field(default_factory=list)
    # The paths that the old site answered, with what diagnostics name as the source of each.
    old_urls: dict[str, str] = field(default_factory=dict)


def remove_anchors(planned: PlannedPage, is_broken: Callable[[str], bool]) -> None:
    """Remove the anchors of the links on a page that are broken, and report them."""
    page = planned.page

    def replace_link(link: Link) -> str | None:
        url, _, anchor = link.target.partition("#")
        if not anchor or not is_broken(link.target):
            return link.target
        at = page.body.find(f"#{anchor}")
        line, column = Lines(page.body).position(max(at, 0))
        message, hint = f"there is no anchor '#{anchor}'.", "The link leads to the page instead."
        if not url:
            hint = "The text of the link stays."
        place = page.source, page.line + line - 1, column
        planned.anchor_problems.append(
            Diagnostic(*place, "", message, hint, code="import.dead-link", severity="warning")
        )
        return url or None

    if not planned.is_notebook:
        planned.body = rewrite_links(planned.body, replace_link)


def _dump_front_matter(values: Mapping[str, Any]) -> str:
    """Write front matter as the drafts of this site have it, with lists on one line."""
    block = yaml.safe_dump(
        dict(values), allow_unicode=True, default_flow_style=None, sort_keys=False, width=float("inf")
    )
    return f"---\n{block}---\n\n" if values else ""


def clean_line(text: str) -> str:
    """Return a text on one line without control characters."""
    words = " ".join(text.split())
    while (control := find_control(words)) is not None:
        words = words.replace(control, "")
    return words
