"""Where a site keeps its data and posts, read from ``mkdocs.yml`` without MkDocs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portfolio import yaml_marks
from portfolio.problem import Problem


@dataclass(frozen=True)
class Places:
    """The folders of a site, absolute: its root, the record's data and the blog's posts."""

    root: Path
    data: Path
    posts: Path


def places(
    docs: Path, blog_dir: str = "blog", post_dir: str = "{blog}/posts", root: Path | None = None
) -> Places:
    """The folders that follow from MkDocs' ``docs_dir`` and the blog plugin's settings, with its defaults."""
    posts = docs / post_dir.format(blog=blog_dir)
    return Places(root or docs.parent, docs / "data", posts)


def root_of(config: str | None) -> Path:
    """The project's folder: that of its configuration, or else the one in which the command runs."""
    return Path(config).resolve().parent if config else Path.cwd()


def read(config: Path) -> tuple[Places, list[Problem]]:
    """Read the folders from an ``mkdocs.yml``."""
    root = config.parent.resolve()
    try:
        text = config.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return places(root / "docs"), [
            Problem(config.name, 1, 1, "", "there is no such file; run this where it is.")
        ]
    document, problems = yaml_marks.load(config.name, text)
    data = document.data if isinstance(document.data, dict) else {}
    blog = _blog(data.get("plugins"))
    docs = root / str(data.get("docs_dir") or "docs")
    return places(
        docs, str(blog.get("blog_dir", "blog")), str(blog.get("post_dir", "{blog}/posts")), root
    ), problems


def _blog(plugins: Any) -> dict[str, Any]:
    """The settings of Material's blog in a list or mapping of plugins."""
    items = [plugins] if isinstance(plugins, dict) else plugins if isinstance(plugins, list) else []
    for item in items:
        for name in ("blog", "material/blog"):
            if isinstance(item, dict) and isinstance(item.get(name), dict):
                return dict(item[name])
    return {}
