"""Data and pictures, which only this site's hooks read, are shown before the site has been built."""

from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.utils.yaml import yaml_load
from PIL import Image

from tests.support import live, persona


def test_a_record_and_a_picture_are_shown_at_once(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "site")
    configuration = yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"))
    base = urlsplit(str(configuration["site_url"])).path.rstrip("/")
    posts = root / "docs/notes/posts"
    Image.new("RGB", (320, 200)).save(posts / "wire.png")
    cables = posts / "cables.md"
    cables.write_text(cables.read_text(encoding="utf-8") + "\n![A wire](wire.png)\n", encoding="utf-8")
    page = f"/notes/2025/04/05/{'why-a-cable-hangs-as-it-does'}/"
    with live.serve(root, base) as preview:
        assert b'width="320"' in preview.get(page)[1]
        Image.new("RGB", (321, 200)).save(posts / "wire.png")
        preview.shows(page, 'width="321"')
        preview.hears("pages")

        career = root / "docs/data/career.yml"
        sound = career.read_text(encoding="utf-8")
        career.write_text(sound.replace("position: Diver", "position: Swimmer"), encoding="utf-8")
        preview.shows("/timeline/", "Swimmer")
        career.write_text(sound.replace("start_date: 2005-03-01", "start_date: soon"), encoding="utf-8")
        (problem, *_) = preview.hears("problems", bool)
        assert problem["path"] == "docs/data/career.yml"
        assert problem["line"] > 1
        assert b"Swimmer" in preview.get("/timeline/")[1]
        career.write_text(sound, encoding="utf-8")
        preview.hears("problems", lambda problems: not problems)
        preview.shows("/timeline/", "Diver")

        publications = root / "docs/data/publications.bib"
        sound = publications.read_text(encoding="utf-8")
        publications.write_text(f"{sound}\n@article{{broken, title = {{A}}\n", encoding="utf-8")
        (problem, *_) = preview.hears("problems", bool)
        assert problem["path"] == "docs/data/publications.bib"
        publications.write_text(sound, encoding="utf-8")
        preview.hears("problems", lambda problems: not problems)
        title = "A title that nothing had"
        publications.write_text(f"{sound}\n@misc{{new, title = {{{title}}}}}\n", encoding="utf-8")
        preview.shows("/publications/", title)
