"""Formulas: TeX in Markdown becomes MathML, which browsers set without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from math_core import LatexError, LatexToMathML

from portfolio.problem import did_you_mean, quoted
from typesetting import mathml
from typesetting.misprint import Misprint

# After Markdown's abbreviations (7) and typographic quotes (6), which would reach into the formula, and
# before its table of contents (5), which should read the formula's symbols and not its TeX.
_PRIORITY = 5.5
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FAULT = re.compile(r"(?:input(?P<input>\d+):)?(?P<offset>\d+): (?P<message>.*)", re.DOTALL)
# What is written between two $$ has no number; a label asks for one.
_LABELLED = re.compile(r"\\label\s*\{")
_ENVIRONMENT = re.compile(
    r"\\begin\s*\{\s*(?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?\s*\}"
)
_BEGIN, _END = r"\begin{equation}", r"\end{equation}"


@dataclass(frozen=True)
class _Formula:
    box: ElementTree.Element
    tex: str
    display: bool
    in_heading: bool

    @property
    def numbered(self) -> bool:
        """Whether it is an equation in all but the words that TeX has for it."""
        return self.display and bool(_LABELLED.search(self.tex)) and not _ENVIRONMENT.search(self.tex)

    @property
    def source(self) -> str:
        """The TeX that is set."""
        return f"{_BEGIN}{self.tex}{_END}" if self.numbered else self.tex


class FormulaExtension(Extension):
    """A Markdown extension that sets what ``pymdownx.arithmatex`` (in its generic mode) marks as a formula.

    ``report`` is called with each formula that does not parse; the page shows its TeX as code. ``macros`` are
    names without a backslash, and the TeX that they stand for, with ``#1`` to ``#9`` for arguments. A
    ``\\label`` between two ``$$`` numbers that equation; ``\\eqref`` refers to it from anywhere on the page.
    """

    def __init__(self, report: Callable[[Misprint], None], macros: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.report = report
        self.macros = dict(macros or {})

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(FormulaTreeprocessor(md, self.report, self.macros), "formulas", _PRIORITY)


class FormulaTreeprocessor(Treeprocessor):
    """Replaces the TeX in arithmatex's boxes by MathML Core with the TeX as its annotation."""

    def __init__(self, md: Markdown, report: Callable[[Misprint], None], macros: dict[str, str]) -> None:
        super().__init__(md)
        self.report = report
        self.converter = LatexToMathML(annotation=True, fancy_error=False, macros=macros)

    def run(self, root: ElementTree.Element) -> None:
        formulas = list(_formulas(root))
        results = convert_all(self.converter, [(formula.source, formula.display) for formula in formulas])
        labels: dict[str, None] = {}
        for index, (formula, result) in enumerate(zip(formulas, results, strict=True)):
            if not isinstance(result, Misprint):
                twice = [cell for cell in result.iter("mtd") if cell.get("id") in labels]
                labels |= dict.fromkeys(name for cell in result.iter("mtd") if (name := cell.get("id")))
                if twice:
                    message = f"the label {quoted(twice[0].get('id'))} is another equation's already."
                    results[index] = _at(formula.source, r"\label", twice[0].get("id", ""), message)
        for formula, result in zip(formulas, results, strict=True):
            found = result if isinstance(result, Misprint) else _lost(formula.source, result, labels)
            if found is not None:
                self.report(_unwrapped(formula, found))
                _show_source(formula)
            elif not isinstance(result, Misprint):
                _set(formula, result)


def convert_all(
    converter: LatexToMathML, formulas: Sequence[tuple[str, bool]]
) -> list[ElementTree.Element | Misprint]:
    """The ``math`` elements of formulas, each TeX and whether it is displayed, or the misprints they are.

    All are set at once, so that equations are numbered through the page and can be referred to anywhere;
    those that do not parse are left out of the count.
    """
    results: dict[int, ElementTree.Element | Misprint] = {}
    left = list(range(len(formulas)))
    while left:
        try:
            made = converter.convert_all([formulas[index] for index in left])
        except LatexError as error:
            fault = _FAULT.fullmatch(str(error))
            if fault is None or fault["input"] is None:
                # The error does not say which of them it was.
                return [convert(converter, tex, display=display) for tex, display in formulas]
            wrong = left.pop(int(fault["input"]))
            results[wrong] = _misprint(formulas[wrong][0], str(error))
        else:
            results |= zip(left, map(mathml.parse, made), strict=True)
            break
    return [results[index] for index in range(len(formulas))]


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


def _at(tex: str, command: str, label: str, message: str) -> Misprint:
    """The misprint of a command that names a label."""
    place = re.search(rf"{re.escape(command)}\s*\{{\s*{re.escape(label)}", tex)
    return _misprint(tex, f"{place.start() if place else 0}: {message}")


def _lost(tex: str, math: ElementTree.Element, labels: Iterable[str]) -> Misprint | None:
    """The misprint of a reference to an equation that is not on the page."""
    for link in math.iter("a"):
        label = unquote(link.get("href", "").removeprefix("#"))
        if label not in labels:
            message = f"no equation on this page has the label {quoted(label)}.{did_you_mean(label, labels)}"
            return _at(tex, r"\eqref", label, message)
    return None


def _unwrapped(formula: _Formula, found: Misprint) -> Misprint:
    """A misprint as of the TeX that the author wrote."""
    if not formula.numbered:
        return found
    # An environment that does not end is found at its end, which nobody has written.
    line = min(found.line, formula.tex.count("\n"))
    column = found.column - (len(_BEGIN) if found.line == 0 else 0)
    return Misprint(
        found.kind, formula.tex, found.message, line, min(max(column, 0), len(formula.tex.split("\n")[line]))
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
                annotation.text = formula.tex
    for table in math.iter("mtable"):
        # A displayed formula begins at this level; MathML Core lets no table say so.
        table.attrib.pop("scriptlevel", None)
    for identifier in math.iter("mi"):
        if _is_variable(identifier):
            identifier.set("class", "letter")
    formula.box.text = None
    link = _reference(math)
    # A link inside a formula is no link to a screen reader; one that is all of it needs no formula.
    formula.box.append(math if link is None or formula.display else link)
    if formula.display:
        # It scrolls where the column is narrow, and what scrolls must be reachable from the keyboard.
        formula.box.set("tabindex", "0")
        formula.box.set("role", "group")
        formula.box.set("aria-label", "Formula")


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
    parent = ElementTree.SubElement(formula.box, "pre") if formula.display else formula.box
    ElementTree.SubElement(parent, "code").text = AtomicString(formula.tex.strip())
