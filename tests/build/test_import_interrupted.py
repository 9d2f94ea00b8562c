"""An import that is killed at any moment leaves the project as it was, or complete."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import signal
import sys
from pathlib import Path

from portfolio import cli
from portfolio.importer import transaction
from portfolio.importer.transaction import Transaction
from tests.support import small_site, trees
from tests.support.builder import Builder

_POSTS = 15
_KILLS = 20
_POST = "---\ntitle: Post {number}\ndate: 2020-01-{day:02}\n---\nSee ![a hill](/images/{number}.svg).\n"
_IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>{number}</title></svg>'


def create_source(folder: Path) -> None:
    """Write a Jekyll site of posts with an image each."""
    (folder / "_posts").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "_config.yml").write_text("url: https://old.example\n", encoding="utf-8")
    for number in range(_POSTS):
        day = number + 1
        text = _POST.format(number=number, day=day)
        (folder / f"_posts/2020-01-{day:02}-post-{number}.md").write_text(text, encoding="utf-8")
        (folder / f"images/{number}.svg").write_text(_IMAGE.format(number=number), encoding="utf-8")


def read_project(root: Path) -> dict[str, bytes]:
    """Return the files of a project that are no caches, and its folders."""
    files = {
        name: content
        for name, content in trees.read_tree(root).items()
        if not name.startswith((".cache/", "hooks/", "overrides/"))
    }
    return files | {f"{path.relative_to(root).as_posix()}/": b"" for path in root.glob("docs/**/")}


def run_import(root: Path) -> None:
    """Import the Jekyll site in this process."""
    with contextlib.redirect_stdout(io.StringIO()):
        assert cli.main(["import", "--config", str(root / "mkdocs.yml"), str(root.parent / "old")]) == 0


class OperationCounter:
    """Counts what a process asks of the system before, while and after files are moved to their places.

    It kills the process before the operation number ``last`` of one of these phases.
    """

    def __init__(self, phase: int, last: int) -> None:
        self.killed_at = (phase, last)
        self.phase = 0
        self.numbers = [0, 0, 0]

    def count(self, event: str, _: object) -> None:
        """Count an operation; an audit hook."""
        if event.startswith(("open", "os.", "shutil.")):
            self.numbers[self.phase] += 1
            if (self.phase, self.numbers[self.phase]) == self.killed_at:
                os.kill(os.getpid(), signal.SIGKILL)


def count_operations(root: Path, counter: OperationCounter) -> list[int]:
    """Import in this process and count its operations; return their numbers."""
    commit = Transaction.commit

    def count_and_commit(transaction: Transaction) -> None:
        counter.phase = 1
        commit(transaction)
        counter.phase = 2

    Transaction.commit = count_and_commit  # type: ignore[method-assign, assignment]
    sys.addaudithook(counter.count)
    run_import(root)
    return counter.numbers


def run_import_in_child(root: Path, phase: int = 0, last: int = 0) -> list[int]:
    """Import in a child process; see `OperationCounter`.

    Return the number of operations of each phase; nothing if the process was killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            counted = count_operations(root, OperationCounter(phase, last))
            os.write(writer, json.dumps(counted).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        numbers: list[int] = json.loads(file.read() or "[]")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == (0 if numbers else -signal.SIGKILL)
    return numbers


def restore(root: Path) -> None:
    """Give a project the files that the small site has."""
    shutil.rmtree(root / "docs")
    (root / "import-report.md").unlink(missing_ok=True)
    shutil.copytree(small_site.FOLDER, root, dirs_exist_ok=True)


def run_check(root: Path) -> str:
    """Run the check in this process; return what it prints on stderr."""
    with contextlib.redirect_stderr(io.StringIO()) as output, contextlib.redirect_stdout(io.StringIO()):
        cli.main(["check", "--config", str(root / "mkdocs.yml")])
    return output.getvalue()


def test_a_killed_import_changes_nothing_or_everything(builder: Builder, tmp_path: Path) -> None:
    root = small_site.create(tmp_path / "site", {})
    create_source(tmp_path / "old")
    original = read_project(root)
    # The first import loads the modules and stores conversions for the others.
    run_import(root)
    complete = read_project(root)
    restore(root)
    numbers = run_import_in_child(root)
    assert trees.diff_trees(read_project(root), complete) == []
    restore(root)
    assert trees.diff_trees(read_project(root), original) == []
    assert len(complete) > len(original) + 2 * _POSTS
    assert numbers[1] > 2 * _POSTS

    chance = random.Random(13)  # noqa: S311 - not for security
    journal = root / ".cache/import/journal.json"
    recovered = 0
    for number in range(_KILLS):
        phase = number % len(numbers)
        # What is in a cache by now can make an import end sooner.
        has_ended = run_import_in_child(root, phase, chance.randint(1, numbers[phase])) != []
        expected = complete if has_ended or phase == 2 else original
        if journal.exists():
            # Each build and each command does this first; calling it alone is faster.
            if recovered == 0:
                _, messages = builder.build(root / "mkdocs.yml")
                assert any(transaction.RECOVERED in message for message in messages)
            elif recovered == 1:
                assert transaction.RECOVERED in run_check(root)
            else:
                assert transaction.recover(root)
            recovered += 1
        assert trees.diff_trees(read_project(root), expected) == []
        restore(root)
    assert recovered > 2
