"""Writes the files of an import all together or not at all.

The files are staged in ``.cache/import``, and a journal says what will be replaced, before the first one is
moved to its place. The journal's removal is the commit: while it exists, `recover` restores the project as it
was. A process that is killed leaves the journal, so every command of this project calls `recover` first.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from portfolio.core.diagnostics import quote
from portfolio.core.files import display_path

FOLDER = Path(".cache/import")
RECOVERED = "An import was interrupted; docs/ and mkdocs.yml are as they were before it."
_JOURNAL = "journal.json"
# Locked while an import runs, so that no other process takes it for an interrupted one.
_LOCK = Path(".cache/import.lock")


class ImportFailedError(Exception):
    """Why nothing was imported, in one line."""


class _Interrupted(BaseException):
    """A signal to end; raised where the process is, so that everything is restored."""


@dataclass(frozen=True)
class StagedFile:
    """A staged file: its path below the project, and its place until then."""

    path: str
    staged: Path


@dataclass
class Transaction:
    """Stages files of a project, and moves them to their places together.

    ``writable`` are the paths, below the project, of the folders and files that may be written.
    """

    root: Path
    writable: tuple[str, ...]
    staged: list[StagedFile] = field(default_factory=list)
    _lock: int | None = None
    _is_complete: bool = False

    @property
    def overlay(self) -> Path:
        """The folder in which staged files are, at their paths below the project."""
        return self._folder / "new"

    def complete_overlay(self) -> None:
        """Make the overlay a view of the project with the files that are staged so far. Raises OSError."""
        _link_rest(self.root, self.overlay)
        self._is_complete = True

    @property
    def _folder(self) -> Path:
        return self.root / FOLDER

    def begin(self) -> None:
        """Create an empty folder for staged files. Raises `ImportFailedError`."""
        try:
            (self.root / _LOCK).parent.mkdir(exist_ok=True)
            self._lock = _acquire_lock(self.root)
            if self._lock is None:
                raise ImportFailedError("Another import is running.")
            shutil.rmtree(self._folder, ignore_errors=True)
            self.overlay.mkdir(parents=True)
        except OSError as error:
            raise describe_os_error(error, self.root) from error

    def stage(self, path: str, content: bytes) -> None:
        """Write the content of a file to the folder of staged files. Raises `ImportFailedError`."""
        target = self._find_target(path)
        # In a complete overlay, a folder may be a link to that of the project.
        staged = self._folder / "more" / path if self._is_complete else self.overlay / path
        try:
            staged.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(content)
        except OSError as error:
            raise describe_os_error(error, self.root) from error
        self.staged.append(StagedFile(target, staged))

    def replace(self, path: str, content: bytes) -> None:
        """Replace the content of a staged file; it is no longer staged if the project has this content."""
        for file in [file for file in self.staged if file.staged == self.overlay / path]:
            file.staged.write_bytes(content)
            target = self.root / file.path
            if target.is_file() and target.read_bytes() == content:
                self.staged.remove(file)

    def _find_target(self, path: str) -> str:
        """Return the path of the file to write, which is another one if ``path`` is a symbolic link.

        A path outside of what may be written is refused, also through links. Raises `ImportFailedError`.
        """
        own = next((own for own in self.writable if path == own or path.startswith(f"{own}/")), None)
        if own is None or any(part in ("", ".", "..") for part in path.split("/")) or "\0" in path:
            raise ImportFailedError(f"{quote(path)} is not a path that an import writes.")
        target = self.root / path
        if not target.resolve().is_relative_to((self.root / own).resolve()):
            raise ImportFailedError(f"{path} leads out of {own} by a symbolic link, and is not written.")
        if target.is_dir():
            raise ImportFailedError(f"{path} is a folder, and cannot be replaced by a file.")
        return display_path(target.resolve(), self.root.resolve()) if target.is_symlink() else path

    def commit(self) -> None:
        """Move all staged files to their places; after an error or a signal, everything is as before.

        Raises `ImportFailedError`.
        """
        with _interruptible():
            try:
                self._write_journal()
                for file in self.staged:
                    _move(file.staged, self.root / file.path)
                _sync()
                (self._folder / _JOURNAL).unlink()
            except BaseException as error:
                _restore(self.root)
                if isinstance(error, OSError):
                    raise describe_os_error(error, self.root) from error
                raise

    def end(self) -> None:
        """Remove what is left of the staged files."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)

    def _write_journal(self) -> None:
        """Copy the files that will be replaced, and write down all files and new folders."""
        backups = self._folder / "old"
        backups.mkdir()
        replaced: list[str] = []
        folders: list[str] = []
        for number, file in enumerate(self.staged):
            target = self.root / file.path
            if target.exists():
                if not os.access(target, os.W_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
                backup = backups / str(number)
                shutil.copy2(target, backup)
                replaced.append(str(number))
            parent = target.parent
            while not parent.exists():
                folders.append(parent.relative_to(self.root).as_posix())
                parent = parent.parent
        journal = {
            "files": [file.path for file in self.staged],
            "replaced": replaced,
            "folders": sorted(set(folders), reverse=True),
        }
        partial = self._folder / f"{_JOURNAL}.part"
        partial.write_text(json.dumps(journal), encoding="utf-8")
        _sync()
        partial.replace(self._folder / _JOURNAL)


def _link_rest(folder: Path, overlay: Path) -> None:
    """Add links to everything in a folder that its overlay does not have."""
    for path in folder.iterdir():
        view = overlay / path.name
        if view.is_dir() and not view.is_symlink():
            _link_rest(path, view)
        elif not view.exists():
            view.symlink_to(path)


def recover(root: Path) -> bool:
    """Restore a project whose import was interrupted; return whether there was one.

    An import that is running is left alone.
    """
    if not (root / FOLDER / _JOURNAL).exists():
        return False
    lock = _acquire_lock(root)
    if lock is None:
        return False
    try:
        return _restore(root)
    finally:
        os.close(lock)


def _acquire_lock(root: Path) -> int | None:
    """Lock the imports of a project; return the file descriptor, or None if another process has the lock."""
    descriptor = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    if sys.platform != "win32":  # which has no such locks
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
    return descriptor


def _restore(root: Path) -> bool:
    """Undo what the journal says; it can be interrupted and repeated, because the journal is removed last."""
    folder = root / FOLDER
    try:
        journal = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return False
    replaced = set(journal["replaced"])
    for number, name in enumerate(journal["files"]):
        backup = folder / "old" / str(number)
        if str(number) not in replaced:
            (root / name).unlink(missing_ok=True)
        elif backup.exists():
            # Moved, because the disk may be full; one that is missing was restored before.
            _move(backup, root / name)
    for name in journal["folders"]:
        # A folder that has something else by now stays.
        with suppress(OSError):
            (root / name).rmdir()
    _sync()
    (folder / _JOURNAL).unlink()
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _move(source: Path, target: Path) -> None:
    """Move a file, replacing another; also to another file system, which is not atomic but in the journal."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, target)


def _sync() -> None:
    """Write everything to the disk; once is faster than for each of a thousand files."""
    if sys.platform != "win32":
        os.sync()


def describe_os_error(error: OSError, root: Path) -> ImportFailedError:
    """Return the error that says which file of the project cannot be read or written, and why."""
    name = error.filename2 or error.filename
    path = display_path(Path(os.fsdecode(name)), root) if isinstance(name, str | bytes) else "a file"
    return ImportFailedError(f"{path} cannot be read or written: {error.strerror}. Nothing was imported.")


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an exception, so that what they interrupt is undone."""
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(number: int, _: FrameType | None) -> None:
        for other in numbers:
            # Another signal would interrupt the undoing.
            signal.signal(other, signal.SIG_IGN)
        raise _Interrupted(number)

    previous = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    except _Interrupted as error:
        raise KeyboardInterrupt from error
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
