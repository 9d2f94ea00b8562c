"""What a reader sees before and after: the visible words of two HTML texts, compared in their order.

A code block counts as one word, so it is compared byte by byte. A formula is its TeX. White space,
typographic quotation marks and dashes, marks of footnotes, permalinks and line numbers make no difference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from portfolio.core.diagnostics import quote
from portfolio.core.text import is_valid_url, strip_invalid_xml

# Elements whose text a reader does not see.
INVISIBLE = frozenset(
    "base button canvas datalist head input link meta noscript script select style svg template textarea "
    "title".split()
)
# Elements that embed a page or a file.
EMBEDS = frozenset("audio embed iframe object video".split())
# Classes of the references to footnotes, and of the links back to them.
FOOTNOTE_CLASSES = frozenset(
    "data-footnote-backref fn-backref footnote-back footnote-backref footnote-ref footnote-reference "
    "reversefootnote".split()
)
# Classes of what a reader does not read: these, permalinks, numbers of lines, and texts for screen readers.
INVISIBLE_CLASSES = FOOTNOTE_CLASSES | frozenset(
    "anchorjs-link copy-btn copy-button copy-code-button fn-bracket gutter headerlink katex-html line-number "
    "line-numbers-rows linenodiv lineno linenos linenumber ln lnt MathJax_Preview MJX_Assistive_MathML "
    "rouge-gutter screen-reader-only screen-reader-text sr-only visually-hidden".split()
)
_DIAGRAMS = frozenset({"diagram", "language-mermaid", "mermaid"})
# Elements that end a word.
_BREAKS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html img li main nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
TEX_ENCODING = "application/x-tex"
# A formula in text. A dollar sign beside white space begins or ends none.
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|\$\$[^$]+\$\$|\$(?!\s)[^$]+(?<!\s)\$", re.DOTALL)
# What begins and ends a formula; its TeX is compared like other words.
_DELIMITER = re.compile(r"\$+|\\[()\[\]]")
# A pipe, or two, with the white space after it, and their commands, which a formula in a table needs.
_PIPE = re.compile(r"(?:\|(?<!\\\|)|\\vert(?![A-Za-z])|(\\\||\\Vert(?![A-Za-z])))\s*")
# A URL that contains what it leads to.
_CONTENT_URL = re.compile(r"(?:data|blob|javascript|about):", re.IGNORECASE)
_CDATA = re.compile(r"\s*%?\s*<!\[CDATA\[(.*?)%?\s*\]\]>\s*\Z", re.DOTALL)
# Classes of titles of code that are written like code.
CODE_TITLES = frozenset({"code-with-filename-file"})
# A link within the page that is only a mark: of a footnote, back to the text, or of a heading.
_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|[*†‡§¶#↩↑⤴^\ufe0e\ufe0f]+|[a-z]|)\s*[\])]?\s*")
# A reference to a footnote that is not on the page.
_REFERENCE = re.compile(r"\[\^[^\[\]\s]+\]")
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„«»″", '"')
    | dict.fromkeys("–—‑−‐", "-")
    | {"…": "...", "\xad": "", "\u200b": "", "\ufeff": "", "\ufe0e": "", "\ufe0f": ""}
)
_DASHES = re.compile(r"--+")
# More words than this are compared without their order.
_MOST_ORDERED_WORDS = 10_000
# Begins the word of a code block.
_CODE = "code:"


@dataclass(frozen=True)
class WordDifference:
    """The runs of words that are only in the first text (lost) or only in the second (added).

    ``ratio`` is the share of the words of both texts that are equal, from 0 to 1. A run of words at another
    place, such as a footnote, counts as equal.
    """

    lost: list[str]
    added: list[str]
    ratio: float


def compare_words(before_html: str, after_html: str) -> WordDifference:
    """Compare the visible words of two HTML texts."""
    return compare_word_lists(read_words(before_html), read_words(after_html))


def compare_word_lists(before: list[str], after: list[str]) -> WordDifference:
    """Compare the words of two texts that `read_words` has returned."""
    if before == after:
        return WordDifference([], [], 1.0)
    shortest = min(len(before), len(after))
    start = next((i for i in range(shortest) if before[i] != after[i]), shortest)
    longest_end = shortest - start
    end = next((i for i in range(longest_end) if before[-1 - i] != after[-1 - i]), longest_end)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    lost: list[tuple[str, ...]]
    added: list[tuple[str, ...]]
    if len(old) + len(new) > _MOST_ORDERED_WORDS:
        missing, surplus = Counter(old) - Counter(new), Counter(new) - Counter(old)
        lost, added = [(word,) for word in missing.elements()], [(word,) for word in surplus.elements()]
        equal = len(before) - missing.total()
    else:
        blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        lost = _find_runs_between([(block.a, block.size) for block in blocks], old)
        added = _find_runs_between([(block.b, block.size) for block in blocks], new)
        equal = start + end + sum(block.size for block in blocks)
        for moved in {*lost} & {*added}:
            lost.remove(moved)
            added.remove(moved)
            equal += len(moved)
    ratio = 2 * equal / (len(before) + len(after))
    return WordDifference([" ".join(run) for run in lost], [" ".join(run) for run in added], ratio)


def _find_runs_between(blocks: list[tuple[int, int]], words: list[str]) -> list[tuple[str, ...]]:
    """Return the runs of words between blocks, of which each has a start and a size."""
    runs: list[tuple[str, ...]] = []
    end = 0
    for start, size in blocks:
        runs += [tuple(words[end:start])] if start > end else []
        end = start + size
    return runs


def strip_cdata(tex: str) -> str:
    """Return TeX without the marks that hide it from XML, as kramdown writes them."""
    return match[1] if (match := _CDATA.match(tex)) else tex


def is_gist(url: str) -> bool:
    """Return whether the URL of a script is that of a gist, which it shows."""
    return urlsplit(url if is_valid_url(url) else "").hostname == "gist.github.com"


def find_embed_url(attributes: Mapping[str, str]) -> str:
    """Return the URL of what an element embeds, or an empty string, also if the content is in the URL."""
    urls = (attributes.get(name, "").strip() for name in ("src", "data-src", "data"))
    return next((url for url in urls if url and not _CONTENT_URL.match(url)), "")


def describe_embed(url: str, title: str, element: str) -> tuple[str, str]:
    """Return the URL and the text of the link that replaces an embedded page or file.

    ``title`` is that of the element, and may be empty; ``element`` is its name.
    """
    parts = urlsplit(url if is_valid_url(url) else "")
    host = (parts.hostname or "").removeprefix("www.").removeprefix("player.").removeprefix("m.")
    path, title = parts.path.rstrip("/"), " ".join(title.split())
    if is_gist(url):
        return url.removesuffix(".js"), title or f"Gist {path.strip('/').removesuffix('.js')}"
    if host in ("youtube.com", "youtube-nocookie.com") and path.startswith("/embed/"):
        name = path.removeprefix("/embed/")
        if name == "videoseries":
            playlist = parse_qs(parts.query).get("list", [""])[0]
            return f"https://www.youtube.com/playlist?list={playlist}", title or "Videos on YouTube"
        return f"https://www.youtube.com/watch?v={name}", title or "Video on YouTube"
    if host == "vimeo.com":
        name = path.removeprefix("/video").strip("/")
        return f"https://vimeo.com/{name}", title or "Video on Vimeo"
    url, name = f"https:{url}" if url.startswith("//") else url, path.rpartition("/")[2]
    if element in ("audio", "video"):
        return url, title or f"{element.capitalize()}: {name}"
    return url, title or (f"Embedded page of {host}" if host else f"File: {name}")


def describe_difference(difference: WordDifference) -> str:
    """Return the predicate of a message about words that differ."""
    parts = [f"{quote(words)} is lost" for words in difference.lost[:3]]
    parts += [f"{quote(words)} is new" for words in difference.added[:3]]
    more = len(difference.lost) + len(difference.added) - len(parts)
    return "; ".join([*parts, *([f"and {more} more"] if more > 0 else [])])


def read_words(html: str) -> list[str]:
    """Return the visible words of HTML in their order."""
    reader = _WordReader()
    # The target is not called for elements outside the body.
    parser = etree.HTMLParser(target=reader, recover=True)
    parser.feed(f"<body>{strip_invalid_xml(html)}</body>")
    parser.close()
    return reader.words


class _WordReader:
    """Collects words while lxml parses, so that depth has no limit."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._text: list[str] = []
        # The numbers of open elements since one that is invisible, a code block or a formula began.
        self._hidden = self._code = self._math = 0
        self._code_text: list[str] = []
        self._math_text: list[str] = []
        self._tex: list[str] | None = None
        self._is_tex = self._is_diagram = self._is_title = False
        # The length of the text before an open heading.
        self._heading: int | None = None
        # For each open link within the page, the length of the text before it.
        self._links: list[int | None] = []
        # The name and title of an embedding element whose URL is not known yet.
        self._embed: tuple[str, str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        is_tex = (tag == "script" and attributes.get("type", "").startswith("math/tex")) or (
            tag == "annotation" and attributes.get("encoding") == TEX_ENCODING
        )
        if self._hidden:
            self._hidden += 1
            if self._embed is not None and tag == "source" and (url := find_embed_url(attributes)):
                self._add_embed(url)
        elif tag in EMBEDS or (tag == "script" and is_gist(attributes.get("src", ""))):
            self._hidden, self._embed = 1, (tag, attributes.get("title", ""))
            if url := find_embed_url(attributes):
                self._add_embed(url)
        elif not _DIAGRAMS.isdisjoint(attributes.get("class", "").split()):
            # Readers see a picture, before and after.
            self._text.append(" diagram ")
            self._hidden = 1
            self._is_diagram = self._code > 0
        elif is_tex:
            self._tex, self._is_tex = [], True
            self._math += tag == "script" or self._math > 0
        elif _is_invisible(tag, attributes):
            self._hidden = 1
        elif self._code:
            self._code += 1
            self._code_text += ["\n"] if tag == "br" else []
        elif self._math:
            self._math += 1
        elif tag == "pre" and not self._is_title:
            # The name of a file, which scripts that highlight code show.
            self._text.append(f"\n{attributes.get('title', '')}")
            self._flush()
            self._code = 1
        elif tag == "math":
            self._math, self._math_text, self._tex = 1, [], None
        else:
            if not CODE_TITLES.isdisjoint(attributes.get("class", "").split()):
                self._is_title = True
            if tag == "a":
                is_inner = attributes.get("href", "").startswith("#")
                self._links.append(len(self._text) if is_inner else None)
            if tag == "q":
                self._text.append('"')
            if tag in _BREAKS:
                self._text.append("\n")
            if tag in _HEADINGS:
                self._heading = len(self._text)

    def end(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= 1
        elif self._code:
            self._code -= 1
            if not self._code:
                code = "".join(self._code_text).strip("\n")
                if code.strip() and not self._is_diagram:
                    self.words.append(_CODE + code)
                self._code_text, self._is_diagram = [], False
        elif self._math:
            self._math -= 1
            self._is_tex = False
            if not self._math:
                text = "".join(self._math_text if self._tex is None else self._tex)
                # This site's headings have no TeX.
                self._text.append(" " if self._heading is not None else f" {strip_cdata(text)} ")
                self._tex = None
        else:
            start = self._links.pop() if tag == "a" and self._links else None
            if start is not None and _MARK.fullmatch("".join(self._text[start:])):
                del self._text[start:]
            if tag == "q":
                self._text.append('"')
            if tag == "div":
                self._is_title = False
            if tag in _HEADINGS and self._heading is not None:
                heading = "".join(self._text[self._heading :])
                self._text[self._heading :] = [_FORMULA.sub(" ", heading)]
                self._heading = None
            if tag in _BREAKS:
                self._text.append("\n")

    def data(self, text: str) -> None:
        if self._hidden:
            return
        if self._code:
            self._code_text.append(text)
        elif self._math:
            (self._tex if self._is_tex and self._tex is not None else self._math_text).append(text)
        else:
            self._text.append(text)

    def comment(self, _text: str) -> None:
        pass

    def close(self) -> None:
        self._flush()

    def _add_embed(self, url: str) -> None:
        assert self._embed is not None
        self._text.append(f" {describe_embed(url, self._embed[1], self._embed[0])[1]} ")
        self._embed = None

    def _flush(self) -> None:
        text = _DELIMITER.sub(" ", "".join(self._text))
        if "|" in text or "vert" in text.lower():
            text = _PIPE.sub(lambda pipe: r"\|" if pipe[1] else "|", text)
        text = _DASHES.sub("-", _REFERENCE.sub("", text).translate(_TYPOGRAPHY))
        self.words += text.split()
        self._text.clear()
        self._links = [None] * len(self._links)
        self._heading = None if self._heading is None else 0


def _is_invisible(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag in INVISIBLE or "hidden" in attributes:
        return True
    style = attributes.get("style", "")
    if style and "display:none" in "".join(style.split()).lower():
        return True
    return not INVISIBLE_CLASSES.isdisjoint(attributes.get("class", "").split())
