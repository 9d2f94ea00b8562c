"""Reads the HTML pages of a published site: the article of a page and what the page says about it."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement

from portfolio.importer.html_text import (
    extract_text,
    join_url,
    render_content,
    split_url,
)
from portfolio.importer.readers.feed.terms import TermLink, read_term_link
from portfolio.importer.values import as_texts, parse_iso_date

# Classes of the element with only the text of an article, in common themes.
_TEXT_CLASSES = {
    "article-body",
    "article-content",
    "article__content",
    "blog-post-content",
    "e-content",
    "entry-content",
    "gh-content",
    "post-body",
    "post-content",
    "post__content",
    "post_content",
    "td-content",
}
# Parts of a page beside its text. They are compared with whole classes and ids.
_SIDE_TAGS = {"nav", "aside", "form", "footer", "dialog", "button"}
_SIDE_ROLES = {"navigation", "complementary", "banner", "contentinfo", "search"}
_SIDE_CLASSES = {
    "addtoany_share_save_container",
    "author-box",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "cite-box",
    "comment-list",
    "comments",
    "disqus_thread",
    "entry-footer",
    "entry-meta",
    "giscus",
    "jp-relatedposts",
    "menu",
    "nav",
    "navbar",
    "navigation",
    "neighbors",
    "newsletter",
    "next-prev",
    "page-navigation",
    "pager",
    "pagination",
    "paginav",
    "post-footer",
    "post-info",
    "post-meta",
    "post-nav",
    "post-navigation",
    "post-tags",
    "reading-time",
    "related",
    "related-posts",
    "respond",
    "screen-reader-text",
    "share",
    "share-buttons",
    "sharedaddy",
    "sharing",
    "sidebar",
    "skip-link",
    "social",
    "social-share",
    "subscribe",
    "tagcloud",
    "toc-container",
    "utterances",
    "widget",
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CITATION_HEADINGS = ("cite", "citation", "how to cite", "bibtex", "reference this")
# A citation of the post itself has no more words than this beside its BibTeX entry.
_MAX_CITATION_WORDS = 90
_TITLE_SEPARATORS = (" | ", " — ", " – ", " · ", " • ", " :: ", ": ", " - ")
_POST_TYPES = {"BlogPosting", "Article", "NewsArticle", "TechArticle", "ScholarlyArticle"}


@dataclass
class PublishedPage:
    """What an HTML page of a published site says.

    ``article`` is the HTML of its text, without the title and what surrounds it; ``line`` the line on which
    it begins; ``words`` its words. ``citation`` is the beginning of the box that says how to cite the post,
    which is not part of the text. ``target`` is the URL that a redirect page leads to. ``links`` are the URLs
    that the page links to outside its menus, and ``has_excerpts`` says that it has several articles.
    ``is_cut``: its elements are nested too deeply to read all of them.
    """

    title: str = ""
    article: str = ""
    line: int = 1
    words: list[str] = field(default_factory=list)
    citation: str = ""
    created: date | None = None
    updated: date | None = None
    terms: list[TermLink] = field(default_factory=list)
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    description: str = ""
    image: str = ""
    target: str = ""
    links: list[str] = field(default_factory=list)
    has_excerpts: bool = False
    is_cut: bool = False


def _parse_html(data: bytes) -> tuple[HtmlElement | None, bool]:
    """Parse a page in UTF-8, or else in the encoding that it declares.

    Return its root, None if it is empty, and whether it is nested too deeply to be read to its end.
    """
    try:
        data.decode("utf-8-sig")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None
    parser = html.HTMLParser(encoding=encoding, no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(data.removeprefix(b"\xef\xbb\xbf"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, False
    return root, any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log)


def read_page(
    data: bytes, url: str, site_name: str = "", opening: list[str] | None = None
) -> PublishedPage | None:
    """Read an HTML page, or return None if it is empty.

    ``opening`` are the first words of its text, if they are known: the article has to contain them.
    """
    root, is_cut = _parse_html(data)
    if root is None:
        return None
    page = PublishedPage(target=_read_redirect(root), is_cut=is_cut)
    meta = _read_meta(root)
    linked_data = _read_linked_data(root)
    page.title = _read_title(root, meta, site_name)
    page.description = meta.get("description") or meta.get("og:description", "")
    page.image = meta.get("og:image", "")
    page.created, page.updated = _read_dates(root, meta, linked_data)
    page.categories = tuple(meta.get("article:section", "").split("\n")) if "article:section" in meta else ()
    page.tags = tuple(meta.get("article:tag", "").split("\n")) if "article:tag" in meta else ()
    page.authors = _read_authors(root, meta)
    links = [link for link in root.iter("a") if link.get("href") and not _is_in_menu(link)]
    page.links = [link.get("href") for link in links]
    page.terms = _read_terms(links, url)
    article = find_article(root, page.title, opening or [])
    page.line = article.sourceline or 1
    article = copy.deepcopy(article)
    article.tail = None
    remove_surroundings(article, page.title)
    page.citation = remove_citation(article, page.title, url)
    page.words = extract_text(article).split()
    page.has_excerpts = sum(element.find(".//article") is None for element in root.iter("article")) > 1
    while len(article) == 1 and article[0].tag in ("div", "section") and not (article.text or "").strip():
        article = article[0]
    page.article = render_content(article)
    return page


def find_article(root: HtmlElement, title: str, opening: list[str]) -> HtmlElement:
    """Return the element of a page that has its text: the most specific that has the words ``opening``."""
    body = root.find("body")
    if body is None:
        return root
    marked = [
        element
        for element in body.iter(etree.Element)
        if "articleBody" in element.get("itemprop", "").split()
    ]
    classed = [
        element for element in body.iter(etree.Element) if not _TEXT_CLASSES.isdisjoint(_classes(element))
    ]
    semantic = [
        [*body.iter("article")],
        [
            element
            for element in body.iter(etree.Element)
            if element.tag == "main" or element.get("role") == "main"
        ],
        [element for element in body.iter(etree.Element) if element.get("id") in ("content", "main")],
    ]
    for candidates in (marked, classed, *semantic):
        matching = [element for element in candidates if _has_opening(element, opening)]
        if matching:
            return max(matching, key=lambda element: len(extract_text(element)))
    heading = next((h for h in body.iter("h1") if _normalize(extract_text(h)) == _normalize(title)), None)
    total = len(extract_text(body).split())
    if heading is not None:
        for ancestor in heading.iterancestors():
            if 2 * len(extract_text(ancestor).split()) > total and _has_opening(ancestor, opening):
                return ancestor
    return body


def remove_surroundings(article: HtmlElement, title: str) -> None:
    """Remove the title, and what is beside the text: metadata, navigation, comments, buttons."""
    for comment in list(article.iter(etree.Comment)):
        if comment.getparent() is not None and (comment.text or "").strip() != "more":
            comment.drop_tree()
    for element in list(article.iter(etree.Element)):
        if element is article or element.getparent() is None:
            continue
        names = {*_classes(element), element.get("id", "").lower()}
        is_title = (
            element.tag in ("h1", "h2") and title and _normalize(extract_text(element)) == _normalize(title)
        )
        is_header = element.tag == "header" and (
            element.getparent() is article or element.find(".//h1") is not None
        )
        is_side = (
            (element.tag in _SIDE_TAGS and not _is_part_of_text(element))
            or element.get("role") in _SIDE_ROLES
            or not _SIDE_CLASSES.isdisjoint(names)
        )
        is_unseen = element.tag in ("style", "template", "noscript", "link", "meta") or (
            element.tag == "script" and not element.get("type", "").startswith("math/")
        )
        if is_title or is_header or is_side or is_unseen:
            element.drop_tree()


def _is_part_of_text(element: HtmlElement) -> bool:
    """Whether a <footer> or <aside> belongs to the text: to a quotation, a figure, or as footnotes."""
    if any(ancestor.tag in ("blockquote", "figure") for ancestor in element.iterancestors()):
        return True
    names = " ".join((*_classes(element), element.get("role", "")))
    return "footnote" in names or "endnote" in names or "admonition" in names


def remove_citation(article: HtmlElement, title: str, url: str) -> str:
    """Remove the box that says how to cite the post, and return its first words, or an empty string.

    A BibTeX entry counts if it has the title or the URL of the post; others are part of its text.
    """
    slug = split_url(url).path.rstrip("/").rpartition("/")[2].removesuffix(".html")
    for code in [*article.iter("pre", "textarea"), *article.iter("code")]:
        text = extract_text(code).strip()
        if text[:1] != "@" or not _names_post(text, title, slug) or code.getparent() is None:
            continue
        box = code
        for ancestor in code.iterancestors():
            surplus = len(extract_text(ancestor).split()) - len(text.split())
            if ancestor is article or surplus > _MAX_CITATION_WORDS:
                break
            box = ancestor
        return _remove_box(box)
    for element in list(article.iter("div", "section", "aside", "details")):
        words = extract_text(element).split()
        names = {*_classes(element), element.get("id", "").lower()}
        if (
            element is not article
            and len(words) <= 2 * _MAX_CITATION_WORDS
            and any("cite" in name or "citation" in name for name in names)
            and _names_post(" ".join(words), title, slug)
        ):
            return _remove_box(element)
    return ""


def _remove_box(box: HtmlElement) -> str:
    """Remove an element, and what is before it from the heading "Citation" on."""
    before: list[HtmlElement] = []
    # How many of the elements before the box belong to it.
    number = words_before = 0
    for sibling in box.itersiblings(preceding=True):
        text = extract_text(sibling) if isinstance(sibling.tag, str) else ""
        words_before += len(text.split())
        if words_before > _MAX_CITATION_WORDS:
            break
        before.append(sibling)
        is_heading = sibling.tag in _HEADINGS
        if (is_heading or sibling.tag == "p") and text.strip().lower().startswith(_CITATION_HEADINGS):
            number = len(before)
        if is_heading:
            break
    before = before[:number]
    elements = [*reversed(before), box]
    words = " ".join(extract_text(element) for element in elements if isinstance(element.tag, str)).split()
    for element in elements:
        element.drop_tree()
    return " ".join(words[:6])


def _names_post(text: str, title: str, slug: str) -> bool:
    normalized = _normalize(text)
    return bool(title and _normalize(title) in normalized) or (len(slug) > 3 and slug.lower() in text.lower())


def _classes(element: HtmlElement) -> list[str]:
    names: list[str] = element.get("class", "").lower().split()
    return names


def _normalize(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _has_opening(element: HtmlElement, opening: list[str]) -> bool:
    return not opening or _normalize("".join(opening)) in _normalize(extract_text(element))


def _read_redirect(root: HtmlElement) -> str:
    for meta in root.iter("meta"):
        if meta.get("http-equiv", "").lower() == "refresh":
            _delay, _, target = meta.get("content", "").partition(";")
            name, _, url = target.partition("=")
            if name.strip().lower() == "url":
                return str(url).strip().strip("'\"")
    return ""


def _read_meta(root: HtmlElement) -> dict[str, str]:
    """Return the metadata of a page by name; several values of the same name are lines."""
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("property") or element.get("name") or "").lower()
        content = " ".join(element.get("content", "").split())
        if name and content:
            meta[name] = f"{meta[name]}\n{content}" if name == "article:tag" and name in meta else content
    return meta


def _read_linked_data(root: HtmlElement) -> dict[str, Any]:
    """Return the JSON-LD object of an article, or an empty one."""
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            data = json.loads(script.text or "")
        except (json.JSONDecodeError, RecursionError):
            continue
        nodes = data if isinstance(data, list) else [data]
        for node in nodes:
            graph = node.get("@graph", [node]) if isinstance(node, dict) else []
            for item in graph if isinstance(graph, list) else []:
                if isinstance(item, dict) and _POST_TYPES & {*as_texts(item.get("@type"))}:
                    return item
    return {}


def _read_title(root: HtmlElement, meta: dict[str, str], site_name: str) -> str:
    """Return the title of a page, without the name of the site that a <title> has as well."""
    document = " ".join((root.findtext("head/title") or "").split())
    for separator in _TITLE_SEPARATORS:
        document = document.removesuffix(f"{separator}{site_name}").removeprefix(f"{site_name}{separator}")
    headings = [" ".join(extract_text(heading).split()) for heading in root.iter("h1")]
    headings = [heading for heading in headings if heading and heading != site_name]
    matching = [heading for heading in headings if heading in document]
    if not site_name and not matching:
        document = next((document.partition(s)[0] for s in _TITLE_SEPARATORS if s in document), document)
    return next(filter(None, (*matching, meta.get("og:title"), document, *headings)), "")


def _read_dates(
    root: HtmlElement, meta: dict[str, str], linked_data: dict[str, Any]
) -> tuple[date | None, date | None]:
    created = [meta.get("article:published_time"), linked_data.get("datePublished")]
    updated = [meta.get("article:modified_time"), linked_data.get("dateModified")]
    for element in root.iter("time", "abbr"):
        value = element.get("datetime") or element.get("title")
        names = {*_classes(element), *element.get("itemprop", "").split()}
        if names & {"updated", "dt-updated", "dateModified", "modified"}:
            updated.append(value)
        elif (
            names & {"published", "dt-published", "datePublished", "entry-date"}
            or "pubdate" in element.attrib
        ):
            created.append(value)
    in_article = [
        element.get("datetime")
        for article in root.iter("article", "main")
        for element in article.iter("time")
    ]
    created += [meta.get("date"), meta.get("dc.date"), *in_article[:1]]
    return (
        next(filter(None, map(parse_iso_date, created)), None),
        next(filter(None, map(parse_iso_date, updated)), None),
    )


def _read_authors(root: HtmlElement, meta: dict[str, str]) -> tuple[str, ...]:
    names = [
        " ".join(extract_text(link).split())
        for link in root.iter("a")
        if "author" in link.get("rel", "").split()
    ]
    if not names and "author" in meta:
        names = [meta["author"]]
    return tuple(dict.fromkeys(filter(None, names)))


def _read_terms(links: list[HtmlElement], url: str) -> list[TermLink]:
    """Return those of some links that lead to lists of categories, tags and authors."""
    terms = [
        read_term_link(
            join_url(url, link.get("href")), " ".join(extract_text(link).split()), link.get("rel", "").split()
        )
        for link in links
    ]
    return [term for term in terms if term is not None]


def _is_in_menu(link: HtmlElement) -> bool:
    return any(_is_menu(ancestor) for ancestor in link.iterancestors())


def _is_menu(element: HtmlElement) -> bool:
    names = {*_classes(element), element.get("id", "").lower()}
    return element.tag in ("nav", "aside") or not names.isdisjoint(
        ("menu", "sidebar", "tagcloud", "widget", "navbar", "nav", "navigation")
    )
