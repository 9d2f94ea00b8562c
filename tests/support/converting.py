"""Converting texts with the Markdown extensions of this project, as its check does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from portfolio.citations.library import Library
from portfolio.lint.conversions import Conversions
from portfolio.sources import mkdocs_yml
from tests.support import project

# The part of mkdocs.yml with the Markdown extensions.
EXTENSIONS = next(
    re.finditer(r"^markdown_extensions:\n(?:  .*\n)+", (project.ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
)[0]


def conversions(root: Path = project.ROOT, library: Callable[[], Library] | None = None) -> Conversions:
    """Return conversions without a cache and without images."""
    names, options = mkdocs_yml.read_markdown_extensions(project.ROOT / "mkdocs.yml")
    return Conversions(root, names, options, lambda _page, _url: None, library=library)
