"""Citations: ``[@key, p. 3]`` in Markdown becomes a citation, with the references at the end of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import STX, AtomicString

from portfolio.citations.csl import Cite, Run
from portfolio.citations.library import CITATION_PATTERN, Library, parse_citation, unknown_key_problem
from portfolio.markdown_ext.render_errors import RenderError

# After code (190), links (160) and raw HTML (90), in which nothing is a citation; before emphasis (60), which
# would begin at an underscore of a key.
_INLINE = 85
# After abbreviations (7), which would reach into a reference, and before formulas (5.5) and the contents (5).
_TREE = 6.5
_CLASS = "citation"
_TAGS = {"italic": "i", "bold": "b", "superscript": "sup", "subscript": "sub"}
_CLASSES = {"underline": "underlined", "small_caps": "small-caps"}


class CitationExtension(Extension):
    """A Markdown extension for citations.

    ``report`` is called with each citation of what the library has not; the page shows it as written.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(
        self, library: Library, report: Callable[[RenderError], None], heading: str = "References"
    ) -> None:
        super().__init__()
        self.library = library
        self.report = report
        self.heading = heading

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.inlinePatterns.register(_CitationProcessor(CITATION_PATTERN, md), "citations", _INLINE)
        md.treeprocessors.register(_CitationTreeprocessor(md, self), "citations", _TREE)


class _CitationProcessor(InlineProcessor):
    """Finds citations; they are set when all of the page's are known."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - the base class passes it
    ) -> tuple[ElementTree.Element | None, int | None, int | None]:
        # What is set already, such as code, has been taken out and left a mark.
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
        sound: list[tuple[ElementTree.Element, list[Cite], bool]] = []
        for element, in_link in _citations(root):
            inner = (element.text or "")[1:-1]
            cites = parse_citation(inner) or []
            wrong = [cite.key for cite in cites if cite.key not in known]
            for key in wrong:
                self.extension.report(_misprint(inner, key, known))
            if not wrong:
                sound.append((element, cites, in_link))
        if not sound:
            return
        page = self.extension.library.format_page([cites for _, cites, _ in sound])
        for (element, cites, in_link), runs in zip(sound, page.citations, strict=True):
            element.text = None
            write(element, (_linked(run, cites) for run in runs) if not in_link else runs)
        heading = ElementTree.SubElement(root, "h2")
        heading.text = self.extension.heading
        listed = ElementTree.SubElement(root, "ol", {"class": "references"})
        for reference in page.references:
            write(ElementTree.SubElement(listed, "li", {"id": _anchor(reference.id)}), reference.runs)


def write(parent: ElementTree.Element, runs: Iterable[Run]) -> None:
    """Append formatted text to an element; neighbours that lead to the same place are one link."""
    for (url, _), linked in groupby(runs, key=lambda run: (run.url, run.work)):
        _write(ElementTree.SubElement(parent, "a", {"href": url}) if url else parent, linked)


def _write(parent: ElementTree.Element, runs: Iterable[Run]) -> None:
    for run in runs:
        element = parent
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


def _anchor(key: str) -> str:
    return f"ref-{key}"


def _linked(run: Run, cites: list[Cite]) -> Run:
    # MkDocs compares it with the anchor as it is written.
    return run if run.work is None else replace(run, url=f"#{_anchor(cites[run.work].key)}")


def _citations(
    element: ElementTree.Element, in_link: bool = False
) -> Iterator[tuple[ElementTree.Element, bool]]:
    """The citations below an element in the order of the text, and whether they stand in a link."""
    for child in element:
        if child.tag == "span" and _CLASS in child.get("class", "").split():
            yield child, in_link
        else:
            yield from _citations(child, in_link or child.tag == "a")


def _misprint(inner: str, key: str, known: Iterable[str]) -> RenderError:
    before = inner[: inner.find(f"@{key}") + 1]
    column = len(before) - (before.rfind("\n") + 1)
    return RenderError(
        "citation",
        inner,
        " ".join(unknown_key_problem(key, known)).strip(),
        before.count("\n"),
        column,
    )
