"""A site that a test edits and then builds twice: incrementally and from scratch.

The build from scratch uses a copy without caches and output, and without the hook of incremental builds in
its ``mkdocs.yml``.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from random import Random

from tests.support.builder import Builder
from tests.support.trees import diff_trees, list_files, read_tree

# The date of all builds.
BUILD_TIME = "1795440000"
SWITCH = re.compile(r"^ *- .*hooks/incremental_builds\.py.*\n", re.MULTILINE)
CACHE = ".cache/incremental"
CACHE_FILES = ("builds.sqlite3", "finished.json")
# Generated files. In git's folder, the references identify the commit.
_GENERATED = ("site", ".cache", "__pycache__")
_GIT, _REFERENCES = ".git/", ".git/refs/"
OWN_HOOK = '''\
"""A hook of this site alone."""

from thing import WORD


def on_page_markdown(markdown, **_):
    return markdown.replace("ellipsis", WORD + "{word}")
'''
# One in six edits affects all pages. More would hide errors of edits that affect a few pages.
_SITE_WIDE_RATIO = 6
Kind = Callable[[Random], None]


def seeded_random(seed: object) -> Random:
    """Return a generator of choices, which are the same for the same seed."""
    return Random(str(seed))  # noqa: S311 - no secret


@dataclass(frozen=True)
class Edit:
    """An edit: its kind, and the seed of its choices."""

    kind: str
    number: int


@dataclass
class BuildResult:
    """The status of a build, its warnings and errors, and all files; None if it ended early."""

    status: int
    messages: list[str]
    files: dict[str, bytes] | None


@dataclass
class ComparedSite:
    """A site below ``folder``. `narrow_edits` and `site_wide_edits` are the kinds of edits."""

    folder: Path
    builder: Builder
    strict: bool = False
    # A summary of the last comparison.
    outcome: str = ""
    _results: dict[str, BuildResult] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def packages(self) -> Path:
        # A folder of packages is recognized by such a name.
        return self.folder / "more-packages"

    def begin(self) -> None:
        """Write the initial files."""
        self.change_package(seeded_random(0))

    def narrow_edits(self) -> Mapping[str, Kind]:
        """Return the edits that affect a few pages, by name."""
        return {
            "nothing": lambda _: None,
            "output": self.damage_output,
            "cache truncated": self.truncate_cache,
            "cache corrupted": self.corrupt_cache,
            "cache swapped": self.swap_cache,
        }

    def site_wide_edits(self) -> Mapping[str, Kind]:
        """Return the edits that affect all pages, by name."""
        return {"package": self.change_package, "strict": self.toggle_strict}

    def random_steps(self, seed: object, number: int) -> list[list[Edit]]:
        """Return random steps of one to three edits each."""
        random = seeded_random(seed)
        narrow, site_wide = sorted(self.narrow_edits()), sorted(self.site_wide_edits())

        def edit() -> Edit:
            kinds = site_wide if random.randrange(_SITE_WIDE_RATIO) == 0 else narrow
            return Edit(random.choice(kinds), random.randrange(10_000))

        return [[edit() for _ in range(random.randint(1, 3))] for _ in range(number)]

    def apply(self, edits: Iterable[Edit]) -> None:
        kinds = {**self.narrow_edits(), **self.site_wide_edits()}
        for edit in edits:
            kinds[edit.kind](seeded_random(edit.number))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, random: Random, *alternatives: str) -> None:
        """Replace the alternative that a file contains with another."""
        text = self.read(name)
        current = next((alternative for alternative in alternatives if alternative in text), None)
        assert current is not None, f"{name} contains none of {alternatives}"
        replacement = random.choice([alternative for alternative in alternatives if alternative != current])
        self.write(name, text.replace(current, replacement, 1))

    def damage_output(self, random: Random) -> None:
        """Overwrite a page, remove one, or add a file."""
        pages = sorted((self.root / "site").rglob("*.html"))
        if pages:
            path = random.choice(pages)
            damage = random.randrange(3)
            if damage == 0:
                path.write_text("damaged", encoding="utf-8")
            elif damage == 1:
                path.unlink()
            else:
                path.with_name("stray.html").write_text("stray", encoding="utf-8")

    def truncate_cache(self, random: Random) -> None:
        path = self.root / CACHE / random.choice(CACHE_FILES)
        if path.exists():
            path.write_bytes(path.read_bytes()[: random.choice([0, 17, 4096, 20_000])])

    def corrupt_cache(self, random: Random) -> None:
        path = self.root / CACHE / random.choice(CACHE_FILES)
        if path.exists() and (content := bytearray(path.read_bytes())):
            for offset in range(random.randrange(len(content)), len(content), max(len(content) // 9, 1)):
                content[offset] ^= 0x55
            path.write_bytes(content)

    def swap_cache(self, random: Random) -> None:
        """Restore the cache of an earlier state of the site, as in CI, and save the current one."""
        if not (self.root / CACHE).exists():
            return
        saved = self.folder / f"cache-{random.randrange(2)}"
        current = self.folder / "cache-current"
        shutil.copytree(self.root / CACHE, current)
        if saved.exists():
            shutil.rmtree(self.root / CACHE)
            saved.replace(self.root / CACHE)
        current.replace(saved)

    def change_package(self, random: Random) -> None:
        number = random.randrange(5)
        folder = self.packages
        shutil.rmtree(folder, ignore_errors=True)
        (folder / f"thing-{number}.dist-info").mkdir(parents=True)
        (folder / f"thing-{number}.dist-info/METADATA").write_text(
            f"Metadata-Version: 2.1\nName: thing\nVersion: {number}\n", encoding="utf-8"
        )
        (folder / "thing.py").write_text(f'WORD = "thing{number}"\n', encoding="utf-8")

    def toggle_strict(self, _: Random) -> None:
        self.strict = not self.strict

    def build(self) -> BuildResult:
        """Build the site incrementally."""
        return self._build(self.root)

    def expected(self) -> BuildResult:
        """Return the result of a build from scratch, which is cached by the state of the sources."""
        state = f"{self.strict} {self._state()}"
        if state not in self._results:
            clean = self.folder / "clean"
            shutil.rmtree(clean, ignore_errors=True)
            shutil.copytree(self.root, clean, ignore=shutil.ignore_patterns(*_GENERATED))
            text, count = SWITCH.subn("", self.read("mkdocs.yml"))
            assert count == 1
            (clean / "mkdocs.yml").write_text(text, encoding="utf-8")
            self._results[state] = self._build(clean)
        return self._results[state]

    def compare(self) -> list[str]:
        """Build the site both ways. Return the differences in status, warnings and files as lines."""
        actual, expected = self.build(), self.expected()
        files = "no files" if expected.files is None else f"{len(expected.files)} files"
        self.outcome = f"status {expected.status}, {len(expected.messages)} messages, {files}"
        if (actual.status, actual.messages) != (expected.status, expected.messages):
            difference = unified_diff(expected.messages, actual.messages, n=0)
            return [f"status {actual.status}, expected {expected.status}", *difference]
        self.revert_if_broken(expected)
        return [] if expected.files is None else diff_trees(actual.files or {}, expected.files)

    def revert_if_broken(self, expected: BuildResult) -> None:
        """Revert the edits if the site cannot be built: the next edits would test nothing."""
        backup = self.folder / "backup"
        if expected.files is not None:
            shutil.rmtree(backup, ignore_errors=True)
            shutil.copytree(self.root, backup, ignore=shutil.ignore_patterns(*_GENERATED))
        elif backup.exists():
            for path in self.root.iterdir():
                if path.name not in _GENERATED:
                    (shutil.rmtree if path.is_dir() else os.unlink)(path)
            shutil.copytree(backup, self.root, dirs_exist_ok=True)

    def _build(self, root: Path) -> BuildResult:
        config = root / "mkdocs.yml"
        status, messages = self.builder.build(config, strict=self.strict, packages=self.packages)
        messages = [line.replace(str(root), "<root>") for line in messages]
        # A strict build fails at its end, when all files are written.
        is_complete = status == 0 or (self.strict and "strict mode" in "".join(messages[-1:]))
        return BuildResult(status, messages, read_tree(root / "site") if is_complete else None)

    def _state(self) -> str:
        digest = hashlib.blake2b()
        for folder in (self.root, self.packages):
            for path in list_files(folder):
                name = path.relative_to(folder).as_posix()
                is_generated = any(part in _GENERATED for part in name.split("/"))
                if not is_generated and (not name.startswith(_GIT) or name.startswith(_REFERENCES)):
                    content = path.read_bytes()
                    digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest()
