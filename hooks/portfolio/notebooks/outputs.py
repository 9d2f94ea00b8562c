"""The outputs of a cell as Markdown: text, images, formulas, and HTML without anything that runs or loads."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote as quote_url

import lxml.html
import nh3
from markdown_it import MarkdownIt

from portfolio.core.i18n import gettext
from portfolio.core.text import strip_invalid_xml
from portfolio.images import svg_sanitizer
from portfolio.images.image_info import FORMATS, ImageError, read_info
from portfolio.notebooks.models import Output, join_lines
from portfolio.notebooks.source_map import NotebookPage, Source

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
# In characters: a page with more takes long to build, to load and to read.
_LONGEST_OUTPUT = 500_000
_MOST_UNCLOSED = 5000
_TERMINAL_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# A line by which pymdownx.snippets would include files, and what makes it drop a line.
_INCLUDE = re.compile(
    r"""(?P<space>[ \t]*);*-+8<-+(?:[ \t]+(?:"(?:\\"|[^"\n\r])+"|'(?:\\'|[^'\n\r])+'))?\r?"""
)
_SECTION = re.compile(
    r"(?<!-)-+8<-+[ \t]+\[[ \t]*(?:start|end)[ \t]*:[ \t]*[a-z][-_0-9a-z]*[ \t]*\]", re.IGNORECASE
)
# What libraries write as text in place of something that only their scripts can show: the name of an object,
# a plot of HoloViews, a message. A call is a chart of Altair or a widget.
_PLACEHOLDER = re.compile(r"<[^<>\n]*>|:\w+\s+\[.*", re.DOTALL)
_PLACEHOLDER_MESSAGE = "If you see this message, it means the renderer has not been properly enabled"
_CALL = re.compile(r"[A-Za-z_][\w.]*\(.*\)", re.DOTALL)
_WITH_SCRIPTS = "application/vnd."
_DISPLAY_STYLE = r"\displaystyle"
_FORMULA = re.compile(
    r"(?:(\${1,2})(?P<dollars>[^$]+)\1|\\\[(?P<brackets>.+)\\\]|\\\((?P<round>.+)\\\)"
    r"|(?P<environment>\\begin\s*\{(?P<name>[A-Za-z]+\*?)\}.+\\end\s*\{(?P=name)\}))",
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
    page: NotebookPage, outputs: Iterable[tuple[Output, Source]], options: Mapping[str, str]
) -> None:
    """Write the outputs of a cell as they were saved.

    The ``options`` are those of the cell: ``fig-alt`` and ``fig-cap`` are the texts of its images.
    """
    for (kind, _), run in groupby(outputs, key=lambda item: (item[0].output_type, item[0].name)):
        group = list(run)
        if kind == "stream":
            _write_printed(page, group[0][1], "".join(output.text for output, _ in group))
            continue
        for output, source in group:
            if kind == "error":
                _write_printed(page, source, "\n".join(output.traceback))
            else:
                _write_data(page, source, output, options)


def write_code_block(
    page: NotebookPage, language: str, lines: list[tuple[str, Source]], source: Source, classes: str = ""
) -> None:
    """Write a code block with a fence that is longer than any run of backticks in it."""
    longest = max((len(run) for line, _ in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    page.write(f"{fence} {{ .{language}{classes} }}" if classes else f"{fence}{language}", source)
    for line, line_source in lines:
        page.write(_escape_include(line), line_source)
    page.write(fence, source)
    page.end_paragraph()


def _escape_include(line: str) -> str:
    """Return a line of code or output with what pymdownx.snippets needs to leave it as it is."""
    if "8<" not in line:
        return line
    if match := _INCLUDE.fullmatch(line):
        at = match.end("space")
    elif match := _SECTION.search(line):
        at = match.start()
    else:
        return line
    return f"{line[:at]};{line[at:]}"


class Image(NamedTuple):
    """An image on the page: its URL, and its width and height in pixels, or None for SVG."""

    url: str
    size: tuple[int, int] | None


def add_image(page: NotebookPage, source: Source, mime: str, text: str) -> Image | None:
    """Add an image as a notebook contains it, SVG as text and others in base64, to the files of a page.

    Anything else than an image of this type is reported, and None returned.
    """
    try:
        if mime == _SVG_TYPE:
            content, size = svg_sanitizer.sanitize_svg_text(text).encode(), None
            read_info(content, "SVG")
        else:
            content = base64.b64decode("".join(text.split()), validate=True)
            info = read_info(content, FORMATS[IMAGE_SUFFIXES[mime]])
            size = info.width, info.height
    except ImageError as error:
        reason = f"it {error}"
    except ValueError:
        reason = "its base64 is invalid"
    else:
        return Image(quote_url(page.add_file(content, IMAGE_SUFFIXES[mime])), size)
    page.report(source, "notebook.invalid-image", f"this {mime} cannot be shown: {reason}.")
    return None


def _write_printed(page: NotebookPage, source: Source, text: str) -> None:
    """Write printed text, without terminal colours and without what a carriage return overwrote."""
    if _report_length(page, source, text):
        return
    lines = [line.rstrip("\r").rpartition("\r")[2] for line in _TERMINAL_ESCAPE.sub("", text).split("\n")]
    plain = _CONTROL_CHARACTER.sub("", "\n".join(lines)).strip("\n")
    if plain.strip():
        write_code_block(page, "text", [(line, source) for line in plain.split("\n")], source, " .output")


def _report_length(page: NotebookPage, source: Source, text: str) -> bool:
    """Report an output that is too long for a page; return whether it is."""
    if len(text) <= _LONGEST_OUTPUT:
        return False
    message = f"this output has {len(text):,} characters; at most {_LONGEST_OUTPUT:,} are shown."
    page.report(source, "notebook.too-long", message, "Print less, or tag the cell 'remove-output'.")
    return True


def _write_data(page: NotebookPage, source: Source, output: Output, options: Mapping[str, str]) -> None:
    """Write the best of an output's MIME types that a page can show."""
    data = {mime: join_lines(value) for mime, value in output.data.items()}
    texts = {mime: text for mime, text in data.items() if isinstance(text, str)}
    for mime in IMAGE_SUFFIXES:
        if mime in texts:
            _write_image(page, source, mime, texts[mime], options, output.metadata.get(mime))
            return
    for mime, to_markdown in _CONVERTERS.items():
        if mime not in texts:
            continue
        if _report_length(page, source, texts[mime]):
            return
        if markdown := to_markdown(texts[mime]):
            page.write("\n".join(map(_escape_include, markdown.split("\n"))), source)
            page.end_paragraph()
            return
    richer = data.keys() - {"text/plain"}
    if "text/plain" in texts and not _is_placeholder(texts["text/plain"], richer):
        _write_printed(page, source, texts["text/plain"])
    elif data:
        types = ", ".join(sorted(richer or data))
        message = f"this output is only {types}, which a page without scripts cannot show."
        hint = "Save it as an image or as text too, or tag the cell 'remove-output'."
        page.report(source, "notebook.unsupported-output", message, hint)


def _is_placeholder(text: str, richer: Collection[str]) -> bool:
    """Return whether a text only stands for one of these ``richer`` types of the same output."""
    text = text.strip()
    return bool(richer) and (
        _PLACEHOLDER_MESSAGE in text
        or _PLACEHOLDER.fullmatch(text) is not None
        or (any(mime.startswith(_WITH_SCRIPTS) for mime in richer) and _CALL.fullmatch(text) is not None)
    )


def _write_image(
    page: NotebookPage, source: Source, mime: str, text: str, options: Mapping[str, str], metadata: Any
) -> None:
    image = add_image(page, source, mime, text)
    if image is None:
        return
    alternative, caption = _escape(options.get("fig-alt", ""), "[]"), _escape(options.get("fig-cap", ""), '"')
    if not alternative:
        message = "this image has no alternative text."
        hint = "Write '#| fig-alt: what it shows' at the top of the cell."
        page.report(source, "notebook.missing-alt", message, hint)
    size: tuple[Any, Any] | None = image.size
    if isinstance(metadata, Mapping):
        width, height = metadata.get("width"), metadata.get("height")
        if all(type(side) is int and 0 < side <= _LARGEST_SIDE for side in (width, height)):
            size = width, height
    title = f' "{caption}"' if caption else ""
    attributes = f'{{ width="{size[0]}" height="{size[1]}" }}' if size else ""
    page.write(f"![{alternative}]({image.url}{title}){attributes}", source)
    page.end_paragraph()


def _escape(text: str, special: str) -> str:
    """Write a text on one line, with a backslash before backslashes and special characters."""
    return re.sub(rf"[\\{re.escape(special)}]", r"\\\g<0>", " ".join(text.split()))


def _convert_latex(text: str) -> str:
    """Return a formula as Markdown; empty for LaTeX that is not a single formula."""
    match = _FORMULA.fullmatch(text.strip())
    tex = next(filter(None, match.group("dollars", "brackets", "round", "environment"))) if match else ""
    lines = "\n".join(line for line in tex.split("\n") if line.strip())
    return "" if "$" in tex or not tex else f"$$\n{lines.strip().removeprefix(_DISPLAY_STYLE)}\n$$"


def _convert_markdown(text: str) -> str:
    """Return Markdown, as Jupyter reads it, as HTML: in the page it could have any element and attribute."""
    return sanitize_html(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text))


def sanitize_html(text: str) -> str:
    """Return an output's HTML in a box for the page, or an empty string if nothing visible is left.

    Only elements of tables and of text remain, and only images that are embedded (``data:``), so that the
    page loads nothing from other hosts. Each table gets a box that scrolls.
    """
    # Cleaning takes time that grows with the square of the depth.
    if text.count("<") - 2 * text.count("</") - text.count("<br") > _MOST_UNCLOSED:
        return ""
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
            "div", {"class": "table", "tabindex": "0", "role": "group", "aria-label": gettext("Table")}
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
