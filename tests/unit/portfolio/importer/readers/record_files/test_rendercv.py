"""Reading RenderCV files."""

import json
import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.exports import rendercv as export
from portfolio.record.kinds import POSTS
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support.imported_record import are_located, merge, read_text, report
from tests.unit.portfolio.exports import samples

_FIELDS = (
    "company position location start_date end_date date summary highlights url institution area degree title "
    "authors doi journal name label details bullet number reversed_number"
).split()
_TITLES = (
    "Experience,Talks,Projects,Software,Awards,Certificates,Grants,Patents,Service,Teaching,Skills,Languages,"
    "Interests,Publications,Summary,Profiles,Other"
).split(",")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4),
    max_leaves=20,
)
_ENTRIES = st.lists(st.dictionaries(st.sampled_from(_FIELDS), _VALUES) | _VALUES, max_size=4)


def cv(sections: str) -> str:
    """Return a file with sections."""
    return "cv:\n  sections:\n" + textwrap.indent(textwrap.dedent(sections), "    ")


def test_a_section_and_an_entry_without_a_visible_name(tmp_path: Path) -> None:
    site = read_text("rendercv", tmp_path, "cv.yaml", cv('"": [Walks]\nmaps: ["\\u200b", Hills]\n'))
    assert report(site) == [
        "cv.yaml:4:12: cv.sections.maps[0]: this has no name, which an entry needs, and is left out."
    ]
    assert merge(site, tmp_path)["sections.yml"] == (
        "sections:\n  - id: other\n    title: Other\n    entries:\n      - id: walks\n        name: Walks\n"
        "\n  - id: maps\n    title: Maps\n    entries:\n      - id: hills\n        name: Hills\n"
    )


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
        "cv.yaml:15:9: cv.sections.talks[0].date: 'some day' is not a date: it does not have the form of a "
        "date. It is left out. Add it as in 2019, 2019-05 or 2012/2015.",
        "cv.yaml:17:5: cv.sections.education: this is not a list of entries, and is left out.",
    ]
    assert merge(site, tmp_path) == {
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    highlights:\n      - Built.\n      - \\[deck\\](/deck)\n",
        "talks.yml": "talks:\n  - id: decks\n    title: Decks\n    url: https://decks.example/talk\n",
        "sections.yml": "sections:\n  - id: experience\n    title: Experience\n    entries:\n"
        "      - id: just-a-text\n        name: just a text\n",
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
        "projects.yml": "projects:\n  - id: spans\n    name: spans\n    url: https://git.example/spans\n"
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
    - name: Date of Birth
      value: 1 May 1980
    - name: Languages
      value: Norwegian (native), English
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
- title: Honors and Awards
  type: time_table
  contents:
    - year: 2014
      items: [Best <a href="https://a.example">paper</a>, Second *prize*]
    - {title: Medal, institution: Harbour Works, year: 2013}
- title: Seen in the press
  type: time_table
  contents:
    - {title: A portrait, institution: Harbour News, year: 2016, description: Two pages.}
- title: Academic interests
  type: nested_list
  contents:
    - {title: Bridges, items: [decks, joints]}
- text
"""
    site = read_text("rendercv", tmp_path, "cv.yml", text)
    assert report(site) == [
        "cv.yml:6:7: [0].contents[1]: 'Date of Birth' is not imported, because it may be private.",
        "cv.yml:13:7: [1].contents[0]: the field of study is missing, so 'area' has the degree. "
        "Correct it in career.yml.",
        "cv.yml:23:7: [2].contents[0].grade: the record has no field for grade: left out.",
        "cv.yml:47:3: [8]: this is not a section with a list of contents, and is left out.",
    ]
    assert merge(site, tmp_path) == {
        "profile.yml": "name: Ana Vaz\n",
        "languages.yml": "languages:\n  - id: norwegian\n    language: Norwegian\n    fluency: native\n"
        "\n  - id: english\n    language: English\n",
        "career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    date: 2015/..\n"
        "\neducation:\n  - id: university-of-the-fjords-phd\n    institution: University of the Fjords\n"
        "    area: PhD\n    date: 2012/2015\n    highlights:\n      - One \\*star\\*.\n      - Two; a; b\n",
        "projects.yml": "projects:\n  - id: spans\n    name: spans\n    date: 2019\n"
        "    url: https://git.example/spans\n    highlights:\n      - Measures spans.\n",
        "awards.yml": "awards:\n  - id: best-paper\n    title: Best paper\n    date: 2014\n"
        "\n  - id: second-prize\n    title: Second *prize*\n    date: 2014\n"
        "\n  - id: medal\n    title: Medal\n    date: 2013\n    awarder: Harbour Works\n",
        "interests.yml": "interests:\n  - id: chess\n    name: Chess\n"
        "\n  - id: bridges\n    name: Bridges\n    keywords:\n      - decks\n      - joints\n",
        "sections.yml": "sections:\n  - id: seen-in-the-press\n    title: Seen in the press\n    entries:\n"
        "      - id: a-portrait\n        name: A portrait\n        date: 2016\n"
        "        organization: Harbour News\n        highlights:\n          - Two pages.\n",
    }


@pytest.mark.parametrize(
    ("section", "kind", "data"),
    [
        ("awards: [Medal (2019)]", "awards", {"title": "Medal", "date": "2019"}),
        ("Honours: [{bullet: 'Medal, 2019'}]", "awards", {"title": "Medal", "date": "2019"}),
        # Neither the name of an award nor the number of a session is a date.
        ("awards: [Medal 2019 (2020)]", "awards", {"title": "Medal 2019 (2020)"}),
        ("awards: [Medal (second)]", "awards", {"title": "Medal (second)"}),
        ("awards: [{label: Medal, details: May 2019}]", "awards", {"title": "Medal", "date": "2019-05"}),
        (
            "awards: [{label: Medal, details: For a *deck*}]",
            "awards",
            {"title": "Medal", "summary": "For a *deck*"},
        ),
        (
            "grants: ['Decks (EUR 2, 2019-2020)']",
            "grants",
            {"title": "Decks", "date": "2019/2020", "amount": "EUR 2"},
        ),
        (
            "patents: [{number: A deck (US 1 234 567)}]",
            "patents",
            {"title": "A deck", "number": "US 1 234 567"},
        ),
        (
            "patents: [{title: A deck, authors: [A. Vaz, '*B. Wang*'], journal: EP 12345, date: 2019}]",
            "patents",
            {"title": "A deck", "inventors": "A. Vaz and B. Wang", "number": "EP 12345", "date": "2019"},
        ),
        ("languages: [Danish (native)]", "languages", {"language": "Danish", "fluency": "native"}),
        (
            "languages: [{label: Danish, details: native}]",
            "languages",
            {"language": "Danish", "fluency": "native"},
        ),
        ("Programming languages: [Ada]", "skills", {"name": "Ada"}),
        (
            "skills: [{label: Data, details: 'SQL (two kinds, at least), Ada'}]",
            "skills",
            {"name": "Data", "keywords": ["SQL (two kinds, at least)", "Ada"]},
        ),
        ("service: ['Reviewer: Joints']", "service", {"organization": "Joints", "position": "Reviewer"}),
        ("reviewing: [Joints]", "service", {"organization": "Joints", "position": "Reviewing"}),
        (
            "service: [{company: Joints, position: Reviewer, date: 2019}]",
            "service",
            {"organization": "Joints", "position": "Reviewer", "date": "2019"},
        ),
        (
            "teaching: [{company: University, position: Decks, start_date: 2019}]",
            "teaching",
            {"title": "Decks", "institution": "University", "start_date": "2019", "end_date": "present"},
        ),
        (
            "certificates: [{name: Diver, date: 2014-05, summary: Deep., highlights: [Cold]}]",
            "certificates",
            {"name": "Diver", "date": "2014-05", "summary": "Deep. Cold"},
        ),
        (
            "projects: [{name: spans, date: '[git](https://git.example/spans)'}]",
            "projects",
            {"name": "spans", "url": "https://git.example/spans"},
        ),
        (
            "In the press: [{name: A portrait, location: Oslo, highlights: [Two pages]}]",
            "sections",
            {"name": "A portrait", "location": "Oslo", "highlights": ["Two pages"]},
        ),
        (
            "in_the_press: ['A [film](https://f.example)']",
            "sections",
            {"name": "A film", "url": "https://f.example"},
        ),
        # Every link stays.
        (
            "more: ['[a](https://a.example), [b](https://b.example)']",
            "sections",
            {"name": "a (https://a.example), b (https://b.example)"},
        ),
    ],
)
def test_the_title_of_a_section_says_what_its_entries_are(
    tmp_path: Path, section: str, kind: str, data: dict[str, object]
) -> None:
    site = read_text("rendercv", tmp_path, "cv.yaml", cv(section))
    assert report(site) == []
    (entry,) = site.entries
    assert entry.kind == kind
    assert {name: value for name, value in entry.data.items() if name != "id" and value} == data
    merge(site, tmp_path)


def test_the_header_and_a_summary_are_the_profile(tmp_path: Path) -> None:
    text = """\
cv:
  name: Ana Vaz
  headline: "**Engineer**"
  location: Oslo
  email: [ana@vaz.example, a@vaz.example]
  phone: tel:+47-22-12-34-56
  website: https://vaz.example
  photo: me.jpg
  social_networks:
    - {network: Mastodon, username: "@ana@social.example"}
    - {network: Unknown, username: ana}
  custom_connections:
    - {placeholder: Book a call, url: https://call.example, fontawesome_icon: phone}
  sections:
    summary: [Builds *decks*., Measures joints.]
"""
    site = read_text("rendercv", tmp_path, "cv.yaml", text)
    assert report(site) == [
        "cv.yaml:5:3: cv.email: only the first is imported: a@vaz.example left out.",
        "cv.yaml:11:7: cv.social_networks[1]: the URL of this profile is missing, so it is left out.",
    ]
    (profile,) = site.profiles
    assert profile.data == {
        "name": "Ana Vaz",
        "headline": "Engineer",
        "location": "Oslo",
        "picture": "me.jpg",
        "email": "ana@vaz.example",
        "phone": "+47-22-12-34-56",
        "links": [
            {"link": "https://vaz.example"},
            {"name": "Mastodon", "link": "https://social.example/@ana"},
            {"name": "Book a call", "link": "https://call.example"},
        ],
        "summary": "Builds *decks*. Measures joints.",
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


@given(_ENTRIES, st.sampled_from(_TITLES))
def test_values_of_any_type_are_read_or_reported(entries: list[object], title: str) -> None:
    text = json.dumps({"cv": {"sections": {title: entries}}})
    with tempfile.TemporaryDirectory() as name:
        site = read_text("rendercv", Path(name), "cv.yaml", text)
        assert are_located(site.problems, "cv.yaml")
        if not any(problem.code.startswith("yaml.") for problem in site.problems):
            merge(site, Path(name))


@settings(max_examples=40)
@given(samples.records())
def test_the_site_s_own_export_is_read(record: Record) -> None:
    text = export.render(Portfolio(record), samples.PROFILE)
    with tempfile.TemporaryDirectory() as name:
        site = read_text("rendercv", Path(name), "cv.yaml", text)
        assert not [problem for problem in site.problems if problem.severity == "error"]
        merge(site, Path(name))
    imported = len(site.entries) + sum(len(works.lines) for works in site.bibliographies)
    assert imported == sum(len(record[kind.name]) for kind in record.kinds if kind is not POSTS)
