"""The live preview in a browser: changes appear at the same scroll position, and errors in an overlay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import live
from tests.support.browsing import NewPage, wait_until
from tests.support.live import Preview, post

pytestmark = pytest.mark.thorough

FIRST = "/blog/2026/01/01/first/"


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    root = tmp_path_factory.mktemp("live") / "site"
    live.write(root)
    with live.serve(root) as preview:
        yield preview


def _open(new_page: NewPage, preview: Preview, path: str, **options: str) -> Page:
    page = new_page(**options)  # type: ignore[arg-type]
    with page.expect_response("**/livereload"):
        page.goto(f"{preview.url}{path}")
    page.evaluate("window.isSameDocument = true")
    return page


def _top(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["y"]


def test_a_changed_text_is_patched_without_a_reload(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/")
    below = page.get_by_text("Paragraph 150.", exact=True)
    below.evaluate("element => scrollTo({top: element.offsetTop, behavior: 'instant'})")
    before = _top(below)
    home = preview.root / "docs/index.md"
    home.write_text(home.read_text().replace("Paragraph 9.", "\n\n".join(["It grows."] * 30)))
    expect(page.get_by_text("It grows.")).to_have_count(30)
    assert abs(_top(below) - before) < 1
    assert page.evaluate("window.isSameDocument")
    # The second patch starts from the first.
    home.write_text(home.read_text().replace("Welcome.", "*Welcome* all."))
    expect(page.get_by_text("Welcome all.")).to_be_attached()
    assert page.evaluate("window.isSameDocument")
    assert new_page.record(page).errors == []


def test_an_update_that_fails_does_not_prevent_the_next(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, FIRST)
    # As when the connection is lost within a response.
    page.evaluate(
        """() => {
            const read = Response.prototype.text
            Response.prototype.text = () => {
                Response.prototype.text = read
                window.hasFailed = true
                return Promise.reject(new TypeError("network error"))
            }
        }"""
    )
    source = preview.root / "docs/blog/posts/first.md"
    good = source.read_text()
    source.write_text(good.replace("Body", "A body that is not read"))
    wait_until(page, "window.hasFailed")
    source.write_text(good.replace("Body", "A body that is read"))
    expect(page.get_by_text("A body that is read")).to_be_attached()
    assert new_page.record(page).errors == ["network error"]
    source.write_text(good)


def test_a_reload_restores_the_scroll_position(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/")
    below = page.get_by_text("Paragraph 120.", exact=True)
    below.evaluate("element => scrollTo({top: element.offsetTop, behavior: 'instant'})")
    before = _top(below)
    home = preview.root / "docs/index.md"
    code = "```\ncode\n```\n\n## A heading\n\n" + "More.\n\n" * 20
    home.write_text(home.read_text().replace("Paragraph 5.", code))
    expect(page.get_by_text("More.").first).to_be_attached()
    wait_until(page, "!window.isSameDocument && scrollY > 0")
    assert abs(_top(below) - before) < 1


def test_a_reload_restores_open_details_and_the_focus(preview: Preview, new_page: NewPage) -> None:
    about = preview.root / "docs/about.md"
    text = "# About\n\nSee [home](index.md).\n\n<details><summary>More</summary>Hidden.</details>\n"
    about.write_text(text)
    preview.wait_for_text("/about/", "Hidden.")
    page = _open(new_page, preview, "/about/")
    page.get_by_text("More").click()
    page.get_by_role("link", name="home", exact=True).focus()
    about.write_text(text.replace("\n\n", "\n\n[First](index.md)\n\n```\ncode\n```\n\n", 1))
    expect(page.get_by_text("code")).to_be_visible()
    expect(page.get_by_text("Hidden.")).to_be_visible()
    expect(page.get_by_role("link", name="home", exact=True)).to_be_focused()


def test_a_patch_keeps_the_scroll_position_and_the_focus(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/")
    page.evaluate("scrollTo({top: 3000, behavior: 'instant'})")
    link = page.get_by_role("link", name="Home").first
    link.evaluate("link => link.focus({preventScroll: true})")
    home = preview.root / "docs/index.md"
    home.write_text(home.read_text().replace("Paragraph 199.", "The last paragraph."))
    expect(page.get_by_text("The last paragraph.")).to_be_attached()
    wait_until(page, "scrollY === 3000 && document.activeElement.matches('a')")
    # A change of another page does not reload this one.
    page.evaluate("window.isSameDocument = true")
    about = preview.root / "docs/about.md"
    about.write_text("# About\n\nSomething else.\n")
    preview.wait_for_text("/about/", "Something else.")
    preview.wait_for_event("problems")
    page.wait_for_timeout(300)
    assert page.evaluate("window.isSameDocument")
    assert new_page.record(page).errors == []


def test_a_changed_style_sheet_is_replaced_without_a_reload(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/about/")
    (preview.root / "docs/assets/sheet.css").write_text("p { color: rgb(1, 2, 3) }\n")
    paragraph = page.locator("article p").first
    expect(paragraph).to_have_css("color", "rgb(1, 2, 3)")
    assert page.evaluate("window.isSameDocument")


@pytest.mark.parametrize(
    ("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(28, 27, 26)")]
)
def test_errors_are_shown_over_the_last_good_page(
    preview: Preview, new_page: NewPage, scheme: str, background: str
) -> None:
    page = _open(new_page, preview, FIRST, scheme=scheme)
    first: Path = preview.root / "docs/blog/posts/first.md"
    good = first.read_text()
    first.write_text(good.replace("# First", "# First\n\n[a](no-<b>such</b>.md)"))
    dialog = page.locator("live-problems").get_by_role("dialog")
    expect(dialog).to_contain_text("no-<b>such</b>.md")
    expect(dialog).to_have_accessible_name("1 problem")
    expect(dialog).to_have_css("background-color", background)
    expect(page.get_by_role("heading", name="First")).to_be_attached()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    first.write_text(good.replace("date: ", "date: ["))
    expect(dialog).to_contain_text("first.md")
    expect(page.get_by_text("Body of first.")).to_be_attached()
    first.write_text(good.replace("Body", "The colour"))
    expect(dialog).to_contain_text("docs/blog/posts/first.md:14:5")
    for text in ("text: 'colour' is British English.", "Write 'color'.", "spelling.british"):
        expect(dialog.get_by_text(text, exact=True)).to_be_visible()
    first.write_text(good)
    expect(dialog).to_have_count(0)
    assert new_page.record(page).errors == []


def test_a_retitled_post_is_followed_to_its_new_url(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/blog/2026/01/03/third/")
    third = preview.root / "docs/blog/posts/third.md"
    good = third.read_text()
    third.write_text(good.replace("# Third", "# Third time"))
    page.wait_for_url("**/blog/2026/01/03/third-time/")
    expect(page.get_by_role("heading", name="Third time")).to_be_visible()
    third.write_text(good)
    page.wait_for_url("**/blog/2026/01/03/third/")
    assert new_page.record(page).errors == []


def test_a_deleted_page_that_is_restored_is_shown_again(preview: Preview, new_page: NewPage) -> None:
    page = _open(new_page, preview, "/blog/2026/01/02/second/")
    second = preview.root / "docs/blog/posts/second.md"
    second.unlink()
    expect(page.get_by_role("heading", name="404 - Not found")).to_be_visible()
    second.write_text(post("Second", "It is back.", day=2))
    expect(page.get_by_text("It is back.")).to_be_visible()
