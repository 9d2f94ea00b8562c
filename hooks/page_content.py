"""Renders math, diagrams, citations and responsive images; without this line they stay as written."""

from __future__ import annotations

import logging
import os
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental import api
from mkdocs_incremental.workers import work_ahead
from mkdocs_live.api import Invalidation, rerunnable, subscribe_to_changes
from portfolio.blog.post_lists import TAG_TEMPLATE, first_paragraph
from portfolio.core import i18n
from portfolio.core.cache import FileCache, cache_key
from portfolio.core.files import display_path
from portfolio.core.text import distinct_slugs
from portfolio.images.catalog import ImageCatalog, Picture, ResponsiveImage, version_key
from portfolio.images.image_info import FORMATS
from portfolio.markdown_ext import limits, math_font, page_parts
from portfolio.markdown_ext.render_errors import to_diagnostics
from portfolio.markdown_ext.site_markdown import Conversion, Services, add_extensions
from portfolio.markdown_ext.title import title_from_front_matter
from portfolio.mkdocs_glue import mkdocs_internals, order, pages
from portfolio.mkdocs_glue.state import log_unreported, site_state
from portfolio.record.models import Fact
from portfolio.sources import posts

log = logging.getLogger("mkdocs.hooks.page_content")
# The name of the query for an image of a page.
_IMAGE_QUERY = "image"
# A template, because it names the font.
_FORMULA_SHEET = "assets/stylesheets/math.css"
# The template of a page that lists tags.
_TAGS_TEMPLATE = "tags.html"
# With more rows, a list of tags and their posts takes too long to load: each tag has a page instead.
_MOST_TAGGED = 300
# The name of the query for the heading of a page that begins with none.
_TITLE_QUERY = "title"
# The name of the query for the language of a page.
_LANGUAGE_QUERY = "language"
# The name of the query for the digest of a file that a page includes, by its path below the project.
_INCLUDE_QUERY = "include"


@event_priority(order.CONFIG_USE_RECORD)
def on_config(config: MkDocsConfig) -> None:
    """Add the Markdown extensions.

    Without hooks/record.py there are no citations, abbreviations and macros.
    """
    state, root = site_state(config), pages.project_root(config)
    mkdocs_internals.omit_excerpts(config)

    def find_image(page: str, url: str) -> ResponsiveImage | str | None:
        return cast("ResponsiveImage | str | None", api.query(dict(config.extra), _IMAGE_QUERY, page, url))

    def find_title(page: str) -> str | None:
        return cast("str | None", api.query(dict(config.extra), _TITLE_QUERY, page))

    def find_language(page: str) -> str:
        return cast("str", api.query(dict(config.extra), _LANGUAGE_QUERY, page))

    def remember(compute: Callable[[], str], *inputs: str) -> str:
        return cast("str", api.remember(config.extra, compute, *inputs))

    def look_up(path: str) -> None:
        api.query(dict(config.extra), _INCLUDE_QUERY, os.path.relpath(path, root))

    def finish_conversion(conversion: Conversion) -> None:
        # The check itself is no setting of Markdown, so it must not be part of the key of a conversion.
        site_state(config).finish_conversion(conversion)

    services = Services(
        root,
        state.render_errors.append,
        find_image,
        mkdocs_internals.source_of_conversion,
        finish_conversion,
        find_title,
        find_language,
        glossary=state.glossary,
        look_up=look_up,
        remember=remember,
        # More than in the check: what that accepts must build.
        seconds=2 * limits.SECONDS,
    )
    if state.has_record:
        services = replace(services, library=state.library, macros=state.options.macros)
    # MkDocs types the list as names; Markdown also accepts extensions.
    add_extensions(cast("list[Any]", config.markdown_extensions), config.mdx_configs, services)


@event_priority(order.FILES_IMAGES)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Collect the images of this build. Pages query them for smaller copies."""
    images = {
        file.src_uri: file
        for file in files
        # MkDocs has no types for this method.
        if file.inclusion.is_included()  # type: ignore[no-untyped-call]
        and posixpath.splitext(file.src_uri)[1].lower() in FORMATS
        # Images of the theme are not content.
        and (file.abs_src_path is None or file.src_dir == config.docs_dir)
    }
    state = site_state(config)
    state.images = ImageCatalog(
        images.keys(),
        lambda name: images[name].content_bytes,
        _cache(config, "images"),
        quick=state.is_serving,
    )
    api.declare_query(config.extra, _IMAGE_QUERY, state.images.find)

    def find_title(source: str) -> str | None:
        file = files.get_file_from_path(source)
        if file is not None and file.page and (title := title_from_front_matter(file.page.meta)):
            return title
        story = state.record.find_story(source) if state.has_record else None
        return story.name if story is not None else None

    def find_language(source: str) -> str:
        file = files.get_file_from_path(source)
        own = pages.find_language(file.page.meta) if file is not None and file.page else None
        return own or i18n.language()

    root = pages.project_root(config)

    def digest_file(path: str) -> str | None:
        try:
            return cache_key((root / path).read_bytes())
        except (OSError, ValueError):  # no file, or no path of one
            return None

    api.declare_query(config.extra, _TITLE_QUERY, find_title)
    api.declare_query(config.extra, _LANGUAGE_QUERY, find_language)
    api.declare_query(config.extra, _INCLUDE_QUERY, digest_file)


def _cache(config: MkDocsConfig, name: str) -> FileCache:
    return FileCache(pages.project_root(config) / ".cache" / name)


@event_priority(order.PAGE_MARKDOWN_METADATA)
@api.cacheable
def _normalize_metadata(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    is_post = pages.is_post(page, config)
    posts.normalize_metadata(page.meta, lambda: page.file.content_string, is_post=is_post)


def _clear_errors(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    site_state(config).render_errors.clear()


@event_priority(order.PAGE_MARKDOWN_HEADING)
@api.cacheable
def _escape_heading(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    return mkdocs_internals.escape_generated_heading(markdown, page, config)


on_page_markdown = CombinedEvent(_normalize_metadata, _clear_errors, _escape_heading)


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Make the title plain text, log what could not be rendered, and note what other pages need.

    That is the characters of formulas, and the first paragraph of a post. Only between `on_page_markdown` and
    this event is it known whose page is converted.
    """
    state = site_state(config)
    mkdocs_internals.make_title_plain(page)
    state.formula_characters[page.file.src_uri] = math_font.collect_characters(html)
    blog = mkdocs_internals.find_blog_plugin(config)
    if pages.is_post(page, config) and not page.meta.get("description"):
        excerpt = html.partition(blog.config["post_excerpt_separator"])[0]
        state.summaries[page.file.src_uri] = first_paragraph(excerpt)
    if not state.render_errors:
        return
    path = display_path(Path(config.docs_dir, page.file.src_uri), pages.project_root(config))
    for diagnostic in to_diagnostics(state.render_errors, page.file.content_string, path):
        # The check before the build has reported it if the conversion was stored.
        log_unreported(log, pages.in_author_source(diagnostic, page, config), config)
    state.render_errors.clear()


@event_priority(order.ENV_PICTURES)
@rerunnable
def _add_pictures(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Add the copies of the pictures of entries and of the owner.

    ``pictures``, for templates: each of them by its path.
    """
    images = site_state(config).images
    pictures = {path: _find_picture(path, images, files) for path in _picture_paths(config)}
    env.globals["pictures"] = {path: picture for path, picture in pictures.items() if picture is not None}
    _add_copies(images, config, files)


def _find_picture(path: str, images: ImageCatalog, files: Files) -> Picture | None:
    """Return the image at a path below the documents folder, which may be percent-encoded, or None."""
    image = images.find("", path)
    file = files.get_file_from_path(posixpath.normpath(unquote(path)))
    if not isinstance(image, ResponsiveImage) or file is None:
        return None
    folder = posixpath.dirname(file.url)
    sources = tuple(
        (source.type, tuple((posixpath.join(folder, quote(name)), width) for name, width in source.files))
        for source in image.sources
    )
    dark = posixpath.join(posixpath.dirname(path), quote(image.dark))
    return Picture(
        file.url,
        image.width,
        image.height,
        sources,
        _find_picture(dark, images, files) if image.dark else None,
    )


def _picture_paths(config: MkDocsConfig) -> Iterator[str]:
    state = site_state(config)
    if state.has_record:
        named = [state.profile.details.picture]
        named += [getattr(entry, "image", None) for entry in state.record if isinstance(entry, Fact)]
        yield from (path for path in named if path)


@event_priority(order.ENV_IMAGES)
def _add_images(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Add the copies that pages queried, and publish originals without private metadata."""
    images = site_state(config).images
    _add_copies(images, config, files)
    for name in images.names:
        file = files.get_file_from_path(name)
        if file is not None and (public := images.public_content(name)) is not None:
            file.content_bytes = public
    images.cache.compute(version_key(), bytes)
    images.cache.trim()

    def reload(path: Path) -> Invalidation | None:
        """Convert the pages that show a changed image again, and add its copies."""
        docs = Path(config.docs_dir)
        name = path.relative_to(docs).as_posix() if path.is_relative_to(docs) and path.exists() else ""
        sources = images.invalidate(name)
        if sources is None:
            return None
        return Invalidation(tuple(sources), then=lambda: _add_pictures(env, config=config, files=files))

    subscribe_to_changes(config.extra, reload)


def _add_copies(images: ImageCatalog, config: MkDocsConfig, files: Files) -> None:
    """Add the copies that the site does not have yet."""
    for name, (original_name, content) in images.variant_files.items():
        original = files.get_file_from_path(original_name)
        if original is None or files.get_file_from_path(name) is not None:
            continue
        copy = File.generated(config, name, content=content)
        # The original may have moved: Material's blog publishes files beside posts elsewhere.
        copy.dest_uri = posixpath.join(posixpath.dirname(original.dest_uri), posixpath.basename(name))
        files.append(copy)


@event_priority(order.ENV_FORMULA_CHARACTERS)
def _start_formula_font(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """Start to cut a font for systems that have none for formulas to the characters of this site."""
    state = site_state(config)
    used: frozenset[str] = frozenset().union(*state.formula_characters.values())
    path = math_font.find_font()
    state.formula_font = math_font.plan_subset(path, used) if used and path is not None else None
    if state.formula_font is not None:
        key, function = state.formula_font
        cache = _cache(config, "fonts")
        if cache.get(key) is None:
            work_ahead(lambda: cache.compute(key, function))


@event_priority(order.ENV_FORMULA_FONT)
def _add_formula_font(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Add the font. ``formula_font``, for templates: its URL relative to the site's, or None."""
    env.globals["formula_font"] = None
    plan = site_state(config).formula_font
    if plan is not None:
        cache = _cache(config, "fonts")
        content = cache.compute(*plan)
        name = f"assets/fonts/stix-two-math.{cache_key(content)[:10]}.woff2"
        files.append(File.generated(config, name, content=content))
        env.globals["formula_font"] = name
        cache.trim()
    sheet = files.get_file_from_path(_FORMULA_SHEET)
    if sheet is not None:
        sheet.content_string = env.get_template(_FORMULA_SHEET).render()


@event_priority(order.ENV_TAGS)
def _complete_lists(env: object, *, config: MkDocsConfig, files: Files) -> None:
    state = site_state(config)
    mkdocs_internals.complete_tag_lists(config)
    lists = mkdocs_internals.find_tag_lists(config)
    state.tag_lists = {page.file.src_uri: tags for page, tags in lists}
    for page, _ in lists:
        if _TAGS_TEMPLATE in state.own_templates:
            page.meta.setdefault("template", _TAGS_TEMPLATE)


@event_priority(order.ENV_TAG_SLUGS)
def _set_tag_slugs(env: object, *, config: MkDocsConfig, files: Files) -> None:
    mkdocs_internals.set_tag_slugs(config, distinct_slugs)
    if TAG_TEMPLATE in site_state(config).own_templates:
        mkdocs_internals.shorten_tag_lists(config, _MOST_TAGGED)


@event_priority(order.ENV_TAG_PAGES)
def _add_tag_pages(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    state = site_state(config)
    state.tag_pages = mkdocs_internals.add_tag_pages(env, config, files, TAG_TEMPLATE)
    lists = mkdocs_internals.find_tag_lists(config, state.tag_pages)
    state.tag_lists = {page.file.src_uri: tags for page, tags in lists}


on_env = CombinedEvent(
    _start_formula_font,
    _add_pictures,
    _add_images,
    _add_formula_font,
    _set_tag_slugs,
    _complete_lists,
    _add_tag_pages,
)


@api.cacheable
@event_priority(order.PAGE_CONTEXT_UNIQUE_IDS)
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """``tag_list``: the tags that a page lists. On a list of posts, excerpts are their first paragraphs.

    Ids become unique: several posts may have the same formula. The tags of a page lead to their own pages.
    """
    values = cast("dict[str, Any]", context)
    state = site_state(config)
    values["tag_list"] = state.tag_lists.get(page.file.src_uri)
    for link in (link for tag in values.get("tags") or () for link in tag.links):
        link.url = state.tag_pages.get(link.url, link.url)
    excerpts: list[Any] = list(values.get("posts") or ())
    if not excerpts:
        return
    # A post with a description has none.
    paragraphs = [
        page_parts.rebase_urls(
            state.summaries.get(excerpt.file.src_uri, ""),
            excerpt.post.url,
            lambda url: get_relative_url(url, page.url),
        )
        for excerpt in excerpts
    ]
    contents = page_parts.make_ids_unique(paragraphs, page_parts.collect_ids(page.content or ""))
    for excerpt, content in zip(excerpts, contents, strict=True):
        excerpt.content = content
