"""Pictures on a page: with their size, in smaller copies, and with a caption as figures."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from urllib.parse import quote as quote_url
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.core.diagnostics import quote
from portfolio.images.responsive import ResponsiveImage
from portfolio.markdown_ext import picture_elements
from portfolio.markdown_ext.render_errors import RenderError

# After attribute lists (8), which may say a size, and before MkDocs makes addresses of paths (1 and 0).
_FIGURES = 3.5
# Before that, and before abbreviations (7), quotes (6) and formulas (5.5): a caption may have all of them.
_CAPTIONS = 7.5
# After all that: copies stand beside the picture, so that their addresses follow from its own.
_ADDRESSES = -1
# When the check of what is written has seen which pictures need no text.
_ROLES = -200


# What is known of the picture at a path, as the source of the page that is converted writes it; the reason
# why it cannot be shown; or None for a picture that is not the site's.
Look = Callable[[Markdown, str], ResponsiveImage | str | None]


class FigureExtension(Extension):
    """A Markdown extension for pictures.

    A picture that stands alone and has a title becomes a figure with that caption. Every picture of the site
    gets its width and height, its copies, and a link to itself in full. ``report`` is called with each that
    cannot be shown.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(self, look: Look, report: Callable[[RenderError], None]) -> None:
        super().__init__()
        self.look = look
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_CaptionTreeprocessor(md), "captions", _CAPTIONS)
        md.treeprocessors.register(_FigureTreeprocessor(md, self), "figures", _FIGURES)
        md.treeprocessors.register(_AddressTreeprocessor(md), "addresses-of-copies", _ADDRESSES)
        md.treeprocessors.register(_RoleTreeprocessor(md), "roles", _ROLES)


class _CaptionTreeprocessor(Treeprocessor):
    """Makes figures of pictures with a title, and reads the title as Markdown."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:
        captions = ElementTree.Element("captions")
        for parent, picture, _ in list(picture_elements.below(root)):
            if (words := picture_elements.caption(parent, picture)) is not None:
                parent.tag = "figure"
                del picture.attrib["title"]
                caption = ElementTree.SubElement(parent, "figcaption")
                caption.text = words
                captions.append(caption)
        if len(captions):
            self.markdown.treeprocessors["inline"].run(captions)


class _FigureTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown, extension: FigureExtension) -> None:
        super().__init__(md)
        self.markdown = md
        self.extension = extension
        self.met = 0

    def run(self, root: ElementTree.Element) -> None:
        self.met = 0
        for parent, picture, in_link in list(picture_elements.below(root)):
            self._show(parent, picture, in_link)

    def _show(self, parent: ElementTree.Element, picture: ElementTree.Element, in_link: bool) -> None:
        path, _, mark = picture.get("src", "").partition("#")
        if mark in ("only-dark", "only-light"):
            picture_elements.add_class(picture, mark)
            picture.set("src", path)
        for name in ("width", "height"):
            if not (given := picture.get(name, "1")).isdigit():
                message = f"its {name} is {quote(given)}. Write a number of pixels, as in {{ {name}=300 }}."
                self.extension.report(RenderError("image", picture.get("src", ""), message))
        adorns = picture.get("role") == "presentation" and not picture.get("alt")
        shown = self.extension.look(self.markdown, path)
        if isinstance(shown, str):
            self.extension.report(RenderError("image", picture.get("src", ""), shown))
        elif shown is not None:
            picture_elements.set_size(picture, shown)
            elements = [picture_elements.in_copies(picture, shown)]
            if shown.dark:
                elements = self._both(picture, shown, path)
            picture_elements.replace(
                parent,
                picture,
                elements if in_link or adorns else [picture_elements.linked(one) for one in elements],
            )
        # The first one is on the screen that opens; a hidden one is never fetched while it is lazy.
        if self.met or shown is None or (isinstance(shown, ResponsiveImage) and shown.dark):
            for one in parent.iter("img"):
                one.set("loading", "lazy")
        self.met += 1

    def _both(
        self, picture: ElementTree.Element, light: ResponsiveImage, path: str
    ) -> list[ElementTree.Element]:
        """A picture and its dark variant, of which the style sheet shows one."""
        folder = path.rpartition("/")[0]
        dark = deepcopy(picture)
        # Both are read only where they are shown.
        dark.set("src", quote_url(f"{folder}/{light.dark}" if folder else light.dark))
        dark.tail = None
        picture_elements.add_class(picture, "only-light")
        picture_elements.add_class(dark, "only-dark")
        known = self.extension.look(self.markdown, dark.get("src", ""))
        if not isinstance(known, ResponsiveImage):
            if known:
                self.extension.report(RenderError("image", path, f"its dark variant, {light.dark}, {known}"))
            return [picture_elements.in_copies(picture, light)]
        for name in ("width", "height"):
            dark.attrib.pop(name, None)
        picture_elements.set_size(dark, known)
        return [picture_elements.in_copies(picture, light), picture_elements.in_copies(dark, known)]


class _AddressTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        picture_elements.settle_copies(root)


class _RoleTreeprocessor(Treeprocessor):
    """Takes the role of what only adorns away: HTML says that by an empty text, and nothing beside it."""

    def run(self, root: ElementTree.Element) -> None:
        for picture in root.iter("img"):
            if picture.get("role") == "presentation" and not picture.get("alt"):
                del picture.attrib["role"]
