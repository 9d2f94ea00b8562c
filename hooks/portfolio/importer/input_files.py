"""The files of a source: a folder, a zip archive or a single file, read within limits.

Nothing outside the source is ever read: no path climbs out of it, and no symbolic link leads out of it.
"""

from __future__ import annotations

import fnmatch
import posixpath
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, Severity
from portfolio.core.files import check_file, display_path, walk_files

# More than an export of a person's site has; a larger file would fill the memory.
_MAX_MEGABYTES = 64
_MAX_FILES = 100_000
# A zip archive may contain this much in all, and each file this many times its packed size.
_MAX_ARCHIVE_MEGABYTES = 1000
_MAX_RATIO = 200


@dataclass(frozen=True)
class InputFiles:
    """The files of a source. Paths are relative to it, with slashes; that of a single file is its name.

    ``path`` is the folder, the archive or the file, and ``root`` the folder that diagnostics are relative to.
    """

    path: Path
    root: Path

    @cached_property
    def is_archive(self) -> bool:
        """Whether the source is a zip archive."""
        return self.path.is_file() and zipfile.is_zipfile(self.path)

    @cached_property
    def problems(self) -> list[Diagnostic]:
        """The files that are not read, and why."""
        return self._listed[1]

    @property
    def paths(self) -> list[str]:
        """The paths of all files that can be read, sorted."""
        return list(self._listed[0])

    def match(self, *patterns: str) -> list[str]:
        """Return the paths that match a pattern such as ``*.md``, where "*" also matches slashes."""
        return [
            path for path in self.paths if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
        ]

    def __contains__(self, path: str) -> bool:
        return path in self._listed[0]

    def display(self, path: str) -> str:
        """Return the path of a file as diagnostics show it."""
        if self.is_archive:
            return f"{display_path(self.path, self.root)}/{path}"
        return display_path(self.path / path if self.path.is_dir() else self.path, self.root)

    def diagnose(
        self,
        path: str,
        message: str,
        hint: str = "",
        *,
        line: int = 1,
        column: int = 1,
        code: str,
        severity: Severity = "error",
    ) -> Diagnostic:
        """Create a diagnostic in a file of the source."""
        place = self.display(path), line, column
        return Diagnostic(*place, "", message, hint, code=code, severity=severity)

    def read_bytes(self, path: str) -> bytes | Diagnostic:
        """Read a file, or say why it cannot be read."""
        if path not in self._listed[0]:
            return self.diagnose(path, "there is no such file.", code="import.unreadable")
        try:
            if self.is_archive:
                with zipfile.ZipFile(self.path) as archive, archive.open(path) as file:
                    # The size in the directory of the archive may be false.
                    data = file.read(_MAX_MEGABYTES * 1_000_000 + 1)
            else:
                data = self._listed[0][path].read_bytes()
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            return self.diagnose(path, f"this cannot be read: {error}.", code="import.unreadable")
        if len(data) > _MAX_MEGABYTES * 1_000_000:
            return self._too_large(path)
        return data

    def read_text(self, path: str) -> str | Diagnostic:
        """Read a UTF-8 file, without a byte order mark and with line feeds, or say why it cannot be read."""
        data = self.read_bytes(path)
        if isinstance(data, Diagnostic):
            return data
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"this is not UTF-8 text (byte {error.start})."
            return self.diagnose(path, message, "Save it as UTF-8.", line=line, code="import.unreadable")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def load_xml(self, path: str) -> etree._Element | Diagnostic:
        """Parse a file as XML without entities of its own, other files or the network (`xml.attack`)."""
        data = self.read_bytes(path)
        if isinstance(data, Diagnostic):
            return data
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if {entry.domain_name for entry in parser.error_log} == {"NAMESPACE"}:
                # A prefix without a namespace, as in "content:encoded", leaves the document well-formed.
                parser = etree.XMLParser(
                    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
                )
                return etree.fromstring(data, parser)
            line, column = error.position
            reason = str(parser.error_log.last_error.message)
            message = f"this is not XML: {reason.strip()}."
            return self.diagnose(
                path, message, line=max(line, 1), column=max(column, 1), code="import.not-xml"
            )
        return root

    def _too_large(self, path: str) -> Diagnostic:
        message = f"this file is larger than {_MAX_MEGABYTES} MB, and is not read."
        return self.diagnose(path, message, code="import.too-large")

    @cached_property
    def _listed(self) -> tuple[dict[str, Path], list[Diagnostic]]:
        if self.is_archive:
            return self._list_archive()
        files: dict[str, Path] = {}
        problems: list[Diagnostic] = []
        if self.path.is_file():
            candidates = [(self.path.name, self.path)]
        else:
            candidates = [(file.relative_to(self.path).as_posix(), file) for file in walk_files(self.path)]
        real = self.path.resolve()
        for path, file in sorted(candidates)[:_MAX_FILES]:
            if (problem := check_file(file, self.root)) is not None:
                problems.append(problem)
            elif not file.resolve().is_relative_to(real):
                message = "this symbolic link leads out of the folder, and is not read."
                problems.append(self.diagnose(path, message, code="import.outside"))
            elif file.stat().st_size > _MAX_MEGABYTES * 1_000_000:
                problems.append(self._too_large(path))
            else:
                files[path] = file
        return files, problems

    def _list_archive(self) -> tuple[dict[str, Path], list[Diagnostic]]:
        files: dict[str, Path] = {}
        problems: list[Diagnostic] = []
        total = 0
        with zipfile.ZipFile(self.path) as archive:
            for info in archive.infolist()[:_MAX_FILES]:
                path = info.filename
                if info.is_dir():
                    continue
                if (
                    path.startswith("/")
                    or "\\" in path
                    or ".." in path.split("/")
                    or posixpath.normpath(path) != path
                ):
                    message = "this path leads out of the archive, and is not read."
                    problems.append(self.diagnose(path, message, code="import.outside"))
                elif info.file_size > _MAX_MEGABYTES * 1_000_000:
                    problems.append(self._too_large(path))
                elif (
                    info.file_size > _MAX_RATIO * max(info.compress_size, 1000)
                    or (total := total + info.file_size) > _MAX_ARCHIVE_MEGABYTES * 1_000_000
                ):
                    message = "this archive unpacks to far more than its size, and this file is not read."
                    problems.append(self.diagnose(path, message, code="import.too-large"))
                else:
                    files[path] = Path(path)
        return dict(sorted(files.items())), problems
