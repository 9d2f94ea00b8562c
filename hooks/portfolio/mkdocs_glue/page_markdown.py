"""Pages as Markdown, and the list of pages in ``llms.txt``: hooks/exports.py writes them for programs."""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterable
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from portfolio.core.i18n import gettext as _
from portfolio.exports import markdown
from portfolio.exports.markdown import ListedPage, ToUrl, reference_list
from portfolio.mkdocs_glue import mkdocs_internals, pages
from portfolio.mkdocs_glue.state import site_state
from portfolio.record.kinds import listed_kind

# The place of Material's list of tags.
_TAGS = re.compile(r"<!--\s*material/tags\b")


def markdown_path(file: File) -> str:
    """Return the path of a page's Markdown below the site's: ``index.md`` beside ``index.html``."""
    return file.dest_uri.removesuffix(".html") + ".md"


class MarkdownExport:
    """The pages of a site as Markdown. Create it when all pages are converted and the views are made."""

    def __init__(self, config: MkDocsConfig, files: Files) -> None:
        self._config, self._files, self._state = config, files, site_state(config)
        # The file of the home page has the URL "./", the page has an empty one.
        self._urls = {page.url or "./": quote(markdown_path(page.file)) for page in pages.all_pages(files)}
        self._absolute = functools.cache(self._state.profile.absolute)
        newest = self._state.views.newest_posts
        # Each published post by its URL, with its place from the newest.
        self._posts = {post.url: (place, post) for place, post in enumerate(newest)}

    def url_resolver(self, path: str) -> ToUrl:
        """Return a function that gives URLs for the Markdown file at a path of the site.

        They are absolute, or relative to that file if the site has no URL; a page's is that of its Markdown.
        """

        def resolve(url: str) -> str:
            if urlsplit(url).scheme:
                return self._absolute(url)
            # Entries of the record have anchors on a page, but not in its Markdown.
            target = self._urls.get(url or "./", url)
            return self._absolute(target) or get_relative_url(target, quote(path))

        return resolve

    def render_page(self, page: Page) -> str:
        """Return a page as Markdown."""
        config, state = self._config, self._state
        views, profile = state.views, state.profile
        resolve_url = self.url_resolver(markdown_path(page.file))
        written = state.written.get(page.file.src_uri, "")
        written = mkdocs_internals.escape_generated_heading(written, page, config)
        source = mkdocs_internals.include_files(written, config, pages.project_root(config))
        template = str(page.meta.get("template") or "")
        title = config.site_name if page.is_homepage else pages.page_title(page)
        head = self._byline(page)
        if template == "home.html":
            title, head = profile.name, markdown.home_head(profile, views.introduction, resolve_url)
        elif page.url in views.stories:
            head = markdown.story_head(views.stories[page.url], resolve_url)
        text = markdown.resolve_citations(source, state.library)
        resolve_link = partial(_resolve_link, page=page, files=self._files, resolve_url=resolve_url)
        cache = state.texts
        targets = cache.compute(("link targets", text), partial(markdown.list_link_targets, text))
        resolved = {target: resolve_link(target) for target in targets}
        inputs = (title, text, head, *(f"{target} {url or ''}" for target, url in resolved.items()))
        parts = [
            cache.compute(
                ("Markdown", *inputs), partial(markdown.convert_page, title, text, resolved.get, head)
            ),
            markdown.record_markdown(
                template,
                views,
                state.publications(),
                profile,
                resolve_url,
                listed_kind(page.meta),
                state.options.cv,
            ),
        ]
        if template == "home.html":
            parts.append(reference_list(_("Latest posts"), views.newest_posts[:5], resolve_url))
            for selection in views.selections:
                parts.append(reference_list(selection.heading, selection.entries, resolve_url))
        if _TAGS.search(source):
            by_tag = pages.pages_by_tag(self._files, views)
            parts += [reference_list(tag, tagged, resolve_url) for tag, tagged in by_tag]
        posts = mkdocs_internals.posts_of_view(page, config)
        listed = sorted(self._posts[post.url] for post in posts if post.url in self._posts)
        parts.append(reference_list(_("Posts"), (post for _place, post in listed), resolve_url))
        groups = views.about(pages.source_path(page, config))
        linked = [reference for _title, references in groups for reference in references]
        parts.append(reference_list(_("Linked entries"), linked, resolve_url))
        return "".join(parts)

    def _byline(self, page: Page) -> str:
        """Return a line with a post's authors, date and tags."""
        _place, post = self._posts.get(page.url, (0, None))
        if post is None:
            return ""
        authors = ", ".join(pages.author_names(page)) or self._state.profile.name
        tags = ", ".join(str(tag) for tag in page.meta.get("tags") or ())
        parts = [_("By %(names)s", names=authors) if authors else "", post.when]
        line = markdown.escape(", ".join(part for part in parts if part))
        listed = _("Tags: %(names)s", names=markdown.escape(tags))
        return f"{line}. {listed}." if tags else f"{line}."


def _resolve_link(target: str, *, page: Page, files: Files, resolve_url: ToUrl) -> str | None:
    """Return the URL of a link in a page's source if it leads to a file of the site.

    None for every other link, and for drafts: their URLs have their titles in them.
    """
    path = re.split("[?#]", target, maxsplit=1)[0]
    source = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), unquote(path)))
    file = pages.find_file(source, files) if path else None
    return None if file is None else resolve_url(f"{file.url}{target.removeprefix(path)}")


def llms_sections(
    data: list[ListedPage], resolve_url: ToUrl, config: MkDocsConfig, files: Files
) -> list[tuple[str, list[ListedPage]]]:
    """Return the sections of ``llms.txt``: pages in the order of the navigation, posts, ``data``, lists."""
    state = site_state(config)
    posts = pages.blog_posts(config)
    order = {page.url: place for place, page in enumerate(state.navigation.pages)}
    # By their sources: MkDocs compares pages by their titles, which it may have to compute.
    sources = {post.file.src_uri for post in posts}
    no_posts = [
        page for page in pages.all_pages(files) if page.file.src_uri not in sources and pages.is_listed(page)
    ]
    no_posts.sort(key=lambda page: (not page.is_homepage, order.get(page.url, len(order))))
    written = [page for page in no_posts if page.file.generated_by is None]
    generated = [page for page in no_posts if page.file.generated_by is not None]

    def items(listed: Iterable[Page]) -> list[ListedPage]:
        return [
            ListedPage(pages.page_title(page), resolve_url(page.url), str(page.meta.get("description") or ""))
            for page in listed
        ]

    return [
        (_("Pages"), items(written)),
        (state.views.blog, items(filter(pages.is_listed, posts))),
        (_("Data"), data),
        # The format gives this word a meaning (llmstxt.org).
        ("Optional", items(generated)),
    ]
