"""Reads the pages of a built site with a parser that follows the HTML standard."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support import project

Document = LexborHTMLParser

_SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def parse(path: Path) -> Document:
    """Parse the UTF-8 file `path`."""
    return LexborHTMLParser(path.read_bytes())


def attribute_value(node: LexborNode, name: str) -> str:
    """Return the value of an attribute, ``""`` if it is missing."""
    return node.attributes.get(name) or ""


def attribute_values(document: Document, selector: str, name: str) -> Iterator[str]:
    """Yield the values of the attribute `name` of every element that matches `selector`."""
    for node in document.css(selector):
        yield attribute_value(node, name)


def sitemap_urls(site: Path) -> list[str]:
    """Return the URLs in sitemap.xml (sitemaps.org 0.9), in its order."""
    tree = ElementTree.parse(site / "sitemap.xml")
    return [location.text or "" for location in tree.iterfind("s:url/s:loc", _SITEMAP)]


def page_paths(site: Path, base: str | None = None) -> list[str]:
    """Return the paths, below the site's own, of all pages: those of the sitemap, and 404.

    ``base`` is the path of the site, by default that of the project's.
    """
    base = project.base_path() if base is None else base
    return [
        *(unquote(urlsplit(url).path).removeprefix(base) for url in sitemap_urls(site)),
        "/404.html",
    ]
