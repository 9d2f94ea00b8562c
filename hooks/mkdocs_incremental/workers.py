"""Work on several cores: forked processes, which inherit all data and leave nothing behind in memory.

A worker returns nothing. It works ahead: it fills a cache on disk, or sends entries for the store, and the
builder then finds there what it would otherwise compute. So if a worker dies, or none can be started, the
builder does all of the work itself, and the site is the same.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from mkdocs.structure.files import Files

    from mkdocs_incremental.store import Store

Send = Callable[[Any], None]
_MAX_WORKERS = 7
# Workers for pages start after so many cache misses, and only if so many pages remain: a fork is expensive.
_MIN_MISSES, _MIN_REMAINING = 16, 48
# How much a process that works ahead yields to others: the builder must not wait for a core. Most of all if
# the builder does not wait for its results.
_NICENESS, LATE_NICENESS = 5, 10
# The largest buffer of a pipe that Linux allows: workers rarely wait until the builder reads.
_PIPE_BYTES = 1 << 20


def available_workers() -> int:
    """Return how many processes may be forked beside this one; none in a worker.

    None with several threads, whose locks would stay locked in a forked process.
    """
    if sys.platform != "linux" or _Running.in_worker or threading.active_count() > 1:
        return 0
    # Threads of libraries, too.
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - only their number matters
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, _MAX_WORKERS)


def work_ahead(work: Callable[[], object]) -> None:
    """Start a function in another process, if there is a core for it. It fills caches on disk."""
    if available_workers() > 0:
        Worker.start(lambda _: work(), _NICENESS)


def work_elsewhere(work: Callable[[], object], most: int) -> None:
    """Run a function in a process for each core, but not more than ``most``, and wait for them.

    They share the work by the locks of the cache that they fill. Without free cores, this does nothing.
    """
    free = available_workers()
    for worker in [Worker.start(lambda _: work()) for _ in range(min(free + 1, most) if free else 0)]:
        if worker is not None:
            worker.wait()


class _Running:
    """The workers of this process, and whether it is one itself."""

    workers: Final[list[Worker]] = []
    in_worker = False


class Worker:
    """A process that runs a function, and is killed when this one ends. `receive` yields its messages."""

    def __init__(self, process: int, pipe: Connection) -> None:
        self._process = process
        self._parent = os.getpid()
        self._pipe = pipe
        if not _Running.workers:
            atexit.register(stop_all)
        _Running.workers.append(self)

    @classmethod
    def start(cls, work: Callable[[Send], object], niceness: int = 0) -> Worker | None:
        """Start a worker, which may send messages (picklable). None if the system has no resources for it.

        ``niceness`` is how much it yields to others.
        """
        from multiprocessing.connection import Pipe

        try:
            reader, writer = Pipe(duplex=False)
            _enlarge_buffer(writer)
            process = os.fork()
        except OSError:
            return None
        if process:
            writer.close()
            return cls(process, reader)
        try:
            _Running.in_worker = True
            # As long as a worker has the other end of a pipe, writing to the pipe does not fail.
            for pipe in (reader, *(worker._pipe for worker in _Running.workers)):
                pipe.close()
            # The collector would touch, and so copy, the memory that is shared with the parent.
            gc.freeze()
            _silence_output()
            os.nice(niceness)
            # If the parent has died, sending raises BrokenPipeError, which ends the worker.
            work(writer.send)
        finally:
            # Without clean-up: files, exit handlers and tests belong to the parent.
            os._exit(0)

    def receive(self) -> Iterator[Any]:
        """Yield the messages that have arrived, without one that is incomplete because the worker died.

        In another worker, whose pipes to others are closed, there are none.
        """
        with suppress(EOFError):
            while not self._pipe.closed and self._pipe.poll():
                yield self._pipe.recv()

    def wait(self) -> None:
        """Wait for the end of the worker."""
        os.waitpid(self._process, 0)
        self._pipe.close()
        _Running.workers.remove(self)

    def stop(self) -> None:
        """End the worker."""
        if self in _Running.workers:
            os.kill(self._process, signal.SIGKILL)
            self.wait()


def stop_all() -> None:
    """End all workers of this process, such as those that have worked ahead in vain."""
    for worker in [*_Running.workers]:
        # A forked process also has those of its parent.
        if worker._parent == os.getpid():
            worker.stop()


def _enlarge_buffer(pipe: Connection) -> None:
    if sys.platform == "linux":
        # All pipes of a user have a limit, too.
        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _silence_output() -> None:
    """Discard output of a worker: log messages are part of its results."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)


@dataclass
class StoreWorker:
    """A worker that runs jobs in order. `receive` adds to the store what they have put into it."""

    store: Store
    worker: Worker

    @classmethod
    def start(
        cls, store: Store, jobs: Iterable[Callable[[], object]], niceness: int = 0
    ) -> StoreWorker | None:
        """Start a worker; see `Worker.start`."""

        def work(send: Send) -> None:
            entries: list[tuple[str, bytes]] = []
            store.redirect_to(lambda key, content: entries.append((key, content)))
            for job in jobs:
                job()
                send(entries)
                entries.clear()

        worker = Worker.start(work, niceness)
        return cls(store, worker) if worker is not None else None

    def receive(self) -> int:
        """Add the entries that have arrived. Return how many jobs put them."""
        count = 0
        for entries in self.worker.receive():
            count += 1
            for key, content in entries:
                self.store.add_from_worker(key, content)
        return count


@dataclass
class _Share:
    """A worker with the positions of its pages, from the last to the first, and how many it has sent."""

    worker: StoreWorker
    positions: range
    sent: int = 0

    @property
    def position(self) -> int:
        """The position of the page that the worker processes now; -1 after its last one."""
        return self.positions[self.sent] if self.sent < len(self.positions) else -1


@dataclass
class WorkerPool:
    """The workers of one pass through the pages of a site, by their source paths.

    The builder goes through the pages from the first, workers go from the last, until both are at the same
    page. ``process`` processes a page in a worker; its result is what it puts into the store.
    """

    store: Store
    files: Files
    process: Callable[[str], None]
    _visited: int = 0
    _misses: int = 0
    _positions: dict[str, int] = field(default_factory=dict)
    _shares: list[_Share] = field(default_factory=list)

    def advance_to(self, page: str) -> None:
        """The builder starts with a page: receive what workers have sent, and stop those that are here."""
        self._visited += 1
        for share in [*self._shares]:
            share.sent += share.worker.receive()
            if share.position <= self._positions.get(page, -1):
                share.worker.worker.stop()
                self._shares.remove(share)

    def count_miss(self, page: str) -> None:
        """The page of `advance_to` is not in the cache. Workers start when that is so for many pages."""
        self._misses += 1
        if not self._positions and self._misses >= _MIN_MISSES and 2 * self._misses >= self._visited:
            pages = [file.src_uri for file in self.files.documentation_pages()]
            self._positions = {uri: position for position, uri in enumerate(pages)}
            first = self._positions.get(page, len(pages))
            if len(pages) - first > _MIN_REMAINING:
                count = available_workers()
                for number in range(count):
                    self._start(pages, range(len(pages) - 1 - number, first, -count))

    def stop(self) -> None:
        """End all workers."""
        for share in self._shares:
            share.worker.worker.stop()
        self._shares.clear()

    def _start(self, pages: list[str], positions: range) -> None:
        def list_jobs() -> Iterator[Callable[[], object]]:
            # In the worker, which has no others.
            self._shares.clear()
            for position in positions:
                yield partial(self.process, pages[position])

        worker = StoreWorker.start(self.store, list_jobs())
        if worker is not None:
            self._shares.append(_Share(worker, positions))
