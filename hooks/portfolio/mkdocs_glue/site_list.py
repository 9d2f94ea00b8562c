"""The list of the site's pages that `faces` writes for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

from portfolio.exports import markdown
from portfolio.exports.markdown import ToUrl
from portfolio.mkdocs_glue import site_pages
from portfolio.timeline.views import Portfolio


def sections(
    data: list[markdown.ListedPage], address: ToUrl, config: MkDocsConfig, files: Files
) -> list[tuple[str, list[markdown.ListedPage]]]:
    """The sections of ``llms.txt``: pages in the order of the navigation, posts, ``data``, lists of posts."""
    posts = site_pages.posts_of(config)
    order = {page.url: place for place, page in enumerate(_in_order(config.extra["navigation"].items))}
    # By their sources: MkDocs compares pages by their titles, which it may have to work out.
    own = {post.file.src_uri for post in posts}
    others = [
        page
        for page in site_pages.all_of(files)
        if page.file.src_uri not in own and site_pages.is_listed(page)
    ]
    others.sort(key=lambda page: (not page.is_homepage, order.get(page.url, len(order))))
    written = [page for page in others if page.file.generated_by is None]
    made = [page for page in others if page.file.generated_by is not None]
    views: Portfolio = config.extra["views"]
    return [
        ("Pages", _items(written, address)),
        (views.blog, _items(filter(site_pages.is_listed, posts), address)),
        ("Data", data),
        ("Optional", _items(made, address)),
    ]


def _in_order(items: Iterable[StructureItem]) -> Iterator[Page]:
    """The pages of the navigation as one reads it; its own list of them has posts in it too."""
    for item in items:
        if isinstance(item, Page):
            yield item
        elif isinstance(item, Section):
            yield from _in_order(item.children)


def _items(pages: Iterable[Page], address: ToUrl) -> list[markdown.ListedPage]:
    return [
        markdown.ListedPage(
            site_pages.title_of(page), address(page.url), str(page.meta.get("description") or "")
        )
        for page in pages
    ]
