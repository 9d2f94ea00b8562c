"""HTML of other generators to the Markdown of this site, with every word and all code.

`html_cleanup` gives each construct one notation; the converter here, a `markdownify.MarkdownConverter`,
writes it as Markdown. While a block is written, the characters of its text that could be markup are private
ones; when it is complete, each gets a backslash only if this site's Markdown would read it as markup.
`convert_verified` renders the result, and keeps a block as HTML if its words or its code would change.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import count
from xml.etree import ElementTree

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.tex import Formula, TexError
from portfolio.core.text import slugify_heading
from portfolio.importer.html_cleanup import MATHML_TAGS, clean_html, complete_page
from portfolio.importer.html_tree import HEADINGS, HtmlPage, find_tag, iter_tags
from portfolio.importer.markdown_escapes import PLACEHOLDERS, escape_includes, find_markup
from portfolio.importer.word_comparison import (
    compare_word_lists,
    describe_difference,
    read_words,
)
from portfolio.markdown_ext.formulas import Equation

# A character of text that may be markup is this plus its code point, in a plane for private use.
_PRIVATE = 0x10F000
_SPECIAL = "\\`*_{}[]()<>#+-.!|$^~=:/&@%\"'?;"
_PROTECT = {ord(character): chr(_PRIVATE + ord(character)) for character in _SPECIAL}
_RESTORE = {_PRIVATE + ord(character): character for character in _SPECIAL}
# The first placeholder of markup whose characters are not text, such as code and URLs.
_STASH = 0x100000
_MOST_STASHED = 0xE000
_PRIVATE_CHARACTERS = re.compile("[\U00100000-\U0010ffff]")
_STASHED = re.compile(f"[{PLACEHOLDERS}]")
# A line break.
_BREAK = "\U0010e000"
# The beginnings and ends of elements, until their notation is chosen.
_PAIRS = {
    name: (chr(0x10E001 + 2 * index), chr(0x10E002 + 2 * index))
    for index, name in enumerate(("em", "strong", "s", "ins", "mark", "sub", "sup"))
}
_NOTATIONS = {"em": "*", "strong": "**", "s": "~~", "ins": "^^", "mark": "==", "sub": "~", "sup": "^"}
_STARTS = {start: name for name, (start, _) in _PAIRS.items()}
_ENDS = {end: name for name, (_, end) in _PAIRS.items()}
# They contain no white space.
_SCRIPTS = ("sub", "sup")
# Characters that a backslash makes text; the others become character references.
_ESCAPABLE = frozenset("\\`*_{}[]()>#+-.!|\"'$/^~=<")
_SPACES = re.compile(" {2,}")
_SPACE = re.compile(r"[ \t\r\n\f]+")
# A reference to a footnote.
_NOTE = re.compile(r"\[\^[^\[\]\s]+\](?!:)")
# A comment in TeX.
_COMMENT = re.compile(r"(?<!\\)%[^\n]*\n?\s*")
# A caption, until what it belongs to is written.
_CAPTION_START, _CAPTION_END = "\U0010e0f0\U0010e0f1"
_CAPTION = re.compile(f"{_CAPTION_START}(?P<text>[^{_CAPTION_END}]*){_CAPTION_END}")
_LINE_WIDTH = 110
_TAB = "    "


@dataclass(frozen=True)
class ConvertedHtml:
    """The Markdown of a page, and what stays HTML, is left out or is unsafe, by line of the source."""

    markdown: str
    problems: list[Diagnostic]


def convert_html(
    html: str, source: str, line: int = 1, *, macros: Mapping[str, str] | None = None
) -> ConvertedHtml:
    """Convert a part of a page to the Markdown of this site; its headings keep their levels.

    ``source`` and ``line`` say where the HTML begins. ``macros`` are those of formulas in ``mkdocs.yml``.
    """
    page = clean_html(html, source, line, macros)
    converter = _Converter(page)
    elements = _list_blocks(page)
    blocks = [converter.convert_block(element) for element in elements]
    return ConvertedHtml(_join(elements, blocks), sorted({*page.problems}))


def convert_verified(
    html: str,
    source: str,
    line: int,
    render: Callable[[str], str],
    *,
    macros: Mapping[str, str] | None = None,
) -> ConvertedHtml:
    """Convert a page, and keep each block as HTML whose words or code differ when ``render`` converts it.

    The highest headings of the page get level 2, because its title has level 1, and no level is skipped.
    ``render`` returns the HTML of Markdown as this site's converter writes it. Words that differ in spite of
    that are reported.
    """
    page = clean_html(html, source, line, macros)
    complete_page(page)
    converter = _Converter(page)
    elements = _list_blocks(page)
    blocks = [converter.convert_block(block) for block in elements]
    expected, actual = read_words(html), read_words(render(_join(elements, blocks)))
    if _differ(expected, actual):
        if _differ(read_words("".join(map(converter.write_html, elements))), actual):
            blocks = [_verify_block(converter, *pair, render) for pair in zip(elements, blocks, strict=True)]
            actual = read_words(render(_join(elements, blocks)))
        difference = compare_word_lists(expected, actual)
        if difference.lost:
            message, hint = f"{describe_difference(difference)}.", "Compare the page with the old one."
            code = "import.words-differ"
            page.problems.append(
                Diagnostic(source, line, 1, "", message, hint, code=code, severity="warning")
            )
    return ConvertedHtml(_join(elements, blocks), sorted({*page.problems}))


def _differ(before: list[str], after: list[str]) -> bool:
    difference = compare_word_lists(before, after)
    return bool(difference.lost or difference.added)


def _list_blocks(page: HtmlPage) -> list[Tag]:
    return [child for child in page.root.children if isinstance(child, Tag)]


def _join(elements: list[Tag], blocks: list[str]) -> str:
    """Return the Markdown of a page. A footnote to which only HTML refers is a paragraph."""
    text = "\n\n".join(
        block
        for element, block in zip(elements, blocks, strict=True)
        if element.name != "x-footnote" and block
    )
    for element, block in zip(elements, blocks, strict=True):
        if element.name == "x-footnote":
            name = str(element["name"])
            if f"[^{name}]" not in text:
                content = block.removeprefix(f"[^{name}]: ").replace(f"\n{_TAB}", "\n")
                block = f'<a id="fn:{name}"></a>\\[{name}] {content}'
            text += f"\n\n{block}"
    return f"{text}\n" if text else ""


def _verify_block(converter: _Converter, element: Tag, block: str, render: Callable[[str], str]) -> str:
    """Return the Markdown of a block whose words stay the same, or its HTML."""
    if element.name == "x-more" or not block:
        return block
    html = converter.write_html(element)
    expected = read_words(html)

    def is_equal(markdown: str) -> bool:
        if element.name == "x-footnote":
            rendered = render(f"[^{element['name']}]\n\n{markdown}\n")
        else:
            notes = dict.fromkeys(_NOTE.findall(markdown))
            rendered = render(f"{markdown}\n\n{''.join(f'{note}: {chr(10)}' for note in notes)}")
        return not _differ(expected, read_words(rendered))

    if is_equal(block):
        return block
    converter.is_careful = True
    careful = converter.convert_block(element)
    converter.is_careful = False
    if is_equal(careful):
        return careful
    what = element.name.removeprefix("x-") if "-" in element.name else f"<{element.name}> element"
    message = f"the {what} stays HTML, because Markdown would change its words."
    converter.page.report(element, "import.kept-as-html", message, severity="info")
    return html


class _Converter(MarkdownConverter):
    """Writes a clean tree as Markdown. ``is_careful``: with all escapes, and emphasis as HTML."""

    def __init__(self, page: HtmlPage) -> None:
        super().__init__(heading_style="atx")
        self.page = page
        self.is_careful = False
        self._stashed: dict[str, str] = {}
        self._numbers = count()
        # The cells of tables by their identity; markdownify passes only text to the method for the table.
        self._cells: dict[int, str] = {}

    def convert_block(self, element: Tag) -> str:
        """Return the Markdown of a block without blank lines around it."""
        text: str = self.convert_soup(element)
        return text.strip("\n")

    # Text.

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text = _SPACE.sub(lambda space: "\n" if "\n" in space[0] else " ", str(el))
        if _PRIVATE_CHARACTERS.search(text):
            return _PRIVATE_CHARACTERS.sub(lambda private: self._stash(f"&#{ord(private[0])};"), text)
        return text.translate(_PROTECT)

    def _stash(self, markup: str) -> str:
        # A paragraph has fewer than this; the characters of earlier paragraphs are used again.
        character = chr(_STASH + next(self._numbers) % _MOST_STASHED)
        self._stashed[character] = markup
        return character

    def _finish(
        self, text: str, *, one_line: bool = False, in_table: bool = False, starts_lines: bool = True
    ) -> str:
        """Return the final text of a block: with escapes, and what was stashed.

        ``starts_lines``: whether the text is at the start of a line, without other marks before it.
        """
        text = text.strip(f" \n{_BREAK}")
        if one_line:
            text = " ".join(text.split("\n"))
        text = "\n".join(line.strip(" ") for line in _SPACES.sub(" ", text).split("\n"))
        if in_table:
            text = text.replace(chr(_PRIVATE + ord("|")), r"\|")
        text = self._escape(
            self._write_pairs(text), in_table=in_table, starts_lines=starts_lines and not in_table
        )
        text = re.sub(f"(?: *{_BREAK}[ \n]*)+", "<br>" if one_line else "  \n", text)
        while _STASHED.search(text):
            text = _STASHED.sub(lambda match: self._pop(match[0], in_table=in_table), text)
        return text

    def _pop(self, character: str, *, in_table: bool) -> str:
        markup = self._stashed.get(character, "")
        return markup.replace("|", r"\|") if in_table else markup

    def _write_pairs(self, text: str) -> str:
        """Write the ends of emphasis and other elements as marks, or as tags where marks would not work."""
        if not any(start in text for start in _STARTS):
            return text
        parts = list(text)
        opened: list[int] = []
        for index, character in enumerate(text):
            if character in _STARTS:
                opened.append(index)
            elif character in _ENDS:
                start = opened.pop()
                name = _ENDS[character]
                marks = self._choose_marks(name, text, start, index)
                parts[start], parts[index] = map(self._stash, marks) if marks[0][0] not in "*_" else marks
        return "".join(parts)

    def _choose_marks(self, name: str, text: str, start: int, end: int) -> tuple[str, str]:
        """Return the beginning and the end of an element, whose ends are at these offsets of a text."""
        inner, before, after = text[start + 1 : end], text[start - 1 : start], text[end + 1 : end + 2]
        mark, tags = _NOTATIONS[name], (f"<{name}>", f"</{name}>")
        if self.is_careful or before in _ENDS:
            return tags
        if name == "strong":
            return mark, mark
        if name == "em":
            strong, strong_end = _PAIRS["strong"]
            is_whole = inner.startswith(strong) and inner.find(strong_end) == len(inner) - 1
            is_inside = text.count(strong, 0, start) > text.count(strong_end, 0, start)
            is_only_child = before == strong and after == strong_end
            if (strong not in inner or is_whole) and (not is_inside or is_only_child):
                return mark, mark
            # Asterisks of both kinds could be confused, and underscores work only between words.
            return ("_", "_") if not (before.isalnum() or after.isalnum()) else tags
        plain = inner.translate(_RESTORE)
        is_simple = (
            not (_STASHED.search(inner) or mark[0] in plain or "\\" in plain or after in _STARTS)
            # A mark with a letter outside needs one inside.
            and (inner[0].isalnum() or not before.isalnum())
            and (inner[-1].isalnum() or not after.isalnum())
            and not (name in _SCRIPTS and re.search(r"\s", inner))
        )
        return (mark, mark) if is_simple else tags

    def _escape(self, text: str, *, in_table: bool, starts_lines: bool) -> str:
        """Return text with backslashes before the characters that would be read as markup."""
        plain = text.translate(_RESTORE)
        if plain == text:
            return text
        plain = plain.replace(_BREAK, "\n")
        if self.is_careful:
            marks = set(range(len(plain)))
        else:
            has_markup = in_table or _STASHED.search(text) is not None
            marks = find_markup(plain, has_markup=has_markup, starts_lines=starts_lines)
        parts: list[str] = []
        for index, (character, original) in enumerate(zip(plain, text, strict=True)):
            if character == original or original == _BREAK or index not in marks:
                parts.append(original if original == _BREAK else character)
            elif character in _ESCAPABLE and plain[index : index + 2] != "{%":
                parts.append(f"\\{character}")
            else:
                parts.append("&amp;" if character == "&" else f"&#{ord(character)};")
        return "".join(parts)

    # Inline elements.

    def _wrap(self, text: str, start: str, end: str) -> str:
        inner = text.strip(" \n" + _BREAK)
        if not inner:
            return text
        at = text.index(inner)
        return text[:at] + start + inner + end + text[at + len(inner) :]

    def _convert_pair(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return text if el.name in parent_tags else self._wrap(text, *_PAIRS[el.name])

    convert_em = convert_strong = convert_s = convert_ins = convert_mark = _convert_pair
    convert_sub = convert_sup = _convert_pair

    def _convert_tag(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        attributes = f' title="{html_module.escape(str(el["title"]))}"' if el.get("title") else ""
        return self._stash(f"<{el.name}{attributes}>") + text + self._stash(f"</{el.name}>")

    convert_abbr = convert_kbd = convert_small = convert_u = convert_ruby = convert_rt = convert_rp = (
        _convert_tag
    )

    def convert_q(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"“{text}”"

    def convert_wbr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if HEADINGS & parent_tags else _BREAK

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = el.get_text()
        code = " ".join(text.split())
        if not code:
            return " " if text else ""
        before, after = (" " if not end.strip() else "" for end in (text[0], text[-1]))
        ticks = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
        space = " " if "`" in (code[0], code[-1]) else ""
        if re.match(r"(?:#!|:::)[\w#.+-]*\s", code):
            return before + self._stash(f"<code>{html_module.escape(code)}</code>") + after
        return before + self._stash(f"{ticks}{space}{code}{space}{ticks}") + after

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href = el.get("href")
        if not href:
            return self._stash(f'<a id="{html_module.escape(str(el["id"]))}"></a>') if el.get("id") else text
        if not text.strip(" \n" + _BREAK):
            return text
        url = _write_url(str(href))
        plain = text.translate(_RESTORE)
        if plain == href and re.match(r"(?:https?|ftp)://[^<>\s$`*_\\]+\Z", plain):
            return self._stash(f"<{plain}>")
        for bracket in "[]":
            text = text.replace(chr(_PRIVATE + ord(bracket)), f"\\{bracket}")
        title = _write_title(str(el.get("title") or ""))
        return self._wrap(text, "[", "]" + self._stash(f"({url}{title})"))

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._write_image(el)

    def _write_image(self, el: Tag, caption: str = "") -> str:
        alt = " ".join(str(el.get("alt") or "").split())
        alt = re.sub(r"([\\`\[\]$<])", r"\\\1", alt)
        attributes = ""
        width = str(el.get("width", "")).removesuffix("px")
        if width.isdecimal() and int(width) < 600:
            attributes = f"{{ width={width} }}"
        return self._stash(f"![{alt}]({_write_url(str(el['src']))}{caption}){attributes}")

    def convert_x_tex(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        tex, is_display = str(el["tex"]), bool(el.get("display"))
        result = self.page.tex.convert(Formula(Equation(tex, is_display).source, is_display))
        if isinstance(result, TexError):
            hint = "It becomes code. Correct the TeX, or define its macro in mkdocs.yml."
            self.page.report(el, "import.unsupported", f"the formula {quote(tex)}: {result.message}", hint)
            return self.convert_code(_create_element("code", tex), "", parent_tags)
        parent = el.parent
        is_alone = parent is not None and parent.name == "p" and len(parent.contents) == 1
        if is_display and is_alone:
            lines = "\n".join(filter(str.strip, tex.split("\n")))
            return self._stash(f"$$\n{lines}\n$$")
        tex = " ".join(_COMMENT.sub("", tex).split())
        if _is_in_cell(parent_tags):
            # A pipe ends a cell.
            tex = " ".join(tex.replace(r"\|", r"\Vert ").replace("|", r"\vert ").split())
        is_inline = not is_display or _is_in_cell(parent_tags) or not HEADINGS.isdisjoint(parent_tags)
        return self._stash(f"${tex}$" if is_inline else f"$${tex}$$")

    def convert_x_html(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._stash(str(el["html"]))

    def convert_x_note(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._stash(f"[^{el['name']}]")

    def convert_x_task(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return self._stash("[x] " if el.get("done") else "[ ] ")

    # Blocks.

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = self._finish(text)
        if not text:
            return ""
        before, after = el.find_previous_sibling(), el.find_next_sibling()
        is_tight = el.get("tight") and before is None and (after is None or after.name in ("ul", "ol"))
        return f"\n{text}\n" if is_tight else f"\n\n{text}\n\n"

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        text = self._finish(text, one_line=True, starts_lines=False)
        if text.endswith("#"):
            text = f"{text[:-1]}\\#"
        plain, id = el.get_text(), str(el.get("id") or "")
        # Of a formula and of dashes, this site's id has other characters.
        is_certain = find_tag(el, "x-tex", "x-html") is None and "--" not in plain
        is_generated = is_certain and id == slugify_heading(plain, "-")
        written = f" {{#{id}}}" if id and not is_generated else ""
        return f"\n\n{'#' * n} {text}{written}\n\n" if text else ""

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "\n\n---\n\n"

    def convert_x_more(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "\n\n<!-- more -->\n\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        code = escape_includes(str(el["code"]))
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", code))])
        options = [str(el.get("language") or "")]
        if title := str(el.get("title") or "").replace('"', "”"):
            options.append(f'title="{title}"')
        if el.get("linenums"):
            options.append('linenums="1"')
        header = " ".join([fence, *filter(None, options)])
        return f"\n\n{header}\n{code}\n{fence}\n\n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{_prefix(text.strip(chr(10)), '> ')}\n\n" if text.strip() else ""

    def convert_x_callout(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        kind, title = str(el["kind"]), str(el["title"])
        if title.lower() == kind:
            content = f"[!{kind.upper()}]\n{text.strip(chr(10))}"
            return f"\n\n{_prefix(content, '> ')}\n\n"
        title = title.replace('"', "”")
        return f'\n\n!!! {kind} "{title}"\n\n{_prefix(text.strip(chr(10)), _TAB)}\n\n'

    def convert_x_footnote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        content = self._content(el, text)
        return f"\n\n[^{el['name']}]: {_indent(content, _TAB)}\n\n"

    def _content(self, el: Tag, text: str) -> str:
        """Return the text of an element that contains either blocks or inline content."""
        has_blocks = any(isinstance(child, Tag) and child.name in _CONTENT_BLOCKS for child in el.children)
        return text.strip("\n") if has_blocks else self._finish(text)

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # Only a list from 1 can follow text directly.
        first = next((child for child in el.children if isinstance(child, Tag)), el)
        is_tight = "li" in parent_tags and _follows_tight_text(el) and first.get("number", "1") == "1"
        line = "\n" if is_tight else "\n\n"
        return f"{line}{text.strip(chr(10))}{line}"

    convert_ul = convert_ol = convert_list

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        is_second = el.parent is not None and el.parent.has_attr("second")
        if el.get("number"):
            marker = f"{el['number']}{')' if is_second else '.'}"
        else:
            marker = "*" if is_second else "-"
        content = self._content(el, text)
        first = _find_first_block(el)
        if first == "hr":
            # Two markers of a rule would be one.
            content = content.replace("---", "***", 1)
        space = "\n" if first in _BELOW_MARKER and content else " "
        item = f"{marker}{_indent(f'{space}{content}', _TAB)}".rstrip(" ")
        paragraphs = [child for child in el.children if isinstance(child, Tag) and child.name == "p"]
        is_tight = len(paragraphs) < 2 and all(paragraph.get("tight") for paragraph in paragraphs)
        # An image has a caption only in a paragraph.
        is_tight = is_tight and first != "figure"
        line = "\n" if is_tight else "\n\n"
        return f"{line}{item}{line}"

    def convert_dl(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{text.strip(chr(10))}\n\n"

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        before = el.find_previous_sibling()
        line = "\n" if before is not None and before.name == "dt" else "\n\n"
        return f"{line}{self._finish(text, one_line=True)}\n"

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        content = self._content(el, text)
        space = "\n" if _find_first_block(el) in _BELOW_MARKER and content else ""
        return f"\n:   {_indent(f'{space}{content}', _TAB)}\n"

    def convert_details(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if not {"li", "dd", "blockquote", "x-callout", "x-footnote"}.isdisjoint(parent_tags):
            summary = find_tag(el, "summary")
            title = (
                " ".join(summary.get_text().split()).replace('"', "”") if summary is not None else "Details"
            )
            content = text.partition("</summary>")[2] if summary is not None else text
            return f'\n\n??? "{title}"\n\n{_prefix(content.strip(chr(10)), _TAB)}\n\n'
        start = "<details open>" if el.has_attr("open") else "<details>"
        return f"\n\n{start}\n{text.strip(chr(10))}\n\n</details>\n\n"

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n<summary>{html_module.escape(' '.join(el.get_text().split()), quote=False)}</summary>\n\n"

    def convert_figure(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        content, caption = _split_caption(text)
        children = [child for child in el.children if isinstance(child, Tag) and child.name != "figcaption"]
        image = find_tag(children[0], "img") if len(children) == 1 and children[0].name == "p" else None
        if caption and image is not None and image.parent is children[0] and len(children[0].contents) == 1:
            mark = "'" if '"' in caption else '"'
            if mark not in caption and "\n" not in caption:
                return f"\n\n{self._finish(self._write_image(image, f' {mark}{caption}{mark}'))}\n\n"
        return f"\n\n{content.strip(chr(10))}\n\n{self._write_caption(caption)}"

    def convert_figcaption(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n{_CAPTION_START}{self._finish(text)}{_CAPTION_END}\n\n"

    def _write_caption(self, caption: str) -> str:
        return f"/// caption\n{caption}\n///\n\n" if caption else ""

    convert_caption = convert_figcaption

    # Tables.

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        self._cells[id(el)] = self._finish(text, one_line=True, in_table=True)
        return ""

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        caption = self._write_caption(_split_caption(text)[1])
        rows = [
            [cell for cell in row.children if isinstance(cell, Tag) and cell.name in ("td", "th")]
            for row in iter_tags(el, "tr")
        ]
        rows = [row for row in rows if row]
        if not rows:
            return ""
        if reason := _find_obstacle([cell for row in rows for cell in row]):
            self.page.report(el, "import.kept-as-html", f"a table with {reason} stays HTML.", severity="info")
            return f"\n\n{self.write_html(el)}\n\n"
        first = rows[0]
        is_header = all(cell.name == "th" for cell in first) or find_tag(el, "thead") is not None
        width = max(map(len, rows))
        cells = [[self._cells.get(id(cell), "") for cell in row] + [""] * (width - len(row)) for row in rows]
        if not is_header:
            cells.insert(0, [""] * width)
        alignments = [
            next(
                (
                    align
                    for row in reversed(rows)
                    if column < len(row) and (align := _find_alignment(row[column]))
                ),
                "",
            )
            for column in range(width)
        ]
        table = _write_table(cells, alignments)
        return f"\n\n{table}\n\n{caption}"

    # HTML.

    def write_html(self, element: Tag) -> str:
        """Return a block as safe HTML."""
        block = Tag(name="div")
        block.append(copy(element))
        for inner in list(iter_tags(block)):
            self._restore_element(inner)
        tags = nh3.ALLOWED_TAGS | _MORE_TAGS
        html = nh3.clean(block.decode_contents(), tags=tags, attributes=_HTML_ATTRIBUTES, link_rel=None)
        # Markdown replaces tabs by spaces.
        return html.replace("\t", "&#9;")

    def _restore_element(self, element: Tag) -> None:
        """Replace an element of our own by HTML."""
        name, title = element.name, str(element.get("title") or "")
        if name == "x-tex":
            equation = Equation(str(element["tex"]), bool(element.get("display")))
            math = self.page.tex.convert(Formula(equation.source, equation.display))
            if isinstance(math, TexError):
                element.replace_with(equation.tex)
            else:
                element.replace_with(_parse_element(ElementTree.tostring(math, "unicode")))
        elif name == "x-html":
            element.replace_with(_parse_element(str(element["html"])))
        elif name == "pre":
            code = _create_element("code", f"{element['code']}\n")
            if element.get("language"):
                code["class"] = f"language-{element['language']}"
            if title:
                element.insert_before(_create_element("p", title))
            element.attrs = {}
            element.append(code)
        elif name == "x-note":
            note = str(element["name"])
            element.attrs = {"href": f"#fn:{note}", "class": "footnote-ref"}
            element.name, element.string = "a", note
        elif name in ("x-callout", "x-footnote"):
            element.name = "div"
            if title:
                element.insert(0, _create_element("p", title))
        elif name in ("x-more", "x-task"):
            element.extract()
        elif name in ("tr", "thead", "tbody", "caption"):
            element.insert_before("\n")


_CONTENT_BLOCKS = HEADINGS | frozenset(
    "blockquote details dl figure hr ol p pre table ul x-callout x-more".split()
)
# What does not begin on the line of a marker of a list.
_BELOW_MARKER = frozenset("blockquote details dl figure ol pre table ul x-callout".split())
_MORE_TAGS = {*MATHML_TAGS, "figure", "figcaption", "mark", "section"}
_HTML_ATTRIBUTES = {
    **{name: set(values) for name, values in nh3.ALLOWED_ATTRIBUTES.items()},
    "a": {"href", "title", "id", "class"},
    "code": {"class"},
    "math": {"display"},
    "annotation": {"encoding"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
}


def _find_obstacle(cells: list[Tag]) -> str:
    """Return what Markdown cannot write of the cells of a table, or an empty string."""
    spans = (str(cell.get(name, "1")) for cell in cells for name in ("colspan", "rowspan"))
    if any(span not in ("", "1") for span in spans):
        return "merged cells"
    has_blocks = any(find_tag(cell, *_CONTENT_BLOCKS) is not None for cell in cells)
    return "blocks in its cells" if has_blocks else ""


def _split_caption(text: str) -> tuple[str, str]:
    """Return the text of a figure or table, and its last caption; others become paragraphs."""
    captions = list(_CAPTION.finditer(text))
    if not captions:
        return text, ""
    last = captions[-1]
    rest = f"{text[: last.start()].rstrip(chr(10))}\n\n{text[last.end() :].lstrip(chr(10))}"
    return _CAPTION.sub(lambda caption: caption["text"], rest), last["text"]


def _is_in_cell(parent_tags: set[str]) -> bool:
    return not {"td", "th"}.isdisjoint(parent_tags)


def _write_url(url: str) -> str:
    for character in ' "<>`$\\\n\t':
        url = url.replace(character, f"%{ord(character):02X}")
    return f"<{url}>" if "(" in url or ")" in url else url


def _write_title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        return ""
    title = re.sub(r"([\\`$])", r"\\\1", title)
    return f' "{title}"' if '"' not in title else f" '{title.replace(chr(39), '’')}'"


def _create_element(name: str, text: str) -> Tag:
    tag = Tag(name=name)
    tag.append(NavigableString(text))
    return tag


def _parse_element(text: str) -> Tag:
    tag = BeautifulSoup(text, "html.parser").find(True)
    assert isinstance(tag, Tag)
    return tag


def _prefix(text: str, prefix: str) -> str:
    return "\n".join((prefix + line) if line else prefix.rstrip() for line in text.split("\n"))


def _indent(text: str, indentation: str) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *((indentation + line) if line else "" for line in rest)])


def _follows_tight_text(element: Tag) -> bool:
    before = element.find_previous_sibling()
    return before is not None and (bool(before.get("tight")) or before.name in ("ul", "ol"))


def _find_first_block(element: Tag) -> str:
    return next((child.name for child in element.children if isinstance(child, Tag)), "")


def _find_alignment(cell: Tag) -> str:
    style = "".join(str(cell.get("style", "")).split()).lower()
    for name in ("left", "center", "right"):
        if str(cell.get("align", "")).lower() == name or f"text-align:{name}" in style:
            return name
        if any(
            value in (f"has-text-align-{name}", f"text-{name}")
            for value in str(cell.get("class", "")).split()
        ):
            return name
    return ""


def _write_table(rows: list[list[str]], alignments: list[str]) -> str:
    widths = [max(3, *(len(row[column]) for row in rows)) for column in range(len(alignments))]
    if sum(widths) + 3 * len(widths) + 1 > _LINE_WIDTH:
        widths = [3] * len(widths)

    def write(cells: list[str]) -> str:
        padded = [
            cell.rjust(width) if align == "right" else cell.ljust(width)
            for cell, width, align in zip(cells, widths, alignments, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    marks = [
        (":" if align in ("left", "center") else "-")
        + "-" * (width - 2)
        + (":" if align in ("right", "center") else "-")
        for width, align in zip(widths, alignments, strict=True)
    ]
    return "\n".join([write(rows[0]), write(marks), *map(write, rows[1:])])
