"""The private parts of MkDocs, Material, Markdown and its extensions that this package uses.

No other module of ``portfolio`` and no hook uses private parts, except for those of Python-Markdown in
`portfolio.markdown_ext.markdown_internals`. `SUPPORTED_VERSIONS` has the versions with which this
was checked; tests/build/test_mkdocs_internals.py fails if a private part has changed, and names it.
"""

from __future__ import annotations

import html
import posixpath
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment
from markdown import Markdown
from material.plugins.blog import structure
from material.plugins.blog.structure import Archive, Category
from material.plugins.blog.structure import Profile as AuthorProfile
from material.plugins.tags.renderer import Renderer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import meta

from mkdocs_incremental import api
from portfolio.blog.post_lists import ARCHIVE_OPTIONS, ARCHIVE_URL, CountedLink
from portfolio.core import i18n, positions
from portfolio.core.i18n import gettext as _
from portfolio.markdown_ext.site_markdown import include_extensions

# As in PEP 440.
SUPPORTED_VERSIONS: Final = {
    "mkdocs": "~=1.6.0",
    "mkdocs-material": "~=9.8.0",
    "pymdown-extensions": "~=12.0",
    "Jinja2": "~=3.1.0",
}

# Returns a slug for a name and a separator.
Slugify = Callable[[str, str], str]
_BLOG: Final = "material/blog"
_TAGS: Final = "material/tags"
_META: Final = "material/meta"
# Material's templates that print HTML; those of languages print texts that are also parts of JSON.
_TEMPLATES_OF_HTML: Final = (
    "blog.html",
    "fragments/tags/default/listing.html",
    "partials/comments.html",
    "partials/consent.html",
    "partials/content.html",
    "partials/copyright.html",
    "partials/feedback.html",
    "partials/icons.html",
    "partials/language",
    "partials/nav-item.html",
    "partials/pagination.html",
    "partials/post.html",
    "partials/toc-item.html",
)
# Material's layout of a list of tags: the folder of its templates. With this one it has no pages.
_INDEX_LAYOUT: Final = "index"
# What Markdown may read as markup.
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")


def find_blog(config: MkDocsConfig) -> Any:
    """Return Material's blog with its posts and views, or None. Material has no types for it."""
    plugin = find_blog_plugin(config)
    return plugin.blog if plugin is not None else None


def find_blog_plugin(config: MkDocsConfig) -> Any:
    """Return the plugin of Material's blog, None if it is missing or disabled."""
    plugin: Any = config.plugins.get(_BLOG)
    return plugin if plugin is not None and plugin.config["enabled"] else None


def set_slugs(config: MkDocsConfig, slugify_post: Callable[[Any], str], slugify_name: Slugify) -> None:
    """Set the functions for the slugs of posts and categories, unless mkdocs.yml names some."""
    plugin = find_blog_plugin(config)
    if plugin is None:
        return
    if not _is_configured(plugin, "post_slugify") and not _is_configured(plugin, "post_slugify_separator"):
        plugin._slugify_post = slugify_post
    if not _is_configured(plugin, "categories_slugify"):
        plugin.config["categories_slugify"] = slugify_name


def join_archive(config: MkDocsConfig, title: str) -> None:
    """Have the blog list all posts on one page, unless mkdocs.yml configures its archive.

    That page needs no excerpts.
    """
    plugin = find_blog_plugin(config)
    if plugin is None or any(_is_configured(plugin, option) for option in ARCHIVE_OPTIONS):
        return
    plugin.config["archive_url_format"] = ARCHIVE_URL
    # A date format (UTS #35), of a text without a date.
    plugin.config["archive_date_format"] = "'{}'".format(title.replace("'", "''"))
    plugin.config["archive_pagination"] = False
    render = plugin._render
    plugin._render = lambda view: ([], None) if isinstance(view, Archive) else render(view)


def find_archive(config: MkDocsConfig) -> Any:
    """Return the page of the blog that lists all posts, or None."""
    blog = find_blog(config)
    archives = [view for view in blog.views if isinstance(view, Archive)] if blog is not None else []
    return archives[0] if len(archives) == 1 and not archives[0].pages else None


def omit_excerpts(config: MkDocsConfig) -> None:
    """Have the blog list posts without converting their excerpts again for each list.

    Then these have no content.
    """
    plugin = find_blog_plugin(config)
    if plugin is not None:
        plugin._render_post = _list_post


@api.cacheable
def _list_post(excerpt: Any, view: Any) -> Any:
    return excerpt


def list_categories(config: MkDocsConfig) -> list[Any]:
    """Return the pages of the blog's categories."""
    blog = find_blog(config)
    return [view for view in blog.views if isinstance(view, Category)] if blog is not None else []


def parse_front_matter_faster() -> None:
    """Have the blog parse front matter by libyaml, as MkDocs does for other pages: in a tenth of the time."""
    structure.SafeLoader = positions.Loader  # type: ignore[attr-defined]


def localize_dates(config: MkDocsConfig, localize: Callable[[date], datetime]) -> None:
    """Have the blog read dates by a function: otherwise a time without a zone is in UTC.

    Lists, addresses and feeds depend on the dates, so a post has the right ones as soon as it is read.
    """
    plugin = find_blog_plugin(config)
    if plugin is None:
        return
    resolve_post = plugin._resolve_post

    def resolve_localized_post(file: File, config: MkDocsConfig) -> Any:
        post = resolve_post(file, config)
        written = post.meta["date"]
        if isinstance(written, dict):  # Material has changed the values.
            written = meta.get_data(file.content_string)[1]["date"]
        dates = post.config.date
        for key, value in (written if isinstance(written, dict) else {"created": written}).items():
            local = localize(value)
            dates[key] = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
        dates.created = dates["created"]
        return post

    plugin._resolve_post = resolve_localized_post


def localize_texts(config: MkDocsConfig) -> None:
    """Have the blog take its texts from the site's catalogue, and write dates as the language does.

    Material has translations for fewer languages, and a format of its own for dates, unless mkdocs.yml has
    one (``post_date_format``).
    """
    plugin = find_blog_plugin(config)
    if plugin is None:
        return
    names = {"blog.archive": _("Archive"), "blog.categories": _("Categories")}
    plugin._translate = lambda key, _config: names.get(key, key)
    if not _is_configured(plugin, "post_date_format"):
        plugin._format_date_for_post = lambda day, _config: i18n.format_date(day)
    if not _is_configured(plugin, "categories_sort_by"):
        plugin.config["categories_sort_by"] = _name_key


def normalize_posts(config: MkDocsConfig, normalize: Callable[[Page], object]) -> None:
    """Call a function with each post when its front matter is read, before the blog validates it.

    That is when the blog calls Material's plugin for metadata, if there is one, to complete the front matter.
    """
    plugin: Any = config.plugins.get(_META)
    if plugin is None:
        config.plugins[_META] = plugin = BasePlugin()
    complete = getattr(plugin, "on_page_markdown", None)

    def complete_and_normalize(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        if complete is not None:
            complete(markdown, page=page, config=config, files=files)
        normalize(page)

    plugin.on_page_markdown = complete_and_normalize


def set_tag_slugs(config: MkDocsConfig, get_slugs: Callable[[Iterable[str]], dict[str, str]]) -> None:
    """Set the slugs of all tags, and their order and that of their pages, unless mkdocs.yml names functions.

    ``get_slugs`` returns the slug of each tag. After all pages were converted.
    """
    plugin: Any = config.plugins.get(_TAGS)
    if plugin is None or not plugin.config["enabled"]:
        return
    for option, key in (
        ("tags_sort_by", _name_key),
        ("listings_tags_sort_by", _name_key),
        ("listings_sort_by", _newest_first_key),
    ):
        if not _is_configured(plugin, option):
            plugin.config[option] = key
    if _is_configured(plugin, "tags_slugify"):
        return
    slugs = get_slugs(tag.name for mapping in plugin.mappings for tag in mapping.tags)
    slugify = plugin.config["tags_slugify"]
    plugin.config["tags_slugify"] = lambda name, separator: slugs.get(name) or slugify(name, separator)


def _name_key(named: Any, *_: object) -> tuple[str, str, str]:
    return i18n.sort_key(named.name)


def _newest_first_key(mapping: Any) -> tuple[float, tuple[str, str, str]]:
    """Sort posts by date, the newest first, and then other pages by title."""
    dates = getattr(getattr(mapping.item, "config", None), "date", None)
    return -dates.created.timestamp() if dates else 0.0, i18n.sort_key(mapping.item.title or "")


def _is_configured(plugin: Any, option: str) -> bool:
    # The property `user_configs` logs a warning that it is deprecated.
    return any(option in settings for settings in plugin.config._Config__user_configs)


def move_temporary_folder(blog: Any, parent: Path) -> None:
    """Move the temporary folder of Material's blog into another one. Before the blog writes to it."""
    if not Path(blog.temp_dir).is_relative_to(parent):
        shutil.rmtree(blog.temp_dir, ignore_errors=True)
        blog.temp_dir = tempfile.mkdtemp(dir=parent)


def posts_of_view(view: Any, config: MkDocsConfig) -> list[Any]:
    """Return the posts that a page of Material's blog lists (a long list has several pages), or none."""
    posts: list[Any] = getattr(view, "posts", [])
    if not getattr(view, "pages", ()):
        return posts
    settings: Any = config.plugins[_BLOG].config
    kinds = {Archive: "archive", Category: "categories", AuthorProfile: "authors_profiles"}
    kind = kinds.get(type(view), "blog")
    size: int = settings.get(f"{kind}_pagination_per_page") or settings["pagination_per_page"]
    first = next(place for place, page in enumerate(view.pages) if page is view) * size
    return posts[first : first + size]


def archive_urls(config: MkDocsConfig) -> dict[int, str]:
    """Return the URLs of the posts of each year in the archive; of a year in parts, that of the newest."""
    archive, blog = find_archive(config), find_blog(config)
    if archive is not None:
        years = {post.config.date.created.year for post in archive.posts}
        return {year: f"{archive.url}#{year}" for year in years}
    views = [view for view in getattr(blog, "views", ()) if isinstance(view, Archive) and is_first_page(view)]
    urls: dict[int, str] = {}
    for view in sorted(views, key=lambda view: view.posts[0].config.date.created, reverse=True):
        urls.setdefault(view.posts[0].config.date.created.year, view.url)
    return urls


def is_list_of_posts(page: Page) -> bool:
    """Return whether Material's blog has generated a page: a category, a year, an author, or page 2."""
    return page.file.generated_by == _BLOG and hasattr(page, "posts")


def is_first_page(view: Any) -> bool:
    """Return whether a page of Material's blog is the first of those that list the same posts."""
    return not getattr(view, "pages", ()) or view.pages[0] is view


class NotebookFile(File):
    """A notebook that MkDocs treats as a page."""

    def is_documentation_page(self) -> bool:
        return True


def add_notebook(files: Files, config: MkDocsConfig, uri: str, source: str) -> None:
    """Add the page of a notebook, whose Markdown is in the file ``source``."""
    file = NotebookFile.generated(config, uri, abs_src_path=source)
    # The owner wrote it, so it has a link to edit it.
    file.generated_by = None
    files.append(file)


def source_of_conversion(md: Markdown) -> str:
    """Return the source path of the page whose Markdown is being converted.

    MkDocs' tree processor for relative links knows it.
    """
    processor: Any = md.treeprocessors["relpath"]
    return str(processor.file.src_uri)


def include_files(text: str, config: MkDocsConfig, root: Path) -> str:
    """Include what ``--8<--`` names from other files in a text, if the site uses that extension."""
    extensions = (
        include_extensions(config.markdown_extensions, config.mdx_configs, root) if "8<" in text else []
    )
    if not extensions:
        return text
    md = Markdown(extensions=extensions)
    return "\n".join(md.preprocessors["snippet"].run(text.split("\n")))


def escape_templates(env: Environment, names: Collection[str]) -> None:
    """Make the templates of these names escape what they print, and the theme's unless they print HTML.

    MkDocs sets up the environment without escaping, and this event is the first that gets it: no template of
    the site is compiled yet.
    """

    def is_escaped(name: str | None) -> bool:
        if name is None or not name.endswith((".html", ".xml")):
            return False
        return name in names or not name.startswith(_TEMPLATES_OF_HTML)

    env.autoescape = is_escaped


def make_title_plain(page: Page) -> None:
    """Make the title that MkDocs takes from the heading of a page plain text; it is HTML."""
    if page._title_from_render:
        page._title_from_render = html.unescape(page._title_from_render)


def find_tag_lists(
    config: MkDocsConfig, tag_pages: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[Page, list[CountedLink]]]:
    """Return the pages that list tags, with the tags of each, in order. After Material's ``on_env``.

    ``tag_pages`` is from `add_tag_pages`.
    """
    lists: dict[str, tuple[Page, list[CountedLink]]] = {}
    for listing in _tag_listings(config):
        _, tags = lists.setdefault(listing.page.file.src_uri, (listing.page, []))
        for tree, anchor, url in _listed_tags(listing, config):
            page = tag_pages.get(url)
            link = page or f"#{quote(anchor)}"
            tags.append(CountedLink(tree.tag.name, link, len(tree.mappings), anchor if page else ""))
    return list(lists.values())


def shorten_tag_lists(config: MkDocsConfig, most_rows: int) -> None:
    """Let each list of tags that has more rows of pages have only tags. Before Material's ``on_env``."""
    plugin: Any = config.plugins.get(_TAGS)
    for listing in _tag_listings(config):
        if sum(len([*(listing & mapping)]) for mapping in plugin.mappings) > most_rows:
            listing.config.layout = _INDEX_LAYOUT


def add_tag_pages(env: Environment, config: MkDocsConfig, files: Files, template: str) -> dict[str, str]:
    """Add a page for each tag in lists that have only tags, with the pages of the tag.

    Return the URLs of these pages by the URLs of the tags in the lists. A page of the owner at the same URL
    takes precedence. After Material's ``on_env``.
    """
    urls: dict[str, str] = {}
    published = {file.dest_uri for file in files}
    for listing in _tag_listings(config):
        if listing.config.layout != _INDEX_LAYOUT:
            continue
        folder = listing.page.file.dest_uri.removesuffix("index.html").removesuffix(".html")
        for tree, anchor, url in _listed_tags(listing, config):
            path = posixpath.join(folder, anchor.removeprefix("tag:"), "index.md")
            file = File.generated(config, path, content="", inclusion=InclusionLevel.NOT_IN_NAV)
            urls[url] = file.url
            if file.dest_uri in published:
                continue
            published.add(file.dest_uri)
            files.append(file)
            page = Page(tree.tag.name, file, config)
            page.parent, page.markdown, page.meta = listing.page.parent, "", {"template": template}
            page.content = Renderer(env, config).render(page, "default/pages.html", listing=tree)
    return urls


def _listed_tags(listing: Any, config: MkDocsConfig) -> Iterator[tuple[Any, str, str]]:
    """Yield the tags in a list that pages have: each with its pages, its anchor, and its URL in the list."""
    plugin: Any = config.plugins.get(_TAGS)
    for tree in listing:
        if tree.mappings:
            anchor = plugin.listings._slugify(tree.tag)
            # As the tags of a page have it.
            yield tree, anchor, f"{listing.page.url or '.'}#{anchor}"


def _tag_listings(config: MkDocsConfig) -> list[Any]:
    """Return the lists of tags, in the order of their pages."""
    plugin: Any = config.plugins.get(_TAGS)
    if plugin is None or not plugin.config["enabled"]:
        return []
    return sorted(plugin.listings, key=lambda listing: str(listing.id))


def complete_tag_lists(config: MkDocsConfig) -> None:
    """Add the anchors of lists of tags to those that MkDocs checks links against.

    The names of tags are escaped in tables of contents, which are HTML. After Material's ``on_env``.
    """
    plugin: Any = config.plugins.get(_TAGS)
    for listing in _tag_listings(config):
        names = {plugin.listings._slugify(tree.tag): tree.tag.name for tree in listing}
        if listing.page.present_anchor_ids is not None:
            listing.page.present_anchor_ids |= {*names, *map(quote, names)}
        items = list(listing.page.toc)
        while items:
            item = items.pop()
            items += item.children
            if names.get(item.id) == item.title:
                item.title = html.escape(item.title, quote=False)


def escape_generated_heading(markdown: str, page: Any, config: MkDocsConfig) -> str:
    """Return the Markdown of a page; if Material has generated it as one heading, its text is escaped.

    Material inserts the names of categories, authors and months, and plain titles, as they are.
    """
    plugin, heading = find_blog_plugin(config), markdown.strip()
    is_generated = page.file.generated_by == _BLOG and heading.startswith("# ") and "\n" not in heading
    if not is_generated or plugin is None or (page.name is None and plugin.config["pagination_keep_content"]):
        return markdown
    return "# " + _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", heading.removeprefix("# "))
