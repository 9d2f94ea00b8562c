from xml.etree import ElementTree

import pytest
from markdown import Markdown

from portfolio.images.catalog import ResponsiveImage, SourceSet
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics

BROKEN = "is not a valid PNG image."
KNOWN: dict[str, ResponsiveImage | str] = {
    "a.jpg": ResponsiveImage(
        1200, 800, (SourceSet("image/avif", (("a.1.480.avif", 480), ("a.1.800.avif", 800))),)
    ),
    "in/b.png": ResponsiveImage(300, 200, dark="b.dark.png"),
    "in/b.dark.png": ResponsiveImage(300, 210),
    "c.png": ResponsiveImage(900, 600, (SourceSet("image/webp", (("c.1.800.webp", 800),)),), "c.dark.png"),
    "c.dark.png": ResponsiveImage(900, 600),
    "broken.png": BROKEN,
}


def convert(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    errors: list[RenderError] = []
    extension = FigureExtension(lambda _, path: KNOWN.get(path), errors.append)
    markdown = Markdown(extensions=["attr_list", extension])
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), errors


def test_a_title_becomes_the_caption_of_an_image_alone_in_its_paragraph() -> None:
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


def test_captions_may_contain_formulas() -> None:
    errors: list[RenderError] = []
    figures = FigureExtension(lambda _, path: KNOWN.get(path), errors.append)
    markdown = Markdown(
        extensions=["pymdownx.arithmatex", FormulaExtension(errors.append), figures],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    text = '![Hills](a.jpg "The *size* $n_i$")\n\n![Hills](a.jpg "Of $\\nosuch$")'
    html = ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>")
    assert [caption.findtext(".//annotation") for caption in html.iter("figcaption")] == ["n_i", None]
    assert [caption.findtext("em") for caption in html.iter("figcaption")] == ["size", None]
    assert [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")] == [(3, 21)]


@pytest.mark.parametrize(
    "text", ["![Hills](a.jpg)", 'Text ![Hills](a.jpg "t") and', '![x](a.jpg "t") ![y](a.jpg)']
)
def test_other_images_are_not_figures(text: str) -> None:
    html, _ = convert(text)
    assert html.find("figure") is None
    assert html.find(".//a[@class='enlarge']") is not None


@pytest.mark.parametrize("path", ["a.jpg", "in/b.png", "c.png"])
def test_text_around_an_image_stays(path: str) -> None:
    html, _ = convert(f"One ![x]({path}) two.")
    assert "".join(html.itertext()).strip() == "One  two."


def test_images_have_their_size_and_variants() -> None:
    html, _ = convert("![x](a.jpg)")
    (image,) = html.iter("img")
    (source,) = html.iter("source")
    assert (image.get("width"), image.get("height"), image.get("decoding")) == ("1200", "800", "async")
    assert source.get("type") == "image/avif"
    assert source.get("srcset") == "a.1.480.avif 480w, a.1.800.avif 800w"
    assert source.get("data-copies") is None


@pytest.mark.parametrize(
    ("attributes", "size"),
    [("width=600", ("600", "400")), ("height=80", ("120", "80")), ("width=6 height=7", ("6", "7"))],
)
def test_a_size_of_the_author_stays(attributes: str, size: tuple[str, str]) -> None:
    html, _ = convert(f"![x](a.jpg){{ {attributes} }}")
    (image,) = html.iter("img")
    assert (image.get("width"), image.get("height")) == size


@pytest.mark.parametrize("value", ["50%", "300px", "auto", "²", "9" * 400, "9" * 5000])
def test_a_size_that_is_not_a_number_of_pixels_is_reported(value: str) -> None:
    text = f'See\n\n![x](a.jpg){{ width="{value}" }}'
    _, errors = convert(text)
    assert [(place.line, place.field) for place in to_diagnostics(errors, text, "page.md")] == [(3, "image")]
    assert f"its width is '{value[:79]}" in errors[0].message


def test_a_wrong_width_and_height_of_an_image_are_reported_together() -> None:
    text = "![x](a.jpg){ width=50% height=auto }\n\n![y](a.jpg){ width=1e9 }"
    _, errors = convert(text)
    places = [(place.line, place.message) for place in to_diagnostics(errors, text, "page.md")]
    assert places == [(1, "its width is '50%' and its height is 'auto'."), (3, "its width is '1e9'.")]


def test_all_images_but_the_first_are_lazy() -> None:
    html, _ = convert("![x](a.jpg)\n\n![y](a.jpg)\n\n![z](https://example.org/z.png)")
    assert [image.get("loading") for image in html.iter("img")] == [None, "lazy", "lazy"]


def test_an_image_in_a_link_is_not_linked_again() -> None:
    html, _ = convert("[![x](a.jpg)](https://example.org/)")
    assert [link.get("href") for link in html.iter("a")] == ["https://example.org/"]


def test_a_dark_variant_follows_the_light_one() -> None:
    html, _ = convert('![x](in/b.png "c")')
    images = [(image.get("src"), image.get("class"), image.get("height")) for image in html.iter("img")]
    assert images == [("in/b.png", "only-light", "200"), ("in/b.dark.png", "only-dark", "210")]


@pytest.mark.parametrize(
    ("attributes", "light", "dark"),
    [
        ("width=150", ("150", "100"), ("150", "105")),
        ("height=100", ("150", "100"), ("143", "100")),
        ("width=6 height=7", ("6", "7"), ("6", "7")),
        ("#id .wide", ("300", "200"), ("300", "210")),
    ],
)
def test_a_size_of_the_author_holds_for_the_dark_variant(
    attributes: str, light: tuple[str, str], dark: tuple[str, str]
) -> None:
    html, _ = convert(f"![x](in/b.png){{ {attributes} }}")
    assert [(image.get("width"), image.get("height")) for image in html.iter("img")] == [light, dark]
    assert len({id for element in html.iter() if (id := element.get("id"))}) == attributes.count("#")
    assert len(html.findall(".//*[@id]")) == attributes.count("#")


def test_the_fragment_for_a_scheme_becomes_a_class() -> None:
    html, _ = convert("![x](a.jpg#only-dark)")
    (image,) = html.iter("img")
    assert (image.get("src"), image.get("class")) == ("a.jpg", "only-dark")


def test_an_unusable_image_is_reported_with_its_place() -> None:
    text = "One.\n\nSee `![x](broken.png)` and ![x](broken.png).\n"
    html, errors = convert(text)
    assert [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")] == [(3, 33)]
    assert [image.get("src") for image in html.iter("img")] == ["broken.png"]
    assert errors[0].message == BROKEN


def test_decorative_images_lose_their_role() -> None:
    html, _ = convert("![](a.jpg){ role=presentation } ![x](a.jpg){ role=presentation }")
    assert [(image.get("role"), image.get("alt")) for image in html.iter("img")] == [
        (None, ""),
        ("presentation", "x"),
    ]
