"""Installs contenders, each into a folder of its own that git ignores, from locks with hashes."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

CACHE = Path(__file__).parent / ".cache"
# A copy of the lock beside what was installed from it tells whether it is the same still.
_DONE = "installed.lock"


class UnavailableError(Exception):
    """A contender that cannot take part; the message is one line that says why."""


def python(lock: Path, folder: Path) -> None:
    """Make ``folder`` a virtual environment with the packages of a ``requirements.txt`` that has hashes."""
    if _installed(lock, folder):
        return
    _run([sys.executable, "-m", "venv", "--clear", folder])
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    _run([folder / "bin" / "python", *pip, "-r", lock])
    shutil.copy(lock, folder / _DONE)


def node(package: Path, folder: Path) -> None:
    """Install the packages of ``package``, a folder with a ``package.json`` and its lock, into ``folder``."""
    lock = package / "package-lock.json"
    if _installed(lock, folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(package / name, folder / name)
    # No package's own install scripts are run: none of these needs one.
    _run([program("npm"), "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"])
    shutil.copy(lock, folder / _DONE)


def program(name: str) -> str:
    """The path of a program of the tests' own environment, or else of the system."""
    found = shutil.which(name, path=_path())
    if found is None:
        raise UnavailableError(f"there is no {name}")
    return found


def _path() -> str:
    """Where programs are looked for."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _installed(lock: Path, folder: Path) -> bool:
    done = folder / _DONE
    return done.exists() and done.read_bytes() == lock.read_bytes()


def _run(command: list[str | Path]) -> None:
    env = {**os.environ, "PATH": _path()}  # npm looks for node there
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no word why"]
        # The last line of pip and npm may be about themselves; the first error says what it was.
        told = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise UnavailableError(f"could not be installed: {told.strip()[:160]}")


def version(folder: Path, package: str) -> str:
    """The version of a package in a virtual environment that `python` made."""
    places = [str(path) for path in folder.glob("lib/python*/site-packages")]
    (found,) = distributions(name=package, path=places)
    return found.version
