"""The markup within a text of kramdown, rewritten as that of this site.

Formulas, escapes, HTML and attribute lists change; code does not. `kramdown` divides a page into
blocks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from markdown_it import MarkdownIt

from portfolio.core.text import find_emoji
from portfolio.markdown_ext.html_tags import VOID_ELEMENTS

ATTRIBUTE = re.compile(
    r"""(?:^|\s)(?:(?P<key>\w[\w-]*)=(?P<quote>["'])(?P<value>(?:\\\}|\\(?P=quote)|(?!(?P=quote))[^}])*?)(?P=quote)"""
    r"""|(?P<reference>\w[\w-]*)|(?P<names>(?:#[A-Za-z][\w:-]*|\.[^\s.#]+)+))(?=\s|$)"""
)
_NAME = re.compile(r"#(?P<id>[A-Za-z][\w:-]*)|\.(?P<class_name>[^\s.#]+)")
SPAN_ELEMENTS = set(
    "a abbr acronym b big bdo br button cite code del dfn em i img input ins kbd label mark option q rb rbc "
    "rp rt rtc ruby samp select small span strong sub sup tt u var".split()
)
_BLOCK_ELEMENTS = set(
    "address article aside applet body blockquote caption col colgroup dd div dl dt fieldset figcaption "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html head iframe legend menu li main map nav ol optgroup "
    "p pre section summary table tbody td th thead tfoot tr ul".split()
)
_VOID_ELEMENTS = VOID_ELEMENTS | {"command", "keygen"}
# Elements in a paragraph whose content is code, and those whose content is Markdown.
_RAW_ELEMENTS = set("code kbd math option pre samp script style textarea var".split())
_MARKED_ELEMENTS = set(
    "a abbr acronym b bdo big button cite del dfn em i ins label legend q rb rbc rp rt rtc ruby select small "
    "span strong sub sup tt".split()
)
# The content of an attribute list. Its length is limited, as that of formulas, because its end is looked for.
ATTRIBUTE_LIST = r"(?:\\\}|[^}\n]){1,1000}"
# Markup in a paragraph, of which some differs between the two dialects. Backticks without an end are text.
_SPAN = re.compile(
    r"(?P<code>(?P<ticks>`++)(?:[^\n]|\n)+?(?<!`)(?P=ticks)(?!`)|`++)"
    r"|(?P<comment><!--.*?-->|\{::comment\}.*?\{:/(?:comment)?\})"
    r"|\{::nomarkdown[^}]*\}(?P<raw>.*?)\{:/(?:nomarkdown)?\}"
    r"|(?P<options>\{::options[^}]*/\})"
    r"|(?P<element><(?P<tag>[A-Za-z][\w:-]*)(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?/?>)|(?P<end_tag></(?P<end_name>[A-Za-z][\w:-]*)\s*>)"
    r"|(?P<autolink><(?:(?:mailto|https?|ftps?):[^>\s]+|[\w.-]+@[\w.-]+)>)"
    r"|\\\\\((?P<round>.{1,5000}?)\\\\\)|\\\\\[(?P<square>.{1,5000}?)\\\\\]"
    r"|(?P<break>\\\\?(?=\n))"
    r"|\\(?P<guillemets><<|>>)"
    r"|\\\$\$|\\(?P<escaped>[\\.*_+`<>()\[\]{}#!:|\"'$=~-])"
    r"|\$\$(?P<tex>.*?)\$\$"
    rf"|\{{:(?![:/])(?P<attributes>{ATTRIBUTE_LIST})\}}"
    r"|(?P<left><< ?)|(?P<right> ?>>)"
    r"|(?P<foreign>==(?=\S(?:.{0,300}?\S)?==)|\+\+(?=[\w\"'+-]+\+\+)|\^(?=[^\s^]+\^)|(?<!~)~(?=[^\s~]+~(?!~))|\[\[(?=[^\]\n]{0,300}\]\])|\{(?=[{%]))"
    r"|\[\^(?P<note>\w[\w-]*)\]"
    r"|(?P<citation>\[-?@(?=[\w:.-]+[^\[\]]*\](?![(\[])))"
    r"|(?<![\w:]):(?P<emoji>[\w+-]+):(?![\w:])"
    r"|\]\((?P<target>[^()\s\"'<>]+(?: [^()\s\"'<>]+)+)\)",
    re.DOTALL,
)
# A longer text is divided; the ends of so many elements are looked for in each.
MAX_LENGTH = 20_000
_MOST_SEARCHES = 200
# The characters that a backslash makes ordinary in both dialects.
_ESCAPED_IN_BOTH = set("\\`*_{}[]>#+-.!")

ProblemKind = Literal["dropped", "invalid", "too-large", "unsupported"]
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


@dataclass
class Attributes:
    """An attribute list. ``classes`` and ``values`` are in their order."""

    id: str = ""
    classes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, other: Attributes) -> None:
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


class SpanConverter:
    """Converts the texts of a page, which share names of attribute lists and of footnotes."""

    def __init__(self, options: KramdownOptions, notes: Collection[str]) -> None:
        self._options = options
        self._notes = notes
        self._named: dict[str, Attributes] = {}
        self._searches = 0

    def name_attributes(self, name: str, text: str) -> None:
        """Add an attribute list to those that other lists can refer to by a name."""
        self._named.setdefault(name, Attributes()).add(self.parse_attributes(text))

    def parse_attributes(self, text: str) -> Attributes:
        attributes = Attributes()
        for match in ATTRIBUTE.finditer(text):
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
                attributes.add(self._named.get(match["reference"], Attributes()))
            else:
                for name in _NAME.finditer(match["names"]):
                    if name["id"]:
                        attributes.id = name["id"]
                    else:
                        attributes.classes.append(name["class_name"])
        return attributes

    def plain_text(self, text: str) -> str:
        """Return the text of a heading without markup, as kramdown makes its id from it."""
        text = re.sub(r"\$\$(.*?)\$\$", lambda match: f"`{match[1].strip() or ' '}`", text)
        text = re.sub(rf"\{{:{ATTRIBUTE_LIST}\}}", "", text)
        parts = []
        for token in _parser().parseInline(text)[0].children or []:
            if token.type == "text":
                parts.append(token.content.replace("---", "—").replace("--", "–").replace("...", "…"))
            elif token.type == "code_inline":
                parts.append(token.content)
            elif token.type == "softbreak":
                parts.append(" ")
        return "".join(parts)

    def convert(self, text: str, number: int) -> str:
        """Convert the markup in a text that begins on a line of the source."""
        parts: list[str] = []
        while len(text) > MAX_LENGTH:
            # The end of markup is looked for up to the end of the text, which could take very long.
            line_break, space = (text.rfind(character, 0, MAX_LENGTH) for character in "\n ")
            cut = (line_break if line_break > 0 else max(space, 0)) + 1
            cut = cut if cut > 1 else MAX_LENGTH
            parts.append(self._convert_part(text[:cut], number))
            text, number = text[cut:], number + text.count("\n", 0, cut)
        return "".join([*parts, self._convert_part(text, number)])

    def _convert_part(self, text: str, number: int) -> str:
        self._searches = 0
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
                self.parse_attributes(groups["attributes"]).format() if follows_element else match[0]
            ), end
        if groups["emoji"] is not None:
            is_emoji = find_emoji(groups["emoji"]) is not None
            return (match[0] if self._options.replaces_emoji or not is_emoji else f"&#58;{match[0][1:]}"), end
        if groups["note"] is not None:
            return (match[0] if groups["note"] in self._notes else f"&#91;{match[0][1:]}"), end
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
        name = match["tag"].lower()
        self._searches += 1
        if name in _MARKED_ELEMENTS | _VOID_ELEMENTS or self._searches > _MOST_SEARCHES:
            return match[0], match.end()
        finder = ElementFinder()
        position = finder.find_end(text[match.start() :].split("\n"))
        if position is None:
            return match[0], match.end()
        lines = text[match.start() :].split("\n")[: position[0] + 1]
        html = "\n".join([*lines[:-1], lines[-1][: position[1]]])
        element = finder.make_element(html, line, is_block=False)
        if element is not None and (converted := self._options.convert_element(element)) is not None:
            html_or_markdown = converted
        elif element is None or name in _RAW_ELEMENTS:
            html_or_markdown = html
        else:
            # Kramdown leaves the content of elements that it does not know as it is.
            content = re.sub(r"[\\`*_\[]", r"\\\g<0>", element.content)
            html_or_markdown = f"{finder.start_tag}{content}</{element.name}>"
        return html_or_markdown, match.start() + len(html)


class ElementFinder(HTMLParser):
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
        self._text: list[str] = []
        self._length = 0
        self._starts: list[int] = []

    def find_end(self, lines: Iterable[str]) -> tuple[int, int] | None:
        """Return the index of the line, and the column, after the element or comment that lines begin with.

        Return None if it is not closed.
        """
        is_comment: bool | None = None
        for index, line in enumerate(lines):
            if is_comment is None:
                is_comment = line.lstrip(" ").startswith("<!--")
            if is_comment:
                end = line.find("-->")
                if end >= 0:
                    return index, end + 3
                continue
            self._starts.append(self._length)
            self._length += len(line) + 1
            self._text.append(line)
            try:
                self.feed(f"{line}\n")
            except AssertionError:
                # Python's parser raises it for "<![" without a name.
                return None
            if self._end is not None:
                return index, self._end - self._starts[index]
        return None

    def make_element(self, html: str, line: int, *, is_block: bool) -> Element | None:
        """Return the element that was found, or None for a comment."""
        if not self._name:
            return None
        content = html[self.content_start : self._content_end or len(html)]
        return Element(self._name, self._attributes, content, line, is_block)

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
                line, column = self.getpos()
                # The tag may end on a later line.
                rest = "\n".join([self._text[line - 1][column:], *self._text[line:]])
                self._end = self._content_end + rest.index(">") + 1

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def write_fence(code: str, language: str = "", options: Mapping[str, str | None] | None = None) -> list[str]:
    """Return the lines of a fence.

    Its options are attributes such as ``title``; those that are None are left out.
    """
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    marks = "`" * max(3, longest + 1)
    # What Rouge calls it.
    header = "text" if language == "plaintext" else language
    for name, value in (options or {}).items():
        if value and '"' not in value:
            header = f'{header or "text"} {name}="{value}"'
    return [f"{marks} {header}".rstrip(), *code.split("\n"), marks]


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
