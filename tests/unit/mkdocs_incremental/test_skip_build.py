"""A build is skipped only if all inputs and the output are unchanged."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from mkdocs_incremental import api, build_inputs, skip_build
from mkdocs_incremental.build_inputs import BuildPaths, FileAccess
from tests.support import project


def paths_of(root: Path) -> BuildPaths:
    return BuildPaths(str(root), str(root / "site"), str(root / ".cache"), str(root / "docs"))


def create(
    root: Path, access: FileAccess, seconds_later: int = 3600, *, declared: Collection[str] = ()
) -> dict[str, Any] | None:
    start_ns = time.time_ns() + seconds_later * 1_000_000_000
    process = skip_build.describe_process()
    return build_inputs.create_manifest(paths_of(root), access, process, start_ns, declared)


def is_valid(manifest: dict[str, Any]) -> bool:
    return not skip_build.find_obstacle(manifest)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "docs/a.md",
        "docs/below/unread.ttf",
        "site/a/index.html",
        ".cache/x",
        "theme/part.typ",
        "b.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
    return tmp_path


def access_of(root: Path) -> FileAccess:
    files = {str(root / name) for name in ("docs/a.md", "docs/missing.md", "site/a/index.html", ".cache/x")}
    return FileAccess(files, {str(root / "docs")})


def change_in_place(path: Path) -> None:
    """Change a file but neither its size, its inode nor its time of modification, as ``cp -p`` can."""
    status = path.stat()
    path.write_text("next", encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "another text": lambda root: (root / "docs/a.md").write_text("next", encoding="utf-8"),
    "another text with the same time": lambda root: change_in_place(root / "docs/a.md"),
    "a longer text": lambda root: (root / "docs/a.md").write_text("text and more", encoding="utf-8"),
    "a deleted file": lambda root: (root / "docs/a.md").unlink(),
    "a file that was missing": lambda root: (root / "docs/missing.md").write_text("", encoding="utf-8"),
    "a new file": lambda root: (root / "docs/new.md").write_text("", encoding="utf-8"),
    "a new file elsewhere": lambda root: (root / "a.md").write_text("", encoding="utf-8"),
    "a file in docs that Python did not open": lambda root: (root / "docs/below/unread.ttf").write_text(
        "next"
    ),
    "deleted output": lambda root: (root / "site/a/index.html").unlink(),
    "new output": lambda root: (root / "site/b.html").write_text("", encoding="utf-8"),
    "changed output": lambda root: (root / "site/a/index.html").write_text("tex!", encoding="utf-8"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_manifest_is_invalid_after_a_change(name: str, root: Path) -> None:
    manifest = create(root, access_of(root))
    assert manifest is not None
    assert is_valid(manifest)
    CHANGES[name](root)
    assert not is_valid(manifest)


def test_changed_input_is_named(root: Path) -> None:
    manifest = create(root, access_of(root))
    assert manifest is not None
    (root / "docs/a.md").write_text("next", encoding="utf-8")
    assert skip_build.find_obstacle(manifest) == f"{Path('docs', 'a.md')} changed"
    (root / "docs/a.md").write_text("text", encoding="utf-8")
    (root / "log.txt").write_text("", encoding="utf-8")
    assert skip_build.find_obstacle(manifest) == "files were added to or removed from ./"


PROCESS_CHANGES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "an option": lambda patch: patch.setattr("sys.argv", ["mkdocs", "build", "--strict"]),
    "the working directory": lambda patch: patch.chdir("/"),
    "a variable": lambda patch: patch.setenv("SITE_URL", "https://other.example/"),
    "a folder of packages": lambda patch: patch.setattr("sys.path", [*sys.path, "/site-packages"]),
    "the version of Python": lambda patch: patch.setattr("sys.version", "3.0.0"),
    "the day": lambda patch: patch.setattr("time.localtime", lambda: (2000, 1, 1)),
    "the date of a scheduled post": lambda patch: patch.setattr("time.time", lambda: sys.maxsize),
}


@pytest.mark.parametrize("name", PROCESS_CHANGES)
def test_manifest_is_invalid_in_another_process(
    name: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = create(root, access_of(root))
    assert manifest is not None
    monkeypatch.setenv("COLUMNS", "99")
    assert is_valid(manifest)
    PROCESS_CHANGES[name](monkeypatch)
    assert not is_valid(manifest)


def test_manifest_is_invalid_after_an_installation(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root.with_name("own-packages")
    (folder / "a-1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr("sys.path", [*sys.path, str(folder)])
    manifest = create(root, access_of(root))
    assert manifest is not None
    assert is_valid(manifest)
    (folder / "a-1.0.dist-info").rename(folder / "a-1.1.dist-info")
    assert not is_valid(manifest)


def test_check_imports_little() -> None:
    code = "import sys; from mkdocs_incremental import skip_build; print(*sys.modules)"
    run = project.python(project.ROOT / "hooks", "-c", code)
    assert {"mkdocs", "typing", "pathlib", "logging", "dataclasses", "re"} & set(run.stdout.split()) == {"re"}


@pytest.mark.parametrize("declared", ["theme", "theme/part.typ"])
def test_declared_inputs_are_compared(declared: str, root: Path) -> None:
    extra: dict[str, Any] = {}
    api.declare_inputs(extra, root / declared)
    with_inputs = create(root, access_of(root), declared=api.declared_inputs(extra))
    without = create(root, access_of(root))
    assert with_inputs is not None
    assert without is not None
    assert is_valid(with_inputs)
    (root / "theme/part.typ").write_text("next", encoding="utf-8")
    assert not is_valid(with_inputs)
    assert is_valid(without)


def test_touched_file_and_cache_are_no_change(root: Path) -> None:
    manifest = create(root, access_of(root))
    assert manifest is not None
    os.utime(root / "docs/a.md", (1, 1))
    (root / ".cache/x").write_text("other", encoding="utf-8")
    (root / "b.txt").write_text("never read", encoding="utf-8")
    assert is_valid(manifest)


def test_no_manifest_if_a_file_changed_during_the_build(root: Path) -> None:
    assert create(root, access_of(root), seconds_later=-3600) is None


def test_change_within_the_clock_resolution_is_noticed(root: Path) -> None:
    manifest = create(root, access_of(root), seconds_later=1)
    assert manifest is not None
    path = root / "docs/a.md"
    before = path.stat()
    path.write_text("next", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not is_valid(manifest)


@pytest.mark.parametrize("access", [FileAccess(programs={"curl"}), FileAccess(network=True)])
def test_no_manifest_after_a_program_or_the_network(access: FileAccess, root: Path) -> None:
    assert create(root, access) is None


def git(folder: Path, *arguments: str | Path) -> None:
    author = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *author, "-C", folder, *arguments], check=True, timeout=60, capture_output=True)


GIT_CHANGES: dict[str, list[list[str]]] = {
    "commit": [["commit", "--allow-empty", "-m", "3"]],
    "unshallow": [["fetch", "--unshallow"]],
    "deepen": [["fetch", "--deepen=1"]],
    "tag": [["tag", "v1"]],
    "packed tag": [["tag", "v1"], ["pack-refs", "--all"]],
    "another branch": [["checkout", "-b", "next"]],
}


@pytest.mark.parametrize("name", GIT_CHANGES)
def test_manifest_is_invalid_after_a_change_of_git(name: str, root: Path, tmp_path_factory: Any) -> None:
    origin = tmp_path_factory.mktemp("origin")
    git(origin, "init", "-q", "--initial-branch=main")
    for number in range(4):
        git(origin, "commit", "-q", "--allow-empty", "-m", str(number))
    clone = tmp_path_factory.mktemp("clone") / "clone"
    git(root, "clone", "-q", "--depth=2", f"file://{origin}", clone)
    (clone / ".git").rename(root / ".git")
    manifest = create(root, FileAccess(programs={"git"}))
    assert manifest is not None
    assert is_valid(manifest)
    for command in GIT_CHANGES[name]:
        git(root, *command)
    assert not is_valid(manifest)


def test_git_is_no_input_unless_it_was_started(root: Path) -> None:
    git(root, "init", "-q")
    manifest = create(root, access_of(root))
    assert manifest is not None
    git(root, "commit", "-q", "--allow-empty", "-m", "1")
    assert is_valid(manifest)


@pytest.mark.parametrize("convert", [str, Path, os.fsencode])
def test_file_opened_by_any_kind_of_path_is_an_input(tmp_path: Path, convert: Callable[[Path], Any]) -> None:
    (tmp_path / "a.txt").touch()
    access = build_inputs.start_recording()
    with open(convert(tmp_path / "a.txt")):  # noqa: PTH123 - not all are paths of pathlib
        access.is_enabled = False
    assert str(tmp_path / "a.txt") in access.files


def test_source_of_a_module_is_an_input_if_its_bytecode_is_read(tmp_path: Path) -> None:
    source = str(tmp_path / "a.py")
    access = FileAccess()
    access.record("open", (importlib.util.cache_from_source(source), "r", os.O_RDONLY))
    access.record("open", (str(tmp_path / "alone.pyc"), "r", os.O_RDONLY))
    assert source in access.files
    assert str(tmp_path / "alone.py") not in access.files


def test_database_opened_by_sqlite_is_an_input(tmp_path: Path) -> None:
    import sqlite3

    access = build_inputs.start_recording()
    sqlite3.connect(tmp_path / "data.db").close()
    access.is_enabled = False
    sqlite3.connect(tmp_path / "later.db").close()
    assert str(tmp_path / "data.db") in access.files
    assert str(tmp_path / "later.db") not in access.files


def config_with(handler: Callable[..., None]) -> MkDocsConfig:
    config = MkDocsConfig()
    plugin: Any = type("Plugin", (BasePlugin,), {"on_post_build": handler})()
    config.plugins = {}  # type: ignore[assignment]
    config.load_dict({"site_name": "A", "plugins": ["search"]})
    config.validate()
    config.plugins["own"] = plugin
    return config


def test_build_events_of_unknown_plugins_prevent_skipping() -> None:
    def on_post_build(self: object, *, config: MkDocsConfig) -> None: ...

    config = config_with(on_post_build)
    assert build_inputs.find_unskippable_handlers(config) == [f"on_post_build of {__name__}"]
    assert build_inputs.find_unskippable_handlers(config_with(api.skippable(on_post_build))) == []


def test_damaged_manifest_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "below"
    skip_build.write_manifest(str(folder), {"a": 1})
    assert skip_build.read_manifest(str(folder)) == {"a": 1}
    monkeypatch.setattr(skip_build, "_VERSION", b"other")
    assert skip_build.read_manifest(str(folder)) is None
    monkeypatch.undo()
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert skip_build.read_manifest(str(folder)) is None


def test_manifest_is_invalid_while_a_build_runs(tmp_path: Path) -> None:
    skip_build.write_manifest(str(tmp_path), {"a": 1})
    skip_build.invalidate_manifest(str(tmp_path))
    assert skip_build.read_manifest(str(tmp_path)) is None
    assert skip_build.read_manifest(str(tmp_path), is_outdated=True) == {"a": 1}
