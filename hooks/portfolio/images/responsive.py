from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Copies:
    """Smaller copies of one media type: names of files beside the picture, and their widths in pixels."""

    type: str
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ResponsiveImage:
    """A picture as a page shows it: size in CSS pixels, copies (best type first), and dark variant.

    ``dark`` is the name of a file beside it, or empty.
    """

    width: int
    height: int
    copies: tuple[Copies, ...] = ()
    dark: str = ""
