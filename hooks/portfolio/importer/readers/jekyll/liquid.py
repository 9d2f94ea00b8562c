"""Liquid, the template language of Jekyll, rendered with plain data.

The standard tags and the filters that need nothing but their values are here; the caller provides the tags of
its generator. What cannot be rendered is reported with its line. The result knows the line of the source that
each of its lines comes from. Rules: Liquid 4.
"""

from __future__ import annotations

import html
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal
from urllib.parse import quote as percent_encode
from urllib.parse import quote_plus

from portfolio.core.diagnostics import quote
from portfolio.importer.html_text import extract_text, parse_fragment

# More than any page needs: loops in loops could run for hours and fill the memory.
_MAX_STEPS = 100_000
_MAX_CHARACTERS = 5_000_000
_MAX_DEPTH = 60
_MAX_NUMBER = 10**18
_MAX_INDENTATION = 100

_OPENING = re.compile(r"\{[{%]")
_CLOSINGS = {"{{": "}}", "{%": "%}"}
_TAG_NAME = re.compile(r"\w+")
_QUOTED = r"\"[^\"]*\"|'[^']*'"
_FILTER_SEPARATOR = re.compile(rf"({_QUOTED})|\|")
_ARGUMENT_SEPARATOR = re.compile(rf"({_QUOTED})|,")
# Longer numbers are no numbers.
_NUMBER = re.compile(r"-?\d{1,18}(\.\d+)?(?!\d)", re.ASCII)
_RANGE = re.compile(r"\(\s*(\S+?)\s*\.\.\s*(\S+?)\s*\)")
_NAME = re.compile(r"\s*([\w-]+\??)")
_STEP = re.compile(rf"\.([\w-]+\??)|\[({_QUOTED}|[\w.-]+)\]")
_COMPARISON = re.compile(
    rf"\s*(?P<left>(?:{_QUOTED}|\([^)]*\)|[^\s=<>!'\"])+)\s*"
    rf"(?:(?P<operator>==|!=|<>|<=|>=|<|>|contains)\s*(?P<right>.+?)\s*)?$",
    re.DOTALL,
)
_LOGIC = re.compile(rf"({_QUOTED})|\s(and|or)\s")
_LOOP = re.compile(
    rf"(?P<name>[\w-]+)\s+in\s+(?P<items>\([^)]*\)|(?:{_QUOTED}|[^\s'\"])+)\s*(?P<options>.*)", re.DOTALL
)
_LOOP_OPTION = re.compile(r"(?P<flag>reversed)|(?P<name>limit|offset)\s*:\s*(?P<value>[\w.-]+)")
_ASSIGNMENT = re.compile(r"([\w.-]+)\s*=\s*(.*)", re.DOTALL)
_HYPHENS = {
    "default": r"(?:\W|_)+",
    "pretty": r"[^\w.~!$&'()+,;=@-]+",
    "raw": r"\s+",
    "ascii": r"[^A-Za-z0-9]+",
}
# Blocks that Liquid itself has, with the tags that divide them.
_BLOCKS: dict[str, tuple[str, ...]] = {
    "if": ("elsif", "else"),
    "unless": ("elsif", "else"),
    "case": ("when", "else"),
    "for": ("else",),
    "capture": (),
}

ProblemKind = Literal["invalid", "unknown", "unsupported", "too-large"]
# Called with the kind of a problem, its line, a message and a hint.
ReportProblem = Callable[[ProblemKind, int, str, str], None]


@dataclass(frozen=True)
class TagCall:
    """A tag in a template: its name, the text after the name, its line, and for a block its rendered content.

    ``lookup`` evaluates an expression such as ``page.title`` where the tag is. ``indentation`` is the white
    space before the tag, if nothing else is before it on its line.
    """

    name: str
    markup: str
    line: int
    content: str | None
    lookup: Callable[[str], Any]
    indentation: str = ""


# Returns what a tag becomes, or None if it cannot be rendered.
RenderTag = Callable[[TagCall], str | None]


@dataclass(frozen=True)
class Rendered:
    """A rendered template: its text, and for each of its lines the line of the source that it comes from."""

    text: str
    lines: list[int]


@dataclass(frozen=True)
class _Node:
    """A part of a template: text, an output or a tag; a block has branches."""

    kind: Literal["text", "output", "tag"]
    text: str
    line: int
    name: str = ""
    branches: tuple[_Branch, ...] = ()
    is_block: bool = False
    indentation: str = ""


@dataclass(frozen=True)
class _Branch:
    name: str
    markup: str
    nodes: list[_Node] = field(default_factory=list)


@dataclass(frozen=True)
class _Token:
    kind: Literal["text", "output", "tag"]
    text: str
    line: int
    indentation: str = ""


class _StopError(Exception):
    """The template does more than any page needs."""


class _BreakError(Exception):
    """A loop ends, or its next round begins."""

    def __init__(self, *, ends: bool) -> None:
        super().__init__()
        self.ends = ends


class Liquid:
    """Renders templates with variables, which are plain data, and with a generator's tags and filters."""

    def __init__(
        self,
        variables: Mapping[str, Any],
        report: ReportProblem,
        tags: Mapping[str, RenderTag] | None = None,
        filters: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self._scopes: list[dict[str, Any]] = [dict(variables)]
        self._report = report
        self._tags = tags or {}
        self._filters = {**_FILTERS, **(filters or {})}
        self._steps = self._characters = 0

    def render(self, template: str, first_line: int = 1) -> Rendered:
        """Render a template that begins on a line of its file; report every problem."""
        pieces = self._render_template(template, first_line)
        text = "".join(piece for piece, _, _ in pieces)
        lines: list[int] = []
        # A line comes from where its first piece does.
        is_new, last = True, first_line
        for piece, line, is_source in pieces:
            breaks = piece.count("\n")
            for offset, part in enumerate(piece.split("\n")):
                is_new = is_new or offset > 0
                last = line + offset if is_source else line
                if is_new and (part or offset < breaks):
                    lines.append(last)
                    is_new = False
        return Rendered(text, [*lines, *([last] if is_new else [])])

    def render_with(self, template: str, variables: Mapping[str, Any], line: int) -> str:
        """Render another template, such as an include, where variables have other values.

        Problems are reported on ``line``.
        """
        if len(self._scopes) > _MAX_DEPTH:
            self._report("too-large", line, "templates include each other too deeply.", "")
            return ""
        self._scopes.append(dict(variables))
        original, self._report = (
            self._report,
            lambda kind, _, message, hint: original(kind, line, message, hint),
        )
        try:
            pieces = self._render_template(template, line)
        finally:
            self._report = original
            self._scopes.pop()
        return "".join(piece for piece, _, _ in pieces)

    def evaluate(self, expression: str, line: int) -> Any:
        """Return the value of an expression with filters; report what it uses and does not exist."""
        start, *filters = split_outside_quotes(expression, _FILTER_SEPARATOR)
        value = self._lookup(start)
        for text in filters:
            name, _, rest = text.strip().partition(":")
            arguments = [self._lookup(part) for part in split_outside_quotes(rest, _ARGUMENT_SEPARATOR)]
            function = self._filters.get(name.strip())
            if function is None:
                message = f"there is no counterpart of the filter {quote(name.strip())}."
                self._report("unsupported", line, message, "Write its result.")
                continue
            try:
                value = function(value, *(arguments if rest.strip() else ()))
            except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
                message = f"the filter {quote(text.strip())} cannot be applied here."
                self._report("unsupported", line, message, "Write its result.")
            if isinstance(value, str) and len(value) > _MAX_CHARACTERS:
                raise _StopError
            if isinstance(value, (int, float)) and abs(value) > _MAX_NUMBER:
                value = None
        return value

    def _render_template(self, template: str, first_line: int) -> list[tuple[str, int, bool]]:
        pieces: list[tuple[str, int, bool]] = []
        self._characters += len(template)
        try:
            tokens = list(self._tokenize(template, first_line))
            nodes = _Parser(tokens, self._report, self._tags).parse()
            self._render_nodes(nodes, pieces)
        except _BreakError:
            pass
        except _StopError:
            message = "this template is too large, or its loops are too long, to be rendered."
            self._report("too-large", first_line, message, "")
        except RecursionError:
            self._report("too-large", first_line, "blocks are nested too deeply.", "")
        return pieces

    def _tokenize(self, template: str, first_line: int) -> Iterator[_Token]:
        end = search = 0
        line, trims = first_line, False
        unclosed: set[str] = set()
        while opening := _OPENING.search(template, search):
            kind, start = opening[0], opening.start()
            stop = -1 if kind in unclosed else template.find(_CLOSINGS[kind], opening.end())
            if stop < 0:
                if kind not in unclosed:
                    message = f"this {kind} is never closed, and stays as it is."
                    at = line + template.count("\n", end, start)
                    self._report("invalid", at, message, f"Write {_CLOSINGS[kind]}.")
                unclosed.add(kind)
                search = opening.end()
                continue
            markup = template[opening.end() : stop]
            yield _trim_text(template[end:start], line, start=trims, end=markup.startswith("-"))
            line += template.count("\n", end, start)
            trims = markup.endswith("-") and len(markup) > 1
            markup = markup.removeprefix("-").removesuffix("-").strip()
            search = stop + len(_CLOSINGS[kind])
            name = _TAG_NAME.match(markup) if kind == "{%" else None
            if name and name[0] in ("raw", "comment"):
                closing = re.compile(r"\{%-?\s*end" + name[0] + r"\s*-?%\}").search(template, search)
                if closing is None:
                    message = f"{{% {name[0]} %}} is never closed."
                    self._report("invalid", line, message, f"Write {{% end{name[0]} %}} after it.")
                if name[0] == "raw":
                    content = template[search : closing.start() if closing else len(template)]
                    yield _Token("text", content, line + template.count("\n", start, search))
                search, trims = closing.end() if closing else len(template), False
            elif kind == "{{":
                yield _Token("output", markup, line)
            else:
                before = template[max(start - _MAX_INDENTATION, template.rfind("\n", end, start) + 1) : start]
                yield _Token("tag", markup, line, "" if before.strip() else before)
            end = search
            line += template.count("\n", start, end)
        yield _trim_text(template[end:], line, start=trims, end=False)

    def _render_nodes(self, nodes: list[_Node], pieces: list[tuple[str, int, bool]]) -> None:
        for node in nodes:
            self._steps += 1
            if node.kind == "text":
                text = node.text
            elif node.kind == "output":
                text = self._render_output(node)
            elif node.name in _BLOCKS:
                self._render_block(node, pieces)
                continue
            else:
                text = self._render_tag(node)
            self._characters += len(text)
            if self._steps > _MAX_STEPS or self._characters > _MAX_CHARACTERS:
                raise _StopError
            if text:
                pieces.append((text, node.line, node.kind == "text"))

    def _render_text(self, nodes: list[_Node]) -> str:
        pieces: list[tuple[str, int, bool]] = []
        self._render_nodes(nodes, pieces)
        return "".join(piece for piece, _, _ in pieces)

    def _render_output(self, node: _Node) -> str:
        value = self.evaluate(node.text, node.line)
        if isinstance(value, dict):
            value = None
        text = format_value(value)
        start = split_outside_quotes(node.text, _FILTER_SEPARATOR)[0].strip()
        if value is None and start:
            message = f"{{{{ {node.text.strip()} }}}} has no value here, and is left out."
            self._report("unknown", node.line, message, "Write its text.")
        return text

    def _render_tag(self, node: _Node) -> str:
        if node.name == "assign":
            if match := _ASSIGNMENT.match(node.text):
                self._scopes[0][match[1]] = self.evaluate(match[2], node.line)
            return ""
        if node.name in ("break", "continue"):
            raise _BreakError(ends=node.name == "break")
        if node.name == "echo":
            return self._render_output(node)
        content = self._render_text(node.branches[0].nodes) if node.is_block else None
        render = self._tags.get(node.name)
        if render is not None:
            call = TagCall(node.name, node.text, node.line, content, self._lookup, node.indentation)
            result = render(call)
            if result is not None:
                return result
        else:
            message = f"there is no counterpart of the tag {{% {node.name} %}}"
            message += ", only its content is kept." if content is not None else ", and it is left out."
            self._report("unsupported", node.line, message, "Write what it showed.")
        return content or ""

    def _render_block(self, node: _Node, pieces: list[tuple[str, int, bool]]) -> None:
        if node.name == "capture":
            self._scopes[0][node.text.strip().strip("\"'")] = self._render_text(node.branches[0].nodes)
        elif node.name == "for":
            self._render_loop(node, pieces)
        else:
            value = self._lookup(node.text) if node.name == "case" else None
            for index, branch in enumerate(node.branches):
                if branch.name == "case":
                    continue
                if branch.name == "else":
                    is_chosen = True
                elif branch.name == "when":
                    choices = re.sub(r"\sor\s", ",", branch.markup)
                    is_chosen = value in [
                        self._lookup(part) for part in split_outside_quotes(choices, _ARGUMENT_SEPARATOR)
                    ]
                else:
                    is_chosen = self._is_true(branch.markup) != (node.name == "unless" and index == 0)
                if is_chosen:
                    self._render_nodes(branch.nodes, pieces)
                    return

    def _render_loop(self, node: _Node, pieces: list[tuple[str, int, bool]]) -> None:
        match = _LOOP.match(node.text)
        items: list[Any] | None = None
        if match is not None:
            items = _list_items(self._lookup(match["items"]))
        if match is None or items is None:
            message = f"the loop {{% for {node.text} %}} has nothing to repeat here, and is left out."
            self._report("unsupported", node.line, message, "Write its results.")
            return
        options = {option["name"]: option["value"] for option in _LOOP_OPTION.finditer(match["options"])}
        offset, limit = (_to_number(self._lookup(options.get(name, ""))) for name in ("offset", "limit"))
        start = int(offset) if "offset" in options else 0
        items = items[start : start + int(limit) if "limit" in options else None]
        if any(option["flag"] for option in _LOOP_OPTION.finditer(match["options"])):
            items = items[::-1]
        if not items:
            for branch in node.branches[1:]:
                self._render_nodes(branch.nodes, pieces)
            return
        for index, item in enumerate(items):
            loop = {
                "index": index + 1,
                "index0": index,
                "rindex": len(items) - index,
                "rindex0": len(items) - index - 1,
                "first": index == 0,
                "last": index == len(items) - 1,
                "length": len(items),
            }
            self._steps += 1
            if self._steps > _MAX_STEPS:
                raise _StopError
            self._scopes.append({match["name"]: item, "forloop": loop})
            try:
                self._render_nodes(node.branches[0].nodes, pieces)
            except _BreakError as error:
                if error.ends:
                    break
            finally:
                self._scopes.pop()

    def _is_true(self, condition: str) -> bool:
        parts = _LOGIC.split(condition)
        # Parts are text, a quoted text or None, and an operator or None; operators bind from the right.
        terms, operators = [""], []
        for index in range(0, len(parts), 3):
            terms[-1] += parts[index]
            if index + 1 < len(parts):
                if parts[index + 1] is not None:
                    terms[-1] += parts[index + 1]
                else:
                    operators.append(parts[index + 2])
                    terms.append("")
        result = self._compare(terms[-1])
        for term, word in zip(reversed(terms[:-1]), reversed(operators), strict=True):
            result = (self._compare(term) and result) if word == "and" else (self._compare(term) or result)
        return result

    def _compare(self, text: str) -> bool:
        match = _COMPARISON.match(text)
        if match is None:
            return False
        left = self._lookup(match["left"])
        if match["operator"] is None:
            return left is not None and left is not False
        right_text = match["right"].strip()
        if right_text in ("empty", "blank"):
            is_empty = left in ("", [], {}) or (right_text == "blank" and left in (None, False))
            return is_empty == (match["operator"] == "==")
        right = self._lookup(right_text)
        if match["operator"] == "contains":
            if isinstance(left, str):
                return str(right) in left
            return isinstance(left, (list, dict)) and right in [*left]
        if match["operator"] in ("==", "!=", "<>"):
            return bool(left == right) == (match["operator"] == "==")
        compare: Callable[[Any, Any], Any] = _ORDERS[match["operator"]]
        try:
            return bool(compare(left, right))
        except TypeError:
            return False

    def _lookup(self, expression: str) -> Any:
        """Return the value of an expression without filters; None if there is none."""
        text = expression.strip()
        if text[:1] in ("'", '"'):
            return text[1:-1]
        if _NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if match := _RANGE.fullmatch(text):
            first, last = (int(_to_number(self._lookup(part))) for part in match.groups())
            return list(islice(range(first, last + 1), _MAX_STEPS))
        name = _NAME.match(text)
        if name is None:
            return None
        value = next((scope[name[1]] for scope in reversed(self._scopes) if name[1] in scope), None)
        for step in _STEP.finditer(text, name.end()):
            key = step[1] if step[1] is not None else self._lookup(step[2])
            value = _get_part(value, key)
        return value


class _Parser:
    """Parses tokens into nodes."""

    def __init__(self, tokens: list[_Token], report: ReportProblem, tags: Mapping[str, RenderTag]) -> None:
        self._tokens = tokens
        self._report = report
        self._tags = tags
        self._at = 0
        names = [
            match[0] for token in tokens if token.kind == "tag" and (match := _TAG_NAME.match(token.text))
        ]
        self._closed = {name.removeprefix("end") for name in names if name.startswith("end")}

    def parse(self) -> list[_Node]:
        """Return the nodes of the whole template."""
        nodes: list[_Node] = []
        while self._at < len(self._tokens):
            more, _ = self._parse_until((), 0)
            nodes += more
        return nodes

    def _parse_until(self, ends: tuple[str, ...], depth: int) -> tuple[list[_Node], _Token | None]:
        """Return the nodes before a tag that ends the block or its branch, and that tag."""
        if depth > _MAX_DEPTH:
            raise _StopError
        nodes: list[_Node] = []
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            if token.kind != "tag":
                nodes.append(_Node(token.kind, token.text, token.line))
                continue
            name, markup = _split_tag(token)
            if name in ends:
                return nodes, token
            if name.startswith("end") or not name:
                message = f"{{% {token.text} %}} closes nothing, and is left out."
                self._report("invalid", token.line, message, "")
            elif name in _BLOCKS or name in self._closed or name in _CLOSED_BLOCKS:
                nodes.append(self._parse_block(token, name, markup, depth))
            else:
                nodes.append(_Node("tag", markup, token.line, name, indentation=token.indentation))
        return nodes, None

    def _parse_block(self, token: _Token, name: str, markup: str, depth: int) -> _Node:
        branches: list[_Branch] = []
        branch = _Branch(name, markup)
        end: _Token | None = token
        while end is not None:
            nodes, end = self._parse_until((f"end{name}", *_BLOCKS.get(name, ())), depth + 1)
            branches.append(_Branch(branch.name, branch.markup, nodes))
            if end is not None:
                next_name, next_markup = _split_tag(end)
                if next_name == f"end{name}":
                    break
                branch = _Branch(next_name, next_markup)
        if end is None:
            message = f"{{% {name} %}} is never closed, and is taken to end where the text does."
            self._report("invalid", token.line, message, f"Write {{% end{name} %}}.")
        return _Node(
            "tag", markup, token.line, name, tuple(branches), is_block=True, indentation=token.indentation
        )


def split_outside_quotes(text: str, separator: re.Pattern[str]) -> list[str]:
    """Divide a text at a separator, but not inside quotation marks, which are the pattern's group."""
    parts, start = [], 0
    for match in separator.finditer(text):
        if match[1] is None:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def format_value(value: Any) -> str:
    """Return a value as Liquid prints it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "".join(map(format_value, value))
    return str(value)


# Blocks that are blocks even if their end is missing.
_CLOSED_BLOCKS = {"highlight", "details", "tabs"}
_ORDERS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "nil": None, "null": None, "": None}


def _trim_text(text: str, line: int, *, start: bool, end: bool) -> _Token:
    """Return the token of a text on a line, without the white space at the ends that tags remove."""
    if start:
        stripped = text.lstrip()
        line += text.count("\n", 0, len(text) - len(stripped))
        text = stripped
    return _Token("text", text.rstrip() if end else text, line)


def _split_tag(token: _Token) -> tuple[str, str]:
    match = _TAG_NAME.match(token.text)
    return (match[0], token.text[match.end() :].strip()) if match else ("", token.text)


def _get_part(value: Any, key: Any) -> Any:
    if isinstance(key, (list, dict)):
        return None
    if isinstance(value, dict):
        return value[key] if key in value else len(value) if key == "size" else value.get(str(key))
    if isinstance(value, list):
        if isinstance(key, int):
            return value[key] if -len(value) <= key < len(value) else None
        return {
            "size": len(value),
            "first": value[0] if value else None,
            "last": value[-1] if value else None,
        }.get(key)
    return len(value) if isinstance(value, str) and key == "size" else None


def _list_items(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return [[key, item] for key, item in value.items()]
    if isinstance(value, list):
        return value
    return None if value is None else [value]


def _to_number(value: Any) -> int | float:
    if isinstance(value, (int, float)):
        return value
    match = _NUMBER.match(str(value).lstrip())
    return 0 if match is None else float(match[0]) if match[1] else int(match[0])


def slugify(value: Any, mode: str = "default") -> str:
    """Return a text as Jekyll's filter writes it in URLs."""
    slug = re.sub(_HYPHENS.get(mode, _HYPHENS["default"]), "-", str(value))
    return re.sub(r"^-|-$", "", slug).lower()


def _strip_html(value: Any) -> str:
    """Return the text of HTML without its tags and comments."""
    text = format_value(value)
    return extract_text(parse_fragment(text)) if "<" in text else text


def _format_date(value: Any, pattern: str) -> str:
    text = format_value(value)
    try:
        time = value if isinstance(value, date) else datetime.fromisoformat(text)
    except ValueError:
        return text
    return time.strftime(pattern)


def _truncate_words(value: Any, count: Any = 15, ending: str = "...") -> str:
    words = format_value(value).split()
    number = max(int(_to_number(count)), 1)
    return " ".join(words[:number]) + (ending if len(words) > number else "")


def _truncate(value: Any, count: Any = 50, ending: str = "...") -> str:
    text, length = format_value(value), int(_to_number(count))
    return text if len(text) <= length else text[: max(length - len(ending), 0)] + ending


def _slice(value: Any, start: Any, count: Any = 1) -> Any:
    items = value if isinstance(value, list) else format_value(value)
    first = int(_to_number(start))
    first = first + len(items) if first < 0 else first
    return items[first : first + int(_to_number(count))]


def _where(value: Any, key: str, wanted: Any = None) -> list[Any]:
    items = value if isinstance(value, list) else []
    mappings = [item for item in items if isinstance(item, dict)]
    if wanted is None:
        return [item for item in mappings if item.get(key)]
    texts = [(item, item.get(key)) for item in mappings]
    return [
        item
        for item, part in texts
        if format_value(part) == format_value(wanted) or (isinstance(part, list) and wanted in part)
    ]


def _sort(value: Any, key: str | None = None) -> Any:
    if not isinstance(value, list):
        return value

    def order(item: Any) -> tuple[bool, str]:
        part = item.get(key) if isinstance(item, dict) and key is not None else item
        return part is None, format_value(part)

    return sorted(value, key=order)


def _join(value: Any, separator: str = " ") -> str:
    texts = [format_value(item) for item in value or []]
    if len(texts) * len(separator) > _MAX_CHARACTERS:
        raise ValueError
    return separator.join(texts)


def _replace(value: Any, text: str, other: str = "") -> str:
    original = format_value(value)
    if original.count(text) * len(other) > _MAX_CHARACTERS:
        raise ValueError
    return original.replace(text, other)


def _divide(value: Any, by: Any) -> int | float:
    left, right = _to_number(value), _to_number(by)
    return left // right if isinstance(left, int) and isinstance(right, int) else left / right


_FILTERS: dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(_to_number(value)),
    "append": lambda value, text: format_value(value) + format_value(text),
    "array_to_sentence_string": lambda value: ", ".join(map(format_value, value or [])),
    "capitalize": lambda value: format_value(value).capitalize(),
    "cgi_escape": lambda value: quote_plus(format_value(value)),
    "compact": lambda value: [item for item in value or [] if item is not None],
    "concat": lambda value, more: [*(value or []), *(more or [])],
    "date": _format_date,
    "date_to_long_string": lambda value: _format_date(value, "%d %B %Y"),
    "date_to_string": lambda value: _format_date(value, "%d %b %Y"),
    "default": lambda value, other: other if value in (None, False, "", [], {}) else value,
    "divided_by": _divide,
    "downcase": lambda value: format_value(value).lower(),
    "escape": lambda value: html.escape(format_value(value)),
    "escape_once": lambda value: html.escape(html.unescape(format_value(value))),
    "first": lambda value: value[0] if value else None,
    "join": _join,
    "last": lambda value: value[-1] if value else None,
    "lstrip": lambda value: format_value(value).lstrip(),
    "map": lambda value, key: [item.get(key) for item in value or [] if isinstance(item, dict)],
    "minus": lambda value, by: _to_number(value) - _to_number(by),
    "modulo": lambda value, by: _to_number(value) % _to_number(by),
    "newline_to_br": lambda value: format_value(value).replace("\n", "<br />\n"),
    "normalize_whitespace": lambda value: " ".join(format_value(value).split()),
    "number_of_words": lambda value: len(format_value(value).split()),
    "plus": lambda value, by: _to_number(value) + _to_number(by),
    "prepend": lambda value, text: format_value(text) + format_value(value),
    "remove": lambda value, text: format_value(value).replace(text, ""),
    "remove_first": lambda value, text: format_value(value).replace(text, "", 1),
    "replace": _replace,
    "replace_first": lambda value, text, other="": format_value(value).replace(text, other, 1),
    "reverse": lambda value: list(value or [])[::-1],
    "rstrip": lambda value: format_value(value).rstrip(),
    "size": lambda value: len(value) if isinstance(value, (str, list, dict)) else 0,
    "slice": _slice,
    "slugify": slugify,
    "smartify": format_value,
    "sort": _sort,
    "split": lambda value, by: format_value(value).split(by) if by else list(format_value(value)),
    "strip": lambda value: format_value(value).strip(),
    "strip_html": _strip_html,
    "strip_newlines": lambda value: format_value(value).replace("\n", ""),
    "times": lambda value, by: _to_number(value) * _to_number(by),
    "truncate": _truncate,
    "truncatewords": _truncate_words,
    "uniq": lambda value: [item for at, item in enumerate(value or []) if item not in value[:at]],
    "upcase": lambda value: format_value(value).upper(),
    "uri_escape": lambda value: percent_encode(format_value(value), safe="/:?#[]@!$&'()*+,;=%-._~"),
    "url_encode": lambda value: quote_plus(format_value(value)),
    "where": _where,
    "xml_escape": lambda value: html.escape(format_value(value)),
}
