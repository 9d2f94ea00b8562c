"""Addresses of other sites are read as they are meant, wherever they are written."""

from pathlib import Path

import pytest

from portfolio.lint import documents as tree
from portfolio.lint import external_links
from portfolio.lint.documents import Converter
from portfolio.sources import mkdocs_yml
from tests.unit.portfolio import records

WIKI = "https://a.example/wiki/Attention_(machine_learning)"


def collected(root: Path, files: dict[str, str]) -> dict[str, list[str]]:
    records.write(root, {"mkdocs.yml": "site_name: T\nplugins: [blog]\n", "docs/index.md": "# T\n", **files})
    places, problems = mkdocs_yml.read_paths(root / "mkdocs.yml")
    assert problems == []
    documents = tree.read_documents(places, mkdocs_yml.read_settings(root / "mkdocs.yml"), Converter())
    found = external_links.collect_links(documents, places.data, places.root)
    return {url: [f"{at.path}:{at.line}:{at.column}" for at in places] for url, places in found.items()}


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
def test_in_a_page(tmp_path: Path, written: str, url: str, column: int) -> None:
    line = 3 + written.count("\n")
    assert collected(tmp_path, {"docs/x.md": f"# X\n\n{written}\n"}) == {url: [f"docs/x.md:{line}:{column}"]}


def test_one_that_begins_another_is_asked_for_too(tmp_path: Path) -> None:
    text = "# X\n\n[x](https://a.example/x) and https://a.example/\n"
    assert list(collected(tmp_path, {"docs/x.md": text})) == ["https://a.example/", "https://a.example/x"]


def test_in_data_and_front_matter(tmp_path: Path) -> None:
    files = {
        "docs/data/talks.yml": f"talks:\n  - {{url: '{WIKI}', at: https://a.example/y_}}  # https://no.example\n",
        "docs/data/software.yml": "software:\n  - summary: |\n      First [x](https://a.example/p) and\n"
        "      https://a.example/q.\n",
        "docs/data/publications.bib": "@misc{a,\n  url = {https://a.example/a\\_b?c\\&d},\n"
        f'  doi = "https://a.example/)",\n  note = {{See {WIKI}.}},\n}}\n',
        "docs/blog/posts/p.md": "---\ndate: 2026-01-01\nimage: HTTPS://a.example/i.png\n"
        "links:\n  - A: https://a.example/l\n  - index.md\n---\n# P\n",
    }
    assert collected(tmp_path, files) == {
        "https://a.example/)": ["docs/data/publications.bib:3:10"],
        "https://a.example/a_b?c&d": ["docs/data/publications.bib:2:10"],
        "https://a.example/i.png": ["docs/blog/posts/p.md:3:8"],
        "https://a.example/l": ["docs/blog/posts/p.md:5:8"],
        "https://a.example/p": ["docs/data/software.yml:3:17"],
        "https://a.example/q": ["docs/data/software.yml:4:7"],
        WIKI: ["docs/data/publications.bib:4:15", "docs/data/talks.yml:2:12"],
        "https://a.example/y_": ["docs/data/talks.yml:2:70"],
    }


def test_what_is_no_address_is_left_to_the_check(tmp_path: Path) -> None:
    text = "# X\n\n[x](http://[::1/) http://\uff03.example/ http://a:b.example\n"
    assert list(collected(tmp_path, {"docs/x.md": text})) == ["http://a:b.example"]
