"""HTML in Markdown: a tag of no HTML element is text, and every element that is opened is closed.

A browser shows nothing of ``<String>`` in ``List<String>`` or of ``<your-name>``, so they are text. A tag is
HTML if its name is that of an element in lower or upper case (``<Button>`` is text). A custom element, whose
name has a hyphen, is HTML only if its end tag follows; an SVG element only inside ``<svg>``; ``<input>`` and
other elements without content only if they have attributes.

As in CommonMark, the content of ``<details>`` is Markdown if an empty line precedes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.md_in_html import HtmlBlockPreprocessor
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from portfolio.core.diagnostics import quote
from portfolio.markdown_ext.extensions import add_tree_editor
from portfolio.markdown_ext.render_errors import RenderError, Report

# After every extension that adds or moves elements, before MkDocs resolves paths (0).
_CHECK_PRIORITY = 0.4
# That of Python-Markdown's own pattern.
_PATTERN_PRIORITY = 90
# After fences (25) have become placeholders, before HTML is read (20).
_DETAILS_PRIORITY = 20.5

VOID_ELEMENTS = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# The HTML standard, sections 4 and 16.2 (obsolete elements), and the parts of MathML that people write.
_ELEMENTS = VOID_ELEMENTS | frozenset(
    """
    a abbr acronym address article aside audio b bdi bdo big blockquote body button canvas caption
    center cite code colgroup data datalist dd del details dfn dialog div dl dt em fieldset figcaption
    figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins kbd label legend li
    main map mark menu meter nav noscript object ol optgroup option output p picture pre progress q rp
    rt ruby s samp script search section select slot small span strike strong style sub summary sup svg
    table tbody td template textarea tfoot th thead time title tr tt u ul var video math mfrac mi mn mo
    mover mrow msqrt msub msubsup msup mtable mtd mtext mtr munder munderover semantics annotation
    """.split()
)
# Their end tags may be left out.
_OPTIONAL_END = frozenset(
    "body colgroup dd dt head html li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-zA-Z][^\s<>/]*)(?P<rest>(?:"[^"]*"|'[^']*'|[^'">])*)>""", re.DOTALL
)
_RAW_TEXT = re.compile(r"(<(script|style|textarea|title)\b[^>]*>).*?(?=</\2\s*>)", re.DOTALL | re.IGNORECASE)
# Their tags close what is open inside their table.
_CELLS = frozenset("table tbody td tfoot th thead tr".split())
# The tag of a <details> that has an empty line after it, or after its summary.
_DETAILS = re.compile(
    r"^([ ]{0,3}<details\b(?![^<>]*\bmarkdown\b)[^<>]*)>"
    r"(?=(?:\s*<summary\b(?:(?!\n[ \t]*\n).)*?</summary>)?[ \t]*\n[ \t]*\n)",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
# HTML that begins with a paragraph without an end, and contains Markdown after an empty line.
_UNCLOSED_PARAGRAPH = re.compile(r"<p\b(?!.*</p\s*>).*\n[ \t]*\n\s*[^<\s]", re.DOTALL | re.IGNORECASE)
# Tags of an inline SVG that are looked at for its start.
_MAX_SVG_TAGS = 200
# HTML that the highlighter wrote.
_HIGHLIGHTED = re.compile(r'<(?:div|table) (?:[^<>]* )?class="(?:[^"<>]* )?highlight')


@dataclass(eq=False)
class HtmlTagExtension(Extension):
    """A Markdown extension that leaves tags of no element as text, and reports those without counterpart."""

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        # As in CommonMark, \<div> is text.
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "<"]
        md.inlinePatterns.register(_KnownTagProcessor(HTML_RE, md), "html", _PATTERN_PRIORITY)
        if isinstance(md.preprocessors["html_block"], HtmlBlockPreprocessor):
            md.preprocessors.register(_DetailsPreprocessor(md), "details", _DETAILS_PRIORITY)
        add_tree_editor(md, self._check, "html-tags", _CHECK_PRIORITY)

    def _check(self, md: Markdown, root: Element) -> None:
        seen: Counter[str] = Counter()
        opened: list[tuple[str, str, int]] = []
        for tag in _iter_tags(md, root):
            name, text = tag["name"].lower(), tag[0]
            place = seen[text]
            seen[text] += 1
            if name in _CELLS and "table" in (names := [tag for tag, *_ in opened]):
                del opened[len(names) - names[::-1].index("table") :]
            if tag.start() == 0 and _UNCLOSED_PARAGRAPH.match(tag.string):
                # Python-Markdown takes the rest of the page for HTML.
                self._report_unclosed(name, text, place)
            if (
                name in VOID_ELEMENTS
                or name in _OPTIONAL_END
                or name not in _ELEMENTS
                or tag["rest"].endswith("/")
            ):
                continue
            if not tag["end"]:
                opened.append((name, text, place))
            elif any(name == tag for tag, *_ in opened):
                while (unclosed := opened.pop())[0] != name:
                    self._report_unclosed(*unclosed)
            else:
                message = f"{quote(text)} closes no element: there is no <{name}> before it."
                hint = f"Remove it, or write \\{text} to show it."
                self.report(RenderError("html.stray-end-tag", text, message, hint, occurrence=place))
        for unclosed in opened:
            self._report_unclosed(*unclosed)

    def _report_unclosed(self, name: str, text: str, place: int) -> None:
        first = text.partition("\n")[0]
        message = f"{quote(first)} is never closed, so it changes all that follows."
        hint = f"Add </{name}> where it ends, or write \\{first} to show it."
        self.report(RenderError("html.unclosed", first, message, hint, occurrence=place))


class _DetailsPreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        # Markdown would silently close those that are not closed.
        if len(_DETAILS.findall(text)) > text.lower().count("</details"):
            return lines
        return _DETAILS.sub(r"\1 markdown>", text).split("\n")


class _KnownTagProcessor(HtmlInlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self, m: re.Match[str], data: str
    ) -> tuple[Any, Any, Any]:
        if _is_html(m[1], data[m.start() :]) or self._is_in_svg():
            return super().handleMatch(m, data)
        # Only the bracket: the rest may contain Markdown.
        return "<", m.start(), m.start() + 1

    def _is_in_svg(self) -> bool:
        for block in reversed(self.md.htmlStash.rawHtmlBlocks[-_MAX_SVG_TAGS:]):
            if isinstance(block, str) and "svg" in block[:5]:
                return not block.startswith("</")
        return False


def _is_html(text: str, following: str) -> bool:
    """Whether a tag or comment at the start of a text is HTML; see the top of this module."""
    tag = _TAG.match(text)
    if tag is None or tag["name"] is None:
        return text.startswith("<!--")
    name, written = tag["name"].lower(), tag["name"]
    is_closed = bool(tag["end"]) or f"</{written}" in following
    if "-" in name:
        return is_closed
    if name not in _ELEMENTS or written not in (name, name.upper()):
        return False
    if name in VOID_ELEMENTS and name not in ("br", "hr", "wbr"):
        return bool(tag["rest"].strip(" /"))
    # A single capital letter is rather a type, as in List<A>.
    return written == name or len(written) > 1 or is_closed


def _iter_tags(md: Markdown, root: Element) -> Iterator[re.Match[str]]:
    """Yield the tags that the author wrote, in the order of the page."""
    blocks: list[Any] = md.htmlStash.rawHtmlBlocks
    for text in root.itertext():
        for placeholder in HTML_PLACEHOLDER_RE.finditer(text):
            block = blocks[int(placeholder[1])]
            if isinstance(block, str) and "<" in block and not _HIGHLIGHTED.match(block):
                yield from (tag for tag in _TAG.finditer(_RAW_TEXT.sub(r"\1", block)) if tag["name"])
