"""Removes scripts, and references to other files and sites, from SVG images.

It works on the parsed tree, since in the bytes a name may have any prefix and a text any encoding.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

import py_svg_hush

from portfolio.images.image_info import ImageError, parse_xml

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_XHTML = "{http://www.w3.org/1999/xhtml}"
# Elements that run code or embed another document.
_ACTIVE = frozenset({"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"})
_URL_ATTRIBUTES = frozenset({"href", "src", "ping", "base", "data", "action", "formaction"})
# A reference to a part of the image itself, or embedded pixels.
_INTERNAL_URL = re.compile(r"#|data:image/(?!svg)", re.IGNORECASE)
# The parts of CSS that load something that is not in the file.
_CSS_LOAD = re.compile(
    r"@import|(?:image-set|\bimage|\bsrc)\s*\(|"
    r"""url\(\s*+['"]?+\s*+(?!#|data:(?:image/(?!svg)|font/|application/(?:x-)?font))""",
    re.IGNORECASE,
)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)


def sanitize_svg(content: bytes) -> bytes:
    """Return an SVG file without scripts and without references to other files.

    A file without such content that every reader takes for UTF-8 is returned unchanged. Raises ImageError for
    invalid XML, and for entities, which could expand until the memory is full.
    """
    root = parse_xml(content)
    if not _strip_active_content(root) and _is_plain(content):
        return content
    _register_namespaces()
    try:
        # An allowlist: it drops everything that is not known to be harmless.
        return py_svg_hush.filter_svg(
            ElementTree.tostring(root, encoding="utf-8"), {"image": ["png", "jpeg", "webp", "gif"]}
        )
    except ValueError as error:
        raise ImageError(f"is an SVG image that cannot be made safe: {error}") from error


def sanitize_svg_text(text: str) -> str:
    """Return SVG without scripts and without references to other files, such as the output of a program.

    Raises ImageError as `sanitize_svg` does, and for other XML.
    """
    root = parse_xml(text.strip())
    if root.tag != f"{{{_SVG_NAMESPACE}}}svg":
        raise ImageError(f"is not SVG: its root element is <{root.tag}>")
    _strip_active_content(root)
    _register_namespaces()
    return ElementTree.tostring(root, encoding="unicode")


def _register_namespaces() -> None:
    """Let ElementTree write SVG without a prefix."""
    ElementTree.register_namespace("", _SVG_NAMESPACE)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def _is_plain(content: bytes) -> bool:
    """Return whether a file is UTF-8 for every reader and has no processing instruction before its root."""
    declaration = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*['\"]([^'\"]*)", content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    is_utf8 = declaration is None or declaration[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    return is_utf8 and not re.search(rb"<\?(?!xml\s)", content)


def _strip_active_content(element: ElementTree.Element) -> bool:
    """Remove scripts and references to other files from an element; return whether there were any."""
    changed = False
    for child in list(element):
        if _is_active(child):
            element.remove(child)
            changed = True
        else:
            changed = _strip_active_content(child) or changed
    for name, value in list(element.attrib.items()):
        local_name = name.rpartition("}")[2].lower()
        is_url = local_name in _URL_ATTRIBUTES
        unsafe = not _INTERNAL_URL.match(value.strip()) if is_url else _loads(value)
        if unsafe or local_name.startswith("on"):
            del element.attrib[name]
            changed = True
    return changed


def _is_active(element: ElementTree.Element) -> bool:
    tag = str(element.tag)
    name = tag.rpartition("}")[2].lower()
    target = (element.get("attributeName") or "").lower()
    return (
        name in _ACTIVE
        # HTML elements behave as they do in a page.
        or tag.startswith(_XHTML)
        or (name.startswith(("set", "animate")) and ("href" in target or target.startswith("on")))
        or (name == "style" and _loads("".join(element.itertext())))
    )


def _loads(css: str) -> bool:
    return bool(_CSS_LOAD.search(_CSS_ESCAPE.sub(_unescape, css)))


def _unescape(escape: re.Match[str]) -> str:
    """Return the character of an escape in CSS."""
    number = int(escape[1], 16) if escape[1] else 0
    return escape[2] or (chr(number) if 0 < number < 0x110000 else "\ufffd")
