"""Links and anchors that lead nowhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from portfolio.problem import Problem, did_you_mean, nearest, quoted
from portfolio.settings import MARKDOWN
from writing.markup import Link, Markup
from writing.tree import Page, Tree

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# Pages of the blog that have no source.
_VIEWS = ("archive/", "category/", "author/", "page/")


@dataclass(frozen=True)
class Site:
    """What links of a site can lead to.

    ``generated`` has files that a build makes, ``anchors`` gives those of the record on a page, ``blog`` is
    the folder of the blog or None, and ``unpublished`` has the pages that are not out, each with the reason.
    ``own_slugs`` is true where ``mkdocs.yml`` names a function for the anchors of headings; ``absolute``
    where it allows links that begin with '/'.
    """

    tree: Tree
    generated: Collection[str]
    anchors: Callable[[Page], Collection[str]]
    blog: str | None = None
    unpublished: Collection[str] = ()
    own_slugs: bool = False
    absolute: bool = False


def check(page: Page, site: Site) -> Iterator[Problem]:
    """The links and images of a page that lead nowhere."""
    for link in page.markup.links:
        found = _wrong(link, page, site)
        # What stands in code that is told by its indentation alone is no link.
        if found is not None and link.target in page.made.targets:
            yield page.problem(link.at, "image" if link.image else "link", found)


def why_no_file(target: str, site: Site) -> str | None:
    """Why a path below the documents leads to no file; None if it does, or leads to another site."""
    path = unquote(target.partition("#")[0])
    if not path or _ELSEWHERE.match(target) or path in site.tree.files or path in site.generated:
        return None
    return _no_file(target, path, "", site)


def _wrong(link: Link, page: Page, site: Site) -> str | None:
    target = link.target
    if not target:
        return "leads nowhere: nothing stands in its parentheses." if not link.image else "has no address."
    if _ELSEWHERE.match(target):
        return None
    path, mark, anchor = target.partition("#")
    path = unquote(path.partition("?")[0])
    if path.startswith("/"):
        return None if site.absolute else _absolute(target, page)
    if not path:
        return _no_anchor(anchor, page, page, site) if mark and anchor else None
    folder = posixpath.dirname(page.path)
    whole = posixpath.normpath(posixpath.join(folder, path))
    if whole in site.generated or (site.blog is not None and _is_view(whole, site.blog)):
        return None
    if whole.startswith("../") or whole not in site.tree.files:
        return _no_file(target, whole, folder, site)
    if whole in site.unpublished and page.path not in site.unpublished:
        return f"{quoted(target)} is not out yet, and readers would not find it."
    other = site.tree.pages.get(whole)
    return _no_anchor(anchor, other, page, site) if anchor and other is not None else None


def _is_view(path: str, blog: str) -> bool:
    inside = path.removeprefix(f"{blog}/") if blog != "." else path
    return path.endswith(".md") and inside.startswith(_VIEWS)


def _absolute(target: str, page: Page) -> str:
    up = posixpath.relpath(target.lstrip("/") or ".", posixpath.dirname(page.path) or ".")
    return f"{quoted(target)} begins with '/', which leaves out where this site stands. Write {quoted(up)}."


def _no_file(target: str, path: str, folder: str, site: Site) -> str:
    """Say that there is no such file, and which is meant: an address's page, a namesake, or a like name."""
    bare = path.rstrip("/")
    sources = [f"{bare}{end}" for end in MARKDOWN] + [f"{bare}/index{end}" for end in MARKDOWN]
    meant = next((source for source in sources if source in site.tree.files), None)
    if meant is None:
        name = posixpath.basename(bare)
        namesakes = sorted(file for file in site.tree.files if posixpath.basename(file) == name)
        meant = namesakes[0] if len(namesakes) == 1 else _alike(bare, site.tree.files)
    hint = f" Did you mean {quoted(posixpath.relpath(meant, folder or '.'))}?" if meant else ""
    return f"there is no {quoted(target)}.{hint}"


def _alike(path: str, files: Collection[str]) -> str | None:
    """The file of the same kind whose path without its ending is nearest."""
    stem, end = posixpath.splitext(path)
    stems = {posixpath.splitext(file)[0]: file for file in sorted(files) if file.endswith(end or MARKDOWN)}
    return stems.get(nearest(stem, stems) or "")


def _no_anchor(anchor: str, other: Page, page: Page, site: Site) -> str | None:
    anchor = unquote(anchor)
    if anchor in other.likely_ids or anchor in site.anchors(other):
        return None
    if (
        site.own_slugs
        or anchor.startswith("__")
        or anchor in _raw_ids(other.markup)
        or anchor in other.made.ids
    ):
        return None
    known = {*other.made.ids, *site.anchors(other)}
    where = "this page" if other is page else other.name
    return f"{where} has no {quoted('#' + anchor)}.{did_you_mean(anchor, known)}"


def _raw_ids(markup: Markup) -> set[str]:
    return {given[name] for _, given, _ in markup.raw for name in ("id", "name") if name in given}
