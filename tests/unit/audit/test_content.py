"""The page of each kind on a built site."""

from pathlib import Path

from tests.audit import content
from tests.audit.content import MATH_POST, POST, RICH_POST, Site

_PAGES = {
    "index.html": "",
    "404.html": "",
    "old.html": '<meta http-equiv="refresh" content="0; url=cv/">',
    "cv/index.html": "",
    "projects/index.html": "",
    "projects/bridge/index.html": "",
    "notes/index.html": "",
    "notes/page/2/index.html": "",
    "notes/page/3/index.html": "",
    "notes/archive/2024/index.html": "",
    "notes/category/müsli/index.html": "",
    "notes/2024/01/01/short/index.html": "<article>",
    "notes/2024/01/02/longer/index.html": "<article>longer",
    "notes/2024/01/03/math/index.html": '<article><math display="block">',
    "notes/2024/01/04/rich/index.html": '<article><table></table><pre></pre><sup id="fnref:1">',
}


def test_longest_post_and_first_page_of_each_other_kind(tmp_path: Path) -> None:
    (tmp_path / "docs" / "notes" / "posts").mkdir(parents=True)
    settings = "site_name: A\nsite_url: https://example.org/a/\nplugins: [{blog: {blog_dir: notes}}]\n"
    (tmp_path / "mkdocs.yml").write_text(settings, encoding="utf-8")
    for name, text in _PAGES.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    site = content.find(Site("a", str), tmp_path)
    assert site.base == "/a"
    assert site.pages == {
        "home": "",
        "projects": "projects/",
        "project story": "projects/bridge/",
        "CV": "cv/",
        "blog": "notes/",
        "blog page 2": "notes/page/2/",
        "archive": "notes/archive/2024/",
        "category": "notes/category/m%C3%BCsli/",
        "404": "404.html",
        POST: "notes/2024/01/02/longer/",
        MATH_POST: "notes/2024/01/03/math/",
        RICH_POST: "notes/2024/01/04/rich/",
        "redirect": "old.html",
    }
    assert site.file("category").name == "index.html"
