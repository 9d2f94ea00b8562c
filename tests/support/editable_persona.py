"""The site with all hooks and the content of an invented person, for tests that edit it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from random import Random

from tests.support import persona, project
from tests.support.compared_site import OWN_HOOK, ComparedSite, Kind, seeded_random

_POSTS = "docs/notes/posts"
_NAMES = ("third.md", "fourth.md", "fifth.md")
_SERIES = ("Bridges", "Other things")
_TAGS = ("cables", "جسور", "rain & wind")
_CATEGORIES = ("Statik", "Field work")
_TITLES = ("A title", "Rust & rain", "`Code` in a title", "جسر آخر", "A *third* one")
_PIECES = (
    "A paragraph with *stress*, `code` and an ellipsis...",
    "As it is said [@hooke1676, p. 3; @berg] and [@joints].",
    "```python\nprint('a line of code')\n```",
    "| a | b |\n| - | - |\n| 1 | 2 |\n\n/// caption\nA table\n///",
    "A note[^n].\n\n[^n]: What it says.",
    "## A part\n\nText of it.",
    "> [!NOTE]\n> Said.",
    "![A picture](../../figures/picture.png)\n\nText below it.",
    "The KV cache and H~2~O, ^up^ and ~~down~~.",
    "$$\n\\norm{x} = \\E[y]\n$$\n\nand $x \\in \\R$.",
    '--8<-- "notes/shared.txt"',
)
_LINKS = (
    "To [another]({post})",
    "[the timeline](../../timeline.md#intern)",
    "[home](../../index.md) and {post}",
)
# Each of these fails the build.
_MISTAKES = (
    "A [broken link](nowhere.md) and a [broken anchor](cables.md#nothing).",
    "As nobody says [@nobody].",
    "![No picture](nowhere.png)",
)
# A file, and alternatives for a part of it.
_DATA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("docs/data/career.yml", ("مهندسة جسور أولى", "Senior engineer", "Chief <of> engineers")),
    ("docs/data/career.yml", ("date: 201X", 'date: "2011"', "date: 2012~")),
    ("docs/data/career.yml", ("evidence: [expansion, محاضرة]", "evidence: [cables]", "evidence: [gone]")),
    ("docs/data/career.yml", ("after: [intern]", "after: [late]")),
    ("docs/data/profile.yml", ("headline: Bridge engineer", "headline: Diver")),
    ("docs/data/profile.yml", ("show: []", "show: pdf", "show: [site, exports]", "show: nowhere")),
    ("docs/data/profile.yml", ("picture: assets/layla.jpg", "picture: figures/picture.png")),
    ("docs/data/talks.yml", ("تاريخ قصير", "a short history")),
    ("docs/data/talks.yml", ("date: 2021-05-04", "date: 2021-05-05", "date: 2020")),
    ("docs/data/projects.yml", ("name: A deck that needs no bearings", "name: A slab & no <bearings>")),
    ("docs/data/projects.yml", ("tags: [decks, joints, concrete]", "tags: [wind]", "tags: [decks, wind]")),
    ("docs/data/projects.yml", ("image: images/wind.svg", "image: figures/picture.png")),
    ("docs/projects/slab.md", ("A bearing is", "# Bearings\n\nA bearing is")),
    ("docs/data/publications.bib", ("title        = {How a deck grows}", "title        = {How it shrinks}")),
    ("docs/data/publications.bib", ("volume   = 3", "volume   = 4")),
    ("docs/data/references.bib", ("{Hooke, Robert}", "{Hooke, R. and Wren, Christopher}", "{Anon}")),
    ("docs/data/references.bib", ("@book{hooke1676,", "@book{hooke1677,")),
    ("docs/data/glossary.yml", ("key and value", "keys & values")),
    ("docs/index.md", ("I look at joints", "I look at bolts", "I look at [joints](notes/posts/cables.md)")),
    ("docs/timeline.md", ("\n", "\n\n")),
    ("docs/notes/.authors.yml", ("Bridge builder", "Builder of bridges")),
    ("docs/notes/shared.txt", ("Shared words.", "Other words.", "See [it](cables.md).")),
)
_TEMPLATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("overrides/partials/footer.html", ("Feeds", "All feeds")),
    ("overrides/partials/dated.html", ('class="dated"', 'class="dated more"')),
    ("overrides/partials/timeline/entry.html", ("{% macro ", "{%- macro ")),
    ("overrides/partials/post-meta.html", ("Pinned · ", "On top · ")),
    ("overrides/assets/stylesheets/prose.css", ("{", "{ ")),
)
_CODE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hooks/portfolio/markdown_ext/citations.py", ('= "References"', '= "Works"')),
    ("hooks/portfolio/record/dates.py", ('"since %(date)s"', '"from %(date)s on"')),
    ("hooks/page_head.py", ("from __future__", "\nfrom __future__")),
)
_SETTINGS: tuple[tuple[str, ...], ...] = (
    ("site_description: Notes of a bridge builder", "site_description: Notes & more"),
    ("site_name: ليلى 王小明 Ørsted", "site_name: Layla"),
    ("language: en", "language: de"),
    ("pagination_per_page: 10", "pagination_per_page: 1"),
    ('post_url_format: "{date}/{slug}"', 'post_url_format: "{slug}"'),
    ("R: \\mathbb{R}", "R: \\mathcal{R}"),
    ("articles: 5", "articles: 1"),
    ("toc: {permalink: true}", "toc: {permalink: false}"),
    ("  portfolio:\n", "  portfolio:\n    exports: {llms: false}\n"),
    ("  portfolio:\n", "  portfolio:\n    time_zone: Asia/Tokyo\n"),
    (
        "  portfolio:\n",
        "  portfolio:\n    aliases: {/a.html: index.md, /b/: feed.json, /c.svg: assets/favicon.svg}\n",
    ),
    ("  - Vita: cv.md\n", "  - CV: cv.md\n"),
)
_FRONT = {
    "series": _SERIES,
    "part": ("1", "2"),
    "tags": tuple(f"[{tag}]" for tag in _TAGS),
    "categories": tuple(f"[{category}]" for category in _CATEGORIES),
    "title": _TITLES,
    "date": ("2025-04-05", "2025-05-01", "2024-12-31", "2026-11-24", "2027-01-01"),
    "updated": ("2026-01-01", "2026-02-02"),
    "draft": ("true", "false"),
    "pin": ("true", "false"),
    "about": ("[late]", "[intern, joints]", "[nobody]"),
    "related": ("[]", "[cables]"),
    "description": ("What it says.", "What it said."),
    "slug": ("here", "there"),
    "aliases": ("[/old/here.html]", "[/old/there/, /old/here]"),
    "readtime": ("3", "4"),
}


class Site(ComparedSite):
    """The site and its edits."""

    def begin(self) -> None:
        super().begin()
        self.root.mkdir()
        for name in ("hooks", "overrides"):
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(project.ROOT / name, self.root / name, ignore=ignore)
        for name in ("docs", "mkdocs.yml"):
            copy = shutil.copy if name.endswith(".yml") else shutil.copytree
            copy(persona.FOLDER / name, self.root / name)
        (self.root / "docs/figures").mkdir()
        shutil.copy(project.ROOT / "docs/figures/loss.png", self.root / "docs/figures/picture.png")
        shutil.copy(project.ROOT / "docs/data/glossary.yml", self.root / "docs/data/glossary.yml")
        self.write("docs/notes/shared.txt", "Shared words.")
        self.write("hooks/own.py", OWN_HOOK.format(word=""))
        self.change(
            "mkdocs.yml", seeded_random(0), "  - hooks/record.py", "  - hooks/own.py\n  - hooks/record.py"
        )
        for number in range(2):
            self.write_post(seeded_random(number))
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit(seeded_random(0))

    def narrow_edits(self) -> Mapping[str, Kind]:
        return {
            **super().narrow_edits(),
            "post": self.write_post,
            "body": lambda random: self.add(random, random.choice(_PIECES)),
            "link": lambda random: self.add(
                random, random.choice(_LINKS).format(post=random.choice(self.posts()))
            ),
            "citation": lambda random: self.add(random, _PIECES[1]),
            "mistake": lambda random: self.add(random, random.choice(_MISTAKES)),
            "front matter": self.change_front_matter,
            "delete": self.delete_post,
            "rename": self.rename_post,
            "data": lambda random: self.change_random(random, _DATA),
            "picture": self.change_picture,
            "commit": self.commit,
        }

    def site_wide_edits(self) -> Mapping[str, Kind]:
        return {
            **super().site_wide_edits(),
            "template": lambda random: self.change_random(random, _TEMPLATES),
            "code": lambda random: self.change_random(random, _CODE),
            "hook": lambda random: self.write("hooks/own.py", OWN_HOOK.format(word=random.choice("xyz"))),
            "setting": lambda random: self.change_longest("mkdocs.yml", random, random.choice(_SETTINGS)),
        }

    def posts(self) -> list[str]:
        return sorted(path.name for path in (self.root / _POSTS).glob("*.md"))

    def change_random(self, random: Random, parts: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        name, alternatives = random.choice(parts)
        self.change_longest(name, random, alternatives)

    def change_longest(self, name: str, random: Random, alternatives: tuple[str, ...]) -> None:
        # A longer alternative may begin with a shorter one.
        self.change(name, random, *sorted(alternatives, key=len, reverse=True))

    def add(self, random: Random, piece: str) -> None:
        name = f"{_POSTS}/{random.choice(self.posts())}"
        self.write(name, f"{self.read(name)}\n\n{piece}\n")

    def write_post(self, random: Random) -> None:
        front = {
            "date": random.choice(_FRONT["date"]),
            "authors": "[layla]",
            "categories": f"[{random.choice(_CATEGORIES)}]",
            "tags": f"[{', '.join(random.sample(_TAGS, random.randint(1, 2)))}]",
        }
        if random.random() < 0.4:
            front["series"] = random.choice(_SERIES)
        lines = "\n".join(f"{key}: {value}" for key, value in front.items())
        excerpt, rest = (
            "\n\n".join(random.sample(_PIECES, random.randint(1, 3))).replace("[^n]", f"[^{label}]")
            for label in ("b", "a")
        )
        heading = random.choice(_TITLES)
        text = f"---\n{lines}\n---\n\n# {heading}\n\n{excerpt}\n\n<!-- more -->\n\n{rest}\n"
        self.write(f"{_POSTS}/{random.choice(_NAMES)}", text)

    def change_front_matter(self, random: Random) -> None:
        """Add, replace or remove a line."""
        name = f"{_POSTS}/{random.choice(self.posts())}"
        key = random.choice(sorted(_FRONT))
        first, *rest = self.read(name).splitlines()
        end = rest.index("---")
        lines = [text for text in rest[:end] if not text.startswith(f"{key}:")]
        if key == "date" or random.random() < 0.8:
            lines.append(f"{key}: {random.choice(_FRONT[key])}")
        self.write(name, "\n".join([first, *lines, *rest[end:]]) + "\n")

    def delete_post(self, random: Random) -> None:
        (self.root / _POSTS / random.choice(_NAMES)).unlink(missing_ok=True)

    def rename_post(self, random: Random) -> None:
        path = self.root / _POSTS / random.choice(_NAMES)
        if path.exists():
            path.replace(path.with_name(random.choice(_NAMES)))

    def change_picture(self, random: Random) -> None:
        picture = random.choice(["loss.png", "loss.dark.png"])
        shutil.copy(project.ROOT / "docs/figures" / picture, self.root / "docs/figures/picture.png")

    def commit(self, random: Random) -> None:
        """Commit all files on a random date."""
        day = f"2026-{random.randint(1, 11):02}-{random.randint(1, 22):02}T12:00:00Z"
        self.git("add", "docs")
        self.git("commit", "--quiet", "--allow-empty", "--message=A day", day=day)

    def git(self, *arguments: str, day: str = "") -> None:
        author = ["-c", "user.name=Layla", "-c", "user.email=layla@example.org", "-c", "commit.gpgsign=false"]
        env = project.environment({"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day} if day else None)
        subprocess.run(["git", *author, *arguments], cwd=self.root, env=env, check=True, timeout=60)
