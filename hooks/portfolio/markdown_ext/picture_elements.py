"""Pictures as elements: their size, their copies, the link to all of them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree

from portfolio.images.responsive import ResponsiveImage

# Names of copies wait for their address in this attribute.
_PENDING = "data-copies"
# The column of the text: see --measure in tokens.css.
_SIZES = "(min-width: 40em) 600px, 92vw"


def below(
    element: ElementTree.Element, in_link: bool = False
) -> Iterator[tuple[ElementTree.Element, ElementTree.Element, bool]]:
    """The pictures below an element, each with its parent, and whether it stands in a link."""
    for child in element:
        if child.tag == "img":
            yield element, child, in_link
        else:
            yield from below(child, in_link or child.tag == "a")


def caption(parent: ElementTree.Element, picture: ElementTree.Element) -> str | None:
    """The title of a picture that is all of a paragraph."""
    alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or picture.tail or "").strip()
    return picture.get("title") if alone else None


def set_size(picture: ElementTree.Element, shown: ResponsiveImage) -> None:
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


def in_copies(image: ElementTree.Element, shown: ResponsiveImage) -> ElementTree.Element:
    """The picture with its copies to choose from, if it has any; what followed the image follows it."""
    if not shown.copies:
        return image
    picture = ElementTree.Element("picture")
    for copies in shown.copies:
        names = ", ".join(f"{quote(name)} {width}w" for name, width in copies.files)
        ElementTree.SubElement(picture, "source", {"type": copies.type, _PENDING: names, "sizes": _SIZES})
    picture.append(image)
    picture.tail, image.tail = image.tail, None
    return picture


def linked(element: ElementTree.Element) -> ElementTree.Element:
    """A link around a picture that leads to all of it; what followed the picture follows the link."""
    image = element if element.tag == "img" else element.find("img")
    assert image is not None
    link = ElementTree.Element("a", {"href": image.get("src", ""), "class": "enlarge"})
    if mark := {"only-light", "only-dark"} & set(image.get("class", "").split()):
        add_class(link, *mark)
    link.append(element)
    link.tail, element.tail = element.tail, None
    return link


def replace(parent: ElementTree.Element, old: ElementTree.Element, new: list[ElementTree.Element]) -> None:
    """Put elements in the place of one; what followed it follows the last of them."""
    index = list(parent).index(old)
    tail, new[0].tail = new[0].tail, None
    new[-1].tail = tail
    parent[index : index + 1] = new


def add_class(element: ElementTree.Element, *names: str) -> None:
    """Give an element more classes."""
    element.set("class", " ".join([*element.get("class", "").split(), *names]))


def settle_copies(root: ElementTree.Element) -> None:
    """Write the addresses of all copies, which follow from those of the pictures they stand beside."""
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
