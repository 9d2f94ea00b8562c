"""Adding imported entries to the files in docs/data."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.text import find_control
from portfolio.importer.model import (
    ImportedBibliography,
    ImportedEntry,
    ImportedProfile,
    ImportedRecord,
    required_fields,
)
from portfolio.importer.record_merge import merge_record
from portfolio.record.kinds import KINDS, PUBLICATIONS_FILE
from portfolio.record.people import Account, Profile
from portfolio.sources.loader import load_record
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from tests.unit.portfolio import records


def paths(folder: Path) -> SitePaths:
    return SitePaths(folder, folder, folder / "data", folder / "posts", EXCERPT_SEPARATOR)


def role(company: str, position: str = "Engineer", **fields: object) -> ImportedEntry:
    id = f"{company}-{position}".lower()
    data = {"id": id, "company": company, "position": position, **fields}
    return ImportedEntry("roles", data, "cv.yaml", 5)


def bibliography(*entries: str) -> ImportedBibliography:
    return ImportedBibliography("\n".join(entries), "papers.bib")


def merge(
    folder: Path,
    files: Mapping[str, str],
    entries: list[ImportedEntry],
    *bibliographies: ImportedBibliography,
    reserved: tuple[str, ...] = (),
    profiles: tuple[ImportedProfile, ...] = (),
    owner: Profile | None = None,
) -> tuple[dict[str, str], list[str]]:
    """Return the new texts of files below the folder, and the problems, as they are printed."""
    records.write(folder, files)
    imported = ImportedRecord(entries, list(bibliographies), list(profiles))
    merged = merge_record(imported, paths(folder), reserved, owner)
    texts, problems = merged.texts, merged.problems
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    again = merge_record(imported, paths(folder), reserved, owner)
    assert not again.texts
    assert not [problem for problem in again.problems if problem.severity == "error"] or problems
    return {path.relative_to(folder).as_posix(): text for path, text in texts.items()}, list(
        map(str, problems)
    )


def test_new_files_are_written(tmp_path: Path) -> None:
    records.write(tmp_path, {"hooks/portfolio/schemas/career.schema.json": "{}"})
    entries = [
        role("Acme", start_date="2019-03", end_date="present"),
        ImportedEntry("talks", {"title": "Joints", "id": "joints"}, "cv.yaml"),
    ]
    paper = "@misc{deck, title = {A deck}, year = 2021}"
    assert merge(tmp_path, {}, entries, bibliography(paper)) == (
        {
            "data/career.yml": "# yaml-language-server: "
            "$schema=../hooks/portfolio/schemas/career.schema.json\n"
            "\nroles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
            "    start_date: 2019-03\n    end_date: present\n",
            "data/talks.yml": "talks:\n  - id: joints\n    title: Joints\n",
            "data/publications.bib": "@misc{deck,\n  title = {A deck},\n  year  = 2021,\n}\n",
        },
        [],
    )


def test_entries_that_are_there_are_left_as_they_are(tmp_path: Path) -> None:
    career = "roles:\n  - {id: mine, company: ACME, position: engineer, start_date: 2019, location: Oslo}\n"
    entries = [
        role("Acme", start_date="2019-03", summary="Built."),
        role("Acme", start_date="2014"),
        ImportedEntry("roles", {"id": "mine", "company": "Acme Ltd", "position": "Boss"}, "cv.yaml", 9),
    ]
    assert merge(tmp_path, {"data/career.yml": career}, entries) == (
        {
            "data/career.yml": f"{career}\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
            "    start_date: 2014\n",
        },
        [
            "cv.yaml:5:1: 'mine' in data/career.yml has company, position, start_date and summary of its own."
            " It is not changed. Edit it if this is the better text.",
            "cv.yaml:9:1: 'mine' in data/career.yml has company and position of its own."
            " It is not changed. Edit it if this is the better text.",
        ],
    )


def test_an_id_in_use_gets_a_number(tmp_path: Path) -> None:
    files = {
        "data/software.yml": "software: [{id: acme-engineer, name: A}]\n",
        "posts/b-engineer.md": "---\ndate: 2020-01-01\n---\n# B\n",
        "data/references.bib": "@misc{c-engineer, title = {C}}\n",
    }
    entries = [role("Acme"), role("B"), role("C"), role("D"), role("E", id="content")]
    texts, problems = merge(tmp_path, files, entries, reserved=("d-engineer",))
    assert re.findall("id: (.*)", texts["data/career.yml"]) == [
        "acme-engineer-2",
        "b-engineer-2",
        "c-engineer-2",
        "d-engineer-2",
        # An anchor of every page.
        "content-2",
    ]
    assert problems == [
        f"cv.yaml:5:1: the id '{id}' is in use, so this entry gets the id '{id}-2'."
        for id in ("acme-engineer", "b-engineer", "c-engineer", "content", "d-engineer")
    ]


def test_a_publication_is_the_same_by_its_doi_its_number_or_its_title(tmp_path: Path) -> None:
    owned = (
        "@article{a, title = {One}, doi = {10.1/A}}\n"
        "@misc{b, title = {Two}, arxiv = {2001.00001}}\n"
        "@misc{c, title = {How a {Deck} grows}, author = {Wang, Layla}}\n"
        "@misc{d, title = {Bridges of the north}}"
    )
    new = bibliography(
        "@article{x1, title = {First}, doi = {https://doi.org/10.1/a}}",
        "@misc{x2, title = {Second}, eprint = {2001.00001v2}, archiveprefix = {arXiv}}",
        "@misc{x3, title = {How a deck grows}, author = {L. Wang}, note = {New}}",
        # The citation key is that of another work, and the parent is there under another key.
        "@inproceedings{d, title = {Decks}, crossref = {x1}}",
    )
    texts, problems = merge(tmp_path, {"data/publications.bib": owned}, [], new)
    assert texts == {
        "data/publications.bib": f"{owned}\n\n"
        "@inproceedings{d-2,\n  title    = {Decks},\n  crossref = {a},\n}\n"
    }
    assert problems == [
        "papers.bib:1:1: 'a' in data/publications.bib has doi and title of its own."
        " It is not changed. Edit it if this is the better text.",
        "papers.bib:2:1: 'b' in data/publications.bib has archiveprefix, eprint and title of its own."
        " It is not changed. Edit it if this is the better text.",
        "papers.bib:3:1: 'c' in data/publications.bib has author, note and title of its own."
        " It is not changed. Edit it if this is the better text.",
        "papers.bib:4:1: the id 'd' is in use, so this entry gets the id 'd-2'.",
    ]


def test_a_problem_of_a_publication_has_its_line_in_the_source(tmp_path: Path) -> None:
    text = "@misc{a, title = {A}}\n@misc{b, note = {B}}"
    papers = ImportedBibliography(text, "library.json", {"a": 7, "b": 9})
    _, problems = merge(tmp_path, {"data/software.yml": "software: [{id: a, name: A}]\n"}, [], papers)
    assert problems == [
        "library.json:7:1: the id 'a' is in use, so this entry gets the id 'a-2'.",
        "library.json:9:1: b.title: is missing. Required: type and title.",
    ]


def test_line_ends_and_the_byte_order_mark_stay(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    career = "\ufeffroles:\r\n- id: a\r\n  company: A\r\n  position: B\n\r\n# End\r\n"
    (tmp_path / "data" / "career.yml").write_bytes(career.encode())
    entries: list[ImportedEntry] = [
        role("Acme"),
        ImportedEntry("education", {"id": "e", "institution": "I", "area": "A"}, "cv.yaml"),
    ]
    texts, _ = merge(tmp_path, {}, entries)
    assert texts["data/career.yml"] == (
        "\ufeffroles:\r\n- id: a\r\n  company: A\r\n  position: B\n"
        "\r\n- id: acme-engineer\r\n  company: Acme\r\n  position: Engineer\r\n"
        "\r\n# End\r\n"
        "\r\neducation:\r\n  - id: e\r\n    institution: I\r\n    area: A\r\n"
    )


def test_nothing_is_added_to_a_file_with_faults(tmp_path: Path) -> None:
    files = {"data/career.yml": "roles: [\n", "data/publications.bib": "@misc{a, title = {A}\n"}
    texts, problems = merge(tmp_path, files, [role("Acme")], bibliography("@misc{b, title = {B}}"))
    assert texts == {"data/publications.bib": "@misc{a, title = {A}\n\n@misc{b,\n  title = {B},\n}\n"}
    assert problems == [
        "cv.yaml:5:1: nothing can be added to data/career.yml, which has faults. "
        "Correct what 'make check' reports, and import again."
    ]


def test_invalid_parts_of_an_entry_are_left_out(tmp_path: Path) -> None:
    entries: list[ImportedEntry] = [
        role("Acme", start_date="soon", highlights=["a", ["b"], "c"], skills="x", end_date=2019),
        ImportedEntry("software", {"id": "a b", "name": "A"}, "cv.yaml", 7),
        ImportedEntry("talks", {"id": "t"}, "cv.yaml", 8),
    ]
    texts, problems = merge(tmp_path, {}, entries)
    assert texts == {
        "data/career.yml": "roles:\n  - id: acme-engineer\n    company: Acme\n    position: Engineer\n"
        "    highlights:\n      - a\n      - c\n"
    }
    assert [problem.split(" ")[:2] for problem in problems] == [
        ["cv.yaml:5:1:", "end_date:"],
        ["cv.yaml:5:1:", "highlights[1]:"],
        ["cv.yaml:5:1:", "skills:"],
        ["cv.yaml:5:1:", "start_date:"],
        ["cv.yaml:7:1:", "id:"],
        ["cv.yaml:8:1:", "title:"],
    ]


def section_entry(name: str, section: str, **fields: object) -> ImportedEntry:
    return ImportedEntry("sections", {"id": name.lower(), "name": name, **fields}, "cv.yaml", 5, section)


def test_entries_are_added_to_sections_of_the_owner_s_own(tmp_path: Path) -> None:
    sections = "sections:\n  - title: In the Press\n    entries:\n      - name: Portrait\n\n  - title: More\n"
    entries = [
        section_entry("Film", "In the press", date="2019"),
        section_entry("Portrait", "In the press", location="Oslo"),
        # The name of a kind is no id of a section.
        section_entry("Choir", "Education"),
        section_entry("Choir", "Music"),
    ]
    assert merge(tmp_path, {"data/sections.yml": sections}, entries) == (
        {
            "data/sections.yml": "sections:\n  - title: In the Press\n    entries:\n      - name: Portrait\n"
            "\n      - id: film\n        name: Film\n        date: 2019\n"
            "\n  - title: More\n"
            "\n  - id: education-2\n    title: Education\n    entries:\n"
            "      - id: choir\n        name: Choir\n"
            "\n  - id: music\n    title: Music\n    entries:\n      - id: choir-2\n        name: Choir\n",
        },
        [
            "cv.yaml:5:1: 'portrait' in data/sections.yml has location of its own. "
            "It is not changed. Edit it if this is the better text.",
            "cv.yaml:5:1: the id 'choir' is in use, so this entry gets the id 'choir-2'.",
        ],
    )


def test_a_project_can_be_there_as_software(tmp_path: Path) -> None:
    software = "software:\n  - name: Span lib\n"
    project = ImportedEntry("projects", {"id": "spanlib", "name": "spanlib"}, "cv.yaml")
    other = ImportedEntry("projects", {"id": "rope", "name": "Rope"}, "cv.yaml")
    texts, _ = merge(tmp_path, {"data/software.yml": software}, [project, other])
    assert texts == {"data/projects.yml": "projects:\n  - id: rope\n    name: Rope\n"}


def test_a_patent_can_be_there_as_a_publication(tmp_path: Path) -> None:
    files = {
        "data/patents.yml": "patents:\n  - title: A joint\n",
        "data/publications.bib": "@patent{deck, title = {A deck}}\n",
    }
    patent = ImportedEntry("patents", {"id": "a-deck", "title": "A deck"}, "cv.yaml")
    texts, _ = merge(tmp_path, files, [patent], bibliography("@patent{joint, title = {A joint}}"))
    assert texts == {}


def test_what_people_do_again_is_another_entry(tmp_path: Path) -> None:
    files = {
        "data/awards.yml": "awards:\n  - {title: Best reviewer, date: 2019}\n",
        "data/certificates.yml": "certificates:\n  - {name: First aid, date: 2019/2021}\n",
    }
    entries = [
        ImportedEntry("awards", {"id": "a", "title": "Best reviewer", "date": "2019-05"}, "cv.yaml"),
        ImportedEntry("awards", {"id": "b", "title": "Best reviewer", "date": "2020"}, "cv.yaml"),
        ImportedEntry("certificates", {"id": "c", "name": "First aid", "date": "2019"}, "cv.yaml"),
        ImportedEntry("certificates", {"id": "d", "name": "First aid", "date": "2022"}, "cv.yaml"),
    ]
    texts, _ = merge(tmp_path, files, entries)
    assert [re.findall("id: (.*)", text) for text in texts.values()] == [["b"], ["d"]]


def test_a_profile_is_completed(tmp_path: Path) -> None:
    written = "# Me\nheadline: Engineer\nemail: {value: ana@vaz.example, show: [pdf]}\n"
    written += "links:\n  - link: https://a.example\n"
    data = {
        "name": "Ana Vaz",
        "headline": "Boss",
        "picture": "me.jpg",
        "email": "ana@vaz.example",
        "phone": "+47 22 12 34 56",
        "location": {"city": "Oslo", "country_code": "XX"},
        "links": [{"link": f"https://{name}.example"} for name in "abcdd"],
    }
    profile = ImportedProfile(data, "resume.json", 3)
    owner = Profile("Ana Vaz", url="https://b.example", accounts=(Account("C", "https://c.example"),))
    assert merge(tmp_path, {"data/profile.yml": written}, [], profiles=(profile, profile), owner=owner) == (
        {
            "data/profile.yml": written + "\n  - link: https://d.example\n"
            "\npicture: me.jpg\nphone:\n  value: +47 22 12 34 56\n  show: []\npicture_alt: Ana Vaz\n",
        },
        [
            "resume.json:3:1: data/profile.yml has headline of its own. "
            "It is not changed. Edit it if this is the better text.",
            "resume.json:3:1: data/profile.yml has headline of its own. "
            "It is not changed. Edit it if this is the better text.",
            "resume.json:3:1: the phone number is imported, but appears nowhere. "
            "To show it, write site, pdf, exports, or some of these, under phone in data/profile.yml.",
            "resume.json:3:1: location.country_code: 'XX' is not the code of a country. "
            "Write its two letters of ISO 3166, as in NO.",
            "resume.json:3:1: location.country_code: 'XX' is not the code of a country. "
            "Write its two letters of ISO 3166, as in NO.",
        ],
    )


# Words that differ from all ids and names of the owner's entries.
_WORDS = st.from_regex(r"[A-Z][a-zäß]{3,9}", fullmatch=True)
_OPTIONAL = {"skills": ("level",), "languages": ("fluency",), "interests": ("source",)}
# The kinds in YAML files, with the fields that an entry needs and a text that it may have.
_REQUIRED = {
    kind.name: (*required_fields(kind.name), *_OPTIONAL.get(kind.name, ("summary",)))[:2]
    for kind in KINDS
    if kind.file != PUBLICATIONS_FILE
}
_KINDS = st.sampled_from(sorted(_REQUIRED))
_FILES = {kind.name: kind.file for kind in KINDS}
# With %s for a list, and the names of its fields.
_SHAPES = st.sampled_from(
    [
        "%s:\n  - {id: %s, %s: mine, %s: x}\n",
        "# Mine\n%s:\n- id: %s\n  %s: mine  # here\n  %s: >-\n    x\n\n\n# End\n",
        "%s: [{id: %s, %s: mine, %s: x}]\r\n",
        "---\n%s: [  # all\n  {id: %s, %s: mine, %s: x},\n]\n...\n",
    ]
)


@given(
    owned=st.dictionaries(_KINDS, _SHAPES),
    # Readers of other formats remove control characters.
    new=st.lists(
        st.tuples(_KINDS, _WORDS, st.text(max_size=30).filter(lambda text: find_control(text) is None)),
        max_size=6,
    ),
    titles=st.lists(_WORDS, max_size=4),
    bib=st.sampled_from(
        ["", "@misc{mine, title = {mine}}", "% Mine\r\n\r\n@misc{mine,\r\ntitle={mine}}\r\n"]
    ),
)
def test_what_is_there_stays_and_all_that_is_new_is_added(
    owned: dict[str, str], new: list[tuple[str, str, str]], titles: list[str], bib: str
) -> None:
    files: dict[str, str] = {}
    for kind, shape in owned.items():
        # A file has one of these shapes; a second list in it has the first one's lines before it.
        files.setdefault(_FILES[kind], shape % (kind, f"my-{kind}", *_REQUIRED[kind]))
    entries = []
    for kind, word, text in new:
        names = _REQUIRED[kind]
        data = {"id": word, names[0]: word, names[1]: "y", "source": text}
        entries.append(ImportedEntry(kind, data, "cv.yaml"))
    papers = bibliography(*(f"@misc{{{title}, title = {{{title}}}}}" for title in titles))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records.write(folder, {})
        (folder / "data").mkdir()
        for file, content in {**files, "publications.bib": bib}.items():
            (folder / "data" / file).write_bytes(content.encode())
        before, _ = load_record(paths(folder))
        imported = ImportedRecord(entries, [papers])
        merged = merge_record(imported, paths(folder))
        assert not [problem for problem in merged.problems if problem.severity == "error"]
        for path, text in merged.texts.items():
            path.write_bytes(text.encode())
        after, problems = load_record(paths(folder))
        assert not problems
        assert not merge_record(imported, paths(folder)).texts
    assert {entry.id: entry for entry in before}.items() <= {entry.id: entry for entry in after}.items()
    # A program may be a project, and the other way round.
    group = {"software": "projects"}
    wanted = {(group.get(kind, kind), word) for kind, word, _ in new}
    wanted |= {("publications", title) for title in titles}
    added = {
        (group.get(kind, kind), re.sub(r"-\d+$", "", entry.id))
        for kind in (*_REQUIRED, "publications")
        for entry in after[kind]
    }
    assert wanted <= added


def test_proceedings_by_others_are_imported_once(tmp_path: Path) -> None:
    texts, problems = merge(
        tmp_path,
        {},
        [],
        bibliography(
            "@inproceedings{a, title = {Part}, author = {Rossi, Ana}, crossref = {b}}",
            "@proceedings{b, title = {Whole}, editor = {Berg, Jan}, year = 2019}",
        ),
    )
    assert problems == []
    assert texts["data/publications.bib"].count("@") == 2


def test_works_that_pages_cite_are_references(tmp_path: Path) -> None:
    files = {"data/publications.bib": "@misc{mine, title = {Mine}, year = 2020}\n"}
    cited = "@misc{mine, title = {Mine}, year = 2020}\n@misc{theirs, title = {Theirs}, year = 2019}"
    references = ImportedBibliography(cited, "refs.bib", is_own=False)
    assert merge(tmp_path, files, [], references) == (
        {"data/references.bib": "@misc{theirs,\n  title = {Theirs},\n  year  = 2019,\n}\n"},
        [],
    )
