"""Installs a browser for the tests if there is none: `python -m tests.tools.install_browser`."""

import os
import shutil
import subprocess
import sys

from tests.support import chromium, project

STEP = str(project.ROOT / "hooks" / "tools" / "step.sh")


def _commands() -> list[list[str]]:
    """Return the commands that can install a browser on this system, best first."""
    commands = []
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if not root or shutil.which("sudo"):
            script = "apt-get -q update && apt-get -q -y --no-install-recommends install chromium"
            commands.append([*root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script])
    commands.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return commands


def main() -> int:
    """Return 0 if there is a browser in the end, else 1 after one line that says what to install."""
    if chromium.find_chromium():
        return 0
    for command in _commands():
        # The output of a failed attempt does not help: the last line says what to do.
        step = ["sh", STEP, f"Installing a browser: {' '.join(command)}", *command]
        subprocess.run(step, stderr=subprocess.DEVNULL, check=False)
        if chromium.find_chromium():
            return 0
    print(
        "A browser is required. Install Chromium (Debian: apt install chromium; macOS: Chrome), "
        "or set CHROMIUM= to its path.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
