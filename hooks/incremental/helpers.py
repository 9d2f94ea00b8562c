"""The other cores: forked processes that make entries of the store before the builder comes to need them.

The builder goes through its pages from the first, helpers from the last, and they meet somewhere. A helper
does nothing but fill the store; an entry from it is looked into like one that was kept. So whatever befalls a
helper, the builder makes what is not there, and nothing is waited for.
"""

from __future__ import annotations

import gc
import mmap
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from incremental.store import Store

_MOST = 7
# How many pages have to be made before helpers begin, and how many must be left: a fork has its price.
_TRIED, _LEFT = 16, 48
_PLACE = struct.Struct("q")


def spare_cores() -> int:
    """How many helpers may be forked: none beside a thread, whose locks a fork would leave closed."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    # Those of libraries, too.
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - they are counted, no more
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, _MOST)


@dataclass
class Helpers:
    """The helpers of one round through the pages of a site.

    ``pages`` gives their names in the order in which they are made, and ``make`` makes the one of a name,
    which ends in what it puts into the store.
    """

    store: Store
    pages: Callable[[], list[str]]
    make: Callable[[str], None]
    cores: Callable[[], int] = spare_cores
    _met: int = 0
    _made: int = 0
    _order: dict[str, int] = field(default_factory=dict)
    # Where the builder is, for all to see.
    _place: mmap.mmap | None = None
    _running: list[int] = field(default_factory=list)

    def meet(self, page: str) -> None:
        """The builder comes to a page."""
        self._met += 1
        if self._place is not None and page in self._order:
            _PLACE.pack_into(self._place, 0, self._order[page])
            self.store.look()

    def making(self, page: str) -> None:
        """The page that was met has to be made: where there are many of these, helpers begin."""
        self._made += 1
        if self._place is None and self._made >= _TRIED and 2 * self._made >= self._met:
            self._made = 0
            names = self.pages()
            self._order = {name: place for place, name in enumerate(names)}
            if page in self._order and len(names) - self._order[page] > _LEFT:
                self._begin(names, self._order[page])

    def end(self) -> None:
        """No helper is left."""
        for process in self._running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        self._running.clear()
        if self._place is not None:
            self.store.look()
            self._place.close()
            self._place = None

    def _begin(self, names: list[str], first: int) -> None:
        count = self.cores()
        if count <= 0:
            return
        self._place = mmap.mmap(-1, _PLACE.size)
        _PLACE.pack_into(self._place, 0, first)
        # What is there by now is not walked through any more, by which it would be copied for each process.
        gc.collect()
        gc.freeze()
        for number in range(count):
            share = range(len(names) - 1 - number, first, -count)
            if not self._fork([(place, names[place]) for place in share], self._place):
                break
        gc.unfreeze()

    def _fork(self, share: list[tuple[int, str]], shown: mmap.mmap) -> bool:
        """Begin a helper; whether there is one."""
        spool = self.store.spool()
        if spool is None:
            return False
        builder = os.getpid()
        try:
            process = os.fork()
        except OSError:
            return False
        if process:
            self._running.append(process)
            self.store.await_entries(spool)
            return True
        try:
            _be_quiet()
            self.store.put_into(spool)
            # The place that all see is the builder's.
            self._order = {}
            for place, name in share:
                if os.getppid() != builder or _PLACE.unpack_from(shown, 0)[0] >= place:
                    break
                self.make(name)
        finally:
            # Nothing of the builder's is ended here, whatever happened: its files, its exits, its tests.
            os._exit(0)


def _be_quiet() -> None:
    """What is logged stands in the entries."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
