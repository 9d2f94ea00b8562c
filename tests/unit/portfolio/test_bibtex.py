"""BibTeX: what al-folio's and BibLaTeX's files hold, and each mistake with its place."""

from hypothesis import given
from hypothesis import strategies as st

from portfolio import bibtex
from portfolio.models import Publication
from portfolio.validation import validate

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
    document, problems = bibtex.load("p.bib", text)
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
    assert accents.author == "Müller, Hans and van der Berg, Ana"
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
        "@misc{three, year = {in press}}\n"
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
    ]
    assert "Did you mean 'title'?" in problems[1]
    assert "the first is on line 1" in problems[3]
    assert "Did you mean 'online'?" in problems[5]


@given(st.text(max_size=120) | st.text(alphabet='@{}",=# \\\nab1%$&~', max_size=80))
def test_any_text_gives_publications_or_problems(text: str) -> None:
    _, problems = publications(text)
    assert all(problem.startswith("p.bib:") for problem in problems)
