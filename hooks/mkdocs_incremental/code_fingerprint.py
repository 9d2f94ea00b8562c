"""The program that builds: Python, the packages, and all modules and templates that are none of these."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_METADATA = (".dist-info", ".egg-info")


def fingerprint(folders: Iterable[str]) -> str:
    """A digest of the program, with the hooks in the ``folders``.

    Packages are known by the names of their metadata's folders, which have their versions; a module that no
    package brought is known by its text, as it is found among those that are loaded.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{sys.version} {sys.platform}\n".encode())
    installed = packages()
    for folder in sorted(installed):
        names = (entry.name for entry in os.scandir(folder) if entry.name.endswith(_METADATA))
        digest.update("\n".join(sorted(names)).encode())
    modules = {path for path in _below(folders) if path.endswith(".py")}
    return _of_files({*_loaded(installed), *modules}, digest.digest())


def of_folders(folders: Iterable[str]) -> str:
    """A digest of all files in some folders, such as templates, but for those that packages brought."""
    theirs = tuple(f"{path}{os.sep}" for path in packages())
    own = {real for folder in folders if not (real := os.path.realpath(folder)).startswith(theirs)}
    return _of_files(_below(own), b"")


def packages() -> set[str]:
    """The folders of installed packages."""
    return {os.path.realpath(path) for path in sys.path if path.endswith("-packages")}


def _of_files(paths: Iterable[str], before: bytes) -> str:
    digest = hashlib.blake2b(before, digest_size=16)
    for path in sorted(paths):
        try:
            content = Path(path).read_bytes()
        except OSError:
            continue
        digest.update(f"\n{path} {len(content)}\n".encode("utf-8", "surrogateescape") + content)
    return digest.hexdigest()


def _loaded(installed: Iterable[str]) -> Iterator[str]:
    """The files of the modules that are loaded and are neither Python's nor a package's."""
    others = tuple(f"{path}{os.sep}" for path in (*installed, os.path.realpath(sysconfig.get_path("stdlib"))))
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if name and name.endswith(".py"):
            path = os.path.realpath(name)
            if not path.startswith(others):
                yield path


def _below(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        for at, below, names in os.walk(folder, followlinks=True):
            below[:] = [name for name in below if not name.startswith((".", "__pycache__"))]
            yield from (os.path.join(at, name) for name in names)  # noqa: PTH118 - thousands of them
