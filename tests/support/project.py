"""The project as a whole: copying it and running MkDocs in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).resolve().parents[2]

# What .gitignore excludes, and git's own folder.
_NOT_PART = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", ".cache", ".*_cache", ".hypothesis"
)

# These change the output of a build, so only tests set them.
_SETTINGS = ("SITE_URL", "SOURCE_DATE_EPOCH")


def base_path() -> str:
    """Return the path at which the site is served, without a slash at the end; empty for a whole domain."""
    return urlsplit(str(_configuration()["site_url"])).path.rstrip("/")


def blog_path() -> str:
    """Return the path of the blog below the site's, such as `/blog/`."""
    settings = next(plugin["blog"] for plugin in _configuration()["plugins"] if "blog" in plugin)
    return f"/{settings['blog_dir']}/"


def _configuration() -> dict[str, Any]:
    configuration: dict[str, Any] = yaml_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return configuration


# The caches that are valid in any copy of the project: their keys contain everything a value depends on.
_CACHES = ("citations", "fonts", "images", "typeset")
# The environment variable with the folder in which builds share these caches; tests/conftest.py sets it.
SHARED_CACHES = "SHARED_CACHES"


def copy(to: Path) -> Path:
    """Copy the project, without generated files, to the new folder `to`, and return the folder."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        # The tests have a folder of this name.
        built = {"site"} if Path(folder) == ROOT else set()
        return {*_NOT_PART(folder, names), *built}

    shutil.copytree(ROOT, to, ignore=ignore)
    return to


def load_caches(root: Path) -> None:
    """Give a project the cards, fonts and images of earlier builds in this run of the tests."""
    _copy_missing(Path(os.environ[SHARED_CACHES]), root / ".cache")


def save_caches(root: Path) -> None:
    """Copy what a build made to where `load_caches` reads it."""
    _copy_missing(root / ".cache", Path(os.environ[SHARED_CACHES]))


def _copy_missing(source: Path, target: Path) -> None:
    for name in _CACHES:
        (target / name).mkdir(parents=True, exist_ok=True)
        for path in (source / name).glob("*"):
            copied = target / name / path.name
            if not copied.exists() and path.is_file():
                # Another process may read it at the same time.
                part = copied.with_name(f"{path.name}.{os.getpid()}.part")
                shutil.copy(path, part)
                part.replace(copied)


def set_options(root: Path, lines: str) -> None:
    """Insert lines of YAML under ``extra.portfolio`` in the `mkdocs.yml` of a copy, before existing ones."""
    path = root / "mkdocs.yml"
    text = path.read_text(encoding="utf-8")
    if "\n  portfolio:\n" not in text:
        assert text.count("\nextra:\n") == 1
        text = text.replace("\nextra:\n", "\nextra:\n  portfolio:\n")
    added = "".join(f"    {line}\n" for line in lines.splitlines())
    path.write_text(text.replace("\n  portfolio:\n", f"\n  portfolio:\n{added}"), encoding="utf-8")


def environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a build: that of this process without settings of builds, and `env`."""
    inherited = {name: value for name, value in os.environ.items() if name not in _SETTINGS}
    return {**inherited, "NO_MKDOCS_2_WARNING": "1", "PYTHONDONTWRITEBYTECODE": "1", **(env or {})}


def python(
    root: Path, *arguments: str | Path, env: Mapping[str, str] | None = None, seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run this Python in `root`, for `seconds` at most; the caller checks the exit code and output."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=environment(env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )


def mkdocs(
    root: Path, *arguments: str | Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run MkDocs in `root`, with its log on stderr; see `python`."""
    return python(root, "-m", "mkdocs", *arguments, env=env)
