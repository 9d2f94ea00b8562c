"""This site with everything turned on, and what its owner edits under `make serve`."""

from __future__ import annotations

import compileall
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import yaml
from PIL import Image

from portfolio.sources import mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths
from tests.bench import blog
from tests.bench.blog import Post
from tests.bench.contenders import stock
from tests.bench.edits import Edit
from tests.support import project

_PICTURE = "benchmark.png"
_TEMPLATE = "overrides/partials/footer.html"
_STYLES = "overrides/assets/stylesheets/print.css"
# It contains all others. A build adds a hash to its name, the server does not.
STYLE_SHEET = "assets/stylesheets/site.css"
_DATA = "career.yml"
_ROLE = "benchmark-"
_TIMELINE = "timeline/"
_WIDTH, _HEIGHT = 400, 300


class Ours(stock.Stock):
    """Runs `make build` and `make serve`, in a git repository: pages show when they were changed."""

    name = "ours"
    title = "This site"
    note = "everything is on: record, CV, cards, feeds, checks; it has its own pages and posts, too"

    def version(self) -> str:
        return f"Material {super().version()}"

    def write(self, root: Path, posts: list[Post]) -> None:
        project.copy(root)
        self.add(root, posts)
        # The Makefile finds the packages there.
        (root / ".venv").symlink_to(project.ROOT / ".venv")
        # An installed site has compiled code.
        compileall.compile_dir(root / "hooks", quiet=1)
        _git(root, "init", "--quiet")
        self.commit(root)

    def commit(self, root: Path) -> None:
        _git(root, "add", ".")
        author = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")
        _git(root, *author, "commit", "--quiet", "-m", "Write posts")

    def build(self) -> list[str]:
        return ["make", "build"]

    def serve(self, port: int) -> list[str]:
        return ["make", "serve", f"PORT={port}"]

    def add(self, root: Path, posts: list[Post]) -> None:
        """Add posts to a copy of this project, and the picture of the first.

        The posts that are there stay, because data and pages may link to them.
        """
        for post in posts:
            self.file(root, post).write_text(self.source(post), encoding="utf-8")
        _draw(self.picture(root))

    def paths(self, root: Path) -> SitePaths:
        return mkdocs_yml.read_paths(root / "mkdocs.yml")[0]

    def file(self, root: Path, post: Post) -> Path:
        return self._posts(root) / f"{post.slug}.md"

    def picture(self, root: Path) -> Path:
        """Return the path of the picture in the first post."""
        return self._posts(root) / _PICTURE

    def source(self, post: Post) -> str:
        picture = f"\n![Noise]({_PICTURE})\n" if post.number == 0 else ""
        return stock.source(post) + picture

    def page(self, post: Post) -> str:
        return f"{self._blog}/{post.day:%Y/%m/%d}/{post.slug}/"

    @property
    def base(self) -> str:
        return f"{project.base_path()}/"

    def category_page(self, post: Post) -> str:
        return f"{self._blog}/category/{post.category.lower()}/"

    @property
    def _blog(self) -> str:
        docs = self.paths(project.ROOT).docs
        return self._posts(project.ROOT).relative_to(docs).parent.as_posix()

    def _posts(self, root: Path) -> Path:
        folder = self.paths(root).posts
        assert folder is not None, "the site has no blog"
        return folder

    def edits(self, root: Path, posts: list[Post], turn: int) -> Iterator[Edit]:
        """Yield one edit of each kind, in the order in which they are applied."""
        yield from super().edits(root, posts, turn)
        page = self.page(posts[turn * 41 % len(posts)])
        yield self._edit_title(root, posts[-1], f"title-{turn:04}")
        yield _edit_data(self.paths(root).data / _DATA, f"{_ROLE}{turn:04}")
        template, style = f"template-{turn:04}", f"style-{turn:04}"
        yield _append("template of all pages", root / _TEMPLATE, f"<!-- {template} -->", template, page)
        yield _append("style sheet", root / _STYLES, f".{style} {{ color: red }}", style, STYLE_SHEET)
        yield _edit_picture(self.picture(root), self.page(posts[0]), turn)
        yield from self._add_rename_delete(root, blog.create_post(len(posts) + turn))

    def _edit_title(self, root: Path, post: Post, marker: str) -> Edit:
        """Change the title of the newest post, which the list of its category shows."""
        path, title = self.file(root, post), f"{post.title} {marker}"

        def change() -> None:
            path.write_text(self.source(replace(post, title=title)), encoding="utf-8")

        return Edit("title of a post", change, self.category_page(post), lambda page: page.contains(title))

    def _add_rename_delete(self, root: Path, post: Post) -> Iterator[Edit]:
        """Add a post, rename it to another file and URL, and delete it."""
        renamed = replace(post, slug=f"{post.slug}-moved")
        old, new = self.file(root, post), self.file(root, renamed)

        def write() -> None:
            old.write_text(self.source(post), encoding="utf-8")

        def rename() -> None:
            old.unlink()
            new.write_text(self.source(renamed), encoding="utf-8")

        yield Edit("new post", write, self.page(post), lambda page: page.contains(post.title))
        yield Edit("renamed post", rename, self.page(renamed), lambda page: page.contains(post.title))
        yield Edit("deleted post", new.unlink, self.page(renamed), lambda page: page.is_missing)


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def _draw(path: Path, width: int = _WIDTH) -> None:
    """Write a picture of noise. It has as many colors as a photo, so that the site resizes it."""
    noise = Random(width).randbytes(width * _HEIGHT * 3)  # noqa: S311 - no secret
    Image.frombytes("RGB", (width, _HEIGHT), noise).save(path)


def _edit_data(path: Path, marker: str) -> Edit:
    """Replace the role of the benchmark by another, which the timeline shows."""
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    roles = [role for role in record["roles"] or [] if not role["id"].startswith(_ROLE)]
    role = {"id": marker, "company": "Benchmark", "position": marker, "start_date": 1990, "end_date": 1991}
    text = yaml.safe_dump({**record, "roles": [*roles, role]}, allow_unicode=True, sort_keys=False)

    def change() -> None:
        path.write_text(text, encoding="utf-8")

    return Edit("data of the timeline", change, _TIMELINE, lambda page: page.contains(marker))


def _append(kind: str, path: Path, line: str, marker: str, page: str) -> Edit:
    """Append a line to a file. The page then contains the marker."""
    text = path.read_text(encoding="utf-8")

    def change() -> None:
        path.write_text(f"{text.rstrip()}\n{line}\n", encoding="utf-8")

    return Edit(kind, change, page, lambda response: response.contains(marker))


def _edit_picture(path: Path, page: str, turn: int) -> Edit:
    """Replace a picture by one of another width, which its page contains."""
    width = _WIDTH + 1 + turn
    return Edit(
        "picture", partial(_draw, path, width), page, lambda response: response.contains(f'width="{width}"')
    )
