"""Citations in Markdown, among all else that a page may hold, and their check without a build."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from portfolio.citations.csl import Style
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import documents
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.render_errors import RenderError
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from tests.support import converting
from tests.unit.portfolio.citations import works

# Those of mkdocs.yml that can affect citations.
EXTENSIONS = [
    "abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "smarty", "tables", "toc",
    "pymdownx.highlight", "pymdownx.inlinehilite", "pymdownx.superfences", "pymdownx.details",
]  # fmt: skip


def page(text: str, style: Style = works.HARVARD) -> tuple[LexborHTMLParser, list[RenderError]]:
    errors: list[RenderError] = []
    html = Markdown(extensions=[*EXTENSIONS, CitationExtension(works.library(style), errors.append)]).convert(
        text
    )
    return LexborHTMLParser(html), errors


def checked(docs: Path, root: Path) -> list[Diagnostic]:
    """The diagnostics of a check without a build."""
    paths = SitePaths(root, docs, docs / "data", None, EXCERPT_SEPARATOR)
    pages = documents.read_documents(paths, {}, converting.conversions(root, works.library)).pages
    return sorted(problem for page in pages.values() for problem in page.locate_errors(page.converted.errors))


def citations(document: LexborHTMLParser) -> list[str]:
    return [node.text() for node in document.css(".citation")]


def references(document: LexborHTMLParser) -> list[str]:
    return [node.attributes["id"] or "" for node in document.css("ol.references > li")]


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC], ids=lambda style: style.name)
def test_each_citation_links_to_its_reference(style: Style) -> None:
    text = "See [@old; @one, p. 3], *that [@site]*, and[^1] again [@old].\n\n[^1]: Noted [@Two, ch. 2].\n"
    document, errors = page(text, style)
    assert errors == []
    links = [node.attributes["href"] for node in document.css(".citation a")]
    # A style may have an order of its own within a citation.
    first = ["#ref-old", "#ref-one"] if style is works.NUMERIC else ["#ref-one", "#ref-old"]
    assert links == [*first, "#ref-site", "#ref-old", "#ref-Two"]
    assert sorted(references(document)) == ["ref-Two", "ref-old", "ref-one", "ref-site"]
    assert [node.text() for node in document.css("h2")] == ["References"]
    assert document.css_first(".footnote .citation") is not None
    ids = re.findall(r'\bid="([^"]+)"', document.html or "")
    assert len(ids) == len(set(ids))
    if style is works.NUMERIC:
        assert citations(document) == ["[1, 2, p. 3]", "[3]", "[1]", "[4, ch. 2]"]
        assert references(document) == ["ref-old", "ref-one", "ref-site", "ref-Two"]
    else:
        assert citations(document)[0] == "(Person and Bo, 2021, p. 3; van der Berg, about 1676)"


@pytest.mark.parametrize(
    "text",
    [
        "`[@nobody]`",
        "    [@nobody]",
        "```\n[@nobody]\n```",
        "- item\n\n    ```text\n    [@nobody]\n    ```",
        "<span>`[@nobody]`</span>",
        "<!-- [@nobody] -->",
        "[@nobody](https://example.org/@nobody)",
        "[@nobody][profile]\n\n[profile]: https://example.org/",
        "[@nobody]: https://example.org/",
        "layla@example.org, <layla@example.org> [layla@example.org]",
        r"\[@nobody]",
        "\\[^@nobody] [ @nobody] [@]",
        "![@nobody](picture.png)",
        "- [ ] @nobody",
    ],
)
def test_text_that_is_not_a_citation(text: str, tmp_path: Path) -> None:
    document, errors = page(text)
    assert (errors, citations(document), references(document)) == ([], [], [])
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert checked(tmp_path, tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "# On [@old]\n",
        "| a |\n| --- |\n| [@old] |\n",
        "> quoted [@old]\n",
        "term\n:   means [@old]\n",
        '!!! note "Title [@old]"\n    Text.\n',
        "- one\n- two [@old]\n",
        "**[@old]** is",
        "“[@old]”",
        "[what [@old] says](https://example.org/)",
        "*[HTML]: Hyper\n\nHTML [@old]",
        "over\nlines [@old,\np. 3] and on",
    ],
)
def test_citations_work_wherever_text_does(text: str) -> None:
    document, errors = page(text)
    assert (errors, references(document)) == ([], ["ref-old"])
    assert "van der Berg" in citations(document)[0]
    assert "[@" not in (document.html or "")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("As [@old]: it", []),
        ("[@old][@one]", []),
        ("[@old][^1]\n\n[^1]: Note.", []),
        ("As [@nobody]: it", ["nobody"]),
        ("[@nobody][@nobodx]", ["nobody", "nobodx"]),
    ],
)
def test_text_after_a_citation(text: str, unknown: list[str], tmp_path: Path) -> None:
    document, errors = page(text)
    assert len(citations(document)) == text.count("[@")
    assert [error.message.split("'")[1] for error in errors] == unknown
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    assert len(checked(tmp_path, tmp_path)) == len(unknown)


def test_a_citation_with_code_is_text() -> None:
    document, errors = page("See [@old, `p. 3`] there.")
    assert (errors, citations(document)) == ([], [])
    assert [node.text() for node in document.css("p")] == ["See [@old, p. 3] there."]


def test_a_citation_is_a_single_link() -> None:
    four = "@book{a/ä:1+*, title = {T}, author = {A, B and C, D and E, F and G, H}, year = 2000}"
    html = Markdown(extensions=[CitationExtension(works.library(text=four), lambda _: None)]).convert(
        "[@a/ä:1+*, p. 3]"
    )
    document = LexborHTMLParser(html)
    (link,) = document.css(".citation a")
    assert link.text() == "A et al., 2000, p. 3"
    # Letter by letter, as MkDocs compares them.
    assert link.attributes["href"] == "#ref-a/ä:1+*"
    assert references(document) == ["ref-a/ä:1+*"]


def test_a_citation_in_a_link_is_not_a_link() -> None:
    document, _ = page("[what [@old] says](https://example.org/)")
    assert [node.attributes["href"] for node in document.css("p a")] == ["https://example.org/"]


def test_unknown_keys_are_reported_and_shown_as_written(tmp_path: Path) -> None:
    text = (
        "---\ntitle: [@nobody]\n---\n# Title\n\n`[@oen]` and [@oen] and\n[@one; @olds, p. 3] [@olds]\n\n"
        "!!! note\n    - [@one;\n      @pld]\n\n```\n[@nobody]\n```\n"
    )
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    (tmp_path / "docs" / "sub" / "page.md").write_text(text, encoding="utf-8")
    (tmp_path / "docs" / ".hidden.md").write_text("[@nobody]", encoding="utf-8")
    problems = checked(tmp_path / "docs", tmp_path)
    where = "in publications.bib or references.bib."
    assert [str(problem) for problem in problems] == [
        f"docs/sub/page.md:6:16: citation: there is no 'oen' {where} Did you mean 'one'?",
        f"docs/sub/page.md:7:9: citation: there is no 'olds' {where} Did you mean 'old'?",
        f"docs/sub/page.md:7:23: citation: there is no 'olds' {where} Did you mean 'old'?",
        f"docs/sub/page.md:11:8: citation: there is no 'pld' {where} Did you mean 'old'?",
    ]
    document, errors = page(text.split("---\n", 2)[2])
    assert [error.message for error in errors] == [problem.message for problem in problems]
    assert "[@one; @olds, p. 3]" in citations(document)


@given(st.text(alphabet="[]@;,. `*_<>\\()!:^oneld\n", max_size=50))
def test_any_text_is_converted_or_reported(text: str) -> None:
    document, errors = page(text)
    known = set(works.publications())
    assert {id.removeprefix("ref-") for id in references(document)} <= known
    assert all(error.kind == "citation" for error in errors)
    assert bool(references(document)) == bool(document.css(".citation a"))


@pytest.mark.parametrize(
    ("text", "harvard", "numeric"),
    [
        ("[see @one, p. 3]", "(see Person and Bo, 2021, p. 3)", "[see 1, p. 3]"),
        ("[-@one, p. 3]", "(2021, p. 3)", "[1, p. 3]"),
        (
            "[see @one; also -@old, ch. 2]",
            "(see Person and Bo, 2021; also about 1676, chap. 2)",
            "[see 1, also 2, ch. 2]",
        ),
        ("@one", "Person and Bo (2021)", "Person and Bo [1]"),
        ("@old [p. 3]", "van der Berg (about 1676, p. 3)", "van der Berg [1, p. 3]"),
    ],
)
def test_the_forms_of_citations_in_pandoc(text: str, harvard: str, numeric: str) -> None:
    for style, expected in ((works.HARVARD, harvard), (works.NUMERIC, numeric)):
        document, errors = page(f"As {text}, words.", style)
        assert errors == []
        assert document.css("p")[0].text() == f"As {expected}, words."
        assert {node.attributes["href"] for node in document.css(".citation a")} == {
            f"#{id}" for id in references(document)
        }


@pytest.mark.parametrize(
    "text", ["mail me@one.org", "@nobody", "https://example.org/@one", "[a](b/@one)", "`@one`", r"\@one"]
)
def test_an_at_sign_that_begins_no_known_key_is_text(text: str) -> None:
    document, errors = page(text)
    assert (errors, citations(document)) == ([], [])


def test_an_unknown_key_after_words_is_reported_with_a_way_out() -> None:
    _, (error,) = page("[ask @nobody]")
    assert (error.code, error.offset) == ("citation.unknown-key", 5)
    assert error.hint == "If this is not a citation, write it without brackets."
