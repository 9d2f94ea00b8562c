"""A process that builds sites, each in a fork of itself in which the libraries are loaded already.

It reads lines of JSON (`BuildRequest`) and answers each with one: the exit status of ``mkdocs build``, and
its warnings and errors.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import project

# The status of a build that ended by an exception or a signal.
BROKEN = 70


class BuildRequest(NamedTuple):
    """The path of an ``mkdocs.yml``, whether the build is strict, and a folder of packages, or none."""

    config: str
    strict: bool
    packages: str


class Builder:
    """Starts the process and sends it requests. ``env`` is added to the environment of builds."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.builder"],
            cwd=project.ROOT,
            env=project.environment(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def build(
        self, config: Path, *, strict: bool = False, packages: Path | None = None
    ) -> tuple[int, list[str]]:
        """Build a site in its own folder. Return the status, and the warnings and errors."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = BuildRequest(str(config), strict, str(packages or ""))
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        status, messages = json.loads(self._process.stdout.readline())
        return status, messages

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


class _WarningCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


def _build(request: BuildRequest) -> tuple[int, list[str]]:
    from click.exceptions import ClickException
    from mkdocs.commands import build
    from mkdocs.config import load_config

    # Snippets, for example, are looked up relative to the working directory.
    os.chdir(Path(request.config).parent)
    # A build is skipped only if its command is the same.
    sys.argv = ["mkdocs", "build", "--config-file", request.config, *(["--strict"] if request.strict else [])]
    if request.packages:
        sys.path.append(request.packages)
    collector = _WarningCollector()
    logger = logging.getLogger("mkdocs")
    logger.setLevel(logging.INFO)
    logger.addHandler(collector)
    status = 0
    try:
        config: Any = load_config(request.config, strict=request.strict)
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build.build(config)
        finally:
            config.plugins.on_shutdown()
    except SystemExit as end:
        status = int(end.code or 0)
    except ClickException as error:
        status = error.exit_code
        collector.lines.append(error.format_message())
    finally:
        logger.removeHandler(collector)
    return status, collector.lines


def main() -> None:
    from material.plugins.blog import plugin  # noqa: F401 - loaded once, for all builds

    while line := sys.stdin.readline():
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if status:
                print(json.dumps([BROKEN, []]), flush=True)  # noqa: T201 - the protocol
        else:
            print(json.dumps(_build(BuildRequest(*json.loads(line)))), flush=True)  # noqa: T201 - the protocol
            os._exit(0)


if __name__ == "__main__":
    main()
