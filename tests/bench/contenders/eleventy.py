"""Eleventy, with its plugins for highlighting and feeds, lists of all kinds and an index for a search."""

import json
from pathlib import Path

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.contenders.contender import SITES, Contender, yaml


class Eleventy(Contender):
    """Runs on the Node that the tests have."""

    name = "eleventy"
    title = "Eleventy"
    note = "a small theme of our own; served with `--incremental`"
    posts = "posts"

    def install(self) -> None:
        installing.node(SITES / self.name, self._installed)

    def version(self) -> str:
        package = self._installed / "node_modules" / "@11ty" / "eleventy" / "package.json"
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])

    def write(self, root: Path, posts: list[Post]) -> None:
        super().write(root, posts)
        # Its configuration imports plugins, which Node looks for beside it.
        (root / "node_modules").symlink_to(self._installed / "node_modules")

    def source(self, post: Post) -> str:
        fields = {
            "title": post.title,
            "date": str(post.day),
            "category": post.category,
            "tags": f"[{', '.join(post.tags)}]",
            "description": f'"{post.description}"',
        }
        return f"{yaml(fields)}{post.linked(lambda slug: f'{slug}.md')}\n"

    def address(self, post: Post) -> str:
        return f"posts/{post.slug}/"

    def build(self) -> list[str]:
        return [*self._eleventy(), "--quiet"]

    def serve(self, port: int) -> list[str]:
        return [*self._eleventy(), "--serve", "--incremental", f"--port={port}"]

    def _eleventy(self) -> list[str]:
        return [installing.program("node"), "node_modules/@11ty/eleventy/cmd.cjs", "--output=site"]
