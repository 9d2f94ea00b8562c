"""A cache of converted pages, with everything that each conversion depended on.

A conversion depends on the code and the Markdown settings (`ConversionCache.shared`), on the text and the
location of the page, on the files that its links lead to, and on the answers to the queries of its
extensions. The last two are recorded during the conversion and checked before the result is used again; its
log messages are repeated. With ``--verbose``, the log names the reason for each conversion.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from mkdocs_incremental import api, blog, mkdocs_internals
from mkdocs_incremental.changes import NOT_CACHED, SharedInputs, find_change
from mkdocs_incremental.fingerprint import Digester, NotFingerprintable
from mkdocs_incremental.mkdocs_internals import ConvertedPage
from mkdocs_incremental.skip_build import digest
from mkdocs_incremental.store import Store
from mkdocs_incremental.workers import WorkerPool

log = logging.getLogger("mkdocs.hooks.incremental")
# The syntax that includes other files. They are tracked only by an extension with an attribute
# ``tracks_includes``, which makes a query for each file that it includes, or would include if it existed.
_INCLUDE = "8<"
# Extensions with which one converter converts each text the same way, by their names in mkdocs.yml.
_STATELESS = frozenset(
    "abbr admonition attr_list def_list fenced_code footnotes md_in_html meta nl2br sane_lists smarty tables "
    "toc".split()
)
_STATELESS_PYMDOWNX = frozenset(
    "arithmatex betterem caret details emoji escapeall highlight inlinehilite keys magiclink mark "
    "progressbar quotes smartsymbols snippets superfences tasklist tilde blocks.admonition blocks.caption "
    "blocks.definition blocks.details blocks.html".split()
)
# Options with which they are not: ids of code lines are numbered from one text to the next, and `auto_append`
# makes each text depend on other files.
_STATEFUL_OPTIONS = {
    "pymdownx.highlight": ("anchor_linenums", "line_anchors", "line_spans"),
    "pymdownx.snippets": ("auto_append",),
}
# Plugins of Material whose ``on_page_markdown`` has no effects but the text; workers call them, too.
_PURE_PLUGINS = (
    "material.plugins.blog.",
    "material.plugins.tags.",
    "material.plugins.meta.",
    "mkdocs_incremental.",
)


class _LogRecorder(logging.Handler):
    """Records log messages that MkDocs shows or counts, as name, level and text."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.messages: list[list[Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append([record.name, record.levelno, record.getMessage()])


@contextmanager
def record_log() -> Iterator[list[list[Any]]]:
    """Record the messages that are logged in this block."""
    handler = _LogRecorder()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    try:
        yield handler.messages
    finally:
        logger.removeHandler(handler)


def replay_log(messages: list[list[Any]]) -> None:
    """Log the messages of `record_log` again."""
    for name, level, text in messages:
        logging.getLogger(name).log(level, "%s", text)


class _TrackedFiles:
    """The files of a site, which records each file that a conversion looks up."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.lookups: dict[str, list[Any] | None] = {}

    def get_file_from_path(self, path: str) -> File | None:
        file = self.files.get_file_from_path(path)
        self.lookups[path] = _describe_target(file)
        return file

    def __getattr__(self, name: str) -> Any:
        return getattr(self.files, name)


def _describe_target(file: File | None) -> list[Any] | None:
    """Return what a link depends on of the file that it leads to."""
    if file is None:
        return None
    # MkDocs has no type for this method.
    return [file.src_uri, file.url, file.inclusion.is_excluded()]  # type: ignore[no-untyped-call]


@dataclass
class ConversionCache:
    """The conversions of one build.

    ``shared`` is what all of them depend on; if it is None, nothing is cached. ``is_stateless``: whether one
    converter can convert many texts.
    """

    store: Store
    shared: SharedInputs | None
    config: MkDocsConfig
    digester: Digester
    is_stateless: bool
    # By the source path of a page: the key of its conversion.
    _keys: dict[str, str] = field(default_factory=dict)
    _converter: Markdown | None = None
    converted: int = 0
    workers: WorkerPool | None = None

    def render_page(self, page: Any, files: Files, *, is_post: bool) -> None:
        """Do the work of ``Page.render``, from the cache where that is valid."""
        uri = page.file.src_uri
        inputs = _digest_inputs(page, is_post)
        key = self._key(page, inputs)
        if self.workers is not None:
            self.workers.advance_to(uri)
        entry = self.store.get(key) if key else None
        if entry is not None and not self._find_changed_dependency(entry, files):
            self._keys[uri] = key
            if log.isEnabledFor(logging.DEBUG) and self.store.is_new(key):
                log.debug("Converted %s: %s.", uri, self._explain(uri, inputs, files))
            replay_log(entry["log"])
            ConvertedPage(**entry["result"]).apply(page, files)
            return
        self.converted += 1
        if self.workers is not None:
            self.workers.count_miss(uri)
        tracked: Any = _TrackedFiles(files)
        md = self._take_converter()
        with record_log() as messages, api.track_dependencies() as dependencies:
            result = mkdocs_internals.convert_page(md, page, self.config, tracked)
            result.apply(page, files)
        # An extension that reports a problem may have ended early, and left something behind.
        if self.is_stateless and not dependencies.has_reports:
            self._converter = md
        if not key:
            obstacle = "no page is cached" if self.shared is None else "it includes files"
        elif dependencies.has_reports:
            obstacle = "it has problems"
        else:
            obstacle = self._put(key, inputs, result, tracked, messages, dependencies)
        if obstacle:
            log.debug("Converted %s: it cannot be cached, because %s.", uri, obstacle)
            return
        self._keys[uri] = key
        if log.isEnabledFor(logging.DEBUG):
            log.debug("Converted %s: %s.", uri, self._explain(uri, inputs, files))

    def _take_converter(self) -> Markdown:
        """Return a converter for one text: that of the page before, unless its conversion failed."""
        md, self._converter = self._converter, None
        footnotes: Mapping[str, Any] = (self.config.mdx_configs or {}).get("footnotes") or {}
        # A converter numbers the texts for the ids of footnotes.
        if md is None or footnotes.get("UNIQUE_IDS"):
            return mkdocs_internals.create_converter(self.config)
        return md.reset()

    def prefetch_page(self, uri: str, files: Files) -> None:
        """Convert a page in a worker process.

        This skips plugins that may do more than change a page's Markdown. If such a plugin does change it,
        the builder has another key, and converts the page itself.
        """
        file: Any = files.get_file_from_path(uri)
        page: Any = file.page or Page(None, file, self.config)
        with mkdocs_internals.as_current_page(page, self.config):
            page.read_source(self.config)
            for handler in mkdocs_internals.event_handlers(self.config, "page_markdown"):
                if _is_pure(handler):
                    text = handler(page.markdown, page=page, config=self.config, files=files)
                    page.markdown = page.markdown if text is None else text
            self.render_page(page, files, is_post=blog.is_post(page, self.config))
        # Free the memory.
        page.content = page.toc = None

    @property
    def has_previous(self) -> bool:
        """Whether an earlier build has stored conversions."""
        return bool(self._previous_keys)

    def save(self) -> None:
        """Store which conversions this build used, for the log of the next."""
        self.store.put("conversions", self._keys)

    def _put(
        self,
        key: str,
        inputs: dict[str, str],
        result: ConvertedPage,
        files: _TrackedFiles,
        messages: list[list[Any]],
        dependencies: api.Dependencies,
    ) -> str:
        """Cache a conversion. Return why it cannot be cached; empty if it was."""
        queries = []
        for name, arguments, answer in dependencies.queries:
            queries.append([name, list(arguments), self._digest(answer)])
            if not queries[-1][-1]:
                return f"the answer to the query {name}({', '.join(arguments)}) cannot be compared"
        entry = {
            "result": vars(result),
            "files": files.lookups,
            "log": messages,
            "queries": queries,
            "inputs": inputs,
            "shared": self.shared.fingerprint if self.shared is not None else "",
        }
        self.store.put(key, entry)
        return ""

    def _find_changed_dependency(self, entry: dict[str, Any], files: Files) -> str:
        """Return which link target or answer to a query has changed since a conversion; empty if none has."""
        for path, target in entry["files"].items():
            if _describe_target(files.get_file_from_path(path)) != target:
                return f"the file {path}, to which it links, was added, removed or moved"
        queries = api.declared_queries(self.config.extra)
        for name, arguments, digest_before in entry["queries"]:
            if name not in queries or self._digest(queries[name](*arguments)) != digest_before:
                return f"the answer to the query {name}({', '.join(arguments)}) changed"
        return ""

    @functools.cached_property
    def _tracks_includes(self) -> bool:
        return any(
            getattr(extension, "tracks_includes", False) for extension in self.config.markdown_extensions
        )

    @functools.cached_property
    def _previous_keys(self) -> dict[str, str]:
        keys: dict[str, str] = self.store.get_previous("conversions") or {}
        return keys

    def _explain(self, uri: str, inputs: dict[str, str], files: Files) -> str:
        """Return what has changed since the previous build used a conversion of a page."""
        entry = self.store.get_previous(self._previous_keys.get(uri, ""))
        if entry is None or self.shared is None:
            return NOT_CACHED
        return (
            self.shared.explain_change(entry["shared"])
            or find_change(entry["inputs"], inputs)
            or self._find_changed_dependency(entry, files)
            or NOT_CACHED
        )

    def _digest(self, answer: object) -> str:
        """Return the digest of an answer to a query; empty if it cannot be compared."""
        try:
            return self.digester.digest(answer).hex()
        except NotFingerprintable:
            return ""

    def _key(self, page: Any, inputs: dict[str, str]) -> str:
        """Return the key of a page's conversion; empty for a page that is not cached."""
        if self.shared is None or (_INCLUDE in page.markdown and not self._tracks_includes):
            return ""
        return (
            f"page {self.shared.fingerprint} {_digest_text(' '.join([page.file.src_uri, *inputs.values()]))}"
        )


def _digest_inputs(page: Any, is_post: bool) -> dict[str, str]:
    """Return digests of the text and the location of a page, by name."""
    return {
        "its text": _digest_text(page.markdown),
        "its URL": _digest_text(page.file.url),
        "its visibility": str(page.file.inclusion),
        "whether it is a post of the blog": str(is_post),
    }


def _digest_text(text: str) -> str:
    return digest(text.encode("utf-8", "surrogatepass"))


def can_prefetch(config: MkDocsConfig) -> bool:
    """Whether the Markdown of a page can be read without plugins that may do more than that."""
    events = ("pre_page", "page_read_source")
    return not any(mkdocs_internals.event_handlers(config, event) for event in events)


def _is_pure(handler: Callable[..., Any]) -> bool:
    return api.is_cacheable(handler) or f"{handler.__module__}.".startswith(_PURE_PLUGINS)


def find_stateful_extension(config: MkDocsConfig) -> str:
    """Return the name of a Markdown extension that may keep state between texts; empty if there is none."""
    settings: Mapping[str, Any] = config.mdx_configs or {}
    # MkDocs types them as names; hooks add objects, too.
    extensions: list[Any] = [*config.markdown_extensions]
    for extension in extensions:
        if not is_stateless(extension):
            return extension if isinstance(extension, str) else type(extension).__name__
    for name, options in _STATEFUL_OPTIONS.items():
        configured = settings.get(name) or {}
        if any(configured.get(option) for option in options):
            return name
    for fence in (settings.get("pymdownx.superfences") or {}).get("custom_fences", ()):
        if not _is_stateless_fence(fence.get("format")):
            return f"superfences: {fence.get('name')}"
    return ""


def is_stateless(extension: object) -> bool:
    """Whether an extension, by its name or as an object, keeps no state between texts.

    Objects declare it by an attribute ``stateless`` that is true.
    """
    if not isinstance(extension, str):
        return getattr(extension, "stateless", False) is True
    package, _, name = extension.rpartition("pymdownx.")
    if name and not package and name != extension:
        return name in _STATELESS_PYMDOWNX
    return extension.removeprefix("markdown.extensions.") in _STATELESS


def _is_stateless_fence(formatter: Any) -> bool:
    owner = getattr(formatter, "__self__", None)
    if owner is not None:
        return getattr(owner, "stateless", False) is True
    return getattr(formatter, "__module__", "") == "pymdownx.superfences"
