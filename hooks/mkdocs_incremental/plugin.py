"""The command that runs: what it knows of the last one, and of the build that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from mkdocs_incremental import build, versions
from mkdocs_incremental.build import Build
from mkdocs_incremental.gc_tuning import Collector
from mkdocs_incremental.output_dir import Standing
from mkdocs_incremental.skip_build import Again


@dataclass
class Command:
    """A command of MkDocs, which makes one build, or several while it serves."""

    # Unless it serves: it ends when the site is built.
    again: Again | None = None
    made: Build | None = None
    standing: Standing | None = None
    collector: Collector = field(default_factory=Collector)

    def is_done(self, config: MkDocsConfig) -> bool:
        """Whether the site stands as it would be made; else, the build begins."""
        if versions.why_not():
            self.again = None
        elif self.again is not None and self.again.is_done(config, build.cache_of(config)):
            return True
        self.collector.begin()
        return False

    def set_aside(self, config: MkDocsConfig) -> None:
        """Right before MkDocs empties the site's folder."""
        if self.again is not None:
            self.standing = Standing(config.site_dir, build.cache_of(config) / "standing")
            self.standing.set_aside()

    def begin(self, config: MkDocsConfig, files: Files) -> Build:
        """When all plugins have found their files."""
        self.made = build.begin(config, files, build.cache_of(config))
        return self.made

    def end(self, config: MkDocsConfig) -> None:
        """When all is written."""
        if self.made is not None:
            self.made.end()
        if self.again is not None:
            self.again.end(config, build.cache_of(config), self.made.unread if self.made is not None else ())
        self.collector.end()

    def fail(self) -> None:
        """When the build failed."""
        self.collector.end()
        if self.made is not None:
            self.made.leave()
