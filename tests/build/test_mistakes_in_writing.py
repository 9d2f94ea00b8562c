"""Every kind of error in posts, reported at once and with the same lines by the check and a build."""

import re
import shutil
from pathlib import Path

from tests.support import persona, project

GOLDEN = project.ROOT / "tests" / "golden" / "writing"
KINDS = ("formula", "diagram", "image", "link", "citation", "heading", "include", "excerpt", "cell")


def test_every_error_is_one_line_with_its_position(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    shutil.copytree(GOLDEN / "docs", root / "docs", dirs_exist_ok=True)
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    lines = check.stdout.splitlines()
    assert lines == (GOLDEN / "problems.txt").read_text(encoding="utf-8").splitlines()
    assert check.returncode == 1
    assert check.stderr == f"{len(lines)} problems.\n"
    assert all(re.match(r"docs/[\w./-]+:\d+:\d+: ", line) for line in lines)
    # The front matter alone has more than a dozen.
    assert len(lines) == len(set(lines)) >= 40
    fields = {re.split(r"[: \[]", line.split(": ")[1])[0] for line in lines}
    assert fields >= {*KINDS}
    build = project.mkdocs(root, "build")
    assert build.returncode == 1
    assert "Traceback" not in build.stderr + check.stderr
    assert re.findall(r"^ERROR +- +(docs/.*)$", build.stderr, re.MULTILINE) == lines
    assert not (root / "site").exists()
