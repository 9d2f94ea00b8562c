from markdown import Markdown
from markdown.extensions import Extension
from selectolax.lexbor import LexborHTMLParser

from portfolio.markdown_ext.code_blocks import CodeAnnotationExtension, CodeBoxExtension

CODE = "``` python\nx = f(1)  # first (1), then (2)! and (9)\n```\n"


def convert(text: str) -> LexborHTMLParser:
    extensions: list[str | Extension] = [
        "pymdownx.superfences",
        "pymdownx.highlight",
        "sane_lists",
        CodeBoxExtension(),
        CodeAnnotationExtension(),
    ]
    return LexborHTMLParser(Markdown(extensions=extensions).convert(text))


def test_marks_in_comments_lead_to_the_items_of_the_list_below() -> None:
    html = convert(CODE + "\n1. one\n2. two\n3. three\n")
    links = {link.text(): link.attributes["href"] for link in html.css("a.code-note")}
    assert {mark: html.css(f"ol.code-notes > {href}")[0].text() for mark, href in links.items() if href} == {
        "(1)": "one",
        "(2)": "two",
    }
    assert html.css("code")[0].text() == "x = f(1)  # first (1), then (2) and (9)\n"
    assert [item.id is None for item in html.css("li")] == [False, False, True]


def test_the_same_code_twice_has_ids_of_its_own() -> None:
    html = convert((CODE + "\n1. one\n2. two\n\nText.\n\n") * 2)
    ids = [item.id for item in html.css("li")]
    assert len(set(ids)) == 4
    assert [f"#{one}" for one in ids] == [link.attributes["href"] for link in html.css("a.code-note")]


def test_a_list_counts_as_it_says() -> None:
    html = convert(CODE + "\n9. nine\n")
    assert [link.text() for link in html.css("a.code-note")] == ["(9)"]


def test_without_a_list_right_below_nothing_changes() -> None:
    for below in ("", "Text.\n\n1. one\n", "- one\n"):
        html = convert(f"{CODE}\n{below}")
        assert not html.css("a.code-note, .code-notes, li[id]")
        assert "(2)!" in html.css("code")[0].text()
