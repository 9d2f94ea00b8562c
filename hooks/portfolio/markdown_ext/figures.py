"""Images on a page: their size, smaller variants, a link to the original, and figures with captions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import quote as quote_url
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.core.diagnostics import quote
from portfolio.images.catalog import ResponsiveImage
from portfolio.markdown_ext.extensions import add_class, add_tree_editor, find_elements, wrap
from portfolio.markdown_ext.render_errors import RenderError, Report

# Priorities of treeprocessors; Markdown runs the highest first:
#   7.5   captions  before abbreviations (7), quotes (6) and formulas (5.5), which captions may contain
#   3.5   figures   after attribute lists (8), which may set a size; before MkDocs resolves paths (1, 0)
#   -1    srcset    after that: variants lie beside their image, so their URLs depend on its URL
#   -200  roles     after the lint (-100), which needs to know which images are decorative
_CAPTIONS, _FIGURES, _SRCSET, _ROLES = 7.5, 3.5, -1, -200
# Holds the file names of variants until the URL of their image is known.
_PENDING = "data-copies"
# Larger numbers than this are mistakes, and cannot always be computed with.
_PIXELS = re.compile(r"[0-9]{1,6}")
# The text column: see --measure in tokens.css.
_SIZES = "(min-width: 40em) 600px, 92vw"

# Returns the image at a path that the page being converted refers to; the reason, as a predicate, why it
# cannot be used; or None for an image that is not part of the site.
FindImage = Callable[[Markdown, str], ResponsiveImage | str | None]


@dataclass(eq=False)
class FigureExtension(Extension):
    """A Markdown extension for images.

    An image with a title that is alone in its paragraph becomes a figure with that caption. Every image of
    the site gets its width and height, its variants, and a link to the original. ``report`` is called with
    each image that cannot be used.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    find_image: FindImage
    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        add_tree_editor(md, _make_figures, "captions", _CAPTIONS)
        add_tree_editor(md, self._complete_images, "figures", _FIGURES)
        add_tree_editor(md, _write_srcsets, "image-srcset", _SRCSET)
        add_tree_editor(md, _remove_roles, "roles", _ROLES)

    def _complete_images(self, md: Markdown, root: Element) -> None:
        for index, (parent, image, in_link) in enumerate(list(_iter_images(root))):
            path, _, fragment = image.get("src", "").partition("#")
            if fragment in ("only-dark", "only-light"):
                add_class(image, fragment)
                image.set("src", path)
            sizes = {name: image.attrib[name] for name in ("width", "height") if name in image.attrib}
            invalid = {name: size for name, size in sizes.items() if not _PIXELS.fullmatch(size)}
            if invalid:
                # A second error with the same source would be placed at the next image of the same file.
                message = " and ".join(f"its {name} is {quote(size)}" for name, size in invalid.items()) + "."
                hint = f"Write a number of pixels, as in {{ {next(iter(invalid))}=300 }}."
                self.report(RenderError("image.invalid-size", image.get("src", ""), message, hint))
            info = self.find_image(md, path)
            if isinstance(info, str):
                self.report(RenderError("image.unusable", image.get("src", ""), info))
            elif info is not None:
                _set_size(image, info)
                elements = (
                    self._with_dark_variant(md, image, info, path, sizes)
                    if info.dark
                    else [_wrap_in_picture(image, info)]
                )
                if not in_link and not _is_decorative(image):
                    elements = list(map(_wrap_in_link, elements))
                _replace(parent, image, elements)
            # The first image is on the screen when the page opens; a hidden one is not fetched if it is lazy.
            if index > 0 or info is None or (isinstance(info, ResponsiveImage) and info.dark):
                for element in parent.iter("img"):
                    element.set("loading", "lazy")

    def _with_dark_variant(
        self,
        md: Markdown,
        image: Element,
        info: ResponsiveImage,
        path: str,
        sizes: Collection[str],
    ) -> list[Element]:
        """Return an image and its dark variant; the style sheet shows the one that fits the scheme.

        Both have the ``sizes`` that the author set: a width, a height or both.
        """
        dark = deepcopy(image)
        dark.attrib.pop("id", None)
        dark.set("src", quote_url(posixpath.join(posixpath.dirname(path), info.dark)))
        dark.tail = None
        add_class(image, "only-light")
        add_class(dark, "only-dark")
        dark_info = self.find_image(md, dark.get("src", ""))
        if not isinstance(dark_info, ResponsiveImage):
            if dark_info:
                message = f"its dark variant, {info.dark}, {dark_info}"
                self.report(RenderError("image.unusable", path, message))
            return [_wrap_in_picture(image, info)]
        for name in {"width", "height"}.difference(sizes):
            dark.attrib.pop(name, None)
        _set_size(dark, dark_info)
        return [_wrap_in_picture(image, info), _wrap_in_picture(dark, dark_info)]


def _iter_images(root: Element) -> Iterator[tuple[Element, Element, bool]]:
    """Yield the images below an element, each with its parent and whether it is in a link."""
    return find_elements(root, lambda element: element.tag == "img", {"a"})


def _is_decorative(image: Element) -> bool:
    return image.get("role") == "presentation" and not image.get("alt")


def _make_figures(md: Markdown, root: Element) -> None:
    """Turn images with a title into figures, and parse the title as Markdown."""
    captions = Element("captions")
    for parent, image, _ in list(_iter_images(root)):
        alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or image.tail or "").strip()
        if alone and "title" in image.attrib:
            parent.tag = "figure"
            caption = SubElement(parent, "figcaption")
            caption.text = image.attrib.pop("title")
            captions.append(caption)
    if len(captions):
        md.treeprocessors["inline"].run(captions)


def _write_srcsets(_md: Markdown, root: Element) -> None:
    """Write the URLs of all variants, which follow from those of their images."""
    for picture in root.iter("picture"):
        url = "".join(image.get("src", "") for image in picture.iterfind("img"))
        for source in picture.iter("source"):
            if pending := source.attrib.pop(_PENDING, ""):
                names = (posixpath.join(posixpath.dirname(url), name) for name in pending.split(", "))
                source.set("srcset", ", ".join(names))


def _remove_roles(_md: Markdown, root: Element) -> None:
    """Remove the role of decorative images: an empty alternative text says the same in HTML."""
    for image in filter(_is_decorative, root.iter("img")):
        del image.attrib["role"]


def _set_size(image: Element, info: ResponsiveImage) -> None:
    """Set width and height; if the author set only one, compute the other from it."""
    width, height = (
        int(match[0]) if (match := _PIXELS.fullmatch(image.get(name, ""))) else None
        for name in ("width", "height")
    )
    if width is None and height is None:
        image.set("width", str(info.width))
        image.set("height", str(info.height))
    elif width is not None and not image.get("height"):
        image.set("height", str(round(width * info.height / info.width)))
    elif height is not None and not image.get("width"):
        image.set("width", str(round(height * info.width / info.height)))
    image.set("decoding", "async")


def _wrap_in_picture(image: Element, info: ResponsiveImage) -> Element:
    """Wrap an image in a ``picture`` with its variants, if it has any."""
    if not info.sources:
        return image
    picture = Element("picture")
    for source in info.sources:
        names = ", ".join(f"{quote_url(name)} {width}w" for name, width in source.files)
        SubElement(picture, "source", {"type": source.type, _PENDING: names, "sizes": _SIZES})
    return wrap(image, picture)


def _wrap_in_link(element: Element) -> Element:
    """Wrap an ``img`` or ``picture`` in a link to the original."""
    (image,) = element.iter("img")
    link = Element("a", {"href": image.get("src", ""), "class": "enlarge"})
    if scheme := {"only-light", "only-dark"} & set(image.get("class", "").split()):
        add_class(link, *scheme)
    return wrap(element, link)


def _replace(parent: Element, old: Element, new: list[Element]) -> None:
    """Replace an element by several; the text after it follows the last of them."""
    index = list(parent).index(old)
    tail, new[0].tail = new[0].tail, None
    new[-1].tail = tail
    parent[index : index + 1] = new
