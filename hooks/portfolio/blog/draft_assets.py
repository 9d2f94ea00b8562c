"""Files that stand beside the posts and belong to posts that are not out: these are not published either."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

from portfolio.core import positions
from portfolio.core.markdown_scan import MarkdownSource

_ADDRESSES = ("src", "href", "poster", "srcset", "data")


def of(kept: Mapping[str, str], shown: Mapping[str, str], files: Collection[str]) -> set[str]:
    """Those of ``files`` that pages which are not out refer to, and no page that is.

    ``kept`` and ``shown`` have the sources of the pages that are not out and of all others, by their paths
    below the documents, where ``files`` are too. A file that a page might mean counts as meant.
    """
    theirs = {file for path, source in kept.items() for file in _meant(path, source, files)}
    for path, source in shown.items():
        if not theirs:
            break
        plain = unquote(html.unescape(source))
        if any(posixpath.basename(_bright(file)) in plain for file in theirs):
            theirs -= set(_meant(path, source, theirs))
    return theirs


def _meant(path: str, source: str, files: Collection[str]) -> Iterator[str]:
    targets, names = _named(path, source)
    for file in files:
        bright = _bright(file)
        if {file, bright} & targets or {posixpath.basename(file), posixpath.basename(bright)} & names:
            yield file


def _named(path: str, source: str) -> tuple[set[str], set[str]]:
    """The paths that a page writes, and the names in its HTML, which are reckoned from its address."""
    markup = MarkdownSource(source)
    targets = {_path(link.target, posixpath.dirname(path)) for link in markup.links}
    data = positions.load_yaml(path, markup.front_matter)[0].data if "." in markup.front_matter else None
    targets |= {_path(text, "") for _, text in positions.iter_texts(data)}
    written = [given[name] for _, given, _ in markup.html_elements for name in _ADDRESSES if name in given]
    parts = [part for text in written for part in text.replace(",", " ").split()]
    return targets, {posixpath.basename(_path(part, "")) for part in parts}


def _path(target: str, folder: str) -> str:
    bare = unquote(html.unescape(target).partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join(folder, bare))


def _bright(file: str) -> str:
    """The picture of which one for the dark stands beside: ``name.png`` for ``name.dark.png``."""
    stem, end = posixpath.splitext(file)
    return f"{stem.removesuffix('.dark')}{end}"
