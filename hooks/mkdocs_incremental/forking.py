"""The cores of the machine, and work that is shared among them by processes of their own.

Such a process is forked, so that nothing is loaded or sent to it. What its work leaves behind is gone with
it: memory, and the threads that a library begins, beside which nothing could be forked later.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_MOST = 7


def spare() -> int:
    """How many processes may be forked that work beside this one: none if it has several threads, whose locks
    a fork would leave closed.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    # Those of libraries, too.
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - they are counted, no more
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, _MOST)


def fork(work: Callable[[], None]) -> int:
    """Begin a process that does some work, and no more; its id. Raises OSError if there can be none."""
    process = os.fork()
    if process:
        return process
    try:
        # What is there by now is not walked through any more, by which it would be copied.
        gc.freeze()
        _be_quiet()
        work()
    finally:
        # Nothing of the builder's is ended here, whatever happened: its files, its exits, its tests.
        os._exit(0)


def shared(make: Callable[[Sequence[T]], list[R]], items: Sequence[T], worth: int = 1) -> list[R]:
    """What ``make`` makes of items, one thing for each, by as many processes as there are cores.

    Below ``worth`` items a process is not worth while. What a process did not make, for whatever reason, is
    made here; so all that ``make`` raises is raised here.
    """
    beside = spare()
    count = min(beside + 1, max(1, len(items) // worth)) if beside and items else 0
    shares = [items[number::count] for number in range(count)]
    begun = [_begun(make, share) for share in shares]
    answers: list[list[R] | None] = [None if one is None else _answer(*one) for one in begun]
    if not answers:
        return make(items)
    made = [make(share) if answer is None else answer for share, answer in zip(shares, answers, strict=True)]
    return [made[place % count][place // count] for place in range(len(items))]


def _begun(make: Callable[[Sequence[T]], list[R]], share: Sequence[T]) -> tuple[int, BinaryIO] | None:
    """A process that makes a share, and where it puts what it made."""
    answers, into = os.pipe()

    def work() -> None:
        # Where nobody reads any more, to write is an end, too.
        os.close(answers)
        with os.fdopen(into, "wb") as file:
            pickle.dump(make(share), file, pickle.HIGHEST_PROTOCOL)

    try:
        process = fork(work)
    except OSError:
        os.close(answers)
        return None
    finally:
        os.close(into)
    return process, os.fdopen(answers, "rb")


def _answer(process: int, answers: BinaryIO) -> list[R] | None:
    """What a process made, if it made all of it."""
    made: list[R] | None = None
    with answers, suppress(EOFError, pickle.UnpicklingError):
        made = pickle.load(answers)  # noqa: S301 - by a process of our own
    os.waitpid(process, 0)
    return made


def _be_quiet() -> None:
    """What is logged stands in what is made."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
