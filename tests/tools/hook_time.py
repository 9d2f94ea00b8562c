"""Prints the CPU time of hooks: ``hook_time.py NAME…`` builds the site once and measures the hooks named.

The figures are milliseconds of CPU time of all threads, which a busy machine changes less than wall time.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.commands import build
from mkdocs.config import load_config


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        config = load_config("mkdocs.yml", site_dir=folder)
        cpu_seconds = dict.fromkeys(names, 0.0)
        measured: set[str] = set()

        def measure(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **named: Any) -> Any:
                start = time.process_time()
                try:
                    return method(*arguments, **named)
                finally:
                    cpu_seconds[name] += time.process_time() - start

            return call

        for methods in config.plugins.events.values():
            for position, method in enumerate(methods):
                code = getattr(method, "__code__", None)
                name = Path(code.co_filename).stem if code else ""
                if name in cpu_seconds:
                    methods[position] = measure(name, method)
                    measured.add(name)
        if unknown := set(names) - measured:
            sys.exit(f"there are no hooks named {', '.join(sorted(unknown))}")
        config.plugins.on_startup(command="build", dirty=False)
        build.build(config)
    for name, seconds in cpu_seconds.items():
        print(f"{name}: {seconds * 1000:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
