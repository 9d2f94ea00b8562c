"""The documents of a site: which of them are part of it, and what stands in each."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from portfolio.core import slug, yaml_positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import Markup
from portfolio.core.yaml_positions import Document
from portfolio.lint.converter import Converter, Made
from portfolio.markdown_ext.render_errors import to_diagnostics
from portfolio.notebooks import convert
from portfolio.notebooks.source_map import NotebookPage
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths, display_path, read_text

_OWN_ID = re.compile(r"#(?P<id>[^\s{}#]+)(?=[^{}\n]*\})")
# What MkDocs leaves out without being told.
_ALWAYS_OUT = (".*", "/templates/")


@dataclass
class Page:
    """A page: its path below the documents, its name in problems, and its source as Markdown.

    ``notebook`` is what a notebook became, which knows where its lines came from.
    """

    path: str
    name: str
    markup: Markup
    converter: Converter
    notebook: NotebookPage | None = None

    @cached_property
    def made(self) -> Made:
        """What Markdown makes of it; asked for only where something is suspect."""
        return self.converter.made(self.markup.body, self.path)

    @cached_property
    def front(self) -> Document:
        """Its front matter with its places; empty where there is none that can be read."""
        return yaml_positions.load(self.name, self.markup.front, first_line=2)[0]

    @property
    def meta(self) -> Mapping[str, Any]:
        """Its front matter, as texts."""
        return self.front.data if isinstance(self.front.data, dict) else {}

    @cached_property
    def likely_ids(self) -> frozenset[str]:
        """The anchors of its headings, as far as they can be told without a conversion."""
        found = {slug.of_heading(heading.words, "-") for heading in self.markup.headings}
        if "{" in self.markup.prose:
            found |= {match["id"] for match in _OWN_ID.finditer(self.markup.prose)}
        return frozenset(found)

    def problem(self, at: int, field: str, message: str) -> Diagnostic:
        """A problem at an offset of its source."""
        return self.moved(Diagnostic(self.name, *self.markup.mark(at), field, message))

    def moved(self, problem: Diagnostic) -> Diagnostic:
        """A problem in the Markdown as one of the source, which may be a notebook."""
        return problem if self.notebook is None else self.notebook.map_to_notebook(problem)

    def misprints(self) -> Iterator[Diagnostic]:
        """What of it cannot be set, by a conversion."""
        yield from map(self.moved, to_diagnostics(self.made.misprints, self.markup.source, self.name))


@dataclass
class Tree:
    """The documents of a site, by their paths below its folder of documents."""

    pages: dict[str, Page] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def read(places: SitePaths, values: Mapping[str, Any], converter: Converter) -> Tree:
    """Read all documents but those that ``exclude_docs`` in the site's settings leaves out.

    Notebooks among the posts are pages, with their pictures beside them. A page that cannot be read is a file
    without content here: that it cannot is a problem of its own.
    """
    given = values.get("exclude_docs")
    out = GitIgnoreSpec.from_lines([*_ALWAYS_OUT, *(given.splitlines() if isinstance(given, str) else ())])
    tree = Tree()
    docs, root = places.docs, places.root
    for path in sorted(_paths(docs)):
        if out.match_file(path):
            continue
        tree.files.add(path)
        if path.endswith(MARKDOWN):
            text = read_text(docs / path, root)
            if not isinstance(text, Diagnostic):
                tree.pages[path] = Page(path, display_path(docs / path, root), Markup(text), converter)
        elif (
            path.endswith(NOTEBOOK)
            and places.posts is not None
            and (docs / path).is_relative_to(places.posts)
        ):
            _notebook(tree, path, places, converter)
    return tree


def _notebook(tree: Tree, path: str, places: SitePaths, converter: Converter) -> None:
    file = places.docs / path
    name, text = display_path(file, places.root), read_text(file, places.root)
    made = (
        convert.convert_notebook(name, text, file.stem, places.separator) if isinstance(text, str) else None
    )
    if isinstance(made, NotebookPage):
        tree.pages[path] = Page(path, name, Markup(made.markdown), converter, made)
        tree.files |= {posixpath.join(posixpath.dirname(path), picture) for picture in made.files}


def _paths(docs: Path) -> Iterator[str]:
    above = {str(docs): {os.path.realpath(docs)}}
    for at, folders, names in os.walk(docs, followlinks=True):
        real = {name: os.path.realpath(Path(at, name)) for name in folders if not name.startswith(".")}
        # A link to a folder above would lead round in a circle.
        folders[:] = [name for name in real if real[name] not in above[at]]
        above |= {str(Path(at, name)): {*above[at], real[name]} for name in folders}
        inside = Path(at).relative_to(docs).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)
