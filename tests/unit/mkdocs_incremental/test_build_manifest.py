"""There is nothing to do where all that was read, and all that was made, is as it was."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mkdocs_incremental import build_manifest
from mkdocs_incremental.build_manifest import Place
from mkdocs_incremental.file_access import Observed


def kept(root: Path, read: Observed, ago: int = 3600) -> build_manifest.Facts | None:
    place = Place(str(root), str(root / "site"), str(root / ".cache"))
    return build_manifest.facts(place, read, "settings", time.time_ns() + ago * 1_000_000_000)


def holds(root: Path, facts: build_manifest.Facts) -> bool:
    return build_manifest.holds(facts, Place(str(root), str(root / "site"), str(root / ".cache")), "settings")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("docs/a.md", "docs/b.md", "site/a/index.html", ".cache/x"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")
    return tmp_path


def seen(root: Path) -> Observed:
    files = {str(root / name) for name in ("docs/a.md", "docs/missing.md", "site/a/index.html", ".cache/x")}
    return Observed(files, {str(root / "docs")})


CHANGES: dict[str, Callable[[Path], object]] = {
    "other text": lambda root: (root / "docs/a.md").write_text("next", encoding="utf-8"),
    "more text": lambda root: (root / "docs/a.md").write_text("text and more", encoding="utf-8"),
    "no file": lambda root: (root / "docs/a.md").unlink(),
    "the missing one": lambda root: (root / "docs/missing.md").write_text("", encoding="utf-8"),
    "a new one": lambda root: (root / "docs/new.md").write_text("", encoding="utf-8"),
    "one that may take another's place": lambda root: (root / "a.md").write_text("", encoding="utf-8"),
    "no output": lambda root: (root / "site/a/index.html").unlink(),
    "more output": lambda root: (root / "site/b.html").write_text("", encoding="utf-8"),
    "other output": lambda root: (root / "site/a/index.html").write_text("tex!", encoding="utf-8"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(name: str, root: Path) -> None:
    facts = kept(root, seen(root))
    assert facts is not None
    assert holds(root, facts)
    CHANGES[name](root)
    assert not holds(root, facts)


def test_a_file_that_is_only_touched_is_the_same(root: Path) -> None:
    facts = kept(root, seen(root))
    assert facts is not None
    os.utime(root / "docs/a.md", (1, 1))
    (root / ".cache/x").write_text("other", encoding="utf-8")
    assert holds(root, facts)


def test_a_file_that_changed_while_it_was_read_is_not_known(root: Path) -> None:
    assert kept(root, seen(root), ago=-3600) is None


def test_text_that_changed_as_the_clock_stood_still_is_seen(root: Path) -> None:
    facts = kept(root, seen(root), ago=1)
    assert facts is not None
    path = root / "docs/a.md"
    before = path.stat()
    path.write_text("next", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not holds(root, facts)


@pytest.mark.parametrize("read", [Observed(programs={"curl"}), Observed(network=True)])
def test_who_asked_another_program_or_host_is_asked_again(read: Observed, root: Path) -> None:
    assert kept(root, read) is None


def test_places_are_absolute() -> None:
    with pytest.raises(AssertionError):
        Place(".", "site", ".cache")


def test_what_was_kept_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "below/finished.json"
    build_manifest.write(path, {"a": 1})
    assert build_manifest.read(path) == {"a": 1}
    path.write_bytes(path.read_bytes()[:-1])
    assert build_manifest.read(path) is None
    build_manifest.write(path, None)
    assert build_manifest.read(path) is None
    assert not path.exists()
