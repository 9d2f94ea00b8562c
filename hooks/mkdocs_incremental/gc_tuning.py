"""Python's collector of objects that hold each other, kept from going through all of a site again and again.

A build makes a million objects that stay until it ends: each page, its contents, the entries of the search.
The more there are, the longer the collector goes through all of them, to find next to nothing: a tenth of the
seconds that a build takes. While a site is built it goes through the young ones alone, and less often.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

# New objects before a search among them; such searches before one among those that outlived one; and those
# before one among all, which is out of reach for a site of some 10,000 pages.
_SELDOM = (20_000, 10, 100)


@dataclass
class Collector:
    """The collector of one process, and what it was told before a build."""

    _before: tuple[int, int, int] | None = None

    def begin(self) -> None:
        """Search seldom, until `end`."""
        if self._before is None and gc.isenabled():
            self._before = gc.get_threshold()
            gc.set_threshold(*_SELDOM)

    def end(self) -> None:
        """Search as often as before."""
        if self._before is not None:
            gc.set_threshold(*self._before)
            self._before = None
