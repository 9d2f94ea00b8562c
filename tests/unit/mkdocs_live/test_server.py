import http.client
import json
import threading
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_live.client_script import inject, tag_of
from mkdocs_live.event_stream import Hub
from mkdocs_live.problems import Problem
from mkdocs_live.server import Found, Server, answer, type_of

PAGE = b"<html><body><p>Text</p></body></html>"
FILES = {
    "index.html": PAGE,
    "a b/index.html": b"<body>A</body>",
    "404.html": b"<body>Nothing here</body>",
    "sheet.css": b"p {}",
}


class Tree:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return FILES.get(path)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/site/", Found(HTTPStatus.OK, "text/html; charset=utf-8", PAGE)),
        ("/site/sheet.css", Found(HTTPStatus.OK, "text/css; charset=utf-8", b"p {}")),
        ("/site/a b", Found(HTTPStatus.FOUND, location="/site/a%20b/")),
        ("/", Found(HTTPStatus.FOUND, location="/site/")),
        ("/site/no", Found(HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", FILES["404.html"])),
        ("/sheet.css", Found(HTTPStatus.NOT_FOUND, "text/html; charset=utf-8", FILES["404.html"])),
    ],
)
def test_addresses_are_those_of_mkdocs(path: str, found: Found) -> None:
    assert answer(path, "/site/", Tree()) == found


@given(st.lists(st.sampled_from(["..", ".", "a", "", "\\", "a\0", "~", "C:"]), max_size=8).map("/".join))
def test_nobody_gets_out_of_the_folder(rest: str) -> None:
    tree = Tree()
    answer(f"/site/{rest}", "/site/", tree)
    for path in tree.asked:
        assert not path.startswith(("/", "~/.."))
        assert not {"..", ""} & set(path.split("/"))
        assert "\0" not in path
        assert "\\" not in path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("sitemap.xml.gz", "application/gzip"),
        ("a.svg", "image/svg+xml; charset=utf-8"),
        ("a.png", "image/png"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_types(name: str, kind: str) -> None:
    assert type_of(name) == kind


def test_the_script_stands_at_the_end_of_the_body() -> None:
    page = inject(b"<body><pre></body></pre></body></html>", "t")
    assert page.startswith(b"<body><pre></body></pre><script ")
    assert page.endswith(b"</script></body></html>")
    assert inject(b"Text", "t").startswith(b"Text<script ")


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def connection(hub: Hub) -> Iterator[http.client.HTTPConnection]:
    server = Server("127.0.0.1", 0, Tree(), hub, "/")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    yield connection
    connection.close()
    hub.close()
    server.shutdown()
    server.server_close()
    thread.join()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def test_a_page_comes_with_the_script_and_is_asked_for_again(connection: http.client.HTTPConnection) -> None:
    status, headers, body = _ask(connection, "GET", "/")
    assert (status, body) == (200, inject(PAGE, tag_of(PAGE)))
    assert headers["Cache-Control"] == "no-cache"
    status, again, body = _ask(connection, "GET", "/", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    status, again, body = _ask(connection, "HEAD", "/?a=1")
    assert (status, again["ETag"], body) == (200, headers["ETag"], b"")


def test_other_files_come_as_they_are(connection: http.client.HTTPConnection) -> None:
    status, _, body = _ask(connection, "GET", "/sheet.css")
    assert (status, body) == (200, b"p {}")
    status, _, body = _ask(connection, "GET", "/livereload.js")
    assert status == 200
    assert b"EventSource" in body


def test_listeners_are_told_what_there_is_and_what_happens(
    connection: http.client.HTTPConnection, hub: Hub
) -> None:
    problem = Problem("a.md", 1, 2, "<b>\n")
    hub.show([problem])
    connection.request("GET", "/livereload")
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "text/event-stream"

    def event() -> tuple[str, object]:
        lines: list[str] = []
        while not lines or not lines[-1].startswith("data: "):
            lines.append(response.readline().decode())
        return lines[-2].strip(), json.loads(lines[-1].removeprefix("data: "))

    told = {"path": "a.md", "line": 1, "column": 2, "message": "<b>\n"}
    assert event() == ("event: problems", [told])
    hub.pages()
    hub.show([problem])  # known
    hub.files(["/sheet.css"])
    hub.show([])
    assert event() == ("event: pages", None)
    assert event() == ("event: files", ["/sheet.css"])
    assert event() == ("event: problems", [])
