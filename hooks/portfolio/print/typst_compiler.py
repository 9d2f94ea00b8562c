"""The Typst compiler: it turns a template and JSON data into PDF, PNG or SVG."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.core.cache import cache_key, code_fingerprint
from portfolio.core.files import create_temporary_folder

if TYPE_CHECKING:
    import typst

    from portfolio.print.fonts import Typefaces

TEMPLATES = Path(__file__).parent / "typst"
_PLACE = re.compile(r"┌─ (.+):(\d+):(\d+)$", re.MULTILINE)

# Calls a function with parts of a sequence, in this process or in others, and joins the results.
Distribute = Callable[[Callable[[Sequence[Any]], list[bytes]], Sequence[Any]], list[bytes]]


def run_in_process(render: Callable[[Sequence[Any]], list[bytes]], items: Sequence[Any]) -> list[bytes]:
    """Render all items in this process."""
    return render(items)


@dataclass(frozen=True)
class Message:
    """What the compiler says about a template: one line, with hints.

    ``places`` has the path below the root, the line and the column (from 1) of the fault and of each call
    that led to it, innermost first.
    """

    text: str
    places: tuple[tuple[str, int, int], ...] = ()


class TypesettingError(Exception):
    """The compiler rejected its input; the message is one line."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


@dataclass(frozen=True)
class PrintedPages:
    """A PDF, the number of its pages, and the compiler's warnings."""

    pdf: bytes
    pages: int
    warnings: tuple[Message, ...]


def print_fingerprint(module: str, fonts: Typefaces) -> str:
    """Fingerprint all that typesets: a module with its imports, the templates, the packages and the fonts."""
    code = code_fingerprint(
        modules=(module,),
        files=tuple(sorted(TEMPLATES.glob("*.typ"))),
        packages=("typst", "pillow", "fonttools", "pydantic"),
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
        raise TypesettingError(_message(error)) from None
    return compiled if isinstance(compiled, list) else [compiled]


def print_pages(
    template: str, files: Mapping[str, bytes], fonts: Typefaces, data: dict[str, Any]
) -> PrintedPages:
    """Compile a template to an accessible PDF (PDF/UA-1); see `compile_template`.

    ``files`` has the template and all that it may open, by their paths below the root.
    """
    import typst

    with create_temporary_folder("typeset") as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        compiler = typst.Compiler(
            str(Path(folder, template)),
            root=folder,
            font_paths=fonts.compiler_fonts,
            ignore_system_fonts=True,
            sys_inputs={key: json.dumps(value) for key, value in data.items()},
        )
        unique = Path(folder).name
        try:
            pdf, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=["ua-1"], timestamp=0)
            # The compiler does not return the number of pages, and has their layout by now.
            drawings = compiler.compile(format="svg")
        except typst.TypstError as error:
            raise TypesettingError(_message(error, unique)) from None
    assert isinstance(pdf, bytes)
    pages = len(drawings) if isinstance(drawings, list) else 1
    return PrintedPages(pdf, pages, tuple(_message(warning, unique) for warning in warnings))


def _message(fault: typst.TypstError | typst.TypstWarning, folder: str = "") -> Message:
    """Return what the compiler says about files below a folder with a unique name."""
    words = [fault.message, *(f"Hint: {hint}" for hint in fault.hints)]
    # The places are only in the formatted message. Its paths are relative to the current folder, and its
    # columns count from 0.
    places = tuple(
        (path.rpartition(f"{folder}/")[2], int(line), int(column) + 1)
        for path, line, column in _PLACE.findall(fault.diagnostic)
    )
    return Message(" ".join(" ".join(_end_sentence(word) for word in words).split()), places)


def _end_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
