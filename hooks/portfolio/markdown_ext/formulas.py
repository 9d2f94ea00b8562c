"""Formulas: TeX in Markdown becomes MathML, which browsers set without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from math_core import LatexToMathML

from portfolio.markdown_ext import display_math, equations
from portfolio.markdown_ext.equations import Equation
from portfolio.markdown_ext.render_errors import RenderError

# After Markdown's abbreviations (7) and typographic quotes (6), which would reach into the formula, and
# before its table of contents (5), which should read the formula's symbols and not its TeX.
_PRIORITY = 5.5
# After formulas (189.9) and code (190), before escapes (180).
_BARE_PRIORITY = 185
_BARE = r"(?P<tex>\\eqref\s*\{[^{}\n]+\})"
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True)
class _Formula:
    box: ElementTree.Element
    equation: Equation
    in_heading: bool


class FormulaExtension(Extension):
    """A Markdown extension that sets what ``pymdownx.arithmatex`` (in its generic mode) marks as a formula.

    ``report`` is called with each formula that does not parse; the page shows its TeX as code. ``macros`` are
    names without a backslash, and the TeX that they stand for, with ``#1`` to ``#9`` for arguments. A
    ``\\label`` between two ``$$`` numbers that equation; ``\\eqref`` refers to it from anywhere on the page,
    also outside a formula. A displayed formula may also stand within a paragraph.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(
        self, report: Callable[[RenderError], None], macros: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self.report = report
        self.macros = dict(macros or {})

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        # Where it is not at work, dollar signs are dollar signs.
        if "arithmatex-inline" in md.inlinePatterns:
            display_math.register(md, self.report)
        # A reference to an equation in the midst of words, as in a paper, is set as a formula is.
        bare = display_math.Taken(_BARE, md, r"\(", r"\)")
        md.inlinePatterns.register(bare, "bare-references", _BARE_PRIORITY)
        md.treeprocessors.register(FormulaTreeprocessor(md, self.report, self.macros), "formulas", _PRIORITY)


class FormulaTreeprocessor(Treeprocessor):
    """Replaces the TeX in arithmatex's boxes by MathML Core with the TeX as its annotation."""

    def __init__(self, md: Markdown, report: Callable[[RenderError], None], macros: dict[str, str]) -> None:
        super().__init__(md)
        self.report = report
        self.converter = LatexToMathML(annotation=True, fancy_error=False, macros=macros)

    def run(self, root: ElementTree.Element) -> None:
        formulas = list(_formulas(root))
        results = equations.set_all(self.converter, [formula.equation for formula in formulas])
        for formula, result in zip(formulas, results, strict=True):
            if isinstance(result, RenderError):
                self.report(result)
                _show_source(formula)
            else:
                _set(formula, result)


def _formulas(element: ElementTree.Element, in_heading: bool = False) -> Iterator[_Formula]:
    for child in element:
        if "arithmatex" in child.get("class", "").split() and child.tag in ("span", "div"):
            yield _formula(child, in_heading)
        else:
            yield from _formulas(child, in_heading or child.tag in _HEADINGS)


def _formula(box: ElementTree.Element, in_heading: bool) -> _Formula:
    text = box.text or ""
    if box.tag == "div":
        # Arithmatex escapes the text of a block, and only of a block.
        tex = html.unescape(text.removeprefix(r"\[").removesuffix(r"\]"))
        return _Formula(box, Equation(tex, True), in_heading)
    if text.startswith(r"\["):
        # A heading is one line.
        return _Formula(box, Equation(text[2:-2], not in_heading), in_heading)
    return _Formula(box, Equation(text.removeprefix(r"\(").removesuffix(r"\)"), False), in_heading)


def _set(formula: _Formula, math: ElementTree.Element) -> None:
    for semantics in math.iter("semantics"):
        for annotation in semantics.findall("annotation"):
            if formula.in_heading:
                # The table of contents reads all of the heading; it would show symbols and TeX in a row.
                semantics.remove(annotation)
            else:
                annotation.set("data-search-exclude", "")
                annotation.text = formula.equation.tex
    for table in math.iter("mtable"):
        # A displayed formula begins at this level; MathML Core lets no table say so.
        table.attrib.pop("scriptlevel", None)
    _unwrap_names(math)
    for identifier in math.iter("mi"):
        if _is_variable(identifier):
            identifier.set("class", "letter")
    formula.box.text = None
    link = _reference(math)
    # A link inside a formula is no link to a screen reader; one that is all of it needs no formula.
    formula.box.append(math if link is None or formula.equation.display else link)
    if formula.equation.display:
        # It scrolls where the column is narrow, and what scrolls must be reachable from the keyboard.
        formula.box.set("tabindex", "0")
        formula.box.set("role", "group")
        formula.box.set("aria-label", "Formula")


def _unwrap_names(math: ElementTree.Element) -> None:
    """Take the names of operators out of rows in which they stand alone, beside a space of no width."""
    for parent in list(math.iter()):
        for index, row in enumerate(parent):
            if row.tag != "mrow" or row.attrib:
                continue
            kept = [child for child in row if child.tag != "mspace" or child.attrib]
            if len(kept) == 1 < len(row) and kept[0].tag == "mi":
                parent[index] = kept[0]


def _reference(math: ElementTree.Element) -> ElementTree.Element | None:
    """The link that is all of a formula."""
    texts = [leaf for leaf in math.iter() if leaf.tag in ("mi", "mo", "mn", "mtext", "mspace")]
    return texts[0].find("a") if len(texts) == 1 and not texts[0].text else None


def _is_variable(identifier: ElementTree.Element) -> bool:
    # One Latin or Greek letter, which MathML Core sets in italic unless it says otherwise.
    text = identifier.text or ""
    return "mathvariant" not in identifier.attrib and re.fullmatch(r"[A-Za-z\u0370-\u03ff]", text) is not None


def _show_source(formula: _Formula) -> None:
    formula.box.text = None
    parent = ElementTree.SubElement(formula.box, "pre") if formula.equation.display else formula.box
    ElementTree.SubElement(parent, "code").text = AtomicString(formula.equation.tex.strip())
