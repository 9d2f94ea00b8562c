"""Invalid data under MkDocs: the same lines as from the check, no traceback, no incomplete site."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import project
from tests.support.persona import copy as copy_of_the_persona

GOLDEN = project.ROOT / "tests" / "golden" / "mistakes"
BAD = "roles:\n  - {id: brücke, company: C, position: P, start_date: 2019-13}\n"
LINE = "docs/data/career.yml:2:43: roles[0].start_date: '2019-13' is not a date: there is no month 13."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copy_of_the_persona(tmp_path / "project")


def test_a_build_reports_every_problem_and_writes_nothing(root: Path) -> None:
    (root / "docs" / "data" / "career.yml").write_bytes((GOLDEN / "career.yml").read_bytes())
    build = project.mkdocs(root, "build")
    assert build.returncode == 1
    assert "Traceback" not in build.stderr
    reported = re.findall(r"^ERROR +- +(docs/.*)$", build.stderr, re.MULTILINE)
    check = project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert check.returncode == 1
    assert reported == check.stdout.splitlines()
    assert set((GOLDEN / "problems.txt").read_text(encoding="utf-8").splitlines()) <= set(reported)
    assert not (root / "site").exists()


def test_output_that_cannot_be_written_is_one_line(root: Path) -> None:
    (root / "site").touch()
    result = project.mkdocs(root, "build")
    message = "site cannot be written: Not a directory. Make it a folder that you can write, and build again."
    assert (result.returncode, result.stderr.splitlines()[-1]) == (1, f"Error: {message}")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("value", ["abc", "", "-1", "99999999999"])
def test_a_build_date_that_is_no_time_is_one_line(root: Path, value: str) -> None:
    result = project.mkdocs(root, "build", env={"SOURCE_DATE_EPOCH": value})
    message = f"Error: the environment variable SOURCE_DATE_EPOCH is '{value}'."
    assert (result.returncode, result.stderr.splitlines()[-1].startswith(message)) == (1, True)


def test_a_failed_build_does_not_change_the_last_site(root: Path) -> None:
    assert project.mkdocs(root, "build").returncode == 0
    before = {path: path.read_bytes() for path in (root / "site").rglob("*") if path.is_file()}
    (root / "docs" / "data" / "career.yml").write_text(BAD, encoding="utf-8")
    assert project.mkdocs(root, "build").returncode == 1
    assert {path: path.read_bytes() for path in (root / "site").rglob("*") if path.is_file()} == before


def test_serve_reports_a_problem_and_shows_the_last_valid_page_until_it_is_fixed(root: Path) -> None:
    career = root / "docs" / "data" / "career.yml"
    good = career.read_text(encoding="utf-8")
    config = root / "mkdocs.yml"
    named = re.sub("^site_name: .*", "site_name: ᏣᎳᎩ", config.read_text(encoding="utf-8"), flags=re.M)
    config.write_text(named, encoding="utf-8")
    with serving(root) as server:
        assert "مهندسة" in server.page()
        career.write_text(BAD, encoding="utf-8")
        server.wait_for(LINE)
        server.wait_for("The build failed")
        assert "مهندسة" in server.page()
        server.forget()
        career.write_text(good.replace("構造設計主任", "Fixed"), encoding="utf-8")
        server.wait_for("Built in")
        assert "Fixed" in server.page()
        log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert log.count(LINE) == 1
    # The warning about missing glyphs is not repeated at each change.
    assert log.count("CHEROKEE LETTER TSA") == 1


def test_serve_starts_with_a_problem_and_builds_once_it_is_fixed(root: Path) -> None:
    career = root / "docs" / "data" / "career.yml"
    good = career.read_text(encoding="utf-8")
    career.write_text(good + "rolls: []\n", encoding="utf-8")
    with serving(root) as server:
        server.wait_for("Did you mean 'roles'?")
        career.write_text(good.replace("構造設計主任", "Fixed"), encoding="utf-8")
        server.wait_for("Built in")
        assert "Fixed" in server.page()
        log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log


class Server:
    """A running `mkdocs serve`, its log and its timeline."""

    def __init__(self, port: int, log: Path) -> None:
        self.port, self.log, self.read = port, log, 0

    def forget(self) -> None:
        """Ignore what has been logged so far."""
        self.read = len(self.log.read_text(encoding="utf-8"))

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Wait until the log contains a text."""
        deadline = time.monotonic() + seconds
        while text not in self.log.read_text(encoding="utf-8")[self.read :]:
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)

    def page(self) -> str:
        url = f"http://127.0.0.1:{self.port}/layla/timeline/"
        with urllib.request.urlopen(url, timeout=60) as response:
            content: bytes = response.read()
        return content.decode()


@contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Run `mkdocs serve` in a project while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = root / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=root,
            env=project.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(port, log)
            server.wait_for("Serving on")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
