"""Pictures on a page: with their size, in smaller copies, and with a caption as figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.problem import quoted
from typesetting.misprint import Misprint

# After attribute lists (8), which may say a size, and before MkDocs makes addresses of paths (1 and 0).
_FIGURES = 3.5
# Before that, and before abbreviations (7), quotes (6) and formulas (5.5): a caption may have all of them.
_CAPTIONS = 7.5
# After all that: copies stand beside the picture, so that their addresses follow from its own.
_ADDRESSES = -1
# Names of copies wait for their address in this attribute.
_PENDING = "data-copies"
# The column of the text: see --measure in tokens.css.
_SIZES = "(min-width: 40em) 600px, 92vw"


@dataclass(frozen=True)
class Copies:
    """Smaller copies of one media type: names of files beside the picture, and their widths in pixels."""

    type: str
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it: size in CSS pixels, copies (best type first), and dark variant.

    ``dark`` is the name of a file beside it, or empty.
    """

    width: int
    height: int
    copies: tuple[Copies, ...] = ()
    dark: str = ""


# What is known of the picture at a path, as the source of the page that is converted writes it; the reason
# why it cannot be shown; or None for a picture that is not the site's.
Look = Callable[[Markdown, str], Shown | str | None]


class FigureExtension(Extension):
    """A Markdown extension for pictures.

    A picture that stands alone and has a title becomes a figure with that caption. Every picture of the site
    gets its width and height, its copies, and a link to itself in full. ``report`` is called with each that
    cannot be shown.
    """

    reusable = True  # see hooks/incremental: nothing of a text is remembered

    def __init__(self, look: Look, report: Callable[[Misprint], None]) -> None:
        super().__init__()
        self.look = look
        self.report = report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_CaptionTreeprocessor(md), "captions", _CAPTIONS)
        md.treeprocessors.register(_FigureTreeprocessor(md, self), "figures", _FIGURES)
        md.treeprocessors.register(_AddressTreeprocessor(md), "addresses-of-copies", _ADDRESSES)


class _CaptionTreeprocessor(Treeprocessor):
    """Makes figures of pictures with a title, and reads the title as Markdown."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.markdown = md

    def run(self, root: ElementTree.Element) -> None:
        captions = ElementTree.Element("captions")
        for parent, picture, _ in list(_pictures(root)):
            if (words := _caption(parent, picture)) is not None:
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
        for parent, picture, in_link in list(_pictures(root)):
            self._show(parent, picture, in_link)

    def _show(self, parent: ElementTree.Element, picture: ElementTree.Element, in_link: bool) -> None:
        path, _, mark = picture.get("src", "").partition("#")
        if mark in ("only-dark", "only-light"):
            _add_class(picture, mark)
            picture.set("src", path)
        for name in ("width", "height"):
            if not (given := picture.get(name, "1")).isdigit():
                message = f"its {name} is {quoted(given)}. Write a number of pixels, as in {{ {name}=300 }}."
                self.extension.report(Misprint("image", picture.get("src", ""), message))
        shown = self.extension.look(self.markdown, path)
        if isinstance(shown, str):
            self.extension.report(Misprint("image", picture.get("src", ""), shown))
        elif shown is not None:
            _size(picture, shown)
            elements = [_in_copies(picture, shown)]
            if shown.dark:
                elements = self._both(picture, shown, path)
            _replace(
                parent,
                picture,
                elements
                if in_link or picture.get("role") == "presentation"
                else [_link(one) for one in elements],
            )
        # The first one is on the screen that opens; a hidden one is never fetched while it is lazy.
        if self.met or shown is None or (isinstance(shown, Shown) and shown.dark):
            for one in parent.iter("img"):
                one.set("loading", "lazy")
        self.met += 1

    def _both(self, picture: ElementTree.Element, light: Shown, path: str) -> list[ElementTree.Element]:
        """A picture and its dark variant, of which the style sheet shows one."""
        folder = path.rpartition("/")[0]
        dark = deepcopy(picture)
        # Both are read only where they are shown.
        dark.set("src", quote(f"{folder}/{light.dark}" if folder else light.dark))
        dark.tail = None
        _add_class(picture, "only-light")
        _add_class(dark, "only-dark")
        known = self.extension.look(self.markdown, dark.get("src", ""))
        if not isinstance(known, Shown):
            if known:
                self.extension.report(Misprint("image", path, f"its dark variant, {light.dark}, {known}"))
            return [_in_copies(picture, light)]
        for name in ("width", "height"):
            dark.attrib.pop(name, None)
        _size(dark, known)
        return [_in_copies(picture, light), _in_copies(dark, known)]


class _AddressTreeprocessor(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for picture in root.iter("picture"):
            image = picture.find("img")
            if image is None:
                continue
            folder = image.get("src", "").rpartition("/")[0]
            for source in picture.iter("source"):
                if pending := source.attrib.pop(_PENDING, ""):
                    names = (one.rpartition(" ") for one in pending.split(", "))
                    prefix = f"{folder}/" if folder else ""
                    source.set("srcset", ", ".join(f"{prefix}{name} {width}" for name, _, width in names))


def _pictures(
    element: ElementTree.Element, in_link: bool = False
) -> Iterator[tuple[ElementTree.Element, ElementTree.Element, bool]]:
    """The pictures below an element, each with its parent, and whether it stands in a link."""
    for child in element:
        if child.tag == "img":
            yield element, child, in_link
        else:
            yield from _pictures(child, in_link or child.tag == "a")


def _caption(parent: ElementTree.Element, picture: ElementTree.Element) -> str | None:
    """The title of a picture that is all of a paragraph."""
    alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or picture.tail or "").strip()
    return picture.get("title") if alone else None


def _size(picture: ElementTree.Element, shown: Shown) -> None:
    """Write both sides; where the author wrote one, the other follows."""
    given = {name: picture.get(name, "") for name in ("width", "height")}
    if not any(value.isdigit() for value in given.values()):
        picture.set("width", str(shown.width))
        picture.set("height", str(shown.height))
    elif given["width"].isdigit() and not given["height"]:
        picture.set("height", str(round(int(given["width"]) * shown.height / shown.width)))
    elif given["height"].isdigit() and not given["width"]:
        picture.set("width", str(round(int(given["height"]) * shown.width / shown.height)))
    picture.set("decoding", "async")


def _in_copies(image: ElementTree.Element, shown: Shown) -> ElementTree.Element:
    if not shown.copies:
        return image
    picture = ElementTree.Element("picture")
    for copies in shown.copies:
        names = ", ".join(f"{quote(name)} {width}w" for name, width in copies.files)
        ElementTree.SubElement(picture, "source", {"type": copies.type, _PENDING: names, "sizes": _SIZES})
    picture.append(image)
    picture.tail, image.tail = image.tail, None
    return picture


def _link(element: ElementTree.Element) -> ElementTree.Element:
    image = element if element.tag == "img" else element.find("img")
    assert image is not None
    link = ElementTree.Element("a", {"href": image.get("src", ""), "class": "enlarge"})
    if mark := {"only-light", "only-dark"} & set(image.get("class", "").split()):
        _add_class(link, *mark)
    link.append(element)
    link.tail, element.tail = element.tail, None
    return link


def _replace(parent: ElementTree.Element, old: ElementTree.Element, new: list[ElementTree.Element]) -> None:
    index = list(parent).index(old)
    tail, new[0].tail = new[0].tail, None
    new[-1].tail = tail
    parent[index : index + 1] = new


def _add_class(element: ElementTree.Element, *names: str) -> None:
    element.set("class", " ".join([*element.get("class", "").split(), *names]))
