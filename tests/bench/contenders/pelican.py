"""Pelican, with its default theme and settings."""

from tests.bench import installing
from tests.bench.blog import Post
from tests.bench.contenders.contender import Contender


class Pelican(Contender):
    """Uses Python-Markdown, like MkDocs."""

    name = "pelican"
    title = "Pelican"
    note = "default theme and settings: no search, no cache between builds"
    posts = "content/posts"

    def version(self) -> str:
        return installing.installed_version(self._environment, "pelican")

    def source(self, post: Post) -> str:
        head = [
            f"Title: {post.title}",
            f"Date: {post.day}",
            f"Slug: {post.slug}",
            f"Category: {post.category}",
            f"Tags: {', '.join(post.tags)}",
            f"Description: {post.description}",
        ]
        text = post.markdown(lambda slug: f"{{filename}}{slug}.md")
        return "\n".join(head) + f"\n\n{text}\n"

    def page(self, post: Post) -> str:
        return f"posts/{post.slug}/"

    def build(self) -> list[str]:
        return [self.program("pelican"), "--quiet"]

    def serve(self, port: int) -> list[str]:
        return [self.program("pelican"), "--listen", "--autoreload", "--bind", "127.0.0.1", f"--port={port}"]
