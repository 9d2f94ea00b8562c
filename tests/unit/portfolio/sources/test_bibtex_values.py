"""BibTeX's values: strings, cross-references, names; and a mistake of each kind in its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.validation import validate
from portfolio.record import person_names
from portfolio.record.models import Publication
from portfolio.sources import bibtex_entries
from tests.unit.portfolio import records

# One mistake each, after which the next entry is read all the same.
BROKEN = {
    "@artcle{a1, title = {T}}": "unknown entry type '@artcle'. Did you mean 'article'?",
    "@misc{a2, title = {T}, titel = {U}}": "unknown field. Did you mean 'title'?",
    "@misc{a3, author = {A}}": "is missing",
    "@misc{sound, title = {U}}": "this citation key stands twice",
    "@misc{a5, title = {T}, note = {x}, note = {y}}": "this field stands twice",
    "@misc{a6, title = {T}, date = {2019-13}}": "'2019-13' is not a date: month 13",
    "@misc{a7, title = {T}, year = {in press}}": "'in press' is not a date",
    "@misc{a8, title = {T}, year = 2019, month = {foo}}": "'foo' is no month",
    "@misc{a9, title = {T}, url = {no link}}": "'no link' is not a link",
    "@misc{a10, title = {T}, doi = {nothing}}": "'nothing' is no DOI",
    "@misc{a11, title = {T}, crossref = {soundd}}": "there is no entry 'soundd'. Did you mean 'sound'?",
    "@misc{a12, title = {T}, crossref = {a12}}": "this entry cannot be part of itself",
    "@misc{a13, title = {T}, basis = {guessed}}": "'guessed' is not accepted",
    "@misc{a14, title = {T}, selected = {perhaps}}": "'perhaps' is not accepted",
    "@misc{a15, title = {T}, journal = prok}": "there is no @string 'prok'. Did you mean 'proc'?",
    "@misc{a16, title = {T} year = 2019}": "this is no value",
    "@misc{a17, title = {T}, author = {A, B, C, D, E}}": "'A, B, C, D, E' is no name",
    "@misc{a 18, title = {T}}": "'a 18' cannot be an id",
    "@misc{a19, title}": "this is not BibTeX",
    "@misc a20, title = {T}}": "this is no entry",
    "@misc{a21, title = {" + "{" * 3000 + "}" * 3000 + "}}": "this is nested too deeply",
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
    document, problems = bibtex_entries.load("p.bib", text)
    found: dict[str, Publication] = {}
    for key in document.data:
        publication, wrong = validate(Publication, document, (key,))
        problems += wrong
        if publication:
            found[key] = publication
    return found, [str(problem) for problem in sorted(problems)]


def one(fields: str) -> Publication:
    found, problems = load(f"@misc{{a, title = {{T}}, {fields}}}")
    assert problems == []
    return found["a"]


def test_strings_are_put_together() -> None:
    text = (
        '@string{acm = "ACM"}\n@STRING{Proc = "Proc. of " # acm}\n@misc{a, title = "A {"}b{"} c", journal = '
    )
    for value, venue in {
        "proc": "Proc. of ACM",
        'proc # ", " # {20} # 19': "Proc. of ACM, 2019",
        '"{C}\\# " # ACM': "C# ACM",
        "{a # b}": "a # b",
    }.items():
        found, problems = load(f"{text}{value}}}")
        assert (found["a"].venue, problems) == (venue, [])
        assert found["a"].title == 'A "b" c'


def test_a_work_inherits_from_the_one_that_it_is_part_of() -> None:
    found, problems = load(
        "@inproceedings{a, title = {Part}, crossref = {b}, pages = {1--2}}\n"
        "@inproceedings{c, title = {Other}, crossref = {b}, year = 2020, booktitle = {Own}}\n"
        "@proceedings{b, title = {Whole}, year = 2019, month = may, publisher = {House},\n"
        "  doi = {10.1/b}, url = {https://b.example/}}\n"
    )
    assert problems == []
    part, other = found["a"], found["c"]
    assert (part.venue, getattr(part.date, "text", "")) == ("Whole", "2019-05")
    # It is not where the whole is.
    assert (part.doi, part.url) == (None, None)
    assert (other.venue, getattr(other.date, "text", "")) == ("Own", "2020")
    assert "crossref" not in dict(part.fields)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("de la Vall{\\'e}e Poussin, Jo and Jan van Gogh", ["Jo de la Vallée Poussin", "Jan van Gogh"]),
        ("{Barnes and Noble} and {World Health Body}", ["Barnes and Noble", "World Health Body"]),
        ("山田 太郎 and 王, 小明", ["山田 太郎", "小明 王"]),
        ("Knuth, Jr., Donald E. and others", ["Donald E. Knuth Jr."]),
        ("محمد العربي and Ли, Чжао", ["محمد العربي", "Чжао Ли"]),
        (r"{\O}rsted, Hans AND Erd\H{o}s, P{\'a}l", ["Hans Ørsted", "Pál Erdős"]),
    ],
)  # fmt: skip
def test_names_keep_their_parts(author: str, names: list[str]) -> None:
    read = person_names.authors(one(f"author = {{{author}}}").author)
    assert [person.name for person in read] == names


@given(st.lists(WORD, min_size=1, max_size=6), st.lists(st.tuples(WORD, WORD), min_size=1, max_size=3))
def test_whatever_latex_writes_is_read(
    title: list[list[str]], authors: list[tuple[list[str], list[str]]]
) -> None:
    def latex(word: list[str]) -> str:
        return "".join(word)

    def plain(word: list[str]) -> str:
        return "".join(LETTERS[letter] for letter in word)

    names = " and ".join(f"X{latex(family)}, Y{latex(given)}" for family, given in authors)
    text = f"@misc{{a, title = {{{' '.join(map(latex, title))}}}, author = {{{names}}}}}"
    found, problems = load(text)
    assert problems == []
    assert found["a"].title == " ".join(map(plain, title))
    assert [person.name for person in person_names.authors(found["a"].author)] == [
        f"Y{plain(given)} X{plain(family)}" for family, given in authors
    ]


def test_each_mistake_is_one_problem_in_its_place(tmp_path: Path) -> None:
    head = '@string{proc = "P"}\n@misc{sound, title = {Sound}}\n'
    text = head + "".join(f"{entry}\n" for entry in BROKEN) + "@misc{last, title = {Last}}\n"
    record, problems = records.read(records.write(tmp_path, {"data/publications.bib": text}))
    assert len(problems) == len(BROKEN) > 20
    assert [problem.line for problem in problems] == [head.count("\n") + n + 1 for n in range(len(BROKEN))]
    for problem, said in zip(problems, BROKEN.values(), strict=True):
        assert said in str(problem)
    assert {"sound", "last"} <= {entry.id for entry in record.publications}


@given(st.text(alphabet='@{}",=# \\\n%ab1~', max_size=60))
def test_no_entry_is_lost_without_a_problem(value: str) -> None:
    found, problems = load(f"@misc{{a, title = {{T}}, note = {value}}}\n@misc{{next, title = {{N}}}}\n")
    assert problems or found.keys() >= {"a", "next"}
