"""Pages of MkDocs as Markdown, which `faces` writes beside them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import quote, unquote, urlsplit

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url, meta

from portfolio.citations.publication_list import PublicationList
from portfolio.exports import markdown, markdown_record, markdown_runs
from portfolio.exports.markdown import Address
from portfolio.mkdocs_glue import post_pages, site_pages
from portfolio.record.profile import Profile
from portfolio.timeline.views import Portfolio

# Where Material puts the list of tags.
_TAGS = re.compile(r"<!--\s*material/tags\b")


def beside(file: File) -> str:
    """The path of a page's Markdown below the site's: ``index.md`` beside ``index.html``."""
    return file.dest_uri.removesuffix(".html") + ".md"


def paths(files: Files) -> dict[str, str]:
    """The address of each page's Markdown, by the page's own as its file has it."""
    # A file has "./" for the address of the home page, which is empty for the page.
    return {page.url or "./": quote(beside(page.file)) for page in site_pages.all_of(files)}


def addresses(path: str, pages: Mapping[str, str], config: MkDocsConfig) -> Address:
    """What gives addresses that hold in the Markdown at a path of the site. ``pages`` is from `paths`.

    They are absolute, or relative to that file where nobody knows the site's own; of a page, its Markdown's.
    """
    profile: Profile = config.extra["profile"]

    def address(url: str) -> str:
        if urlsplit(url).scheme:
            return profile.absolute(url)
        # The record's parts have anchors on a page, which its Markdown has not.
        target = pages.get(url or "./", url)
        return profile.absolute(target) or get_relative_url(target, quote(path))

    return address


def of_page(
    page: Page, publications: PublicationList, pages: Mapping[str, str], config: MkDocsConfig, files: Files
) -> str:
    """A page as Markdown. ``publications`` are told as the list of them tells them."""
    views: Portfolio = config.extra["views"]
    profile: Profile = config.extra["profile"]
    address = addresses(beside(page.file), pages, config)
    source = _with_snippets(meta.get_data(page.file.content_string)[0], config)
    template = str(page.meta.get("template") or "")
    title = config.site_name if page.is_homepage else site_pages.title_of(page)
    text = markdown_runs.cited(source, config.extra["library"])
    resolve = partial(_resolve, page=page, files=files, address=address)
    parts = [
        markdown.own(title, text, resolve, _byline(page, config)),
        markdown_record.part(template, views, publications, profile, address),
    ]
    if template == "home.html":
        parts.append(markdown.references(f"Latest {views.blog}", views.newest_posts[:5], address))
        parts.append(markdown.references("Selected publications", views.selected_publications, address))
    if _TAGS.search(source):
        parts += [
            markdown.references(tag, tagged, address) for tag, tagged in site_pages.by_tag(files, views)
        ]
    listed = {post.url for post in post_pages.share(page, config)}
    shown = [one for one in views.newest_posts if one.url in listed] if listed else []
    parts.append(markdown.references("Posts", shown, address))
    about = views.about(site_pages.source_of(page, config))
    parts.append(
        markdown.references("Linked entries", [entry for _, linked in about for entry in linked], address)
    )
    return "".join(parts)


def _with_snippets(text: str, config: MkDocsConfig) -> str:
    """A text with what it takes from other files by ``--8<--``, if the site has this extension."""
    name = "pymdownx.snippets"
    if "8<" not in text or name not in config.markdown_extensions:
        return text
    reader = Markdown(extensions=[name], extension_configs={name: config.mdx_configs.get(name, {})})
    return "\n".join(reader.preprocessors["snippet"].run(text.split("\n")))


def _byline(page: Page, config: MkDocsConfig) -> str:
    """Whose a post is, of which day, and under what it is filed."""
    post = config.extra["views"].post_at(site_pages.source_of(page, config))
    if post is None:
        return ""
    reference = config.extra["views"].links.reference(post.id)
    authors = ", ".join(str(author.name) for author in getattr(page, "authors", [])) or config.site_author
    tags = ", ".join(str(tag) for tag in page.meta.get("tags") or ())
    said = [f"By {authors}" if authors else "", reference.when]
    line = markdown.escape(", ".join(part for part in said if part))
    return f"{line}. Tags: {markdown.escape(tags)}." if tags else f"{line}."


def _resolve(target: str, *, page: Page, files: Files, address: Address) -> str | None:
    """The address of what a link in a page's source leads to, if it is a file of the site.

    None for all else, and for drafts: their addresses have their titles in them.
    """
    path = re.split("[?#]", target, maxsplit=1)[0]
    source = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), unquote(path)))
    file = site_pages.file_at(source, files) if path else None
    return None if file is None else address(f"{file.url}{target.removeprefix(path)}")
