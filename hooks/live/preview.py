"""What ``mkdocs serve`` shows: the last build with all changes since, as far as they can be shown at once."""

from __future__ import annotations

import logging
import os
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from live.hub import Hub
from live.problems import Problem
from live.server import Server
from live.session import Fetched, Outcome, Session
from live.watching import Changes, Watcher
from live.worker import Built
from live.workers import Gone, Here, Process, Worker, Workers
from live.workers import Site as Project

log = logging.getLogger("mkdocs.hooks.live")

# Seconds: until an editor has done with a file, and until its author has with the text.
_SETTLE, _QUIET = 0.008, 0.3
_CODE = ".py"


@dataclass(frozen=True)
class Site:
    """What is served where. ``folder`` has the site as it was built first; ``root`` is the project's.

    ``arguments`` are those of the command by which it is built.
    """

    host: str
    port: int
    mount: str
    url: str
    folder: Path
    root: Path
    arguments: list[str]


class Preview:
    """Takes the place of MkDocs' own server, and has its methods. ``session`` is the first build."""

    def __init__(self, site: Site, session: Session) -> None:
        self.url = site.url
        self.error_handler: Callable[[int], bytes | None] = lambda _: None
        self._site = site
        self._hub = Hub()
        self._changes = Changes()
        self._watcher = Watcher(self._changes, frozenset({str(site.folder)}))
        self._workers = Workers(Project(site.arguments, site.root), self._report)
        self._server: Server | None = None
        # Guards what follows.
        self._lock = threading.RLock()
        self._worker: Worker = Here(session)
        self._base = site.folder
        self._base_has: frozenset[str] = session.destinations
        # Whether the base is what the worker has, so that nobody need ask it.
        self._is_fresh = True
        self._epoch = 0
        self._pages: dict[str, tuple[int, bytes]] = {}
        self._has: tuple[int, frozenset[str]] = (-1, frozenset())
        # What the last build told, what changes told since, and pages when they were asked for.
        self._told: tuple[Problem, ...] = ()
        self._since: dict[str, tuple[Problem, ...]] = {}
        self._asked: dict[str, tuple[Problem, ...]] = {}
        self._is_due: float | None = None
        self._began = 0.0

    def watch(self, path: str, func: object = None, *, recursive: bool = True) -> None:
        """Build again when a file changes; ``func`` is what MkDocs' server once took."""
        if func is not None:
            log.debug("Nobody calls %r: the site is built anew in a process of its own.", func)
        self._watcher.watch(path, recursive=recursive)

    def unwatch(self, path: str) -> None:
        self._watcher.unwatch(path)

    def serve(self, *, open_in_browser: bool = False) -> None:
        """Serve until there is an interrupt or a `shutdown`."""
        self._workers.open()
        self._server = Server(self._site.host, self._site.port, self, self._hub, self._site.mount)
        threading.Thread(target=self._server.serve_forever, name="server", daemon=True).start()
        self._watcher.start()
        log.info("Serving on %s", self.url)
        if open_in_browser:
            webbrowser.open(self.url)
        while not self._changes.is_closed:
            self._turn()

    def shutdown(self) -> None:
        self._changes.close()
        self._watcher.stop()
        self._hub.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._worker.end()
        self._workers.close()

    def read(self, path: str) -> bytes | None:
        """A file of the site as it is now, by its path below the site's own."""
        with self._lock:
            epoch, base, holder, fresh = self._epoch, self._base, self._worker, self._is_fresh
        if not fresh:
            known = self._pages.get(path)
            if known is not None and known[0] == epoch:
                return known[1]
            try:
                fetched: Fetched = holder.ask("fetch", path)
                if fetched.content is not None:
                    if fetched.is_page:
                        self._pages[path] = epoch, fetched.content
                    return fetched.content
                if fetched.problems:
                    self._fail(path, epoch, fetched.problems)
                elif path in self._base_has and path not in self._destinations(holder, epoch):
                    return None
            except Gone:
                pass  # Its successor has just taken its place, or nobody has; the base is there.
        try:
            return (base / path).read_bytes()
        except OSError:
            return None

    def _destinations(self, holder: Worker, epoch: int) -> frozenset[str]:
        if self._has[0] != epoch:
            self._has = epoch, holder.ask("destinations")
        return self._has[1]

    def _turn(self) -> None:
        """Wait for a change, or for the time to build."""
        due = self._is_due
        paths = self._changes.fetch(_SETTLE, None if due is None else max(due - time.monotonic(), 0))
        if self._changes.is_closed:
            return
        if paths:
            self._change(paths)
        elif due is not None and due <= time.monotonic():
            self._is_due = None
            self._start()

    def _change(self, paths: frozenset[str]) -> None:
        """Show what can be shown at once, and have the rest built."""
        began = time.monotonic()
        self._workers.abort()
        outcome = Outcome(is_shown=False)
        code = {path for path in paths if path.endswith(_CODE)}
        if paths - code:
            with suppress(Gone):
                outcome = self._take(paths - code)
        with self._lock:
            self._since |= outcome.problems
        self._show()
        if outcome.files:
            self._hub.files([self._site.mount + path for path in outcome.files])
        if outcome.pages:
            self._hub.pages()
        is_shown = outcome.is_shown and not code
        names = ", ".join(sorted(os.path.relpath(path, self._site.root) for path in paths))
        log.debug(
            "%s: %s in %.0f ms", names, "shown" if is_shown else "taken", (time.monotonic() - began) * 1000
        )
        # An author goes on typing; what is not to be seen otherwise is built at once.
        self._is_due = time.monotonic() + (_QUIET if is_shown else 0)

    def _take(self, paths: frozenset[str]) -> Outcome:
        # Nobody gets a page from before the change who asks from now on.
        with self._worker.lock:
            self._age()
            outcome: Outcome = self._worker.ask("change", paths)
            return outcome

    def _age(self) -> None:
        """Whatever was made of the worker's objects may be different now."""
        with self._lock:
            self._epoch += 1
            self._is_fresh = False
            self._pages.clear()
            self._asked.clear()

    def _start(self) -> None:
        """Have the whole site built."""
        self._began = time.monotonic()
        self._workers.build()

    def _report(self, process: Process, built: Built) -> None:
        """A build has come to its end."""
        if not built.folder:
            process.end()
            with self._lock:
                self._told, self._since = built.problems, {}
            log.error("The site stays as it was: the build has failed.")
            self._show()
            return
        has = process.ask("destinations")
        with self._lock:
            before, self._worker = self._worker, process
            old, self._base = self._base, Path(built.folder)
            self._base_has = has
            self._age()
            self._is_fresh = True
            self._told, self._since = built.problems, {}
        log.info("Built in %.1f s", time.monotonic() - self._began)
        self._show()
        self._hub.pages()
        before.end()
        if old != self._site.folder:
            self._workers.drop(old)

    def _fail(self, path: str, epoch: int, problems: tuple[Problem, ...]) -> None:
        with self._lock:
            if epoch != self._epoch:
                return
            self._asked[path] = problems
        self._show()

    def _show(self) -> None:
        """Tell browsers of the problems: those of the build, and of what changed since those it told."""
        with self._lock:
            kept = [one for one in self._told if not any(_is_about(one, path) for path in self._since)]
            later = [one for problems in (*self._since.values(), *self._asked.values()) for one in problems]
            self._hub.show(tuple(dict.fromkeys([*kept, *later])))


def _is_about(problem: Problem, path: str) -> bool:
    return problem.path == path or path in problem.message
