"""Finds the language of code of which the old site only has the colors.

Pelican and others that use Pygments write no language into HTML, but they give each token a class. The lexer
that gives the same tokens the same classes is that of the language, or of one that looks the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

# In this order: of languages with the same tokens, the first is the most frequent on sites.
_LANGUAGES = tuple(
    (
        "python pycon bash console java javascript typescript json yaml html css sql c cpp go rust toml ini "
        "xml ruby r scala kotlin swift php perl lua haskell julia matlab groovy docker make diff http nginx "
        "graphql protobuf latex powershell csharp objective-c dart elixir erlang clojure"
    ).split()
)
# Classes of keywords, names, literals, comments and console output; the rest are operators and punctuation.
_TELLING = tuple("knsclg")
# Versions of Pygments differ a little: this part of the characters may have another class.
_MAX_DIFFERENCE = 0.04


def find_language(tokens: list[tuple[str, str]]) -> str:
    """Return the language of highlighted code, or an empty string if no lexer is known to highlight it so.

    ``tokens`` are pieces of the code with their classes, which are empty for pieces without one.
    """
    text = "".join(piece for piece, _ in tokens)
    expected = list(_spread(tokens))
    if not any(name.startswith(_TELLING) for _, name in expected):
        return ""
    best, fewest = "", int(len(expected) * _MAX_DIFFERENCE) + 1
    for language in _LANGUAGES:
        count = _count_differences(_load_lexer(language), text, expected, fewest)
        if count < fewest:
            best, fewest = language, count
        if fewest == 0:
            break
    return best


def _count_differences(lexer: Lexer, text: str, expected: list[tuple[str, str]], limit: int) -> int:
    """Return how many characters have another class by a lexer; counting ends at ``limit``."""
    differences = position = 0
    lexed = ((piece, _class_of(kind)) for _, kind, piece in lexer.get_tokens_unprocessed(f"{text}\n"))
    for actual in _spread(lexed):
        if position == len(expected):
            return limit
        differences += actual != expected[position]
        position += 1
        if differences >= limit:
            return limit
    return differences if position == len(expected) else limit


def _spread(tokens: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the characters of tokens with their classes, except white space, which has various classes."""
    for piece, name in tokens:
        for character in piece:
            if not character.isspace():
                yield character, name


@cache
def _load_lexer(language: str) -> Lexer:
    return get_lexer_by_name(language)


@cache
def _class_of(kind: _TokenType) -> str:
    """Return the first class that Pygments gives a kind of token in HTML."""
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return str(STANDARD_TYPES[kind])
