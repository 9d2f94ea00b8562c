"""Which formulas, diagrams, citations, tables, fences and sizes of a page may not come out.

Found by a scan, which is quick and errs on the side of finding too much: a page with a suspect is converted,
and what `conversion` reports then is what a build would.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from math_core import LatexToMathML
from pymdownx import arithmatex

from portfolio.citations import library
from portfolio.core.cache import Cache, NoCache, cache_key, code_fingerprint
from portfolio.markdown_ext import formulas, mermaid
from portfolio.markdown_ext.formulas import Equation

# As `pymdownx.arithmatex` finds them, each with what must be on a page for it to be tried.
_BLOCKS = (
    ("$$", re.compile(arithmatex.RE_DOLLAR_BLOCK)),
    ("\\begin", re.compile(arithmatex.RE_TEX_BLOCK)),
    ("\\[", re.compile(arithmatex.RE_BRACKET_BLOCK)),
)
_INLINE = (
    ("$", re.compile(arithmatex.RE_SMART_DOLLAR_INLINE)),
    ("\\(", re.compile(arithmatex.RE_BRACKET_INLINE)),
)
_ENVIRONMENT = re.compile(rf"\s*{arithmatex.RE_TEX_BLOCK}\s*", re.DOTALL)
_EMPTY_LINES = re.compile(r"\n[ \t]*\n")
# What may begin an item, a quotation, a row, a heading or code.
_PARTED = re.compile(r"^(?:[ \t]*(?:[-*+>|#:=!?/]|\d+[.)])|\t| {4})", re.MULTILINE)
_LABEL = re.compile(r"\\label\s*\{\s*([^{}]*?)\s*\}")
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{\s*([^{}]*?)\s*\}")
_MERMAID = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})[ \t]*\{?[ \t.]*mermaid\b[^\n]*\n"
    r"(?P<source>.*?)^[ \t>]*(?P=fence)",
    re.DOTALL | re.MULTILINE,
)
_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*([^`\s][^`\n]*)$", re.MULTILINE)
_OPEN_FENCE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})", re.MULTILINE)
_PLAIN_FENCE = re.compile(
    r"""[\w#.+-]*[ \t]*\{[^\n]*\}[ \t]*|"""
    r"""[\w#.+-]+(?:[ \t]+(?:title="[^"]*"|linenums="\d+"|hl_lines="\d[\d -]*"))*[ \t]*"""
)
_ODD_SIZE = re.compile(r"""\{[^{}\n]*\b(?:width|height)\s*=\s*(?!["']?\d+["'\s}])""")
_RULE = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


@dataclass
class Prefilter:
    """What is asked of each page. One object serves one run: it remembers what it has seen.

    ``macros`` are those of the site's formulas, ``works`` the keys that can be cited; ``cache`` keeps which
    diagrams are sound.
    """

    macros: Mapping[str, str] = field(default_factory=dict)
    works: Collection[str] = ()
    cache: Cache = field(default_factory=NoCache)

    def __post_init__(self) -> None:
        self._converter = LatexToMathML(fancy_error=False, macros=dict(self.macros))
        self._edition = code_fingerprint(
            modules=(mermaid.__name__,), packages=("mermaid-render", "quickjs-ng", "Markdown")
        )
        self._sound: dict[Equation, bool] = {}

    def of(self, source: str, prose: str) -> bool:
        """Whether something on a page may not come out; ``prose`` is its source without code."""
        return (
            self._formulas(prose)
            or self._diagrams(source)
            or self._citations(source)
            or ("|" in prose and _has_long_rows(prose))
            or any(not _PLAIN_FENCE.fullmatch(match[1]) for match in _FENCE.finditer(source))
            or bool(_OPEN_FENCE.search(prose))
            or bool(_ODD_SIZE.search(prose))
        )

    def _formulas(self, prose: str) -> bool:
        if "$" not in prose and "\\" not in prose:
            return False
        labels = _LABEL.findall(prose) if "\\label" in prose else []
        if len(labels) > len({*labels}) or not {*labels} >= {*_REFERENCE.findall(prose)}:
            return True
        if "$$" in prose and not all(map(_is_clear, _EMPTY_LINES.split(prose))):
            return True
        return any(not self._is_formula(formula) for formula in _formulas(prose))

    def _is_formula(self, formula: Equation) -> bool:
        if formula not in self._sound:
            self._sound[formula] = formulas.is_valid_formula(self._converter, formula)
        return self._sound[formula]

    def _diagrams(self, source: str) -> bool:
        return "mermaid" in source and any(not self._is_diagram(one) for one in _diagrams(source))

    def _is_diagram(self, source: str) -> bool:
        if not source.strip():
            return False
        key = cache_key(self._edition, source)
        if self.cache.get(key) is not None:
            return True
        try:
            mermaid.render_svg(source)
        except ValueError:
            return False
        self.cache.put(key, b"sound")
        return True

    def _citations(self, source: str) -> bool:
        return "[@" in source and bool(library.find_unknown_keys(source, self.works))


def _formulas(prose: str) -> Iterator[Equation]:
    """What `pymdownx.arithmatex` may take for formulas."""
    for sign, pattern in _BLOCKS:
        if sign in prose:
            for match in pattern.finditer(prose):
                named = match.groupdict().items()
                yield Equation(next(text for name, text in named if name.startswith("math") and text), True)
    if "\\begin" in prose:
        # Two environments with words between them count as one that is all of the paragraph.
        for match in filter(None, map(_ENVIRONMENT.fullmatch, _EMPTY_LINES.split(prose))):
            yield Equation(match["math2"], True)
    # What stands between two $$ in a line of words is a formula in that line, so nothing is taken out before.
    for sign, pattern in _INLINE:
        if sign in prose:
            # None goes on in the next paragraph, and most paragraphs have none.
            for paragraph in _EMPTY_LINES.split(prose):
                if sign in paragraph:
                    found = pattern.finditer(paragraph)
                    yield from (Equation(match[3], False) for match in found if match[3])


def _is_clear(paragraph: str) -> bool:
    """Whether each displayed formula is all of its paragraph, in one line, or in plain words.

    Of others, which may belong to two items of a list, only a conversion knows what they are.
    """
    if "$$" not in paragraph or formulas.is_display_formula(paragraph):
        return True
    if not _PARTED.search(paragraph):
        return "$$" not in formulas.DISPLAY_DOLLARS.sub("", paragraph)
    return all("$$" not in formulas.DISPLAY_DOLLARS.sub("", line) for line in paragraph.split("\n"))


def _has_long_rows(prose: str) -> bool:
    """Whether a row of a table has more cells than the rule below its head."""
    cells = 0
    for line in prose.split("\n"):
        inner = line.strip(" \t>").strip("|")
        if not inner:
            cells = 0
        elif not cells and "|" in line and _RULE.match(line):
            cells = inner.count("|") + 1
        elif cells and inner.count("|") >= cells:
            return True
    return False


def _diagrams(source: str) -> Iterator[str]:
    for match in _MERMAID.finditer(source):
        width = len(match["indent"])
        yield "\n".join(line[width:] for line in match["source"].split("\n"))
