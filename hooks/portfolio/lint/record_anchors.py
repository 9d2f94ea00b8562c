"""The anchors that a page has besides its headings: those of the record, by the template that shows it."""

from __future__ import annotations

from portfolio.citations import publication_list
from portfolio.record.record import Record
from portfolio.timeline import views

# The templates that show the record, without which a page has no anchors of it.
TEMPLATES = frozenset({"timeline.html", "publications.html", "talks.html", "software.html"})


def of(template: str, record: Record, posts: set[str]) -> set[str]:
    """The ids that a template of the site gives to entries of the record.

    ``posts`` has the ids of the posts that are shown: the others stand on no timeline.
    """
    if template == "timeline.html":
        hidden = {post.id for post in record.posts} - posts
        kinds = {f"only-{kind}" for kind in views.KINDS if getattr(record, kind)}
        return ({entry.id for entry in record} - hidden) | kinds
    if template == "publications.html":
        return publication_list.anchors(record.publications)
    if template in ("talks.html", "software.html"):
        return {entry.id for entry in getattr(record, template.removesuffix(".html"))}
    return set()
