"""Pages and the record as Markdown for language models."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown import Markdown
from selectolax.lexbor import LexborHTMLParser

from portfolio.citations import csl
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.citations.publication_list import PublicationList, list_publications
from portfolio.core.runs import Run
from portfolio.exports import markdown
from portfolio.exports.markdown import ListedPage
from portfolio.exports.markdown import render_llms_txt as llms
from portfolio.record.people import parse_account
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records
from tests.unit.portfolio.exports.samples import PROFILE, portfolio_with_role, read_publications

_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))
_RISKY = ["&amp;", "&#65;", "&copy;", "<b>", "</b>", "<!--", "[a](b)", "](", *"1a. )#-+&;<>*_`[]\\"]
STYLE = csl.find_style(csl.DEFAULT_STYLE, Path())


def here(url: str) -> str:
    return PROFILE.absolute(url)


def resolve(target: str) -> str | None:
    return f"https://x/{target}" if target.startswith("b") else None


def test_links_are_resolved_except_in_code() -> None:
    text = "[a](b.md#c) `[a](b.md)`\n```\n[a](b.md)\n```\n  ~~~\n  [a](b.md)\n  ~~~\n[a]: b.md\n[z](z.md)\n"
    assert markdown.convert_page("T", text, resolve) == (
        "# T\n\n[a](https://x/b.md#c) `[a](b.md)`\n```\n[a](b.md)\n```\n"
        "  ~~~\n  [a](b.md)\n  ~~~\n[a]: https://x/b.md\n[z](z.md)\n"
    )
    assert markdown.list_link_targets(text) == ("b.md#c", "b.md", "z.md")


def test_indented_text_is_code_except_in_containers() -> None:
    link, resolved = "[a](b.md?x=1)", "[a](https://x/b.md?x=1)"
    for text in ("Text\n\n    {0}\n\n    {0}\n", "    {0}\n", "Text\n\n\t{0}\n\n- item\n"):
        assert text.format(link).strip() in markdown.convert_page("T", text.format(link), resolve)
    for above in ("- item", "1. item", "!!! note", "[^1]: Note", "Term\n:   What", "- item\n\n    more"):
        text = f"{above}\n\n    {{}}\n\n    ```\n\n    [a](b.md)\n    ```\n"
        assert text.format(resolved).strip() in markdown.convert_page("T", text.format(link), resolve), above


def test_control_characters_are_removed() -> None:
    assert markdown.convert_page("A\x07B", "a\x1b[0m\n\tb\x85", resolve) == "# AB\n\na[0m\n\tb\n"
    assert llms(PROFILE, [("P\x00", [ListedPage("A\x07", "https://x/")])]).endswith(
        "## P\n\n- [A](https://x/)\n"
    )


def test_a_page_has_one_title_and_a_byline() -> None:
    for text in ("# Own\n\nText", "Own\n===\n\nText", "<!-- c -->\n# Own\nText"):
        converted = markdown.convert_page("T", text, resolve, "By A.")
        assert converted.splitlines()[-4:] == ["", "By A.", "", "Text"]
        assert "# T" not in converted
    assert markdown.convert_page("T", "", resolve) == "# T\n"


def test_comments_are_removed() -> None:
    text = "a\n\n<!-- more `x` -->\n\nb `<!-- code -->`\n\n```html\n<!-- code -->\n```\n"
    assert markdown.convert_page("T", text, resolve) == (
        "# T\n\na\n\nb `<!-- code -->`\n\n```html\n<!-- code -->\n```\n"
    )


def test_record_markdown_escapes_texts() -> None:
    portfolio = portfolio_with_role(start_date="2019~", highlights=[r"\*a\* *b* [c](d) <e>"], location="Oslo")
    assert markdown.record_markdown("timeline.html", portfolio, PublicationList(()), PROFILE, here) == (
        "\n## Roles\n\n### Acme\n\n- Engineer, Oslo, from about 2019\n"
        "  - \\*a\\* *b* [c](https://example.org/p/d) \\<e\\>\n"
    )
    assert markdown.record_markdown("other.html", portfolio, PublicationList(()), PROFILE, here) == ""


def test_publications_have_full_names_and_dates(tmp_path: Path) -> None:
    portfolio = read_publications(
        tmp_path,
        "@article{a, title = {A *b*}, author = {van der Berg, Jan and Lovelace, Ada and others},"
        " journal = {J},"
        " date = {2019-05-17}, url = {https://example.org/a(b)}, abstract = {Why}}",
    )
    publications = list_publications(portfolio, CitationFormatter(STYLE), PROFILE)
    text = markdown.record_markdown("entries.html", portfolio, publications, PROFILE, here, "publications")
    assert "\n## Papers\n\n### 2019\n\n- " in text
    assert "[A \\*b\\*](<https://example.org/a(b)>)" in text
    assert text.endswith(
        "\n  - By Jan van der Berg, Ada Lovelace and others, 17 May 2019\n  - Abstract: Why\n"
    ), text


def test_a_cv_has_accounts_then_all_sections(tmp_path: Path) -> None:
    papers = "@book{a, title = {A}, author = {Hooke, Robert}, date = {1676}}"
    talks = {"talks": [{"id": "t", "title": "T", "date": "2018"}]}
    record, problems = records.career(
        tmp_path,
        {"id": "r", "date": "2019", "after": ["q"]},
        {"id": "q"},
        talks_yml=talks,
        publications_bib=papers,
    )
    assert problems == []
    portfolio = Portfolio(record)
    profile = replace(PROFILE, accounts=(parse_account("Code", "https://code.example/a"),))
    publications = list_publications(portfolio, CitationFormatter(STYLE), profile)
    text = markdown.record_markdown("cv.html", portfolio, publications, profile, here)
    assert text.startswith(f"\n{PROFILE.name}. ")
    assert "- Code: <https://code.example/a>" in text
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Roles", "## Publications", "## Talks"]


@pytest.mark.parametrize(
    ("code", "text"), [("a*b", "`a*b`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), (" a ", " `a` ")]
)
def test_code_is_between_enough_backticks(code: str, text: str) -> None:
    assert markdown.format_runs([Run(code, code=True)]) == text


def test_citations_are_resolved(tmp_path: Path) -> None:
    portfolio = read_publications(tmp_path, "@book{a, title = {A}, author = {Hooke, Robert}, date = {1676}}")
    library = Library(
        {entry.id: entry for entry in portfolio.record.publications}, CitationFormatter(STYLE), PROFILE
    )
    converted = markdown.resolve_citations(
        "As [@a, p. 3] says, not `[@a]`, nor [@b], [@a; @b]. @a agrees.\n", library
    )
    body, references = converted.split("\n\n## References\n\n")
    assert body == "As (Hooke, 1676, p. 3) says, not `[@a]`, nor [@b], [@a; @b]. Hooke (1676) agrees."
    assert references.startswith("- Hooke, R. (1676) *A*")
    assert markdown.resolve_citations("Nothing [@b].\n", library) == "Nothing [@b].\n"


def test_llms_txt_omits_empty_sections() -> None:
    pages = [ListedPage("A [b]", "https://x/a.md", "Why"), ListedPage("C", "https://x/c.md")]
    sections = [("Pages", pages), ("Posts", [])]
    head, _, rest = llms(PROFILE, sections).partition("\n\n## ")
    assert head.startswith("# Person & Co\n\n> Notes \\<of\\> one\n\n")
    assert rest == "Pages\n\n- [A \\[b\\]](https://x/a.md): Why\n- [C](https://x/c.md)\n"


def test_a_url_is_its_own_text() -> None:
    assert markdown.format_link("https://x/", "https://x/", here) == "<https://x/>"


@example("]:")
@example("&#0")
@given(st.text(_LETTERS, min_size=1, max_size=40) | st.text("1a. )#-+&;<>*_`[]\\\\", min_size=1, max_size=12))
def test_any_text_is_displayed_literally(text: str) -> None:
    plain = " ".join(text.split())
    variants = [
        markdown.escape(text),
        markdown.format_link(text, "a/b", here),
        markdown.format_runs([Run(plain)]),
    ]
    for text_as_markdown in variants if plain else ():
        for around in ("x {} x", "- {}", "## {}"):
            html = LexborHTMLParser(
                Markdown(extensions=["pymdownx.escapeall"]).convert(around.format(text_as_markdown))
            )
            assert html.body is not None
            assert html.body.text().strip() == around.lstrip("-# ").format(plain)
