"""Fingerprints of what pages depend on: the site's settings and structure, and the data of each page."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime
from pathspec import PathSpec

from mkdocs_incremental import blog, fingerprint
from mkdocs_incremental.fingerprint import Digester, FileDigests, NotFingerprintable

# Settings that change no page, or that are examined where they are used.
_EXCLUDED_SETTINGS = frozenset(
    "site_dir plugins hooks extra markdown_extensions mdx_configs theme nav strict".split()
)
# The names by which templates show when the site was built, and what they show.
CLOCKS: Mapping[str, Callable[[], object]] = {
    "build_date_utc": get_build_datetime,
    "update_date": lambda: get_build_datetime().date(),
}
_TEMPLATE_PACKAGES = ("jinja2.", "mkdocs.", "material.")


def project_root(config: MkDocsConfig) -> Path:
    """Return the absolute path of the folder of mkdocs.yml, which may be a relative path in a command."""
    return Path(config.config_file_path or "mkdocs.yml").absolute().parent


def digest_code(config: MkDocsConfig, files: FileDigests) -> dict[str, str]:
    """Return digests of the code that builds the site, all files beside its hooks, and its own icons."""
    hooks: Mapping[str, Any] = config.hooks  # type: ignore[assignment] # typed as a list of modules
    folders = {str(Path(hook.__file__).parent) for hook in hooks.values()}
    # The emoji extension reads them once for all texts.
    options = ((config.mdx_configs or {}).get("pymdownx.emoji") or {}).get("options") or {}
    icons = map(str, options.get("custom_icons") or ())
    code = fingerprint.digest_code(folders, str(project_root(config)), files)
    return {**code, **fingerprint.digest_folders(icons, files)}


def create_digester() -> Digester:
    """Return a digester that knows objects of MkDocs by what a page may show of them."""
    return Digester(
        {
            # Pages depend on these anyway: see `digest_site`.
            MkDocsConfig: lambda _: "config",
            Files: lambda _: "files",
            Navigation: lambda _: "nav",
            Environment: lambda _: "env",
            Theme: _describe_theme,
            Config: lambda config: dict(config),
            Page: describe_page,
            File: describe_file,
            AnchorLink: lambda link: describe_toc([link]),
            PathSpec: lambda spec: [[pattern.include, pattern.regex] for pattern in spec.patterns],
            logging.Logger: lambda logger: logger.name,
        }
    )


def describe_page(page: Any) -> list[Any]:
    """Return what other pages may show of a page."""
    return [
        page.url,
        page.title,
        dict(page.meta),
        page.canonical_url,
        page.edit_url,
        page.is_index,
        page.is_homepage,
        describe_file(page.file),
    ]


def describe_file(file: File) -> list[Any]:
    """Return what pages may show of a file."""
    return [file.src_uri, file.dest_uri, file.url, file.inclusion.value]


def describe_toc(items: Iterable[AnchorLink]) -> list[list[Any]]:
    """Return a table of contents as plain values."""
    return [[item.title, item.id, item.level, describe_toc(item.children)] for item in items]


def describe_nav(items: Iterable[Any]) -> list[Any]:
    """Return the navigation, or a part of it, as plain values."""
    return [
        [type(item).__name__, item.title, describe_nav(item.children or ()), item if item.is_page else None]
        # Links from the front matter of a post have data of the page that they lead to.
        + ([item.url, getattr(item, "meta", None)] if item.is_link else [])
        for item in items
    ]


def _describe_theme(theme: Theme) -> list[Any]:
    # A folder has several paths where symbolic links lead to it.
    folders = [os.path.realpath(folder) for folder in theme.dirs]
    return [theme.name, folders, sorted(theme.static_templates), dict(theme.items())]


def _enabled_log_levels() -> list[bool]:
    """Whether warnings and infos are logged: a quiet build cannot cache messages that it does not see."""
    return [logging.getLogger("mkdocs").isEnabledFor(level) for level in (logging.WARNING, logging.INFO)]


def digest_markdown_settings(config: MkDocsConfig, digester: Digester) -> dict[str, str]:
    """Return digests of the settings on which all conversions depend. Raises NotFingerprintable."""
    links = config.validation.links
    return digester.digest_all(
        {
            "the setting markdown_extensions": list(config.markdown_extensions),
            "an option of a Markdown extension": config.mdx_configs,
            "the setting use_directory_urls": config.use_directory_urls,
            "the setting validation": [
                str(level)
                for level in (links.not_found, links.absolute_links, links.unrecognized_links, links.anchors)
            ],
            "the log level": _enabled_log_levels(),
        }
    )


def digest_site(
    config: MkDocsConfig, nav: Any, files: Iterable[File], env: Environment, digester: Digester
) -> dict[str, str]:
    """Return digests of what all pages depend on, except files and ``config.extra``.

    Raises NotFingerprintable.
    """
    settings = config.items()
    plugins = [(name, plugin) for name, plugin in config.plugins.items() if hasattr(plugin, "config")]
    return digester.digest_all(
        {
            **{f"the setting {name}": value for name, value in settings if name not in _EXCLUDED_SETTINGS},
            "the setting theme": config.theme,
            **{f"a setting of the plugin {name}": [type(plugin), plugin.config] for name, plugin in plugins},
            "the order of plugins": [name for name, _ in plugins],
            "the setting hooks": list(config.hooks),
            "the list of files": [[file.src_uri, file.dest_uri, file.inclusion.value] for file in files],
            "the navigation, or the title or front matter of a page in it,": [
                describe_nav(nav.items),
                nav.homepage,
            ],
            **{f"the template variable {name}": value for name, value in env.globals.items()},
            **{f"the template filter {name}": value for name, value in _own_functions(env.filters)},
            **{f"the template test {name}": value for name, value in _own_functions(env.tests)},
            "the names in the setting extra": [[name, type(value)] for name, value in config.extra.items()],
            "the log level": _enabled_log_levels(),
        }
    )


def describe_environment(env: Environment, config: MkDocsConfig) -> list[Any]:
    """Return what compiled templates depend on, except their source and the code.

    Jinja applies filters and tests to constants when it compiles them.
    """
    functions = [*_own_functions(env.filters), *_own_functions(env.tests)]
    return [sorted(env.extensions), env.autoescape, functions, config.theme]


def _own_functions(functions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield filters or tests of templates, without those of Jinja, MkDocs and Material.

    Theirs use pages, such as the lists of a blog, and settings, which are examined anyway.
    """
    for name, function in functions.items():
        if not f"{function.__module__}.".startswith(_TEMPLATE_PACKAGES):
            yield name, function


def find_clocks(folders: Iterable[str]) -> list[str]:
    """Return the names of `CLOCKS` that occur in a template: it shows when the site was built."""
    texts = [
        path.read_bytes() for folder in folders for path in Path(folder).rglob("*.html") if path.is_file()
    ]
    return [name for name in CLOCKS if any(name.encode() in text for text in texts)]


@dataclass
class PageFingerprints:
    """Fingerprints of what each page's template and event handlers may show of it, after all conversions."""

    config: Any
    digester: Digester
    # Digests of the data of posts, by the id of a post.
    _posts: dict[int, bytes] = field(default_factory=dict)

    def digest(self, page: Any) -> dict[str, str]:
        """Return digests of what a page shows, by name. Raises NotFingerprintable."""
        digester = self.digester
        facts = {
            "its URL, title or front matter": [digester.digest(page), page.abs_url],
            "its content": page.content,
            "its table of contents": describe_toc(page.toc),
            "the page before or after it": [
                digester.digest(page.previous_page),
                digester.digest(page.next_page),
            ],
            "its section of the navigation": [
                [type(section).__name__, section.title] for section in page.ancestors
            ],
        }
        if hasattr(page, "excerpt"):
            facts["its data as a post, or a page to which its front matter links,"] = self._digest_post(page)
        elif blog.is_view(page):
            posts = blog.posts_on_page(page, self.config)
            if posts is None:
                raise NotFingerprintable("posts of another blog")
            if posts and blog.has_excerpts(self.config):
                raise NotFingerprintable("excerpts of posts, which Material converts for each list")
            facts["the list of its pages"] = [page.name, len(page.posts), [part.url for part in page.pages]]
            facts["a post in its list"] = [
                part for post in posts for part in (digester.digest(post), self._digest_post(post))
            ]
        return digester.digest_all(facts)

    def _digest_post(self, post: Any) -> bytes:
        if id(post) not in self._posts:
            self._posts[id(post)] = self.digester.digest(_describe_post(post))
        return self._posts[id(post)]


def _describe_post(post: Any) -> list[Any]:
    excerpt = post.excerpt
    return [
        post.config.data,
        [dict(author) for author in post.authors],
        post.categories,
        [[view.name for view in views] for views in (excerpt.authors, excerpt.categories)]
        if excerpt is not None
        else None,
        describe_nav(post.config.links or ()),
    ]
