"""Runs commands and measures the time and memory of all their processes."""

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
# The share of a core that sampling may take: it takes longer with more memory.
_SAMPLE_SHARE = 0.02
_MAX_LOG_CHARACTERS = 300
# Seconds between the request to terminate and the kill.
_TERMINATE_SECONDS = 5


class StepError(Exception):
    """Raised for a command that failed or took too long; the message is one line."""


@dataclass(frozen=True)
class Cost:
    """Elapsed seconds, CPU seconds of all processes, and peak memory in bytes.

    For servers, ``cpu_until_idle`` has the CPU seconds including work in the background afterwards.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    cpu_until_idle: float | None = None


def run(
    command: list[str], folder: Path, env: Mapping[str, str], clock: Callable[[], float], limit: float
) -> Cost:
    """Run a command for at most ``limit`` seconds. Raises `StepError`."""
    with TemporaryFile() as log:
        start = clock()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        with _sample_memory(process.pid) as sampler, _stop_after(limit, process.pid) as timed_out:
            _, status, used = os.wait4(process.pid, 0)
        seconds = clock() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if timed_out.is_set():
            raise StepError(f"took more than {limit:.0f} s")
        if process.returncode:
            log.seek(0)
            message = " ".join(log.read().decode(errors="replace").split())[-_MAX_LOG_CHARACTERS:]
            raise StepError(f"ended with {process.returncode}: {message}")
    # The kernel's figure is exact, but it covers only the largest process. It is in bytes on macOS only.
    largest = used.ru_maxrss * (1 if psutil.MACOS else 1024)
    return Cost(seconds, used.ru_utime + used.ru_stime, max(sampler.peak, largest))


def stop(pid: int) -> None:
    """End a process and those that it started. The caller has to wait for them."""
    tree = _tree(pid)
    for process in tree:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    end = time.monotonic() + _TERMINATE_SECONDS
    while time.monotonic() < end and any(map(_is_running, tree)):
        time.sleep(_SAMPLE_SECONDS)
    for process in filter(_is_running, tree):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _is_running(process: psutil.Process) -> bool:
    """Whether a process has not ended. A zombie has."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a running process and its descendants.

    Includes descendants that have ended, if their parents have waited for them (not on macOS).
    """
    total = 0.0
    for process in _tree(pid):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _tree(pid: int) -> list[psutil.Process]:
    """Return a process and its descendants; nothing if it has ended."""
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return [*root.children(recursive=True), root]
    return []


class _MemorySampler(threading.Thread):
    """Samples the memory of a process and its descendants; ``peak`` is in bytes."""

    def __init__(self, pid: int) -> None:
        super().__init__(name="memory")
        self.peak = 0
        self.ended = threading.Event()
        self._pid = pid

    def run(self) -> None:
        pause = _SAMPLE_SECONDS
        while not self.ended.wait(pause):
            start = time.monotonic()
            self.peak = max(self.peak, memory_bytes(self._pid))
            pause = max(_SAMPLE_SECONDS, (time.monotonic() - start) / _SAMPLE_SHARE)


@contextmanager
def _sample_memory(pid: int) -> Iterator[_MemorySampler]:
    sampler = _MemorySampler(pid)
    sampler.start()
    try:
        yield sampler
    finally:
        sampler.ended.set()
        sampler.join()


@contextmanager
def _stop_after(limit: float, pid: int) -> Iterator[threading.Event]:
    """Stop a process at the limit, and set the event."""
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


def memory_bytes(pid: int) -> int:
    """Return the memory of a process and its descendants in bytes; shared pages count once where possible."""
    tree = _tree(pid)
    total = 0
    for process in tree:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            # It takes long to find shared pages, and only several processes have some.
            info = process.memory_full_info() if len(tree) > 1 else process.memory_info()
            total += getattr(info, "pss", info.rss)
    return total
