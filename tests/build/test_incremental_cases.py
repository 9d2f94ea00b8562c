"""Cases that random edits hardly cover: incremental builds equal builds from scratch here, too."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import project
from tests.support.builder import Builder
from tests.support.compared_site import CACHE, ComparedSite
from tests.support.editable_blog import HOOK

pytestmark = pytest.mark.thorough

_BASE = """\
site_name: A
theme: {{name: material, font: false}}
{settings}
hooks:
  - {hook}
  - own.py
"""
_POST = "---\ndate: {year}-01-0{number}\n{front}---\n\n# {title}\n\nFirst.\n\n<!-- more -->\n\nMore.\n"
# Seconds after which two changes have different times in the file system.
_CLOCK_RESOLUTION = 2.1


@dataclass
class Small(ComparedSite):
    """A site of few pages. ``settings`` are lines of its mkdocs.yml."""

    settings: str = "plugins: [search, blog]"

    def begin(self) -> None:
        super().begin()
        self.write("own.py", "")
        for name in ("", "blog/", "news/"):
            self.write(f"docs/{name}index.md", "# Words\n")
        self.configure(self.settings)

    def configure(self, settings: str) -> None:
        self.write("mkdocs.yml", _BASE.format(settings=settings, hook=HOOK))

    def post(
        self, number: int, front: str = "", *, title: str = "A post", year: int = 2024, blog: str = "blog"
    ) -> None:
        text = _POST.format(year=year, number=number, front=front, title=title)
        self.write(f"docs/{blog}/posts/p{number}.md", text)


@pytest.fixture
def small(builder: Builder, tmp_path: Path) -> Small:
    return Small(tmp_path, builder)


def test_file_that_was_not_copied_again_is_an_input(small: Small) -> None:
    small.begin()
    small.write("docs/more/own.txt", "one")
    small.write("outside/linked.txt", "one")
    (small.root / "docs/more/linked.txt").symlink_to("../../outside/linked.txt")
    time.sleep(_CLOCK_RESOLUTION)
    for edit in range(2):
        small.write("docs/index.md", f"# Home {edit}\n")
        assert small.compare() == []
    for name in ("docs/more/own.txt", "outside/linked.txt"):
        small.write(name, "two")
        assert small.compare() == [], name


def test_post_shows_the_titles_of_its_links(small: Small) -> None:
    small.settings += "\nnav: [index.md, blog/index.md]\nmarkdown_extensions: [attr_list]"
    small.begin()
    small.write("docs/other.md", "# Other\n\n## A part {#part}\n")
    small.post(1, "links:\n  - other.md\n  - Part: other.md#part\n  - blog/posts/p2.md\n")
    small.post(2)
    assert small.compare() == []
    small.write("docs/other.md", "# Another\n\n## A part {#part}\n")
    assert small.compare() == []
    small.write("docs/other.md", "# Another\n\n## The part {#part}\n")
    assert small.compare() == []
    small.post(2, "slug: here\n", title="Renamed")
    assert small.compare() == []


def test_hook_that_exists_is_added_to_the_settings(small: Small) -> None:
    small.begin()
    small.post(1)
    small.write(
        "more.py",
        """def on_page_context(context, page, **_):
    page.content += "<p>more</p>"
    return context

on_page_context.__cacheable__ = True
""",
    )
    assert small.compare() == []
    small.write("mkdocs.yml", small.read("mkdocs.yml") + "  - more.py\n")
    assert small.compare() == []
    small.configure(small.settings)
    assert small.compare() == []


def test_template_filter_with_data(small: Small) -> None:
    small.settings += "\ntheme: {name: material, font: false, custom_dir: overrides}"
    small.begin()
    small.write(
        "overrides/main.html", '{% extends "base.html" %}{% block content %}{{ "a" | spell }}{% endblock %}'
    )
    small.write(
        "own.py",
        """from pathlib import Path

def on_env(env, config, **_):
    word = Path(config.docs_dir, "../word.txt").read_text()
    env.filters["spell"] = lambda text: text + word
""",
    )
    for word in ("one", "two"):
        small.write("word.txt", word)
        assert small.compare() == []


def test_two_blogs(small: Small) -> None:
    small.settings = (
        "plugins:\n  - blog: {pagination_per_page: 2}\n  - blog: {blog_dir: news, pagination: false}\n"
    )
    small.begin()
    for blog in ("blog", "news"):
        for number in range(1, 4):
            small.post(number, "categories: [C]\n", blog=blog)
    assert small.compare() == []
    for blog in ("news", "blog"):
        small.post(1, title="Another", blog=blog)
        assert small.compare() == []
    (small.root / "docs/news/posts/p2.md").unlink()
    assert small.compare() == []


def test_post_with_a_future_date_limits_the_validity_of_a_build(small: Small) -> None:
    small.settings = "plugins:\n  - blog: {draft_if_future_date: true}\n"
    small.begin()
    small.post(1)
    small.post(2, year=2126)
    assert small.compare() == []
    manifest = (small.root / CACHE / "finished.json").read_text(encoding="utf-8").partition("\n")[2]
    assert json.loads(manifest)["expires"] == datetime(2126, 1, 2, tzinfo=UTC).timestamp()


def test_files_that_extensions_include_in_each_text(small: Small) -> None:
    icons = (
        "{emoji_index: !!python/name:material.extensions.emoji.twemoji ,"
        " emoji_generator: !!python/name:material.extensions.emoji.to_svg ,"
        " options: {custom_icons: [overrides/.icons]}}"
    )
    small.settings = f"markdown_extensions:\n  - attr_list\n  - abbr\n  - pymdownx.emoji: {icons}\n"
    small.begin()
    small.write("docs/index.md", "# Home\n\nThe HTML :own-icon:\n")
    for word in ("one", "two"):
        small.write("overrides/.icons/own/icon.svg", f"<svg>{word}</svg>")
        assert small.compare() == []
    small.configure(small.settings + "  - pymdownx.snippets: {auto_append: [abbreviations.md]}")
    for word in ("one", "two"):
        small.write("abbreviations.md", f"*[HTML]: {word}\n")
        assert small.compare() == []


def test_quiet_build_does_not_hide_warnings_from_the_next(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n\n[Nowhere](nowhere.md)\n", encoding="utf-8")
    settings = "site_name: A\ntheme: {name: material, font: false}\n"
    (tmp_path / "mkdocs.yml").write_text(f"{settings}hooks: [{HOOK}]\n", encoding="utf-8")
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    log = project.mkdocs(tmp_path, "build").stderr
    assert log.count("contains a link 'nowhere.md'") == 1
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    # A new page, so that the build is not skipped.
    (tmp_path / "docs/more.md").write_text("# More\n", encoding="utf-8")
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    strict = project.mkdocs(tmp_path, "build", "--strict")
    assert (strict.returncode, strict.stderr.count("contains a link 'nowhere.md'")) == (1, 1)


_NATIVE_READER = """\
from mkdocs_incremental import api


def on_env(env, *, config, files):
    \"\"\"Publish a file that is read by another process, as a stand-in for a native library.\"\"\"
    import os

    reader, writer = os.pipe()
    if not (child := os.fork()):
        os.write(writer, open("{path}", "rb").read())
        os._exit(0)
    os.waitpid(child, 0)
    files.get_file_from_path("native.txt").content_bytes = os.read(reader, 99)
    {declare}
"""


@pytest.mark.parametrize(
    ("path", "declare"),
    [
        ("docs/assets/.font.ttf", ""),
        ("overrides/template.typ", ""),
        ("hooks/below/template.typ", ""),
        ("data/font.ttf", "api.declare_inputs(config.extra, 'data')"),
    ],
)
def test_file_that_is_read_outside_python_is_an_input(small: Small, path: str, declare: str) -> None:
    small.settings = ""
    small.begin()
    config = small.read("mkdocs.yml").replace("font: false", "font: false, custom_dir: overrides")
    small.write("mkdocs.yml", config.replace("own.py", "hooks/own.py"))
    small.write("overrides/main.html", '{% extends "base.html" %}')
    small.write("hooks/own.py", _NATIVE_READER.format(path=path, declare=declare))
    small.write("docs/native.txt", "")
    for text in ("first", "second"):
        small.write(path, text)
        result = small.build()
        assert (result.status, result.messages) == (0, [])
        assert result.files is not None
        assert result.files["native.txt"] == text.encode()


@pytest.mark.parametrize("mark", ["", "from mkdocs_incremental import api\n\n\n@api.skippable\n"])
def test_build_event_of_an_unknown_hook_runs_in_each_build(small: Small, mark: str) -> None:
    small.begin()
    small.write("own.py", f"{mark}def on_post_build(**_):\n    open('deployments', 'a').write('deployed')\n")
    for _ in range(3):
        assert small.build().status == 0
    assert small.read("deployments").count("deployed") == (1 if mark else 3)


_LOOKS_UP_PAGE = """\
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor


class Title(Treeprocessor):
    def run(self, root):
        for image in root.iter("img"):
            image.set("title", self.md.treeprocessors["relpath"].file.src_uri)


class TitleExtension(Extension):
    stateless = True

    def extendMarkdown(self, md):
        md.treeprocessors.register(Title(md), "title", 2)


def on_config(config):
    config.markdown_extensions.append(TitleExtension())
"""


def test_extension_that_identifies_the_page_of_an_excerpt(small: Small) -> None:
    small.begin()
    small.write("own.py", _LOOKS_UP_PAGE)
    small.write("docs/blog/posts/picture.png", "no picture")
    small.write(
        "docs/blog/posts/p.md",
        "---\ndate: 2024-01-01\n---\n\n# A post\n\n![](picture.png)\n\n<!-- more -->\n",
    )
    assert small.compare() == []
    assert b'title="blog/posts/p.md"' in (small.build().files or {})["blog/index.html"]
