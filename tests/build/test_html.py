"""The Nu HTML checker finds no error on any page, and in no style sheet and drawing."""

from pathlib import Path

from tests.support import nu
from tests.support.built import Built


def test_sites_have_no_errors(
    site: Path, persona_site: Built, academic_site: Built, graduate_site: Built
) -> None:
    folders = (site, persona_site.site, academic_site.site, graduate_site.site)
    assert [
        str(error) for error in nu.find_errors(path for folder in folders for path in folder.rglob("*"))
    ] == []


def test_checker_finds_errors(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    (tmp_path / "broken.html").write_text("<!doctype html><title>t</title><p id=a><p id=a>", encoding="utf-8")
    (tmp_path / "broken.css").write_text("p { colour: red }", encoding="utf-8")
    (tmp_path / "broken.svg").write_text(
        "<svg xmlns='http://www.w3.org/2000/svg'><p/></svg>", encoding="utf-8"
    )
    assert {error.path.name for error in nu.find_errors(tmp_path.iterdir())} == {
        "broken.html",
        "broken.css",
        "broken.svg",
    }
