"""The conversions of pages, kept from one build to the next with all that they depended on.

A conversion depends on the program and the settings of Markdown (`Conversions.site`), on the text, on where
the page stands, on the files that its links lead to, and on the answers that its extensions were given. The
last two are noted while it is made, and looked up again before it is used; what it logged is logged again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from mkdocs_incremental import api, excerpts, mkdocs_internals
from mkdocs_incremental.excerpts import Marked
from mkdocs_incremental.fingerprint import Digester, Opaque
from mkdocs_incremental.mkdocs_internals import Converted
from mkdocs_incremental.store import Store
from mkdocs_incremental.workers import Helpers

# What includes other files, which nobody here watches: such a page is converted in every build.
_INCLUDES = "8<"


@dataclass
class Logged(logging.Handler):
    """What is logged for MkDocs' count of warnings, as name, level and text."""

    records: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append([record.name, record.levelno, record.getMessage()])

    __hash__ = logging.Handler.__hash__


@contextmanager
def logged() -> Iterator[list[list[Any]]]:
    """What is logged in this block."""
    handler = Logged()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield handler.records
    finally:
        logger.removeHandler(handler)


def log_again(records: list[list[Any]]) -> None:
    """Log what was logged when something was made."""
    for name, level, text in records:
        logging.getLogger(name).log(level, "%s", text)


class _Watched:
    """The files of a site, with a note of each that was looked for."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.seen: dict[str, list[Any] | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        file = self.files.get_file_from_path(path)
        self.seen[path] = _facts(file)
        return file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files, name)


def _facts(file: File | None) -> list[Any] | None:
    """What a link shows of the file that it leads to."""
    if file is None:
        return None
    # MkDocs has not typed what it asks.
    return [file.src_uri, file.url, file.inclusion.is_excluded()]  # type: ignore[no-untyped-call]


@dataclass
class Conversions:
    """The conversions of one build. ``site`` is the key of what all of them depend on, empty to keep none."""

    store: Store
    site: str
    config: MkDocsConfig
    digester: Digester
    takes_excerpts: bool
    # The keys of the excerpts that are kept, by the path of the post; and those that were read or made.
    _excerpts: dict[str, str] = field(default_factory=dict)
    _marked: dict[str, Marked | None] = field(default_factory=dict)
    converted: int = 0
    helpers: Helpers | None = None

    def render(self, page: Any, files: Files, *, is_post: bool) -> None:
        """``Page.render``, from what is kept if that holds."""
        key = self._key(page, is_post)
        if self.helpers is not None:
            self.helpers.meet(page.file.src_uri)
        kept = self.store.get(key) if key else None
        if kept is not None and self._holds(kept, files):
            log_again(kept["logged"])
            Converted(**kept["made"]).put(page, files)
            self._excerpts[page.file.src_uri] = kept["excerpt"]
            return
        self.converted += 1
        if self.helpers is not None:
            self.helpers.making(page.file.src_uri)
        watched = _Watched(files)
        own: Any = watched
        takes = is_post and self.takes_excerpts
        with logged() as records, api.track_dependencies() as heard:
            conversion = mkdocs_internals.convert(page, self.config, own, with_excerpt=takes)
            conversion.made.put(page, files)
            marked = excerpts.take(conversion) if takes else None
        self._marked[page.file.src_uri] = marked
        if key and not heard.told:
            self._keep(key, conversion.made, marked, watched, records, heard)

    def excerpt(self, uri: str) -> Marked | None:
        """The excerpt of the post of a path, or None where Material has to make it."""
        if uri not in self._marked:
            kept = self.store.get(key) if (key := self._excerpts.get(uri)) else None
            self._marked[uri] = None if kept is None else Marked(*kept)
        return self._marked[uri]

    def forget(self, uri: str) -> None:
        """Let go of the excerpt of the post of a path, which is kept."""
        self._marked.pop(uri, None)

    def _keep(
        self,
        key: str,
        made: Converted,
        marked: Marked | None,
        watched: _Watched,
        records: list[list[Any]],
        heard: api.Dependencies,
    ) -> None:
        try:
            asked = [[name, list(given), self._digest(answer)] for name, given, answer in heard.asked]
        except Opaque:
            return
        if marked is not None:
            self.store.put(f"{key}+", [marked.html, marked.tokens])
        self.store.put(
            key,
            {
                "made": vars(made),
                "excerpt": f"{key}+" if marked is not None else "",
                "seen": watched.seen,
                "logged": records,
                "asked": asked,
            },
        )

    def _holds(self, kept: dict[str, Any], files: Files) -> bool:
        """Whether the files that the page's links lead to, and the answers, are what they were."""
        if any(_facts(files.get_file_from_path(path)) != facts for path, facts in kept["seen"].items()):
            return False
        answers = self.config.extra.get(api.QUERIES, {})
        for name, given, digest in kept["asked"]:
            if name not in answers or self._digest(answers[name](*given)) != digest:
                return False
        return True

    def _digest(self, answer: object) -> str:
        return self.digester.of(answer).hex()

    def _key(self, page: Any, is_post: bool) -> str:
        """The key of a page's conversion; empty for one that is not kept."""
        if not self.site or _INCLUDES in page.markdown:
            return ""
        file = page.file
        facts = (self.site, file.src_uri, file.url, str(file.inclusion), str(is_post), page.markdown)
        made = hashlib.blake2b(digest_size=16)
        for fact in facts:
            part = fact.encode("utf-8", "surrogatepass")
            made.update(len(part).to_bytes(4, "big") + part)
        return f"page {made.hexdigest()}"
