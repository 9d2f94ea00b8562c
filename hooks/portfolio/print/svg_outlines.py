"""What typst drew on a page, from its SVG: outlines of letters, where they stand, and plain boxes.

Typst takes some ten milliseconds to make a picture of a card, and less than one to say what is on it. A
letter is the same picture wherever it stands again, so that few have to be drawn for many cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from xml.etree import ElementTree as ET

from portfolio.print.compiler import TypesettingError

_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = r"-?\d*\.?\d+(?:e-?\d+)?"
_COMMAND = re.compile(rf"([A-Za-z])|({_NUMBER})")
_TRANSFORM = re.compile(r"(translate|scale|matrix)\(([^)]*)\)")
# How many numbers each command of a path takes; in lower case they count from where the last one ended.
_TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "q": 4, "c": 6, "z": 0}
# A letter is drawn at quarters of a pixel across, and its line stands on a whole one.
PHASES = 4

Matrix = tuple[float, float, float, float, float, float]
_NONE: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True)
class Outline:
    """A shape to be filled: the path of SVG, the first four numbers of its matrix, the quarter across."""

    path: str
    matrix: tuple[float, float, float, float]
    phase: int

    @property
    def bounds(self) -> tuple[int, int, int, int]:
        """The whole pixels in which it is, and one around: left, top, right, bottom."""
        a, b, c, d = self.matrix
        points = [(a * x + c * y + self.phase / PHASES, b * x + d * y) for x, y in _points(self.path)]
        across, down = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
        return floor(min(across)) - 1, floor(min(down)) - 1, floor(max(across)) + 2, floor(max(down)) + 2


@dataclass(frozen=True)
class Placed:
    """An outline in a colour (``#rrggbb``), its origin being at a pixel."""

    outline: Outline
    colour: str
    x: int
    y: int


@dataclass(frozen=True)
class Box:
    """A filled box in whole pixels: left, top, right, bottom."""

    colour: str
    box: tuple[int, int, int, int]


def read(svg: bytes) -> tuple[list[Box], list[Placed]]:
    """The boxes and the letters of a page. Raises TypesettingError where there is anything else."""
    page = ET.fromstring(svg)
    outlines = {f"#{one.get('id')}": one[0].get("d", "") for one in page.iter() if _tag(one) == "symbol"}
    boxes: list[Box] = []
    placed: list[Placed] = []
    for element, (a, b, c, d, x, y) in _drawn(page, _NONE):
        colour = element.get("fill", "")
        if _tag(element) == "path":
            points = list(_points(element.get("d", "")))
            across, down = [x + at for at, _ in points], [y + at for _, at in points]
            boxes.append(
                Box(colour, (round(min(across)), round(min(down)), round(max(across)), round(max(down))))
            )
        else:
            own_x, own_y = float(element.get("x", 0)), float(element.get("y", 0))
            quarters = floor((a * own_x + c * own_y + x) * PHASES + 0.5)
            left, phase = divmod(quarters, PHASES)
            outline = Outline(outlines[element.get(_HREF, "")], (a, b, c, d), phase)
            placed.append(Placed(outline, colour, left, floor(b * own_x + d * own_y + y + 0.5)))
    return boxes, placed


def _drawn(group: ET.Element, around: Matrix) -> Iterator[tuple[ET.Element, Matrix]]:
    """What is drawn in a group, each with the matrix that holds for it."""
    for element in group:
        kind, matrix = _tag(element), _within(around, element.get("transform", ""))
        if kind == "g":
            yield from _drawn(element, matrix)
        elif kind in {"use", "path"} and element.get("stroke") is None:
            yield element, matrix
        elif kind != "defs":
            raise TypesettingError(f"nobody knows how to draw <{kind}> on a card.")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _within(around: Matrix, transform: str) -> Matrix:
    """The matrix of what is transformed within another (SVG 1.1, 7.5)."""
    for kind, numbers in _TRANSFORM.findall(transform):
        given = [float(number) for number in numbers.replace(",", " ").split()]
        if kind == "matrix":
            a, b, c, d, e, f = given
        elif kind == "scale":
            a, b, c, d, e, f = given[0], 0, 0, given[-1], 0, 0
        else:
            a, b, c, d, e, f = 1, 0, 0, 1, given[0], given[1] if len(given) > 1 else 0
        p, q, r, s, t, u = around
        around = (
            p * a + r * b,
            q * a + s * b,
            p * c + r * d,
            q * c + s * d,
            p * e + r * f + t,
            q * e + s * f + u,
        )
    return around


@lru_cache(maxsize=4096)
def _points(path: str) -> tuple[tuple[float, float], ...]:
    """The points between which a path runs: those on it and those that bend it (SVG 1.1, 8.3)."""
    points: list[tuple[float, float]] = []
    x = y = first_x = first_y = 0.0
    for name, numbers in _commands(path):
        kind = name.lower()
        base_x, base_y = (x, y) if name.islower() else (0.0, 0.0)
        if kind == "z":
            x, y = first_x, first_y
        elif kind == "h":
            x = base_x + numbers[0]
        elif kind == "v":
            y = base_y + numbers[0]
        else:
            pairs = [(base_x + dx, base_y + dy) for dx, dy in zip(numbers[::2], numbers[1::2], strict=True)]
            points += pairs
            x, y = pairs[-1]
            if kind == "m":
                first_x, first_y = x, y
        points.append((x, y))
    return tuple(points)


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """The commands of a path, each with its numbers. Raises TypesettingError for one that is not known."""
    name, numbers = "", list[float]()
    for letter, number in _COMMAND.findall(path):
        if letter:
            if letter.lower() not in _TAKES:
                raise TypesettingError(f"nobody knows how to draw {letter!r} on a card.")
            name, numbers = letter, []
        else:
            numbers.append(float(number))
        if name and len(numbers) == _TAKES[name.lower()]:
            yield name, numbers
            numbers = []
