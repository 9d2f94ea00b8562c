"""Check the settings of ``mkdocs.yml`` that only MkDocs and Material read.

MkDocs checks most of them itself, but names no line, stops at the first, and some end in a traceback.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import pkgutil
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from portfolio.core import i18n
from portfolio.core.diagnostics import Diagnostic, did_you_mean, find_misspelled, join_words, quote
from portfolio.core.files import check_file, display_path, is_file, read_text, walk_files
from portfolio.core.positions import Document, KeyPath
from portfolio.core.text import is_valid_url
from portfolio.sources import mkdocs_yml

# What the value of each key may be.
KINDS = {
    **dict.fromkeys(
        "site_name site_url site_description site_author docs_dir site_dir copyright repo_url repo_name "
        "edit_uri edit_uri_template remote_branch remote_name exclude_docs draft_docs not_in_nav "
        "dev_addr".split(),
        ("a text",),
    ),
    **dict.fromkeys(("use_directory_urls", "strict"), ("true or false",)),
    **dict.fromkeys("extra_css extra_javascript extra_templates hooks watch nav".split(), ("a list",)),
    **dict.fromkeys(("markdown_extensions", "plugins"), ("a list", "a mapping")),
    **dict.fromkeys(("extra", "validation"), ("a mapping",)),
    "theme": ("a text", "a mapping"),
    "INHERIT": ("a text",),
}
# The keys of mappings that may have any others, too.
_KNOWN_KEYS = {
    "extra": "alternate analytics annotate consent generator homepage portfolio scope search social status "
    "tags version".split(),
    "theme": "custom_dir direction favicon features font icon include_search_page language locale logo name "
    "palette search_index_only static_templates".split(),
}
# Settings that only Material's own templates read.
_UNUSED_OF_THEME = {"features", "font", "icon", "logo", "palette"}
_KIND_OF_TAG = {
    "tag:yaml.org,2002:str": "a text",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:timestamp": "a date",
}
# The groups of entry points under which packages provide plugins and extensions.
_ENTRY_POINTS = {
    "plugins": ("plugin", ("mkdocs.plugins", "properdocs.plugins")),
    "markdown_extensions": ("Markdown extension", ("markdown.extensions",)),
}
_DEV_ADDR = re.compile(r"\S+:\d{1,5}")
_POST_URL_PLACEHOLDERS = ("categories", "date", "file", "slug")
_CODE = "mkdocs-yml.invalid-value"


def check_settings(config: Path) -> list[Diagnostic]:
    """Return every diagnostic of an ``mkdocs.yml`` and the files that it inherits from, sorted."""
    documents, problems = mkdocs_yml.load(config)
    if not documents or problems:
        return problems
    for document in documents:
        problems += _check_keys(document)
        problems += _check_python_names(document)
    if not any(document.data.get("site_name") for document in documents):
        message, hint = "is missing.", "Write one as in 'site_name: A name'."
        problems.append(documents[0].diagnose(("site_name",), message, hint, code="mkdocs-yml.missing-key"))
    root = mkdocs_yml.project_root(config)
    invalid = {problem.field for problem in problems}
    for key, check in {"site_dir": _check_site_dir, "hooks": _check_hooks, "theme": _check_theme}.items():
        if key not in invalid:
            problems += check(documents, root)
    # A faulty or misspelt key may be the reason that the hosts differ.
    if all(problem.severity == "info" for problem in problems):
        problems += _check_host_file(documents, root)
    return sorted(problems)


def _check_python_names(document: Document) -> Iterator[Diagnostic]:
    for at, tag in document.tags.items():
        if tag.startswith(mkdocs_yml.PYTHON_NAME):
            name = tag.removeprefix(mkdocs_yml.PYTHON_NAME)
            try:
                pkgutil.resolve_name(name)
            except (ImportError, AttributeError, ValueError):
                message, hint = f"there is no {quote(name)} in Python.", "Correct it, or install its package."
                yield document.diagnose(at, message, hint, code="mkdocs-yml.not-installed")


def _kind(document: Document, at: KeyPath) -> str:
    """Return what kind of value is at a path; empty for one that a tag such as ``!relative`` constructs."""
    value = document.value_at(at)
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return _KIND_OF_TAG.get(document.tags.get(at, ""), "")


def _check_keys(document: Document) -> Iterator[Diagnostic]:
    for key in document.data:
        kinds = KINDS.get(key)
        if kinds is None:
            hint = f"{did_you_mean(key, KINDS)} Settings of this site are below extra.portfolio."
            yield document.diagnose(
                (key,), "MkDocs has no such setting.", hint, code="mkdocs-yml.unknown-key"
            )
            continue
        kind = _kind(document, (key,))
        if kind not in ("", "nothing", *kinds):
            yield _wrong_kind(document, (key,), kinds, kind)
        elif key in ("site_url", "repo_url") and not _is_web_url(document.data[key] or "https://a"):
            message = f"{quote(document.data[key])} is not the URL of a site."
            yield document.diagnose((key,), message, "Write one as in https://example.org/.", code=_CODE)
        elif key == "dev_addr" and not _DEV_ADDR.fullmatch(document.data[key] or "a:1"):
            message = f"{quote(document.data[key])} is not an address and a port."
            yield document.diagnose((key,), message, "Write them as in 127.0.0.1:8000.", code=_CODE)
        elif key in _KNOWN_KEYS and kind == "a mapping":
            for name in document.data[key]:
                known = _KNOWN_KEYS[key]
                if name not in known and (match := find_misspelled(name, known)):
                    message, hint = "nothing reads this key.", f"Did you mean '{match}'?"
                    yield document.diagnose((key, name), message, hint, code="mkdocs-yml.unknown-key")
        elif key == "nav" and kind == "a list":
            yield from _check_nav(document, (key,))
        elif key in _ENTRY_POINTS:
            yield from _check_installed(document, key)
            if key == "plugins":
                yield from _check_blog(document)


def _wrong_kind(document: Document, at: KeyPath, kinds: Sequence[str], kind: str) -> Diagnostic:
    is_scalar = kinds[0] == "a text" and kind not in ("a list", "a mapping", "nothing")
    hint = "Put quotation marks around it." if is_scalar and "url" not in str(at[-1]) else ""
    if kinds == ("a list",) and kind == "a text":
        hint = f"Write [{document.value_at(at)}]."
    return document.diagnose(at, f"expected {join_words(kinds, 'or')}, found {kind}.", hint, code=_CODE)


def _is_web_url(url: str) -> bool:
    return is_valid_url(url) and urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).hostname)


def _check_nav(document: Document, at: KeyPath) -> Iterator[Diagnostic]:
    for index, item in enumerate(document.value_at(at)):
        entry = (*at, index)
        if isinstance(item, dict) and len(item) == 1:
            key = next(iter(item))
            if isinstance(item[key], list):
                yield from _check_nav(document, (*entry, key))
                continue
            entry, item = (*entry, key), item[key]
        if (kind := _kind(document, entry)) not in ("a text", ""):
            message = f"expected a page or a section, found {kind}."
            hint = "Write 'page.md', 'Title: page.md', or 'Title:' and an indented list."
            yield document.diagnose(entry, message, hint, code=_CODE)


def _list_names(document: Document, key: str) -> Iterator[tuple[KeyPath, str]]:
    """Yield the names of plugins or extensions with their places, without those that are no names."""
    items = document.data[key] or ()
    for step, item in items.items() if isinstance(items, dict) else enumerate(items):
        if isinstance(step, str):
            yield (key, step), step
        elif isinstance(item, dict):
            # The rest of the mapping is options that are not indented enough.
            yield from (((key, step, name), name) for name in [*item][:1])
        elif isinstance(item, str):
            yield (key, step), item


def _check_installed(document: Document, key: str) -> Iterator[Diagnostic]:
    """Check that plugins or Markdown extensions are listed by name, and are installed."""
    kind, groups = _ENTRY_POINTS[key]
    for at, item in enumerate(document.data[key] if isinstance(document.data[key], list) else ()):
        if isinstance(item, dict) and len(item) > 1:
            first, *siblings = item
            message = f"{join_words(map(quote, siblings))} {'is' if len(siblings) == 1 else 'are'} not below "
            message += f"{quote(first)}, but beside it."
            hint = f"Indent the options of a {kind} deeper than its name."
            yield document.diagnose((key, at, siblings[0]), message, hint, code=_CODE)
        elif not item or not isinstance(item, str | dict):
            message = f"expected the name of a {kind}, found {_kind(document, (key, at)) or 'nothing'}."
            yield document.diagnose((key, at), message, code=_CODE)
    installed = {name for group in groups for name in _list_installed().get(group, ())}
    # A plugin of a theme may be named without the theme, and any other with a slash.
    installed |= {name.rpartition("/")[2] for name in installed}
    for place, name in _list_names(document, key):
        module = name.partition(":")[0].removeprefix("/")
        if module in installed:
            continue
        known = installed | _list_siblings(module) if key == "markdown_extensions" else installed
        if module not in known:
            hint = did_you_mean(name, known) or "Add its package to requirements.in, or remove it."
            message = f"{quote(name)} is not an installed {kind}."
            yield document.diagnose(place, message, hint, code="mkdocs-yml.not-installed")


@functools.cache
def _list_installed() -> dict[str, set[str]]:
    """Return the names of what installed packages provide, by group; it takes 10 ms to find out."""
    from importlib.metadata import distributions

    names: dict[str, set[str]] = {}
    for distribution in distributions():
        for point in distribution.entry_points:
            names.setdefault(point.group, set()).add(point.name)
    return names


def _list_siblings(module: str) -> set[str]:
    """Return the modules in the package of a module, which Markdown imports for an extension."""
    package = module.rpartition(".")[0]
    return _list_modules(package) - {package} if package else {module} & _list_modules(module)


@functools.cache
def _list_modules(package: str) -> set[str]:
    """Return a package, or module, and the modules in it; none if it is not installed."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return set()
    if spec is None:
        return set()
    items = pkgutil.iter_modules(spec.submodule_search_locations or ())
    return {package, *(f"{package}.{item.name}" for item in items)}


def _check_blog(document: Document) -> Iterator[Diagnostic]:
    """Check that there is one blog of Material, and the URLs of its posts."""
    blogs = [at for at, name in _list_names(document, "plugins") if name in ("blog", "material/blog")]
    for at in blogs[1:]:
        message = "there is more than one blog, which this site does not support."
        yield document.diagnose(at, message, "Remove all but one; categories divide it.", code=_CODE)
    for at in blogs[:1]:
        options = document.value_at(at)
        for name, value in options.items() if isinstance(options, dict) else ():
            if name == "blog_dir" or name.endswith("_url_format"):
                path = PurePosixPath(str(value or ""))
                if ".." in path.parts or path.is_absolute():
                    message, hint = (
                        f"{quote(value)} leads out of the site.",
                        "Write it without '..' or a first '/'.",
                    )
                    yield document.diagnose((*at, name), message, hint, code=_CODE)
        url = document.value_at((*at, "post_url_format"))
        if isinstance(url, str) and not _has_only_placeholders(url):
            known = [f"{{{name}}}" for name in _POST_URL_PLACEHOLDERS]
            message, code = f"{quote(url)} contains an unknown placeholder.", "mkdocs-yml.unknown-placeholder"
            unknown = next((name for name in re.findall(r"\{\w+\}", url) if name not in known), "")
            hint = f"{did_you_mean(unknown, known)} The placeholders are {join_words(known)}."
            yield document.diagnose((*at, "post_url_format"), message, hint, code=code)


def _has_only_placeholders(text: str) -> bool:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        return False
    names = [name for _, name, _, _ in parts if name is not None]
    return set(names) <= {*_POST_URL_PLACEHOLDERS} and not any(
        spec or conversion for _, _, spec, conversion in parts
    )


def _nearest(documents: Sequence[Document], *at: str) -> Document | None:
    """Return the first document that has a value at a path."""
    return next((document for document in documents if document.value_at(at) is not None), None)


def _check_theme(documents: Sequence[Document], root: Path) -> Iterator[Diagnostic]:
    # MkDocs merges the mappings of a file and of those that it inherits from.
    document = _nearest(documents, "theme", "name") or _nearest(documents, "theme") or documents[0]
    theme = mkdocs_yml.merge_settings(documents).get("theme")
    name = theme.get("name") if isinstance(theme, dict) else theme
    if name != "material":
        at = ("theme", "name") if isinstance(theme, dict) else ("theme",)
        message = f"the templates of this site need the theme 'material', not {quote(name or 'mkdocs')}."
        hint = "Write {name: material, custom_dir: overrides}."
        yield document.diagnose(at, message, hint, code=_CODE)
    if isinstance(theme, dict):
        yield from _check_language(documents, theme)
        for key in _UNUSED_OF_THEME & theme.keys():
            at, message = ("theme", key), "has no effect: this site has its own templates and style sheet."
            nearest = _nearest(documents, *at) or document
            yield nearest.diagnose(at, message, "Remove it.", code="mkdocs-yml.no-effect", severity="info")
    document = _nearest(documents, "theme", "custom_dir") or document
    folder = document.value_at(("theme", "custom_dir"))
    if isinstance(folder, str) and not os.path.isdir(root / folder):  # noqa: PTH112
        at, message = ("theme", "custom_dir"), f"there is no folder {quote(folder)}."
        yield document.diagnose(at, message, code="mkdocs-yml.missing-folder")
    elif isinstance(folder, str):
        # MkDocs copies those that are not templates.
        problems = (check_file(path, root) for path in walk_files(root / folder))
        yield from (problem for problem in problems if problem is not None)


def _check_language(documents: Sequence[Document], theme: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Check that there is such a language; say if not all texts of the site are translated into it."""
    at, document = ("theme", "language"), _nearest(documents, "theme", "language")
    if document is None:
        return
    language = str(theme["language"])
    if language == i18n.SOURCE_LANGUAGE:
        return
    if "_" in language or i18n.find_locale(language) is None:
        message = f"{quote(language)} is not the tag of a language."
        hint = f"{did_you_mean(language, i18n.list_languages())} Write one as in de, pt-BR or zh-Hant."
        yield document.diagnose(at, message, hint, code="mkdocs-yml.unknown-language")
        return
    path = i18n.find_catalogue(language)
    missing, count = (0, 0) if path is None else i18n.count_missing(path)
    hint = "See 'Languages' in hooks/README.md."
    if path is None and language.partition("-")[0] != i18n.SOURCE_LANGUAGE:
        message = f"the texts of this site are not translated into {quote(language)}, and stay English."
        yield document.diagnose(at, message, hint, code="mkdocs-yml.untranslated", severity="info")
    elif missing:
        message = f"{missing} of {count} texts of this site are not translated into {quote(language)}."
        yield document.diagnose(at, message, hint, code="mkdocs-yml.untranslated", severity="info")


def _check_hooks(documents: Sequence[Document], root: Path) -> Iterator[Diagnostic]:
    document = _nearest(documents, "hooks")
    for index, hook in enumerate(document.data["hooks"] if document is not None else ()):
        if document is not None and isinstance(hook, str) and not is_file(root / hook):
            folder = (root / hook).parent
            known = [display_path(path, root) for path in folder.glob("*.py")] if folder.is_dir() else []
            message, hint = f"there is no file {quote(hook)}.", did_you_mean(hook, known)
            yield document.diagnose(("hooks", index), message, hint, code="mkdocs-yml.missing-file")


def _check_site_dir(documents: Sequence[Document], root: Path) -> Iterator[Diagnostic]:
    """Check that the folder of the site has nothing else in it: a build empties it."""
    document = _nearest(documents, "site_dir")
    if document is None:
        return
    settings = mkdocs_yml.merge_settings(documents)
    theme, hooks = settings.get("theme"), settings.get("hooks")
    own_templates = theme.get("custom_dir") if isinstance(theme, dict) else None
    sources = [settings.get("docs_dir") or "docs", own_templates or "overrides", ".git"]
    sources += (
        [Path(hook).parent for hook in hooks if isinstance(hook, str)] if isinstance(hooks, list) else []
    )
    real_root = Path(os.path.realpath(root))
    site = Path(os.path.realpath(root / settings["site_dir"]))
    for source in sources:
        folder = Path(os.path.realpath(root / source))
        # The folder of a hook may be the root.
        if folder.is_relative_to(site) or (site.is_relative_to(folder) and folder != real_root):
            message = "a build empties this folder, which would delete or change"
            message += f" {quote(display_path(folder, real_root))}."
            hint = "Write a folder of its own, as in 'site_dir: site'."
            yield document.diagnose(("site_dir",), message, hint, code=_CODE)
            return


def _check_host_file(documents: Sequence[Document], root: Path) -> Iterator[Diagnostic]:
    """Check that ``CNAME``, the host on GitHub Pages, is that of the site; not in builds for another host."""
    settings = mkdocs_yml.merge_settings(documents)
    path = root / str(settings.get("docs_dir") or "docs") / "CNAME"
    text, url = read_text(path, root, optional=True), settings.get("site_url") or ""
    if (
        not isinstance(text, str)
        or not text.strip()
        or "SITE_URL" in os.environ
        or not _is_web_url(url or "https://a")
    ):
        return
    host = urlsplit(url).hostname
    if text.strip().casefold() != host:
        message = f"{quote(text.strip())} is not the host of site_url in mkdocs.yml"
        message += f", {quote(host)}." if host else ", which is missing."
        hint = "Write the same host in both, or delete this file if the site has no domain of its own."
        yield Diagnostic(display_path(path, root), 1, 1, "", message, hint, code="mkdocs-yml.other-host")
