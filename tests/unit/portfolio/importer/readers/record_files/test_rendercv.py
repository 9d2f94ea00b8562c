"""Reading RenderCV files."""

import json
import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.exports import rendercv as export
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support.imported_record import are_located, merge, read_text, report
from tests.unit.portfolio.exports import samples

_FIELDS = (
    "company position location start_date end_date date summary highlights url institution area degree title "
    "authors doi journal name label details bullet number"
).split()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4),
    max_leaves=20,
)
_ENTRIES = st.lists(st.dictionaries(st.sampled_from(_FIELDS), _VALUES) | _VALUES, max_size=4)


def cv(sections: str) -> str:
    """Return a file with sections."""
    return "cv:\n  sections:\n" + textwrap.indent(textwrap.dedent(sections), "    ")


def test_invalid_values_are_left_out_and_located(tmp_path: Path) -> None:
    text = cv(
        """\
        experience:
          - company: Acme
            position: Engineer
            start_date: 2020
            end_date: 2019-05
            location: [a]
            url: javascript:alert(1)
            highlights: [{a: b}, Built., "[deck](/deck)"]
          - company: Acme
          - just a text
        talks:
          - name: Decks
            date: some day
            url: decks.example/talk
        education: none
        empty:
        """
    )
    site = read_text("rendercv", tmp_path, "cv.yaml", text)
    assert report(site) == [
        "cv.yaml:7:9: cv.sections.experience[0].end_date: 2019-05 is before the start, 2020. "
        "Both are left out. Add the dates that are right.",
        "cv.yaml:8:9: cv.sections.experience[0].location: this is not text, and is left out.",
        "cv.yaml:9:9: cv.sections.experience[0].url: 'javascript:alert(1)' is not a link. It is left out.",
        "cv.yaml:10:22: cv.sections.experience[0].highlights[0]: this is not text, and is left out.",
        "cv.yaml:10:38: cv.sections.experience[0].highlights[2]: '/deck' begins with '/', which leaves out "
        "the path of this site. The text has no links for that reason.",
        "cv.yaml:11:9: cv.sections.experience[1]: this has no position, which an entry needs, and is left "
        "out.",
        "cv.yaml:12:9: cv.sections.experience[2]: the record has no entries of this kind: 1 entry left out.",
        "cv.yaml:15:9: cv.sections.talks[0].date: 'some day' is not a date: it does not have the form of a "
        "date. It is left out. Add it as in 2019, 2019-05 or 2012/2015.",
        "cv.yaml:17:5: cv.sections.education: this is not a list of entries, and is left out.",
    ]
    assert merge(site, tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    highlights:\n      - Built.\n      - \\[deck\\](/deck)\n",
        "talks.yml": "talks:\n  - id: decks\n    title: Decks\n    url: https://decks.example/talk\n",
    }


def test_names_are_plain_text_and_their_links_are_urls(tmp_path: Path) -> None:
    text = cv(
        """\
        experience:
          - {company: "[**Acme**](https://acme.example)", position: "*Engineer*"}
        projects:
          - name: "[spans](https://git.example/spans)"
          - {name: "[ropes](https://git.example/ropes)", url: "https://ropes.example"}
        """
    )
    site = read_text("rendercv", tmp_path, "cv.yaml", text)
    assert merge(site, tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    url: https://acme.example\n",
        "software.yml": "software:\n  - id: spans\n    name: spans\n    url: https://git.example/spans\n"
        "\n  - id: ropes\n    name: ropes\n    url: https://ropes.example\n",
    }


def test_nested_highlights_are_highlights(tmp_path: Path) -> None:
    text = cv(
        """\
        experience:
          - company: Acme
            position: Engineer
            highlights:
              - Built bridges
                - in Basel
                - in Bern, 2019 - 2020
        """
    )
    assert merge(read_text("rendercv", tmp_path, "cv.yaml", text), tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    highlights:\n      - Built bridges\n      - in Basel\n      - in Bern, 2019 - 2020\n"
    }


def test_ids_do_not_depend_on_newer_entries(tmp_path: Path) -> None:
    entry = "- {{company: Acme, position: Engineer, start_date: {0}, end_date: {0}}}\n"
    older = "experience:\n" + entry.format(2015) + entry.format(2012)
    newer = "experience:\n" + entry.format(2020) + entry.format(2015) + entry.format(2012)
    ids = [
        {
            str(found.data["start_date"]): found.data["id"]
            for found in read_text("rendercv", tmp_path, "cv.yaml", cv(text)).entries
        }
        for text in (older, newer)
    ]
    assert ids == [
        {"2012": "acme-engineer", "2015": "acme-engineer-2"},
        {"2012": "acme-engineer", "2015": "acme-engineer-2", "2020": "acme-engineer-3"},
    ]


def test_the_older_format_of_al_folio_is_read(tmp_path: Path) -> None:
    text = """\
- title: General Information
  type: map
  contents:
    - name: Full Name
      value: Ana Vaz
- title: Education
  type: time_table
  contents:
    - title: PhD
      institution: University of the Fjords
      year: 2012 - 2015
      description: [One *star*., {title: Two, contents: [a, b]}]
- title: Experience
  type: time_table
  contents:
    - title: Engineer
      institution: Acme
      year: 2015-now
      grade: A
- title: Open Source Projects
  type: time_table
  contents:
    - title: <a href="https://git.example/spans">spans</a>
      year: 2019
      description: Measures spans.
- title: Hobbies
  type: list
  contents: [Chess]
- text
"""
    site = read_text("rendercv", tmp_path, "cv.yml", text)
    assert report(site) == [
        "cv.yml:4:7: [0].contents[0]: the record has no entries of this kind: 1 entry left out.",
        "cv.yml:9:7: [1].contents[0]: the field of study is missing, so 'area' has the degree. "
        "Correct it in career.yml.",
        "cv.yml:19:7: [2].contents[0].grade: the record has no field for grade: left out.",
        "cv.yml:28:14: [4].contents[0]: the record has no entries of this kind: 1 entry left out.",
        "cv.yml:29:3: [5]: this is not a section with a list of contents, and is left out.",
    ]
    assert merge(site, tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    date: 2015/..\n"
        "\neducation:\n  - id: university-of-the-fjords-phd\n    institution: University of the Fjords\n"
        "    area: PhD\n    date: 2012/2015\n    highlights:\n      - One \\*star\\*.\n      - Two; a; b\n",
        "software.yml": "software:\n  - id: spans\n    name: spans\n    url: https://git.example/spans\n"
        "    date: 2019\n    summary: Measures spans.\n",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: b\n",
            "cv.yaml:1:1: this is not a RenderCV file: it has no mapping 'cv'. See docs.rendercv.com.",
        ),
        ("cv: [\n", "cv.yaml:2:1: this is not YAML: did not find expected node content."),
        (
            "cv:\n  sections: [a]\n",
            "cv.yaml:2:3: cv.sections: this is not a mapping of sections, and is left out.",
        ),
        (
            "cv:\n  sections: &a\n    b: *a\n",
            "cv.yaml:2:13: cv.sections.b: an alias must not contain itself.",
        ),
        (
            "cv: !!python/name:os.system\n",
            "cv.yaml:1:5: cv: the tag '!!python/name:os.system' is not accepted",
        ),
        (b"cv:\n  name: \xff\n", "cv.yaml:2:1: this is not UTF-8 text (byte 12). Save it as UTF-8."),
        (
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{name}: &{name} [{','.join([f'*{inner}'] * 9)}]\n"
                for inner, name in zip("abcdefg", "bcdefgh", strict=True)
            )
            + "cv: {sections: {experience: *h}}\n",
            "there are more than 200000 values, or aliases (*) repeat them that often.",
        ),
        ("cv: " + "[" * 100 + "]" * 100, "this is nested too deeply."),
    ],
)
def test_a_hostile_file_has_a_diagnostic(tmp_path: Path, text: str | bytes, expected: str) -> None:
    site = read_text("rendercv", tmp_path, "cv.yaml", text)
    assert not site.entries
    assert any(expected in line for line in report(site)), report(site)


def test_ten_thousand_entries_are_read(tmp_path: Path) -> None:
    entries = "".join(f"- {{company: C{index}, position: Engineer}}\n" for index in range(10_000))
    site = read_text("rendercv", tmp_path, "cv.yaml", cv("experience:\n" + entries))
    assert len(site.entries) == 10_000
    assert report(site) == []


@given(_ENTRIES, st.sampled_from(["Experience", "Talks", "Projects"]))
def test_values_of_any_type_are_read_or_reported(entries: list[object], title: str) -> None:
    text = json.dumps({"cv": {"sections": {title: entries}}})
    with tempfile.TemporaryDirectory() as name:
        site = read_text("rendercv", Path(name), "cv.yaml", text)
        assert are_located(site.problems, "cv.yaml")
        if not any(problem.code.startswith("yaml.") for problem in site.problems):
            merge(site, Path(name))


@settings(max_examples=40)
@given(samples.records(samples.CAREER))
def test_the_site_s_own_export_is_read(record: Record) -> None:
    text = export.render(Portfolio(record), samples.PROFILE)
    with tempfile.TemporaryDirectory() as name:
        site = read_text("rendercv", Path(name), "cv.yaml", text)
        assert not [problem for problem in site.problems if problem.severity == "error"]
        merge(site, Path(name))
    for kind in ("roles", "education"):
        assert sum(entry.kind == kind for entry in site.entries) == len(record[kind])
