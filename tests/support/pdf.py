"""Reads a PDF: its text, with two independent libraries, and its structure for assistive technology."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from pdfminer.high_level import extract_text
from pypdf import PdfReader


def texts(pdf: bytes) -> dict[str, str]:
    """The text of all pages by library, without white space, since a line may break anywhere."""
    with_pypdf = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return {
        "pypdf": without_spaces(with_pypdf),
        "pdfminer": without_spaces(extract_text(io.BytesIO(pdf))),
    }


def without_spaces(text: str) -> str:
    return "".join(text.split())


def find(text: str, phrase: str, start: int = 0) -> int:
    """Where a phrase ends in a text without white space, or -1.

    Right-to-left words, and their characters, may come in visual order.
    """
    whole = without_spaces(phrase)
    if (at := text.find(whole, start)) >= 0:
        return at + len(whole)
    if not any("\u0590" <= character <= "\u08ff" for character in phrase):
        return -1
    ends = [start]
    for word in phrase.replace(":", " ").split():
        places = [text.find(way, start) for way in (word, word[::-1])]
        if max(places) < 0:
            return -1
        ends.append(max(places) + len(word))
    return max(ends)


def actual_text(document: pikepdf.Pdf) -> str:
    """All text without white space, as a reader that supports ActualText has it (ISO 32000-1, 14.9.4)."""
    return without_spaces("".join(text for text, _ in _pieces(document)))


def languages(document: pikepdf.Pdf) -> dict[str, str]:
    """The language of each piece of text, by the text without white space (ISO 32000-1, 14.9.2)."""
    tagged = dict(_tagged(document.Root.StructTreeRoot.K, str(document.Root.Lang)))
    return {
        without_spaces(text): str(
            next((mark["/Lang"] for mark in marks if "/Lang" in mark), tagged.get(number, ""))
        )
        for text, marks in _pieces(document)
        for number in [next((int(mark["/MCID"]) for mark in marks if "/MCID" in mark), None)]
    }


def _tagged(node: Any, language: str) -> Iterator[tuple[int | None, str]]:
    """The number of each piece of marked content of a single-page document, and the language of its tag."""
    if isinstance(node, int):
        yield node, language
    elif isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _tagged(kid, language)
    elif "/MCID" in node:
        yield int(node.MCID), language
    elif "/K" in node:
        yield from _tagged(node.K, str(node.get("/Lang", language)))


def _pieces(document: pikepdf.Pdf) -> Iterator[tuple[str, list[Any]]]:
    """The texts between the operators of marked content, each with its properties, innermost first."""
    for page in document.pages:
        characters = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
        marks: list[Any] = []
        text, font = "", ""
        for instruction in pikepdf.parse_content_stream(page):
            operands: Any = instruction.operands
            match str(instruction.operator):
                case "BDC" | "BMC" | "EMC" as operator:
                    if text:
                        actual = marks[0].get("/ActualText") if marks else None
                        yield str(actual) if actual is not None else text, list(marks)
                    text = ""
                    if operator == "EMC":
                        marks.pop(0)
                    else:
                        marks.insert(0, operands[1] if operator == "BDC" else pikepdf.Dictionary())
                case "Tf":
                    font = str(operands[0])
                case "Tj" | "TJ":
                    strings = operands[0] if str(instruction.operator) == "TJ" else operands
                    codes = b"".join(bytes(part) for part in strings if isinstance(part, pikepdf.String))
                    text += "".join(
                        characters[font].get(codes[at : at + 2], "") for at in range(0, len(codes), 2)
                    )


def _characters(font: Any) -> dict[bytes, str]:
    """The characters of a font by their codes of two bytes (ToUnicode; ISO 32000-1, 9.10.3)."""
    pairs = re.findall(r"<(\w{4})> <(\w+)>", font.ToUnicode.read_bytes().decode())
    return {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}


def link_annotations(document: pikepdf.Pdf) -> Iterator[Any]:
    """The annotations that are links."""
    for page in document.pages:
        yield from (note for note in page.get("/Annots", []) if note.Subtype == "/Link")


def links(document: pikepdf.Pdf) -> set[str]:
    """The URLs that the pages link to."""
    return {str(note.A.URI) for note in link_annotations(document)}


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
    """The tags in reading order, parents first, as names with those of their parents."""

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
    """Page and number of each piece of marked content, in the order of the tags."""
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
