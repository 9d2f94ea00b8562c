"""The files of a source: a folder, a zip archive or a single file, read within limits.

Nothing outside the source is ever read: no path climbs out of it, and no symbolic link leads out of it.
"""

from __future__ import annotations

import fnmatch
import os
import posixpath
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from lxml import etree

from portfolio.core.diagnostics import Diagnostic, Severity
from portfolio.core.files import check_file, check_name, display_path, walk_files
from portfolio.core.text import find_control

# More than an export of a person's site has; a larger file would fill the memory.
_MAX_MEGABYTES = 64
_MAX_FILES = 50_000
# A zip archive may contain this much in all, and each file this many times its packed size.
_MAX_ARCHIVE_MEGABYTES = 1000
_MAX_RATIO = 200
# How a zip archive begins, also one whose end is missing.
_ZIP_START = b"PK\x03\x04"


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
        name = display_path(self.path / path if self.path.is_dir() else self.path, self.root)
        name = f"{name}/{path}" if self.is_archive and path else name
        # A terminal would execute control characters.
        return "".join(character if find_control(character) is None else "�" for character in name)

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
                with self._open_archive().open(path) as file:
                    # The size in the directory of the archive may be false.
                    data = file.read(_MAX_MEGABYTES * 1_000_000 + 1)
            else:
                data = self._listed[0][path].read_bytes()
        except (
            OSError,
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
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
        parser = _xml_parser(is_strict=True)
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            failure = parser.error_log.last_error
            # A prefix without a namespace, as in "content:encoded", leaves the document well-formed.
            if {entry.domain_name for entry in parser.error_log} == {"NAMESPACE"}:
                return etree.fromstring(data, _xml_parser(is_strict=False))
            line, column = error.position
            message = f"this is not XML: {failure.message.strip().rstrip('.')}."
            problem = self.diagnose(
                path, message, line=max(line, 1), column=max(column, 1), code="import.not-xml"
            )
            is_attack = failure.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT
            root = None if is_attack else _recover_xml(data)
            if root is None or len(root) == 0:
                return problem
            self._report_once(replace(problem, hint="What can be read of it is imported."))
        document_type = root.getroottree().docinfo.internalDTD
        if document_type is not None and next(document_type.iterentities(), None) is not None:
            message = "the entities that this file declares are not read."
            hint, code = "Write their text instead.", "import.unsupported"
            self._report_once(self.diagnose(path, message, hint, code=code, severity="warning"))
        return root

    def _report_once(self, problem: Diagnostic) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _open_archive(self) -> zipfile.ZipFile:
        """Open the archive only once, because reading its directory takes long if it has many files."""
        # Forked processes would share the position in the file.
        process = os.getpid()
        if process not in self._archives:
            self._archives[process] = zipfile.ZipFile(self.path)
        return self._archives[process]

    @cached_property
    def _archives(self) -> dict[int, zipfile.ZipFile]:
        """The open archive by the id of the process."""
        return {}

    def _too_large(self, path: str) -> Diagnostic:
        message = f"this file is larger than {_MAX_MEGABYTES} MB, and is not read."
        return self.diagnose(path, message, code="import.too-large")

    @cached_property
    def _listed(self) -> tuple[dict[str, Path], list[Diagnostic]]:
        if self.is_archive:
            return self._list_archive()
        files: dict[str, Path] = {}
        problems: list[Diagnostic] = []
        real = self.path.resolve()
        if self.path.is_dir():
            candidates = [*islice(walk_files(self.path, stays_inside=True), _MAX_FILES + 1)]
            problems += self._check_number(len(candidates))
        else:
            problems += self._check_is_complete()
            candidates = [] if problems else [self.path]
        for file in sorted(candidates)[:_MAX_FILES]:
            path = file.relative_to(self.path).as_posix() if file != self.path else file.name
            if not file.resolve().is_relative_to(real):
                message = "this symbolic link leads out of the folder, and is not read."
                problems.append(self.diagnose(path, message, code="import.outside"))
            elif (problem := check_file(file, self.root) or check_name(file, self.root)) is not None:
                problems.append(problem)
            elif find_control(path) is not None:
                problems.append(self._invalid_name(path))
            elif file.stat().st_size > _MAX_MEGABYTES * 1_000_000:
                problems.append(self._too_large(path))
            else:
                files[path] = file
        return files, problems

    def _check_number(self, number: int) -> list[Diagnostic]:
        """Report that there are more files than are read."""
        if number <= _MAX_FILES:
            return []
        message = f"this has more than {_MAX_FILES} files, and the others are not read."
        hint = "Remove what is not part of the site."
        return [self.diagnose("", message, hint, code="import.too-large")]

    def _check_is_complete(self) -> list[Diagnostic]:
        """Report a zip archive whose directory is missing, which is at its end."""
        if check_file(self.path, self.root) is not None:
            return []
        try:
            with self.path.open("rb") as file:
                is_broken = file.read(len(_ZIP_START)) == _ZIP_START
        except OSError:
            return []
        message, hint = "the end of this zip archive is missing.", "Download it again."
        return [self.diagnose("", message, hint, code="import.unreadable")] if is_broken else []

    def _invalid_name(self, path: str) -> Diagnostic:
        message, hint = "the name of this file contains a control character.", "Rename it."
        return self.diagnose(path, message, hint, code="import.unreadable")

    def _list_archive(self) -> tuple[dict[str, Path], list[Diagnostic]]:
        files: dict[str, Path] = {}
        problems: list[Diagnostic] = []
        total = 0
        infos = [info for info in self._open_archive().infolist() if not info.is_dir()]
        problems += self._check_number(len(infos))
        counts = Counter(info.filename for info in infos)
        for info in infos[:_MAX_FILES]:
            path = info.filename
            if (
                path.startswith("/")
                or "\\" in path
                or ".." in path.split("/")
                or posixpath.normpath(path) != path
            ):
                message = "this path leads out of the archive, and is not read."
                problems.append(self.diagnose(path, message, code="import.outside"))
            elif find_control(path) is not None:
                problems.append(self._invalid_name(path))
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
        for path in sorted(files):
            if counts[path] > 1:
                message = f"the archive has {counts[path]} files of this name, and only the last one is read."
                problems.append(self.diagnose(path, message, code="import.duplicate"))
        return dict(sorted(files.items())), problems


def _xml_parser(*, is_strict: bool) -> etree.XMLParser:
    """Return a parser that reads no other files, and replaces no entities but those of XML."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=not is_strict
    )


def _recover_xml(data: bytes) -> etree._Element | None:
    """Parse what can be read of XML that is not well-formed."""
    try:
        return etree.fromstring(data.lstrip(), _xml_parser(is_strict=False))
    except etree.XMLSyntaxError:
        return None
