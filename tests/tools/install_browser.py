"""Install a browser for the tests where there is none: `python -m tests.tools.install_browser`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import chromium

STEP = str(Path(__file__).with_name("step.sh"))


def _commands() -> list[list[str]]:
    """The ways to install one that this system has, best first."""
    ways = []
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not root or shutil.which("sudo"):
            script = "apt-get -q update && apt-get -q -y --no-install-recommends install chromium"
            ways.append([*root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script])
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return ways


def main() -> int:
    """Return 0 if a browser is there in the end, else 1 after one line that says what to install."""
    if chromium.find():
        return 0
    for command in _commands():
        # What a way that did not work has to say is of no use here: the last line tells what to do.
        step = ["sh", STEP, f"Installing a browser: {' '.join(command)}", *command]
        subprocess.run(step, stderr=subprocess.DEVNULL, check=False)
        if chromium.find():
            return 0
    print(
        "A browser is needed: install Chromium (Debian: apt install chromium; macOS: Chrome), "
        "or name one with CHROMIUM=.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
