"""What the commands of the Makefile pass on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import project

_HOSTILE = "#a \"b\" 'c' `touch x` $HOME $(shell touch x) $$ ; touch x & \\ %s * ~ é"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the Makefile, whose Python prints each argument on a line."""
    shutil.copy(project.ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (tmp_path / ".venv/bin/python").chmod(0o755)
    (tmp_path / "hooks/tools").mkdir(parents=True)
    (tmp_path / "hooks/tools/environment.sh").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("options", "passed"),
    [
        (["FROM=old/feed.xml"], ["--as=", "--", "old/feed.xml"]),
        (["FROM=my $(old) site's", "DRY_RUN=1"], ["--dry-run", "--as=", "--", "my $(old) site's"]),
        (["FROM=-x", "AS=feed"], ["--as=feed", "--", "-x"]),
        (["FROM=two\nlines"], ["--as=", "--", "two", "lines"]),
        ([f"FROM={_HOSTILE}"], ["--as=", "--", _HOSTILE]),
        ([], ["--as=", "--", ""]),
    ],
)
def test_import_passes_its_options_but_not_the_assembler(
    root: Path, options: list[str], passed: list[str]
) -> None:
    # These pass on the options of a make that runs the tests.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    environment = {**inherited, "AS": "/usr/bin/as"}
    run = subprocess.run(
        ["make", "import", *options], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["-m", "portfolio", "import", *passed]
    assert not (root / "x").exists()
