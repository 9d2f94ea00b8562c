"""``mkdocs build --verbose`` logs why each page was converted or rendered again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import project
from tests.support.editable_blog import HOOK

pytestmark = pytest.mark.thorough

_SETTINGS = """\
site_name: A
theme: {{name: material, font: false, custom_dir: overrides}}
plugins:
  - blog: {{pagination_per_page: 10}}
markdown_extensions: [pymdownx.snippets]
nav: [index.md, a.md, blog/index.md]
extra: {{note: a note, parts: {{first: "1", second: "2"}}}}
hooks: [{hook}, own.py]
"""
_OWN_HOOK = """\
from pathlib import Path

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from mkdocs_incremental import api

reports = api.ReportedItems()


@api.track_attributes
class State:
    def __init__(self, words):
        self.count, self.words = len(words), words


class Words(Treeprocessor):
    def run(self, root):
        for element in root.iter("em"):
            element.text = str(api.query(self.extra, "word", element.text))
        for element in root.iter("strong"):
            reports.append(element.text)


class WordExtension(Extension):
    stateless = True

    def __init__(self, extra):
        super().__init__()
        self.get_extra = lambda: extra

    def __fingerprint__(self):
        return "words"

    def extendMarkdown(self, md):
        words = Words(md)
        words.extra = self.get_extra()
        md.treeprocessors.register(words, "words", 2)


def on_config(config):
    words = dict(line.split("=") for line in Path("words.txt").read_text().split())
    config.extra["state"] = State(words)
    # An object cannot be compared with one of an earlier build.
    special = {"object": object()}
    api.declare_query(config.extra, "word", lambda name: special.get(words.get(name), words.get(name)))
    config.markdown_extensions.append(WordExtension(config.extra))
    if "without excerpts":
        config.plugins["material/blog"]._render_post = api.cacheable(lambda excerpt, view: excerpt)
"""
_MAIN = """\
{% extends "base.html" %}{% block content %}{{ super() }}
{% if page.file.src_uri == "a.md" %}{{ config.extra.note }}{{ config.extra.parts.first }}{% endif %}
{% if page.file.src_uri == "b.md" %}{{ config.extra.state.count }}{{ config.extra.state.words.x }}{% endif %}
{% endblock %}
"""
_FILES = {
    "own.py": _OWN_HOOK,
    "words.txt": "x=1",
    "shared.md": "Shared words.",
    "overrides/main.html": _MAIN,
    "overrides/all.html": '{% extends "main.html" %}{% block footer %}{{ pages | list }}{% endblock %}',
    "docs/index.md": "# Home\n",
    "docs/a.md": "# A\n\n[B](b.md)\n",
    "docs/b.md": "# B\n\nA *x* and a *y*.\n",
    "docs/all.md": "---\ntemplate: all.html\n---\n\n# All\n",
    "docs/includes.md": '# Includes\n\n--8<-- "shared.md"\n',
    "docs/problem.md": "# Problem\n\nA **problem**.\n",
    "docs/blog/index.md": "# Blog\n",
    "docs/blog/posts/p.md": "---\ndate: 2024-01-01\n---\n\n# Post\n\nFirst.\n",
    "docs/blog/posts/q.md": "---\ndate: 2024-01-02\n---\n\n# Next\n\nFirst.\n",
}
# Pages that are made in each build.
_UNCACHED = {
    "Converted includes.md: it cannot be cached, because it includes files.",
    "Converted problem.md: it cannot be cached, because it has problems.",
    "Rendered all.md: it cannot be cached, because it depends on the template variable pages.",
}
_POSTS = {"blog/posts/p.md", "blog/posts/q.md"}
_LISTS = {"blog/index.md", "blog/archive/2024.md"}
_RENDERED = {"index.md", "a.md", "b.md", "includes.md", "problem.md", *_POSTS, *_LISTS}
_CONVERTED = _RENDERED - {"includes.md", "problem.md"} | {"all.md"}


@dataclass
class Site:
    root: Path

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def build(self) -> set[str]:
        """Build the site. Return the reasons in the log."""
        result = project.mkdocs(self.root, "build", "--verbose")
        assert result.returncode == 0, result.stderr
        return set(re.findall(r"(?:Converted|Rendered) .*", result.stderr))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("site"))
    for name, text in _FILES.items():
        site.write(name, text)
    site.write("mkdocs.yml", _SETTINGS.format(hook=HOOK))
    expected = {f"Converted {page}: it was not in the cache." for page in _CONVERTED}
    expected |= {f"Rendered {page}: it was not in the cache." for page in _RENDERED}
    assert site.build() == expected | _UNCACHED
    return site


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "docs/a.md",
            "[B]",
            "[C]",
            {"Converted a.md: its text changed.", "Rendered a.md: its content changed."},
        ),
        (
            "words.txt",
            "x=1",
            "x=1 y=2",
            {
                "Converted b.md: the answer to the query word(y) changed.",
                "Rendered b.md: its content changed.",
            },
        ),
        (
            "words.txt",
            "y=2",
            "y=object",
            {
                "Converted b.md: it cannot be cached, "
                "because the answer to the query word(y) cannot be compared.",
                "Rendered b.md: its content changed.",
            },
        ),
        ("words.txt", "y=object", "y=2", {"Rendered b.md: its content changed."}),
        ("shared.md", "Shared", "Common", {"Rendered includes.md: its content changed."}),
        ("mkdocs.yml", "a note", "another", {"Rendered a.md: extra.note changed."}),
        ("mkdocs.yml", 'first: "1"', 'first: "3"', {"Rendered a.md: extra.parts['first'] changed."}),
        ("mkdocs.yml", 'second: "2"', 'second: "3"', set()),
        ("words.txt", "x=1", "x=1 z=2", {"Rendered b.md: extra.state.count changed."}),
        (
            "docs/blog/posts/p.md",
            "01\n---",
            "01\npin: true\n---",
            {
                "Rendered blog/posts/p.md: its URL, title or front matter changed.",
                "Rendered blog/posts/q.md: the page before or after it changed.",
                *(f"Rendered {page}: a post in its list changed." for page in _LISTS),
            },
        ),
    ],
)
def test_edit_that_affects_a_page(site: Site, name: str, old: str, new: str, expected: set[str]) -> None:
    site.replace(name, old, new)
    assert site.build() == expected | _UNCACHED


@pytest.mark.parametrize(
    ("name", "old", "new", "converted", "rendered"),
    [
        ("overrides/main.html", "{{ super() }}", "{{ super() }}!", "", "overrides/main.html"),
        ("own.py", "import Path", "import Path ", "own.py", "own.py"),
        ("mkdocs.yml", "site_name: A", "site_name: B", "", "the setting site_name"),
        ("mkdocs.yml", "{name: material,", "{name: material, logo: x.png,", "", "the setting theme"),
        ("mkdocs.yml", "per_page: 10", "per_page: 11", "", "a setting of the plugin material/blog"),
        ("mkdocs.yml", "snippets]", "snippets, attr_list]", "the setting markdown_extensions", ""),
        (
            "mkdocs.yml",
            "nav:",
            "use_directory_urls: false\nnav:",
            "the setting use_directory_urls",
            "the setting use_directory_urls",
        ),
        (
            "mkdocs.yml",
            "[index.md, a.md,",
            "[index.md, About: a.md,",
            "",
            "the navigation, or the title or front matter of a page in it,",
        ),
        ("mkdocs.yml", "extra: {", "extra: {more: 1, ", "", "the names in the setting extra"),
    ],
)
def test_edit_that_affects_all_pages(
    site: Site, name: str, old: str, new: str, converted: str, rendered: str
) -> None:
    site.replace(name, old, new)
    expected = {f"Converted {page}: {converted} changed." for page in _CONVERTED if converted}
    expected |= {f"Rendered {page}: {rendered} changed." for page in _RENDERED if rendered}
    assert site.build() == expected | _UNCACHED


def test_reverted_edit_renders_a_page_but_does_not_convert_it(site: Site) -> None:
    for old, new in (("A\n", "A \n"), ("A \n", "A\n")):
        site.replace("docs/a.md", old, new)
        lines = site.build()
    assert lines == _UNCACHED


def test_moved_link_target(site: Site) -> None:
    (site.root / "docs/b.md").rename(site.root / "docs/c.md")
    lines = site.build() - _UNCACHED
    expected = {f"Rendered {page}: the list of files changed." for page in _RENDERED - {"b.md"}}
    expected |= {"Converted c.md: it was not in the cache.", "Rendered c.md: it was not in the cache."}
    expected.add("Converted a.md: the file b.md, to which it links, was added, removed or moved.")
    assert lines == expected


def test_lists_are_rendered_in_each_build_if_material_converts_excerpts(site: Site) -> None:
    site.replace("own.py", '"without excerpts"', "False")
    site.build()
    site.write("docs/a.md", "# Changed\n")
    reason = (
        "it cannot be cached, because it depends on excerpts of posts, which Material converts for each list"
    )
    assert {line for line in site.build() if "excerpts" in line} == {
        f"Rendered {page}: {reason}." for page in _LISTS
    }
