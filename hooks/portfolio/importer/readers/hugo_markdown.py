"""Hugo's Markdown (Goldmark with shortcodes) in the Markdown of this site.

Shortcodes are read first, as Hugo does, also inside code. Each is replaced by a placeholder, so that the rest
is CommonMark, which markdown-it parses; only the places that this site reads differently are edited. At the
end every placeholder is replaced by what its shortcode becomes. Code stays as it is.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any, Literal, get_args
from urllib.parse import quote as quote_url

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from markdown_it.token import Token

from portfolio.core.diagnostics import quote
from portfolio.core.positions import Lines
from portfolio.core.text import find_emoji, slugify_heading
from portfolio.importer.markdown_text import split_code

Report = Callable[[str, str, str, int, int], None]
HeadingIds = Literal["github", "github-ascii", "blackfriday"]

# Shortcodes -----------------------------------------------------------------------------------------------

_OPENING = re.compile(r"\{\{(?P<mark>[<%])(?P<comment>/\*)?")
_NAME = re.compile(r"[ \t\n]*(?P<closing>/[ \t]*)?(?P<name>[\w./-]*[\w])")
_VALUE = r'"(?:\\.|[^"\\])*"|`[^`]*`|(?:(?!/?[>%]\}\})[^\s="`])+'
_PARAMETER = re.compile(rf"[ \t\n]*(?:(?P<key>[\w.-]+)[ \t\n]*=[ \t\n]*)?(?P<value>{_VALUE})", re.DOTALL)
_SPACE = re.compile(r"[ \t\n]*")
# Shortcodes that are nothing without an inner text.
_PAIRED = frozenset(
    "admonition alert blockquote callout center collapse details expand hint highlight lead math mermaid "
    "notice quote rawhtml spoiler staticref tab tabs tip note warning info".split()
)
# Kinds of callouts of themes, by the kind that this site has.
_CALLOUT_KINDS = {
    **dict.fromkeys(("note", "alert", "primary", "secondary", "default", "light", "comment"), "note"),
    **dict.fromkeys(("info", "information", "circle-info", "important"), "info"),
    **dict.fromkeys(("tip", "hint", "lightbulb", "idea"), "tip"),
    **dict.fromkeys(("warning", "caution", "attention", "triangle-exclamation"), "warning"),
    **dict.fromkeys(("danger", "error", "fire", "skull-crossbones"), "danger"),
    **dict.fromkeys(("success", "check", "done"), "success"),
    **dict.fromkeys(("question", "help", "faq"), "question"),
    **{kind: kind for kind in ("abstract", "failure", "bug", "example", "quote")},
    **dict.fromkeys(("summary", "tldr"), "abstract"),
}
# Shortcodes without a text of their own: decoration, and what this site does by itself.
_SILENT = frozenset("icon toc katex mathjax clearfix br linebreak".split())
# Shortcodes that only change how their inner text looks.
_WRAPPERS = frozenset("lead center ltr rtl div section typeit keyword badge highlighted small".split())


@dataclass
class Shortcode:
    """A shortcode: its parameters, and its inner text if it is closed by another tag.

    ``start`` and ``end`` are offsets in the text that was read; ``literal`` is the text of an escaped one.
    """

    name: str
    start: int
    end: int
    source: str
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    inner: list[Shortcode | Text] | None = None
    literal: str | None = None
    is_closing: bool = False
    is_closed: bool = False

    def get(self, *names: str, position: int | None = None) -> str:
        """Return the first of these parameters that has a value, or that at a position, or an empty text."""
        for name in names:
            if value := self.named.get(name):
                return value
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return ""


@dataclass(frozen=True)
class Text:
    """A text between shortcodes, and the offset at which it begins."""

    text: str
    start: int


def read_shortcodes(text: str) -> tuple[list[Shortcode | Text], list[tuple[int, str, str]]]:
    """Divide a text into shortcodes, nested as they are, and the texts between them.

    Return also the faults: their offset, message and hint.
    """
    nodes: list[Shortcode | Text] = []
    faults: list[tuple[int, str, str]] = []
    open_tags: list[int] = []
    end = 0
    for tag in _read_tags(text, faults):
        if text[end : tag.start]:
            nodes.append(Text(text[end : tag.start], end))
        end = tag.end
        if not tag.is_closing:
            nodes.append(tag)
            if tag.literal is None and not tag.is_closed:
                open_tags.append(len(nodes) - 1)
            continue
        match = next((at for at in reversed(open_tags) if nodes[at].name == tag.name), None)  # type: ignore[union-attr]
        if match is None:
            message = f"{quote(tag.source)} closes no shortcode."
            faults.append((tag.start, message, "Remove it, or add the shortcode that it closes."))
            continue
        opened = nodes[match]
        assert isinstance(opened, Shortcode)
        opened.inner, opened.is_closed = nodes[match + 1 :], True
        opened.source, opened.end = text[opened.start : tag.end], tag.end
        del nodes[match + 1 :]
        open_tags = [at for at in open_tags if at < match]
    if text[end:]:
        nodes.append(Text(text[end:], end))
    for node in _walk(nodes):
        if node.name in _PAIRED and not node.is_closed and node.literal is None:
            message = f"the shortcode {quote(node.name)} is never closed."
            faults.append((node.start, message, f"Close it with {{{{< /{node.name} >}}}}."))
    return nodes, faults


def _walk(nodes: Iterable[Shortcode | Text]) -> Iterable[Shortcode]:
    for node in nodes:
        if isinstance(node, Shortcode):
            yield node
            yield from _walk(node.inner or ())


def _read_tags(text: str, faults: list[tuple[int, str, str]]) -> Iterable[Shortcode]:
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        right = ">}}" if opening["mark"] == "<" else "%}}"
        tag = _read_comment(text, opening, right) if opening["comment"] else _read_tag(text, opening, right)
        if tag is None:
            message = f"{quote(text[opening.start() :].partition(chr(10))[0])} is not a complete shortcode."
            faults.append((opening.start(), message, f"End it with '{right}'."))
            at = opening.end()
        else:
            yield tag
            at = tag.end


def _read_comment(text: str, opening: re.Match[str], right: str) -> Shortcode | None:
    """Read an escaped shortcode, which Hugo shows without the marks of the comment."""
    end = text.find(f"*/{right}", opening.end())
    if end < 0:
        return None
    source = text[opening.start() : end + len(right) + 2]
    literal = f"{{{{{opening['mark']}{text[opening.end() : end]}{right}"
    return Shortcode("", opening.start(), end + len(right) + 2, source, literal=literal)


def _read_tag(text: str, opening: re.Match[str], right: str) -> Shortcode | None:
    name = _NAME.match(text, opening.end())
    if name is None:
        return None
    tag = Shortcode(name["name"], opening.start(), 0, "", is_closing=bool(name["closing"]))
    at = name.end()
    while True:
        gap = _SPACE.match(text, at)
        at = gap.end() if gap else at
        if text.startswith("/", at) and text.startswith(right, at + 1):
            tag.is_closed = True
            at += 1
        if text.startswith(right, at):
            tag.end = at + len(right)
            tag.source = text[tag.start : tag.end]
            return tag
        parameter = _PARAMETER.match(text, at)
        if parameter is None or "{{" in parameter["value"]:
            return None
        value = parameter["value"]
        if value[0] == '"':
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        elif value[0] == "`":
            value = value[1:-1]
        if parameter["key"]:
            tag.named[parameter["key"].lower()] = value
        else:
            tag.positional.append(value)
        at = parameter.end()


# The rest of Markdown -------------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(r"PLACEHOLDER(\d+)END")
_DEFINITION = re.compile(r"^[ ]{0,3}\[(?!\^)(?P<id>[^\]\n]+)\]:[ \t]*<?(?P<url>[^\s>]+)")
_MORE = re.compile(r"[ \t]*<!--[ \t]*more[ \t]*-->[ \t]*")
# GitHub's extended autolinks.
_BARE_URL = re.compile(r"(?<![\w/@.:])(?:https?://|www\.)[^\s<]+|(?<![\w/.:+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL_END = re.compile(r"(?:[?!.,:*_~'\"]|&[a-z0-9]+;)+$")
_SINGLE_TILDES = re.compile(r"(?<![~\\])~(?![~\s])([^~\n]+?)(?<!\s)~(?!~)")
# Notations that are text in Hugo unless its extension "extras" is on.
_EXTRA_MARKS = re.compile(r"\^(?=[^\s^]+\^)|==(?=[^\s=])|\+\+(?=\w)")
_EMOJI = re.compile(r"(?<![\w:]):(?=([\w+-]+):(?![\w:]))")
_FENCE_LINE = re.compile(r"(?P<fence>[`~]{3,})[ \t]*(?P<info>[^\n]*)")
_FENCE_INFO = re.compile(r"(?P<language>[^\s{]*)[ \t]*(?:\{(?P<options>.*)\})?(?P<rest>.*)")
_FENCE_OPTION = re.compile(
    r"""(?P<class>\.[\w-]+)|(?P<key>[\w.-]+)[ \t]*=[ \t]*(?P<value>\[[^\]]*\]|"[^"]*"|'[^']*'|[^\s,}]+)"""
)
_OPTION_LIST = re.compile(r"""(?P<key>\w+)[ \t]*=[ \t]*(?P<value>\[[^\]]*\]|"[^"]*"|[^,]*)""")
_HEADING_ATTRIBUTES = re.compile(r"[ \t]*\{(?P<attributes>[^{}\n]*)\}[ \t]*(?:#+[ \t]*)?$")
_ATTRIBUTE = re.compile(r"#(?P<id>[^\s{}]+)|\.(?P<class>[^\s{}]+)|(?P<key>[\w:-]+)=(?P<value>\"[^\"]*\"|\S+)")
# A formula between dollars, double dollars or doubled backslashes; or, with Hugo's passthrough, single ones.
_FORMULA = re.compile(
    r"(?<![\\$])\$\$(?P<block>(?:\\.|[^\\$])+?)\$\$(?!\$)"
    r"|(?<![\\$])\$(?![\s$])(?P<inline>(?:\\.|[^\\$\n]|\n(?!\s*\n))+?)(?<![\s\\])\$(?![\d$])"
    r"|(?<!\\)\\\\\[(?P<double_block>.+?)\\\\\]|(?<!\\)\\\\\((?P<double>.+?)\\\\\)"
    r"|(?<!\\)\\\[(?P<single_block>.+?)\\\]|(?<!\\)\\\((?P<single>.+?)\\\)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# What a backslash escapes in the Markdown of this site as in CommonMark.
_ESCAPABLE = frozenset("\\`*_{}[]()>#+-.!|~^=$")


@dataclass(frozen=True)
class Settings:
    """The parts of Hugo's configuration and of a page that decide how its Markdown is read.

    ``has_math`` is whether the old site rendered formulas, ``has_passthrough`` whether Hugo left them alone.
    """

    is_unsafe: bool = False
    has_emoji: bool = False
    has_extras: bool = False
    has_math: bool = False
    has_passthrough: bool = False
    has_typographer: bool = True
    has_heading_ids: bool = True
    heading_ids: HeadingIds = "github"


@dataclass(frozen=True)
class Site:
    """What a page needs to know of the rest of its site.

    ``find_page`` returns the URL of the page that a reference means, or None, ``rewrite_url`` the URL of the
    target of a link or image, ``read_file`` the text of a file beside the page or of the site, ``find_title``
    the title of the page at a URL. ``parameters`` are those of the page and the site.
    """

    find_page: Callable[[str], str | None]
    rewrite_url: Callable[[str, bool], str]
    read_file: Callable[[str], str | None]
    find_title: Callable[[str], str]
    parameters: Mapping[str, Any]


def heading_id(text: str, kind: HeadingIds = "github", *, has_typographer: bool = True) -> str:
    """Return the id that Hugo derives from the text of a heading, before it is made unique."""
    if has_typographer:
        text = re.sub(r"-{2,3}|\.\.\.|<<|>>", "", text)
    if kind == "github-ascii":
        text = "".join(c for c in unicodedata.normalize("NFD", text) if ord(c) < 128)
    if kind == "blackfriday":
        return re.sub(r"[^\w]+", "-", text.lower().replace("_", "-")).strip("-") or "heading"
    characters = ("-" if c in "- " else c.lower() for c in text.strip() if c in "-_ " or c.isalnum())
    return "".join(characters) or "heading"


@dataclass
class _Rendered:
    """What a shortcode becomes: Markdown, and whether it is a block of its own."""

    text: str
    is_block: bool = False


class HugoMarkdown:
    """Converts the Markdown of one page.

    ``report`` is called with a code, a message, a hint, and the line and column of the source file.
    """

    def __init__(self, settings: Settings, site: Site, report: Report) -> None:
        self.settings = settings
        self.site = site
        self.report = report
        self.ids: dict[str, int] = {}
        self._reported_tags: set[str] = set()
        self._parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self._parser.disable(["reference", "text_join"])

    def convert(self, text: str, first_line: int = 1) -> str:
        """Return a text in the Markdown of this site. ``first_line`` is its first line in the source file."""
        self._lines = Lines(text, first_line)
        nodes, faults = read_shortcodes(text)
        for offset, message, hint in faults:
            self._report_at(offset, "import.invalid-shortcode", message, hint, severity_column=True)
        return self._convert_nodes(nodes).strip("\n") + "\n"

    def _report_at(
        self, offset: int, code: str, message: str, hint: str = "", *, severity_column: bool = False
    ) -> None:
        line, column = self._lines.position(offset)
        self.report(code, message, hint, line, column)
