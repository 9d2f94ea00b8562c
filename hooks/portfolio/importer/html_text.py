"""The text of HTML, small pieces of HTML, and the URLs in it."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree, html
from lxml.html import HtmlElement

from portfolio.core.text import strip_invalid_xml

_TEXTS = etree.XPath("descendant::text()[not(parent::script or parent::style or parent::template)]")
_PATH = re.compile(r"[^?#]*")
_NOT_RELATIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/|#|\?|\Z")


def parse_fragment(text: str) -> HtmlElement:
    """Parse the HTML of a text as the content of a <div>."""
    return html.fragment_fromstring(strip_invalid_xml(text), create_parent="div")


def render_content(element: HtmlElement) -> str:
    """Return the HTML inside an element."""
    parts = [escape_text(element.text or "")]
    parts += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(parts).strip()


def escape_text(text: str) -> str:
    """Escape a text for HTML, outside of attributes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def extract_text(element: HtmlElement) -> str:
    """Return the text of an element, without scripts and styles."""
    return "".join(_TEXTS(element))


def strip_tags(text: str) -> str:
    """Return the text of HTML on one line."""
    if "<" in text or "&" in text:
        text = extract_text(parse_fragment(text))
    return " ".join(text.split())


def write_figure(content: str, caption: str = "") -> str:
    """Return a figure with a caption; both are HTML, and the caption may be empty."""
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure>{content}{below}</figure>"


def join_url(base: str, url: str) -> str:
    """Return a URL resolved relative to another, or unchanged if it is invalid."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL, which are all empty if it is invalid."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def divide_url(url: str) -> tuple[str, str]:
    """Divide a relative URL into its path, and its query and fragment with their marks."""
    path = _PATH.match(url)
    end = path.end() if path else 0
    return url[:end], url[end:]


def is_relative(url: str) -> bool:
    """Return whether a URL has a path that is relative to its page or file."""
    return _NOT_RELATIVE.match(url) is None
