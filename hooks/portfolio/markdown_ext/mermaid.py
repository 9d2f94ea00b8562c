"""The library that draws diagrams: it takes a tenth of a second to import, and most builds draw none."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any


def draw(source: str, theme: str) -> bytes:
    """The SVG of a Mermaid diagram in a theme of the library. Raises ValueError for what is none."""
    made: bytes = _library().convert(source, theme=theme)
    return made


def palette(theme: str) -> Mapping[str, str]:
    """The colours of a theme, by their roles."""
    colours: Mapping[str, str] = _library().renderer.THEMES[theme]
    return colours


@functools.cache
def _library() -> Any:
    import mermaid_render
    import mermaid_render.renderer

    # What the library stands on begins a thread when it is imported, which nobody here uses, and beside a
    # thread no process may be forked (see hooks/incremental). Its name is private: see the tests.
    import quickjs

    quickjs.Function._threadpool.shutdown()
    return mermaid_render
