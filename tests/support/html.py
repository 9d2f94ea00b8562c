"""Reading the pages of a built site, by the HTML standard's own parsing rules."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support import project

Document = LexborHTMLParser

_SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def parse(path: Path) -> Document:
    """The document in the UTF-8 file `path`."""
    return LexborHTMLParser(path.read_bytes())


def attribute_value(node: LexborNode, name: str) -> str:
    """The value of an attribute, empty where it is not there or has none."""
    return node.attributes.get(name) or ""


def attribute_values(document: Document, selector: str, name: str) -> Iterator[str]:
    """The values of the attribute `name` on every element that `selector` finds."""
    for node in document.css(selector):
        yield attribute_value(node, name)


def sitemap_urls(site: Path) -> list[str]:
    """The addresses in sitemap.xml (sitemaps.org 0.9), in its order."""
    tree = ElementTree.parse(site / "sitemap.xml")
    return [location.text or "" for location in tree.iterfind("s:url/s:loc", _SITEMAP)]


def page_paths(site: Path) -> list[str]:
    """The paths, below the site's own, of all pages that a reader comes to: the sitemap's, and 404."""
    base = project.base_path()
    return [
        *(unquote(urlsplit(address).path).removeprefix(base) for address in sitemap_urls(site)),
        "/404.html",
    ]
