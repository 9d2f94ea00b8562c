"""The objects of a build, kept so that changes can be taken into them and pages be made when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from mkdocs_live import api, mkdocs_internals
from mkdocs_live.blog import Blog
from mkdocs_live.messages import Fetched, Outcome
from mkdocs_live.problem_locations import placed
from mkdocs_live.problems import trial

_PAGES = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")


class Session:
    """A build as far as it went when its environment of templates was ready (``on_env``)."""

    def __init__(
        self, config: MkDocsConfig, files: Files, nav: Navigation, env: Any, noted: dict[str, frozenset[str]]
    ) -> None:
        self.config, self.files, self.nav, self.env = config, files, nav, env
        self._context_events = mkdocs_internals.for_pages(config)
        plugin = mkdocs_internals.blog_of(config)
        self._blog = Blog(plugin, config, files, noted) if plugin is not None else None
        self._docs = Path(config.docs_dir)
        self._root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        own = config.theme.custom_dir
        self._templates = frozenset(Path(own).rglob("*.html")) if own else frozenset()
        self._written: dict[str, tuple[str | None, Any]] = {}
        self._pages: list[File] = []
        self._index()
        for file in self._pages:
            if file.page is not None:
                self._note(file.page)

    @property
    def destinations(self) -> frozenset[str]:
        """The paths of all files that the build would write, below the site's own."""
        return frozenset(file.dest_uri for file in self.files)

    def warm(self) -> None:
        """Make a page by each template, and keep none: a build may have had all its pages from a cache."""
        pages = {(type(file.page), file.page.meta.get("template")): file for file in self._pages if file.page}
        for file in pages.values():
            self.fetch(file.dest_uri)

    def fetch(self, path: str) -> Fetched:
        """The file at a path below the site's own."""
        file = self._by_path.get(path)
        if file is None:
            return Fetched()
        made = Fetched(is_page=file.is_documentation_page())
        with trial(self._root) as tried:
            made.content = self._page(file) if made.is_page else file.content_bytes
        if tried.error is not None:
            made.problems = placed(tried.problems, self._root, self._docs)
        return made

    def _page(self, file: File) -> bytes | None:
        """A page as it would be written."""
        page = file.page
        assert page is not None
        page.content, contents = self._written[file.src_uri]
        page.toc = mkdocs_internals.copied(contents)
        return mkdocs_internals.rendered(
            page, self.config, self._pages, self.nav, self.env, self._context_events
        )

    def change(self, paths: Iterable[str]) -> Outcome:
        """Take in that these files, by their paths on the disk, are not what they were."""
        outcome = Outcome()
        # What went goes first, so that it may come back under another name.
        for path in sorted(paths, key=lambda path: (os.path.exists(path), path)):  # noqa: PTH110 - quick
            self._take(path, outcome)
        self._index()
        return outcome

    def _take(self, name: str, outcome: Outcome) -> None:
        path = Path(name)
        if path.is_dir() or self._tell(path, name, outcome):
            return
        if path.is_relative_to(self._docs):
            uri = path.relative_to(self._docs).as_posix()
            file = self.files.get_file_from_path(uri)
            if file is not None and file.generated_by is None and file.src_dir == self.config.docs_dir:
                self._try(uri, name, outcome, lambda: self._changed(file, path, outcome))
            elif path.exists() and self._blog and uri.startswith(self._blog.folder) and uri.endswith(_PAGES):
                self._try(uri, name, outcome, lambda: self._new_post(uri))
            elif path.exists() or file is not None:
                outcome.is_shown = False
            else:
                # Of a folder that went, nobody tells what was in it.
                for one in [one for one in self.files if one.src_uri.startswith(f"{uri}/")]:
                    self._take(str(one.abs_src_path), outcome)
            return
        for folder in self.config.theme.dirs:
            if path.is_relative_to(folder):
                self._theme(path.relative_to(folder).as_posix(), path, outcome)
                return
        outcome.is_shown = False

    def _tell(self, path: Path, name: str, outcome: Outcome) -> bool:
        """Tell hooks of a file; True if one of them takes it."""
        taken: api.Invalidation | None = None
        found = False
        with trial(self._root) as tried:
            for taker in api.change_handlers(self.config.extra):
                taken = taker(path)
                if taken is not None:
                    found = True
                    self._follow(taken)
                    break
        if tried.error is not None or found:
            outcome.pages = True
            about = os.path.relpath(name, self._root)
            outcome.problems[about] = placed(tried.problems, self._root, self._docs)
            if path.is_relative_to(self._docs):
                file = self.files.get_file_from_path(path.relative_to(self._docs).as_posix())
                outcome.files += [file.dest_uri] if file is not None else []
        return found or tried.error is not None

    def _follow(self, taken: api.Invalidation) -> None:
        """Make anew what a hook says."""
        if taken.templates:
            for event in self.config.plugins.events["env"]:
                if api.is_rerunnable(event):
                    event(self.env, config=self.config, files=self.files)
        for uri in taken.pages:
            file = self.files.get_file_from_path(uri)
            if file is not None and file.page is not None and file.src_uri in self._written:
                self._changed(file, Path(str(file.abs_src_path)), Outcome())
        taken.then()

    def _try(self, uri: str, name: str, outcome: Outcome, take: Callable[[], bool]) -> None:
        """Take a change in, with the problems that this tells."""
        outcome.pages = True
        done = False
        with trial(self._root, of_page=True) as tried:
            done = take()
        outcome.is_shown &= done or tried.error is not None
        for shown in (uri, os.path.relpath(name, self._root)):
            outcome.problems[shown] = ()
        outcome.problems[uri] = placed(tried.problems, self._root, self._docs, uri)

    def _changed(self, file: File, path: Path, outcome: Outcome) -> bool:
        page = file.page
        if not file.is_documentation_page():
            if file.inclusion.is_excluded():  # type: ignore[no-untyped-call]
                return False  # Somebody reads it, or it would not be there.
            outcome.files.append(file.dest_uri)
            if not path.exists():
                self.files.remove(file)
            return True
        if page is None or page.file is not file:
            return False
        if self._blog is not None and mkdocs_internals.is_post(page):
            if not path.exists():
                self._blog.remove(file)
                return True
            with self._whole(page):
                if self._blog.reread(file):
                    self._populate(page)
                    return True
            self._blog.remove(file)
            return self._new_post(file.src_uri)
        if not path.exists():
            return False
        with self._whole(page):
            self._populate(page)
        return True

    def _new_post(self, uri: str) -> bool:
        assert self._blog is not None
        config = self.config
        file = File(uri, config.docs_dir, config.site_dir, config.use_directory_urls)
        if not self._blog.add(file):
            return True
        assert file.page is not None
        try:
            self._populate(file.page)
        except BaseException:
            self._blog.remove(file)
            raise
        return True

    def _populate(self, page: Page) -> None:
        mkdocs_internals.populate(page, self.config, self.files)
        self._note(page)

    @contextmanager
    def _whole(self, page: Page) -> Iterator[None]:
        """Let a page be as it was, if the block cannot make it anew."""
        before = dict(vars(page))
        try:
            yield
        except BaseException:
            vars(page).clear()
            vars(page).update(before)
            raise

    def _theme(self, name: str, path: Path, outcome: Outcome) -> None:
        """A template that was there is taken anew by all pages; another file of the theme is itself again."""
        file = self.files.get_file_from_path(name)
        if file is not None and path.exists() and file.abs_src_path == str(path):
            outcome.files.append(file.dest_uri)
        elif name.endswith(".html") and path.exists() and path in self._templates:
            # The others are compiled already, and get this one by its name.
            for key in [key for key in self.env.cache if key[1] == name]:
                del self.env.cache[key]
            outcome.pages = True
        else:
            outcome.is_shown = False

    def _note(self, page: Page) -> None:
        """Remember a page as it is before it is rendered: that changes it."""
        self._written[page.file.src_uri] = page.content, mkdocs_internals.copied(page.toc)

    def _index(self) -> None:
        served = InclusionLevel.is_in_serve
        self._pages = list(self.files.documentation_pages(inclusion=served))
        # MkDocs has not typed what it asks.
        shown = [file for file in self.files if served(file.inclusion)]  # type: ignore[no-untyped-call]
        others = [file for file in shown if not file.is_documentation_page()]
        self._by_path = {file.dest_uri: file for file in (*others, *self._pages)}
