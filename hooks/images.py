"""Shows pictures in sizes that fit, and publishes none with notes on who took it where."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from markdown import Markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

from mkdocs_incremental import api
from mkdocs_live.api import Invalidation, subscribe_to_changes
from portfolio.core.cache import FileCache
from portfolio.images.catalog import ImageCatalog, ResponsiveImage
from portfolio.images.image_info import FORMATS
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.sources import mkdocs_yml

# What a page asks of the pictures that it shows.
_QUESTION = "picture"


# Before the misprints are collected (0), as all extensions that report some.
@event_priority(40)
def on_config(config: MkDocsConfig) -> None:
    def look(md: Markdown, path: str) -> ResponsiveImage | str | None:
        # MkDocs' own part, which Material's excerpts have too, knows whose source this is.
        page: Any = md.treeprocessors["relpath"]
        found: ResponsiveImage | str | None = api.query(
            dict(config.extra), _QUESTION, page.file.src_uri, path
        )
        return found

    extension = FigureExtension(look, lambda misprint: config.extra["misprints"].append(misprint))
    # MkDocs types the list as names; Markdown takes extensions as well.
    config.markdown_extensions.append(extension)  # type: ignore[arg-type]


# After plugins have added their files.
@event_priority(-50)
def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """``gallery``: the pictures of this build."""
    pictures = {
        file.src_uri: file
        for file in files
        # MkDocs has not typed what it asks.
        if file.inclusion.is_included()  # type: ignore[no-untyped-call]
        and posixpath.splitext(file.src_uri)[1].lower() in FORMATS
        # The theme's own come from the theme.
        and (file.abs_src_path is None or file.src_dir == config.docs_dir)
    }
    cache = FileCache(mkdocs_yml.project_root(config.config_file_path) / ".cache" / "images")
    gallery = ImageCatalog(
        pictures.keys(), lambda name: pictures[name].content_bytes, cache, quick=config.extra["serving"]
    )
    config.extra["gallery"] = gallery
    config.extra.setdefault(api.QUERIES, {})[_QUESTION] = gallery.find


# Before what writes the files of the site.
@event_priority(50)
def on_env(env: object, *, config: MkDocsConfig, files: Files) -> None:
    """Add the copies that pages asked for; put public copies in the place of originals."""
    gallery: ImageCatalog = config.extra["gallery"]
    _add_copies(gallery, config, files)
    for name in gallery.names:
        file = files.get_file_from_path(name)
        if file is not None and (public := gallery.public_content(name)) is not None:
            file.content_bytes = public
    if isinstance(gallery.cache, FileCache):
        gallery.cache.trim()

    def take(path: Path) -> Invalidation | None:
        """Pages that show a picture have it in its new size, with new copies."""
        docs = Path(config.docs_dir)
        name = path.relative_to(docs).as_posix() if path.is_relative_to(docs) and path.exists() else ""
        pages = gallery.invalidate(name)
        if pages is None:
            return None
        return Invalidation(tuple(pages), then=lambda: _add_copies(gallery, config, files))

    subscribe_to_changes(config.extra, take)


def _add_copies(gallery: ImageCatalog, config: MkDocsConfig, files: Files) -> None:
    """Give the site the copies that it has not got."""
    for name, made in gallery.variant_files.items():
        original = files.get_file_from_path(made.original)
        if original is None or files.get_file_from_path(name) is not None:
            continue
        copy = File.generated(config, name, content=made.content)
        # The original may have moved: Material's blog publishes what lies beside posts elsewhere.
        copy.dest_uri = posixpath.join(posixpath.dirname(original.dest_uri), posixpath.basename(name))
        files.append(copy)
