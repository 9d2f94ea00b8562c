"""Material for MkDocs with a blog as its documentation sets it up, in the versions of this site."""

import sys
from importlib.metadata import version

from tests.bench.blog import Post
from tests.bench.contenders.contender import Contender, yaml


class Stock(Contender):
    """Runs in the project's environment, without its hooks."""

    name = "stock"
    title = "Material"
    note = "plugins blog, tags and search, in the versions of this site"
    posts = "docs/blog/posts"

    def install(self) -> None:
        """Nothing to do: the tests run in its environment."""

    def version(self) -> str:
        return f"{version('mkdocs-material')} on MkDocs {version('mkdocs')}"

    def source(self, post: Post) -> str:
        return source(post)

    def page(self, post: Post) -> str:
        return f"blog/{post.day:%Y/%m/%d}/{post.slug}/"

    def build(self) -> list[str]:
        return [sys.executable, "-m", "mkdocs", "build", "--quiet"]

    def serve(self, port: int) -> list[str]:
        return [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]


def source(post: Post) -> str:
    """Return a post in the format of Material's blog."""
    fields = {
        "date": str(post.day),
        "slug": post.slug,
        "categories": f"[{post.category}]",
        "tags": f"[{', '.join(post.tags)}]",
        "description": f'"{post.description}"',
    }
    return f"{yaml(fields)}# {post.title}\n\n{post.markdown(lambda slug: f'{slug}.md')}\n"
