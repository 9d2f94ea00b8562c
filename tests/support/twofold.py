"""A site that is edited, and built in two ways after each edit: with what was kept, and from nothing.

The first is built where it stands. The second is a copy of it that has neither its cache nor what was built,
without the line of the hook ``incremental_builds`` in its ``mkdocs.yml``.
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
from tests.support.trees import compared, files, tree

# The day on which all is built.
MOMENT = "1795440000"
SWITCH = re.compile(r"^ *- .*hooks/incremental_builds\.py.*\n", re.MULTILINE)
CACHE = ".cache/incremental"
KEPT = ("builds.sqlite3", "finished.json")
# Made from the rest. Of git, the references tell which commit it is.
_MADE = ("site", ".cache", "__pycache__")
_GIT, _REFERENCES = ".git/", ".git/refs/"
OWN_HOOK = '''\
"""A hook of this site alone."""

from thing import WORD


def on_page_markdown(markdown, **_):
    return markdown.replace("ellipsis", WORD + "{word}")
'''
# An edit that concerns all pages hides whatever is wrong with one that concerns a few.
_ONE_IS_WIDE_OF = 6
Kind = Callable[[Random], None]


def dice(seed: object) -> Random:
    """What makes all choices; the same seed makes the same ones."""
    return Random(str(seed))  # noqa: S311 - no secret


@dataclass(frozen=True)
class Edit:
    """One edit: its kind, and the number from which all that is left open in it follows."""

    kind: str
    number: int


@dataclass
class Built:
    """What came of a build: its status, warnings and errors, and all files; none if it ended half-way."""

    status: int
    told: list[str]
    files: dict[str, bytes] | None


@dataclass
class Twofold:
    """The site below ``folder``; ``begin`` writes it. Kinds of edits are methods, found in `kinds`."""

    folder: Path
    builder: Builder
    strict: bool = False
    # Of the last comparison, in a few words.
    outcome: str = ""
    _known: dict[str, Built] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def packages(self) -> Path:
        # By such a name a folder of packages is known.
        return self.folder / "more-packages"

    def begin(self) -> None:
        """Write what is there at first."""
        self.change_the_package(dice(0))

    def local(self) -> Mapping[str, Kind]:
        """The edits that concern a page or a few, by their names."""
        return {
            "nothing": lambda _: None,
            "output": self.spoil_the_output,
            "cache torn": self.tear_what_was_kept,
            "cache spoilt": self.spoil_what_was_kept,
            "cache of before": self.put_back_what_was_kept,
        }

    def wide(self) -> Mapping[str, Kind]:
        """The edits that concern all pages."""
        return {"package": self.change_the_package, "strict": self.be_strict_or_not}

    def steps(self, seed: object, number: int) -> list[list[Edit]]:
        """Steps of one to three edits each, at random."""
        random = dice(seed)
        local, wide = sorted(self.local()), sorted(self.wide())

        def edit() -> Edit:
            kinds = wide if random.randrange(_ONE_IS_WIDE_OF) == 0 else local
            return Edit(random.choice(kinds), random.randrange(10_000))

        return [[edit() for _ in range(random.randint(1, 3))] for _ in range(number)]

    def apply(self, edits: Iterable[Edit]) -> None:
        kinds = {**self.local(), **self.wide()}
        for edit in edits:
            kinds[edit.kind](dice(edit.number))

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, random: Random, *ways: str) -> None:
        """Write in a file another of these in the place of the one that it has."""
        text = self.read(name)
        has = next((way for way in ways if way in text), None)
        assert has is not None, f"{name}: none of {ways}"
        self.write(name, text.replace(has, random.choice([way for way in ways if way != has]), 1))

    def spoil_the_output(self, random: Random) -> None:
        """Somebody else wrote a page, removed one, or left a file of their own."""
        pages = sorted((self.root / "site").rglob("*.html"))
        if pages:
            path = random.choice(pages)
            way = random.randrange(3)
            if way == 0:
                path.write_text("spoilt", encoding="utf-8")
            elif way == 1:
                path.unlink()
            else:
                path.with_name("stray.html").write_text("stray", encoding="utf-8")

    def tear_what_was_kept(self, random: Random) -> None:
        path = self.root / CACHE / random.choice(KEPT)
        if path.exists():
            path.write_bytes(path.read_bytes()[: random.choice([0, 17, 4096, 20_000])])

    def spoil_what_was_kept(self, random: Random) -> None:
        path = self.root / CACHE / random.choice(KEPT)
        if path.exists() and (content := bytearray(path.read_bytes())):
            for place in range(random.randrange(len(content)), len(content), max(len(content) // 9, 1)):
                content[place] ^= 0x55
            path.write_bytes(content)

    def put_back_what_was_kept(self, random: Random) -> None:
        """The cache of an earlier state of the site, as CI has it; and that of now is put by."""
        if not (self.root / CACHE).exists():
            return
        by = self.folder / f"cache-{random.randrange(2)}"
        now = self.folder / "cache-now"
        shutil.copytree(self.root / CACHE, now)
        if by.exists():
            shutil.rmtree(self.root / CACHE)
            by.replace(self.root / CACHE)
        now.replace(by)

    def change_the_package(self, random: Random) -> None:
        number = random.randrange(5)
        folder = self.packages
        shutil.rmtree(folder, ignore_errors=True)
        (folder / f"thing-{number}.dist-info").mkdir(parents=True)
        (folder / f"thing-{number}.dist-info/METADATA").write_text(
            f"Metadata-Version: 2.1\nName: thing\nVersion: {number}\n", encoding="utf-8"
        )
        (folder / "thing.py").write_text(f'WORD = "thing{number}"\n', encoding="utf-8")

    def be_strict_or_not(self, _: Random) -> None:
        self.strict = not self.strict

    def build(self) -> Built:
        """Build it where it stands."""
        return self._built(self.root)

    def wanted(self) -> Built:
        """What a build from nothing makes; a state that was there before is not built again."""
        state = f"{self.strict} {self._state()}"
        if state not in self._known:
            clean = self.folder / "clean"
            shutil.rmtree(clean, ignore_errors=True)
            shutil.copytree(self.root, clean, ignore=shutil.ignore_patterns(*_MADE))
            text, count = SWITCH.subn("", self.read("mkdocs.yml"))
            assert count == 1
            (clean / "mkdocs.yml").write_text(text, encoding="utf-8")
            self._known[state] = self._built(clean)
        return self._known[state]

    def difference(self) -> list[str]:
        """What a build with what was kept makes in another way: status, warnings, files and their lines."""
        made, wanted = self.build(), self.wanted()
        many = "no files" if wanted.files is None else f"{len(wanted.files)} files"
        self.outcome = f"status {wanted.status}, {len(wanted.told)} told, {many}"
        if (made.status, made.told) != (wanted.status, wanted.told):
            return [f"{made.status} for {wanted.status}", *unified_diff(wanted.told, made.told, n=0)]
        self.go_on(wanted)
        if wanted.files is None:
            return []
        return compared(made.files or {}, wanted.files)

    def go_on(self, wanted: Built) -> None:
        """Take back the edits by which nothing can be built: the next ones would tell nothing."""
        sound = self.folder / "sound"
        leave_out = shutil.ignore_patterns(*_MADE)
        if wanted.files is not None:
            shutil.rmtree(sound, ignore_errors=True)
            shutil.copytree(self.root, sound, ignore=leave_out)
        elif sound.exists():
            for path in self.root.iterdir():
                if path.name not in _MADE:
                    (shutil.rmtree if path.is_dir() else os.unlink)(path)
            shutil.copytree(sound, self.root, dirs_exist_ok=True)

    def _built(self, root: Path) -> Built:
        config = root / "mkdocs.yml"
        status, told = self.builder.build(config, strict=self.strict, packages=self.packages)
        told = [line.replace(str(root), "<root>") for line in told]
        # A strict build fails at its end, when all is made.
        whole = status == 0 or (self.strict and "strict mode" in "".join(told[-1:]))
        return Built(status, told, tree(root / "site") if whole else None)

    def _state(self) -> str:
        digest = hashlib.blake2b()
        for folder in (self.root, self.packages):
            for path in files(folder):
                name = path.relative_to(folder).as_posix()
                is_made = any(part in _MADE for part in name.split("/"))
                if not is_made and (not name.startswith(_GIT) or name.startswith(_REFERENCES)):
                    content = path.read_bytes()
                    digest.update(f"{name} {len(content)}\n".encode() + content)
        return digest.hexdigest()
