"""What a page says of itself: all that its template and the plugins may show, but what `site_facts` has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mkdocs_incremental import blog, mkdocs_internals, site_facts
from mkdocs_incremental.excerpts import Marked
from mkdocs_incremental.fingerprint import Digester


@dataclass
class PageFacts:
    """The facts of the pages of one build, when all are converted. ``excerpt`` has those of posts."""

    config: Any
    excerpt: Callable[[str], Marked | None]
    known: Digester
    _shown: dict[int, bytes] = field(default_factory=dict)

    def of(self, page: Any) -> bytes:
        """A digest of the facts of a page, empty for a page of which nobody can tell. Raises Opaque."""
        known = self.known
        facts = [
            known.of(page),
            page.content,
            page.abs_url,
            mkdocs_internals.anchors_of(page.toc),
            [known.of(page.previous_page), known.of(page.next_page)],
            [[type(one).__name__, one.title] for one in page.ancestors],
        ]
        if hasattr(page, "excerpt"):
            facts.append(known.of(_of_post(page)))
        elif blog.is_view(page):
            posts = blog.shown_in(page, self.config)
            shown = None if posts is None else [self._in_list(post) for post in posts]
            if shown is None or not all(shown):
                return b""
            facts += [page.name, len(page.posts), [one.url for one in page.pages], shown]
        made = known.of(facts)
        known.forget(facts)
        return made

    def _in_list(self, post: Any) -> bytes:
        """A digest of what lists show of a post; empty if its excerpt is Material's."""
        if id(post) not in self._shown:
            marked = self.excerpt(post.file.src_uri)
            facts = (
                None if marked is None else [self.known.of(post), _of_post(post), marked.html, marked.tokens]
            )
            self._shown[id(post)] = b"" if facts is None else self.known.of(facts)
        return self._shown[id(post)]


def _of_post(post: Any) -> list[Any]:
    return [
        dict(post.config),
        [dict(author) for author in post.authors],
        post.categories,
        [[one.name for one in more] for more in (post.excerpt.authors, post.excerpt.categories)]
        if post.excerpt is not None
        else None,
        site_facts.items_of(post.config.links or ()),
    ]
