"""The project with another owner: the configuration and content of a test persona."""

import shutil
from pathlib import Path

from tests.support import project

FOLDER = project.ROOT / "tests" / "persona"


def copy(to: Path, *, with_caches: bool = True) -> Path:
    """Copy the project to the new folder `to`, replace the owner's files by the persona's, and return it.

    ``with_caches``: with the cards, fonts and images of earlier builds, which make a build faster.
    """
    project.copy(to)
    shutil.rmtree(to / "docs")
    shutil.copytree(FOLDER / "docs", to / "docs")
    shutil.copy(FOLDER / "mkdocs.yml", to / "mkdocs.yml")
    if with_caches:
        project.load_caches(to)
    return to
