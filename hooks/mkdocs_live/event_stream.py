"""Tells all open pages what happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from mkdocs_live.problems import Problem

# An event for browsers, as it goes over the wire.
Message = bytes
# In milliseconds: how soon a browser asks again for a server that went away.
_RETRY = 400


class Hub:
    """The browsers that listen. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[SimpleQueue[Message | None]] = set()
        self._problems: tuple[Problem, ...] = ()
        self._is_closed = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems

    def pages(self) -> None:
        """Pages may have changed: each looks whether it has."""
        self._tell(_message("pages", None))

    def files(self, addresses: Sequence[str]) -> None:
        """Other files have changed: their paths on this server."""
        self._tell(_message("files", list(addresses)))

    def show(self, problems: Sequence[Problem]) -> list[Problem]:
        """These are the problems there are now; nobody is told what is known. Returns those that are new."""
        with self._lock:
            if self._problems == tuple(problems):
                return []
            new = [one for one in problems if one not in self._problems]
            self._problems = tuple(problems)
        self._tell(self._state())
        return new

    def close(self) -> None:
        """Let all listeners go."""
        with self._lock:
            self._is_closed = True
            for listener in self._listeners:
                listener.put(None)

    @contextmanager
    def listen(self, seconds: float) -> Iterator[Iterator[Message]]:
        """What a new listener is to be told: first the problems, then what happens, until the hub is closed.

        After ``seconds`` of silence there is a comment, so that one who has gone away is noticed.
        """
        listener: SimpleQueue[Message | None] = SimpleQueue()
        with self._lock:
            self._listeners.add(listener)
            if self._is_closed:
                listener.put(None)
        try:
            yield self._messages(listener, seconds)
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def _messages(self, listener: SimpleQueue[Message | None], seconds: float) -> Iterator[Message]:
        yield f"retry: {_RETRY}\n\n".encode() + self._state()
        while True:
            try:
                message = listener.get(timeout=seconds)
            except Empty:
                message = b":\n\n"
            if message is None:
                return
            yield message

    def _state(self) -> Message:
        return _message("problems", [one.as_dict() for one in self._problems])

    def _tell(self, message: Message) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put(message)


def _message(event: str, data: object) -> Message:
    # JSON has no line breaks of its own, which would end the event.
    return f"event: {event}\ndata: {json.dumps(data)}\n\n".encode()
