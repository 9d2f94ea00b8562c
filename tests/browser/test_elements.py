"""The page with every element, and the sheets of formulas and diagrams, with scripts and without."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.support import persona, project, server
from tests.support.browsing import NewPage, Scheme, find_axe_violations

# Layout shifts in the article, by the elements that moved.
SHIFTS = """window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries())
    for (const { node } of entry.sources)
      if (node?.parentElement?.closest("article")) shifts.push(node.nodeName);
}).observe({ type: "layout-shift", buffered: true })"""
SCROLL_THROUGH = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 400) {
    scrollTo(0, y);
    await new Promise(done => setTimeout(done, 20));
  }
}"""
# Parts of formulas that overlap the part before them, or extend beyond their row. Only a negative space may.
OVERLAPS = """() => [...document.querySelectorAll("math mrow")].flatMap(row => {
  const edge = (element, side) => element.getBoundingClientRect()[side];
  const parts = [...row.children];
  const early = parts.slice(1).filter((part, place) => {
    const space = [parts[place], part].some(element => element.tagName === "mspace");
    return !space && edge(part, "left") < edge(parts[place], "right") - 2;
  });
  const out = parts.filter(part => edge(part, "right") > edge(row, "right") + 2);
  return [...early, ...out].map(part => `${part.textContent} in ${row.textContent}`);
})"""

# For each button in a code block of the page: the size of the button, and the texts that it covers.
COPY_BUTTONS = """() => [...document.querySelectorAll("article div.highlight")].map(block => {
  const button = block.querySelector(":scope > .copy-code"), covered = [], range = document.createRange();
  if (!button || getComputedStyle(button).opacity !== "1") return ["no button"];
  const box = button.getBoundingClientRect();
  const texts = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (button.contains(text) || !text.data.trim()) continue;
    range.selectNodeContents(text);
    // What is scrolled out of sight covers nothing.
    const end = text.parentElement.closest("pre > code")?.getBoundingClientRect().right ?? innerWidth;
    for (const { left, right, top, bottom } of range.getClientRects())
      if (left < box.right && Math.min(right, end) > box.left && top < box.bottom - 1 && bottom > box.top + 1)
        covered.push(text.data);
  }
  return box.width >= 24 && box.height >= 24 ? covered : ["too small"];
})"""


@pytest.fixture
def elements(site: Path, site_url: str) -> str:
    """The URL of the page with every element, which an owner may have removed."""
    if not (site / "elements" / "index.html").is_file():
        pytest.skip("the site has no page of elements")
    return f"{site_url}/elements/"


def _scroll_through(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate(SCROLL_THROUGH)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_element_is_accessible_and_does_not_shift(
    elements: str, site_url: str, new_page: NewPage, scheme: Scheme, width: int
) -> None:
    page = new_page(width=width, scheme=scheme)
    page.add_init_script(SHIFTS)
    _scroll_through(page, elements)
    record = new_page.record(page)
    assert [url for url in record.requests if not url.startswith((site_url, "data:"))] == []
    assert record.errors == []
    assert page.evaluate("shifts") == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert find_axe_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_works_without_scripts(elements: str, new_page: NewPage, scheme: Scheme) -> None:
    page = new_page(scheme=scheme, javascript=False)
    page.goto(elements)
    for part in (
        "math",
        ".diagram svg",
        "figure img",
        ".table table",
        ".admonition",
        "details",
        "abbr[title]",
    ):
        assert page.locator(f"article {part}:visible").count(), part
    assert page.locator("img.only-dark").is_visible() == (scheme == "dark")
    assert page.locator("img.only-light").is_visible() == (scheme == "light")
    with page.expect_navigation(url="**/hills.jpg"):
        page.locator("figure a.enlarge").first.click()


def test_an_image_opens_in_a_dialog(elements: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(elements)
    page.locator("figure a.enlarge").first.press("Enter")
    assert page.locator("dialog[open] img").get_attribute("alt")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.url.endswith("/elements/")


def test_a_copied_formula_is_its_tex(elements: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(elements)
    copied = page.evaluate("""() => {
      getSelection().selectAllChildren(document.querySelector("article p:has(math)"));
      const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
      document.dispatchEvent(event);
      return event.clipboardData.getData("text/plain");
    }""")
    assert r"$\E[x] = \int x \, p(x) \, \mathrm{d}x$" in copied


@pytest.mark.parametrize("width", [1280, 390])
def test_every_code_block_has_a_copy_button_that_covers_nothing(
    elements: str, new_page: NewPage, width: int
) -> None:
    page = new_page(width=width, has_touch=width == 390)
    page.goto(elements)
    blocks = page.evaluate(COPY_BUTTONS)
    assert len(blocks) > 2
    assert [covered for covered in blocks if covered] == []


def test_contents_are_below_the_title_of_narrow_pages(elements: str, new_page: NewPage) -> None:
    page = new_page(width=390, javascript=False)
    page.goto(elements)
    assert page.locator(".contents:visible").count() == 0
    menu = page.locator("h1 + .contents-menu")
    menu.locator("summary").click()
    menu.get_by_role("link", name="Math").click()
    assert page.locator("h2:target").get_attribute("id") == "math"
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".contents").is_visible()
    assert menu.is_hidden()


def test_contents_give_way_to_wide_code(elements: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(elements)
    contents = page.locator(".contents")
    page.locator("#math ~ .highlight").first.scroll_into_view_if_needed()
    page.locator("#math").evaluate("heading => heading.scrollIntoView()")
    page.locator(".contents.covered").wait_for(state="attached")
    assert contents.evaluate("list => getComputedStyle(list).opacity") == "0"
    contents.locator("a").first.focus()
    assert contents.evaluate("list => getComputedStyle(list).opacity") == "1"
    page.locator("#callouts").evaluate("heading => heading.scrollIntoView()")
    page.locator(".contents.covered").wait_for(state="detached")


def test_a_footnote_is_beside_its_reference(elements: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(elements)
    note, reference = page.locator(".sidenote"), page.locator(".footnote-ref")
    note.scroll_into_view_if_needed()
    assert note.inner_text().strip() == page.locator(".footnote li").inner_text().removesuffix("↩").strip()
    beside, text, link = (item.bounding_box() for item in (note, page.locator("article"), reference))
    assert beside
    assert text
    assert link
    assert beside["x"] > text["x"] + text["width"]
    assert abs(beside["y"] - link["y"]) < link["height"]
    page.emulate_media(media="print")
    assert note.is_hidden()
    assert page.locator(".footnote li").is_visible()


def test_a_footnote_opens_in_a_popup_on_a_phone(elements: str, new_page: NewPage) -> None:
    page = new_page(width=390)
    page.goto(elements)
    reference, popup = page.locator(".footnote-ref"), page.locator(".popup")
    assert page.locator(".sidenote:visible").count() == 0
    reference.press("Enter")
    assert popup.inner_text().strip() == "The source of the claim."
    assert popup.evaluate("popup => popup === document.activeElement")
    assert find_axe_violations(page) == []
    page.keyboard.press("Escape")
    assert popup.is_hidden()
    assert reference.evaluate("link => link === document.activeElement")
    assert page.url == elements


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The persona's site with a page of five photographs as large as a phone's."""
    root = persona.copy(tmp_path_factory.mktemp("photographs") / "project")
    (root / "docs" / "photographs").mkdir()
    text = "# Photographs\n\n"
    for number in range(5):
        _photograph(number).save(root / f"docs/photographs/{number}.jpg", quality=92)
        text += f'![Number {number}](photographs/{number}.jpg "The caption of {number}.")\n\n'
    (root / "docs" / "photographs.md").write_text(text)
    settings = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(settings.replace("  /sheets/\n", "  /sheets/\n  /photographs.md\n"))
    built = project.mkdocs(root, "build", "--strict")
    assert built.returncode == 0, built.stderr
    return root


def _photograph(number: int) -> Image.Image:
    """A photograph with slopes, edges and some grain."""
    slope = Image.radial_gradient("L").resize((2016, 1512)).rotate(40 * number)
    hills = Image.effect_mandelbrot((2016, 1512), (-2 + number / 9, -1, 1, 1), 60)
    grain = Image.effect_noise((2016, 1512), 30)
    image = Image.merge("RGB", (slope, Image.blend(slope, hills, 0.4), hills))
    return Image.blend(image, grain.convert("RGB"), 0.06)


def test_a_phone_loads_a_fifth_of_the_bytes(photographs: Path, new_page: NewPage) -> None:
    originals = sum(path.stat().st_size for path in (photographs / "docs/photographs").iterdir())
    with server.serve(photographs / "site", "/layla") as url:
        page = new_page(width=390, height=844, device_scale_factor=3)
        loaded: dict[str, int] = {}
        page.on("response", lambda response: loaded.update({response.url: len(response.body())}))
        _scroll_through(page, f"{url}/photographs/")
        images = {path: size for path, size in loaded.items() if "/photographs/" in path and "." in path[-5:]}
        assert len(images) == 5
        assert all(path.endswith(".avif") for path in images)
        assert sum(images.values()) <= originals * 0.2, (sum(images.values()), originals)


def test_variants_look_like_the_original(photographs: Path) -> None:
    """Root mean square of the difference from the original at the same size, of 255, without its grain."""
    for copy in (photographs / "site/photographs").glob("*.1200.*"):
        original = photographs / "docs/photographs" / f"{copy.name.split('.')[0]}.jpg"
        with Image.open(BytesIO(copy.read_bytes())) as small, Image.open(original) as large:
            expected = large.convert("L").resize(small.size, Image.Resampling.LANCZOS)
            pairs = zip(small.convert("L").tobytes(), expected.tobytes(), strict=True)
            squares = [(actual - wanted) ** 2 for actual, wanted in pairs]
        assert (sum(squares) / len(squares)) ** 0.5 < 4, copy.name


@pytest.mark.parametrize("width", [1280, 390])
def test_sheets_contain_every_formula_and_diagram(photographs: Path, new_page: NewPage, width: int) -> None:
    with server.serve(photographs / "site", "/layla") as url:
        page = new_page(width=width, javascript=False)
        page.goto(f"{url}/sheets/formulas/")
        assert page.locator("article math[display=block]").count() == 62
        assert page.evaluate(OVERLAPS) == []
        assert page.locator("article pre").count() == 0
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        page.goto(f"{url}/sheets/diagrams/")
        assert page.locator("article .diagram svg[role=img]").count() == 12
        assert page.locator("article pre").count() == 0
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
