"""HTML and SVG that a program put into a notebook, without what could run, load or disturb the page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import lxml.html
import nh3

from portfolio.core.text import strip_invalid_xml
from portfolio.images import svg_sanitizer
from portfolio.images.image_info import PictureError, parse
from portfolio.images.svg_sanitizer import SVG

_TAGS = set(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 "
    "h5 h6 hr i img ins kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th "
    "thead tr u ul var".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "headers"},
    "ol": {"start"},
    "details": {"open"},
    "col": {"span"},
    "colgroup": {"span"},
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]+")


def html(text: str) -> str:
    """An output's HTML as a box that may stand in the page, or an empty string if nothing is left to see.

    What is kept is what a table or a note is made of; tables scroll in a box of their own. Pictures stay only
    where they are part of the text (``data:``): the page asks nothing of another host.
    """
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    box = lxml.html.fragment_fromstring(strip_invalid_xml(cleaned), create_parent="div")
    for image in box.xpath(".//img[not(@src)]"):
        image.drop_tree()
    if not box.text_content().strip() and not box.xpath(".//img"):
        return ""
    box.set("class", "output")
    for table in box.xpath(".//table[not(ancestor::table)]"):
        _into_box(table)
    written: str = lxml.html.tostring(box, encoding="unicode")
    return written


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _PICTURE.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"https?:|mailto:", value) else None
    return value


def _into_box(table: lxml.html.HtmlElement) -> None:
    box = lxml.html.Element(
        "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Table"}
    )
    box.tail, table.tail = table.tail, None
    table.getparent().replace(table, box)
    table.set("class", "table-body")
    box.append(table)


def svg(text: str) -> str:
    """A picture in SVG as a document of its own, without scripts and without addresses of what is outside.

    Raises ``ValueError`` where it is no SVG.
    """
    try:
        root = parse(text.strip())
    except PictureError as error:
        raise ValueError(f"it {error}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError("it is no SVG: its first element is another one")
    svg_sanitizer.strip(root)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ElementTree.tostring(root, encoding="unicode")
