"""A second opinion on a page: what CommonMark reads in its text and the converted page does not have.

markdown-it-py parses a page as GitHub does. Words, list items, code and table rows that only GitHub would
have are lost, mostly for want of an empty line or an indentation that Python-Markdown needs. The notations of
the site's own extensions are removed before, so that both read the same text. What only the conversion has,
such as included files, is no loss.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.core.text import EMOJI_NAMES
from portfolio.lint.documents import SourcePage
from portfolio.markdown_ext.attribute_lists import ATTRIBUTE_LIST
from portfolio.markdown_ext.outline import Outline, split_words, strip_tags

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# A character that is no word and no Markdown.
_FILLER = "·"
# What the extensions of the site read themselves: texts of which each notation has one, and its pattern.
_OWN_NOTATIONS = (
    (("$",), r"\$\$.*?\$\$|\$`[^`\n]*`\$|(?<!\\)\$(?=\S)[^$]{1,2000}?\$"),
    (("\\",), r"\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{.*?\\end\{[^}\n]*\}"),
    (("\\",), r"\\(?:eq)?ref\{[^{}\n]*\}|\\[a-zA-Z]+"),
    (("@",), r"\[[^\[\]\n]*@[^\[\]\n]*\](?![(\[])"),
    (("@",), r"(?<![\w@\\./\[`-])@[^\W_][^\s\[\](){},;*!]*"),
    (("[^",), r"\[\^[^\[\]\n]+\](?!:)"),
    (("++",), r"\+\+[^\s+][^\n]*?\+\+"),
    ((":",), rf"{EMOJI_NAMES}(?!//)"),
    (("8<",), r"^[ \t>]*-{1,}8<-{1,}[^\n]*$"),
    (("///",), r"^[ \t]*/{3,}[^\n]*(?:\n {4}[\w-]+:[^\n]*)*$"),
    (("*[",), r"^[ \t]*\*\[[^\]\n]+\]:[^\n]*$"),
    (("[!",), r"\[![\w |-]+\][-+]?"),
    (("[ ]", "[x]", "[X]"), r"(?<=[-*+.)] )\[[ xX]\](?= )"),
    (("@",), r"<[^<>@\s]+@[^<>\s]+>"),
    (("[TOC]",), r"\[TOC\]"),
    (("{",), rf"[ ]*{ATTRIBUTE_LIST}"),
)
# The starts of blocks whose content is indented by four spaces: callouts, footnotes and definitions.
_CONTAINER = re.compile(
    r"(?P<indent>[ ]*)(?:!!![ ]?[\w-][^\n]*|\?\?\?\+?[ ]?[\w\"-][^\n]*|\[\^[^\]\n]+\]:[ ]*|:[ ]{1,3}(?=\S))"
    r"(?P<text>[^\n]*)"
)
_TAB = 4
# Texts of which one is in each text that a rule of markdown-it can match.
_RULES = {
    "table": ("|",),
    "html_block": ("<",),
    "blockquote": (">",),
    "reference": ("]:",),
    "fence": ("```", "~~~"),
    "lheading": ("=", "-"),
    "hr": ("*", "-", "_"),
    "heading": ("#",),
    "escape": ("\\",),
    "backticks": ("`",),
    "strikethrough": ("~~",),
    "emphasis": ("*", "_"),
    "link": ("[",),
    "image": ("![",),
    "autolink": ("<",),
    "html_inline": ("<",),
    "entity": ("&",),
}
# Fences that become pictures or formulas.
_DRAWN = frozenset({"mermaid", "math"})
_LANGUAGE_OF_CODE = re.compile(r"^(?:#!|:::)[\w-]+\s+")
_MAX_REPORTED_WORDS = 5
_FAULTS_OF_BLOCKS = ("code.", "html.", "include.", "page.")
_IN_HTML = "Inside HTML, add markdown to the tag, as in <details markdown>."


class Loss(NamedTuple):
    """Something that the page has lost: its code, and the texts for people.

    ``line`` is the first line of its block in the text, from 1, and ``end`` the line after the last.
    """

    line: int
    end: int
    code: str
    message: str
    hint: str


def find_losses(text: str, outline: Outline) -> list[Loss]:
    """Return what CommonMark reads in the text of a page and its conversion does not have, in page order."""
    tokens = _parse(_remove_own_notations(text))
    lines = text.split("\n")
    for token in tokens:
        # In indented code, nothing is a notation.
        if token.type == "code_block" and token.map:
            token.content = "\n".join(lines[slice(*token.map)])
    losses = {loss.line: loss for loss in reversed(list(_compare_structure(tokens, outline)))}
    for loss in _compare_words(tokens, outline):
        losses.setdefault(loss.line, loss)
    return [losses[line] for line in sorted(losses)]


def check_page(page: SourcePage, diagnostics: Collection[Diagnostic] = ()) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each loss of a page.

    ``diagnostics`` are the others of the page: they explain what is lost in their blocks, and faults of HTML
    and fences explain all that follows.
    """
    if any(diagnostic.code.startswith(_FAULTS_OF_BLOCKS) for diagnostic in diagnostics):
        return
    explained = {diagnostic.line for diagnostic in diagnostics}
    text = page.markdown.text
    lines = text.split("\n")
    for loss in find_losses(text, page.converted.outline):
        line = lines[loss.line - 1]
        start = page.markdown.text_start + sum(len(before) + 1 for before in lines[: loss.line - 1])
        at = start + len(line) - len(line.lstrip())
        diagnostic = page.diagnose(at, "markdown", loss.message, loss.hint, code=loss.code)
        if explained.isdisjoint(range(diagnostic.line, diagnostic.line + loss.end - loss.line)):
            yield diagnostic


def _parse(text: str) -> list[Token]:
    """Parse a text as GitHub does."""
    # Each rule is tried on each line, or at each character that may be markup. Most texts need few rules.
    unused = [rule for rule, needed in _RULES.items() if not any(part in text for part in needed)]
    return _parser(*unused).parse(text)


@functools.lru_cache(maxsize=64)
def _parser(*unused: str) -> MarkdownIt:
    """Return a parser of the Markdown of GitHub without the rules of these names."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(unused)


@functools.lru_cache(maxsize=64)
def _join_patterns(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.DOTALL | re.MULTILINE)


def _remove_own_notations(text: str) -> str:
    """Remove the notations of the site's extensions, and the indentation of what callouts contain."""
    prose = _blank_code(text)
    prose_lines = prose.split("\n")
    lines = text.expandtabs(_TAB).split("\n")
    for index, line in enumerate(lines):
        match = _CONTAINER.fullmatch(line) if prose_lines[index].strip() else None
        if match is None:
            continue
        width = len(match["indent"])
        lines[index] = match["indent"] + match["text"]
        for below in range(index + 1, len(lines)):
            indentation = len(lines[below]) - len(lines[below].lstrip())
            if lines[below].strip() and indentation < width + _TAB:
                break
            lines[below] = lines[below][:width] + lines[below][width + _TAB :]
    changed = "\n".join(lines)
    if changed != text:
        text, prose = changed, _blank_code(changed)
    patterns = [pattern for texts, pattern in _OWN_NOTATIONS if any(part in prose for part in texts)]
    if not patterns:
        return text
    parts, end = [], 0
    for match in _join_patterns(*patterns).finditer(prose):
        parts += [text[end : match.start()], re.sub(r"\S", _FILLER, match[0])]
        end = match.end()
    return "".join(parts) + text[end:]


def _blank_code(text: str) -> str:
    # A text that begins with a rule has no front matter.
    return MarkdownSource(f"\n{text}").prose[1:]


def _compare_structure(tokens: Sequence[Token], outline: Outline) -> Iterator[Loss]:
    codes = f" {' '.join(outline.codes)} "
    # The items and the rows: each with the number of its outermost block, its token and its words.
    items: list[tuple[int, Token, list[str]]] = []
    rows: list[tuple[int, Token, list[str]]] = []
    row: list[str] | None = None
    block = 0
    for index, token in enumerate(tokens):
        block += token.level == 0
        # Of indented code only the words count: text that is indented too far is rarely meant as code.
        if token.type == "fence" and not _is_drawn(token):
            code = " ".join(split_words(token.content))
            if code and f" {code} " not in codes:
                message = "this is code in CommonMark, but not on this page."
                hint = f"Write an empty line before it, and indent all its lines alike. {_IN_HTML}"
                yield _loss(token, "second-opinion.lost-code", message, hint)
        before = [token.type for token in tokens[max(index - 2, 0) : index]]
        if token.type == "inline" and before == ["list_item_open", "paragraph_open"]:
            items.append((block, token, split_words(_read_text(token, first_line=True))))
        if token.type == "tr_open":
            row = []
        elif token.type == "inline" and row is not None:
            row += split_words(_read_text(token))
        elif token.type == "tr_close" and row is not None:
            opening = next(opening for opening in reversed(tokens[:index]) if opening.type == "tr_open")
            rows.append((block, opening, row))
            row = None
    for token in _find_lost(items, outline.items):
        message = "this is an item of a list in CommonMark, but not on this page."
        hint = f"Write an empty line before the list, and indent inner lists by four spaces. {_IN_HTML}"
        yield _loss(token, "second-opinion.lost-item", message, hint)
    for token in _find_lost(rows, outline.rows):
        message = "this is a row of a table in CommonMark, but not on this page."
        yield _loss(
            token, "second-opinion.lost-row", message, f"Write an empty line before the table. {_IN_HTML}"
        )


def _find_lost(entries: Sequence[tuple[int, Token, list[str]]], lines: Sequence[str]) -> list[Token]:
    """Return the first token of each block whose words no line of the page has, in page order.

    Each line corresponds to at most one entry. It has the words in their order, and may have more, which the
    site's own notations create.
    """
    left = Counter(lines)
    inexact: list[int] = []
    for index, (_, _, words) in enumerate(entries):
        line = " ".join(words)
        if left[line]:
            left[line] -= 1
        elif words:
            inexact.append(index)
    left = +left
    lost: set[int] = set()
    # The longest first, each with the shortest line: so none gets a line that only a longer entry has.
    for index in sorted(inexact, key=lambda index: -len(entries[index][2])):
        fitting = [line for line in left if _is_subsequence(entries[index][2], line.split())]
        if fitting:
            line = min(fitting, key=len)
            left[line] -= 1
            if not left[line]:
                del left[line]
        else:
            lost.add(index)
    # One loss is enough for a list or table.
    first = {block: token for block, token, _ in (entries[index] for index in sorted(lost, reverse=True))}
    return [first[block] for block in sorted(first)]


def _is_subsequence(words: Sequence[str], line: Sequence[str]) -> bool:
    rest = iter(line)
    return all(word in rest for word in words)


def _compare_words(tokens: Sequence[Token], outline: Outline) -> Iterator[Loss]:
    texts = [(token, split_words(_read_text(token))) for token in tokens]
    missing = Counter(word for _, words in texts for word in words) - Counter(outline.words.split())
    if not missing:
        return
    page = f" {outline.words} "
    for token, words in texts:
        if not words or f" {' '.join(words)} " in page:
            continue
        lost = [word for word, count in (Counter(words) & missing).items() for _ in range(count)]
        if lost:
            missing -= Counter(lost)
            lost_words = ", ".join(lost[:_MAX_REPORTED_WORDS])
            message = f"{quote(lost_words)} is text in CommonMark, but not on this page."
            hint = "Write \\ before a character that should be shown, or write it as `code`."
            yield _loss(token, "second-opinion.lost-text", message, hint)


def _loss(token: Token, code: str, message: str, hint: str) -> Loss:
    start, end = token.map or (0, 1)
    return Loss(start + 1, end + 1, code, message, hint)


def _is_drawn(token: Token) -> bool:
    """Whether code is shown as a picture or formula, or includes a file."""
    return "8<-" in token.content or bool(_DRAWN & set(re.findall(r"[\w-]+", token.info)[:1]))


def _read_text(token: Token, *, first_line: bool = False) -> str:
    """Return the text of a token, without HTML; on request only its first line."""
    if token.type in ("fence", "code_block"):
        return "" if _is_drawn(token) else token.content
    parts: list[str] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            if first_line:
                break
            parts.append("\n")
        elif child.type == "code_inline":
            # Python-Markdown removes the spaces around code.
            parts.append(_LANGUAGE_OF_CODE.sub("", child.content.strip()))
        elif child.type == "image":
            parts.append(_read_text(child))
        elif child.type == "html_inline":
            parts.append(strip_tags(child.content))
        elif child.type in ("text", "text_special"):
            parts.append(child.content)
    return "".join(parts)
