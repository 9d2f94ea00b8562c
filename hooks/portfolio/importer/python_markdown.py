"""Markdown of other sites that use Python-Markdown, such as Pelican's, to the Markdown of this site.

Both are converted by the same library, but with other extensions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from markdown.extensions.toc import slugify as slugify_ascii

from portfolio.core.diagnostics import quote
from portfolio.core.markdown_scan import heading_text
from portfolio.core.text import slugify_heading
from portfolio.importer.markdown_escapes import escape_includes
from portfolio.importer.markdown_text import (
    PYTHON_MARKDOWN,
    Notation,
    dedent_html,
    escape_formulas,
    escape_notations,
    find_block_lines,
    rewrite_around_code,
    rewrite_prose,
    split_code,
)

# Called with a line, a code, a message and a hint.
Report = Callable[[int, str, str, str], None]

# The extensions that read each notation of this site.
_READERS: dict[Notation, set[str]] = {
    "mark": {"mark"},
    "delete": {"tilde", "del_ins", "mdx_del_ins", "strikethrough"},
    "subscript": {"tilde", "subscript"},
    "superscript": {"caret", "superscript"},
    "keys": {"keys"},
    "emoji": {"emoji"},
    "task": {"tasklist"},
    "dash": {"smarty"},
    "citation": set(),
}
# The kinds of callouts that this site has a style for.
_CALLOUTS = frozenset(
    "note abstract summary tldr info todo tip hint important success check done question help faq warning "
    "caution attention failure fail missing danger error bug example quote cite".split()
)
_CALLOUT = re.compile(
    r"^(?P<start>[ \t]*(?:!!!|\?\?\?\+?)[ \t]+)(?P<kind>[\w -]+?)(?P<title>[ \t]*\"[^\n]*)?$", re.M
)
# As Python-Markdown's codehilite reads the first line of code.
_CODE_HEADER = re.compile(
    r"(?:::+|(?P<shebang>#!))(?P<path>(?:/\w+)*[/ ])?(?P<language>[\w#.+-]*)\s*"
    r"""(?:hl_lines=(?P<quote>["'])(?P<lines>.*?)(?P=quote))?"""
)
# Code that is indented or has a fence, which is a whole number of lines.
_BLOCK = re.compile(r"(?:[ ]{0,3}>[ ]?|[-*+] |\d+[.)] )*(?:[ ]{4,}|\t|[ ]*(?:`{3,}[^`\n]*\n|~{3,}))")
_FENCE_HEADER = re.compile(r"(?P<indent>[ >]*)(?P<fence>`{3,}|~{3,})[ ]*(?P<header>[^\n]*)")
_FENCE_OPTION = re.compile(r"""(?P<name>linenos|linenums|guess_lang)[ ]*=[ ]*["']?(?P<value>\w+)["']?""")
_ROUND = re.compile(r"(?<!\\)\\\\\((?P<tex>(?:[^\\]|\\[^\\]|\\\\(?!\)))+?)\\\\\)", re.DOTALL)
_SQUARE = re.compile(r"(?<!\\)\\\\\[(?P<tex>(?:[^\\]|\\[^\\]|\\\\(?!\]))+?)\\\\\]", re.DOTALL)
_HEADING = re.compile(r"#{1,6}[ \t]*(?P<text>[^\n#][^\n]*?)[ \t]*#*[ \t]*")
_UNDERLINED, _UNDERLINE = re.compile(r"(?P<text>[^\n>#\s-][^\n]*)"), re.compile(r"(?:=+|-+)[ \t]*")
_HAS_ID = re.compile(r"\{:?[^{}]*#[^{}]*\}\s*$")
_TAB = re.compile(r"(?P<indent>[ ]*)===[+!]*[ \t]+(?P<mark>[\"'])(?P<title>.*)(?P=mark)[ \t]*")
_ICON = re.compile(
    r"(?P<space>[ ]?):(?P<name>(?:material|fontawesome|octicons|simple)-[\w-]+):(?:\{[^{}\n]*\})?"
)
# Icons that say something by themselves.
_MEANINGS = {"check": "✓", "close": "✗", "check-circle": "✓", "close-circle": "✗", "check-bold": "✓"}
_INCLUDED = re.compile(
    r"(?P<indent>[ \t]*)-{1,}8<-{1,}[ \t]+(?P<mark>[\"'])(?P<path>[^\"'\n]+)(?P=mark)[ \t]*"
)
# What no amount of money contains.
_LIKE_TEX = re.compile(r"\\[A-Za-z]|[_^]")


def extension_names(setting: Any) -> set[str]:
    """Return the short names of the extensions of a ``MARKDOWN`` setting of Pelican, or of a list."""
    names: list[Any] = []
    parts = (
        [setting.get("extensions"), setting.get("extension_configs")]
        if isinstance(setting, dict)
        else [setting]
    )
    for part in parts:
        for item in part if isinstance(part, list | tuple | dict) else ():
            names += list(item) if isinstance(item, dict) else [item]
    short = {re.sub(r"\(.*", "", str(name)).rpartition(".")[2] for name in names}
    if "extra" in short:
        short |= {"abbr", "attr_list", "def_list", "fenced_code", "footnotes", "md_in_html", "tables"}
    return short


def convert_python_markdown(
    markdown: str,
    extensions: Collection[str],
    report: Report,
    *,
    has_formulas: bool | None,
    first_line: int,
    include: Callable[[str], str | None] = lambda _: None,
) -> str:
    """Return the Markdown of this site for text that Python-Markdown reads with some extensions.

    ``extensions`` are short names. ``has_formulas`` says whether ``$…$`` is a formula, or is None if only the
    theme of the site knows. ``report`` gets what changes. ``include`` returns the text of a file, or None.
    """
    # First what is reported with its line.
    if "emoji" in extensions:
        markdown = _remove_icons(markdown, report, first_line)
    text = rewrite_around_code(
        markdown, lambda prose: _convert_blocks(prose, extensions, report, first_line), PYTHON_MARKDOWN
    )
    if "snippets" in extensions:
        text = _insert_files(text, include, report, first_line)
    text = escape_includes(text)
    if "tabbed" in extensions:
        text = convert_tabs(text)
    text = dedent_html(_convert_code(text, extensions), PYTHON_MARKDOWN)
    text = rewrite_prose(text, lambda piece: _convert_delimiters(piece.text), PYTHON_MARKDOWN)
    text = _escape_dollars(text, has_formulas)
    unknown = [notation for notation, readers in _READERS.items() if not readers & set(extensions)]
    text = escape_notations(text, unknown)
    if "toc" in extensions:
        text = _add_heading_ids(text)
    return text


def _convert_delimiters(text: str) -> str:
    """Convert the delimiters of formulas that Markdown leaves for MathJax: two backslashes become one."""
    text = _ROUND.sub(lambda match: rf"\({match['tex']}\)", text)
    return _SQUARE.sub(lambda match: f"$${match['tex']}$$", text)


def _escape_dollars(text: str, has_formulas: bool | None) -> str:
    if has_formulas:
        return text
    if has_formulas is None and any(
        piece.kind == "formula" and _LIKE_TEX.search(piece.text) for piece in split_code(text)
    ):
        return text
    # Formulas in brackets were just converted.
    parts = (
        re.split(r"(\\\((?:[^\\]|\\[^)])*?\\\)|\$\$[^$]+\$\$)", text)
        if r"\(" in text or "$$" in text
        else [text]
    )
    return "".join(part if index % 2 else escape_formulas(part) for index, part in enumerate(parts))


# Code


def _convert_code(markdown: str, extensions: Collection[str]) -> str:
    """Give code whose language is in its first line, as for codehilite, a fence with the language."""
    return "".join(
        _convert_block(piece.text, "codehilite" in extensions)
        if piece.is_code and _BLOCK.match(piece.text)
        else piece.text
        for piece in split_code(markdown, PYTHON_MARKDOWN)
    )


def _convert_block(text: str, has_headers: bool) -> str:
    fence = _FENCE_HEADER.match(text)
    if fence is not None:
        return _convert_fence(text, fence)
    quotes = re.match(r"(?:[ ]{0,3}>[ ]?)*", text)
    prefix = quotes[0] if quotes else ""
    lines = [
        line.removeprefix(prefix) if line.startswith(prefix) else line.lstrip("> ")
        for line in text.expandtabs(4).split("\n")
    ]
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    match = _CODE_HEADER.match(lines[0].lstrip(" ")) if has_headers else None
    if match is None or indent < 4:
        return text
    body = [line[indent:] if line[:indent].isspace() else line.lstrip(" ") for line in lines]
    if not match["path"]:
        body = body[1:]
    ending = "\n" if text.endswith("\n") else ""
    code = "\n".join(body).strip("\n")
    marks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    header = marks + (match["language"].lower() or "text")
    if match["shebang"]:
        header += ' linenums="1"'
    if match["lines"]:
        header += f' hl_lines="{match["lines"]}"'
    margin = prefix + " " * (indent - 4)
    block = [header, *code.split("\n"), marks]
    return "\n".join(f"{margin}{line}".rstrip() if not line else f"{margin}{line}" for line in block) + ending


def _convert_fence(text: str, fence: re.Match[str]) -> str:
    """Rewrite the options of a fence that codehilite has and this site has not."""

    def replace(option: re.Match[str]) -> str:
        is_on = option["name"] != "guess_lang" and option["value"].lower() in ("true", "1", "table", "inline")
        return 'linenums="1"' if is_on else ""

    header = _FENCE_OPTION.sub(replace, fence["header"])
    return text[: fence.start("header")] + header + text[fence.end("header") :]


# Blocks


def convert_tabs(markdown: str) -> str:
    """Return Markdown in which each content tab is its title in bold, followed by its text."""
    blocks = find_block_lines(markdown)
    lines = markdown.split("\n")
    result: list[str] = []
    at = 0
    while at < len(lines):
        match = _TAB.fullmatch(lines[at]) if at + 1 not in blocks else None
        if match is None:
            result.append(lines[at])
            at += 1
            continue
        margin = match["indent"]
        end = at + 1
        while end < len(lines) and (not lines[end].strip() or lines[end].startswith(f"{margin}    ")):
            end += 1
        content = [line.removeprefix(margin)[4:] for line in lines[at + 1 : end]]
        inner = convert_tabs("\n".join(content).strip("\n")).strip("\n").split("\n")
        result += [f"{margin}**{match['title']}**", ""]
        result += [f"{margin}{line}".rstrip() for line in inner]
        result.append("")
        at = end
    return "\n".join(result)


def _remove_icons(markdown: str, report: Report, first_line: int) -> str:
    """Remove the icons of Material's theme, which are no characters."""

    def remove(prose: str) -> str:
        def replace(match: re.Match[str]) -> str:
            meaning = _MEANINGS.get(match["name"].removeprefix("material-"))
            if meaning is not None:
                return match["space"] + meaning
            line = first_line + prose.count("\n", 0, match.start())
            report(line, "import.dropped", f"the icon ':{match['name']}:' is left out.", "")
            return ""

        return _ICON.sub(replace, prose)

    return rewrite_around_code(markdown, remove, PYTHON_MARKDOWN)


def _insert_files(
    markdown: str, include: Callable[[str], str | None], report: Report, first_line: int
) -> str:
    """Insert the files that ``pymdownx.snippets`` includes, also in code."""
    lines: list[str] = []
    for number, line in enumerate(markdown.split("\n"), first_line):
        match = _INCLUDED.fullmatch(line)
        if match is None:
            lines.append(line)
            continue
        text = include(match["path"])
        if text is None:
            message = f"{quote(match['path'])} is not included."
            report(number, "import.missing-file", message, "Insert its text.")
            lines.append(line)
        else:
            lines += [f"{match['indent']}{inner}" for inner in text.rstrip("\n").split("\n")]
    return "\n".join(lines)


def _convert_blocks(prose: str, extensions: Collection[str], report: Report, first_line: int) -> str:
    if "admonition" in extensions or "details" in extensions:

        def replace(match: re.Match[str]) -> str:
            words = match["kind"].split()
            if words[0].lower() in _CALLOUTS:
                return match[0]
            line = first_line + prose.count("\n", 0, match.start())
            message = f"{quote(words[0])} is no kind of callout here, and becomes a note."
            report(line, "import.unsupported", message, "")
            title = (match["title"] or f'"{words[0].capitalize()}"').strip()
            return f"{match['start']}note {title}"

        prose = _CALLOUT.sub(replace, prose)
    if not {"toc", "toc_unicode"} & set(extensions):
        prose = re.sub(r"^\[TOC\][ \t]*$", r"\\[TOC]", prose, flags=re.MULTILINE)
    return prose


def _add_heading_ids(markdown: str) -> str:
    """Give headings the ids that Python-Markdown's table of contents gave them, where this site's differ."""
    blocks = find_block_lines(markdown)
    lines = markdown.split("\n")
    for number, line in enumerate(lines, 1):
        if number in blocks:
            continue
        after = lines[number] if number < len(lines) else ""
        match = _HEADING.fullmatch(line) or (_UNDERLINE.fullmatch(after) and _UNDERLINED.fullmatch(line))
        if match and (id := _old_id(match["text"])):
            lines[number - 1] = f"{line.rstrip()} {{#{id}}}"
    return "\n".join(lines)


def _old_id(text: str) -> str:
    """Return the id that a heading had, or an empty string if this site gives it the same."""
    words = heading_text(text)
    old = slugify_ascii(words, "-")
    return "" if _HAS_ID.search(text) or old == slugify_heading(words, "-") else old
