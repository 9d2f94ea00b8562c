"""The project with another owner: the configuration and content of a test persona."""

import shutil
from pathlib import Path

from tests.support import project

FOLDER = project.ROOT / "tests" / "persona"


def copy(to: Path) -> Path:
    """Copy the project to the new folder `to`, replace the owner's files by the persona's, and return it."""
    project.copy(to)
    shutil.rmtree(to / "docs")
    shutil.copytree(FOLDER / "docs", to / "docs")
    shutil.copy(FOLDER / "mkdocs.yml", to / "mkdocs.yml")
    return to
