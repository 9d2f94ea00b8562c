"""Answers browsers: files of the site with MkDocs' own rules for addresses, and events as they happen."""

from __future__ import annotations

import ipaddress
import mimetypes
import posixpath
import socket
import sys
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, unquote

from mkdocs_live.client_script import EVENTS, SCRIPT, inject, tag_of
from mkdocs_live.event_stream import Hub

# In this order, in a scope of their own.
_CLIENT = [
    Path(__file__).parent / "client" / f"{name}.js" for name in ("patch", "place", "overlay", "client")
]
# How often a listener that is told nothing is looked after.
_SILENCE_SECONDS = 10.0
# Whatever the machine takes these for.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".gz": "application/gzip",
    ".md": "text/markdown",
}
_NOTHING = b"<!doctype html><title>404</title><body><p>There is no such page.</p></body>"
_UTF_8 = ("text/", "application/json", "application/xml", "image/svg+xml")


class Tree(Protocol):
    """What is served."""

    def read(self, path: str) -> bytes | None:
        """The content of a file, by its path below the site's own; None if there is none."""
        ...


@dataclass(frozen=True)
class Found:
    """An answer: its status, the type of its content, the content, or where to look instead."""

    status: HTTPStatus
    kind: str = ""
    content: bytes = b""
    location: str = ""


def answer(path: str, mount: str, tree: Tree) -> Found:
    """The answer to a request for a decoded path. ``mount`` is the site's, with slashes at both ends."""
    if not f"{path}/".startswith(mount):
        if path == "/":
            return Found(HTTPStatus.FOUND, location=quote(mount))
        return _missing(tree)
    # What would lead out of the site's folder stays within it.
    name = posixpath.normpath(f"/{path[len(mount) :]}").lstrip("/")
    if "\0" in name or "\\" in name:
        return _missing(tree)
    if path.endswith("/") or not name:
        name = posixpath.join(name, "index.html")
    content = tree.read(name)
    if content is not None:
        return Found(HTTPStatus.OK, type_of(name), content)
    if not path.endswith("/") and tree.read(f"{name}/index.html") is not None:
        return Found(HTTPStatus.FOUND, location=f"{quote(path)}/")
    return _missing(tree)


def client() -> bytes:
    """The script that pages get."""
    parts = b"".join(part.read_bytes() for part in _CLIENT)
    return b'(() => {\n"use strict"\n' + parts + b"})()\n"


def type_of(name: str) -> str:
    """The media type of a file, by its name."""
    kind = _TYPES.get(posixpath.splitext(name)[1].lower()) or mimetypes.guess_type(name)[0]
    if kind is None:
        return "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_UTF_8) else kind


def _missing(tree: Tree) -> Found:
    page = tree.read("404.html")
    # A page in any case, so that it hears when there is another one.
    return Found(HTTPStatus.NOT_FOUND, type_of("404.html"), _NOTHING if page is None else page)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A page and the head before it leave in one packet each, without waiting for one another.
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, tree: Tree, hub: Hub, mount: str, *arguments: Any) -> None:
        self.tree, self.hub, self.mount = tree, hub, mount
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = unquote(self.path.split("?", 1)[0].split("#", 1)[0], errors="replace")
        if path == EVENTS:
            self._tell()
        elif path == SCRIPT:
            self._send(Found(HTTPStatus.OK, type_of(SCRIPT), client()))
        else:
            self._send(answer(path, self.mount, self.tree))

    do_HEAD = do_GET  # noqa: N815 - as above

    def _send(self, found: Found) -> None:
        content, tag = found.content, tag_of(found.content)
        known = self.headers.get("If-None-Match") == f'"{tag}"' and found.status == HTTPStatus.OK
        if found.kind.startswith("text/html"):
            content = inject(content, tag)
        self.send_response(HTTPStatus.NOT_MODIFIED if known else found.status)
        if found.location:
            self.send_header("Location", found.location)
        else:
            self.send_header("ETag", f'"{tag}"')
            self.send_header("Content-Type", found.kind)
        # A browser keeps it, and asks whether it still holds.
        self.send_header("Cache-Control", "no-cache")
        if not known:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if not known and self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _tell(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        with self.hub.listen(_SILENCE_SECONDS) as messages:
            for message in messages:
                self.wfile.write(message)
                self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Browsers show what they asked for."""


class Server(ThreadingHTTPServer):
    """The server on a host and port; ``start`` it in a thread by ``serve_forever``."""

    daemon_threads = True
    request_queue_size = 64
    address_family: ClassVar[socket.AddressFamily]  # type: ignore[misc]

    def __init__(self, host: str, port: int, tree: Tree, hub: Hub, mount: str) -> None:
        self.address_family = _family(host)  # type: ignore[misc]
        super().__init__((host, port), partial(_Handler, tree, hub, mount))

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Browsers go away in the middle of an answer, and above all of events.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def server_bind(self) -> None:
        # That of the base class asks for the machine's name, which may take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]


def _family(host: str) -> socket.AddressFamily:
    try:
        is_new = ipaddress.ip_address(host).version == 6
    except ValueError:
        is_new = False
    return socket.AF_INET6 if is_new else socket.AF_INET
