from xml.etree import ElementTree

import pytest
from markdown import Markdown

from portfolio.images.catalog import ResponsiveImage, SourceSet
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

BROKEN = "is no PNG picture, or a broken one."
KNOWN: dict[str, ResponsiveImage | str] = {
    "a.jpg": ResponsiveImage(
        1200, 800, (SourceSet("image/avif", (("a.1.480.avif", 480), ("a.1.800.avif", 800))),)
    ),
    "in/b.png": ResponsiveImage(300, 200, dark="b.dark.png"),
    "in/b.dark.png": ResponsiveImage(300, 210),
    "broken.png": BROKEN,
}


def convert(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    misprints: list[RenderError] = []
    extension = FigureExtension(lambda _, path: KNOWN.get(path), misprints.append)
    markdown = Markdown(extensions=["attr_list", extension])
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), misprints


def test_a_title_makes_a_caption_of_a_picture_that_stands_alone() -> None:
    html, _ = convert('![Hills](a.jpg "In **May**, $5 of *it*")')
    (figure,) = html
    assert [child.tag for child in figure] == ["a", "figcaption"]
    caption = figure.find("figcaption")
    assert caption is not None
    assert ElementTree.tostring(caption, encoding="unicode") == (
        "<figcaption>In <strong>May</strong>, $5 of <em>it</em></figcaption>"
    )
    (image,) = figure.iter("img")
    assert (image.get("alt"), image.get("title")) == ("Hills", None)


def test_a_caption_may_have_formulas() -> None:
    misprints: list[RenderError] = []
    figures = FigureExtension(lambda _, path: KNOWN.get(path), misprints.append)
    markdown = Markdown(
        extensions=["pymdownx.arithmatex", FormulaExtension(misprints.append), figures],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    text = '![Hills](a.jpg "The *size* $n_i$")\n\n![Hills](a.jpg "Of $\\nosuch$")'
    html = ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>")
    assert [one.findtext(".//annotation") for one in html.iter("figcaption")] == ["n_i", None]
    assert [one.findtext("em") for one in html.iter("figcaption")] == ["size", None]
    assert [(place.line, place.column) for place in to_diagnostics(misprints, text, "page.md")] == [(3, 21)]


@pytest.mark.parametrize(
    "text", ["![Hills](a.jpg)", 'Text ![Hills](a.jpg "t") and', '![x](a.jpg "t") ![y](a.jpg)']
)
def test_other_pictures_are_no_figures(text: str) -> None:
    html, _ = convert(text)
    assert html.find("figure") is None
    assert html.find(".//a[@class='enlarge']") is not None


def test_text_around_a_picture_stays() -> None:
    html, _ = convert("One ![x](a.jpg) two.")
    assert "".join(html.itertext()).strip() == "One  two."


def test_sizes_and_copies() -> None:
    html, _ = convert("![x](a.jpg)")
    (image,) = html.iter("img")
    (source,) = html.iter("source")
    assert (image.get("width"), image.get("height"), image.get("decoding")) == ("1200", "800", "async")
    assert source.get("type") == "image/avif"
    assert source.get("srcset") == "a.1.480.avif 480w, a.1.800.avif 800w"
    assert source.get("data-copies") is None


@pytest.mark.parametrize(
    ("given", "size"),
    [("width=600", ("600", "400")), ("height=80", ("120", "80")), ("width=6 height=7", ("6", "7"))],
)
def test_a_size_that_is_given_stays(given: str, size: tuple[str, str]) -> None:
    html, _ = convert(f"![x](a.jpg){{ {given} }}")
    (image,) = html.iter("img")
    assert (image.get("width"), image.get("height")) == size


@pytest.mark.parametrize("given", ["50%", "300px", "auto"])
def test_a_size_that_is_no_number_is_told(given: str) -> None:
    text = f'See\n\n![x](a.jpg){{ width="{given}" }}'
    _, misprints = convert(text)
    assert [(place.line, place.field) for place in to_diagnostics(misprints, text, "page.md")] == [
        (3, "image")
    ]
    assert f"its width is '{given}'" in misprints[0].message


def test_all_pictures_but_the_first_wait() -> None:
    html, _ = convert("![x](a.jpg)\n\n![y](a.jpg)\n\n![z](https://example.org/z.png)")
    assert [image.get("loading") for image in html.iter("img")] == [None, "lazy", "lazy"]


def test_a_picture_in_a_link_keeps_it() -> None:
    html, _ = convert("[![x](a.jpg)](https://example.org/)")
    assert [link.get("href") for link in html.iter("a")] == ["https://example.org/"]


def test_a_dark_variant_stands_beside_the_light_one() -> None:
    html, _ = convert('![x](in/b.png "c")')
    images = [(image.get("src"), image.get("class"), image.get("height")) for image in html.iter("img")]
    assert images == [("in/b.png", "only-light", "200"), ("in/b.dark.png", "only-dark", "210")]


def test_materials_mark_of_a_scheme_becomes_a_class() -> None:
    html, _ = convert("![x](a.jpg#only-dark)")
    (image,) = html.iter("img")
    assert (image.get("src"), image.get("class")) == ("a.jpg", "only-dark")


def test_what_cannot_be_shown_is_reported_with_its_place() -> None:
    text = "One.\n\nSee `![x](broken.png)` and ![x](broken.png).\n"
    html, misprints = convert(text)
    assert [(place.line, place.column) for place in to_diagnostics(misprints, text, "page.md")] == [(3, 33)]
    assert [image.get("src") for image in html.iter("img")] == ["broken.png"]
    assert misprints[0].message == BROKEN


def test_a_picture_that_only_adorns_says_so_as_html_does() -> None:
    html, _ = convert("![](a.jpg){ role=presentation } ![x](a.jpg){ role=presentation }")
    assert [(one.get("role"), one.get("alt")) for one in html.iter("img")] == [
        (None, ""),
        ("presentation", "x"),
    ]
