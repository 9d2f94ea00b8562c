"""External links: where URLs are written, and requests to real servers on this machine."""

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
from portfolio.lint.documents import read_documents
from portfolio.lint.external_links import (
    Answer,
    LinkClient,
    check_urls,
    collect_external_links,
    load_cache,
    report_dead_links,
    save_cache,
)
from portfolio.sources import mkdocs_yml
from tests.unit.portfolio import records

TODAY = date(2026, 6, 1)
STATUSES = {"/gone": 410, "/missing": 404, "/refused": 403, "/broken": 500, "/busy": 429, "/down": 503}
WIKI = "https://a.example/wiki/Attention_(machine_learning)"


def collect(root: Path, files: dict[str, str]) -> dict[str, list[str]]:
    records.write(root, {"mkdocs.yml": "site_name: T\nplugins: [blog]\n", "docs/index.md": "# T\n", **files})
    paths, problems = mkdocs_yml.read_paths(root / "mkdocs.yml")
    assert problems == []
    documents = read_documents(paths, mkdocs_yml.read_settings(root / "mkdocs.yml"))
    links = collect_external_links(documents, paths.data, paths.root)
    return {url: [f"{at.path}:{at.line}:{at.column}" for at in positions] for url, positions in links.items()}


@pytest.mark.parametrize(
    ("written", "url", "column"),
    [
        (f"<{WIKI}>", WIKI, 2),
        (f"[x]({WIKI})", WIKI, 1),
        (f"[x](<{WIKI}> 'T')", WIKI, 1),
        (f"(see {WIKI}).", WIKI, 6),
        (f'<a href="{WIKI}">x</a>', WIKI, 10),
        ("<https://a.example/x_>", "https://a.example/x_", 2),
        ("at https://a.example/x_ too", "https://a.example/x_", 4),
        ("_https://a.example/x_, so", "https://a.example/x", 2),
        ("*https://a.example/x*", "https://a.example/x", 2),
        ("[x](https://a.example/?a=1&amp;b=2)", "https://a.example/?a=1&b=2", 1),
        ('<img alt="" src="https://a.example/?a=1&amp;b">', "https://a.example/?a=1&b", 18),
        ("[x](https://a.example/?a&copy=2)", "https://a.example/?a&copy=2", 1),
        ("[x](https://a.example/a\\_b)", "https://a.example/a_b", 1),
        ("[x](HTTPS://a.example/X#part)", "https://a.example/X", 1),
        ("[x](//a.example/x)", "https://a.example/x", 1),
        ("HTTP://a.example/x, so", "http://a.example/x", 1),
        ("[x][y]\n\n[y]: https://a.example/(x)", "https://a.example/(x)", 1),
    ],
)
def test_collect_reads_urls_in_a_page(tmp_path: Path, written: str, url: str, column: int) -> None:
    line = 3 + written.count("\n")
    assert collect(tmp_path, {"docs/x.md": f"# X\n\n{written}\n"}) == {url: [f"docs/x.md:{line}:{column}"]}


def test_collect_includes_a_url_that_is_the_beginning_of_another(tmp_path: Path) -> None:
    text = "# X\n\n[x](https://a.example/x) and https://a.example/\n"
    assert list(collect(tmp_path, {"docs/x.md": text})) == ["https://a.example/", "https://a.example/x"]


def test_collect_reads_urls_in_data_and_front_matter(tmp_path: Path) -> None:
    files = {
        "docs/data/talks.yml": f"talks:\n  - {{url: '{WIKI}', at: https://a.example/y_}}  # https://no.example\n",
        "docs/data/software.yml": "software:\n  - summary: |\n      First [x](https://a.example/p) and\n"
        "      https://a.example/q.\n",
        "docs/data/publications.bib": "@misc{a,\n  url = {https://a.example/a\\_b?c\\&d},\n"
        f'  doi = "https://a.example/)",\n  note = {{See {WIKI}.}},\n}}\n',
        "docs/blog/posts/p.md": "---\ndate: 2026-01-01\nimage: HTTPS://a.example/i.png\n"
        "links:\n  - A: https://a.example/l\n  - index.md\n---\n# P\n",
    }
    assert collect(tmp_path, files) == {
        "https://a.example/)": ["docs/data/publications.bib:3:10"],
        "https://a.example/a_b?c&d": ["docs/data/publications.bib:2:10"],
        "https://a.example/i.png": ["docs/blog/posts/p.md:3:8"],
        "https://a.example/l": ["docs/blog/posts/p.md:5:8"],
        "https://a.example/p": ["docs/data/software.yml:3:17"],
        "https://a.example/q": ["docs/data/software.yml:4:7"],
        WIKI: ["docs/data/publications.bib:4:15", "docs/data/talks.yml:2:12"],
        "https://a.example/y_": ["docs/data/talks.yml:2:70"],
    }


def test_collect_leaves_out_invalid_urls(tmp_path: Path) -> None:
    text = "# X\n\n[x](http://[::1/) http://\uff03.example/ http://a:b.example\n"
    assert list(collect(tmp_path, {"docs/x.md": text})) == ["http://a:b.example"]


class Pages(BaseHTTPRequestHandler):
    requests: Counter[str]
    agents: set[str]

    def answer(self) -> None:
        path = self.path.partition("?")[0]
        self.requests[f"{self.command} {path}"] += 1
        self.agents.add(self.headers["User-Agent"])
        if path in ("/moved", "/for-now", "/loop"):
            self.send_response(302 if path == "/for-now" else 301)
            self.send_header("Location", path if path == "/loop" else "/there")
        elif path == "/no-head" and self.command == "HEAD":
            self.send_response(405)
        else:
            self.send_response(STATUSES.get(path, 200))
        if path in ("/busy", "/down"):
            self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 - the names are the base class's

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, type[Pages]]]:
    pages = type("_Pages", (Pages,), {"requests": Counter(), "agents": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "verdict", "status"),
    [
        ("/there", "works", 200),
        ("/no-head", "works", 200),
        ("/moved", "works", 200),
        ("/for-now", "works", 200),
        ("/gone", "dead", 410),
        ("/missing", "dead", 404),
        ("/refused", "unknown", 403),
        ("/broken", "unknown", 500),
        ("/loop", "unknown", 0),
    ],
)
def test_client_returns_the_verdict_and_the_status(
    server: tuple[str, type[Pages]], path: str, verdict: str, status: int
) -> None:
    answer = LinkClient("Über", "https://example.org/", wait=lambda _: None)(server[0] + path)
    assert (answer.verdict, answer.status) == (verdict, status)
    assert answer.moved_to == (f"{server[0]}/there" if path == "/moved" else "")
    assert server[1].agents == {"ber link check (+https://example.org/)"}


def test_client_does_not_know_whether_an_unreachable_url_works() -> None:
    for url, reason in (
        ("http://127.0.0.1:9/", "no connection"),
        ("http://[", "not a valid URL"),
        ("http://[::1/", "not a valid URL"),
        ("http://a.example:port/", "not a valid URL"),
        (f"http://{'a' * 70}.example/", "not a valid URL"),
    ):
        answer = LinkClient("T", "", wait=lambda _: None)(url)
        assert (answer.verdict, answer.reason) == ("unknown", reason), url


def test_client_requests_a_page_again_after_a_pause_and_only_if_it_may_answer_differently(
    server: tuple[str, type[Pages]],
) -> None:
    at, pages = server
    pauses: list[float] = []
    client = LinkClient("T", "", wait=pauses.append)
    for path in ("/there", "/gone", "/missing", "/busy", "/down"):
        client(at + path)
    assert (pauses, pages.requests) == (
        [],
        Counter(f"HEAD {path}" for path in ("/there", "/gone", "/missing", "/busy", "/down")),
    )
    client(f"{at}/no-head")
    assert pauses == [1.0]
    assert client(f"{at}/loop").reason == "it redirects more than 5 times"
    assert pages.requests["HEAD /loop"] == pages.requests["GET /loop"] == 6


@pytest.mark.parametrize(
    ("path", "answer"), [("busy", "429 Too Many Requests"), ("down", "503 Service Unavailable")]
)
def test_a_host_that_limits_requests_gets_no_more(
    server: tuple[str, type[Pages]], path: str, answer: str
) -> None:
    at, pages = server
    pauses: list[float] = []
    urls = [f"{at}/{name}" for name in (path, "later", "there")]
    answers = check_urls(urls, LinkClient("T", "", wait=lambda _: None), {}, TODAY, wait=pauses.append)
    assert (pages.requests, pauses) == (Counter([f"HEAD /{path}"]), [])
    assert report_dead_links({}, answers) == (
        [],
        [
            f"unclear: {at}/{path} ({answer}; retry after: 3600)",
            f"unclear: {at}/later (not requested, because the host asks for fewer requests)",
            f"unclear: {at}/there (not requested, because the host asks for fewer requests)",
        ],
    )


def test_working_urls_are_requested_once_a_week_and_a_host_once_a_second() -> None:
    requests: list[str] = []
    pauses: list[float] = []

    def request(url: str) -> Answer:
        requests.append(url)
        return Answer(404 if url.endswith("gone") else 200)

    urls = ["https://a.example/1", "https://a.example/2", "https://b.example/gone"]
    first = check_urls(urls, request, {}, TODAY, wait=pauses.append)
    assert (sorted(requests), pauses) == (urls, [1.0])
    requests.clear()
    assert check_urls(urls, request, first, date(2026, 6, 6), wait=pauses.append).keys() == first.keys()
    assert requests == ["https://b.example/gone"]
    check_urls(urls, request, first, date(2026, 6, 7), wait=pauses.append)
    assert len(requests) == 4


def test_several_hosts_are_requested_at_a_time() -> None:
    both = threading.Barrier(2)

    def request(_url: str) -> Answer:
        both.wait(timeout=10)  # Raises unless another thread waits as well.
        return Answer(200)

    answers = check_urls(["https://a/", "https://b/"], request, {}, TODAY)
    assert [answer.status for answer in answers.values()] == [200, 200]


def test_the_report_has_positions_and_is_sorted() -> None:
    links = {
        "https://gone": [
            Diagnostic("b.md", 2, 1, "link", "", code="link.dead"),
            Diagnostic("a.md", 1, 1, "link", "", code="link.dead"),
        ],
        "https://403": [Diagnostic("a.md", 3, 1, "link", "", code="link.dead")],
    }
    answers = {
        "https://gone": Answer(404, "Not Found"),
        "https://403": Answer(403, "Forbidden"),
        "https://moved": Answer(200, "OK", "https://new"),
    }
    dead, notes = report_dead_links(links, answers)
    assert [str(diagnostic) for diagnostic in dead] == [
        "a.md:1:1: link: https://gone is gone (404 Not Found).",
        "b.md:2:1: link: https://gone is gone (404 Not Found).",
    ]
    assert {diagnostic.code for diagnostic in dead} == {"link.dead"}
    assert notes == ["moved: https://moved to https://new", "unclear: https://403 (403 Forbidden)"]


def test_a_damaged_cache_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "links.json"
    answers = {"https://a": Answer(200, "OK", "https://b", day=date(2026, 6, 1))}
    save_cache(path, answers)
    assert load_cache(path) == answers
    for text in ("", "[]", "{", '{"https://a": 1}', '{"https://a": {"status": 200, "day": "soon"}}'):
        path.write_text(text)
        assert load_cache(path) == {}, text
    save_cache(tmp_path / "deep" / "links.json" / "below", answers)


def test_links_command_prints_every_dead_link_with_its_positions(
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
    assert "HEAD /code" not in pages.requests
    pages.requests.clear()
    assert main(["links", "--config", config]) == 1
    assert "HEAD /there" not in pages.requests
