import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_live import server
from mkdocs_live.build_messages import BuildMessage
from mkdocs_live.server import (
    EventHub,
    PageMovedError,
    Response,
    Server,
    SiteNotReadyError,
    inject_script,
    media_type,
    respond,
)

PAGE = b"<html><body><p>Text</p></body></html>"
FILES = {
    "index.html": PAGE,
    "a b/index.html": b"<body>A</body>",
    "404.html": b"<body>Nothing here</body>",
    "sheet.css": b"p {}",
}


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("/site/", Response(HTTPStatus.OK, "text/html; charset=utf-8", PAGE)),
        ("/site/sheet.css", Response(HTTPStatus.OK, "text/css; charset=utf-8", b"p {}")),
        ("/site/a b", Response(HTTPStatus.FOUND, location="/site/a%20b/")),
        ("/", Response(HTTPStatus.FOUND, location="/site/")),
        ("/site/no", Response(HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", FILES["404.html"])),
        ("/sheet.css", Response(HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", FILES["404.html"])),
    ],
)
def test_respond_follows_the_url_rules_of_mkdocs(path: str, response: Response) -> None:
    assert respond(path, "/site/", FILES.get) == response


def _requested(rest: str) -> list[str]:
    requested: list[str] = []

    def read(path: str) -> bytes | None:
        requested.append(path)
        return FILES.get(path)

    respond(f"/site/{rest}", "/site/", read)
    return requested


def _assert_inside(path: str) -> None:
    windows, posix = PureWindowsPath("C:/served"), PurePosixPath("/served")
    assert (windows / path).is_relative_to(windows)
    assert (posix / path).is_relative_to(posix)
    assert not {"..", ""} & set(path.replace("\\", "/").split("/"))
    assert "\0" not in path


@pytest.mark.parametrize(
    "rest",
    [
        "C:/secret.txt",
        "C:secret.txt",
        "d:",
        "..\\secret.txt",
        "\\secret.txt",
        "//host/share/a",
        "\\\\host\\a",
    ],
)
def test_a_windows_path_does_not_leave_the_site(rest: str) -> None:
    for path in _requested(rest):
        _assert_inside(path)


@given(st.lists(st.sampled_from(["..", ".", "a", "", "\\", "a\0", "~", "C:"]), max_size=8).map("/".join))
def test_no_path_leaves_the_site(rest: str) -> None:
    for path in _requested(rest):
        _assert_inside(path)


def test_before_the_first_build_a_page_says_so() -> None:
    def read(_path: str) -> bytes | None:
        raise SiteNotReadyError

    response = respond("/site/a/", "/site/", read)
    assert (response.status, response.media_type) == (503, "text/html; charset=utf-8")
    assert b"The first build is still running." in response.content


def test_the_old_url_of_a_page_that_moved_leads_to_the_new_one() -> None:
    def read(path: str) -> bytes | None:
        if path == "old/index.html":
            raise PageMovedError("new page/index.html")
        return None

    moved = Response(HTTPStatus.FOUND, location="/site/new%20page/")
    assert [respond(f"/site/{path}", "/site/", read) for path in ("old/", "old", "old/index.html")] == [
        moved
    ] * 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("sitemap.xml.gz", "application/gzip"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_media_type(name: str, expected: str) -> None:
    assert media_type(name) == expected


def test_the_script_is_injected_at_the_end_of_the_body() -> None:
    page = inject_script(b"<body><pre></body></pre></body></html>", "t")
    assert page.startswith(b"<body><pre></body></pre><script ")
    assert page.endswith(b"</script></body></html>")
    assert inject_script(b"Text", "t").startswith(b"Text<script ")


@pytest.fixture
def hub() -> EventHub:
    return EventHub()


@pytest.fixture
def connection(hub: EventHub) -> Iterator[http.client.HTTPConnection]:
    running = Server("127.0.0.1", 0, FILES.get, hub, "/")
    running.start()
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    yield connection
    connection.close()
    running.close()


def _request(
    connection: http.client.HTTPConnection, method: str, path: str, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def test_a_page_has_the_script_and_an_etag(connection: http.client.HTTPConnection) -> None:
    status, headers, body = _request(connection, "GET", "/")
    assert (status, body) == (200, inject_script(PAGE, headers["ETag"].strip('"')))
    assert headers["Cache-Control"] == "no-cache"
    status, _, body = _request(connection, "GET", "/", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    status, again, body = _request(connection, "HEAD", "/?a=1")
    assert (status, again["ETag"], body) == (200, headers["ETag"], b"")


def test_other_files_are_served_unchanged(connection: http.client.HTTPConnection) -> None:
    status, _, body = _request(connection, "GET", "/sheet.css")
    assert (status, body) == (200, b"p {}")
    status, _, body = _request(connection, "GET", "/livereload.js")
    assert status == 200
    assert b"EventSource" in body


def test_the_event_stream_begins_with_the_messages(
    connection: http.client.HTTPConnection, hub: EventHub
) -> None:
    message = BuildMessage("a.md", 1, 2, "<b>\n", "title", "Write <i>.", "a.b")
    hub.set_messages([message])
    connection.request("GET", "/livereload")
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"

    def event() -> tuple[str, object]:
        lines: list[str] = []
        while not lines or not lines[-1].startswith("data: "):
            lines.append(response.readline().decode())
        return lines[-2].strip(), json.loads(lines[-1].removeprefix("data: "))

    fields = {"path": "a.md", "line": 1, "column": 2, "message": "<b>\n"}
    fields |= {"field": "title", "hint": "Write <i>.", "code": "a.b"}
    assert event() == ("event: problems", [fields])
    hub.send("pages")
    hub.set_messages([message])  # unchanged, so no event
    hub.send("files", ["/sheet.css"])
    hub.set_messages([])
    assert event() == ("event: pages", None)
    assert event() == ("event: files", ["/sheet.css"])
    assert event() == ("event: problems", [])


def _open_connections(
    connection: http.client.HTTPConnection, count: int, request: bytes
) -> list[socket.socket]:
    """Open connections that send an incomplete request, or a request whose answer nobody reads."""
    opened = [socket.create_connection((connection.host, connection.port), timeout=5) for _ in range(count)]
    for client in opened:
        client.sendall(request)
    return opened


def test_idle_connections_cost_no_threads_and_are_limited(connection: http.client.HTTPConnection) -> None:
    threads = threading.active_count()
    clients = _open_connections(connection, 150, b"GET /livereload HTTP/1.1\r\n\r\n")
    clients += _open_connections(connection, 250, b"GET / HT")
    assert _request(connection, "GET", "/sheet.css")[2] == b"p {}"
    # One thread reads files.
    assert threading.active_count() <= threads + 1
    # Connections without a request are closed before event streams are.
    closed = 0
    for client in clients[150:]:
        client.settimeout(0.001)
        try:
            closed += not client.recv(1)
        except ConnectionError:
            closed += 1
        except TimeoutError:
            pass
    assert closed > 200
    for client in clients:
        client.close()


def test_a_client_that_sends_nothing_is_disconnected(
    connection: http.client.HTTPConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_IDLE_SECONDS", 0.01)
    (client,) = _open_connections(connection, 1, b"GET /")
    assert client.recv(1) == b""
    client.close()


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: " + b"a" * 100_000, 400),
        (b"POST / HTTP/1.1\r\n\r\n", 405),
    ],
)
def test_a_request_that_is_not_understood(
    connection: http.client.HTTPConnection, request_text: bytes, status: int
) -> None:
    (client,) = _open_connections(connection, 1, request_text)
    assert client.recv(100).startswith(f"HTTP/1.1 {status} ".encode())
    client.close()


def test_a_stream_whose_events_nobody_reads_ends() -> None:
    async def fill() -> list[bytes | None]:
        hub = EventHub()
        stream = hub.open_stream()
        for _ in range(1000):
            hub.send("pages")
        await asyncio.sleep(0.01)
        return [stream.get_nowait() for _ in range(stream.qsize())]

    events = asyncio.run(fill())
    assert events[0] is None
    assert len(events) <= 101
