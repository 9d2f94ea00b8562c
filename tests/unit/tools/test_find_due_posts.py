"""Posts whose day it may be, found before packages are installed."""

import importlib.util
from datetime import date
from pathlib import Path

import pytest

from tests.support import project

_SPEC = importlib.util.spec_from_file_location("due", project.ROOT / "hooks/tools/find_due_posts.py")
assert _SPEC is not None
assert _SPEC.loader is not None
due = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(due)


@pytest.mark.parametrize(
    ("name", "text", "is_due"),
    [
        ("a.md", "---\ndate: 2026-05-10\n---\n", True),
        ("a.md", "---\ndate: 2026-05-09 22:00:00\n---\n", True),
        ("a.md", "---\ndate: '2026-05-11'\n---\n", True),
        ("a.md", "---\ndate:\n  created: 2026-05-10\n---\n", True),
        ("a.ipynb", '{"source": ["---\\n", "date: 2026-05-10\\n"]}', True),
        ("a.md", "---\ndate: 2026-05-12\n---\n", False),
        ("a.md", "---\ndate: 2026-05-08\n---\n", False),
        ("a.txt", "date: 2026-05-10\n", False),
    ],
)
def test_finds_posts_that_are_due_in_some_time_zone(
    tmp_path: Path, name: str, text: str, is_due: bool
) -> None:
    path = tmp_path / "posts" / name
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert list(due.find_due_posts(tmp_path, date(2026, 5, 10))) == ([path] if is_due else [])
