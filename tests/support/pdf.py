"""Reading a PDF back: its text, by two readers that share no code, and what it tells assistive technology."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pdfminer.high_level import extract_text
from pypdf import PdfReader


def texts(pdf: bytes) -> dict[str, str]:
    """The text of all pages in the order of each reader, without white space: a line may break anywhere."""
    with_pypdf = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return {
        "pypdf": squeezed(with_pypdf),
        "pdfminer": squeezed(extract_text(io.BytesIO(pdf))),
    }


def squeezed(text: str) -> str:
    return "".join(text.split())


def find(text: str, wanted: str, start: int = 0) -> int:
    """Where a phrase ends in a squeezed text, or -1.

    Words that run from right to left may come in the order of the page, and their letters too.
    """
    whole = squeezed(wanted)
    if (at := text.find(whole, start)) >= 0:
        return at + len(whole)
    if not any("\u0590" <= letter <= "\u08ff" for letter in wanted):
        return -1
    ends = [start]
    for word in wanted.replace(":", " ").split():
        places = [text.find(way, start) for way in (word, word[::-1])]
        if max(places) < 0:
            return -1
        ends.append(max(places) + len(word))
    return max(ends)


def link_notes(document: pikepdf.Pdf) -> Iterator[Any]:
    """The annotations that are links."""
    for page in document.pages:
        yield from (note for note in page.get("/Annots", []) if note.Subtype == "/Link")


def links(document: pikepdf.Pdf) -> set[str]:
    """The addresses that the pages link to."""
    return {str(note.A.URI) for note in link_notes(document)}


def fonts(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every font of every page."""
    for page in document.pages:
        yield from page.Resources.get("/Font", {}).values()


def is_embedded(font: Any) -> bool:
    return all(
        "/FontFile2" in inner.FontDescriptor or "/FontFile3" in inner.FontDescriptor
        for inner in font.get("/DescendantFonts", [font])
    )


def tags(document: pikepdf.Pdf) -> list[tuple[str, str]]:
    """The tags in reading order, each after that which it stands in, as its name and that one's."""

    def walk(node: Any, parent: str) -> Iterator[tuple[str, str]]:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                yield from walk(kid, parent)
        elif isinstance(node, pikepdf.Dictionary):
            name = str(node.get("/S", parent)).removeprefix("/")
            if "/S" in node:
                yield name, parent
            if "/K" in node:
                yield from walk(node.K, name)

    return list(walk(document.Root.StructTreeRoot.K, ""))


def reading_order(document: pikepdf.Pdf) -> list[tuple[int, int]]:
    """Page and number of each piece of marked content, in the order in which the tags read them."""
    pages = {page.objgen: number for number, page in enumerate(document.pages)}

    def walk(node: Any, page: int) -> Iterator[tuple[int, int]]:
        if isinstance(node, int):
            yield page, node
        elif isinstance(node, pikepdf.Array):
            for kid in node:
                yield from walk(kid, page)
        elif node.get("/Type") != "/OBJR":
            page = pages[node.Pg.objgen] if "/Pg" in node else page
            if "/MCID" in node:
                yield page, int(node.MCID)
            elif "/K" in node:
                yield from walk(node.K, page)

    return list(walk(document.Root.StructTreeRoot.K, 0))
