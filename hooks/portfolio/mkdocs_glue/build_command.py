"""``python -m portfolio build`` and ``serve``: check mkdocs.yml, then run the command of MkDocs."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from mkdocs_incremental import build_inputs
from mkdocs_incremental.workers import work_ahead
from portfolio import cli
from portfolio.core import i18n
from portfolio.core.cache import FileCache
from portfolio.images import catalog
from portfolio.sources import mkdocs_yml


def build(arguments: Sequence[str], manifest: dict[str, Any] | None, obstacle: str) -> NoReturn:
    """Build the site with the options of ``mkdocs build``, and exit as it does.

    ``manifest`` is that of the last build, and ``obstacle`` is why this one cannot be skipped; see
    `skip_build`.
    """
    build_inputs.start(manifest, obstacle)
    try:
        _run("build", arguments)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        # Python would free a million objects one by one: 0.3 s with 40 posts, more with more.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


def serve(arguments: Sequence[str]) -> NoReturn:
    """Serve the site with the options of ``mkdocs serve``, and exit as it does."""
    _run("serve", arguments)


def _run(command: str, arguments: Sequence[str]) -> NoReturn:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-f", "--config-file", nargs="?", default="mkdocs.yml", const="")
    options, _ = parser.parse_known_args(arguments)
    # MkDocs reads mkdocs.yml before any hook runs, and names no line. It may also have another name, or be
    # standard input.
    settings = Path(options.config_file)
    if settings.is_file():
        if code := cli.check_settings(settings):
            sys.exit(code)
        _encode_images(settings, is_serving=command == "serve")
    from mkdocs.__main__ import cli as mkdocs

    mkdocs.main([command, *arguments], prog_name="mkdocs")


def _encode_images(config: Path, *, is_serving: bool) -> None:
    """Start to encode images, while MkDocs and the hooks are imported, if this version has encoded none."""
    paths, _ = mkdocs_yml.read_paths(config)
    # The keys of the cache contain the language.
    i18n.use_language(mkdocs_yml.read_language(mkdocs_yml.load(config)[0]))
    cache = FileCache(paths.root / ".cache" / "images")
    if cache.get(catalog.version_key()) is None:
        work_ahead(lambda: catalog.encode_mentioned(paths.docs, cache, quick=is_serving))
