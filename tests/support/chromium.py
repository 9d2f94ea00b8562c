"""Finds the Chromium that the tests drive."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC_APPS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)

# Tests check the requests of pages, so Chromium makes none of its own.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> Path | None:
    """Return the browser: of CHROMIUM, of the search path, of macOS, or of Playwright."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return Path(chosen)
    for name in _NAMES:
        program = shutil.which(name)
        if program:
            return Path(program)
    if sys.platform == "darwin":
        for application in _MAC_APPS:
            if application.exists():
                return application
    with sync_playwright() as playwright:
        program_of_playwright = Path(playwright.chromium.executable_path)
    return program_of_playwright if program_of_playwright.exists() else None
