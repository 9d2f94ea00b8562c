"""Exports change with a date, a setting and the URL of the site, and nothing else does."""

import difflib
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from portfolio.config import ExportOptions
from tests.support import html, pdf, persona, project, search_index
from tests.support.built import Built, build

# Where each export is visible: its files, and its elements in the head of the home page or of a post.
_FILES = {
    "resume_json": ["resume.json"],
    "cv_yaml": ["cv.yaml"],
    "bibliography": ["publications.bib", "publications.json"],
    "llms": ["llms.txt", "index.md", "cv/index.md"],
    "cv_pdf": ["cv.pdf"],
    "cards": ["assets/cards/index.png"],
}
_HEADS = {
    "json_ld": 'script[type="application/ld+json"]',
    "citation_meta": 'meta[name^="citation_"]',
    "social_meta": 'meta[property^="og:"], meta[name^="twitter:"]',
    "cards": 'meta[property="og:image"]',
    "llms": 'link[rel~="alternate"][type="text/markdown"]',
}
_HALVES = (
    ("resume_json", "bibliography", "json_ld", "cards"),
    ("cv_yaml", "citation_meta", "llms", "cv_pdf"),
)
_FORMS = {"2005-03-01": "2005-04-01", "1 March 2005": "1 April 2005", "1 year, 5 months": "1 year, 4 months"}
# Numbers in the chart follow from the date.
_DRAWN = re.compile(r"<(rect|stop) ")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(persona.copy(tmp_path_factory.mktemp("before") / "project"))


def test_a_changed_date_changes_in_every_export_and_nothing_else(before: Built, tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    career = root / "docs" / "data" / "career.yml"
    data = career.read_text(encoding="utf-8")
    assert data.count("2005-03-01") == 1
    career.write_text(data.replace("2005-03-01", "2005-04-01"), encoding="utf-8")
    after = build(root)
    # The files of the search index have names that follow from their content.
    changed = {name for name in _changed(before.site, after.site) if not name.startswith("assets/search/")}
    written = {"resume.json", "cv.yaml", "index.html", "timeline/index.html", "timeline/index.md"}
    written |= {"cv/index.html", "cv/index.md"}
    # The search has the date, too: in files whose names change.
    changed = {name for name in changed if not name.startswith(search_index.FOLDER)}
    assert changed - {"sitemap.xml.gz"} == written | {"cv.pdf"}
    assert "April 2005" in search_index.read(after.site)["timeline/#sharp"]["meta"]["when"]
    for name in written:
        lines_before = _as_before(after.read(name).splitlines())
        lines = [*difflib.unified_diff(before.read(name).splitlines(), lines_before, lineterm="", n=0)][2:]
        left = [line for line in lines if not line.startswith("@@") and not _DRAWN.search(line)]
        assert left == [], name
        assert name in ("index.html", "timeline/index.html") or lines == [], name
    were = pdf.texts((before.site / "cv.pdf").read_bytes())
    for reader, text in pdf.texts((after.site / "cv.pdf").read_bytes()).items():
        assert text != were[reader]
        assert _as_before([text], spaceless=True) == [were[reader]]


def test_the_date_is_in_every_export(before: Built) -> None:
    for name in ("resume.json", "cv.yaml", "index.html"):
        assert before.read(name).count("2005-03-01") == 1, name
    for name in ("timeline/index.html", "timeline/index.md", "cv/index.html", "cv/index.md"):
        assert "1 March 2005" in before.read(name), name


@pytest.mark.parametrize("off", [*_HALVES, ("social_meta",)], ids=["one half", "other half", "social"])
def test_a_disabled_export_leaves_no_trace(off: tuple[str, ...], tmp_path: Path) -> None:
    assert {name for half in _HALVES for name in half} | {"social_meta"} == {*ExportOptions.model_fields}
    root = _with_exports(tmp_path, ", ".join(f"{name}: false" for name in off))
    built = build(root)
    (post, *_) = [page for page in built.pages if re.search(r"/\d{4}/\d\d/\d\d/", page)]
    for export, names in _FILES.items():
        assert {(built.site / name).exists() for name in names} == {export not in off}, export
    for export, selector in _HEADS.items():
        is_on = export not in off and not (export == "cards" and "social_meta" in off)
        assert bool(built.page(post).css(selector)) == is_on, export
    gone = [name for export in off for name in _FILES.get(export, ())]
    for path in built.site.rglob("*"):
        if path.suffix in {".html", ".md", ".txt"}:
            text = path.read_text(encoding="utf-8")
            assert [name for name in gone if re.search(rf"[/(\"\s]{re.escape(name)}[)\"\s]", text)] == [], (
                path
            )


def test_a_site_without_url_has_relative_links(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    config = root / "mkdocs.yml"
    text = re.sub(r"(?m)^site_url: .*$", 'site_url: ""', config.read_text(encoding="utf-8"))
    config.write_text(text, encoding="utf-8")
    # The owner's own files replace the exports.
    for name in ("resume.json", "cv.pdf"):
        (root / "docs" / name).write_text("{}", encoding="utf-8")
    built = build(root)
    assert built.read("resume.json") == built.read("cv.pdf") == "{}"
    assert {"resume.json", "cv.pdf"} <= set(re.findall(r"\]\(([^\s)]+)", built.read("llms.txt")))
    alternates = html.attribute_values(built.page(""), 'link[type="application/json"]', "href")
    assert [*alternates] == ["resume.json"]
    texts = [*built.site.rglob("*.md"), built.site / "llms.txt"]
    assert len(texts) > 8
    count = 0
    for path in texts:
        for link in re.findall(r"(?<!!)\]\(<?([^\s)>]+)", path.read_text(encoding="utf-8")):
            address = urlsplit(link)
            if not address.scheme and address.path:
                target = path.parent / unquote(address.path)
                target = target / "index.html" if address.path.endswith("/") else target
                assert target.is_file(), (path, link)
                count += 1
    assert count > 20
    for path in built.site.rglob("*.html"):
        page = html.parse(path)
        for script in page.css('script[type="application/ld+json"]'):
            assert '""' not in script.text()
            assert "BreadcrumbList" not in script.text()
        assert page.css('meta[property="og:url"], meta[property="og:image"]') == []


def test_invalid_settings_are_problems_with_positions(tmp_path: Path) -> None:
    root = _with_exports(tmp_path, "lms: true, cards: 7")
    line = (root / "mkdocs.yml").read_text(encoding="utf-8").splitlines().index("  portfolio:") + 2
    expected = [
        f"mkdocs.yml:{line}:15: extra.portfolio.exports.lms: unknown key. Did you mean 'llms'?",
        f"mkdocs.yml:{line}:26: extra.portfolio.exports.cards: '7' is not accepted.",
    ]
    done = project.mkdocs(root, "build")
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert done.returncode == check.returncode == 1
    assert "Traceback" not in done.stderr + check.stderr
    assert all(message in done.stderr and message in check.stdout for message in expected)


def test_the_former_name_of_the_setting_is_information(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    project.set_options(root, "faces: {llms: false}")
    done = project.mkdocs(root, "build", "--strict")
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert done.returncode == check.returncode == 0, done.stderr + check.stderr
    assert "extra.portfolio.faces: this setting is now called 'exports'." in check.stdout
    assert "extra.portfolio.faces: this setting is now called 'exports'." in done.stderr
    assert not (root / "site" / "llms.txt").exists()


def _with_exports(folder: Path, exports: str) -> Path:
    root = persona.copy(folder / "project")
    project.set_options(root, f"exports: {{{exports}}}")
    return root


def _as_before(lines: list[str], *, spaceless: bool = False) -> list[str]:
    """Replace the new date, and what follows from it, by the old date."""
    forms = (
        {pdf.without_spaces(old): pdf.without_spaces(new) for old, new in _FORMS.items()}
        if spaceless
        else _FORMS
    )
    for old, new in forms.items():
        lines = [line.replace(new, old) for line in lines]
    return lines


def _changed(before: Path, after: Path) -> set[str]:
    """The files that differ, or exist only once."""
    files = [
        {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
        for site in (before, after)
    ]
    names = files[0].keys() | files[1].keys()
    contents = [
        {name: paths[name].read_bytes() if name in paths else None for name in names} for paths in files
    ]
    return {name for name in names if contents[0][name] != contents[1][name]}
