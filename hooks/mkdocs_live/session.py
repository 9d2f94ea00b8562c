"""Holds the objects of a build: applies changed files to them, and renders pages on request."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_live import api, mkdocs_internals
from mkdocs_live.blog import Blog
from mkdocs_live.build_messages import BuildMessage, CapturedOutput, remove_repeated

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


@dataclass
class ChangeResult:
    """The result of applying changes.

    ``is_complete`` is false if only a build can show all of them. ``pages`` is true if pages may look
    different; ``files`` are the paths of other files that changed, relative to the site, and ``moved`` the
    old paths of pages that moved, with the new ones. ``messages`` replace all earlier messages about a path,
    which is relative to the project or to the docs folder. ``check_messages`` replace all of the site's own
    check, if it was run (``is_checked``).
    """

    is_complete: bool = True
    pages: bool = False
    files: list[str] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    messages: dict[str, tuple[BuildMessage, ...]] = field(default_factory=dict)
    is_checked: bool = False
    check_messages: tuple[BuildMessage, ...] = ()


def _level(diagnostic: Any) -> int:
    """Return the level of a diagnostic, whose ``severity`` is the lower-case name of a level."""
    return logging.getLevelNamesMapping()[getattr(diagnostic, "severity", "warning").upper()]


def _kind(page: Page) -> tuple[type[Page], str | None]:
    """Return what decides which templates a page uses."""
    return type(page), page.meta.get("template")


@dataclass
class FetchedFile:
    """A file of the site; ``content`` is None if there is no such file, or if it could not be rendered.

    ``is_removed`` is true if the build had the file, and a change has removed it.
    """

    content: bytes | None = None
    is_removed: bool = False
    messages: tuple[BuildMessage, ...] = ()


class Session:
    """A build up to the event ``on_env``: pages are converted, and templates ready.

    For ``meta_keys`` see `Blog`.
    """

    def __init__(
        self,
        config: MkDocsConfig,
        files: Files,
        nav: Navigation,
        env: Any,
        meta_keys: dict[str, frozenset[str]],
    ) -> None:
        self.config, self.files, self.nav, self.env = config, files, nav, env
        # MkDocs turns this off. Jinja then compiles a changed template again when it is used next.
        env.auto_reload = True
        # Listed now, because a cache of rendered pages may replace them later for the rest of the build.
        self._context_events = mkdocs_internals.context_events(config)
        plugin = mkdocs_internals.find_blog(config)
        self._blog: Blog | None = plugin and Blog(
            plugin, config, files, meta_keys, lambda: self._rerun("nav", nav)
        )
        self.docs = Path(config.docs_dir)
        self._root = mkdocs_internals.project_folder(config)
        custom = config.theme.custom_dir
        self._own_templates = frozenset(Path(custom).rglob("*.html")) if custom else frozenset()
        # The paths of all files of the build, relative to the site.
        self._built: frozenset[str] = frozenset()
        self._rendered_kinds: set[tuple[type[Page], str | None]] = set()
        # Content and table of contents of each page before it is rendered, which changes both.
        self._converted: dict[str, tuple[str | None, Any]] = {}
        self._index_files()
        for file in self._pages:
            if file.page is not None:
                self._remember(file.page)

    def finish(self) -> None:
        """The build is complete."""
        self._built = frozenset(file.dest_uri for file in self.files)

    def prepare(self, path: str) -> None:
        """Render a page that may be edited next, unless its templates have been used.

        Those of a build whose pages are cached have not been loaded.
        """
        file = self._by_path.get(path)
        if file is not None and file.page is not None and _kind(file.page) not in self._rendered_kinds:
            self.fetch(path)

    def fetch(self, path: str) -> FetchedFile:
        """Return the file at a path relative to the site."""
        file = self._by_path.get(path)
        if file is None:
            exists = any(file.dest_uri == path for file in self.files)
            return FetchedFile(is_removed=path in self._built and not exists)
        fetched = FetchedFile()
        with CapturedOutput(self._root) as captured:
            fetched.content = self._render(file) if file.is_documentation_page() else file.content_bytes
        if captured.error is not None:
            fetched.messages = captured.messages(self.docs)
        return fetched

    def _render(self, file: File) -> bytes | None:
        page = file.page
        assert page is not None
        self._rendered_kinds.add(_kind(page))
        page.content, toc = self._converted[file.src_uri]
        page.toc = copy.deepcopy(toc)
        return mkdocs_internals.render_page(
            page, self.config, self._pages, self.nav, self.env, self._context_events
        )

    def apply_changes(self, paths: Iterable[str]) -> ChangeResult:
        """Apply files that were written, created or removed. ``paths`` are absolute."""
        result = ChangeResult()
        # Removed files first: a renamed file has both paths.
        changed = sorted(map(Path, paths), key=lambda path: (path.exists(), path))
        for path in changed:
            self._apply(path, result)
        self._index_files()
        self._check(changed, result)
        messages = [*result.check_messages, *chain.from_iterable(result.messages.values())]
        if result.is_checked and not all(message.code for message in remove_repeated(messages)):
            # The check of the whole site may say better what is wrong.
            self._check((), result)
        return result

    def check(self) -> ChangeResult:
        """Check the whole site."""
        result = ChangeResult()
        self._check((), result)
        return result

    def _check(self, changed: Collection[Path], result: ChangeResult) -> None:
        check: api.Check | None = self.config.extra.get(api.CHECK)
        if check is None:
            return
        with CapturedOutput(self._root) as captured:
            diagnostics = list(check(changed))
        result.is_checked = True
        if captured.error is not None:
            result.check_messages = captured.messages(self.docs)
            return
        result.check_messages = tuple(
            BuildMessage.from_diagnostic(diagnostic, _level(diagnostic), is_from_check=True)
            for diagnostic in diagnostics
            if _level(diagnostic) >= logging.WARNING
        )

    def _apply(self, path: Path, result: ChangeResult) -> None:
        if path.is_dir() or self._call_handlers(path, result):
            return
        if path.is_relative_to(self.docs):
            self._apply_to_docs(path, result)
            return
        folder = next(filter(path.is_relative_to, self.config.theme.dirs), None)
        file = self.files.get_file_from_path(path.relative_to(folder).as_posix()) if folder else None
        if file is not None and path.exists() and file.abs_src_path == str(path):
            result.files.append(file.dest_uri)
        elif path.exists() and path in self._own_templates:
            result.pages = True
        else:
            result.is_complete = False

    def _apply_to_docs(self, path: Path, result: ChangeResult) -> None:
        uri = path.relative_to(self.docs).as_posix()
        file = self.files.get_file_from_path(uri)
        if file is not None and file.generated_by is None and file.src_dir == self.config.docs_dir:
            self._report(uri, path, result, lambda: self._update_file(file, path, result))
        elif path.exists() and self._blog and uri.startswith(self._blog.folder) and uri.endswith(_MARKDOWN):
            self._report(uri, path, result, lambda: self._add_post(uri))
        elif path.exists() or file is not None:
            result.is_complete = False
        else:
            # For a removed folder there is no event for the files in it.
            for removed in [file for file in self.files if file.src_uri.startswith(f"{uri}/")]:
                self._apply(Path(str(removed.abs_src_path)), result)

    def _call_handlers(self, path: Path, result: ChangeResult) -> bool:
        """Call the handlers of hooks; return whether one of them took the change, or failed."""
        invalidation: api.Invalidation | None = None
        with CapturedOutput(self._root) as captured:
            for handler in self.config.extra.get(api.HANDLERS, ()):
                invalidation = handler(path)
                if invalidation is not None:
                    self._invalidate(invalidation)
                    break
        if invalidation is None and captured.error is None:
            return False
        if invalidation is None or not invalidation.files:
            result.pages = True
        else:
            result.files += invalidation.files
        result.messages[os.path.relpath(path, self._root)] = captured.messages(self.docs)
        if path.is_relative_to(self.docs):
            file = self.files.get_file_from_path(path.relative_to(self.docs).as_posix())
            result.files += [file.dest_uri] if file is not None else []
        return True

    def _invalidate(self, invalidation: api.Invalidation) -> None:
        if invalidation.templates:
            self._rerun("env", self.env)
        for uri in invalidation.pages:
            file = self.files.get_file_from_path(uri)
            if file is not None and file.page is not None and file.src_uri in self._converted:
                self._update_file(file, Path(str(file.abs_src_path)), ChangeResult())
        invalidation.then()

    def _rerun(self, event: str, argument: object) -> None:
        for handler in self.config.plugins.events[event]:
            if api.is_rerunnable(handler):
                handler(argument, config=self.config, files=self.files)

    def _report(self, uri: str, path: Path, result: ChangeResult, apply: Callable[[], bool]) -> None:
        """Apply a change of a file in the docs folder, and add its messages to the result.

        ``apply`` returns whether it is complete. If it fails, the last good page stays, so no build is
        needed.
        """
        result.pages = True
        is_complete = False
        with CapturedOutput(self._root) as captured:
            is_complete = apply()
        result.is_complete &= is_complete or captured.error is not None
        result.messages[os.path.relpath(path, self._root)] = ()
        result.messages[uri] = captured.messages(self.docs, uri)

    def _update_file(self, file: File, path: Path, result: ChangeResult) -> bool:
        page = file.page
        if not file.is_documentation_page():
            if file.inclusion.is_excluded():  # type: ignore[no-untyped-call]
                return False  # A plugin or hook reads it.
            result.files.append(file.dest_uri)
            if not path.exists():
                self.files.remove(file)
            return True
        if page is None or page.file is not file:
            return False
        blog = self._blog if mkdocs_internals.is_post(page) else None
        if not path.exists():
            if blog is not None:
                blog.remove(file)
            return blog is not None
        before = dict(vars(page))
        try:
            is_in_place = blog is None or blog.update(file)
            if is_in_place:
                self._convert(page)
        except BaseException:
            page.__dict__ = before
            raise
        if blog is None or is_in_place:
            return True
        blog.remove(file)
        is_complete = self._add_post(file.src_uri)
        moved = self.files.get_file_from_path(file.src_uri)
        if moved is not None and moved.dest_uri != file.dest_uri:
            result.moved[file.dest_uri] = moved.dest_uri
        return is_complete

    def _add_post(self, uri: str) -> bool:
        assert self._blog is not None
        config = self.config
        file = File(uri, config.docs_dir, config.site_dir, config.use_directory_urls)
        if not self._blog.add(file):
            return True
        assert file.page is not None
        try:
            self._convert(file.page)
        except BaseException:
            self._blog.remove(file)
            raise
        return True

    def _convert(self, page: Page) -> None:
        mkdocs_internals.populate_page(page, self.config, self.files)
        self._remember(page)

    def _remember(self, page: Page) -> None:
        self._converted[page.file.src_uri] = page.content, copy.deepcopy(page.toc)

    def _index_files(self) -> None:
        is_served = InclusionLevel.is_in_serve
        # This method of MkDocs has no types.
        served = [file for file in self.files if is_served(file.inclusion)]  # type: ignore[no-untyped-call]
        self._pages = [file for file in served if file.is_documentation_page()]
        # If a page and another file have the same path, the page counts.
        self._by_path = {file.dest_uri: file for file in (*served, *self._pages)}
