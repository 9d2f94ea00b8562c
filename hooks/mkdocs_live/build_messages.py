"""Collects the messages of a build: diagnostics of hooks, log lines of other software, and exceptions.

A hook logs a diagnostic as an object, with ``extra={"diagnostic": diagnostic}``: its place and text are used
as they are. MkDocs, Material, Jinja and tracebacks only have a text, from which the place is parsed here.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mkdocs.exceptions import Abort

_HOOK_LOGGERS = "mkdocs.hooks."
_CONFIGURATION = "mkdocs.yml"
# PyYAML's name for a text without a file. Here it is front matter, which begins below the line `---`.
_FRONT_MATTER = "<unicode string>"

# path:line:column: message, as compilers write it.
_LOCATED = re.compile(
    r"(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)?\s*(?P<message>.*)", re.DOTALL
)
# How YAML and Jinja write a position.
_IN_FILE = re.compile(r'in "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, column (?P<column>\d+))?')
# How MkDocs and Material name pages, links and settings.
_PAGE = re.compile(r"(?:Doc file|Error (?:reading|building) page|of post) '(?P<path>[^']+)'")
_PAGE_ERROR = re.compile(r"Error (?:reading|building) page '")
_SETTING = re.compile(r"Config value '[^']+'")
# An apostrophe within a word begins no quotation.
_QUOTED = re.compile(r"(?<!\w)'[^'\n]+'|\"[^\"\n]+\"")
# The fields that a message has in common with a diagnostic, and that browsers show.
_FIELDS = ("path", "line", "column", "field", "message", "hint", "code")


@dataclass(frozen=True)
class BuildMessage:
    """A warning or an error of a build.

    ``path`` is relative to the project, and empty where it is unknown. ``line`` and ``column`` count from 1;
    0 means unknown. ``level`` is that of the log record, ``is_from_check`` says that the check before the
    build logged it (see `api.declare_check`); they do not count for equality.
    """

    path: str
    line: int
    column: int
    message: str
    field: str = ""
    hint: str = ""
    code: str = ""
    level: int = dataclasses.field(default=logging.WARNING, compare=False)
    is_from_check: bool = dataclasses.field(default=False, compare=False)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        parts = [f"{place}:" if self.path else "", f"{self.field}:" if self.field else "", self.message]
        return " ".join(part for part in (*parts, self.hint) if part)

    def as_dict(self) -> dict[str, object]:
        """Return what the browser shows."""
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_diagnostic(cls, diagnostic: Any, level: int, *, is_from_check: bool = False) -> BuildMessage:
        """Copy the fields of a diagnostic; line breaks become spaces, as in its printed form."""
        fields = {name: getattr(diagnostic, name) for name in _FIELDS}
        fields["message"] = " ".join(fields["message"].split())
        return cls(**fields, level=level, is_from_check=is_from_check)

    @classmethod
    def from_text(cls, text: str, level: int = logging.WARNING) -> BuildMessage:
        """Parse a log line, with its place if the text names it."""
        text = text.strip()
        if match := _LOCATED.fullmatch(text) or _IN_FILE.search(text):
            message = match.groupdict().get("message", text)
            return cls(match["path"], int(match["line"]), int(match["column"] or 0), message, level=level)
        page = _PAGE.search(text)
        return cls(page["path"] if page else "", 0, 0, text, level=level)

    @classmethod
    def from_exception(cls, error: BaseException, root: Path, *, in_page: bool = False) -> BuildMessage:
        """Describe an exception, at the innermost line of the project's own code in its traceback.

        ``in_page`` is true while the text of a page is converted. The message is about that page then, and
        only its hint names the line of code.
        """
        path, line, column, text, hint = "", 0, 0, str(error), ""
        # SyntaxError, and TemplateSyntaxError of Jinja.
        if (name := getattr(error, "filename", None)) and (number := getattr(error, "lineno", None)):
            path, line, column = str(name), int(number), getattr(error, "offset", None) or 0
            text = getattr(error, "msg", text)
        else:
            at = cls.from_stack(traceback.extract_tb(error.__traceback__), root)
            if not in_page:
                path, line, column = at.path, at.line, at.column
            elif at.path:
                hint = f"Raised at {at.path}:{at.line}."
        path = _relative_path(path, root)
        return cls(path, line, column, f"{type(error).__name__}: {text}", hint=hint, level=logging.ERROR)

    @classmethod
    def from_stack(cls, frames: Iterable[traceback.FrameSummary], root: Path) -> BuildMessage:
        """Return the innermost line of the project's own code on a stack, without a text."""
        own = [frame for frame in frames if _is_project_code(frame.filename, root)]
        if not own:
            return cls("", 0, 0, "")
        return cls(_relative_path(own[-1].filename, root), own[-1].lineno or 0, (own[-1].colno or 0) + 1, "")


class CapturedOutput(logging.Handler):
    """A context manager that collects what its block logs, and the exception that ends it.

    Hooks and templates may raise any ``Exception``, and may call `sys.exit`. Other exceptions are not caught.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(logging.INFO)
        self._root = root
        # Messages of diagnostics, and texts with their levels.
        self._logged: list[BuildMessage | tuple[int, str]] = []
        # What hooks logged at the level INFO.
        self.notes: list[str] = []
        self.error: BaseException | None = None

    def __enter__(self) -> CapturedOutput:
        logging.getLogger("mkdocs").addHandler(self)
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        logging.getLogger("mkdocs").removeHandler(self)
        is_caught = isinstance(error, Exception | SystemExit)
        self.error = error if is_caught else None
        return is_caught

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a log record."""
        if record.levelno >= logging.WARNING:
            diagnostic = getattr(record, "diagnostic", None)
            self._logged.append(
                (record.levelno, record.getMessage())
                if diagnostic is None
                else BuildMessage.from_diagnostic(
                    diagnostic, record.levelno, is_from_check=getattr(record, "is_from_check", False)
                )
            )
        elif record.name.startswith(_HOOK_LOGGERS):
            self.notes.append(record.getMessage())

    @property
    def has_errors(self) -> bool:
        """Whether an error was logged."""
        levels = (logged.level if isinstance(logged, BuildMessage) else logged[0] for logged in self._logged)
        return any(level >= logging.ERROR for level in levels)

    def check_messages(self) -> tuple[BuildMessage, ...]:
        """Return the messages of the site's own check."""
        logged = (message for message in self._logged if isinstance(message, BuildMessage))
        return tuple(message for message in logged if message.is_from_check)

    def messages(self, docs: Path, page: str = "") -> tuple[BuildMessage, ...]:
        """Return all messages in order, without duplicates, with paths relative to the project.

        ``docs`` is the folder of the documents. ``page`` is the source path of the page that was converted in
        the block, if any: messages that name no file are about that page.
        """
        messages = [
            logged
            if isinstance(logged, BuildMessage)
            else _locate(BuildMessage.from_text(logged[1], logged[0]), self._root, docs, page)
            for logged in self._logged
        ]
        if self.error is not None and not self._is_logged(self.error):
            if _is_user_error(self.error):
                message = BuildMessage.from_text(str(self.error), logging.ERROR)
            else:
                message = BuildMessage.from_exception(self.error, self._root, in_page=bool(page))
            messages.append(_locate(message, self._root, docs, page))
        return remove_repeated(messages)

    def _is_logged(self, error: BaseException) -> bool:
        """Whether the log already says what is wrong.

        MkDocs logs an error, and then raises ``Abort``. It logs other exceptions with the page concerned.
        """
        if isinstance(error, Abort):
            return bool(self._logged)
        texts = (logged[1] for logged in self._logged if isinstance(logged, tuple))
        if any(_PAGE_ERROR.match(text) and str(error) in text for text in texts):
            return True
        return self.has_errors and _is_user_error(error)


def silence_console() -> None:
    """Stop MkDocs' console output in this process: the server prints each message once."""
    logger = logging.getLogger("mkdocs")
    if logger.isEnabledFor(logging.DEBUG):
        return
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setLevel(logging.CRITICAL)


def _is_user_error(error: BaseException) -> bool:
    """Whether MkDocs raised this for users, with a text that says everything."""
    return any(base.__module__.startswith("mkdocs.") for base in type(error).__mro__)


def _is_project_code(name: str, root: Path) -> bool:
    """Whether a file is in the project, and in no hidden folder such as that of installed packages."""
    path = Path(name)
    return (
        path.is_relative_to(root)
        and not path.is_relative_to(Path(__file__).parent)
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _relative_path(name: str, root: Path) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else name


def remove_repeated(messages: Iterable[BuildMessage]) -> tuple[BuildMessage, ...]:
    """Remove duplicates, and what MkDocs or a plugin says about a fault that has a diagnostic."""
    unique = tuple(dict.fromkeys(messages))
    # Two rules may find the same fault, and name different fields.
    by_place = {(by.path, by.line, by.column, by.message): by for by in unique if by.code}
    has_errors = any(by.level >= logging.ERROR for by in by_place.values())

    def is_repeated(message: BuildMessage) -> bool:
        if message.code:
            return by_place[message.path, message.line, message.column, message.message] is not message
        of_file = [by for by in by_place.values() if by.path == message.path]
        quoted = [text for text in _QUOTED.findall(message.message) if not message.path.endswith(text[1:-1])]
        # After an error a plugin does not go on, so a diagnostic of the file most likely says why. An error
        # without a file may have any cause: it is shown again if it remains after they are fixed.
        if message.level >= logging.ERROR and (of_file or (has_errors and not message.path)):
            return True
        # Plugins do not always name the file.
        candidates = of_file if message.path else by_place.values()
        return any(
            (message.path and by.line == message.line) or any(text in by.message for text in quoted)
            for by in candidates
        )

    return tuple(message for message in unique if not is_repeated(message))


def _locate(message: BuildMessage, root: Path, docs: Path, page: str) -> BuildMessage:
    """Complete the place of a parsed message: a path relative to the project, and a line."""
    path, line = message.path, message.line
    if path == _FRONT_MATTER:
        named = _PAGE.search(message.message)
        path, line = named["path"] if named else page, line + 1
    elif not path:
        path = _CONFIGURATION if _SETTING.search(message.message) else page
    candidates = (root / path, docs / path) if path else ()
    # `Path.is_file` raises an error where a text that looks like a path is too long for one.
    file = next((file for file in candidates if os.path.isfile(file)), None)  # noqa: PTH113
    if file is not None and file.is_relative_to(root):
        path = file.relative_to(root).as_posix()
    located = replace(message, path=path, line=line)
    return located if line or file is None else _find_quoted(located, file)


def _find_quoted(message: BuildMessage, file: Path) -> BuildMessage:
    """Place a message at the text that it quotes; the last quotation is the most exact."""
    lines: list[str] = []
    # The message may be that the file cannot be read.
    with suppress(OSError):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    for quotation in reversed(_QUOTED.findall(message.message)):
        for number, text in enumerate(lines, start=1):
            if (column := text.find(quotation[1:-1])) >= 0:
                return replace(message, line=number, column=column + 1)
    return message
