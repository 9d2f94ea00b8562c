"""Mermaid diagrams: a fence ``mermaid`` becomes an SVG that takes its colours from the page."""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.core.diagnostics import did_you_mean, join_words
from portfolio.core.i18n import gettext
from portfolio.markdown_ext import markdown_internals
from portfolio.markdown_ext.extensions import (
    Remember,
    add_class,
    add_line_reader,
    compute_each_time,
    make_focusable,
)
from portfolio.markdown_ext.render_errors import RenderError, Report

# This palette of the renderer has a different colour for every role, so each colour identifies its role.
_MARKER_THEME = "dark"
# The colours where the page's style sheet does not apply, as in a feed reader.
_FALLBACK_THEME = "neutral"
# The smallest scale of the 16 px text that is legible on a phone.
_SMALLEST_SCALE = 0.8
# In CSS pixels: a phone's column. A diagram that is legible in it never scrolls.
_NARROWEST_COLUMN = 280
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")
_COLOUR_ATTRIBUTES = ("fill", "stroke")
# A declaration of a style that is also an attribute in SVG 2.
_DECLARATION = re.compile(
    r"\s*(?P<name>opacity|rx|ry|(?:fill|stroke)(?:-[a-z-]+)?|font-(?:family|size|style|weight)|text-decoration)"
    r"\s*:\s*(?P<value>[^!]+)"
)
_ERROR = re.compile(r"\S+ at (?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)
# What the parser removes from a diagram first.
_FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---[ \t]*\n", re.DOTALL)
_DIRECTIVE = re.compile(r"%%\{.*?\}%%", re.DOTALL)
_COMMENT = re.compile(r"^[ \t]*%%(?!\{).*\n?", re.MULTILINE)
_LABEL_END = "Expecting '(?:SQE|PE|PIPE|DIAMOND_STOP|SUBROUTINEEND|STADIUMEND|CYLINDEREND|DOUBLECIRCLEEND)'"
_KIND_NAMES = (
    "flowchart sequenceDiagram classDiagram stateDiagram-v2 erDiagram gantt pie mindmap timeline".split()
)
_KINDS = join_words(_KIND_NAMES, "or")
_NO_KIND = "No diagram type detected"
# Frequent mistakes: patterns of what the parser says and of the line, the message, and the hint.
_MISTAKES = (
    (
        rf"{_LABEL_END}.*got 'STR'",
        "",
        "this label contains quotation marks.",
        'Write it in quotation marks, and those in it as #quot;, as in A["a #quot;b#quot; c"].',
    ),
    (
        rf"{_LABEL_END}.*got '\$end'",
        "",
        "a label is not closed.",
        "Write the bracket that closes it.",
    ),
    (
        rf"{_LABEL_END}|got 'LINK_ID'",
        "",
        "this label contains a character with a meaning in Mermaid.",
        'Write the label in quotation marks, as in A["a (b)"] or A -->|"a (b)"| B.',
    ),
    (
        "got 'PS'",
        r"^\s*subgraph\b",
        "this title contains a character with a meaning in Mermaid.",
        'Write an id and the title in quotation marks, as in subgraph a ["b (c)"].',
    ),
    (
        "got 'end'",
        "",
        "'end' is a word of Mermaid and cannot be the name of a node.",
        'Write it with a capital letter, or as a label, as in last["end"].',
    ),
    (
        r"Expecting 'end'.*got '\$end'",
        "",
        "a block is not closed.",
        "Write 'end' on a line of its own.",
    ),
    ("EOF_IN_STRUCT", "", "a block is not closed.", "Write } on a line of its own."),
    (
        "got '(?:MINUS|INVALID)'",
        r"(?<!-)->",
        "'->' is not an arrow in this kind of diagram.",
        "Write -->.",
    ),
    (
        "Expecting 'SEMI', 'NEWLINE', 'EOF', got 'NODE_STRING'",
        "",
        "the name of a node is one word.",
        'Write a name and a label, as in a["two words"].',
    ),
    (
        "Expecting 'SOLID_OPEN_ARROW'.*got 'NEWLINE'",
        ";",
        "a semicolon ends a message.",
        "Write #59; for a semicolon in its text.",
    ),
    (
        "Expecting 'SOLID_OPEN_ARROW'",
        "",
        "there is no arrow between two participants.",
        "Write one, as in A->>B: text.",
    ),
    (
        "Expecting 'over', 'left_of', 'right_of'",
        "",
        "a note has no place.",
        "Write 'Note left of A: text', 'right of' or 'over'.",
    ),
    (
        "Expecting 'COLON'",
        "",
        "this relationship has no label.",
        "Write one after a colon, as in A ||--o{ B : has.",
    ),
    (
        "Expecting 'NON_IDENTIFYING', 'IDENTIFYING'",
        "",
        "this is not a relationship.",
        "Write two lines or dots between its ends, as in ||--o{ or ||..o{.",
    ),
    (
        "Unrecognized text",
        r"^\s*[^\s\"].*:\s*[\d.]+\s*$",
        "this part of a pie has no label in quotation marks.",
        'Write one, as in "a" : 10.',
    ),
    (
        "Unrecognized text",
        r"[\[({]\s*[/\\\\]",
        "this label contains a character with a meaning in Mermaid.",
        'Write the label in quotation marks, as in A["/path"].',
    ),
    (
        _NO_KIND,
        "",
        "the kind of diagram is missing or unknown.",
        f"Begin the first line with {_KINDS}, in this spelling.",
    ),
)
# Before every other preprocessor.
_COUNTER_PRIORITY = 1000


@dataclass(eq=False)
class MermaidExtension(Extension):
    """A Markdown extension for Mermaid diagrams, whose `fence` belongs into ``pymdownx.superfences``.

    ``report`` is called with each diagram that cannot be rendered; the page shows its source as a code block.
    The fence takes an option, ``title="…"``, for a diagram that does not name itself with ``accTitle``. The
    ids of a diagram are made from its source, its number among equal diagrams of a page, and the path that
    ``get_page`` returns: a list of posts may show equal diagrams of several pages. ``remember``
    stores the diagrams.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report
    get_page: Callable[[Markdown], str] = lambda _: ""
    remember: Remember = compute_each_time
    counts: Counter[str] = field(default_factory=Counter, init=False)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        add_line_reader(md, lambda _: self.counts.clear(), "diagrams-counted", _COUNTER_PRIORITY)

    @property
    def fence(self) -> dict[str, object]:
        """The entry for superfences' ``custom_fences``."""
        return {"name": "mermaid", "class": "diagram", "validator": self.validate, "format": self.format}

    def validate(
        self,
        _language: str,
        inputs: Mapping[str, str],
        options: dict[str, str],
        attrs: dict[str, str],
        _md: Markdown,
    ) -> bool:
        """Sort the fence's inputs into options (``title``) and attributes (the rest)."""
        for key, value in inputs.items():
            (options if key == "title" else attrs)[key] = value
        return True

    def format(
        self,
        source: str,
        _language: str,
        css_class: str,
        options: Mapping[str, str],
        md: Markdown,
        *,
        classes: list[str],
        id_value: str,
        attrs: Mapping[str, str],
    ) -> str:
        """Return the diagram in its box as HTML, or its source in a code block if it cannot be rendered."""
        digest = hashlib.sha256(f"{self.get_page(md)}\0{source}".encode()).hexdigest()[:10]
        self.counts[digest] += 1
        name = f"diagram-{digest}-{self.counts[digest]}"
        svg = render_diagram(source, name=name, title=options.get("title", ""), remember=self.remember)
        if isinstance(svg, RenderError):
            self.report(svg)
            block = Element("div", {"class": "highlight"})
            SubElement(SubElement(block, "pre"), "code").text = source
        else:
            block = Element("div", {"class": css_class})
            least = _width(svg) * _SMALLEST_SCALE
            if least > _NARROWEST_COLUMN:
                # It scrolls in a narrower column. A style sheet cannot compute with the width of the diagram,
                # so an element without height sets the least width of the column.
                size = {"width": f"{least:g}", "height": "0"}
                SubElement(block, "svg", {"class": "least-width", **size, "aria-hidden": "true"})
                make_focusable(block, svg.findtext("title", ""))
            block.append(svg)
        add_class(block, *classes)
        if id_value:
            block.set("id", id_value)
        for key, value in attrs.items():
            block.set(key, value)
        return ElementTree.tostring(block, encoding="unicode")


def render_diagram(
    source: str, *, name: str, title: str = "", remember: Remember = compute_each_time
) -> Element | RenderError:
    """Return the ``svg`` element of a Mermaid diagram, or the error in its source.

    The element has no XML namespace, as SVG inside HTML needs none, and has its natural size in CSS pixels,
    with text 16 px high; a style sheet may make it smaller. Colours are custom properties
    ``--diagram-<role>``; colours that the diagram itself sets do not change. ``name`` begins every id and
    must be unique in the page. The accessible name is the diagram's ``accTitle``, else ``title``, else its
    kind; the description is its ``accDescr``.
    """
    if not source.strip():
        return RenderError("diagram.invalid", source, "is empty.", f"Begin it with {_KINDS}.")
    try:
        svg = ElementTree.fromstring(remember(lambda: _draw(source), "diagram", source))
    except ElementTree.ParseError:
        return RenderError("diagram.invalid", source, "contains a character that is not text.")
    except ValueError as error:
        return _parse_error(source, str(error))
    _set_accessible_name(svg, name, title)
    return svg


def _draw(source: str) -> str:
    """Return the ``svg`` element of a diagram, without names, as XML. Raises ValueError and ParseError."""
    svg = ElementTree.fromstring(render_svg(source))

    def use_variable(colour: re.Match[str]) -> str:
        return _role_variables().get(colour[0].upper(), colour[0])

    for element in svg.iter():
        element.tag = element.tag.rpartition("}")[2]
        # The site's policy allows no styles.
        for declaration in element.attrib.pop("style", "").split(";"):
            if match := _DECLARATION.match(declaration):
                element.set(match["name"], match["value"].strip())
        for attribute in _COLOUR_ATTRIBUTES:
            if value := element.get(attribute):
                element.set(attribute, _COLOUR.sub(use_variable, value))
    svg.set("font-family", "sans-serif")
    svg.set("font-size", "16")
    svg.set("data-search-exclude", "")
    return ElementTree.tostring(svg, encoding="unicode")


def render_svg(source: str) -> bytes:
    """Return the SVG of a Mermaid diagram as its library writes it. Raises ValueError for invalid source."""
    svg: bytes = markdown_internals.import_mermaid_render().convert(source, theme=_MARKER_THEME)
    return svg


def _parse_error(source: str, error: str) -> RenderError:
    match = _ERROR.fullmatch(error)
    if match is None:
        return RenderError("diagram.invalid", source, error)
    # The parser shows the place in several lines, with a caret; the last says what it expected.
    details = match["message"].split("\n")
    reason = next((line for line in details if line.startswith("Expecting")), details[0])
    # It counts lines from the start of the diagram; the diagnostic has the line of the file.
    reason = re.sub(r" on line \d+", "", reason)
    offset = _find_offset(source, int(match["line"]), int(match["column"]))
    line = source[source.rfind("\n", 0, offset) + 1 :].partition("\n")[0]
    for pattern, line_pattern, message, hint in _MISTAKES:
        if re.search(pattern, reason) and re.search(line_pattern, line):
            if pattern == _NO_KIND:
                hint = f"{did_you_mean(source.split()[0], _KIND_NAMES)} {hint}".lstrip()
            return RenderError("diagram.invalid", source, message, hint, offset)
    return RenderError("diagram.invalid", source, reason, offset=offset)


def _find_offset(source: str, line: int, column: int) -> int:
    """Return the offset of a place. The parser counts lines without front matter, directives and comments."""
    removed: set[int] = set()
    for pattern in (_FRONT_MATTER, _DIRECTIVE, _COMMENT):
        removed.update(*(range(*match.span()) for match in pattern.finditer(source)))
    offsets = [offset for offset in range(len(source)) if offset not in removed]
    text = "".join(source[offset] for offset in offsets)
    blank = len(text) - len(text.lstrip())
    lines = text[blank:].split("\n")[: max(line, 1)]
    if len(lines) == max(line, 1):
        lines[-1] = lines[-1][: max(column - 1, 0)]
    at = blank + len("\n".join(lines))
    # An unexpected end is where the text ends.
    return min(offsets[at] if at < len(offsets) else len(source), len(source.rstrip()))


@functools.cache
def _role_variables() -> Mapping[str, str]:
    """Return the CSS variable for each colour of the marker theme."""
    marker = markdown_internals.mermaid_palette(_MARKER_THEME)
    fallback = markdown_internals.mermaid_palette(_FALLBACK_THEME)
    return {marker[role].upper(): f"var(--diagram-{role}, {fallback[role]})" for role in marker}


def _width(svg: Element) -> float:
    return float(svg.get("width", "0").removesuffix("px"))


def _set_accessible_name(svg: Element, name: str, title: str) -> None:
    kind = svg.attrib.pop("aria-roledescription", "diagram")
    heading, description = svg.find("title"), svg.find("desc")
    if heading is None:
        heading = Element("title")
        heading.text = title or gettext("Diagram (%(kind)s)", kind=kind)
        svg.insert(0, heading)
    heading.set("id", f"{name}-title")
    svg.set("role", "img")
    svg.set("aria-labelledby", f"{name}-title")
    svg.attrib.pop("aria-describedby", None)
    if description is not None:
        description.set("id", f"{name}-description")
        svg.set("aria-describedby", f"{name}-description")
