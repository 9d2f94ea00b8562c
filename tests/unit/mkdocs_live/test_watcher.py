import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.events import DirCreatedEvent

from mkdocs_live.watcher import ChangeQueue, Watcher, _Handler, is_watched

SECONDS = 5


@pytest.mark.parametrize(
    "name",
    [
        ".post.md.swp",
        "post.md~",
        "4913",
        ".#post.md",
        "#post.md#",
        "post.md___jb_tmp___",
        ".git/index",
        "hooks/__pycache__/head.cpython-311.pyc",
        ".cache/images/a.entry",
        "a/.goutputstream-X1Y2",
    ],
)
def test_generated_and_temporary_files_are_ignored(name: str) -> None:
    assert not is_watched(f"/project/{name}", "/project")


@pytest.mark.parametrize("name", ["post.md", "posts/2026/a.md", "notes/.authors.yml", "a.tmpl", "post~1.md"])
def test_content_is_watched(name: str) -> None:
    assert is_watched(f"/a/.hidden/project/{name}", "/a/.hidden/project")


def test_a_file_is_watched_without_its_siblings() -> None:
    assert is_watched("/project/mkdocs.yml", "/project/mkdocs.yml")
    assert not is_watched("/project/README.md", "/project/mkdocs.yml")


def test_fetch_returns_all_changes_when_they_have_settled() -> None:
    changes = ChangeQueue()
    changes.add("a")
    changes.add("b", "a")
    assert changes.fetch(settle=0.01) == {"a", "b"}
    assert changes.fetch(settle=0.01, timeout=0) == frozenset()


def test_fetch_does_not_wait_longer_than_longest() -> None:
    changes = ChangeQueue()
    changes.add("a")
    assert changes.fetch(settle=60, longest=0.01) == {"a"}


def test_fetch_waits_for_a_file_that_is_open() -> None:
    changes = ChangeQueue()
    changes.add("a", is_open=True)
    is_closed = threading.Event()

    def close() -> None:
        is_closed.set()
        changes.add("a")

    threading.Timer(0.05, close).start()
    assert changes.fetch(settle=0.001, longest=SECONDS) == {"a"}
    assert is_closed.is_set()


def test_close_ends_a_waiting_fetch() -> None:
    changes = ChangeQueue()
    changes.close()
    assert changes.fetch(settle=60) == frozenset()
    assert changes.is_closed


@pytest.fixture
def changes(tmp_path: Path) -> Iterator[ChangeQueue]:
    (tmp_path / "docs" / "posts").mkdir(parents=True)
    (tmp_path / "docs" / "posts" / "a.md").write_text("a")
    (tmp_path / "mkdocs.yml").write_text("a")
    changes = ChangeQueue()
    watcher = Watcher(changes)
    watcher.watch(str(tmp_path / "docs"))
    watcher.watch(str(tmp_path / "mkdocs.yml"))
    yield changes
    watcher.stop()


def _write(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    path.write_text("b")
    return path


def _save_by_renaming(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    temporary = path.with_name(".a.md.swp")
    temporary.write_text("b")
    temporary.replace(path)
    return path


def _save_the_configuration_by_renaming(folder: Path) -> Path:
    path = folder / "mkdocs.yml"
    for text in ("b", "c"):  # the second replaces a file that did not exist when watching began
        temporary = path.with_name("mkdocs.yml~")
        temporary.write_text(text)
        temporary.replace(path)
    return path


def _remove(folder: Path) -> Path:
    path = folder / "docs" / "posts" / "a.md"
    path.unlink()
    return path


def _move_in_a_folder(folder: Path) -> Path:
    source = folder / "elsewhere"
    source.mkdir()
    (source / "b.md").write_text("b")
    shutil.move(source, folder / "docs" / "posts" / "new")
    return folder / "docs" / "posts" / "new" / "b.md"


@pytest.mark.parametrize(
    "save", [_write, _save_by_renaming, _save_the_configuration_by_renaming, _remove, _move_in_a_folder]
)
def test_watcher_reports_a_change(tmp_path: Path, changes: ChangeQueue, save: Callable[[Path], Path]) -> None:
    path = str(save(tmp_path))
    assert path in changes.fetch(settle=0.05, timeout=SECONDS)


def test_watcher_survives_a_folder_that_vanishes_while_it_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when git switches branches."""
    folder = tmp_path / "new" / "a"
    folder.mkdir(parents=True)
    scandir = os.scandir

    def remove_and_scan(path: str | Path) -> object:
        if Path(path) == folder:
            folder.rmdir()
        return scandir(path)

    monkeypatch.setattr(os, "scandir", remove_and_scan)
    changes = ChangeQueue()
    _Handler(str(tmp_path), changes).on_any_event(DirCreatedEvent(str(folder.parent)))
    assert not folder.exists()
    assert changes.fetch(settle=0, timeout=0) == {str(folder.parent), str(folder)}


def test_watcher_ignores_temporary_files_and_siblings_of_a_file(tmp_path: Path, changes: ChangeQueue) -> None:
    (tmp_path / "README.md").write_text("b")
    (tmp_path / "docs" / ".a.md.swp").write_text("b")
    assert changes.fetch(settle=0.05, timeout=0.3) == frozenset()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "run: sudo sysctl fs.inotify.max_user_watches=524288"),
        (errno.EMFILE, "run: sudo sysctl fs.inotify.max_user_instances=512"),
    ],
)
def test_folders_beyond_the_limit_of_the_system_are_polled(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    number: int,
    expected: str,
) -> None:
    watcher = Watcher(changes := ChangeQueue())
    _make_schedule_fail(watcher, monkeypatch, number)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        watcher.watch(str(tmp_path / name))
    (record,) = caplog.records
    assert record.getMessage().endswith(expected)
    path = tmp_path / "b" / "new.md"
    path.write_text("b")
    assert str(path) in changes.fetch(settle=0.05, timeout=SECONDS)
    watcher.stop()


def test_watch_reports_a_folder_that_cannot_be_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = Watcher(ChangeQueue())
    _make_schedule_fail(watcher, monkeypatch, errno.EACCES)
    watcher.watch(str(tmp_path))
    assert f"Changes of {tmp_path} will not be noticed" in caplog.text
    watcher.stop()


def _make_schedule_fail(watcher: Watcher, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def schedule(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(watcher._observer, "schedule", schedule)


def test_what_links_lead_to_is_watched(tmp_path: Path) -> None:
    docs, elsewhere = tmp_path / "docs", tmp_path / "elsewhere"
    (elsewhere / "folder").mkdir(parents=True)
    docs.mkdir()
    (elsewhere / "a.md").write_text("a")
    (elsewhere / "folder" / "b.md").write_text("a")
    (docs / "a.md").symlink_to("../elsewhere/a.md")
    (docs / "folder").symlink_to(elsewhere / "folder")
    for loop in (docs / "loop", elsewhere / "folder" / "loop"):
        loop.symlink_to(docs)
    watcher = Watcher(changes := ChangeQueue())
    watcher.watch(str(docs))
    (elsewhere / "a.md").write_text("b")
    assert str(docs / "a.md") in changes.fetch(settle=0.05, timeout=SECONDS)
    (elsewhere / "folder" / "b.md").write_text("b")
    assert str(docs / "folder" / "b.md") in changes.fetch(settle=0.05, timeout=SECONDS)
    # A link that is new.
    (elsewhere / "c.md").write_text("a")
    (docs / "c.md").symlink_to("../elsewhere/c.md")
    watcher.follow_links(changes.fetch(settle=0.05, timeout=SECONDS))
    (elsewhere / "c.md").write_text("b")
    assert str(docs / "c.md") in changes.fetch(settle=0.05, timeout=SECONDS)
    watcher.stop()


def test_watch_ignores_duplicates_and_missing_paths(tmp_path: Path) -> None:
    watcher = Watcher(changes := ChangeQueue())
    for path in (tmp_path, tmp_path, tmp_path / "none"):
        watcher.watch(str(path))
    assert watcher._watched == {tmp_path}
    assert changes.fetch(settle=0, timeout=0) == frozenset()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="this system sends no signal to a thread")
def test_a_signal_that_does_not_end_the_wait_is_handled() -> None:
    """Another thread gets the signal. The same happens to one that arrives right before the wait."""
    changes, is_handled = ChangeQueue(), threading.Event()

    def handle(*_: object) -> None:
        is_handled.set()
        changes.close()

    def send_signal() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        if not is_handled.wait(SECONDS):
            changes.add("ended the wait instead")

    previous = signal.signal(signal.SIGUSR1, handle)
    thread = threading.Timer(0.1, send_signal)
    try:
        thread.start()
        assert changes.fetch(0) == frozenset()
        assert is_handled.is_set()
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, previous)
