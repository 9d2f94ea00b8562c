"""Installs generators from lock files with hashes, each into a folder that git ignores."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

CACHE = Path(__file__).parent / ".cache"
# A copy of the lock file, to compare with the current one.
_INSTALLED_LOCK = "installed.lock"


class UnavailableError(Exception):
    """Raised for a generator that cannot be installed; the message is one line with the reason."""


def install_python(lock: Path, folder: Path) -> None:
    """Create a virtual environment in ``folder`` with the packages of a ``requirements.txt`` with hashes."""
    if _is_current(lock, folder):
        return
    _run([sys.executable, "-m", "venv", "--clear", folder])
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    _run([folder / "bin" / "python", *pip, "-r", lock])
    shutil.copy(lock, folder / _INSTALLED_LOCK)


def install_node(package: Path, folder: Path) -> None:
    """Install the packages of a folder with a ``package.json`` and its lock into ``folder``."""
    lock = package / "package-lock.json"
    if _is_current(lock, folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(package / name, folder / name)
    # No package needs its install scripts.
    _run([find_program("npm"), "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"])
    shutil.copy(lock, folder / _INSTALLED_LOCK)


def find_program(name: str) -> str:
    """Return the path of a program in the tests' environment, or else in the system."""
    path = shutil.which(name, path=_search_path())
    if path is None:
        raise UnavailableError(f"{name} is not installed")
    return path


def _search_path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _is_current(lock: Path, folder: Path) -> bool:
    installed = folder / _INSTALLED_LOCK
    return installed.exists() and installed.read_bytes() == lock.read_bytes()


def _run(command: list[str | Path]) -> None:
    env = {**os.environ, "PATH": _search_path()}  # npm runs node
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stderr or result.stdout).strip().splitlines() or ["no error message"]
        # The last line of pip and npm may be a notice about themselves.
        message = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise UnavailableError(f"could not be installed: {message.strip()[:160]}")


def installed_version(folder: Path, package: str) -> str:
    """Return the version of a package in a virtual environment of `install_python`."""
    paths = [str(path) for path in folder.glob("lib/python*/site-packages")]
    (distribution,) = distributions(name=package, path=paths)
    return distribution.version
