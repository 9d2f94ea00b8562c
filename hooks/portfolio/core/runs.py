"""Styled text as runs: pieces of plain text with a style each, without markup.

Authors write styles as inline Markdown (`parse_markdown`) or as LaTeX in BibTeX (`sources.bibtex_latex`), and
styles of citations add their own. Each output writes runs in its own notation.

Where text must be a plain string on the way, markers take the place of styles: characters from Unicode's
private use area, which no style of citations changes. Remove them from data first (`strip_markers`), so that
nothing in the data can become markup.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# The styles of runs; each has a pair of markers.
RUN_STYLES = ("italic bold underline superscript subscript small_caps title owner code keep_case").split()
FIRST_MARKER = 0xE000
# Markers above these are free for others.
LAST_MARKER = 0xF8FF
OPENING = {chr(FIRST_MARKER + 2 * number): style for number, style in enumerate(RUN_STYLES)}
CLOSING = {chr(FIRST_MARKER + 2 * number + 1): style for number, style in enumerate(RUN_STYLES)}
# Compiled where it is used: that takes 0.3 ms, and most builds find all citations in the cache.
MARKER = f"[{chr(FIRST_MARKER)}-{chr(LAST_MARKER)}]"

# A text without any of these has no inline Markdown.
_MARKUP = re.compile(r"[*_`\[\\<]")
_TOKEN_STYLES = {"em": "italic", "strong": "bold"}

_SUBSCRIPT = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPT = str.maketrans(
    "0123456789+-=()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)


@dataclass(frozen=True)
class Run:
    """A piece of text in one style.

    ``title`` and ``owner`` mark parts of the title and of the owner's name in a reference. ``work`` is the
    index of the cited work that the text is about. ``keep_case``: styles must not change its capitals.
    """

    text: str
    italic: bool = False
    bold: bool = False
    underline: bool = False
    superscript: bool = False
    subscript: bool = False
    small_caps: bool = False
    title: bool = False
    owner: bool = False
    code: bool = False
    keep_case: bool = False
    url: str = ""
    work: int | None = None


Runs = tuple[Run, ...]


def merge_runs(runs: Iterable[Run]) -> Runs:
    """Merge adjacent runs that differ only in their text."""
    groups = (list(group) for _, group in groupby(runs, key=lambda run: replace(run, text="")))
    return tuple(replace(group[0], text="".join(run.text for run in group)) for group in groups)


def visible_runs(runs: Iterable[Run]) -> Runs:
    """Return runs without the protection of capitals, which readers do not see."""
    return merge_runs(replace(run, keep_case=False) for run in runs)


def group_links(runs: Iterable[Run]) -> Iterator[tuple[str, list[Run]]]:
    """Yield adjacent runs with the same URL together, each group with its URL."""
    for url, group in groupby(runs, key=lambda run: run.url):
        yield url, list(group)


def mark_up(
    runs: Iterable[Run], notation: Mapping[str, tuple[str, str]], escape: Callable[[str], str]
) -> str:
    """Return runs in the notation of an export: what it writes before and after the text of each style.

    Runs that keep their capitals get one pair together. ``escape`` is applied to each piece of text.
    """
    pieces = []
    for keep_case, group in groupby(runs, key=attrgetter("keep_case")):
        texts = []
        for run in group:
            text = escape(run.text)
            for style, (start, end) in notation.items():
                if style != "keep_case" and getattr(run, style):
                    text = f"{start}{text}{end}"
            texts.append(text)
        start, end = notation["keep_case"] if keep_case else ("", "")
        pieces.append(f"{start}{''.join(texts)}{end}")
    return "".join(pieces)


def plain_text(runs: Iterable[Run], *, with_urls: bool = False) -> str:
    """Return the text of runs. Subscripts and superscripts that Unicode lacks follow ``_`` or ``^``.

    ``with_urls`` adds the URL of each link in parentheses, unless it is the text.
    """
    pieces = []
    for url, group in group_links(runs):
        text = "".join(map(_plain_run, group))
        is_text = url.removeprefix("mailto:") == text
        pieces.append(f"{text} ({url})" if with_urls and url and not is_text else text)
    return "".join(pieces)


def _plain_run(run: Run) -> str:
    if run.subscript or run.superscript:
        return _script(run.text, "_" if run.subscript else "^")
    return run.text


def _script(text: str, operator: str) -> str:
    script = text.translate(_SUBSCRIPT if operator == "_" else _SUPERSCRIPT)
    has_all = all(before != after or before.isspace() for before, after in zip(text, script, strict=True))
    return script if has_all else f"{operator}{text}"


def strip_markers(text: str) -> str:
    """Remove all characters that are used as markers."""
    return re.sub(MARKER, "", text)


def has_markers(text: str) -> bool:
    """Whether a text contains markers."""
    return re.search(MARKER, text) is not None


def add_markers(text: str, style: str) -> str:
    """Put text between the markers of one of ``RUN_STYLES``."""
    marker = FIRST_MARKER + 2 * RUN_STYLES.index(style)
    return f"{chr(marker)}{text}{chr(marker + 1)}"


def split_at_markers(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each piece between markers with its styles, and each marker of another kind with no styles."""
    styles: list[str] = []
    for part in re.split(f"({MARKER})", text):
        if part in OPENING:
            styles.append(OPENING[part])
        elif part in CLOSING:
            if CLOSING[part] in styles:
                styles.remove(CLOSING[part])
        elif part:
            yield part, tuple(styles)


def parse_markers(text: str) -> Runs:
    """Split a text with markers of styles into runs."""
    return merge_runs(
        Run(piece, **_flags(styles))
        for piece, styles in split_at_markers(text)
        if not re.match(MARKER, piece)
    )


def _flags(styles: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(styles, True)


@functools.lru_cache(maxsize=1 << 14)
def parse_markdown(text: str) -> Runs:
    """Parse the inline Markdown (CommonMark) that texts of the record may have.

    These are emphasis, strong emphasis, code, links, and escapes; everything else is text.
    """
    if not _MARKUP.search(text):
        return (Run(text),) if text else ()
    runs: list[Run] = []
    styles: list[str] = []
    url = ""
    (inline,) = _markdown().parseInline(text)
    for token in inline.children or ():
        kind, _, side = token.type.rpartition("_")
        if side == "open" and kind in _TOKEN_STYLES:
            styles.append(_TOKEN_STYLES[kind])
        elif side == "close" and kind in _TOKEN_STYLES:
            styles.remove(_TOKEN_STYLES[kind])
        elif kind == "link":
            url = str(token.attrs.get("href", "")) if side == "open" else ""
        elif token.content:
            code = ["code"] if token.type == "code_inline" else []
            runs.append(Run(token.content, url=url, **_flags([*styles, *code])))
    return merge_runs(runs)


@functools.cache
def _markdown() -> MarkdownIt:
    # Imported here, because few texts of a record have markup.
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["emphasis", "backticks", "link", "escape", "autolink"])
