"""HTML and SVG that a program put into a notebook, without what could run, load or disturb the page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import lxml.html
import nh3

from portfolio.characters import printable

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
# What runs or brings in another document.
_ACTIVE = {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"}
_IMPORT = re.compile(r"@import|url\(\s*['\"]?(?!#|data:image/)", re.IGNORECASE)

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
    box = lxml.html.fragment_fromstring(printable(cleaned), create_parent="div")
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
    if "<!ENTITY" in text:
        raise ValueError("it declares entities, which no picture needs")
    try:
        root = ElementTree.fromstring(text.strip())
    except ElementTree.ParseError as error:
        raise ValueError(f"it is no SVG: {error}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise ValueError("it is no SVG: its first element is another one")
    _strip(root)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    return ElementTree.tostring(root, encoding="unicode")


def _strip(element: ElementTree.Element) -> None:
    for child in list(element):
        name = child.tag.rpartition("}")[2].lower()
        sets_address = name in {"set", "animate"} and "href" in (child.get("attributeName") or "").lower()
        if name in _ACTIVE or sets_address or (name == "style" and _IMPORT.search("".join(child.itertext()))):
            element.remove(child)
        else:
            _strip(child)
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        outside = name in ("href", _XLINK) and not re.match(r"#|data:image/(?!svg)", value.strip())
        if local.startswith("on") or outside or (local == "style" and _IMPORT.search(value)):
            del element.attrib[name]
