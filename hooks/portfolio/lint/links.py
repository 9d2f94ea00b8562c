"""Links and anchors that lead nowhere."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from portfolio.core.diagnostics import Diagnostic, did_you_mean, quoted
from portfolio.core.inline_links import Link
from portfolio.core.markdown_scan import Markup
from portfolio.lint.documents import Page, Tree
from portfolio.markdown_ext.invalid_urls import is_valid_url
from portfolio.sources.mkdocs_yml import MARKDOWN

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# What notebooks call their own by; what is found there has another address by now.
_ATTACHMENT = "attachment:"
# Pages of the blog that have no source.
_VIEWS = ("archive/", "category/", "author/", "page/")
# How alike names are, from 0 to 1, of which one may have been meant for the other.
_ALIKE = 0.75


@dataclass(frozen=True)
class Site:
    """What links of a site can lead to.

    ``generated`` has files that a build makes, ``anchors`` gives those of the record on a page, ``blog`` is
    the folder of the blog or None, and ``unpublished`` has the pages that are not out, each with the reason.
    ``own_slugs`` is true where ``mkdocs.yml`` names a function for the anchors of headings, ``adds_text``
    where it has a text added to every page; ``absolute`` where it allows links that begin with '/'.
    ``addresses`` gives those of the posts, which end with a slash; None where they are not known. ``hosts``
    are those that pages may fetch from.
    """

    tree: Tree
    generated: Collection[str]
    anchors: Callable[[Page], Collection[str]]
    blog: str | None = None
    unpublished: Collection[str] = ()
    own_slugs: bool = False
    adds_text: bool = False
    addresses: Callable[[], Collection[str] | None] = lambda: ()
    absolute: bool = False
    hosts: Collection[str] = ()


def check(page: Page, site: Site) -> Iterator[Diagnostic]:
    """The links and images of a page that lead nowhere."""
    for link in page.markup.links:
        found = wrong(link, page, site)
        # What stands in code that is told by its indentation alone is no link.
        if found is not None and link.target in page.made.targets:
            yield page.problem(link.at, "image" if link.image else "link", found)
    if page.markup.refers_to_images:
        told = {link.target for link in page.markup.links if link.image}
        for target in sorted(page.made.pictures - told):
            if (found := _fetched(target, site)) is not None:
                yield page.problem(page.markup.place_of(target), "image", found)
    for id, at in page.markup.undefined:
        # A file that is included may define it.
        if f"]{id}" in page.made.words and "8<-" not in page.markup.source and not site.adds_text:
            name = quoted(id)
            message = f"nothing defines {name}. Write a line such as '[id]: page.md', or \\[ for a bracket."
            yield page.problem(at, "link", message)


def why_no_file(target: str, page: str, site: Site) -> str | None:
    """Why a path below the documents leads to no file; None if it does, or leads to another site.

    ``page`` is the path of the page that names it.
    """
    if (refused := _refused(target)) is not None:
        return refused
    path = unquote(target.partition("#")[0])
    if not path or _ELSEWHERE.match(target) or path in site.tree.files or path in site.generated:
        return None
    return _no_file(target, path, "", page, site)


def wrong(link: Link, page: Page, site: Site) -> str | None:
    """Why a link leads nowhere, reckoned from the source of its page; None if it leads somewhere.

    An image must stand where it asks no other host.
    """
    target = link.target
    if not target:
        return "leads nowhere: nothing stands in its parentheses." if not link.image else "has no address."
    if (refused := _refused(target)) is not None:
        return refused
    if target.lower().startswith(_ATTACHMENT):
        return f"{quoted(target)} is nothing that is attached to a cell of a notebook, and leads nowhere."
    if _ELSEWHERE.match(target):
        return _fetched(target, site) if link.image else None
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
        return _no_file(target, whole, folder, page.path, site)
    if whole in site.unpublished and page.path not in site.unpublished:
        return f"{quoted(target)} is not out yet, and readers would not find it."
    other = site.tree.pages.get(whole)
    return _no_anchor(anchor, other, page, site) if anchor and other is not None else None


def _refused(target: str) -> str | None:
    """What is wrong with an address that cannot be taken apart (RFC 3986), which would end a build."""
    if is_valid_url(target):
        return None
    return (
        f"{quoted(target)} is no address: what stands for its host is none. "
        "Write one as in https://example.org/."
    )


def _fetched(target: str, site: Site) -> str | None:
    """Why what a page shows must not be fetched from another host: it would learn of every reader."""
    if not is_valid_url(target):
        return None
    parts = urlsplit(target)
    host = parts.hostname
    if parts.scheme not in ("", "http", "https") or not host or host in site.hosts:
        return None
    return (
        f"is fetched from {host} whenever somebody reads the page. Keep a copy of it here, or name the host "
        "in mkdocs.yml, under extra.portfolio.other_hosts."
    )


def _is_view(path: str, blog: str) -> bool:
    inside = path.removeprefix(f"{blog}/") if blog != "." else path
    return path.endswith(".md") and inside.startswith(_VIEWS)


def _absolute(target: str, page: Page) -> str:
    up = posixpath.relpath(target.lstrip("/") or ".", posixpath.dirname(page.path) or ".")
    return f"{quoted(target)} begins with '/', which leaves out where this site stands. Write {quoted(up)}."


def _no_file(target: str, path: str, folder: str, page: str, site: Site) -> str:
    """Say that there is no such file, and which is meant: an address's page, a namesake, or a like name."""
    others = site.tree.files - {page}
    bare = path.rstrip("/")
    sources = [f"{bare}{end}" for end in MARKDOWN] + [f"{bare}/index{end}" for end in MARKDOWN]
    meant = next((source for source in sources if source in others), None)
    if meant is None:
        name = posixpath.basename(bare)
        namesakes = sorted(file for file in others if posixpath.basename(file) == name)
        meant = namesakes[0] if len(namesakes) == 1 else _alike(name, others)
    hint = f" Did you mean {quoted(posixpath.relpath(meant, folder or '.'))}?" if meant else ""
    return f"there is no {quoted(target)}.{hint}"


def _alike(name: str, files: Collection[str]) -> str | None:
    """The file of the same kind whose own name, without its ending, is nearest, if it is near."""
    stem, end = posixpath.splitext(name)
    kin = sorted((file for file in files if file.endswith(end or MARKDOWN)), reverse=True)
    stems = {posixpath.splitext(posixpath.basename(file))[0].casefold(): file for file in kin}
    found = difflib.get_close_matches(stem.casefold(), stems, n=1, cutoff=_ALIKE)
    return stems[found[0]] if found else None


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
