"""Eleventy, with its plugins for syntax highlighting and feeds, lists of all kinds and a search index."""

import json
from pathlib import Path

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.contenders.contender import SITES, Contender, yaml


class Eleventy(Contender):
    """Runs on the tests' Node."""

    name = "eleventy"
    title = "Eleventy"
    note = "a small custom theme; served with `--incremental`"
    posts = "posts"

    def install(self) -> None:
        installing.install_node(SITES / self.name, self._environment)

    def version(self) -> str:
        package = self._environment / "node_modules" / "@11ty" / "eleventy" / "package.json"
        return str(json.loads(package.read_text(encoding="utf-8"))["version"])

    def write(self, root: Path, posts: list[Post]) -> None:
        super().write(root, posts)
        # Node resolves the plugins that the configuration imports relative to it.
        (root / "node_modules").symlink_to(self._environment / "node_modules")

    def source(self, post: Post) -> str:
        fields = {
            "title": post.title,
            "date": str(post.day),
            "category": post.category,
            "tags": f"[{', '.join(post.tags)}]",
            "description": f'"{post.description}"',
        }
        return f"{yaml(fields)}{post.markdown(lambda slug: f'{slug}.md')}\n"

    def page(self, post: Post) -> str:
        return f"posts/{post.slug}/"

    def build(self) -> list[str]:
        return [*self._eleventy(), "--quiet"]

    def serve(self, port: int) -> list[str]:
        return [*self._eleventy(), "--serve", "--incremental", f"--port={port}"]

    def _eleventy(self) -> list[str]:
        return [installing.find_program("node"), "node_modules/@11ty/eleventy/cmd.cjs", "--output=site"]
