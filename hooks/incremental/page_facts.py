"""What a page says of itself: all that its template and the plugins may show, but what `site_facts` has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from incremental import adapter, blog, site_facts
from incremental.excerpts import Marked


def of(page: Any, config: Any, excerpt: Callable[[str], Marked | None]) -> list[Any] | None:
    """The facts of a page as values to digest; None for a page of which nobody can tell."""
    facts = [
        *site_facts.shallow(page),
        page.content,
        page.abs_url,
        adapter.anchors_of(page.toc),
        [page.previous_page, page.next_page],
        [[type(one).__name__, one.title] for one in page.ancestors],
    ]
    plugin = blog.of(config)
    if plugin is None:
        return facts
    if hasattr(page, "excerpt"):
        return [*facts, _of_post(page)]
    if blog.is_view(page):
        shown = []
        for post in blog.shown_in(plugin, page):
            marked = excerpt(post.file.src_uri)
            if marked is None:
                return None
            shown.append([site_facts.shallow(post), _of_post(post), marked.html, marked.tokens])
        return [*facts, page.name, len(page.posts), [one.url for one in page.pages], shown]
    return facts


def _of_post(post: Any) -> list[Any]:
    return [
        dict(post.config),
        [dict(author) for author in post.authors],
        post.categories,
        [[one.name for one in more] for more in (post.excerpt.authors, post.excerpt.categories)]
        if post.excerpt is not None
        else None,
    ]
