"""What several hooks ask of MkDocs' pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from portfolio.sources import mkdocs_yml
from portfolio.timeline.views import Portfolio, Reference


def title_of(page: Page) -> str:
    """A page's title as plain text: MkDocs gives one from a heading as HTML."""
    given = page.meta.get("title")
    return str(given) if given else Markup(page.title or "").striptags()  # noqa: S704


def source_of(page: Page, config: MkDocsConfig) -> str:
    """A page's source as problems and the record name it: relative to the project."""
    return _shown(page.file.src_uri, config.docs_dir, config.config_file_path)


# It is asked for some ten times a page.
@lru_cache(maxsize=1 << 16)
def _shown(uri: str, docs: str, config: str | None) -> str:
    return mkdocs_yml.display_path(Path(docs, uri), mkdocs_yml.project_root(config))


def blog_of(config: MkDocsConfig) -> Any:
    """Material's blog, with its posts and views; None where there is none. Material types none of it."""
    plugin: Any = config.plugins.get("material/blog")
    return plugin.blog if plugin is not None and plugin.config["enabled"] else None


def posts_of(config: MkDocsConfig) -> list[Page]:
    """The posts of Material's blog, newest first, without drafts."""
    blog = blog_of(config)
    return list(blog.posts) if blog is not None else []


def is_post(page: Page, config: MkDocsConfig) -> bool:
    """Whether a page that is built is a post; to look for it among the posts would compare their titles."""
    return blog_of(config) is not None and hasattr(page, "excerpt")


def all_of(files: Files) -> list[Page]:
    """Every page of the site."""
    return [file.page for file in files.documentation_pages() if file.page is not None]


def is_listed(page: Page) -> bool:
    """Whether a page may be found; one that the search is to leave out is in no other list either."""
    search = page.meta.get("search")
    return not (isinstance(search, dict) and search.get("exclude"))


def address_of(files: Files, *sources: str) -> str:
    """The address, from the site's own, of the first of these sources that there is, or an empty text."""
    return next((file.url for path in sources if (file := files.get_file_from_path(path))), "")


def file_at(path: str, files: Files) -> File | None:
    """The file of a source's path, None where there is none or where it is a draft."""
    file = files.get_file_from_path(path)
    return None if file is None or file.inclusion.value <= InclusionLevel.DRAFT.value else file


def by_template(files: Files) -> dict[str, Page]:
    """The first page of each template that a page names."""
    found: dict[str, Page] = {}
    for page in all_of(files):
        if name := page.meta.get("template"):
            found.setdefault(str(name), page)
    return found


def by_tag(files: Files, views: Portfolio) -> list[tuple[str, list[Reference]]]:
    """What bears each tag: posts, newest first, then other pages."""
    posts = {post.url: post for post in views.newest_posts}
    tagged: dict[str, list[Reference]] = {}
    pages = {page.url: page for page in all_of(files)}
    others = [url for url in pages if url not in posts]
    for url in (*(url for url in posts if url in pages), *others):
        page = pages[url]
        plain = Reference("", "pages", title_of(page), url, "", "")
        for tag in page.meta.get("tags") or ():
            tagged.setdefault(str(tag), []).append(posts.get(url, plain))
    return sorted(tagged.items())


def trail_of(page: Page, nav: Navigation) -> list[tuple[str, str]]:
    """The home page, those of the sections around a page, and the page: titles and absolute addresses."""
    pages = [page]
    above: StructureItem | None = page.parent
    while above is not None:
        entrance = _entrance(above)
        if isinstance(entrance, Page) and entrance not in pages:
            pages.append(entrance)
        above = above.parent
    if nav.homepage is not None and nav.homepage not in pages:
        pages.append(nav.homepage)
    return [(title_of(one), one.canonical_url or "") for one in reversed(pages)]


def _entrance(item: StructureItem) -> StructureItem | None:
    """The page by which one enters a section, if it has one of its own; a page is its own."""
    if not isinstance(item, Section):
        return item
    return next((one for one in item.children if isinstance(one, Page) and one.is_index), None)
