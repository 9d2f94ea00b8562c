"""Work on several cores: forked processes, which inherit all data and leave nothing behind in memory.

`WorkerPool` fills the cache of a build: the builder goes through its pages from the first, workers go from
the last, until they meet. Workers only add entries to the store, which the builder validates like any others;
so if a worker dies, the builder does the work itself, and it waits for nothing. `run_in_processes` splits
other work.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar

from mkdocs.structure.files import Files

from mkdocs_incremental.store import Store

T = TypeVar("T")
R = TypeVar("R")
_MAX_WORKERS = 7
# A fork is expensive: workers start after so many cache misses, and only if so many pages remain.
_MIN_MISSES, _MIN_REMAINING = 16, 48
_INT64 = struct.Struct("q")


def available_workers() -> int:
    """Return how many processes may be forked beside this one.

    None with several threads, whose locks would stay locked in a forked process.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    # Threads of libraries, too.
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - only their number matters
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, _MAX_WORKERS)


def fork_worker(work: Callable[[], None]) -> int:
    """Fork a process that does some work and exits. Return its id. Raises OSError if it cannot be started."""
    process = os.fork()
    if process:
        return process
    try:
        # The collector would touch, and so copy, the memory that is shared with the parent.
        gc.freeze()
        _silence_output()
        work()
    finally:
        # Without clean-up: files, exit handlers and tests belong to the parent.
        os._exit(0)


def run_in_processes(
    process: Callable[[Sequence[T]], list[R]], items: Sequence[T], min_share: int = 1
) -> list[R]:
    """Return what ``process`` returns for items, one result for each, using all available cores.

    Each process gets at least ``min_share`` items. What a worker does not return, for whatever reason, is
    processed here; so an exception is raised here.
    """
    workers = available_workers()
    count = min(workers + 1, max(1, len(items) // min_share)) if workers and items else 0
    shares = [items[number::count] for number in range(count)]
    started = [_start(process, share) for share in shares]
    answers: list[list[R] | None] = [None if worker is None else _receive(*worker) for worker in started]
    if not answers:
        return process(items)
    results = [
        process(share) if answer is None else answer for share, answer in zip(shares, answers, strict=True)
    ]
    return [results[index % count][index // count] for index in range(len(items))]


def _start(process: Callable[[Sequence[T]], list[R]], share: Sequence[T]) -> tuple[int, BinaryIO] | None:
    """Start a worker for a share. Return its id and the pipe with its results."""
    reader, writer = os.pipe()

    def work() -> None:
        # If the parent dies, writing to the closed pipe ends the worker.
        os.close(reader)
        with os.fdopen(writer, "wb") as file:
            pickle.dump(process(share), file, pickle.HIGHEST_PROTOCOL)

    try:
        worker = fork_worker(work)
    except OSError:
        os.close(reader)
        return None
    finally:
        os.close(writer)
    return worker, os.fdopen(reader, "rb")


def _receive(worker: int, pipe: BinaryIO) -> list[R] | None:
    """Return the results of a worker, or None if they are incomplete."""
    results: list[R] | None = None
    with pipe, suppress(EOFError, pickle.UnpicklingError):
        results = pickle.load(pipe)  # noqa: S301 - from our own process
    os.waitpid(worker, 0)
    return results


def _silence_output() -> None:
    """Discard output of a worker: log messages are part of its results."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)


@dataclass
class WorkerPool:
    """The workers of one pass through the pages of a site, by their source paths.

    ``process`` processes a page in a worker; its result is what it puts into the store.
    """

    store: Store
    files: Files
    process: Callable[[str], None]
    available_workers: Callable[[], int] = available_workers
    _visited: int = 0
    _misses: int = 0
    _positions: dict[str, int] = field(default_factory=dict)
    # The builder's position, in memory that is shared with the workers.
    _shared_position: mmap.mmap | None = None
    _workers: list[int] = field(default_factory=list)

    def advance_to(self, page: str) -> None:
        """The builder starts with a page."""
        self._visited += 1
        if self._shared_position is not None and page in self._positions:
            _INT64.pack_into(self._shared_position, 0, self._positions[page])
            self.store.poll()

    def count_miss(self, page: str) -> None:
        """The page of `advance_to` is not in the cache. Workers start when that is so for many pages."""
        self._misses += 1
        if (
            self._shared_position is None
            and self._misses >= _MIN_MISSES
            and 2 * self._misses >= self._visited
        ):
            self._misses = 0
            pages = [file.src_uri for file in self.files.documentation_pages()]
            self._positions = {uri: position for position, uri in enumerate(pages)}
            if page in self._positions and len(pages) - self._positions[page] > _MIN_REMAINING:
                self._start(pages, self._positions[page])

    def stop(self) -> None:
        """End all workers and read the entries that they leave."""
        for process in self._workers:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        self._workers.clear()
        if self._shared_position is not None:
            self.store.poll()
            self._shared_position.close()
            self._shared_position = None

    def _start(self, pages: list[str], first: int) -> None:
        count = self.available_workers()
        if count <= 0:
            return
        self._shared_position = mmap.mmap(-1, _INT64.size)
        _INT64.pack_into(self._shared_position, 0, first)
        for number in range(count):
            positions = range(len(pages) - 1 - number, first, -count)
            share = [(position, pages[position]) for position in positions]
            if not self._start_worker(share, self._shared_position):
                break

    def _start_worker(self, share: list[tuple[int, str]], shared_position: mmap.mmap) -> bool:
        spool = self.store.create_spool()
        if spool is None:
            return False
        builder = os.getpid()

        def work() -> None:
            self.store.redirect_to(spool)
            # Only the builder may move the shared position.
            self._positions = {}
            for position, page in share:
                if os.getppid() != builder or _INT64.unpack_from(shared_position, 0)[0] >= position:
                    break
                self.process(page)

        try:
            self._workers.append(fork_worker(work))
        except OSError:
            return False
        self.store.add_worker_spool(spool)
        return True
