"""Files are written all together or not at all, also if the process is killed or the disk is full."""

from __future__ import annotations

import errno
import itertools
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer import transaction
from portfolio.importer.transaction import ImportFailedError, Transaction, recover
from tests.support import trees

JOURNAL = ".cache/import/journal.json"
CHANGES = {
    "docs/b.md": b"new b",
    "docs/new/c.md": b"new c",
    "docs/new/deep/d.md": b"new d",
    "mkdocs.yml": b"new",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two pages."""
    (tmp_path / "docs").mkdir()
    for name in ("docs/a.md", "docs/b.md", "mkdocs.yml"):
        (tmp_path / name).write_bytes(f"old {name}".encode())
    return tmp_path


def stage(root: Path, changes: dict[str, bytes] = CHANGES) -> Transaction:
    """Return a transaction with staged files."""
    staged = Transaction(root, ("docs", "mkdocs.yml"))
    staged.begin()
    for path, content in changes.items():
        staged.stage(path, content)
    return staged


def read_project(root: Path) -> dict[str, bytes]:
    """Return the files of a project without its caches, and its folders."""
    folders = {
        f"{path.relative_to(root).as_posix()}/": b"" for path in root.glob("docs/**/") if path.is_dir()
    }
    files = {name: data for name, data in trees.read_tree(root).items() if not name.startswith(".cache")}
    return files | folders


def test_a_commit_writes_all_files(root: Path) -> None:
    before = read_project(root)
    staged = stage(root)
    assert read_project(root) == before
    staged.commit()
    staged.end()
    assert read_project(root) == before | CHANGES | {"docs/new/": b"", "docs/new/deep/": b""}
    assert not (root / ".cache/import").exists()
    assert recover(root) is False


def test_an_error_restores_what_was_there(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_project(root)
    staged = stage(root)
    original = transaction._move

    def move(source: Path, target: Path) -> None:
        if target.name == "mkdocs.yml" and source.parent.name == "new":
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        original(source, target)

    monkeypatch.setattr(transaction, "_move", move)
    with pytest.raises(ImportFailedError) as caught:
        staged.commit()
    staged.end()
    expected = "mkdocs.yml cannot be read or written: No space left on device. Nothing was imported."
    assert str(caught.value) == expected
    assert read_project(root) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write any file")
def test_a_read_only_file_is_not_replaced(root: Path) -> None:
    before = read_project(root)
    (root / "docs/b.md").chmod(0o444)
    staged = stage(root)
    with pytest.raises(ImportFailedError, match=r"^docs/b.md cannot be read or written: Permission denied"):
        staged.commit()
    assert read_project(root) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_restores_what_was_there(
    root: Path, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_project(root)
    staged = stage(root)
    original = transaction._move

    def move(source: Path, target: Path) -> None:
        original(source, target)
        # The second one must not interrupt the undoing of the first.
        if target.name == "c.md":
            signal.raise_signal(number)
        if target.name == "b.md" and source.parent.name == "old":
            signal.raise_signal(number)

    monkeypatch.setattr(transaction, "_move", move)
    handler = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        staged.commit()
    staged.end()
    assert read_project(root) == before
    assert signal.getsignal(number) is handler


def test_an_import_that_runs_is_left_alone(root: Path) -> None:
    staged = stage(root)
    staged._write_journal()
    assert recover(root) is False
    with pytest.raises(ImportFailedError, match="Another import is running"):
        Transaction(root, ("docs",)).begin()
    staged.end()


def test_a_file_that_is_staged_late_is_not_written_through_a_link(root: Path) -> None:
    (root / "docs/data").mkdir()
    before = read_project(root)
    staged = stage(root)
    staged.complete_overlay()
    view = trees.read_tree(staged.overlay)
    assert view == {**CHANGES, "docs/a.md": b"old docs/a.md"}
    staged.stage("docs/data/urls.lock", b"late")
    assert read_project(root) == before
    staged.commit()
    staged.end()
    assert (root / "docs/data/urls.lock").read_bytes() == b"late"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../out.md", "'../out.md' is not a path that an import writes."),
        ("docs/../../out.md", "'docs/../../out.md' is not a path that an import writes."),
        ("/etc/out.md", "'/etc/out.md' is not a path that an import writes."),
        ("hooks/record.py", "'hooks/record.py' is not a path that an import writes."),
        ("docs2/a.md", "'docs2/a.md' is not a path that an import writes."),
        ("docs/link/a.md", "docs/link/a.md leads out of docs by a symbolic link, and is not written."),
        ("docs/link.md", "docs/link.md leads out of docs by a symbolic link, and is not written."),
        ("docs/folder", "docs/folder is a folder, and cannot be replaced by a file."),
    ],
)
def test_nothing_is_written_outside(root: Path, path: str, message: str) -> None:
    outside = root / "outside"
    outside.mkdir()
    (root / "docs/folder").mkdir()
    (root / "docs/link").symlink_to(outside)
    (root / "docs/link.md").symlink_to(outside / "out.md")
    staged = stage(root, {})
    with pytest.raises(ImportFailedError) as caught:
        staged.stage(path, b"x")
    assert str(caught.value) == message
    staged.end()
    assert list(outside.iterdir()) == []


@given(st.lists(st.sampled_from(["..", ".", "", "a", "docs", "docs/..", "\0"]), min_size=1).map("/".join))
def test_no_path_climbs_out(path: str) -> None:
    staged = Transaction(Path("/project"), ("docs", "mkdocs.yml"))
    try:
        target = staged._find_target(f"docs/{path}")
    except ImportFailedError:
        return
    assert os.path.normpath(target) == target
    assert target.startswith("docs/")


def test_a_link_to_a_file_stays_a_link(root: Path) -> None:
    (root / "docs/link.md").symlink_to("a.md")
    staged = stage(root, {"docs/link.md": b"new"})
    staged.commit()
    staged.end()
    assert (root / "docs/link.md").is_symlink()
    assert (root / "docs/a.md").read_bytes() == b"new"


def kill_at(last: int) -> None:
    """Kill this process before it asks the system for something the ``last`` time."""
    numbers = itertools.count(1)

    def count(event: str, _: object) -> None:
        if event.startswith(("open", "os.", "shutil.")) and next(numbers) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def test_a_killed_commit_is_undone_by_the_next_command(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is on the disk matters only if the system crashes.
    monkeypatch.setattr(os, "sync", lambda: None)
    before = read_project(root)
    recovered = 0
    for last in itertools.count(1):
        child = os.fork()
        if child == 0:
            try:
                staged = stage(root)
                kill_at(last)
                staged.commit()
            finally:
                os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            break
        had_journal = (root / JOURNAL).exists()
        assert recover(root) is had_journal
        assert not (root / JOURNAL).exists()
        assert read_project(root) == before
        recovered += had_journal
    # Each file is moved while there is a journal.
    assert recovered > len(CHANGES)
    assert read_project(root) == before | CHANGES | {"docs/new/": b"", "docs/new/deep/": b""}
    assert recover(root) is False
