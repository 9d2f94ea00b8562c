"""What the search indexes: a document for each page, and one for each entry of the record.

A document is HTML of its own, made for the index from a page's content: pages themselves have no markup for
the search. Its title and other words by which it can be found are metadata, which `search.js` weights.

Chinese, Japanese, Korean and Thai are written in runs of many words. A run is indexed as overlapping pairs of
characters, ABC as ``AB BC C``, so that a word is found anywhere in it; `search.js` splits queries in the same
way, and shows only the first character of each pair.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import partial
from html import escape, unescape
from typing import Final, NamedTuple

from portfolio.core.cache import CacheFile

# A character with its marks, of scripts without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer,
# kana, Han; and of Korean, whose particles join words.
LETTER: Final = (
    "[\u0e01-\u0e30\u0e40-\u0e46\u0e81-\u0eb0\u0ec0-\u0ec6\u0edc-\u0edf\u0f40-\u0f6c\u1000-\u102a\u1780-\u17b3"
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af]"
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f71-\u0f84\u0f90-\u0fbc\u102b-\u103e"
    "\u17b4-\u17d3\u3099\u309a]*"
)
# Few pages have such runs, and this takes far less time to compile and to search: no letter of European
# languages, and no punctuation mark or symbol that is common in them.
_MAYBE_LETTER: Final = re.compile(r"[^\x00-\u0dff\u2000-\u2fff]")
# Tags, which stay as they are, or runs.
_TAG_OR_RUN: Final = rf"<[^>]*>|(?:{LETTER})+"
_ABBREVIATION: Final = re.compile(r'<abbr [^>]*?title="([^"]*)"')
_YEAR: Final = re.compile(r"[0-9]{4}")
# A heading of the page is its title, which the document has as such.
_NOT_TEXT: Final = re.compile(r"<(script|style|svg|math|h1)\b.*?</\1>|<[^>]*>", re.DOTALL)
# A word that a reader may misspell.
_WORD: Final = re.compile(r"[^\W\d_]{4,24}")
# So many words that the file has some 50 KB.
_MOST_WORDS: Final = 15_000


class SearchDocument(NamedTuple):
    """What is indexed for a URL, which is relative to the site.

    ``kind`` is the title of its kind, such as 'Talks', by which results are filtered. ``when`` is its date
    in words. ``words`` are other words by which it can be found, such as tags and names.
    ``body`` is HTML; in lists of results, only that is quoted. ``boost`` multiplies the weight of its words.
    """

    url: str
    title: str
    kind: str
    when: str = ""
    words: tuple[str, ...] = ()
    body: str = ""
    boost: float | None = None

    def to_html(self) -> str:
        """Return the document for Pagefind."""
        words = dict.fromkeys([*self.words, *map(unescape, _ABBREVIATION.findall(self.body))])
        # Each document has all fields: Pagefind numbers the fields of each document by itself.
        fields = {"title": self.title, "when": self.when, "words": " ".join(words)}
        metadata = "".join(
            f'<i data-pagefind-meta="{name}[title]" title="{_escape(value)}"></i>'
            for name, value in fields.items()
        )
        filters = {"kind": self.kind, "year": years[-1] if (years := _YEAR.findall(self.when)) else ""}
        metadata += "".join(
            f'<i data-pagefind-filter="{name}[title]" title="{escape(value)}"></i>'
            for name, value in filters.items()
            if value
        )
        # Pagefind leaves out documents without text.
        body = self.body if _text_of(self.body).strip() else f"<p>{escape(self.title)}</p>"
        weight = f' data-pagefind-weight="{self.boost}"' if self.boost is not None else ""
        return f"<html><body>{metadata}<div{weight}>{split_runs(body)}</div></body></html>"


def _escape(text: str) -> str:
    # An empty attribute would make the text of the element the value.
    return escape(split_runs(text)) or " "


def split_runs(html: str) -> str:
    """Return HTML in which each run of a script without spaces is split into overlapping pairs."""
    return re.sub(_TAG_OR_RUN, _split_run, html) if _MAYBE_LETTER.search(html) else html


def _split_run(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("<"):
        return text
    letters = re.findall(LETTER, text)
    pairs = (first + second for first, second in zip(letters, [*letters[1:], ""], strict=True))
    return f" {' '.join(pairs)} "


def _find_words(document: SearchDocument) -> str:
    """Return each word of a document once. One text takes less time to cache than many."""
    texts = (document.title, *document.words, _text_of(document.body))
    return " ".join({*_WORD.findall(" ".join(texts).lower())})


def _text_of(html: str) -> str:
    return unescape(_NOT_TEXT.sub(" ", html))


def list_words(documents: Iterable[SearchDocument], cache: CacheFile | None = None) -> str:
    """Return the words of documents, one a line: `search.js` compares them with a query that finds nothing.

    They are in lower case, the most frequent first. Very rare words of a large site are left out. ``cache``
    has the words of documents that have not changed.
    """
    cache = cache or CacheFile()
    counts: Counter[str] = Counter()
    for document in documents:
        inputs = (__name__, document.title, document.body, *document.words)
        counts.update(cache.compute(inputs, partial(_find_words, document)).split())
    words = sorted(counts, key=lambda word: (-counts[word], word))
    return "\n".join(
        word for word in words[:_MOST_WORDS] if not _MAYBE_LETTER.match(word) or not re.match(LETTER, word)
    )
