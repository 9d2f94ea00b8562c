"""Links to other sites, asked of real servers on this machine."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from portfolio.cli import main
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import external_links
from portfolio.lint.external_links import Answer, CachedAnswer, LinkClient
from tests.unit.portfolio import records

TODAY = date(2026, 6, 1)


class Pages(BaseHTTPRequestHandler):
    asked: Counter[str]
    agents: set[str]

    def answer(self) -> None:
        path = self.path.partition("?")[0]
        self.asked[f"{self.command} {path}"] += 1
        self.agents.add(self.headers["User-Agent"])
        if path in ("/moved", "/for-now", "/circle"):
            self.send_response(302 if path == "/for-now" else 301)
            self.send_header("Location", path if path == "/circle" else "/there")
        elif path == "/no-head" and self.command == "HEAD":
            self.send_response(405)
        else:
            self.send_response(
                {"/gone": 410, "/missing": 404, "/refused": 403, "/broken": 500, "/busy": 429}.get(path, 200)
            )
        if path == "/busy":
            self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 - the names are the base class's

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, type[Pages]]]:
    pages = type("_Pages", (Pages,), {"asked": Counter(), "agents": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "verdict", "status"),
    [
        ("/there", "there", 200),
        ("/no-head", "there", 200),
        ("/moved", "there", 200),
        ("/gone", "gone", 410),
        ("/missing", "gone", 404),
        ("/refused", "unsure", 403),
        ("/broken", "unsure", 500),
        ("/circle", "unsure", 0),
    ],
)
def test_what_a_site_answers(server: tuple[str, type[Pages]], path: str, verdict: str, status: int) -> None:
    answer = LinkClient("Über", "https://example.org/", pause=0)(server[0] + path)
    assert (answer.verdict, answer.status) == (verdict, status)
    assert answer.moved == (f"{server[0]}/there" if path == "/moved" else "")
    assert server[1].agents == {"ber link check (+https://example.org/)"}


def test_a_site_that_is_not_there_proves_nothing() -> None:
    for url in (
        "http://127.0.0.1:9/",
        "http://[",
        "http://[::1/",
        "http://a.example:port/",
        f"http://{'a' * 70}.example/",
    ):
        assert LinkClient("T", "", pause=0)(url).verdict == "unsure", url


def test_what_is_asked_again_is_asked_after_a_pause_and_only_where_that_may_tell_more(
    server: tuple[str, type[Pages]],
) -> None:
    at, pages = server
    pauses: list[float] = []
    visitor = LinkClient("T", "", pause=2.0, wait=pauses.append)
    for path in ("/there", "/gone", "/missing", "/busy"):
        visitor(at + path)
    assert (pauses, pages.asked) == (
        [],
        Counter(f"HEAD {path}" for path in ("/there", "/gone", "/missing", "/busy")),
    )
    visitor(f"{at}/no-head")
    assert pauses == [2.0]
    assert visitor(f"{at}/circle").words == "it redirects more than 5 times"
    assert pages.asked["HEAD /circle"] == pages.asked["GET /circle"] == 6


def test_a_site_that_asks_for_peace_gets_it(server: tuple[str, type[Pages]]) -> None:
    at, pages = server
    pauses: list[float] = []
    urls = [f"{at}/{name}" for name in ("busy", "later", "there")]
    found = external_links.check_urls(urls, LinkClient("T", "", pause=0), {}, TODAY, wait=pauses.append)
    assert (pages.asked, pauses) == (Counter(["HEAD /busy"]), [])
    assert external_links.report_links({}, found) == (
        [],
        [
            f"not sure: {at}/busy (429 Too Many Requests; come again: 3600)",
            f"not sure: {at}/later (not asked: its site wants to be left in peace for now)",
            f"not sure: {at}/there (not asked: its site wants to be left in peace for now)",
        ],
    )


def test_what_was_there_is_not_asked_for_again_for_a_week_and_hosts_are_not_hurried() -> None:
    asked: list[str] = []
    pauses: list[float] = []

    def fetch(url: str) -> Answer:
        asked.append(url)
        return Answer(404 if url.endswith("gone") else 200)

    urls = ["https://a.example/1", "https://a.example/2", "https://b.example/gone"]
    first = external_links.check_urls(urls, fetch, {}, TODAY, wait=pauses.append)
    assert (sorted(asked), pauses) == (urls, [1.0])
    asked.clear()
    assert (
        external_links.check_urls(urls, fetch, first, date(2026, 6, 6), wait=pauses.append).keys()
        == first.keys()
    )
    assert asked == ["https://b.example/gone"]
    external_links.check_urls(urls, fetch, first, date(2026, 6, 7), wait=pauses.append)
    assert len(asked) == 4


def test_several_sites_are_asked_at_a_time() -> None:
    both = threading.Barrier(2)

    def fetch(_url: str) -> Answer:
        both.wait(timeout=10)  # Raises where nobody else comes.
        return Answer(200)

    found = external_links.check_urls(["https://a/", "https://b/"], fetch, {}, TODAY)
    assert [seen.answer.status for seen in found.values()] == [200, 200]


def test_the_report_has_places_and_is_sorted() -> None:
    places = {
        "https://gone": [Diagnostic("b.md", 2, 1, "link", ""), Diagnostic("a.md", 1, 1, "link", "")],
        "https://403": [Diagnostic("a.md", 3, 1, "link", "")],
    }
    found = {
        "https://gone": CachedAnswer(Answer(404, "Not Found"), ""),
        "https://403": CachedAnswer(Answer(403, "Forbidden"), ""),
        "https://moved": CachedAnswer(Answer(200, "OK", "https://new"), ""),
    }
    gone, notes = external_links.report_links(places, found)
    assert [str(problem) for problem in gone] == [
        "a.md:1:1: link: https://gone is gone (404 Not Found).",
        "b.md:2:1: link: https://gone is gone (404 Not Found).",
    ]
    assert notes == ["moved: https://moved to https://new", "not sure: https://403 (403 Forbidden)"]


def test_the_cache_survives_damage(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "links.json"
    found = {"https://a": CachedAnswer(Answer(200, "OK", "https://b"), "2026-06-01")}
    external_links.save_cache(path, found)
    assert external_links.load_cache(path) == found
    for text in ("", "[]", "{", '{"https://a": 1}', '{"https://a": {"answer": {"x": 1}, "day": 1}}'):
        path.write_text(text)
        assert external_links.load_cache(path) == {}, text
    external_links.save_cache(tmp_path / "deep" / "links.json" / "below", found)


def test_the_command_tells_all_that_is_gone_with_its_places(
    server: tuple[str, type[Pages]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, pages = server
    records.write(
        tmp_path,
        {
            "mkdocs.yml": "site_name: T\n",
            "docs/index.md": f'# T\n\n[a]({at}/gone#x "T") <{at}/there>, {at}/there?(b).\n\n`{at}/code`\n',
            "docs/data/software.yml": f"software:\n  - {{id: a, name: A, url: '{at}/missing'}}\n",
        },
    )
    config = str(tmp_path / "mkdocs.yml")
    assert main(["links", "--config", config]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "4 links to 1 other sites, 2 gone.",
        f"docs/data/software.yml:2:28: link: {at}/missing is gone (404 Not Found).",
        f"docs/index.md:3:1: link: {at}/gone is gone (410 Gone).",
    ]
    assert "HEAD /code" not in pages.asked
    pages.asked.clear()
    assert main(["links", "--config", config]) == 1
    assert "HEAD /there" not in pages.asked
