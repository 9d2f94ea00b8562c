"""Reading a PDF back: its text, by two readers that share no code, and what it tells assistive technology."""

import io
import re
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


def actual_text(document: pikepdf.Pdf) -> str:
    """All text, squeezed, as a reader has it that goes by ActualText (ISO 32000-1, 14.9.4)."""
    return squeezed("".join(text for text, _ in _pieces(document)))


def languages(document: pikepdf.Pdf) -> dict[str, str]:
    """The language of each piece of text, by the text without white space (ISO 32000-1, 14.9.2)."""
    tagged = dict(_tagged(document.Root.StructTreeRoot.K, str(document.Root.Lang)))
    return {
        squeezed(text): str(next((one["/Lang"] for one in marks if "/Lang" in one), tagged.get(number, "")))
        for text, marks in _pieces(document)
        for number in [next((int(one["/MCID"]) for one in marks if "/MCID" in one), None)]
    }


def _tagged(node: Any, language: str) -> Iterator[tuple[int | None, str]]:
    """The number of each piece of marked content of a document of one page, and the language of its tag."""
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
    """What is shown between the marks of marked content, and what they say, the inner ones first."""
    for page in document.pages:
        letters = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
        marks: list[Any] = []
        text, font = "", ""
        for instruction in pikepdf.parse_content_stream(page):
            operands: Any = instruction.operands
            match str(instruction.operator):
                case "BDC" | "BMC" | "EMC" as sign:
                    if text:
                        actual = marks[0].get("/ActualText") if marks else None
                        yield str(actual) if actual is not None else text, list(marks)
                    text = ""
                    if sign == "EMC":
                        marks.pop(0)
                    else:
                        marks.insert(0, operands[1] if sign == "BDC" else pikepdf.Dictionary())
                case "Tf":
                    font = str(operands[0])
                case "Tj" | "TJ":
                    shown = operands[0] if str(instruction.operator) == "TJ" else operands
                    codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                    text += "".join(
                        letters[font].get(codes[at : at + 2], "") for at in range(0, len(codes), 2)
                    )


def _letters(font: Any) -> dict[bytes, str]:
    """What the codes of a font mean, two bytes each (ToUnicode; ISO 32000-1, 9.10.3)."""
    told = re.findall(r"<(\w{4})> <(\w+)>", font.ToUnicode.read_bytes().decode())
    return {bytes.fromhex(code): bytes.fromhex(letters).decode("utf-16-be") for code, letters in told}


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
