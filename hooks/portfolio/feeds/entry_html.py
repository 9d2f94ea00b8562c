"""A post's HTML for feed readers: few elements, absolute URLs, and text in place of what readers drop."""

from __future__ import annotations

import lxml.html
import nh3
from lxml.html import HtmlElement
from lxml.html.builder import BR, CODE, SPAN, A, P

from portfolio.core.text import strip_invalid_xml

_TAGS = set(
    "a abbr audio b bdi blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small strong sub summary sup table tbody td "
    "tfoot th thead time tr u ul var video wbr".split()
)
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src", "controls"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"src", "controls", "poster", "width", "height"},
    "details": {"open"},
}
# Parts of the page, not of the post: its title (which the entry has), permalinks, line numbers.
_PAGE_ONLY = (
    ".//h1[1] | .//a[contains(concat(' ', @class, ' '), ' headerlink ')] | .//td[@class='linenos']"
    " | .//button | .//*[@hidden] | .//pre//a[not(normalize-space())] | .//img[contains(@src, '#only-dark')]"
)


def render_entry_html(html: str, url: str) -> str:
    """Return the text of a post for a feed. ``url`` is the post's absolute URL, the base of its links.

    A formula becomes its TeX as code, a diagram its title and description with a link to the post: readers
    drop MathML and SVG, and would leave loose letters.
    """
    html = strip_invalid_xml(html)
    if not html.strip():
        return ""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in root.xpath(_PAGE_ONLY):
        element.drop_tree()
    for math in root.xpath(".//math"):
        _replace(math, *_formula(math))
    for svg in root.xpath(".//svg"):
        _replace(svg, *_diagram(svg, url))
    for box in root.xpath(".//input[@type='checkbox']"):
        character = "☑" if box.get("checked") is not None else "☐"
        _replace(box, SPAN(character if (box.tail or "")[:1].isspace() else f"{character} "))
    for note in root.xpath(".//div[contains(concat(' ', @class, ' '), ' admonition ')]"):
        note.tag = "blockquote"
        for title in note.xpath("./p[contains(@class, 'admonition-title')]"):
            title.tag = "strong"
            title.addprevious(paragraph := P())
            paragraph.tail, title.tail = title.tail, None
            paragraph.append(title)
    root.make_links_absolute(url, handle_failures="ignore")
    absolute = lxml.html.tostring(root, encoding="unicode")
    cleaned = nh3.clean(
        absolute, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None
    )
    return strip_invalid_xml(cleaned).strip().removeprefix("<div>").removesuffix("</div>").strip()


def _formula(math: HtmlElement) -> list[HtmlElement]:
    tex = "".join(math.xpath(".//annotation[@encoding='application/x-tex']//text()")).strip()
    code = CODE(tex or math.text_content().strip())
    if math.get("display") != "block":
        return [code]
    is_in_paragraph = next(math.iterancestors("p"), None) is not None
    return [BR(), code, BR()] if is_in_paragraph else [P(code)]


def _diagram(svg: HtmlElement, url: str) -> list[HtmlElement]:
    texts = [text.strip() for text in svg.xpath("./title//text() | ./desc//text()") if text.strip()]
    title = texts[0] if texts else (svg.get("aria-label") or "").strip()
    if not title:
        return []
    link = A(title, href=url)
    link.tail = f": {texts[1]}" if len(texts) > 1 else None
    return [link]


def _replace(element: HtmlElement, *replacements: HtmlElement) -> None:
    """Replace an element; the text after it stays."""
    for replacement in replacements:
        element.addprevious(replacement)
    element.drop_tree()
