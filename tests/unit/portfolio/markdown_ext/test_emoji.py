"""Emoji by their names, and what is not the name of one."""

import pytest
from markdown import Markdown

from portfolio.core.text import replace_emoji_names
from portfolio.markdown_ext.emoji import EmojiExtension


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ship it :rocket:.", "Ship it 🚀."),
        (":tada::+1: (:thumbsup:)", "🎉👍 (👍)"),
        ("at 10:30:45, 1:100:2, a:rocket:b", "at 10:30:45, 1:100:2, a:rocket:b"),
        (":nosuch: and :octocat:", ":nosuch: and :octocat:"),
        ("a::b :: c: d:", "a::b :: c: d:"),
        ("std::x::y, a::b::c and :tada::nosuch:", "std::x::y, a::b::c and 🎉:nosuch:"),
    ],
)
def test_only_known_names_become_emoji(text: str, expected: str) -> None:
    assert replace_emoji_names(text) == expected
    assert Markdown(extensions=[EmojiExtension()]).convert(text) == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    "text", ["`:rocket:`", "    :rocket:", "<https://example.org/:rocket:>", "[a](b/:rocket:)"]
)
def test_code_and_urls_do_not_change(text: str) -> None:
    assert "🚀" not in Markdown(extensions=[EmojiExtension()]).convert(text)
