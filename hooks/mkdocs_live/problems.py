"""What went wrong in a build, as far as it can be shown: what was logged, and what ended it."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

ERROR = logging.ERROR
_HOOKS = "mkdocs.hooks."

# As compilers write it, and MkDocs' checks do, too: path:line:column: message.
_PLACED = re.compile(
    r"(?P<path>[^\s:][^:\n]*):(?P<line>\d+):(?:(?P<column>\d+):)?\s*(?P<message>.*)", re.DOTALL
)
# As YAML says it, and Jinja.
_INSIDE = re.compile(r'in "(?P<path>[^"\n]+)", line (?P<line>\d+)(?:, column (?P<column>\d+))?')
# As MkDocs and Material name pages.
_PAGE = re.compile(r"(?:Doc file|Error (?:reading|building) page|of post) '(?P<path>[^']+)'")


@dataclass(frozen=True, order=True)
class Problem:
    """A problem. ``path`` is empty if nobody knows; ``line`` and ``column`` count from 1, 0 for unknown.

    ``level`` is that of the log.
    """

    path: str
    line: int
    column: int
    message: str
    level: int = field(default=logging.WARNING, compare=False)

    def __str__(self) -> str:
        place = [self.path, *(str(number) for number in (self.line, self.column) if number)]
        return f"{':'.join(place)}: {self.message}" if self.path else self.message

    def as_dict(self) -> dict[str, object]:
        """What a browser shows of it."""
        return {"path": self.path, "line": self.line, "column": self.column, "message": self.message}


def of_text(text: str) -> Problem:
    """The problem that a line of a log tells, with its place as far as the text has it."""
    text = text.strip()
    if placed := _PLACED.fullmatch(text):
        return _at(placed, placed["message"])
    if inside := _INSIDE.search(text):
        return _at(inside, text)
    if page := _PAGE.search(text):
        return Problem(page["path"], 0, 0, text)
    return Problem("", 0, 0, text)


def of_error(error: BaseException, root: Path, *, of_page: bool = False) -> Problem:
    """The problem of an exception, at the innermost line of the project's own files that it passed.

    While the text of a page is made, what a package finds wrong is wrong with the text: it has no place here.
    """
    message = f"{type(error).__name__}: {error}"
    path, line, column = "", 0, 0
    if isinstance(error, SyntaxError) and error.filename:
        path, line, column = error.filename, error.lineno or 0, error.offset or 0
        message = f"{type(error).__name__}: {error.msg}"
    elif (name := getattr(error, "filename", None)) and (number := getattr(error, "lineno", None)):
        # Jinja's errors of syntax.
        path, line = str(name), int(number)
    else:
        frames = traceback.extract_tb(error.__traceback__)
        if of_page and not _is_own(frames[-1].filename, root):
            frames.clear()
        for frame in frames:
            if _is_own(frame.filename, root):
                path, line, column = frame.filename, frame.lineno or 0, (frame.colno or 0) + 1
    if path and Path(path).is_relative_to(root):
        path = Path(path).relative_to(root).as_posix()
    return Problem(path, line, column, message)


def _is_own(name: str, root: Path) -> bool:
    path = Path(name)
    return path.is_relative_to(root) and not any(
        part.startswith(".") for part in path.relative_to(root).parts
    )


def _at(found: re.Match[str], message: str) -> Problem:
    return Problem(found["path"], int(found["line"]), int(found["column"] or 0), message)


@dataclass
class Trial:
    """What was done in the block of `trial`: what was logged, and the exception that ended it, if one did."""

    root: Path
    of_page: bool = False
    logged: list[tuple[int, str]] = field(default_factory=list)
    # What hooks have to tell that is no problem.
    notes: list[str] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All there is to show, each once, in the order in which it was told."""
        return tuple(dict.fromkeys(self._all()))

    def _all(self) -> Iterable[Problem]:
        yield from (replace(of_text(text), level=level) for level, text in self.logged)
        # An error of MkDocs' own, and what it exits with, has been logged where it was raised.
        if self.error is not None and not (_is_told(self.error) and self.logged):
            problem = (
                of_text(str(self.error))
                if _is_told(self.error)
                else of_error(self.error, self.root, of_page=self.of_page)
            )
            yield replace(problem, level=ERROR)


def _is_told(error: BaseException) -> bool:
    return isinstance(error, SystemExit) or any(
        one.__module__.startswith("mkdocs.") for one in type(error).__mro__
    )


class _Handler(logging.Handler):
    def __init__(self, trial: Trial) -> None:
        super().__init__(logging.INFO)
        self._trial = trial

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self._trial.logged.append((record.levelno, record.getMessage()))
        elif record.name.startswith(_HOOKS):
            self._trial.notes.append(record.getMessage())


class _Catcher:
    """Keeps what a block raises: hooks and templates are the owner's, and may raise anything."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._trial.error = error
        return True


def _hear(made: Trial) -> Callable[[], None]:
    """Keep what is logged from now on, until what this gives is called."""
    handler = _Handler(made)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(handler)
    return lambda: logger.removeHandler(handler)


def be_quiet() -> None:
    """Leave it to who serves to write what is logged: once, and not again with each build."""
    logger = logging.getLogger("mkdocs")
    if logger.isEnabledFor(logging.DEBUG):
        return
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setLevel(logging.CRITICAL)


@contextmanager
def trial(root: Path, *, of_page: bool = False) -> Iterator[Trial]:
    """Try the block: whatever it logs as a warning or worse, or raises, is kept in what this gives.

    ``of_page`` says that the block makes the text of a page.
    """
    made = Trial(root, of_page)
    end = _hear(made)
    try:
        with _Catcher(made):
            yield made
    finally:
        end()
