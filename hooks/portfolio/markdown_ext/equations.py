"""Equations: TeX to MathML, with numbers through the page and references to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

from math_core import LatexError, LatexToMathML

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.markdown_ext import mathml
from portfolio.markdown_ext.render_errors import RenderError

_FAULT = re.compile(r"(?:input(?P<input>\d+):)?(?P<offset>\d+): (?P<message>.*)", re.DOTALL)
# What is written between two $$ has no number; a label asks for one.
_LABELLED = re.compile(r"\\label\s*\{")
_ENVIRONMENT = re.compile(
    r"\\begin\s*\{\s*(?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?\s*\}"
)
_BEGIN, _END = r"\begin{equation}", r"\end{equation}"


@dataclass(frozen=True)
class Equation:
    """A formula: its TeX as it is written, without delimiters, and whether it is displayed."""

    tex: str
    display: bool

    @property
    def numbered(self) -> bool:
        """Whether it is an equation in all but the words that TeX has for it."""
        return self.display and bool(_LABELLED.search(self.tex)) and not _ENVIRONMENT.search(self.tex)

    @property
    def source(self) -> str:
        """The TeX that is set."""
        return f"{_BEGIN}{self.tex}{_END}" if self.numbered else self.tex


def set_all(
    converter: LatexToMathML, formulas: Sequence[Equation]
) -> list[ElementTree.Element | RenderError]:
    """The ``math`` elements of a page's formulas, or the misprints that they are.

    A label that stands twice is one, and so is a reference to an equation that is not on the page.
    """
    results = convert_all(converter, [(formula.source, formula.display) for formula in formulas])
    labels: dict[str, None] = {}
    for index, (formula, result) in enumerate(zip(formulas, results, strict=True)):
        if not isinstance(result, RenderError):
            named = [name for cell in result.iter("mtd") if (name := cell.get("id"))]
            twice = [name for name in named if name in labels]
            labels |= dict.fromkeys(named)
            if twice:
                message = f"the label {quote(twice[0])} is another equation's already."
                results[index] = _at(formula.source, r"\label", twice[0], message)
    for index, (formula, result) in enumerate(zip(formulas, results, strict=True)):
        found = result if isinstance(result, RenderError) else _lost(formula.source, result, labels)
        if found is not None:
            results[index] = _unwrapped(formula, found)
    return results


def convert_all(
    converter: LatexToMathML, formulas: Sequence[tuple[str, bool]]
) -> list[ElementTree.Element | RenderError]:
    """The ``math`` elements of formulas, each TeX and whether it is displayed, or the misprints they are.

    All are set at once, so that equations are numbered through the page and can be referred to anywhere;
    those that do not parse are left out of the count.
    """
    results: dict[int, ElementTree.Element | RenderError] = {}
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


def convert(converter: LatexToMathML, tex: str, *, display: bool) -> ElementTree.Element | RenderError:
    """Return the ``math`` element of one formula, or the misprint that it is."""
    try:
        return mathml.parse(converter.convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        return _misprint(tex, str(error))


def is_sound(converter: LatexToMathML, formula: Equation) -> bool:
    """Whether a formula parses by itself; what its labels are of is another question."""
    try:
        converter.convert_with_local_state(formula.source, displaystyle=formula.display)
    except LatexError:
        return False
    return True


def _misprint(tex: str, error: str) -> RenderError:
    fault = _FAULT.fullmatch(error)
    if fault is None:
        return RenderError("formula", tex, error)
    before = tex[: int(fault["offset"])]
    return RenderError(
        "formula", tex, fault["message"], before.count("\n"), len(before) - (before.rfind("\n") + 1)
    )


def _at(tex: str, command: str, label: str, message: str) -> RenderError:
    """The misprint of a command that names a label."""
    place = re.search(rf"{re.escape(command)}\s*\{{\s*{re.escape(label)}", tex)
    return _misprint(tex, f"{place.start() if place else 0}: {message}")


def _lost(tex: str, math: ElementTree.Element, labels: Iterable[str]) -> RenderError | None:
    """The misprint of a reference to an equation that is not on the page."""
    for link in math.iter("a"):
        label = unquote(link.get("href", "").removeprefix("#"))
        if label not in labels:
            message = f"no equation on this page has the label {quote(label)}. {did_you_mean(label, labels)}"
            return _at(tex, r"\eqref", label, message.rstrip())
    return None


def _unwrapped(formula: Equation, found: RenderError) -> RenderError:
    """A misprint as of the TeX that the author wrote."""
    if not formula.numbered:
        return found
    # An environment that does not end is found at its end, which nobody has written.
    line = min(found.line, formula.tex.count("\n"))
    column = found.column - (len(_BEGIN) if found.line == 0 else 0)
    return RenderError(
        found.kind, formula.tex, found.message, line, min(max(column, 0), len(formula.tex.split("\n")[line]))
    )
