"""The categories, tags and authors of another site: what its pages and feeds say about them.

A feed often mixes categories and tags, and only the URLs of the lists that pages link to say which is which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from portfolio.core.text import slugify_name
from portfolio.importer.html_text import split_url
from portfolio.importer.model import ListKind, OldList
from portfolio.importer.readers.feed.formats import Entry

TermKind = Literal["category", "tag", "author"]

_TERM_FOLDERS: dict[str, TermKind] = {
    "category": "category",
    "categories": "category",
    "tag": "tag",
    "tags": "tag",
    "label": "tag",
    "labels": "tag",
    "author": "author",
    "authors": "author",
}
_LISTS_OF_TERMS: dict[TermKind, ListKind] = {"category": "categories", "tag": "tags", "author": "authors"}
_ARCHIVES = {"archive", "archives"}
# Names of pages that may list all posts.
_BLOGS = {"blog", "posts", "post", "articles", "news", "writing", "page"}
# Of fewer entries, the order of their terms says nothing.
_MIN_ENTRIES = 4


@dataclass(frozen=True)
class TermLink:
    """A link to the list of a category, a tag or an author: its kind, the slug in its URL, and its text."""

    kind: TermKind
    slug: str
    name: str


def read_term_link(url: str, name: str = "", relations: Iterable[str] = ()) -> TermLink | None:
    """Return the category, tag or author whose list has this URL, or None."""
    parts = split_url(url)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    slug, kind = "", None
    for index, segment in enumerate(segments):
        folder = _TERM_FOLDERS.get(segment.removesuffix(".html").lower())
        if folder is None:
            continue
        rest = [part for part in segments[index + 1 :] if part not in ("index.html", "feed")]
        if rest:
            slug, kind = rest[0].removesuffix(".html"), folder
        elif parts.fragment:
            slug, kind = unquote(parts.fragment), folder
        break
    relations = {relation.lower() for relation in relations}
    if kind is None and not relations.isdisjoint(("category", "tag")) and segments:
        slug = segments[-1].removesuffix(".html")
        kind = "category" if "category" in relations else "tag"
    if kind is None:
        return None
    return TermLink(kind, slug, name.strip().lstrip("#") or slug)


def classify_list(path: str, paths: set[str], terms: set[str]) -> OldList | None:
    """Return what the page with a URL path lists if it is a list, as its path says, or None if it is none.

    ``paths`` are the paths of all pages, by which a continuation such as ``/tag/a2.html`` is recognized, and
    ``terms`` the slugs of known categories and tags, which may end with a digit.
    """
    segments = [unquote(segment) for segment in path.split("/") if segment]
    is_index = not segments or segments[-1] == "index.html"
    if is_index and segments:
        segments.pop()
    names = [segment.removesuffix(".html").lower() for segment in segments]
    if len(names) >= 2 and names[-1].isdigit() and names[-2] in ("page", "p"):
        base = "".join(f"{segment}/" for segment in segments[:-2])
        return classify_list(f"/{base}", paths, terms)
    if (term := read_term_link(path)) is not None:
        base = term.slug.rstrip("0123456789")
        is_continuation = path.replace(f"{term.slug}.html", f"{base}.html") in paths - {path}
        is_continuation = is_continuation and slugify_name(term.slug) not in terms
        return OldList(term.kind, base if is_continuation else term.slug)
    if len(names) == 1 and names[0] in _TERM_FOLDERS:
        return OldList(_LISTS_OF_TERMS[_TERM_FOLDERS[names[0]]])
    stem = names[-1].rstrip("0123456789") if names else ""
    if names and (stem in _ARCHIVES or all(name.isdigit() for name in names)):
        return OldList("archive")
    return OldList("index") if is_index or stem == "index" or (len(names) == 1 and stem in _BLOGS) else None


def own_terms(pages: list[list[TermLink]]) -> list[list[TermLink]]:
    """Return the links of each page to categories and tags, without those of a menu, which all pages have."""
    counters = [Counter((link.kind, link.slug) for link in links) for links in pages]
    if len(counters) < 3:
        return [list(links) for links in pages]
    common = counters[0].copy()
    for counter in counters[1:]:
        common &= counter
    for kind in ("category", "tag", "author"):
        of_kind = [key for key in common if key[0] == kind]
        if len(of_kind) == 1:  # All posts are in this category.
            del common[of_kind[0]]
    own: list[list[TermLink]] = []
    for links in pages:
        left = common.copy()
        remaining: list[TermLink] = []
        for link in links:
            key = (link.kind, link.slug)
            if left[key] > 0:
                left[key] -= 1
            else:
                remaining.append(link)
        own.append(remaining)
    return own


def first_terms_are_categories(entries: list[Entry]) -> bool:
    """Whether the first term of each entry is its category and the others are tags, as in Pelican's feeds.

    It is so if an entry has its first term twice, or if few terms are first and rarely second.
    """
    unknown = [names for entry in entries if (names := [term.name for term in entry.terms if not term.kind])]
    if any(names[0] in names[1:] for names in unknown):
        return True
    first = {names[0] for names in unknown}
    overlaps = sum(not first.isdisjoint(names[1:]) for names in unknown)
    is_small = len(unknown) >= _MIN_ENTRIES and 2 * len(first) <= len(unknown)
    return is_small and 5 * overlaps <= len(unknown)


def divide_terms(
    entry: Entry, links: list[TermLink], by_slug: dict[str, set[str]], *, first_is_category: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide the terms of an entry into categories and tags.

    The feed may say which is which; else the ``links`` of its page do, the slugs of the lists of the site, or
    the order. A name that is both is a category first.
    """
    categories: list[str] = []
    tags: list[str] = []
    own = {
        kind: {slugify_name(text) for link in links if link.kind == kind for text in (link.slug, link.name)}
        for kind in ("category", "tag")
    }
    for position, term in enumerate(entry.terms):
        slug = slugify_name(term.name)
        is_category, is_tag = (slug in (own[kind] or by_slug[kind]) for kind in ("category", "tag"))
        if term.kind:
            is_category = term.kind == "category"
        elif is_category and is_tag:
            is_category = not categories
        elif not is_category and not is_tag:
            is_category = first_is_category and position == 0
        (categories if is_category else tags).append(term.name)
    return tuple(dict.fromkeys(categories)), tuple(dict.fromkeys(tags))
