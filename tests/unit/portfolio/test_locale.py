"""Tests of the catalogues in ``portfolio/locale``."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.tools import messages

_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)|%")
# They would have to be escaped in HTML or attributes.
_MARKUP = re.compile('[<>&"]')
_PATHS = messages.catalogue_paths()


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return messages.collect_messages()


def _translated(path: Path) -> Iterator[tuple[Message, list[str], list[str]]]:
    """Yield each message of a catalogue with its English texts and its translations."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if message.id:
            english = [message.id] if isinstance(message.id, str) else [*message.id]
            string = message.string or ""
            texts = [string] if isinstance(string, str) else [*string]
            yield message, english, [text for text in texts if text]


def _names(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text)) - {""}


def test_languages() -> None:
    assert {path.parts[-3] for path in _PATHS} >= {"ar", "de", "es", "fr", "hi", "ja", "zh"}


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parts[-3])
def test_catalogue_is_up_to_date(path: Path, collected: Catalog) -> None:
    assert path.read_text(encoding="utf-8") == messages.update(path, collected), "run make messages"


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parts[-3])
def test_placeholders(path: Path) -> None:
    for _, english, texts in _translated(path):
        needed = _names(english[-1])
        for text in texts:
            # A language may write "one" or "two" as a word.
            optional = {"num"} if len(english) > 1 else set()
            assert needed - optional <= _names(text) <= needed, text
            text % dict.fromkeys(needed, "")


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parts[-3])
def test_messages_have_no_markup(path: Path) -> None:
    assert not [
        text for _, english, texts in _translated(path) for text in (*english, *texts) if _MARKUP.search(text)
    ]


@pytest.mark.parametrize("path", _PATHS, ids=lambda path: path.parts[-3])
def test_catalogue_is_complete(path: Path) -> None:
    assert not [english for message, english, texts in _translated(path) if not texts or message.fuzzy]
