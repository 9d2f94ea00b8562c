"""Pages of a real browser, with their requests and errors."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.support import project

Scheme = Literal["light", "dark"]

_AXE = project.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# axe measures elements that the browser would only lay out in view.
_LAY_OUT_ALL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { content-visibility: visible !important; }");
  document.adoptedStyleSheets.push(sheet);
}"""
# Browsers log most of them, but not all.
_REPORT_VIOLATIONS = """addEventListener("securitypolicyviolation", event => console.error(
  `blocked: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
_VIOLATIONS = """async (tags) => {
  const results = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""


@dataclass
class Record:
    """What a page did since it was opened: requests, messages in the console, uncaught exceptions.

    Of the messages, it has errors and warnings.
    """

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


def wait_until(page: Page, condition: str) -> None:
    """Wait until an expression or a function of a page returns true; fail after ten seconds.

    Playwright's own `wait_for_function` needs ``eval``, which the policy of our pages does not allow.
    """
    deadline = time.monotonic() + 10
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


class NewPage:
    """Opens pages, each with cookies and storage of its own, and keeps a record of each."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._records: dict[Page, Record] = {}

    def __call__(
        self,
        *,
        width: int = 1280,
        height: int = 900,
        scheme: Scheme = "light",
        javascript: bool = True,
        **options: Any,  # passed on to Browser.new_context, whose types are Playwright's to check
    ) -> Page:
        """Open a page of `width` × `height` CSS pixels in the colour scheme that the reader prefers.

        Motion is reduced, so that nothing is measured half-way through a transition.
        """
        settings: Mapping[str, Any] = {"reduced_motion": "reduce", **options}
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            **settings,
        )
        self._contexts.append(context)
        page = context.new_page()
        record = self._records[page] = Record()
        page.add_init_script(_REPORT_VIOLATIONS)
        page.on("request", lambda request: record.requests.append(request.url))
        page.on("console", record.note)
        page.on("pageerror", lambda error: record.errors.append(str(error)))
        return page

    def record(self, page: Page) -> Record:
        """Return what `page`, which was opened here, has done so far."""
        return self._records[page]

    def close(self) -> None:
        """Close every page that was opened here."""
        for context in self._contexts:
            context.close()


def find_axe_violations(page: Page) -> list[str]:
    """Return each violation of accessibility that axe finds on a page."""
    page.evaluate(_LAY_OUT_ALL)
    # A script element would violate the page's content security policy.
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    violations: list[str] = page.evaluate(_VIOLATIONS, _RULES)
    return violations
