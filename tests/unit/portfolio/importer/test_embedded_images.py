"""Images in the text of a page: files, or a line of the report."""

import base64
from io import BytesIO

import pytest
from PIL import Image

from portfolio.core.diagnostics import Diagnostic
from portfolio.importer import embedded_images
from portfolio.importer.embedded_images import extract_images
from portfolio.importer.model import BodyFormat, ImportedPage, ImportedSite


def encode_png(width: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, 9), "teal").save(file, "PNG")
    return file.getvalue()


def data_url(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def extract(
    body: str, body_format: BodyFormat = "markdown"
) -> tuple[str, dict[str, bytes | Diagnostic], list[str]]:
    """Return the text, the files and the problems of a page that is called "hills"."""
    page = ImportedPage("a.md", "A", body, body_format, line=5)
    site = extract_images(ImportedSite("old", pages=[page]), ["hills"])
    files = {path: load() for path, load in site.files.items()}
    assert page.body == body
    return site.pages[0].body, files, [str(problem) for problem in site.pages[0].problems]


def test_images_become_files_and_equal_ones_become_one() -> None:
    first, second = encode_png(9), encode_png(10)
    body = (
        f"![A hill]({data_url(first)}) ![]({data_url(second)})\n\n![]({data_url(first)}) `{data_url(first)}`"
    )
    text, files, problems = extract(body)
    assert text == (
        "![A hill](/images/hills-1.png) ![](/images/hills-2.png)\n\n![](/images/hills-1.png) "
        f"`{data_url(first)}`"
    )
    assert files == {"/images/hills-1.png": first, "/images/hills-2.png": second}
    assert problems == []


def test_the_image_of_a_page_becomes_a_file() -> None:
    image = encode_png(9)
    page = ImportedPage("a.md", "A", "Text.", image=data_url(image))
    site = extract_images(ImportedSite("old", pages=[page]), ["hills"])
    assert site.pages[0].image == "/images/hills-1.png"
    assert site.files["/images/hills-1.png"]() == image


def test_images_in_html_become_files() -> None:
    image = encode_png(9)
    text, files, _ = extract(f'<p><img alt="A" src="{data_url(image)}"></p>', "html")
    assert text == '<p><img alt="A" src="/images/hills-1.png"></p>'
    assert files == {"/images/hills-1.png": image}


def test_drawings_are_without_scripts() -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x()</script>'
        '<path d="M0 0h9"/></svg>'
    )
    _, files, problems = extract(f"![A]({data_url(drawing.encode(), 'svg+xml')})")
    (content,) = files.values()
    assert isinstance(content, bytes)
    assert b"<path" in content
    assert b"script" not in content
    assert problems == []


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("data:image/png;base64,AAAA", "is not a valid PNG image"),
        ("data:image/png;base64,A", "is not encoded in base64, as it says"),
        ("data:image/tiff;base64,AAAA", "has the type image/tiff, which this site does not show"),
        ("data:image/svg+xml,%3Csvg", "is not a valid SVG image: unclosed token: line 1, column 0"),
        (data_url(encode_png(9), "gif"), "is a PNG image with a file extension of GIF"),
        (data_url(b"a" * 1_000_001), "is larger than 1 MB"),
    ],
)
def test_images_that_cannot_be_used_are_reported(
    monkeypatch: pytest.MonkeyPatch, url: str, error: str
) -> None:
    # An image of 10 MB would take seconds.
    monkeypatch.setattr(embedded_images, "_MAX_MEGABYTES", 1)
    text, files, problems = extract(f"Text.\n\n![A]({url})")
    assert (text, files) == ("Text.\n\nA", {})
    assert problems == [f"a.md:7:1: the image in the text {error}; it is left out."]


def test_images_that_are_too_small_to_see_stay() -> None:
    pixel = BytesIO()
    Image.new("RGB", (1, 1)).save(pixel, "PNG")
    url = data_url(pixel.getvalue())
    assert extract(f'<img src="{url}">', "html") == (f'<img src="{url}">', {}, [])
