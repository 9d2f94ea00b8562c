"""HTML to Markdown: a table of constructs, arbitrary HTML, unsafe HTML, and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from html import escape
from pathlib import Path

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.config import load_site
from portfolio.importer import html_to_markdown
from portfolio.importer.html_to_markdown import convert_html, convert_verified
from portfolio.importer.word_comparison import WordDifference, compare_words
from portfolio.lint.check import check_site
from portfolio.sources import mkdocs_yml
from tests.support import converting
from tests.unit.portfolio import records

# Each case: "##### name", HTML, "=====", Markdown, and "!!!!! line: severity: message" for each problem.
TABLE = Path(__file__).parents[3] / "golden" / "html_to_markdown.txt"
EQUAL = WordDifference([], [], 1.0)


def read_table() -> Iterator[tuple[str, str, str]]:
    """Yield the name, the HTML and the expected result of each case."""
    for case in f"\n{TABLE.read_text(encoding='utf-8')}".split("\n##### ")[1:]:
        name, _, rest = case.partition("\n")
        html, _, expected = rest.partition("\n=====\n")
        yield name, html, f"{expected.rstrip(chr(10))}\n"


CASES = list(read_table())
render = partial(converting.conversions().convert_to_html, "page.md")


@pytest.mark.parametrize(("html", "expected"), [pytest.param(*case, id=name) for name, *case in CASES])
def test_construct_becomes_markdown(html: str, expected: str) -> None:
    result = convert_verified(html, "a.html", 1, render)
    problems = [
        f"!!!!! {problem.line}: {problem.severity}: {problem.message}\n" for problem in result.problems
    ]
    assert result.markdown + "".join(problems) == expected
    assert compare_words(html, render(result.markdown)).lost == []


def test_markdown_passes_check(tmp_path: Path) -> None:
    files = {
        f"docs/page-{number}.md": f"# {name}\n\n{convert_verified(html, 'a.html', 1, render).markdown}"
        for number, (name, html, _) in enumerate(CASES)
    }
    files |= {
        "mkdocs.yml": f"{converting.EXTENSIONS}site_name: T\ntheme: material\nplugins: []\n",
        "docs/index.md": "# Home\n",
    }
    records.write(tmp_path, files)
    config = tmp_path / "mkdocs.yml"
    paths, _ = mkdocs_yml.read_paths(config)
    diagnostics = check_site(load_site(paths, config)[0], paths, config, datetime(2026, 6, 1, tzinfo=UTC))
    # The cases link to files that do not exist.
    others = [problem for problem in diagnostics if not problem.code.startswith(("link.", "image.missing"))]
    assert [str(problem) for problem in others] == []


SPECIAL = (
    r"\ ` * _ { } [ ] ( ) < > # + - . ! | $ ^ ~ = : / & @ % ? ++ -- == ~~ $$ $5 \( \) [x] [^1] [a](b) "
    r"![a](b) &amp; <div> </p> {#id} :smile: ``` ~~~ --- ___ === *a* _a_ **a** `a` __init__ C++ a*b $x$ "
    r"$a_1$ \eqref{a} 1) 1. {{x}} {%x%} [@a] @a !!! /// [TOC] %%a%% [[w]] *[A]: <http://x.y> a|b \* é “q” …"
).split()
TEXT = st.lists(st.sampled_from([*SPECIAL, "word", "oil", "night", "sea", " ", "\n"]), min_size=1, max_size=6)


def join_text(parts: list[str]) -> str:
    return escape(" ".join(parts), quote=False)


def element(name: str, content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return content.map(lambda text: f"<{name}>{text}</{name.partition(' ')[0]}>")


def many(content: st.SearchStrategy[str], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(content, min_size=1, max_size=most).map("".join)


TEXTS = TEXT.map(join_text)
CODE = st.lists(st.sampled_from([*SPECIAL, "\n", "\n\n", "\t", "    ", '\n--8<-- "a"\n']), min_size=1).map(
    lambda parts: escape(" ".join(parts), quote=False)
)
LINK = st.sampled_from(["http://x/y", "a(b).html", "#z", "/a b"]).flatmap(
    lambda url: element(f'a href="{url}"', TEXTS)
)
IMAGE = '<img src="a.png" alt="a [b]">'
FORMULAS = (r"<span class='math inline'>\(x_1*y*\)</span>", r"<script type='math/tex'>\frac{a}{b}</script>")
INLINE = st.recursive(
    st.one_of(TEXTS, TEXTS, element("code", TEXTS), LINK, st.sampled_from(["<br>", IMAGE, *FORMULAS])),
    lambda inner: st.one_of(
        many(inner),
        *(element(name, inner) for name in ("em", "strong", "del", "sup", "sub", "mark", "kbd", "span id=i")),
    ),
    max_leaves=5,
)


def list_of(name: str, content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return element(name, many(element("li", content)))


def table_of(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = [
        element("tr", st.lists(element(cell, content), min_size=2, max_size=2).map("".join))
        for cell in ("th", "td")
    ]
    return element("table", st.tuples(*rows).map("".join))


BLOCKS = st.recursive(
    st.one_of(
        element("p", INLINE),
        element("h2", INLINE),
        element("h4", TEXTS),
        CODE.map(lambda code: f'<pre><code class="language-python">{code}</code></pre>'),
        table_of(INLINE),
        st.just("<hr>"),
    ),
    lambda inner: st.one_of(
        list_of("ul", st.one_of(INLINE, many(inner))),
        list_of("ol", st.one_of(INLINE, many(inner))),
        element("blockquote", many(inner)),
        element("dl", st.tuples(element("dt", TEXTS), element("dd", st.one_of(INLINE, inner))).map("".join)),
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None)
@given(many(BLOCKS, 4))
@example("<p>a<em>b<strong>c</strong></em><strong>d</strong>*e*</p>")
@example(
    "<ul><li><pre>\tcode  \n\n\n~~~\n```</pre></li><li><blockquote><pre>x\n\ny</pre></blockquote></li></ul>"
)
@example("<h2>$$ $x$</h2><h2>a $ b $ c $x$ d $$y$$</h2>")
def test_no_word_changes(html: str) -> None:
    rendered = render(convert_verified(html, "a.html", 1, render).markdown)
    difference = compare_words(html, rendered)
    assert (difference.lost, difference.added) == ([], [])
    assert rendered.count("<img") == html.count("<img")


SURPRISING = [
    ("<b>one <b>two <div>three <div>four</div></div></b></b>", "blocks in nested emphasis"),
    ("<p>" + "<em>a <strong>b</strong></em><strong><em>c</em> d</strong>e" * 3 + "</p>", "emphasis"),
    ("<dl><dt>a</dt><dd><blockquote><pre>b</pre></blockquote></dd></dl>", "blocks"),
]


@pytest.mark.parametrize("html", [html for html, _ in SURPRISING], ids=[name for _, name in SURPRISING])
def test_words_stay_in_surprising_html(html: str) -> None:
    assert compare_words(html, render(convert_verified(html, "a.html", 1, render).markdown)) == EQUAL


def test_part_of_a_page_keeps_its_levels() -> None:
    html = "<hr><h3>A</h3><p>b</p><hr>"
    assert convert_html(html, "a.html").markdown == "---\n\n### A\n\nb\n\n---\n"
    assert convert_verified(html, "a.html", 1, render).markdown == "## A\n\nb\n"


def test_block_stays_html_if_its_words_would_change() -> None:
    def render_badly(markdown: str) -> str:
        return render(markdown.replace("lamp", "damp") if "<p>" not in markdown else markdown)

    result = convert_verified("<p>The sea.</p><p>A lamp.</p>", "a.html", 3, render_badly)
    assert result.markdown == "The sea.\n\n<p>A lamp.</p>\n"
    assert [str(problem) for problem in result.problems] == [
        "a.html:3:1: the <p> element stays HTML, because Markdown would change its words."
    ]


def test_lost_words_are_reported() -> None:
    result = convert_verified("<p>A lamp.</p>", "a.html", 3, lambda _: "<p>A</p>")
    assert [str(problem) for problem in result.problems if problem.severity == "warning"] == [
        "a.html:3:1: 'lamp.' is lost. Compare the page with the old one."
    ]


def test_problems_name_the_line_of_the_source() -> None:
    html = "<p>a</p>\n<div>\n<object></object></div>\n\n<p>b <a href='vbscript:x'>c</a></p>"
    lines = [problem.line for problem in convert_html(html, "a.html", 11).problems]
    assert lines == [13, 15]


UNSAFE = (
    '<p onclick="alert(1)">a<script>alert(2)</script></p>',
    '<img src="x.png" alt="x" onerror="alert(3)">',
    '<a href="java\nscript:alert(4)">b</a>',
    '<a href="data:text/html,<script>alert(5)</script>">c</a>',
    '<table><tr><td colspan=2 style="background:url(javascript:alert(6))">d<iframe src=e></iframe></table>',
    '<details ontoggle="alert(7)"><summary>e<script>alert(8)</script></summary>f</details>',
    "<math><mtext><script>alert(9)</script></mtext><mi href='javascript:alert(10)'>g</mi></math>",
    "<p>&lt;script&gt;alert(11)&lt;/script&gt; &lt;img src=x onerror=alert(12)&gt;</p>",
    '<abbr title="&quot;&gt;&lt;script&gt;alert(13)&lt;/script&gt;">h</abbr>',
    '<pre class="language-x&quot;&gt;&lt;script&gt;">&lt;script&gt;alert(14)&lt;/script&gt;</pre>',
    '<h2 id="x onclick=alert(15)">i</h2><h3 id="y&quot;onclick=alert(16)">j</h3>',
    '<img alt="](x){ onerror=alert(17) }" src="k.png"><img src="l.png){onerror=alert(18)}" alt="l">',
    '<svg onload="alert(19)"><a xlink:href="javascript:alert(20)">m</a></svg>',
    '<form action="javascript:alert(21)"><input autofocus onfocus="alert(22)"></form>',
    '<object data="javascript:alert(23)"></object><embed src="javascript:alert(24)">',
    '<a href="http://x/" title="&quot; onmouseover=&quot;alert(25)">n</a>',
    "<p>{ onclick=alert(26) }</p><p>*o*{ onclick=alert(27) }</p><p><em>p</em>{ onclick=alert(28) }</p>",
)


@pytest.mark.parametrize("html", UNSAFE)
def test_nothing_unsafe_remains(html: str) -> None:
    rendered = lxml.html.fragment_fromstring(
        render(convert_verified(html, "a.html", 1, render).markdown), create_parent="div"
    )
    for element in rendered.iter():
        assert element.tag not in ("script", "iframe", "object", "embed", "form", "style")
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (name, value)
            assert name != "style"
            if name in ("href", "src"):
                assert not re.match(r"(?i)\s*(?:java|vb)script:|\s*data:", value)


LARGE = {
    "deep groups": "<div>" * 10_000 + "deep <b>text</b>" + "</div>" * 10_000,
    "deep emphasis": "<b>" * 10_000 + "deep" + "</b>" * 10_000,
    "deep lists": "<ul><li>deep" * 3_000,
    "deep quotations": "<blockquote>" * 3_000 + "deep",
    "deep tables": "<table><tr><td>" * 500 + "deep",
    "deep blocks in emphasis": "<em><div>" * 3_000 + "deep",
    "long attributes": f'<p title="{"x" * 3_000_000}">deep</p>',
    "many paragraphs": "<p>deep sea</p>\n" * 4_000,
    "a long paragraph": f"<p>deep {'word* _x ' * 20_000}</p>",
    "many elements": f"<p>deep {'<em>x</em> <code>y</code><br>' * 2_000}</p>",
    "a long list": f"<ul>{'<li>deep</li>' * 4_000}</ul>",
    "a long table": f"<table>{'<tr><td>deep</td></tr>' * 2_000}</table>",
    "open brackets": f"<p>deep {'[' * 50_000}</p>",
    "open formulas": f"<p>deep {chr(92)}({'{' * 20_000}{chr(92)})</p>",
    "no characters": "deep\x00\x0b\ufffe\ud800 \U0010f02a \U00100000",
}


@pytest.mark.parametrize("html", LARGE.values(), ids=LARGE.keys())
def test_large_html_is_converted(html: str) -> None:
    assert "deep" in convert_html(html, "a.html").markdown


def test_private_characters_stay() -> None:
    html = "<p>a \U0010f02a b \U00100000 <code>\U0010e000</code></p>"
    assert compare_words(html, render(convert_html(html, "a.html").markdown)) == EQUAL


def test_deep_html_is_reported() -> None:
    problems = convert_html("<div>" * 100 + "deep", "a.html").problems
    message = "elements are nested more than 80 levels deep; the inner ones are flattened."
    assert [problem.message for problem in problems] == [message]


def test_too_large_html_is_refused() -> None:
    result = convert_html("<p>" + "word " * 250_000 + "</p>", "a.html", 7)
    assert (result.markdown, [str(problem) for problem in result.problems]) == (
        "",
        ["a.html:7:1: this page has 1,250,000 characters; the limit is 1,000,000. Split the page."],
    )


def test_code_does_not_change_after_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_to_markdown, "_MOST_STASHED", 4)
    html = "".join(f"<p><code>a{number}</code> <code>b{number}</code></p>" for number in range(5))
    expected = "\n\n".join(f"`a{number}` `b{number}`" for number in range(5))
    assert convert_html(html, "a.html").markdown == f"{expected}\n"
