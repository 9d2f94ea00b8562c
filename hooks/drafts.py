"""Keeps posts back that are not out: a build leaves them out, ``mkdocs serve`` shows each with a mark."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_build_datetime

from portfolio.blog import publication_status
from portfolio.mkdocs_glue import site_pages
from portfolio.sources import mkdocs_yml, posts


# Before Material's blog (-50), which reads the posts then.
@event_priority(0)
def _leave_out(files: Files, *, config: MkDocsConfig) -> None:
    """Exclude the posts that are not out, as the blog does with drafts, unless drafts are to be shown.

    Files beside the posts to which only these refer, such as their pictures, are left out with them.
    """
    blog: Any = config.plugins.get("material/blog")
    if blog is None or not blog.config["enabled"] or blog.config["draft"]:
        return
    out = {one.post.path for one in _all_waiting(config)}
    kept, shown = {}, {}
    for file in files.documentation_pages():
        if mkdocs_yml.display_path(Path(config.docs_dir, file.src_uri), _root(config)) in out:
            file.inclusion = InclusionLevel.EXCLUDED
            kept[file.src_uri] = file.content_string
        elif out:
            shown[file.src_uri] = file.content_string
    folder = posixpath.normpath(blog.config["post_dir"].format(blog=blog.config["blog_dir"])) + "/"
    beside = {file.src_uri: file for file in files.media_files() if file.src_uri.startswith(folder)}
    for uri in publication_status.find_draft_assets(kept, shown, beside.keys()):
        beside[uri].inclusion = InclusionLevel.EXCLUDED


# After Material's blog.
@event_priority(-75)
def _mark(files: Files, *, config: MkDocsConfig) -> None:
    """``standing`` in the metadata of each post: why it is not out, or None."""
    out = {one.post.path: one for one in _all_waiting(config)}
    for page in site_pages.posts_of(config):
        page.meta["standing"] = out.get(site_pages.source_of(page, config))


on_files = CombinedEvent(_leave_out, _mark)


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Mark a post that came, or was read anew, since the files were found: a server takes such in."""
    if not site_pages.is_post(page, config) or "standing" in page.meta:
        return
    inside = Path(config.docs_dir, page.file.src_uri).relative_to(config.extra["places"].posts)
    _, post, _ = posts.read_post(site_pages.source_of(page, config), page.file.content_string, inside)
    zone = config.extra["options"].zone
    page.meta["standing"] = (
        publication_status.check_publication(post, get_build_datetime(), zone) if post is not None else None
    )


def _all_waiting(config: MkDocsConfig) -> list[publication_status.Unpublished]:
    record, zone = config.extra["record"], config.extra["options"].zone
    return publication_status.list_unpublished(record.posts, get_build_datetime(), zone)


def _root(config: MkDocsConfig) -> Path:
    return mkdocs_yml.project_root(config.config_file_path)
