"""Starts development servers, and asks them for a page until it is as it should be."""

import http.client
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tests.bench import processes
from tests.bench.edits import Answer
from tests.bench.processes import StepError

_POLL_SECONDS = 0.002
_TOLD_CHARACTERS = 300
# Part of a processor that a server may take which only looks for changes.
_IDLE = 0.2
_SETTLE_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A server on a port of this machine; ``base`` is the path of its site, with slashes at both ends."""

    port: int
    base: str
    clock: Callable[[], float]
    process: subprocess.Popen[bytes]

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, address: str, seconds: float) -> Answer | None:
        """The answer at a path of the site, or None where none comes in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=max(seconds, 0.01))
        try:
            connection.request("GET", f"{self.base}{address}")
            response = connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException):
            return None  # It may be about to start, or between two builds.
        finally:
            connection.close()

    def wait(self, address: str, seen: Callable[[Answer], bool], limit: float) -> None:
        """Ask until an answer is ``seen``, for ``limit`` seconds at most. Raises `StepError`."""
        end = self.clock() + limit
        while (left := end - self.clock()) > 0:
            if not self.alive:
                raise StepError("the server ended")
            answer = self.ask(address, left)
            if answer is not None and seen(answer):
                return
            time.sleep(_POLL_SECONDS)
        raise StepError(f"not seen within {limit:.0f} s")

    def settle(self, pause: float) -> None:
        """Wait ``pause`` seconds, and again until it does next to nothing in them."""
        end = self.clock() + _SETTLE_SECONDS
        spent = processes.spent(self.process.pid)
        while self.alive and self.clock() < end:
            time.sleep(pause)
            before, spent = spent, processes.spent(self.process.pid)
            if spent - before < _IDLE * pause:
                return


@contextmanager
def serve(
    command: Callable[[int], list[str]],
    folder: Path,
    env: Mapping[str, str],
    base: str,
    clock: Callable[[], float],
) -> Iterator[Server]:
    """Run the server that ``command`` gives for a free port, and end it afterwards."""
    port = _free_port()
    with TemporaryFile() as log:
        process = subprocess.Popen(
            command(port), cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield Server(port, base, clock, process)
        except StepError as failure:
            log.seek(0)
            told = " ".join(log.read().decode(errors="replace").split())[-_TOLD_CHARACTERS:]
            raise StepError(f"{failure}; it said: {told}") from failure
        finally:
            processes.stop(process.pid)
            process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
