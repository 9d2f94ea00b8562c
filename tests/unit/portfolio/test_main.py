"""``python -m portfolio check``, as a person types it."""

import shutil
from pathlib import Path

import pytest

from portfolio import settings
from portfolio.__main__ import main
from tests.support import project

GOLDEN = Path(__file__).parents[2] / "golden" / "mistakes"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a configuration and an empty data folder."""
    (tmp_path / "docs" / "data").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: Test\n", encoding="utf-8")
    return tmp_path


def test_eight_mistakes_are_eight_problems_in_one_run(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "career.yml", site / "docs" / "data")
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 1
    told = capsys.readouterr()
    assert told.out == (GOLDEN / "problems.txt").read_text(encoding="utf-8")
    assert told.err == "8 problems.\n"


def test_a_sound_record_is_counted(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 0
    assert capsys.readouterr().out.startswith("The record is sound: 0 roles, 0 education,")


def test_the_site_s_own_record_is_sound() -> None:
    done = project.python(project.ROOT, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_configuration_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path / "mkdocs.yml")]) == 1
    assert capsys.readouterr().out.startswith("mkdocs.yml:1:1: there is no such file")


@pytest.mark.parametrize(
    ("text", "data", "posts"),
    [
        ("site_name: T", "docs/data", "docs/blog/posts"),
        ("docs_dir: text\nplugins: [search, {blog: {blog_dir: log}}]", "text/data", "text/log/posts"),
        ("plugins:\n  blog: {post_dir: notes}\n  tags: {}", "docs/data", "docs/notes"),
        ("plugins:\n  - blog:\nx: !ENV [A, b]\ny: !!python/name:a.b", "docs/data", "docs/blog/posts"),
    ],
)
def test_folders_follow_from_the_configuration(tmp_path: Path, text: str, data: str, posts: str) -> None:
    config = tmp_path / "mkdocs.yml"
    config.write_text(text, encoding="utf-8")
    places, problems = settings.read(config)
    assert problems == []
    assert (places.data, places.posts) == (tmp_path / data, tmp_path / posts)
