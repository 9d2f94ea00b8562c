"""Reading LinkedIn data exports."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.imported_record import are_located, merge, read, read_text, report

_HEADER = "Company Name,Title,Description,Location,Started On,Finished On\n"
_CAREER = {
    "career.yml": "roles:\n  - id: acme-øl-brewer\n    company: Acme; Øl\n    position: Brewer\n"
    '    start_date: 2019-03\n    end_date: 2020\n    summary: One "two" three\n'
}
_ROW = '"Acme; Øl",Brewer,"One ""two""\nthree",,Mar 2019,2020\n'


@pytest.mark.parametrize(
    "data",
    [
        (_HEADER + _ROW).encode(),
        (_HEADER + _ROW).encode("utf-8-sig"),
        (_HEADER + _ROW).encode("utf-16"),
        (_HEADER + _ROW).replace("\n", "\r\n").encode(),
        (_HEADER + "\n,,,,,\n" + _ROW).encode(),
        (_HEADER.replace(",", ";") + _ROW.replace(",", ";")).encode(),
        (_HEADER.replace(",", "\t") + _ROW.replace(",", "\t")).encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "crlf", "empty rows", "semicolons", "tabs"],
)
def test_every_kind_of_csv_is_read(tmp_path: Path, data: bytes) -> None:
    site = read_text("linkedin", tmp_path, "Positions.csv", data)
    assert report(site) == []
    assert merge(site, tmp_path) == _CAREER


def test_invalid_rows_are_reported(tmp_path: Path) -> None:
    rows = 'Acme,,"two\nlines",,,\nAcme,Engineer,,,soon,,,more\nAcme,Boss,,,"Feb 2020","Jan 2020"\nshort\n'
    site = read_text("linkedin", tmp_path, "Positions.csv", _HEADER + rows)
    assert report(site) == [
        "Positions.csv:2:1: row 1: this has no position, which an entry needs, and is left out.",
        "Positions.csv:4:1: row 2: this row has 8 fields and the header 6. The rest is left out.",
        "Positions.csv:4:1: row 2.Started On: 'soon' is not a date: it does not have the form of a date. "
        "It is left out. Add it as in 2019, 2019-05 or 2012/2015.",
        "Positions.csv:5:1: row 3.Finished On: 2020-01 is before the start, 2020-02. Both are left out. "
        "Add the dates that are right.",
        "Positions.csv:6:1: row 4: this has no position, which an entry needs, and is left out.",
    ]


def test_files_that_cannot_be_read_are_reported(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    files = {
        "Positions.csv": _HEADER.encode() + b'"' + b"x" * 200_000,
        "Education.csv": b"School Name,Degree Name\nA\n\xff,B\n",
        "Skills.csv": b"",
        "messages.csv": b"secret",
    }
    for name, data in files.items():
        (tmp_path / "export" / name).write_bytes(data)
    assert report(read("linkedin", tmp_path, "export")) == [
        "export/Education.csv:3:1: this is not UTF-8 text (byte 26). Save it as UTF-8.",
        "export/Positions.csv:2:1: this is not CSV from here: field larger than field limit (131072).",
        "export/messages.csv:1:1: what is not about a career is not read: messages.csv.",
    ]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_reported(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        for content in (data, _HEADER.encode() + data):
            site = read_text("linkedin", Path(name), "Positions.csv", content)
            assert are_located(site.problems, "Positions.csv")
        merge(site, Path(name))
