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
_LINK = re.compile(r"Doc file '[^']+' contains a link (?P<url>'[^']+')")
_SETTING = re.compile(r"Config value '[^']+'")
_QUOTED = re.compile(r"'[^'\n]+'|\"[^\"\n]+\"")
# The fields that a message has in common with a diagnostic, and that browsers show.
_FIELDS = ("path", "line", "column", "field", "message", "hint", "code")


@dataclass(frozen=True)
class BuildMessage:
    """A warning or an error of a build.

    ``path`` is relative to the project, and empty where it is unknown. ``line`` and ``column`` count from 1;
    0 means unknown. ``level`` is the level of the log record and does not count for equality.
    """

    path: str
    line: int
    column: int
    message: str
    field: str = ""
    hint: str = ""
    code: str = ""
    level: int = dataclasses.field(default=logging.WARNING, compare=False)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        parts = [f"{place}:" if self.path else "", f"{self.field}:" if self.field else "", self.message]
        return " ".join(part for part in (*parts, self.hint) if part)

    def as_dict(self) -> dict[str, object]:
        """Return what the browser shows."""
        return {name: getattr(self, name) for name in _FIELDS}

    @classmethod
    def from_diagnostic(cls, diagnostic: Any, level: int) -> BuildMessage:
        """Copy the fields of a diagnostic; line breaks become spaces, as in its printed form."""
        message = cls(**{name: getattr(diagnostic, name) for name in _FIELDS}, level=level)
        return replace(message, message=" ".join(message.message.split()))

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

        ``in_page`` is true while the text of a page is converted: an error raised inside a package is then
        an error of the text, so no line of code is named.
        """
        path, line, column, text = "", 0, 0, str(error)
        # SyntaxError, and TemplateSyntaxError of Jinja.
        if (name := getattr(error, "filename", None)) and (number := getattr(error, "lineno", None)):
            path, line, column = str(name), int(number), getattr(error, "offset", None) or 0
            text = getattr(error, "msg", text)
        else:
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in frames if _is_project_code(frame.filename, root)]
            if own and (own[-1] is frames[-1] or not in_page):
                path, line, column = own[-1].filename, own[-1].lineno or 0, (own[-1].colno or 0) + 1
        if Path(path).is_relative_to(root):
            path = Path(path).relative_to(root).as_posix()
        return cls(path, line, column, f"{type(error).__name__}: {text}", level=logging.ERROR)


class CapturedOutput(logging.Handler):
    """A context manager that collects what its block logs, and the exception that ends it.

    Hooks and templates may raise any ``Exception``, and may call `sys.exit`. Other exceptions are not caught.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(logging.INFO)
        self._root = root
        # Each level with a text, or with the diagnostic of the log record.
        self._logged: list[tuple[int, object]] = []
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
            logged = getattr(record, "diagnostic", None) or record.getMessage()
            self._logged.append((record.levelno, logged))
        elif record.name.startswith(_HOOK_LOGGERS):
            self.notes.append(record.getMessage())

    @property
    def has_errors(self) -> bool:
        """Whether an error was logged."""
        return any(level >= logging.ERROR for level, _ in self._logged)

    def messages(self, docs: Path, page: str = "") -> tuple[BuildMessage, ...]:
        """Return all messages in order, without duplicates, with paths relative to the project.

        ``docs`` is the folder of the documents. ``page`` is the source path of the page that was converted in
        the block, if any: messages that name no file are about that page.
        """
        messages = [
            _locate(BuildMessage.from_text(logged, level), self._root, docs, page)
            if isinstance(logged, str)
            else BuildMessage.from_diagnostic(logged, level)
            for level, logged in self._logged
        ]
        if self.error is not None and not self._is_logged(self.error):
            if _is_user_error(self.error):
                message = BuildMessage.from_text(str(self.error), logging.ERROR)
            else:
                message = BuildMessage.from_exception(self.error, self._root, in_page=bool(page))
            messages.append(_locate(message, self._root, docs, page))
        unique = tuple(dict.fromkeys(messages))
        return tuple(message for message in unique if not any(_repeats(message, by) for by in unique))

    def _is_logged(self, error: BaseException) -> bool:
        """Whether the log already says what is wrong. MkDocs logs an error, and then raises ``Abort``."""
        return bool(self._logged) if isinstance(error, Abort) else self.has_errors and _is_user_error(error)


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
    return path.is_relative_to(root) and not any(
        part.startswith(".") for part in path.relative_to(root).parts
    )


def _repeats(message: BuildMessage, by: BuildMessage) -> bool:
    """Whether MkDocs reports a broken link here that a hook reports, too."""
    link = _LINK.match(message.message)
    same_place = (message.path, message.line) == (by.path, by.line)
    return link is not None and same_place and not _LINK.match(by.message) and link["url"] in by.message


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
