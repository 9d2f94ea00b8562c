"""A process that builds sites one after another, each in a copy of itself that has the libraries loaded.

It reads lines of JSON, see `Order`. It answers with lines of JSON: the status that ``mkdocs build`` would end
with, and what it warned of.
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

# The status of a build that ended without one, as by an exception or a signal.
BROKEN = 70


class Order(NamedTuple):
    """The path of an ``mkdocs.yml``, whether the build is strict, and a folder of packages, or none."""

    config: str
    strict: bool
    packages: str


class Builder:
    """The process, from outside. ``env`` is added to the environment of a build."""

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
        """The status of a build in the folder of its ``mkdocs.yml``, and its warnings and errors."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = Order(str(config), strict, str(packages or ""))
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status, told = json.loads(self._process.stdout.readline())
        return status, told

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


class _Told(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.getMessage()}")


def _build(order: Order) -> tuple[int, list[str]]:
    from click.exceptions import ClickException
    from mkdocs.commands import build
    from mkdocs.config import load_config

    # Snippets, for one, are looked for from where the command runs.
    os.chdir(Path(order.config).parent)
    if order.packages:
        sys.path.append(order.packages)
    told = _Told()
    logger = logging.getLogger("mkdocs")
    logger.setLevel(logging.INFO)
    logger.addHandler(told)
    status = 0
    try:
        config: Any = load_config(order.config, strict=order.strict)
        config.plugins.on_startup(command="build", dirty=False)
        try:
            build.build(config)
        finally:
            config.plugins.on_shutdown()
    except SystemExit as end:
        status = int(end.code or 0)
    except ClickException as error:
        status = error.exit_code
        told.lines.append(error.format_message())
    finally:
        logger.removeHandler(told)
    return status, told.lines


def main() -> None:
    from material.plugins.blog import plugin  # noqa: F401 - loaded once, for all builds

    while line := sys.stdin.readline():
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            if status:
                print(json.dumps([BROKEN, []]), flush=True)  # noqa: T201 - as below
        else:
            print(json.dumps(_build(Order(*json.loads(line)))), flush=True)  # noqa: T201 - that is its answer
            os._exit(0)


if __name__ == "__main__":
    main()
