"""An import that is killed at any moment leaves the project as it was, or complete."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

from portfolio.cli import main
from portfolio.importer import transaction
from tests.support import project, small_site, trees

_POSTS = 40
_KILLS = 20
_SECONDS_TO_MOVE = 0.002
_COMMANDS = (("mkdocs", "build"), ("portfolio", "settings"))
_HAS_ENDED = os.WEXITED | os.WNOHANG | os.WNOWAIT
_POST = "---\ntitle: Post {number}\ndate: 2020-01-{day:02}\n---\nSee ![a hill](/images/{number}.svg).\n"
_IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>{number}</title></svg>'


def create_source(folder: Path) -> None:
    """Write a Jekyll site of posts with an image each."""
    (folder / "_posts").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "_config.yml").write_text("url: https://old.example\n", encoding="utf-8")
    for number in range(_POSTS):
        day = number % 28 + 1
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


def start_import(root: Path) -> int:
    """Start an import on a slow disk, in a child process that has all modules; return its process id."""
    child = os.fork()
    if child == 0:
        move = transaction._move

        def move_slowly(source: Path, target: Path) -> None:
            time.sleep(_SECONDS_TO_MOVE)
            move(source, target)

        transaction._move = move_slowly
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(main(["import", "--config", str(root / "mkdocs.yml"), str(root.parent / "old")]))
    return child


def restore(root: Path) -> None:
    """Give a project the files that the small site has."""
    shutil.rmtree(root / "docs")
    (root / "import-report.md").unlink(missing_ok=True)
    shutil.copytree(small_site.FOLDER, root, dirs_exist_ok=True)


def test_a_killed_import_changes_nothing_or_everything(tmp_path: Path) -> None:
    root = small_site.create(tmp_path / "site", {})
    create_source(tmp_path / "old")
    original = read_project(root)
    # The first import stores conversions, so the time of the others is that of the second.
    for _ in range(2):
        began = time.monotonic()
        assert os.waitpid(start_import(root), 0)[1] == 0
        seconds = time.monotonic() - began
        complete = read_project(root)
        restore(root)
        assert read_project(root) == original
    assert len(complete) > len(original) + 2 * _POSTS

    chance = random.Random(13)  # noqa: S311 - not for security
    journal = root / ".cache/import/journal.json"
    recovered = 0
    for number in range(_KILLS):
        child = start_import(root)
        if number % 2:
            # Files are moved while there is a journal.
            while not journal.exists() and os.waitid(os.P_PID, child, _HAS_ENDED) is None:
                time.sleep(0.0002)
            time.sleep(chance.uniform(0, 2 * _POSTS * _SECONDS_TO_MOVE))
        else:
            time.sleep(chance.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if journal.exists():
            # Each build and each command does this first; calling it alone is faster.
            if recovered < len(_COMMANDS):
                following = project.python(root, "-m", *_COMMANDS[recovered], env={"PYTHONPATH": "hooks"})
                assert transaction.RECOVERED in following.stderr
            else:
                assert transaction.recover(root)
            assert trees.diff_trees(read_project(root), original) == []
            recovered += 1
        found = read_project(root)
        expected = original if found.keys() == original.keys() else complete
        assert trees.diff_trees(found, expected) == []
        restore(root)
    assert recovered > 1
