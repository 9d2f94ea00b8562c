"""Skips a build if nothing has changed: the inputs of the last build and the site that it left are the same.

Inputs are the settings, the environment, the code, and files. Files that Python opens are known from its
audit events (PEP 578). Libraries also read files by themselves: so all files in ``docs_dir``, the theme and
the folders of hooks are inputs anyway, and hooks declare others by `api.declare_inputs`. A build that started
git depends on the repository's commits and references, and on the depth of a shallow clone. A build that
started another program, used the network or logged a warning is never skipped.

Skipping leaves out all events after ``on_startup``. That is safe where an event only contributes to the site,
but ``on_pre_build`` and ``on_post_build`` are where plugins also upload, notify or write elsewhere. So if one
of their handlers is neither in `_SKIPPABLE_PLUGINS` nor marked `api.skippable`, no build is skipped.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_build_datetime

from mkdocs_incremental import api, fingerprint, mkdocs_internals, site_facts
from mkdocs_incremental.fingerprint import CLOCK_RESOLUTION_NS, NotFingerprintable, digest, is_below

log = logging.getLogger("mkdocs.hooks.incremental")
_FILE = "finished.json"
_BUILD_EVENTS = ("pre_build", "post_build")
# Plugins whose handlers only write the site or a cache.
_SKIPPABLE_PLUGINS = (
    "mkdocs.contrib.search.",
    *(f"material.plugins.{name}." for name in ("offline", "optimize", "privacy", "search", "social")),
)
# Audit events.
_FOLDER_EVENTS = frozenset({"os.listdir", "os.scandir"})
_PROGRAM_EVENTS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"})
_NETWORK_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "urllib.Request"})
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR
# Environment variables that differ between shells and do not affect a site.
_VOLATILE = frozenset("_ SHLVL PWD OLDPWD TERM COLUMNS LINES WINDOWID SSH_AUTH_SOCK SSH_CONNECTION".split())
# What builds and tests create in the folders that they read.
_GENERATED = frozenset({"__pycache__", ".cache"})
_GIT_TIMEOUT_SECONDS = 10
Manifest = dict[str, Any]


@dataclass
class FileAccess:
    """What a process reads: absolute paths of files and folders, names of programs, and the network."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=set)
    network: bool = False
    is_enabled: bool = True

    def record(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Record an audit event. Must not raise: that would end the caller's operation."""
        if not self.is_enabled:
            return
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and not _is_write(mode, flags):
                name = os.path.abspath(os.fsdecode(path))  # keeps symbolic links
                self.files.add(name)
                if name.endswith(".pyc"):
                    # Python only looks at the metadata of a module's source if it has its bytecode.
                    with suppress(ValueError):
                        self.files.add(importlib.util.source_from_cache(name))
        elif event == "sqlite3.connect":
            self.files.add(os.path.abspath(_path_argument(arguments[0])))
        elif event in _FOLDER_EVENTS:
            self.folders.add(os.path.abspath(_path_argument(arguments[0])))
        elif event in _PROGRAM_EVENTS:
            self.programs.add(Path(_path_argument(arguments[0])).name)
        elif event in _NETWORK_EVENTS:
            self.network = True


def _is_write(mode: object, flags: object) -> bool:
    if isinstance(mode, str):
        return bool({"w", "a", "x", "+"} & set(mode))
    return isinstance(flags, int) and bool(flags & _WRITE_FLAGS)


def _path_argument(value: object) -> str:
    if isinstance(value, list | tuple):
        return _path_argument(value[0])
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else "."


def start_recording() -> FileAccess:
    """Record what this process reads while ``is_enabled``. Python cannot remove an audit hook."""
    access = FileAccess()
    sys.addaudithook(access.record)
    return access


class _WarningDetector(logging.Handler):
    """Whether a warning was logged, which a strict build has to count and an author has to see again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.has_warnings = False

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - only its existence matters
        self.has_warnings = True


@dataclass
class UpToDateCheck:
    """The check of one ``mkdocs build``, from its start to its end."""

    access: FileAccess = field(default_factory=start_recording)
    start_ns: int = field(default_factory=time.time_ns)
    paths: BuildPaths | None = None
    settings: str = ""
    warnings: _WarningDetector = field(default_factory=_WarningDetector)

    def is_up_to_date(self, config: MkDocsConfig, cache: Path) -> bool:
        """Whether the site already is what this build would make. Before all other hooks."""
        handlers = find_unskippable_handlers(config)
        if handlers:
            log.info("Builds are not skipped: %s may do more than write the site.", ", ".join(handlers))
            return False
        try:
            self.settings = _fingerprint_settings(config)
        except NotFingerprintable:
            return False
        self.paths = BuildPaths.from_config(config, cache)
        self.access.is_enabled = False
        obstacle = self._find_obstacle(read_manifest(cache / _FILE))
        if obstacle:
            log.debug("The build is not skipped: %s.", obstacle)
            write_manifest(cache / _FILE, None)
            logging.getLogger("mkdocs").addHandler(self.warnings)
        self.access.is_enabled = True
        return not obstacle

    def _find_obstacle(self, manifest: Manifest | None) -> str | None:
        """Return why the build cannot be skipped, as a sentence; None if it can."""
        if manifest is None or self.paths is None:
            return "there is no manifest of a build without warnings"
        # By the clock of the build and, as Material does, by the system's.
        if max(get_build_datetime().timestamp(), time.time()) >= manifest.get("expires", 0):
            return "the date of a scheduled post has passed"
        return find_changed_input(manifest, self.paths, self.settings)

    def finish(self, config: MkDocsConfig, cache: Path, unread: Iterable[str]) -> None:
        """Save what this build read and wrote, unless it logged a warning. After all other hooks.

        ``unread`` are the paths of files on which it depends, though it only read their metadata.
        """
        self.access.files.update(unread)
        self.access.is_enabled = False
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        if self.paths is None or self.warnings.has_warnings:
            return
        self.access.programs -= api.declared_programs(config.extra)
        declared = api.declared_inputs(config.extra)
        manifest = create_manifest(self.paths, self.access, self.settings, self.start_ns, declared)
        if manifest is not None:
            manifest["expires"] = api.expiry(config.extra)
            write_manifest(cache / _FILE, manifest)


def find_unskippable_handlers(config: MkDocsConfig) -> list[str]:
    """Return the handlers of `_BUILD_EVENTS` that may have effects outside the site's folder."""
    return [
        f"on_{event} of {getattr(handler, '__module__', '') or repr(handler)}"
        for event in _BUILD_EVENTS
        for handler in mkdocs_internals.event_handlers(config, event)
        if not api.is_skippable(handler) and not f"{handler.__module__}.".startswith(_SKIPPABLE_PLUGINS)
    ]


def _fingerprint_settings(config: MkDocsConfig) -> str:
    """Return a digest of what a build depends on besides its input files. Raises NotFingerprintable."""
    parts: list[Any] = [
        site_facts.digest_code(config),
        site_facts.digest_icons(config),
        fingerprint.digest_folders(config.theme.dirs),
        # The day of the build's clock, and the system's.
        f"{get_build_datetime().date()} {datetime.now().astimezone().date()}",
        site_facts.clock_values(config.theme.dirs, {"build_date_utc": get_build_datetime}),
        site_facts.describe_settings(config),
    ]
    return site_facts.create_digester().digest(parts).hex()


@dataclass(frozen=True)
class BuildPaths:
    """The absolute paths of a project, its output, and its caches.

    All files in the folders ``sources`` are inputs. Files in ``ignored`` are not, since they are known
    otherwise, such as those of packages by their versions.
    """

    root: str
    site: str
    cache: str
    sources: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: MkDocsConfig, cache: Path) -> BuildPaths:
        installed = (
            *fingerprint.package_folders(),
            sysconfig.get_path("stdlib"),
            sys.prefix,
            sys.base_prefix,
        )
        # By all names under which they may be read.
        ignored = {name for path in installed for name in (os.path.abspath(path), os.path.realpath(path))}
        return cls(
            str(site_facts.project_root(config)),
            config.site_dir,
            str(cache.parent),
            (os.path.abspath(config.docs_dir),),
            tuple(sorted(ignored)),
        )

    def is_input(self, path: str, start_ns: int = sys.maxsize) -> bool:
        """Whether a path that a build read is an input: neither output, nor cache, nor its temporary file.

        ``start_ns`` is when the build started, since the epoch.
        """
        excluded = (self.site, self.cache, "/dev", "/proc", "/sys", *self.ignored)
        return not any(is_below(path, folder) for folder in excluded) and not self._is_temporary(
            path, start_ns
        )

    def _is_temporary(self, path: str, start_ns: int) -> bool:
        if is_below(path, self.root) or not is_below(path, tempfile.gettempdir()):
            return False
        try:
            return os.stat(path).st_mtime_ns >= start_ns
        except OSError:
            return True

    def walk(self, folders: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Yield the visible folders that may contain inputs, each with the names of its files."""
        for folder in filter(self.is_input, folders):
            for parent, subfolders, names in os.walk(folder):
                subfolders[:] = [
                    name
                    for name in subfolders
                    if not name.startswith((".", "node_modules", "__"))
                    and self.is_input(os.path.join(parent, name))
                ]
                yield parent, names


def create_manifest(
    paths: BuildPaths, access: FileAccess, settings: str, start_ns: int, declared: Collection[str] = ()
) -> Manifest | None:
    """Return what identifies the inputs and the output of a build; None if its inputs cannot be known.

    ``settings`` is a digest of all inputs that are not files. ``start_ns`` is the time since the epoch.
    ``declared`` are files and folders that were read outside Python.
    """
    if access.network or access.programs - {"git"}:
        return None
    folders, files = set(access.folders), {*access.files, *declared}
    # A new file anywhere in the project may be used instead of another.
    folders.update(folder for folder, _ in paths.walk([paths.root]))
    for folder, names in paths.walk([*paths.sources, *declared]):
        folders.add(folder)
        files.update(os.path.join(folder, name) for name in names)
    inputs = {path: _describe_file(path) for path in sorted(files) if paths.is_input(path, start_ns)}
    for entry in inputs.values():
        if entry is not None:
            if entry[0] > start_ns:
                return None
            if max(entry[:2]) > start_ns - CLOCK_RESOLUTION_NS:
                # Always compare the content of this file.
                entry[0] = 0
    return {
        "settings": settings,
        "environment": fingerprint_environment(),
        "git": fingerprint_git(paths.root) if access.programs else "",
        "files": inputs,
        "folders": {path: _digest_names(path) for path in sorted(folders) if paths.is_input(path, start_ns)},
        "site": _digest_tree(paths.site),
    }


def find_changed_input(manifest: Manifest, paths: BuildPaths, settings: str) -> str | None:
    """Return the first difference from a manifest, as a clause of a sentence; None if there is none."""
    if manifest["settings"] != settings:
        return "the settings or the code changed"
    if manifest["environment"] != fingerprint_environment():
        return "the environment variables changed"
    for path, entry in manifest["files"].items():
        if not _is_unchanged(path, entry):
            return f"{os.path.relpath(path, paths.root)} changed"
    for path, names in manifest["folders"].items():
        if _digest_names(path) != names:
            return f"files were added to or removed from {os.path.relpath(path, paths.root)}/"
    if _digest_tree(paths.site) != manifest["site"]:
        return f"the output in {os.path.relpath(paths.site, paths.root)} changed"
    if manifest["git"] and fingerprint_git(paths.root) != manifest["git"]:
        return "the Git history changed"
    return None


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest in a file; None if it is missing or damaged."""
    try:
        checksum, _, text = path.read_text(encoding="utf-8").partition("\n")
        return json.loads(text) if digest(text.encode("utf-8", "surrogatepass")) == checksum else None
    except (OSError, ValueError):
        return None


def write_manifest(path: Path, manifest: Manifest | None) -> None:
    """Write a manifest, or remove the file. Where the folder cannot be written, there is none."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
        if manifest is not None:
            text = json.dumps(manifest)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(f".{os.getpid()}")
            temporary.write_text(f"{digest(text.encode('utf-8', 'surrogatepass'))}\n{text}", encoding="utf-8")
            temporary.replace(path)


def fingerprint_environment(values: Mapping[str, str] | None = None) -> str:
    """Return a digest of the environment variables on which a site may depend."""
    variables = sorted((os.environ if values is None else values).items())
    return digest(json.dumps([item for item in variables if item[0] not in _VOLATILE]).encode())


def fingerprint_git(folder: str) -> str:
    """Return a digest of what ``git log`` depends on: commits, references, and shallow boundaries.

    The files are read directly: commands for them would take several processes.
    """
    command = ["git", "-C", folder, "rev-parse", "--absolute-git-dir", "--git-common-dir"]
    try:
        result = subprocess.run(  # noqa: S603 - no shell, fixed arguments
            command, capture_output=True, timeout=_GIT_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "no git"
    # A linked worktree has its own HEAD; the rest is common.
    own, common = (os.path.join(folder, os.fsdecode(line)) for line in result.stdout.splitlines())
    paths = [os.path.join(own, "HEAD")]
    paths += (os.path.join(common, name) for name in ("config", "packed-refs", "shallow"))
    for name in ("refs", "reftable"):
        for parent, _, names in os.walk(os.path.join(common, name)):
            paths += (os.path.join(parent, file) for file in names)
    return digest(json.dumps([(path, _read_digest(path)) for path in sorted(set(paths))]).encode())


def _describe_file(path: str) -> list[Any] | None:
    """Return a file's times of modification and of any change, size, inode and digest; None if it is missing.

    A copy may set the time of modification, but not the other (``st_ctime``).
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            return [0, 0, 0, 0, ""]
        return [*_read_times(status), status.st_size, status.st_ino, digest(Path(path).read_bytes())]
    except OSError:
        return None


def _is_unchanged(path: str, entry: list[Any] | None) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return entry is None
    if entry is None:
        return False
    if [*_read_times(status), status.st_size, status.st_ino] == entry[:4]:
        return True
    current = _describe_file(path)
    return current is not None and current[4] == entry[4]


def _read_times(status: os.stat_result) -> tuple[int, int]:
    return status.st_mtime_ns, status.st_ctime_ns


def _read_digest(path: str) -> str:
    try:
        return digest(Path(path).read_bytes())
    except OSError:
        return ""


def _digest_names(path: str) -> str:
    """Return a digest of the names in a folder."""
    try:
        names = sorted(name for name in os.listdir(path) if name not in _GENERATED)
        return digest("\n".join(names).encode("utf-8", "surrogateescape"))
    except OSError:
        return ""


def _digest_tree(folder: str) -> str:
    """Return a digest of the metadata of all files in a folder."""
    entries = []
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with suppress(OSError):
                status = os.stat(path, follow_symlinks=False)
                entries.append(
                    f"{path}\0{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"
                )
    return digest("\n".join(sorted(entries)).encode("utf-8", "surrogateescape"))
