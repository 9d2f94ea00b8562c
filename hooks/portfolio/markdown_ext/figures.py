"""Images on a page: their size, smaller variants, a link to the original, and figures with captions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from urllib.parse import quote as quote_url
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.core.diagnostics import quote
from portfolio.images.catalog import ResponsiveImage
from portfolio.markdown_ext.render_errors import RenderError

# Priorities of treeprocessors; Markdown runs the highest first:
#   7.5   captions  before abbreviations (7), quotes (6) and formulas (5.5), which captions may contain
#   3.5   figures   after attribute lists (8), which may set a size; before MkDocs resolves paths (1, 0)
#   -1    srcset    after that: variants lie beside their image, so their URLs follow from its URL
#   -200  roles     after the lint (-100), which needs to know which images are decorative
_CAPTIONS, _FIGURES, _SRCSET, _ROLES = 7.5, 3.5, -1, -200
# Holds the file names of variants until the URL of their image is known.
_PENDING = "data-copies"
# The text column: see --measure in tokens.css.
_SIZES = "(min-width: 40em) 600px, 92vw"

# Returns the image at a path that the page being converted refers to; the reason, as a predicate, why it
# cannot be used; or None for an image that is not part of the site.
FindImage = Callable[[Markdown, str], ResponsiveImage | str | None]


class FigureExtension(Extension):
    """A Markdown extension for images.

    An image with a title that is alone in its paragraph becomes a figure with that caption. Every image of
    the site gets its width and height, its variants, and a link to the original. ``report`` is called with
    each image that cannot be used.
    """

    reusable = True  # keeps no state of a page: see mkdocs_incremental

    def __init__(self, find_image: FindImage, report: Callable[[RenderError], None]) -> None:
        super().__init__()
        self.find_image = find_image
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_CaptionTreeprocessor(md), "captions", _CAPTIONS)
        md.treeprocessors.register(_FigureTreeprocessor(md, self), "figures", _FIGURES)
        md.treeprocessors.register(_SrcsetTreeprocessor(md), "image-srcset", _SRCSET)
        md.treeprocessors.register(_RoleTreeprocessor(md), "roles", _ROLES)


class _CaptionTreeprocessor(Treeprocessor):
    """Turns images with a title into figures, and parses the title as Markdown."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:
        captions = ElementTree.Element("captions")
        for parent, image, _ in list(_iter_images(root)):
            alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or image.tail or "").strip()
            if alone and "title" in image.attrib:
                parent.tag = "figure"
                caption = ElementTree.SubElement(parent, "figcaption")
                caption.text = image.attrib.pop("title")
                captions.append(caption)
        if len(captions):
            self.markdown.treeprocessors["inline"].run(captions)


class _FigureTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown, extension: FigureExtension) -> None:
        super().__init__(md)
        self.markdown = md
        self.extension = extension

    def run(self, root: ElementTree.Element) -> None:
        for index, (parent, image, in_link) in enumerate(list(_iter_images(root))):
            self._complete(parent, image, in_link, is_first=index == 0)

    def _complete(
        self, parent: ElementTree.Element, image: ElementTree.Element, in_link: bool, is_first: bool
    ) -> None:
        path, _, fragment = image.get("src", "").partition("#")
        if fragment in ("only-dark", "only-light"):
            _add_class(image, fragment)
            image.set("src", path)
        for name in ("width", "height"):
            if not (value := image.get(name, "1")).isdigit():
                hint = f"Write a number of pixels, as in {{ {name}=300 }}."
                self._report("image.invalid-size", image, f"its {name} is {quote(value)}.", hint)
        decorative = image.get("role") == "presentation" and not image.get("alt")
        info = self.extension.find_image(self.markdown, path)
        if isinstance(info, str):
            self._report("image.unusable", image, info)
        elif info is not None:
            _set_size(image, info)
            elements = self._with_dark_variant(image, info, path) if info.dark else [_wrap(image, info)]
            _replace(parent, image, elements if in_link or decorative else list(map(_link, elements)))
        # The first image is on the screen when the page opens; a hidden one is not fetched if it is lazy.
        if not is_first or info is None or (isinstance(info, ResponsiveImage) and info.dark):
            for element in parent.iter("img"):
                element.set("loading", "lazy")

    def _with_dark_variant(
        self, image: ElementTree.Element, info: ResponsiveImage, path: str
    ) -> list[ElementTree.Element]:
        """Return an image and its dark variant; the style sheet shows the one that fits the scheme."""
        folder = path.rpartition("/")[0]
        dark = deepcopy(image)
        dark.set("src", quote_url(f"{folder}/{info.dark}" if folder else info.dark))
        dark.tail = None
        _add_class(image, "only-light")
        _add_class(dark, "only-dark")
        dark_info = self.extension.find_image(self.markdown, dark.get("src", ""))
        if not isinstance(dark_info, ResponsiveImage):
            if dark_info:
                message = f"its dark variant, {info.dark}, {dark_info}"
                self.extension.report(RenderError("image.unusable", path, message))
            return [_wrap(image, info)]
        for name in ("width", "height"):
            dark.attrib.pop(name, None)
        _set_size(dark, dark_info)
        return [_wrap(image, info), _wrap(dark, dark_info)]

    def _report(self, code: str, image: ElementTree.Element, message: str, hint: str = "") -> None:
        self.extension.report(RenderError(code, image.get("src", ""), message, hint))


class _SrcsetTreeprocessor(Treeprocessor):
    """Writes the URLs of all variants, which follow from those of their images."""

    def run(self, root: ElementTree.Element) -> None:
        for picture in root.iter("picture"):
            image = picture.find("img")
            if image is None:
                continue
            folder = image.get("src", "").rpartition("/")[0]
            prefix = f"{folder}/" if folder else ""
            for source in picture.iter("source"):
                if pending := source.attrib.pop(_PENDING, ""):
                    source.set("srcset", ", ".join(f"{prefix}{entry}" for entry in pending.split(", ")))


class _RoleTreeprocessor(Treeprocessor):
    """Removes the role of decorative images: an empty alternative text says the same in HTML."""

    def run(self, root: ElementTree.Element) -> None:
        for image in root.iter("img"):
            if image.get("role") == "presentation" and not image.get("alt"):
                del image.attrib["role"]


def _iter_images(
    element: ElementTree.Element, in_link: bool = False
) -> Iterator[tuple[ElementTree.Element, ElementTree.Element, bool]]:
    """Yield the images below an element, each with its parent and whether it is in a link."""
    for child in element:
        if child.tag == "img":
            yield element, child, in_link
        else:
            yield from _iter_images(child, in_link or child.tag == "a")


def _set_size(image: ElementTree.Element, info: ResponsiveImage) -> None:
    """Set width and height; if the author set only one, compute the other from it."""
    width, height = image.get("width", ""), image.get("height", "")
    if not width.isdigit() and not height.isdigit():
        image.set("width", str(info.width))
        image.set("height", str(info.height))
    elif width.isdigit() and not height:
        image.set("height", str(round(int(width) * info.height / info.width)))
    elif height.isdigit() and not width:
        image.set("width", str(round(int(height) * info.width / info.height)))
    image.set("decoding", "async")


def _wrap(image: ElementTree.Element, info: ResponsiveImage) -> ElementTree.Element:
    """Wrap an image in a ``picture`` with its variants, if it has any; the image's tail moves along."""
    if not info.sources:
        return image
    picture = ElementTree.Element("picture")
    for source in info.sources:
        names = ", ".join(f"{quote_url(name)} {width}w" for name, width in source.files)
        ElementTree.SubElement(picture, "source", {"type": source.type, _PENDING: names, "sizes": _SIZES})
    picture.append(image)
    picture.tail, image.tail = image.tail, None
    return picture


def _link(element: ElementTree.Element) -> ElementTree.Element:
    """Wrap an ``img`` or ``picture`` in a link to the original; the element's tail moves along."""
    image = element if element.tag == "img" else element.find("img")
    assert image is not None
    link = ElementTree.Element("a", {"href": image.get("src", ""), "class": "enlarge"})
    if scheme := {"only-light", "only-dark"} & set(image.get("class", "").split()):
        _add_class(link, *scheme)
    link.append(element)
    link.tail, element.tail = element.tail, None
    return link


def _replace(parent: ElementTree.Element, old: ElementTree.Element, new: list[ElementTree.Element]) -> None:
    """Replace an element by several; the text after it follows the last of them."""
    index = list(parent).index(old)
    tail, new[0].tail = new[0].tail, None
    new[-1].tail = tail
    parent[index : index + 1] = new


def _add_class(element: ElementTree.Element, *names: str) -> None:
    element.set("class", " ".join([*element.get("class", "").split(), *names]))
