"""The CV and the cards of a built site: complete, accessible, reproducible."""

import io
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pikepdf
from mkdocs.utils.yaml import yaml_load
from PIL import Image

from portfolio.config import load_site
from portfolio.record.models import Engagement
from portfolio.record.people import list_accounts
from portfolio.sources import mkdocs_yml
from tests.support import pdf as pdf_reader
from tests.support import persona, project
from tests.support.built import Built


def test_the_cv_has_every_entry_in_order(built: Built) -> None:
    for reader, text in pdf_reader.texts((built.site / "cv.pdf").read_bytes()).items():
        at = 0
        for section in built.portfolio.sections:
            at = pdf_reader.find(text, section.title, at)
            assert at >= 0, (reader, section.title)
            for group in section.groups:
                for entry in group.entries:
                    end = pdf_reader.find(text, "".join(run.text for run in entry.title_runs), at)
                    assert end >= 0, (reader, entry.title)
                    words = entry.when.words or entry.evidence_words
                    date = pdf_reader.find(text, words, at) if words else end
                    assert date >= 0, (reader, entry.id, words)
                    if entry.kind in {"roles", "education"}:
                        assert pdf_reader.find(text, group.heading, at) >= 0, (reader, group.heading)
                    for part in (*entry.facts, *(occasion.event for occasion in entry.occasions)):
                        assert pdf_reader.find(text, part, at) >= 0, (reader, part)
                    # In right-to-left text, readers may return the date of a line first.
                    at = min(end, date)


def test_the_cv_conforms_to_pdf_ua(built: Built) -> None:
    config = yaml_load((built.root / "mkdocs.yml").read_text(encoding="utf-8"))
    with pikepdf.open(built.site / "cv.pdf") as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == config["theme"]["language"]
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert config["site_author"] in metadata["dc:title"]
        order = pdf_reader.reading_order(document)
        assert len(order) > 30
        assert order == sorted(order), "the order of tags differs from the order of content"
        assert all(page.Tabs == "/S" for page in document.pages)
        for font in pdf_reader.fonts(document):
            assert pdf_reader.is_embedded(font)
            assert "/ToUnicode" in font
        for link in pdf_reader.link_annotations(document):
            assert re.match("https?://|mailto:", str(link.A.URI))
            assert str(link.Contents)
            assert "/StructParent" in link
        assert 1 <= len(document.pages) <= 3


def test_the_cv_has_tags_for_its_structure(built: Built) -> None:
    sections = built.portfolio.sections
    engaged = [entry for part in sections for entry in part.entries if entry.kind in ("roles", "education")]
    with pikepdf.open(built.site / "cv.pdf") as document:
        tags = pdf_reader.tags(document)
        count = Counter(name for name, _ in tags)
        assert tags[:2] == [("Document", ""), ("Title", "Document")]
        assert count["H1"] == len(sections)
        assert count["H2"] == len(engaged)
        highlights = [entry.highlights for part in sections for entry in part.entries if entry.highlights]
        assert count["L"] == len(highlights)
        assert count["LI"] == count["LBody"] == sum(map(len, highlights))
        assert count["Link"] == len(list(pdf_reader.link_annotations(document)))
        # Inline elements are inside blocks; blocks are not nested.
        blocks = {"Title", "H1", "H2", "P", "L"}
        assert all(parent in {"Document", "LBody"} for name, parent in tags if name in blocks)
        assert all(parent not in {"Document", "L", "LI"} for name, parent in tags if name in {"Link", "Em"})


def test_every_link_of_the_record_is_in_the_cv(built: Built) -> None:
    record = built.portfolio.record
    paths, _ = mkdocs_yml.read_paths(built.root / "mkdocs.yml")
    site, _ = load_site(paths, built.root / "mkdocs.yml")
    expected = {account.url for account in list_accounts((*site.details.links, *site.options.social))}
    for entry in (
        *record.roles,
        *record.education,
        *record.publications,
        *record["talks"],
        *record["software"],
    ):
        urls = (
            [entry.url]
            if isinstance(entry, Engagement)
            else [getattr(entry, name, None) for name in ("url", "slides", "video", "code", "pdf")]
        )
        expected |= {url for url in urls if url and "://" in url}
    with pikepdf.open(built.site / "cv.pdf") as document:
        assert expected <= pdf_reader.links(document)


def test_every_page_but_redirects_has_a_card(built: Built) -> None:
    site = built.site
    pages = {
        path.relative_to(site).with_suffix(".png")
        for path in site.rglob("index.html")
        if b'http-equiv="refresh"' not in path.read_bytes()
    }
    cards = {
        path.relative_to(site / "assets" / "cards") for path in (site / "assets" / "cards").rglob("*.png")
    }
    assert cards == pages
    assert len(cards) > 5
    for card in cards:
        path = site / "assets" / "cards" / card
        assert path.stat().st_size < 60_000
        with Image.open(path) as image:
            assert image.size == (1200, 630)


def test_concurrent_builds_in_other_environments_are_identical(persona_site: Built, tmp_path: Path) -> None:
    root, site = persona_site.root, persona_site.site
    cache = root / ".cache" / "typeset"
    assert list(cache.iterdir())
    cache.rename(tmp_path / "cache")
    elsewhere = {
        "TZ": "Pacific/Apia",
        "LC_ALL": "C",
        "LANG": "tr_TR.UTF-8",
        "SOURCE_DATE_EPOCH": "2208988800",
    }
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "--site-dir", tmp_path / name],
            cwd=root,
            env=project.environment(env),
        )
        for name, env in (("here", {}), ("elsewhere", elsewhere))
    ]
    assert [build.wait(120) for build in builds] == [0, 0]
    paths = [Path("cv.pdf"), *(path.relative_to(site) for path in (site / "assets/cards").rglob("*.png"))]
    assert len(paths) > 5
    for path in paths:
        for name in ("here", "elsewhere"):
            assert (tmp_path / name / path).read_bytes() == (site / path).read_bytes(), (name, path)


def test_characters_without_a_font_are_reported_once(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    config = root / "mkdocs.yml"
    text = re.sub("^site_name: .*", "site_name: ᏣᎳᎩ", config.read_text(encoding="utf-8"), flags=re.M)
    nameless = '  social:\n    - {icon: brands/x, link: "https://nameless.example/@me"}\n'
    config.write_text(text.replace("  social:\n", nameless), encoding="utf-8")
    build = project.mkdocs(root, "build", "--strict")
    assert build.returncode == 0, build.stderr
    assert build.stderr.count("CHEROKEE LETTER TSA") == 1
    assert "social cards: no font has" in build.stderr
    assert 'rel="me">nameless.example<' in (root / "site" / "index.html").read_text(encoding="utf-8")
    assert "nameless.example/@me" in (root / "site" / "resume.json").read_text(encoding="utf-8")


def test_cv_and_cards_can_be_disabled_or_replaced(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    config = root / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    project.set_options(root, "exports: {cv_pdf: false, cards: false}")
    # Then no font is asked for, and no compiler.
    env = without_a_package(tmp_path)
    assert project.mkdocs(root, "build", "--strict", "--site-dir", tmp_path / "off", env=env).returncode == 0
    assert not (tmp_path / "off" / "cv.pdf").exists()
    assert not (tmp_path / "off" / "assets" / "cards").exists()
    config.write_text(text, encoding="utf-8")
    (root / "docs" / "cv.pdf").write_bytes(b"mine")
    cards = root / "docs" / "assets" / "cards"
    cards.mkdir()
    (cards / "index.png").write_bytes(b"mine too")
    assert project.mkdocs(root, "build", "--strict", "--site-dir", tmp_path / "own").returncode == 0
    assert (tmp_path / "own" / "cv.pdf").read_bytes() == b"mine"
    assert (tmp_path / "own" / "assets" / "cards" / "index.png").read_bytes() == b"mine too"
    assert "/assets/cards/index.png" in (tmp_path / "own" / "index.html").read_text(encoding="utf-8")


def without_a_package(folder: Path) -> dict[str, str]:
    """An environment without the compiler and a package of fonts."""
    for name in ("manimgx_fonts", "typst"):
        (folder / "hidden").mkdir(exist_ok=True)
        (folder / "hidden" / f"{name}.py").write_text(f"raise ModuleNotFoundError('no {name}')\n")
    return {"PYTHONPATH": str(folder / "hidden")}


def test_a_typesetting_error_ends_the_build_with_one_line(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    no_package = project.mkdocs(root, "build", env=without_a_package(tmp_path))
    template = root / "hooks" / "portfolio" / "print" / "typst" / "classic.typ"
    template.write_text(template.read_text(encoding="utf-8") + '#panic("no")\n', encoding="utf-8")
    broken = project.mkdocs(root, "build")
    for result, message in (
        (
            no_package,
            "there is no package manimgx_fonts: not all packages of requirements.txt are installed.",
        ),
        (broken, "The CV or the cards cannot be typeset: "),
    ):
        assert result.returncode == 1
        assert result.stderr.count(message) == 1, result.stderr
        assert "Traceback" not in result.stderr


def test_cached_cards_are_rendered_again_when_code_or_a_template_changes(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    source = root / "hooks" / "portfolio" / "print"
    cards = []
    for path, old, new in (
        ("social_card.py", "", ""),
        ("social_card.py", "_LEVELS = 15", "_LEVELS = 2"),
        ("typst/glyphs.typ", "<path transform=", "<path fill-opacity='0.5' transform="),
    ):
        text = (source / path).read_text(encoding="utf-8")
        assert old in text
        (source / path).write_text(text.replace(old, new), encoding="utf-8")
        build = project.mkdocs(root, "build", "--strict")
        assert build.returncode == 0, build.stderr
        cards.append((root / "site" / "assets" / "cards" / "index.png").read_bytes())
    assert len(set(cards)) == 3


def test_a_page_can_link_to_the_cv(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    home = root / "docs" / "index.md"
    home.write_text(home.read_text(encoding="utf-8") + "\n[The CV](cv.pdf)\n", encoding="utf-8")
    build = project.mkdocs(root, "build", "--strict")
    assert build.returncode == 0, build.stderr
    with pikepdf.open(io.BytesIO((root / "site" / "cv.pdf").read_bytes())) as document:
        assert len(document.pages) == 2


def test_a_warm_build_does_not_load_the_compiler(persona_site: Built) -> None:
    timed = project.python(
        persona_site.root, "-X", "importtime", "tests/tools/hook_time.py", "exports", "page_head"
    )
    assert timed.returncode == 0, timed.stderr
    loaded = timed.stderr
    assert re.search(r"\| +portfolio.print.cv_pdf$", loaded, re.MULTILINE)
    # Every build draws diagrams, with a package that measures letters with fontTools, and reads the header of
    # the owner's picture with Pillow.
    assert re.findall(r"\| +typst$", loaded, re.MULTILINE) == []
