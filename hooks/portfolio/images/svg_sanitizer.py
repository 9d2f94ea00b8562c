"""Drawings in SVG: what in them could run, load or leave the page is found in the parsed tree, and taken out.

The bytes tell nothing for certain: a name may have any prefix, a text any encoding.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import py_svg_hush

from portfolio.images.image_info import PictureError, parse

SVG = "http://www.w3.org/2000/svg"
_XHTML = "{http://www.w3.org/1999/xhtml}"
# What runs or brings in another document.
_ACTIVE = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"})
_ANIMATIONS = frozenset({"set", "animate"})
_ADDRESSES = frozenset({"href", "src", "ping", "base", "data", "action", "formaction"})
# A part of the drawing itself, or pixels in it.
_INSIDE = re.compile(r"#|data:image/(?!svg)", re.IGNORECASE)
# What in a style asks for something that is not in the file.
_IMPORT = re.compile(
    r"@import|(?:image-set|\bimage|\bsrc)\s*\(|"
    r"""url\(\s*+['"]?+\s*+(?!#|data:(?:image/(?!svg)|font/|application/(?:x-)?font))""",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)


def safe(content: bytes) -> bytes:
    """A drawing's file in which nothing runs, and nothing is asked for that is not in it.

    The same bytes come back where there is nothing of the kind and every reader takes them for UTF-8.

    Raises:
        PictureError: for what is no XML, and for entities, which are not needed and can be made to fill the
            memory.
    """
    root = parse(content)
    if not strip(root) and _is_plain(content):
        return content
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    try:
        # It keeps only what it knows to be harmless.
        return py_svg_hush.filter_svg(
            ElementTree.tostring(root, encoding="utf-8"), {"image": ["png", "jpeg", "webp", "gif"]}
        )
    except ValueError as error:
        raise PictureError(f"is no SVG drawing that can be made safe: {error}") from error


def _is_plain(content: bytes) -> bool:
    """Whether it is UTF-8 to everybody, and calls for no style sheet by an instruction before its root."""
    head = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*['\"]([^'\"]*)", content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    instructions = len(re.findall(rb"<\?(?!xml\s)", content))
    return (head is None or head[1].lower() in (b"utf-8", b"us-ascii", b"ascii")) and not instructions


def strip(element: ElementTree.Element) -> bool:
    """Take out of an element what could run, load or leave; returns whether there was something."""
    changed = False
    for child in list(element):
        if _is_active(child):
            element.remove(child)
            changed = True
        else:
            changed = strip(child) or changed
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        outside = local in _ADDRESSES and not _INSIDE.match(value.strip())
        if local.startswith("on") or outside or (local not in _ADDRESSES and _imports(value)):
            del element.attrib[name]
            changed = True
    return changed


def _is_active(element: ElementTree.Element) -> bool:
    tag = str(element.tag)
    name = tag.rpartition("}")[2].lower()
    target = (element.get("attributeName") or "").lower()
    return (
        name in _ACTIVE
        # HTML does here what it does on a page.
        or tag.startswith(_XHTML)
        or (name.startswith(tuple(_ANIMATIONS)) and ("href" in target or target.startswith("on")))
        or (name == "style" and _imports("".join(element.itertext())))
    )


def _imports(style: str) -> bool:
    return bool(_IMPORT.search(_ESCAPE.sub(_sign, style)))


def _sign(escape: re.Match[str]) -> str:
    """The character that an escape of CSS stands for."""
    number = int(escape[1], 16) if escape[1] else 0
    return escape[2] or (chr(number) if 0 < number < 0x110000 else "\ufffd")
