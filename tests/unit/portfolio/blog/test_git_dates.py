"""The days of the last changes, read from a real repository."""

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portfolio.blog import git_dates

Commit = Callable[[str], None]


def git(folder: Path, *arguments: str, at: str = "2026-01-01T00:00:00Z") -> None:
    who = {"NAME": "A", "EMAIL": "a@example.org", "DATE": at}
    env = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(
        ["git", "-C", folder, *arguments], check=True, capture_output=True,
        env={**clean, **env, "GIT_CONFIG_GLOBAL": os.devnull},
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    docs = tmp_path / "repository" / "docs"
    docs.mkdir(parents=True)
    git(docs.parent, "init", "--quiet")

    def commit(at: str, **texts: str) -> None:
        for name, text in texts.items():
            (docs / f"{name}.md").write_text(text, encoding="utf-8")
        git(docs.parent, "add", "--all")
        git(docs.parent, "commit", "--quiet", "--message", at, at=at)

    commit("2026-01-01T00:00:00Z", added="1", changed="1", twice="1", über="1")
    commit("2026-02-01T00:00:00Z", changed="2", twice="2", über="2")
    commit("2026-03-01T23:30:00Z", twice="3")
    (docs / "added.md").rename(docs / "renamed.md")
    commit("2026-04-01T00:00:00Z")
    (docs / "changed.md").write_text("not committed", encoding="utf-8")
    return docs


def test_the_last_change_counts_but_not_the_addition(repository: Path) -> None:
    assert git_dates.read_change_dates(repository, UTC) == {
        repository / "changed.md": date(2026, 2, 1),
        repository / "twice.md": date(2026, 3, 1),
        repository / "über.md": date(2026, 2, 1),
    }


def test_a_merge_is_not_a_change(repository: Path) -> None:
    root = repository.parent
    git(root, "checkout", "--quiet", "--force", "-b", "other", "HEAD~1")
    (repository / "changed.md").write_text("3", encoding="utf-8")
    git(root, "commit", "--quiet", "--all", "--message", "other", at="2026-05-01T00:00:00Z")
    git(root, "checkout", "--quiet", "-")
    git(root, "merge", "--quiet", "--no-ff", "other", at="2026-06-01T00:00:00Z")
    assert git_dates.read_change_dates(repository, UTC)[repository / "changed.md"] == date(2026, 5, 1)


def test_the_day_is_in_the_time_zone(repository: Path) -> None:
    assert git_dates.read_change_dates(repository, ZoneInfo("Asia/Tokyo"))[repository / "twice.md"] == date(
        2026, 3, 2
    )


def test_a_shallow_clone_gives_only_known_dates(repository: Path, tmp_path: Path) -> None:
    for depth, known in ((1, {}), (3, {"twice.md": date(2026, 3, 1)})):
        clone = tmp_path / f"clone{depth}"
        git(tmp_path, "clone", "--quiet", f"--depth={depth}", f"file://{repository.parent}", str(clone))
        dates = git_dates.read_change_dates(clone / "docs", UTC)
        assert {path.name: day for path, day in dates.items()} == known


def test_there_are_no_dates_without_git_or_a_repository(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git_dates.read_change_dates(tmp_path, UTC) == {}
    assert git_dates.read_change_dates(tmp_path / "nowhere", UTC) == {}
    monkeypatch.setenv("PATH", "")
    assert git_dates.read_change_dates(repository, UTC) == {}


def test_changes_before_a_deletion_do_not_count() -> None:
    def at(day: int) -> str:
        return f"\x01{int(datetime(2026, 1, day, tzinfo=UTC).timestamp())}\0\n"

    log = f"{at(5)}A\0a\0{at(4)}D\0a\0{at(3)}M\0a\0M\0b\0{at(1)}A\0a\0A\0b\0"
    assert git_dates.parse_git_log(log, UTC) == {"b": date(2026, 1, 3)}
