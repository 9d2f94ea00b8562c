"""Links and pictures that are written as HTML and lead nowhere.

MkDocs leaves them as they are, so a browser reckons them from the address of the page; in Markdown within
HTML they are reckoned from its source. One that leads somewhere in either way, or that may, passes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import Link
from portfolio.lint.documents import Page
from portfolio.lint.links import Site, wrong
from portfolio.sources.mkdocs_yml import MARKDOWN

_TARGETS = ("href", "xlink:href", "src", "poster", "data", "srcset", "imagesrcset")
_PICTURES = ("img", "source", "image")
# What of SVG is loaded from where ``href`` says, as is all that follows a base; a link is one of these.
_LOADED = ("image", "use", "feimage", "base")
_RELATIONS = frozenset(
    "stylesheet icon apple-touch-icon mask-icon manifest preload modulepreload prefetch prerender preconnect "
    "dns-prefetch".split()
)
# What a style loads from another host, by url() or @import.
_STYLED = re.compile(
    r"""(?:url\(\s*["']?|@import\s*["'])(?P<address>(?:https?:)?//[^"'\s)]+)""", re.IGNORECASE
)
_CANDIDATE = re.compile(r"(?:\s|,)*(\S+?)(?:,+(?=\s|$)|\s+[^,]*(?:,|$)|$)")
_UP = re.compile(r"(?:\.{1,2}/+)+")
# What the theme and the search bring.
_THEME = re.compile(
    r"assets/(?:images|javascripts|stylesheets)/|search/|(?:sitemap\.xml|404\.html|robots\.txt|objects\.inv)$"
)
_VIEW = re.compile(r"(?:^|/)(?:archive|category|author|page)/")


def check(page: Page, site: Site) -> Iterator[Diagnostic]:
    """The targets in the HTML of a page that lead nowhere."""
    for tag, given, at in page.markup.html_elements:
        for name, target in _written(given):
            shown = _is_loaded(tag, name, given)
            found = wrong(Link(target, "", shown, 0), page, site)
            # What stands in code that is told by its indentation alone is no HTML.
            if found is not None and not _may_lead(target, site) and f"<{tag}" in page.made.raw.lower():
                kind = "link" if not shown else "image" if tag in _PICTURES else tag
                yield page.problem(at, kind, found)


def _written(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The attributes that hold addresses, and these."""
    for match in _STYLED.finditer(given.get("style", "")):
        yield "style", match["address"]
    for name in _TARGETS:
        value = given.get(name, "").strip()
        # Of pictures to choose from, each has its width or density behind it.
        for target in _CANDIDATE.findall(value) if name.endswith("srcset") else [value]:
            if target:
                yield name, target


def _is_loaded(tag: str, name: str, given: Mapping[str, str]) -> bool:
    """Whether a browser loads what an attribute names without being asked."""
    if name not in ("href", "xlink:href"):
        return True
    return tag in _LOADED or (
        tag == "link" and not _RELATIONS.isdisjoint(given.get("rel", "").lower().split())
    )


def _may_lead(target: str, site: Site) -> bool:
    path = unquote(target.partition("#")[0].partition("?")[0])
    rest = _UP.sub("", path, count=1) if _UP.match(path) else path
    # An anchor or an address without a host is the same from everywhere; so is what cannot be taken apart.
    if not path or path.startswith("/") or ":" in path:
        return False
    if rest in ("", ".", "..") or _THEME.match(rest) or _VIEW.search(rest):
        return True
    files = {*site.tree.files, *site.generated}
    if _ends(files, rest):
        return True
    bare = rest.removesuffix("index.html").removesuffix(".html").rstrip("/")
    if not bare:
        return True
    if posixpath.splitext(bare)[1] and not rest.endswith((".html", "/")):
        return False
    addresses = site.addresses()
    pages = {f"{bare}{end}" for end in MARKDOWN} | {f"{bare}/index{end}" for end in MARKDOWN}
    return addresses is None or any(_ends(files, one) for one in pages) or _ends(addresses, f"{bare}/")


def _ends(paths: Collection[str], rest: str) -> bool:
    return rest in paths or any(path.endswith(f"/{rest}") for path in paths)
