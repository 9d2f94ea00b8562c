"""LaTeX in BibTeX's fields as Unicode text: every word stays, and what cannot be read is told of."""

from __future__ import annotations

import functools
import re
from typing import Any

from pylatexenc import latexwalker
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError
from pylatexenc.macrospec import std_macro

# Without one of these, a text is itself.
_LATEX = re.compile(r"[\\{}$~]|--|``|''|[?!]`")
# An ampersand in prose is itself; only LaTeX's tables make a column mark of it.
_BARE_AMPERSAND = re.compile(r"(?<!\\)&")
_DOLLAR = re.compile(r"(?<!\\)\$")
_MATH = re.compile(r"(?<!\\)\$.+?(?<!\\)\$|\\\(.+?\\\)|\\ensuremath\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_SCRIPT = re.compile(r"(?<!\\)([_^])\s*(?:\{([^{}\\]*)\}|([^\s{}\\$]))")
_DEGREE = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))")
_SUBSCRIPT = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPT = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)

# Commands whose arguments are no words, and those that say how others look.
_WITHOUT_WORDS = set(
    "color definecolor providecolor colorlet pagecolor hspace vspace hphantom vphantom label setlength "
    "addlength setcounter addcounter selectlanguage input include includegraphics documentclass usepackage "
    "RequirePackage bibliography hypersetup rowcolors boxframe".split()
)
_LOOKS = set(
    "em bf it rm sf sl sc tt cal bfseries itshape mdseries rmfamily scshape sffamily slshape ttfamily "
    "upshape normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge "
    "displaystyle textstyle limits nolimits left right big Big bigl bigr Bigl Bigr protect relax noindent "
    "newblock par newline linebreak nolinebreak allowbreak break hfill hfil null leavevmode nopagecolor "
    "sloppy xspace boldmath unboldmath".split()
)
_LOGOS = {"LaTeXe": "LaTeX2ε"}
# What the library does not know to take arguments, of which the last is what one reads.
_MORE = {
    **dict.fromkeys(["bibinfo", "href"], "{{"),
    **dict.fromkeys(["bibnamefont", "bibfnamefont", "textsubscript", "textsuperscript", "enquote"], "{"),
    **dict.fromkeys(["textup", "textnormal", "uppercase", "operatorname", "natexlab", "nolinkurl"], "{"),
}
_LAST = {"bibinfo", "href", "textcolor", "colorbox", "fcolorbox", "texorpdfstring"}
# The library makes headings of these, addresses in angle brackets, or placeholders.
_AS_TEXT = re.compile(
    r"(?:auto|eq|[cC])?ref|[cC]ite\w*|url|(?:sub)*section|part|chapter|(?:sub)?paragraph|title|author|date"
)


class LatexError(ValueError):
    """This LaTeX cannot be read."""


def text(raw: str, *, keep_braces: bool = False) -> str:
    """LaTeX as Unicode: commands as what they print, scripts of formulas as characters where there are any.

    ``keep_braces`` keeps the braces of groups. A command that is not known is told by its name. Raises
    LatexError for what LaTeX itself would stop at, and RecursionError for what is nested too deeply.
    """
    if not _LATEX.search(raw):
        return raw
    latex = _BARE_AMPERSAND.sub(r"\\&", raw)
    if len(_DOLLAR.findall(latex)) % 2:
        latex = _DOLLAR.sub(r"\\$", latex)
    latex = _MATH.sub(lambda formula: _with_scripts(formula[0]), latex)
    try:
        walker: Any = LatexWalker
        nodes = walker(latex, latex_context=_commands(), tolerant_parsing=False).get_latex_nodes()[0]
        return str(_converter(keep_braces=keep_braces).nodelist_to_text(nodes))
    except (LatexWalkerParseError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise LatexError from None


def _with_scripts(formula: str) -> str:
    """A formula whose subscripts and superscripts are characters, where Unicode has all of them."""
    return _SCRIPT.sub(
        lambda match: _script(match[1], match[2] or match[3] or "") or match[0], _DEGREE.sub("°", formula)
    )


def _script(sign: str, written: str) -> str:
    """Characters of a script, or nothing where one of them has no such character."""
    told = written.translate(_SUBSCRIPT if sign == "_" else _SUPERSCRIPT)
    return told if not any(one == other for one, other in zip(written, told, strict=True)) else ""


class _Text(LatexNodes2Text):
    """A converter that drops no command without a word."""

    def macro_node_to_text(self, node: Any) -> str:
        name = node.macroname
        if name in _WITHOUT_WORDS or name in _LOOKS:
            return ""
        words = self._words(node)
        if name in _LAST:
            return words[-1]
        if name in ("textsubscript", "textsuperscript"):
            return _script("_" if name == "textsubscript" else "^", words[0]) or words[0]
        if name == "enquote":
            return f"“{words[0]}”"
        is_known = self.latex_context.get_macro_spec(name) is not None
        if is_known and not (words and _AS_TEXT.fullmatch(name)):
            library: Any = super()
            said = str(library.macro_node_to_text(node))
            return said if said.strip() or not words else "".join(words)
        if words or not name.isalpha():
            return "".join(words)
        after = node.parsing_state.s[node.pos + node.len :]
        if after.startswith("{") and not after.startswith("{}"):
            return ""  # What it is about is printed as well.
        return f"{_LOGOS.get(name, name)}{node.macro_post_space}"

    def _words(self, node: Any) -> list[str]:
        """The arguments that must be there, as text."""
        given = node.nodeargd
        if given is None or not given.argnlist:
            return []
        kinds = given.argspec or "{" * len(given.argnlist)
        text_of: Any = self._groupnodecontents_to_text
        return [
            text_of(argument) for kind, argument in zip(kinds, given.argnlist, strict=True) if kind == "{"
        ]


@functools.cache
def _commands() -> Any:
    default: Any = latexwalker.get_default_latex_context_db
    macro: Any = std_macro
    commands = default()
    commands.add_context_category(
        "bibtex", prepend=True, macros=[macro(name, arguments) for name, arguments in _MORE.items()]
    )
    return commands


@functools.cache
def _converter(*, keep_braces: bool) -> Any:
    converter: Any = _Text
    return converter(
        math_mode="text",
        keep_comments=True,
        keep_braced_groups=keep_braces,
    )
