"""The Typst compiler: it turns a template and JSON data into PDF, PNG or SVG."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.core.cache import cache_key, code_fingerprint

if TYPE_CHECKING:
    from portfolio.print.fonts import Typefaces

TEMPLATES = Path(__file__).parent / "typst"

# Calls a function with parts of a sequence, in this process or in others, and joins the results.
Distribute = Callable[[Callable[[Sequence[Any]], list[bytes]], Sequence[Any]], list[bytes]]


def run_in_process(render: Callable[[Sequence[Any]], list[bytes]], items: Sequence[Any]) -> list[bytes]:
    """Render all items in this process."""
    return render(items)


class TypesettingError(Exception):
    """The compiler rejected its input; the message is one line."""


def print_fingerprint(module: str, fonts: Typefaces) -> str:
    """Fingerprint all that typesets: a module with its imports, the templates, the packages and the fonts."""
    code = code_fingerprint(
        modules=(module,),
        files=tuple(sorted(TEMPLATES.glob("*.typ"))),
        packages=("typst", "pillow", "fonttools"),
    )
    return cache_key(code, fonts.fingerprint)


def compile_template(name: str, fonts: Typefaces, data: dict[str, Any], **output: Any) -> list[bytes]:
    """Compile a template with ``data`` (JSON values by name): one PDF, or a PNG or SVG for each page.

    ``output`` is the format and its options, as the compiler takes them. Raises TypesettingError, and
    ModuleNotFoundError if the compiler is not installed.
    """
    # Imported late: see Typefaces.compiler_fonts.
    import typst

    try:
        # Typed as bytes; it is a list if there are several pages.
        compiled: Any = typst.compile(
            str(TEMPLATES / name),
            font_paths=fonts.compiler_fonts,
            ignore_system_fonts=True,
            sys_inputs={key: json.dumps(value) for key, value in data.items()},
            # The output must not depend on the clock.
            timestamp=0,
            **output,
        )
    except typst.TypstError as error:
        raise TypesettingError(" ".join(str(error).split())) from None
    return compiled if isinstance(compiled, list) else [compiled]
