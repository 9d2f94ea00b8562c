"""The pages of a site as they were rendered, kept from one build to the next with all that they showed.

A page is kept under its address, with the digest of what the whole site shares and of what it says itself,
and with what it took from ``config.extra``, noted while it was made. Where all of that is as it was, neither
its plugins nor its template are asked again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig

from mkdocs_incremental import api, mkdocs_internals, output_dir, site_facts
from mkdocs_incremental.converted_pages import Conversions, log_again, logged
from mkdocs_incremental.fingerprint import Digester, Opaque
from mkdocs_incremental.page_facts import PageFacts
from mkdocs_incremental.store import Store
from mkdocs_incremental.tracked_extra import Extra, Pages, Reads
from mkdocs_incremental.workers import Helpers

log = logging.getLogger("mkdocs.hooks.incremental")
# Material's plugins that do nothing for a page but what is kept of it.
_KNOWN = ("material.plugins.blog.", "material.plugins.tags.", "material.plugins.search.")
_SEARCH = "material/search"


def strangers(config: MkDocsConfig) -> list[str]:
    """The plugins and hooks that may do more for a page than is kept of it."""
    return [
        getattr(method, "__module__", "") or repr(method)
        for method in config.plugins.events["page_context"]
        if not api.is_cacheable(method) and not f"{method.__module__}.".startswith(_KNOWN)
    ]


@dataclass
class Outputs:
    """The pages of one build. ``site`` is the digest of what all of them share."""

    store: Store
    site: str
    config: MkDocsConfig
    digester: Digester
    conversions: Conversions
    # Whether a page stands with the content of a digest, and will be left alone.
    stands: Callable[[Any, str], bool]
    reads: Reads = field(default_factory=Reads)
    _events: list[Callable[..., Any]] = field(default_factory=list)
    _states: dict[tuple[str, str | None], str] = field(default_factory=dict)
    # Of the page that is being made.
    page: Any = None
    _key: str = ""
    _facts: str = ""
    _kept: dict[str, Any] | None = None
    _output: Any = None
    _entries: int = 0
    _told: list[list[Any]] = field(default_factory=list)
    rendered: int = 0
    helpers: Helpers | None = None

    def __post_init__(self) -> None:
        # What was looked into while pages were converted may have changed since.
        self._pages = PageFacts(self.config, self.conversions.excerpt, site_facts.digester())

    def attach(self) -> None:
        """Stand between MkDocs and the plugins for each page, and watch ``config.extra``."""
        events = self.config.plugins.events
        self._events, events["page_context"] = events["page_context"], [self.on_page_context]
        self.config.extra = Extra(dict(self.config.extra), self.reads)  # type: ignore[assignment]

    def on_page_context(self, context: Any, *, page: Any, config: MkDocsConfig, nav: Any) -> Any:
        """All plugins' event, unless the page is kept."""
        self._begin(page)
        if self._kept is not None:
            self._search().extend(self._kept["search"])
            return context
        if self.helpers is not None:
            self.helpers.making(page.file.src_uri)
        context["pages"] = Pages(context["pages"], self.reads.lose)
        self._entries = len(self._search())
        with logged() as self._told:
            for method in self._events:
                result = method(context, page=page, config=config, nav=nav)
                context = context if result is None else result
        return context

    def render(self, template: Callable[[], Any], context: Any) -> str:
        """The page, as it was or from its template."""
        if self._kept is not None:
            log_again(self._kept["logged"])
            # What stands is not written again: any text will do.
            return "stands" if self._output is None else str(self._output)
        self.rendered += 1
        with logged() as told:
            output: str = template().render(context)
        self._keep(output, [*self._told, *told])
        return output

    def _begin(self, page: Any) -> None:
        self._key, self._facts, self._kept = f"output {page.file.dest_uri}", "", None
        self._told, self.page = [], page
        if self.helpers is not None:
            self.helpers.meet(page.file.src_uri)
        self.reads.begin()
        try:
            self._facts = self._pages.of(page).hex()
        except Opaque as opaque:
            log.debug("%s is made anew: it depends on %s.", page.file.src_uri, opaque)
        kept = self.store.get(self._key) if self._facts else None
        if (
            kept is not None
            and kept["site"] == self.site
            and kept["facts"] == self._facts
            and all(self._state((name, key)) == state for name, key, state in kept["reads"])
        ):
            self._kept = kept
            self._output = None
            if not self.stands(page, kept["output"]):
                written, self._output = self.store.get(f"{self._key} text") or ("", None)
                self._kept = kept if written == kept["output"] else None
            self.store.use(f"{self._key} text")

    def _keep(self, output: str, told: list[list[Any]]) -> None:
        reads = self.reads.end()
        if not self._facts or self.reads.lost:
            return
        states = [[name, key, self._state((name, key))] for name, key in sorted(reads, key=str)]
        if any(state == "" for _, _, state in states):
            return
        written = output_dir.page(output)
        self.store.put(f"{self._key} text", [written, output])
        kept = {
            "site": self.site,
            "facts": self._facts,
            "reads": states,
            "search": self._search()[self._entries :],
            "logged": told,
            "output": written,
        }
        self.store.put(self._key, kept)

    def _state(self, read: tuple[str, str | None]) -> str:
        """The digest of something in ``config.extra``; empty for what has none."""
        if read not in self._states:
            extra: Any = self.config.extra
            try:
                self._states[read] = extra.state(read, self.digester).hex()
            except Opaque as opaque:
                log.debug("extra.%s cannot be compared: %s.", read[0], opaque)
                self._states[read] = ""
        return self._states[read]

    def _search(self) -> list[Any]:
        """The entries of the search so far."""
        plugin: Any = self.config.plugins.get(_SEARCH)
        if plugin is None or not plugin.config["enabled"]:
            return []
        entries: list[Any] = plugin.search_index.entries
        return entries


class Templates:
    """The environment as MkDocs uses it, from which templates of pages come with what is kept."""

    def __init__(self, env: Environment, outputs: Outputs) -> None:
        self._env = env
        self._outputs = outputs

    def get_template(self, name: str, *arguments: Any, **named: Any) -> Any:
        if not mkdocs_internals.is_page_being_made(self._outputs.config):
            return self._env.get_template(name, *arguments, **named)
        return _Template(lambda: self._env.get_template(name, *arguments, **named), self._outputs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)


@dataclass
class _Template:
    made: Callable[[], Any]
    outputs: Outputs

    def render(self, context: Any) -> str:
        return self.outputs.render(self.made, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made(), name)
