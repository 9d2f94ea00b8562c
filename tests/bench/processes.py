"""Runs commands and tells what they and all processes that they start take."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psutil

_SAMPLE_SECONDS = 0.1
# The part of a processor that looking may take: the more memory there is, the longer it takes to add up.
_SAMPLE_SHARE = 0.02
_TOLD_CHARACTERS = 300
# What is asked to end has this long before it is made to.
_POLITE_SECONDS = 5


class StepError(Exception):
    """A command that failed or took too long; the message is a line that says how."""


@dataclass(frozen=True)
class Cost:
    """What something took: seconds, seconds of processors in all its processes, bytes of memory at most."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run(
    command: list[str], folder: Path, env: Mapping[str, str], clock: Callable[[], float], limit: float
) -> Cost:
    """Run a command to its end, for ``limit`` seconds at most. Raises `StepError`."""
    with TemporaryFile() as log:
        start = clock()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        with _watch(process.pid) as watch, _stop_after(limit, process.pid) as too_long:
            _, status, used = os.wait4(process.pid, 0)
        seconds = clock() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if too_long.is_set():
            raise StepError(f"took more than {limit:.0f} s")
        if process.returncode:
            log.seek(0)
            told = " ".join(log.read().decode(errors="replace").split())[-_TOLD_CHARACTERS:]
            raise StepError(f"ended with {process.returncode}: {told}")
    # The kernel's own figure is exact, but of the largest process alone; in bytes on macOS only.
    largest = used.ru_maxrss * (1 if psutil.MACOS else 1024)
    return Cost(seconds, used.ru_utime + used.ru_stime, max(watch.peak, largest))


def stop(pid: int) -> None:
    """End a process and those that it started. They are left to be waited for by whoever started them."""
    tree = _tree(pid)
    for process in tree:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    end = time.monotonic() + _POLITE_SECONDS
    while time.monotonic() < end and any(map(_runs, tree)):
        time.sleep(_SAMPLE_SECONDS)
    for process in filter(_runs, tree):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _runs(process: psutil.Process) -> bool:
    """Whether it has not ended; it may not have been waited for."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def spent(pid: int) -> float:
    """Seconds of processors that a running process and those below it have taken."""
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _tree(pid: int) -> list[psutil.Process]:
    """A process and those below it; none if it has ended."""
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        return [*first.children(recursive=True), first]
    return []


class _Watch(threading.Thread):
    """Looks at the memory of a process and those below it every now and then; ``peak`` in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(name="memory")
        self.peak = 0
        self.ended = threading.Event()
        self._pid = pid

    def run(self) -> None:
        pause = _SAMPLE_SECONDS
        while not self.ended.wait(pause):
            start = time.monotonic()
            self.peak = max(self.peak, memory(self._pid))
            pause = max(_SAMPLE_SECONDS, (time.monotonic() - start) / _SAMPLE_SHARE)


@contextmanager
def _watch(pid: int) -> Iterator[_Watch]:
    watch = _Watch(pid)
    watch.start()
    try:
        yield watch
    finally:
        watch.ended.set()
        watch.join()


@contextmanager
def _stop_after(limit: float, pid: int) -> Iterator[threading.Event]:
    """Stops the process at the limit; what it yields is set then."""
    reached = threading.Event()

    def end() -> None:
        reached.set()
        stop(pid)

    timer = threading.Timer(limit, end)
    timer.start()
    try:
        yield reached
    finally:
        timer.cancel()
        timer.join()


def memory(pid: int) -> int:
    """Bytes of a process and those below it; pages that they share count once where the system tells."""
    tree = _tree(pid)
    total = 0
    for process in tree:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            # To find what is shared takes long, and is needed of several only.
            taken = process.memory_full_info() if len(tree) > 1 else process.memory_info()
            total += getattr(taken, "pss", taken.rss)
    return total
