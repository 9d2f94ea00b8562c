"""Kramdown, the Markdown of Jekyll, rewritten as the Markdown of this site.

Blocks are divided by the rules of kramdown 2.4 and its parser for GitHub's dialect, because they decide what
is code. The text of code never changes. Everything else that this site reads in another way is rewritten.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import zip_longest

from portfolio.core.diagnostics import quote
from portfolio.core.text import slugify_heading
from portfolio.importer.readers.jekyll.kramdown_spans import (
    ATTRIBUTE,
    ATTRIBUTE_LIST,
    MAX_LENGTH,
    SPAN_ELEMENTS,
    Attributes,
    Element,
    ElementFinder,
    KramdownOptions,
    ReportProblem,
    SpanConverter,
    write_fence,
)

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
_BLOCK_MATH = re.compile(r" {0,3}\$\$(?P<tex>.*?)\$\$[ \t]*(?:\n|\Z)", re.DOTALL)
_MOST_LINES_OF_FORMULA = 500
_ESCAPED_MATH = re.compile(r"\\\$\$.*?\$\$[ \t]*(?:\n|\Z)", re.DOTALL)
_TABLE_LINE = re.compile(r"^(?:\||.*?[^\\\n]\|)")
# The characters of a line that divides the rows of a table, or begins its footer.
_TABLE_RULE, _TABLE_FOOTER_RULE = set("+|: \t-"), set("+|: \t=")
_TABLE_ALIGNMENT = re.compile(r"(:?)-+(:?)")
_CELL = re.compile(r"(?P<code>(?P<ticks>`++).*?(?<!`)(?P=ticks)(?!`)|`++|<code.*?>.*?</code>)|(?<!\\)\|")
_CODE_OR_TAG = re.compile(r"(?P<ticks>`++).*?(?<!`)(?P=ticks)(?!`)|`++|<[^<>]*>")
_HTML_START = re.compile(_SPACE + r"<(?P<name>[A-Za-z][\w:-]*)(?=[\s>]|/>|$)")
_LAZY_HTML = re.compile(_SPACE + rf"</?(?!(?:{'|'.join(sorted(SPAN_ELEMENTS | {'script'}))})\b)[A-Za-z_]")
_COMMENT = re.compile(_SPACE + r"<!--")
# What only this site reads as the beginning of a block.
_FOREIGN_LINE = re.compile(r"^:[ ]{1,3}(?=\S)|^\*(?=\[[^\]]+\]:)|^\[(?=[^\]]+\]:)")
_FOREIGN_BLOCK = re.compile(
    r"^(?:(?P<number>\d{1,9})\)(?=[ ]|$)|(?P<mark>!!!|\?\?\?|///|;*--8<--|\[TOC\]\s*$))"
)
_OWN_BLOCK = re.compile(r"^(?:(?P<number>\d{1,9})\.(?=[ ])|(?P<mark>[-+*](?=[ ])|#{1,6}(?=[ ])|>))")
# A page of this site cannot be nested more deeply.
_MAX_DEPTH = 40
_EMOJI_NAME = re.compile(r":[\w+-]+:")


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
class _Block:
    """A converted block: its kind, its lines, and where it is in the source."""

    kind: str
    lines: list[str]
    number: int
    attributes: Attributes = field(default_factory=Attributes)
    source: list[_Line] = field(default_factory=list)


class _Converter:
    """Converts the blocks of a page, which share names of attribute lists and ids of headings."""

    def __init__(self, options: KramdownOptions, report: ReportProblem, source: list[_Line]) -> None:
        self._options = options
        self._report = report
        text = "\n".join(line.text for line in source)
        notes = {match["name"] for line in source if (match := _FOOTNOTE.match(line.text))}
        self._spans = SpanConverter(options, notes)
        for line in source:
            if match := _NAMED_ATTRIBUTES.match(line.text):
                self._spans.name_attributes(match["name"], match["list"])
        self._used_notes = set(re.findall(r"\[\^(\w[\w-]*)\](?!:)", text))
        self._used_ids: dict[str, int] = {}
        # Extensions without an end, which need not be looked for again.
        self._unclosed: set[str] = set()
        self._depth = 0
        self._own_ids: set[str] = set()
        self._auto_ids = options.auto_ids

    def convert(self, lines: list[_Line]) -> list[str]:
        """Return the converted lines of a page, or of the content of an item, a quotation or a definition."""
        if self._depth >= _MAX_DEPTH:
            number = next((line.number for line in lines if line.number), 1)
            self._report("too-large", number, "this is nested too deeply, and is left as it is.", "")
            return [line.text for line in lines]
        self._depth += 1
        blocks = self._parse(lines)
        self._depth -= 1
        output: list[str] = []
        previous: _Block | None = None
        for block in blocks:
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
            and not block.attributes.id
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
        pending: Attributes | None = None
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
                attributes = self._spans.parse_attributes(match["list"])
                if last is None or last.kind == "blank":
                    pending = pending or Attributes()
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
            elif _DEFINITION.match(line.text) and (index := _find_term(blocks)) is not None:
                block, at = self._parse_definitions(blocks[index], rest, at)
                del blocks[index:]
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
                if block.kind == _last_kind(blocks) == "reference":
                    blocks[-1].lines += block.lines
                    continue
            blocks.append(block)
        return blocks

    def _attach(self, block: _Block, attributes: Attributes) -> None:
        if block.kind == "code":
            _set_code_options(block, attributes)
        block.attributes.add(attributes)

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
            end = -1
            if name not in self._unclosed:
                rest = range(at + 1, len(lines))
                end = next((index for index in rest if closing.match(lines[index].text)), -1)
            if end < 0:
                self._unclosed.add(name)
                message = f"{{::{name}}} is never closed, and is text."
                self._report("invalid", number, message, f"Write {{:/{name}}} after it.")
                return _Block("paragraph", [f"\\{lines[at].text.strip()}"], number), at + 1
            content = lines[at + 1 : end]
            end += 1
        if name == "options":
            values = {
                key["key"]: key["value"] for key in ATTRIBUTE.finditer(match["options"] or "") if key["key"]
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
                following = _skip_blank_lines(lines, end)
                if following == len(lines) or not _INDENT.match(lines[following].text):
                    break
                texts += [_INDENT.sub("", blank.text) for blank in lines[end:following]]
                end = following
                continue
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
            "quotation", [f"> {line}" if line else ">" for line in converted] or [">"], lines[at].number or 1
        ), end

    def _make_heading(self, level: int, text: str, number: int) -> _Block:
        text = text.rstrip()
        id_match = _HEADING_ID.search(text)
        text = text[: id_match.start()].rstrip() if id_match else text
        if not id_match:
            text = re.sub(r"[\t ]#+$" if self._options.is_gfm else r"(?<!\\)#+$", "", text).rstrip()
            id_match = _HEADING_ID.search(text)
            text = text[: id_match.start()].rstrip() if id_match else text
        inline = re.search(rf"[ \t]\{{:(?![:/])(?P<list>{ATTRIBUTE_LIST})\}}$", text)
        block = _Block("heading", [], number)
        if inline and not re.search(r"[*_`\])]$", text[: inline.start()]):
            text = text[: inline.start()]
        plain = self._spans.plain_text(text)
        own = slugify_heading(plain, "-")
        if id_match:
            block.attributes.id = id_match["id"]
        elif self._auto_ids:
            id = self._generate_id(plain if self._options.is_gfm else text)
            is_certain = not re.search(r"\$\$|[<&]", text) and not _EMOJI_NAME.search(plain)
            if id and (id != own or own in self._own_ids or not is_certain):
                block.attributes.id = id
        self._own_ids.add(own)
        block.lines = [f"{'#' * level} {self._spans.convert(text, number)}"]
        return block

    def _generate_id(self, text: str) -> str:
        if self._options.is_gfm:
            letters = (
                c for c in text.lower() if c in "- \t_" or c.isalnum() or unicodedata.category(c)[0] == "M"
            )
            id = "".join(letters).replace(" ", "-").replace("\t", "-")
        else:
            id = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", text)).replace(" ", "-").lower()
            id = id or "section"
        count = self._used_ids.get(id, 0)
        self._used_ids[id] = count + 1
        return f"{id}-{count}" if count else id

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
        # Empty lines after the list are no part of it; an item may be empty.
        parts = items[-1][1]
        trailing = 0
        while parts[-1] and parts[-1][-1].is_blank and (len(parts) > 1 or len(parts[0]) > 1):
            parts[-1].pop()
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
            output.append(f"{marker} {first}" if first else marker)
            output += [f"    {line}" if line else "" for line in content[1:]]
            if ends_blank:
                output.append("")
        while output and not output[-1]:
            output.pop()
        return output

    def _parse_definitions(self, term: _Block, lines: list[_Line], at: int) -> tuple[_Block, int]:
        output = [self._spans.convert(line.text.strip(), line.number or 1) for line in term.source]
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
        while len(content) > 1 and content[-1].is_blank:
            content.pop()
            trailing += 1
        finish()
        return _Block("definition", output, term.number), end - trailing

    def _starts_html(self, text: str) -> bool:
        match = _HTML_START.match(text)
        return bool(_COMMENT.match(text)) or (
            match is not None and match["name"].lower() not in SPAN_ELEMENTS
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
        finder = ElementFinder()
        position = finder.find_end(line.text for line in lines[at:])
        if position is None:
            message = f"{quote(lines[at].text.strip())} is never closed."
            self._report("invalid", number, message, "Close it.")
            position = len(lines) - at - 1, len(lines[-1].text)
        last, column = at + position[0], position[1]
        tail = lines[last].text[column:]
        html = "\n".join([*(line.text for line in lines[at:last]), lines[last].text[:column]])
        end = last + 1
        if tail.strip():
            end = last
            lines[last] = _Line(tail.lstrip(), lines[last].number)
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
        self, element: Element, finder: ElementFinder, html: str, lines: list[_Line], mode: str
    ) -> _Block:
        """Convert an element whose content is Markdown."""
        if mode == "span" or "\n" not in element.content:
            inner = [self._spans.convert(element.content.strip(), element.line)]
            return _Block("html", [f"{finder.start_tag}{inner[0]}</{element.name}>"], element.line)
        first = html.count("\n", 0, finder.content_start)
        texts = element.content.split("\n")
        numbers = [lines[min(first + index, len(lines) - 1)].number for index in range(len(texts))]
        inner_lines = [_Line(text, number) for text, number in zip(texts, numbers, strict=True)]
        return _Block(
            "html", [finder.start_tag, "", *self.convert(inner_lines), "", f"</{element.name}>"], element.line
        )

    def _parse_math(self, lines: list[_Line], at: int) -> tuple[_Block, int] | None:
        if not lines[at].text.lstrip(" ").startswith("$$"):
            return None
        text = "\n".join(line.text for line in lines[at : at + _MOST_LINES_OF_FORMULA])
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
            if len(lines[end].text) > MAX_LENGTH:
                return None
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
            if "=" in text and _TABLE_FOOTER_RULE.issuperset(text):
                has_footer = True
            elif not ("-" in text and _TABLE_RULE.issuperset(text)):
                rows.append(
                    [self._spans.convert(cell, lines[index].number or 1) for cell in _split_cells(text)]
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
                following = _skip_blank_lines(lines, end)
                if following == len(lines) or not _INDENT.match(lines[following].text):
                    break
                content += [_Line("", blank.number) for blank in lines[end:following]]
                end = following
                continue
            if not _INDENT.match(line.text):
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
            text = " ".join(converted).replace("--", "- -")
            return _Block("comment", [f"<!-- {text} -->"], number or 1), end
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
        if _ESCAPED_MATH.match(text):
            # The backslash only says that the formula is a part of the text.
            text = text[1:]
        converted = self._spans.convert(text, number).split("\n")
        output = [_protect_line(line, is_first=index == 0) for index, line in enumerate(converted)]
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


def _last_kind(blocks: list[_Block]) -> str:
    """Return the kind of the last block, or an empty string."""
    return blocks[-1].kind if blocks else ""


def _continues(lines: list[_Line], at: int) -> bool:
    """Whether the next block could be read as a part of the list, quotation or code before it."""
    following = next((line for line in lines[at:] if not line.is_blank), None)
    return following is not None and bool(
        _ITEM.match(following.text) or _INDENT.match(following.text) or _QUOTATION.match(following.text)
    )


def _find_term(blocks: list[_Block]) -> int | None:
    """Return the index of the paragraph that a definition after the blocks belongs to."""
    index = len(blocks) - (2 if _last_kind(blocks) == "blank" else 1)
    return index if index >= 0 and blocks[index].kind == "paragraph" else None


def _skip_blank_lines(lines: list[_Line], at: int) -> int:
    """Return the index of the first line that is not blank, from an index on."""
    return next((index for index in range(at, len(lines)) if not lines[index].is_blank), len(lines))


def _make_code(texts: list[str], language: str, number: int) -> _Block:
    return _Block("code", write_fence("\n".join(texts), language), number)


def _set_code_options(block: _Block, attributes: Attributes) -> None:
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


def _protect_line(line: str, *, is_first: bool) -> str:
    """Escape what only this site reads as the beginning of a block."""
    text = line.lstrip(" ") if not is_first else line
    if match := _FOREIGN_BLOCK.match(text):
        if match["number"]:
            return f"{match['number']}\\{text[match.end('number') :]}"
        return f"&#{ord(text[0])};{text[1:]}"
    if _FOREIGN_LINE.match(text):
        return f"&#{ord(text[0])};{text[1:]}"
    if "|" in text and "-" in text and _TABLE_RULE.issuperset(text):
        return text.replace("-", "&#45;", 1)
    if not is_first and (_RULE.match(text) or _UNDERLINE.match(text)):
        return text.replace("---", "—") if text.startswith("---") else f"&#{ord(text[0])};{text[1:]}"
    if match := _OWN_BLOCK.match(text):
        if match["number"]:
            return f"{match['number']}\\{text[match.end('number') :]}"
        return f"\\{text}"
    return line
