"""Tags of no element are text, and tags without their counterpart are reported."""

import pytest
from markdown import Markdown
from markdown.extensions import Extension

from portfolio.markdown_ext.attribute_lists import AttributeListExtension
from portfolio.markdown_ext.html_tags import HtmlTagExtension
from portfolio.markdown_ext.render_errors import RenderError


def convert(text: str) -> tuple[str, list[tuple[str, str, int | None]]]:
    errors: list[RenderError] = []
    extensions: list[str | Extension] = [
        "attr_list",
        "md_in_html",
        "pymdownx.highlight",
        "pymdownx.superfences",
        HtmlTagExtension(errors.append),
        AttributeListExtension(errors.append),
    ]
    configs = {"pymdownx.highlight": {"pygments_lang_class": True}}
    html = Markdown(extensions=extensions, extension_configs=configs).convert(text)
    return html, [(error.code, error.source, error.occurrence) for error in errors]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("List<String>", "List&lt;String&gt;"),
        ("Map<K, *V*>", "Map&lt;K, <em>V</em>&gt;"),
        ("<your-name> <Button> <input>", "&lt;your-name&gt; &lt;Button&gt; &lt;input&gt;"),
        ("List<A> and List<a b>", "List&lt;A&gt; and List<a b>"),
        ("H<sub>2</sub>O<br>", "H<sub>2</sub>O<br>"),
        ("<x-y>z</x-y>", "<x-y>z</x-y>"),
        ('<input type="range">', '<input type="range">'),
        ('<svg><path d="M0"/></svg> <path>', '<svg><path d="M0"/></svg> &lt;path&gt;'),
        ("a <!-- b --> c", "a <!-- b --> c"),
        ("1 < 2 > 1", "1 &lt; 2 &gt; 1"),
    ],
)
def test_only_tags_of_elements_are_html(text: str, html: str) -> None:
    assert convert(text)[0] == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("a </div> b", [("html.stray-end-tag", "</div>", 0)]),
        ("<b>a</b> c</b>", [("html.stray-end-tag", "</b>", 1)]),
        ("<div>\n\na\n", [("html.unclosed", "<div>", 0)]),
        ("<b>a</b> <b>c", [("html.unclosed", "<b>", 1)]),
        ("<i>a <b>c</i>", [("html.unclosed", "<b>", 0)]),
        ('```py\nx\n```\n\n<span class="n">a', [("html.unclosed", '<span class="n">', 0)]),
        ("<p>a\n\n- b\n", [("html.unclosed", "<p>", 0)]),
        ("<p>a\n\n<ul><li>a<li>b</ul>\n", []),
        ("<details><summary>a</summary>\n\n*b*\n\n</details>\n", []),
        ("<div markdown>\n\n*a*\n\n</div>\n", []),
        ("`<div>` \\<div>\n\n    <div>\n\n```html\n<div>\n```\n\n<!-- <div> -->\n", []),
        ("<script>a = '<div>'</script>\n", []),
        ("<table><caption>c</caption><tr><td><tt>a<td><div>b\n<tr><td><table><td><i></table></table>\n", []),
        ("<details>\n<summary>a</summary>\n\nb\n", [("html.unclosed", "<details>", 0)]),
    ],
)
def test_tags_without_their_counterpart_are_reported(
    text: str, errors: list[tuple[str, str, int | None]]
) -> None:
    assert convert(text)[1] == errors


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ("<summary>a</summary>\n\n*b*\n", "<summary>a</summary>\n<p><em>b</em></p>\n"),
        ("\n<summary>a\nb</summary>\n\n- c\n", "<summary>a\nb</summary>\n<ul>\n<li>c</li>\n</ul>\n"),
        ("\n*a*\n", "<p><em>a</em></p>\n"),
        ("<summary>a</summary>\n*b*\n", "<summary>a</summary>\n*b*\n"),
    ],
)
def test_details_contain_markdown_after_an_empty_line(content: str, html: str) -> None:
    assert convert(f"<details>\n{content}</details>\n")[0].strip() == f"<details>\n{html}</details>"


@pytest.mark.parametrize(
    ("text", "html", "sources"),
    [
        ("# The set {x | x > 0}", "<h1>The set {x | x &gt; 0}</h1>", []),
        ("# {a, b} and {{ title }}", "<h1>{a, b} and {{ title }}</h1>", []),
        ("# A {#b .c-d e='f g'}", '<h1 class="c-d" e="f g" id="b">A</h1>', []),
        ("# A {.b c}", "<h1>A {.b c}</h1>", [".b c"]),
        ("*a*{b} *c*{.d} e{.f g}.", '<p><em>a</em>{b} <em class="d">c</em> e{.f g}.</p>', []),
        ("a\n{: .b }", '<p class="b">a</p>', []),
    ],
)
def test_braces_are_text_unless_they_are_an_attribute_list(text: str, html: str, sources: list[str]) -> None:
    assert (convert(text)[0], [source for _, source, _ in convert(text)[1]]) == (html, sources)
