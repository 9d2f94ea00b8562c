"""Reading Medium exports. What a whole export becomes is tested with its fixture."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite
from portfolio.importer.readers import medium


def story(body: str, canonical: str = "", when: str = "2022-05-01T08:30:00.123Z") -> str:
    """Return the file of a story with the title "A title"."""
    return (
        '<article class="h-entry"><h1 class="p-name">A title</h1>'
        '<section data-field="subtitle"> Sub </section>\n'
        f'<section data-field="body">{body}</section><footer><a class="p-author">Ines</a>'
        f'<time class="dt-published" datetime="{when}"></time>'
        f'<a class="p-canonical" href="{canonical}"></a></footer></article>'
    )


def read(folder: Path, files: dict[str, str]) -> ImportedSite:
    """Read an export with files in its folder of posts."""
    (folder / "posts").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "posts" / name).write_text(text, encoding="utf-8")
    source = InputFiles(folder, folder)
    assert medium.detect(source)
    return medium.read(source, lambda *_: None)


def test_a_story_has_its_data_from_the_page_around_it(tmp_path: Path) -> None:
    url = "https://blog.example/a-title-1f2e3d4c5b6a"
    (page,) = read(tmp_path, {"2022-05-01_A-title-1f2e3d4c5b6a.html": story("<p>A</p>", url)}).pages
    assert (page.title, page.url, page.aliases, page.slug) == (
        "A title",
        "/a-title-1f2e3d4c5b6a",
        ("/p/1f2e3d4c5b6a",),
        "a-title",
    )
    assert (page.created, page.authors, page.description, page.feed_id) == (
        datetime(2022, 5, 1, 8, 30, 0, 123000, tzinfo=UTC),
        ("Ines",),
        "Sub",
        "https://medium.com/p/1f2e3d4c5b6a",
    )
    assert (page.body, page.line) == ("<p>A</p>", 2)


def test_only_stories_of_the_most_frequent_host_have_a_url(tmp_path: Path) -> None:
    site = read(
        tmp_path,
        {
            "1.html": story("", "https://medium.com/@a/one-11111111"),
            "2.html": story("", "https://medium.com/@a/two-22222222"),
            "3.html": story("", "https://other.example/three-33333333"),
            "draft_four-44444444.html": story("", "https://medium.com/@a/four-44444444"),
            "5.html": story("", "http://[::1/", "soon"),
        },
    )
    assert site.url == "https://medium.com/"
    assert [(page.url, page.draft) for page in site.pages] == [
        ("/@a/one-11111111", False),
        ("/@a/two-22222222", False),
        ("", False),
        ("", False),
        ("", True),
    ]


def test_the_title_and_the_first_divider_are_left_out(tmp_path: Path) -> None:
    body = (
        '<hr class="section-divider"><h3>A title</h3><h4 class="graf--subtitle">Sub</h4>'
        "<h3>Part</h3><h4>Less</h4>"
        '<hr class="section-divider"><pre data-code-block-lang="go">x<br>y</pre>'
    )
    (page,) = read(tmp_path, {"1.html": story(body)}).pages
    assert page.body == (
        '<p class="graf--subtitle">Sub</p><h2>Part</h2><h3>Less</h3><hr class="section-divider"/>'
        '<pre data-code-block-lang="go" data-language="go">x<br/>y</pre>'
    )


def test_an_image_that_is_not_at_hand_is_reported(tmp_path: Path) -> None:
    (tmp_path / "1*b.png").write_bytes(b"png")
    host = "https://cdn-images-1.medium.com/max/800"
    (page,) = read(tmp_path, {"1.html": story(f'<img src="{host}/1*a.png"><img src="{host}/1*b.png">')}).pages
    assert page.body == f'<img src="{host}/1*a.png"/><img src="/1*b.png"/>'
    assert [str(problem) for problem in page.problems] == [
        "posts/1.html:2:1: 1 image is only on Medium's servers. "
        "Save them in the folder of the export under the same names, and import again."
    ]


@pytest.mark.parametrize("content", ["", "<article class='h-entry'>", "<p>Other</p>"])
def test_other_pages_are_no_stories(tmp_path: Path, content: str) -> None:
    (tmp_path / "index.html").write_text(content, encoding="utf-8")
    assert not medium.detect(InputFiles(tmp_path, tmp_path))


@given(st.text(st.sampled_from('<>/="ahr3img pre '), max_size=60))
def test_any_body_is_read(tmp_path_factory: pytest.TempPathFactory, body: str) -> None:
    read(tmp_path_factory.mktemp("medium"), {"1.html": story(body)})


def test_a_date_and_a_url_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    end = '<a class="p-canonical" href="javascript:x"></a><time class="dt-published" datetime="soon"></time>'
    text = f'<article class="h-entry"><section data-field="body"><p>A</p></section>{end}</article>'
    (page,) = read(tmp_path, {"a.html": text}).pages
    assert (page.url, page.created) == ("", None)
    assert [problem.message for problem in page.problems] == ["'soon' is not a date."]
