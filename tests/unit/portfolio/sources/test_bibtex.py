"""BibTeX: what al-folio's, BibLaTeX's and exported files contain, and each mistake with its position."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portfolio.citations import library
from portfolio.core import diagnostics, runs
from portfolio.core.cache import CacheFile
from portfolio.core.runs import Run
from portfolio.core.validation import validate
from portfolio.record.models import Publication
from portfolio.record.people import parse_authors
from portfolio.sources import bibtex, bibtex_latex
from tests.unit.portfolio import records

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


# Entries as other programs write them, with invented people; one file for each program.
GOLDEN = Path(__file__).parents[3] / "golden" / "bibtex"
EXPORTS = sorted(GOLDEN.glob("*.bib"))
# Several entries in the formats of other programs, and the values that each has.
SAMPLES = sorted(GOLDEN.glob("*.yml"))


# One mistake each, after which the next entry is read all the same.
BROKEN = {
    "@artcle{a1, title = {T}}": "unknown entry type '@artcle'. Did you mean 'article'?",
    "@misc{a2, title = {T}, titel = {U}}": "unknown field. Did you mean 'title'?",
    "@misc{a3, author = {A}}": "is missing",
    "@misc{valid, title = {U}}": "this citation key is a duplicate",
    "@misc{a5, title = {T}, note = {x}, note = {y}}": "this field is a duplicate",
    "@misc{a6, title = {T}, date = {2019-13}}": "'2019-13' is not a date: there is no month 13",
    "@misc{a7, title = {T}, year = {in part}}": "'in part' is not a date",
    "@misc{a8, title = {T}, year = 2019, month = {foo}}": "'foo' is not a month",
    "@misc{a9, title = {T}, url = {no link}}": "'no link' is not a link",
    "@misc{a10, title = {T}, doi = {nothing}}": "'nothing' is not a DOI",
    "@misc{a11, title = {T}, crossref = {validd}}": "there is no entry 'validd'. Did you mean 'valid'?",
    "@misc{a12, title = {T}, crossref = {a12}}": "this entry cannot be part of itself",
    "@misc{a13, title = {T}, basis = {guessed}}": "'guessed' is not accepted",
    "@misc{a14, title = {T}, selected = {perhaps}}": "'perhaps' is not accepted",
    "@misc{a15, title = {T}, journal = prok}": "there is no @string 'prok'. Did you mean 'proc'?",
    "@misc{a16, title = {T} year = 2019}": "this is not a value",
    "@misc{a17, title = {T}, author = {A, B, C, D, E}}": "'A, B, C, D, E' is not a name",
    "@misc{a18, title = {T}, editor = {et al.}}": "'et al.' is not a name",
    "@misc{a19, title}": "this is not BibTeX",
    "@misc a20, title = {T}}": "this is not an entry",
    "@misc{a21, title = {" + "{" * 3000 + "}" * 3000 + "}}": "this is nested too deeply",
    "@misc{a23, title = {" + "x" * 50_001 + "}}": "this text has more than 50,000 characters. Shorten it.",
    '@misc{a22, title = "T, year = 2019}': "this is not BibTeX",
}

# Letters as LaTeX writes them.
LETTERS = {
    r"{\'e}": "é", r"\'{e}": "é", r"\'e": "é", r'{\"U}': "Ü", r"{\o}": "ø", r"{\O}": "Ø", r"{\ss}": "ß",
    r"{\aa}": "å", r"{\v{C}}": "Č", r"\H{o}": "ő", r"{\c c}": "ç", r"{\l}": "ł", r"{\~n}": "ñ", r"{\i}": "ı",
    r"{\AE}": "Æ", r"{\u{g}}": "ğ", r"{\k{a}}": "ą", r"{\=a}": "ā", r"{\.z}": "ż", r"\&": "&", r"\%": "%",
    r"\_": "_", r"{DNA}": "DNA", "a": "a", "B": "B", "é": "é", "漢": "漢", "ب": "ب", "я": "я", "த": "த",
}  # fmt: skip
WORD = st.lists(st.sampled_from(sorted(LETTERS)), min_size=1, max_size=8)


def load(text: str) -> tuple[dict[str, Publication], list[str]]:
    document, problems = bibtex.load("p.bib", text)
    publications: dict[str, Publication] = {}
    for key in document.data:
        publication, invalid = validate(Publication, document, (key,))
        problems += invalid
        if publication:
            publications[key] = publication
    return publications, [str(problem) for problem in sorted(problems)]


def load_fields(fields: str) -> Publication:
    publications, problems = load(f"@misc{{a, title = {{T}}, {fields}}}")
    assert problems == []
    return publications["a"]


def messages(text: str) -> list[str]:
    _, problems = bibtex.load("p.bib", text)
    return [f"{problem.message} {problem.hint}".strip() for problem in problems]


def test_load_converts_fields_to_the_model() -> None:
    publications, problems = load(SAMPLE)
    assert problems == []
    assert list(publications) == ["accents", "preprint"]
    accents, preprint = publications["accents"], publications["preprint"]
    assert accents.title == "Café Über DNA & α at R&D"
    assert accents.author == "Müller, Hans and {van der} Berg, Ana"
    assert accents.venue == "Journal of Machine Learning"
    assert accents.url == "https://example.org/a_b~c%20d"
    assert accents.selected
    assert getattr(accents.date, "text", "") == "2019-03"
    assert preprint.arxiv == "2001.00001"
    assert preprint.inferred == ("date",)


def test_load_reports_each_mistake_with_its_position() -> None:
    _, problems = load(
        "@article{one,\n  title = {One},\n  date = {2019-13},\n  titel = {x},\n  title = {again},\n}\n"
        "@article{one, title = {Second}}\n"
        "@misc{open,\n  title = {never closed,\n  year = 2019\n}\n"
        "@onlin{two, title = {Two}, url = {no link at all}}\n"
        "@misc{three, year = {soonish}}\n@misc{four, title = {4}, urldate = {2019}, date = {soon}}\n"
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


def test_month_is_added_to_a_plain_year() -> None:
    publications, problems = load(
        "@misc{a, title = {T}, year = 2019, month = {May--June}}\n"
        '@misc{b, title = {T}, year = 2019, month = may # "~12"}\n'
        "@misc{c, title = {T}, year = {2019/2020}, month = mar}\n"
        "@misc{d, title = {T}, year = 2019, month = {Sept.}}\n"
        "@misc{e, title = {T}, year = 2019, month = {march}, day = 7}\n"
        "@misc{f, title = {T}, year = 2019, month = 12}\n"
        "@misc{g, title = {T}, year = 2019, month = {dece}}\n"
        "@misc{h, title = {T}, year = 2019, month = {13}}\n"
    )
    texts = {key: getattr(publication.date, "text", "") for key, publication in publications.items()}
    assert texts == {
        "a": "2019-05/2019-06",
        "b": "2019-05-12",
        "c": "2019/2020",
        "d": "2019-09",
        "e": "2019-03-07",
        "f": "2019-12",
        "g": "2019-12",
        "h": "2019",
    }
    assert [problem.split(": ", 1)[1] for problem in problems] == [
        "h.month: '13' is not a month. Write jan to dec or 1 to 12, or use the field 'date'."
    ]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("year = {2018}, month = {{OCT 1}}", "2018-10-01"),
        ("year = {{2018}}, month = oct # {-} # nov", "2018-10/2018-11"),
        ("year = 2020, month = {13--18 Jul}", "2020-07-13/2020-07-18"),
        ("year = 2020, month = {Jan 30 -- Feb 3}", "2020-01-30/2020-02-03"),
        ("year = 2020, month = {1st March}", "2020-03-01"),
        ("year = 2020, month = {Winter}", "2020-24"),
        ("year = 2020, month = {Dec-Jan}", "2020"),
        ("year = 2020, month = {Firstquarter}", "2020"),
        ("year = 2020, month = {#may#}", "2020-05"),
        ("year = 2020, month = {Dezember}", "2020-12"),
        ("year = 2020, month = mar, day = {5}", "2020-03-05"),
        ("date = {2020}, month = mar", "2020-03"),
        ("year = {2019 Mar 25}", "2019-03-25"),
        ("year = {2020 Jan-Feb}", "2020-01/2020-02"),
        ("year = {May 1987}", "1987-05"),
        ("year = {1973--1974}", "1973/1974"),
        ("year = {c1999}", "1999"),
        ("year = {1989 [1987]}", "1989"),
        ("year = {1999.}", "1999"),
        ("date = {1993-00-00}", "1993"),
        ("date = {199u}", "199X"),
        ("date = {2004-06-01/unknown}", "2004-06-01/"),
        ("date = {2021-04-08T00:39:34Z}", "2021-04-08"),
        ("date = {{2018,2019}}", "{2018,2019}"),
        ("year = {n.d.}", ""),
        ("year = {[In press]}", ""),
    ],
)
def test_dates_are_read_as_programs_write_them(written: str, date: str) -> None:
    assert getattr(load_fields(written).date, "text", "") == date


def test_a_year_of_copyright_or_an_approximate_one_is_ambiguous() -> None:
    _, (problem,) = load("@misc{a, title = {T}, year = {c 1999}}")
    assert "'c 1999' is not a date" in problem


def test_words_instead_of_a_year_are_the_state_of_the_publication() -> None:
    fields = dict(load_fields("year = {Forthcoming}").fields)
    assert fields["pubstate"] == "forthcoming"


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("@misc{_loi_2009,", "loi_2009"),
        ("@misc{2004A&A...424..927C,", "2004AA...424..927C"),
        ("@misc{O'Hara 2010,", "OHara-2010"),
        ("@misc{,", "rossi2019testing"),
        ("@misc{", "rossi2019testing"),
        ("@misc{misc,", "rossi2019testing"),
        ("@misc{?,", "rossi2019testing"),
        ("@misc{https://doi.org/10.1/a,", "https://doi.org/10.1/a"),
    ],
)
def test_every_entry_has_an_id(written: str, id: str) -> None:
    publications, problems = load(
        f"{written}\n title = {{A Testing}}, author = {{Rossi, Ana}}, year = 2019}}\n"
    )
    assert [publication.id for publication in publications.values()] == [id]
    assert problems == []


def test_repeated_field_does_not_affect_other_fields() -> None:
    publications, problems = load(
        '@string{j = "Journal"}\n@article{a, title = {T}, journal = j, note = {x}, note = "y"}\n'
    )
    assert [problem.split(": ")[1] for problem in problems] == ["a.note"]
    assert (publications["a"].title, publications["a"].venue) == ("T", "Journal")
    assert dict(publications["a"].fields)["note"] == "x"


@pytest.mark.parametrize(
    "before",
    [
        "  title = {One\u2028Two\x85Three\x0cFour},\n",
        "  title = {Ten\n% of all},\n",
        "  title = {One \\\nTwo},\n",
    ],
)
def test_line_numbers_are_those_of_an_editor(before: str) -> None:
    text = f"% @misc{{commented, title = {{No}}}}\n@misc{{a,\n{before}  titel = {{x}},\n}}\n"
    publications, problems = load(text)
    assert list(publications) == ["a"]
    line = text.split("\n").index("  titel = {x},") + 1
    assert [problem.split(": ")[0] for problem in problems] == [f"p.bib:{line}:3"]


def test_percent_sign_inside_an_entry_is_not_a_comment() -> None:
    publications, problems = load("@misc{a, title={Ten\n% of all}}\n% @misc{b, title = {No}}\n")
    assert problems == []
    assert {key: publication.title for key, publication in publications.items()} == {"a": "Ten % of all"}


@pytest.mark.parametrize("title", ["{" * 3000 + "}" * 3000, "\\begin{a}" * 3000])
def test_too_deep_nesting_is_a_problem(title: str) -> None:
    _, problems = load(f"@misc{{a,\n title = {{{title}}}}}\n")
    assert problems == ["p.bib:2:2: a.title: this is nested too deeply."]


def test_identifiers_may_be_pasted_as_urls() -> None:
    publications, problems = load(
        "@misc{a, title = {T}, doi = {https://doi.org/10.1/x}, arxiv = {arXiv:1234.5}}\n"
        "@misc{b, title = {T}, doi = {doi:10.1/x}, eprint = {arXiv:1234.5}, archiveprefix = {arXiv}}\n"
        "@misc{c, title = {T}, doi = {{10.1/x}}, arxiv = {https://arxiv.org/abs/1234.5}}\n"
        "@misc{d, title = {T}, doi = {http://doi.acm.org/10.1/x}, eprint = {1234.5},\n"
        "eprinttype = {arXiv.org}}\n"
    )
    assert problems == []
    assert {(publication.doi, publication.arxiv) for publication in publications.values()} == {
        ("10.1/x", "1234.5")
    }


@given(st.text(max_size=120) | st.text(alphabet='@{}",=# \\\nab1%$&~', max_size=80))
def test_load_never_raises(text: str) -> None:
    _, problems = load(text)
    assert all(problem.startswith("p.bib:") for problem in problems)


def test_strings_are_concatenated() -> None:
    text = (
        '@string{acm = "ACM"}\n@STRING{Proc = "Proc. of " # acm}\n@misc{a, title = "A {"}b{"} c", journal = '
    )
    for value, venue in {
        "proc": "Proc. of ACM",
        'proc # ", " # {20} # 19': "Proc. of ACM, 2019",
        '"{C}\\# " # ACM': "C# ACM",
        "{a # b}": "a # b",
    }.items():
        publications, problems = load(f"{text}{value}}}")
        assert (publications["a"].venue, problems) == (venue, [])
        assert publications["a"].title == 'A "b" c'


def test_redefined_string_has_its_latest_text() -> None:
    publications, problems = load(
        '@string{j = "First"}\n@misc{a, title = {T}, journal = j}\n@string{j = "Second"}\n'
        '@misc{b, title = {T}, journal = j}\n@misc{c, title = {T}, journal = j # "!"}\n'
    )
    assert problems == []
    assert [publication.venue for publication in publications.values()] == ["First", "Second", "Second!"]


def test_entry_inherits_through_crossref() -> None:
    publications, problems = load(
        "@inproceedings{a, title = {Part}, crossref = {b}, pages = {1--2}}\n"
        "@inproceedings{c, title = {Other}, crossref = {b}, year = 2020, booktitle = {Own}}\n"
        "@proceedings{b, title = {Whole}, year = 2019, month = may, publisher = {House},\n"
        "  doi = {10.1/b}, url = {https://b.example/}}\n"
    )
    assert problems == []
    part, dated = publications["a"], publications["c"]
    assert (part.venue, getattr(part.date, "text", "")) == ("Whole", "2019-05")
    # It is not where the whole is.
    assert (part.doi, part.url) == (None, None)
    assert (dated.venue, getattr(dated.date, "text", "")) == ("Own", "2020")
    assert "crossref" not in dict(part.fields)


def test_proceedings_by_others_are_no_publications_of_the_owner(tmp_path: Path) -> None:
    text = (
        "@inproceedings{a, title = {Part}, author = {Rossi, Ana}, crossref = {theirs}}\n"
        "@inproceedings{b, title = {Part}, author = {Rossi, Ana}, crossref = {own}}\n"
        "@proceedings{theirs, title = {Whole}, editor = {Berg, Jan}, year = 2019}\n"
        "@proceedings{own, title = {Whole}, editor = {Berg, Jan and Rossi, Ana}}\n"
        "@proceedings{alone, title = {Whole}, editor = {Berg, Jan}}\n"
    )
    root = records.write(tmp_path, {"data/publications.bib": text, "data/references.bib": ""})
    record, problems = records.read(root)
    assert [publication.id for publication in record.publications] == ["a", "b", "own", "alone"]
    assert problems == []
    assert getattr(record.publications[0].date, "text", "") == "2019"
    (root / "data" / "publications.bib").rename(root / "data" / "references.bib")
    record, _ = records.read(root)
    assert "theirs" in library.load_citable_works(root / "data", record, root, CacheFile())[0]


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("de la Vall{\\'e}e Poussin, Jo and Jan van Gogh", ["Jo de la Vallée Poussin", "Jan van Gogh"]),
        ("{Barnes and Noble} and {World Health Body}", ["Barnes and Noble", "World Health Body"]),
        ("山田 太郎 and 王, 小明", ["山田 太郎", "王 小明"]),
        ("Knuth, Jr., Donald E. and others", ["Donald E. Knuth Jr."]),
        ("محمد العربي and Ли, Чжао", ["محمد العربي", "Чжао Ли"]),
        (r"{\O}rsted, Hans AND Erd\H{o}s, P{\'a}l", ["Hans Ørsted", "Pál Erdős"]),
    ],
)  # fmt: skip
def test_names_are_split_into_parts(author: str, names: list[str]) -> None:
    people = parse_authors(load_fields(f"author = {{{author}}}").author)
    assert [person.name for person in people] == names


@given(st.lists(WORD, min_size=1, max_size=6), st.lists(st.tuples(WORD, WORD), min_size=1, max_size=3))
def test_latex_letters_become_unicode(
    title: list[list[str]], authors: list[tuple[list[str], list[str]]]
) -> None:
    def latex(word: list[str]) -> str:
        return "".join(word)

    def plain(word: list[str]) -> str:
        return "".join(LETTERS[letter] for letter in word)

    names = " and ".join(f"X{latex(family)}, Y{latex(first)}" for family, first in authors)
    text = f"@misc{{a, title = {{{' '.join(map(latex, title))}}}, author = {{{names}}}}}"
    publications, problems = load(text)
    assert problems == []
    assert publications["a"].title == " ".join(map(plain, title))
    assert [person.name for person in parse_authors(publications["a"].author)] == [
        f"Y{plain(first)} X{plain(family)}" for family, first in authors
    ]


def test_each_mistake_is_one_problem_on_its_line(tmp_path: Path) -> None:
    head = '@string{proc = "P"}\n@misc{valid, title = {Valid}}\n'
    text = head + "".join(f"{entry}\n" for entry in BROKEN) + "@misc{last, title = {Last}}\n"
    record, problems = records.read(records.write(tmp_path, {"data/publications.bib": text}))
    assert len(problems) == len(BROKEN) > 20
    assert [problem.line for problem in problems] == [head.count("\n") + n + 1 for n in range(len(BROKEN))]
    for problem, message in zip(problems, BROKEN.values(), strict=True):
        assert message in str(problem)
    own = {problem.code for problem in problems if problem.code.startswith("bibtex.")}
    assert own == {code for code in diagnostics.CODES if code.startswith("bibtex.")} - {
        "bibtex.invalid-latex",
        "bibtex.key-in-use",
    }
    assert {"valid", "last"} <= {entry.id for entry in record.publications}


@given(st.text(alphabet='@{}",=# \\\n%ab1~', max_size=60))
def test_entries_are_never_dropped_silently(value: str) -> None:
    publications, problems = load(
        f"@misc{{a, title = {{T}}, note = {value}}}\n@misc{{next, title = {{N}}}}\n"
    )
    assert problems or publications.keys() >= {"a", "next"}


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_exports_of_other_programs_are_read_without_problems(path: Path) -> None:
    publications, problems = load(path.read_text(encoding="utf-8"))
    assert problems == []
    (publication,) = publications.values()
    people = [person.name for person in parse_authors(publication.author)]
    assert people in (["Li Lin", "Ana Rossi"], ["L. Lin", "A. Rossi"])
    assert publication.title.casefold().startswith("testing")
    assert publication.date is not None
    private = "file annote annotation owner timestamp groups comment review adsnote correspondence_address"
    names = {name for name, _ in publication.fields}
    assert not names & {*private.split()}
    assert not any(name.startswith(("bdsk", "mendeley")) for name in names)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_of_other_programs_have_the_right_values(path: Path) -> None:
    sample = yaml.safe_load(path.read_text(encoding="utf-8"))
    publications, problems = load(sample["bib"])
    assert problems == []
    assert [_values(publication) for publication in publications.values()] == sample["entries"]


def _values(publication: Publication) -> dict[str, object]:
    """Return what a sample states of a publication, without what it has not."""
    fields = dict(publication.fields)
    values = {
        **{name: getattr(publication, name) for name in ("id", "type", "title", "venue", "abstract")},
        **{name: getattr(publication, name) for name in ("doi", "arxiv", "url", "pdf")},
        **{name: fields.get(name) for name in ("volume", "number", "pages", "pubstate")},
        "authors": [person.name for person in parse_authors(publication.author)],
        "date": getattr(publication.date, "text", None),
    }
    return {name: value for name, value in values.items() if value}


def test_exported_entries_can_be_cited(tmp_path: Path) -> None:
    root = records.write(
        tmp_path, {"data/references.bib": "\n".join(path.read_text(encoding="utf-8") for path in EXPORTS)}
    )
    record, _ = records.read(root)
    known, problems = library.load_citable_works(root / "data", record, root, CacheFile())
    assert problems == []
    assert len(known) == len(EXPORTS) > 10


def test_private_note_is_never_read() -> None:
    for note, read in (
        ("Private: ask Ana", False),
        ("{\\em private}", False),
        ("To appear", True),
        ("Private communication", True),
    ):
        assert ("note" in dict(load_fields(f"note = {{{note}}}").fields)) == read


def test_titles_keep_their_styles() -> None:
    publication = load_fields(
        "subtitle = {Tests of {E-cadherin} in {\\it vivo}}, abstract = {5% of \\textbf{all}, see "
        "\\url{https://x.example/a%20b_c~d}}"
    )
    assert publication.title == "T: Tests of E-cadherin in vivo"
    assert publication.title_runs == (
        Run("T: Tests of "),
        Run("E-cadherin", keep_case=True),
        Run(" in "),
        Run("vivo", italic=True),
    )
    assert publication.abstract == "5% of all, see https://x.example/a%20b_c~d"
    assert publication.abstract_runs[:2] == (Run("5% of "), Run("all", bold=True))
    assert dict(publication.fields)["title"] == "T"


@pytest.mark.parametrize(
    ("latex", "styled"),
    [
        (r"H$_2$O", [Run("H"), Run("2", subscript=True), Run("O")]),
        (r"$x^{Q}$", [Run("x"), Run("Q", superscript=True)]),
        (r"\emph{In silico} {\sc x}", [Run("In silico", italic=True), Run(" "), Run("x", small_caps=True)]),
        ("A <i>Drosophila</i> &amp; x", [Run("A "), Run("Drosophila", italic=True), Run(" & x")]),
        ("{The {DNA} CO$_2$}", [Run("The DNA CO", keep_case=True), Run("2", subscript=True, keep_case=True)]),
        (r"{\"U}ber a~{\v{C}}", [Run("Über a\N{NO-BREAK SPACE}Č")]),
        ("from $5 to $10", [Run("from $5 to $10")]),
        (r"Ro{\textcommabelow s}ia and \textcommabelow{T}ara", [Run("Roșia and Țara")]),
        (r"$\Delta$1,4 and $-$50", [Run("Δ1,4 and -50")]),
        (r"{\textless}i{\textgreater}in vivo{\textless}/i{\textgreater}", [Run("in vivo", italic=True)]),
        (r"\mkbibquote{a} {\textbar} b", [Run("“a” | b")]),
    ],
)  # fmt: skip
def test_latex_styles_become_runs(latex: str, styled: list[Run]) -> None:
    text = bibtex_latex.to_marked_text(latex)
    assert list(runs.parse_markers(text)) == styled


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Smith, John et al.", "Smith, John and others"),
        ("Smith, John and Doe, Jane, et al", "Smith, John and Doe, Jane and others"),
        ("Smith, John and et al.", "Smith, John and others"),
        ("Li Lin 0003 and Rossi 0012, Ana", "Li Lin and Rossi, Ana"),
        (r"{\noopsort{a}}Smith, John", "Smith, John"),
        ("family=Beauvoir, given=Simone, prefix=de, useprefix=false", "de Beauvoir, Simone"),
        (
            "family=Alembert, given=Jean, prefix=d’, useprefix=true and Li, Lin",
            "d’Alembert, Jean and Li, Lin",
        ),
        ("given=Adlai, family={Stevenson}, suffix=III, juniorcomma=true", "Stevenson, III, Adlai"),
        ("Fulton, James E., Jr. and Gimpel,", "Fulton, Jr., James E. and Gimpel"),
    ],
)
def test_names_are_read_as_they_are_meant(written: str, names: str) -> None:
    assert load_fields(f"author = {{{written}}}").author == names


def test_string_that_doubles_itself_is_one_problem() -> None:
    text = '@string{a0 = "xxxxxxxxxx"}\n'
    text += "".join(f"@string{{a{number + 1} = a{number} # a{number}}}\n" for number in range(60))
    assert messages(f"{text}@misc{{a, title = a60}}") == [
        "this text has more than 50,000 characters. Shorten it."
    ]


def test_mistakes_of_a_duplicate_are_reported_with_it() -> None:
    publications, problems = load(
        "@misc{a, title = {T}}\n@misc{a, title = {U},\n  date = {soon}, url = {no link},\n  crossref = {b}}\n"
    )
    assert publications["a"].title == "T"
    assert [problem.split(": ", 2)[:2] for problem in problems] == [
        ["p.bib:2:1", "a"],
        ["p.bib:3:3", "a.date"],
        ["p.bib:3:18", "a.url"],
        ["p.bib:4:3", "a.crossref"],
    ]


@pytest.mark.parametrize(
    ("written", "read"), [("www", "online"), ("Electronic", "online"), ("preprint", "unpublished")]
)
def test_other_names_of_types(written: str, read: str) -> None:
    publications, problems = load(f"@{written}{{a, title = {{T}}}}")
    assert problems == []
    assert publications["a"].type == read


@pytest.mark.parametrize("name", ["titel", "auhtor", "jounral", "boktitle", "yaer", "pubisher", "slide"])
def test_misspelled_field_is_reported(name: str) -> None:
    (message,) = messages(f"@misc{{a, {name} = {{x}}}}")
    assert message.startswith("unknown field. Did you mean '")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        (r"https://x.example/a\_b\%20c\&d\#e", "https://x.example/a_b%20c&d#e"),
        (r"https://x.example/\~{}me/{\textasciitilde}you", "https://x.example/~me/~you"),
        (r"\url{https://x.example/a_b}", "https://x.example/a_b"),
        ("https://x.example/a https://y.example/b", "https://x.example/a"),
        ("https://x.example/a b.pdf", "https://x.example/a%20b.pdf"),
        ("//x.example/a", "https://x.example/a"),
        ("www.x.example/a", "https://www.x.example/a"),
    ],
)
def test_urls_are_read_as_latex_prints_them(written: str, url: str) -> None:
    document, problems = bibtex.load("p.bib", f"@misc{{a, title = {{T}}, url = {{{written}}}}}")
    assert (document.data["a"]["url"], problems) == (url, [])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            "A, B AND C, D and  and E, F and",
            "'and E, F and' is not a name: there is no name next to an 'and'.",
        ),
        ("A, B and", "'A, B and' is not a name: there is no name next to an 'and'."),
        ("Anna Smith; Bert Jones", "it contains ';', which does not separate names."),
        ("Smith, A. & Jones, B.", "it contains '&', which does not separate names."),
        ("A, B and et al. and C, D", "'et al.' is not a name: for further authors, write 'and others'."),
        ("Anna Smith, Bert Jones, Carl Ude", "it has too many commas."),
        ("A, B, C, D, E", "it has too many commas."),
    ],
)
def test_invalid_name_is_reported(names: str, expected: str) -> None:
    for role in ("author", "editor"):
        (message,) = messages(f"@misc{{a, title = {{T}}, {role} = {{{names}}}}}")
        assert expected in message


@pytest.mark.parametrize(
    "names",
    [
        "{Barnes & Noble; Co} and {Nuts and Bolts}",
        "García Márquez, Gabriel José and Knuth, Jr., Donald E. and others",
        "Anders Land and Andrea Etal",
        "Q&A and AT&T",
    ],
)
def test_unusual_names_are_accepted(names: str) -> None:
    assert messages(f"@misc{{a, title = {{T}}, author = {{{names}}}}}") == []


def test_crossref_cycle_names_its_members() -> None:
    text = (
        "@misc{x, title = {T}, crossref = {y}}\n@misc{y, title = {T}, crossref = {x}}\n"
        "@misc{z, title = {T}, crossref = {x}}\n"
    )
    (problem,) = bibtex.load("p.bib", text)[1]
    assert problem.line in (1, 2)
    assert problem.message == "these entries are part of each other: 'x' and 'y'."
