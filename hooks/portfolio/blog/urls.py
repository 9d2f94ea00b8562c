"""The settings of Material's blog that tell where a post stands, read without MkDocs."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import quote, urlsplit

from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime

from portfolio.core.text import is_reserved, slugify_like_blog
from portfolio.record.models import Post
from portfolio.sources import mkdocs_yml

_NAMED_FORMATS = ("full", "long", "medium", "short")


@dataclass(frozen=True)
class BlogSettings:
    """A blog. Paths are below the documents; ``base`` is the path of the site's address, between slashes.

    ``makes_slugs`` is false where ``mkdocs.yml`` names a function for slugs, which nothing here can call.
    """

    folder: str = "blog"
    authors: str | None = ".authors.yml"
    url: str = "{date}/{slug}"
    url_date: str = "yyyy/MM/dd"
    url_categories: int = 1
    language: str = "en"
    makes_slugs: bool = True
    separator: str = mkdocs_yml.EXCERPT_SEPARATOR
    needs_separator: bool = False
    allowed: tuple[str, ...] = ()
    base: str = "/"

    def address(self, post: Post, title: str) -> str | None:
        """Where a post stands below the site's address, ending with a slash; None if that cannot be known."""
        if post.date is None or (post.slug is None and not self.makes_slugs):
            return None
        names = post.categories[: self.url_categories]
        if not self.makes_slugs and "{categories}" in self.url:
            return None
        day = post.time or datetime.combine(post.date, time())
        try:
            path = self.url.format(
                categories="/".join(slugify_like_blog(name, "-") for name in names),
                date=self._formatted(day),
                file=posixpath.splitext(posixpath.basename(post.path))[0],
                slug=post.slug or slugify_like_blog(title, "-"),
            )
        except (LookupError, ValueError, AttributeError, UnknownLocaleError):
            return None
        whole = posixpath.normpath(posixpath.join(self.folder, path.strip("/")))
        # Of a title such as "Index" the blog makes the page of the folder.
        return (posixpath.dirname(whole) if is_reserved(whole) else whole) + "/"

    def served(self, address: str, port: int) -> str:
        """The whole address of a page under ``make serve`` at a port."""
        return f"http://127.0.0.1:{port}{self.base}{quote(address)}"

    def _formatted(self, day: datetime) -> str:
        locale = self.language.replace("-", "_")
        render = format_date if self.url_date in _NAMED_FORMATS else format_datetime
        return str(render(day, format=self.url_date, locale=locale))


def read_blog_settings(values: Mapping[str, Any]) -> BlogSettings | None:
    """The blog in the settings of a site (see ``portfolio.settings.values``); None where there is none."""
    given = mkdocs_yml.blog_settings(values.get("plugins"))
    if given is None or given.get("enabled") is False:
        return None
    folder = posixpath.normpath(_read_text(given, "blog_dir", "blog"))
    authors = _read_text(given, "authors_file", "{blog}/.authors.yml").replace("{blog}", folder)
    theme = values.get("theme")
    allowed = given.get("categories_allowed")
    count = _read_text(given, "post_url_max_categories", "1")
    path = urlsplit(_read_text(values, "site_url", "")).path
    return BlogSettings(
        folder=folder,
        authors=posixpath.normpath(authors) if given.get("authors") is not False else None,
        url=_read_text(given, "post_url_format", "{date}/{slug}"),
        url_date=_read_text(given, "post_url_date_format", "yyyy/MM/dd"),
        url_categories=int(count) if count.isdecimal() else 1,
        language=_read_text(theme, "language", "en") if isinstance(theme, Mapping) else "en",
        makes_slugs=not {"post_slugify", "post_slugify_separator", "categories_slugify"} & given.keys(),
        separator=_read_text(given, "post_excerpt_separator", mkdocs_yml.EXCERPT_SEPARATOR),
        needs_separator=given.get("post_excerpt") == "required",
        allowed=tuple(map(str, allowed)) if isinstance(allowed, list) else (),
        base=f"/{path.strip('/')}/" if path.strip("/") else "/",
    )


def _read_text(given: Mapping[str, Any], key: str, default: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else default
