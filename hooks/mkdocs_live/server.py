"""Serves the site to browsers: files under MkDocs' URL rules, and a stream of server-sent events."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import posixpath
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PureWindowsPath
from queue import Empty, SimpleQueue
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, unquote

from mkdocs_live.build_messages import BuildMessage

EVENTS_URL, SCRIPT_URL = "/livereload", "/livereload.js"
# The script is these files in this order, in one function.
_SCRIPT_PARTS = [
    Path(__file__).parent / "client" / f"{name}.js" for name in ("patch", "place", "overlay", "client")
]
# A comment is sent to an idle browser this often, to notice that it has gone.
_HEARTBEAT_SECONDS = 10.0
# How soon a browser connects again after the server went away.
_RETRY_MILLISECONDS = 400
# The operating system may name other types.
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".gz": "application/gzip",
    ".md": "text/markdown",
}
_TEXT_TYPES = ("text/", "application/json", "application/xml", "image/svg+xml")
_NOT_FOUND = b"<!doctype html><title>404</title><body><p>There is no such page.</p></body>"
_NOT_READY = (
    b"<!doctype html><title>Building</title><body><p>The first build is still running. "
    b"This page reloads when it is done.</p></body>"
)


class SiteNotReadyError(Exception):
    """The site has not been built yet."""


class SiteReader(Protocol):
    """The site to serve."""

    def read(self, path: str) -> bytes | None:
        """Return a file by its path relative to the site, or None. Raises SiteNotReadyError."""
        ...


@dataclass(frozen=True)
class Response:
    """A status with a content and its media type, or with the ``location`` of a redirect."""

    status: HTTPStatus
    media_type: str = ""
    content: bytes = b""
    location: str = ""


def respond(path: str, mount: str, site: SiteReader) -> Response:
    """Return the response to a request. ``mount`` is the path of the site, with slashes at both ends."""
    try:
        return _respond(path, mount, site)
    except SiteNotReadyError:
        return Response(HTTPStatus.SERVICE_UNAVAILABLE, media_type("index.html"), _NOT_READY)


def _respond(path: str, mount: str, site: SiteReader) -> Response:
    if not f"{path}/".startswith(mount):
        if path == "/":
            return Response(HTTPStatus.FOUND, location=quote(mount))
        return _not_found(site)
    # Leading ".." are dropped: "/../a" is "/a".
    name = posixpath.normpath(f"/{path[len(mount) :]}").lstrip("/")
    if not _is_safe(name):
        return _not_found(site)
    if path.endswith("/") or not name:
        name = posixpath.join(name, "index.html")
    content = site.read(name)
    if content is not None:
        return Response(HTTPStatus.OK, media_type(name), content)
    if not path.endswith("/") and site.read(f"{name}/index.html") is not None:
        return Response(HTTPStatus.FOUND, location=f"{quote(path)}/")
    return _not_found(site)


def _is_safe(name: str) -> bool:
    """Whether a normalized relative path stays in the site's folder, on POSIX and on Windows."""
    return not (set("\\\0") & set(name) or PureWindowsPath(name).drive)


def _not_found(site: SiteReader) -> Response:
    page = site.read("404.html")
    # Always a page: its script loads it again when there is another.
    return Response(HTTPStatus.NOT_FOUND, media_type("404.html"), _NOT_FOUND if page is None else page)


def media_type(name: str) -> str:
    """Return the media type of a file by its name, with the charset of texts."""
    guessed = _MEDIA_TYPES.get(posixpath.splitext(name)[1].lower()) or mimetypes.guess_type(name)[0]
    if guessed is None:
        return "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith(_TEXT_TYPES) else guessed


def client_script() -> bytes:
    """Return the script that every page loads."""
    parts = b"".join(part.read_bytes() for part in _SCRIPT_PARTS)
    return b'(() => {\n"use strict"\n' + parts + b"})()\n"


def content_tag(content: bytes) -> str:
    """Return a hash of a content, for its ETag."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def inject_script(page: bytes, tag: str) -> bytes:
    """Add the script at the end of a page's body; it reloads the page when its ``tag`` changes."""
    script = f'<script src="{SCRIPT_URL}" data-page="{tag}" async></script>'.encode()
    head, end, tail = page.rpartition(b"</body>")
    return head + script + end + tail if end else page + script


class EventHub:
    """Sends events to all browsers that listen. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[SimpleQueue[bytes | None]] = set()
        self._messages: tuple[BuildMessage, ...] = ()
        self._is_closed = False

    def announce_pages(self) -> None:
        """Say that pages may have changed: each compares itself with the server's."""
        self._send(_event("pages", None))

    def announce_files(self, urls: Sequence[str]) -> None:
        """Say that other files have changed; ``urls`` are their paths on this server."""
        self._send(_event("files", list(urls)))

    def set_messages(self, messages: Sequence[BuildMessage]) -> list[BuildMessage]:
        """Replace the messages that browsers show; return those that are new."""
        with self._lock:
            if self._messages == tuple(messages):
                return []
            new = [message for message in messages if message not in self._messages]
            self._messages = tuple(messages)
        self._send(self._messages_event())
        return new

    def close(self) -> None:
        """End all streams."""
        with self._lock:
            self._is_closed = True
            for listener in self._listeners:
                listener.put(None)

    @contextmanager
    def listen(self, heartbeat: float) -> Iterator[Iterator[bytes]]:
        """Yield the events for a new browser until the hub is closed: the messages first, then what happens.

        After ``heartbeat`` seconds without an event there is a comment.
        """
        listener: SimpleQueue[bytes | None] = SimpleQueue()
        with self._lock:
            self._listeners.add(listener)
            if self._is_closed:
                listener.put(None)
        try:
            yield self._stream(listener, heartbeat)
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def _stream(self, listener: SimpleQueue[bytes | None], heartbeat: float) -> Iterator[bytes]:
        yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode() + self._messages_event()
        while True:
            try:
                event = listener.get(timeout=heartbeat)
            except Empty:
                event = b":\n\n"
            if event is None:
                return
            yield event

    def _messages_event(self) -> bytes:
        return _event("problems", [message.as_dict() for message in self._messages])

    def _send(self, event: bytes) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put(event)


def _event(name: str, data: object) -> bytes:
    # JSON escapes line breaks, which would end the event.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Send headers and content without delay, each in one packet.
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, site: SiteReader, hub: EventHub, mount: str, *arguments: Any) -> None:
        self.site, self.hub, self.mount = site, hub, mount
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = unquote(self.path.split("?", 1)[0].split("#", 1)[0], errors="replace")
        if path == EVENTS_URL:
            self._stream_events()
        elif path == SCRIPT_URL:
            self._send(Response(HTTPStatus.OK, media_type(SCRIPT_URL), client_script()))
        else:
            self._send(respond(path, self.mount, self.site))

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def _send(self, response: Response) -> None:
        content, tag = response.content, content_tag(response.content)
        is_cached = self.headers.get("If-None-Match") == f'"{tag}"' and response.status == HTTPStatus.OK
        if response.media_type.startswith("text/html"):
            content = inject_script(content, tag)
        self.send_response(HTTPStatus.NOT_MODIFIED if is_cached else response.status)
        if response.location:
            self.send_header("Location", response.location)
        else:
            self.send_header("ETag", f'"{tag}"')
            self.send_header("Content-Type", response.media_type)
        # The browser may cache it, but asks each time whether it is current.
        self.send_header("Cache-Control", "no-cache")
        if not is_cached:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not is_cached and self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _stream_events(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        with self.hub.listen(_HEARTBEAT_SECONDS) as events:
            for event in events:
                self.wfile.write(event)
                self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Log no requests."""


class Server(ThreadingHTTPServer):
    """The HTTP server. Run `serve_forever` in a thread."""

    daemon_threads = True
    request_queue_size = 64
    address_family: ClassVar[socket.AddressFamily]  # type: ignore[misc]

    def __init__(self, host: str, port: int, site: SiteReader, hub: EventHub, mount: str) -> None:
        # Only an IPv6 address has colons.
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET  # type: ignore[misc]
        super().__init__((host, port), partial(_Handler, site, hub, mount))

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Browsers close connections at any time, above all those of event streams.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        # The base class looks up the machine's name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
