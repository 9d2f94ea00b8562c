import logging
from pathlib import Path

import pytest

from mkdocs_live.problems import Problem, of_text, trial


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "docs/data/career.yml:3:5: roles: expected a list.",
            Problem("docs/data/career.yml", 3, 5, "roles: expected a list."),
        ),
        (
            "Doc file 'notes/a.md' contains a link 'b.md', but the target 'notes/b.md' is not found.",
            Problem(
                "notes/a.md",
                0,
                0,
                "Doc file 'notes/a.md' contains a link 'b.md', but the target 'notes/b.md' is not found.",
            ),
        ),
        (
            'Error: mapping values are not allowed here\n  in "mkdocs.yml", line 7, column 12',
            Problem(
                "mkdocs.yml",
                7,
                12,
                'Error: mapping values are not allowed here\n  in "mkdocs.yml", line 7, column 12',
            ),
        ),
        ("Something.", Problem("", 0, 0, "Something.")),
    ],
)
def test_a_line_of_a_log_says_where(text: str, problem: Problem) -> None:
    assert of_text(text) == problem


def test_what_is_logged_and_raised_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "hook.py"
    path.write_text("def fail():\n    raise KeyError('a')\n")
    names: dict[str, object] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)  # noqa: S102 - a hook, as its owner wrote it
    fail = names["fail"]
    assert callable(fail)
    with trial(tmp_path) as tried:
        logging.getLogger("mkdocs.test").warning("a.md:1:2: %s", "strange")
        logging.getLogger("mkdocs.test").warning("a.md:1:2: strange")
        fail()
    assert tried.problems == (Problem("a.md", 1, 2, "strange"), Problem("hook.py", 2, 5, "KeyError: 'a'"))


def test_an_error_of_syntax_stands_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "hook.py"
    with trial(tmp_path) as tried:
        compile("a = (\n", str(path), "exec")
    (problem,) = tried.problems
    assert (problem.path, problem.line, problem.column) == ("hook.py", 1, 5)
    assert problem.message == "SyntaxError: '(' was never closed"
