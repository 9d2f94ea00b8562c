"""Removes scripts, and references to other files and sites, from SVG images.

It works on the parsed tree, since in the bytes a name may have any prefix and a text any encoding.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from xml.etree import ElementTree

from portfolio.images.image_info import ImageError, parse_xml

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_LABEL = f"{{{_SVG_NAMESPACE}}}foreignObject"
# A formula or a drawing in a label.
_EMBEDDED = ("{http://www.w3.org/1998/Math/MathML}math", f"{{{_SVG_NAMESPACE}}}svg")
# Elements that run code or embed another document.
_ACTIVE = frozenset({"script", "iframe", "embed", "object", "handler", "listener"})
# The elements of HTML in labels; another one becomes a <span>.
_LABEL_TAGS = frozenset(
    "b blockquote br center code div em font h1 h2 h3 h4 h5 h6 hr i li ol p pre s small span strong sub sup "
    "table tbody td th thead tr u ul".split()
)
# Their text is not for readers.
_HIDDEN_TAGS = frozenset(
    "applet audio base button canvas frame frameset head input link meta noscript param select source style "
    "svg template textarea title track video".split()
)
_LABEL_ATTRIBUTES = frozenset(
    "align class color colspan dir face lang rowspan size start style title valign".split()
)
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
    """Return an SVG file without scripts and without references to other files, in the namespace of SVG.

    Labels in HTML stay, without what is not text. A file without such content that every reader takes for
    UTF-8 is returned unchanged. Raises ImageError for invalid XML, as `parse_xml` does.
    """
    root = parse_xml(content)
    # A browser shows SVG without a namespace in a page, but not as a file.
    is_named = _add_namespace(root)
    if not (_strip_active_content(root) or is_named) and _is_plain(content):
        return content
    import py_svg_hush

    labels = _take_labels(root)
    _register_namespaces()
    try:
        # An allowlist: it drops everything that is not known to be harmless.
        safe = py_svg_hush.filter_svg(
            ElementTree.tostring(root, encoding="utf-8"), {"image": ["png", "jpeg", "webp", "gif"]}
        )
    except ValueError as error:
        raise ImageError(f"is an SVG image that cannot be made safe: {error}") from error
    return _insert_labels(safe, labels) if labels else safe


def sanitize_svg_text(text: str) -> str:
    """Return SVG without scripts and without references to other files, such as the output of a program.

    Raises ImageError as `sanitize_svg` does, and for other XML.
    """
    root = parse_xml(text.strip())
    _add_namespace(root)
    if root.tag != f"{{{_SVG_NAMESPACE}}}svg":
        raise ImageError(f"is not SVG: its root element is <{root.tag}>")
    _strip_active_content(root)
    _register_namespaces()
    return ElementTree.tostring(root, encoding="unicode")


def has_labels(content: bytes) -> bool:
    """Return whether an SVG has labels in HTML, which only browsers show. Raises ImageError."""
    return any(_has_text(label) for label in parse_xml(content).iter(_LABEL))


def check_labels(content: bytes) -> None:
    """Raise ImageError if a label has a formula or a drawing, which `sanitize_svg` removes."""
    # Most images have no labels, and parsing takes time.
    if b"foreignObject" not in content:
        return
    for label in filter(_has_text, parse_xml(content).iter(_LABEL)):
        if any(child.tag in _EMBEDDED for child in label.iter()):
            raise ImageError(
                "has a formula or a drawing in an HTML label, which is not shown. Export it as PNG"
            )


def _add_namespace(root: ElementTree.Element) -> bool:
    """Put the elements of an SVG without a namespace into that of SVG; return whether it had none."""
    if root.tag != "svg":
        return False
    for element in root.iter():
        if not str(element.tag).startswith("{"):
            element.tag = f"{{{_SVG_NAMESPACE}}}{element.tag}"
    return True


def _take_labels(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """Replace the labels by empty groups, each with the class by which the label is returned."""
    text = ElementTree.tostring(root, encoding="unicode")
    prefix = next(name for count in itertools.count() if (name := f"label{count}-") not in text)
    labels: dict[str, ElementTree.Element] = {}
    for parent in list(root.iter()):
        for index, child in enumerate(parent):
            if child.tag == _LABEL:
                name = f"{prefix}{len(labels)}"
                labels[name] = child
                parent[index] = ElementTree.Element(f"{{{_SVG_NAMESPACE}}}g", {"class": name})
                parent[index].tail, child.tail = child.tail, None
    return labels


def _insert_labels(content: bytes, labels: Mapping[str, ElementTree.Element]) -> bytes:
    root = parse_xml(content)
    for parent in list(root.iter()):
        for index, child in enumerate(parent):
            if (label := labels.get(child.get("class", ""))) is not None:
                label.tail = child.tail
                parent[index] = label
    return (
        b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode").encode()
    )


def _register_namespaces() -> None:
    """Let ElementTree write SVG without a prefix."""
    ElementTree.register_namespace("", _SVG_NAMESPACE)
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def _is_plain(content: bytes) -> bool:
    """Return whether a file is UTF-8 for every reader and has no processing instruction or entity."""
    declaration = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^>]*?encoding\s*=\s*['\"]([^'\"]*)", content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    is_utf8 = declaration is None or declaration[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    return is_utf8 and b"<!ENTITY" not in content and not re.search(rb"<\?(?!xml\s)", content)


def _strip_active_content(element: ElementTree.Element) -> bool:
    """Remove scripts and references to other files from an element; return whether there were any."""
    changed = False
    for child in list(element):
        if _is_active(child) or (child.tag == _LABEL and not _has_text(child)):
            _remove(element, child)
            changed = True
        elif child.tag == _LABEL:
            changed = _strip_attributes(child) or changed
            changed = _strip_label(child) or changed
        else:
            changed = _strip_active_content(child) or changed
    return _strip_attributes(element) or changed


def _strip_label(element: ElementTree.Element) -> bool:
    """Reduce the HTML of a label to text and its style; return whether there was anything else."""
    changed = False
    for child in list(element):
        tag = str(child.tag)
        name = tag.rpartition("}")[2].lower()
        if not tag.startswith(_XHTML) or name in _ACTIVE or name in _HIDDEN_TAGS:
            _remove(element, child)
            changed = True
            continue
        if name not in _LABEL_TAGS or tag != f"{_XHTML}{name}":
            child.tag = f"{_XHTML}span"
            changed = True
        for attribute in child.attrib.keys() - _LABEL_ATTRIBUTES:
            del child.attrib[attribute]
            changed = True
        changed = _strip_attributes(child) or changed
        changed = _strip_label(child) or changed
    return changed


def _remove(parent: ElementTree.Element, child: ElementTree.Element) -> None:
    """Remove an element, but not the text after it."""
    index = list(parent).index(child)
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + (child.tail or "")
    else:
        parent.text = (parent.text or "") + (child.tail or "")
    parent.remove(child)


def _has_text(label: ElementTree.Element) -> bool:
    """Return whether there is text in the HTML of a label."""
    return any("".join(child.itertext()).strip() for child in label if str(child.tag).startswith(_XHTML))


def _strip_attributes(element: ElementTree.Element) -> bool:
    changed = False
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
        or (name == "foreignobject" and tag != _LABEL)
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
