"""Diagrams are drawn without leaving a thread behind, so that a build may go on in a forked process."""

import os
import sys

from tests.support import project

SCRIPT = """
import os, sys, threading
sys.path.insert(0, "hooks")
from portfolio.markdown_ext import mermaid
assert mermaid.render_svg("graph TD; A-->B").startswith(b"<svg")
threads = os.listdir("/proc/self/task") if sys.platform == "linux" else []
print(threading.active_count(), len(threads))
child = os.fork() if hasattr(os, "fork") else 0
if child == 0 and hasattr(os, "fork"):
    os._exit(0 if mermaid.render_svg("graph TD; C-->D").startswith(b"<svg") else 1)
print(os.waitpid(child, 0)[1] if child else 0)
"""


def test_no_thread_is_left_and_a_forked_process_draws_too() -> None:
    done = project.python(project.ROOT, "-W", "error", "-c", SCRIPT, env=dict(os.environ))
    expected = "1 1" if sys.platform == "linux" else "1 0"
    assert (done.stdout.split("\n")[:2], done.returncode) == ([expected, "0"], 0), done.stderr
