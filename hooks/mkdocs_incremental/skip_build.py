"""Skips a build if nothing has changed: the inputs of the last build and the site that it left are the same.

``python -m portfolio build`` checks this before it imports anything else, so this module imports little, and
nothing that needs MkDocs. `build_inputs` records what a build reads, and writes the manifest that is checked:

- ``process``: see `describe_process`
- ``expires``: when the site would change without an edit, in seconds since the epoch
- ``inputs``: all files and folders that were read, with what identifies them, see `describe`
- ``output``: the site's folder, and what identifies the files in it, see `describe_output`
- ``root``: the folder of the project, for messages
- ``message``: what a skipped build prints
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from contextlib import suppress
from hashlib import blake2b

# As `typing.TYPE_CHECKING`: importing that module takes longer than checking a site of 40 posts.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Manifest = dict[str, Any]
    Entry = list[Any]

# The folder of the caches, beside mkdocs.yml.
CACHE = ".cache/incremental"
# Manifests of other versions of this package are ignored.
_VERSION = b"1"
_FILE, _OUTDATED_FILE = "finished.json", "outdated.json"
DIGEST_BYTES = 16
# Environment variables that differ between shells and do not affect a site.
_VOLATILE = frozenset("_ SHLVL PWD OLDPWD TERM COLUMNS LINES WINDOWID SSH_AUTH_SOCK SSH_CONNECTION".split())
# What builds and tests create in the folders that they read.
_GENERATED = frozenset({"__pycache__", ".cache"})


def find_obstacle(manifest: Manifest | None) -> str:
    """Return why this build cannot be skipped, as a clause of a sentence; empty if the site is up to date.

    ``manifest`` is that of the last build.
    """
    if manifest is None:
        return "there is no manifest of a build without warnings"
    for name, value in describe_process().items():
        if manifest["process"].get(name) != value:
            return f"{name} changed"
    if time.time() >= manifest["expires"]:
        return "the date of a scheduled post has passed"
    return find_changed_path(manifest)


def find_changed_path(manifest: Manifest) -> str:
    """Return the first file or folder that differs from a manifest, as a clause; empty if there is none."""
    root = manifest["root"]
    for path, entry in manifest["inputs"].items():
        current = describe(path, entry)
        if current is not entry and (current is None or entry is None or current[4] != entry[4]):
            name = os.path.relpath(path, root)
            is_folder = entry is not None and os.path.isdir(path)
            return f"files were added to or removed from {name}/" if is_folder else f"{name} changed"
    folder, output = manifest["output"]
    if describe_output(folder) != output:
        return f"the output in {os.path.relpath(folder, root)} changed"
    return ""


def describe_process() -> dict[str, str]:
    """Return what a build depends on besides files, by name. Call this when a command starts."""
    variables = [item for item in sorted(os.environ.items()) if item[0] not in _VOLATILE]
    packages = [path for path in sys.path if path.endswith("-packages")]
    return {
        "the command": json.dumps([os.getcwd(), *sys.argv]),
        "an environment variable": digest(json.dumps(variables).encode()),
        "Python": json.dumps([sys.version, sys.prefix, *packages]),
        "the date": json.dumps([time.localtime()[:3], time.gmtime()[:3]]),
    }


def describe(path: str, known: Entry | None = None) -> Entry | None:
    """Return what identifies a file, or the names in a folder; None if there is neither.

    That is the time of its modification and of any change (in nanoseconds), size, inode, and a digest of the
    content. A copy may set the time of modification, but not the other (``st_ctime``). ``known`` is an
    earlier result, which is returned if the metadata is the same.
    """
    try:
        status = os.stat(path)
        metadata: Entry = [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino]
        if known is not None and known[:4] == metadata:
            return known
        if stat.S_ISDIR(status.st_mode):
            names = sorted(name for name in os.listdir(path) if name not in _GENERATED)
            return [*metadata, digest("\0".join(names).encode("utf-8", "surrogateescape"))]
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device would never end.
            return [0, 0, 0, 0, ""]
        with open(path, "rb") as file:
            return [*metadata, digest(file.read())]
    except OSError:
        return None


def describe_output(folder: str) -> str:
    """Return the path and metadata of each file in a folder, one in a line."""
    lines = []
    folders = [folder]
    for parent in folders:
        with suppress(OSError), os.scandir(parent) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    status = entry.stat(follow_symlinks=False)
                    lines.append(
                        f"{entry.path} {status.st_mtime_ns} {status.st_ctime_ns}"
                        f" {status.st_size} {status.st_ino}"
                    )
    return "\n".join(lines)


def read_manifest(cache: str, *, is_outdated: bool = False) -> Manifest | None:
    """Return the manifest of the last build; None if it is missing, damaged or of another version."""
    try:
        with open(os.path.join(cache, _OUTDATED_FILE if is_outdated else _FILE), "rb") as file:
            checksum, _, text = file.read().partition(b"\n")
        return json.loads(text) if digest(_VERSION + text) == checksum.decode() else None
    except (OSError, ValueError):
        return None


def write_manifest(cache: str, manifest: Manifest) -> None:
    """Write a manifest. Where the folder cannot be written, there is none."""
    text = json.dumps(manifest, separators=(",", ":")).encode()
    temporary = os.path.join(cache, f"{_FILE}.{os.getpid()}")
    with suppress(OSError):
        os.makedirs(cache, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(b"%s\n%s" % (digest(_VERSION + text).encode(), text))
        os.replace(temporary, os.path.join(cache, _FILE))


def invalidate_manifest(cache: str) -> None:
    """Remove the manifest before a build, but leave the digests of files in it to `build_inputs`."""
    with suppress(OSError):
        os.replace(os.path.join(cache, _FILE), os.path.join(cache, _OUTDATED_FILE))


def digest(content: bytes) -> str:
    """Return the digest of bytes as hexadecimal text."""
    return blake2b(content, digest_size=DIGEST_BYTES).hexdigest()
