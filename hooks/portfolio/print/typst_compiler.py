"""The Typst compiler: it turns a template and JSON data into PDF, PNG or SVG."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from portfolio.core.cache import cache_key, code_fingerprint
from portfolio.core.files import create_temporary_folder

if TYPE_CHECKING:
    import typst

    from portfolio.print.fonts import Typefaces

TEMPLATES = Path(__file__).parent / "typst"
_HOOKS = Path(__file__).parents[2]
# Programs connect to other hosts by these; nothing answers at that port.
_PROXIES, _NO_PROXY = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), "http://127.0.0.1:9"
_PLACE = re.compile(r"┌─ (.+):(\d+):(\d+)$", re.MULTILINE)

# Calls a function that fills a cache in other processes, at most as many as a number, and waits for them. Or
# does nothing: then this process does the work.
WorkElsewhere = Callable[[Callable[[], object], int], None]


def work_here(_work: Callable[[], object], _most: int) -> None:
    """Leave all work to this process."""


class Message(NamedTuple):
    """What the compiler says about a template: one line, with hints.

    ``places`` has the path below the root, the line and the column (from 1) of the fault and of each call
    that led to it, innermost first.
    """

    text: str
    places: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def from_json(cls, fields: Sequence[Any]) -> Message:
        """Create a message from its fields, which JSON has as lists."""
        text, places = fields
        return cls(text, tuple((path, line, column) for path, line, column in places))


class TypesettingError(Exception):
    """The compiler rejected its input; the message is one line."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class PrintedPages(NamedTuple):
    """A PDF, the number of its pages, and the compiler's warnings."""

    pdf: bytes
    pages: int
    warnings: tuple[Message, ...]


class Limits(NamedTuple):
    """The time and the memory that a template may need. Not every system limits the memory."""

    seconds: float
    megabytes: int


def typst_language(tag: str) -> str:
    """Return the language of a tag (BCP 47) as the compiler takes it: two or three letters."""
    language = tag.partition("-")[0].lower()
    return language if re.fullmatch("[a-z]{2,3}", language) else "en"


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
    template: str,
    files: Mapping[str, bytes],
    fonts: Typefaces,
    data: dict[str, Any],
    limits: Limits | None = None,
) -> PrintedPages:
    """Compile a template to an accessible PDF (PDF/UA-1); see `compile_template`.

    ``files`` has the template and all that it may open, by their paths below the root. With ``limits``, the
    compiler runs in a process of its own, without the network.
    """
    with create_temporary_folder("typeset") as temporary:
        folder, packages = Path(temporary, "root"), Path(temporary, "packages")
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        inputs = {key: json.dumps(value) for key, value in data.items()}
        job = [template, str(folder), str(packages), inputs]
        return _print_folder(job, fonts.compiler_fonts) if limits is None else _run_job(job, fonts, limits)


def _print_folder(job: Sequence[Any], fonts: typst.Fonts) -> PrintedPages:
    """Compile a template in a folder, which is the root. Packages on this computer are not used."""
    import typst

    template, folder, packages, inputs = job
    compiler = typst.Compiler(
        str(Path(folder, template)),
        root=folder,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        package_path=packages,
        package_cache_path=packages,
    )
    try:
        pdf, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=["ua-1"], timestamp=0)
        # The compiler does not return the number of pages, and has their layout by now.
        drawings = compiler.compile(format="svg")
    except typst.TypstError as error:
        raise TypesettingError(_message(error, folder)) from None
    assert isinstance(pdf, bytes)
    pages = len(drawings) if isinstance(drawings, list) else 1
    return PrintedPages(pdf, pages, tuple(_message(warning, folder) for warning in warnings))


def _run_job(job: Sequence[Any], fonts: Typefaces, limits: Limits) -> PrintedPages:
    """Run `_print_folder` in a process with limits. Raises TypesettingError if it exceeds them."""
    request = json.dumps([job, [str(folder) for folder in fonts.folders], limits.megabytes])
    try:
        ended = subprocess.run(  # noqa: S603 - this Python, and the job is data
            [sys.executable, "-P", "-m", __name__],
            input=request.encode(),
            capture_output=True,
            timeout=limits.seconds,
            env={**os.environ, "PYTHONPATH": str(_HOOKS), **dict.fromkeys(_PROXIES, _NO_PROXY)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"typesetting takes longer than {limits.seconds:g} seconds."
        raise TypesettingError(Message(message)) from None
    header, _, pdf = ended.stdout.partition(b"\n")
    if ended.returncode or not header:
        message = f"the compiler failed: the template may need more than {limits.megabytes:,} MB of memory."
        raise TypesettingError(Message(message))
    pages, messages, error = json.loads(header)
    if error is not None:
        raise TypesettingError(Message.from_json(error))
    return PrintedPages(pdf, pages, tuple(map(Message.from_json, messages)))


def _answer_job() -> None:
    """Read a job of `_run_job` from standard input; write a line of JSON and the PDF to standard output."""
    import typst

    job, folders, megabytes = json.load(sys.stdin)
    with suppress(ImportError, ValueError, OSError):  # Not every system has such limits.
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000,) * 2)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    try:
        printed = _print_folder(job, fonts)
        header = [printed.pages, printed.warnings, None]
        pdf = printed.pdf
    except TypesettingError as error:
        header, pdf = [0, [], error.message], b""
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + pdf)


def _message(fault: typst.TypstError | typst.TypstWarning, folder: str = "") -> Message:
    """Return what the compiler says about files below a folder with a unique path."""
    unique = re.compile(rf"[^\s`]*{re.escape('/'.join(Path(folder).parts[-2:]))}/") if folder else None
    texts = [unique.sub("", text) if unique else text for text in (fault.message, *fault.hints)]
    words = [texts[0], *(f"Hint: {hint}" for hint in texts[1:])]
    # The places are only in the formatted message. Its paths are relative to the current folder, and its
    # columns count from 0.
    places = tuple(
        (unique.sub("", path) if unique else path, int(line), int(column) + 1)
        for path, line, column in _PLACE.findall(fault.diagnostic)
    )
    return Message(" ".join(" ".join(_end_sentence(word) for word in words).split()), places)


def _end_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


if __name__ == "__main__":
    _answer_job()
