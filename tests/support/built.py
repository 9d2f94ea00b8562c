"""A built site and its sources."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mkdocs.utils.yaml import yaml_load

from portfolio.sources import loader, mkdocs_yml
from portfolio.timeline.views import Portfolio
from tests.support import html, project


@dataclass(frozen=True)
class Built:
    """A project and its built site."""

    root: Path
    site: Path

    @cached_property
    def url(self) -> str:
        """The URL of the site, with a slash at the end; empty if it has none."""
        return str(yaml_load((self.root / "mkdocs.yml").read_text(encoding="utf-8")).get("site_url") or "")

    @cached_property
    def portfolio(self) -> Portfolio:
        """The views of the record, without posts."""
        paths, _ = mkdocs_yml.read_paths(self.root / "mkdocs.yml")
        record, problems = loader.load_record(paths)
        assert problems == []
        return Portfolio(record)

    @cached_property
    def days(self) -> set[str]:
        """The dates of the posts."""
        paths, _ = mkdocs_yml.read_paths(self.root / "mkdocs.yml")
        return {str(post.date) for post in loader.load_record(paths)[0].posts}

    @cached_property
    def pages(self) -> list[str]:
        """The URLs of all pages, relative to the site's."""
        return [url.removeprefix(self.url) for url in html.sitemap_urls(self.site)]

    def read(self, name: str) -> str:
        return (self.site / name).read_text(encoding="utf-8")

    def page(self, path: str) -> html.Document:
        return html.parse(self.file(path))

    def file(self, path: str) -> Path:
        """Return the file that is served at a path."""
        path = unquote(path)
        return self.site / (f"{path}index.html" if not path or path.endswith("/") else path)

    def graph(self, path: str) -> dict[str, list[dict[str, Any]]]:
        """Return the JSON-LD of a page."""
        (script,) = self.page(path).css('script[type="application/ld+json"]')
        graph: dict[str, list[dict[str, Any]]] = json.loads(script.text())
        return graph


def build(root: Path) -> Built:
    """Build a project, which must succeed without a warning."""
    run = project.mkdocs(root, "build", "--strict", "--site-dir", root / "site")
    assert run.returncode == 0, run.stderr
    project.save_caches(root)
    return Built(root, root / "site")
