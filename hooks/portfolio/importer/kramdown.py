"""Kramdown, the Markdown of Jekyll, rewritten as the Markdown of this site.

Blocks are divided by the rules of kramdown 2.4 and its parser for GitHub's dialect, because they decide what
is code. The text of code never changes. Everything else that this site reads in another way is rewritten.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest
from typing import Literal

from markdown_it import MarkdownIt

from portfolio.core.diagnostics import quote
from portfolio.core.text import find_emoji, slugify_heading

_SPACE = r"^[ ]{0,3}"
_INDENT = re.compile(r"^(?:\t| {4})")
_FENCE = re.compile(
    _SPACE + r"(?P<marks>(?P<mark>[~`])(?P=mark){2,})[ \t]*(?:(?P<language>[^\s`?]+)(?:\?\S*)?)?[ \t]*$"
)
_QUOTATION = re.compile(_SPACE + r"> ?")
_HEADING = re.compile(r"^(?P<level>#{1,6})(?P<space>[ \t]*)(?P<text>.*)$")
_HEADING_ID = re.compile(r"[\t ]\{#(?P<id>[A-Za-z_:][\w:.-]*)\}$")
_UNDERLINE = re.compile(r"^(?:-+|=+)[ \t]*$")
_RULE = re.compile(_SPACE + r"([*_-])[ \t]*\1[ \t]*\1(?:\1|[ \t])*$")
_ITEM = re.compile(r"^(?P<marker>[ ]{0,3}(?:[+*-]|(?P<number>\d+)\.))(?P<text>[\t| ].*)$")
_DEFINITION = re.compile(r"^(?P<marker>[ ]{0,3}:)(?P<text>[\t| ].*)$")
_FOOTNOTE = re.compile(_SPACE + r"\[\^(?P<name>\w[\w-]*)\]:[ \t]*(?P<text>.*)$")
_LINK_DEFINITION = re.compile(_SPACE + r"\[(?!\^)[^\n\]]+\]:[ \t]*\S")
_ABBREVIATION = re.compile(_SPACE + r"\*\[.+?\]:")
_END_OF_BLOCK = re.compile(r"^\^\s*$")
_ATTRIBUTES_LINE = re.compile(_SPACE + r"\{:(?![:/])(?P<list>(?:\\\}|[^}])+)\}\s*$")
_NAMED_ATTRIBUTES = re.compile(_SPACE + r"\{:(?P<name>\w[\w-]*):(?P<list>(?:\\\}|[^}])+)\}\s*$")
_EXTENSION = re.compile(_SPACE + r"\{::(?P<name>\w+)(?:\s(?P<options>(?:\\\}|[^}])*?))?(?P<closed>/)?\}\s*$")
_ITEM_ATTRIBUTES = re.compile(r"^\s*\{:(?!(?:\w[\w-]*)?:|/)(?P<list>(?:\\\}|[^}])+)\}\s*")
_ATTRIBUTE = re.compile(
    r"""(?:^|\s)(?:(?P<key>\w[\w-]*)=(?P<quote>["'])(?P<value>(?:\\\}|\\(?P=quote)|(?!(?P=quote))[^}])*?)(?P=quote)"""
    r"""|(?P<reference>\w[\w-]*)|(?P<names>(?:#[A-Za-z][\w:-]*|\.[^\s.#]+)+))(?=\s|$)"""
)
_NAME = re.compile(r"#(?P<id>[A-Za-z][\w:-]*)|\.(?P<class_name>[^\s.#]+)")
_BLOCK_MATH = re.compile(r" {0,3}\$\$(?P<tex>.*?)\$\$[ \t]*(?:\n|\Z)", re.DOTALL)
_TABLE_LINE = re.compile(r"^(?:\||.*?[^\\\n]\|)")
_TABLE_RULE = re.compile(r"^[+|: \t-]*-[+|: \t-]*$")
_TABLE_FOOTER_RULE = re.compile(r"^[+|: \t=]*=[+|: \t=]*$")
_TABLE_ALIGNMENT = re.compile(r"(:?)-+(:?)")
_CELL = re.compile(r"(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|<code.*?>.*?</code>)|(?<!\\)\|")
_CODE_OR_TAG = re.compile(r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|<[^<>]*>")
_HTML_START = re.compile(_SPACE + r"<(?P<name>[A-Za-z][\w:-]*)(?=[\s>]|/>|$)")
_SPAN_ELEMENTS = set(
    "a abbr acronym b big bdo br button cite code del dfn em i img input ins kbd label mark option q rb rbc "
    "rp rt rtc ruby samp select small span strong sub sup tt u var".split()
)
# What ends a paragraph or code, although it may be an autolink.
_LAZY_HTML = re.compile(_SPACE + rf"</?(?!(?:{'|'.join(sorted(_SPAN_ELEMENTS | {'script'}))})\b)[A-Za-z_]")
_COMMENT = re.compile(_SPACE + r"<!--")
_BLOCK_ELEMENTS = set(
    "address article aside applet body blockquote caption col colgroup dd div dl dt fieldset "
    "figcaption footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html head iframe legend menu li main map nav ol "
    "optgroup p pre section "
    "summary table tbody td th thead tfoot tr ul".split()
)
_VOID_ELEMENTS = set(
    "area base br col command embed hr img input keygen link meta param source track wbr".split()
)
# Elements in a paragraph whose content is code, and those whose content is Markdown.
_RAW_ELEMENTS = set("code kbd math option pre samp script style textarea var".split())
_MARKED_ELEMENTS = set(
    "a abbr acronym b bdo big button cite del dfn em i ins label legend q rb rbc rp rt rtc ruby select small "
    "span strong sub sup tt".split()
)
# Markup in a paragraph, of which some differs between the two dialects.
_SPAN = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)(?:[^\n]|\n)+?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--.*?-->|\{::comment\}.*?\{:/(?:comment)?\})"
    r"|\{::nomarkdown[^}]*\}(?P<raw>.*?)\{:/(?:nomarkdown)?\}"
    r"|(?P<options>\{::options[^}]*/\})"
    r"|(?P<element><(?P<tag>[A-Za-z][\w:-]*)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>)|(?P<end_tag></(?P<end_name>[A-Za-z][\w:-]*)\s*>)"
    r"|(?P<autolink><(?:(?:mailto|https?|ftps?):[^>\s]+|[\w.-]+@[\w.-]+)>)"
    r"|\\\\\((?P<round>.+?)\\\\\)|\\\\\[(?P<square>.+?)\\\\\]"
    r"|(?P<break>\\\\?(?=\n))"
    r"|\\(?P<guillemets><<|>>)"
    r"|\\\$\$|\\(?P<escaped>[\\.*_+`<>()\[\]{}#!:|\"'$=~-])"
    r"|\$\$(?P<tex>.*?)\$\$"
    r"|\{:(?![:/])(?P<attributes>(?:\\\}|[^}\n])+)\}"
    r"|(?P<left><< ?)|(?P<right> ?>>)"
    r"|(?P<foreign>==(?=\S(?:.*?\S)?==)|\+\+(?=[\w\"'+-]+\+\+)|\^(?=[^\s^]+\^)|(?<!~)~(?=[^\s~]+~(?!~))|\[\[(?=[^\]\n]*\]\])|\{(?=[{%]))"
    r"|\[\^(?P<note>\w[\w-]*)\]"
    r"|(?P<citation>\[-?@(?=[\w:.-]+[^\[\]]*\](?![(\[])))"
    r"|(?<![\w:]):(?P<emoji>[\w+-]+):(?![\w:])"
    r"|\]\((?P<target>[^()\s\"'<>]+(?: [^()\s\"'<>]+)+)\)",
    re.DOTALL,
)
# The characters that a backslash makes ordinary in both dialects.
_ESCAPED_IN_BOTH = set("\\`*_{}[]>#+-.!")
# What only this site reads as the beginning of a block.
_FOREIGN_LINE = re.compile(r"^:[ ]{1,3}(?=\S)|^\*(?=\[[^\]]+\]:)|^\[(?=[^\]]+\]:)")
_FOREIGN_BLOCK = re.compile(
    r"^(?:(?P<number>\d{1,9})\)(?=[ ]|$)|(?P<mark>!!!|\?\?\?|///|;*--8<--|\[TOC\]\s*$))"
)
_OWN_BLOCK = re.compile(r"^(?:(?P<number>\d{1,9})\.(?=[ ])|(?P<mark>[-+*](?=[ ])|#{1,6}(?=[ ])|>))")
_EMOJI_NAME = re.compile(r":[\w+-]+:")
_BOX = re.compile(r"^\[[ xX]\]\s")

ProblemKind = Literal["dropped", "invalid", "unsupported"]
# Called with the kind of a problem, its line, a message and a hint.
ReportProblem = Callable[[ProblemKind, int, str, str], None]


@dataclass(frozen=True)
class Element:
    """An element of HTML in a text, such as ``<d-cite key="a"></d-cite>``, with the source of its content."""

    name: str
    attributes: Mapping[str, str]
    content: str
    line: int
    is_block: bool


@dataclass(frozen=True)
class KramdownOptions:
    """The options of kramdown that matter, and what replaces HTML.

    ``is_gfm``: GitHub's dialect. ``replaces_emoji``: the old site showed ``:rocket:`` as an emoji.
    ``convert_html`` returns the Markdown of a block of HTML on a line; ``convert_element`` returns that of an
    element, or None to leave it as it is.
    """

    is_gfm: bool = True
    auto_ids: bool = True
    hard_wrap: bool = False
    replaces_emoji: bool = False
    convert_html: Callable[[str, int], str] = field(default=lambda html, _: html)
    convert_element: Callable[[Element], str | None] = field(default=lambda _: None)


def convert_kramdown(text: str, lines: list[int], options: KramdownOptions, report: ReportProblem) -> str:
    """Return kramdown as this site's Markdown.

    ``lines`` has for each line of the text that of the source that it comes from; ``report`` is called with
    each problem.
    """
    source = [
        _Line(line, number)
        for line, number in zip_longest(text.split("\n"), lines, fillvalue=None)
        if line is not None
    ]
    converter = _Converter(options, report, source)
    return "\n".join(converter.convert(source)).strip("\n") + "\n"


@dataclass(frozen=True)
class _Line:
    text: str
    number: int | None

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass
class _Attributes:
    """An attribute list. ``classes`` and ``values`` are in their order."""

    id: str = ""
    classes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, other: _Attributes) -> None:
        """Add the attributes of another list, which replace those with the same name."""
        self.id = other.id or self.id
        self.classes += [name for name in other.classes if name not in self.classes]
        self.values.update(other.values)
        self.names |= other.names

    def format(self) -> str:
        """Return the list in the notation of this site, or an empty string."""
        parts = [f"#{self.id}"] if self.id else []
        parts += [f".{name}" for name in self.classes if not re.search(r"[\s\"'={}]", name)]
        for key, value in self.values.items():
            if not key.lower().startswith("on") and key.lower() != "style":
                parts.append(f'{key}="{value.replace(chr(34), "&quot;")}"')
        return "{: " + " ".join(parts) + " }" if parts else ""


@dataclass
class _Block:
    """A converted block: its kind, its lines, and where it is in the source."""

    kind: str
    lines: list[str]
    number: int
    attributes: _Attributes = field(default_factory=_Attributes)
    source: list[_Line] = field(default_factory=list)


class _Converter:
    """Converts the blocks of a page, which share names of attribute lists and ids of headings."""

    def __init__(self, options: KramdownOptions, report: ReportProblem, source: list[_Line]) -> None:
        self._options = options
        self._report = report
        self._named: dict[str, _Attributes] = {}
        for line in source:
            if match := _NAMED_ATTRIBUTES.match(line.text):
                self._named.setdefault(match["name"], _Attributes()).add(
                    self._parse_attributes(match["list"])
                )
        text = "\n".join(line.text for line in source)
        self._defined_notes = {match["name"] for line in source if (match := _FOOTNOTE.match(line.text))}
        self._used_notes = set(re.findall(r"\[\^(\w[\w-]*)\](?!:)", text))
        self._used_ids: dict[str, int] = {}
        self._own_ids: set[str] = set()
        self._auto_ids = options.auto_ids

    def convert(self, lines: list[_Line]) -> list[str]:
        """Return the converted lines of a page, or of the content of an item, a quotation or a definition."""
        output: list[str] = []
        previous: _Block | None = None
        for block in self._parse(lines):
            if block.kind == "blank":
                if output and output[-1]:
                    output.append("")
                continue
            if output and output[-1] and not self._can_follow(previous, block):
                output.append("")
            output += self._finish(block)
            previous = block
        while output and not output[-1]:
            output.pop()
        return output

    def _can_follow(self, previous: _Block | None, block: _Block) -> bool:
        """Whether a block can follow another without an empty line."""
        if previous is None or block.kind == previous.kind == "definition":
            return True
        # A list with a number may not interrupt a paragraph, and a marker alone could underline a heading.
        return (
            block.kind == "list"
            and previous.kind == "paragraph"
            and re.match(r"[-+*] ", block.lines[0]) is not None
        )

    def _finish(self, block: _Block) -> list[str]:
        """Return the lines of a block with its attributes."""
        attributes = block.attributes
        if "toc" in attributes.names and block.kind == "list":
            return ["[TOC]"]
        text = attributes.format()
        if block.kind == "heading":
            return [f"{block.lines[0]} {text}" if text else block.lines[0]]
        if not text or block.kind == "code":
            return block.lines
        if block.kind == "paragraph":
            return [*block.lines, text]
        anchor = [f'<a id="{attributes.id}"></a>', ""] if attributes.id else []
        if attributes.classes or attributes.values:
            message = f"the attributes {quote(text)} have no counterpart here, and are left out."
            self._report("dropped", block.number, message, "")
        return [*anchor, *block.lines]

    def _parse(self, lines: list[_Line]) -> list[_Block]:
        """Divide lines into blocks and convert each."""
        blocks: list[_Block] = []
        pending: _Attributes | None = None
        rest = list(lines)
        at = 0
        is_separated = False
        while at < len(rest):
            line = rest[at]
            number = line.number or 1
            last = blocks[-1] if blocks else None
            is_start = last is None or last.kind == "blank" or pending is not None or is_separated
            block: _Block | None = None
            if line.is_blank:
                block, at = _Block("blank", [], number), at + 1
                is_separated = False
            elif _NAMED_ATTRIBUTES.match(line.text):
                at += 1
                continue
            elif match := _ATTRIBUTES_LINE.match(line.text):
                attributes = self._parse_attributes(match["list"])
                if last is None or last.kind == "blank":
                    pending = pending or _Attributes()
                    pending.add(attributes)
                else:
                    self._attach(last, attributes)
                at += 1
                continue
            elif _END_OF_BLOCK.match(line.text):
                at += 1
                is_separated = True
                before = next((block.kind for block in reversed(blocks) if block.kind != "blank"), "")
                if before in ("list", "quotation", "code") and _continues(rest, at):
                    blocks.append(_Block("comment", ["<!-- -->"], number))
                continue
            elif match := _EXTENSION.match(line.text):
                block, at = self._parse_extension(match, rest, at)
            elif _INDENT.match(line.text):
                block, at = self._parse_indented_code(rest, at)
            elif (match := _FENCE.match(line.text)) and not (
                match["mark"] == "`" and "`" in (match["language"] or "")
            ):
                block, at = self._parse_fence(match, rest, at)
            elif _QUOTATION.match(line.text):
                block, at = self._parse_quotation(rest, at)
            elif (match := self._match_heading(line.text, is_start=is_start)) is not None:
                block, at = self._make_heading(len(match["level"]), match["text"], number), at + 1
            elif _RULE.match(line.text):
                block, at = _Block("rule", ["---"], number), at + 1
            elif _ITEM.match(line.text):
                block, at = self._parse_list(rest, at)
            elif _DEFINITION.match(line.text) and (term := _find_term(blocks)) is not None:
                block, at = self._parse_definitions(term, rest, at)
                del blocks[blocks.index(term) :]
            elif self._starts_html(line.text):
                block, at = self._parse_html(rest, at)
            elif is_start and at + 1 < len(rest) and _UNDERLINE.match(rest[at + 1].text):
                level = 1 if rest[at + 1].text.startswith("=") else 2
                block, at = self._make_heading(level, line.text.strip(), number), at + 2
            elif is_start and (math := self._parse_math(rest, at)) is not None:
                block, at = math
            elif (
                is_start
                and _TABLE_LINE.match(line.text)
                and (table := self._parse_table(rest, at)) is not None
            ):
                block, at = table
            elif match := _FOOTNOTE.match(line.text):
                block, at = self._parse_footnote(match, rest, at)
            elif _LINK_DEFINITION.match(line.text) or _ABBREVIATION.match(line.text):
                block, at = _Block("reference", [line.text.strip()], number), at + 1
            else:
                block, at = self._parse_paragraph(rest, at)
            if block is None:
                continue
            if block.kind != "blank":
                if pending is not None:
                    self._attach(block, pending)
                    pending = None
                is_separated = False
                if block.kind == last_kind(blocks) == "reference":
                    blocks[-1].lines += block.lines
                    continue
            blocks.append(block)
        return blocks

    def _attach(self, block: _Block, attributes: _Attributes) -> None:
        if block.kind == "code":
            _set_code_options(block, attributes)
        block.attributes.add(attributes)

    def _parse_attributes(self, text: str) -> _Attributes:
        attributes = _Attributes()
        for match in _ATTRIBUTE.finditer(text):
            if match["key"]:
                value = re.sub(r"\\([}\"'])", r"\1", match["value"])
                if match["key"] == "class":
                    attributes.classes += value.split()
                elif match["key"] == "id":
                    attributes.id = value
                else:
                    attributes.values[match["key"]] = value
            elif match["reference"]:
                attributes.names.add(match["reference"])
                attributes.add(self._named.get(match["reference"], _Attributes()))
            else:
                for name in _NAME.finditer(match["names"]):
                    if name["id"]:
                        attributes.id = name["id"]
                    else:
                        attributes.classes.append(name["class_name"])
        return attributes

    def _match_heading(self, text: str, *, is_start: bool) -> re.Match[str] | None:
        match = _HEADING.match(text)
        if match is None or not match["text"].strip():
            return None
        return match if (match["space"] if self._options.is_gfm else is_start) else None

    def _parse_extension(
        self, match: re.Match[str], lines: list[_Line], at: int
    ) -> tuple[_Block | None, int]:
        name, number = match["name"], lines[at].number or 1
        end = at + 1
        content: list[_Line] = []
        if not match["closed"]:
            closing = re.compile(_SPACE + r"\{:/(?:" + re.escape(name) + r")?\}\s*$")
            end = next((index for index in range(at + 1, len(lines)) if closing.match(lines[index].text)), -1)
            if end < 0:
                message = f"{{::{name}}} is never closed, and is text."
                self._report("invalid", number, message, f"Write {{:/{name}}} after it.")
                return _Block("paragraph", [f"\\{lines[at].text.strip()}"], number), at + 1
            content = lines[at + 1 : end]
            end += 1
        if name == "options":
            values = {
                key["key"]: key["value"] for key in _ATTRIBUTE.finditer(match["options"] or "") if key["key"]
            }
            self._auto_ids = values.get("auto_ids", "true" if self._auto_ids else "false") == "true"
        elif name == "nomarkdown":
            html = "\n".join(line.text for line in content)
            return _Block("html", self._options.convert_html(html, number + 1).split("\n"), number), end
        elif name != "comment":
            message = f"there is no counterpart of {{::{name}}}."
            self._report("unsupported", number, message, "")
        return None, end

    def _parse_indented_code(self, lines: list[_Line], at: int) -> tuple[_Block, int]:
        texts: list[str] = []
        end = at
        while end < len(lines):
            line = lines[end]
            if _INDENT.match(line.text) and not line.is_blank:
                texts.append(_INDENT.sub("", line.text))
            elif line.is_blank:
                following = next((later for later in lines[end:] if not later.is_blank), None)
                if following is None or not _INDENT.match(following.text):
                    break
                texts.append(_INDENT.sub("", line.text) if _INDENT.match(line.text) else "")
            elif _END_OF_BLOCK.match(line.text) or self._interrupts_item(line.text):
                break
            else:
                # A line that directly follows continues the last line of the code.
                texts[-1] += f" {line.text}"
            end += 1
        return _make_code(texts, "", lines[at].number or 1), end

    def _parse_fence(self, match: re.Match[str], lines: list[_Line], at: int) -> tuple[_Block, int]:
        closing = re.compile(_SPACE + re.escape(match["marks"]) + re.escape(match["mark"]) + r"*[ \t]*$")
        number = lines[at].number or 1
        end = next(
            (index for index in range(at + 1, len(lines)) if closing.match(lines[index].text)), len(lines)
        )
        if end == len(lines):
            message = f"this code is never closed: {quote(lines[at].text.strip())} has no counterpart."
            self._report(
                "invalid", number, message, f"Write {match['marks']} on a line of its own after the code."
            )
        return _make_code(
            [line.text for line in lines[at + 1 : end]], match["language"] or "", number
        ), end + 1

    def _parse_quotation(self, lines: list[_Line], at: int) -> tuple[_Block, int]:
        end = at + 1
        while end < len(lines) and not self._ends_lazily(lines[end]):
            end += 1
        inner = [_Line(_QUOTATION.sub("", line.text), line.number) for line in lines[at:end]]
        converted = self.convert(inner)
        # A callout of this site is a quotation that begins with such a mark.
        if converted and re.match(r"\[!\w+\]", converted[0]):
            converted[0] = f"\\{converted[0]}"
        return _Block(
            "quotation", [f"> {line}".rstrip() for line in converted] or [">"], lines[at].number or 1
        ), end

    def _make_heading(self, level: int, text: str, number: int) -> _Block:
        text = text.rstrip()
        id_match = _HEADING_ID.search(text)
        text = text[: id_match.start()].rstrip() if id_match else text
        if not id_match:
            text = re.sub(r"[\t ]#+$" if self._options.is_gfm else r"(?<!\\)#+$", "", text).rstrip()
            id_match = _HEADING_ID.search(text)
            text = text[: id_match.start()].rstrip() if id_match else text
        inline = re.search(r"[ \t]\{:(?![:/])(?P<list>(?:\\\}|[^}])+)\}$", text)
        block = _Block("heading", [], number)
        if inline and not re.search(r"[*_`\])]$", text[: inline.start()]):
            text = text[: inline.start()]
        plain = self._plain_text(text)
        own = slugify_heading(plain, "-")
        if id_match:
            block.attributes.id = id_match["id"]
        elif self._auto_ids:
            id = self._generate_id(plain if self._options.is_gfm else text)
            is_certain = not re.search(r"\$\$|[<&]", text) and not _EMOJI_NAME.search(plain)
            if id and (id != own or own in self._own_ids or not is_certain):
                block.attributes.id = id
        self._own_ids.add(own)
        block.lines = [f"{'#' * level} {self._convert_spans(text, number)}"]
        return block

    def _generate_id(self, text: str) -> str:
        if self._options.is_gfm:
            kept = (
                c for c in text.lower() if c in "- \t_" or c.isalnum() or unicodedata.category(c)[0] == "M"
            )
            id = "".join(kept).replace(" ", "-").replace("\t", "-")
        else:
            id = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", text)).replace(" ", "-").lower()
            id = id or "section"
        count = self._used_ids.get(id, 0)
        self._used_ids[id] = count + 1
        return f"{id}-{count}" if count else id

    def _plain_text(self, text: str) -> str:
        """Return the text of a heading without markup, as kramdown makes its id from it."""
        text = re.sub(r"\$\$(.*?)\$\$", lambda match: f"`{match[1].strip() or ' '}`", text)
        text = re.sub(r"\{:(?:\\\}|[^}])+\}", "", text)
        parts = []
        for token in MarkdownIt("commonmark").parseInline(text)[0].children or []:
            if token.type == "text":
                parts.append(token.content.replace("---", "—").replace("--", "–").replace("...", "…"))
            elif token.type == "code_inline":
                parts.append(token.content)
            elif token.type == "softbreak":
                parts.append(" ")
        return "".join(parts)

    def _parse_list(self, lines: list[_Line], at: int) -> tuple[_Block, int]:
        number = lines[at].number or 1
        first = _ITEM.match(lines[at].text)
        is_ordered = first is not None and first["number"] is not None
        items: list[tuple[str, list[list[_Line]]]] = []
        indentation, has_nested, after_blank = 3, False, False
        end = at
        while end < len(lines):
            line = lines[end]
            match = _ITEM.match(line.text)
            if after_blank and _RULE.match(line.text):
                break
            if _END_OF_BLOCK.match(line.text):
                break
            if (
                match
                and (match["number"] is not None) == is_ordered
                and (not items or len(match["marker"]) - len(match["marker"].lstrip()) < min(indentation, 4))
            ):
                text, indentation = _measure_item(match["marker"], match["text"])
                text = _ITEM_ATTRIBUTES.sub("", text)
                items.append((match["marker"].strip(), [[_Line(text, line.number)]]))
                has_nested, after_blank = bool(_ITEM.match(text)), False
            elif line.is_blank:
                items[-1][1][-1].append(_Line("", line.number))
                has_nested = after_blank = True
            else:
                expanded = _expand_indentation(line.text)
                is_indented = _indentation(expanded) >= indentation
                if not is_indented and (after_blank or self._interrupts_item(line.text)):
                    break
                inner = (
                    expanded[indentation:] if is_indented else line.text.lstrip() if not match else expanded
                )
                if is_indented and not has_nested and _ITEM.match(inner):
                    items[-1][1].append([])
                    has_nested = True
                elif not is_indented and has_nested and match:
                    inner = " " * 4 + expanded
                items[-1][1][-1].append(_Line(inner, line.number))
                after_blank = False
            end += 1
        trailing = 0
        while items[-1][1][-1] and items[-1][1][-1][-1].is_blank:
            items[-1][1][-1].pop()
            trailing += 1
        return _Block("list", self._format_items(items), number), end - trailing

    def _format_items(self, items: list[tuple[str, list[list[_Line]]]]) -> list[str]:
        output: list[str] = []
        for marker, parts in items:
            content: list[str] = []
            ends_blank = False
            for part in parts:
                content += self.convert(part)
                ends_blank = bool(part) and part[-1].is_blank
            if content and re.match(r"`{3,}|<|\|", content[0]):
                content.insert(0, "")
            first = content[0] if content else ""
            output.append(f"{marker} {first}".rstrip())
            output += [f"    {line}" if line else "" for line in content[1:]]
            if ends_blank:
                output.append("")
        while output and not output[-1]:
            output.pop()
        return output

    def _parse_definitions(self, term: _Block, lines: list[_Line], at: int) -> tuple[_Block, int]:
        output = [self._convert_spans(line.text.strip(), line.number or 1) for line in term.source]
        end, after_blank, indentation = at, lines[at - 1].is_blank, 4
        content: list[_Line] = []
        is_loose = after_blank

        def finish() -> None:
            converted = self.convert(content)
            if not content:
                return
            if is_loose:
                output.append("")
            output.append(f":   {converted[0] if converted else ''}")
            output.extend(f"    {line}" if line else "" for line in converted[1:])

        while end < len(lines):
            line = lines[end]
            match = _DEFINITION.match(line.text)
            if match and (not content or len(match["marker"]) - 1 < min(indentation, 4)):
                finish()
                is_loose = after_blank
                text, indentation = _measure_item(match["marker"], match["text"])
                content, after_blank = [_Line(_ITEM_ATTRIBUTES.sub("", text), line.number)], False
            elif line.is_blank:
                content.append(_Line("", line.number))
                after_blank = True
            else:
                expanded = _expand_indentation(line.text)
                is_indented = _indentation(expanded) >= indentation
                if _END_OF_BLOCK.match(line.text) or (
                    not is_indented and (after_blank or self._interrupts_item(line.text))
                ):
                    break
                content.append(
                    _Line(expanded[indentation:] if is_indented else line.text.lstrip(), line.number)
                )
                after_blank = False
            end += 1
        trailing = 0
        while content and content[-1].is_blank:
            content.pop()
            trailing += 1
        finish()
        return _Block("definition", output, term.number), end - trailing

    def _starts_html(self, text: str) -> bool:
        match = _HTML_START.match(text)
        return bool(_COMMENT.match(text)) or (
            match is not None and match["name"].lower() not in _SPAN_ELEMENTS
        )

    def _interrupts_item(self, text: str) -> bool:
        """Whether a line that is not indented cannot continue the text of an item."""
        return bool(_ATTRIBUTES_LINE.match(text) or _LAZY_HTML.match(text))

    def _ends_lazily(self, line: _Line) -> bool:
        """Whether a line ends a paragraph or a quotation in any dialect."""
        return (
            line.is_blank
            or bool(_END_OF_BLOCK.match(line.text))
            or self._interrupts_item(line.text)
            or bool(_NAMED_ATTRIBUTES.match(line.text))
        )

    def _parse_html(self, lines: list[_Line], at: int) -> tuple[_Block | None, int]:
        number = lines[at].number or 1
        text = "\n".join(line.text for line in lines[at:])
        finder = _ElementFinder()
        length = finder.find_end(text)
        if length is None:
            message = f"{quote(lines[at].text.strip())} is never closed."
            self._report("invalid", number, message, "Close it.")
            length = len(text)
        html, rest = text[:length], text[length:]
        end = at + html.count("\n") + 1
        tail = rest.partition("\n")[0]
        if tail.strip():
            end -= 1
            lines[end] = _Line(tail.lstrip(), lines[end].number)
        element = finder.make_element(html, number, is_block=True)
        if element is not None:
            mode = element.attributes.get("markdown", "0")
            if (converted := self._options.convert_element(element)) is not None:
                return _Block("html", converted.split("\n"), number), end
            if mode in ("1", "block", "span"):
                return self._parse_marked_html(element, finder, html, lines[at:end], mode), end
        if html.lstrip().startswith("<!--"):
            return _Block("html", html.strip().split("\n"), number), end
        converted = self._options.convert_html(html, number)
        return _Block("html", converted.split("\n"), number) if converted.strip() else None, end

    def _parse_marked_html(
        self, element: Element, finder: _ElementFinder, html: str, lines: list[_Line], mode: str
    ) -> _Block:
        """Convert an element whose content is Markdown."""
        if mode == "span" or "\n" not in element.content:
            inner = [self._convert_spans(element.content.strip(), element.line)]
            return _Block("html", [f"{finder.start_tag}{inner[0]}</{element.name}>"], element.line)
        first = html.count("\n", 0, finder.content_start)
        texts = element.content.split("\n")
        numbers = [lines[min(first + index, len(lines) - 1)].number for index in range(len(texts))]
        inner_lines = [_Line(text, number) for text, number in zip(texts, numbers, strict=True)]
        return _Block(
            "html", [finder.start_tag, "", *self.convert(inner_lines), "", f"</{element.name}>"], element.line
        )

    def _parse_math(self, lines: list[_Line], at: int) -> tuple[_Block, int] | None:
        text = "\n".join(line.text for line in lines[at:])
        match = _BLOCK_MATH.match(text)
        if match is None:
            return None
        end = at + match[0].rstrip("\n").count("\n") + 1
        if end < len(lines) and not (
            lines[end].is_blank
            or _END_OF_BLOCK.match(lines[end].text)
            or _ATTRIBUTES_LINE.match(lines[end].text)
        ):
            return None
        # A formula of this site has no empty line.
        tex = [line for line in match["tex"].strip().split("\n") if line.strip()]
        return _Block("math", ["$$", *tex, "$$"], lines[at].number or 1), end

    def _parse_table(self, lines: list[_Line], at: int) -> tuple[_Block, int] | None:
        end = at
        while end < len(lines) and not lines[end].is_blank and _TABLE_LINE.match(lines[end].text):
            end += 1
        if end < len(lines) and not (
            lines[end].is_blank
            or _END_OF_BLOCK.match(lines[end].text)
            or _ATTRIBUTES_LINE.match(lines[end].text)
        ):
            return None
        header: list[list[str]] = []
        rows: list[list[str]] = []
        alignments: list[str] = []
        has_footer = False
        for index in range(at, end):
            text = lines[index].text.strip()
            if _TABLE_FOOTER_RULE.match(text):
                has_footer = True
            elif not _TABLE_RULE.match(text):
                rows.append(
                    [self._convert_spans(cell, lines[index].number or 1) for cell in _split_cells(text)]
                )
            elif rows and not alignments and not header and not has_footer:
                header, rows = rows, []
                alignments = [f"{left}---{right}" for left, right in _TABLE_ALIGNMENT.findall(text)]
        if not rows or not all(_has_pipe(lines[index].text) for index in range(at, end)):
            return None
        columns = max(len(row) for row in [*header, *rows])
        first, *others = header or [[""] * columns]
        alignments = (alignments + ["---"] * columns)[:columns]
        output = [_format_row(first, columns), _format_row(alignments, columns)]
        output += [_format_row(row, columns) for row in [*others, *rows]]
        return _Block("table", output, lines[at].number or 1), end

    def _parse_footnote(self, match: re.Match[str], lines: list[_Line], at: int) -> tuple[_Block, int]:
        number = lines[at].number
        content = [_Line(match["text"], number)]
        end = at + 1
        while end < len(lines):
            line = lines[end]
            if line.is_blank:
                following = next((later for later in lines[end:] if not later.is_blank), None)
                if following is None or not _INDENT.match(following.text):
                    break
            elif not _INDENT.match(line.text):
                is_text = not self._ends_lazily(line) and not _FOOTNOTE.match(line.text)
                # Only after an indented line, a line without indentation continues it.
                if not is_text or end == at + 1 or lines[end - 1].is_blank:
                    break
            content.append(_Line(_INDENT.sub("", line.text), line.number))
            end += 1
        converted = self.convert(content) or [""]
        if match["name"] not in self._used_notes:
            message = f"nothing refers to the footnote {quote(match['name'])}, so it becomes a comment."
            self._report("dropped", number or 1, message, "")
            return _Block("comment", [f"<!-- {' '.join(converted)} -->"], number or 1), end
        output = [f"[^{match['name']}]: {converted[0]}".rstrip()]
        return _Block(
            "footnote", output + [f"    {text}" if text else "" for text in converted[1:]], number or 1
        ), end

    def _parse_paragraph(self, lines: list[_Line], at: int) -> tuple[_Block, int]:
        end = at + 1
        while end < len(lines) and not self._ends_paragraph(lines[end]):
            end += 1
        source = lines[at:end]
        text = "\n".join(line.text.lstrip() if index == 0 else line.text for index, line in enumerate(source))
        number = source[0].number or 1
        # A comment on a line of its own is a part of the paragraph.
        text = re.sub(r"\n[ ]*(?=<!--)", " ", text.rstrip())
        if end < len(lines) and not lines[end].is_blank:
            text = text.removesuffix("\\\\")
        converted = self._convert_spans(text, number).split("\n")
        output = [self._protect_line(line, is_first=index == 0) for index, line in enumerate(converted)]
        if self._options.hard_wrap:
            output = [f"{line.rstrip()}  " for line in output[:-1]] + output[-1:]
        return _Block("paragraph", output, number, source=source), end

    def _ends_paragraph(self, line: _Line) -> bool:
        text = line.text
        if self._ends_lazily(line) or _DEFINITION.match(text):
            return True
        return self._options.is_gfm and bool(
            _ITEM.match(text)
            or self._match_heading(text, is_start=False)
            or _QUOTATION.match(text)
            or _FENCE.match(text)
        )

    def _protect_line(self, line: str, *, is_first: bool) -> str:
        """Escape what only this site reads as the beginning of a block."""
        text = line.lstrip(" ") if not is_first else line
        if match := _FOREIGN_BLOCK.match(text):
            if match["number"]:
                return f"{match['number']}\\{text[match.end('number') :]}"
            return f"&#{ord(text[0])};{text[1:]}"
        if _FOREIGN_LINE.match(text):
            return f"&#{ord(text[0])};{text[1:]}"
        if "|" in text and _TABLE_RULE.match(text):
            return text.replace("-", "&#45;", 1)
        if not is_first and (_RULE.match(text) or _UNDERLINE.match(text)):
            return text.replace("---", "—") if text.startswith("---") else f"&#{ord(text[0])};{text[1:]}"
        if match := _OWN_BLOCK.match(text):
            if match["number"]:
                return f"{match['number']}\\{text[match.end('number') :]}"
            return f"\\{text}"
        return line

    def _convert_spans(self, text: str, number: int) -> str:
        """Convert the markup in a text that begins on a line of the source."""
        output: list[str] = []
        end = 0
        while match := _SPAN.search(text, end):
            output.append(text[end : match.start()])
            line = number + text.count("\n", 0, match.start())
            replacement, end = self._convert_span(match, text, line)
            output.append(replacement)
        return "".join(output) + text[end:]

    def _convert_span(self, match: re.Match[str], text: str, line: int) -> tuple[str, int]:
        """Return what a piece of markup becomes, and the index of the text after it."""
        groups, end = match.groupdict(), match.end()
        if groups["tex"] is not None:
            before, after = text[match.start() - 1 : match.start()], text[end : end + 1]
            tex = " ".join(groups["tex"].split())
            return (f"\\({tex}\\)" if before.isalnum() or after.isalnum() else f"${tex}$") if tex else "", end
        if groups["round"] is not None:
            return f"\\({groups['round'].strip()}\\)", end
        if groups["square"] is not None:
            return f"$$ {' '.join(groups['square'].split())} $$", end
        if (groups["tag"] or groups["end_name"] or "").lower() in _BLOCK_ELEMENTS:
            # In a paragraph, the tag of a block is text.
            return f"&lt;{match[0][1:]}", end
        if groups["tag"] is not None:
            return self._convert_inline_element(match, text, line)
        if groups["escaped"] is not None:
            return _escape(groups["escaped"]), end
        if groups["attributes"] is not None:
            follows_element = bool(re.search(r"[*_`\])>]$", text[: match.start()]))
            return (
                self._parse_attributes(groups["attributes"]).format() if follows_element else match[0]
            ), end
        if groups["emoji"] is not None:
            is_emoji = find_emoji(groups["emoji"]) is not None
            return (match[0] if self._options.replaces_emoji or not is_emoji else f"&#58;{match[0][1:]}"), end
        if groups["note"] is not None:
            return (match[0] if groups["note"] in self._defined_notes else f"&#91;{match[0][1:]}"), end
        if groups["target"] is not None:
            return f"](<{groups['target']}>)", end
        for name, replacement in (
            ("break", "  "),
            ("comment", "" if match[0].startswith("{") else match[0]),
            ("raw", groups["raw"] or ""),
            ("options", ""),
            ("guillemets", (groups["guillemets"] or "").replace("<", "&lt;").replace(">", "&gt;")),
            ("left", (groups["left"] or "").replace("<<", "«")),
            ("right", (groups["right"] or "").replace(">>", "»")),
            ("foreign", "".join(f"&#{ord(character)};" for character in groups["foreign"] or "")),
            ("citation", (groups["citation"] or "").replace("@", "&#64;")),
        ):
            if groups[name] is not None:
                return replacement, end
        return ("&#36;&#36;" if match[0] == "\\$$" else match[0]), end

    def _convert_inline_element(self, match: re.Match[str], text: str, line: int) -> tuple[str, int]:
        finder = _ElementFinder()
        length = finder.find_end(text[match.start() :])
        element = None
        if length is not None:
            element = finder.make_element(text[match.start() : match.start() + length], line, is_block=False)
        if element is not None and length is not None:
            if (converted := self._options.convert_element(element)) is not None:
                return converted, match.start() + length
            if element.name in _RAW_ELEMENTS:
                return text[match.start() : match.start() + length], match.start() + length
            if element.name not in _MARKED_ELEMENTS | _VOID_ELEMENTS:
                # Kramdown leaves the content of elements that it does not know as it is.
                content = re.sub(r"[\\`*_\[]", r"\\\g<0>", element.content)
                raw = f"{finder.start_tag}{content}</{element.name}>"
                return raw, match.start() + length
        return match[0], match.end()


class _ElementFinder(HTMLParser):
    """Finds the end of the element with which a text begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.start_tag = ""
        self.content_start = 0
        self._name = ""
        self._attributes: dict[str, str] = {}
        self._depth = 0
        self._content_end: int | None = None
        self._end: int | None = None
        self._text = ""
        self._starts: list[int] = []

    def find_end(self, text: str) -> int | None:
        """Return the length of the element or comment that the text begins with; None if it is not closed."""
        if text.lstrip(" ").startswith("<!--"):
            end = text.find("-->")
            return None if end < 0 else end + 3
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        # In pieces, because the end is near in most texts.
        for line in text.splitlines(keepends=True):
            self.feed(line)
            if self._end is not None:
                return self._end
        return None

    def make_element(self, html: str, line: int, *, is_block: bool) -> Element | None:
        """Return the element that was found, or None for a comment."""
        if not self._name:
            return None
        content = html[self.content_start : self._content_end or len(html)]
        attributes = {key: value for key, value in self._attributes.items() if key != "markdown"}
        if "markdown" in self._attributes:
            attributes["markdown"] = self._attributes["markdown"]
        return Element(self._name, attributes, content, line, is_block)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start_tag = self.get_starttag_text() or ""
        if not self._name:
            self._name = tag
            self._attributes = {key: value or "" for key, value in attrs}
            self.start_tag = start_tag
            self.content_start = self._offset() + len(start_tag)
            if tag in _VOID_ELEMENTS:
                self._end = self.content_start
        if tag == self._name and tag not in _VOID_ELEMENTS:
            self._depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._name:
            self.handle_starttag(tag, attrs)
            self._end = self.content_start

    def handle_endtag(self, tag: str) -> None:
        if tag == self._name and self._end is None:
            self._depth -= 1
            if self._depth == 0:
                self._content_end = self._offset()
                self._end = self._text.index(">", self._content_end) + 1

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column


def last_kind(blocks: list[_Block]) -> str:
    """Return the kind of the last block, or an empty string."""
    return blocks[-1].kind if blocks else ""


def _continues(lines: list[_Line], at: int) -> bool:
    """Whether the next block could be read as a part of the list, quotation or code before it."""
    following = next((line for line in lines[at:] if not line.is_blank), None)
    return following is not None and bool(
        _ITEM.match(following.text) or _INDENT.match(following.text) or _QUOTATION.match(following.text)
    )


def _find_term(blocks: list[_Block]) -> _Block | None:
    """Return the paragraph that a definition after the blocks belongs to."""
    last = blocks[-2:] if last_kind(blocks) == "blank" else blocks[-1:]
    return last[0] if last and last[0].kind == "paragraph" else None


def write_fence(code: str, language: str = "", options: Mapping[str, str | None] | None = None) -> list[str]:
    """Return the lines of a fence, whose options are attributes such as ``title``; those of None "
    "are left out."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    marks = "`" * max(3, longest + 1)
    # What Rouge calls it.
    header = "text" if language == "plaintext" else language
    for name, value in (options or {}).items():
        if value and '"' not in value:
            header = f'{header or "text"} {name}="{value}"'
    return [f"{marks} {header}".rstrip(), *code.split("\n"), marks]


def _make_code(texts: list[str], language: str, number: int) -> _Block:
    return _Block("code", write_fence("\n".join(texts), language), number)


def _set_code_options(block: _Block, attributes: _Attributes) -> None:
    """Move the language and the name of a file from an attribute list to a fence."""
    _, _, language = block.lines[0].partition(" ")
    named = [name.partition("-")[2] for name in attributes.classes if name.startswith(("language-", "lang-"))]
    title = attributes.values.get("file") or attributes.values.get("title")
    code = "\n".join(block.lines[1:-1])
    block.lines = write_fence(code, language or (named[0] if named else ""), {"title": title})


def _measure_item(marker: str, text: str) -> tuple[str, int]:
    """Return the text of the first line of an item, and the indentation of its other lines."""
    if re.match(r"^(?:\s*\{:(?!(?:\w[\w-]*)?:|/)(?:\\\}|[^}])+\})?\s*$", text):
        return text.strip(), 4
    expanded = _expand_indentation(text, len(marker))
    return text.lstrip(), len(marker) + _indentation(expanded)


def _expand_indentation(text: str, column: int = 0) -> str:
    """Replace the tabs at the start of a text, which begins in a column, by spaces."""
    stripped = text.lstrip(" \t")
    width = column
    for character in text[: len(text) - len(stripped)]:
        width += 4 - width % 4 if character == "\t" else 1
    return " " * (width - column) + stripped


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _has_pipe(row: str) -> bool:
    """Whether a line has a "|" outside code and tags."""
    return bool(_TABLE_LINE.match(_CODE_OR_TAG.sub("", row)))


def _split_cells(row: str) -> list[str]:
    cells, start = [], 0
    for match in _CELL.finditer(row):
        if match["code"] is None:
            cells.append(row[start : match.start()].strip())
            start = match.end()
    cells.append(row[start:].strip())
    if row.startswith("|") and not cells[0]:
        cells.pop(0)
    if cells and not cells[-1]:
        cells.pop()
    return cells


def _format_row(cells: list[str], columns: int) -> str:
    return "| " + " | ".join(cells + [""] * (columns - len(cells))) + " |"


def _escape(character: str) -> str:
    """Return a character that is not markup, as this site writes it."""
    if character in _ESCAPED_IN_BOTH:
        return f"\\{character}"
    if character in "():":
        return character
    if character == "$":
        return "\\$"
    if character == "|":
        return "\\|"
    return f"&#{ord(character)};"
