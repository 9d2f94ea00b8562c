"""What ``python -m portfolio post`` and ``links`` do, and what ``check`` lists; the caller prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from portfolio.blog import new_post
from portfolio.blog import urls as blogs
from portfolio.blog.new_post import NewPostRequest, PostRequestError
from portfolio.blog.publication_status import Unpublished
from portfolio.blog.urls import BlogSettings
from portfolio.config.site import Site
from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.lint import external_links
from portfolio.lint.documents import read_documents
from portfolio.record.models import Post, id_from
from portfolio.sources import mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths, display_path, read_text

_CACHE = ".cache/links.json"


def listed(waiting: Sequence[Unpublished]) -> list[str]:
    """Lines that tell which posts are not out, and when they come out."""
    drafts = [one.post for one in waiting if one.day is None]
    ahead = [one for one in waiting if one.day is not None]
    lines = ["Drafts, which no build shows:"] if drafts else []
    lines += [f"  {post.path}" for post in drafts]
    lines += ["Dated ahead, out with the first build on their day:"] if ahead else []
    lines += [f"  {one.day}  {one.post.path}" for one in ahead]
    return lines


def begin_post(
    wish: NewPostRequest, found: Site, places: SitePaths, config: Path, now: datetime, port: int
) -> list[str]:
    """Write a new draft of today, and tell its path and where ``make serve`` shows it.

    Raises `NoPostError` where it cannot be begun; a file that is there stays as it is.
    """
    values = mkdocs_yml.read_settings(config)
    blog = blogs.read_blog_settings(values)
    if blog is None or places.posts is None:
        raise PostRequestError(
            f"{config.name} has no blog among its plugins, and a post would have no place."
        )
    origins = {
        entry.id: str(origin) for entry, origin in zip(found.record, found.record.origins, strict=True)
    }
    posts = {post.id for post in found.record.posts}
    day = now.astimezone(found.options.zone).date()
    post = new_post.draft_post(
        wish,
        day,
        authors=_authors(places, blog, values.get("site_author")),
        known=origins.keys() - posts,
        separator=blog.separator,
    )
    path = places.posts / post.name
    name = display_path(path, places.root)
    if path.exists():
        raise PostRequestError(
            f"{name} is there already, and stays as it is. Give the new post another title."
        )
    if (id := id_from(path.stem)) in origins:
        raise PostRequestError(f"the id {quote(id)} is taken by {origins[id]}. Give the post another title.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(post.text)
    begun = Post(id=id, path=name, date=day, slug=post.slug, categories=wish.categories)
    address = blog.post_url(begun, wish.title)
    return [name, *([blog.preview_url(address, port)] if address else [])]


def check_external_links(paths: SitePaths, config: Path, now: datetime) -> tuple[list[Diagnostic], list[str]]:
    """Request all URLs of other sites; return diagnostics for dead links, and lines for a report."""
    settings = mkdocs_yml.read_settings(config)
    links = external_links.collect_external_links(read_documents(paths, settings), paths.data, paths.root)
    cache = paths.root / _CACHE
    client = external_links.LinkClient(
        str(settings.get("site_name") or ""), str(settings.get("site_url") or "")
    )
    answers = external_links.check_urls(links, client, external_links.load_cache(cache), now.date())
    external_links.save_cache(cache, answers)
    dead, notes = external_links.report_dead_links(links, answers)
    hosts = {urlsplit(url).netloc for url in answers}
    gone = len({diagnostic.message for diagnostic in dead})
    return dead, [*notes, f"{len(answers)} links to {len(hosts)} other sites, {gone} gone."]


def _authors(places: SitePaths, blog: BlogSettings, owner: object) -> list[str]:
    """The id of the site's owner among those who write here, or of the only one."""
    if blog.authors is None:
        return []
    text = read_text(places.docs / blog.authors, places.root, optional=True)
    document, _ = positions.load_yaml(blog.authors, text if isinstance(text, str) else "")
    given = document.data.get("authors") if isinstance(document.data, dict) else None
    people = given if isinstance(given, dict) else {}
    own = [id for id, person in people.items() if isinstance(person, dict) and person.get("name") == owner]
    return own[:1] or (list(people) if len(people) == 1 else [])
