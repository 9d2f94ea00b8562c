"""A small site with Material's blog and the hook of incremental builds, for tests that edit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.support import project
from tests.support.compared_site import OWN_HOOK, ComparedSite, Kind, seeded_random

HOOK = project.ROOT / "hooks" / "incremental_builds.py"
CATEGORIES = ("Notes", "Code", "Far away")
TAGS = ("one", "two", "three & four")
TITLES = ("", "A title", "Another *title*", "Third & last", "`Code` <b>")
# Parts of posts. The posts to which they link may or may not exist.
PIECES = (
    "A paragraph with *stress*, `code` and an ellipsis...",
    "To [another](p1.md), to [its part](p2.md#a-part), [home](../../index.md) and [out](https://example.org/?a=1&b=2).",
    "A [broken link](nowhere.md) and a [broken anchor](p0.md#nothing), [here](#a-part) and [not here](#no).",
    "```python\nprint('a line of code')\n```",
    "| a | b |\n| - | - |\n| 1 | 2 |",
    "A note[^1].\n\n[^1]: What it says.",
    "## A part\n\nText.",
    "## A part\n\n### Below\n\nText.",
    '!!! note "Titled"\n    Said.',
    "![A picture](picture.png)",
    '--8<-- "snippets/shared.md"',
    "The HTML *[HTML]: HyperText\n\n*[HTML]: Hyper",
    '=== "One"\n    first\n\n=== "Two"\n    second',
    'A [reference][there] and <span id="own">an id</span>.\n\n[there]: p3.md',
    "Text & <b>raw</b> &lt; signs, “quotes” and \u00e9 \ue000 x.",
)
SETTINGS = {
    "site_name": ("A", "B & C"),
    "per_page": ("2", "3"),
    "permalink": ("true", "false"),
    "language": ("en", "de"),
    "anchor_linenums": ("false", "true"),
    "anchors": ("warn", "ignore"),
    "directories": ("true", "false"),
    # Ids of tabs are numbered from one text to the next, so that excerpts cannot be extracted from pages.
    "tabs": ("", "  - pymdownx.tabbed: {alternate_style: true}\n"),
    "nav": ("", "nav: [index.md, About: about.md, blog/index.md, tags.md]\n"),
}
TEMPLATES = (
    "",
    "{{ super() }}<p>{{ page.title }}</p>",
    "{{ super() }}{{ nav.items | length }}",
    '{{ super() }}{% from "macros.html" import said %}{{ said(page.title) }}',
    "{{ super() }}{{ page.meta.note }}{{ config.extra.note }}",
    "{{ super() }}{{ page.previous_page.content }}{{ nav.pages | map(attribute='toc') | list | length }}",
    "{{ super() }}{{ config.plugins['material/blog'].blog.posts | map(attribute='content') | join }}",
)
MACROS = ("<i>{{ it }}</i>", "<b>{{ it }}</b>{{ config.site_name }}")
_CONFIG = """\
site_name: {site_name}
site_url: https://example.org/sub/
use_directory_urls: {directories}
theme: {{name: material, font: false, language: {language}, custom_dir: overrides}}
plugins:
  - search
  - blog: {{pagination_per_page: {per_page}, post_excerpt: optional}}
  - tags: {{export: false}}
markdown_extensions:
  - abbr
  - admonition
  - attr_list
  - footnotes
  - md_in_html
  - tables
  - toc: {{permalink: {permalink}}}
  - pymdownx.highlight: {{anchor_linenums: {anchor_linenums}}}
  - pymdownx.inlinehilite
  - pymdownx.superfences
{tabs}  - pymdownx.snippets
validation:
  links: {{not_found: warn, anchors: {anchors}, unrecognized_links: warn}}
extra: {{note: A note}}
{nav}hooks:
  - own.py
  - {hook}
"""
_POSTS = "docs/blog/posts"
_NAMES = [f"p{number}.md" for number in range(6)]


@dataclass
class Site(ComparedSite):
    """The site and its edits."""

    settings: dict[str, str] = field(
        default_factory=lambda: {name: alternatives[0] for name, alternatives in SETTINGS.items()}
    )

    def begin(self) -> None:
        super().begin()
        self.write("docs/index.md", "# Home\n\n[A post](blog/posts/p0.md)\n")
        self.write("docs/about.md", "# About\n\nWords.\n")
        self.write("docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
        self.write("docs/blog/index.md", "# Blog\n\nWords.\n")
        self.write("snippets/shared.md", "Shared words.\n")
        self.write(f"{_POSTS}/picture.png", "no picture")
        self.write("overrides/macros.html", f"{{% macro said(it) %}}{MACROS[0]}{{% endmacro %}}")
        self.change_template(seeded_random(0))
        self.write("own.py", OWN_HOOK.format(word=""))
        self.configure()
        for number in range(4):
            front = f"date: 2024-01-0{number + 1}\ncategories: [{CATEGORIES[number % 2]}]\ntags: [one]"
            body = f"# Post {number}\n\n{PIECES[0]}\n\n<!-- more -->\n\n{PIECES[6]}"
            self.write(f"{_POSTS}/p{number}.md", f"---\n{front}\n---\n\n{body}\n")

    def narrow_edits(self) -> Mapping[str, Kind]:
        return {
            **super().narrow_edits(),
            "post": self.write_post,
            "body": self.add_to_body,
            "link": lambda random: self.add(random, PIECES[random.randrange(1, 3)]),
            "front matter": self.change_front_matter,
            "delete": self.delete_post,
            "rename": self.rename_post,
            "page": lambda random: self.write("docs/about.md", f"# About\n\n{self.pieces(random)}\n"),
            "new page": lambda _: self.toggle_file("docs/more.md", "# More\n\nWords.\n"),
            "snippet": lambda random: self.write(
                "snippets/shared.md", random.choice(["Shared.\n", "Others.\n", "See [it](p1.md).\n"])
            ),
            "picture": lambda random: self.write(f"{_POSTS}/picture.png", random.choice("abc")),
            "no picture": lambda _: self.toggle_file(f"{_POSTS}/picture.png", "there"),
        }

    def site_wide_edits(self) -> Mapping[str, Kind]:
        return {
            **super().site_wide_edits(),
            "template": self.change_template,
            "macro": lambda random: self.write(
                "overrides/macros.html", f"{{% macro said(it) %}}{random.choice(MACROS)}{{% endmacro %}}"
            ),
            "setting": self.change_setting,
            "hook": lambda random: self.write("own.py", OWN_HOOK.format(word=random.choice("xyz"))),
        }

    def posts(self) -> list[str]:
        return sorted(path.name for path in (self.root / _POSTS).glob("*.md"))

    def pieces(self, random: Random) -> str:
        return "\n\n".join(random.choices(PIECES, k=random.randint(1, 3)))

    def write_post(self, random: Random) -> None:
        title = random.choice(TITLES)
        lines = [
            f"date: 2024-01-{random.randint(1, 6):02}",
            f"categories: [{random.choice(CATEGORIES)}]",
            f"tags: [{', '.join(random.sample(TAGS, random.randint(1, 2)))}]",
            f"draft: {random.choice(['true', 'false', 'false', 'false'])}",
            f"pin: {random.choice(['true', 'false', 'false', 'false'])}",
        ]
        front = "\n".join(lines)
        heading = f"# {title}\n\n" if title else ""
        body = f"{heading}{self.pieces(random)}\n\n<!-- more -->\n\n{self.pieces(random)}"
        self.write(f"{_POSTS}/{random.choice(_NAMES)}", f"---\n{front}\n---\n\n{body}\n")

    def add_to_body(self, random: Random) -> None:
        self.add(random, random.choice(PIECES))

    def add(self, random: Random, piece: str) -> None:
        name = f"{_POSTS}/{random.choice(self.posts())}"
        self.write(name, f"{self.read(name)}\n\n{piece}\n")

    def change_front_matter(self, random: Random) -> None:
        """Add a line, or replace the one with the same key."""
        name = f"{_POSTS}/{random.choice(self.posts())}"
        line = random.choice(
            [
                f"date: 2024-02-{random.randint(1, 28):02}",
                f"title: Titled {random.randint(1, 9)}",
                f"tags: [{random.choice(TAGS)}]",
                f"categories: [{random.choice(CATEGORIES)}, New]",
                f"slug: here-{random.randint(1, 3)}",
                f"note: {random.randint(1, 9)}",
                "template: own.html",
                f"readtime: {random.randint(1, 9)}",
            ]
        )
        key = line.partition(":")[0]
        first, *rest = self.read(name).splitlines()
        end = rest.index("---")
        lines = [text for text in rest[:end] if not text.startswith(f"{key}:")]
        if not line.startswith("template:") or random.random() < 0.2:
            lines.append(line)
        self.write(name, "\n".join([first, *lines, *rest[end:]]) + "\n")

    def delete_post(self, random: Random) -> None:
        if len(self.posts()) > 1:
            (self.root / _POSTS / random.choice(self.posts())).unlink()

    def rename_post(self, random: Random) -> None:
        (self.root / _POSTS / random.choice(self.posts())).replace(self.root / _POSTS / random.choice(_NAMES))

    def toggle_file(self, name: str, text: str) -> None:
        path = self.root / name
        if path.exists():
            path.unlink()
        else:
            self.write(name, text)

    def change_template(self, random: Random) -> None:
        text = random.choice(TEMPLATES)
        block = f"{{% block content %}}{text}{{% endblock %}}" if text else ""
        self.write("overrides/main.html", f'{{% extends "base.html" %}}{block}\n')
        self.write("overrides/own.html", f'{{% extends "blog-post.html" %}}{block}\n')

    def change_setting(self, random: Random) -> None:
        name = random.choice(sorted(SETTINGS))
        self.settings[name] = random.choice(SETTINGS[name])
        self.configure()

    def configure(self) -> None:
        self.write("mkdocs.yml", _CONFIG.format(hook=HOOK, **self.settings))
