"""Finds and reads the owner's files, and names them in diagnostics."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from portfolio.core.diagnostics import Diagnostic


def display_path(path: Path, root: Path) -> str:
    """Return a path as diagnostics and the record show it: relative to the project, with slashes."""
    try:
        name = Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # The path is on another drive, or contains a null byte.
        name = path.as_posix()
    # A file name need not be valid UTF-8, but printed text must be.
    return name.encode(errors="replace").decode()


def read_text(path: Path, root: Path, *, optional: bool = False) -> str | Diagnostic:
    """Read a text file, or say why it cannot be read. A missing ``optional`` file counts as empty.

    A byte order mark is removed, and every line ends with a line feed.
    """
    hint = ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message, hint = f"this is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
    except FileNotFoundError:
        is_broken_link = any(
            ancestor.is_symlink() and not ancestor.exists() for ancestor in (path, *path.parents)
        )
        if optional and not is_broken_link:
            return ""
        message = "this symbolic link leads to no file." if is_broken_link else "there is no such file."
    except OSError as error:
        message = f"this cannot be read: {error.strerror}."
    except ValueError as error:
        message = f"this is not a path: {error}."
    return Diagnostic(display_path(path, root), 1, 1, "", message, hint, code="file.unreadable")


def walk_files(folder: Path) -> Iterator[Path]:
    """Yield all files below a folder, through links but not in hidden folders, as MkDocs and the blog do."""
    # The real paths of each folder and its parents: a link to one of them would be an endless loop.
    ancestors = {str(folder): {os.path.realpath(folder)}}
    for parent, subfolders, names in os.walk(folder, followlinks=True):
        real = {name: os.path.realpath(Path(parent, name)) for name in subfolders if not name.startswith(".")}
        subfolders[:] = [name for name in real if real[name] not in ancestors[parent]]
        ancestors |= {str(Path(parent, name)): {*ancestors[parent], real[name]} for name in subfolders}
        yield from (Path(parent, name) for name in names)
