"""BibTeX as others export it: fields of programs, addresses, names that are none, circles."""

from pathlib import Path

import pytest

from portfolio.citations import library
from portfolio.sources import bibtex_entries
from tests.unit.portfolio import records

# As DBLP, the ACM, Zotero (BibLaTeX) and Mendeley write them.
EXPORTED = r"""
@inproceedings{DBLP:conf/nips/BoC19, author = {Li Bo and Mei Chu}, title = {One}, editor = {Nils Dahl},
  booktitle = {Conf}, pages = {1--2}, year = {2019}, timestamp = {Mon, 01 Jan 2019 00:00:00 +0100},
  biburl = {https://dblp.example/rec/BoC19.bib}, bibsource = {dblp computer science bibliography}}
@article{10.1145/1, author = {Bo, Li}, title = {Two}, year = {2020}, issue_date = {May 2020}, numpages = {9},
  articleno = {7}, issn = {0000-0000}, orcid = {0000}}
@online{zotero, title = {Three}, author = {Bo, Li}, date = {2021}, file = {/home/x.pdf}, langid = {english},
  eventtitle = {Event}, shortjournal = {J}, rights = {CC}, pagetotal = {10}, titleaddon = {Site},
  shortauthor = {B}, mendeley-groups = {x}, keyword = {k}, adsnote = {n}}
"""


def messages(text: str, *, foreign: bool = False) -> list[str]:
    return [problem.message for problem in bibtex_entries.load("p.bib", text, foreign=foreign)[1]]


def test_what_others_export_can_be_cited(tmp_path: Path) -> None:
    root = records.write(tmp_path, {"data/references.bib": EXPORTED})
    record, _ = records.read(root)
    known, problems = library.load(root / "data", record, root)
    assert problems == []
    assert {"DBLP:conf/nips/BoC19", "10.1145/1", "zotero"} <= known.keys()


@pytest.mark.parametrize("name", ["titel", "auhtor", "jounral", "boktitle", "yaer", "pubisher"])
def test_a_misspelt_field_is_told_of_everywhere(name: str) -> None:
    for foreign in (True, False):
        (message,) = messages(f"@misc{{a, {name} = {{x}}}}", foreign=foreign)
        assert message.startswith("unknown field. Did you mean '")


def test_only_the_owner_s_own_file_has_no_foreign_fields() -> None:
    text = "@misc{a, title = {T}, eventtitle = {known to BibLaTeX}, timestamp = {x}, whatever = {y}}"
    assert len(messages(text)) == 2
    assert messages(text, foreign=True) == []


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (r"https://x.example/a\_b\%20c\&d\#e", "https://x.example/a_b%20c&d#e"),
        (r"https://x.example/\~{}me/{\textasciitilde}you", "https://x.example/~me/~you"),
        (r"\url{https://x.example/a_b}", "https://x.example/a_b"),
    ],
)
def test_addresses_are_read_as_latex_prints_them(written: str, url: str) -> None:
    document, problems = bibtex_entries.load("p.bib", f"@misc{{a, title = {{T}}, url = {{{written}}}}}")
    assert (document.data["a"]["url"], problems) == (url, [])


@pytest.mark.parametrize(
    ("names", "unclear"),
    [
        ("A, B AND C, D and  and E, F and", "'and E, F and' is no name: there is nothing beside an 'and'."),
        ("A, B and", "'A, B and' is no name: there is nothing beside an 'and'."),
        ("Anna Smith; Bert Jones", "it has ';', which is not between names."),
        ("Smith, A. & Jones, B.", "it has '&', which is not between names."),
        ("A, B and et al.", "'et al.' is no name: further authors are told by 'and others'."),
        ("Anna Smith, Bert Jones, Carl Ude", "it has too many commas."),
        ("A, B, C, D, E", "it has too many commas."),
    ],
)
def test_broken_lists_of_names_are_told_of(names: str, unclear: str) -> None:
    for role in ("author", "editor"):
        (message,) = messages(f"@misc{{a, title = {{T}}, {role} = {{{names}}}}}")
        assert unclear in message


@pytest.mark.parametrize(
    "names",
    [
        "{Barnes & Noble; Co} and {Nuts and Bolts}",
        "García Márquez, Gabriel José and Knuth, Jr., Donald E. and others",
        "Anders Land and Andrea Etal",
        "Q&A and AT&T",
    ],
)
def test_names_that_may_be_some_are_taken(names: str) -> None:
    assert messages(f"@misc{{a, title = {{T}}, author = {{{names}}}}}") == []


def test_a_circle_names_its_members() -> None:
    text = (
        "@misc{x, title = {T}, crossref = {y}}\n@misc{y, title = {T}, crossref = {x}}\n"
        "@misc{z, title = {T}, crossref = {x}}\n"
    )
    (problem,) = bibtex_entries.load("p.bib", text)[1]
    assert problem.line in (1, 2)
    assert problem.message == "these are part of one another: 'x' and 'y'."
