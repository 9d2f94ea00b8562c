"""The way from the home page to a page of MkDocs."""

from __future__ import annotations

from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as SitePage

import site_pages
from portfolio.renderers.page import Step


def trail(page: SitePage, nav: Navigation) -> tuple[Step, ...]:
    """The home page, the pages of the sections around this one, and this one."""
    pages = [page]
    above: StructureItem | None = page.parent
    while above is not None:
        entrance = _entrance(above)
        if isinstance(entrance, SitePage) and entrance not in pages:
            pages.append(entrance)
        above = above.parent
    if nav.homepage is not None and nav.homepage not in pages:
        pages.append(nav.homepage)
    return tuple(Step(site_pages.title_of(one), one.canonical_url or "") for one in reversed(pages))


def _entrance(item: StructureItem) -> StructureItem | None:
    """The page by which one enters a section, if it has one of its own; a page is its own."""
    if not isinstance(item, Section):
        return item
    return next((one for one in item.children if isinstance(one, SitePage) and one.is_index), None)
