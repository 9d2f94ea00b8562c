"""Where a site keeps its data and posts, read from ``mkdocs.yml`` without MkDocs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml
import yaml_env_tag

from portfolio.core import yaml_positions
from portfolio.core.diagnostics import Diagnostic, quote

# What MkDocs takes for a page.
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
# What the blog takes for a post besides.
NOTEBOOK = ".ipynb"
_POSTS = "{blog}/posts"
# Where an excerpt ends, as Material's blog has it by default.
MORE = "<!-- more -->"


@dataclass(frozen=True)
class SitePaths:
    """The folders of a site, absolute: its root, its documents, the record's data and the blog's posts.

    Symbolic links are left as they are written, as MkDocs leaves them. ``posts`` is None without a blog;
    ``separator`` is what ends the excerpt of a post.
    """

    root: Path
    docs: Path
    data: Path
    posts: Path | None
    separator: str


def project_root(config: str | Path | None) -> Path:
    """The project's folder: that of its configuration, or else the one in which the command runs."""
    return _absolute(config).parent if config else Path.cwd()


def display_path(path: Path, root: Path) -> str:
    """A path as problems and the record name it: from the project's folder, wherever it leads."""
    try:
        name = Path(os.path.relpath(path, root)).as_posix()
    except ValueError:  # On another drive, or no path at all.
        name = path.as_posix()
    # A name need not be UTF-8, but what is printed must be.
    return name.encode(errors="replace").decode()


def read_text(path: Path, root: Path, *, optional: bool = False) -> str | Diagnostic:
    """The text of a file, or why it cannot be read; an ``optional`` file that does not exist is an empty one.

    A line ends with a newline sign, however it is written in the file.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"this is not UTF-8 text (byte {error.start})."
    except FileNotFoundError:
        is_broken_link = any(one.is_symlink() and not one.exists() for one in (path, *path.parents))
        if optional and not is_broken_link:
            return ""
        message = "this is a link to nothing." if is_broken_link else "there is no such file."
    except OSError as error:
        message = f"this cannot be read: {error.strerror}."
    except ValueError as error:
        message = f"this is no path: {error}."
    return Diagnostic(display_path(path, root), 1, 1, "", message)


def places(
    config: str | Path | None, docs_dir: object, blog: Mapping[str, Any] | None
) -> tuple[SitePaths, list[Diagnostic]]:
    """The folders that follow from MkDocs' ``docs_dir`` and the settings of its blog, if it has one."""
    root = project_root(config)
    name = Path(config).name if config else "mkdocs.yml"
    problems: list[Diagnostic] = []

    def text(value: object, default: str, field: str) -> str:
        if value is None:
            return default
        if isinstance(value, str) and "\0" not in value:
            return value
        problems.append(Diagnostic(name, 1, 1, field, "expected a text that names a folder."))
        return default

    docs = _absolute(root / text(docs_dir, "docs", "docs_dir"))
    if blog is None or blog.get("enabled") is False:
        return SitePaths(root, docs, docs / "data", None, MORE), problems
    blog_dir = text(blog.get("blog_dir"), "blog", "plugins.blog.blog_dir")
    post_dir = text(blog.get("post_dir"), _POSTS, "plugins.blog.post_dir")
    rest = post_dir.replace("{blog}", "")
    if "{" in rest or "}" in rest:
        message = f"{quote(post_dir)} has braces; the only word in braces that is known here is {{blog}}."
        problems.append(Diagnostic(name, 1, 1, "plugins.blog.post_dir", message))
    posts = _absolute(docs / post_dir.replace("{blog}", blog_dir))
    separator = blog.get("post_excerpt_separator")
    separator = separator if isinstance(separator, str) else MORE
    return SitePaths(root, docs, docs / "data", posts, separator), problems


def _absolute(path: str | Path) -> Path:
    """An absolute path without dots; unlike ``resolve``, it keeps links as they are written."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - as MkDocs does


def read(config: Path) -> tuple[SitePaths, list[Diagnostic]]:
    """Read the folders from an ``mkdocs.yml`` and those that it inherits from."""
    given, problems = _values(_absolute(config), project_root(config), ())
    found, wrong = places(config, given.get("docs_dir"), blog_of(given.get("plugins")))
    problems += wrong
    if not problems and not found.docs.is_dir():
        name = display_path(found.docs, found.root)
        problems.append(Diagnostic(config.name, 1, 1, "docs_dir", f"there is no folder {quote(name)}."))
    return found, problems


def values(config: Path) -> dict[str, Any]:
    """The settings in an ``mkdocs.yml`` and those that it inherits from; all scalars are texts."""
    return _values(_absolute(config), project_root(config), ())[0]


class _Loader(yaml.SafeLoader):
    """Reads ``mkdocs.yml`` as MkDocs does, where that tells of folders; all other scalars are texts."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {
        **{
            f"tag:yaml.org,2002:{kind}": yaml.SafeLoader.yaml_constructors[f"tag:yaml.org,2002:{kind}"]
            for kind in ("null", "str", "seq", "map")
        },
        "!ENV": yaml_env_tag.construct_env_tag,
        "tag:yaml.org,2002:bool": lambda _, node: yaml.SafeLoader.bool_values.get(str(node.value).lower()),
        None: lambda _, node: node.value if isinstance(node, yaml.ScalarNode) else None,
    }


def _values(config: Path, root: Path, heirs: tuple[Path, ...]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The settings of a configuration over those that it inherits. ``heirs`` inherit from it."""
    text = read_text(config, root)
    if isinstance(text, Diagnostic):
        return {}, [text]
    name = display_path(config, root)
    values = yaml_positions.parse_yaml(name, text, lambda text: yaml.load(text, _Loader))  # noqa: S506 - a safe loader
    if isinstance(values, Diagnostic):
        return {}, [values]
    if values is None:
        return {}, []
    if not isinstance(values, dict):
        return {}, [Diagnostic(name, 1, 1, "", "expected settings such as 'site_name: …'.")]
    inherited = values.get("INHERIT")
    if inherited is None:
        return values, []
    if not isinstance(inherited, str):
        return values, [Diagnostic(name, 1, 1, "INHERIT", "expected the path of a file.")]
    parent = _absolute(config.parent / inherited)
    if parent in (config, *heirs):
        return values, [Diagnostic(name, 1, 1, "INHERIT", "this configuration inherits from itself.")]
    others, problems = _values(parent, root, (*heirs, config))
    return _merged(others, values), problems


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two mappings as one, and so for mappings in them; for all else the second one holds."""
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            merged[key] = _merged(below[key], above[key])
    return merged


def blog_of(plugins: Any) -> Mapping[str, Any] | None:
    """The settings of Material's blog in a list or mapping of plugins; None if it is not there."""
    items = [plugins] if isinstance(plugins, dict) else plugins if isinstance(plugins, list) else []
    for item in items:
        given = item if isinstance(item, dict) else {item: None} if isinstance(item, str) else {}
        for name in ("blog", "material/blog"):
            if name in given:
                return given[name] if isinstance(given[name], dict) else {}
    return None
