"""Convert the LaTeX in BibTeX fields to Unicode text and its styles, without losing a word."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from pylatexenc import latexwalker
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexCharsNode, LatexGroupNode, LatexWalker, LatexWalkerParseError
from pylatexenc.macrospec import std_macro

from portfolio.core.runs import add_markers, parse_markers, plain_text, strip_markers

# A text that contains none of these is not changed by LaTeX.
_LATEX = re.compile(r"[\\{}$~]|--|``|''|[?!]`|<[bisu/]|&\w")
# In prose an ampersand and a percent sign mean themselves; only elsewhere are they a column and a comment.
_BARE_SPECIAL = re.compile(r"(\\.)|[&%]", re.DOTALL)
_URL_COMMAND = re.compile(r"\\(?:url|nolinkurl|path)\s*\{([^{}]*)\}")
# The HTML that some publishers write in titles.
_HTML_ELEMENT = re.compile(r"<(i|sub|sup)>([^<>]*)</\1>")
_HTML_CHARACTER = re.compile(r"&(amp|lt|gt);")
_HTML_COMMANDS = {"i": "textit", "sub": "textsubscript", "sup": "textsuperscript"}
_HTML_CHARACTERS = {"amp": r"\&", "lt": "<", "gt": ">"}
# What begins and ends a formula, besides commands and braces.
_MATH_TOKEN = re.compile(r"\\\(|\\\)|\\ensuremath(?=\s*\{)|\\.|[${}]", re.DOTALL)
_SCRIPT = re.compile(r"(?<!\\)([_^])\s*(?:\{([^{}\\]*)\}|([^\s{}\\$]))")
_DEGREE = re.compile(r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![A-Za-z]))")
_SCRIPT_COMMANDS = {"_": "textsubscript", "^": "textsuperscript"}
# More than any field needs. The parser calls itself for each level.
_MAX_DEPTH = 50

# The styles of commands with an argument, and of commands for the rest of their group.
_STYLES = {
    **dict.fromkeys(["emph", "textit", "textsl", "mkbibemph", "mkbibitalic"], "italic"),
    **dict.fromkeys(["textbf", "mkbibbold"], "bold"),
    "textsc": "small_caps",
    "textsubscript": "subscript",
    "textsuperscript": "superscript",
}
_DECLARED_STYLES = {
    **dict.fromkeys(["em", "it", "sl", "itshape", "slshape"], "italic"),
    **dict.fromkeys(["bf", "bfseries"], "bold"),
    **dict.fromkeys(["sc", "scshape"], "small_caps"),
}

# Commands whose arguments are not words of the text, and commands that only change its look.
_WITHOUT_WORDS = set(
    "color definecolor providecolor colorlet pagecolor hspace vspace hphantom vphantom label setlength "
    "addlength setcounter addcounter selectlanguage input include includegraphics documentclass usepackage "
    "RequirePackage bibliography hypersetup rowcolors boxframe noopsort NOOPSORT SortNoop sortnoop".split()
)
_FORMATTING = set(
    "em bf it rm sf sl sc tt cal bfseries itshape mdseries rmfamily scshape sffamily slshape ttfamily "
    "upshape normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge "
    "displaystyle textstyle limits nolimits left right big Big bigl bigr Bigl Bigr protect relax noindent "
    "newblock par newline linebreak nolinebreak allowbreak break hfill hfil null leavevmode nopagecolor "
    "sloppy xspace boldmath unboldmath".split()
)
# Texts of commands that the library does not know, or for which it has another character. The journals are
# those of AASTeX, which ADS exports.
_TEXTS = {
    "LaTeXe": "LaTeX2ε",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textquotedbl": '"',
    "textunderscore": "_",
    "textminus": "−",
    "slash": "/",
    "space": " ",
    "neg": "¬",
    "ddag": "‡",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "degree": "°",
    "celsius": "°C",
    "permil": "‰",
    "micro": "µ",
    "ohm": "Ω",
    "aj": "The Astronomical Journal",
    "apj": "The Astrophysical Journal",
    "apjl": "The Astrophysical Journal Letters",
    "apjs": "The Astrophysical Journal Supplement Series",
    "aap": "Astronomy and Astrophysics",
    "aapr": "The Astronomy and Astrophysics Review",
    "aaps": "Astronomy and Astrophysics Supplement Series",
    "araa": "Annual Review of Astronomy and Astrophysics",
    "icarus": "Icarus",
    "jcap": "Journal of Cosmology and Astroparticle Physics",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "nat": "Nature",
    "pasa": "Publications of the Astronomical Society of Australia",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "physrep": "Physics Reports",
    "planss": "Planetary and Space Science",
    "pra": "Physical Review A",
    "prb": "Physical Review B",
    "prc": "Physical Review C",
    "prd": "Physical Review D",
    "pre": "Physical Review E",
    "prl": "Physical Review Letters",
    "rmp": "Reviews of Modern Physics",
    "solphys": "Solar Physics",
    "ssr": "Space Science Reviews",
}
# The arguments of commands that the library does not know; the last one is the text to read.
_EXTRA_MACROS = {
    **dict.fromkeys(["bibinfo", "href"], "{{"),
    **dict.fromkeys(["bibnamefont", "bibfnamefont", "textsubscript", "textsuperscript", "enquote"], "{"),
    **dict.fromkeys(["noopsort", "NOOPSORT", "SortNoop", "sortnoop"], "{"),
    **dict.fromkeys(["textup", "textnormal", "uppercase", "operatorname", "natexlab", "nolinkurl"], "{"),
    **dict.fromkeys(["mkbibemph", "mkbibitalic", "mkbibbold", "mkbibquote", "boldsymbol", "bm", "hbox"], "{"),
    **dict.fromkeys(["path", "nocase", "textgreek", "textcyrillic"], "{"),
}
# Accents that the library does not know, as combining characters.
_ACCENTS = {"textcommabelow": "\u0326", "textogonekcentered": "\u0328", "textacutemacron": "\u0304\u0301"}
_LAST_ARGUMENT_ONLY = {"bibinfo", "href", "textcolor", "colorbox", "fcolorbox", "texorpdfstring"}
# The library turns these into headings, URLs in angle brackets, or placeholders.
_ARGUMENTS_ONLY = re.compile(
    r"(?:auto|eq|[cC])?ref|[cC]ite\w*|url|(?:sub)*section|part|chapter|(?:sub)?paragraph|title|author|date"
)


class LatexError(ValueError):
    """The LaTeX is invalid or is not understood; ``place`` is the part where reading ended, if known."""

    def __init__(self, place: str = "") -> None:
        super().__init__(place)
        self.place = place


def to_marked_text(latex: str, *, is_name: bool = False) -> str:
    """Convert LaTeX to Unicode with markers of its styles (see `core.runs`): each command becomes its text.

    An unknown command becomes its name. Capitals in braces get a mark, so that styles do not change them.
    ``is_name`` keeps the braces of groups instead. Raises LatexError where LaTeX would stop, and
    RecursionError for text that is nested too deeply.
    """
    latex = strip_markers(latex)
    if not _LATEX.search(latex):
        return latex
    _check_depth(latex)
    latex = _URL_COMMAND.sub(lambda command: _escape_url(command[1]), latex)
    # Mendeley escapes the angle brackets of HTML.
    latex = latex.replace(r"{\textless}", "<").replace(r"{\textgreater}", ">")
    latex = _HTML_ELEMENT.sub(lambda match: f"\\{_HTML_COMMANDS[match[1]]}{{{match[2]}}}", latex)
    latex = _HTML_CHARACTER.sub(lambda match: _HTML_CHARACTERS[match[1]], latex)
    latex = _BARE_SPECIAL.sub(lambda match: match[1] or f"\\{match[0]}", latex)
    latex = _convert_formulas(latex)
    try:
        walker = LatexWalker(latex, latex_context=_macro_definitions(), tolerant_parsing=False)
        nodes, _, _ = walker.get_latex_nodes()
        return str(_converter(is_name=is_name).nodelist_to_text(nodes))
    except LatexWalkerParseError as error:
        place = latex[max(error.pos - 20, 0) : error.pos + 20] if isinstance(error.pos, int) else ""
        raise LatexError(place) from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise LatexError from None


def _check_depth(latex: str) -> None:
    depth = latex.count("\\begin")
    for match in re.finditer(r"\\.|[{}]", latex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth > _MAX_DEPTH:
            raise RecursionError


def _escape_url(url: str) -> str:
    """Write a URL, in which characters mean themselves, as LaTeX text."""
    return re.sub(
        r"\\?([%&#_$])|(~)", lambda match: rf"\{match[1]}" if match[1] else r"\textasciitilde{}", url
    )


def _convert_formulas(latex: str) -> str:
    """Replace the scripts in formulas by commands; a dollar sign that opens no formula means itself."""
    pieces: list[str] = []
    opening: re.Match[str] | None = None
    depth = end = 0
    for token in _MATH_TOKEN.finditer(latex):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if opening is None:
            if token[0] in ("$", "\\(", "\\ensuremath"):
                opening, depth = token, 0
        elif _ends_formula(opening, token, depth):
            pieces += [latex[end : opening.start()], _convert_scripts(latex[opening.start() : token.end()])]
            opening, end = None, token.end()
    rest = latex[end:]
    if opening is not None and opening[0] == "$":
        rest = re.sub(r"(\\.)|\$", lambda match: match[1] or r"\$", rest, flags=re.DOTALL)
    return "".join([*pieces, rest])


def _ends_formula(opening: re.Match[str], token: re.Match[str], depth: int) -> bool:
    if opening[0] == "$":
        # Two prices are not a formula.
        is_price = all(token.string[end : end + 1].isdigit() for end in (opening.end(), token.end()))
        return token[0] == "$" and not is_price
    return token[0] == "\\)" if opening[0] == "\\(" else token[0] == "}" and depth == 0


def _convert_scripts(formula: str) -> str:
    """Write the subscripts and superscripts of a formula as commands for text."""
    return _SCRIPT.sub(
        lambda match: f"\\{_SCRIPT_COMMANDS[match[1]]}{{{match[2] or match[3] or ''}}}",
        _DEGREE.sub("°", formula),
    )


class _Converter(LatexNodes2Text):  # type: ignore[misc]
    """A converter that drops no command silently. Outside of names it marks styles."""

    def __init__(self, *, is_name: bool) -> None:
        super().__init__(math_mode="text", keep_comments=True, keep_braced_groups=is_name)
        self._is_name = is_name
        self._is_in_argument = False

    def group_node_to_text(self, node: Any) -> str:
        text = str(super().group_node_to_text(node))
        first = node.nodelist[0] if node.nodelist else None
        # To BibTeX, braces around a command protect nothing.
        if self._is_name or self._is_in_argument or not isinstance(first, LatexCharsNode | LatexGroupNode):
            return text
        return add_markers(text, "keep_case") if text != text.lower() else text

    def nodelist_to_text(self, nodelist: Any) -> str:
        """Convert nodes; a command such as ``\\it`` sets the style of all nodes after it in their group."""
        nodes = list(nodelist or ())
        for index, node in enumerate(nodes):
            style = _DECLARED_STYLES.get(getattr(node, "macroname", ""))
            if style and not self._is_name:
                before, rest = self.nodelist_to_text(nodes[:index]), self.nodelist_to_text(nodes[index + 1 :])
                return f"{before}{add_markers(rest, style)}" if rest else before
        return str(super().nodelist_to_text(nodes))

    def macro_node_to_text(self, node: Any) -> str:
        name = node.macroname
        if name in _WITHOUT_WORDS or name in _FORMATTING:
            return ""
        arguments = self._arguments(node)
        if name in _ACCENTS and arguments:
            return unicodedata.normalize("NFC", arguments[0] + _ACCENTS[name])
        if name in _LAST_ARGUMENT_ONLY:
            return arguments[-1]
        if (style := _STYLES.get(name)) and arguments:
            marked = add_markers(arguments[0], style) if arguments[0] else ""
            return plain_text(parse_markers(marked)) if self._is_name else marked
        if name in ("enquote", "mkbibquote"):
            return f"“{arguments[0]}”"
        is_known = name not in _TEXTS and self.latex_context.get_macro_spec(name) is not None
        if is_known and not (arguments and _ARGUMENTS_ONLY.fullmatch(name)):
            # An accent is put on each character of its argument.
            before, self._is_in_argument = self._is_in_argument, True
            try:
                text = str(super().macro_node_to_text(node))
            finally:
                self._is_in_argument = before
            return text if text.strip() or not arguments else "".join(arguments)
        if arguments or not name.isalpha():
            return "".join(arguments)
        after = node.parsing_state.s[node.pos + node.len :]
        if after.startswith("{") and not after.startswith("{}"):
            return ""  # The group that follows, probably the argument, is printed as well.
        return f"{_TEXTS.get(name, name)}{node.macro_post_space}"

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
    arguments_by_name = {**_EXTRA_MACROS, **dict.fromkeys(_ACCENTS, "{")}
    macros = [std_macro(name, arguments) for name, arguments in arguments_by_name.items()]
    context.add_context_category("bibtex", prepend=True, macros=macros)
    return context


@functools.cache
def _converter(*, is_name: bool) -> Any:
    return _Converter(is_name=is_name)
