"""Measures the CPU seconds of a build of this site by concern: Markdown, templates, search, and so on.

`make_options` lets each Python process of `make build` run this file, which samples the stacks of all
threads: each sample belongs to the concern of the innermost function that has one in `CONCERNS`. Forked
processes sample themselves. Other programs belong to the concern of the function that waits for their end.
"""

import atexit
import os
import runpy
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

# The environment variable with the path of the file for samples.
SAMPLES = "BENCH_SAMPLES"
# CPU seconds between two samples.
_INTERVAL = 0.002
IMPORTS, PROGRAMS, OTHER = "imports and configuration", "start and end of processes", "other"
# Parts of paths of source files. The first that a path contains counts. Standard library, ``portfolio/core``
# and small packages are missing: the time in them belongs to their callers.
CONCERNS = {
    "/portfolio/markdown_ext/": "Markdown",
    "/portfolio/mkdocs_glue/page_markdown.py": "exports",
    "/portfolio/mkdocs_glue/search_documents.py": "search",
    "/portfolio/search/": "search",
    "/portfolio/images/": "images",
    "/portfolio/print/": "cards and PDFs",
    "/portfolio/feeds/": "feeds",
    "/portfolio/exports/": "exports",
    "/portfolio/citations/": "exports",
    "/portfolio/timeline/": "templates",
    "/portfolio/notebooks/": "Markdown",
    "/portfolio/blog/": "checks",
    "/portfolio/lint/": "checks",
    "/portfolio/record/": "checks",
    "/portfolio/redirects/": "checks",
    "/portfolio/sources/": "checks",
    "/portfolio/config.py": IMPORTS,
    "/portfolio/cli.py": IMPORTS,
    "/hooks/exports.py": "exports",
    "/hooks/feeds.py": "feeds",
    "/hooks/page_content.py": "Markdown",
    "/hooks/page_head.py": "exports",
    "/hooks/posts.py": "checks",
    "/hooks/record.py": "checks",
    "/hooks/redirects.py": "checks",
    "/hooks/search.py": "search",
    "/hooks/site_assets.py": "templates",
    "/hooks/incremental_builds.py": "incremental engine",
    "/mkdocs_incremental/": "incremental engine",
    "/hooks/live_preview.py": "live preview",
    "/mkdocs_live/": "live preview",
    "/overrides/": "templates",
    "/jinja2/": "templates",
    "/markdown/": "Markdown",
    "/pymdownx/": "Markdown",
    "/pygments/": "Markdown",
    "/PIL/": "images",
    "/fontTools/": "cards and PDFs",
    "/mkdocs/config/": IMPORTS,
    "/mkdocs/": "MkDocs",
    "/material/": "MkDocs",
    "/mkdocs_blog_plugin/": "MkDocs",
}
_IMPORTING = "<frozen importlib."


def find_concern(paths: Sequence[str]) -> str:
    """Return the concern of a stack: the source files of its functions, innermost first."""
    if any(path.startswith(_IMPORTING) for path in paths):
        return IMPORTS
    return next(filter(None, map(_find_concern_of_file, paths)), OTHER)


_known: dict[str, str] = {}


def _find_concern_of_file(path: str) -> str:
    if path not in _known:
        _known[path] = next((CONCERNS[part] for part in CONCERNS if part in path), "")
    return _known[path]


def make_options() -> list[str]:
    """Return the options of `make` that let the Python of the site run this file."""
    return [f"python=.venv/bin/python {Path(__file__).resolve()}"]


def read_profile(samples: Path, cpu_seconds: float) -> dict[str, float]:
    """Return CPU seconds by concern, the longest first. ``cpu_seconds`` is the time of all processes."""
    lines = [line.split("\t") for line in samples.read_text(encoding="utf-8").splitlines()]
    sampled = {process for _, process, _, _ in lines}
    seconds: dict[str, float] = defaultdict(float)
    for _, _, concern, duration in (line for line in lines if not (line[0] and line[0] in sampled)):
        seconds[concern] += float(duration)
    seconds[PROGRAMS] = max(0.0, cpu_seconds - sum(seconds.values()))
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


class _Sampler:
    """Writes lines to a file: an ended program or nothing, this process, concern, CPU seconds."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._wait4 = os.wait4
        self._clocks: dict[int, float] = {}
        self._process_clock = 0.0
        signal.signal(signal.SIGPROF, lambda _, frame: self._sample(frame))
        os.register_at_fork(after_in_child=self.start)
        # At its end, Python no longer handles the signal, which would kill the process.
        atexit.register(signal.setitimer, signal.ITIMER_PROF, 0)
        os.waitpid = self._wait

    def start(self) -> None:
        """Start to sample this process."""
        self._clocks = {threading.get_ident(): time.thread_time()}
        self._process_clock = time.process_time()
        self._write("", OTHER, 0.0)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)

    def _sample(self, frame: FrameType | None) -> None:
        """Write the CPU seconds of each thread since the last sample. ``frame`` is of the main thread."""
        last, self._process_clock = self._process_clock, time.process_time()
        rest = self._process_clock - last
        concern = _find_concern_of_stack(frame)
        for thread, stack in sys._current_frames().items():
            try:
                clock = time.clock_gettime(time.pthread_getcpuclockid(thread))
            except OSError:
                continue  # It has just ended.
            used = clock - self._clocks.get(thread, 0.0)
            self._clocks[thread] = clock
            rest -= used
            own = concern if thread == threading.get_ident() else _find_concern_of_stack(stack)
            self._write("", concern if own == OTHER else own, used)
        # Threads that are not of Python, or have ended.
        self._write("", concern, rest)

    def _wait(self, process: int, options: int) -> tuple[int, int]:
        ended, status, used = self._wait4(process, options)
        if ended:
            concern = _find_concern_of_stack(sys._getframe(1))
            self._write(str(ended), concern, used.ru_utime + used.ru_stime)
        return ended, status

    def _write(self, program: str, concern: str, seconds: float) -> None:
        os.write(self._file, f"{program}\t{os.getpid()}\t{concern}\t{seconds:.6f}\n".encode())


def _find_concern_of_stack(frame: FrameType | None) -> str:
    paths = []
    while frame is not None:
        paths.append(frame.f_code.co_filename)
        frame = frame.f_back
    return find_concern(paths)


def _run(arguments: list[str]) -> None:
    """Run ``-m module argument …`` like Python, with samples."""
    option, module, *rest = arguments
    assert option == "-m", "the Makefile runs modules only"
    sys.argv, sys.path[0] = [module, *rest], str(Path.cwd())
    _Sampler(os.environ[SAMPLES]).start()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run(sys.argv[1:])
