"""CSL JSON as BibTeX."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.citations import csl_json as export
from portfolio.importer.readers.record_files.csl_json import bibtex_from_csl, date_from_csl, derive_key
from portfolio.record.dates import DateError
from portfolio.record.models import Publication
from portfolio.record.record import Record
from portfolio.sources import bibtex
from portfolio.timeline.views import Portfolio
from tests.support.imported_record import are_located, merge, read_text, report
from tests.unit.portfolio.citations import works
from tests.unit.portfolio.exports import samples


def fields(**item: Any) -> dict[str, str]:
    """Return the fields of an item with a title, without their braces."""
    text, _ = bibtex_from_csl({"title": "T", **item}, "k")
    (entry,) = bibtex.split_entries(text)
    return {name: value[1:-1] for name, value in entry.fields.items() if name != "title"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([{"family": "Rossi", "given": "Ana"}], "Rossi, Ana"),
        ([{"family": "Berg", "given": "Jan", "non-dropping-particle": "van den"}], "van den Berg, Jan"),
        ([{"family": "Fontaine", "given": "Jean", "dropping-particle": "de"}], "de Fontaine, Jean"),
        ([{"family": "van Gogh", "given": "Vincent"}], "{van Gogh}, Vincent"),
        ([{"family": "King", "given": "Martin", "suffix": "Jr."}], "King, Jr., Martin"),
        ([{"family": "Doe", "given": "Jo", "suffix": "PhD MD"}], "Doe, {PhD MD}, Jo"),
        ([{"literal": "World Health Organization"}], "{World Health Organization}"),
        ([{"literal": "Salt and Pepper, Inc."}], "{Salt and Pepper, Inc.}"),
        ([{"literal": "Plato"}, {"literal": "others"}], "Plato and others"),
        ([{"family": "Plato"}, {"family": "de Sade"}], "Plato and {de Sade}"),
        ([{"family": "A & B", "given": "C, D"}], r"{A \& B}, {C, D}"),
        ([{"family": "{Curly}", "given": "50%"}], r"Curly, 50\%"),
        (["Ana Rossi", "Rossi, Bo", "et al."], "Ana Rossi and Rossi, Bo and others"),
    ],
)
def test_names_are_written_as_bibtex_reads_them(names: list[Any], expected: str) -> None:
    assert fields(author=names) == {"author": expected}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"date-parts": [[2019]]}, "2019"),
        ({"date-parts": [["2019", "5"]]}, "2019-05"),
        ({"date-parts": [[2019, 5, 17]]}, "2019-05-17"),
        ({"date-parts": [[2019, 5], [2020]]}, "2019-05/2020"),
        ({"date-parts": [[2019], [0, 0, 0]]}, "2019/.."),
        ({"date-parts": [[2019]], "circa": True}, "2019~"),
        ({"date-parts": [[2019]], "season": 4}, "2019-24"),
        ({"date-parts": [[2019]], "season": "Fall"}, "2019-23"),
        ({"date-parts": [[2019, 14]]}, "2019-22"),
        ({"date-parts": [[2019, 21]]}, "2019-21"),
        ({"literal": "May 2019"}, "2019-05"),
        ({"raw": "2019/2020"}, "2019/2020"),
        ("2019~", "2019~"),
        (2019, "2019"),
    ],
)
def test_a_date_is_as_exact_as_it_came(value: object, expected: str) -> None:
    assert date_from_csl(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"date-parts": [[2019, 13, 1]], "literal": "x"},
        {"date-parts": [["MMXIX"]]},
        {"date-parts": [[2019, "9" * 5000]]},
        {"date-parts": [[-44, 3, 15]]},
        {"date-parts": [[2019, 2, 30]]},
        {"date-parts": [[]]},
        {"date-parts": [[None]]},
        {"date-parts": "2019"},
        {"literal": "in press"},
        {},
        [],
        None,
        True,
    ],
)
def test_a_date_is_never_guessed(value: object) -> None:
    with pytest.raises(DateError):
        date_from_csl(value)


def test_words_for_a_date_become_a_note() -> None:
    assert fields(issued={"literal": "in press"}, note="Read") == {"note": "Read; in press"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Bridges of wood & steel", r"Bridges of wood \& steel"),
        ("Reading mRNA with JavaScript", "Reading {mRNA} with {JavaScript}"),
        (
            "Measuring decks along the Rhine: Results from Basel",
            "Measuring decks along the {Rhine}: Results from {Basel}",
        ),
        ("The Long Way to the Bridge", "The Long Way to the Bridge"),
        ('A <span class="nocase">Deck</span> in H<sub>2</sub>O', r"A {Deck} in H\textsubscript{2}O"),
        ("<i>E. coli</i> and <b>B</b>", r"\emph{E. coli} and \textbf{B}"),
        ("p < 0.05 and a<b>c", "p < 0.05 and a\\textbf{c}"),
        ("Sets <![ and <![a]", "Sets <![ and <![a]"),
        ("{Braces} 100% $x_1$ ~ ^ \\", None),
    ],
)
def test_titles_are_written_in_latex(title: str, expected: str | None) -> None:
    text, _ = bibtex_from_csl({"title": title}, "k")
    if expected is not None:
        assert text == f"@misc{{k,\n  title = {{{expected}}},\n}}\n"
    else:
        document, problems = bibtex.load("a.bib", text)
        assert (document.data["k"]["title"], problems) == (title, [])


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"type": "paper-conference", "container-title": "Proc"}, ("inproceedings", {"booktitle": "Proc"})),
        ({"type": "thesis", "publisher": "Uni"}, ("thesis", {"school": "Uni"})),
        ({"type": "thesis", "genre": "Doctoral"}, ("phdthesis", {"type": "Doctoral"})),
        (
            {"type": "report", "publisher": "Lab", "number": 7},
            ("report", {"institution": "Lab", "number": "7"}),
        ),
        ({"type": "song", "medium": "LP"}, ("misc", {})),
        (
            {"type": "article", "number": "arXiv:2101.00001", "DOI": "10.48550/arXiv.2101.00001"},
            ("unpublished", {"doi": "10.48550/arXiv.2101.00001", "arxiv": "2101.00001"}),
        ),
        ({"DOI": "https://doi.org/10.1/a_b"}, ("misc", {"doi": "10.1/a_b"})),
        (
            {"URL": "https://a.example/{x}?a=1&b=%20"},
            ("misc", {"url": "https://a.example/%7Bx%7D?a=1&b=%20"}),
        ),
        ({"page": "S12-19, 30–31"}, ("misc", {"pages": "S12--19, 30--31"})),
        ({"ISSN": ["1-2", "3-4"]}, ("misc", {"issn": "1-2, 3-4"})),
    ],
)
def test_types_and_fields(item: dict[str, Any], expected: tuple[str, dict[str, str]]) -> None:
    text, _ = bibtex_from_csl({"title": "T", **item}, "k")
    kind, values = expected
    (entry,) = bibtex.split_entries(text)
    assert entry.type == kind
    assert {name: value[1:-1] for name, value in entry.fields.items() if name != "title"} == values


def test_variables_without_a_field_are_named() -> None:
    item = {
        "id": "1",
        "title": "T",
        "URL": "ftp",
        "medium": "LP",
        "genre": {"a": 1},
        "author": [],
        "DOI": "x",
    }
    assert bibtex_from_csl(item, "k") == ("@misc{k,\n  title = {T},\n}\n", ("URL", "medium", "genre", "DOI"))
    assert bibtex_from_csl({"author": [{"family": "A"}]}) == ("", ())


def test_citation_keys() -> None:
    item = {
        "title": "The quick deck",
        "author": [{"family": "Ørsted-Li"}],
        "issued": {"date-parts": [[2020]]},
    }
    assert derive_key({**item, "id": "li:2020"}) == "li:2020"
    assert derive_key({**item, "id": "x", "citation-key": "y"}) == "y"
    assert derive_key({**item, "id": "http://zotero.org/items/1"}) == "ørstedli2020quick"
    assert derive_key({**item, "id": 12}) == "ørstedli2020quick"
    assert derive_key({"title": "???"}) == "publication"


def test_a_file_of_other_things_is_reported(tmp_path: Path) -> None:
    text = '{"items": [{"id": "a", "title": "A", "id": "b", "type": "book"}, 5, {"type": "speech"}]}'
    site = read_text("csl-json", tmp_path, "a.json", text)
    assert report(site) == [
        "a.json:1:38: items[0].id: this key is a duplicate, and replaces the one on line 1.",
        "a.json:1:66: items[1]: this is not a CSL item, and is left out.",
        "a.json:1:69: items[2]: this has no title, which an entry needs, and is left out.",
    ]
    assert merge(site, tmp_path) == {"publications.bib": "@book{b,\n  title = {A},\n}\n"}


def _items(publications: Record) -> list[Any]:
    items, _ = export.export_items(Portfolio(publications), samples.PROFILE)
    text = re.sub(r'<span class=\\"nocase\\">(.*?)</span>', r"\1", json.dumps(items, ensure_ascii=False))
    return sorted(json.loads(text), key=lambda item: str(item["id"]))


def _import(items: object) -> Record:
    with tempfile.TemporaryDirectory() as name:
        site = read_text("csl-json", Path(name), "a.json", json.dumps(items))
        files = merge(site, Path(name))
        document, problems = bibtex.load("a.bib", files.get("publications.bib", ""))
        assert problems == []
    return Record(publications=tuple(map(Publication.model_validate, document.data.values())))


def assert_comes_back(publications: Record) -> None:
    """Check that what is exported and imported is exported in the same way.

    Words for a date are a note then.
    """
    exported = _items(publications)
    again = _items(_import(exported))
    for item, copy in zip(exported, again, strict=True):
        if "literal" in item.get("issued", {}):
            words = item.pop("issued")["literal"]
            assert copy.pop("issued", None) or words in copy.pop("note")
    assert again == exported


def test_the_works_of_the_citation_tests_come_back() -> None:
    assert_comes_back(Record(publications=tuple(works.publications().values())))


@settings(max_examples=40)
@given(samples.records())
def test_the_site_s_own_export_comes_back(record: Record) -> None:
    assert_comes_back(Record(publications=record.publications))


_VARIABLES = (
    "type id title author editor issued accessed DOI URL page container-title publisher genre note archive "
    "archive_location number season family given literal date-parts circa suffix"
).split()
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["article", "thesis", "speech", "arXiv", "2019"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_VARIABLES), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.sampled_from(_VARIABLES), _VALUES, max_size=8) | _VALUES, max_size=3))
def test_values_of_any_type_are_read_or_reported(items: list[object]) -> None:
    with tempfile.TemporaryDirectory() as name:
        site = read_text("csl-json", Path(name), "a.json", json.dumps(items))
        assert are_located(site.problems, "a.json")
        merge(site, Path(name))
