"""The cost of a command includes all of its processes."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.bench import processes
from tests.bench.processes import Cost, StepError

# A process that starts two other processes, which do the work.
_OUTER = """\
import subprocess, sys
children = [subprocess.Popen([sys.executable, "-c", sys.argv[1]]) for _ in range(2)]
sys.exit(any([child.wait() for child in children]))
"""
_MEMORY = "import time; data = b'x' * 60_000_000; time.sleep(0.8)"
_WORK = "import time\nwhile time.process_time() < 0.2: pass"


def run(code: str, *arguments: str, limit: float = 30) -> Cost:
    command = [sys.executable, "-c", code, *arguments]
    return processes.run(command, Path.cwd(), os.environ, time.perf_counter, limit)


def test_cpu_time_and_memory_include_descendants() -> None:
    assert run(_OUTER, _WORK).cpu_seconds > 0.4
    assert run(_OUTER, _MEMORY).peak_bytes > 120_000_000
    idle = run("import time; time.sleep(0.3)")
    assert idle.seconds > 0.3
    assert idle.cpu_seconds < 0.3


def test_failed_command_reports_its_output() -> None:
    with pytest.raises(StepError, match=r"^ended with 3: no such theme$"):
        run("import sys; print('no such\\ntheme'); sys.exit(3)")


def test_command_that_takes_too_long_is_ended_with_its_descendants() -> None:
    with pytest.raises(StepError, match=r"^took more than 0 s$"):
        run(_OUTER, "import time; time.sleep(60)", limit=0.4)
    assert psutil.Process().children(recursive=True) == []
