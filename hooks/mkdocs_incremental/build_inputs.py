"""What a build reads, and the manifest of a build, by which `skip_build` recognizes that nothing has changed.

Inputs are the command, the environment, and files. Files that Python opens are known from its audit events
(PEP 578). Libraries also read files by themselves: so all files in ``docs_dir``, the theme and the folders of
hooks are inputs anyway, and hooks declare others by `api.declare_inputs`. A build that started git depends on
the repository's commits and references, and on the depth of a shallow clone. A build that started another
program, used the network or logged a warning is never skipped.

Skipping leaves out all events. That is safe where an event only contributes to the site, but ``on_pre_build``
and ``on_post_build`` are where plugins also upload, notify or write elsewhere. So if one of their handlers is
neither in `_SKIPPABLE_PLUGINS` nor marked `api.skippable`, no build is skipped.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils.yaml import yaml_load

from mkdocs_incremental import api, fingerprint, mkdocs_internals, site_facts, skip_build
from mkdocs_incremental.fingerprint import CLOCK_RESOLUTION_NS, FileDigests, is_below

log = logging.getLogger("mkdocs.hooks.incremental")
MESSAGE = "Nothing has changed since the site was built."
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
_EVENTS = _FOLDER_EVENTS | _PROGRAM_EVENTS | _NETWORK_EVENTS | {"open", "sqlite3.connect"}
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR
_GIT_TIMEOUT_SECONDS = 10


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
        # Most events are of other kinds, above all each call of `id`.
        if event not in _EVENTS or not self.is_enabled:
            return
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, str | bytes | os.PathLike) and not _is_write(mode, flags):
                name = os.path.abspath(os.fsdecode(path))  # keeps symbolic links
                if name.endswith(".pyc"):
                    # Python only looks at the metadata of a module's source if it has its bytecode.
                    with suppress(ValueError):
                        name = importlib.util.source_from_cache(name)
                self.files.add(name)
        elif event == "sqlite3.connect":
            self.files.add(os.path.abspath(_path_argument(arguments[0])))
        elif event in _FOLDER_EVENTS:
            self.folders.add(os.path.abspath(_path_argument(arguments[0])))
        elif event in _PROGRAM_EVENTS:
            self.programs.add(Path(_path_argument(arguments[0])).name)
        else:
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
class BuildInputs:
    """The inputs of one ``mkdocs build``, recorded from its start to its end."""

    # What a command has found out before: the manifest of the last build, and why this one is not skipped.
    manifest: Mapping[str, Any] | None = None
    obstacle: str = ""
    process: dict[str, str] = field(default_factory=skip_build.describe_process)
    start_ns: int = field(default_factory=time.time_ns)
    access: FileAccess = field(default_factory=start_recording)
    warnings: _WarningDetector = field(default_factory=_WarningDetector)
    digests: FileDigests = field(default_factory=FileDigests)

    def is_up_to_date(self, cache: str) -> bool:
        """Whether the site already is what this build would make. Before all other hooks."""
        self.access.is_enabled = False
        if not self.obstacle:
            self.manifest = skip_build.read_manifest(cache)
            self.obstacle = skip_build.find_obstacle(self.manifest)
        if self.obstacle:
            log.debug("The build is not skipped: %s.", self.obstacle)
            skip_build.invalidate_manifest(cache)
            # After a build that failed, there is only the one before.
            previous = self.manifest or skip_build.read_manifest(cache, is_outdated=True) or {}
            self.digests = FileDigests(previous.get("inputs"))
            logging.getLogger("mkdocs").addHandler(self.warnings)
        self.access.is_enabled = True
        return not self.obstacle

    def finish(self, config: MkDocsConfig, cache: str, unread: Iterable[str], *, shows_time: bool) -> None:
        """Save what this build read and wrote, unless it logged a warning. After all other hooks.

        ``unread`` are the paths of files on which it depends, though it only read their metadata.
        ``shows_time`` says whether a template shows when the site was built.
        """
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        handlers = find_unskippable_handlers(config)
        if handlers:
            log.info("Builds are not skipped: %s may do more than write the site.", ", ".join(handlers))
        settings = config.config_file_path or ""
        # Not if Python code builds the site without a command, or if the settings are read from a pipe.
        is_reproducible = "build" in sys.argv and os.path.isfile(settings)
        if shows_time and "SOURCE_DATE_EPOCH" not in os.environ:
            is_reproducible = False
        if handlers or self.warnings.has_warnings or not is_reproducible:
            return
        with open(settings, "rb") as file:
            if b"INHERIT" in file.read():
                file.seek(0)
                # MkDocs may have read the files from which it inherits before they were recorded.
                yaml_load(file)
        self.access.is_enabled = False
        self.access.files.update(unread)
        self.access.programs -= api.declared_programs(config.extra)
        paths, declared = BuildPaths.from_config(config, cache), api.declared_inputs(config.extra)
        manifest = create_manifest(paths, self.access, self.process, self.start_ns, declared, self.digests)
        if manifest is not None:
            manifest["expires"] = api.expiry(config.extra)
            manifest["message"] = f"INFO    -  {MESSAGE}\n" if log.isEnabledFor(logging.INFO) else ""
            skip_build.write_manifest(cache, manifest)


# The record that a command has started before MkDocs, for the hook that MkDocs loads later.
_started: list[BuildInputs] = []


def start(manifest: Mapping[str, Any] | None, obstacle: str) -> None:
    """Start to record what a command reads, before MkDocs and its configuration are loaded."""
    _started.append(BuildInputs(manifest, obstacle))


def started() -> BuildInputs:
    """Return the record that `start` began, once, or a new one."""
    return _started.pop() if _started else BuildInputs()


def find_unskippable_handlers(config: MkDocsConfig) -> list[str]:
    """Return the handlers of `_BUILD_EVENTS` that may have effects outside the site's folder."""
    return [
        f"on_{event} of {getattr(handler, '__module__', '') or repr(handler)}"
        for event in _BUILD_EVENTS
        for handler in mkdocs_internals.event_handlers(config, event)
        if not api.is_skippable(handler) and not f"{handler.__module__}.".startswith(_SKIPPABLE_PLUGINS)
    ]


@dataclass(frozen=True)
class BuildPaths:
    """The absolute paths of a project, its output, its caches, and its ``docs_dir``.

    All files in ``docs`` are inputs. Files in ``ignored`` are not, since they are known otherwise, such as
    those of packages by their versions.
    """

    root: str
    site: str
    cache: str
    docs: str
    ignored: tuple[str, ...] = ()

    @classmethod
    def from_config(cls, config: MkDocsConfig, cache: str) -> BuildPaths:
        library = sysconfig.get_path("stdlib")
        installed = (*fingerprint.package_folders(), library, sys.prefix, sys.base_prefix)
        # By all names under which they may be read.
        ignored = {name for path in installed for name in (os.path.abspath(path), os.path.realpath(path))}
        root, docs = str(site_facts.project_root(config)), os.path.abspath(config.docs_dir)
        return cls(root, config.site_dir, os.path.dirname(cache), docs, tuple(sorted(ignored)))

    @functools.cached_property
    def _excluded(self) -> tuple[str, ...]:
        excluded = (self.site, self.cache, "/dev", "/proc", "/sys", *self.ignored)
        return tuple(f"{folder}{os.sep}" for folder in excluded)

    def is_input(self, path: str, start_ns: int = sys.maxsize) -> bool:
        """Whether a path that a build read is an input: neither output, nor cache, nor its temporary file.

        ``start_ns`` is when the build started, since the epoch.
        """
        return not f"{path}{os.sep}".startswith(self._excluded) and not self._is_temporary(path, start_ns)

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
    paths: BuildPaths,
    access: FileAccess,
    process: Mapping[str, str],
    start_ns: int,
    declared: Collection[str] = (),
    digests: FileDigests | None = None,
) -> dict[str, Any] | None:
    """Return what identifies the inputs and the output of a build; None if its inputs cannot be known.

    ``process`` are all inputs that are not files, when the build started at ``start_ns`` (since the epoch).
    ``declared`` are files and folders that were read outside Python.
    """
    if access.network or access.programs - {"git"}:
        return None
    digests = digests or FileDigests()
    # The latter are code and templates.
    folders, files = set(access.folders), {*access.files, *declared, *digests.paths}
    if access.programs:
        files.update(find_git_inputs(paths.root))
    # A new file anywhere in the project may be used instead of another.
    folders.update(folder for folder, _ in paths.walk([paths.root]))
    for folder, names in paths.walk([paths.docs, *declared]):
        folders.add(folder)
        files.update(os.path.join(folder, name) for name in names)
    inputs: dict[str, list[Any] | None] = {}
    # The names of the metadata folders of packages contain their versions.
    packages = fingerprint.package_folders()
    for path in sorted(packages.union(path for path in files | folders if paths.is_input(path, start_ns))):
        entry = inputs[path] = digests.describe(path)
        if entry is not None and max(entry[:2]) > start_ns - CLOCK_RESOLUTION_NS:
            if entry[0] > start_ns and (path in packages or not os.path.isdir(path)):
                return None
            # Always compare the content of this file.
            inputs[path] = [0, *entry[1:]]
    return {
        "process": process,
        "expires": sys.maxsize,
        "inputs": inputs,
        "output": [paths.site, skip_build.describe_output(paths.site)],
        "root": paths.root,
        "message": "",
    }


def find_git_inputs(folder: str) -> Iterator[str]:
    """Yield the files and folders on which ``git log`` depends; some may be missing.

    They contain the commits, references, and shallow boundaries.
    """
    command = ["git", "-C", folder, "rev-parse", "--absolute-git-dir", "--git-common-dir"]
    try:
        result = subprocess.run(  # noqa: S603 - no shell, fixed arguments
            command, capture_output=True, timeout=_GIT_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        # A repository that is created later, here or in a folder above, would be used.
        yield from (str(parent / ".git") for parent in (Path(folder), *Path(folder).parents))
        return
    # A linked worktree has its own HEAD; the rest is common.
    own, common = (os.path.join(folder, os.fsdecode(line)) for line in result.stdout.splitlines())
    yield os.path.join(own, "HEAD")
    yield from (os.path.join(common, name) for name in ("config", "packed-refs", "shallow"))
    for name in ("refs", "reftable"):
        for parent, _, names in os.walk(os.path.join(common, name)):
            yield from (parent, *(os.path.join(parent, name) for name in names))
