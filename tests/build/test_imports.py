"""What a build after an edit imports, because each module costs it time."""

import json
from pathlib import Path

from tests.support import project, small_site

_POST = """\
---
date: 2026-01-31
authors: [ada]
---

# Stones

A plain text with **bold** words, [a link](../../index.md), and a list:

- one
- two
"""
# Builds the site, and prints the names of the modules that were imported.
_BUILD = """\
import json, sys
from mkdocs.__main__ import cli
try:
    cli(["build", "--quiet", "--strict"])
finally:
    print(json.dumps(sorted(sys.modules)))
"""
# What only a build needs that has notebooks, BibTeX, citations to format, pictures to encode, documents to
# typeset, diagrams, fonts to subset, emoji or a lock of URLs; and what only a server needs.
_NOT_NEEDED = {
    *("portfolio.notebooks.convert", "nbformat", "pylatexenc", "bibtexparser", "portfolio.sources.bibtex"),
    *("citeproc", "PIL", "resvg_py", "py_svg_hush", "typst", "fontTools", "rendercv_fonts", "quickjs"),
    *("mermaid_render", "pymdownx.gemoji_db", "portfolio.redirects.url_lock", "portfolio.importer.readers"),
    *("mkdocs_live.coordinator", "mkdocs_live.session", "mkdocs.livereload", "watchdog", "asyncio"),
    *("multiprocessing", "concurrent", "requests", "markdownify", "packaging", "unittest"),
}


def test_a_build_after_an_edit_imports_only_what_it_needs(tmp_path: Path) -> None:
    path = "docs/musings/posts/stones.md"
    root = small_site.create(tmp_path / "site", {path: _POST})
    project.load_caches(root)
    assert project.python(root, "-c", _BUILD).returncode == 0
    (root / path).write_text(_POST.replace("plain", "short"), encoding="utf-8")
    run = project.python(root, "-c", _BUILD)
    assert run.returncode == 0, run.stderr
    modules = set(json.loads(run.stdout.splitlines()[-1]))
    assert not {name for name in modules if any(f"{name}.".startswith(f"{part}.") for part in _NOT_NEEDED)}
    # Stock Material with a blog has 420, this site's code 160, markdown-it, which parses a changed page as
    # GitHub does, 70, Pydantic 50, and the other packages 60.
    assert len(modules) <= 790
