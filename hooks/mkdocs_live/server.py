"""Serves the site to browsers: files under MkDocs' URL rules, and a stream of server-sent events."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import io
import json
import mimetypes
import posixpath
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PureWindowsPath
from urllib.parse import quote, unquote

from mkdocs_live.build_messages import BuildMessage

EVENTS_URL, SCRIPT_URL = "/livereload", "/livereload.js"
_CLIENT_FOLDER = Path(__file__).parent / "client"
# A comment is sent to an idle browser this often, to notice a closed connection.
_HEARTBEAT_SECONDS = 10.0
# A client that sends no request, or does not read an answer, for this long is disconnected.
_IDLE_SECONDS = 30.0
# Of more connections, those that have waited longest are closed. A browser opens six to a server.
_MOST_CONNECTIONS = 128
# How many requests wait for the site at a time.
_THREADS = 8
# An event stream whose client does not read that many events ends. The client connects again.
_MOST_UNREAD_EVENTS = 100
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


class PageMovedError(Exception):
    """A change has moved a page; the argument is its new path relative to the site."""


# Returns a file by its path relative to the site, or None. Raises SiteNotReadyError and PageMovedError.
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
    except PageMovedError as error:
        return Response(HTTPStatus.FOUND, location=quote(mount + str(error).removesuffix("index.html")))
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
        # Each stream with its event loop; None in a stream is its end.
        self._streams: dict[asyncio.Queue[bytes | None], asyncio.AbstractEventLoop] = {}
        self._messages: tuple[BuildMessage, ...] = ()

    def send(self, event: str, data: object = None) -> None:
        """Send an event; ``data`` is sent as JSON."""
        encoded = _encode_event(event, data)
        with self._lock:
            for stream, loop in self._streams.items():
                # The loop may have ended.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(_put, stream, encoded)

    def set_messages(self, messages: Sequence[BuildMessage]) -> list[BuildMessage]:
        """Replace the messages that browsers show; return those that are new."""
        with self._lock:
            if self._messages == tuple(messages):
                return []
            new = [message for message in messages if message not in self._messages]
            self._messages = tuple(messages)
        self.send("problems", [message.as_dict() for message in messages])
        return new

    def open_stream(self) -> asyncio.Queue[bytes | None]:
        """Return the stream of a new browser, which begins with the current messages."""
        stream: asyncio.Queue[bytes | None] = asyncio.Queue()
        with self._lock:
            self._streams[stream] = asyncio.get_running_loop()
            messages = [message.as_dict() for message in self._messages]
        retry = f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
        stream.put_nowait(retry + _encode_event("problems", messages))
        return stream

    def close_stream(self, stream: asyncio.Queue[bytes | None]) -> None:
        """Send no more events to a stream."""
        with self._lock:
            del self._streams[stream]


def _put(stream: asyncio.Queue[bytes | None], event: bytes) -> None:
    stream.put_nowait(event)
    if stream.qsize() > _MOST_UNREAD_EVENTS:
        while not stream.empty():
            stream.get_nowait()
        stream.put_nowait(None)


def _encode_event(name: str, data: object) -> bytes:
    # JSON escapes line breaks, which would end the event.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    headers: http.client.HTTPMessage
    # Whether the client may send another request on this connection.
    is_persistent: bool

    @classmethod
    def parse(cls, head: bytes) -> _Request:
        """Parse the first line and the headers. Raises ValueError and http.client.HTTPException."""
        line, _, fields = head.partition(b"\r\n")
        method, target, protocol = line.decode("iso-8859-1").split(" ")
        headers = http.client.parse_headers(io.BytesIO(fields))
        has_body = "Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0"
        closes = headers.get("Connection", "").lower() == "close" or protocol == "HTTP/1.0"
        path = unquote(target.split("?", 1)[0].split("#", 1)[0], errors="replace")
        return cls(method, path, headers, not has_body and not closes)


class Server:
    """The HTTP server: an event loop in a thread, so that an idle connection costs little.

    Raises OSError if it cannot listen at the port; 0 means any free port.
    """

    def __init__(self, host: str, port: int, read: ReadFile, hub: EventHub, mount: str) -> None:
        self._read, self._hub, self._mount = read, hub, mount
        # Only an IPv6 address has colons.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=64)
        self.port: int = self._socket.getsockname()[1]
        # Connections that wait for a request, and event streams; the oldest first.
        self._waiting: dict[asyncio.StreamWriter, None] = {}
        self._streaming: dict[asyncio.StreamWriter, None] = {}
        self._count = 0
        self._executor = ThreadPoolExecutor(_THREADS, "request")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="server", daemon=True)

    def start(self) -> None:
        """Serve in another thread."""
        starting = asyncio.start_server(self._serve_connection, sock=self._socket)
        self._loop.run_until_complete(starting)
        self._thread.start()

    def close(self) -> None:
        """Stop serving, and close all connections."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self._socket.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        loop = self._loop
        try:
            loop.run_forever()
        finally:
            # A connection that was just accepted has to start before it can be closed.
            loop.run_until_complete(asyncio.sleep(0))
            for task in asyncio.all_tasks(loop):
                task.cancel()
                loop.run_until_complete(asyncio.wait([task]))
            # Sockets are closed in the iteration after that.
            loop.run_until_complete(asyncio.sleep(0))

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        if self._count > _MOST_CONNECTIONS:
            open_connections = self._waiting or self._streaming
            for oldest in list(open_connections)[:1]:
                del open_connections[oldest]
                oldest.transport.abort()
        try:
            # Browsers close connections at any time, above all those of event streams.
            with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve_request(reader, writer):
                    pass
                writer.close()
        finally:
            self._count -= 1
            writer.transport.abort()

    async def _serve_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the client may send another."""
        self._waiting[writer] = None
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                request = _Request.parse(await reader.readuntil(b"\r\n\r\n"))
        except (ValueError, http.client.HTTPException, asyncio.LimitOverrunError):
            await _write(writer, _format_head(HTTPStatus.BAD_REQUEST, {"Content-Length": "0"}))
            return False
        finally:
            self._waiting.pop(writer, None)
        if request.method not in ("GET", "HEAD"):
            head = {"Allow": "GET, HEAD", "Content-Length": "0"}
            await _write(writer, _format_head(HTTPStatus.METHOD_NOT_ALLOWED, head))
        elif request.path == EVENTS_URL:
            await self._stream_events(request, writer)
            return False
        else:
            await _write(writer, await self._loop.run_in_executor(self._executor, self._answer, request))
        return request.is_persistent

    def _answer(self, request: _Request) -> bytes:
        """Return the answer to a request, with its head."""
        if request.path == SCRIPT_URL:
            response = Response(HTTPStatus.OK, media_type(SCRIPT_URL), _read_client_script())
        else:
            response = respond(request.path, self._mount, self._read)
        content = response.content
        tag = hashlib.blake2b(content, digest_size=12).hexdigest()
        is_cached = request.headers.get("If-None-Match") == f'"{tag}"' and response.status == HTTPStatus.OK
        if response.media_type.startswith("text/html"):
            content = inject_script(content, tag)
        # The browser may cache it, but asks each time whether it is current.
        head = {"Cache-Control": "no-cache"}
        head |= (
            {"Location": response.location}
            if response.location
            else {"ETag": f'"{tag}"', "Content-Type": response.media_type}
        )
        if is_cached:
            return _format_head(HTTPStatus.NOT_MODIFIED, head)
        head["Content-Length"] = str(len(content))
        return _format_head(response.status, head) + (content if request.method != "HEAD" else b"")

    async def _stream_events(self, request: _Request, writer: asyncio.StreamWriter) -> None:
        head = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "Connection": "close"}
        await _write(writer, _format_head(HTTPStatus.OK, head))
        if request.method == "HEAD":
            return
        stream = self._hub.open_stream()
        self._streaming[writer] = None
        try:
            event: bytes | None = b""
            while event is not None:
                await _write(writer, event)
                try:
                    event = await asyncio.wait_for(stream.get(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    event = b":\n\n"
        finally:
            self._streaming.pop(writer, None)
            self._hub.close_stream(stream)


def _format_head(status: HTTPStatus, fields: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        *(f"{name}: {value}" for name, value in fields.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("iso-8859-1")


async def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send data. Raises TimeoutError if the client does not read it."""
    writer.write(data)
    async with asyncio.timeout(_IDLE_SECONDS):
        await writer.drain()
