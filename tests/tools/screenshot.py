"""Takes the README's screenshots from `site/`: `.venv/bin/python -m tests.tools.screenshot`."""

import sys
from typing import Literal

from playwright.sync_api import ViewportSize, sync_playwright

from tests.support import chromium, project, server

IMAGES = project.ROOT / ".github" / "images"
VIEWPORT: ViewportSize = {"width": 1120, "height": 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> int:
    """Write the timeline and the newest post, in both colour schemes, to `IMAGES`; return the exit code."""
    site, program = project.ROOT / "site", chromium.find_chromium()
    if not (site / "timeline" / "index.html").exists() or program is None:
        print("Run make build first, and make test once, which installs a browser if there is none.")
        return 1
    with server.serve(site, project.base_path()) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        for scheme in SCHEMES:
            page = browser.new_page(viewport=VIEWPORT, color_scheme=scheme, reduced_motion="reduce")
            page.goto(f"{url}/timeline/")
            page.screenshot(path=IMAGES / f"timeline-{scheme}.png")
            page.goto(f"{url}{project.blog_path()}")
            page.goto(page.locator(".post-more a").first.evaluate("link => link.href"))
            page.screenshot(path=IMAGES / f"post-{scheme}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
