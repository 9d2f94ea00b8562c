"""Real builds: no warnings, reproducible, equal under both generators, without broken links."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from tests.support import html, project, small_site
from tests.support.trees import diff_trees, read_tree

# Attributes with URLs.
REFERENCES = {
    "[href]": "href",
    "[src]": "src",
    "[poster]": "poster",
    "object[data]": "data",
}


def _pages(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*.html")}


@pytest.fixture(scope="session")
def build_time() -> dict[str, str]:
    """The time of all builds that are compared (SOURCE_DATE_EPOCH of reproducible-builds.org): now.

    At an earlier time some posts would be scheduled.
    """
    return {"SOURCE_DATE_EPOCH": str(int(time.time()))}


@pytest.fixture(scope="session")
def dated_build(tmp_path_factory: pytest.TempPathFactory, build_time: dict[str, str]) -> Path:
    """A build of a copy of the project at that time."""
    root = project.copy(tmp_path_factory.mktemp("dated") / "project")
    build = project.mkdocs(root, "build", "--strict", env=build_time)
    assert build.returncode == 0, build.stderr
    return root / "site"


def test_strict_build_succeeds_without_warnings(tmp_path: Path) -> None:
    build = project.mkdocs(project.ROOT, "build", "--strict", "--site-dir", tmp_path / "site")
    assert build.returncode == 0, build.stderr
    assert "WARNING" not in build.stderr
    assert "Warning:" not in build.stderr
    assert "Documentation built in" in build.stderr


def test_build_does_not_change_the_sources(tmp_path: Path) -> None:
    root = project.copy(tmp_path / "project")
    before = read_tree(root)
    build = project.mkdocs(root, "build", "--strict", "--site-dir", tmp_path / "site")
    assert build.returncode == 0, build.stderr
    # Caches are in a folder that git ignores.
    shutil.rmtree(root / ".cache")
    assert read_tree(root) == before


def test_second_build_in_one_process_is_identical(build_time: dict[str, str], tmp_path: Path) -> None:
    script = Path(__file__).with_name("twice.py")
    builds = project.python(project.ROOT, script, tmp_path / "first", tmp_path / "second", env=build_time)
    assert builds.returncode == 0, builds.stderr
    assert builds.stderr == ""
    assert diff_trees(read_tree(tmp_path / "second"), read_tree(tmp_path / "first")) == []


def test_build_in_another_folder_is_identical(
    build_time: dict[str, str], dated_build: Path, tmp_path: Path
) -> None:
    root = project.copy(tmp_path / "another folder" / "ünïcode")
    build = project.mkdocs(root, "build", "--strict", env={**build_time, "PYTHONHASHSEED": "1"})
    assert build.returncode == 0, build.stderr
    assert diff_trees(read_tree(root / "site"), read_tree(dated_build)) == []


def test_properdocs_builds_the_same_pages(
    build_time: dict[str, str], dated_build: Path, tmp_path: Path
) -> None:
    target = tmp_path / "site"
    arguments = ("build", "--strict", "--config-file", "mkdocs.yml", "--site-dir", target)
    # In the same copy: in the project itself, pages take the day of their last change from Git.
    build = project.python(dated_build.parent, "-m", "properdocs", *arguments, env=build_time)
    assert build.returncode == 0, build.stderr
    assert _pages(target) == _pages(dated_build)
    for name in _pages(target):
        ours, theirs = html.parse(dated_build / name), html.parse(target / name)
        assert _article(theirs) == _article(ours), name


def _article(document: html.Document) -> str:
    article = document.css_first("main")
    assert article
    return article.text(strip=True)


def _broken(site: Path, origin: str, page: str) -> Iterator[str]:
    """Yield the broken references of the page at the path `page`, if the site is served at `origin`."""
    document = html.parse(_file(site, page))
    for selector, name in REFERENCES.items():
        for reference in html.attribute_values(document, selector, name):
            url = urlsplit(urljoin(origin + project.base_path() + page, reference))
            if f"{url.scheme}://{url.netloc}" != origin:
                continue
            target = _file(site, unquote(url.path).removeprefix(project.base_path()))
            if not target.is_file():
                yield f"{page}: {reference}: no such page or file"
            elif url.fragment and not _has_fragment(target, unquote(url.fragment)):
                yield f"{page}: {reference}: that page has no such anchor"


def _file(site: Path, path: str) -> Path:
    return site / f"{path}index.html".lstrip("/") if path.endswith("/") else site / path.lstrip("/")


def _has_fragment(page: Path, fragment: str) -> bool:
    if page.suffix not in (".html", ".svg"):
        return False
    return any(html.attribute_value(node, "id") == fragment for node in html.parse(page).css("[id]"))


def test_no_internal_link_is_broken(site: Path) -> None:
    home = urlsplit(html.sitemap_urls(site)[0])
    origin = f"{home.scheme}://{home.netloc}"
    broken = [problem for page in html.page_paths(site) for problem in _broken(site, origin, page)]
    assert broken == []


def test_only_our_style_sheets_and_scripts_are_published_with_a_hash_in_their_names(site: Path) -> None:
    assets = (path for path in (site / "assets").rglob("*") if path.parent.name != "search")
    published = [path for path in assets if path.suffix in (".css", ".js", ".map")]
    assert any(path.name.startswith("site.") for path in published)
    hashed = re.compile(r"[\w-]+\.[0-9a-f]{10}\.(css|js)")
    assert [path for path in published if not hashed.fullmatch(path.name)] == []


def test_an_edit_of_a_page_renders_no_other_page(tmp_path: Path) -> None:
    projects = "projects: [{id: kite, name: Kite, tags: [paper]}]\n"
    files = {
        "docs/page-a.md": "# A\n",
        "docs/data/projects.yml": projects,
        "docs/projects/kite.md": "Text.\n",
    }
    root = small_site.create(tmp_path / "site", files)
    project.load_caches(root)
    assert project.mkdocs(root, "build", "--verbose").returncode == 0
    (root / "docs" / "page-a.md").write_text("# A\n\nMore.\n")
    log = project.mkdocs(root, "build", "--verbose").stderr
    assert re.findall(r"Rendered .*", log) == ["Rendered page-a.md: its content changed."]
