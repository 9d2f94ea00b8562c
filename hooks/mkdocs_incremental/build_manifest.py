"""Whether there is nothing to do: what the last build read is as it was, and so is the site that it left.

What was read is known from `observed`. A file is the same if the file system says so, or else if its text is;
one that changed shortly before it was read is always looked into, since clocks of file systems are coarse.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs_incremental.file_access import Observed

# What differs between two shells in which a site is built the same.
_VOLATILE = frozenset("_ SHLVL PWD OLDPWD TERM COLUMNS LINES WINDOWID SSH_AUTH_SOCK SSH_CONNECTION".split())
# What builds and tests leave in the folders that they read.
_MADE = frozenset({"__pycache__", ".cache"})
_COARSE_NS = 2_000_000_000
_SECONDS = 10
Facts = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a site is built: its root, its output, the folder of what is kept; all are absolute.

    ``apart`` are folders whose files are known in another way, such as those of packages.
    """

    root: str
    site: str
    cache: str
    apart: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Of a relative one, no path that was read would be a part.
        assert all(map(os.path.isabs, (self.root, self.site, self.cache, *self.apart)))

    def counts(self, path: str) -> bool:
        """Whether a path that was read is an input."""
        out = (self.site, self.cache, "/dev", "/proc", "/sys", *self.apart)
        return not any(_is_below(path, folder) for folder in out)

    def made(self, path: str, began_ns: int) -> bool:
        """Whether a build that began then made this for itself, in the system's folder for such files."""
        if _is_below(path, self.root) or not _is_below(path, tempfile.gettempdir()):
            return False
        try:
            return os.stat(path).st_mtime_ns >= began_ns
        except OSError:
            return True


def facts(place: Place, read: Observed, settings: str, began_ns: int) -> Facts | None:
    """What is to be kept of a build that read all of that; None where nobody can tell what it depends on.

    ``settings`` has all inputs that are no files. ``began_ns`` is the time of its beginning, since the epoch.
    """
    if read.network or read.programs - {"git"}:
        return None

    def counts(path: str) -> bool:
        return place.counts(path) and not place.made(path, began_ns)

    inputs = {path: _file(path) for path in sorted(read.files) if counts(path)}
    if any(one is not None and one[0] > began_ns for one in inputs.values()):
        return None
    for one in inputs.values():
        if one is not None and one[0] > began_ns - _COARSE_NS:
            one[0] = 0
    folders = {*filter(counts, read.folders), *_folders(place)}
    return {
        "settings": settings,
        "environment": environment(),
        "commit": _commit(place.root) if read.programs else "",
        "files": inputs,
        "folders": {path: _names(path) for path in sorted(folders)},
        "site": _tree(place.site),
    }


def holds(kept: Facts, place: Place, settings: str) -> bool:
    """Whether all of that is as it was."""
    return (
        kept["settings"] == settings
        and kept["environment"] == environment()
        and all(_is_same(path, one) for path, one in kept["files"].items())
        and all(_names(path) == names for path, names in kept["folders"].items())
        and _tree(place.site) == kept["site"]
        and (not kept["commit"] or _commit(place.root) == kept["commit"])
    )


def environment(values: Mapping[str, str] | None = None) -> str:
    """A digest of the variables of the environment, on which a site may depend."""
    given = sorted((os.environ if values is None else values).items())
    return _digest(json.dumps([one for one in given if one[0] not in _VOLATILE]).encode())


def read(path: Path) -> Facts | None:
    """What was kept, None if nothing that is whole."""
    try:
        digest, _, text = path.read_text(encoding="utf-8").partition("\n")
        return json.loads(text) if _digest(text.encode("utf-8", "surrogatepass")) == digest else None
    except (OSError, ValueError):
        return None


def write(path: Path, kept: Facts | None) -> None:
    """Keep that, or nothing; a folder that cannot be written keeps nothing."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        if kept is not None:
            text = json.dumps(kept)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}")
            part.write_text(f"{_digest(text.encode('utf-8', 'surrogatepass'))}\n{text}", encoding="utf-8")
            part.replace(path)


def day(moment: datetime) -> str:
    """The day of a moment where the clock of this system stands, and in UTC."""
    return f"{moment.date()} {datetime.now().astimezone().date()}"


def _file(path: str) -> list[Any] | None:
    """When a file was changed, its size, its number and its digest; None where there is none."""
    try:
        facts = os.stat(path)
        if not stat.S_ISREG(facts.st_mode):
            return [0, 0, 0, ""]
        return [facts.st_mtime_ns, facts.st_size, facts.st_ino, _digest(Path(path).read_bytes())]
    except OSError:
        return None


def _is_same(path: str, kept: list[Any] | None) -> bool:
    try:
        facts = os.stat(path)
    except OSError:
        return kept is None
    if kept is None:
        return False
    if [facts.st_mtime_ns, facts.st_size, facts.st_ino] == kept[:3]:
        return True
    now = _file(path)
    return now is not None and now[3] == kept[3]


def _folders(place: Place) -> Iterator[str]:
    """The folders of the project, where a file that is new may take another's place."""
    for at, below, _ in os.walk(place.root):
        here = (os.path.join(at, name) for name in below if not name.startswith((".", "node_modules", "__")))
        below[:] = [Path(path).name for path in here if place.counts(path)]
        yield at


def _names(path: str) -> str:
    try:
        names = sorted(name for name in os.listdir(path) if name not in _MADE)
        return _digest("\n".join(names).encode("utf-8", "surrogateescape"))
    except OSError:
        return ""


def _tree(folder: str) -> str:
    """A digest of what the file system says of all files below a folder."""
    found = []
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            with suppress(OSError):
                facts = os.stat(path, follow_symlinks=False)
                found.append(
                    f"{path}\0{facts.st_mtime_ns} {facts.st_ctime_ns} {facts.st_size} {facts.st_ino}"
                )
    return _digest("\n".join(sorted(found)).encode("utf-8", "surrogateescape"))


def _commit(folder: str) -> str:
    """The commit that is checked out, on which what git tells of the past depends."""
    command = ["git", "-C", folder, "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "no git"
    return done.stdout.decode("ascii", "replace") or "no commit"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}{os.sep}")


def apart(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders as `Place` has them: by all names under which they may be read."""
    return tuple(sorted({name for path in paths for name in (os.path.abspath(path), os.path.realpath(path))}))
