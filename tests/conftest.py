"""Shared fixtures: the built site, its server, a browser."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from portfolio.core import i18n
from tests.support import chromium as chromium_program
from tests.support import people, persona, project, server
from tests.support.browsing import NewPage
from tests.support.builder import Builder
from tests.support.built import Built, build
from tests.support.compared_site import BUILD_TIME

# No deadline, since a busy machine is slow; CI tries the same examples every time.
settings.register_profile("site", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("site")

# Fast and exact tests first: their failures explain later ones. Later ones use Playwright, which
# leaves an event loop running in the main thread.
_ORDER = ("unit", "golden", "build", "browser")
_WORKER = "PYTEST_XDIST_WORKER"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent

    def kind(item: pytest.Item) -> int:
        folder = item.path.relative_to(tests).parts[0]
        return _ORDER.index(folder) if folder in _ORDER else 0

    items.sort(key=kind)


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold a lock that one of the parallel workers can hold at a time."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(autouse=True)
def _english() -> None:
    """A test begins in English, whatever language the one before used."""
    i18n.use_language(i18n.SOURCE_LANGUAGE)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of this run, which parallel workers share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if _WORKER in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def _shared_caches(run_folder: Path) -> None:
    os.environ[project.SHARED_CACHES] = str(run_folder / "caches")


@pytest.fixture(scope="session")
def site(run_folder: Path) -> Path:
    """The folder of a strict build of the project."""
    folder = run_folder / "built" / "site"
    with exclusive_lock(run_folder / "built.lock"):
        if not folder.exists():
            build = project.mkdocs(project.ROOT, "build", "--strict", "--site-dir", folder)
            assert build.returncode == 0, build.stderr
    return folder


def build_once(create: Callable[[Path], Path], root: Path) -> Built:
    """Create a site in a folder and build it, unless a parallel worker has done so."""
    with exclusive_lock(root.with_suffix(".lock")):
        if not (root / "site").exists():
            return build(create(root))
    return Built(root, root / "site")


@pytest.fixture(scope="session")
def persona_site(run_folder: Path) -> Built:
    """The persona's site, unchanged."""
    return build_once(persona.copy, run_folder / "persona")


@pytest.fixture(scope="session")
def academic_site(run_folder: Path) -> Built:
    """The site of an invented academic, with 300 entries of every kind."""
    return build_once(people.create_academic, run_folder / people.ACADEMIC)


@pytest.fixture(scope="session")
def graduate_site(run_folder: Path) -> Built:
    """The site of an invented graduate, with three entries and no blog."""
    return build_once(people.create_graduate, run_folder / people.GRADUATE)


@pytest.fixture(scope="session")
def german_site(run_folder: Path) -> Built:
    """The site of an invented organ builder, in German, with every kind of page."""
    return build_once(people.create_german, run_folder / people.GERMAN)


@pytest.fixture(scope="session")
def arabic_site(run_folder: Path) -> Built:
    """The site of an invented hydrologist, in Arabic, with every kind of page."""
    return build_once(people.create_arabic, run_folder / people.ARABIC)


@pytest.fixture(params=["owner", "persona"])
def built(request: pytest.FixtureRequest, site: Path) -> Built:
    """The owner's site, then the persona's, which a test's module can replace by its own ``persona_site``."""
    if request.param == "owner":
        return Built(project.ROOT, site)
    persona_site: Built = request.getfixturevalue("persona_site")
    return persona_site


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    """A process that builds sites; see `Builder`."""
    builder = Builder({"SOURCE_DATE_EPOCH": BUILD_TIME})
    yield builder
    builder.close()


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """The URL of the built site on this machine, without a slash at the end."""
    with server.serve(site, project.base_path()) as url:
        yield url


@pytest.fixture(scope="session")
def persona_url(persona_site: Built) -> Iterator[str]:
    """The URL of the persona's site on this machine, without a slash at the end."""
    with server.serve(persona_site.site, "/layla") as url:
        yield url


@pytest.fixture(scope="session")
def blog() -> str:
    """The path of the blog below the site's URL, with slashes at both ends."""
    return project.blog_path()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    program = chromium_program.find_chromium()
    assert program, "no browser: run make test, which installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium_program.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Opens pages that are closed after the test; see `NewPage`."""
    pages = NewPage(chromium)
    yield pages
    pages.close()
