"""Citations: ``[@key, p. 3]`` in Markdown becomes a citation, with the references at the end of the page.

The syntax is in `portfolio.citations.library`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import STX, AtomicString

from portfolio.citations.csl import Cite
from portfolio.citations.library import (
    CITATION_PATTERN,
    NARRATIVE_PATTERN,
    REFERENCES_FILE,
    Library,
    parse_citation,
    parse_narrative_citation,
)
from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.i18n import gettext
from portfolio.core.runs import Run
from portfolio.markdown_ext.extensions import TreeExtension, add_inline_marker, find_elements, has_class
from portfolio.markdown_ext.render_errors import RenderError, Report

# After code (190), links (160) and raw HTML (90), which contain no citations; before emphasis (60), which
# would begin at an underscore of a key.
_INLINE_PRIORITY = 85
_CLASS = "citation"
_NARRATIVE = re.compile(NARRATIVE_PATTERN)
# The attributes of a run that are set in an element, with a class or without.
_ELEMENTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("italic", "i", {}),
    ("bold", "b", {}),
    ("superscript", "sup", {}),
    ("subscript", "sub", {}),
    ("underline", "span", {"class": "underlined"}),
    ("small_caps", "span", {"class": "small-caps"}),
)


@dataclass(eq=False)
class CitationExtension(TreeExtension):
    """A Markdown extension for citations.

    ``report`` is called with each unknown key; the page shows its citation as written.
    """

    name = "citations"
    # After abbreviations (7), which would change references; before formulas (5.5) and the table of contents.
    priority = 6.5

    library: Library
    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        super().extendMarkdown(md)
        add_inline_marker(md, CITATION_PATTERN, _mark_citation, self.name, _INLINE_PRIORITY)
        name, priority = "narrative-citations", _INLINE_PRIORITY - 0.1
        add_inline_marker(md, NARRATIVE_PATTERN, self._mark_narrative_citation, name, priority)

    def _mark_narrative_citation(self, match: re.Match[str]) -> Element | None:
        # The name of somebody may begin with an @ as well.
        return _make_citation(match[0]) if match["key"] in self.library.publications else None

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        known = self.library.publications
        citations: list[tuple[Element, list[Cite], bool]] = []
        for _, element, in_link in find_elements(root, lambda child: has_class(child, _CLASS), {"a"}):
            text = element.text or ""
            inner = text[1:-1]
            narrative = _NARRATIVE.fullmatch(text)
            if narrative:
                cites = [parse_narrative_citation(narrative["key"], narrative["locator"])]
            else:
                cites = parse_citation(inner) or []
            unknown = [cite.key for cite in cites if cite.key not in known]
            for key in unknown:
                self.report(_unknown_key(inner, key, known))
            if not unknown:
                citations.append((element, cites, in_link))
        if not citations:
            return
        page = self.library.format_page([cites for _, cites, _ in citations])
        for (element, cites, in_link), runs in zip(citations, page.citations, strict=True):
            element.text = None
            _append_runs(element, runs if in_link else (_link(run, cites) for run in runs))
        SubElement(root, "h2").text = gettext("References")
        references = SubElement(root, "ol", {"class": "references"})
        for key, runs in page.references.items():
            _append_runs(SubElement(references, "li", {"id": _reference_id(key)}), runs)


def _mark_citation(match: re.Match[str]) -> Element | None:
    """Mark a citation; they are formatted together when all of the page are known."""
    # STX begins the placeholder of something that is already processed, such as code.
    if STX in match[1] or parse_citation(match[1]) is None:
        return None
    return _make_citation(match[0])


def _make_citation(text: str) -> Element:
    element = Element("span", {"class": _CLASS})
    element.text = AtomicString(text)
    return element


def _append_runs(parent: Element, runs: Iterable[Run]) -> None:
    """Append formatted text to an element; adjacent runs with the same URL and work share one link."""
    for (url, _), linked in groupby(runs, key=lambda run: (run.url, run.work)):
        target = SubElement(parent, "a", {"href": url}) if url else parent
        for run in linked:
            element = target
            for style, tag, attributes in _ELEMENTS:
                if getattr(run, style):
                    element = SubElement(element, tag, attributes)
            if len(element):
                element[-1].tail = AtomicString((element[-1].tail or "") + run.text)
            else:
                element.text = AtomicString((element.text or "") + run.text)


def _reference_id(key: str) -> str:
    return f"ref-{key}"


def _link(run: Run, cites: list[Cite]) -> Run:
    # Not percent-encoded: MkDocs compares it with the id as written.
    return run if run.work is None else replace(run, url=f"#{_reference_id(cites[run.work].key)}")


def _unknown_key(inner: str, key: str, known: Collection[str]) -> RenderError:
    message = f"there is no {quote(key)} in publications.bib or {REFERENCES_FILE}."
    offset = inner.find(f"@{key}") + 1
    hint = did_you_mean(key, known)
    if not hint and not inner.startswith(("@", "-@")):
        hint = "If this is not a citation, write it without brackets."
    return RenderError("citation.unknown-key", inner, message, hint, offset)
