"""Style sheets and scripts as they are published, and the width at which links become a menu."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.assets import hashed_path, inline_imports, list_imports, menu_width, minify

SHEET = '/* All. */\n@import "a.css";\n@import "b-c.css";\n\np { margin: 0 }\n'


def test_imports_are_replaced_by_what_they_name() -> None:
    assert list_imports(SHEET) == ["a.css", "b-c.css"]
    joined = inline_imports(SHEET, {"a.css": "a { x: 1 }\n", "b-c.css": "b { y: 2 }\n"}.__getitem__)
    assert joined == "/* All. */\na { x: 1 }\nb { y: 2 }\n\np { margin: 0 }\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "a.css",
            "/* A. */\n:is(a, b)  > c {\n  width: calc(1rem + 2px);\n}\n",
            ":is(a,b)>c{width:calc(1rem + 2px)}",
        ),
        ("a.css", 'p::after { content: " /* kept */ " }', 'p::after{content:" /* kept */ "}'),
        ("a.js", "/* A. */\nconst a = `b  // ${c}`;\nf(a)\ng(a)\n", "const a=`b  // ${c}`;f(a)\ng(a)"),
    ],
)
def test_minified_text_means_the_same(name: str, text: str, expected: str) -> None:
    assert minify(name, text) == expected


def test_hash_is_that_of_the_content() -> None:
    path = hashed_path("assets/a.b.css", "p{}")
    assert path == hashed_path("assets/a.b.css", "p{}") != hashed_path("assets/a.b.css", "q{}")
    assert path.startswith("assets/a.b.")
    assert path.endswith(".css")


@pytest.mark.parametrize(
    ("titles", "width"),
    [
        ([], "24"),
        (["About", "Blog", "CV"], "24"),
        (["About", "Timeline", "Publications", "Talks", "Software", "CV", "Blog"], "48"),
        (["関于", "时间线", "出版物"], "24"),
        (["A section with a long name"] * 6, "always"),
    ],
)
def test_links_become_a_menu_where_they_do_not_fit(titles: list[str], width: str) -> None:
    assert menu_width(titles) == width


@given(st.lists(st.text(max_size=20)), st.text(max_size=20))
def test_more_links_never_need_less_room(titles: list[str], title: str) -> None:
    widths = ["24", "32", "40", "48", "56", "64", "always"]
    assert widths.index(menu_width([*titles, title])) >= widths.index(menu_width(titles))
