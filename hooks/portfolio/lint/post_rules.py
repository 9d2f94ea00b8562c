"""Rules for posts: what their front matter refers to, and conflicts between posts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from portfolio.blog.post_navigation import find_duplicate_parts
from portfolio.blog.urls import BlogSettings
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.positions import Document
from portfolio.core.text import slugify_title
from portfolio.images.svg_sanitizer import has_labels
from portfolio.lint.documents import SourcePage
from portfolio.lint.links import LinkTargets, check_file, check_post_link
from portfolio.lint.similar_names import find_similar_names
from portfolio.record.models import Post
from portfolio.record.record import Origin
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.sources.posts import load_authors

# Of the text of a post without line breaks: a paragraph or two, in any script.
_MAX_NOTE_LENGTH = 700


def check_posts(
    targets: LinkTargets, blog: BlogSettings, paths: SitePaths, distinct_names: Collection[str]
) -> Iterator[Diagnostic]:
    """Yield every diagnostic of the posts. ``distinct_names`` are not taken for misspelled ones."""
    record, authors = targets.record, None
    if blog.authors is not None:
        document, problems = load_authors(paths.docs / blog.authors, paths.root)
        authors = document.data
        yield from problems
        yield from _check_avatars(document, targets)
    posts = [
        (post, origin) for post, origin in zip(record, record.origins, strict=True) if isinstance(post, Post)
    ]
    posts.sort(key=lambda pair: (pair[0].date or date.max, pair[0].path))
    for key, meant in (("categories", blog.allowed_categories), ("tags", blog.allowed_tags), ("series", ())):
        yield from find_similar_names(posts, key, {*meant, *distinct_names}, code="post.similar-name")
    first: dict[str, Post] = {}
    fed: dict[str, Post] = {}
    older_parts = {post.path: older for post, older in find_duplicate_parts(record.posts)}
    for post, origin in zip(record, record.origins, strict=True):
        page = targets.documents.by_name.get(post.path) if isinstance(post, Post) else None
        if not isinstance(post, Post) or page is None:
            continue
        yield from _check_labels(post, origin, page, authors, blog)
        yield from _check_slug(post, origin, page, blog)
        yield from _check_files(post, origin, page, targets)
        if (url := targets.post_urls[post.path]) and not _depends_on_invalid_value(post, page):
            older = first.setdefault(url, post)
            if older is not post:
                message = f"the URL {quote(url)} is that of {older.path}."
                at = "slug" if post.slug else "date"
                yield origin.diagnose((at,), message, "Write another 'slug:'.", code="post.duplicate-url")
        if post.feed_id and (other := fed.setdefault(post.feed_id, post)) is not post:
            message, hint = f"{other.path} has this id as well.", "Give each post its own."
            yield origin.diagnose(("feed_id",), message, hint, code="post.duplicate-feed-id")
        if (older_part := older_parts.get(post.path)) is not None:
            message = f"part {post.part} of {quote(post.series)} is {older_part.path}."
            hint = "Give each part its own number."
            yield origin.diagnose(("part",), message, hint, code="post.duplicate-part")
        if blog.needs_separator and paths.separator not in page.markdown.body and not _is_note(page):
            yield page.diagnose(
                page.markdown.body_start,
                "excerpt",
                "the end of the excerpt is not marked.",
                f"Write {paths.separator} on a line of its own after the first paragraph or two. Only a post "
                f"of at most {_MAX_NOTE_LENGTH} characters needs none.",
                code="post.missing-excerpt",
            )


def _is_note(page: SourcePage) -> bool:
    """Whether a post is no longer than an excerpt: it is its own excerpt, and needs no category."""
    return len(" ".join(page.markdown.body.split())) <= _MAX_NOTE_LENGTH


def _check_avatars(document: Document, targets: LinkTargets) -> Iterator[Diagnostic]:
    """Check the pictures of authors, whose paths are relative to the documents folder."""
    for id, author in (document.data or {}).items():
        avatar = author.get("avatar") if isinstance(author, dict) else None
        if not isinstance(avatar, str):
            continue
        at = ("authors", id, "avatar")
        if fault := check_file(avatar, document.path, targets):
            yield document.diagnose(at, fault.message, fault.hint, code=fault.code)
        elif ":" in avatar and not avatar.startswith(("http://", "https://")):
            message, hint = (
                f"{quote(avatar)} is not a picture.",
                "Write its path in docs/, or https://…",
            )
            yield document.diagnose(at, message, hint, code="record.invalid-url")


def _depends_on_invalid_value(post: Post, page: SourcePage) -> bool:
    """Whether the URL of a post depends on an invalid value, which has a diagnostic already."""
    values = {"title": post.title, "slug": post.slug, "categories": post.categories}
    return any(not value and page.read_key(key) for key, value in values.items())


def _check_labels(
    post: Post, origin: Origin, page: SourcePage, authors: Collection[str] | None, blog: BlogSettings
) -> Iterator[Diagnostic]:
    """Check the categories and authors of a post; a draft and a note need no category."""
    if not (post.categories or post.draft or page.read_key("categories") or _is_note(page)):
        hint = "Write one, as in 'categories: [Notes]'."
        yield origin.diagnose(("categories",), "the post has no category.", hint, code="post.no-category")
    for key, allowed, kind, code in (
        ("categories", blog.allowed_categories, "category of this blog", "post.unknown-category"),
        ("tags", blog.allowed_tags, "tag of this site", "post.unknown-tag"),
    ):
        for index, name in enumerate(getattr(post, key)):
            if allowed and name not in allowed:
                hint = f"{did_you_mean(name, allowed)} Accepted: {', '.join(allowed)}."
                yield origin.diagnose((key, index), f"{quote(name)} is not a {kind}.", hint, code=code)
    for index, id in enumerate(post.authors):
        if authors is not None and id not in authors:
            message = f"there is no {quote(id)} in {blog.authors}."
            at, hint = ("authors", index), did_you_mean(id, authors)
            yield origin.diagnose(at, message, hint, code="post.unknown-author")


def _check_slug(post: Post, origin: Origin, page: SourcePage, blog: BlogSettings) -> Iterator[Diagnostic]:
    """Check that a URL can be derived from the title of a post without a slug."""
    title = post.title or page.title
    if post.slug or page.read_key("slug") or slugify_title(title):
        return
    if not blog.has_default_slugs or "{slug}" not in blog.url:
        return
    message = f"the title {quote(title)} has no letter or digit for a URL."
    hint = "Write the end of the URL in the front matter, as in 'slug: soft-edges'."
    if post.title:
        yield origin.diagnose(("title",), message, hint, code="post.no-slug")
    else:
        body = page.markdown.body
        at = page.markdown.body_start + len(body) - len(body.lstrip())
        yield page.diagnose(at, "title", message, hint, code="post.no-slug")


def _has_labels(target: str, targets: LinkTargets) -> bool:
    documents = targets.documents
    path = documents.find_file("", target)
    # An image of a notebook has no file of its own.
    return (
        path is not None
        and path not in documents.generated
        and has_labels((documents.folder / path).read_bytes())
    )


def _check_files(post: Post, origin: Origin, page: SourcePage, targets: LinkTargets) -> Iterator[Diagnostic]:
    """Check the files that front matter refers to."""
    for at, target in positions.iter_texts({"links": post.links, "image": post.image or None}):
        check = check_file if at == ("image",) else check_post_link
        if fault := check(target, page.path, targets):
            yield origin.diagnose(at, fault.message, fault.hint, code=fault.code)
        elif at == ("image",) and page.conversions is not None:
            image = page.conversions.find_image("", target)
            if isinstance(image, str):
                yield origin.diagnose(at, image, code="image.unusable")
            elif target.lower().endswith(".svg") and _has_labels(target, targets):
                message = "has labels in HTML (foreignObject), which previews of links cannot show."
                yield origin.diagnose(at, message, "Export it as PNG.", code="image.unusable")
