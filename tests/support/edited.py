"""A small site of Material's blog that a test edits, built in two ways: with what was kept, and without."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

from tests.support import project
from tests.support.builder import Builder

HOOK = project.ROOT / "hooks" / "incrementally.py"
CATEGORIES = ("Notes", "Code", "Far away")
TAGS = ("one", "two", "three & four")
# What bodies of posts are made of. Names of posts in it may or may not be there.
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
}
_CONFIG = """\
site_name: {site_name}
site_url: https://example.org/sub/
site_dir: {site}
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
  - pymdownx.tabbed: {{alternate_style: {tabbed}}}
  - pymdownx.snippets
validation:
  links: {{not_found: warn, anchors: warn, unrecognized_links: warn}}
{hooks}
"""


@dataclass
class Text:
    """A post as it is written."""

    title: str
    day: int
    category: str
    tags: tuple[str, ...]
    draft: bool
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"---\ndate: 2024-01-{self.day:02}\ncategories: [{self.category}]\n"
            f"tags: [{', '.join(self.tags)}]\ndraft: {str(self.draft).lower()}\n---\n\n"
            + (f"# {self.title}\n\n" if self.title else "")
            + "\n\n".join([*self.before, "<!-- more -->", *self.after])
            + "\n"
        )


@dataclass
class Site:
    """The site's folder, what it is told, and the process that builds it."""

    root: Path
    builder: Builder
    settings: dict[str, str] = field(default_factory=lambda: {name: one[0] for name, one in SETTINGS.items()})
    # Tabs are counted from one text to the next, so that no excerpt can be taken from a page.
    plain: bool = True

    def begin(self) -> None:
        """Write what is there at first."""
        for folder in ("docs/blog/posts", "overrides", "snippets"):
            (self.root / folder).mkdir(parents=True)
        self.write("docs/index.md", "# Home\n\n[A post](blog/posts/p0.md)\n")
        self.write("docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
        self.write("docs/blog/index.md", "# Blog\n\nWords.\n")
        self.write("snippets/shared.md", "Shared words.\n")
        self.write("docs/blog/posts/picture.png", "no picture")
        for number in range(4):
            text = Text(
                f"Post {number}", number + 1, CATEGORIES[number % 2], TAGS[:1], False, PIECES[:1], PIECES[6:7]
            )
            self.write(f"docs/blog/posts/p{number}.md", str(text))

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def posts(self) -> list[str]:
        return sorted(path.name for path in (self.root / "docs/blog/posts").glob("*.md"))

    def configured(self, name: str, site: str, hooks: str) -> Path:
        given = dict(self.settings)
        text = _CONFIG.format(site=site, hooks=hooks, tabbed="true", **given)
        if self.plain:
            text = text.replace("  - pymdownx.tabbed: {alternate_style: true}\n", "")
        path = self.root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        return path

    def difference(self, *, strict: bool) -> list[str]:
        """What a build with what is kept makes in another way: status, warnings, files and their lines."""
        kept = self.configured("mkdocs.yml", "site", f"hooks: [{HOOK}]")
        clean = self.configured("clean.yml", "clean", "")
        shutil.rmtree(self.root / "clean", ignore_errors=True)
        told, wanted = (self.builder.build(one, strict=strict) for one in (kept, clean))
        found = [f"{told} for {wanted}"] if told != wanted else []
        if wanted[0] == 0 or strict:
            found += compared(tree(self.root / "site"), tree(self.root / "clean"))
        return found


def compared(made: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    found = [f"{name} is missing" for name in wanted.keys() - made.keys()]
    found += [f"{name} is too much" for name in made.keys() - wanted.keys()]
    for name in sorted(name for name in made.keys() & wanted.keys() if made[name] != wanted[name]):
        was, now = (one[name].decode("utf-8", "replace").splitlines() for one in (wanted, made))
        found += [name, *unified_diff(was, now, lineterm="", n=0)][:12]
    return found


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = Path(at, name)
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found
