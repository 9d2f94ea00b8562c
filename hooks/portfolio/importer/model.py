"""What a reader returns: the pages, files and record of another site, before they become files of this one.

Every link and image in a body is a URL of the old site: absolute, from its root (``/posts/a.html#part``), or
relative to the URL of its own page. Readers resolve the notations of their generator, such as ``{filename}``
or ``{% post_url %}``, to such URLs; `portfolio.importer.plan` turns these into links of this site.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, cast

from portfolio.core.diagnostics import Diagnostic
from portfolio.record.kinds import KINDS
from portfolio.record.models import Fact, SectionEntry

# What `ImportedEntry` has as the kind of an entry of a section of the owner's own.
SECTIONS = "sections"
MODELS: Mapping[str, type[Fact]] = {
    **{kind.name: cast("type[Fact]", kind.model) for kind in KINDS},
    SECTIONS: SectionEntry,
}

BodyFormat = Literal["markdown", "html", "notebook"]
# The pages that list posts, and the feeds; and those that list the record. "index" is the blog's first page
# or one of its continuations.
ListKind = Literal[
    "index",
    "archive",
    "category",
    "tag",
    "author",
    "categories",
    "tags",
    "authors",
    "feed",
    "category feed",
    "tag feed",
    "publications",
    "talks",
    "projects",
]


@dataclass
class ImportedPage:
    """A post or a page of the old site.

    ``source`` is the path of its file as the report names it, and ``line`` the line on which the body begins.
    ``body`` is in the Markdown of this site, in HTML, or a notebook's JSON. ``url`` and ``aliases`` are paths
    of the old site in their exact spelling, beginning with "/"; ``url`` is empty if the page was never
    published. ``created`` and ``updated`` are no more exact than the source. ``image`` is a URL as in a body.
    ``feed_id`` is the id of its entry in the old feed. ``project`` is the entry whose story the page has.
    ``front_matter`` has other keys of this site's.
    """

    source: str
    title: str
    body: str
    format: BodyFormat = "markdown"
    line: int = 1
    is_post: bool = True
    url: str = ""
    aliases: tuple[str, ...] = ()
    slug: str = ""
    created: date | None = None
    updated: date | None = None
    draft: bool = False
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    description: str = ""
    image: str = ""
    feed_id: str = ""
    project: ImportedEntry | None = None
    front_matter: dict[str, Any] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedAuthor:
    """An author of posts. ``avatar`` is a URL as in a body."""

    name: str
    description: str = ""
    avatar: str = ""
    url: str = ""


@dataclass(frozen=True)
class ImportedEntry:
    """An entry of the record, with the keys and values that its file in ``docs/data`` has.

    ``kind`` is a key of `MODELS`, and ``section`` the title of a section of the owner's own. ``image`` in
    ``data`` is a URL as in a body. ``source`` and ``line`` say where it was read.
    """

    kind: str
    data: dict[str, Any]
    source: str
    line: int = 1
    section: str = ""


def required_fields(kind: str) -> tuple[str, ...]:
    """Return the fields that an entry of a kind needs, which say what it is about."""
    return tuple(name for name, field in MODELS[kind].model_fields.items() if field.is_required())


@dataclass(frozen=True)
class ImportedProfile:
    """What a source says about the owner, with the keys of ``profile.yml``.

    ``picture`` is a URL as in a body.
    """

    data: dict[str, Any]
    source: str
    line: int = 1


@dataclass(frozen=True)
class ImportedBibliography:
    """Publications as BibTeX. ``lines`` has the line in ``source`` of each by its citation key.

    Without ``is_own`` they are works that pages cite.
    """

    bibtex: str
    source: str
    lines: Mapping[str, int] = field(default_factory=dict)
    is_own: bool = True


@dataclass
class ImportedRecord:
    """What was read for ``docs/data``, and every problem. `record_merge` adds it to the files there."""

    entries: list[ImportedEntry] = field(default_factory=list)
    bibliographies: list[ImportedBibliography] = field(default_factory=list)
    profiles: list[ImportedProfile] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True)
class OldList:
    """A list of posts, or a feed, of the old site: of the category, tag or author ``name``, or of all."""

    kind: ListKind
    name: str = ""


@dataclass
class ImportedSite:
    """Everything that was read from a source.

    ``url`` is the old site's, with a slash at its end, or empty. ``files`` are images and other files by
    their paths on the old site, such as ``/images/a.png``; only those are copied that pages link to, and
    ``linked_files``, to which the record links. ``lists`` are its lists of posts and its feeds by their
    paths; ``old_urls`` has further paths that it answered.
    """

    source_name: str
    url: str = ""
    pages: list[ImportedPage] = field(default_factory=list)
    files: dict[str, Callable[[], bytes | Diagnostic]] = field(default_factory=dict)
    linked_files: set[str] = field(default_factory=set)
    authors: list[ImportedAuthor] = field(default_factory=list)
    entries: list[ImportedEntry] = field(default_factory=list)
    bibliographies: list[ImportedBibliography] = field(default_factory=list)
    profiles: list[ImportedProfile] = field(default_factory=list)
    lists: dict[str, OldList] = field(default_factory=dict)
    old_urls: set[str] = field(default_factory=set)
    problems: list[Diagnostic] = field(default_factory=list)

    def add_record(self, record: ImportedRecord) -> None:
        """Add what was read from a file about a career."""
        self.entries += record.entries
        self.bibliographies += record.bibliographies
        self.profiles += record.profiles
        self.problems += record.problems
