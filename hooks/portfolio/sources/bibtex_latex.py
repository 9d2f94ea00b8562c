"""Convert the LaTeX in BibTeX fields to Unicode text, without losing a word."""

from __future__ import annotations

import functools
import re
from typing import Any

from pylatexenc import latexwalker
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError
from pylatexenc.macrospec import std_macro

# A text that contains none of these is not changed by LaTeX.
_LATEX = re.compile(r"[\\{}$~]|--|``|''|[?!]`")
# In prose an ampersand means itself; only in tables does it separate columns.
_BARE_AMPERSAND = re.compile(r"(?<!\\)&")
_DOLLAR = re.compile(r"(?<!\\)\$")
_MATH = re.compile(r"(?<!\\)\$.+?(?<!\\)\$|\\\(.+?\\\)|\\ensuremath\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_SCRIPT = re.compile(r"(?<!\\)([_^])\s*(?:\{([^{}\\]*)\}|([^\s{}\\$]))")
_DEGREE = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))")
_SUBSCRIPT = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPT = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)

# Commands whose arguments are not words of the text, and commands that only change its look.
_WITHOUT_WORDS = set(
    "color definecolor providecolor colorlet pagecolor hspace vspace hphantom vphantom label setlength "
    "addlength setcounter addcounter selectlanguage input include includegraphics documentclass usepackage "
    "RequirePackage bibliography hypersetup rowcolors boxframe".split()
)
_FORMATTING = set(
    "em bf it rm sf sl sc tt cal bfseries itshape mdseries rmfamily scshape sffamily slshape ttfamily "
    "upshape normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge "
    "displaystyle textstyle limits nolimits left right big Big bigl bigr Bigl Bigr protect relax noindent "
    "newblock par newline linebreak nolinebreak allowbreak break hfill hfil null leavevmode nopagecolor "
    "sloppy xspace boldmath unboldmath".split()
)
_LOGOS = {"LaTeXe": "LaTeX2ε"}
# The arguments of commands that the library does not know; the last one is the text to read.
_EXTRA_MACROS = {
    **dict.fromkeys(["bibinfo", "href"], "{{"),
    **dict.fromkeys(["bibnamefont", "bibfnamefont", "textsubscript", "textsuperscript", "enquote"], "{"),
    **dict.fromkeys(["textup", "textnormal", "uppercase", "operatorname", "natexlab", "nolinkurl"], "{"),
}
_LAST_ARGUMENT_ONLY = {"bibinfo", "href", "textcolor", "colorbox", "fcolorbox", "texorpdfstring"}
# The library turns these into headings, URLs in angle brackets, or placeholders.
_ARGUMENTS_ONLY = re.compile(
    r"(?:auto|eq|[cC])?ref|[cC]ite\w*|url|(?:sub)*section|part|chapter|(?:sub)?paragraph|title|author|date"
)


class LatexError(ValueError):
    """The LaTeX is invalid or is not understood."""


def to_unicode(latex: str, *, keep_braces: bool = False) -> str:
    """Convert LaTeX to Unicode: each command becomes what it prints.

    Subscripts and superscripts in formulas become characters where Unicode has them. An unknown command
    becomes its name. ``keep_braces`` keeps the braces of groups. Raises LatexError where LaTeX would stop,
    and RecursionError for text that is nested too deeply.
    """
    if not _LATEX.search(latex):
        return latex
    latex = _BARE_AMPERSAND.sub(r"\\&", latex)
    if len(_DOLLAR.findall(latex)) % 2:
        latex = _DOLLAR.sub(r"\\$", latex)
    latex = _MATH.sub(lambda formula: _convert_scripts(formula[0]), latex)
    try:
        walker = LatexWalker(latex, latex_context=_macro_definitions(), tolerant_parsing=False)
        nodes, _, _ = walker.get_latex_nodes()
        return str(_converter(keep_braces=keep_braces).nodelist_to_text(nodes))
    except (LatexWalkerParseError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise LatexError from None


def _convert_scripts(formula: str) -> str:
    """Replace the subscripts and superscripts of a formula by characters, where Unicode has all of them."""
    return _SCRIPT.sub(
        lambda match: _script(match[1], match[2] or match[3] or "") or match[0], _DEGREE.sub("°", formula)
    )


def _script(operator: str, text: str) -> str:
    """Return a text in subscript (``_``) or superscript (``^``) characters, or an empty text."""
    script = text.translate(_SUBSCRIPT if operator == "_" else _SUPERSCRIPT)
    return "" if any(before == after for before, after in zip(text, script, strict=True)) else script


class _Converter(LatexNodes2Text):  # type: ignore[misc]
    """A converter that drops no command silently."""

    def macro_node_to_text(self, node: Any) -> str:
        name = node.macroname
        if name in _WITHOUT_WORDS or name in _FORMATTING:
            return ""
        arguments = self._arguments(node)
        if name in _LAST_ARGUMENT_ONLY:
            return arguments[-1]
        if name in ("textsubscript", "textsuperscript"):
            return _script("_" if name == "textsubscript" else "^", arguments[0]) or arguments[0]
        if name == "enquote":
            return f"“{arguments[0]}”"
        is_known = self.latex_context.get_macro_spec(name) is not None
        if is_known and not (arguments and _ARGUMENTS_ONLY.fullmatch(name)):
            text = str(super().macro_node_to_text(node))
            return text if text.strip() or not arguments else "".join(arguments)
        if arguments or not name.isalpha():
            return "".join(arguments)
        after = node.parsing_state.s[node.pos + node.len :]
        if after.startswith("{") and not after.startswith("{}"):
            return ""  # The group that follows, probably the argument, is printed as well.
        return f"{_LOGOS.get(name, name)}{node.macro_post_space}"

    def _arguments(self, node: Any) -> list[str]:
        """Return the mandatory arguments of a command as text."""
        parsed = node.nodeargd
        if parsed is None or not parsed.argnlist:
            return []
        kinds = parsed.argspec or "{" * len(parsed.argnlist)
        return [
            self._groupnodecontents_to_text(argument)
            for kind, argument in zip(kinds, parsed.argnlist, strict=True)
            if kind == "{"
        ]


@functools.cache
def _macro_definitions() -> Any:
    context = latexwalker.get_default_latex_context_db()
    macros = [std_macro(name, arguments) for name, arguments in _EXTRA_MACROS.items()]
    context.add_context_category("bibtex", prepend=True, macros=macros)
    return context


@functools.cache
def _converter(*, keep_braces: bool) -> Any:
    return _Converter(math_mode="text", keep_comments=True, keep_braced_groups=keep_braces)
