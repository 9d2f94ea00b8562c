"""Publishes the style sheet and the scripts of the site, with hashes in their names.

Browsers may store such a file for ever, as ``_headers`` says to hosts that read it. The theme's own style
sheets and scripts are not published: no template of this site uses them. Without this line the site cannot
be built.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from jinja2 import Environment, pass_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.utils import normalize_url

from mkdocs_incremental import api
from mkdocs_live.api import Invalidation, subscribe_to_changes
from portfolio.core import page_policy
from portfolio.core.assets import hashed_path, inline_imports, list_imports, menu_width, minify
from portfolio.core.files import display_path
from portfolio.mkdocs_glue import order, pages
from portfolio.mkdocs_glue.state import require_record, site_state

_FOLDER: Final = "assets/"
_SITE_CSS: Final = "assets/stylesheets/site.css"
# Part of every page, because it must run before the first paint.
_THEME_SCRIPT: Final = "assets/javascripts/theme.js"
# For Netlify, Cloudflare Pages and others.
_HEADERS: Final = "_headers"
# Style sheets, scripts and fonts with a hash in their names.
_HASHED: Final = re.compile(r"assets/(?:stylesheets|javascripts|fonts)/.+\.[0-9a-f]{10}\.(?:css|js|woff2)")
# The policy of a page is at its beginning.
_HEAD_BYTES: Final = 4096


@dataclass
class Assets:
    """The function ``asset`` of templates: the URL of a file in ``overrides/assets``, relative to the page.

    ``paths`` has the published paths of the files, by their own.
    """

    paths: dict[str, str]

    @pass_context
    def __call__(self, context: Any, name: str) -> str:
        path = self.paths.get(f"{_FOLDER}{name}")
        if path is None:
            raise PluginError(f"A template uses the asset {name!r}, which overrides/assets does not have.")
        return normalize_url(path, page=context["page"], base=context["base_url"])


on_config = require_record(__name__)


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Leave out the theme's assets, except the icon of a site that names none.

    A file of the owner's cannot have the path of a style sheet or script of the site.
    """
    if not config.theme.custom_dir:
        raise PluginError("The theme in mkdocs.yml needs the templates: add custom_dir: overrides.")
    site_state(config).assets = {}
    own = config.theme.custom_dir
    for file in list(files):
        if file.src_dir == config.docs_dir and _is_own(file) and Path(own, file.src_uri).is_file():
            path = display_path(Path(config.docs_dir, file.src_uri), pages.project_root(config))
            raise PluginError(f"{path} has the path of a file of this site: give it another name.")
        is_theme = file.src_uri.startswith(_FOLDER) and file.src_dir not in (own, config.docs_dir)
        if is_theme and file.generated_by is None and file.src_uri != config.theme["favicon"]:
            files.remove(file)


@event_priority(order.ENV_ASSETS)
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files. ``asset``, ``theme_script`` and ``menu_width`` are for templates."""
    state = site_state(config)
    folder = Path(str(config.theme.custom_dir))
    own = {file.src_uri: file for file in files if file.src_dir == str(folder) and _is_own(file)}
    sheet = own[_SITE_CSS].content_string
    for name in list_imports(sheet):
        files.remove(own.pop(f"{PurePosixPath(_SITE_CSS).parent}/{name}"))
    theme_script = own.pop(_THEME_SCRIPT)
    files.remove(theme_script)
    texts = {path: _read(file, folder, file.content_string) for path, file in own.items()}
    texts[_THEME_SCRIPT] = theme_script.content_string
    small: dict[str, str] = api.remember(
        config.extra, lambda: {path: minify(path, text) for path, text in texts.items()}, "minified", texts
    )
    for path, file in own.items():
        file.content_string = small[path]
        # The live preview replaces a style sheet in the page, so its name must not change.
        if not state.is_serving:
            file.dest_uri = hashed_path(path, file.content_string)
    state.assets = paths = {path: file.dest_uri for path, file in own.items()}
    env.globals.update(
        asset=Assets(paths),
        theme_script=small[_THEME_SCRIPT],
        menu_width=menu_width([item.title or "" for item in state.navigation.items]),
    )
    subscribe_to_changes(config.extra, lambda path: _update(path, folder, own))


@api.skippable
def on_post_build(*, config: MkDocsConfig) -> None:
    """Write the file of headers for hosts that read one, unless docs/ has its own."""
    path = Path(config.site_dir, _HEADERS)
    if site_state(config).is_serving or path.exists():
        return
    files = _list_files(config.site_dir)
    heads = (_read_head(Path(config.site_dir, name)) for name in files if name.endswith(".html"))
    text = page_policy.format_headers(heads, filter(_HASHED.fullmatch, files))
    path.write_text(text, encoding="utf-8")


def _list_files(root: str) -> list[str]:
    """Return the paths of all files below a folder, relative to it."""
    # Much faster than Path.rglob.
    start = len(root) + 1
    return [
        f"{folder}/{name}"[start:].replace(os.sep, "/")
        for folder, _, names in os.walk(root)
        for name in names
    ]


def _is_own(file: File) -> bool:
    return file.src_uri.startswith(_FOLDER) and file.src_uri.endswith((".css", ".js"))


def _read_head(page: Path) -> str:
    with page.open("rb", buffering=0) as file:
        return file.read(_HEAD_BYTES).decode(errors="replace")


def _read(file: File, folder: Path, text: str) -> str:
    """Return the text of a file of the site, with its imports."""

    def read(name: str) -> str:
        return (folder / file.src_uri).with_name(name).read_text(encoding="utf-8")

    return inline_imports(text, read)


def _update(path: Path, folder: Path, own: dict[str, File]) -> Invalidation | None:
    """Publish a changed style sheet or script again."""
    if not path.is_relative_to(folder / _FOLDER) or not path.is_file():
        return None
    name = path.relative_to(folder).as_posix()
    file = own.get(_SITE_CSS if name.endswith(".css") and name not in own else name)
    if file is None or "{%" in (source := (folder / file.src_uri).read_text(encoding="utf-8")):
        return None
    file.content_string = minify(file.src_uri, _read(file, folder, source))
    return Invalidation(files=(file.dest_uri,))
