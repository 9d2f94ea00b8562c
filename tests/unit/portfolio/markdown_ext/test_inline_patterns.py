"""Tests of `portfolio.markdown_ext.inline_patterns`, and of what `markdown_internals` finds for it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.markdown_ext import inline_patterns, quotation_marks
from portfolio.markdown_ext.markdown_internals import find_required_texts
from tests.support.converters import create_converter

# What begins, ends or separates inline text, words between them, and whole notations.
_MARKS = r"""* ** _ __ ` `` ~ ~~ ^ ^^ == ++ $ $$ \( \) \[ \] \\ \ [ ] ![ ]( ) < > </b> <b> <!-- --> & : @ ' "
    -- --- ... … ' {.a} { } \begin{align} \end{align} | # 1 a b s word é ß K HTML"""
_NOTATIONS = r"""[a](b) [a](<b> "c") ![a](b) [a][b] [b] ![a][b] [^1] [@key] `a` *a* **a** ==a== ~~a~~ ~a~
    ^a^ ^^a^^ ++ctrl+c++ $a$ $`a`$ \(a\) $$a$$ \eqref{a} &amp; &#38; :rocket: http://a.b <http://a.b> <a@b.cc>
    \* \["""
_SPACES = [" ", "  \n", "\n", "\n\n", "    ", "- ", "> ", "\t", "\n\n[b]: http://c.d\n\n", "\n\n[^1]: a\n\n"]
_PIECES = st.sampled_from(_MARKS.split()) | st.sampled_from(_NOTATIONS.split()) | st.sampled_from(_SPACES)


@pytest.mark.parametrize("language", ["en", "de"])
def test_html_is_that_of_python_markdown(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, stock = create_converter(lambda: language), None
    with monkeypatch.context() as patch:
        for module in (inline_patterns, quotation_marks):
            patch.setattr(module, "skip_patterns", lambda *_: None)
        stock = create_converter(lambda: language)
        # Registers the marks of the language.
        stock.convert("a")

    @settings(max_examples=150)
    @given(st.lists(_PIECES, max_size=30).map("".join))
    def compare(text: str) -> None:
        assert fast.reset().convert(text) == stock.reset().convert(text)

    compare()


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        (r"  \n", {"  \n"}),
        (r"(?<!\\)\*\*(.+?)\*\*", {"**"}),
        (r"\*|_", {"*", "_"}),
        (r"[ab]c?|d+", {"a", "b", "d"}),
        (r"(?x) \+ {2}  # two", {"++"}),
        (r"a(?=::)", {"::"}),
        (r"(?<=#)\d", {"#"}),
        (r"(?:(?:x-)+y)?+z", {"z"}),
        (r"^(.*?)<(.*)$", {"<"}),
        (r"a*|b", None),
        (r"[^a]|\d|.", None),
        (r"(?i)k", None),
        (r"(?i:k)\?", {"?"}),
        (r"(?!a)", None),
    ],
)
def test_required_texts(regex: str, texts: set[str] | None) -> None:
    assert find_required_texts(re.compile(regex)) == texts


_ATOMS = st.sampled_from(["a", "b", "K", r"\.", "[ab]", "[^a]", ".", r"\w", "^", "$", r"\b", "(?i:k)"])
_REGEXES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,1}", "+?", "*+"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
        st.tuples(st.sampled_from(["(", "(?=", "(?!", "(?>"]), inner).map(lambda parts: f"{''.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(_REGEXES, st.text("abkK.\u212a ", max_size=6), st.sampled_from([0, re.IGNORECASE]))
def test_each_text_with_a_match_contains_a_required_text(regex: str, text: str, flags: int) -> None:
    compiled = re.compile(regex, flags)
    texts = find_required_texts(compiled)
    if compiled.search(text):
        assert texts is None or any(part in text for part in texts)
