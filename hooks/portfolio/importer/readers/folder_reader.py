"""What the readers of a folder of pages have in common."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite


class SourceFile(Protocol):
    """A file that a page is read from. ``path`` is below the folder of the reader."""

    path: str
    problems: list[Diagnostic]


class FolderReader:
    """Reads a folder of a source; ``root`` is its path, with a slash at its end, or empty."""

    files: InputFiles
    site: ImportedSite
    root: str = ""

    def make_problem(
        self, path: str, line: int, code: str, message: str, hint: str = "", *, severity: Severity = "warning"
    ) -> Diagnostic:
        """Create a diagnostic in a file of the folder."""
        full = self.root + path
        return self.files.diagnose(full, message, hint, line=line, code=code, severity=severity)

    def report(
        self,
        file: SourceFile,
        line: int,
        code: str,
        message: str,
        hint: str = "",
        *,
        severity: Severity = "warning",
    ) -> None:
        """Add a diagnostic to those of a file."""
        problem = self.make_problem(file.path, line, code, message, hint, severity=severity)
        file.problems.append(problem)

    def report_unused_key(self, file: SourceFile, key: str, line: int) -> None:
        """Report a key of front matter that this site has no counterpart of."""
        message = f"'{key}' has no counterpart, and is left out."
        self.report(file, line, "import.dropped", message, severity="info")

    def report_invalid_date(self, file: SourceFile, value: object, line: int) -> None:
        """Report a value of front matter that is no date."""
        message, hint = f"{quote(value)} is not a date.", "Write it as in 2026-01-31."
        self.report(file, line, "import.invalid-date", message, hint)

    def add_file(self, old_path: str, path: str) -> None:
        """Add a file of the source, by its path on the old site without the slash at its beginning."""
        self.site.files[f"/{old_path}"] = partial(self.files.read_bytes, path)
