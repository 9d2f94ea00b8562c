"""What the audit checks on a page in Chromium: bytes, accessibility, policy, layout and the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.audit.content import POSTS, REDIRECT, SEARCH, Audited
from tests.audit.report import Figure
from tests.support import chromium, html
from tests.support.browsing import Scheme, find_axe_violations

_DESKTOP, _PHONE, _SMALL_PHONE = 1280, 390, 320
_HEIGHT = 900
_SCRIPTS = Path(__file__).parent / "scripts.js"
# A slow connection of 4G: layout shifts that fonts and scripts cause are invisible if these arrive at once.
_SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}


class Browsers:
    """Chromium with the usual text size, and with twice that, as readers set it."""

    def __init__(self, usual: Browser, large_text: Browser) -> None:
        self._usual, self._large_text = usual, large_text

    @contextmanager
    def open(self, width: int = _DESKTOP, *, large_text: bool = False) -> Iterator[Page]:
        """Open a page without cookies and cache, with the functions of ``scripts.js`` as ``audit``."""
        browser = self._large_text if large_text else self._usual
        context = browser.new_context(viewport={"width": width, "height": _HEIGHT}, reduced_motion="reduce")
        context.add_init_script(path=_SCRIPTS)
        try:
            yield context.new_page()
        finally:
            context.close()


@contextmanager
def open_browsers() -> Iterator[Browsers]:
    """Start the browsers. A thread can have its own."""
    program = chromium.find_chromium()
    assert program, "no browser: run python -m tests.tools.install_browser"
    with sync_playwright() as playwright:
        launch = partial(playwright.chromium.launch, executable_path=program)
        large = (*chromium.FLAGS, "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26")
        yield Browsers(launch(args=chromium.FLAGS), launch(args=large))


@dataclass(frozen=True)
class Target:
    """A page of a site that is served at ``root``, a URL without a slash at the end."""

    site: Audited
    kind: str
    root: str

    @property
    def url(self) -> str:
        return f"{self.root}/{self.site.pages[self.kind]}"

    @property
    def other_url(self) -> str:
        """The URL of a page that a reader may come from: the home page, or the blog."""
        is_home = self.kind == "home"
        return f"{self.root}/{self.site.pages.get('blog', 'timeline/') if is_home else ''}"

    def figure(self, metric: str, value: float, findings: list[str] | None = None) -> Figure:
        return Figure(self.site.name, self.kind, metric, (value,), tuple(findings or ()))

    def count(self, metric: str, findings: list[str]) -> Figure:
        """Return the number of findings as a figure."""
        return self.figure(metric, len(findings), findings)


def _load(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => null)")


def measure_bytes(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Measure bytes as sent, with headers: of a first visit, of a second page, of HTML and blocking CSS."""
    with browsers.open() as page:
        first = _count_bytes(page)
        _load(page, target.url)
        names = [f"{_kibibytes(size)} KiB {urlsplit(url).path}" for url, size in first.items()]
        yield target.figure("first", sum(first.values()), names)
        yield target.figure("blocking", sum(first[url] for url in page.evaluate("audit.findBlocking()")))
    with browsers.open() as page:
        _load(page, target.other_url)
        second = _count_bytes(page)
        _load(page, target.url)
        names = [f"{_kibibytes(size)} KiB {urlsplit(url).path}" for url, size in second.items() if size]
        yield target.figure("second", sum(second.values()), names)


def _kibibytes(size: float) -> str:
    return f"{size / 1024:.1f}"


def _count_bytes(page: Page) -> dict[str, int]:
    """Return the bytes received for each URL, which grow while the page loads. Cached files have none."""
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session = page.context.new_cdp_session(page)

    def begin(event: Mapping[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def finish(event: Mapping[str, Any]) -> None:
        url = urls.get(event["requestId"], "")
        if url.startswith("http"):
            sizes[url] = sizes.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", begin)
    session.on("Network.loadingFinished", finish)
    session.send("Network.enable")
    return sizes


class _View(NamedTuple):
    """How readers look at a page."""

    name: str
    width: int = _DESKTOP
    scheme: Scheme = "light"
    forced_colors: Literal["active", "none"] = "none"
    large_text: bool = False


_VIEWS = (
    _View("light, 1280 px"),
    _View("dark, 1280 px", scheme="dark"),
    _View("light, 390 px", _PHONE),
    _View("dark, 390 px", _PHONE, "dark"),
    _View("light, 320 px", _SMALL_PHONE),
    _View("forced colours", forced_colors="active"),
    _View("200 % text, 1280 px", large_text=True),
    _View("200 % text, 390 px", _PHONE, large_text=True),
)


# Until observers of sizes have run.
_NEXT_FRAMES = (
    "new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null))))"
)


def _open_views(browsers: Browsers, target: Target) -> Iterator[tuple[_View, Page]]:
    """Yield a page in each view. It is loaded once for each size of text."""
    for is_large, views in groupby(_VIEWS, key=lambda view: view.large_text):
        with browsers.open(large_text=is_large) as page:
            _load(page, target.url)
            for view in views:
                _show(page, view)
                yield view, page


def _show(page: Page, view: _View) -> None:
    page.set_viewport_size({"width": view.width, "height": _HEIGHT})
    page.emulate_media(color_scheme=view.scheme, forced_colors=view.forced_colors)
    page.evaluate(_NEXT_FRAMES)


def check_axe(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Count violations of WCAG 2.2 AA that axe finds, for each view."""
    findings = []
    for view, page in _open_views(browsers, target):
        page.evaluate("document.querySelectorAll('article details').forEach(d => d.open = true)")
        violations = find_axe_violations(page)
        if view.forced_colors == "active":
            # The reader chooses the colours, but axe reads those of the style sheet.
            violations = [text for text in violations if not text.startswith("color-contrast:")]
        findings += [f"{view.name}: {violation}" for violation in violations]
    yield target.count("axe", findings)


def check_overflow(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Count views in which a page scrolls sideways, and words of the navigation that are broken."""
    findings = []
    for view, page in _open_views(browsers, target):
        if overflow := page.evaluate("audit.findOverflow()"):
            findings.append(f"{view.name}: {overflow}")
        words = page.evaluate("audit.findBrokenWords()")
        findings += [f"{view.name}: a word is broken: {link}" for link in words]
    yield target.count("overflow", findings)


_THEME_SWITCH, _THEMES = "header .theme", ("light", "dark", "system")

# A request for any of these before a reader opens the search is one too many.
_SEARCH = re.compile(r"pagefind|search[^/]*\.(json|js|css|wasm)")
_UNSAFE = re.compile(r"'unsafe-[a-z-]+'|\*|\bhttps?:(?=\s|;|$)")


def check_policy(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Count faults of the security policy, its violations in use, console messages and needless requests."""
    findings = list(_find_policy_faults(target.site.file(target.kind)))
    # The audit's scripts are evaluated by the debugger, which no policy restricts.
    with browsers.open() as page:
        messages: list[ConsoleMessage] = []
        requests: list[str] = []
        page.on("console", lambda message: messages.append(message))
        page.on("pageerror", lambda error: findings.append(f"error: {error}"))
        page.on("request", lambda request: requests.append(request.url))
        _load(page, target.url)
        if target.kind == REDIRECT:
            yield target.count("policy", findings)
            return
        own = urlsplit(target.url).path
        findings += [
            f"requested before the search was opened: {urlsplit(url).path}"
            for url in requests
            if target.kind != SEARCH and urlsplit(url).path != own and _SEARCH.search(urlsplit(url).path)
        ]
        _use(page)
        foreign = {url for url in requests if not url.startswith((target.root, "data:", "blob:"))}
        findings += [f"request to another host: {url}" for url in sorted(foreign)]
        findings += [f"console: {message.text}" for message in messages]
        findings += [f"violation: {violation}" for violation in page.evaluate("audit.violations")]
        findings += [f"link without noopener: {url}" for url in page.evaluate("audit.findOpeners()")]
    yield target.count("policy", findings)


def _use(page: Page) -> None:
    """Do what a reader may do on every page: scroll, change the theme, open the search and type."""
    page.evaluate("audit.scroll()")
    for switch in page.locator(_THEME_SWITCH).all():
        for _ in _THEMES:
            switch.click()
    page.keyboard.press("/")
    page.wait_for_timeout(300)
    page.keyboard.type("an")
    page.wait_for_timeout(300)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('article details').forEach(d => d.open = true)")
    page.wait_for_load_state("networkidle")


def _find_policy_faults(path: Path) -> Iterator[str]:
    page = html.parse(path)
    metas = page.css('meta[http-equiv="Content-Security-Policy" i]')
    policies = [html.attribute_value(meta, "content") for meta in metas]
    if not policies:
        yield "no Content-Security-Policy"
    for policy in policies:
        parts = [directive.split() for directive in policy.split(";") if directive.strip()]
        directives = {name: values for name, *values in parts}
        if directives.get("default-src") != ["'none'"]:
            yield f"default-src is not 'none': {policy}"
        yield from (f"unsafe source {match[0]}: {policy}" for match in _UNSAFE.finditer(policy))
        yield from (f"no {name}: {policy}" for name in ("base-uri", "form-action") if name not in directives)
    if not page.css('meta[name="referrer"]'):
        yield "no referrer policy"


def check_shift(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Measure how much moves while a page loads slowly, and when the search opens and closes.

    Unlike the metric of Lighthouse, this one includes shifts right after a key.
    """
    worst, findings = 0.0, []
    for width in (_DESKTOP, _PHONE):
        with browsers.open(width) as page:
            page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", _SLOW)
            _load(page, target.url)
            page.evaluate("audit.scroll()")
            page.keyboard.press("/")
            page.wait_for_timeout(500)
            page.keyboard.press("Escape")
            page.wait_for_timeout(200)
            shifts = page.evaluate("audit.shifts")
        worst = max(worst, sum(shift["value"] for shift in shifts))
        findings += [f"{width} px: {shift['value']:.4f} by {shift['elements']}" for shift in shifts]
    yield target.figure("shift", worst, findings)


def check_keyboard(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Count what a reader cannot reach, see or do with the keyboard alone."""
    findings = []
    for width in (_DESKTOP, _PHONE):
        with browsers.open(width) as page:
            _load(page, target.url)
            number = page.evaluate("audit.beginWalk()")
            # Scrolling areas can be focused, too.
            for _ in range(number + 40):
                page.keyboard.press("Tab")
            findings += [f"{width} px: {finding}" for finding in page.evaluate("audit.endWalk()")]
            findings += [f"{width} px: {finding}" for finding in _find_shortcut_faults(page)]
    yield target.count("keyboard", findings)


_IN_SEARCH = "document.activeElement.matches('input[type=search], input[type=text], [role=combobox]')"


def _find_shortcut_faults(page: Page) -> Iterator[str]:
    """Yield what the keys for the search and the theme fail to do."""
    page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
    for key in ("/", "Control+k"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
        if not page.evaluate(_IN_SEARCH):
            yield f"{key} does not lead to the search"
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        # The page of the search has it in the page.
        if page.evaluate(f"!document.querySelector('.search-page') && {_IN_SEARCH}"):
            yield f"Escape does not close the search that {key} opened"
    menu = page.locator("header .menu-button")
    if menu.is_visible():
        menu.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.matches('header nav a')"):
            yield "Enter and Tab on the menu's button do not lead into the menu"
        page.keyboard.press("Escape")
    switch = page.locator(_THEME_SWITCH)
    if not switch.count():
        yield "the theme switch is missing"
        return
    switch.focus()
    colours = set()
    for _ in _THEMES:
        page.keyboard.press("Space")
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    if len(colours) < 2:
        yield "Space on the theme switch does not change the theme"


def check_search(browsers: Browsers, target: Target) -> Iterator[Figure]:
    """Measure the bytes of a first query, a word, and the time of others, which are titles of posts."""
    if target.kind != SEARCH:
        return
    titles = {
        f"{target.root}/{path}": _read_title(target.site.file(kind))
        for kind, path in target.site.pages.items()
        if kind in POSTS
    }
    word = max(next(iter(titles.values())).split(), key=len)
    with browsers.open() as page:
        _load(page, f"{target.root}/")
        sizes = _count_bytes(page)
        page.keyboard.press("/")
        page.wait_for_selector("dialog[open] input")
        page.keyboard.type(word)
        page.wait_for_selector("dialog .results a")
        page.wait_for_load_state("networkidle")
        names = [f"{size / 1000:.1f} KB {urlsplit(url).path}" for url, size in sizes.items()]
        yield target.figure("query-bytes", sum(sizes.values()), [f"the query is {word}", *names])
    times, findings = [], []
    with browsers.open() as page:
        _load(page, target.url)
        page.evaluate("query => audit.search(query)", word)  # loads what all queries need
        for url, title in titles.items():
            answer = page.evaluate("query => audit.search(query)", title)
            times.append(answer["milliseconds"])
            if answer["first"] != url:
                findings.append(f"“{title}” finds {answer['first']} first")
    yield Figure(target.site.name, target.kind, "query-time", tuple(times))
    yield target.count("queries", findings)


def _read_title(path: Path) -> str:
    heading = html.parse(path).css_first("h1")
    assert heading is not None, f"{path} has no heading"
    return heading.text(deep=False).strip()


def take_screenshots(browsers: Browsers, target: Target, folder: Path) -> Iterator[Figure]:
    """Write pictures of a page in several widths and schemes, and as printed."""
    folder = folder / target.site.name
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", target.kind)
    with browsers.open() as page:
        _load(page, target.url)
        for view in _VIEWS:
            if not view.large_text and view.forced_colors == "none":
                _show(page, view)
                page.evaluate("audit.scroll()")  # loads pictures
                page.wait_for_load_state("networkidle")
                path = folder / f"{name}-{view.width}-{view.scheme}.png"
                page.screenshot(path=path, full_page=_is_short(page))
        _show(page, _VIEWS[0])
        page.emulate_media(media="print")
        page.screenshot(path=folder / f"{name}-print.png", full_page=_is_short(page))
    yield from ()


def _is_short(page: Page) -> bool:
    """Return whether a picture of the whole page is of use; Chromium draws at most 16,384 pixels."""
    height: int = page.evaluate("document.documentElement.scrollHeight")
    return height < 14_000


CHECKS: Mapping[str, Callable[[Browsers, Target], Iterator[Figure]]] = MappingProxyType(
    {
        "bytes": measure_bytes,
        "axe": check_axe,
        "policy": check_policy,
        "shift": check_shift,
        "overflow": check_overflow,
        "keyboard": check_keyboard,
        "search": check_search,
    }
)
