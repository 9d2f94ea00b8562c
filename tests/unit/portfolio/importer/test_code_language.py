"""The languages of highlighted code."""

import pytest
from bs4 import BeautifulSoup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from portfolio.importer.code_language import find_language
from portfolio.importer.html_to_markdown import convert_html

PYTHON = 'def f(x=1):\n    """Return."""\n    return [x, "a"] or None  # no\n'
CODE = {
    "python": PYTHON,
    "bash": 'for f in *.txt; do\n  echo "$f" | wc -l\ndone\n',
    "java": "@Override\npublic Set<Token> find(String key) {\n    return get(key, k -> load(k)); // a\n}\n",
    "javascript": "const a = (b) => `x ${b}`;\nexport default a;\n",
    "json": '{"a": [1, true, null]}\n',
    "yaml": "a:\n  - b: true\n# c\n",
    "sql": "SELECT a, COUNT(*) FROM b WHERE c = 'd' GROUP BY a;\n",
    "cpp": "class A : public B {\n public:\n  virtual void f() const = 0;\n};\n",
    "go": 'package main\n\nfunc main() {\n\tfmt.Println("a")\n}\n',
    "rust": 'fn main() {\n    let mut x: u8 = 1;\n    println!("{x}");\n}\n',
    "console": "$ make test\nok\n",
    "html": '<p class="a">b &amp; c</p>\n',
}


def read_tokens(html: str) -> list[tuple[str, str]]:
    """Return the tokens in the HTML of Pygments."""
    pre = BeautifulSoup(html, "lxml").pre
    assert pre is not None
    tokens = []
    for text in pre.find_all(string=True):
        span = text.find_parent("span")
        tokens.append((str(text), str(span["class"][0]) if span is not None else ""))
    return tokens


@pytest.mark.parametrize("language", CODE)
def test_languages_are_found_by_their_tokens(language: str) -> None:
    html = highlight(CODE[language], get_lexer_by_name(language), HtmlFormatter())
    assert find_language(read_tokens(html)) == language


def test_code_without_colors_has_no_language() -> None:
    assert find_language([(PYTHON, "")]) == ""
    assert find_language([]) == ""
    assert find_language([("1", "mi"), (" ", ""), ("+", "o"), (" ", ""), ("a", "")]) == ""


def test_a_few_tokens_may_differ() -> None:
    html = highlight(PYTHON * 3, get_lexer_by_name("python"), HtmlFormatter())
    assert find_language(read_tokens(html.replace('class="kc">None', 'class="bp">None', 1))) == "python"
    assert find_language(read_tokens(html.replace('class="kc"', 'class="x"').replace('"s2"', '"y"'))) == ""


def test_html_of_pelican_gets_the_language() -> None:
    html = highlight(PYTHON, get_lexer_by_name("python"), HtmlFormatter(cssclass="highlight", wrapcode=True))
    assert convert_html(html, "a.html").markdown == f"``` python\n{PYTHON}```\n"
