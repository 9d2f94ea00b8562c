from pathlib import Path

import pytest

from mkdocs_live.problem_locations import placed
from mkdocs_live.problems import Problem, of_text, trial

POST = "---\ndate: [\nslug: a\n---\n\n# A\n\nSee [this](no.md).\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "posts").mkdir(parents=True)
    (tmp_path / "docs" / "posts" / "a.md").write_text(POST)
    (tmp_path / "mkdocs.yml").write_text("site_name: A\nplugins:\n  - search\n  - nosuch\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "Doc file 'posts/a.md' contains a link 'no.md', but the target 'posts/no.md' is not found.",
            ("docs/posts/a.md", 8, 12),
        ),
        (
            "Error reading metadata of post 'posts/a.md' in 'docs':\nwhile parsing\n"
            '  in "<unicode string>", line 1, column 7:\n    date: [',
            ("docs/posts/a.md", 2, 7),
        ),
        ("docs/posts/a.md:3:5: slug: what?", ("docs/posts/a.md", 3, 5)),
        ("Config value 'plugins': The \"nosuch\" plugin is not installed", ("mkdocs.yml", 4, 5)),
        ("Config value 'site_nome': is not known", ("mkdocs.yml", 0, 0)),
        ("Doc file 'posts/b.md' contains a link 'no.md'.", ("posts/b.md", 0, 0)),
        ("Something.", ("", 0, 0)),
    ],
)
def test_a_problem_is_where_its_words_say(root: Path, text: str, place: tuple[str, int, int]) -> None:
    (found,) = placed([of_text(text), of_text(text)], root, root / "docs")
    assert (found.path, found.line, found.column) == place


def test_a_broken_link_is_told_once(root: Path) -> None:
    told = [
        "docs/posts/a.md:8:1: link: there is no 'no.md'.",
        "Doc file 'posts/a.md' contains a link 'no.md', but the target 'posts/no.md' is not found.",
    ]
    found = placed(map(of_text, told), root, root / "docs")
    assert [one.message for one in found] == ["link: there is no 'no.md'."]
    other = "docs/posts/a.md:8:1: link: there is no 'else.md'."
    assert len(placed(map(of_text, [other, told[1]]), root, root / "docs")) == 2


def test_paths_are_below_the_project(root: Path) -> None:
    problem = Problem(str(root / "mkdocs.yml"), 2, 1, "no")
    assert placed([problem], root, root / "docs") == (Problem("mkdocs.yml", 2, 1, "no"),)


def test_a_file_that_nobody_may_read_has_no_lines(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    problem = Problem("docs/posts/a.md", 0, 0, "'no.md' is not there")
    assert placed([problem], root, root / "docs") == (problem,)


def test_what_a_package_finds_wrong_with_a_page_is_in_the_page(root: Path) -> None:
    hook = root / "hook.py"
    hook.write_text(
        "import json\n\ndef fail(text):\n    json.loads(text)\n\ndef own():\n    raise ValueError('no.md')\n"
    )
    names: dict[str, object] = {}
    exec(compile(hook.read_text(), str(hook), "exec"), names)  # noqa: S102 - a hook, as its owner wrote it
    fail, own = names["fail"], names["own"]
    assert callable(fail)
    assert callable(own)
    with trial(root, of_page=True) as tried:
        fail("[")
    (found,) = placed(tried.problems, root, root / "docs", "posts/a.md")
    assert found.path == "docs/posts/a.md"
    with trial(root) as tried:
        fail("[")
    (found,) = placed(tried.problems, root, root / "docs")
    assert (found.path, found.line) == ("hook.py", 4)
    with trial(root, of_page=True) as tried:
        own()
    (found,) = placed(tried.problems, root, root / "docs", "posts/a.md")
    assert (found.path, found.line) == ("hook.py", 7)
