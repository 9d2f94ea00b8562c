"""The outputs of a cell as Markdown: text, images, formulas, and HTML without anything that runs or loads."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import quote as quote_url
from xml.etree import ElementTree

import lxml.html
import nh3
from markdown import Markdown

from portfolio.core.text import strip_invalid_xml
from portfolio.images import svg_sanitizer
from portfolio.images.image_info import ImageError, open_image, parse_xml
from portfolio.images.svg_sanitizer import SVG_NAMESPACE
from portfolio.notebooks.models import Output, join_lines
from portfolio.notebooks.source_map import MarkdownWriter, Source

_SVG_TYPE = "image/svg+xml"
# The MIME types of images that a page can show, the preferred first, and their file extensions.
IMAGE_SUFFIXES = {
    _SVG_TYPE: ".svg",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
# In CSS pixels: a number beyond this is not a size.
_LARGEST_SIDE = 100_000
_TERMINAL_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# A line by which pymdownx.snippets would include a file.
_SNIPPET = re.compile(r"^(\s*)(;*-{1,}8<-{1,})", re.MULTILINE)
_DISPLAY_STYLE = r"\displaystyle"
_FORMULA = re.compile(
    r"\s*(?:(\${1,2})(?P<dollars>[^$]+)\1|\\\[(?P<brackets>.+)\\\]|\\\((?P<round>.+)\\\)"
    r"|(?P<environment>\\begin\s*\{(?P<name>[A-Za-z]+\*?)\}.+\\end\s*\{(?P=name)\}))\s*",
    re.DOTALL,
)
_HTML_TAGS = set(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 "
    "h5 h6 hr i img ins kbd li ol p pre q s samp small span strong sub summary sup table tbody td tfoot th "
    "thead tr u ul var".split()
)
_HTML_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "headers"},
    "ol": {"start"},
    "details": {"open"},
    "col": {"span"},
    "colgroup": {"span"},
}
_DATA_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]+")


def write_outputs(
    writer: MarkdownWriter, outputs: Iterable[tuple[Output, Source]], options: Mapping[str, str]
) -> None:
    """Write the outputs of a cell as they were saved.

    The ``options`` are those of the cell: ``fig-alt`` and ``fig-cap`` are the texts of its images.
    """
    for (kind, _), run in groupby(outputs, key=lambda item: (item[0].output_type, item[0].name)):
        group = list(run)
        if kind == "stream":
            _write_printed(writer, group[0][1], "".join(output.text for output, _ in group))
            continue
        for output, source in group:
            if kind == "error":
                _write_printed(writer, source, "\n".join(output.traceback))
            else:
                _write_data(writer, source, output, options)


def write_code_block(
    writer: MarkdownWriter, language: str, lines: list[tuple[str, Source]], source: Source, classes: str = ""
) -> None:
    """Write a code block with a fence that is longer than any run of backticks in it."""
    longest = max((len(run) for line, _ in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    writer.write(f"{fence} {{ .{language}{classes} }}" if classes else f"{fence}{language}", source)
    writer.write_lines((_SNIPPET.sub(r"\1;\2", line), place) for line, place in lines)
    writer.write(fence, source)


def decode_image(mime: str, text: str) -> bytes:
    """Return the file of an image as a notebook contains it: SVG as text, others in base64.

    Raises:
        ValueError: if it is not an image of this type. The message is a sentence without a full stop.
    """
    if mime == _SVG_TYPE:
        return sanitize_svg(text).encode()
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("its base64 is invalid") from None
    _read_size(content)
    return content


def _write_printed(writer: MarkdownWriter, source: Source, text: str) -> None:
    """Write printed text, without terminal colours and without what a carriage return overwrote."""
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in _TERMINAL_ESCAPE.sub("", text).split("\n")]
    plain = _CONTROL_CHARACTER.sub("", "\n".join(lines)).strip("\n")
    if plain.strip():
        write_code_block(writer, "text", [(line, source) for line in plain.split("\n")], source, " .output")
        writer.end_paragraph()


def _write_data(writer: MarkdownWriter, source: Source, output: Output, options: Mapping[str, str]) -> None:
    """Write the best of an output's MIME types that a page can show."""
    data = {mime: join_lines(value) for mime, value in output.data.items()}
    texts = {mime: text for mime, text in data.items() if isinstance(text, str)}
    for mime in IMAGE_SUFFIXES:
        if mime in texts:
            _write_image(writer, source, mime, texts[mime], options, output.metadata.get(mime))
            return
    for mime, to_markdown in _CONVERTERS.items():
        if mime in texts and (markdown := to_markdown(texts[mime])):
            writer.write(markdown, source)
            writer.end_paragraph()
            return
    if "text/plain" in texts:
        _write_printed(writer, source, texts["text/plain"])
    elif data:
        message = f"this output is only {', '.join(sorted(data))}, which a page without scripts cannot show."
        hint = "Save it as an image or as text too, or tag the cell 'remove-output'."
        writer.report(source, "notebook.unsupported-output", message, hint)


def _write_image(
    writer: MarkdownWriter, source: Source, mime: str, text: str, options: Mapping[str, str], metadata: Any
) -> None:
    try:
        image = decode_image(mime, text)
    except ValueError as error:
        writer.report(source, "notebook.invalid-image", f"this {mime} cannot be shown: {error}.")
        return
    alternative, caption = _escape(options.get("fig-alt", ""), "[]"), _escape(options.get("fig-cap", ""), '"')
    if not alternative:
        message = "this image has no alternative text."
        hint = "Write '#| fig-alt: what it shows' at the top of the cell."
        writer.report(source, "notebook.missing-alt", message, hint)
    title = f' "{caption}"' if caption else ""
    name = quote_url(writer.add_file(image, IMAGE_SUFFIXES[mime]))
    writer.write(f"![{alternative}]({name}{title}){_size_attributes(mime, image, metadata)}", source)
    writer.end_paragraph()


def _escape(text: str, special: str) -> str:
    """Write a text on one line, with a backslash before backslashes and special characters."""
    return re.sub(rf"[\\{re.escape(special)}]", r"\\\g<0>", " ".join(text.split()))


def _size_attributes(mime: str, image: bytes, metadata: Any) -> str:
    """Return an attribute list with the size in CSS pixels: the one in the metadata, or else the image's."""
    size = (metadata.get("width"), metadata.get("height")) if isinstance(metadata, Mapping) else (None, None)
    if not all(type(side) is int and 0 < side <= _LARGEST_SIDE for side in size):
        if mime == _SVG_TYPE:
            return ""
        size = _read_size(image)
    return f'{{ width="{size[0]}" height="{size[1]}" }}'


def _read_size(image: bytes) -> tuple[int, int]:
    with open_image(image, "it is not a valid image") as opened:
        width, height = opened.size
        return width, height


def _convert_markdown(text: str) -> str:
    # Converted here, because Markdown in the page may contain any element and attribute.
    return sanitize_html(Markdown(extensions=["tables", "fenced_code"]).convert(text))


def _convert_latex(text: str) -> str:
    """Return a formula as Markdown; empty for LaTeX that is not a single formula."""
    match = _FORMULA.fullmatch(text)
    tex = next(filter(None, match.group("dollars", "brackets", "round", "environment"))) if match else ""
    lines = "\n".join(line for line in tex.split("\n") if line.strip())
    return "" if "$" in tex or not tex else f"$$\n{lines.strip().removeprefix(_DISPLAY_STYLE)}\n$$"


def sanitize_html(text: str) -> str:
    """Return an output's HTML in a box for the page, or an empty string if nothing visible is left.

    Only elements of tables and of text remain, and only images that are embedded (``data:``), so that the
    page loads nothing from other hosts. Each table gets a box that scrolls.
    """
    cleaned = nh3.clean(
        text,
        tags=_HTML_TAGS,
        attributes=_HTML_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    box = lxml.html.fragment_fromstring(strip_invalid_xml(cleaned), create_parent="div")
    for image in box.xpath(".//img[not(@src)]"):
        image.drop_tree()
    if not box.text_content().strip() and not box.xpath(".//img"):
        return ""
    box.set("class", "output")
    for table in box.xpath(".//table[not(ancestor::table)]"):
        scrolling = lxml.html.Element(
            "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Table"}
        )
        scrolling.tail, table.tail = table.tail, None
        table.getparent().replace(table, scrolling)
        table.set("class", "table-body")
        scrolling.append(table)
    return str(lxml.html.tostring(box, encoding="unicode"))


# After images, in the order of preference: functions that return a text as Markdown, or empty if they cannot.
_CONVERTERS: dict[str, Callable[[str], str]] = {
    "text/html": sanitize_html,
    "text/markdown": _convert_markdown,
    "text/latex": _convert_latex,
}


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return value if _DATA_IMAGE.fullmatch(value) else None
    if name == "href":
        return value if re.match(r"https?:|mailto:", value) else None
    return value


def sanitize_svg(text: str) -> str:
    """Return SVG as a document of its own, without scripts and without references to other documents.

    Raises:
        ValueError: if it is not SVG.
    """
    try:
        root = parse_xml(text.strip())
    except ImageError as error:
        raise ValueError(f"it {error}") from None
    if root.tag != f"{{{SVG_NAMESPACE}}}svg":
        raise ValueError("it is not SVG: its root element is another one")
    svg_sanitizer.strip_active_content(root)
    svg_sanitizer.register_namespaces()
    return ElementTree.tostring(root, encoding="unicode")
