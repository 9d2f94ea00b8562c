"""Serves what ``mkdocs serve`` shows: takes changes in as they come, has the site built when it is quiet."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs_live.current_site import Shown
from mkdocs_live.event_stream import Hub
from mkdocs_live.messages import Outcome
from mkdocs_live.server import Server
from mkdocs_live.watcher import Changes, Watcher
from mkdocs_live.worker_pool import Process, Project, Workers
from mkdocs_live.worker_process import Built

log = logging.getLogger("mkdocs.hooks.live")

# Seconds: until an editor has done with a file, and until its author has with the text.
_SETTLE, _QUIET = 0.008, 0.3
# A build that takes longer begins after a longer pause: the part of its time, and the most.
_PART, _LONGEST = 1 / 8, 2.0
_CODE = ".py"
# Of many files that changed at once, those that are named.
_NAMED = 3


@dataclass(frozen=True)
class Site:
    """What is served where; ``url`` has the path of the site. ``root`` is the project's folder.

    ``arguments`` are those of the command by which it is built.
    """

    host: str
    port: int
    url: str
    root: Path
    arguments: list[str]

    @property
    def mount(self) -> str:
        """The path of the site, with slashes at both ends."""
        return f"/{urlsplit(self.url).path.strip('/')}/".replace("//", "/")


class Preview:
    """Takes the place of MkDocs' own server."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._hub = Hub()
        self._shown = Shown(self._hub)
        self._changes = Changes()
        self._watcher = Watcher(self._changes)
        self._workers = Workers(Project(site.arguments, site.root), self._report)
        self._server: Server | None = None
        # How often something has changed, and how often it had when the last build began.
        self._lock = threading.Lock()
        self._turns = self._begun = 0
        self._began = 0.0
        # When the site is to be built: at once.
        self._due: float | None = 0.0
        self._is_awaited = True
        self._quiet = _QUIET
        # What hooks noted in the last build; nobody reads it at each change.
        self._noted: tuple[str, ...] = ()

    def watch(self, path: str) -> None:
        """Build again when a file changes, or one in a folder."""
        self._watcher.watch(path)

    def serve(self, *, open_in_browser: bool = False) -> None:
        """Serve until there is an interrupt, a request to end, or a `shutdown`."""
        site = self._site
        # What was made for a while is removed then, too.
        signal.signal(signal.SIGTERM, lambda *_: self._changes.close())
        self._server = Server(site.host, site.port, self._shown, self._hub, site.mount)
        self._workers.open()
        threading.Thread(target=self._server.serve_forever, name="server", daemon=True).start()
        self._watcher.start()
        log.info("Serving on %s", site.url)
        if open_in_browser:
            webbrowser.open(site.url)
        while not self._changes.is_closed:
            self._turn()

    def shutdown(self) -> None:
        self._changes.close()
        self._watcher.stop()
        self._hub.close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._shown.end()
        self._workers.close()

    def _turn(self) -> None:
        """Wait for a change, or for the time to build."""
        due = self._due
        paths = self._changes.fetch(_SETTLE, None if due is None else max(due - time.monotonic(), 0))
        if self._changes.is_closed:
            return
        if paths:
            self._change(paths)
        elif due is not None and due <= time.monotonic():
            self._due = None
            self._began, self._begun = time.monotonic(), self._turns
            self._workers.build(is_polite=not self._is_awaited)

    def _change(self, paths: frozenset[str]) -> None:
        """Show what can be shown at once, and have the rest built."""
        began = time.monotonic()
        with self._lock:
            self._turns += 1
        self._workers.abort()
        code = {path for path in paths if path.endswith(_CODE)}
        outcome = self._shown.change(paths - code) if paths - code else Outcome()
        if outcome.files:
            self._hub.files([self._site.mount + path for path in outcome.files])
        if outcome.pages:
            self._hub.pages()
        is_shown = outcome.is_shown and not code
        milliseconds = (time.monotonic() - began) * 1000
        said = f"shown in {milliseconds:.0f} ms" if is_shown else "the site is built anew"
        log.info("%s: %s", self._named(paths), said)
        # An author goes on typing; what is not to be seen otherwise is built at once.
        self._is_awaited |= not is_shown
        self._due = time.monotonic() + (0 if self._is_awaited else self._quiet)

    def _named(self, paths: frozenset[str]) -> str:
        names = sorted(os.path.relpath(path, self._site.root) for path in paths)
        more = len(names) - _NAMED
        return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")

    def _report(self, process: Process, built: Built) -> None:
        """A build has come to its end."""
        with self._lock:
            # What has changed meanwhile is not in it, and will be in the next.
            if self._turns != self._begun:
                process.end()
                if built.folder:
                    self._workers.drop(Path(built.folder))
                return
            self._is_awaited = False
            if built.folder:
                old = self._shown.replace(process, Path(built.folder), built.problems)
                seconds = time.monotonic() - self._began
                self._quiet = min(max(_QUIET, seconds * _PART), _LONGEST)
                log.info("Built in %.1f s", seconds)
                for note in built.notes:
                    if note not in self._noted:
                        log.info("%s", note)
                self._noted = built.notes
                for path in built.watched:
                    self._watcher.watch(path)
                if old is not None:
                    self._workers.drop(old)
            else:
                self._shown.fail(built.problems)
                process.end()
                log.error("The site stays as it was: the build has failed.")
        self._shown.tell()
        self._hub.pages()
