"""The look of formulas by classes and attributes of MathML, because the site's policy allows no ``style``.

math-core writes style attributes for what MathML Core has no attributes for. The rules of the classes are in
``overrides/assets/stylesheets/math.css``.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

# The class of each declaration; empty for one that another one of the same class comes with.
_CLASSES = {
    "text-align:left": "math-start",
    "justify-items:start": "",
    "text-align:right": "math-end",
    "justify-items:end": "",
    "padding-left:0": "math-flush-start",
    "padding-right:0": "math-flush-end",
    "padding-left:1em": "math-apart",
    "padding-left:0.1em": "math-near-start",
    "padding-right:0.1em": "math-near-end",
    "padding-right:0.1667em": "math-thin-space",
    "padding-top:0": "math-tight",
    "padding-bottom:0": "",
    "padding-top:0.1667em": "math-continued",
    "width:100%": "math-numbered",
    "width:50%": "math-half",
    "width:7.5%": "math-margin",
    "border-top:0.05em solid currentcolor": "math-line-top",
    "border-left:0.05em solid currentcolor": "math-line-start",
    "border-right:0.05em solid currentcolor": "math-line-end",
    "border-top:0.05em dashed currentcolor": "math-dashes-top",
    "border-left:0.05em dashed currentcolor": "math-dashes-start",
    "border-right:0.05em dashed currentcolor": "math-dashes-end",
    "font-variant-caps:small-caps": "math-small-caps",
}
# The class of each notation of <menclose>, which Chromium does not draw.
_ENCLOSURES = {
    "box": "math-box",
    "actuarial": "math-actuarial",
    "phasorangle": "math-phasor",
    "updiagonalstrike": "math-strike-up",
    "downdiagonalstrike": "math-strike-down",
}
_DECLARATION_SPACE = re.compile(r"(?<=:)\s+")
_COLOUR = re.compile(r"color:(#[0-9A-Fa-f]{6})")
_NEGATIVE_SPACE = re.compile(r"margin-left:-(?P<size>[\d.]+)(?P<unit>[a-z]+)")
# In em. An absolute unit is relative to TeX's 10 pt.
_UNITS = {
    "em": 1, "rem": 1, "ex": 0.43, "pt": 0.1, "bp": 0.1, "px": 0.0753, "pc": 1.2, "mm": 0.2845, "cm": 2.845,
    "in": 7.227, "mu": 1 / 18,
}  # fmt: skip
# The classes for spaces: negative ones in 1/18 em, those below a row in 1/10 em.
_LARGEST_STEP, _MOST_STEPS, _SMALLEST_ROW_SPACE, _LARGEST_ROW_SPACE = 18, 40, -2, 30
# Elements on which MathML 3 allows ``displaystyle`` and ``scriptlevel``.
_STYLED = ("math", "mstyle", "mtable")


def use_classes(math: Element) -> None:
    """Replace the style attributes of a formula and its ``<menclose>``, and set its levels by ``<mstyle>``.

    MathML Core has ``displaystyle`` and ``scriptlevel`` on every element, but MathML 3 and checkers do not.
    """
    for element in list(math.iter()):
        if element.tag == "menclose":
            _replace_enclosure(element)
        if style := element.attrib.pop("style", ""):
            _replace_style(element, style)
        for index, child in enumerate(element):
            if child.tag not in _STYLED and ("displaystyle" in child.attrib or "scriptlevel" in child.attrib):
                element[index] = _move_levels(child)


def add_class(element: Element, *names: str) -> None:
    """Add classes to an element."""
    element.set("class", " ".join(dict.fromkeys([*element.get("class", "").split(), *names])))


def add_row_space(cell: Element, size: float, unit: str) -> None:
    """Add the space that follows a row to a cell of it, rounded to 1/10 em."""
    steps = round(size * _UNITS[unit] * 10)
    steps = min(max(steps, _SMALLEST_ROW_SPACE), _LARGEST_ROW_SPACE)
    if steps:
        add_class(cell, f"math-below-{steps}" if steps > 0 else f"math-closer-{-steps}")


def _replace_style(element: Element, style: str) -> None:
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        normal = _DECLARATION_SPACE.sub("", declaration)
        if match := _COLOUR.fullmatch(normal):
            element.set("mathcolor", match[1])
        elif match := _NEGATIVE_SPACE.fullmatch(normal):
            _set_negative_space(element, float(match["size"]) * _UNITS.get(match["unit"], 0))
        elif name := _CLASSES.get(normal):
            add_class(element, name)


def _set_negative_space(space: Element, size: float) -> None:
    """Turn a space into one of a negative width in em, or into a row of several if it is wide."""
    steps = min(round(size * 18), _LARGEST_STEP * _MOST_STEPS)
    whole, rest = divmod(steps, _LARGEST_STEP)
    names = [f"math-back-{step}" for step in [*[_LARGEST_STEP] * whole, rest] if step]
    if len(names) == 1:
        space.set("class", names[0])
    elif names:
        space.tag = "mrow"
        space.extend(Element("mspace", {"class": name}) for name in names)


def _replace_enclosure(element: Element) -> None:
    """Turn a ``<menclose>`` into a row with the classes of its notations."""
    notations = element.attrib.pop("notation", "").split()
    for child in list(element):
        if child.get("class", "").startswith("menclose-"):
            element.remove(child)
    element.tag = "mrow"
    add_class(element, *(_ENCLOSURES[notation] for notation in notations if notation in _ENCLOSURES))


def _move_levels(element: Element) -> Element:
    """Return an ``<mstyle>`` with the levels of an element: the element if it is a row, else a parent."""
    if element.tag == "mrow":
        element.tag = "mstyle"
        return element
    names = [name for name in ("displaystyle", "scriptlevel") if name in element.attrib]
    outer = Element("mstyle", {name: element.attrib.pop(name) for name in names})
    outer.append(element)
    return outer
