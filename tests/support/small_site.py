"""A small site of an invented person, in tests/cases/site, to which tests add files.

Its authors are ``ada`` and ``owner``.
"""

import re
import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tests.support import persona, project

FOLDER = project.ROOT / "tests" / "cases" / "site"
# The aliases of the persona's site, which has other pages.
_ALIASES = re.compile(r"^    aliases:.*\n(?:      .*\n)+", re.MULTILINE)


def create(root: Path, files: Mapping[str, str], options: str = "") -> Path:
    """Create the site in the new folder ``root`` with more files, and return the folder.

    ``files`` are texts by path; ``options`` are lines of YAML for ``extra.portfolio``.
    """
    link_project(root)
    shutil.copytree(FOLDER, root, dirs_exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if options:
        with (root / "mkdocs.yml").open("a", encoding="utf-8") as file:
            file.write(f"\nextra:\n  portfolio:\n{textwrap.indent(options, '    ')}")
    return root


def link_project(root: Path) -> None:
    """Create a folder with links to the project's code, and settings in ``persona.yml`` to inherit from."""
    root.mkdir(parents=True)
    for folder in ("hooks", "overrides"):
        (root / folder).symlink_to(project.ROOT / folder)
    inherited = (persona.FOLDER / "mkdocs.yml").read_text(encoding="utf-8")
    (root / "persona.yml").write_text(_ALIASES.sub("", inherited), encoding="utf-8")
