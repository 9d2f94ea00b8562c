r"""Formulas: TeX in Markdown becomes MathML, which browsers render without a script.

``pymdownx.arithmatex`` marks formulas; math-core converts them. Beyond arithmatex, a displayed formula may be
part of a paragraph (as on GitHub, in Jupyter and in Obsidian), a ``\label`` between two ``$$`` numbers an
equation, and ``\eqref`` refers to it from anywhere on the page, also outside a formula.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.util import ETX, STX, AtomicString
from math_core import LatexError, LatexToMathML

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.text import strip_invalid_xml
from portfolio.markdown_ext import extensions
from portfolio.markdown_ext.render_errors import RenderError, Report

# Priorities, and those of others that they depend on; Markdown runs the highest first.
# Blocks: before arithmatex (79.9), which would read two displayed formulas as one.
_BLOCK_PRIORITY = 79.95
# Inline: after code (190). Dollars come before arithmatex's inline formulas (189.9), which would match one of
# two dollar signs; environments come after them, as they may be part of such a formula; and all come before
# escapes (180), which would take \[.
_DOLLARS_PRIORITY, _STRAY_PRIORITY, _AFTER_INLINE_PRIORITY, _REFERENCE_PRIORITY = 189.95, 189.94, 189.8, 185

# Exactly two dollar signs: three of them are a price.
_TWO_DOLLARS = r"(?<![\\$])\$\$(?!\$)"
DISPLAY_DOLLARS = re.compile(
    rf"{_TWO_DOLLARS}(?=\s*[^\s$])(?P<tex>(?:\\.|[^\\${STX}{ETX}]|\$(?!\$))+?)\$\$(?!\$)", re.DOTALL
)
# In running text \[ is a bracket and \begin may be a topic, so both must be on lines of their own.
_DISPLAY_BRACKETS = r"(?m:^[ \t]*)\\\[[ \t]*\n(?P<tex>(?:\\[^\]]|[^\\])+?)\n[ \t]*\\\](?=(?m:[ \t]*$))"
_DISPLAY_ENVIRONMENT = (
    r"(?m:^[ \t]*)(?P<tex>\\begin\{(?P<name>[a-z]+\*?)\}(?:\\.|[^\\])+?\\end\{(?P=name)\})"
    r"(?=(?m:[ \t]*$))"
)
_BARE_REFERENCE = r"(?P<tex>\\eqref\s*\{[^{}\n]+\})"
# An error of math-core.
_ERROR = re.compile(r"(?:input(?P<input>\d+):)?(?P<offset>\d+): (?P<message>.*)", re.DOTALL)
# A formula between two $$ has no number unless it has a label.
_LABEL = re.compile(r"\\label\s*\{")
_ENVIRONMENT = re.compile(
    r"\\begin\s*\{\s*(?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?\s*\}"
)
# A named character that XML does not know.
_NAMED_CHARACTER = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")
# A single Latin or Greek letter, which MathML Core shows in italic by default.
_VARIABLE = re.compile(r"[A-Za-z\u0370-\u03ff]")
_BEGIN, _END = r"\begin{equation}", r"\end{equation}"


@dataclass(eq=False)
class FormulaExtension(extensions.TreeExtension):
    """A Markdown extension that renders what ``pymdownx.arithmatex`` (in generic mode) marks as a formula.

    ``report`` is called with each formula that is invalid; the page shows its TeX as code. ``macros`` maps
    names without a backslash to their TeX, with ``#1`` to ``#9`` for arguments.
    """

    name = "formulas"
    # After abbreviations (7) and quotes (6), which would change the formula, and before the table of contents
    # (5), which should read the formula's symbols instead of its TeX.
    priority = 5.5

    report: Report
    macros: Mapping[str, str] | None = None

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        super().extendMarkdown(md)
        mark_reference = partial(_mark_formula, opening=r"\(", closing=r"\)")
        extensions.add_inline_marker(
            md, _BARE_REFERENCE, mark_reference, "bare-references", _REFERENCE_PRIORITY
        )
        # Without arithmatex, dollar signs are dollar signs.
        if "arithmatex-inline" not in md.inlinePatterns:
            return
        paragraphs = _FormulaParagraphProcessor(md.parser)
        md.parser.blockprocessors.register(paragraphs, "display-several", _BLOCK_PRIORITY)
        for pattern, mark, name, priority in (
            (DISPLAY_DOLLARS.pattern, _mark_formula, "display-dollars", _DOLLARS_PRIORITY),
            (_TWO_DOLLARS, self._report_stray_dollars, "display-stray", _STRAY_PRIORITY),
            (_DISPLAY_BRACKETS, _mark_formula, "display-brackets", _AFTER_INLINE_PRIORITY),
            (_DISPLAY_ENVIRONMENT, _mark_formula, "display-environments", _AFTER_INLINE_PRIORITY),
        ):
            extensions.add_inline_marker(md, pattern, mark, name, priority)

    def _report_stray_dollars(self, match: re.Match[str]) -> None:
        """Report a ``$$`` without a counterpart, which stays as it is."""
        # The words around it locate it in the page. STX and ETX enclose placeholders, of code for example.
        after = match.string[match.start() :].partition(STX)[0].rstrip()
        before = "" if after != match[0] else match.string[: match.start()].rpartition(ETX)[2].lstrip()
        message = "this '$$' does not begin or end a formula."
        hint = (
            "A formula contains no empty line, no code and no third '$'; write \\$\\$ for two dollar signs."
        )
        self.report(RenderError("formula.stray-delimiter", before + after, message, hint, len(before)))

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        """Replace the TeX in arithmatex's boxes by MathML Core, with the TeX as its annotation."""
        boxes = [
            (box, _read_equation(box, in_heading), in_heading)
            for _, box, in_heading in extensions.find_elements(root, _is_box, extensions.HEADINGS)
        ]
        if not boxes:
            return
        converter = LatexToMathML(annotation=True, fancy_error=False, macros=dict(self.macros or {}))
        results = convert_equations(converter, [equation for _, equation, _ in boxes])
        for (box, equation, in_heading), result in zip(boxes, results, strict=True):
            box.text = None
            if isinstance(result, RenderError):
                self.report(result)
                parent = SubElement(box, "pre") if equation.display else box
                SubElement(parent, "code").text = AtomicString(equation.tex.strip())
            else:
                _insert_math(box, result, equation, in_heading)


def _is_box(element: Element) -> bool:
    return element.tag in ("span", "div") and extensions.has_class(element, "arithmatex")


def is_display_formula(paragraph: str) -> bool:
    """Return whether a paragraph is a displayed formula and nothing else."""
    return bool(DISPLAY_DOLLARS.fullmatch(paragraph.strip()))


class _FormulaParagraphProcessor(BlockProcessor):
    """Makes one paragraph of a block that begins with a displayed formula and ends with another."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the base class passes it
        first = DISPLAY_DOLLARS.match(block.strip())
        return first is not None and first.end() < len(block.strip()) and block.strip().endswith("$$")

    def run(self, parent: Element, blocks: list[str]) -> None:
        SubElement(parent, "p").text = blocks.pop(0).strip()


def _mark_formula(match: re.Match[str], opening: str = r"\[", closing: str = r"\]") -> Element:
    """Mark the group ``tex`` as a formula, in the way that arithmatex does."""
    box = Element("span", {"class": "arithmatex"})
    box.text = AtomicString(f"{opening}{match['tex']}{closing}")
    return box


@dataclass(frozen=True)
class Equation:
    """A formula: its TeX as written, without delimiters, and whether it is displayed."""

    tex: str
    display: bool

    @property
    def numbered(self) -> bool:
        """Whether it has a label and needs the environment that TeX requires for one."""
        return self.display and bool(_LABEL.search(self.tex)) and not _ENVIRONMENT.search(self.tex)

    @property
    def source(self) -> str:
        """The TeX to convert."""
        return f"{_BEGIN}{self.tex}{_END}" if self.numbered else self.tex


def _read_equation(box: Element, in_heading: bool) -> Equation:
    text = box.text or ""
    if box.tag == "div":
        # Arithmatex escapes the text of blocks, and only of blocks.
        return Equation(html.unescape(text.removeprefix(r"\[").removesuffix(r"\]")), True)
    if text.startswith(r"\["):
        # A formula in a heading is inline.
        return Equation(text[2:-2], not in_heading)
    return Equation(text.removeprefix(r"\(").removesuffix(r"\)"), False)


def _insert_math(box: Element, math: Element, equation: Equation, in_heading: bool) -> None:
    for semantics in math.iter("semantics"):
        for annotation in semantics.findall("annotation"):
            if in_heading:
                # The table of contents reads the whole heading and would show symbols and TeX.
                semantics.remove(annotation)
            else:
                annotation.set("data-search-exclude", "")
                annotation.text = equation.tex
    for table in math.iter("mtable"):
        # A displayed formula has this level anyway, and MathML Core does not allow it on a table.
        table.attrib.pop("scriptlevel", None)
    _unwrap_operator_names(math)
    for identifier in math.iter("mi"):
        if "mathvariant" not in identifier.attrib and _VARIABLE.fullmatch(identifier.text or ""):
            identifier.set("class", "letter")
    # Screen readers do not announce a link inside a formula; a formula that is only a link is not needed.
    link = None if equation.display else _get_sole_link(math)
    box.append(math if link is None else link)
    if equation.display:
        # It scrolls in a narrow column.
        extensions.make_focusable(box, "Formula")


def _unwrap_operator_names(math: Element) -> None:
    """Unwrap the names of operators from rows that contain nothing else but a space of no width."""
    for parent in list(math.iter()):
        for index, row in enumerate(parent):
            if row.tag != "mrow" or row.attrib:
                continue
            visible = [child for child in row if child.tag != "mspace" or child.attrib]
            if len(visible) == 1 < len(row) and visible[0].tag == "mi":
                parent[index] = visible[0]


def _get_sole_link(math: Element) -> Element | None:
    """Return the link that is the whole content of a formula, if it is one."""
    texts = [leaf for leaf in math.iter() if leaf.tag in ("mi", "mo", "mn", "mtext", "mspace")]
    return texts[0].find("a") if len(texts) == 1 and not texts[0].text else None


def convert_equations(converter: LatexToMathML, equations: Sequence[Equation]) -> list[Element | RenderError]:
    """Return the ``math`` elements of a page's formulas, or their errors.

    A label that occurs twice is an error, and so is a reference to an equation that is not on the page.
    """
    results = _convert_together(converter, equations)
    labels: set[str] = set()
    for index, (equation, result) in enumerate(zip(equations, results, strict=True)):
        if isinstance(result, RenderError):
            continue
        for label in [label for cell in result.iter("mtd") if (label := cell.get("id"))]:
            if label in labels:
                message = f"the label {quote(label)} is already used by another equation."
                code = "formula.duplicate-label"
                results[index] = _label_error(code, equation.source, r"\label", label, message)
                break
            labels.add(label)
    for index, (equation, result) in enumerate(zip(equations, results, strict=True)):
        error = result if isinstance(result, RenderError) else _check_references(equation, result, labels)
        if error is not None:
            results[index] = _without_environment(equation, error)
    return results


def _convert_together(converter: LatexToMathML, equations: Sequence[Equation]) -> list[Element | RenderError]:
    """Convert the formulas of a page together, so that numbers and references span the page.

    Invalid formulas are left out of the numbering.
    """
    results: dict[int, Element | RenderError] = {}
    remaining = list(range(len(equations)))
    while remaining:
        try:
            converted = converter.convert_all(
                [(equations[index].source, equations[index].display) for index in remaining]
            )
        except LatexError as error:
            match = _ERROR.fullmatch(str(error))
            if match is None or match["input"] is None:
                # The error does not say which formula it is about.
                return [convert_formula(converter, each.source, display=each.display) for each in equations]
            invalid = remaining.pop(int(match["input"]))
            results[invalid] = _parse_error(equations[invalid].source, str(error))
        else:
            results |= zip(remaining, map(parse_mathml, converted), strict=True)
            break
    return [results[index] for index in range(len(equations))]


def convert_formula(converter: LatexToMathML, tex: str, *, display: bool) -> Element | RenderError:
    """Return the ``math`` element of a single formula, or its error."""
    try:
        return parse_mathml(converter.convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        return _parse_error(tex, str(error))


def is_valid_formula(converter: LatexToMathML, formula: Equation) -> bool:
    """Return whether a formula is valid by itself; labels and references are not checked."""
    try:
        converter.convert_with_local_state(formula.source, displaystyle=formula.display)
    except LatexError:
        return False
    return True


def _parse_error(tex: str, error: str) -> RenderError:
    match = _ERROR.fullmatch(error)
    if match is None:
        return RenderError("formula.invalid", tex, error)
    return RenderError("formula.invalid", tex, match["message"], offset=int(match["offset"]))


def _label_error(code: str, tex: str, command: str, label: str, message: str, hint: str = "") -> RenderError:
    """Return an error at the command that has a label as its argument."""
    match = re.search(rf"{re.escape(command)}\s*\{{\s*{re.escape(label)}", tex)
    return RenderError(code, tex, message, hint, match.start() if match else 0)


def _check_references(equation: Equation, math: Element, labels: Iterable[str]) -> RenderError | None:
    """Return the error of the first reference to an equation that is not on the page, if there is any."""
    for link in math.iter("a"):
        label = unquote(link.get("href", "").removeprefix("#"))
        if label not in labels:
            message = f"no equation on this page has the label {quote(label)}."
            hint = did_you_mean(label, labels)
            return _label_error("formula.unknown-label", equation.source, r"\eqref", label, message, hint)
    return None


def _without_environment(equation: Equation, error: RenderError) -> RenderError:
    """Move an error in the TeX that was converted to the TeX that the author wrote."""
    if not equation.numbered:
        return error
    # The error of an environment that is not closed is at the end, which the author did not write.
    offset = min(max(error.offset - len(_BEGIN), 0), len(equation.tex))
    return replace(error, source=equation.tex, offset=offset)


def parse_mathml(mathml: str) -> Element:
    """Return the element in a string of MathML from math-core.

    It is MathML as in HTML: without a namespace, and with HTML's named characters, such as
    ``&ApplyFunction;``, which XML does not know. Characters that XML does not allow are dropped.
    """
    resolved = _NAMED_CHARACTER.sub(lambda name: html.unescape(name[0]), mathml)
    return ElementTree.fromstring(strip_invalid_xml(resolved))
