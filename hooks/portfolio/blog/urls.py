"""The URLs of posts, from the settings of Material's blog in ``mkdocs.yml``."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import quote, urlsplit

from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime

from portfolio.blog.post_lists import ARCHIVE_OPTIONS, ARCHIVE_URL
from portfolio.core.text import is_reserved, is_valid_url, slugify_name, slugify_title
from portfolio.record.models import Post
from portfolio.sources import mkdocs_yml


@dataclass(frozen=True)
class BlogSettings:
    """The settings of a blog.

    Paths are relative to the documents folder; ``base`` is the path of the site's URL, between slashes.
    ``authors`` is the file of authors, None without one. ``allowed_categories`` and ``allowed_tags`` are
    empty if all are allowed. ``archive`` is the path of the archive below the folder, without a suffix; it
    contains ``{date}`` if there is a page for each year, and is empty if there is no archive.
    ``has_default_slugs`` is false if ``mkdocs.yml`` names a function for slugs, which cannot be called here.
    """

    folder: str
    authors: str | None
    url: str
    url_date: str
    url_categories: int
    language: str
    has_default_slugs: bool
    needs_separator: bool
    allowed_categories: tuple[str, ...]
    allowed_tags: tuple[str, ...]
    base: str
    archive: str = ARCHIVE_URL

    def archive_page(self, year: str = "") -> str:
        """Return the source of the page that lists the posts of a year, as links name it; empty without one.

        It does not exist until the blog has posts.
        """
        if not self.archive:
            return ""
        name = self.archive.replace("{date}", year).strip("/")
        page = posixpath.normpath(posixpath.join(self.folder, f"{name}.md"))
        return f"{page}#{year}" if year and "{date}" not in self.archive else page

    def post_url(self, post: Post, title: str) -> str | None:
        """Return the URL of a post relative to the site's, with a slash at its end; None if it is unknown."""
        needs_function = not self.has_default_slugs and (post.slug is None or "{categories}" in self.url)
        if post.date is None or needs_function:
            return None
        name = posixpath.splitext(posixpath.basename(post.path))[0]
        names = post.categories[: self.url_categories]
        is_named = self.url_date in ("full", "long", "medium", "short")
        format_day = format_date if is_named else format_datetime
        created = post.time or datetime.combine(post.date, time())
        locale = self.language.replace("-", "_")
        try:
            path = self.url.format(
                categories="/".join(slugify_name(name) for name in names),
                date=format_day(created, format=self.url_date, locale=locale),
                file=name,
                slug=post.slug or derive_slug(title, name),
            )
        except (LookupError, ValueError, AttributeError, UnknownLocaleError):
            return None
        url = posixpath.normpath(posixpath.join(self.folder, path.strip("/")))
        # A post with a title such as "Index" becomes the page of its folder.
        return (posixpath.dirname(url) if is_reserved(url) else url) + "/"

    def preview_url(self, url: str, port: int) -> str:
        """Return the absolute URL of a page under ``make serve`` at a port."""
        return f"http://127.0.0.1:{port}{self.base}{quote(url)}"


def derive_slug(title: str, name: str) -> str:
    """Return the slug of a post from its title, or from the name of its file if the title has no letter."""
    return slugify_title(title) or slugify_title(name) or name


def read_blog_settings(settings: Mapping[str, Any]) -> BlogSettings | None:
    """Return the blog of the settings that `mkdocs_yml.read_settings` returns; None without one."""
    blog = mkdocs_yml.blog_settings(settings.get("plugins"))
    if blog is None or blog.get("enabled") is False:
        return None
    folder = posixpath.normpath(_read_text(blog, "blog_dir", "blog"))
    authors = _read_text(blog, "authors_file", "{blog}/.authors.yml").replace("{blog}", folder)
    theme = settings.get("theme")
    allowed = blog.get("categories_allowed")
    tags = (mkdocs_yml.find_options(settings.get("plugins"), "tags") or {}).get("tags_allowed")
    count = _read_text(blog, "post_url_max_categories", "1")
    url = _read_text(settings, "site_url", "")
    path = urlsplit(url if is_valid_url(url) else "").path.strip("/")
    return BlogSettings(
        folder=folder,
        authors=posixpath.normpath(authors) if blog.get("authors") is not False else None,
        url=_read_text(blog, "post_url_format", "{date}/{slug}"),
        url_date=_read_text(blog, "post_url_date_format", "yyyy/MM/dd"),
        url_categories=int(count) if count.isdecimal() else 1,
        language=_read_text(theme, "language", "en") if isinstance(theme, Mapping) else "en",
        has_default_slugs=not {"post_slugify", "post_slugify_separator", "categories_slugify"} & blog.keys(),
        needs_separator=blog.get("post_excerpt") == "required",
        allowed_categories=tuple(map(str, allowed)) if isinstance(allowed, list) else (),
        allowed_tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
        base=f"/{path}/" if path else "/",
        archive=_read_archive(blog),
    )


def _read_archive(blog: Mapping[str, Any]) -> str:
    if blog.get("archive") is False:
        return ""
    if any(option in blog for option in ARCHIVE_OPTIONS):
        return _read_text(blog, "archive_url_format", "archive/{date}")
    return ARCHIVE_URL


def _read_text(settings: Mapping[str, Any], key: str, default: str) -> str:
    value = settings.get(key)
    return value if isinstance(value, str) else default
