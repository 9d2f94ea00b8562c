r"""Formulas: TeX in Markdown becomes MathML, which browsers render without a script.

``pymdownx.arithmatex`` marks formulas; math-core converts them. Beyond arithmatex, a displayed formula may be
part of a paragraph (as on GitHub, in Jupyter and in Obsidian), a ``\label`` between two ``$$`` numbers an
equation, and ``\eqref`` refers to it from anywhere on the page, also outside a formula.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, STX, AtomicString

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.core.i18n import gettext
from portfolio.core.tex import Formula, TexConverter, TexError
from portfolio.markdown_ext import extensions
from portfolio.markdown_ext.render_errors import RenderError, Report

# Priorities, and those of others that they depend on; Markdown runs the highest first.
# Blocks: before arithmatex (79.9), which would read two displayed formulas as one.
_BLOCK_PRIORITY = 79.95
# Inline: after code (190), except for formulas that look like it. Two dollars come before inline formulas,
# which would match one of them; environments come after them, as they may be part of such a formula; and all
# come before escapes (180), which would take \[.
_BACKTICKS_PRIORITY, _DOLLARS_PRIORITY, _STRAY_PRIORITY, _INLINE_PRIORITY = 190.5, 189.95, 189.94, 189.9
_AFTER_INLINE_PRIORITY, _STRAY_INLINE_PRIORITY, _REFERENCE_PRIORITY = 189.8, 189.7, 185
# The name under which arithmatex registers its pattern of inline formulas, which ours replaces.
_ARITHMATEX_INLINE = "arithmatex-inline"

# Exactly two dollar signs: three of them are a price.
_TWO_DOLLARS = r"(?<![\\$])\$\$(?!\$)"
_DISPLAY_DOLLARS = re.compile(
    rf"{_TWO_DOLLARS}(?=\s*[^\s$])(?P<tex>(?:\\.|[^\\${STX}{ETX}]|\$(?!\$))+?)\$\$(?!\$)", re.DOTALL
)
# What arithmatex reads as a block, also with another dollar sign beside the delimiters, as in $$$$$.
_DOLLAR_BLOCK = re.compile(r"(?m:^[^\w\n$]*)\$\$(?=(?:\\.|[^\\])+?(?P<closing>\$\$)[ ]*(?m:$))", re.DOTALL)
# An inline formula, of which only the beginning is part of the match: what is no formula may overlap one.
# Dollars in a text belong to it, as in $\text{for all $x$}$. Two backslashes before a delimiter are one.
_NO_BRACES = rf"[^{{}}{STX}{ETX}]"
_TEXT = rf"\\(?:text[a-z]*|mbox|hbox)\s*\{{(?:{_NO_BRACES}|\{{{_NO_BRACES}*\}})*+\}}"
_INLINE = re.compile(
    r"(?<!\\)(?P<backslashes>(?:\\\\)+)(?=\$|\\\()"
    rf"|(?<![\\$])\$(?!\$)(?=(?P<dollars>(?:[^\\${{}}{STX}{ETX}]|{_TEXT}|\\.|[{{}}])++)\$(?!\$))"
    rf"|(?<!\\)\\\((?=(?P<round>(?:\\[^()]|[^\\{STX}{ETX}])+?)\\\))",
    re.DOTALL,
)
# GitHub's $`…`$, or code, which may contain it.
_BACKTICKS = (
    r"(?<![\\`$])\$`(?P<tex>[^`\n]+)`\$(?![`$])"
    r"|(?<![\\`])(?P<ticks>`+)(?!`)(?:[^`]|(?<=`)`|`+(?!(?P=ticks)))*?(?<!`)(?P=ticks)(?!`)"
)
# TeX that no price, shell variable or template contains, and a suffix that continues it.
_LIKE_TEX = re.compile(r"[A-Za-z]['′]*(?:[_^].*)?|.*(?:\\[A-Za-z]|\^|_\{).*", re.DOTALL)
_SUFFIX = re.compile(r"(?:th|st|nd|rd|s)\b")
# A dollar sign before a command or a script, which no formula begins or ends.
_STRAY_DOLLAR = re.compile(rf"(?<![\\$])\$(?![\d$])(?=[^${STX}{ETX}]*(?:\\[A-Za-z]|[_^]\{{))")
# In running text \[ is a bracket and \begin may be a topic, so both must be on lines of their own.
_DISPLAY_BRACKETS = r"(?m:^[ \t]*)\\\[[ \t]*\n(?P<tex>(?:\\[^\[\]]|[^\\])+?)\n[ \t]*\\\](?=(?m:[ \t]*$))"
_DISPLAY_ENVIRONMENT = (
    r"(?m:^[ \t]*)(?P<tex>\\begin\{(?P<name>[a-z]+\*?)\}"
    r"(?:(?!\\begin\{(?P=name)\})\\.|[^\\])+?\\end\{(?P=name)\})(?=(?m:[ \t]*$))"
)
_BARE_REFERENCE = r"(?P<tex>\\eqref\s*\{[^{}\n]+\})"
# A formula between two $$ has no number unless it has a label or a tag.
_LABEL = re.compile(r"\\(?:label|tag\s*\*?)\s*\{")
_ENVIRONMENT = re.compile(
    r"\\begin\s*\{\s*(?:equation|align|gather|multline|flalign|alignat|eqnarray)\*?\s*\}"
)
# The HTML of `format_fence`.
_FENCE = re.compile(r'<div class="arithmatex">([^<]*)</div>\s*')
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

    @cached_property
    def _converter(self) -> TexConverter:
        return TexConverter(self.macros)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        super().extendMarkdown(md)
        mark_reference = partial(_mark_formula, opening=r"\(", closing=r"\)")
        extensions.add_inline_marker(
            md, _BARE_REFERENCE, mark_reference, "bare-references", _REFERENCE_PRIORITY
        )
        # Without arithmatex, dollar signs are dollar signs.
        if _ARITHMATEX_INLINE not in md.inlinePatterns:
            return
        paragraphs = _FormulaParagraphProcessor(md.parser)
        md.parser.blockprocessors.register(paragraphs, "display-several", _BLOCK_PRIORITY)
        for pattern, mark, name, priority in (
            (_BACKTICKS, _mark_backticks, "formula-backticks", _BACKTICKS_PRIORITY),
            (_DISPLAY_DOLLARS.pattern, _mark_formula, "display-dollars", _DOLLARS_PRIORITY),
            (_TWO_DOLLARS, self._report_stray_dollars, "display-stray", _STRAY_PRIORITY),
            (_STRAY_DOLLAR.pattern, self._report_stray_dollars, "formula-stray", _STRAY_INLINE_PRIORITY),
            (_DISPLAY_BRACKETS, _mark_formula, "display-brackets", _AFTER_INLINE_PRIORITY),
            (_DISPLAY_ENVIRONMENT, _mark_formula, "display-environments", _AFTER_INLINE_PRIORITY),
        ):
            extensions.add_inline_marker(md, pattern, mark, name, priority)
        md.inlinePatterns.register(_InlineFormulaProcessor(md), _ARITHMATEX_INLINE, _INLINE_PRIORITY)

    @property
    def fence(self) -> dict[str, object]:
        """The entry for superfences' ``custom_fences``, for GitHub's fence ``math``."""
        return {"name": "math", "class": "arithmatex", "format": self.format_fence}

    def format_fence(
        self,
        source: str,
        _language: str,
        css_class: str,
        _options: Mapping[str, str],
        _md: Markdown,
        **_attributes: object,
    ) -> str:
        """Return the TeX of a fence as HTML, which `edit_tree` finds where Markdown stores it."""
        return f'<div class="{css_class}">{html.escape(source)}</div>'

    def _report_stray_dollars(self, match: re.Match[str]) -> None:
        """Report ``$$`` or ``$`` without a counterpart, which stays as it is."""
        # The words around it locate it in the page. STX and ETX enclose placeholders, of code for example.
        after = match.string[match.start() :].partition(STX)[0].rstrip()
        before = "" if after != match[0] else match.string[: match.start()].rpartition(ETX)[2].lstrip()
        message = f"this '{match[0]}' does not begin or end a formula."
        if match[0] == "$":
            hint = (
                "Write no space just inside the dollar signs of a formula, and no letter or digit after "
                "them; write \\$ for a dollar sign."
            )
        else:
            hint = (
                "A formula contains no empty line, no code and no third '$'; write \\$\\$ for two dollar "
                "signs."
            )
        self.report(RenderError("formula.stray-delimiter", before + after, message, hint, len(before)))

    def edit_tree(self, md: Markdown, root: Element) -> None:
        """Replace the TeX in arithmatex's boxes by MathML Core, with the TeX as its annotation."""
        _insert_fences(md, root)
        boxes = [
            (box, _read_equation(box, in_heading), in_heading)
            for _, box, in_heading in extensions.find_elements(root, _is_box, extensions.HEADINGS)
        ]
        if not boxes:
            return
        results = convert_equations(self._converter, [equation for _, equation, _ in boxes])
        for (box, equation, in_heading), result in zip(boxes, results, strict=True):
            box.text = None
            if isinstance(result, RenderError):
                self.report(result)
                parent = SubElement(box, "pre") if equation.display else box
                SubElement(parent, "code").text = AtomicString(equation.tex.strip())
            else:
                _insert_math(box, result, equation, in_heading)


def find_inline_formulas(text: str, *, only_tex: bool) -> Iterator[tuple[int, int, str]]:
    """Yield the start, the end and the TeX of the formulas between single dollar signs in a text.

    ``only_tex``: only what can hardly be anything else, such as ``$x_1$``.
    """
    end = 0
    for match in _INLINE.finditer(text):
        if match["dollars"] is not None and match.start() >= end and _is_inline_formula(match):
            tex, formula_end = _tex_and_end(match)
            if not only_tex or _LIKE_TEX.fullmatch(tex.strip()):
                end = formula_end
                yield match.start(), end, tex


def find_dollars(text: str) -> set[int]:
    """Return the offsets of the dollar signs in a text that begin or end a formula, or would be reported."""
    found: set[int] = set()
    for match in (*_DISPLAY_DOLLARS.finditer(text), *re.finditer(_TWO_DOLLARS, text)):
        found |= {match.start(), match.start() + 1, match.end() - 2, match.end() - 1}
    for match in _DOLLAR_BLOCK.finditer(text):
        found |= {match.end() - 2, match.end() - 1, match.start("closing"), match.start("closing") + 1}
    for match in _INLINE.finditer(text):
        if match["dollars"] is not None and _is_inline_formula(match):
            found |= {match.start(), _tex_and_end(match)[1] - 1}
    found |= {match.start() for match in _STRAY_DOLLAR.finditer(text)}
    return found


def _is_box(element: Element) -> bool:
    return element.tag in ("span", "div") and extensions.has_class(element, "arithmatex")


def _tex_and_end(match: re.Match[str]) -> tuple[str, int]:
    """Return the TeX of an inline formula, and the end of its closing delimiter."""
    if match["dollars"] is not None:
        return match["dollars"], match.end("dollars") + len("$")
    return match["round"], match.end("round") + len(r"\)")


def _is_inline_formula(match: re.Match[str]) -> bool:
    """Return whether a match of `_INLINE` is a formula, by Pandoc's rule and what TeX allows beyond it.

    By that rule there is no space just inside the dollars, and no digit after them. Besides, what may be a
    price or the name of a variable has no letter after it and no letter or digit before it. TeX may end at
    the end of a line.
    """
    tex = match["dollars"]
    if tex is None:
        return match["round"] is not None
    before, after = match.string[match.start() - 1 : match.start()], match.string[match.end("dollars") + 1 :]
    is_like_tex = _LIKE_TEX.fullmatch(tex.strip()) is not None
    inside = tex[0] + tex[-1]
    if inside != inside.strip() and not (is_like_tex and _ends_at_line_break(tex)):
        return False
    if after[:1].isalnum() and (after[:1].isdigit() or not (is_like_tex or _SUFFIX.match(after))):
        return False
    return is_like_tex or not before.isalnum() or match.start() == 0


def find_formula_end(text: str, start: int) -> int | None:
    """Return the end of the formula of a paragraph that begins at ``start`` with a delimiter, or None."""
    if (display := _DISPLAY_DOLLARS.match(text, start)) is not None:
        return display.end()
    match = _INLINE.match(text, start)
    if match is None or match["backslashes"] or not _is_inline_formula(match):
        return None
    return _tex_and_end(match)[1]


def _ends_at_line_break(tex: str) -> bool:
    """Whether the white space around TeX is a line break."""
    before, after = tex[: len(tex) - len(tex.lstrip())], tex[len(tex.rstrip()) :]
    return all("\n" in space for space in (before, after) if space)


class _InlineFormulaProcessor(InlineProcessor):
    """Marks inline formulas, between dollars and between round brackets, in the place of arithmatex."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(_INLINE.pattern, md)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - the base class passes it
    ) -> tuple[Element | str | None, int | None, int | None]:
        if m["backslashes"]:
            backslash = f"{STX}{ord(chr(92))}{ETX}"
            return backslash * (len(m["backslashes"]) // 2), m.start(), m.end()
        if not _is_inline_formula(m):
            return None, None, None
        tex, end = _tex_and_end(m)
        return _make_box(tex, r"\(", r"\)"), m.start(), end


class _FormulaParagraphProcessor(BlockProcessor):
    """Makes one paragraph of a block that begins with a displayed formula and ends with another."""

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the base class passes it
        first = _DISPLAY_DOLLARS.match(block.strip())
        return first is not None and first.end() < len(block.strip()) and block.strip().endswith("$$")

    def run(self, parent: Element, blocks: list[str]) -> None:
        SubElement(parent, "p").text = blocks.pop(0).strip()


def _mark_formula(match: re.Match[str], opening: str = r"\[", closing: str = r"\]") -> Element:
    """Mark the group ``tex`` as a formula."""
    return _make_box(match["tex"], opening, closing)


def _mark_backticks(match: re.Match[str]) -> Element | None:
    return None if match["tex"] is None else _make_box(match["tex"], r"\(", r"\)")


def _make_box(tex: str, opening: str, closing: str) -> Element:
    """Return a box with TeX in it, as arithmatex makes it."""
    box = Element("span", {"class": "arithmatex"})
    box.text = AtomicString(f"{opening}{tex}{closing}")
    return box


def _insert_fences(md: Markdown, root: Element) -> None:
    """Put the formulas of fences, which Markdown stores as HTML, into the tree."""
    blocks = md.htmlStash.rawHtmlBlocks
    for element in list(root.iter()):
        placeholder = HTML_PLACEHOLDER_RE.fullmatch((element.text or "").strip())
        block = blocks[int(placeholder[1])] if placeholder and not len(element) else None
        if not isinstance(block, str) or not (match := _FENCE.fullmatch(block)):
            continue
        box = element if element.tag == "p" else SubElement(element, "div")
        element.text = None
        box.tag = "div"
        box.set("class", "arithmatex")
        box.text = AtomicString(rf"\[{match[1]}\]")


class Equation(NamedTuple):
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
        extensions.make_focusable(box, gettext("Formula"))


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


def convert_equations(converter: TexConverter, equations: Sequence[Equation]) -> list[Element | RenderError]:
    """Return the ``math`` elements of a page's formulas, or their errors.

    A label that occurs twice is an error, and so is a reference to an equation that is not on the page.
    """
    results: list[Element | RenderError] = []
    labels: set[str] = set()
    formulas = [Formula(equation.source, equation.display) for equation in equations]
    for equation, math in zip(equations, converter.convert_all(formulas), strict=True):
        if isinstance(math, TexError):
            code = "formula.invalid"
            results.append(RenderError(code, equation.source, math.message, math.hint, math.offset))
        else:
            results.append(_find_duplicate_label(equation, math, labels) or math)
    for index, (equation, result) in enumerate(zip(equations, results, strict=True)):
        error = result if isinstance(result, RenderError) else _check_references(equation, result, labels)
        if error is not None:
            results[index] = _without_environment(equation, error)
    return results


def _find_duplicate_label(equation: Equation, math: Element, labels: set[str]) -> RenderError | None:
    """Return the error of the first label that an earlier equation has, and add the others to ``labels``."""
    for label in [label for cell in math.iter("mtd") if (label := cell.get("id"))]:
        if label in labels:
            message = f"the label {quote(label)} is already used by another equation."
            return _label_error("formula.duplicate-label", equation.source, r"\label", label, message)
        labels.add(label)
    return None


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
    return error._replace(source=equation.tex, offset=offset)
