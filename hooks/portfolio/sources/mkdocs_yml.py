"""Read ``mkdocs.yml`` without MkDocs, and derive the folders of the project from it.

MkDocs' own loader is not used: it reports no positions, stops at the first mistake with an exception, and
importing it would make ``make check`` slower. What it does with ``INHERIT``, Python's tags,
``!ENV``, merge keys and repeated keys is done here, once, for everything that reads the file.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import yaml
import yaml_env_tag
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from portfolio.core import i18n, positions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document

# The suffixes of the files that MkDocs treats as pages.
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
# The blog accepts notebooks as posts, too.
NOTEBOOK = ".ipynb"
# The default of Material's `post_excerpt_separator`.
EXCERPT_SEPARATOR = "<!-- more -->"
_POST_DIR = "{blog}/posts"
PYTHON_NAME = "tag:yaml.org,2002:python/name:"


@dataclass(frozen=True)
class SitePaths:
    """The absolute paths of a project: its root, the documents, the record's data and the blog's posts.

    Symbolic links are not resolved, as in MkDocs. ``posts`` is None without a blog. ``separator`` is the text
    that ends the excerpt of a post.
    """

    root: Path
    docs: Path
    data: Path
    posts: Path | None
    separator: str

    @property
    def url_lock(self) -> Path:
        """The list of all URLs that the site has published; see `portfolio.redirects.url_lock`."""
        return self.data / "urls.lock"


def project_root(config: str | Path | None) -> Path:
    """Return the folder of the configuration file, or the current folder if there is no such file."""
    return _absolute(config).parent if config else Path.cwd()


def read_paths(config: Path) -> tuple[SitePaths, list[Diagnostic]]:
    """Read the paths of a project from its ``mkdocs.yml`` and the files which that inherits from."""
    documents, problems = load(config)
    settings = merge_settings(documents)
    paths, wrong = resolve_paths(config, settings.get("docs_dir"), blog_settings(settings.get("plugins")))
    problems += wrong
    # Not Path.is_dir, which raises OSError for a long name.
    if not problems and not os.path.isdir(paths.docs):  # noqa: PTH112
        message = f"there is no folder {quote(display_path(paths.docs, paths.root))}."
        document = Document(config.name)
        problems.append(document.diagnose(("docs_dir",), message, code="mkdocs-yml.missing-folder"))
    return paths, problems


def resolve_paths(
    config: str | Path | None, docs_dir: object, blog: Mapping[str, Any] | None
) -> tuple[SitePaths, list[Diagnostic]]:
    """Derive the paths from MkDocs' ``docs_dir`` and the settings of Material's blog (None without one)."""
    root = project_root(config)
    document = Document(Path(config).name if config else "mkdocs.yml")
    problems: list[Diagnostic] = []

    def folder(value: object, default: str, *field: str) -> str:
        if value is None:
            return default
        if isinstance(value, str) and "\0" not in value:
            return value
        message = "expected the name of a folder as text."
        problems.append(document.diagnose(field, message, code="mkdocs-yml.invalid-folder"))
        return default

    docs = _absolute(root / folder(docs_dir, "docs", "docs_dir"))
    if blog is None or blog.get("enabled") is False:
        return SitePaths(root, docs, docs / "data", None, EXCERPT_SEPARATOR), problems
    blog_dir = folder(blog.get("blog_dir"), "blog", "plugins", "blog", "blog_dir")
    post_dir = folder(blog.get("post_dir"), _POST_DIR, "plugins", "blog", "post_dir")
    rest = post_dir.replace("{blog}", "")
    if "{" in rest or "}" in rest:
        at, message = ("plugins", "blog", "post_dir"), f"{quote(post_dir)} contains an unknown placeholder."
        hint, code = "The only placeholder is {blog}.", "mkdocs-yml.unknown-placeholder"
        problems.append(document.diagnose(at, message, hint, code=code))
    posts = _absolute(docs / post_dir.replace("{blog}", blog_dir))
    separator = blog.get("post_excerpt_separator")
    separator = separator if isinstance(separator, str) else EXCERPT_SEPARATOR
    return SitePaths(root, docs, docs / "data", posts, separator), problems


def blog_settings(plugins: Any) -> dict[str, Any] | None:
    """Return the settings of Material's blog from the value of ``plugins``; None if it is not used."""
    return find_options(plugins, "blog", "material/blog")


def find_options(items: Any, *names: str) -> dict[str, Any] | None:
    """Return the options of the first plugin or extension with one of these names; None if there is none.

    ``items`` is the value of ``plugins`` or ``markdown_extensions``, a list or a mapping.
    """
    for item in items if isinstance(items, list) else [items]:
        named = item if isinstance(item, dict) else {item: None} if isinstance(item, str) else {}
        for name in names:
            if name in named:
                return named[name] if isinstance(named[name], dict) else {}
    return None


def read_settings(config: Path) -> dict[str, Any]:
    """Read the settings of an ``mkdocs.yml``, without those that cannot be read; see `merge_settings`."""
    return merge_settings(load(config)[0])


def merge_settings(documents: Iterable[Document]) -> dict[str, Any]:
    """Merge a configuration with the ones that it inherits from, nearest first, as MkDocs does.

    Mappings are merged key by key; of all other values the nearest counts. Booleans become bool and empty
    values None; every other scalar is text.
    """

    def convert(_: positions.KeyPath, tag: str, text: str) -> object:
        return SafeConstructor.bool_values.get(text.lower()) if tag == "tag:yaml.org,2002:bool" else text

    merged: dict[str, Any] = {}
    for document in documents:
        merged = _merge(document.map_scalars(convert), merged)
    return merged


def read_language(documents: Iterable[Document]) -> str:
    """Return the language of a site by its settings, nearest first; English if they have none."""
    languages = (document.value_at(("theme", "language")) for document in documents)
    return next((language for language in languages if isinstance(language, str)), i18n.SOURCE_LANGUAGE)


def read_markdown_extensions(config: Path) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Return the names of the Markdown extensions in an ``mkdocs.yml``, and their options by name.

    Values are those that MkDocs reads, also from tags such as ``!!python/name``. An extension is left out if
    a value cannot be imported; `mkdocs_yml_checks` reports it.
    """
    root = project_root(config)
    for document in load(config)[0]:
        if document.value_at(("markdown_extensions",)):
            node = cast("yaml.MappingNode", _compose(cast("str", read_text(root / document.path, root))))
            (listed,) = (value for key, value in node.value if key.value == "markdown_extensions")
            extensions: dict[str, dict[str, Any]] = {}
            for item in listed.value if isinstance(listed, yaml.SequenceNode) else [listed]:
                with suppress(yaml.YAMLError, ImportError, AttributeError, TypeError, ValueError):
                    value = _ExtensionLoader("").construct_document(item)
                    extensions |= value if isinstance(value, dict) else {value: None}
            return [*extensions], {name: options for name, options in extensions.items() if options}
    return [], {}


class _ExtensionLoader(yaml.UnsafeLoader):
    """Imports and calls what tags name, as MkDocs does: it trusts ``mkdocs.yml``."""


_ExtensionLoader.add_constructor("!relative", lambda _, node: node.value)


def load(config: Path) -> tuple[list[Document], list[Diagnostic]]:
    """Load an ``mkdocs.yml`` and the files that it inherits from, nearest first, with positions.

    Every scalar is text. ``!ENV``, merge keys (``<<``) and repeated keys are resolved as by MkDocs.
    Loading ends at the first file that is not a readable mapping, which is one of the problems.
    """
    path, root = _absolute(config), project_root(config)
    documents: list[Document] = []
    problems: list[Diagnostic] = []
    seen: set[Path] = set()
    while True:
        seen.add(path)
        text = read_text(path, root)
        if isinstance(text, Diagnostic):
            return documents, [*problems, text]
        document, wrong = _load_document(display_path(path, root), text, tuple(os.environ.items()))
        # Validation notes which items it leaves out of a list.
        document = replace(document, original_indexes={})
        problems += wrong
        if not isinstance(document.data, dict):
            if not wrong:
                message, hint = "expected a mapping of settings.", "Write settings such as 'site_name: …'."
                problems.append(document.diagnose((), message, hint, code="mkdocs-yml.invalid-value"))
            return documents, problems
        documents.append(document)
        parent = document.data.get("INHERIT")
        if parent is None:
            return documents, problems
        message = code = ""
        if not isinstance(parent, str):
            message, code = "expected the path of a file.", "mkdocs-yml.invalid-value"
        elif (path := _absolute(path.parent / parent)) in seen:
            message, code = "this configuration inherits from itself.", "mkdocs-yml.inherit-cycle"
        if message:
            problems.append(document.diagnose(("INHERIT",), message, code=code))
            return documents, problems


# Every part of the program reads the file.
@lru_cache(maxsize=4)
def _load_document(
    name: str, text: str, environment: tuple[tuple[str, str], ...]
) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Load a configuration, and every problem in it. ``!ENV`` reads the environment."""
    document, problems = positions.load_yaml(name, text, compose=_compose)
    return document, tuple(problems)


def _absolute(path: str | Path) -> Path:
    """Return an absolute path without ``.`` and ``..``. Unlike ``resolve``, it does not follow links."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - as MkDocs does


class _NodeResolver(Resolver):
    """Lets `yaml_env_tag` choose a node instead of constructing a value from it."""

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        return str(node.value)

    def construct_object(self, node: yaml.Node) -> yaml.Node:
        return node


def _compose(text: str) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, Loader=positions.Loader)
    return None if node is None else _resolved(node, set())


def _resolved(node: yaml.Node, seen: set[int]) -> yaml.Node:
    """Resolve ``!ENV``, merge keys and repeated keys (the last one counts) in a tree of nodes."""
    if node.tag == "!ENV":
        value = yaml_env_tag.construct_env_tag(cast("Any", _NodeResolver()), node)
        chosen = copy.copy(value) if value else yaml.ScalarNode("tag:yaml.org,2002:null", "")
        chosen.start_mark = node.start_mark
        return chosen
    if id(node) in seen:  # an alias
        return node
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        SafeConstructor().flatten_mapping(node)
        pairs = {(key.id, str(key.value)): (key, value) for key, value in node.value}
        node.value = [(key, _resolved(value, seen)) for key, value in pairs.values()]
    elif isinstance(node, yaml.SequenceNode):
        node.value = [_resolved(item, seen) for item in node.value]
    return node


def _merge(base: dict[str, Any], override: dict[str, Any]) -> dict[str, Any]:
    merged = {**base, **override}
    for key in base.keys() & override.keys():
        if isinstance(base[key], dict) and isinstance(override[key], dict):
            merged[key] = _merge(base[key], override[key])
    return merged
