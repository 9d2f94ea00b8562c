"""Links and pictures that are written as HTML and lead nowhere.

MkDocs leaves them as they are, so a browser reckons them from the address of the page; in Markdown within
HTML they are reckoned from its source. One that leads somewhere in either way, or that may, passes.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote

from portfolio.problem import Problem
from portfolio.settings import MARKDOWN
from writing.destinations import Site, wrong
from writing.markup import Link
from writing.tree import Page

_TARGETS = ("href", "src", "poster")
_PICTURES = ("img", "source")
_UP = re.compile(r"(?:\.{1,2}/+)+")
# What the theme and the search bring.
_THEME = re.compile(
    r"assets/(?:images|javascripts|stylesheets)/|search/|(?:sitemap\.xml|404\.html|robots\.txt|objects\.inv)$"
)
_VIEW = re.compile(r"(?:^|/)(?:archive|category|author|page)/")


def check(page: Page, site: Site) -> Iterator[Problem]:
    """The targets in the HTML of a page that lead nowhere."""
    for tag, given, at in page.markup.raw:
        for name in _TARGETS:
            target = given.get(name, "").strip()
            if not target or name not in given:
                continue
            found = wrong(Link(target, "", name != "href", 0), page, site)
            # What stands in code that is told by its indentation alone is no HTML.
            if found is not None and not _may_lead(target, site) and f"<{tag}" in page.made.raw.lower():
                kind = "link" if name == "href" else "image" if tag in _PICTURES else tag
                yield page.problem(at, kind, found)


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
