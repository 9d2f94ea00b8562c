"""Diagrams: Mermaid text becomes an SVG that takes its colours from the page."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from xml.etree import ElementTree

from portfolio.markdown_ext import mermaid
from portfolio.markdown_ext.render_errors import RenderError

# Of the renderer's palettes this one has a different colour for every role, so each colour tells its role.
_MARKED = "dark"
# What stands where the page's style sheet does not reach, as in a feed reader.
_FALLBACK = "neutral"
# Of 16 px, the height of its text, what can still be read on a phone.
_LEAST = 0.8
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")
_COLOURED = ("fill", "stroke", "style")
_FAULT = re.compile(r"\S+ at (?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)


def draw(source: str, *, name: str, title: str = "") -> ElementTree.Element | RenderError:
    """Return the ``svg`` element of a Mermaid diagram, or the misprint that it is.

    The element has no XML namespace, as SVG inside HTML needs none, and keeps its natural size in CSS pixels,
    in which text is 16 px high. Colours are custom properties ``--diagram-<role>``; those that the diagram
    itself sets are left alone. ``name`` begins every id and must be unique in the page. The accessible name
    is the diagram's ``accTitle``, else ``title``, else its kind; the description is its ``accDescr``.
    """
    if not source.strip():
        return RenderError("diagram", source, "is empty")
    try:
        svg = ElementTree.fromstring(mermaid.draw(source, _MARKED))
    except ElementTree.ParseError:
        return RenderError("diagram", source, "holds a character that no document may hold")
    except ValueError as error:
        return _misprint(source, str(error))
    for element in svg.iter():
        element.tag = element.tag.rpartition("}")[2]
        for attribute in _COLOURED:
            if attribute in element.attrib:
                element.set(attribute, _COLOUR.sub(_by_role, element.attrib[attribute]))
    _dress(svg)
    _label(svg, name, title)
    return svg


def _misprint(source: str, error: str) -> RenderError:
    fault = _FAULT.fullmatch(error)
    if fault is None:
        return RenderError("diagram", source, error)
    # The parser draws the place over several lines, with a caret; what it expected stands in the last.
    lines = fault["message"].split("\n")
    message = next((line for line in lines if line.startswith("Expecting")), lines[0])
    line = min(max(int(fault["line"]) - 1, 0), source.count("\n"))
    return RenderError("diagram", source, message, line, max(int(fault["column"]) - 1, 0))


def _by_role(colour: re.Match[str]) -> str:
    return _variables().get(colour[0].upper(), colour[0])


@functools.cache
def _variables() -> Mapping[str, str]:
    """What stands for each colour as it was drawn."""
    marked, fallback = mermaid.palette(_MARKED), mermaid.palette(_FALLBACK)
    return {marked[role].upper(): f"var(--diagram-{role}, {fallback[role]})" for role in marked}


def _dress(svg: ElementTree.Element) -> None:
    # Attributes, not a style, where the page's style sheet may say otherwise. It cannot reckon with the
    # width: a diagram shrinks with its column as long as it can be read, and then its box scrolls.
    width = float(svg.get("width", "0").removesuffix("px"))
    svg.set("style", f"max-width: {width:g}px; min-width: {width * _LEAST:g}px")
    svg.set("font-family", "sans-serif")
    svg.set("font-size", "16")
    svg.set("data-search-exclude", "")


def _label(svg: ElementTree.Element, name: str, title: str) -> None:
    kind = svg.attrib.pop("aria-roledescription", "diagram")
    heading, description = svg.find("title"), svg.find("desc")
    if heading is None:
        heading = ElementTree.Element("title")
        heading.text = title or f"Diagram ({kind})"
        svg.insert(0, heading)
    heading.set("id", f"{name}-title")
    svg.set("role", "img")
    svg.set("aria-labelledby", f"{name}-title")
    svg.attrib.pop("aria-describedby", None)
    if description is not None:
        description.set("id", f"{name}-description")
        svg.set("aria-describedby", f"{name}-description")
