"""The project as somebody else's: with the configuration and contents of a person who does not exist."""

import shutil
from pathlib import Path

from tests.support import project

FOLDER = project.ROOT / "tests" / "persona"


def copy(to: Path) -> Path:
    """Copy the project to the new folder `to`, put the person's files in place of the owner's, return it."""
    project.copy(to)
    shutil.rmtree(to / "docs")
    shutil.copytree(FOLDER / "docs", to / "docs")
    shutil.copy(FOLDER / "mkdocs.yml", to / "mkdocs.yml")
    return to
