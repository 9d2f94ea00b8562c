"""Links and anchors that lead nowhere."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from portfolio.blog import urls as blogs
from portfolio.citations import biblatex, csl_json, publication_list
from portfolio.config.options import Exports, Options
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.markdown_scan import Link, MarkdownSource
from portfolio.core.text import slugify_like_blog
from portfolio.exports import json_resume, rendercv
from portfolio.feeds import feeds
from portfolio.lint.documents import Documents, SourcePage
from portfolio.markdown_ext.invalid_urls import is_valid_url
from portfolio.print import cv_pdf
from portfolio.record.models import Post
from portfolio.record.record import Origin, Record
from portfolio.sources.mkdocs_yml import MARKDOWN
from portfolio.timeline.views import KINDS

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# What notebooks call their own by; what is found there has another address by now.
_ATTACHMENT = "attachment:"
# Pages of the blog that have no source.
_VIEWS = ("archive/", "category/", "author/", "page/")
# How alike names are, from 0 to 1, of which one may have been meant for the other.
_ALIKE = 0.75


@dataclass(frozen=True)
class LinkTargets:
    """What links of a site can lead to.

    ``generated`` has files that a build makes, ``anchors`` gives those of the record on a page, ``blog`` is
    the folder of the blog or None, and ``unpublished`` has the pages that are not out, each with the reason.
    ``own_slugs`` is true where ``mkdocs.yml`` names a function for the anchors of headings, ``adds_text``
    where it has a text added to every page; ``absolute`` where it allows links that begin with '/'.
    ``addresses`` gives those of the posts, which end with a slash; None where they are not known. ``hosts``
    are those that pages may fetch from.
    """

    tree: Documents
    generated: Collection[str]
    anchors: Callable[[SourcePage], Collection[str]]
    blog: str | None = None
    unpublished: Collection[str] = ()
    own_slugs: bool = False
    adds_text: bool = False
    addresses: Callable[[], Collection[str] | None] = lambda: ()
    absolute: bool = False
    hosts: Collection[str] = ()


def check_links(page: SourcePage, site: LinkTargets) -> Iterator[Diagnostic]:
    """The links and images of a page that lead nowhere."""
    for link in page.markup.links:
        found = check_link(link, page, site)
        # What stands in code that is told by its indentation alone is no link.
        if found is not None and link.target in page.made.targets:
            yield page.problem(link.at, "image" if link.image else "link", found)
    if page.markup.refers_to_images:
        told = {link.target for link in page.markup.links if link.image}
        for target in sorted(page.made.pictures - told):
            if (found := _fetched(target, site)) is not None:
                yield page.problem(page.markup.find_url(target), "image", found)
    for id, at in page.markup.undefined_references:
        # A file that is included may define it.
        if f"]{id}" in page.made.words and "8<-" not in page.markup.source and not site.adds_text:
            name = quote(id)
            message = f"nothing defines {name}. Write a line such as '[id]: page.md', or \\[ for a bracket."
            yield page.problem(at, "link", message)


def check_file(target: str, page: str, site: LinkTargets) -> str | None:
    """Why a path below the documents leads to no file; None if it does, or leads to another site.

    ``page`` is the path of the page that names it.
    """
    if (refused := _refused(target)) is not None:
        return refused
    path = unquote(target.partition("#")[0])
    if not path or _ELSEWHERE.match(target) or path in site.tree.files or path in site.generated:
        return None
    return _no_file(target, path, "", page, site)


def check_link(link: Link, page: SourcePage, site: LinkTargets) -> str | None:
    """Why a link leads nowhere, reckoned from the source of its page; None if it leads somewhere.

    An image must stand where it asks no other host.
    """
    target = link.target
    if not target:
        return "leads nowhere: nothing stands in its parentheses." if not link.image else "has no address."
    if (refused := _refused(target)) is not None:
        return refused
    if target.lower().startswith(_ATTACHMENT):
        return f"{quote(target)} is nothing that is attached to a cell of a notebook, and leads nowhere."
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
        return f"{quote(target)} is not out yet, and readers would not find it."
    other = site.tree.pages.get(whole)
    return _no_anchor(anchor, other, page, site) if anchor and other is not None else None


def _refused(target: str) -> str | None:
    """What is wrong with an address that cannot be taken apart (RFC 3986), which would end a build."""
    if is_valid_url(target):
        return None
    return (
        f"{quote(target)} is no address: what stands for its host is none. "
        "Write one as in https://example.org/."
    )


def _fetched(target: str, site: LinkTargets) -> str | None:
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


def _absolute(target: str, page: SourcePage) -> str:
    up = posixpath.relpath(target.lstrip("/") or ".", posixpath.dirname(page.path) or ".")
    return f"{quote(target)} begins with '/', which leaves out where this site stands. Write {quote(up)}."


def _no_file(target: str, path: str, folder: str, page: str, site: LinkTargets) -> str:
    """Say that there is no such file, and which is meant: an address's page, a namesake, or a like name."""
    others = site.tree.files - {page}
    bare = path.rstrip("/")
    sources = [f"{bare}{end}" for end in MARKDOWN] + [f"{bare}/index{end}" for end in MARKDOWN]
    meant = next((source for source in sources if source in others), None)
    if meant is None:
        name = posixpath.basename(bare)
        namesakes = sorted(file for file in others if posixpath.basename(file) == name)
        meant = namesakes[0] if len(namesakes) == 1 else _alike(name, others)
    hint = f" Did you mean {quote(posixpath.relpath(meant, folder or '.'))}?" if meant else ""
    return f"there is no {quote(target)}.{hint}"


def _alike(name: str, files: Collection[str]) -> str | None:
    """The file of the same kind whose own name, without its ending, is nearest, if it is near."""
    stem, end = posixpath.splitext(name)
    kin = sorted((file for file in files if file.endswith(end or MARKDOWN)), reverse=True)
    stems = {posixpath.splitext(posixpath.basename(file))[0].casefold(): file for file in kin}
    found = difflib.get_close_matches(stem.casefold(), stems, n=1, cutoff=_ALIKE)
    return stems[found[0]] if found else None


def _no_anchor(anchor: str, other: SourcePage, page: SourcePage, site: LinkTargets) -> str | None:
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
    return f"{where} has no {quote('#' + anchor)}. {did_you_mean(anchor, known)}"


def _raw_ids(markup: MarkdownSource) -> set[str]:
    return {given[name] for _, given, _ in markup.html_elements for name in ("id", "name") if name in given}


# The templates that show the record, without which a page has no anchors of it.
RECORD_TEMPLATES = frozenset({"timeline.html", "publications.html", "talks.html", "software.html"})


def record_anchor_ids(template: str, record: Record, posts: set[str]) -> set[str]:
    """The ids that a template of the site gives to entries of the record.

    ``posts`` has the ids of the posts that are shown: the others stand on no timeline.
    """
    if template == "timeline.html":
        hidden = {post.id for post in record.posts} - posts
        kinds = {f"only-{kind}" for kind in KINDS if getattr(record, kind)}
        return ({entry.id for entry in record} - hidden) | kinds
    if template == "publications.html":
        return publication_list.anchors(record.publications)
    if template in ("talks.html", "software.html"):
        return {entry.id for entry in getattr(record, template.removesuffix(".html"))}
    return set()


# The page that lists the feeds; an owner may write it, too.
FEEDS_PAGE = "feeds.md"
_FACES = {
    json_resume.EXPORT: "resume_json",
    rendercv.EXPORT: "cv_yaml",
    biblatex.EXPORT: "bibliography",
    csl_json.EXPORT: "bibliography",
    cv_pdf.EXPORT: "cv_pdf",
}


def list_exports(options: Exports) -> frozenset[str]:
    """The files of the record, by their paths below the site's address."""
    return frozenset(path for path, setting in _FACES.items() if getattr(options, setting))


def plan_feeds(
    posts: Sequence[tuple[Post, Origin]], options: Options, values: Mapping[str, Any]
) -> tuple[frozenset[str], list[Diagnostic]]:
    """The feeds of the posts that are out, the page that lists them, and the labels that would share one.

    ``values`` are the settings of ``mkdocs.yml``. Nothing is known where those name a function for slugs.
    """
    blog = blogs.read_blog_settings(values)
    if blog is None or not blog.has_default_slugs or not values.get("site_url"):
        return frozenset(), []
    labelled = [feeds.LabelledPost((post, origin), post.categories, post.tags) for post, origin in posts]
    planned, clashes = feeds.plan_feeds(labelled, options.feeds, lambda _, name: slugify_like_blog(name, "-"))
    problems = []
    for clash in clashes:
        post, origin = clash.post
        key = feeds.FRONT_MATTER_KEYS[clash.subject]
        at = key, getattr(post, key).index(clash.name)
        problems.append(origin.diagnose(at, clash.message, clash.hint, code=clash.code))
    page = {FEEDS_PAGE} if planned else set()
    return frozenset({one.path for one in planned} | page), problems


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


def check_html_links(page: SourcePage, site: LinkTargets) -> Iterator[Diagnostic]:
    """The targets in the HTML of a page that lead nowhere."""
    for tag, given, at in page.markup.html_elements:
        for name, target in _written(given):
            shown = _is_loaded(tag, name, given)
            found = check_link(Link(target, "", shown, 0), page, site)
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


def _may_lead(target: str, site: LinkTargets) -> bool:
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
