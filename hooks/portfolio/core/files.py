"""Finds and reads the owner's files, and names them in diagnostics."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from portfolio.core.diagnostics import Diagnostic

# Far more than anybody writes; a larger file would take minutes to convert. A notebook contains its images,
# and the URL lock is not written by hand.
_MAX_MEGABYTES = {".ipynb": 50, ".lock": 50}
MAX_MEGABYTES_OF_TEXT = 5
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def path_from_option(text: str) -> Path:
    """Return a path of the command line as an absolute one; not every shell expands ``FROM=~/old``."""
    # Path.expanduser raises an error for a user that does not exist.
    return Path(os.path.expanduser(text)).absolute()  # noqa: PTH111


def is_file(path: Path) -> bool:
    """Whether there is a file at a path, which may be too long for one or contain a null byte."""
    # Path.is_file raises an error for such a path before Python 3.14.
    return os.path.isfile(path)  # noqa: PTH113


def display_path(path: Path, root: Path) -> str:
    """Return a path as diagnostics and the record show it: relative to the project, with slashes."""
    text, start = str(path), f"{root}{os.sep}"
    if text.startswith(start) and ".." not in text:
        # This is the same for thousands of files, in a tenth of the time.
        name = text.removeprefix(start).replace(os.sep, "/")
    else:
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
    if (problem := check_file(path, root, optional=optional)) is not None:
        return problem
    hint = ""
    try:
        limit = _MAX_MEGABYTES.get(path.suffix, MAX_MEGABYTES_OF_TEXT)
        if (size := path.stat().st_size) > limit * 1_000_000:
            message = f"this file has {size / 1_000_000:.1f} MB; at most {limit} MB are read."
            hint = "Divide it into several files."
            return Diagnostic(display_path(path, root), 1, 1, "", message, hint, code="file.too-large")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message, hint = f"this is not UTF-8 text (byte {error.start}).", "Save it as UTF-8."
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            return ""
        message = f"this cannot be read: {error.strerror}."
    return Diagnostic(display_path(path, root), 1, 1, "", message, hint, code="file.unreadable")


def check_file(path: Path, root: Path, *, optional: bool = False) -> Diagnostic | None:
    """Say why a path is not a file that can be read: reading a pipe or a device might never end.

    A missing ``optional`` file has no diagnostic.
    """
    hint, code = "", "file.unreadable"
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
        if kind == stat.S_IFREG:
            return None
        code = "file.not-regular"
        message, hint = (
            f"this is {_KINDS.get(kind, 'no file')}.",
            "Only regular files are read.",
        )
        if kind == stat.S_IFDIR and path.is_symlink():
            message, hint = "this symbolic link leads to a folder that contains it.", "Remove it."
    except FileNotFoundError:
        is_broken_link = any(
            ancestor.is_symlink() and not ancestor.exists() for ancestor in (path, *path.parents)
        )
        if optional and not is_broken_link:
            return None
        message = "this symbolic link leads to no file." if is_broken_link else "there is no such file."
    except OSError as error:
        message = f"this cannot be read: {error.strerror}."
    except ValueError:
        message = "this is not a path: it has a null byte."
    return Diagnostic(display_path(path, root), 1, 1, "", message, hint, code=code)


def check_name(path: Path, root: Path) -> Diagnostic | None:
    """Say why the path of a file cannot be part of a URL: it is no valid UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        message, hint = "the name of this file or of its folder is not valid UTF-8.", "Rename it."
        return Diagnostic(display_path(path, root), 1, 1, "", message, hint, code="file.invalid-name")
    return None


def walk_files(folder: Path, *, stays_inside: bool = False) -> Iterator[Path]:
    """Yield all files below a folder, through links but not in hidden folders, as MkDocs and the blog do.

    A link to a folder that contains it is not followed, which would never end, but yielded like a file; with
    ``stays_inside``, so is a link to a folder elsewhere.
    """
    real = Path(os.path.realpath(folder))
    # The real paths of each folder and its parents.
    ancestors = {str(folder): {str(path) for path in (real, *real.parents)}}
    for parent, subfolders, names in os.walk(folder, followlinks=True):
        targets = {name: os.path.realpath(Path(parent, name)) for name in subfolders if name[:1] != "."}
        subfolders[:] = [
            name
            for name, target in targets.items()
            if target not in ancestors[parent] and (not stays_inside or Path(target).is_relative_to(real))
        ]
        ancestors |= {str(Path(parent, name)): {*ancestors[parent], targets[name]} for name in subfolders}
        loops = targets.keys() - subfolders
        yield from (Path(parent, name) for name in (*names, *sorted(loops)))


def create_temporary_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """Create a temporary folder with the id of this process in its name; it is removed with the object.

    Folders with the same ``prefix`` whose process was killed are removed.
    """
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}-*-*"):
        process = folder.name.removeprefix(f"{prefix}-").partition("-")[0]
        if process.isdecimal() and not _is_running(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{prefix}-{os.getpid()}-")


def _is_running(process: int) -> bool:
    """Whether there is a process with this id. Outside POSIX there is no signal that only asks."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # It belongs to another user.
        return True
    return True
