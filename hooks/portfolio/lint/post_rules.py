"""What can be wrong between posts and in what their front matter names, found without a build."""

from __future__ import annotations

from collections.abc import Iterator

from portfolio.blog import post_navigation
from portfolio.blog.urls import BlogSettings
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.lint import links
from portfolio.lint.documents import ImageFiles, SourcePage
from portfolio.lint.links import LinkTargets
from portfolio.record.models import Post
from portfolio.record.record import Origin, Record


def check_posts(
    record: Record, authors: set[str] | None, site: LinkTargets, blog: BlogSettings, pictures: ImageFiles
) -> Iterator[Diagnostic]:
    """Every problem of the posts on the site; ``authors`` are the ids that are kept, None where none are."""
    pages = {page.name: page for page in site.tree.pages.values()}
    placed = [
        (post, origin, pages[post.path])
        for post, origin in zip(record, record.origins, strict=True)
        if isinstance(post, Post) and post.path in pages
    ]
    first: dict[str, Post] = {}
    doubles = {post.path: holder for post, holder in post_navigation.find_duplicate_parts(record.posts)}
    for post, origin, page in placed:
        yield from _named(post, origin, page, authors, blog)
        yield from _pages(post, origin, page.path, site, pictures)
        address = blog.post_url(post, post.title or derive_title(page))
        holder = first.setdefault(address, post) if address is not None else post
        if holder is not post and not {*_refused(post, page), *_refused(holder, pages[holder.path])}:
            message = f"the address {quote(address)} is taken by {holder.path}. Write another 'slug:'."
            yield origin.diagnose(("slug",) if post.slug else ("date",), message)
        if (older := doubles.get(post.path)) is not None:
            message = f"part {post.part} of {quote(post.series)} is {older.path}. Every number stands once."
            yield origin.diagnose(("part",), message)
        if blog.needs_separator and blog.separator not in page.markup.body:
            message = (
                f"nothing says where the excerpt ends. Write {blog.separator} on a line of its own "
                "after the first paragraph or two."
            )
            yield page.problem(page.markup.body_start, "excerpt", message)


def _refused(post: Post, page: SourcePage) -> list[str]:
    """What front matter says of a post's address or categories and was not taken: that is told already."""
    given = {"title": post.title, "slug": post.slug, "categories": post.categories}
    return [key for key, taken in given.items() if not taken and page.meta.get(key)]


def _named(
    post: Post, origin: Origin, page: SourcePage, authors: set[str] | None, blog: BlogSettings
) -> Iterator[Diagnostic]:
    """The categories and authors of a post; a draft may be without a category."""
    if not post.categories and not post.draft and "categories" not in _refused(post, page):
        yield origin.diagnose(
            ("categories",), "the post is in no category. Write one, as in 'categories: [Notes]'."
        )
    for index, name in enumerate(post.categories):
        if blog.allowed_categories and name not in blog.allowed_categories:
            accepted = ", ".join(blog.allowed_categories)
            hint = f"{did_you_mean(name, blog.allowed_categories)} Accepted: {accepted}."
            yield origin.diagnose(("categories", index), f"{quote(name)} is no category here.", hint)
    for index, id in enumerate(post.authors):
        if authors is not None and id not in authors:
            message = f"there is no {quote(id)} in {blog.authors}. {did_you_mean(id, authors)}"
            yield origin.diagnose(("authors", index), message)


def _pages(
    post: Post, origin: Origin, page: str, site: LinkTargets, pictures: ImageFiles
) -> Iterator[Diagnostic]:
    """The files that front matter names."""
    named: list[tuple[positions.KeyPath, str]] = [*positions.iter_texts(post.links, ("links",))]
    named += [(("image",), post.image)] if post.image else []
    for at, target in named:
        why = links.check_file(target, page, site)
        if why is None and at == ("image",):
            why = pictures.wrong("", target)
        if why:
            yield origin.diagnose(at, why)


def derive_title(page: SourcePage) -> str:
    """The title before a page is converted, as MkDocs has it: a first line '# Title', or the file's name."""
    first = next((line.strip() for line in page.markup.body.splitlines() if line.strip()), "")
    if first.startswith("# "):
        return first.lstrip("# ")
    name = page.path.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ")
    return name.capitalize() if name.lower() == name else name
