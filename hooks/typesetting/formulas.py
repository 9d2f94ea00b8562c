"""Formulas: TeX in Markdown becomes MathML, which browsers set without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from math_core import LatexError, LatexToMathML

from typesetting import mathml
from typesetting.misprint import Misprint

# After Markdown's abbreviations (7) and typographic quotes (6), which would reach into the formula, and
# before its table of contents (5), which should read the formula's symbols and not its TeX.
_PRIORITY = 5.5
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FAULT = re.compile(r"(?P<offset>\d+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True)
class _Formula:
    box: ElementTree.Element
    tex: str
    display: bool
    in_heading: bool


class FormulaExtension(Extension):
    """A Markdown extension that sets what ``pymdownx.arithmatex`` (in its generic mode) marks as a formula.

    ``report`` is called with each formula that does not parse; the page shows its TeX as code.
    """

    def __init__(self, report: Callable[[Misprint], None]) -> None:
        super().__init__()
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(FormulaTreeprocessor(md, self.report), "formulas", _PRIORITY)


class FormulaTreeprocessor(Treeprocessor):
    """Replaces the TeX in arithmatex's boxes by MathML Core with the TeX as its annotation."""

    def __init__(self, md: Markdown, report: Callable[[Misprint], None]) -> None:
        super().__init__(md)
        self.report = report
        self.converter = LatexToMathML(annotation=True, fancy_error=False)

    def run(self, root: ElementTree.Element) -> None:
        formulas = list(_formulas(root))
        for formula, result in zip(formulas, self._convert(formulas), strict=True):
            if isinstance(result, Misprint):
                self.report(result)
                _show_source(formula)
            else:
                _set(formula, result)

    def _convert(self, formulas: list[_Formula]) -> Sequence[ElementTree.Element | Misprint]:
        try:
            # All at once, so that equations are numbered through the page and can be referred to anywhere.
            results = self.converter.convert_all([(formula.tex, formula.display) for formula in formulas])
        except LatexError:
            # The error does not say which of them it was.
            return [convert(self.converter, formula.tex, display=formula.display) for formula in formulas]
        return [mathml.parse(result) for result in results]


def convert(converter: LatexToMathML, tex: str, *, display: bool) -> ElementTree.Element | Misprint:
    """Return the ``math`` element of one formula, or the misprint that it is."""
    try:
        return mathml.parse(converter.convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        return _misprint(tex, str(error))


def _misprint(tex: str, error: str) -> Misprint:
    fault = _FAULT.fullmatch(error)
    if fault is None:
        return Misprint("formula", tex, error)
    before = tex[: int(fault["offset"])]
    return Misprint(
        "formula", tex, fault["message"], before.count("\n"), len(before) - (before.rfind("\n") + 1)
    )


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
        return _Formula(box, tex, True, in_heading)
    return _Formula(box, text.removeprefix(r"\(").removesuffix(r"\)"), False, in_heading)


def _set(formula: _Formula, math: ElementTree.Element) -> None:
    for semantics in math.iter("semantics"):
        for annotation in semantics.findall("annotation"):
            if formula.in_heading:
                # The table of contents reads all of the heading; it would show symbols and TeX in a row.
                semantics.remove(annotation)
            else:
                annotation.set("data-search-exclude", "")
    for identifier in math.iter("mi"):
        if _is_variable(identifier):
            identifier.set("class", "letter")
    formula.box.text = None
    formula.box.append(math)
    if formula.display:
        # It scrolls where the column is narrow, and what scrolls must be reachable from the keyboard.
        formula.box.set("tabindex", "0")
        formula.box.set("role", "group")
        formula.box.set("aria-label", "Formula")


def _is_variable(identifier: ElementTree.Element) -> bool:
    # One Latin or Greek letter, which MathML Core sets in italic unless it says otherwise.
    text = identifier.text or ""
    return "mathvariant" not in identifier.attrib and re.fullmatch(r"[A-Za-z\u0370-\u03ff]", text) is not None


def _show_source(formula: _Formula) -> None:
    formula.box.text = None
    parent = ElementTree.SubElement(formula.box, "pre") if formula.display else formula.box
    ElementTree.SubElement(parent, "code").text = AtomicString(formula.tex.strip())
