"""``python -m portfolio build``: checks mkdocs.yml, then builds the site as ``mkdocs build`` does."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from mkdocs_incremental import build_inputs
from portfolio import cli


def build(arguments: Sequence[str], manifest: dict[str, Any] | None, obstacle: str) -> NoReturn:
    """Build the site with the options of ``mkdocs build``, and exit as it does.

    ``manifest`` is that of the last build, and ``obstacle`` is why this one cannot be skipped; see
    `skip_build`.
    """
    # The collector takes 50 of 300 ms of imports and 5 % of a build, and frees next to nothing.
    gc.disable()
    build_inputs.start(manifest, obstacle)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-f", "--config-file", default="mkdocs.yml")
    options, _ = parser.parse_known_args(arguments)
    # MkDocs reads mkdocs.yml before any hook runs, and names no line.
    code = cli.main(["settings", "--config", options.config_file])
    if code:
        sys.exit(code)
    from mkdocs.__main__ import cli as mkdocs

    try:
        mkdocs.main(["build", *arguments], prog_name="mkdocs")
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        # Python would free a million objects one by one: 0.3 s with 40 posts, more with more.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)
