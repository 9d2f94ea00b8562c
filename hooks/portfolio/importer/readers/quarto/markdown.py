"""The Markdown of Quarto (Pandoc's) to the Markdown of this site.

The steps work on lines where blocks change, and leave code as it is: shortcodes, cells of code, fenced divs,
then spans, images and cross-references.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field

from portfolio.core.diagnostics import quote
from portfolio.core.markdown_scan import heading_text
from portfolio.importer.markdown_escapes import escape_includes
from portfolio.importer.markdown_text import (
    PANDOC,
    Kind,
    dedent_html,
    escape_notations,
    find_block_lines,
    rewrite_around_code,
    rewrite_prose,
    split_code,
)

# Called with a line, a code, a message and a hint.
Report = Callable[[int, str, str, str], None]

_CALLOUTS = {
    "note": "note",
    "tip": "tip",
    "warning": "warning",
    "caution": "danger",
    "important": "important",
}
# The words before the numbers of what can be referred to.
_NAMES = {
    "fig": "Figure", "tbl": "Table", "lst": "Listing", "eq": "Equation", "thm": "Theorem", "lem": "Lemma",
    "cor": "Corollary", "prp": "Proposition", "cnj": "Conjecture", "def": "Definition", "exm": "Example",
    "exr": "Exercise", "sec": "Section",
}  # fmt: skip
_THEOREMS = frozenset("thm lem cor prp cnj def exm exr".split())
_MOST_NESTED_DIVS = 50
_DIV = re.compile(r"(?P<indent>[ ]*)(?P<colons>:{3,})[ \t]*(?P<attributes>[^:\s].*?)?[ \t]*:*[ \t]*")
_FENCE = re.compile(r"(?P<indent>[ >]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<header>[^`\n]*)")
_OPTION = re.compile(r"[ \t]*(?:#|//|--|%)\|[ \t]*(?:(?P<key>[\w-]+):[ \t]*(?P<value>.*))?")
_SHORTCODE = re.compile(r"\{\{<[ \t]*(?P<name>[\w-]+)[ \t]*(?P<arguments>.*?)[ \t]*>\}\}")
_REFERENCE = re.compile(rf"(?P<open>\[?)(?P<minus>-?)@(?P<id>(?:{'|'.join(_NAMES)})-[\w-]*\w)(?P<close>\]?)")
_SPAN = re.compile(
    r"\[(?P<text>(?:[^\[\]\n]|\[[^\[\]\n]*\](?:\([^()\n]*\))?)*)\]\{(?P<attributes>[^{}\n]*)\}"
)
_IMAGE = re.compile(
    r"!\[(?P<text>(?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]\((?P<target>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)"
    r"(?:\{(?P<attributes>[^{}\n]*)\})?"
)
_HEADING = re.compile(
    r"(?P<marks>#{1,6})[ \t]+(?P<text>.*?)(?:[ \t]+\{(?P<attributes>[^{}\n]*)\})?[ \t]*#*[ \t]*"
)
_TABLE_CAPTION = re.compile(r"(?:Table)?:[ \t]+(?P<text>.*?)(?:[ \t]*\{(?P<attributes>[^{}\n]*)\})?[ \t]*")
_EQUATION = re.compile(r"\$\$(?P<tex>(?:[^$]|\\\$)+?)\$\$[ \t]*\{(?P<attributes>#eq-[^{}\n]*)\}")
_INLINE_NOTE = re.compile(r"\^\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\](?:\([^()]*\))?)*)\]")
_RAW_SPAN = re.compile(r"(?P<ticks>`+)(?P<text>[^`\n]+)(?P=ticks)\{=(?P<format>\w+)\}")
_LANGUAGES = {"ojs": "js"}
# Blocks in which nothing is converted.
_BLOCKS: tuple[Kind, ...] = ("code", "formula")


@dataclass(frozen=True)
class Attributes:
    """Attributes in braces: an id, classes and values."""

    id: str = ""
    classes: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


def parse_attributes(text: str) -> Attributes:
    """Parse attributes such as ``#a .b c="d"``, or a single class without a dot."""
    try:
        words = shlex.split(text, posix=True)
    except ValueError:
        words = text.split()
    id, classes, values = "", [], {}
    for word in words:
        if word.startswith("#"):
            id = word[1:]
        elif word.startswith("."):
            classes.append(word[1:])
        elif "=" in word and not word.startswith("="):
            key, _, value = word.partition("=")
            values[key] = value
        else:
            classes.append(word)
    return Attributes(id, tuple(classes), values)


def convert_quarto_markdown(
    markdown: str,
    report: Report,
    *,
    first_line: int = 1,
    include: Callable[[str], str | None] = lambda _: None,
    variables: Callable[[str], str | None] = lambda _: None,
    has_outputs: bool = False,
) -> str:
    """Return the Markdown of this site for that of Quarto.

    ``include`` returns the text of a file, and ``variables`` the value of a variable, or None. With
    ``has_outputs`` the code was executed, and its outputs are in the text. ``report`` gets what changes.
    """
    page = _Page(report, first_line, include, variables, has_outputs)
    text = escape_includes(page.replace_shortcodes(markdown))
    text = page.convert_cells(text)
    text = page.convert_divs(text)
    text = dedent_html(text, PANDOC)
    text = page.convert_captions(text)
    text = page.convert_headings(text)
    text = _RAW_SPAN.sub(lambda match: match["text"] if match["format"] == "html" else "", text)
    text = rewrite_around_code(text, page.convert_inline, PANDOC, protect=("code", "html"))
    text = rewrite_around_code(text, page.convert_references, PANDOC)
    text = escape_notations(text, ("mark", "keys", "emoji"), PANDOC)
    return rewrite_prose(text, lambda piece: re.sub(r"\n{3,}", "\n\n", piece.text), PANDOC)


class _Page:
    """The state of a conversion: the numbers of what can be referred to."""

    def __init__(
        self,
        report: Report,
        first_line: int,
        include: Callable[[str], str | None],
        variables: Callable[[str], str | None],
        has_outputs: bool,
    ) -> None:
        self.report, self.first_line = report, first_line
        self.include, self.variables = include, variables
        self.has_outputs = has_outputs
        # The text of a link to each id.
        self.labels: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        self.notes: list[str] = []

    def add_label(self, id: str) -> str:
        """Return the name and number of something with an id, as in "Figure 1"; empty if it has none."""
        kind = id.partition("-")[0]
        if kind not in _NAMES or "-" not in id:
            return ""
        if id not in self.labels:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.labels[id] = f"{_NAMES[kind]} {self.counts[kind]}"
        return self.labels[id]

    # Shortcodes

    def replace_shortcodes(self, markdown: str, depth: int = 0) -> str:
        """Replace shortcodes outside of code."""

        def replace(prose: str) -> str:
            def convert(match: re.Match[str]) -> str:
                line = (
                    self.first_line + prose.count("\n", 0, match.start()) if depth == 0 else self.first_line
                )
                return self._convert_shortcode(match, line, depth)

            return _SHORTCODE.sub(convert, prose)

        return rewrite_around_code(markdown, replace, PANDOC, protect=("code",))

    def _convert_shortcode(self, match: re.Match[str], line: int, depth: int) -> str:
        name, arguments = match["name"], match["arguments"].strip("\"'")
        if name == "include":
            text = self.include(arguments) if depth < 5 else None
            if text is not None:
                return self.replace_shortcodes(text.strip("\n"), depth + 1)
            self.report(
                line, "import.missing-file", f"{quote(arguments)} is not included.", "Insert its text."
            )
            return ""
        if name in ("var", "meta"):
            value = self.variables(f"{name} {arguments}")
            if value is None:
                self.report(
                    line, "import.dropped", f"the value of {quote(arguments)} is not known.", "Write it."
                )
            return value or ""
        if name == "video":
            url = arguments.split()[0].strip("\"'") if arguments else ""
            return f"[Video]({url})" if url else ""
        if name in ("pagebreak", "fa", "bi", "iconify"):
            return ""
        self.report(
            line, "import.unsupported", f"there is no counterpart of the shortcode {quote(name)}.", ""
        )
        return ""

    # Code

    def convert_cells(self, markdown: str) -> str:
        """Convert fences with attributes in braces, and cells with options."""
        parts: list[str] = []
        for piece in split_code(markdown, PANDOC):
            match = _FENCE.match(piece.text) if piece.is_code else None
            if match is None or not match["header"].startswith("{"):
                parts.append(piece.text)
            else:
                parts.append(self._convert_fence(piece.text, match, self.first_line + piece.line - 1))
        return "".join(parts)

    def _convert_fence(self, text: str, match: re.Match[str], line: int) -> str:
        header = match["header"].strip().removeprefix("{").removesuffix("}")
        ending = "\n" if text.endswith("\n") else ""
        body = text.removesuffix("\n").split("\n")[1:]
        closing = body.pop() if body else ""
        if header.startswith("="):
            # Raw text of a format.
            inner = [part.removeprefix(match["indent"]) for part in body]
            return "\n".join(inner) + ending if header[1:].strip() == "html" else ""
        attributes = parse_attributes(header)
        language = attributes.classes[0].strip("{}") if attributes.classes else ""
        is_cell = bool(header) and header[0].isalpha()
        options: dict[str, str] = {}
        while is_cell and body and (option := _OPTION.fullmatch(body[0].removeprefix(match["indent"]))):
            if option["key"]:
                options[option["key"]] = option["value"].strip().strip("\"'")
            body.pop(0)
        options = {**attributes.values, **options}
        if language == "mermaid":
            return "\n".join([f"{match['indent']}{match['fence']}mermaid", *body, closing]) + ending
        if is_cell and language != "dot":
            is_hidden = "false" in (options.get("echo"), options.get("include"))
            has_output = "false" not in (options.get("eval"), options.get("output"), options.get("include"))
            if has_output and not self.has_outputs:
                message = "the output of this code is not at hand."
                hint = "Import the site with its rendered folder, or with _freeze."
                self.report(line, "import.dropped", message, hint)
            if is_hidden:
                if not has_output:
                    self.report(line, "import.dropped", "this code is hidden, and is left out.", "")
                return ""
        title = attributes.values.get("filename") or options.get("filename")
        result = f"{match['indent']}{match['fence']}{_LANGUAGES.get(language, language)}"
        result += f' title="{title}"' if title else ""
        if options.get("code-line-numbers") == "true" or "numberLines" in attributes.classes:
            result += ' linenums="1"'
        return "\n".join([result, *body, closing]) + ending

    # Fenced divs

    def convert_divs(self, markdown: str) -> str:
        """Convert callouts, sets of tabs and theorems, and leave out the marks of other divs."""
        return "\n".join(
            self._convert_lines(markdown.split("\n"), find_block_lines(markdown, PANDOC, _BLOCKS), 1)
        )

    def _convert_lines(self, lines: list[str], blocks: set[int], first: int, depth: int = 0) -> list[str]:
        result: list[str] = []
        at = 0
        while at < len(lines):
            match = _DIV.fullmatch(lines[at]) if first + at not in blocks else None
            if match is None or match["attributes"] is None:
                # A mark without a beginning would be text.
                result += [] if match else [lines[at]]
                at += 1
                continue
            if depth == _MOST_NESTED_DIVS:
                message = "this div is nested too deeply, and its mark is left out."
                self.report(self.first_line + first + at - 1, "import.unsupported", message, "")
                at += 1
                continue
            end = _find_end(lines, at, blocks, first)
            content = self._convert_lines(lines[at + 1 : end], blocks, first + at + 1, depth + 1)
            attributes = parse_attributes(match["attributes"].strip().removeprefix("{").removesuffix("}"))
            line = self.first_line + first + at - 1
            result += self._convert_div(attributes, content, match["indent"], line)
            at = end + 1
        return result

    def _convert_div(self, attributes: Attributes, content: list[str], indent: str, line: int) -> list[str]:
        classes = attributes.classes
        kind = next((name.removeprefix("callout-") for name in classes if name.startswith("callout-")), None)
        if kind is not None:
            return self._convert_callout(kind, attributes, content, indent)
        if "content-visible" in classes or "content-hidden" in classes:
            formats = attributes.values.get("when-format", "html")
            is_html = formats in ("html", "html:js") or "unless-format" in attributes.values
            if is_html != ("content-visible" in classes):
                self.report(line, "import.dropped", "what is not for web pages is left out.", "")
                return []
            return _separate(content)
        if attributes.id == "refs":
            return []
        if "panel-tabset" in classes:
            return _separate([_bold_heading(item) for item in content])
        label = self.add_label(attributes.id)
        if label and attributes.id.partition("-")[0] in _THEOREMS:
            title = attributes.values.get("name", "")
            heading = f"**{label}{f' ({title})' if title else ''}**"
            return _separate([heading, f"{{ #{attributes.id} }}", "", *content])
        if label:
            # The caption of a figure or table in a div is its last paragraph.
            paragraphs = "\n".join(content).strip("\n").rsplit("\n\n", 1)
            caption = f"{label}: {paragraphs[-1].strip()}\n{{ #{attributes.id} }}"
            return _separate([*(paragraphs[0].split("\n") if len(paragraphs) > 1 else []), "", caption])
        return _separate(content)

    def _convert_callout(
        self, kind: str, attributes: Attributes, content: list[str], indent: str
    ) -> list[str]:
        title = attributes.values.get("title", "")
        body = "\n".join(content).strip("\n").split("\n")
        heading = re.fullmatch(r"#{1,6}[ \t]+(.*?)[ \t]*#*", body[0]) if body else None
        if not title and heading:
            title, body = heading[1], body[1:]
            while body and not body[0].strip():
                body.pop(0)
        collapse = attributes.values.get("collapse")
        mark = "!!!" if collapse is None else "???" if collapse == "true" else "???+"
        quoted = ' "{}"'.format(title.replace('"', "&quot;")) if title else ""
        header = f"{indent}{mark} {_CALLOUTS.get(kind, 'note')}{quoted}"
        return _separate([header, *(f"{indent}    {line}".rstrip() for line in body)])

    # Captions and headings

    def convert_captions(self, markdown: str) -> str:
        """Convert captions of tables, and labels of equations."""

        def label(match: re.Match[str]) -> str:
            attributes = parse_attributes(match["attributes"])
            self.labels[attributes.id] = f"Equation $\\eqref{{{attributes.id}}}$"
            return f"$$\n{match['tex'].strip()} \\label{{{attributes.id}}}\n$$"

        markdown = rewrite_around_code(
            markdown, lambda text: _EQUATION.sub(label, text), PANDOC, protect=("code",)
        )
        blocks = find_block_lines(markdown, PANDOC, _BLOCKS)
        lines = markdown.split("\n")
        result: list[str] = []
        for at, line in enumerate(lines):
            match = _TABLE_CAPTION.fullmatch(line) if at + 1 not in blocks else None
            above = next((text for text in reversed(lines[:at]) if text.strip()), "")
            if match is None or "|" not in above:
                result.append(line)
                continue
            attributes = parse_attributes(match["attributes"] or "")
            # This site numbers tables with captions, whether or not they have ids.
            self.add_label(attributes.id or f"tbl-{at}")
            anchor = f'<span id="{attributes.id}"></span>' if attributes.id else ""
            result += ["", "/// table-caption | <", f"{anchor}{match['text']}", "///", ""]
        return "\n".join(result)

    def convert_headings(self, markdown: str) -> str:
        """Convert the attributes of headings, of which ids remain."""
        blocks = find_block_lines(markdown, PANDOC, _BLOCKS)
        lines = markdown.split("\n")
        for at, line in enumerate(lines):
            match = _HEADING.fullmatch(line) if at + 1 not in blocks else None
            if match is None:
                continue
            attributes = parse_attributes(match["attributes"] or "")
            if attributes.id:
                self.labels[attributes.id] = heading_text(match["text"])
            suffix = f" {{#{attributes.id}}}" if attributes.id else ""
            if match["attributes"] is not None:
                lines[at] = f"{match['marks']} {match['text']}{suffix}"
        return "\n".join(lines)

    # Inline

    def convert_inline(self, text: str) -> str:
        """Convert images with captions, spans with attributes and notes in the text."""
        text = _IMAGE.sub(lambda match: self._convert_image(match, text), text)
        text = _SPAN.sub(_convert_span, text)
        text = _INLINE_NOTE.sub(self._convert_note, text)
        notes = [f"[^inline-{number}]: {note}" for number, note in enumerate(self.notes, 1)]
        return "\n\n".join([text.rstrip("\n"), *notes]) + "\n" if notes else text

    def _convert_note(self, match: re.Match[str]) -> str:
        self.notes.append(" ".join(match["text"].split()))
        return f"[^inline-{len(self.notes)}]"

    def _convert_image(self, match: re.Match[str], text: str) -> str:
        attributes = parse_attributes(match["attributes"] or "")
        target, caption = match["target"].strip(), match["text"]
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        before, after = text[:start].rstrip(" "), text[end if end >= 0 else len(text) :]
        is_alone = (
            not text[start : match.start()].strip()
            and not text[match.end() : end if end >= 0 else len(text)].strip()
            and (not before or before.endswith("\n\n"))
            and (not after.strip() or after.startswith("\n\n") or after == "\n")
        )
        alternative = attributes.values.get("fig-alt") or caption
        label = self.add_label(attributes.id)
        written = [f"#{attributes.id}"] if attributes.id else []
        written += [
            f"{key}={value}" for key, value in attributes.values.items() if key == "width" and value.isdigit()
        ]
        suffix = f"{{ {' '.join(written)} }}" if written else ""
        has_title = target.endswith(('"', "'"))
        if is_alone and caption and not has_title:
            words = f"{label}: {caption}" if label else caption
            target += f' "{words.replace(chr(34), "&quot;")}"'
        return f"![{alternative}]({target}){suffix}"

    def convert_references(self, text: str) -> str:
        """Convert references to figures, tables, sections and so on."""

        def replace(match: re.Match[str]) -> str:
            id = match["id"]
            label = self.labels.get(id)
            if label is None:
                return match[0]
            is_bracketed = match["open"] and match["close"]
            before, after = ("", "") if is_bracketed else (match["open"], match["close"])
            if id.startswith("eq-"):
                return f"{before}{label.removeprefix('Equation ') if match['minus'] else label}{after}"
            words = label.rpartition(" ")[2] if match["minus"] and not id.startswith("sec-") else label
            return f"{before}[{words}](#{id}){after}"

        return _REFERENCE.sub(replace, text)


def _convert_span(match: re.Match[str]) -> str:
    attributes = parse_attributes(match["attributes"])
    text, classes = match["text"], attributes.classes
    if match["attributes"].strip().startswith((":", "=")):
        return match[0]
    if "underline" in classes or "ul" in classes:
        return f"<u>{text}</u>"
    if "mark" in classes:
        return f"<mark>{text}</mark>"
    if "kbd" in classes:
        return f"<kbd>{text or attributes.values.get('mac', '')}</kbd>"
    return f'<span id="{attributes.id}">{text}</span>' if attributes.id else text


def _find_end(lines: list[str], start: int, blocks: set[int], first: int) -> int:
    """Return the index of the line that closes a div, or the number of lines."""
    depth = 0
    for at in range(start, len(lines)):
        match = _DIV.fullmatch(lines[at]) if first + at not in blocks else None
        if match is not None:
            depth += 1 if match["attributes"] is not None else -1
            if depth == 0:
                return at
    return len(lines)


def _separate(lines: list[str]) -> list[str]:
    """Return lines with empty ones around them."""
    return ["", *lines, ""]


def _bold_heading(line: str) -> str:
    match = re.fullmatch(r"#{1,6}[ \t]+(.*?)(?:[ \t]*\{[^{}]*\})?[ \t]*#*", line)
    return f"**{match[1]}**" if match else line
