"""Stands between MkDocs and the files that it writes, so that what stands (see `standing`) is left alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file

from mkdocs_incremental import mkdocs_internals, output_dir
from mkdocs_incremental.output_dir import Standing
from mkdocs_incremental.store import Store

# To empty a file and write to it costs seven times as much as to write nowhere. MkDocs makes the folder of
# what it writes, and elsewhere than here the system's file for that is in none.
_CAN_DROP = os.name == "posix"
_SPARE = "spare"


@dataclass
class Writes:
    """What one build writes. ``cache`` is a folder for what it does not."""

    place: Standing
    store: Store
    cache: Path
    # Pages whose files lead to the spare one, and to where they led before.
    _led_away: list[tuple[File, str]] = field(default_factory=list)
    _events: list[Callable[..., Any]] = field(default_factory=list)
    # The paths of what would have been copied, and was not read.
    unread: set[str] = field(default_factory=set)

    def begin(self, config: MkDocsConfig, files: Files) -> None:
        """Bring back what stands. After all plugins' ``on_env``, which may add files."""
        here = [file for file in files if file.inclusion.is_included()]  # type: ignore[no-untyped-call]
        below = len(self.place.site) + 1
        self.place.put_back(self.store.get(self._key), {file.abs_dest_path[below:] for file in here})
        for file in here:
            # Other kinds of files may be copied in other ways.
            if type(file) is File and not file.is_documentation_page():
                file.copy_file = self._copying(file, file.copy_file)  # type: ignore[assignment,method-assign]
        self._events = config.plugins.events["post_page"]
        self._events.append(self.on_post_page)

    def _copying(self, file: File, copy: Callable[[bool], None]) -> Callable[[bool], None]:
        def copy_file(dirty: bool = False) -> None:
            path = file.abs_dest_path
            content, source = mkdocs_internals.content_of(file), file.abs_src_path
            if content is None:
                assert source is not None
                given = output_dir.source(source)
            else:
                given = output_dir.digest(content)
            if not self.place.holds(path, given):
                copy(dirty)
                self.place.wrote(path, given)
            elif source is not None:
                self.unread.add(source)

        return copy_file

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG002 - an event
        """Write a page, unless it stands, and let MkDocs write elsewhere. After all plugins' event."""
        if self._led_away and self._led_away[-1][0] is page.file:
            return output
        self._lead_back()
        if not output.strip():
            return output
        path = page.file.abs_dest_path
        # As MkDocs encodes it.
        content = output.encode("utf-8", errors="xmlcharrefreplace")
        given = output_dir.digest(content)
        if not self.place.holds(path, given):
            write_file(content, path)
            self.place.wrote(path, given)
        self._lead_away(page.file)
        return "written"

    def stands(self, page: Page, given: str) -> bool:
        """Whether a page's file has that content and no plugin wants to see it; it is left alone then."""
        self._lead_back()
        if self._events != [self.on_post_page] or not self.place.holds(page.file.abs_dest_path, given):
            return False
        self._lead_away(page.file)
        return True

    def sweep(self) -> None:
        """When all is written; before plugins' ``on_post_build``."""
        self._lead_back()
        (self.cache / _SPARE).unlink(missing_ok=True)
        self.place.sweep()

    def keep(self) -> None:
        """Note what stands now; before the store is closed."""
        self.store.put(self._key, self.place.notes())

    def _lead_away(self, file: File) -> None:
        self._led_away.append((file, file.abs_dest_path))
        file.abs_dest_path = os.devnull if _CAN_DROP else os.fspath(self.cache / _SPARE)

    def _lead_back(self) -> None:
        while self._led_away:
            file, path = self._led_away.pop()
            file.abs_dest_path = path

    @property
    def _key(self) -> str:
        return f"site {self.place.site}"
