"""Tests of `portfolio.markdown_ext.quotation_marks` and `portfolio.markdown_ext.callouts`."""

import pytest
from markdown import Markdown

from portfolio.core import i18n
from portfolio.markdown_ext.callouts import CalloutExtension
from portfolio.markdown_ext.quotation_marks import QuotationMarkExtension


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "He said: “It’s ‘new’”."),
        ("de", "He said: „It’s ‚new‘“."),
        ("de-CH", "He said: «It’s ‹new›»."),
        ("fr", "He said: «\u202fIt’s “new”\u202f»."),
        ("ja", "He said: 「It’s 『new』」."),
        ("ar", "He said: «It’s ‹new›»."),
        ("xx", "He said: “It’s ‘new’”."),
    ],
)
def test_marks_of_languages(language: str, expected: str) -> None:
    marks = QuotationMarkExtension(lambda _: language, {})
    md = Markdown(extensions=["smarty", marks])
    html = md.convert("He said: \"It's 'new'\".")
    assert _unescaped(html) == f"<p>{expected}</p>"


def test_marks_follow_the_language_of_each_page() -> None:
    languages = iter(("de", "fr", "en"))
    md = Markdown(extensions=["smarty", QuotationMarkExtension(lambda _: next(languages), {})])
    converted = [_unescaped(md.reset().convert('"a"')) for _ in range(3)]
    assert converted == ["<p>„a“</p>", "<p>«\u202fa\u202f»</p>", "<p>“a”</p>"]


def test_marks_in_the_settings_stay() -> None:
    options = {"substitutions": {"left-double-quote": "<<"}}
    marks = QuotationMarkExtension(lambda _: "de", options)
    md = Markdown(extensions=["smarty", marks], extension_configs={"smarty": options})
    assert _unescaped(md.convert('"a"')) == "<p><<a”</p>"


def test_titles_of_callouts() -> None:
    i18n.use_language("de")
    md = Markdown(
        extensions=["admonition", "pymdownx.details", "pymdownx.quotes", CalloutExtension()],
        extension_configs={"pymdownx.quotes": {"callouts": True}},
    )
    text = '!!! note\n\n    a\n\n!!! note "Note well"\n\n    b\n\n??? warning\n\n    c\n\n> [!TIP]\n> d\n'
    html = md.convert(text)
    for title in (">Hinweis<", ">Note well<", "<summary>Warnung<", ">Tipp<"):
        assert title in html


def _unescaped(html: str) -> str:
    names = {"ldquo": "“", "rdquo": "”", "lsquo": "‘", "rsquo": "’"}
    for name, character in names.items():
        html = html.replace(f"&{name};", character)
    return html
