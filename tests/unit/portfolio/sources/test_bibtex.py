"""BibTeX: what al-folio's and BibLaTeX's files hold, and each mistake with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.validation import validate
from portfolio.record.models import Publication
from portfolio.sources import bibtex_entries

SAMPLE = r"""
% @article{commented, title = {Not here}}
@string{jmlr = "Journal of Machine Learning"}
@article{accents,
  title   = {Caf{\'e} {\"U}ber {DNA} \& $\alpha$ at R&D},
  author  = {M{\"u}ller, Hans and {van der} Berg, Ana},
  journal = jmlr,
  year    = 2019,
  month   = mar,
  abbr    = {JML},
  url     = {https://example.org/a_b~c%20d},
  selected = {true},
}
@misc{preprint, title = "A Preprint", eprint = {2001.00001}, archiveprefix = {arXiv},
  date = {2020~}, basis = {date: inferred}}
"""


def publications(text: str) -> tuple[dict[str, Publication], list[str]]:
    document, problems = bibtex_entries.load("p.bib", text)
    found: dict[str, Publication] = {}
    for key in document.data:
        publication, wrong = validate(Publication, document, (key,))
        problems += wrong
        if publication:
            found[key] = publication
    return found, [str(problem) for problem in sorted(problems)]


def test_fields_become_the_record_s() -> None:
    found, problems = publications(SAMPLE)
    assert problems == []
    assert list(found) == ["accents", "preprint"]
    accents, preprint = found["accents"], found["preprint"]
    assert accents.title == "Café Über DNA & α at R&D"
    assert accents.author == "Müller, Hans and {van der} Berg, Ana"
    assert accents.venue == "Journal of Machine Learning"
    assert accents.url == "https://example.org/a_b~c%20d"
    assert accents.selected
    assert getattr(accents.date, "text", "") == "2019-03"
    assert preprint.arxiv == "2001.00001"
    assert preprint.inferred == ("date",)


def test_every_mistake_has_its_place() -> None:
    _, problems = publications(
        "@article{one,\n  title = {One},\n  date = {2019-13},\n  titel = {x},\n  title = {again},\n}\n"
        "@article{one, title = {Second}}\n"
        "@misc{open,\n  title = {never closed,\n  year = 2019\n}\n"
        "@onlin{two, title = {Two}, url = {no link at all}}\n"
        "@misc{three, year = {in press}}\n@misc{four, title = {4}, urldate = {2019}, date = {soon}}\n"
    )
    assert [problem.split(": ", 2)[:2] for problem in problems] == [
        ["p.bib:3:3", "one.date"],
        ["p.bib:4:3", "one.titel"],
        ["p.bib:5:3", "one.title"],
        ["p.bib:7:1", "one"],
        ["p.bib:8:1", "this is not BibTeX"],
        ["p.bib:12:1", "two"],
        ["p.bib:12:28", "two.url"],
        ["p.bib:13:1", "three.title"],
        ["p.bib:13:14", "three.date"],
        ["p.bib:14:44", "four.date"],
    ]
    assert "Did you mean 'title'?" in problems[1]
    assert "the first is on line 1" in problems[3]
    assert "Did you mean 'online'?" in problems[5]


def test_a_month_is_a_whole_word_and_joins_a_plain_year() -> None:
    found, problems = publications(
        "@misc{a, title = {T}, year = 2019, month = {May--June}}\n"
        '@misc{b, title = {T}, year = 2019, month = may # "~12"}\n'
        "@misc{c, title = {T}, year = {2019/2020}, month = mar}\n"
        "@misc{d, title = {T}, year = 2019, month = {Sept.}}\n"
        "@misc{e, title = {T}, year = 2019, month = {march}, day = 7}\n"
        "@misc{f, title = {T}, year = 2019, month = 12}\n"
        "@misc{g, title = {T}, year = 2019, month = {dece}}\n"
        "@misc{h, title = {T}, year = 2019, month = {13}}\n"
    )
    texts = {key: getattr(publication.date, "text", "") for key, publication in found.items()}
    assert texts == {
        "a": "2019",
        "b": "2019",
        "c": "2019/2020",
        "d": "2019-09",
        "e": "2019-03-07",
        "f": "2019-12",
        "g": "2019-12",
        "h": "2019",
    }
    assert [problem.split(": ")[1] for problem in problems] == ["a.month", "b.month", "h.month"]
    assert problems[0].endswith(
        "'May–June' is no month. Write jan to dec or 1 to 12; for anything else write a date."
    )


def test_a_field_that_stands_twice_spoils_no_other() -> None:
    found, problems = publications(
        '@string{j = "Journal"}\n@article{a, title = {T}, journal = j, note = {x}, note = "y"}\n'
    )
    assert [problem.split(": ")[1] for problem in problems] == ["a.note"]
    assert (found["a"].title, found["a"].venue) == ("T", "Journal")
    assert dict(found["a"].fields)["note"] == "x"


@pytest.mark.parametrize(
    "before",
    [
        "  title = {One\u2028Two\x85Three\x0cFour},\n",
        "  title = {Ten\n% of all},\n",
        "  title = {One \\\nTwo},\n",
    ],
)
def test_the_lines_of_problems_are_those_of_an_editor(before: str) -> None:
    text = f"% @misc{{commented, title = {{No}}}}\n@misc{{a,\n{before}  titel = {{x}},\n}}\n"
    found, problems = publications(text)
    assert list(found) == ["a"]
    line = text.split("\n").index("  titel = {x},") + 1
    assert [problem.split(": ")[0] for problem in problems] == [f"p.bib:{line}:3"]


def test_a_percent_sign_comments_out_nothing_inside_of_an_entry() -> None:
    found, problems = publications("@misc{a, title={Ten\n% of all}}\n% @misc{b, title = {No}}\n")
    assert problems == []
    assert {key: publication.title for key, publication in found.items()} == {"a": "Ten % of all"}


@pytest.mark.parametrize("title", ["{" * 3000 + "}" * 3000, "\\begin{a}" * 3000])
def test_what_nests_too_deeply_is_a_problem(title: str) -> None:
    _, problems = publications(f"@misc{{a,\n title = {{{title}}}}}\n")
    assert problems == ["p.bib:2:2: a.title: this is nested too deeply."]


def test_identifiers_may_be_pasted_as_addresses() -> None:
    found, problems = publications(
        "@misc{a, title = {T}, doi = {https://doi.org/10.1/x}, arxiv = {arXiv:1234.5}}\n"
        "@misc{b, title = {T}, doi = {doi:10.1/x}, eprint = {arXiv:1234.5}, archiveprefix = {arXiv}}\n"
        "@misc{c, title = {T}, doi = {10.1/x}, arxiv = {https://arxiv.org/abs/1234.5}}\n"
    )
    assert problems == []
    assert {(publication.doi, publication.arxiv) for publication in found.values()} == {("10.1/x", "1234.5")}


@given(st.text(max_size=120) | st.text(alphabet='@{}",=# \\\nab1%$&~', max_size=80))
def test_any_text_gives_publications_or_problems(text: str) -> None:
    _, problems = publications(text)
    assert all(problem.startswith("p.bib:") for problem in problems)
