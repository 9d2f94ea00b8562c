"""Reading the record: everything that is there, all problems at once, and never an exception."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.portfolio import records

POST = "---\ndate: 2026-01-31\nabout: [first]\n---\n# A *post*, {braced} {#id}\n\nText.\n"


def test_nothing_at_all_is_a_record(tmp_path: Path) -> None:
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


def test_an_empty_value_is_as_good_as_none(tmp_path: Path) -> None:
    text = "roles:\n  - id: a\n    company: C\n    position: P\n"
    text += "    highlights:\n    end_date:\n    after: []\n    url: ''\n"
    record, problems = records.read(records.write(tmp_path, {"data/career.yml": text}))
    assert [str(problem) for problem in problems] == [
        "data/career.yml:8:5: roles[0].url: '' is not a link. "
        "Write https://…, mailto:… or a path of this site."
    ]
    assert record.roles[0].highlights == ()


def test_posts_are_read_by_their_front_matter(tmp_path: Path) -> None:
    files = {
        "data/career.yml": {"roles": [{"id": "first", "company": "C", "position": "P"}]},
        "posts/one.md": POST,
        "posts/2026/two/index.md": "---\ndate: {created: 2026-02-01}\ndraft: true\n---\n",
        "posts/three.md": "---\r\ndate: 2026-03-01 10:00\r\nid: other\r\n---\r\n```\n# none\n```\ntext\n",
        "posts/.hidden/four.md": "not a post",
    }
    record, problems = records.read(records.write(tmp_path, files))
    assert problems == []
    posts = {post.id: post for post in record.posts}
    assert sorted(posts) == ["one", "other", "two"]
    assert posts["one"].about == ("first",)
    assert posts["two"].draft
    assert posts["one"].path == "posts/one.md"


def test_the_problems_of_all_files_come_at_once_and_sorted(tmp_path: Path) -> None:
    files = {
        "data/career.yml": "roles:\n  - id: first\n    company: C\n    position: P\n    evidence: [no]\n"
        "rolls: 1\n",
        "data/talks.yml": "talks:\n  - id: talk\n    title: [T]\n    appearances:\n      - {dat: 2019}\n",
        "data/software.yml": "software: {id: x}\n",
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
        ["data/software.yml:1:1", "software"],
        ["data/talks.yml:3:5", "talks[0].title"],
        ["data/talks.yml:5:10", "talks[0].appearances[0].dat"],
        ["posts/bad.md:2:1", "date"],
        ["posts/bad.md:3:9", "about[0]"],
        ["posts/broken.md:2:9", "this is not YAML"],
        ["posts/none.md:1:1", "a post begins with its front matter"],
    ]
    assert "Did you mean 'roles'?" in lines[1]
    assert "Did you mean 'date'?" in lines[6]
    assert "Did you mean 'first'?" in lines[8]


def test_what_is_no_text_file_is_a_problem(tmp_path: Path) -> None:
    records.write(tmp_path, {"data/talks.yml": "", "posts/a.md": ""})
    for name in ("data/talks.yml", "posts/a.md"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    _, problems = records.read(tmp_path)
    assert [(problem.path, problem.line) for problem in problems] == [
        ("data/talks.yml", 1),
        ("posts/a.md", 1),
    ]


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.dates()
)
KEYS = st.sampled_from(
    "id company position start_date end_date date summary highlights url after before evidence basis source "
    "institution area degree location roles education talks title appearances event software name".split()
) | st.text(max_size=4)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)
LISTS = st.lists(st.dictionaries(KEYS, ANYTHING, max_size=8), max_size=4) | ANYTHING


@given(
    st.fixed_dictionaries({"roles": LISTS, "education": LISTS}) | ANYTHING,
    st.fixed_dictionaries({"talks": LISTS}),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_yaml_gives_a_record_and_problems(tmp_path: Path, career: Any, talks: Any) -> None:
    _, problems = records.read(records.write(tmp_path, {"data/career.yml": career, "data/talks.yml": talks}))
    assert all(problem.path.startswith("data/") and problem.line >= 1 for problem in problems)


@given(
    st.text(max_size=150)
    | st.text(alphabet="-:\n#ab [12]{}'\"", max_size=80).map(lambda text: f"---\n{text}\n---\n")
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_post_gives_a_post_or_problems(tmp_path: Path, text: str) -> None:
    record, problems = records.read(records.write(tmp_path, {"posts/any.md": text}))
    assert record.posts or problems
