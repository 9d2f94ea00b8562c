"""Markdown divided into prose, code, HTML and formulas, so that rewriting a dialect never touches code.

The structure comes from markdown-it-py, a parser of CommonMark. This module adds the positions of what the
parser finds, and what dialects have beyond CommonMark and indent: footnotes, definitions, admonitions and
tabs (see `Dialect`).
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, html_block, reference
from markdown_it.rules_inline import StateInline, autolink, backtick, html_inline, image, link

from portfolio.core.markdown_scan import HtmlParser
from portfolio.core.positions import Lines
from portfolio.core.text import EMOJI_NAMES, replace_emoji_names
from portfolio.markdown_ext.formulas import find_formula_end
from portfolio.markdown_ext.html_tags import VOID_ELEMENTS

Kind = Literal["prose", "code", "html", "formula"]
# What this site reads and others do not: ==mark==, ~~delete~~, ~subscript~, ^superscript^, ++keys++,
# [@citation], :emoji:, "- [ ] task" and dashes, which become typographic ones.
Notation = Literal["mark", "delete", "subscript", "superscript", "keys", "citation", "emoji", "task", "dash"]


@dataclass(frozen=True)
class Dialect:
    """How a kind of Markdown differs from CommonMark where it begins or ends code, HTML or a formula.

    With ``nests_html`` an HTML block ends with its element, as in Python-Markdown and kramdown, and otherwise
    at an empty line. With ``has_formulas`` it has those of this site: ``$…$``, ``$$…$$``, ``\\(…\\)``,
    ``\\[…\\]`` and environments.
    """

    nests_html: bool
    has_formulas: bool


SITE = Dialect(nests_html=True, has_formulas=True)
PYTHON_MARKDOWN = Dialect(nests_html=True, has_formulas=False)
COMMONMARK = Dialect(nests_html=False, has_formulas=False)
PANDOC = Dialect(nests_html=False, has_formulas=True)


@dataclass(frozen=True)
class Piece:
    """A piece of Markdown: its text, the line on which it begins, from 1, and what it is.

    Code is a block or a span of it, an HTML element of code (`_CODE_ELEMENTS`) or a comment. HTML is a tag, a
    block or an autolink.
    """

    text: str
    line: int
    kind: Kind

    @property
    def is_code(self) -> bool:
        """Whether this is code."""
        return self.kind == "code"


@dataclass(frozen=True)
class Link:
    """A link or image: its target without escapes, whether it is an image or HTML, and its place, from 1."""

    target: str
    is_image: bool
    line: int
    column: int = 1
    is_html: bool = False


def split_code(markdown: str, dialect: Dialect = SITE) -> list[Piece]:
    """Divide Markdown into prose, code, HTML and formulas; the pieces together are the whole."""
    document = _parse(markdown, dialect)
    pieces: list[Piece] = []
    end = 0
    for start, stop, kind in [*document.spans, (len(markdown), len(markdown), "prose")]:
        if end < start:
            pieces.append(Piece(markdown[end:start], document.line(end), "prose"))
        if start < stop:
            pieces.append(Piece(markdown[start:stop], document.line(start), kind))
        end = stop
    return pieces


def rewrite_prose(markdown: str, rewrite: Callable[[Piece], str], dialect: Dialect = SITE) -> str:
    """Return Markdown with each piece of prose rewritten, and everything else unchanged.

    A piece may begin in the middle of a line, after a code span for example.
    """
    return "".join(
        rewrite(piece) if piece.kind == "prose" else piece.text for piece in split_code(markdown, dialect)
    )


def rewrite_around_code(
    markdown: str,
    rewrite: Callable[[str], str],
    dialect: Dialect = SITE,
    *,
    protect: Iterable[Kind] = ("code", "html", "formula"),
) -> str:
    """Return Markdown rewritten as a whole, and everything of the protected kinds unchanged.

    ``rewrite`` gets the text with a placeholder of two characters, and as many line breaks as there are in
    it, for each protected piece. So lines begin and are counted as in the text, and a notation may contain
    code.
    """
    protected: list[str] = []

    def reserve(piece: Piece) -> str:
        if piece.kind not in protect:
            # The input may contain the characters of placeholders.
            return _PLACEHOLDER_CHARACTER.sub(lambda match: _add_placeholder(match[0], protected), piece.text)
        body = piece.text.rstrip("\r\n")
        breaks = body.count("\n")
        return _add_placeholder(body, protected) + "\n" * breaks + piece.text[len(body) :]

    text = rewrite("".join(reserve(piece) for piece in split_code(markdown, dialect)))

    def restore(match: re.Match[str]) -> str:
        index = (ord(match[1]) - 0xF0000) * _PLANE + ord(match[2]) - 0x100000
        body = protected[index] if index < len(protected) else ""
        breaks = min(body.count("\n"), len(match[3]))
        return body + match[3][breaks:]

    return _PLACEHOLDER.sub(restore, text)


def find_block_lines(
    markdown: str, dialect: Dialect = SITE, kinds: Collection[Kind] = ("code", "html", "formula")
) -> set[int]:
    """Return the numbers, from 1, of the lines of blocks of these kinds."""
    return {
        number
        for piece in split_code(markdown, dialect)
        if piece.kind in kinds and "\n" in piece.text
        for number in range(piece.line, piece.line + piece.text.rstrip("\n").count("\n") + 1)
    }


def escape_formulas(markdown: str, dialect: Dialect = SITE) -> str:
    r"""Escape what this site would read as formulas, for a dialect in which ``$`` and ``\(`` are text."""
    pieces = (
        re.sub(r"\$|\\(?=[\[(])", r"\\\g<0>", piece.text) if piece.kind == "formula" else piece.text
        for piece in split_code(markdown, Dialect(dialect.nests_html, has_formulas=True))
    )
    return "".join(pieces)


def escape_notations(markdown: str, notations: Collection[Notation], dialect: Dialect = SITE) -> str:
    """Escape what this site would read as markup, for a dialect in which these notations are text."""

    def escape(piece: Piece) -> str:
        text = piece.text
        for notation, pattern in _NOTATIONS.items():
            if notation in notations:
                text = pattern.sub(lambda match: _escape_notation(match[0]), text)
        return text

    return rewrite_prose(markdown, escape, dialect)


def _escape_notation(text: str) -> str:
    if text.startswith(":"):
        return text.replace(":", "&#58;") if replace_emoji_names(text) != text else text
    return re.sub(r"[=~^+\[-]", r"\\\g<0>", text)


def dedent_html(markdown: str, dialect: Dialect = SITE) -> str:
    """Return Markdown without the indentation in blocks of HTML, which CommonMark may read as code."""
    return "".join(
        re.sub(r"\n[ \t]+", "\n", piece.text) if piece.kind == "html" else piece.text
        for piece in split_code(markdown, dialect)
    )


def remove_unsafe_html(markdown: str, report: Callable[[str, int], None]) -> str:
    """Return Markdown of this site without HTML that acts: scripts, handlers of events, settings of the page.

    Styles are removed, too, except for an alignment: see `portfolio.markdown_ext.inline_code`. ``report`` is
    called with the tag or attribute and the line of each, from 1. The line breaks in what is removed stay. A
    comment such as Material's mark for a list of tags is removed, too.
    """
    if _MAY_BE_UNSAFE.search(markdown) is None:
        return markdown
    parts: list[str] = []
    for piece in split_code(markdown):
        text = piece.text
        name = re.match(r"<([A-Za-z]+)|<!--(?=\s*material/)", text) if piece.kind == "code" else None
        if name is not None and (name[1] is None or name[1].lower() in _UNSAFE_ELEMENTS):
            report(f"<{name[1].lower()}>" if name[1] else "<!-- material/… -->", piece.line)
            text = "\n" * text.count("\n")
        elif piece.kind == "html":
            reader = _UnsafeHtmlReader(text)
            for what, line in reader.removed:
                report(what, piece.line + line - 1)
            text = _apply(text, reader.edits)
        elif piece.kind == "prose":
            text = _ATTRIBUTE_LIST.sub(partial(_remove_unsafe_attributes, piece, report), text)
        parts.append(text)
    return "".join(parts)


def _remove_unsafe_attributes(
    piece: Piece, report: Callable[[str, int], None], attributes: re.Match[str]
) -> str:
    """Return an attribute list without styles and handlers of events."""

    def remove(attribute: re.Match[str]) -> str:
        if _is_alignment(attribute["name"], attribute["value"].strip("\"'")):
            return attribute[0]
        report(attribute["name"].lower(), piece.line + piece.text.count("\n", 0, attributes.start()))
        return ""

    text = _UNSAFE_ATTRIBUTE.sub(remove, attributes[0])
    return text if re.search(r"\w", text) else ""


def _is_alignment(name: str, value: str) -> bool:
    """Whether an attribute is a style that is only an alignment."""
    return name.lower() == "style" and _ALIGNMENT.fullmatch(value) is not None


def rewrite_links(
    markdown: str, rewrite: Callable[[Link], str | None], dialect: Dialect = SITE, *, first_line: int = 1
) -> str:
    """Return Markdown with the targets that ``rewrite`` returns for links and images.

    These are inline links and images, definitions of references, autolinks, and in HTML the attributes
    ``href``, ``src``, ``poster`` and ``srcset``, and ``data`` of objects. For None a link becomes its text,
    and an image its alternative text. ``first_line`` is the number of the first line.
    """
    return _rewrite(markdown, _parse(markdown, dialect), rewrite, first_line)


def rewrite_text_cells(notebook: Mapping[str, Any], rewrite: Callable[[str], str]) -> None:
    """Replace the Markdown of each text cell of a notebook by what ``rewrite`` returns for it."""
    cells = notebook.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            source = cell.get("source") or ""
            cell["source"] = rewrite("".join(source) if isinstance(source, list) else str(source))


def rewrite_html_links(source: str, rewrite: Callable[[Link], str | None], *, first_line: int = 1) -> str:
    """Return HTML with the targets that ``rewrite`` returns; see `rewrite_links`."""
    document = _Document(source)
    _read_html(source, 0, len(source), "html", [], document.links)
    return _rewrite(source, document, rewrite, first_line)


def _rewrite(text: str, document: _Document, rewrite: Callable[[Link], str | None], first_line: int) -> str:
    edits: list[tuple[int, int, str]] = []
    removed: set[str] = set()
    for occurrence in document.links:
        if occurrence.form == "reference":
            continue
        old = occurrence.target
        line = document.line(occurrence.start)
        column = occurrence.start - document.line_starts[line - 1] + 1
        is_html = occurrence.form in ("attribute", "candidate")
        new = rewrite(Link(old, occurrence.is_image, line + first_line - 1, column, is_html))
        if new == old:
            continue
        if new is None and occurrence.form == "definition":
            # The first definition of a reference counts.
            removed.add(occurrence.label)
        edits += _remove(text, occurrence) if new is None else _replace(occurrence, new)
    for occurrence in document.links:
        if occurrence.form == "reference" and occurrence.label in removed:
            edits += _remove(text, occurrence)
    return _apply(text, edits)


_NOTATIONS: dict[Notation, re.Pattern[str]] = {
    "mark": re.compile(r"(?<![\\=])==(?=[^\s=])[^=\n]+(?<=[^\s=])==(?!=)"),
    "delete": re.compile(r"(?<![\\~])~~(?=[^\s~])[^~\n]+(?<=[^\s~])~~(?!~)"),
    "subscript": re.compile(r"(?<![\\~])~(?=[^\s~])[^\s~]+~(?!~)"),
    "superscript": re.compile(r"(?<![\\^\[])\^(?=[^\s^])[^\s^]+\^(?!\^)"),
    "keys": re.compile(r"(?<![\\+])\+\+[\w\"'-]+(?:\+[\w\"'-]+)*\+\+"),
    "citation": re.compile(r"(?<!\\)\[(?=-?@\w)"),
    "emoji": re.compile(EMOJI_NAMES),
    "task": re.compile(r"(?<=[-*+] )\[(?=[ xX]\] )"),
    # The option of a command.
    "dash": re.compile(r"(?<![\w\\-])--(?=[A-Za-z])"),
}
# Elements whose text is code, or is invisible.
_CODE_ELEMENTS = frozenset({"pre", "code", "script", "style", "textarea", "kbd", "samp"})
# Elements that run script, or that change the whole page or what its links lead to.
_UNSAFE_ELEMENTS = frozenset("applet base embed frame frameset link meta object script style".split())
_MAY_BE_UNSAFE = re.compile(
    rf"<(?:{'|'.join(sorted(_UNSAFE_ELEMENTS))})\b|\bon\w+\s*=|\bstyle\s*=|\bsrcdoc\b|<!--\s*material/",
    re.IGNORECASE,
)
# In an attribute list.
_UNSAFE_ATTRIBUTE = re.compile(
    r"""\s*\b(?P<name>style|on[a-z]+)\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s{}]+)""", re.IGNORECASE
)
_ALIGNMENT = re.compile(r"\s*text-align\s*:\s*[a-z]+\s*;?\s*", re.IGNORECASE)
_URL_ATTRIBUTES = frozenset({"href", "src", "poster", "srcset"})
# Blocks whose text is indented by four spaces. That of the first group begins on the same line.
_INDENTED = re.compile(
    r"(?P<text>\[\^[^\]\n]+\]:[ \t]*|:[ \t]{1,3}(?=\S))"
    r"|(?P<title>(?:!!!|\?\?\?\+?)[ \t]+[\w\"'-][^\n]*|===[+!]?[ \t]+[\"'][^\n]*)"
)
_DISPLAY_FORMULA = re.compile(r"\$\$|\\\[[ \t]*$|\\begin\{(?P<name>[a-z]+\*?)\}", re.MULTILINE)
_ATTRIBUTE_LIST = re.compile(r"\{[:.#][^{}\n]*\}|\{[ \t]*[\w-]+=[^{}\n]*\}")
_NEEDS_ENCODING = re.compile(r"[\s<>\\]")
_PLANE = 65_534
_PLACEHOLDER = re.compile(r"([\U000F0000-\U000FFFFD])([\U00100000-\U0010FFFD])(\n*)")
_PLACEHOLDER_CHARACTER = re.compile(r"[\U000F0000-\U000FFFFD\U00100000-\U0010FFFD]+")
# Each takes the time of reading the rest of the text.
_MOST_UNCLOSED_ELEMENTS = 50
_MOST_CHARACTERS_OF_TARGET = 1000
# Inside each other, as in CommonMark.
_MOST_PARENTHESES = 32
_END_OF_TARGET = re.compile(r"[()\n<`]")


def _add_placeholder(text: str, protected: list[str]) -> str:
    index = len(protected)
    protected.append(text)
    return chr(0xF0000 + index // _PLANE) + chr(0x100000 + index % _PLANE)


@dataclass(frozen=True)
class _Occurrence:
    """A link in a text: its offsets, those of its target and of its label, and its form.

    ``target_start`` and ``target_end`` include the delimiters of the target, such as quotation marks.
    """

    start: int
    end: int
    target: str
    target_start: int
    target_end: int
    is_image: bool
    form: Literal["inline", "reference", "definition", "autolink", "attribute", "candidate"]
    label_start: int = 0
    label_end: int = 0
    label: str = ""
    element: str = ""
    alternative: str = ""


class _Document:
    """What a text consists of: spans that are not prose, and links, both in order."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int, Kind]] = []
        self.links: list[_Occurrence] = []
        self.line_starts = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self.line_starts, offset)


@lru_cache(maxsize=8)
def _parse(markdown: str, dialect: Dialect) -> _Document:
    # As the parser normalizes its input, but of the same length.
    text = markdown.replace("\r\n", " \n").replace("\r", "\n").replace("\0", "\ufffd")
    document = _Document(text)
    parser = _parser(dialect)
    env: dict[str, Any] = {"definitions": [], "formulas": [], "unclosed": 0}
    tokens: list[Any] = []
    # Unlike MarkdownIt.parse, this leaves the text as it is.
    parser.block.parse(text, parser, env, tokens)
    spans: list[tuple[int, int, Kind]] = []
    for start, end in env["formulas"]:
        spans.append((start, end, "formula"))
    for occurrence in env["definitions"]:
        document.links.append(occurrence)
    cursors: dict[int, int] = {}
    ends = [*document.line_starts[1:], len(text)]
    for token in tokens:
        if token.map is None:
            continue
        first, last = token.map
        start, end = document.line_starts[first], ends[last - 1]
        if token.type in ("fence", "code_block"):
            spans.append((start, end, "code"))
        elif token.type == "html_block":
            _read_html(text, start, end, "html", spans, document.links)
        elif token.type == "inline" and token.content:
            offsets = _locate(text, token.content, first, document.line_starts, ends, cursors)
            if offsets is not None:
                _read_inline(parser, token.content, offsets, env, text, spans, document.links)
    document.spans = _merge(spans)
    code = [(start, end) for start, end, kind in document.spans if kind == "code"]
    document.links = [
        occurrence for occurrence in document.links if not _is_inside(occurrence.start, occurrence.end, code)
    ]
    document.links.sort(key=lambda occurrence: (occurrence.start, occurrence.target_start))
    return document


def _merge(spans: list[tuple[int, int, Kind]]) -> list[tuple[int, int, Kind]]:
    """Return spans in order, without those inside others."""
    merged: list[tuple[int, int, Kind]] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not merged or start >= merged[-1][1]:
            merged.append((start, end, kind))
    return merged


def _is_inside(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (start, end))
    around = spans[max(index - 1, 0) : index + 1]
    return any(first <= start and end <= last for first, last in around)


def _locate(
    text: str, content: str, first: int, starts: list[int], ends: list[int], cursors: dict[int, int]
) -> list[int] | None:
    """Return the offset in the text of each character of an inline content, and of its end.

    The parser strips the marks of containers and white space from each line. ``cursors`` has the end of the
    last content of each line, because a row of a table has several.
    """
    offsets: list[int] = []
    position = 0
    for number, line in enumerate(content.split("\n"), first):
        if number >= len(starts):
            return None
        start = max(starts[number], cursors.get(number, 0))
        words = line.strip(" \t")
        source = text[start : ends[number]].rstrip("\n")
        leading = len(line) - len(line.lstrip(" \t"))
        body = source.rstrip(" \t")
        column = len(body) - len(words) if body.endswith(words) and not cursors else source.find(words)
        if column >= 0:
            positions = list(range(start + column, start + column + len(words)))
        else:
            aligned = _align(text, words, start, start + len(source))
            if aligned is None:
                return None
            positions = aligned
        position = positions[-1] + 1 if positions else start
        trailing = len(line) - leading - len(words)
        offsets += [positions[0] if positions else start] * leading + positions + [position] * trailing
        offsets.append(ends[number] - 1)  # the line break
        cursors[number] = position
    offsets[-1] = position
    return offsets


def _align(text: str, words: str, start: int, end: int) -> list[int] | None:
    r"""Return the offset of each character of the cell of a table, in which ``\|`` is ``|``."""
    first = text.find(words.partition("|")[0], start, end)
    if first < 0:
        return None
    positions: list[int] = []
    at = first
    for character in words:
        if character == "|" and text[at : at + 2] == r"\|":
            at += 1
        if at >= end or text[at] != character:
            return None
        positions.append(at)
        at += 1
    return positions


def _read_inline(
    parser: MarkdownIt,
    content: str,
    offsets: list[int],
    env: MutableMapping[str, Any],
    text: str,
    spans: list[tuple[int, int, Kind]],
    links: list[_Occurrence],
) -> None:
    """Add what an inline content consists of."""
    events: list[_Event] = []
    env["events"], env["base"] = events, 0
    parser.inline.parse(content, parser, env, [])
    open_element: tuple[str, int] | None = None
    targets: set[int] = set()
    for event in sorted(events, key=lambda event: (event.start, -event.end)):
        start, end = offsets[event.start], offsets[event.end - 1] + 1
        if event.kind in ("code", "formula"):
            spans.append((start, end, event.kind))
        elif event.kind == "tag":
            tag = content[event.start : event.end]
            if tag.startswith("<!--"):
                spans.append((start, end, "code"))
                continue
            name = tag.strip("</>").split(maxsplit=1)[0].lower() if len(tag) > 2 else ""
            if open_element and tag.startswith("</") and name == open_element[0]:
                spans.append((open_element[1], end, "code"))
                open_element = None
            elif open_element is None and name in _CODE_ELEMENTS and not tag.startswith("</"):
                open_element = name, start
            _read_html(text, start, end, "html", spans, links)
        elif event.kind == "autolink":
            spans.append((start, end, "html"))
            target = content[event.start + 1 : event.end - 1]
            if ":" in target:
                links.append(_Occurrence(start, end, target, start, end, False, "autolink"))
        elif event.target_start is None:
            label = normalizeReference(event.label)
            links.append(
                _Occurrence(
                    start, end, "", 0, 0, event.kind == "image", "reference",
                    offsets[event.label_start], offsets[event.label_end], label,
                )
            )  # fmt: skip
        elif event.target_start not in targets:
            # An image with a space in its target is no link as well.
            targets.add(event.target_start)
            raw = content[event.target_start : event.target_end]
            links.append(
                _Occurrence(
                    start, end, _unescape(raw), offsets[event.target_start], offsets[event.target_end],
                    event.kind == "image", "inline", offsets[event.label_start], offsets[event.label_end],
                )
            )  # fmt: skip


def _unescape(raw: str) -> str:
    return unescapeAll(raw[1:-1] if raw.startswith("<") and raw.endswith(">") else raw)


# The parser and its rules


@dataclass(frozen=True)
class _Event:
    """What a rule reads in an inline content, with offsets in it."""

    kind: Literal["code", "formula", "tag", "autolink", "link", "image"]
    start: int
    end: int
    label_start: int = 0
    label_end: int = 0
    target_start: int | None = None
    target_end: int = 0
    label: str = ""


@lru_cache(maxsize=8)
def _parser(dialect: Dialect) -> MarkdownIt:
    """Return a parser that records what it finds in its environment."""
    parser = MarkdownIt("commonmark").enable("table")
    # Every target is wanted as it is written.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    around: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    blocks = parser.block.ruler
    blocks.at("reference", _read_definition)
    blocks.before("code", "indented", _read_indented, around)
    if dialect.nests_html:
        blocks.at("html_block", _read_element, around)
    if dialect.has_formulas:
        blocks.before("code", "formula", _read_display_formula, around)
    inline = parser.inline.ruler
    inline.at("backticks", _record("code", backtick))
    inline.at("autolink", _record("autolink", autolink))
    inline.at("html_inline", _record("tag", html_inline))
    inline.at("link", _read_link)
    inline.at("image", _read_image)
    if dialect.has_formulas:
        inline.before("escape", "formula", _read_formula)
    return parser


_InlineRule = Callable[[StateInline, bool], bool]


def _add(state: StateInline, kind: Any, start: int, end: int, **values: Any) -> None:
    base = state.env["base"]
    for name in ("label_start", "label_end", "target_start", "target_end"):
        if values.get(name) is not None:
            values[name] += base
    state.env["events"].append(_Event(kind, start + base, end + base, **values))


def _record(kind: Literal["code", "autolink", "tag"], rule: _InlineRule) -> _InlineRule:
    """Return a rule that also records what it finds."""

    def read(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        # Backticks without a counterpart are text.
        if not silent and (kind != "code" or len(state.tokens) > count):
            _add(state, kind, start, state.pos)
        return True

    return read


def _read_formula(state: StateInline, silent: bool) -> bool:
    end = find_formula_end(state.src, state.pos) if state.src[state.pos] in "$\\" else None
    if end is None or end > state.posMax:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
        _add(state, "formula", state.pos, end)
    state.pos = end
    return True


def _read_link(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if state.src[start] != "[":
        return False
    is_link = link(state, silent)
    if not silent:
        _record_target(state, "link", start, start, is_link)
    return is_link


def _read_image(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not state.src.startswith("![", start):
        return False
    # The label is parsed as a text of its own.
    base = state.env["base"]
    state.env["base"] = base + start + 2
    is_image = image(state, silent)
    state.env["base"] = base
    if not silent:
        _record_target(state, "image", start, start + 1, is_image)
    return is_image


def _record_target(
    state: StateInline, kind: Literal["link", "image"], start: int, bracket: int, is_complete: bool
) -> None:
    """Record a link or an image whose label begins at a bracket."""
    after, before = state.pos, state.pos
    label_end = state.md.helpers.parseLinkLabel(state, bracket, kind == "link")
    state.pos = before
    if label_end < 0:
        return
    src = state.src
    label = {"label_start": bracket + 1, "label_end": label_end}
    if src.startswith("(", label_end + 1):
        target = _find_target(state, label_end + 2)
        if target is not None:
            target_start, target_end, end = target
            _add(state, kind, start, end, target_start=target_start, target_end=target_end, **label)
            return
    if is_complete:
        name = src[bracket + 1 : label_end]
        if src.startswith("[", label_end + 1) and after > label_end + 2:
            name = src[label_end + 2 : after - 1] or name
        _add(state, kind, start, after, label=name, **label)


def _find_target(state: StateInline, start: int) -> tuple[int, int, int] | None:
    """Return the offsets of the target in parentheses that open before ``start``, and of their end.

    Other than in CommonMark, a target may contain spaces.
    """
    src, maximum = state.src, state.posMax
    at = _skip_space(src, start, maximum)
    if src.startswith(")", at):
        return at, at, at + 1
    result = state.md.helpers.parseLinkDestination(src, at, maximum)
    if result.ok:
        end = _skip_title(state, result.pos)
        if end is not None:
            return at, result.pos, end
    depth = 1
    for match in _END_OF_TARGET.finditer(src, at, min(maximum, at + _MOST_CHARACTERS_OF_TARGET)):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth > _MOST_PARENTHESES or match[0] in "\n<`":
            break
        if depth == 0:
            words = src[at : match.start()].rstrip()
            title = re.search(r"""\s(?:"[^"]*"|'[^']*')$""", words)
            words = words[: title.start()].rstrip() if title else words
            return (at, at + len(words), match.end()) if words else None
    return None


def _skip_title(state: StateInline, position: int) -> int | None:
    """Return the offset after the parenthesis that closes a target, or None."""
    src, maximum = state.src, state.posMax
    at = _skip_space(src, position, maximum)
    title = state.md.helpers.parseLinkTitle(src, at, maximum, None)
    if title.ok and at > position:
        at = _skip_space(src, title.pos, maximum)
    return at + 1 if at < maximum and src[at] == ")" else None


def _skip_space(src: str, position: int, maximum: int) -> int:
    while position < maximum and src[position] in " \t\n":
        position += 1
    return position


def _read_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    # "[^1]:" begins a footnote.
    if state.src.startswith("[^", begin) or not reference(state, start, end, silent):
        return False
    if silent:
        return True
    label_end = begin + 1
    while state.src[label_end] != "]":
        label_end += 2 if state.src[label_end] == "\\" else 1
    line = bisect_right(state.bMarks, label_end) - 1
    at = _skip_space(state.src, label_end + 2, state.eMarks[line])
    if at == state.eMarks[line]:
        # The target is on the next line, in a quotation after ">".
        line += 1
        at = state.bMarks[line] + state.tShift[line]
    result = state.md.helpers.parseLinkDestination(state.src, at, state.eMarks[line])
    if result.ok:
        raw = state.src[at : result.pos]
        state.env["definitions"].append(
            _Occurrence(
                begin, state.eMarks[state.line - 1], _unescape(raw), at, result.pos, False, "definition",
                label=normalizeReference(state.src[begin + 1 : label_end]),
            )
        )  # fmt: skip
    return True


def _read_indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a footnote, definition, admonition or tab: its text is indented by four spaces."""
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    match = _INDENTED.match(state.src, begin, state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
    before = state.bMarks[start], state.tShift[start], state.sCount[start], state.blkIndent, state.parentType
    state.blkIndent += 4
    first = start
    if match["text"] is not None:
        state.bMarks[start], state.tShift[start], state.sCount[start] = match.end(), 0, state.blkIndent
        state.parentType = "list"
    else:
        token = state.push("inline", "", 0)
        token.content, token.map, token.children = match[0].rstrip(), [start, start + 1], []
        first = start + 1
    state.line = first
    state.level += 1
    state.md.block.tokenize(state, first, end)
    state.level -= 1
    state.line = max(state.line, start + 1)
    state.bMarks[start], state.tShift[start], state.sCount[start], state.blkIndent, state.parentType = before
    return True


def _read_display_formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a formula on lines of its own, which may look like lists or headings."""
    begin = state.bMarks[start] + state.tShift[start]
    match = None if state.is_code_block(start) else _DISPLAY_FORMULA.match(state.src, begin)
    if match is None:
        return False
    closing = "$$" if match[0] == "$$" else rf"\end{{{match['name']}}}" if match["name"] else r"\]"
    for line in range(start, end):
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        at = match.end() if line == start else state.bMarks[line] + state.tShift[line]
        close = state.src.find(closing, at, state.eMarks[line])
        if close >= 0:
            break
    else:
        return False
    # A formula on one line is part of a paragraph, unless nothing follows it.
    stop = close + len(closing)
    if state.src[stop : state.eMarks[line]].strip():
        return False
    if not silent:
        state.env["formulas"].append((begin, stop))
        state.line = line + 1
    return True


def _read_element(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read an HTML block, which ends with its element."""
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    match = re.match(r"<(/?)([A-Za-z][\w-]*)(?=[\s/>])", state.src[begin : state.eMarks[start] + 1])
    if match is None or match[2].lower() in ("pre", "script", "style", "textarea"):
        is_inline = match is None and not re.match(r"<[!?]", state.src[begin : begin + 2])
        return not is_inline and html_block(state, start, end, silent)
    name = match[2].lower()
    if name not in block_names:
        return False
    if silent:
        return True
    if match[1]:
        last = start
    else:
        parser = _ElementEnd(name)
        last = start
        is_limited = state.env["unclosed"] >= _MOST_UNCLOSED_ELEMENTS
        while last < end and not is_limited:
            at = state.bMarks[last] + (state.tShift[last] if last == start else 0)
            parser.feed(state.src[at : state.eMarks[last]] + "\n")
            if parser.is_markdown or parser.is_closed:
                break
            last += 1
        if not (parser.is_markdown or parser.is_closed):
            state.env["unclosed"] += 1
            return html_block(state, start, end, silent)
    state.line = last + 1
    token = state.push("html_block", "", 0)
    token.map = [start, last + 1]
    return True


class _ElementEnd(HtmlParser):
    """Finds the end of an element, or whether its content is Markdown (``md_in_html``, kramdown)."""

    def __init__(self, name: str) -> None:
        # It is fed line by line, and its offsets are not used.
        super().__init__(Lines(""))
        self.name = name
        self.depth = 0
        self.is_closed = False
        self.is_markdown = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.depth == 0:
            self.is_markdown = dict(attrs).get("markdown", "0") != "0"
        if tag == self.name:
            self.depth += 1
            self.is_closed |= tag in VOID_ELEMENTS

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag == self.name and tag not in VOID_ELEMENTS:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.name:
            self.depth -= 1
            self.is_closed |= self.depth <= 0


# HTML


def _read_html(
    text: str, start: int, end: int, kind: Kind, spans: list[tuple[int, int, Kind]], links: list[_Occurrence]
) -> None:
    """Add what a piece of HTML consists of."""
    parser = _HtmlReader(text[start:end], start)
    parser.feed(text[start:end])
    parser.close()
    parser.finish()
    at = start
    for code_start, code_end in parser.code:
        if at < code_start:
            spans.append((at, code_start, kind))
        spans.append((code_start, code_end, "code"))
        at = code_end
    if at < end:
        spans.append((at, end, kind))
    links += parser.links


class _HtmlReader(HtmlParser):
    """Finds the code and the URLs in HTML. ``base`` is added to all offsets."""

    def __init__(self, source: str, base: int) -> None:
        super().__init__(Lines(source))
        self.source = source
        self.base = base
        self.code: list[tuple[int, int]] = []
        self.links: list[_Occurrence] = []
        self._open: tuple[str, int, int] | None = None  # name, start, depth

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open is not None:
            if tag == self._open[0]:
                self._open = (tag, self._open[1], self._open[2] + 1)
            return
        offset, source = self.find_offset(), self.get_starttag_text() or ""
        if tag in _CODE_ELEMENTS:
            self._open = (tag, offset, 1)
        else:
            self.links += _read_attributes(tag, source, self.base + offset, dict(attrs).get("alt") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _CODE_ELEMENTS:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._open is None or tag != self._open[0]:
            return
        name, start, depth = self._open
        self._open = (name, start, depth - 1)
        if depth == 1:
            end = self.source.find(">", self.find_offset()) + 1 or len(self.source)
            self.code.append((self.base + start, self.base + end))
            self._open = None

    def handle_comment(self, data: str) -> None:
        if self._open is None:
            start = self.find_offset()
            end = self.source.find(">", start + len(data)) + 1 or len(self.source)
            self.code.append((self.base + start, self.base + end))

    def finish(self) -> None:
        """Add code that is never closed, unless the source is only its tag."""
        if self._open is not None and not self.source.rstrip().endswith(">"):
            self.code.append((self.base + self._open[1], self.base + len(self.source)))


class _UnsafeHtmlReader(HtmlParser):
    """Finds what `remove_unsafe_html` removes: edits, and what they remove with its line."""

    def __init__(self, source: str) -> None:
        super().__init__(Lines(source))
        self.edits: list[tuple[int, int, str]] = []
        self.removed: list[tuple[str, int]] = []
        self.source = source
        self.feed(source)
        self.close()

    def _remove(self, start: int, end: int, what: str) -> None:
        self.edits.append((start, end, "\n" * self.source.count("\n", start, end)))
        if what:
            self.removed.append((what, self.lines.position(start)[0]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        start, source = self.find_offset(), self.get_starttag_text() or ""
        if tag in _UNSAFE_ELEMENTS:
            self._remove(start, start + len(source), f"<{tag}>")
            return
        for name, begin, end, *value in _iter_attributes(source):
            is_unsafe = name.startswith("on") or name in ("srcdoc", "style")
            if is_unsafe and not _is_alignment(name, source[slice(*value)]):
                self._remove(start + begin, start + end, name)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSAFE_ELEMENTS:
            start = self.find_offset()
            self._remove(start, self.source.find(">", start) + 1 or len(self.source), "")


def _read_attributes(tag: str, source: str, base: int, alternative: str) -> Iterator[_Occurrence]:
    """Yield the URLs in a start tag."""
    for name, start, end, value_start, value_end in _iter_attributes(source):
        if name not in _URL_ATTRIBUTES and (tag, name) != ("object", "data"):
            continue
        is_image = tag == "img" or name in ("poster", "srcset") or (tag, name) == ("image", "href")
        value = source[value_start:value_end]
        if name != "srcset":
            yield _Occurrence(
                base + (0 if tag == "img" else start), base + (len(source) if tag == "img" else end),
                html.unescape(value), base + value_start, base + value_end, is_image, "attribute",
                label_start=base + start, label_end=base + end, element=tag, alternative=alternative,
            )  # fmt: skip
            continue
        for match in re.finditer(r"[^\s,][^\s]*[^\s,]|[^\s,]", value):
            # A candidate is a URL and a width or a density.
            before = value[: match.start()].rstrip()
            if before and not before.endswith(","):
                continue
            at = base + value_start + match.start()
            yield _Occurrence(
                base + start, base + end, html.unescape(match[0]), at, at + len(match[0]), True, "candidate",
                element=tag,
            )  # fmt: skip


def _iter_attributes(source: str) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield the attributes with values of a start tag: name, and offsets of attribute and value."""
    at = len(re.match(r"<[^\s/>]*", source)[0])  # type: ignore[index]
    # HTML, section 13.2.5.32 and following: names end before white space, "/", ">" and "=".
    pattern = re.compile(
        r"""[\s/]*(?P<name>[^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|(?P<c>[^\s"'>][^\s>]*)))?"""
    )
    while match := pattern.match(source, at):
        at = match.end()
        for group in "abc":
            if match[group] is not None:
                yield match["name"].lower(), match.start("name"), at, match.start(group), match.end(group)


# Edits


def _replace(occurrence: _Occurrence, target: str) -> list[tuple[int, int, str]]:
    if occurrence.form == "attribute":
        return [(occurrence.target_start, occurrence.target_end, html.escape(target))]
    if occurrence.form == "candidate":
        return [
            (occurrence.target_start, occurrence.target_end, html.escape(re.sub(r"[\s,]", _encode, target)))
        ]
    if occurrence.form == "autolink" and re.match(r"[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*$", target):
        return [(occurrence.start, occurrence.end, f"<{target}>")]
    target = _NEEDS_ENCODING.sub(_encode, target)
    if not _is_balanced(target):
        target = re.sub(r"[()]", _encode, target)
    # What would be read as a character reference.
    target = re.sub(r"&(?=#?\w+;)", "&amp;", target) or "<>"
    if occurrence.form == "autolink":
        return [(occurrence.start, occurrence.end, f"[{_escape_text(occurrence.target)}]({target})")]
    return [(occurrence.target_start, occurrence.target_end, target)]


def _remove(text: str, occurrence: _Occurrence) -> list[tuple[int, int, str]]:
    if occurrence.form == "autolink":
        return [(occurrence.start, occurrence.end, _escape_text(occurrence.target))]
    if occurrence.form == "attribute" and occurrence.element == "img":
        return [(occurrence.start, occurrence.end, html.escape(occurrence.alternative, quote=False))]
    if occurrence.form == "attribute":
        return [(occurrence.label_start, occurrence.label_end, "")]
    if occurrence.form == "candidate":
        return [(occurrence.target_start, occurrence.target_end, "data:,")]
    if occurrence.form == "definition":
        return [(occurrence.start, occurrence.end, "")]
    attributes = _ATTRIBUTE_LIST.match(text, occurrence.end)
    end = attributes.end() if attributes else occurrence.end
    return [(occurrence.start, occurrence.label_start, ""), (occurrence.label_end, end, "")]


def _apply(text: str, edits: list[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop, replacement in sorted(edits):
        # An edit inside the part that another removes has no effect.
        if start >= end:
            parts += [text[end:start], replacement]
            end = stop
    return "".join([*parts, text[end:]])


def _encode(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _is_balanced(target: str) -> bool:
    depth = 0
    for character in target:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _escape_text(text: str) -> str:
    return re.sub(r"[\\`*_\[\]<>&$]", r"\\\g<0>", text)
