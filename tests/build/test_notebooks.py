"""Notebooks among the posts of a built site, and diagnostics in them."""

import re
from pathlib import Path

import pytest

from tests.support import html, persona, project, search_index
from tests.support import notebooks as nb

CELLS = (
    nb.raw(nb.FRONT.replace("tags", "about: [brücke]\ntags")),
    nb.text("# Wind on a deck\n\nThe load is $w = v^2$, see [cables](cables.md).\n"),
    nb.code(
        "#| fig-alt: A deck\nfor x in y: pass\n",
        nb.stream("\x1b[31mred\x1b[0m\n"),
        nb.display(image_png=nb.png(), text_plain="<Figure>"),
        nb.display(text_html="<table><tr onclick=a()><td>1</td></tr></table><script>alert(1)</script>"),
    ),
)


def build(root: Path) -> Path:
    built = project.mkdocs(root, "build", "--strict")
    assert built.returncode == 0, built.stderr
    return root / "site"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = persona.copy(tmp_path_factory.mktemp("notebooks") / "project")
    posts = root / "docs/notes/posts"
    nb.write(posts / "wind (1).ipynb", *CELLS)
    draft = nb.FRONT.replace("date", "draft: true\ndate")
    nb.write(
        posts / "draft.ipynb", nb.raw(draft), nb.code("#| fig-alt: a", nb.display(image_png=nb.png("red")))
    )
    nb.write(root / "docs/plain.ipynb", nb.text("No post."))
    expansion = posts / "expansion.md"
    expansion.write_text(
        expansion.read_text(encoding="utf-8") + "\nSee [the wind](<wind (1).ipynb>).\n", encoding="utf-8"
    )
    settings = root / "mkdocs.yml"
    edit = "repo_url: https://example.org/layla/site\nedit_uri: edit/main/docs/\n"
    settings.write_text(edit + settings.read_text(encoding="utf-8"), encoding="utf-8")
    build(root)
    return root


def test_a_notebook_is_a_post(root: Path) -> None:
    page = root / "site/notes/2025/08/09/wind-on-a-deck/index.html"
    article = html.parse(page).css_first("article")
    assert article is not None
    assert len(article.css("math")) == 1
    assert [code.text().strip() for code in article.css(".highlight.language-python code")] == [
        "for x in y: pass"
    ]
    assert article.css(".highlight.language-python .k")
    assert [code.text().strip() for code in article.css(".highlight.output code")] == ["red"]
    assert [cell.text() for cell in article.css("div.output div.table[tabindex] td")] == ["1"]
    assert not article.css("script, [onclick]")
    (image,) = article.css("img")
    assert {"alt": "A deck", "width": "32", "height": "20"}.items() <= image.attributes.items()
    assert (
        page.parent
        / html.attribute_value(image, "src").replace("%20", " ").replace("%28", "(").replace("%29", ")")
    ).is_file()
    assert article.css("section.linked a[href$='timeline/#br%C3%BCcke']")


def test_a_notebook_is_in_the_index_the_feed_and_the_search_and_can_be_linked(root: Path) -> None:
    site = root / "site"
    assert "Wind on a deck" in (site / "notes/index.html").read_text(encoding="utf-8")
    assert "Wind on a deck" in (site / "feed.json").read_text(encoding="utf-8")
    assert "Wind on a deck" in search_index.text(site)
    expansion = html.parse(site / "notes/2025/06/07/expansion/index.html")
    assert "../../../08/09/wind-on-a-deck/" in list(html.attribute_values(expansion, "article a", "href"))


def test_other_notebooks_stay_files_and_drafts_publish_nothing(root: Path) -> None:
    site = root / "site"
    assert (site / "plain.ipynb").is_file()
    assert [path.name for path in (site / "notes").rglob("*.ipynb")] == []
    assert [re.sub("-[0-9a-f]{12}", "-…", path.name) for path in (site / "notes").glob("*.png")] == [
        "wind (1)-….png"
    ]


def test_check_counts_notebooks_and_reports_the_same_as_a_build(tmp_path: Path) -> None:
    project_root = persona.copy(tmp_path / "project")
    posts = project_root / "docs/notes/posts"
    nb.write(posts / "good.ipynb", *CELLS)
    check = project.python(project_root, "-m", "portfolio", "check", env={"PYTHONPATH": _path()})
    assert "Posts 3" in check.stdout, check.stdout + check.stderr

    nb.write(posts / "a.ipynb", nb.raw("---\ndate: tomorrow\nabout: [nobody]\n---\n"), nb.text("a"))
    nb.write(posts / "b.ipynb", nb.raw(nb.FRONT), nb.code("x", nb.display(image_png="!")))
    nb.write(posts / "c.ipynb", nb.text("no front matter"))
    (posts / "d.ipynb").write_text('{"cells": [}', encoding="utf-8")
    check = project.python(project_root, "-m", "portfolio", "check", env={"PYTHONPATH": _path()})
    build = project.mkdocs(project_root, "build")
    lines = [line.partition("posts/")[2] for line in check.stdout.splitlines()]
    assert [line.split(". ")[0] for line in lines] == [
        "a.ipynb:16:6: cell 1, line 2: date: 'tomorrow' is not a date",
        "a.ipynb:17:14: about[0]: there is no 'nobody'.",
        "b.ipynb:29:5: cell 2, output 1: this image/png cannot be shown: its base64 is invalid.",
        "c.ipynb:1:1: this post has no front matter",
        "d.ipynb:1:12: this is not JSON: expecting value.",
    ]
    assert check.returncode == build.returncode == 1
    assert re.findall(r"^ERROR +- +(docs/.*)$", build.stderr, re.MULTILINE) == check.stdout.splitlines()
    assert "Traceback" not in check.stderr + build.stderr


def test_an_invalid_formula_is_reported_at_its_place_in_the_notebook(tmp_path: Path) -> None:
    project_root = persona.copy(tmp_path / "project")
    path = project_root / "docs/notes/posts/wind.ipynb"
    nb.write(path, nb.raw(nb.FRONT), nb.text('# "T"\n\nIt is $a \\foo$.\n'))
    built = project.mkdocs(project_root, "build", "--strict")
    line = next(line for line in built.stderr.splitlines() if line.startswith("ERROR"))
    place = re.search(r"docs/notes/posts/wind\.ipynb:(\d+):(\d+): cell 2, line 3: formula: ", line)
    assert place, built.stderr
    written = path.read_text(encoding="utf-8").split("\n")[int(place[1]) - 1]
    assert written[int(place[2]) - 1 :].startswith("\\\\foo")


def _path() -> str:
    return project.environment().get("PYTHONPATH", "") + ":hooks"
