"""The text of HTML, and URLs and dates as HTML and feeds write them."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml import etree, html
from lxml.html import HtmlElement

_TEXTS = etree.XPath("descendant::text()[not(parent::script or parent::style or parent::template)]")


def split_words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def parse_fragment(text: str) -> HtmlElement:
    """Parse the HTML of a text as the content of a <div>."""
    return html.fragment_fromstring(_without_nulls(text), create_parent="div")


def render_content(element: HtmlElement) -> str:
    """Return the HTML inside an element."""
    parts = [html_escape(element.text or "")]
    parts += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return "".join(parts).strip()


def html_escape(text: str) -> str:
    """Escape a text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_of(element: HtmlElement) -> str:
    """Return the text of an element, without scripts and styles."""
    return "".join(_TEXTS(element))


def _without_nulls(text: str) -> str:
    return "".join(character for character in text if character >= " " or character in "\t\n\r")


def parse_iso_date(text: object) -> date | None:
    """Return a date, or a datetime if the text has a time, in a form of ISO 8601, or None."""
    if not isinstance(text, str):
        return None
    text = text.strip()
    try:
        if len(text) <= 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        return None


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
