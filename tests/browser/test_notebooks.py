"""A notebook with a long output: it is in a box that scrolls, and does not count as text to read."""

import pytest

from tests.support import built, notebooks, persona, server
from tests.support.browsing import NewPage, wait_until
from tests.support.built import Built


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = persona.copy(tmp_path_factory.mktemp("notebooks") / "project")
    printed = "".join(f"step {number} of it\n" for number in range(5000))
    cells = [notebooks.text("# Long\n\nWords.\n"), notebooks.code("go()", notebooks.stream(printed))]
    notebooks.write(root / "docs/notes/posts/long.ipynb", notebooks.raw(notebooks.FRONT), *cells)
    return built.build(root)


def test_a_long_output_is_in_a_box_that_the_keyboard_scrolls(site: Built, new_page: NewPage) -> None:
    (path,) = (page for page in site.pages if "/long/" in page)
    with server.serve(site.site, "/layla") as url:
        page = new_page(width=390)
        page.goto(f"{url}/{path}")
        assert page.evaluate("document.scrollingElement.scrollHeight") < 4000
        box = page.locator(".output code")
        box.focus()
        page.keyboard.press("End")
        wait_until(page, "document.activeElement.scrollTop > 10000")
        page.emulate_media(media="print")
        assert box.evaluate("box => box.scrollHeight - box.clientHeight") < 2


def test_outputs_do_not_count_towards_the_reading_time(site: Built) -> None:
    (path,) = (page for page in site.pages if "/long/" in page)
    (meta,) = site.page(path).css(".post-meta")
    assert "1 min read" in meta.text()
