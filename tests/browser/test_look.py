"""The look: line length, colour schemes, focus, print."""

from pathlib import Path
from statistics import median

import markdown
import pytest
from playwright.sync_api import Page

from portfolio.timeline.views import HUES as HUE_COUNT
from tests.support import html, project
from tests.support.browsing import NewPage, Scheme, wait_until

# The number of characters on each line of a paragraph but the last, by their positions.
LINES = """paragraph => {
  const range = document.createRange(), lines = new Map();
  const texts = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    for (let i = 0; i < texts.currentNode.length; i++) {
      range.setStart(texts.currentNode, i);
      range.setEnd(texts.currentNode, i + 1);
      const box = range.getBoundingClientRect();
      const line = Math.round(box.bottom / 10);
      if (box.width) lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  }
  return [...lines.values()].slice(0, -1);
}"""

SHADOWS = """() => [...document.querySelectorAll("body *")].flatMap(element =>
  [undefined, "::before", "::after"]
    .map(part => [part, getComputedStyle(element, part)])
    .filter(([, style]) => style.boxShadow !== "none" && !["absolute", "fixed"].includes(style.position))
    .map(([part]) => element.tagName + "." + element.className + (part ?? "")))"""

# Red, green and blue, 0 to 255, of a CSS colour.
COLOUR = """value => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = value;
  const colour = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number);
  probe.remove();
  return colour.slice(0, 3);
}"""

# The outline and box of the focused element.
FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  return { name: element.outerHTML.slice(0, 120), body: element === document.body, line: style.outlineStyle,
           width: parseFloat(style.outlineWidth), colour: style.outlineColor, area: box.width * box.height };
}"""

# The colours that the browser's own bars have now.
THEME_COLOURS = """() => [...document.querySelectorAll('meta[name="theme-color"]')]
  .filter(meta => matchMedia(meta.media).matches).map(meta => meta.content)"""

INKS = ["--ink", "--ink-soft", "--accent", "--teal"]
HUES = ["--blue", "--green", "--amber", "--red", "--violet"]


def _luminance(colour: list[float]) -> float:
    """Relative luminance, WCAG 2.2, of an sRGB colour in 0 to 255."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(page: Page, first: str, second: str) -> float:
    """Contrast ratio, WCAG 2.2, of two CSS colours, in the page's scheme."""
    dark, light = sorted(_luminance(page.evaluate(COLOUR, colour)) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def _first_post(site: Path) -> str:
    return next(path for path in html.page_paths(site) if path.startswith(f"{project.blog_path()}2"))


@pytest.mark.parametrize("width", [1280, 2200])
def test_prose_is_18_px_with_a_readable_line_length(
    site: Path, site_url: str, new_page: NewPage, width: int
) -> None:
    page = new_page(width=width)
    page.goto(site_url + _first_post(site))
    paragraphs = page.locator(".content > p:not([class])")
    size, height = paragraphs.first.evaluate(
        "p => [getComputedStyle(p).fontSize, getComputedStyle(p).lineHeight].map(parseFloat)"
    )
    assert size == 18
    assert height / size == pytest.approx(1.6, abs=0.05)
    lines = [count for paragraph in paragraphs.all() for count in paragraph.evaluate(LINES)]
    assert 58 <= median(lines) <= 76, lines


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast_on_every_background(
    site_url: str, new_page: NewPage, scheme: Scheme
) -> None:
    page = new_page(scheme=scheme)
    page.goto(site_url + "/")
    pairs = [(ink, ground) for ink in INKS for ground in ("--paper", "--shade", "--accent-soft")]
    pairs += [(hue, ground) for hue in HUES for ground in ("--paper", "--shade")]
    ratios = {pair: _contrast(page, f"var({pair[0]})", f"var({pair[1]})") for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_hues_of_the_timeline_differ_from_the_background(
    site_url: str, new_page: NewPage, scheme: Scheme
) -> None:
    page = new_page(scheme=scheme)
    page.goto(site_url + "/timeline/")
    ratios = {
        number: _contrast(page, f"var(--hue-{number})", "var(--paper)") for number in range(HUE_COUNT + 1)
    }
    assert {number: ratio for number, ratio in ratios.items() if ratio < 3} == {}
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--hue-9')") == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scheme_follows_the_system_without_javascript(
    site_url: str, new_page: NewPage, scheme: Scheme
) -> None:
    page = new_page(scheme=scheme, javascript=False)
    page.goto(site_url + "/")
    paper = page.evaluate(COLOUR, "var(--paper)")
    assert (_luminance(paper) > 0.5) == (scheme == "light")
    theme_color = page.locator(f'meta[name="theme-color"][media*="{scheme}"]').get_attribute("content")
    assert page.evaluate(COLOUR, theme_color) == paper


def test_theme_can_be_that_of_the_system_or_light_or_dark_and_is_remembered(
    site_url: str, new_page: NewPage
) -> None:
    page = new_page(scheme="light")
    page.goto(site_url + "/")
    for name in ("as the system", "light", "dark", "as the system"):
        for path in ("/", project.blog_path()):
            page.goto(site_url + path)
            paper = page.evaluate(COLOUR, "var(--paper)")
            assert (_luminance(paper) < 0.5) == (name == "dark")
            colours = page.evaluate(THEME_COLOURS)
            assert [page.evaluate(COLOUR, colour) for colour in colours] == [paper]
            assert page.get_by_role("button", name=f"Theme: {name}").is_visible()
        page.locator(".theme").focus()
        page.keyboard.press("Space")


@pytest.mark.parametrize("width", [1280, 390])
def test_keyboard_focus_is_visible(site: Path, site_url: str, new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    for path in ("/", "/publications/", _first_post(site)):
        page.goto(site_url + path)
        page.wait_for_load_state("networkidle")
        names = []
        for _ in range(12):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            names.append(focus["name"])
            if focus["body"]:
                break
            assert focus["line"] not in ("none", "hidden"), names
            assert focus["width"] >= 2, names
            assert focus["area"] > 0, names
            assert _contrast(page, focus["colour"], "var(--paper)") >= 3, names
            page.keyboard.press("Escape")  # on a narrow screen the focused search covers the page
        assert "skip-link" in names[0]
        assert len(set(names)) > 6, names


def test_only_what_floats_has_a_shadow(site: Path, site_url: str, new_page: NewPage) -> None:
    page = new_page(height=400)
    for path in ("/", "/timeline/", "/publications/", "/cv/", project.blog_path(), _first_post(site)):
        page.goto(site_url + path)
        page.mouse.wheel(0, 300)
        wait_until(page, "scrollY > 0")
        assert page.evaluate(SHADOWS) == [], path


def test_print_is_dark_on_white_without_header_and_footer(
    site: Path, site_url: str, new_page: NewPage
) -> None:
    page = new_page(scheme="dark")
    page.goto(site_url + _first_post(site))
    page.emulate_media(media="print")
    for chrome in (".site-header", ".site-footer", ".margin", ".neighbours"):
        assert page.locator(chrome).count() == 1
        assert page.locator(chrome).is_hidden(), chrome
    assert page.locator("h1").is_visible()
    assert page.evaluate(COLOUR, "var(--paper)") == [255, 255, 255]
    assert _contrast(page, "var(--ink)", "var(--paper)") > 10


def test_print_shows_the_urls_of_links(site_url: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(site_url + "/")
    page.emulate_media(media="print")
    link = page.locator('a[rel="me"]').first
    assert link.is_visible()
    url = link.get_attribute("href")
    assert url
    assert url in link.evaluate("a => getComputedStyle(a, '::after').content")


# The distance between the top of each line number and the top of its line.
NUMBER_DISTANCES = """() => {
  const code = document.querySelector("#numbered pre > code"), range = document.createRange();
  const top = (node, length) => {
    range.setStart(node, 0);
    range.setEnd(node, length);
    return range.getBoundingClientRect().top;
  };
  const numbers = [...document.querySelectorAll("#numbered .normal, #numbered [data-linenos]")];
  const lines = [...code.querySelectorAll(".nb")].map(word => top(word.firstChild, 1));
  const tops = numbers.map(number =>
    number.firstChild ? top(number.firstChild, 1) : number.getBoundingClientRect().top);
  const offset = lines[0] - tops[0];
  return lines.map((line, index) => Math.abs(line - tops[index] - offset));
}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("style", ["pymdownx-inline", "table"])
def test_line_numbers_are_beside_their_lines(
    site_url: str, new_page: NewPage, style: str, width: int
) -> None:
    code = "\n".join(f'print("{"many words, " * (number % 12)}世界")' for number in range(60))
    markup = markdown.markdown(
        f'``` python linenums="1"\n{code}\n```\n',
        extensions=["pymdownx.superfences", "pymdownx.highlight"],
        extension_configs={"pymdownx.highlight": {"linenums_style": style}},
    )
    page = new_page(width=width)
    page.goto(f"{site_url}/")
    page.evaluate(
        """markup => document.querySelector("article").insertAdjacentHTML(
          "beforeend", `<div id="numbered" class="prose">${markup}</div>`)""",
        markup,
    )
    distances = page.evaluate(NUMBER_DISTANCES)
    assert len(distances) == 60
    assert max(distances) < 0.1
