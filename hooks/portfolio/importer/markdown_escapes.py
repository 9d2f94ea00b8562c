"""Finds the characters of a text that the Markdown of this site, or its check, would read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from portfolio.core.text import find_emoji
from portfolio.markdown_ext.attribute_lists import ATTRIBUTE_LIST
from portfolio.markdown_ext.formulas import find_dollars

# Placeholders of code, URLs and other markup within a text.
PLACEHOLDERS = "\U00100000-\U0010dfff"
# Text that is markup at the start of a line, and anywhere; the groups are the characters to escape.
_MARKUP_OF_LINES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"^(?P<mark>#)",
        r"^(?P<mark>>)",
        r"^(?P<mark>[-+*])(?=[ \t]|$)",
        r"^\d{1,9}(?P<mark>[.)])(?=[ \t]|$)",
        r"^(?P<mark>[-*_=])(?=[-*_= ]*$)",
        r"^(?P<mark>`)``|^(?P<mark2>~)~~",
        r"^(?P<mark>!)!!|^(?P<mark2>\?)\?\?|^(?P<mark3>/)//|^(?P<mark4>=)==",
        r"^(?P<mark>:)(?=[ \t]|::)",
        r"^\*(?P<mark>\[)|^(?P<mark2>\[)[^\]\n]+\]:",
        r"^(?P<mark>\|)|^(?=[^\n]*\|)[ |:]*(?P<mark2>-)[ |:-]*$",
        r"^;*(?P<mark>-)-*8<-",
        r"^(?P<mark>\.)\. [\w-]+::",
        r"^(?P<mark><)<{6}|^(?P<mark2>>)>{6}",
    )
)
_MARKUP = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"(?P<mark><)(?=[A-Za-z/!?{PLACEHOLDERS}])",
        r"(?P<mark>&)(?=#?\w+;)",
        r"(?P<mark>\[)(?=[\^!@\[]|-@|[ xX]\] )",
        r"(?P<mark>\[)(?=[^\[\]\n]*@)",
        r"(?P<mark>\[)TOC\]",
        r"(?P<mark>!)(?=\[)",
        r"(?P<mark>\{)(?=[%]|:?[ ]*(?:[.#:][\w-]|[\w:@-]+=))|(?P<mark2>\{)\{(?=\{)",
        r"(?<=\{)(?P<mark>\{)(?=[<%]|-?[ ]*(?:site|page|post|include|content|layout)\b)",
        r"\\(?:begin|eqref)\s*(?P<mark>\{)",
        rf"(?={ATTRIBUTE_LIST})(?P<mark>\{{)",
        r"(?P<mark>%)%(?=[^%\n]+%%)",
        r"(?<![-\w])(?P<mark>-)-(?=\w)",
        r"(?P<mark>\+)\+(?=[^\s+][^\n]*?\+\+)",
    )
)
_BACKSLASH = re.compile(rf"\\(?=[\\`*_{{}}\[\]()>#+\-.!|\"'$/^~=< {PLACEHOLDERS}])")
# A line that includes a file, also in code, unless it begins with a semicolon.
_INCLUDE = re.compile(
    r"""^(?P<space>[ \t]*)(?=;*-+8<-+(?:[ \t]+(?:"[^"\n]+"|'[^'\n]+'))?[ \t]*$)""", re.MULTILINE
)
_UNDERSCORES = re.compile(r"_+")


def escape_includes(code: str) -> str:
    """Return code whose lines include no file: a semicolon at its start makes such a line text."""
    return _INCLUDE.sub(r"\g<space>;", code)


def find_markup(plain: str, *, has_markup: bool, starts_lines: bool) -> set[int]:
    """Return the offsets of the characters of a text that would be read as markup.

    ``has_markup``: whether the text has placeholders of markup, or is beside such text. ``starts_lines``:
    whether it is at the start of a line.
    """
    offsets: set[int] = set()
    for pattern in (*_MARKUP_OF_LINES, *_MARKUP) if starts_lines else _MARKUP:
        for match in pattern.finditer(plain):
            offsets.update(match.start(name) for name in match.groupdict() if match.start(name) >= 0)
    if "*" in plain:
        stars = [match.start() for match in re.finditer(r"\*", plain)]
        unspaced = [at for at in stars if (plain[at - 1 : at] + plain[at + 1 : at + 2]).strip()]
        if len(unspaced) > 1:
            offsets.update(unspaced)
    if "_" in plain:
        runs = list(_UNDERSCORES.finditer(plain))
        for run in runs if len(runs) > 1 or has_markup else ():
            before, after = plain[run.start() - 1 : run.start()], plain[run.end() : run.end() + 1]
            if not (before.isalnum() and after.isalnum()):
                offsets.update(range(run.start(), run.end()))
    if "`" in plain and (plain.count("`") > 1 or has_markup):
        offsets.update(match.start() for match in re.finditer("`", plain))
    for character in "~^=":
        if plain.count(character) > 1:
            offsets.update(_find_scripts(plain, character))
    if ":" in plain:
        names = re.finditer(r"(?<![A-Za-z0-9:]):(?=([\w+-]+):)", plain)
        offsets.update(name.start() for name in names if find_emoji(name[1]))
    if "[" in plain:
        offsets.update(_find_brackets(plain, has_markup=has_markup))
    if "\\" in plain:
        offsets.update(match.start() for match in _BACKSLASH.finditer(plain))
    if "$" in plain and (find_dollars(plain) or find_dollars(plain.replace("\\", " "))):
        # An escaped dollar sign can be part of a formula between others.
        offsets.update(match.start() for match in re.finditer(r"\$", plain))
    return offsets


def _find_brackets(plain: str, *, has_markup: bool) -> Iterator[int]:
    """Yield the offsets of the opening brackets that could begin a link."""
    opened: list[int] = []
    for match in re.finditer(r"[\[\]]", plain):
        if match[0] == "[":
            opened.append(match.start())
        elif opened:
            start = opened.pop()
            if plain[match.end() : match.end() + 1] in ("(", "[", "{"):
                yield start
    if has_markup or "](" in plain or "][" in plain:
        yield from opened


def _find_scripts(plain: str, character: str) -> Iterator[int]:
    """Yield the offsets of the characters that begin or end a subscript, a superscript or a deletion."""
    runs = list(re.finditer(re.escape(character) + "+", plain))
    for run, following in pairwise([*runs, None]):
        assert run is not None
        is_double = len(run[0]) > 1 and len(runs) > 1 and not plain[run.end() : run.end() + 1].isspace()
        end = len(plain) if following is None else following.start()
        is_single = character != "=" and following is not None
        if is_double or (is_single and not re.search(r"\s", plain[run.end() : end])):
            yield from range(run.start(), run.end())
