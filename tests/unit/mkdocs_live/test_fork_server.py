"""Forked processes have what the fork server has loaded, and can be ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from mkdocs_live import fork_server

# Prints what processes of a fork server answer.
_PROGRAM = """
import os, sys, tempfile
sys.path.insert(0, {hooks!r})
from mkdocs_live.fork_server import ForkServer, can_fork
loaded = [b"loaded"]
folder = tempfile.TemporaryDirectory()
def main():
    while line := os.read(0, 100):
        os.write(1, loaded[0] + b" " + line)
    os._exit(0)
assert can_fork()
server = ForkServer(main)
loaded[0] = b"changed"
first, second = server.start(), server.start()
def ask(process, line):
    process.stdin.write(line)
    process.stdin.flush()
    return process.stdout.readline()
print(ask(first, b"one\\n"), ask(second, b"two\\n"))
first.kill()
first.kill()
print(first.stdout.read(), ask(second, b"three\\n"))
with first, second:
    pass
third = server.start()
print(ask(third, b"four\\n"))
server.close()
third.kill()
print(ask(third, b"five\\n"), os.path.isdir(folder.name))
try:
    server.start()
except OSError:
    print("closed")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_processes_run_loaded_code_and_can_be_ended() -> None:
    hooks = str(Path(fork_server.__file__).parents[1])
    command = [sys.executable, "-c", _PROGRAM.format(hooks=hooks)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        r"b'loaded one\n' b'loaded two\n'",
        r"b'' b'loaded three\n'",
        r"b'loaded four\n'",
        r"b'loaded five\n' True",
        "closed",
    ]
