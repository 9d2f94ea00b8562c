"""What a build of a site has, as far as that is known without one: its aliases, pages, lists and files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from portfolio.blog.urls import BlogSettings
from portfolio.core.text import slugify_name
from portfolio.core.validation import list_items
from portfolio.lint.documents import SourcePage
from portfolio.lint.links import LinkTargets
from portfolio.lint.page_rules import page_file
from portfolio.record.models import Post
from portfolio.redirects.aliases import WRITTEN_BY_THEME, Alias, Inventory
from portfolio.sources.mkdocs_yml import MARKDOWN, SitePaths, blog_settings
from portfolio.sources.posts import load_authors

# The defaults of Material's blog.
_CATEGORY_URL, _AUTHOR_URL = "category/{slug}", "author/{slug}"
_PAGE_URL, _POSTS_PER_PAGE = "page/{page}", "10"
# Files that belong to pages or to the server.
_NOT_LINKED, _FOR_PROGRAMS = (".css", ".js"), frozenset({"CNAME", "llms.txt", "robots.txt"})


def list_page_aliases(targets: LinkTargets) -> Iterator[Alias]:
    """Yield the aliases in the front matter of posts and pages, published or not."""
    pages = targets.documents.by_name
    posts = set()
    for post, origin in zip(targets.record, targets.record.origins, strict=True):
        if isinstance(post, Post):
            posts.add(post.path)
            for index, path in enumerate(post.aliases if post.path in pages else ()):
                at = (*origin.at, "aliases", index)
                yield Alias(path, pages[post.path].path, origin.document, at, in_front_matter=True)
    for name, page in pages.items():
        if name not in posts:
            yield from _aliases_of_page(page)


def _aliases_of_page(page: SourcePage) -> Iterator[Alias]:
    for index, path in enumerate(list_items(page.read_key("aliases"))):
        if isinstance(path, str) and path:
            yield Alias(path, page.path, page.front_matter, ("aliases", index), in_front_matter=True)


def take_inventory(targets: LinkTargets, paths: SitePaths) -> Inventory:
    """Return what a build of the site has: pages, lists of posts, other files, and names."""
    documents, blog = targets.documents, targets.blog
    use_folders = targets.settings.get("use_directory_urls") is not False
    sources: dict[str, str] = {}
    knows_all = blog is None or blog.has_default_slugs
    for path in documents.files:
        page = documents.pages.get(path)
        if page is None:
            sources[path] = _media_file(path, targets)
        elif page.name not in targets.unpublished:
            url = targets.post_urls.get(page.name)
            if page.name in targets.post_urls and url is None:
                knows_all = False
            else:
                sources[path] = f"{url}index.html" if url else page_file(path, use_folders)
    names = {}
    if blog is not None:
        settings = blog_settings(targets.settings.get("plugins")) or {}
        names = _list_names(targets, blog, settings, paths)
        for path in _list_views(blog, settings, names):
            sources.setdefault(path, page_file(path, use_folders))
    sources |= {path: page_file(path, use_folders) for path in targets.generated if path.endswith(MARKDOWN)}
    generated = {path for path in targets.generated if not path.endswith(MARKDOWN)}
    files = {*sources.values(), *generated, *WRITTEN_BY_THEME}
    return Inventory(sources, files, names, "" if knows_all or blog is None else blog.folder)


def list_page_sources(
    targets: LinkTargets, inventory: Inventory
) -> dict[str, tuple[str, Callable[[], list[str]]]]:
    """Return the name of the source of each page, and what lists its headings, by the file of the site."""
    return {
        file: (page.name, partial(_list_headings, page))
        for path, file in inventory.sources.items()
        if (page := targets.documents.pages.get(path)) is not None
    }


def _list_headings(page: SourcePage) -> list[str]:
    return [heading.words for heading in page.markdown.headings]


def list_own_files(targets: LinkTargets, inventory: Inventory) -> set[str]:
    """Return the files besides pages that people may link to: those of the owner, exports and feeds."""
    files = (file for path, file in inventory.sources.items() if path not in targets.documents.pages)
    return {
        path
        for path in (*files, *targets.generated)
        if not path.endswith(_NOT_LINKED) and path not in _FOR_PROGRAMS
    }


def list_unpublished_pages(targets: LinkTargets) -> dict[str, str]:
    """Return the name of the source of each page that is not published yet, by its file if it were."""
    return {
        f"{url}index.html": name
        for name, url in targets.post_urls.items()
        if url and name in targets.unpublished
    }


def _media_file(path: str, targets: LinkTargets) -> str:
    """Return the file of the site for one of the owner: the blog moves those beside posts to its folder."""
    folder, blog = targets.posts_folder, targets.blog
    if folder is None or blog is None or not path.startswith(folder):
        return path
    return posixpath.normpath(posixpath.join(blog.folder, path.removeprefix(folder)))


def _list_names(
    targets: LinkTargets, blog: BlogSettings, settings: Mapping[str, Any], paths: SitePaths
) -> dict[str, tuple[str, ...]]:
    """Return the values of each placeholder, by its name."""
    posts = [post for post in targets.record.posts if post.path not in targets.unpublished]
    authors = load_authors(paths.docs / blog.authors, paths.root)[0].data if blog.authors else None
    per_page = str(settings.get("pagination_per_page", _POSTS_PER_PAGE))
    size = int(per_page) if per_page.isdecimal() and per_page != "0" else len(posts)
    is_paginated = settings.get("pagination", True) is not False
    return {
        "category": tuple(sorted({slugify_name(name) for post in posts for name in post.categories} - {""})),
        "tag": tuple(sorted(targets.tag_slugs.values())),
        "author": tuple(
            sorted(
                str(author.get("slug") or id) if isinstance(author, dict) else id
                for id, author in (authors or {}).items()
                if any(id in post.authors for post in posts)
            )
        ),
        "year": tuple(sorted({str(post.date.year) for post in posts if post.date is not None})),
        "page": tuple(map(str, range(2, -(-len(posts) // size) + 1) if is_paginated and posts else ())),
    }


def _list_views(
    blog: BlogSettings, settings: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Yield the sources of the pages that list posts, as Material's blog names them."""
    for option, key, default, placeholder in (
        ("categories", "category", _CATEGORY_URL, "slug"),
        ("authors_profiles", "author", _AUTHOR_URL, "slug"),
    ):
        if settings.get(option, option != "authors_profiles") is not False:
            pattern = str(settings.get(f"{option}_url_format", default))
            for name in names[key]:
                path = pattern.replace(f"{{{placeholder}}}", name).strip("/")
                yield posixpath.normpath(posixpath.join(blog.folder, f"{path}.md"))
    yield from {blog.archive_page(year).partition("#")[0] for year in names["year"]} - {""}
    pattern = str(settings.get("pagination_url_format", _PAGE_URL))
    for name in names["page"]:
        path = pattern.replace("{page}", name).strip("/")
        yield posixpath.normpath(posixpath.join(blog.folder, path, "index.md"))
