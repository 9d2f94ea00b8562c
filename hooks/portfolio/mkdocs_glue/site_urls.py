"""Where the pages of the record and the posts stand, for the views."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from portfolio.mkdocs_glue import site_pages
from portfolio.timeline import views
from portfolio.timeline.views import PostPage, SiteUrls

# The template by which a page says that it is the timeline.
_TIMELINE = "timeline.html"


def of(config: MkDocsConfig, files: Files) -> SiteUrls:
    """Where the pages of the record and the posts stand."""
    pages = site_pages.by_template(files)
    kinds = {kind: pages[f"{kind}.html"].url for kind in views.KINDS if f"{kind}.html" in pages}
    posts = {site_pages.source_of(post, config): post for post in site_pages.posts_of(config)}
    shown = {
        entry.id: PostPage(posts[entry.path].url, site_pages.title_of(posts[entry.path]), byline)
        for entry in config.extra["record"].posts
        if entry.path in posts
        for byline in [_byline(posts[entry.path], config)]
    }
    blog = site_pages.blog_of(config)
    return SiteUrls(
        timeline=pages[_TIMELINE].url if _TIMELINE in pages else None,
        pages=kinds,
        posts=shown,
        blog=str(blog.title) if blog is not None else "",
    )


def _byline(post: Page, config: MkDocsConfig) -> str:
    """The authors of a post, where they are not the site's."""
    names = [str(author.name) for author in getattr(post, "authors", [])]
    return "" if names == [config.site_author] else ", ".join(names)
