"""Material for MkDocs as its documentation sets up a blog, of the versions that this site has."""

import sys
from importlib.metadata import version

from tests.bench.blog import Post
from tests.bench.contenders.contender import Contender, yaml


class Stock(Contender):
    """Runs in the project's own environment, with none of its hooks."""

    name = "stock"
    title = "Material"
    note = "stock: plugins blog, tags and search, the versions that this site has"
    posts = "docs/blog/posts"

    def install(self) -> None:
        """It is there: the tests run in it."""

    def version(self) -> str:
        return f"{version('mkdocs-material')} on MkDocs {version('mkdocs')}"

    def source(self, post: Post) -> str:
        return source(post)

    def address(self, post: Post) -> str:
        return f"blog/{post.day:%Y/%m/%d}/{post.slug}/"

    def build(self) -> list[str]:
        return [sys.executable, "-m", "mkdocs", "build", "--quiet"]

    def serve(self, port: int) -> list[str]:
        return [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]


def source(post: Post) -> str:
    """A post as Material's blog reads it."""
    fields = {
        "date": str(post.day),
        "slug": post.slug,
        "categories": f"[{post.category}]",
        "tags": f"[{', '.join(post.tags)}]",
        "description": f'"{post.description}"',
    }
    return f"{yaml(fields)}# {post.title}\n\n{post.linked(lambda slug: f'{slug}.md')}\n"
