r"""TeX of formulas to MathML: math-core, with limits, macros and commands of KaTeX that it does not know.

A formula is prepared in three steps before math-core converts it: macros are expanded, limits are checked,
and commands that math-core does not know are rewritten. Offsets of errors are those of the formula as
written.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from math_core import LatexError, LatexToMathML

from portfolio.core import mathml_classes
from portfolio.core.diagnostics import quote
from portfolio.core.text import strip_invalid_xml

# math-core takes time that doubles with each bracket that is opened and not closed, and recursion that is too
# deep ends the process.
_MAX_LENGTH = 20_000
_MAX_DEPTH = 100
_MAX_OPEN_BRACKETS = 14
_MAX_EXPANSIONS = 1000
# The levels of elements that Markdown's serializer can write.
_MAX_ELEMENT_DEPTH = 400

# A comment, a command, the parameter of a macro, a character with a meaning, or anything else.
_TOKEN = re.compile(r"%[^\n]*\n?\s*|\\(?:[A-Za-z]+\s*|.|\Z)|#[1-9]?|[{}$&^_]|[^\\{}$&%^_#]+", re.DOTALL)
_NESTING = re.compile(r"\\.|(?P<open>\{)|(?P<close>\})", re.DOTALL)
_NESTED_COMMAND = re.compile(r"\\(?:(?P<open>left|begin)|(?P<close>right|end))(?![A-Za-z])")
_COMMANDS_IN_A_ROW = re.compile(rf"(?:\\(?:[A-Za-z]+|[^A-Za-z])\s*+){{{_MAX_DEPTH}}}")
_BRACKET = re.compile(
    r"\\(?:left|right|middle)(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\?.)|\\\\"
    r"|(?P<open>[(\[⟨⌈⌊⟦]|\\(?:\{|l(?:angle|ang|floor|ceil|brace|brack|paren|group|moustache|vert|Vert|lbracket"
    r"|Brace)(?![A-Za-z])|(?:ul|ll)corner|mathopen|[bB]igg?l))"
    r"|(?P<close>[)\]⟩⌉⌋⟧]|\\(?:\}|r(?:angle|ang|floor|ceil|brace|brack|paren|group|moustache|vert|Vert|rbracket"
    r"|Brace)(?![A-Za-z])|(?:ur|lr)corner|mathclose|[bB]igg?r))",
    re.DOTALL,
)
# An error of math-core.
_ERROR = re.compile(r"(?:input(?P<input>\d+):)?(?P<offset>\d+): (?P<message>.*)", re.DOTALL)
# A named character that XML does not know.
_NAMED_CHARACTER = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")

# Commands that math-core does not know, as macros.
_MACROS = {
    "allowbreak": "",
    "centerdot": r"\cdot",
    "dotsb": r"\cdots",
    "dotsc": r"\ldots",
    "dotsi": r"\cdots",
    "dotsm": r"\cdots",
    "dotso": r"\ldots",
    "intop": r"\int\limits",
    "KaTeX": r"\text{KaTeX}",
    "LaTeX": r"\text{LaTeX}",
    "mathclap": "{#1}",
    "mathellipsis": r"\ldots",
    "mathnormal": "{#1}",
    "nobreak": "",
    "nshortmid": r"\nmid",
    "nshortparallel": r"\nparallel",
    "pmb": r"\boldsymbol{#1}",
    "sdot": r"\cdot",
    "shortmid": r"\mid",
    "shortparallel": r"\parallel",
    "smallfrown": r"\frown",
    "smallint": r"\textstyle\int",
    "smallsetminus": r"\setminus",
    "smallsmile": r"\smile",
    "TeX": r"\text{TeX}",
    "thickapprox": r"\approx",
    "thicksim": r"\sim",
    "varinjlim": r"\mathop{\underrightarrow{\lim}}",
    "varliminf": r"\mathop{\underline{\lim}}",
    "varlimsup": r"\mathop{\overline{\lim}}",
    "varprojlim": r"\mathop{\underleftarrow{\lim}}",
    "varpropto": r"\propto",
    "vcenter": "{#1}",
}
# Environments that math-core does not know, and those that it does instead.
_ENVIRONMENTS = {
    "split": "aligned",
    "alignedat": "aligned",
    "alignat": "align",
    "alignat*": "align*",
    "flalign": "align",
    "flalign*": "align*",
    "smallmatrix": "matrix",
    **{f"{kind}matrix*": f"{kind}matrix" for kind in ("", "p", "b", "B", "v", "V")},
}
_WITH_COLUMN_COUNT = ("alignat", "alignat*", "alignedat")
_WITH_OPTION = re.compile(r"(?:align|gather)ed(?:at)?|split|array|multlined|(?:[pbBvV]?matrix)\*")
_EQUATIONS = ("equation", "equation*")
_NUMBERED = re.compile(r"(?:align|gather|equation|multline)\*")
_TEXT_COMMANDS = frozenset(
    "text textrm textbf textit textsf texttt textup textmd textnormal mbox hbox".split()
)
_TEXT_NAMES = dict.fromkeys("textup textmd textnormal mbox hbox".split(), "text")
_DEFINITIONS = frozenset(
    "def gdef global let long newcommand renewcommand providecommand DeclareMathOperator".split()
)
_REWRITTEN = frozenset("substack tag label cr newline smash begin color textcolor".split()) | _TEXT_COMMANDS
_ROW_SPACE = re.compile(
    r"\s*(?:\*\s*)?\[\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(pt|em|ex|mm|cm|in|mu|pc|bp|px)\s*\]"
)
_COLOUR = re.compile(r"\s*#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})\s*")
_OPTION = re.compile(r"\s*\[[^\[\]]*\]")
_ALIGNMENT = re.compile(r"\s*\[\s*([lcr])\s*\]")
# A character of the private use area begins a text that is not shown but read after the conversion.
_MARK = "\ue000"
_SPACE_MARK = re.compile(rf"{_MARK}space:(-?[\d.]+)([a-z]+)")
_ALIGN_MARK = re.compile(rf"{_MARK}align:([lcr])")
_ALIGNMENTS = {"l": "math-start", "c": "math-center", "r": "math-end"}

# What to write instead of a command or an environment.
_HINTS = {
    "above": r"Write \frac{a}{b}, or \genfrac for a line of another thickness.",
    "ce": r"Write formulas of chemistry with \mathrm, as in \mathrm{H_2O}.",
    "char": "Write the character itself.",
    "colorbox": r"Write \boxed{x}, or \textcolor{red}{x}.",
    "edef": r"Write \newcommand{\name}{…}.",
    "fcolorbox": r"Write \boxed{x}.",
    "mskip": r"Write \mspace{10mu} or \hspace{1em}.",
    "overlinesegment": r"Write \overline.",
    "raisebox": r"Leave it out, or write ^{x} or _{x}.",
    "ref": r"Write \eqref, which adds the parentheses.",
    "rule": r"Write \hspace{1em} for a space.",
    "textcircled": "Write the character itself, such as ①.",
    "underlinesegment": r"Write \underline.",
    "verb": r"Write \texttt{…}, or code in Markdown.",
    "xdef": r"Write \newcommand{\name}{…}.",
    **dict.fromkeys(
        "href htmlClass htmlData htmlId htmlStyle includegraphics url".split(),
        "Write this outside of the formula, in Markdown.",
    ),
    **dict.fromkeys(
        "llap mathllap mathrlap rlap".split(),
        r"Write \not for a struck symbol, or \mathclap for a wide limit.",
    ),
    **dict.fromkeys(
        "require usepackage".split(), "Leave it out: everything that is supported is always available."
    ),
    **dict.fromkeys(
        "tiny sixptsize scriptsize footnotesize small normalsize large Large LARGE huge Huge".split(),
        "A formula has the size of the text around it; leave the command out.",
    ),
}
_ENVIRONMENT_HINTS = {
    "CD": "Draw the diagram with Mermaid.",
    "eqnarray": r"Write \begin{align} with one & before each relation.",
    "eqnarray*": r"Write \begin{align*} with one & before each relation.",
    "subequations": r"Leave it out, and number the equations with \tag{1a}.",
    "tabular": r"Write \begin{array}.",
    "tikzcd": "Draw the diagram with Mermaid, or add it as an SVG image.",
    "tikzpicture": "Draw the diagram with Mermaid, or add it as an SVG image.",
}
_MACRO_HINT = "Write it with other commands, or define it under extra.portfolio.macros in mkdocs.yml."


class TexError(NamedTuple):
    """Why a formula cannot be converted, what to write instead, and the offset of the fault."""

    message: str
    hint: str = ""
    offset: int = 0


class Formula(NamedTuple):
    """A formula without delimiters: its TeX, and whether it is displayed."""

    tex: str
    display: bool


class TexConverter:
    """Converts formulas to MathML Core. ``macros`` are TeX by name, with ``#1`` to ``#9`` for arguments."""

    def __init__(self, macros: Mapping[str, str] | None = None) -> None:
        self._macros = {**_MACROS, **(macros or {})}
        self._converter = LatexToMathML(
            annotation=True, fancy_error=False, allow_unreliable_rendering=True, macros={}
        )
        names = sorted({*self._macros, *_DEFINITIONS, *_REWRITTEN}, key=len, reverse=True)
        # Most formulas need no preparation.
        self._needs_preparation = re.compile(
            rf"\\(?:(?:{'|'.join(map(re.escape, names))})(?![A-Za-z])|\\)|[%]|(?<!\\)\$"
        )

    def convert(self, formula: Formula) -> Element | TexError:
        """Return the ``math`` element of a single formula, or why there is none."""
        return self.convert_all([formula])[0]

    def convert_all(self, formulas: Sequence[Formula]) -> list[Element | TexError]:
        """Convert the formulas of a page together, so that numbers and references span the page.

        Invalid formulas are left out of the numbering.
        """
        results: dict[int, Element | TexError] = {}
        prepared: dict[int, _Text] = {}
        for index, formula in enumerate(formulas):
            text = self._prepare(formula)
            if isinstance(text, TexError):
                results[index] = text
            else:
                prepared[index] = text
        while prepared:
            inputs = [(text.text, formulas[index].display) for index, text in prepared.items()]
            try:
                converted = self._converter.convert_all(inputs)
            except LatexError as error:
                match = _ERROR.fullmatch(str(error))
                # An error that does not name a formula has been seen for none.
                index = list(prepared)[int(match["input"]) if match and match["input"] else 0]
                results[index] = _explain(prepared.pop(index), str(error))
            else:
                for index, mathml in zip(prepared, converted, strict=True):
                    results[index] = _parse(mathml, formulas[index])
                break
        return [results[index] for index in range(len(formulas))]

    def _prepare(self, formula: Formula) -> _Text | TexError:
        """Return the TeX for math-core."""
        tex = formula.tex
        if len(tex) > _MAX_LENGTH:
            return TexError(f"this formula has more than {_MAX_LENGTH} characters.", "Divide it.")
        if not self._needs_preparation.search(tex):
            text = _Text([_Token(tex, 0)])
            return _find_limit(text) or text
        tokens = [_Token(match[0], match.start()) for match in _TOKEN.finditer(tex)]
        expanded = _Expander(dict(self._macros)).expand(tokens)
        if isinstance(expanded, TexError):
            return expanded
        if error := _find_limit(_Text(expanded)):
            return error
        return _Text(_Rewriter(formula.display).rewrite(expanded))


class _Token(NamedTuple):
    """A piece of TeX, and the offset at which the author wrote it or the command that it comes from."""

    text: str
    origin: int
    verbatim: bool = True

    @property
    def name(self) -> str:
        """The name of a command of letters, or empty."""
        return self.text[1:].rstrip() if self.text[:1] == "\\" and self.text[1:2].isalpha() else ""

    @property
    def parameter(self) -> int:
        """The number of a parameter of a macro, or 0."""
        return int(self.text[1:] or 0) if self.text[:1] == "#" else 0


class _Text:
    """TeX for math-core, made of tokens."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self.text = "".join(token.text for token in tokens)

    def origin(self, offset: int) -> int:
        """Return the offset in the formula as written of an offset in this text."""
        starts = list(accumulate((len(token.text) for token in self._tokens), initial=0))
        index = min(bisect_right(starts, offset), len(self._tokens)) - 1
        if index < 0:
            return 0
        token = self._tokens[index]
        within = min(offset - starts[index], len(token.text)) if token.verbatim else 0
        return token.origin + within


class _Expander:
    """Expands macros, those of the site and those that a formula defines, and removes the definitions."""

    def __init__(self, macros: dict[str, str | list[_Token]]) -> None:
        self._macros = macros
        self._input: list[_Token] = []

    def expand(self, tokens: Sequence[_Token]) -> list[_Token] | TexError:
        # The next token comes last.
        self._input = list(reversed(tokens))
        output: list[_Token] = []
        expansions = length = 0
        while self._input:
            token = self._input.pop()
            name = token.name
            if token.text[0] == "%" or name in ("global", "long"):
                continue
            if name in _DEFINITIONS:
                if not self._define(name):
                    hint = rf"Write \newcommand{{\name}}[1]{{…}}. {_MACRO_HINT}"
                    return TexError(f"this definition by \\{name} is not understood.", hint, token.origin)
            elif name and (body := self._macros.get(name)) is not None:
                expansions += 1
                length += self._insert(body, token)
                if expansions > _MAX_EXPANSIONS or length > _MAX_LENGTH:
                    message = f"the macro \\{name} becomes too long."
                    return TexError(
                        message, "It must not contain itself, or grow without limit.", token.origin
                    )
            else:
                output.append(token)
        return output

    def _insert(self, body: str | list[_Token], call: _Token) -> int:
        """Put the body of a macro before the rest of the input, and return its length."""
        tokens = _split(body, call.origin) if isinstance(body, str) else body
        count = max((token.parameter for token in tokens), default=0)
        arguments = [self._read_argument() for _ in range(count)]
        result: list[_Token] = []
        for token in tokens:
            if token.parameter:
                result += arguments[token.parameter - 1]
            else:
                result.append(_Token(token.text, call.origin, verbatim=False))
        # A command at the end must not merge with letters after it.
        if result and result[-1].name and result[-1].text[-1:].isalpha():
            result[-1] = result[-1]._replace(text=result[-1].text + " ", verbatim=False)
        self._input += reversed(result)
        return sum(len(token.text) for token in result)

    def _read_argument(self) -> list[_Token]:
        """Remove an argument from the input, and return it without its braces."""
        self._skip_space()
        if not self._input:
            return []
        first = self._input.pop()
        if first.text == "{":
            return self._read_group()
        if first.text[0] not in "\\^_&$#" and len(first.text) > 1:
            rest = first._replace(text=first.text[1:], origin=first.origin + first.verbatim)
            self._input.append(rest)
            return [first._replace(text=first.text[0])]
        return [first]

    def _read_group(self) -> list[_Token]:
        """Remove the rest of a group from the input, and return it without its closing brace."""
        group: list[_Token] = []
        depth = 1
        while self._input:
            token = self._input.pop()
            depth += (token.text == "{") - (token.text == "}")
            if not depth:
                break
            group.append(token)
        return group

    def _skip_space(self) -> None:
        while self._input and (self._input[-1].text.isspace() or self._input[-1].text[0] == "%"):
            self._input.pop()
        if self._input and self._input[-1].text[0].isspace():
            token = self._input.pop()
            stripped = token.text.lstrip()
            origin = token.origin + (len(token.text) - len(stripped) if token.verbatim else 0)
            self._input.append(token._replace(text=stripped, origin=origin))

    def _define(self, command: str) -> bool:
        """Read a definition from the input; return whether it is understood."""
        starred = command == "DeclareMathOperator" and self._skip("*")
        name = "".join(token.text for token in self._read_argument()).strip()
        if not re.fullmatch(r"\\[A-Za-z]+", name):
            return False
        if command == "let":
            self._skip("=")
            self._macros[name[1:]] = self._read_argument()
            return True
        # The number of parameters follows from the body.
        while self._input and self._input[-1].text != "{":
            parameter = self._input.pop().text.strip()
            is_count = re.fullmatch(r"\[\d\]", parameter) and command.endswith("command")
            is_number = command.endswith("def") and re.fullmatch(r"#\d", parameter)
            if parameter and not is_count and not is_number:
                return False
        if not self._input:
            return False
        body = self._read_argument()
        if command == "DeclareMathOperator":
            operator = r"\operatorname*" if starred else r"\operatorname"
            body = [*_split(operator + "{", 0), *body, *_split("}", 0)]
        self._macros[name[1:]] = body
        return True

    def _skip(self, character: str) -> bool:
        """Remove a character from the input, with space before it; return whether it was there."""
        self._skip_space()
        if not self._input or not self._input[-1].text.startswith(character):
            return False
        token = self._input.pop()
        if rest := token.text[1:]:
            self._input.append(token._replace(text=rest))
        return True


def _split(tex: str, origin: int) -> list[_Token]:
    return [_Token(match[0], origin, verbatim=False) for match in _TOKEN.finditer(tex)]


def _find_limit(text: _Text) -> TexError | None:
    """Return the error of a text that math-core cannot convert in a reasonable time, or at all."""
    tex = text.text
    if len(tex) <= _MAX_OPEN_BRACKETS:
        return None
    for pattern in (_NESTING, _NESTED_COMMAND):
        depth = 0
        for match in pattern.finditer(tex):
            depth += (match["open"] is not None) - (match["close"] is not None)
            if depth > _MAX_DEPTH:
                return _too_deep(text.origin(match.start()))
    if run := _COMMANDS_IN_A_ROW.search(tex):
        return _too_deep(text.origin(run.end() - 1))
    unclosed: list[int] = []
    for match in _BRACKET.finditer(tex):
        if match["open"] is not None:
            unclosed.append(match.start())
        elif match["close"] is not None and unclosed:
            unclosed.pop()
    if len(unclosed) > _MAX_OPEN_BRACKETS:
        message = f"{len(unclosed)} brackets of this formula are not closed."
        hint = f"Close them; at most {_MAX_OPEN_BRACKETS} may stay open."
        return TexError(message, hint, text.origin(unclosed[0]))
    return None


def _too_deep(offset: int) -> TexError:
    return TexError("this formula is nested too deeply.", f"Use at most {_MAX_DEPTH} levels.", offset)


@dataclass
class _Environment:
    """An open environment. ``start`` is the index of its first token in the output."""

    name: str
    start: int
    closing: str = ""
    # Labels and tags of an equation, which come after its content.
    deferred: list[_Token] = field(default_factory=list)
    has_rows: bool = False
    has_columns: bool = False
    # Whether rows without a tag have no number.
    only_tags: bool = False
    has_tag: bool = False


class _Rewriter:
    """Rewrites what math-core does not know."""

    def __init__(self, display: bool) -> None:
        self._output: list[_Token] = []
        self._open = [_Environment("" if display else "inline", 0)]
        # What closes each group.
        self._closings: list[str] = []

    def rewrite(self, tokens: Sequence[_Token]) -> list[_Token]:
        self._rewrite(tokens)
        self._close_equation(self._open[0] if len(self._open) == 1 else _Environment("inline", 0))
        return self._output

    def _write(self, text: str, origin: int) -> None:
        self._output.append(_Token(text, origin, verbatim=False))

    def _rewrite(self, tokens: Sequence[_Token]) -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            name, environment = token.name, self._open[-1]
            if token.text == "{":
                self._closings.append("}")
                self._output.append(token)
            elif token.text == "}":
                # A brace that closes nothing here is for math-core to report.
                closing = self._closings.pop() if self._closings and self._closings[-1] else "}"
                self._output.append(token if closing == "}" else token._replace(text=closing, verbatim=False))
            elif token.text == "&":
                environment.has_columns = environment.has_columns or self._is_direct()
                self._output.append(token)
            elif token.text == "\\\\" or name in ("cr", "newline"):
                index = self._end_row(tokens, index)
                continue
            elif name in ("begin", "end") and (end := _group_end(tokens, index + 1)):
                environment_name = "".join(part.text for part in tokens[index + 2 : end]).strip()
                change = self._begin if name == "begin" else self._end
                index = change(tokens, environment_name, index, end + 1)
                continue
            elif name == "substack" and (start := _opening_brace(tokens, index + 1)):
                self._write(r"\begin{subarray}{c}", token.origin)
                self._closings.append(r"\end{subarray}")
                index = start
            elif name in _TEXT_COMMANDS and (end := _group_end(tokens, index + 1)):
                self._write_text(token, tokens[index + 1 : end + 1])
                index = end
            elif name == "smash" and index + 1 < len(tokens):
                following = tokens[index + 1]
                if option := _OPTION.match(following.text):
                    self._write(following.text[option.end() :], following.origin)
                    index += 1
            elif name in ("color", "textcolor") and (match := _read_colour(tokens, index + 1)):
                colour, index = match
                if name == "color":
                    self._write(rf"\color[HTML]{{{colour}}} ", token.origin)
                elif (start := _opening_brace(tokens, index + 1)) is not None:
                    self._write(rf"{{\color[HTML]{{{colour}}} ", token.origin)
                    self._closings.append("}")
                    index = start
            elif name in ("tag", "label"):
                index = self._write_label(tokens, index)
                continue
            else:
                self._output.append(token)
            index += 1

    def _begin(self, tokens: Sequence[_Token], name: str, index: int, after: int) -> int:
        origin = tokens[index].origin
        environment = _Environment(name, 0)
        renamed = _ENVIRONMENTS.get(name, name)
        if name in _WITH_COLUMN_COUNT and (end := _group_end(tokens, after)):
            after = end + 1
        if _NUMBERED.fullmatch(renamed) and _has_tag(tokens, after, name):
            # Only tags number its rows.
            renamed = renamed[:-1]
            environment.only_tags = True
        before = ""
        if name == "smallmatrix":
            before, environment.closing = r"{\scriptstyle", "}"
        environment.closing = rf"\end{{{renamed}}}" + environment.closing
        head, rest, alignment = tokens[index:after], "", None
        if (
            _WITH_OPTION.fullmatch(name)
            and after < len(tokens)
            and (option := _OPTION.match(tokens[after].text))
        ):
            alignment = _ALIGNMENT.match(option[0]) if name.endswith("*") else None
            rest = tokens[after].text[option.end() :]
            after += 1
        if renamed == name:
            self._output += head
        else:
            self._write(rf"{before}\begin{{{renamed}}}", origin)
        if alignment:
            self._write(rf"\text{{{_MARK}align:{alignment[1]}}}", origin)
        if rest:
            self._write(rest, tokens[after - 1].origin)
        environment.start = len(self._output)
        self._open.append(environment)
        # Rows and labels belong to the environment again.
        self._closings.append("")
        return after

    def _end(self, tokens: Sequence[_Token], name: str, index: int, after: int) -> int:
        origin = tokens[index].origin
        environment = self._open[-1]
        if environment.name != name or not self._closings or self._closings[-1] != "":
            # math-core reports it.
            self._output += tokens[index:after]
            return after
        self._closings.pop()
        self._open.pop()
        self._close_equation(environment)
        if environment.only_tags and not environment.has_tag:
            self._write(r"\notag", origin)
        self._write(environment.closing, origin)
        return after

    def _close_equation(self, environment: _Environment) -> None:
        """Give an equation that has several lines an environment for them."""
        last = next((token for token in reversed(self._output) if token.text.strip()), None)
        if last is not None and last.text == "\\\\" and environment.name in ("", *_EQUATIONS):
            # An empty last line.
            while self._output.pop() is not last:
                pass
            environment.has_rows = any(token.text == "\\\\" for token in self._output[environment.start :])
        if environment.has_rows and environment.name in ("", *_EQUATIONS):
            name = "aligned" if environment.has_columns else "gathered"
            origin = self._output[environment.start].origin if environment.start < len(self._output) else 0
            self._output.insert(environment.start, _Token(rf"\begin{{{name}}}", origin, verbatim=False))
            self._write(rf"\end{{{name}}}", origin)
        self._output += environment.deferred

    def _is_direct(self) -> bool:
        """Whether the current token is directly in its environment."""
        return not self._closings or self._closings[-1] == ""

    def _end_row(self, tokens: Sequence[_Token], index: int) -> int:
        token, environment = tokens[index], self._open[-1]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        space = _ROW_SPACE.match(following.text) if following is not None else None
        is_row = environment.name != "inline" or not self._is_direct()
        if space is not None and is_row:
            self._write(rf"\text{{{_MARK}space:{float(space[1]):g}{space[2]}}}", token.origin)
        if self._is_direct():
            environment.has_rows = True
            if environment.only_tags and not environment.has_tag:
                self._write(r"\notag", token.origin)
            environment.has_tag = False
        self._write("\\\\", token.origin) if token.name else self._output.append(token)
        if space is None or following is None:
            return index + 1
        rest = following._replace(text=following.text[space.end() :], origin=following.origin + space.end())
        self._output.append(rest)
        return index + 2

    def _write_label(self, tokens: Sequence[_Token], index: int) -> int:
        start = index + 1
        if tokens[index].name == "tag" and start < len(tokens) and tokens[start].text.strip() == "*":
            start += 1
        end = _group_end(tokens, start)
        if end is None:
            self._output.append(tokens[index])
            return index + 1
        environment = self._open[-1]
        if tokens[index].name == "tag":
            environment.has_tag = True
        label = list(tokens[index : end + 1])
        if environment.name in _EQUATIONS and self._is_direct():
            environment.deferred += label
        else:
            self._output += label
        return end + 1

    def _write_text(self, command: _Token, group: Sequence[_Token]) -> None:
        """Write a text, in pieces if it contains formulas."""
        name = f"\\{_TEXT_NAMES.get(command.name, command.name)}"
        depth, start, inside = 0, _opening_brace(group, 0) or 0, False
        opened: int | None = None
        pieces: list[tuple[bool, list[_Token]]] = [(False, [])]
        for token in group[start + 1 : -1]:
            depth += (token.text == "{") - (token.text == "}")
            is_mark = token.text in ("$", r"\(", r"\)") and depth == (opened or 0)
            if is_mark and (token.text == "$" or inside == (token.text == r"\)")):
                inside = not inside
                opened = depth if inside else None
                pieces.append((inside, []))
            else:
                pieces[-1][1].append(token)
        if len(pieces) == 1 or inside or depth:
            if name[1:] == command.name:
                self._output += [command, *group]
            else:
                self._write(name, command.origin)
                self._output += group
            return
        self._write("{", command.origin)
        for is_formula, piece in pieces:
            if not piece:
                continue
            self._write("{" if is_formula else f"{name}{{", piece[0].origin)
            if is_formula:
                self._closings.append("}")
                self._rewrite(piece)
                self._closings.pop()
            else:
                self._output += piece
            self._write("}", piece[-1].origin)
        self._write("}", command.origin)


def _opening_brace(tokens: Sequence[_Token], index: int) -> int | None:
    """Return the index of a brace that may follow white space; None if something else follows."""
    while index < len(tokens) and tokens[index].text.isspace():
        index += 1
    return index if index < len(tokens) and tokens[index].text == "{" else None


def _read_colour(tokens: Sequence[_Token], index: int) -> tuple[str, int] | None:
    """Return a colour in hexadecimal digits and the index of its last token; None for one with a name."""
    start = _opening_brace(tokens, index + (index < len(tokens) and tokens[index].text.strip() == "[HTML]"))
    end = None if start is None else _group_end(tokens, start)
    if start is None or end is None:
        return None
    match = _COLOUR.fullmatch("".join(token.text for token in tokens[start + 1 : end]))
    if match is None:
        return None
    digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
    return digits.upper(), end


def _group_end(tokens: Sequence[_Token], index: int) -> int | None:
    """Return the index of the brace that closes the group at an index; None if there is no such group."""
    start = _opening_brace(tokens, index)
    if start is None:
        return None
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at].text == "{") - (tokens[at].text == "}")
        if not depth:
            return at
    return None


def _has_tag(tokens: Sequence[_Token], index: int, name: str) -> bool:
    """Whether an environment that begins at an index contains a tag."""
    for at in range(index, len(tokens)):
        if tokens[at].name == "tag":
            return True
        end = _group_end(tokens, at + 1) if tokens[at].name == "end" else None
        if end is not None and "".join(token.text for token in tokens[at + 2 : end]).strip() == name:
            return False
    return False


def _explain(text: _Text, error: str) -> TexError:
    """Return an error of math-core with the offset in the formula as written, and a hint."""
    match = _ERROR.fullmatch(error)
    if match is None:
        return TexError(error)
    offset, message, hint = int(match["offset"]), match["message"], ""
    name = re.match(r"\\([A-Za-z]+)", text.text[offset:])
    if environment := re.match(r'Unknown environment "(.*?)"', message):
        hint = _ENVIRONMENT_HINTS.get(environment[1], "")
    elif message.startswith("Unknown command") and name:
        hint = _HINTS.get(name[1], _MACRO_HINT)
    elif message.startswith("Not valid in math mode") and name:
        message, hint = f"{quote(name[0])} is not valid in a formula.", _HINTS.get(name[1], "")
    elif message.startswith("Invalid parameter number"):
        hint = r"Write \# for the character; write a colour as \color[HTML]{0000FF}."
    elif message.startswith("Math mode within text mode"):
        hint = r"Close the text before the formula, as in \text{for all }x."
    elif "\\tag" in message:
        message = r"\tag belongs to a whole displayed equation."
        hint = r"Write it at the end of $$…$$, or in a row of \begin{align}."
    elif message.startswith("Expected non-special ASCII"):
        message, hint = "expected plain text here.", "Write letters, digits and punctuation only."
    elif message.startswith(("Expected closing token", "Unmatched closing token")):
        hint = r"Each { needs a }, each \left a \right, and each \begin{…} an \end{…}."
    elif message.startswith('Found "&"'):
        hint = r"Write \begin{aligned} … \end{aligned} around the lines."
    return TexError(message, hint, text.origin(offset))


def _parse(mathml: str, formula: Formula) -> Element | TexError:
    try:
        math = parse_mathml(mathml)
    except ElementTree.ParseError:
        # math-core writes attributes twice for some misplaced commands, such as \middle after \mathop.
        return TexError("a command of this formula is misplaced.", "Write it in smaller parts to find it.")
    if len(mathml) > _MAX_ELEMENT_DEPTH * len("<mi></mi>") and _depth(math) > _MAX_ELEMENT_DEPTH:
        return _too_deep(0)
    for annotation in math.iter("annotation"):
        annotation.text = formula.tex
    _apply_marks(math)
    mathml_classes.use_classes(math)
    return math


def _depth(root: Element) -> int:
    depth, level = 0, [root]
    while level:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth


def _apply_marks(math: Element) -> None:
    """Apply the marks that the rewriting left, and remove them."""
    marks = [text for text in math.iter("mtext") if (text.text or "").startswith(_MARK)]
    if not marks:
        return
    parents = {child: parent for parent in math.iter() for child in parent}
    for mark in marks:
        text = mark.text or ""
        cell = _find_ancestor(parents, mark, "mtd")
        if cell is not None and (match := _SPACE_MARK.fullmatch(text)):
            # TeX adds the space to the depth of the row.
            mathml_classes.add_row_space(cell, float(match[1]), match[2])
        elif cell is not None and (match := _ALIGN_MARK.fullmatch(text)):
            for aligned in parents[parents[cell]].iterfind("mtr/mtd"):
                mathml_classes.add_class(aligned, _ALIGNMENTS[match[1]])
        parents[mark].remove(mark)


def _find_ancestor(parents: Mapping[Element, Element], element: Element, tag: str) -> Element | None:
    """Return the nearest element around another with a tag."""
    ancestor = parents.get(element)
    while ancestor is not None and ancestor.tag != tag:
        ancestor = parents.get(ancestor)
    return ancestor


def parse_mathml(mathml: str) -> Element:
    """Return the element in a string of MathML from math-core.

    It is MathML as in HTML: without a namespace, and with HTML's named characters, such as
    ``&ApplyFunction;``, which XML does not know. Characters that XML does not allow are dropped.
    """
    resolved = _NAMED_CHARACTER.sub(lambda name: html.unescape(name[0]), mathml)
    return ElementTree.fromstring(strip_invalid_xml(resolved))
