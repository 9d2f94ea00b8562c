"""Loading the record and the glossary: all problems at once, and never an exception."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.record.kinds import KINDS, SECTIONS_FILE
from portfolio.record.models import Appearance, OwnSection, Publication, SectionEntry
from portfolio.record.people import Contact, OtherName, Place
from portfolio.sources import loader
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records

POST = "---\ndate: 2026-01-31\nabout: [first]\n---\n# A *post*, {braced} {#id}\n\nText.\n"


def test_missing_files_are_an_empty_record(tmp_path: Path) -> None:
    record, problems = records.read(tmp_path)
    assert problems == []
    assert list(record) == []


def test_empty_files_and_lists_are_valid(tmp_path: Path) -> None:
    files = {
        "data/career.yml": "roles:\neducation: []\n",
        "data/talks.yml": "# nothing yet\n",
        "data/software.yml": "",
        "data/publications.bib": "% nothing yet\n",
    }
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    assert list(record) == []


def test_empty_value_counts_as_missing(tmp_path: Path) -> None:
    text = "roles:\n  - id: a\n    company: C\n    position: P\n"
    text += "    highlights:\n    end_date:\n    after: []\n    url: ''\n"
    record, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert [str(problem) for problem in problems] == [
        "data/career.yml:8:5: roles[0].url: '' is not a link. "
        "Write https://…, mailto:… or a path of this site."
    ]
    assert record.roles[0].highlights == ()


@pytest.mark.parametrize(
    ("end", "problem"),
    [
        ("Present", ""),
        ("now", "'now' is not a date. Write 'present'."),
        ("Current", "'Current' is not a date. Write 'present'."),
        (
            "",
            "this is empty. Write 'present' if it is ongoing, or leave the key out if the end is not known.",
        ),
        (
            "Summer 2012",
            "'Summer 2012' is not a date: the year comes first, and months are numbers. Write 2012-22.",
        ),
    ],
)
def test_end_of_a_role(tmp_path: Path, end: str, problem: str) -> None:
    record, problems = records.career(tmp_path, {"id": "a", "end_date": end})
    assert [f"{problem.message} {problem.hint}" for problem in problems] == [problem] * bool(problem)
    assert record.roles[0].ongoing is not bool(problem)


def test_an_interval_is_not_suggested_for_a_start(tmp_path: Path) -> None:
    _, (problem,) = records.career(tmp_path, {"id": "a", "start_date": "2012-2015"})
    assert "2012/2015" not in problem.hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("See [the report](https://x.example/a).", ""),
        ("A function `f[0](x)`, and \\[a\\](b)", ""),
        (
            "See [the report](https://x.example/a b).",
            "'See [the report](https://x.example/a b).' contains no valid link.",
        ),
        ("See [this](javascript:alert).", "'See [this](javascript:alert).' contains no valid link."),
        ("See [us](/a/).", "'/a/' begins with '/', which leaves out the path of this site."),
        ("See [us](gone/).", "there is no 'gone/' in"),
    ],
)
def test_links_in_texts_are_checked(tmp_path: Path, text: str, problem: str) -> None:
    _, problems = records.career(tmp_path, {"id": "a", "highlights": ["Fine", text]})
    assert [found.field for found in problems] == ["roles[0].highlights[1]"] * bool(problem)
    assert all(found.message.startswith(problem) for found in problems)


def test_posts_are_read_by_their_front_matter(tmp_path: Path) -> None:
    files = {
        "data/career.yml": {"roles": [{"id": "first", "company": "C", "position": "P"}]},
        "posts/one.md": POST,
        "posts/2026/two/index.md": "---\ndate: {created: 2026-02-01}\ndraft: true\n---\n",
        "posts/three.md": "---\r\ndate: 2026-03-01 10:00:00\r\nid: other\r\n---\r\n```\n# none\n```\ntext\n",
        "posts/.hidden/four.md": "not a post",
    }
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    posts = {post.id: post for post in record.posts}
    assert sorted(posts) == ["one", "other", "two"]
    assert posts["one"].about == ("first",)
    assert str(posts["two"].date) == "2026-02-01"
    assert posts["one"].path == "posts/one.md"


def test_problems_of_all_files_are_reported_at_once_and_sorted(tmp_path: Path) -> None:
    files = {
        "data/career.yml": "roles:\n  - id: first\n    company: C\n    position: P\n    evidence: [no]\n"
        "rolls: 1\n",
        "data/talks.yml": "talks:\n  - id: talk\n    title: [T]\n    appearances:\n      - {dat: 2019}\n",
        "data/software.yml": "software: [[x]]\n",
        "data/publications.bib": "@misc{p, date = {soon}}",
        "posts/bad.md": "---\ndate: someday\nabout: [frist]\n---\ntext\n",
        "posts/none.md": "no front matter\n",
        "posts/broken.md": "---\ntitle: a: b\n---\n",
    }
    _, problems = records.read(records.write(tmp_path, files))
    lines = [str(problem) for problem in problems]
    assert lines == sorted(lines, key=lambda line: (line.split(":")[0], int(line.split(":")[1])))
    assert [line.split(": ")[:2] for line in lines] == [
        ["data/career.yml:5:16", "roles[0].evidence[0]"],
        ["data/career.yml:6:1", "rolls"],
        ["data/publications.bib:1:1", "p.title"],
        ["data/publications.bib:1:10", "p.date"],
        ["data/software.yml:1:12", "software[0]"],
        ["data/talks.yml:3:5", "talks[0].title"],
        ["data/talks.yml:5:10", "talks[0].appearances[0].dat"],
        ["posts/bad.md:2:1", "date"],
        ["posts/bad.md:3:9", "about[0]"],
        ["posts/broken.md:2:9", "this is not YAML"],
        ["posts/none.md:1:1", "this post has no front matter. Begin it with the lines '---', 'date"],
    ]
    assert "Did you mean 'roles'?" in lines[1]
    assert "Did you mean 'date'?" in lines[6]
    assert "Did you mean 'first'?" in lines[8]


def test_file_whose_name_is_misspelled_is_a_problem(tmp_path: Path) -> None:
    names = ("award.yml", "career.yaml", "publication.bib", "profil.yml", "measurements.yml", "urls.lock")
    _, problems = records.read(records.write(tmp_path, {f"data/{name}": "" for name in names}))
    assert [(problem.path, problem.hint) for problem in problems] == [
        ("data/award.yml", "Did you mean 'awards.yml'?"),
        ("data/career.yaml", "Did you mean 'career.yml'?"),
        ("data/profil.yml", "Did you mean 'profile.yml'?"),
        ("data/publication.bib", "Did you mean 'publications.bib'?"),
    ]


def test_binary_file_is_a_problem(tmp_path: Path) -> None:
    records.write(tmp_path, {"data/talks.yml": "", "posts/a.md": ""})
    for name in ("data/talks.yml", "posts/a.md"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    _, problems = records.read(tmp_path)
    assert [(problem.path, problem.line) for problem in problems] == [
        ("data/talks.yml", 1),
        ("posts/a.md", 1),
    ]


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2025-01-01", "2025-01-01"),
        ("2025-1-5 10:00:00", "2025-01-05"),
        ("2025-01-01T10:00:00+02:00", "2025-01-01"),
        ("{created: 2025-01-01, updated: 2025-02-01}", "2025-01-01"),
        ("2025-01-01garbage", None),
        ("20250105", None),
        ("2025-W05-1", None),
        ("2025-1-5", None),
        ("2025-02-30", None),
        ("2025-01-01 10:00", None),
        ("'2025-01-01'", None),
        ("[2025-01-01]", None),
        ("{updated: 2025-01-01}", None),
        ("{created: 2025-01-01, updated: soon}", "2025-01-01"),
    ],
)
def test_post_dates_are_those_that_the_blog_accepts(tmp_path: Path, date: str, day: str | None) -> None:
    text = f"---\ndate: {date}\n---\nText.\n"
    record, problems = records.read(records.write(tmp_path, {"posts/a.md": text}))
    assert str(record.posts[0].date) == str(day)
    is_date = day is not None and "soon" not in date
    assert [problem.field for problem in problems] == (
        []
        if is_date
        else ["date.updated"]
        if "soon" in date
        else ["date.created"]
        if "{" in date
        else ["date"]
    )


@pytest.mark.parametrize("ending", ["---\n", "---  \n", "...\n"])
def test_front_matter_ends_as_in_the_blog(tmp_path: Path, ending: str) -> None:
    text = f"---\ndate: 2025-01-01\n{ending}Text.\n"
    assert records.read(records.write(tmp_path, {"posts/a.md": text}))[1] == []


@pytest.mark.parametrize("title", ["2025", "2025-01-01", "no", "1.10"])
def test_title_of_a_post_is_what_its_author_wrote(tmp_path: Path, title: str) -> None:
    text = f"---\ndate: 2025-01-01\ntitle: {title}\n---\n"
    record, problems = records.read(records.write(tmp_path, {"posts/a.md": text}))
    assert (record.posts[0].title, problems) == (title, [])
    text = text.replace(f"title: {title}", "title: [a]")
    _, problems = records.read(records.write(tmp_path, {"posts/a.md": text}))
    assert [(problem.line, problem.field) for problem in problems] == [(3, "title")]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("what's-new.md", "whats-new"),
        ("_x.md", "x"),
        ("100%.md", "100"),
        ("a  b.md", "a-b"),
        ("index.md", "index"),
        ("C# & me/index.md", "C-me"),
        ("日記.md", "日記"),
        ("a.markdown", "a"),
    ],
)
def test_post_id_comes_from_the_file_name(tmp_path: Path, name: str, id: str) -> None:
    record, problems = records.read(
        records.write(tmp_path, {f"posts/{name}": "---\ndate: 2025-01-01\n---\n"})
    )
    assert problems == []
    assert [post.id for post in record.posts] == [id]


def test_file_name_without_letters_is_a_problem(tmp_path: Path) -> None:
    files = {f"posts/{name}.md": "---\ndate: 2025-01-01\n---\n" for name in ("#", "%")}
    record, problems = records.read(records.write(tmp_path, files))
    assert [(problem.path, problem.field) for problem in problems] == [
        ("posts/#.md", "id"),
        ("posts/%.md", "id"),
    ]
    assert len({post.id for post in record.posts}) == 2


def test_posts_are_found_through_symbolic_links_without_endless_loops(tmp_path: Path) -> None:
    records.write(tmp_path, {"elsewhere/a.md": "---\ndate: 2025-01-01\n---\n", "posts/sub/x.txt": ""})
    (tmp_path / "posts" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "posts")
    (tmp_path / "posts" / "sub" / "up").symlink_to(tmp_path / "posts")
    record, problems = records.read(tmp_path)
    assert problems == []
    assert [post.path for post in record.posts] == ["posts/link/a.md"]


def test_posts_may_be_outside_of_the_project(tmp_path: Path) -> None:
    records.write(tmp_path, {"elsewhere/posts/a.md": "---\ndate: never\n---\n", "project/x": ""})
    docs = tmp_path / "elsewhere"
    record, problems = loader.load_record(
        SitePaths(tmp_path / "project", docs, docs / "data", docs / "posts", EXCERPT_SEPARATOR)
    )
    assert [post.path for post in record.posts] == ["../elsewhere/posts/a.md"]
    assert [problem.path for problem in problems] == ["../elsewhere/posts/a.md"]


def test_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "posts" / "folder.md").mkdir(parents=True)
    (tmp_path / "data" / "talks.yml").mkdir(parents=True)
    for name in ("posts/dangling.md", "data/software.yml"):
        (tmp_path / name).symlink_to("nowhere")
    _, problems = records.read(tmp_path)
    assert [str(problem) for problem in problems] == [
        "data/software.yml:1:1: this symbolic link leads to no file.",
        "data/talks.yml:1:1: this is a folder. Only regular files are read.",
        "posts/dangling.md:1:1: this symbolic link leads to no file.",
    ]


def test_unreadable_data_folder_is_a_problem(tmp_path: Path) -> None:
    files = len(loader.DATA_FILES)
    (tmp_path / "data").symlink_to("nowhere")
    assert len(records.read(tmp_path)[1]) == files
    (tmp_path / "data").unlink()
    (tmp_path / "data").write_text("")
    assert len(records.read(tmp_path)[1]) == files


def test_problem_has_the_position_of_its_entry(tmp_path: Path) -> None:
    text = (
        "roles:\n"
        "  - {company: C, position: P, after: [nope]}\n"
        "  - {company: C, position: P}\n"
        "  - {id: a, company: C, position: P}\n"
        "  - {id: a, company: C, position: P, after: [nope], start_date: 2015, end_date: 2014}\n"
        "  - {id: 0-missing, company: C, position: P}\n"
        "  - {id: 0-missing, company: C, position: P}\n"
    )
    _, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert [(problem.line, problem.field) for problem in problems] == [
        (2, "roles[0].after[0]"),
        (5, "roles[3].id"),
        (5, "roles[3].after[0]"),
        (5, "roles[3].end_date"),
        (7, "roles[5].id"),
    ]


def test_list_items_keep_their_positions_after_invalid_items(tmp_path: Path) -> None:
    text = "roles:\n  - {id: fine, company: C, position: P}\n"
    text += "  - {id: a, company: C, position: P, after: ['#bad', fine, nope]}\n"
    talks = "talks:\n  - id: t\n    title: T\n    appearances:\n      - 7\n      - {url: gone.pdf}\n"
    files = {"data/career.yml": text, "data/talks.yml": talks}
    _, problems = records.read(records.write(tmp_path, files))
    assert [(problem.line, problem.column, problem.field) for problem in problems] == [
        (3, 46, "roles[1].after[0]"),
        (3, 60, "roles[1].after[2]"),
        (5, 9, "talks[0].appearances[0]"),
        (6, 10, "talks[0].appearances[1].url"),
    ]


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        (
            {
                "data/career.yml": "roles:\n"
                "  - {id: a, company: C, position: P, end_date: 2010, evidence: [p]}\n",
                "posts/p.md": "---\ntags: [x]\n---\n",
            },
            ["date"],
        ),
        (
            {"data/career.yml": "roles:\n  - {id: a, company: C, position: P, basis: {date: maybe}}\n"},
            ["roles[0].basis.date"],
        ),
        (
            {"data/career.yml": "roles:\n  - {id: a, company: C, position: ' '}\n"},
            ["roles[0].position"],
        ),
        (
            {"data/career.yml": "roles:\n  - {id: a, company: C, position: P, end_date: '{2018,2019}'}\n"},
            ["roles[0].end_date"],
        ),
    ],
)
def test_a_mistake_is_a_single_problem(tmp_path: Path, files: dict[str, str], fields: list[str]) -> None:
    _, problems = records.read(records.write(tmp_path, files))
    assert [problem.field for problem in problems] == fields


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "a\x07", "contains a character that is not text (U+0007)."),
        ("summary", "a\n\nb\0", "contains a character that is not text (U+0000)."),
        ("source", "a\ufffe", "contains a character that is not text (U+FFFE)."),
        ("title", "\u200b\u2066", "has no visible character."),
        ("id", "a\u202eb", "'a\ufffdb' cannot be an id, which is part of a URL."),
        ("id", "a" * 251, "is too long for an id: 251 bytes."),
        ("title", "a" * 1001, "this has 1,001 characters."),
        (
            "summary",
            "e" + "\u0301" * 101,
            "has a character with more accents or other marks than can be drawn.",
        ),
        ("url", "a" * 5000, "in "),
        ("url", "a" * 5000 + "/", "in "),
        ("summary", f"[a]({'a/' * 3000})", "in "),
    ],
)
def test_texts_that_are_no_text(tmp_path: Path, field: str, value: str, message: str) -> None:
    award = {"id": "a", "title": "A", field: value}
    _, (problem,) = records.read(records.write(tmp_path, {"data/awards.yml": {"awards": award}}))
    assert problem.field == f"awards.{field}"
    assert message in problem.message


def test_control_character_in_bibtex(tmp_path: Path) -> None:
    text = "@misc{a,\n title = {A\x07},\n journal = {B\x00},\n year = 2020}\n"
    _, problems = records.read(records.write(tmp_path, {"data/publications.bib": text}))
    assert [str(problem) for problem in problems] == [
        f"data/publications.bib:{place}: contains a character that is not text ({code}). Remove it."
        for place, code in (("2:2: a.title", "U+0007"), ("3:2: a.journal", "U+0000"))
    ]


def test_problem_is_one_short_line(tmp_path: Path) -> None:
    text = 'roles:\n  - {id: "a\\nb", "x\\ny": 1, company: C, position: P, url: "' + "u " * 500 + '"}\n'
    _, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert len(problems) == 3
    assert all(len(str(problem).splitlines()) == 1 and len(str(problem)) < 300 for problem in problems)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["a" * 300, "2019~", "present", "[a](b)", "\u202e", "\u200b", "../a"])
    | st.sampled_from(["a/" * 300, "a\0b", "https://[", "cv.yml", "1.0", "0001"])
)
MODELS = (*(kind.model for kind in KINDS), Appearance, OwnSection, SectionEntry, OtherName, Contact, Place)
FIELDS = sorted({name for model in MODELS for name in model.model_fields})
KEYS = st.sampled_from(FIELDS) | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)


def entries_of(model: type[Any]) -> st.SearchStrategy[Any]:
    """Entries that have what they must have, and anything."""
    required = {name: ANYTHING for name, field in model.model_fields.items() if field.is_required()}
    optional = {name: ANYTHING for name in model.model_fields if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def lists_of(model: type[Any]) -> st.SearchStrategy[Any]:
    return st.lists(entries_of(model) | st.dictionaries(KEYS, ANYTHING, max_size=5), max_size=3) | ANYTHING


LISTS: list[tuple[str, str, type[Any]]] = [
    *((kind.file, kind.name, kind.model) for kind in KINDS if kind.model is not Publication),
    (SECTIONS_FILE, "sections", OwnSection),
]


@st.composite
def data_files(draw: st.DrawFn) -> tuple[str, Any]:
    file, name, model = draw(st.sampled_from(LISTS))
    return f"data/{file}", draw(st.fixed_dictionaries({name: lists_of(model)}) | ANYTHING)


@given(st.lists(data_files(), min_size=1, max_size=3))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_yaml_gives_a_record_and_problems(tmp_path: Path, files: list[tuple[str, Any]]) -> None:
    empty = {f"data/{name}": "" for name in loader.DATA_FILES}
    record, problems = records.read(records.write(tmp_path, {**empty, **dict(files)}))
    for problem in problems:
        assert problem.path.startswith("data/")
        assert problem.line >= 1
        assert len(str(problem)) < 1000
    # What is valid can be shown, whatever else is wrong.
    for section in Portfolio(record).sections:
        assert section.entries


@given(
    st.text(max_size=150)
    | st.text(alphabet="-:\n#ab [12]{}'\"", max_size=80).map(lambda text: f"---\n{text}\n---\n")
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_post_gives_a_post_or_problems(tmp_path: Path, text: str) -> None:
    record, problems = records.read(records.write(tmp_path, {"posts/any.md": text}))
    assert record.posts or problems


def test_a_record_reuses_the_posts_of_a_previous_one(tmp_path: Path) -> None:
    role = {"id": "first", "company": "C", "position": "P"}
    files = {"data/career.yml": {"roles": [role]}, "posts/one.md": POST}
    before, _ = records.read(records.write(tmp_path, files))
    (tmp_path / "posts/one.md").unlink()
    roles = [{**role, "position": "Q"}, {**role, "id": "next"}]
    files = {"data/career.yml": {"roles": roles}, "data/awards.yml": {"awards": [{"title": "One"}]}}
    records.write(tmp_path, files)
    paths = SitePaths(tmp_path, tmp_path, tmp_path / "data", tmp_path / "posts", EXCERPT_SEPARATOR)
    record, problems = loader.load_record(paths, before)
    assert problems == []
    assert [entry.id for entry in record] == ["first", "next", "one-2", "one"]
    assert record.roles[0].position == "Q"
    # Each entry still stands where its origin says.
    assert [str(origin).partition(":")[0] for origin in record.origins] == [
        "data/career.yml",
        "data/career.yml",
        "data/awards.yml",
        "posts/one.md",
    ]


def test_an_entry_of_an_own_section_stays_if_a_part_of_it_is_invalid(tmp_path: Path) -> None:
    section = {"title": "Press", "entries": [{"name": "A", "url": "not a link"}, ["B"], {"name": "C"}, "D"]}
    record, problems = records.read(records.write(tmp_path, {"data/sections.yml": {"sections": [section]}}))
    assert [problem.field for problem in problems] == ["sections[0].entries[0].url", "sections[0].entries[1]"]
    assert [(entry.id, str(origin)) for entry, origin in zip(record, record.origins, strict=True)] == [
        ("a", "data/sections.yml:3"),
        ("c", "data/sections.yml:6"),
        ("d", "data/sections.yml:7"),
    ]


@pytest.mark.parametrize("sections", [{"title": "P", "entries": "A, B"}, {"title": "Awards"}])
def test_entries_of_a_section_that_cannot_be_read_may_be_missing(
    sections: dict[str, Any], tmp_path: Path
) -> None:
    record, problems = records.read(records.write(tmp_path, {"data/sections.yml": {"sections": sections}}))
    assert loader.find_incomplete_kinds(record, problems) == {SectionEntry}


def test_glossary_is_sorted(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text("KV: key and\n  value\nai: artificial\nGQA: queries\n")
    assert loader.load_glossary(path, tmp_path) == (
        {"ai": "artificial", "GQA": "queries", "KV": "key and value"},
        [],
    )
    assert loader.load_glossary(tmp_path / "none.yml", tmp_path) == ({}, [])


def test_glossary_problems_have_positions(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text("- KV: key and value\n")
    meanings, (problem,) = loader.load_glossary(path, tmp_path)
    assert (meanings, problem.line, problem.code) == ({}, 1, "glossary.not-a-mapping")
    path.write_text("KV:\nAI: [a, b]\n'a]': c\n\"a\\nb\": c\nGQA: queries\n")
    meanings, problems = loader.load_glossary(path, tmp_path)
    assert meanings == {"GQA": "queries"}
    assert [str(problem) for problem in problems] == [
        "glossary.yml:1:1: KV: the meaning of 'KV' is missing. Write lines such as 'KV: key and value'.",
        "glossary.yml:2:1: AI: the meaning of 'AI' is missing. Write lines such as 'KV: key and value'.",
        "glossary.yml:3:1: a]: an abbreviation is one line without ']'.",
        "glossary.yml:4:1: a b: an abbreviation is one line without ']'.",
    ]
