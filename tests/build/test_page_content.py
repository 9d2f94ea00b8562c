"""Formulas, diagrams and included files in a built site: on pages, in posts and in the excerpts of posts."""

import re
from pathlib import Path

import pytest

from tests.support import html, project

SETTINGS = f"""\
site_name: A
site_url: http://localhost/
theme: {{name: material, font: false}}
plugins:
  - blog: {{blog_dir: notes}}
markdown_extensions:
  - pymdownx.arithmatex: {{generic: true}}
  - pymdownx.superfences
hooks: [{project.ROOT / "hooks/page_content.py"}]
"""

DIAGRAM = "```mermaid\nflowchart LR\n  A[one] --> B[two] --> C[three] --> D[four]\n```\n"

POST = """\
---
date: 2020-01-01
---
# {title}

A {formula} here.

{diagram}
<!-- more -->

$$
{display}
$$
"""


def write_post(root: Path, title: str, formula: str, diagram: str, display: str) -> None:
    text = POST.format(title=title, formula=formula, diagram=diagram, display=display)
    (root / f"docs/notes/posts/{title}.md").write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs/notes/posts").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(SETTINGS)
    (tmp_path / "docs/index.md").write_text("# Home\n")
    (tmp_path / "docs/notes/index.md").write_text("# Notes\n")
    return tmp_path


def test_posts_and_their_excerpts(root: Path) -> None:
    write_post(root, "one", "$a < b$", DIAGRAM, "c")
    write_post(root, "two", r"\(a < b\)", DIAGRAM, "d")
    built = project.mkdocs(root, "build", "--strict")
    assert built.returncode == 0, built.stderr

    post = html.parse(root / "site/notes/2020/01/01/one/index.html")
    assert [math.attributes.get("display") for math in post.css("article math")] == [None, "block"]
    assert len(post.css("article .diagram svg[role=img]")) == 1

    # An excerpt is the first paragraph.
    index = html.parse(root / "site/notes/index.html")
    assert len(index.css("article math")) == 2
    assert index.css("article .diagram") == []


def test_each_error_is_reported_once_with_its_place(root: Path) -> None:
    write_post(root, "one", r"$a \foo$", "```mermaid\nflowchart LR\n  A -->\n  -->\n```\n", r"\bar{")
    (root / "docs/index.md").write_text("---\ntitle: T\n---\n\n# Home\n\nIt is $x \\foo$ and $x \\foo$.\n")
    built = project.mkdocs(root, "build", "--strict")
    errors = [line.split("-  ")[1] for line in built.stderr.splitlines() if line.startswith("ERROR")]
    places = sorted(line.split(": ")[:2] for line in errors)
    assert built.returncode == 1
    assert "Traceback" not in built.stderr
    assert places == [
        ["docs/index.md:7:10", "formula"],
        ["docs/index.md:7:23", "formula"],
        ["docs/notes/posts/one.md:11:3", "diagram"],
        ["docs/notes/posts/one.md:18:1", "formula"],
        ["docs/notes/posts/one.md:6:6", "formula"],
    ]


def test_invalid_formulas_and_diagrams_are_shown_as_code(root: Path) -> None:
    write_post(root, "one", r"$a \foo$", "```mermaid\nno such thing\n```\n", r"\bar{")
    built = project.mkdocs(root, "build")
    assert built.returncode == 0, built.stderr
    post = html.parse(root / "site/notes/2020/01/01/one/index.html")
    assert [code.text().strip() for code in post.css("article code")] == [
        r"a \foo",
        "no such thing",
        r"\bar{",
    ]


def test_an_edit_converts_only_the_page_that_depends_on_it(root: Path) -> None:
    extensions = "markdown_extensions:\n  - pymdownx.snippets: {base_path: [parts, .]}\n"
    settings = SETTINGS.replace("markdown_extensions:\n", extensions)
    hook = project.ROOT / "hooks/incremental_builds.py"
    (root / "mkdocs.yml").write_text(settings.replace("hooks: [", f"hooks: [{hook}, "))
    (root / "shared.txt").write_text("One.\n")
    (root / "docs/a.md").write_text("# A\n")

    def write(text: str) -> None:
        (root / "docs/index.md").write_text(f'# Home\n\n{text}\n\n--8<-- "shared.txt"\n\n{DIAGRAM}')

    def conversions() -> list[str]:
        built = project.mkdocs(root, "build", "--strict", "--verbose")
        assert built.returncode == 0, built.stderr
        return re.findall(r"Converted (.*)", built.stderr)

    write("A.")
    assert len(conversions()) == 3
    (root / "docs/a.md").write_text("# B\n")
    assert conversions() == ["a.md: its text changed."]
    (root / "shared.txt").write_text("Two.\n")
    assert conversions() == ["index.md: the answer to the query include(shared.txt) changed."]
    # A file in a folder that is looked at first.
    (root / "parts").mkdir()
    (root / "parts/shared.txt").write_text("Three.\n")
    assert conversions() == ["index.md: the answer to the query include(parts/shared.txt) changed."]
    assert "<p>Three.</p>" in (root / "site/index.html").read_text()
