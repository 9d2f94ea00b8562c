"""HTML to Markdown: a table of constructs, arbitrary HTML, unsafe and very large HTML, words that would change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.importer.html_to_markdown import convert_html, convert_verified
from portfolio.importer.word_comparison import compare_words
from portfolio.lint.check import Checker
from portfolio.lint.conversions import Conversions
from tests.support import converting, small_site

TABLE = Path(__file__).parents[3] / "golden" / "html_to_markdown.txt"


def read_table() -> Iterator[tuple[str, str, str]]:
    """Yield the name, the HTML and the expected result of each case; problems follow the Markdown."""
    for case in re.split(r"^##### ", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = case.partition("\n")
        html, _, expected = rest.partition("\n=====\n")
        yield name, html, expected.removesuffix("\n\n") + "\n" if expected.endswith("\n\n") else expected


CASES = list(read_table())


class Renderer:
    """Renders Markdown as the site does."""

    def __init__(self) -> None:
        self.conversions: Conversions = converting.conversions()

    def __call__(self, markdown: str) -> str:
        self.conversions._last.page.errors.clear()
        return self.conversions._markdown.reset().convert(markdown)


@pytest.fixture(scope="module")
def render() -> Renderer:
    return Renderer()
