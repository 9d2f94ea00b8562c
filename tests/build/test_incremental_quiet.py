"""What a quiet build did not tell, the next one tells, and is strict about it."""

from pathlib import Path

from tests.support import project
from tests.support.edited import HOOK


def test_after_a_quiet_build_all_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n\n[Nowhere](nowhere.md)\n", encoding="utf-8")
    theme = "site_name: A\ntheme: {name: material, font: false}\n"
    (tmp_path / "mkdocs.yml").write_text(f"{theme}hooks: [{HOOK}]\n", encoding="utf-8")
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    told = project.mkdocs(tmp_path, "build").stderr
    assert told.count("contains a link 'nowhere.md'") == 1
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    # Another page, so that there is something to do.
    (tmp_path / "docs/more.md").write_text("# More\n", encoding="utf-8")
    assert project.mkdocs(tmp_path, "build", "-q").returncode == 0
    strict = project.mkdocs(tmp_path, "build", "--strict")
    assert (strict.returncode, strict.stderr.count("contains a link 'nowhere.md'")) == (1, 1)
