"""Takes the README's picture of the timeline from `site/`: `.venv/bin/python -m tests.tools.screenshot`."""

import sys

from playwright.sync_api import sync_playwright

from tests.support import chromium, project, server

PICTURE = project.ROOT / ".github" / "timeline.png"


def main() -> int:
    """Write the picture; returns the exit code."""
    site, program = project.ROOT / "site", chromium.find()
    if not (site / "timeline" / "index.html").exists() or program is None:
        print("Run make build first, and make test once, which installs a browser where there is none.")
        return 1
    with server.serve(site, project.base()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        page = browser.new_page(viewport={"width": 1120, "height": 900}, reduced_motion="reduce")
        page.goto(f"{address}/timeline/")
        page.screenshot(path=PICTURE)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
