"""Addresses of other sites, as they are written in pages, front matter and data: which, and where."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.positions import Document, Lines
from portfolio.lint.documents import Page, Tree
from portfolio.sources.mkdocs_yml import display_path, read_text

# In BibTeX a backslash may stand before a sign of TeX.
_BARE = re.compile(r"https?://(?:[^\s\"'<>{}\[\]|\\^`]|\\[_&%#~$])+", re.IGNORECASE)
_WHOLE = re.compile(r"(?:https?:)?//[^\s\"'<>]+", re.IGNORECASE)
_HTTP = ("http://", "https://", "//")
# What ends a sentence, not an address.
_TRAILING = ".,;:!?*"
_CLOSING = {"<": ">", '"': '"', "'": "'", "{": "}"}
_ENTITY = re.compile(r"&#?\w+;")
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+.!-])")
_TEX_ESCAPE = re.compile(r"\\([_&%#~$])")
# What stands before the address of an inline link, or of the definition of one.
_LINKED = re.compile(r"\](?:\(|:)[ \t\n]{0,4}<?\Z")


def collect(tree: Tree, data: Path, root: Path) -> dict[str, list[Diagnostic]]:
    """Every URL of another site, without its fragment, and its places, as problems without words."""
    found: dict[str, list[Diagnostic]] = {}

    def keep(url: str, place: Diagnostic) -> None:
        plain = _plain(url)
        if plain is not None and place not in found.setdefault(plain, []):
            found[plain].append(place)

    for page in tree.pages.values():
        for url, at in _in_markdown(page.markup):
            keep(url, page.problem(at, "link", ""))
        for url, place in _in_front_matter(page):
            keep(url, page.moved(place))
    for path in sorted([*data.glob("*.yml"), *data.glob("*.bib")]):
        text, name = read_text(path, root), display_path(path, root)
        if not isinstance(text, str):
            continue
        if path.suffix == ".bib":
            lines = Lines(text)
            for url, at in _bare(text):
                keep(_TEX_ESCAPE.sub(r"\1", url), Diagnostic(name, *lines.position(at), "link", ""))
        else:
            for url, place in _in_yaml(positions.load_yaml(name, text)[0], text):
                keep(url, place)
    return dict(sorted(found.items()))


def _plain(url: str) -> str | None:
    """An address to ask for; None for one that cannot be taken apart, of which the check tells."""
    scheme, colon, rest = url.partition("://")
    url = f"{scheme.lower()}{colon}{rest}" if colon else url
    try:
        url = urldefrag(f"https:{url}" if url.startswith("//") else url).url
        return url if urlsplit(url).hostname else None
    except ValueError:
        return None


def _in_markdown(markup: MarkdownSource) -> Iterator[tuple[str, int]]:
    inline = [(link.target, link.at) for link in markup.links if link.target.lower().startswith(_HTTP)]
    targets = [target for target, _ in inline]
    prose = markup.prose
    for target, at in inline:
        yield _unescaped(target), at
    for url, at in _bare(prose):
        # The address of a link is met here again, without what only stands between parentheses.
        linked = _LINKED.search(prose, max(at - 8, 0), at)
        if linked is None or not any(target.startswith(url) for target in targets):
            yield _unescaped(url), at


def _unescaped(url: str) -> str:
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), _MARKDOWN_ESCAPE.sub(r"\1", url))


def _in_front_matter(page: Page) -> Iterator[tuple[str, Diagnostic]]:
    if "//" in page.markup.front_matter:
        # What a notebook became has front matter, too, at the same place.
        yield from _in_yaml(page.front, page.markup.source)


def _in_yaml(document: Document, text: str) -> Iterator[tuple[str, Diagnostic]]:
    lines = text.split("\n")
    for path, value in positions.iter_texts(document.data):
        whole = _WHOLE.fullmatch(value.strip())
        for url in [value.strip()] if whole else [_unescaped(url) for url, _ in _bare(value)]:
            line, column = document.positions.get(path, (1, 1))
            # In a text of several lines, or behind a quotation mark, it begins later.
            for number in range(line - 1, min(line + value.count("\n") + 1, len(lines))):
                at = lines[number].find(url, column - 1 if number == line - 1 else 0)
                if at >= 0:
                    line, column = number + 1, at + 1
                    break
            yield url, Diagnostic(document.path, line, column, "link", "")


def _bare(text: str) -> Iterator[tuple[str, int]]:
    """The addresses in a text, each whole where signs enclose it, else without what follows it there."""
    for match in _BARE.finditer(text):
        url, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() :][:1]
        if before not in _CLOSING or _CLOSING[before] != after:
            url = _ended(url, before)
        yield url, match.start()


def _ended(url: str, before: str) -> str:
    """An address without the signs of the sentence around it; a bracket that it opens, it also closes."""
    # What stands in emphasis ends with the sign that began it.
    trailing = f"{_TRAILING}_" if before == "_" else _TRAILING
    while url:
        if url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1]
        elif (shorter := url.rstrip(trailing)) != url and not _ENTITY.fullmatch(url[url.rfind("&") :]):
            url = shorter
        else:
            break
    return url
