"""Forks workers from a process that has imported the hooks of the site and their packages.

So a worker need not import them again, which takes as long as building a small site. The server forks this
process before it starts threads, whose locks would stay locked in a forked process.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import BinaryIO, NoReturn

_PROCESS_ID = struct.Struct("q")
_modules: list[ModuleType] = []


class ForkServer:
    """Starts processes that call ``main``, in which standard input and output are pipes to this process.

    They run the code that this process has loaded. A request raises OSError if the fork server has ended.
    """

    def __init__(self, main: Callable[[], NoReturn]) -> None:
        # Guards requests with their answers.
        self._lock = threading.Lock()
        self._socket, connection = socket.socketpair()
        if not os.fork():
            try:
                self._socket.close()
                _serve(connection, main)
            finally:
                # Without clean-up: exit handlers belong to the server.
                os._exit(0)
        connection.close()

    def start(self) -> ForkedProcess:
        """Fork a process."""
        (stdin, ours), (theirs, stdout) = os.pipe(), os.pipe()
        try:
            process = self._request(b"fork", [stdin, stdout])
        except OSError:
            os.close(ours)
            os.close(theirs)
            raise
        finally:
            os.close(stdin)
            os.close(stdout)
        return ForkedProcess(self, process, os.fdopen(ours, "wb"), os.fdopen(theirs, "rb"))

    def kill(self, process: int) -> None:
        """End a process that `start` has returned, if it has not ended."""
        self._request(_PROCESS_ID.pack(process), [])

    def close(self) -> None:
        """End the fork server. Its processes end when their pipes are closed."""
        self._socket.close()

    def _request(self, message: bytes, files: list[int]) -> int:
        with self._lock:
            socket.send_fds(self._socket, [message], files)
            answer = self._socket.recv(_PROCESS_ID.size)
        if not answer:
            raise BrokenPipeError("The process that starts workers has ended.")
        (process,) = _PROCESS_ID.unpack(answer)
        return int(process)


class ForkedProcess:
    """A forked process, with the part of the interface of ``subprocess.Popen`` that a worker needs."""

    def __init__(self, server: ForkServer, process: int, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.stdin, self.stdout = stdin, stdout
        self._server, self._process = server, process

    def kill(self) -> None:
        """End the process."""
        # Without a fork server, it ends when the pipes are closed.
        with suppress(OSError):
            self._server.kill(self._process)

    def __enter__(self) -> ForkedProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stdin.close()


def can_fork() -> bool:
    """Whether a fork server can be started: on Linux, in a process with one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


def _serve(connection: socket.socket, main: Callable[[], NoReturn]) -> None:
    """Answer each request with a process id, until the server has ended."""
    # Ctrl+C is for the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The collector would touch, and so copy, the memory that all processes share.
    gc.freeze()
    # A hook is loaded again, but what it holds now belongs to the server: finalizers would delete its files.
    _modules.extend(sys.modules.values())
    children: set[int] = set()
    while True:
        message, files, _, _ = socket.recv_fds(connection, _PROCESS_ID.size, 2)
        if not message:
            return
        children = {child for child in children if os.waitpid(child, os.WNOHANG) == (0, 0)}
        if files:
            process = os.fork()
            if not process:
                connection.close()
                for number, file in enumerate(files):
                    os.dup2(file, number)
                    os.close(file)
                main()
            children.add(process)
            for file in files:
                os.close(file)
        else:
            (process,) = _PROCESS_ID.unpack(message)
            if process in children:
                children.remove(process)
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
        connection.sendall(_PROCESS_ID.pack(process))
