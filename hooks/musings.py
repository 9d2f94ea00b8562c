"""Lets mkdocs-blog-plugin list the newest posts of Material's blog in the sidebar.

The plugin takes its posts from ``nav.pages``, where Material's are not, empties the section that it fills,
and moves it to the end. So it is shown the posts, the navigation is put back as it was, and the list is added
when Material has attached its views, which takes the section's last page for the neighbour of the archive.
"""

from __future__ import annotations

from dataclasses import dataclass

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure import StructureItem
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page


@dataclass
class _Sidebar:
    """The navigation as it was before the plugin, and the posts that the plugin chose."""

    section: Section
    children: list[StructureItem]
    items: list[StructureItem]
    pages: list[Page]
    newest: list[StructureItem]


def _section(nav: Navigation, title: str) -> Section | None:
    for item in nav.items:
        if (item.title or "").lower() == title.lower():
            return item if isinstance(item, Section) else None
    return None


# Before the plugin, which has no priority (0).
@event_priority(50)
def _offer_posts(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    config.extra.pop("sidebar", None)
    lister, blog = config.plugins.get("blog"), config.plugins.get("material/blog")
    if lister is None or blog is None or not blog.config["enabled"]:
        return
    section = _section(nav, lister.config["folder"])
    if section is None:
        return
    config.extra["sidebar"] = _Sidebar(section, section.children, list(nav.items), nav.pages, [])
    nav.pages = list(blog.blog.posts)


# Before Material's blog (-50).
@event_priority(-25)
def _restore(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    sidebar: _Sidebar | None = config.extra.get("sidebar")
    if sidebar is None:
        return
    sidebar.newest = sidebar.section.children
    sidebar.section.children = sidebar.children
    nav.items[:] = sidebar.items
    nav.pages = sidebar.pages


# After Material's blog.
@event_priority(-75)
def _list_newest(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    sidebar: _Sidebar | None = config.extra.pop("sidebar", None)
    if sidebar is None:
        return
    children = sidebar.section.children
    first = children[0] if children else None
    after_index = 1 if isinstance(first, Page) and first.is_index else 0
    children[after_index:after_index] = sidebar.newest


on_nav = CombinedEvent(_offer_posts, _restore, _list_newest)
