"""A quick scan for pages with formulas, diagrams, citations, tables or fences that may not be rendered.

It may report too much but never too little: only the pages that it reports are converted, and the conversion
finds what a build would.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pymdownx import arithmatex

from portfolio.citations import library
from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.tex import Formula, TexConverter
from portfolio.markdown_ext import formulas, mermaid
from portfolio.markdown_ext.formulas import Equation

# The patterns of `pymdownx.arithmatex`: a text that every match contains, the pattern, and its group of TeX.
_BLOCKS = (
    ("$$", re.compile(arithmatex.RE_DOLLAR_BLOCK), "math"),
    ("\\begin", re.compile(arithmatex.RE_TEX_BLOCK), "math2"),
    ("\\[", re.compile(arithmatex.RE_BRACKET_BLOCK), "math3"),
)
_FENCED_FORMULA = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*\{?[ \t.]*math\b|\$`[^`\n]+`\$", re.MULTILINE)
_ENVIRONMENT = re.compile(rf"\s*{arithmatex.RE_TEX_BLOCK}\s*", re.DOTALL)
_EMPTY_LINES = re.compile(r"\n[ \t]*\n")
# The start of a list item, quotation, table row, heading or code.
_BLOCK_START = re.compile(r"^(?:[ \t]*(?:[-*+>|#:=!?/]|\d+[.)])|\t| {4})", re.MULTILINE)
_LABEL = re.compile(r"\\label\s*\{\s*([^{}]*?)\s*\}")
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{\s*([^{}]*?)\s*\}")
_MERMAID = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t.]*mermaid\b[^\n]*\n"
    r"(?P<source>.*?)^[ \t>]*(?P=fence)",
    re.DOTALL | re.MULTILINE,
)
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*([^`\s][^`\n]*)$", re.MULTILINE)
_OPEN_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.MULTILINE)
_VALID_FENCE = re.compile(
    r"""[\w#.+-]*[ \t]*\{[^\n]*\}[ \t]*|"""
    r"""[\w#.+-]+(?:[ \t]+(?:title="[^"]*"|linenums="\d+"|hl_lines="\d[\d -]*"))*[ \t]*"""
)
_INVALID_SIZE = re.compile(r"""\{[^{}\n]*\b(?:width|height)\s*=\s*(?!["']?[0-9]{1,6}["'\s}])""")
_DELIMITER_ROW = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


@dataclass
class Prefilter:
    """Scans the pages of one run, and remembers the diagrams that are valid.

    ``macros`` are those of the site's formulas, ``works`` the keys that can be cited; ``cache`` stores which
    diagrams are valid.
    """

    macros: Mapping[str, str] = field(default_factory=dict)
    works: Collection[str] = ()
    cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        self._converter = TexConverter(self.macros)

    def needs_conversion(self, markdown: MarkdownSource) -> bool:
        """Whether something on a page may not be rendered."""
        source, prose = markdown.body, markdown.prose
        return (
            self._has_suspect_formula(prose)
            or bool(_FENCED_FORMULA.search(source))
            or ("mermaid" in source and not all(map(self._is_valid_diagram, _iter_diagrams(source))))
            or ("[@" in source and bool(library.find_unknown_keys(source, self.works)))
            or ("|" in prose and _has_long_rows(prose))
            or any(not _VALID_FENCE.fullmatch(match[1]) for match in _FENCE.finditer(source))
            or bool(_OPEN_FENCE.search(prose))
            or bool(_INVALID_SIZE.search(prose))
        )

    def _has_suspect_formula(self, prose: str) -> bool:
        if "$" not in prose and "\\" not in prose:
            return False
        labels = _LABEL.findall(prose)
        return (
            len(labels) > len({*labels})
            or not {*labels} >= {*_REFERENCE.findall(prose)}
            or any(map(_has_stray_dollar, _EMPTY_LINES.split(prose)))
            or not all(map(_is_unambiguous, _EMPTY_LINES.split(prose)))
            or not all(
                self._converter.is_valid(Formula(tex.source, tex.display)) for tex in _iter_formulas(prose)
            )
        )

    def _is_valid_diagram(self, source: str) -> bool:
        packages = ("mermaid-render", "quickjs-ng", "Markdown")
        key = cache_key(code_fingerprint(modules=(mermaid.__name__,), packages=packages), source)
        if self.cache.get(key) is not None:
            return True
        try:
            mermaid.render_svg(source)
        except ValueError:
            return False
        self.cache.put(key, b"valid")
        return True


def _iter_formulas(prose: str) -> Iterator[Equation]:
    """Yield every text that `pymdownx.arithmatex` may read as a formula."""
    for required, pattern, group in _BLOCKS:
        for match in pattern.finditer(prose) if required in prose else ():
            yield Equation(match[group], True)
    for paragraph in _EMPTY_LINES.split(prose):
        # Two environments with words between them are a single match of the whole paragraph.
        if "\\begin" in paragraph and (environment := _ENVIRONMENT.fullmatch(paragraph)):
            yield Equation(environment["math2"], True)
        # A formula between two $$ in a line of words is an inline formula, so blocks are not removed first.
        for tex, _, _ in formulas.find_inline_formulas(paragraph):
            yield Equation(tex, False)


def _has_stray_dollar(paragraph: str) -> bool:
    """Whether a dollar sign outside of formulas seems to begin one."""
    text = formulas.DISPLAY_DOLLARS.sub("", paragraph) if "$$" in paragraph else paragraph
    pieces, at = [], 0
    for _, start, end in formulas.find_inline_formulas(text):
        pieces.append(text[at:start])
        at = end
    return formulas.STRAY_DOLLAR.search("x".join([*pieces, text[at:]])) is not None


def _is_unambiguous(paragraph: str) -> bool:
    """Whether each display formula is its whole paragraph, on a single line, or in plain words.

    A formula may also be split between two items of a list, which only a conversion recognizes.
    """
    if "$$" not in paragraph or formulas.is_display_formula(paragraph):
        return True
    parts = paragraph.split("\n") if _BLOCK_START.search(paragraph) else [paragraph]
    return all("$$" not in formulas.DISPLAY_DOLLARS.sub("", part) for part in parts)


def _has_long_rows(prose: str) -> bool:
    """Whether a row of a table has more cells than the delimiter row below its head."""
    cells = 0
    for line in prose.split("\n"):
        inner = line.strip(" \t>").strip("|")
        if not inner:
            cells = 0
        elif not cells and "|" in line and _DELIMITER_ROW.match(line):
            cells = inner.count("|") + 1
        elif cells and inner.count("|") >= cells:
            return True
    return False


def _iter_diagrams(source: str) -> Iterator[str]:
    for match in _MERMAID.finditer(source):
        width = len(match["indent"])
        yield "\n".join(line[width:] for line in match["source"].split("\n"))
