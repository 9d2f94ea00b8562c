"""What is shown: the last build that succeeded, with all changes since that can be shown at once."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from pathlib import Path

from mkdocs_live.event_stream import Hub
from mkdocs_live.messages import Fetched, Outcome
from mkdocs_live.problems import Problem
from mkdocs_live.worker_pool import Gone, Process

log = logging.getLogger("mkdocs.hooks.live")


class Shown:
    """The site, and the problems that browsers are told of. Every method may be called from any thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        # Who asks before the site has been built for the first time waits until that is done, or has failed.
        self._is_tried = threading.Event()
        # Guards what follows.
        self._lock = threading.RLock()
        self._base: Path | None = None
        self._base_has: frozenset[str] = frozenset()
        self._worker: Process | None = None
        # Whether the base is what the worker has, so that nobody need ask it.
        self._is_fresh = True
        self._epoch = 0
        self._pages: dict[str, tuple[int, bytes]] = {}
        self._has: tuple[int, frozenset[str]] = (-1, frozenset())
        # What the build told, what changes told since, and pages when they were asked for.
        self._told: tuple[Problem, ...] = ()
        self._since: dict[str, tuple[Problem, ...]] = {}
        self._asked: dict[str, tuple[Problem, ...]] = {}

    def read(self, path: str) -> bytes | None:
        """A file of the site as it is now, by its path below the site's own; None where there is none."""
        self._is_tried.wait()
        while True:
            with self._lock:
                epoch, base, holder, fresh = self._epoch, self._base, self._worker, self._is_fresh
            if base is None or holder is None:
                return None
            with suppress(Gone):
                is_known, content = (False, None) if fresh else self._ask(path, epoch, holder)
                if is_known:
                    return content
            with suppress(OSError):
                return (base / path).read_bytes()
            # It is not there, unless it was taken away while we looked.
            if base == self._base:
                return None

    def change(self, paths: frozenset[str]) -> Outcome:
        """Take changed files in."""
        holder = self._worker
        outcome = Outcome(is_shown=False)
        if holder is None:
            return outcome
        with suppress(Gone), holder.lock:
            # Nobody gets a page from before the change who asks from now on.
            with self._lock:
                self._epoch += 1
                self._is_fresh = False
                self._forget()
            outcome = holder.ask("change", paths)
        with self._lock:
            self._since |= outcome.problems
        self.tell()
        return outcome

    def replace(self, process: Process, folder: Path, told: tuple[Problem, ...]) -> Path | None:
        """Show what a process has built in a folder; returns the folder of before, which nobody needs."""
        has = process.ask("destinations")
        with self._lock:
            before, self._worker = self._worker, process
            old, self._base = self._base, folder
            self._base_has = has
            self._epoch += 1
            self._is_fresh = True
            self._told, self._since = told, {}
            self._forget()
        self._is_tried.set()
        if before is not None:
            before.end()
        return old

    def fail(self, told: tuple[Problem, ...]) -> None:
        """Go on showing what there is, after a build that failed."""
        with self._lock:
            self._told, self._since = told, {}
        self._is_tried.set()

    def tell(self) -> None:
        """Tell of the problems, in browsers and here: those of the build, and of what changed since."""
        with self._lock:
            kept = [one for one in self._told if not any(_is_about(one, path) for path in self._since)]
            later = [one for problems in (*self._since.values(), *self._asked.values()) for one in problems]
            for problem in self._hub.show(tuple(dict.fromkeys([*kept, *later]))):
                log.log(problem.level, "%s", problem)

    def end(self) -> None:
        """Let the worker go; nobody waits any longer."""
        self._is_tried.set()
        if self._worker is not None:
            self._worker.end()

    def _forget(self) -> None:
        """Whatever was made of the worker's objects may be different now."""
        self._pages.clear()
        self._asked.clear()

    def _ask(self, path: str, epoch: int, holder: Process) -> tuple[bool, bytes | None]:
        """Whether the worker knows of a file, and what it is."""
        known = self._pages.get(path)
        if known is not None and known[0] == epoch:
            return True, known[1]
        fetched: Fetched = holder.ask("fetch", path)
        if fetched.content is not None:
            if fetched.is_page:
                self._pages[path] = epoch, fetched.content
            return True, fetched.content
        if fetched.problems:
            with self._lock:
                if epoch == self._epoch:
                    self._asked[path] = fetched.problems
            self.tell()
            return False, None
        return path in self._base_has and path not in self._destinations(holder, epoch), None

    def _destinations(self, holder: Process, epoch: int) -> frozenset[str]:
        if self._has[0] != epoch:
            self._has = epoch, holder.ask("destinations")
        return self._has[1]


def _is_about(problem: Problem, path: str) -> bool:
    return problem.path == path or path in problem.message
