"""Lets notebooks among the posts be posts.

Material's blog reads a post from a file on the disk, so the Markdown of a notebook is written into a
temporary folder. To all others the page keeps the name of its notebook: links to it, the record, and the
address for edits.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from portfolio.mkdocs_glue import post_pages, site_pages
from portfolio.notebooks import convert
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources import mkdocs_yml
from portfolio.sources.mkdocs_yml import NOTEBOOK, SitePaths


@dataclass
class _Shelf:
    """The folder for what is converted, from the start of a command to its end."""

    folder: TemporaryDirectory[str] | None = None


_shelf = _Shelf()


class NotebookFile(File):
    """A notebook that is a page."""

    def is_documentation_page(self) -> bool:
        return True


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    _shelf.folder = TemporaryDirectory(prefix="notebooks-")


def on_shutdown() -> None:
    if _shelf.folder is not None:
        _shelf.folder.cleanup()


# Before Material's blog (-50), which looks for its posts among the pages.
@event_priority(0)
def _put(files: Files, *, config: MkDocsConfig) -> None:
    """Put a page in the place of each notebook among the posts, and its pictures beside it.

    ``notebooks``, in the configuration, has what each became, by the path of its source. One that cannot be
    read is left out: the record has told why.
    """
    found: dict[str, NotebookPage] = {}
    config.extra["notebooks"] = found
    places: SitePaths = config.extra["places"]
    if places.posts is None or not places.posts.is_relative_to(places.docs) or _shelf.folder is None:
        return
    folder = f"{places.posts.relative_to(places.docs).as_posix()}/"
    for file in [one for one in files if one.src_uri.startswith(folder) and one.src_uri.endswith(NOTEBOOK)]:
        path = Path(config.docs_dir, file.src_uri)
        name, text = mkdocs_yml.display_path(path, places.root), mkdocs_yml.read_text(path, places.root)
        page = (
            convert.convert_notebook(name, text, path.stem, places.separator) if isinstance(text, str) else []
        )
        files.remove(file)
        if isinstance(page, list):
            continue
        found[file.src_uri] = page
        _add(files, config, file.src_uri, page, Path(_shelf.folder.name))


# After Material's blog, which knows which posts are shown.
@event_priority(-75)
def _withdraw(files: Files, *, config: MkDocsConfig) -> None:
    """Take back the pictures of drafts."""
    shown = {post.file.src_uri for post in site_pages.posts_of(config)}
    for uri, page in config.extra["notebooks"].items():
        for name in page.files if uri not in shown else ():
            file = files.get_file_from_path(_beside(uri, name))
            if file is not None:
                files.remove(file)


def _beside(uri: str, name: str) -> str:
    return posixpath.join(posixpath.dirname(uri), name)


def _add(files: Files, config: MkDocsConfig, uri: str, page: NotebookPage, folder: Path) -> None:
    written = folder / f"{uri}.md"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(page.markdown, encoding="utf-8")
    file = NotebookFile.generated(config, uri, abs_src_path=str(written))
    # It is the owner's, who can edit it.
    file.generated_by = None
    files.append(file)
    for name, content in page.files.items():
        files.append(File.generated(config, _beside(uri, name), content=content))


on_files = CombinedEvent(_put, _withdraw)


# Before Material's blog (0), which counts by itself where nothing is said.
@event_priority(50)
def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    post_pages.set_reading_time(page, html, config)
