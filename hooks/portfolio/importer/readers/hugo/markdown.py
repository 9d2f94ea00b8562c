"""Hugo's Markdown (Goldmark with shortcodes) in the Markdown of this site.

Shortcodes are read first, as Hugo does, also inside code. Each is replaced by a placeholder, so that the rest
is CommonMark, which markdown-it parses; only the places that this site reads differently are edited. At the
end every placeholder is replaced by what its shortcode becomes. Code stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from portfolio.core.diagnostics import Severity, quote
from portfolio.core.markdown_scan import HtmlParser
from portfolio.core.positions import Lines
from portfolio.core.text import find_emoji, slugify_heading
from portfolio.importer.markdown_text import COMMONMARK, escape_formulas, split_code
from portfolio.importer.readers.hugo.shortcodes import (
    Rendered,
    Shortcode,
    ShortcodeRenderer,
    Surroundings,
    Text,
    fence_header,
    read_code_options,
    read_shortcodes,
)
from portfolio.markdown_ext.html_tags import VOID_ELEMENTS

HeadingIds = Literal["github", "github-ascii", "blackfriday"]
# Called with line, column, code, message, hint and severity.
Report = Callable[[int, int, str, str, str, Severity], None]

# Noncharacters, which no text has.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_PLACEHOLDER = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_DEFINITION = re.compile(r"[ ]{0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S")
_MORE = re.compile(r"<!--[ \t]*more[ \t]*-->")
# GitHub's extended autolinks.
_BARE_URL = re.compile(r"(?<![\w/@.:])(?:https?://|www\.)[^\s<]+|(?<![\w/.:+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL_END = re.compile(r"(?:[?!.,:*_~'\"]|&[a-z0-9]+;)+$")
_SINGLE_TILDES = re.compile(r"(?<![~\\])~(?![~\s])([^~\n]+?)(?<!\s)~(?!~)")
# Notations that are text in Hugo unless its extension "extras" is on.
_EXTRA_MARKS = re.compile(r"\^(?=[^\s^]+\^)|==(?=[^\s=])|\+\+(?=\w)")
_INSERTED = re.compile(r"\+\+(?![+\s])([^+\n]+?)(?<!\s)\+\+")
_EMOJI = re.compile(r"(?<![\w:]):(?=([\w+-]+):(?![\w:]))")
_FENCE = re.compile(r"(?P<marks>`{3,}|~{3,})(?P<info>[^\n]*)")
_FENCE_INFO = re.compile(r"[ \t]*(?P<language>[^\s{]*)[ \t]*(?P<options>.*)")
_LANGUAGE = re.compile(r"[\w#.+-]+")
_HEADING_ATTRIBUTES = re.compile(r"[ \t]*\{(?P<attributes>[^{}\n]*)\}[ \t]*$")
_HEADING_ID = re.compile(r"#([^\s{}]+)|\bid=\"?([^\s\"{}]+)")
_CLOSING_MARKS = re.compile(r"(?:^|[ \t])#+[ \t]*$")
# A formula between dollars, or between brackets with two backslashes, of which Markdown removes one. With
# Hugo's passthrough there is one.
_FORMULAS = (
    r"(?<![\\$])\$\$(?P<display>(?:\\.|[^\\$])+?)\$\$(?!\$)"
    r"|(?<![\\$])\$(?![\s$])(?P<inline>(?:\\.|[^\\$\n]|\n(?!\s*\n))+?)(?<!\s)\$(?![\d$])"
    r"|(?<!\\){0}\[(?P<brackets>.+?){0}\]|(?<!\\){0}\((?P<parentheses>.+?){0}\)"
)
_PASSTHROUGH_FORMULA = re.compile(_FORMULAS.replace("{0}", r"\\"), re.DOTALL)
_ESCAPED_FORMULA = re.compile(_FORMULAS.replace("{0}", r"\\\\"), re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# What a backslash escapes on this site, as in CommonMark.
_ESCAPABLE = frozenset("\\`*_{}#>+-.!|~^=$")
_CONTAINER = re.compile(r"(?:[ \t]*>)*[ \t]*(?P<marker>(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_COMMENT = re.compile(r"\s*<!--.*?-->\s*", re.DOTALL)
# Elements in which CommonMark reads Markdown after an empty line.
_MARKDOWN_ELEMENTS = frozenset(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form "
    "header li main nav ol p section summary table tbody td tfoot th thead tr ul".split()
)


@dataclass(frozen=True)
class Settings:
    """The parts of Hugo's configuration, and of a page, that decide how its Markdown is read.

    ``has_math`` is whether the old site rendered formulas, ``has_passthrough`` whether Hugo left them alone.
    """

    is_unsafe: bool = False
    has_emoji: bool = False
    has_extras: bool = False
    has_math: bool = False
    has_passthrough: bool = False
    has_typographer: bool = True
    has_linkify: bool = True
    has_heading_ids: bool = True
    heading_ids: HeadingIds = "github"
    numbers_lines: bool = False


def heading_id(text: str, kind: HeadingIds = "github", *, has_typographer: bool = True) -> str:
    """Return the id that Hugo derives from the text of a heading, before it is made unique."""
    if has_typographer:
        text = re.sub(r"-{2,3}|\.\.\.|<<|>>", "", text)
    if kind == "github-ascii":
        text = "".join(character for character in unicodedata.normalize("NFD", text) if character.isascii())
    if kind == "blackfriday":
        return re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "heading"
    characters = (character for character in text if character in "-_ " or character.isalnum())
    return "".join("-" if character in "- " else character.lower() for character in characters) or "heading"


@dataclass(frozen=True)
class _Formula:
    """A formula in the notation of this site."""

    text: str
    is_block: bool


class _Template:
    """A text with placeholders, and where its parts come from.

    ``segments`` have the offset of each part, and that of its source.
    """

    def __init__(self) -> None:
        self.text = ""
        self.segments: list[tuple[int, int]] = []

    def append(self, text: str, origin: int) -> None:
        """Add a part that begins at an offset of the source."""
        self.segments.append((len(self.text), origin))
        self.text += text

    def origin(self, offset: int) -> int:
        """Return the offset in the source of a character of the text."""
        index = bisect_right(self.segments, (offset, float("inf"))) - 1
        if index < 0:
            return 0
        start, origin = self.segments[index]
        return origin if self.text.startswith(_OPEN, start) else origin + offset - start


class HugoMarkdown:
    """Converts the Markdown of one page; ``report`` is called with each problem."""

    def __init__(self, settings: Settings, surroundings: Surroundings, report: Report) -> None:
        self.settings = settings
        self._report = report
        self._renderer = ShortcodeRenderer(surroundings, self._convert_nodes, self._report_shortcode)
        self._values: list[Shortcode | _Formula] = []
        self._ids: dict[str, int] = {}
        self._omitted_tags: set[str] = set()
        self._source, self._lines = "", Lines("")
        self._parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        # Definitions of links stay in the text, and escapes are tokens of their own.
        self._parser.disable(["reference", "text_join"])

    def convert(self, text: str, first_line: int = 1) -> str:
        """Return a text in the Markdown of this site. ``first_line`` is its first line in the source file."""
        text = text.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
        return self._convert(text, first_line, self._convert_nodes).strip("\n") + "\n"

    def _convert(
        self, text: str, first_line: int, convert_nodes: Callable[[list[Shortcode | Text]], str]
    ) -> str:
        self._source, self._lines = text, Lines(text, first_line)
        try:
            nodes, faults = read_shortcodes(text)
            converted = convert_nodes(nodes)
        except RecursionError:
            message = "these shortcodes are nested too deeply, and stay as text."
            faults, converted = [(0, message, "Write what the old page shows.")], text
        for offset, message, hint in faults:
            self._report_at(offset, "import.invalid-shortcode", message, hint)
        return converted

    def convert_html(self, text: str, first_line: int = 1) -> str:
        """Return HTML with shortcodes whose result is text replaced; others are reported and left out."""
        return self._convert(text, first_line, self._convert_html_nodes)

    def _convert_html_nodes(self, nodes: Iterable[Shortcode | Text]) -> str:
        parts: list[str] = []
        for node in nodes:
            if isinstance(node, Text):
                parts.append(node.text)
            elif node.literal is not None or node.name in ("param", "ref", "relref"):
                parts.append(escape(self._renderer.render_in_code(node)))
            else:
                message = f"the shortcode {quote(node.name)} in HTML is left out."
                hint = "Only its inner text stays. Write what the old page shows."
                self._report_at(node.start, "import.unsupported", message, hint, "warning")
                parts.append(self._convert_html_nodes(node.inner or ()))
        return "".join(parts)

    def _report_at(
        self, offset: int, code: str, message: str, hint: str = "", severity: Severity = "error"
    ) -> None:
        self._report(*self._lines.position(offset), code, message, hint, severity)

    def _report_shortcode(
        self, shortcode: Shortcode, code: str, message: str, hint: str, severity: Severity
    ) -> None:
        self._report_at(shortcode.start, code, message, hint, severity)

    def _convert_nodes(self, nodes: Iterable[Shortcode | Text]) -> str:
        template = _Template()
        for node in nodes:
            if isinstance(node, Text):
                template.append(node.text, node.start)
                continue
            if node.inner:
                node.inner = _strip_container(node.inner, self._line_before(node.start))
            template.append(self._hold(node), node.start)
        if self.settings.has_math:
            template = self._hold_formulas(template)
        text = _Rewriting(self, template).rewrite()
        return self._fill(text if self.settings.has_math else escape_formulas(text, COMMONMARK))

    def _line_before(self, offset: int) -> str:
        return self._source[self._source.rfind("\n", 0, offset) + 1 : offset]

    def _hold(self, value: Shortcode | _Formula) -> str:
        self._values.append(value)
        return f"{_OPEN}{len(self._values) - 1}{_CLOSE}"

    def _hold_formulas(self, template: _Template) -> _Template:
        """Replace formulas by placeholders, so that nothing in them is read as Markdown."""
        pattern = _PASSTHROUGH_FORMULA if self.settings.has_passthrough else _ESCAPED_FORMULA
        code = _code_spans(template.text)
        held = _Template()
        end = 0
        for match in pattern.finditer(template.text):
            if _is_inside(match.start(), code) or _is_inside(match.end() - 1, code):
                continue
            self._append_part(held, template, end, match.start())
            held.append(self._hold(self._read_formula(match)), template.origin(match.start()))
            end = match.end()
        self._append_part(held, template, end, len(template.text))
        return held

    @staticmethod
    def _append_part(held: _Template, template: _Template, start: int, end: int) -> None:
        """Append a part of a template to another, with its segments."""
        starts = [start, *(at for at, _ in template.segments if start < at < end)]
        for at, stop in zip(starts, [*starts[1:], end], strict=True):
            if at < stop:
                held.append(template.text[at:stop], template.origin(at))

    def _read_formula(self, match: re.Match[str]) -> _Formula:
        kind = match.lastgroup or ""
        tex = match[kind]
        if not self.settings.has_passthrough:
            # Markdown removes these backslashes before the script that renders formulas.
            tex = _ESCAPE.sub(r"\1", tex)
        if kind == "inline":
            return _Formula(f"${tex}$", is_block=False)
        if kind == "parentheses":
            return _Formula(rf"\({tex.strip()}\)", is_block=False)
        return _Formula(f"$$\n{tex.strip()}\n$$", is_block=True)

    def _fill(self, text: str) -> str:
        """Replace the placeholders of a text by what they stand for."""
        code = _code_spans(text) if _OPEN in text else []
        parts: list[str] = []
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            value = self._values[int(match[1])]
            parts.append(text[end : match.start()])
            end = match.end()
            if _is_inside(match.start(), code):
                if isinstance(value, _Formula):
                    parts.append(value.text)
                else:
                    parts.append(self._renderer.render_in_code(value))
                continue
            if isinstance(value, _Formula):
                rendered = Rendered(value.text, value.is_block)
            else:
                rendered = self._renderer.render(value)
            if not rendered.text and text[match.start() - 1 : match.start()].strip() == "":
                # Without the space that followed it.
                end += text.startswith(" ", end)
                continue
            if not rendered.is_block:
                parts.append(
                    rendered.text.replace("\n", " ") if "\n\n" not in rendered.text else rendered.text
                )
                continue
            lead, tail = _separate_block(text, match.start(), match.end())
            line_start = text.rfind("\n", 0, match.start()) + 1
            before = text[line_start : match.start()]
            prefix = _continue_container(before)
            if before and not before.strip() and not _is_in_list(text[:line_start], before):
                # Goldmark's indentation of a shortcode has no meaning, and here it would.
                parts[-1] = parts[-1].removesuffix(before)
                before = prefix = ""
            lines = rendered.text.strip("\n").split("\n")
            body = "\n".join([lines[0], *(f"{prefix}{line}".rstrip() for line in lines[1:])])
            if lead and _begins_line(before):
                if not "".join(parts[-2:]).endswith(f"\n\n{before}"):
                    # The empty line comes before the marks of the container.
                    parts[-1] = f"{parts[-1].removesuffix(before)}{prefix.rstrip()}\n{before}"
                lead = ""
            if body:
                parts.append(f"{lead}{body}{tail}")
                while tail and text.startswith(" ", end):
                    end += 1
        return "".join([*parts, text[end:]])


def _is_in_list(above: str, indentation: str) -> bool:
    """Whether an indented line belongs to a list item above it."""
    width = len(indentation.expandtabs(4))
    for line in reversed(above.split("\n")):
        match = _CONTAINER.match(line)
        if match is not None and match["marker"] and len(match[0].expandtabs(4)) <= width:
            return True
        if line and not line[0].isspace():
            return False
    return False


def _begins_line(before: str) -> bool:
    """Whether a line has nothing but the marks of containers before a place."""
    container = _CONTAINER.match(before)
    return container is not None and container.end() == len(before)


def _separate_block(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the line breaks that separate a block from the text before and after it."""
    line_start, line_end = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    before, after = text[line_start:start], text[end : line_end if line_end >= 0 else len(text)]
    prefix = _continue_container(before)
    gap = f"\n{prefix.rstrip()}\n{prefix}"
    lead = tail = ""
    if not _begins_line(before):
        lead = gap
    elif not before.strip(" \t>"):
        above = text[:line_start].removesuffix("\n").rpartition("\n")[2]
        lead = "\n" if above.strip(" \t>") else ""
    if after.strip():
        tail = gap
    elif line_end >= 0:
        below = text[line_end + 1 :].partition("\n")[0]
        tail = f"\n{prefix.rstrip()}" if below.strip(" \t>") else ""
    return lead, tail


def _continue_container(before: str) -> str:
    """Return what a line begins with that continues the quotation and list item of another line."""
    match = _CONTAINER.match(before)
    if match is None:
        return ""
    marker = match["marker"] or ""
    return match[0].removesuffix(marker) + " " * len(marker)


def _strip_container(nodes: Iterable[Shortcode | Text], before: str) -> list[Shortcode | Text]:
    """Remove the marks of the quotation or list item, in which a shortcode is, from its inner lines."""
    prefix = _continue_container(before)
    if not prefix:
        return list(nodes)
    stripped: list[Shortcode | Text] = []
    for node in nodes:
        if isinstance(node, Shortcode):
            stripped.append(node)
            continue
        at = node.start
        for index, line in enumerate(node.text.splitlines(keepends=True)):
            marks = (prefix, prefix.rstrip()) if index > 0 else ()
            cut = next((mark for mark in marks if mark and line.startswith(mark)), "")
            stripped.append(Text(line[len(cut) :], at + len(cut)))
            at += len(line)
    return stripped


def _code_spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for piece in split_code(text, COMMONMARK):
        if piece.is_code and not piece.text.startswith("<"):
            spans.append((at, at + len(piece.text)))
        at += len(piece.text)
    return spans


def _is_inside(offset: int, spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(spans, (offset, float("inf"))) - 1
    return index >= 0 and spans[index][0] <= offset < spans[index][1]


class _Rewriting:
    """One rewriting of a template: the edits that make it Markdown of this site."""

    def __init__(self, owner: HugoMarkdown, template: _Template) -> None:
        self.owner = owner
        self.settings = owner.settings
        self.template = template
        self.text = template.text
        self.edits: list[tuple[int, int, str]] = []
        self.starts = [0, *(match.end() for match in re.finditer("\n", self.text)), len(self.text) + 1]
        self.cursor = 0

    def rewrite(self) -> str:
        """Return the text with all edits."""
        tokens = self.owner._parser.parse(self.text)
        for index, token in enumerate(tokens):
            if token.map is None:
                continue
            start, end = self.starts[token.map[0]], min(self.starts[token.map[1]], len(self.text))
            if token.type == "fence":
                self._edit_fence(start, end)
            elif token.type == "html_block":
                self._edit_html_block(start, end)
            elif token.type == "heading_open":
                self._edit_heading(tokens[index + 1], start, end)
            elif token.type == "inline":
                self._edit_inline(token, start, end)
        parts: list[str] = []
        at = 0
        for start, end, replacement in sorted(self.edits):
            if start >= at:
                parts += [self.text[at:start], replacement]
                at = end
        return "".join([*parts, self.text[at:]])

    def _report(
        self, offset: int, code: str, message: str, hint: str = "", severity: Severity = "warning"
    ) -> None:
        self.owner._report_at(self.template.origin(offset), code, message, hint, severity)

    def _edit_fence(self, start: int, end: int) -> None:
        match = _FENCE.search(self.text, start, end)
        info = _FENCE_INFO.fullmatch(match["info"]) if match else None
        if match is None or info is None:
            return
        # R Markdown and Quarto have the language in braces.
        language, _, name = info["language"].partition(":")
        options = read_code_options(info["options"])
        if not language and (braced := re.match(r"\{\.?([\w#.+-]+)", info["options"])) and not options:
            language = braced[1]
        if name:
            options.setdefault("title", name)
        if self.settings.numbers_lines:
            options.setdefault("linenos", "true")
        if language == "goat":
            language = "text"
            message = "a diagram of characters (goat) stays text: Hugo drew it."
            self._report(match.start(), "import.unsupported", message, severity="info")
        language = matched[0] if (matched := _LANGUAGE.match(language)) else ""
        header = fence_header(language, options)
        if header != match["info"].strip():
            self.edits.append((match.start("info"), match.end("info"), f" {header}" if header else ""))

    def _edit_html_block(self, start: int, end: int) -> None:
        html = self.text[start:end]
        if (more := _MORE.search(html)) and html.strip().lstrip("> \t") == more[0]:
            self.edits.append((start + more.start(), start + more.end(), "<!-- more -->"))
            return
        if self.settings.is_unsafe:
            # The block ended at an empty line, and what follows in the element is Markdown.
            self.edits += [(start + at, start + at, ' markdown="1"') for at in _find_open_elements(html)]
            return
        if not _COMMENT.sub("", html):
            self.edits.append((start, end, "\n"))
            return
        self.edits.append((start, end, "\n"))
        line = html.strip().partition("\n")[0]
        self._report_html(start + len(html) - len(html.lstrip()), line)

    def _report_html(self, offset: int, source: str) -> None:
        message = f"{quote(source)} is left out, as Hugo left it out."
        hint = "Hugo shows HTML in Markdown only with markup.goldmark.renderer.unsafe."
        self._report(offset, "import.dropped", message, hint)

    def _edit_heading(self, inline: Token, start: int, end: int) -> None:
        if _MORE.fullmatch(inline.content.strip()):
            # The end of the excerpt, and a heading without text.
            self.edits.append((start, end, "<!-- more -->\n"))
            return
        if not self.settings.has_heading_ids:
            return
        stripped = self.text[start:end].rstrip("\n")
        is_setext = not stripped.lstrip(" \t>").startswith("#")
        if is_setext:
            stripped = stripped.rpartition("\n")[0]
        bare = stripped if is_setext else _CLOSING_MARKS.sub("", stripped)
        attributes = _HEADING_ATTRIBUTES.search(bare)
        words = _heading_text(inline.children or [])
        id = ""
        if attributes:
            bare = bare[: attributes.start()]
            words = _HEADING_ATTRIBUTES.sub("", words)
            own_id = _HEADING_ID.search(attributes["attributes"])
            id = (own_id[1] or own_id[2]) if own_id else ""
        if not id:
            text = _PLACEHOLDER.sub("", words)
            if self.settings.has_emoji:
                text = re.sub(r":([\w+-]+):", lambda m: "" if find_emoji(m[1]) else m[0], text)
            id = heading_id(text, self.settings.heading_ids, has_typographer=self.settings.has_typographer)
        ids = self.owner._ids
        unique, number = id, 0
        while unique in ids:
            number += 1
            unique = f"{id}-{number}"
        ids[unique] = 1
        is_same = unique == slugify_heading(words, "-") and number == 0 and _OPEN not in words
        suffix = "" if is_same else f" {{#{unique}}}"
        if bare + suffix != stripped:
            at = start + len(bare)
            self.edits.append((at, start + len(stripped), suffix))

    def _edit_inline(self, token: Token, start: int, end: int) -> None:
        self.cursor = max(self.cursor, start) if self.cursor < end else start
        links: list[bool] = []
        is_first = True
        for child in token.children or []:
            if child.type == "text":
                self._edit_text(child.content, end, is_link=bool(links), is_line_start=is_first)
            elif child.type == "text_special":
                self._edit_escape(child, end)
            elif child.type == "code_inline":
                self._skip_code(child, end)
            elif child.type == "hardbreak":
                at = self.text.find("\n", self.cursor, end)
                if at > 0 and self.text[at - 1] == "\\":
                    self.edits.append((at - 1, at, "  "))
            elif child.type == "html_inline":
                self._edit_tag(child.content, end)
            elif child.type == "image":
                self._skip_to(f"![{child.content}](", end)
                self._skip_target(end)
            elif child.type == "link_open":
                links.append(child.markup == "autolink")
                self._skip_to("<" if links[-1] else "[", end)
            elif child.type == "link_close":
                if links.pop():
                    self._skip_to(">", end)
                else:
                    self._skip_to("](", end)
                    self._skip_target(end)
            is_first = child.type in ("softbreak", "hardbreak")

    def _skip_to(self, text: str, end: int) -> None:
        at = self.text.find(text, self.cursor, end)
        if at >= 0:
            self.cursor = at + len(text)

    def _skip_target(self, end: int) -> None:
        """Move behind the parenthesis that closes the target of a link or an image."""
        depth, at, quotation = 1, self.cursor, ""
        while at < end and depth:
            character = self.text[at]
            if character == "\\":
                at += 1
            elif quotation:
                quotation = "" if character == quotation else quotation
            elif character in "\"'" and self.text[at - 1].isspace():
                quotation = character
            elif character in "()":
                depth += 1 if character == "(" else -1
            at += 1
        if not depth:
            self.cursor = at

    def _skip_code(self, child: Token, end: int) -> None:
        run = re.compile(rf"(?<!`){child.markup}(?!`)")
        opening = run.search(self.text, self.cursor, end)
        closing = run.search(self.text, opening.end(), end) if opening else None
        if closing:
            self.cursor = closing.end()

    def _edit_escape(self, child: Token, end: int) -> None:
        at = self.text.find(child.markup, self.cursor, end)
        if at < 0:
            return
        self.cursor = at + len(child.markup)
        character = child.content
        if child.info != "escape" or character in _ESCAPABLE:
            return
        # A backslash before a bracket would begin a formula.
        plain = {
            "<": "&lt;",
            "&": "&amp;",
            '"': "&quot;",
            "'": "&#39;",
            "[": "&#91;",
            "]": "&#93;",
            ":": "&#58;",
        }
        self.edits.append((at, self.cursor, plain.get(character, character)))

    def _edit_tag(self, tag: str, end: int) -> None:
        at = self.text.find(tag, self.cursor, end)
        if at < 0:
            return
        self.cursor = at + len(tag)
        if _MORE.fullmatch(tag):
            self.edits.append((at, self.cursor, "\n\n<!-- more -->\n\n"))
        elif not self.settings.is_unsafe:
            self.edits.append((at, self.cursor, ""))
            name = tag.strip("</>").partition(" ")[0].lower()
            omitted = self.owner._omitted_tags
            if not tag.startswith(("<!--", "</")) and name not in omitted:
                omitted.add(name)
                self._report_html(at, tag)

    def _edit_text(self, content: str, end: int, *, is_link: bool, is_line_start: bool) -> None:
        at = self.text.find(content, self.cursor, end) if content else -1
        if at < 0:
            return
        self.cursor = at + len(content)
        if is_line_start and _DEFINITION.match(content):
            return
        edits: list[tuple[int, int, str]] = []
        if self.settings.has_linkify and not is_link:
            edits += _find_bare_urls(content)
        if self.settings.has_extras:
            edits += [(m.start(), m.end(), f"^^{m[1]}^^") for m in _INSERTED.finditer(content)]
        else:
            edits += [(m.start(), m.end(), f"~~{m[1]}~~") for m in _SINGLE_TILDES.finditer(content)]
            edits += [(m.start(), m.end(), f"\\{m[0]}") for m in _EXTRA_MARKS.finditer(content)]
        if not self.settings.has_emoji:
            edits += [
                (m.start(), m.end(), "&#58;")
                for m in _EMOJI.finditer(content)
                if find_emoji(m[1]) is not None
            ]
        self.edits += [(at + first, at + last, text) for first, last, text in edits]


def _find_bare_urls(text: str) -> Iterable[tuple[int, int, str]]:
    """Yield bare URLs and addresses of mail, and the links that they become (GitHub's autolinks)."""
    for match in _BARE_URL.finditer(text):
        url = _URL_END.sub("", match[0])
        while url.endswith(")") and url.count(")") > url.count("("):
            url = _URL_END.sub("", url[:-1])
        if url.startswith("www."):
            yield match.start(), match.start() + len(url), f"[{url}](https://{url})"
        elif _OPEN not in url and url:
            yield match.start(), match.start() + len(url), f"<{url}>"


def _find_open_elements(html: str) -> list[int]:
    """Return, for each block element that HTML opens and does not close, the offset of the end of its tag."""
    finder = _OpenElements(html)
    finder.feed(html)
    finder.close()
    return [at for name, at in finder.open_elements if name in _MARKDOWN_ELEMENTS]


class _OpenElements(HtmlParser):
    def __init__(self, html: str) -> None:
        super().__init__(Lines(html))
        self.open_elements: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in VOID_ELEMENTS:
            start = self.find_offset()
            end = start + len(self.get_starttag_text() or "") - 1
            self.open_elements.append((tag, end))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self.open_elements]
        if tag in names:
            del self.open_elements[len(names) - 1 - names[::-1].index(tag) :]


def _heading_text(children: Iterable[Token]) -> str:
    texts: list[str] = []
    for child in children:
        if child.type in ("text", "code_inline", "text_special", "image"):
            texts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            texts.append(" ")
    return "".join(texts).strip()
