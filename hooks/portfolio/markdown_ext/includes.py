"""Files that a page includes by ``--8<--``: what cannot be included is an error of the page.

``pymdownx.snippets`` includes the files; it ends with an exception, or says nothing, where this reports.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from markdown import Markdown
from pymdownx.snippets import SnippetExtension, SnippetPreprocessor

from portfolio.core.diagnostics import did_you_mean, quote
from portfolio.markdown_ext.render_errors import RenderError, Report

_NAME = "snippet"
_PRIORITY = 32  # that of pymdownx.snippets
# Included texts of a page are shorter; files that include each other could double them without end.
_MOST_BYTES = 2_000_000
# Part of each line that includes something.
_MARK = "8<"
_LINES = re.compile(r":[-\d:,]*$")
_TARGET = re.compile(r"""[ \t>]*-+8<-+[ \t]+["'](?P<target>.+)["'][ \t]*""")
_NUMBER = re.compile(r"-?\d+")


class IncludeExtension(SnippetExtension):
    """A Markdown extension that replaces ``pymdownx.snippets``, with its options.

    ``root`` is the folder that ``base_path`` is relative to. ``report`` is called with each file that cannot
    be included, ``add_file`` with the path and the digest of each included file. ``look_up`` is called with
    its path, and with those that would be included instead if they existed.
    """

    stateless = True  # see mkdocs_incremental.converted_pages
    tracks_includes = True  # see mkdocs_incremental.converted_pages

    def __init__(
        self,
        options: Mapping[str, Any],
        root: Path,
        report: Report | None = None,
        add_file: Callable[[str, str], None] | None = None,
        look_up: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]
        self.root, self.report, self.add_file, self.look_up = root, report, add_file, look_up

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        self.md = md
        md.registerExtension(self)
        config: dict[str, Any] = self.getConfigs()
        base = config["base_path"]
        folders = base if isinstance(base, list) else [base]
        config["base_path"] = [str(self.root / folder) for folder in folders]
        # Errors are reported here, and a build needs no network.
        config |= {"check_paths": False, "url_download": False}
        includer = _Includer(config, md)  # type: ignore[no-untyped-call]
        includer.report = self.report or (lambda _: None)
        includer.add_file = self.add_file or (lambda _path, _digest: None)
        includer.look_up = self.look_up or (lambda _path: None)
        includer.root = self.root
        md.preprocessors.register(includer, _NAME, _PRIORITY)


class _Includer(SnippetPreprocessor):
    report: Report
    add_file: Callable[[str, str], None]
    look_up: Callable[[str], None]
    root: Path

    def run(self, lines: list[str]) -> list[str]:
        if not self.auto_append and not any(_MARK in line for line in lines):
            return lines
        self._line, self._last, self._size, self._is_too_large = 0, len(lines), 0, False
        self._files: list[str] = []
        result: list[str] = super().run(lines)  # type: ignore[no-untyped-call]
        return result

    def parse_snippets(
        self,
        lines: Iterable[str],
        file_name: str | None = None,
        is_url: bool = False,
        is_section: bool = False,
    ) -> list[str]:
        """Include files in the lines of a page or of an included file."""
        if file_name is not None:
            self._files.append(file_name)
        followed = self._follow(lines, file_name)
        result: list[str] = super().parse_snippets(  # type: ignore[no-untyped-call]
            followed, file_name, is_url, is_section
        )
        if file_name is not None:
            self._files.pop()
        return result

    def _follow(self, lines: Iterable[str], file_name: str | None) -> Iterator[str]:
        """Yield the lines, and note the line of the page, and the text of the line."""
        for number, line in enumerate(lines):
            target = match["target"] if (match := _TARGET.fullmatch(line)) else ""
            if file_name is None:
                self._line, self._target = min(number + 1, self._last), target or line.strip()
            if target.startswith(":"):
                hint = "Write the path of a text file."
                self._report("include.missing-file", f"{quote(target)} names no file.", hint)
            self._text = line
            yield line

    def get_snippet_path(self, path: str) -> str | None:
        """Return the path of a file to include; None if it cannot be included, which is reported."""
        if path.lower().startswith(("http://", "https://")):
            self._report("include.url", f"{quote(path)} is a URL.", "Save the file in this project.")
            return None
        try:
            name: str | None = super().get_snippet_path(path)  # type: ignore[no-untyped-call]
        except (OSError, ValueError):  # too long a name, a null character
            name = None
        for base in self.base_path:
            candidate = os.path.abspath(os.path.join(base, path))  # noqa: PTH100, PTH118
            self.look_up(candidate)
            if candidate == name:
                break
        if name is None:
            self._report(
                "include.missing-file", f"there is no {quote(path)} to include.", self._suggest(path)
            )
        elif name in self.seen:
            self._report("include.cycle", f"{quote(path)} includes itself.", "Remove this line.")
        elif (text := self._read(name, path)) is not None:
            self._check_lines(path, text)
            return name
        return None

    def extract_section(self, section: str, lines: list[str]) -> list[str]:
        """Return the lines of a section of a file; none if it does not exist, which is reported."""
        matches = filter(None, map(self.RE_SNIPPET_SECTION.match, lines))
        names = {match["name"] for match in matches if match["type"] == "start" and not match["escape"]}
        if section not in names:
            hint = did_you_mean(section, names) or f"A section begins with '--8<-- [start:{section}]'."
            self._report("include.missing-section", f"the file has no section {quote(section)}.", hint)
            return []
        result: list[str] = super().extract_section(section, lines)  # type: ignore[no-untyped-call]
        return result

    def _read(self, name: str, path: str) -> str | None:
        file = Path(name)
        try:
            mode = file.stat().st_mode
            if not stat.S_ISREG(mode):
                what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
                self._report(
                    "include.unreadable", f"{quote(path)} is {what}.", "Write the path of a text file."
                )
                return None
            real = file.resolve()
            folders = [self.root.resolve(), *(Path(base).resolve() for base in self.base_path)]
            if not any(map(real.is_relative_to, folders)) or ".git" in real.parts:
                hint = "Copy what you want to include."
                self._report("include.unreadable", f"{quote(path)} is not part of the project.", hint)
                return None
            self._size += file.stat().st_size
            if self._size > _MOST_BYTES:
                if self._is_too_large:
                    return None
                self._is_too_large = True
                limit = f"A page can include {_MOST_BYTES // 1_000_000} MB."
                self._report("include.too-large", f"{quote(path)} makes the page too large.", limit)
                return None
            content = file.read_bytes()
            text = content.decode(self.encoding)
        except OSError as error:
            self._report("include.unreadable", f"{quote(path)} cannot be read: {error.strerror}.")
            return None
        except UnicodeDecodeError:
            self._report("include.unreadable", f"{quote(path)} is not a text file.", "Save it as UTF-8.")
            return None
        self.add_file(name, hashlib.sha256(content).hexdigest())
        return text

    def _check_lines(self, path: str, text: str) -> None:
        """Check that the file has the lines that the include names."""
        target = self._text.strip().strip("'\"")
        lines = _LINES.search(target) if path in target else None
        total = len(text.split("\n"))
        beyond = [number for number in _NUMBER.findall(lines[0]) if abs(int(number)) > total] if lines else []
        if beyond:
            last = len(text.splitlines())
            message = (
                f"{quote(path)} has no line {beyond[0]}; its last is {last}."
                if last
                else f"{quote(path)} is empty."
            )
            self._report("include.missing-lines", message)

    def _suggest(self, path: str) -> str:
        names: set[str] = set()
        for base in self.base_path:
            folder = os.path.dirname(os.path.abspath(os.path.join(base, path)))  # noqa: PTH100, PTH118, PTH120
            if f"{folder}/".startswith(f"{base}/"):
                with suppress(OSError, ValueError), os.scandir(folder) as entries:
                    names |= {entry.name for entry in entries if entry.is_file()}
        return did_you_mean(Path(path).name, names)

    def _report(self, code: str, message: str, hint: str = "") -> None:
        if self._files:
            file = Path(self._files[-1])
            name = file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name
            message = f"in {name}, which this includes: {message}"
        self.report(RenderError(code, self._target, message, hint, line=self._line))
