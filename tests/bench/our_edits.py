"""What an owner of this site edits under `make serve` besides the bodies of posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import yaml
from PIL import Image

from tests.bench import blog
from tests.bench.blog import Post
from tests.bench.edits import Edit

if TYPE_CHECKING:
    from tests.bench.contenders.ours import Ours

_TEMPLATE = "overrides/partials/footer.html"
_STYLES = "assets/stylesheets/print.css"
_DATA = "career.yml"
_ROLE = "benchmark-"
_TIMELINE = "timeline/"
_WIDTH, _HEIGHT = 400, 300


def edits(site: Ours, root: Path, posts: list[Post], turn: int) -> Iterator[Edit]:
    """One edit of each kind, in the order in which they are made; ``turn`` counts from 0."""
    page = site.address(posts[turn * 41 % len(posts)])
    yield _title(site, root, posts[-1], f"title-{turn:04}")
    yield _data(site.places(root).data / _DATA, f"{_ROLE}{turn:04}")
    yield _appended("template of all pages", root / _TEMPLATE, f"<!-- template-{turn:04} -->", page)
    yield _appended("style sheet", root / "overrides" / _STYLES, f"/* style-{turn:04} */", _STYLES)
    yield _picture(site.picture(root), site.address(posts[0]), turn)
    yield from _comes_and_goes(site, root, blog.post(len(posts) + turn))


def draw(path: Path, width: int = _WIDTH) -> None:
    """A photograph of nothing: it has more colours than a drawing, so that it is published in sizes."""
    noise = Random(width).randbytes(width * _HEIGHT * 3)  # noqa: S311 - no secret
    Image.frombytes("RGB", (width, _HEIGHT), noise).save(path)


def _title(site: Ours, root: Path, post: Post, marker: str) -> Edit:
    """The title of the newest post, to be seen in the list of its category."""
    path = site.file(root, post)

    def change() -> None:
        path.write_text(site.source(replace(post, title=f"{post.title} {marker}")), encoding="utf-8")

    return Edit(
        "title of a post", change, site.category(post), lambda answer: answer.holds(f"{post.title} {marker}")
    )


def _data(path: Path, marker: str) -> Edit:
    """One more role, to be seen on the timeline; that of before goes."""
    record = yaml.safe_load(path.read_text(encoding="utf-8"))
    roles = [role for role in record["roles"] or [] if not role["id"].startswith(_ROLE)]
    role = {"id": marker, "company": "Benchmark", "position": marker, "start_date": 1990, "end_date": 1991}
    text = yaml.safe_dump({**record, "roles": [*roles, role]}, allow_unicode=True, sort_keys=False)

    def change() -> None:
        path.write_text(text, encoding="utf-8")

    return Edit("data of the timeline", change, _TIMELINE, lambda answer: answer.holds(marker))


def _appended(kind: str, path: Path, line: str, address: str) -> Edit:
    text = path.read_text(encoding="utf-8")

    def change() -> None:
        path.write_text(f"{text.rstrip()}\n{line}\n", encoding="utf-8")

    return Edit(kind, change, address, lambda answer: answer.holds(line))


def _picture(path: Path, address: str, turn: int) -> Edit:
    """Another picture under the same name, to be seen by the width that its page tells."""
    width = _WIDTH + 1 + turn
    return Edit(
        "picture", partial(draw, path, width), address, lambda answer: answer.holds(f'width="{width}"')
    )


def _comes_and_goes(site: Ours, root: Path, post: Post) -> Iterator[Edit]:
    """A new post, its move to another file and address, its end."""
    moved = replace(post, slug=f"{post.slug}-moved")
    old, new = site.file(root, post), site.file(root, moved)

    def write() -> None:
        old.write_text(site.source(post), encoding="utf-8")

    def move() -> None:
        old.unlink()
        new.write_text(site.source(moved), encoding="utf-8")

    yield Edit("new post", write, site.address(post), lambda answer: answer.holds(post.title))
    yield Edit("renamed post", move, site.address(moved), lambda answer: answer.holds(post.title))
    yield Edit("deleted post", new.unlink, site.address(moved), lambda answer: answer.missing)
