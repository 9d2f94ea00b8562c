"""What bears the tags of a site of MkDocs."""

from __future__ import annotations

from mkdocs.structure.files import Files

import site_pages
from portfolio.links import Reference
from portfolio.views import Portfolio


def by_tag(files: Files, views: Portfolio) -> list[tuple[str, list[Reference]]]:
    """What bears each tag: posts, newest first, then other pages."""
    posts = {post.url: post for post in views.newest_posts}
    tagged: dict[str, list[Reference]] = {}
    pages = {page.url: page for page in site_pages.all_of(files)}
    others = [url for url in pages if url not in posts]
    for url in (*(url for url in posts if url in pages), *others):
        page = pages[url]
        plain = Reference("", "pages", site_pages.title_of(page), url, "", "")
        for tag in page.meta.get("tags") or ():
            tagged.setdefault(str(tag), []).append(posts.get(url, plain))
    return sorted(tagged.items())
