"""Starts development servers, and requests pages until an edit is visible."""

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
from tests.bench.edits import Response
from tests.bench.processes import StepError

_POLL_SECONDS = 0.002
_MAX_LOG_CHARACTERS = 300
# A server is idle if it uses at most this share of a core, to look for changes, for so many seconds: it may
# wait before it builds in the background.
_IDLE_SHARE, _IDLE_SECONDS, _SAMPLE_SECONDS = 0.2, 4.0, 0.25
_IDLE_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Server:
    """A server on a local port. ``base`` is the path of its site, with slashes at both ends."""

    port: int
    base: str
    clock: Callable[[], float]
    process: subprocess.Popen[bytes]

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def get(self, page: str, seconds: float) -> Response | None:
        """Request a page of the site. Return None without a response in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=max(seconds, 0.01))
        try:
            connection.request("GET", f"{self.base}{page}")
            response = connection.getresponse()
            return Response(response.status, response.read())
        except (OSError, http.client.HTTPException):
            return None  # The server may be starting, or between two builds.
        finally:
            connection.close()

    def wait(self, page: str, is_visible: Callable[[Response], bool], limit: float) -> None:
        """Request a page until ``is_visible`` is true, for at most ``limit`` seconds. Raises `StepError`."""
        end = self.clock() + limit
        while (remaining := end - self.clock()) > 0:
            if not self.is_alive:
                raise StepError("the server ended")
            response = self.get(page, remaining)
            if response is not None and is_visible(response):
                return
            time.sleep(_POLL_SECONDS)
        raise StepError(f"not visible within {limit:.0f} s")

    def wait_until_idle(self) -> float:
        """Wait until the server does next to nothing; return its CPU seconds until then, since it started."""
        end = self.clock() + _IDLE_TIMEOUT_SECONDS
        last_work = current = processes.cpu_seconds(self.process.pid)
        idle_since = self.clock()
        while self.is_alive and self.clock() < min(end, idle_since + _IDLE_SECONDS):
            time.sleep(_SAMPLE_SECONDS)
            previous, current = current, processes.cpu_seconds(self.process.pid)
            if current - previous > _IDLE_SHARE * _SAMPLE_SECONDS:
                last_work, idle_since = current, self.clock()
        return last_work


@contextmanager
def serve(
    command: list[str],
    port: int,
    folder: Path,
    env: Mapping[str, str],
    base: str,
    clock: Callable[[], float],
) -> Iterator[Server]:
    """Run the command of a server on a port, and end it afterwards."""
    with TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield Server(port, base, clock, process)
        except StepError as failure:
            log.seek(0)
            message = " ".join(log.read().decode(errors="replace").split())[-_MAX_LOG_CHARACTERS:]
            raise StepError(f"{failure}; its log: {message}") from failure
        finally:
            processes.stop(process.pid)
            process.wait()


def find_free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
