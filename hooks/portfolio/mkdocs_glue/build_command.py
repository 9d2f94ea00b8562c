"""``python -m portfolio build``: checks mkdocs.yml, then builds the site as ``mkdocs build`` does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from mkdocs_incremental import build_inputs
from portfolio import cli


def build(arguments: Sequence[str], obstacle: str) -> NoReturn:
    """Build the site with the options of ``mkdocs build``, and exit as it does.

    ``obstacle`` is why the build cannot be skipped.
    """
    build_inputs.start(obstacle)
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-f", "--config-file", default="mkdocs.yml")
    options, _ = parser.parse_known_args(arguments)
    # MkDocs reads mkdocs.yml before any hook runs, and names no line.
    code = cli.main(["settings", "--config", options.config_file])
    if code:
        sys.exit(code)
    from mkdocs.__main__ import cli as mkdocs

    mkdocs.main(["build", *arguments], prog_name="mkdocs")
