"""Citations: ``[@key, p. 3]`` in Markdown becomes a citation, with the references at the end of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

from portfolio.citations.csl import Cite, Run
from portfolio.citations.library import CITATION_PATTERN, REFERENCES_FILE, Library, parse_citation
from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.markdown_ext.render_errors import RenderError, column_after

# After code (190), links (160) and raw HTML (90), which contain no citations; before emphasis (60), which
# would begin at an underscore of a key.
_INLINE_PRIORITY = 85
# After abbreviations (7), which would change references; before formulas (5.5) and the table of contents (5).
_TREE_PRIORITY = 6.5
_CLASS = "citation"
_TAGS = {"italic": "i", "bold": "b", "superscript": "sup", "subscript": "sub"}
_CLASSES = {"underline": "underlined", "small_caps": "small-caps"}


class CitationExtension(Extension):
    """A Markdown extension for citations.

    ``report`` is called with each unknown key; the page shows its citation as written.
    """

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def __init__(
        self, library: Library, report: Callable[[RenderError], None], heading: str = "References"
    ) -> None:
        super().__init__()
        self.library = library
        self.report = report
        self.heading = heading

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.inlinePatterns.register(_CitationProcessor(CITATION_PATTERN, md), "citations", _INLINE_PRIORITY)
        md.treeprocessors.register(_CitationTreeprocessor(md, self), "citations", _TREE_PRIORITY)


class _CitationProcessor(InlineProcessor):
    """Marks citations; they are formatted together when all of the page are known."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - the base class passes it
    ) -> tuple[ElementTree.Element | None, int | None, int | None]:
        # STX begins the placeholder of something that is already processed, such as code.
        if STX in m[1] or parse_citation(m[1]) is None:
            return None, None, None
        element = ElementTree.Element("span", {"class": _CLASS})
        element.text = AtomicString(m[0])
        return element, m.start(0), m.end(0)


class _CitationTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown, extension: CitationExtension) -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: ElementTree.Element) -> None:
        known = self.extension.library.publications
        citations: list[tuple[ElementTree.Element, list[Cite], bool]] = []
        for element, in_link in _iter_citations(root):
            inner = (element.text or "")[1:-1]
            cites = parse_citation(inner) or []
            unknown = [cite.key for cite in cites if cite.key not in known]
            for key in unknown:
                self.extension.report(_unknown_key(inner, key, known))
            if not unknown:
                citations.append((element, cites, in_link))
        if not citations:
            return
        page = self.extension.library.format_page([cites for _, cites, _ in citations])
        for (element, cites, in_link), runs in zip(citations, page.citations, strict=True):
            element.text = None
            _append_runs(element, runs if in_link else (_link(run, cites) for run in runs))
        heading = ElementTree.SubElement(root, "h2")
        heading.text = self.extension.heading
        references = ElementTree.SubElement(root, "ol", {"class": "references"})
        for reference in page.references:
            item = ElementTree.SubElement(references, "li", {"id": _reference_id(reference.id)})
            _append_runs(item, reference.runs)


def _append_runs(parent: ElementTree.Element, runs: Iterable[Run]) -> None:
    """Append formatted text to an element; adjacent runs with the same URL and work share one link."""
    for (url, _), linked in groupby(runs, key=lambda run: (run.url, run.work)):
        target = ElementTree.SubElement(parent, "a", {"href": url}) if url else parent
        for run in linked:
            _append_run(target, run)


def _append_run(element: ElementTree.Element, run: Run) -> None:
    for style, tag in _TAGS.items():
        if getattr(run, style):
            element = ElementTree.SubElement(element, tag)
    for style, name in _CLASSES.items():
        if getattr(run, style):
            element = ElementTree.SubElement(element, "span", {"class": name})
    last = element[-1] if len(element) else None
    if last is None:
        element.text = AtomicString((element.text or "") + run.text)
    else:
        last.tail = AtomicString((last.tail or "") + run.text)


def _reference_id(key: str) -> str:
    return f"ref-{key}"


def _link(run: Run, cites: list[Cite]) -> Run:
    # Not percent-encoded: MkDocs compares it with the id as written.
    return run if run.work is None else replace(run, url=f"#{_reference_id(cites[run.work].key)}")


def _iter_citations(
    element: ElementTree.Element, in_link: bool = False
) -> Iterator[tuple[ElementTree.Element, bool]]:
    """Yield the citations below an element in text order, and whether each is in a link."""
    for child in element:
        if child.tag == "span" and _CLASS in child.get("class", "").split():
            yield child, in_link
        else:
            yield from _iter_citations(child, in_link or child.tag == "a")


def _unknown_key(inner: str, key: str, known: Collection[str]) -> RenderError:
    line, column = column_after(inner[: inner.find(f"@{key}") + 1])
    message = f"there is no {quote(key)} in publications.bib or {REFERENCES_FILE}."
    hint = did_you_mean(key, known)
    return RenderError("citation.unknown-key", inner, message, hint, line, column)
