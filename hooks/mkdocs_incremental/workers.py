"""The other cores: forked processes that make entries of the store before the builder comes to need them.

The builder goes through its pages from the first, helpers from the last, and they meet somewhere. A helper
does nothing but fill the store; an entry from it is looked into like one that was kept. So whatever befalls a
helper, the builder makes what is not there, and nothing is waited for.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from mkdocs_incremental import forking
from mkdocs_incremental.store import Store

# How many pages have to be made before helpers begin, and how many must be left: a fork has its price.
_TRIED, _LEFT = 16, 48
_PLACE = struct.Struct("q")


@dataclass
class Helpers:
    """The helpers of one round through the pages of a site.

    ``pages`` gives their names in the order in which they are made, and ``make`` makes the one of a name,
    which ends in what it puts into the store.
    """

    store: Store
    pages: Callable[[], list[str]]
    make: Callable[[str], None]
    spare: Callable[[], int] = forking.spare
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
        count = self.spare()
        if count <= 0:
            return
        self._place = mmap.mmap(-1, _PLACE.size)
        _PLACE.pack_into(self._place, 0, first)
        for number in range(count):
            share = range(len(names) - 1 - number, first, -count)
            if not self._fork([(place, names[place]) for place in share], self._place):
                break

    def _fork(self, share: list[tuple[int, str]], shown: mmap.mmap) -> bool:
        """Begin a helper; whether there is one."""
        spool = self.store.spool()
        if spool is None:
            return False
        builder = os.getpid()

        def work() -> None:
            self.store.put_into(spool)
            # The place that all see is the builder's.
            self._order = {}
            for place, name in share:
                if os.getppid() != builder or _PLACE.unpack_from(shown, 0)[0] >= place:
                    break
                self.make(name)

        try:
            self._running.append(forking.fork(work))
        except OSError:
            return False
        self.store.await_entries(spool)
        return True
