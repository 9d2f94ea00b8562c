"""Queries on MkDocs' pages and on the posts of Material's blog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

from portfolio.blog.post_lists import ArchivedPost, BlogLists, CountedLink
from portfolio.core import i18n
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import display_path
from portfolio.mkdocs_glue import mkdocs_internals
from portfolio.mkdocs_glue.state import site_state
from portfolio.record.kinds import POSTS, TIMELINE_TEMPLATE, listed_kind
from portfolio.record.models import BaseProject, Post
from portfolio.sources import mkdocs_yml
from portfolio.timeline.views import Portfolio, PostPage, Reference, SiteUrls


def project_root(config: MkDocsConfig) -> Path:
    """Return the folder of mkdocs.yml."""
    return mkdocs_yml.project_root(config.config_file_path)


def page_title(page: Page) -> str:
    """Return a page's title as plain text: that in its front matter, in the navigation, or its heading."""
    return str(page.meta.get("title") or page.title or "")


def source_path(page: Page, config: MkDocsConfig) -> str:
    """Return a page's source as diagnostics and the record name it: relative to the project."""
    return _display_path(page.file.src_uri, config.docs_dir, config.config_file_path)


# Called some ten times a page.
@lru_cache(maxsize=1 << 16)
def _display_path(uri: str, docs: str, config: str | None) -> str:
    return display_path(Path(docs, uri), mkdocs_yml.project_root(config))


def all_pages(files: Files) -> list[Page]:
    """Return every page of the site."""
    return [file.page for file in files.documentation_pages() if file.page is not None]


def is_listed(page: Page) -> bool:
    """Return whether lists may contain a page: lists omit pages that search excludes."""
    search = page.meta.get("search")
    return not (isinstance(search, dict) and search.get("exclude"))


def first_url(files: Files, *sources: str) -> str:
    """Return the URL, relative to the site's, of the first of these sources that exists, or ``""``."""
    return next((file.url for path in sources if (file := files.get_file_from_path(path))), "")


def find_file(path: str, files: Files) -> File | None:
    """Return the file with this source path, None if there is none or it is a draft."""
    file = files.get_file_from_path(path)
    return None if file is None or file.inclusion.value <= InclusionLevel.DRAFT.value else file


def find_by_template(template: str, files: Files) -> Page | None:
    """Return the first page whose front matter names a template."""
    return next((page for page in all_pages(files) if page.meta.get("template") == template), None)


def pages_by_kind(files: Files) -> dict[str, Page]:
    """Return the first page that lists each kind of entries."""
    pages: dict[str, Page] = {}
    for page in all_pages(files):
        if kind := listed_kind(page.meta):
            pages.setdefault(kind, page)
    return pages


def pages_by_tag(files: Files, views: Portfolio) -> list[tuple[str, list[Reference]]]:
    """Return the pages of each tag: posts, newest first, then pages."""
    posts = {post.url: post for post in views.newest_posts}
    order = {url: place for place, url in enumerate(posts)}
    tagged: dict[str, list[Reference]] = {}
    for page in sorted(all_pages(files), key=lambda page: order.get(page.url, len(order))):
        reference = posts.get(page.url) or Reference("", "pages", page_title(page), page.url, "", "")
        for tag in page.meta.get("tags") or ():
            tagged.setdefault(str(tag), []).append(reference)
    return sorted(tagged.items(), key=lambda item: i18n.sort_key(item[0]))


def breadcrumbs(page: Page, nav: Navigation) -> list[tuple[str, str]]:
    """Return titles and absolute URLs: the home page, the index pages of the sections, the page."""
    pages = [page]
    for ancestor in page.ancestors:
        # Material's blog makes its index page the parent of posts.
        index = ancestor if isinstance(ancestor, Page) else None
        if isinstance(ancestor, Section):
            index = next(
                (item for item in ancestor.children if isinstance(item, Page) and item.is_index), None
            )
        if index is not None and index not in pages:
            pages.append(index)
    if nav.homepage is not None and nav.homepage not in pages:
        pages.append(nav.homepage)
    return [(page_title(crumb), crumb.canonical_url or "") for crumb in reversed(pages)]


def site_urls(config: MkDocsConfig, files: Files) -> SiteUrls:
    """Return the URLs of the record's pages and of the posts, for the views."""
    timeline = find_by_template(TIMELINE_TEMPLATE, files)
    blog = mkdocs_internals.find_blog(config)
    lists = pages_by_kind(files)
    if blog is not None:
        lists.setdefault(POSTS.name, blog)
    return SiteUrls(
        timeline=timeline.url if timeline is not None else None,
        pages={kind: page.url for kind, page in lists.items()},
        posts={
            post.id: PostPage(page.url, page_title(page), _byline(page, config))
            for post, page in record_posts(config)
        },
        blog=str(blog.title) if blog is not None else "",
        stories={project.id: page.url for page, project in story_pages(config, files)},
        archive=mkdocs_internals.archive_urls(config),
    )


def story_pages(config: MkDocsConfig, files: Files) -> list[tuple[Page, BaseProject]]:
    """Return the pages with the stories of projects, each with its project."""
    record = site_state(config).record
    projects = ((page, record.find_story(page.file.src_uri)) for page in all_pages(files))
    return [(page, project) for page, project in projects if project is not None]


def _byline(post: Any, config: MkDocsConfig) -> str:
    """Return the authors of a post, if they are not the site's."""
    names = author_names(post)
    return "" if names == (site_state(config).profile.name,) else ", ".join(names)


def blog_posts(config: MkDocsConfig) -> list[Any]:
    """Return the posts of Material's blog, newest first, without excluded ones."""
    blog = mkdocs_internals.find_blog(config)
    return list(blog.posts) if blog is not None else []


def lists_posts(page: Page) -> bool:
    """Return whether a page is the blog's index, its archive, or that of a category or author."""
    return hasattr(page, "posts")


def blog_lists(config: MkDocsConfig) -> BlogLists:
    """Return the lists of the blog, by categories as the blog sorts them. After all pages were converted."""
    archive = mkdocs_internals.find_archive(config)
    tags = [page.url for page, _ in mkdocs_internals.find_tag_lists(config)]
    return BlogLists(
        archive.url if archive is not None else "",
        tags[0] if tags else "",
        tuple(
            CountedLink(page_title(view), view.url, len(view.posts))
            for view in mkdocs_internals.list_categories(config)
        ),
    )


def archived_posts(archive: Any) -> list[ArchivedPost]:
    """Return the posts of a page of the blog, newest first: the blog has pinned posts first."""
    newest_first = sorted(archive.posts, key=created, reverse=True)
    return [
        ArchivedPost(
            page_title(post),
            post.url,
            created(post).date(),
            bool(post.meta.get("unpublished")),
            find_language(post.meta) or "",
        )
        for post in newest_first
    ]


def record_posts(config: MkDocsConfig) -> list[tuple[Post, Any]]:
    """Return the posts of the blog that the record has, newest first: the record's post, and its page."""
    posts = {post.path: post for post in site_state(config).record.posts}
    pages = [(source_path(page, config), page) for page in blog_posts(config)]
    return [(posts[path], page) for path, page in pages if path in posts]


def published_posts(config: MkDocsConfig) -> list[tuple[Post, Any]]:
    """Return the published posts, newest first, as `record_posts` does.

    Under ``mkdocs serve`` the blog also has unpublished posts, which hooks/posts.py marks in ``on_files``.
    """
    posts = (pair for pair in record_posts(config) if not pair[1].meta.get("unpublished"))
    # The blog has pinned posts first.
    return sorted(posts, key=lambda pair: created(pair[1]), reverse=True)


def is_post(page: Page, config: MkDocsConfig) -> bool:
    """Return whether a page is a post. Searching the list of posts would compare titles."""
    return mkdocs_internals.find_blog(config) is not None and hasattr(page, "excerpt")


def created(post: Any) -> datetime:
    """Return when a post was published."""
    return cast(datetime, post.config.date.created)


def author_names(page: Any) -> tuple[str, ...]:
    """Return the names of a post's authors."""
    return tuple(str(author.name) for author in getattr(page, "authors", ()))


def find_language(front_matter: Mapping[str, Any]) -> str | None:
    """Return the language in the front matter of a page; None if that is the language of the site."""
    language = front_matter.get("lang")
    return language if isinstance(language, str) else None


def in_author_source(diagnostic: Diagnostic, page: Page, config: MkDocsConfig) -> Diagnostic:
    """Move a diagnostic from a page's Markdown to the file that its author writes, such as a notebook."""
    notebook = site_state(config).notebooks.get(page.file.src_uri)
    return notebook.map_to_notebook(diagnostic) if notebook is not None else diagnostic
