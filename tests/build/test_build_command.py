"""``python -m portfolio build``: `make build`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import project

_SETTINGS = """\
site_name: A
theme: {name: material}
hooks: [hooks/incremental_builds.py]
"""
_SKIPPED = "INFO    -  Nothing has changed since the site was built.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(_SETTINGS, encoding="utf-8")
    (tmp_path / "hooks").symlink_to(project.ROOT / "hooks")
    return tmp_path


def build(root: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return project.python(root, "-m", "portfolio", "build", *options, env={"PYTHONPATH": "hooks", **env})


def test_build_is_skipped_until_something_changes(root: Path) -> None:
    assert "Documentation built" in build(root).stderr
    run = build(root)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", _SKIPPED)
    assert "DEBUG   -  The build is not skipped: the command changed.\n" in build(root, "--verbose").stderr
    (root / "docs/index.md").write_text("# Words\n", encoding="utf-8")
    run = build(root, "--verbose")
    assert "DEBUG   -  The build is not skipped: docs/index.md changed.\n" in run.stderr
    assert "Words" in (root / "site/index.html").read_text(encoding="utf-8")
    assert build(root, "--verbose").stderr == _SKIPPED
    # Other options, another environment.
    assert "Documentation built" in build(root).stderr
    assert "Documentation built" in build(root, SITE_URL="https://example.org").stderr
    assert (build(root, "--quiet").stderr, build(root, "--quiet").stderr) == ("", "")


def test_inherited_settings_are_an_input_of_each_command(root: Path) -> None:
    for module in ("portfolio", "mkdocs"):
        (root / "base.yml").write_text("site_name: First\n", encoding="utf-8")
        (root / "mkdocs.yml").write_text(
            f"INHERIT: base.yml\n{_SETTINGS.partition(os.linesep)[2]}", encoding="utf-8"
        )
        for name in ("First", "Second"):
            (root / "base.yml").write_text(f"site_name: {name}\n", encoding="utf-8")
            env = {"PYTHONPATH": "hooks"}
            assert project.python(root, "-m", module, "build", env=env).returncode == 0
            assert f"<title>{name}" in (root / "site/index.html").read_text(encoding="utf-8")


def test_problem_of_the_settings_prevents_a_build(root: Path) -> None:
    (root / "mkdocs.yml").write_text(f"{_SETTINGS}plugins: [serach]\n", encoding="utf-8")
    run = build(root)
    assert (run.returncode, run.stderr) == (1, "1 problem.\n")
    assert run.stdout.startswith("mkdocs.yml:4:")
    assert not (root / "site").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-f"], "Error: Option '-f' requires an argument.\n"),
        (["-f", "site.yml"], "'site.yml': No such file or directory\n"),
        (["--unknown"], "Error: No such option '--unknown'.\n"),
    ],
)
def test_wrong_option_has_the_message_of_mkdocs(root: Path, options: list[str], message: str) -> None:
    run = build(root, *options)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.endswith(message)


def test_settings_may_have_the_other_name_of_mkdocs(root: Path) -> None:
    (root / "mkdocs.yml").rename(root / "mkdocs.yaml")
    assert "Documentation built" in build(root).stderr


def test_warning_fails_each_strict_build(root: Path) -> None:
    (root / "docs/index.md").write_text("[Nowhere](nowhere.md)\n", encoding="utf-8")
    for _ in range(2):
        run = build(root, "--strict")
        assert run.returncode == 1
        assert "Aborted with 1 warnings in strict mode!" in run.stdout
    shutil.rmtree(root / "docs")
    assert build(root, "--strict").returncode == 1
