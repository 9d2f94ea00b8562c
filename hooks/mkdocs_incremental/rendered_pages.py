"""A cache of rendered pages, with everything that each page depended on.

An entry has the source path of the page as its key. It contains the fingerprint of what the whole site
shares, digests of the page's own data, and of what the page read from ``config.extra``, which is recorded
while it is rendered. Where all of these are unchanged, neither ``on_page_context`` handlers nor the template
run again. With ``--verbose``, the log names the reason for each page that is rendered.
"""

from __future__ import annotations

import logging
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from jinja2 import BytecodeCache, Environment, TemplateError
from jinja2.bccache import Bucket
from material.plugins.blog.structure import Excerpt
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from mkdocs_incremental import api, mkdocs_internals, output_dir, site_facts
from mkdocs_incremental.changes import NOT_CACHED, SharedInputs, find_change
from mkdocs_incremental.converted_pages import record_log, replay_log
from mkdocs_incremental.fingerprint import Digester, NotFingerprintable
from mkdocs_incremental.site_facts import PageFingerprints
from mkdocs_incremental.store import Store
from mkdocs_incremental.workers import LATE_NICENESS, StoreWorker, WorkerPool, available_workers

log = logging.getLogger("mkdocs.hooks.incremental")
# Material's plugins whose ``on_page_context`` has no effects but those that an entry contains.
_CACHEABLE_PLUGINS = ("material.plugins.blog.", "material.plugins.tags.", "material.plugins.search.")
# Attributes of a page that change with its text, or with the posts of a blog.
_UNTRACKED_ATTRIBUTES = frozenset("config content excerpt markdown posts toc views".split())
# Those whose fingerprint is incomplete even for the page itself: it covers the posts that a list shows.
_PARTLY_TRACKED = frozenset({"posts", "views"})
_NO_HTML = "its HTML was not in the cache"
# What a page read from ``config.extra``: a name, and a key in the mapping of that name or None for all of it.
Read = tuple[str, str | None]


def find_uncacheable_handlers(config: MkDocsConfig) -> list[str]:
    """Return the plugins and hooks whose ``on_page_context`` may have effects that cannot be cached."""
    return [
        getattr(handler, "__module__", "") or repr(handler)
        for handler in mkdocs_internals.event_handlers(config, "page_context")
        if not api.is_cacheable(handler) and not f"{handler.__module__}.".startswith(_CACHEABLE_PLUGINS)
    ]


class ReadLog:
    """Records what the current page reads. Between two pages, nothing is recorded."""

    def __init__(self) -> None:
        self._reads: set[Read] | None = None
        # What the page read first that cannot be tracked: it must be rendered in each build. Or empty.
        self.untracked = ""

    def start(self) -> None:
        self._reads, self.untracked = set(), ""

    def stop(self) -> set[Read]:
        reads, self._reads = self._reads or set(), None
        return reads

    def add(self, name: str, key: str | None) -> None:
        if self._reads is not None:
            self._reads.add((name, key))

    def mark_untracked(self, what: str) -> None:
        self.untracked = self.untracked or what


class _RecordingDict(dict[str, Any]):
    """A mapping whose subclasses record what is read from it."""

    _record_key: Callable[[str], None]
    _record_all: Callable[[], None]

    def __getitem__(self, key: str) -> Any:
        self._record_key(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._record_key(str(key))
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._record_key(key)
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        self._record_all()
        return super().__iter__()

    def __len__(self) -> int:
        self._record_all()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._record_all()
        return super().__eq__(other)

    __hash__ = None

    def keys(self) -> Any:
        self._record_all()
        return super().keys()

    def values(self) -> Any:
        self._record_all()
        return super().values()

    def items(self) -> Any:
        self._record_all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        return dict(self.items())


class TrackedMapping(_RecordingDict):
    """A mapping in ``config.extra`` that records which of its keys a page reads."""

    def __init__(self, values: dict[str, Any], name: str, reads: ReadLog) -> None:
        super().__init__(values)
        self._record_key = lambda key: reads.add(name, key)
        self._record_all = lambda: reads.add(name, None)


class TrackedObject:
    """An object of a class with `api.track_attributes`, which records which of its attributes a page reads.

    They are recorded as ``name.attribute``; those that are mappings are tracked by key.
    """

    def __init__(self, target: Any, name: str, reads: ReadLog) -> None:
        # Not by assignment, which sets attributes of the target.
        vars(self).update(_target=target, _name=name, _reads=reads)
        for attribute, value in vars(target).items():
            if _is_trackable_mapping(value):
                setattr(target, attribute, TrackedMapping(value, f"{name}.{attribute}", reads))

    def __getattr__(self, attribute: str) -> Any:
        # Also if there is no such attribute, which is an answer, too.
        if not isinstance(vars(self._target).get(attribute), TrackedMapping):
            self._reads.add(f"{self._name}.{attribute}", None)
        return getattr(self._target, attribute)

    def __setattr__(self, attribute: str, value: Any) -> None:
        setattr(self._target, attribute, value)


def _is_trackable_mapping(value: object) -> bool:
    return type(value) is dict and all(type(key) is str for key in value)


def _track(value: Any, name: str, reads: ReadLog) -> Any:
    if _is_trackable_mapping(value):
        return TrackedMapping(value, name, reads)
    return TrackedObject(value, name, reads) if api.tracks_attributes(value) else value


class TrackedExtra(_RecordingDict):
    """``config.extra`` that records what a page reads. All pages depend on its names: see `digest_site`."""

    def __init__(self, values: dict[str, Any], reads: ReadLog) -> None:
        super().__init__({name: _track(value, name, reads) for name, value in values.items()})
        self._reads = reads

    def _record_key(self, name: str) -> None:
        # Tracked mappings and objects record the keys and attributes that are read.
        if not isinstance(dict.get(self, name), TrackedMapping | TrackedObject):
            self._reads.add(name, None)

    def _record_all(self) -> None:
        self._reads.mark_untracked("all of the setting extra")

    def digest(self, read: Read, digester: Digester) -> bytes:
        """Return the digest of what such a read returns now. Raises NotFingerprintable."""
        name, key = read
        owner, _, attribute = name.partition(".")
        if dict.__contains__(self, name):
            value = dict.__getitem__(self, name)
        elif isinstance(tracked := dict.get(self, owner), TrackedObject) and hasattr(
            tracked._target, attribute
        ):
            # From the target, so that this is not recorded as a read of the current page.
            value = getattr(tracked._target, attribute)
        else:
            return b"missing"
        if key is None:
            return digester.digest(dict(dict.items(value)) if isinstance(value, TrackedMapping) else value)
        if not isinstance(value, TrackedMapping):
            raise NotFingerprintable(name)
        return digester.digest(dict.get(value, key)) if dict.__contains__(value, key) else b"missing"


class TrackedPages(list[Any]):
    """The template variable ``pages``. A page that iterates over it cannot be tracked."""

    def __init__(self, files: Any, reads: ReadLog) -> None:
        super().__init__(files)
        self._reads = reads

    def __iter__(self) -> Iterator[Any]:
        self._reads.mark_untracked("the template variable pages")
        return super().__iter__()

    def __getitem__(self, index: Any) -> Any:
        self._reads.mark_untracked("the template variable pages")
        return super().__getitem__(index)


def track_page_attributes(env: Environment, current_page: Callable[[], object], reads: ReadLog) -> None:
    """Mark a page as untracked if its template reads more of another one than `describe_page` has."""

    # The public methods with which Jinja looks up attributes and items in templates, hundreds for each page.
    look_up_attribute, look_up_item = env.getattr, env.getitem

    def check(item: Any, name: str) -> None:
        # An excerpt is made for the list that shows it, from what that list depends on.
        if isinstance(item, Page) and not isinstance(item, Excerpt):
            is_tracked = item is current_page() and name not in _PARTLY_TRACKED
            if not is_tracked and hasattr(item, name):
                reads.mark_untracked(f"the attribute {name} of {item.file.src_uri}")

    def get_attribute(item: Any, name: str) -> Any:
        if name in _UNTRACKED_ATTRIBUTES:
            check(item, name)
        # The first thing that Jinja tries; the call would take longer.
        try:
            return getattr(item, name)
        except AttributeError:
            return look_up_attribute(item, name)

    def get_item(item: Any, name: Any) -> Any:
        if type(name) is str and name in _UNTRACKED_ATTRIBUTES:
            check(item, name)
        return look_up_item(item, name)

    vars(env).update(getattr=get_attribute, getitem=get_item)


@dataclass
class RenderCache:
    """The rendered pages of one build. ``shared`` is what all of them depend on."""

    store: Store
    shared: SharedInputs
    config: MkDocsConfig
    digester: Digester
    # Whether the output file of a page already has the content with a digest, and will not be written.
    is_up_to_date: Callable[[Any, str], bool]
    reads: ReadLog = field(default_factory=ReadLog)
    rendered: int = 0
    workers: WorkerPool | None = None
    # The current page, and what is known of it.
    page: Any = None
    _key: str = ""
    _digests: dict[str, str] = field(default_factory=dict)
    # Why the page is rendered.
    _reason: str = ""
    _entry: dict[str, Any] | None = None
    _output: Any = None
    _search_start: int = 0
    _context_log: list[list[Any]] = field(default_factory=list)
    _handlers: list[Callable[..., Any]] = field(default_factory=list)
    _read_digests: dict[Read, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A new digester: objects may have changed since they were inspected for conversions.
        self._fingerprints = PageFingerprints(self.config, site_facts.create_digester())

    def attach(self, env: Environment) -> None:
        """Replace the handlers of ``on_page_context``, and track what pages read."""
        handlers = mkdocs_internals.event_handlers(self.config, "page_context")
        self._handlers, handlers[:] = handlers[:], [self.on_page_context]
        self.config.extra = TrackedExtra(dict(self.config.extra), self.reads)  # type: ignore[assignment]
        track_page_attributes(env, lambda: self.page, self.reads)

    def can_cache(self, page: Any) -> bool:
        """Whether a page may be cached, unless it turns out to read what cannot be tracked."""
        try:
            return bool(self._fingerprints.digest(page))
        except NotFingerprintable:
            return False

    def on_page_context(self, context: Any, *, page: Any, config: MkDocsConfig, nav: Any) -> Any:
        """Call all handlers of the event, unless the page is cached."""
        self._load(page)
        if self._entry is not None:
            mkdocs_internals.search_entries(config).extend(self._entry["search"])
            return context
        if self.workers is not None:
            self.workers.count_miss(page.file.src_uri)
        context["pages"] = TrackedPages(context["pages"], self.reads)
        self._search_start = len(mkdocs_internals.search_entries(config))
        with record_log() as self._context_log:
            for handler in self._handlers:
                result = handler(context, page=page, config=config, nav=nav)
                context = context if result is None else result
        return context

    def render(self, get_template: Callable[[], Any], context: Any) -> str:
        """Return the current page's HTML, from the cache or from its template."""
        if self._entry is not None:
            if log.isEnabledFor(logging.DEBUG) and self.store.is_new(self._key):
                reason = self._find_changed_dependency(self.store.get_previous(self._key)) or _NO_HTML
                log.debug("Rendered %s: %s.", self.page.file.src_uri, reason)
            replay_log(self._entry["log"])
            # If the output file is up to date, MkDocs only needs a text that is not empty.
            return "up to date" if self._output is None else str(self._output)
        self.rendered += 1
        with record_log() as messages:
            output: str = get_template().render(context)
        obstacle = self._put(output, [*self._context_log, *messages])
        reason = f"it cannot be cached, because it depends on {obstacle}" if obstacle else self._reason
        log.debug("Rendered %s: %s.", self.page.file.src_uri, reason)
        return output

    def _load(self, page: Any) -> None:
        """Start with a page, and set ``_entry`` if its entry is valid."""
        self._key, self._digests, self._entry = f"output {page.file.src_uri}", {}, None
        self._context_log, self.page = [], page
        if self.workers is not None:
            self.workers.advance_to(page.file.src_uri)
        self.reads.start()
        try:
            self._digests = self._fingerprints.digest(page)
        except NotFingerprintable as value:
            self.reads.mark_untracked(str(value))
            return
        entry = self.store.get(self._key)
        self._reason = self._find_changed_dependency(entry)
        if not self._reason:
            self._output = None
            if not self.is_up_to_date(page, entry["output"]):
                digest, self._output = self.store.get(f"{self._key} text") or ("", None)
                if digest != entry["output"]:
                    self._reason = _NO_HTML
                    return
            self._entry = entry
            self.store.touch(f"{self._key} text")

    def _find_changed_dependency(self, entry: dict[str, Any] | None) -> str:
        """Return what has changed since the page was rendered for an entry; empty if nothing has."""
        if entry is None:
            return NOT_CACHED
        change = self.shared.explain_change(entry["shared"]) or find_change(entry["page"], self._digests)
        if change:
            return change
        for name, key, digest in entry["reads"]:
            if self._digest_read((name, key)) != digest:
                return f"extra.{name}{'' if key is None else f'[{key!r}]'} changed"
        return ""

    def _put(self, output: str, messages: list[list[Any]]) -> str:
        """Cache the page. Return the dependency because of which it cannot be cached; empty if it was."""
        reads = self.reads.stop()
        if self.reads.untracked:
            return self.reads.untracked
        digests = [[name, key, self._digest_read((name, key))] for name, key in sorted(reads, key=str)]
        for name, _, digest in digests:
            if not digest:
                return f"extra.{name}, which cannot be compared"
        output_digest = output_dir.digest_page(output)
        self.store.put(f"{self._key} text", [output_digest, output])
        entry = {
            "shared": self.shared.fingerprint,
            "page": self._digests,
            "reads": digests,
            "search": mkdocs_internals.search_entries(self.config)[self._search_start :],
            "log": messages,
            "output": output_digest,
        }
        self.store.put(self._key, entry)
        return ""

    def _digest_read(self, read: Read) -> str:
        """Return the digest of a part of ``config.extra``; empty if it cannot be fingerprinted."""
        if read not in self._read_digests:
            extra: Any = self.config.extra
            try:
                self._read_digests[read] = extra.digest(read, self.digester).hex()
            except NotFingerprintable:
                self._read_digests[read] = ""
        return self._read_digests[read]


class TemplateCache(BytecodeCache):
    """Compiled templates, by name and path. ``code`` is the fingerprint of the code and all packages."""

    def __init__(self, store: Store, code: str, config: MkDocsConfig) -> None:
        self._store, self._code, self._config = store, code, config
        # The parts of the environment on which templates depend, and their digest.
        self._parts: list[object] = []
        self._digest = ""
        self._worker: StoreWorker | None = None

    def compile_ahead(self, env: Environment, names: Iterable[str]) -> None:
        """Start to compile templates in another process, if there is a core for it."""

        def compile_template(name: str) -> None:
            # Rendering reports what is wrong with a template that is used.
            with suppress(TemplateError):
                env.get_template(name)

        if available_workers() > 0:
            jobs = (partial(compile_template, name) for name in names)
            self._worker = StoreWorker.start(self._store, jobs, LATE_NICENESS)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template if neither its source nor anything else on which it depends has changed."""
        if self._worker is not None:
            self._worker.receive()
        env = bucket.environment
        parts: list[object] = [*env.filters.items(), *env.tests.items(), *env.extensions, env.autoescape]
        if parts != self._parts:
            self._parts, self._digest = parts, self._digest_environment(env)
        bucket.checksum = f"{bucket.checksum} {self._code} {self._digest}"
        if content := self._store.get(f"template {bucket.key}"):
            bucket.bytecode_from_string(b64decode(content))

    def _digest_environment(self, env: Environment) -> str:
        description = site_facts.describe_environment(env, self._config)
        try:
            return site_facts.create_digester().digest(description).hex()
        except NotFingerprintable:
            # Never equal to that of a stored template.
            return os.urandom(16).hex()

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._store.put(f"template {bucket.key}", b64encode(bucket.bytecode_to_string()).decode())


class CachingEnvironment:
    """The Jinja environment as MkDocs uses it. Templates of pages render from the cache."""

    def __init__(self, env: Environment, cache: RenderCache) -> None:
        self._env = env
        self._cache = cache

    def get_template(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not mkdocs_internals.is_rendering_page(self._cache.config):
            return self._env.get_template(name, *args, **kwargs)
        return _CachingTemplate(lambda: self._env.get_template(name, *args, **kwargs), self._cache)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)


@dataclass
class _CachingTemplate:
    get_template: Callable[[], Any]
    cache: RenderCache

    def render(self, context: Any) -> str:
        return self.cache.render(self.get_template, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.get_template(), name)
