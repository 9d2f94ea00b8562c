"""Serves the site to browsers: files under MkDocs' URL rules, and a stream of server-sent events."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import posixpath
import socket
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PureWindowsPath
from queue import Empty, SimpleQueue
from socketserver import TCPServer
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from mkdocs_live.build_messages import BuildMessage

EVENTS_URL, SCRIPT_URL = "/livereload", "/livereload.js"
_CLIENT_FOLDER = Path(__file__).parent / "client"
# A comment is sent to an idle browser this often, to notice a closed connection.
_HEARTBEAT_SECONDS = 10.0
# How soon a browser connects again after it has lost the server.
_RETRY_MILLISECONDS = 400
# Independent of the operating system, which may have other types.
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


# Returns a file by its path relative to the site, or None. Raises SiteNotReadyError.
ReadFile = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Response:
    """A status with a content and its media type, or with the ``location`` of a redirect."""

    status: HTTPStatus
    media_type: str = ""
    content: bytes = b""
    location: str = ""


def respond(path: str, mount: str, read: ReadFile) -> Response:
    """Return the response to a request. ``mount`` is the path of the site, with slashes at both ends."""
    if path == "/" != mount:
        return Response(HTTPStatus.FOUND, location=quote(mount))
    # Leading ".." are dropped: "/../a" is "/a".
    name = posixpath.normpath(f"/{path[len(mount) :]}").lstrip("/")
    # Backslashes and drives would leave the site's folder on Windows.
    is_inside = f"{path}/".startswith(mount) and not (set("\\\0") & set(name) or PureWindowsPath(name).drive)
    is_folder = path.endswith("/") or not name
    index = posixpath.join(name, "index.html")
    if is_folder:
        name = index
    try:
        if is_inside and (content := read(name)) is not None:
            return Response(HTTPStatus.OK, media_type(name), content)
        if is_inside and not is_folder and read(index) is not None:
            return Response(HTTPStatus.FOUND, location=f"{quote(path)}/")
        # Always a page: its script loads the page when it exists.
        page = read("404.html")
        return Response(HTTPStatus.NOT_FOUND, media_type("404.html"), _NOT_FOUND if page is None else page)
    except SiteNotReadyError:
        return Response(HTTPStatus.SERVICE_UNAVAILABLE, media_type("index.html"), _NOT_READY)


def media_type(name: str) -> str:
    """Return the media type of a file by its name, with the charset of texts."""
    guessed = _MEDIA_TYPES.get(posixpath.splitext(name)[1].lower()) or mimetypes.guess_type(name)[0]
    if guessed is None:
        return "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith(_TEXT_TYPES) else guessed


def _read_client_script() -> bytes:
    """Return the script that every page loads: all files in one function."""
    names = ("patch", "place", "overlay", "client")
    parts = b"".join((_CLIENT_FOLDER / f"{name}.js").read_bytes() for name in names)
    return b'(() => {\n"use strict"\n' + parts + b"})()\n"


def inject_script(page: bytes, tag: str) -> bytes:
    """Add the script at the end of a page's body; it reloads the page when its ``tag`` changes."""
    script = f'<script src="{SCRIPT_URL}" data-page="{tag}" async></script>'.encode()
    head, end, tail = page.rpartition(b"</body>")
    return head + script + end + tail if end else page + script


class EventHub:
    """Sends events to all browsers that listen. Every method may be called from any thread.

    ``pages`` says that pages may have changed: each compares itself with the server's. ``files`` has the URL
    paths of other files that changed, and ``problems`` the messages to show.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[SimpleQueue[bytes | None]] = set()
        self._messages: tuple[BuildMessage, ...] = ()
        self._is_closed = False

    def send(self, event: str, data: object = None) -> None:
        """Send an event; ``data`` is sent as JSON."""
        self._put(_encode_event(event, data))

    def set_messages(self, messages: Sequence[BuildMessage]) -> list[BuildMessage]:
        """Replace the messages that browsers show; return those that are new."""
        with self._lock:
            if self._messages == tuple(messages):
                return []
            new = [message for message in messages if message not in self._messages]
            self._messages = tuple(messages)
        self._put(self._messages_event())
        return new

    def close(self) -> None:
        """End all streams."""
        self._is_closed = True
        self._put(None)

    def listen(self) -> Generator[bytes, None, None]:
        """Yield the events for a new browser until the hub is closed: the current messages first.

        When it is idle, it yields a comment now and then, so that the server notices a closed connection.
        """
        listener: SimpleQueue[bytes | None] = SimpleQueue()
        with self._lock:
            self._listeners.add(listener)
        try:
            yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode() + self._messages_event()
            while not self._is_closed:
                try:
                    event = listener.get(timeout=_HEARTBEAT_SECONDS)
                except Empty:
                    event = b":\n\n"
                if event is not None:
                    yield event
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def _messages_event(self) -> bytes:
        return _encode_event("problems", [message.as_dict() for message in self._messages])

    def _put(self, event: bytes | None) -> None:
        with self._lock:
            for listener in self._listeners:
                listener.put(event)


def _encode_event(name: str, data: object) -> bytes:
    # JSON escapes line breaks, which would end the event.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Send headers and content without delay, each in one packet.
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        path = unquote(self.path.split("?", 1)[0].split("#", 1)[0], errors="replace")
        if path == EVENTS_URL:
            self._stream_events()
        elif path == SCRIPT_URL:
            self._send(Response(HTTPStatus.OK, media_type(SCRIPT_URL), _read_client_script()))
        else:
            self._send(respond(path, self.server.mount, self.server.read))

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def _send(self, response: Response) -> None:
        content = response.content
        tag = hashlib.blake2b(content, digest_size=12).hexdigest()
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
        with closing(self.server.hub.listen()) as events:
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

    def __init__(self, host: str, port: int, read: ReadFile, hub: EventHub, mount: str) -> None:
        # Only an IPv6 address has colons.
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET  # type: ignore[misc]
        self.read, self.hub, self.mount = read, hub, mount
        super().__init__((host, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Browsers close connections at any time, above all those of event streams.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        # HTTPServer looks up the machine's name, which may take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
