"""What belongs to posts that are not out."""

import pytest

from portfolio.blog import publication_status

FILES = {"b/posts/a.png", "b/posts/a.dark.png", "b/posts/of/data (1).csv", "b/posts/lone.png"}
DRAFT = "---\nimage: b/posts/a.png\n---\n# D\n\n" + (
    "![A](../posts/a.png#only-light) and [data](of/data%20%281%29.csv)\n"
)


def test_what_only_a_draft_refers_to_belongs_to_it() -> None:
    assert publication_status.find_draft_assets({"b/posts/d.md": DRAFT}, {}, FILES) == FILES - {
        "b/posts/lone.png"
    }
    assert publication_status.find_draft_assets({}, {"index.md": DRAFT}, FILES) == set()


@pytest.mark.parametrize(
    "shown",
    [
        "![A](b/posts/a.png)",
        "[A](b/posts/%61.png?x)",
        '<img alt="" src="../2026/a.png">',
        '<img alt="" srcset="x/a.png 2x, c.png">',
        "![A][a]\n\n[a]: <b/posts/a.png>",
        "---\nimage: b/posts/a.png\n---\n",
    ],
)
def test_what_another_page_shows_is_published(shown: str) -> None:
    found = publication_status.find_draft_assets(
        {"b/posts/d.md": DRAFT}, {"index.md": shown, "x.md": "# a.pn"}, FILES
    )
    assert "b/posts/a.png" not in found
    assert "b/posts/of/data (1).csv" in found


def test_a_namesake_elsewhere_is_another_file() -> None:
    other = {"b/posts/p/index.md": "![A](a.png)"}
    assert "b/posts/a.png" in publication_status.find_draft_assets({"b/posts/d.md": DRAFT}, other, FILES)
