"""The private parts of MkDocs, Material, Markdown and its extensions that this package uses.

No other module of ``portfolio`` and no hook uses private parts, except for those of Python-Markdown in
`portfolio.markdown_ext.markdown_internals`. `SUPPORTED_VERSIONS` has the versions with which this
was checked; tests/build/test_mkdocs_internals.py fails if a private part has changed, and names it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from markdown import Markdown
from material.plugins.blog.readtime import readtime
from material.plugins.blog.structure import Archive, Category
from material.plugins.blog.structure import Profile as AuthorProfile
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from portfolio.markdown_ext.site_markdown import include_extensions

# As in PEP 440.
SUPPORTED_VERSIONS: Final = {
    "mkdocs": "~=1.6.0",
    "mkdocs-material": "~=9.8.0",
    "pymdown-extensions": "~=12.0",
    "Jinja2": "~=3.1.0",
}

_BLOG: Final = "material/blog"
# Material's templates that print only plain texts: descriptions, and the names of tags.
_TEMPLATES_OF_TEXTS: Final = {"base.html", "partials/tags.html", "fragments/tags/default/tag.html"}


def find_blog(config: MkDocsConfig) -> Any:
    """Return Material's blog with its posts and views, or None. Material has no types for it."""
    plugin = find_blog_plugin(config)
    return plugin.blog if plugin is not None else None


def find_blog_plugin(config: MkDocsConfig) -> Any:
    """Return the plugin of Material's blog, None if it is missing or disabled."""
    plugin: Any = config.plugins.get(_BLOG)
    return plugin if plugin is not None and plugin.config["enabled"] else None


def posts_of_view(view: Any, config: MkDocsConfig) -> list[Any]:
    """Return the posts that a page of Material's blog lists (a long list has several pages), or none."""
    posts: list[Any] = getattr(view, "posts", [])
    if not getattr(view, "pages", ()):
        return posts
    settings: Any = config.plugins[_BLOG].config
    kinds = {Archive: "archive", Category: "categories", AuthorProfile: "authors_profiles"}
    kind = kinds.get(type(view), "blog")
    size: int = settings.get(f"{kind}_pagination_per_page") or settings["pagination_per_page"]
    first = next(place for place, page in enumerate(view.pages) if page is view) * size
    return posts[first : first + size]


def set_reading_time(post: Any, html: str, config: MkDocsConfig) -> None:
    """Set how many minutes a post takes, counted in ``html``, unless its author says so."""
    plugin = find_blog_plugin(config)
    if plugin is not None and plugin.config["post_readtime"] and not post.config.readtime:
        post.config.readtime = readtime(html, plugin.config["post_readtime_words_per_minute"])


class NotebookFile(File):
    """A notebook that MkDocs treats as a page."""

    def is_documentation_page(self) -> bool:
        return True


def add_notebook(files: Files, config: MkDocsConfig, uri: str, source: str) -> None:
    """Add the page of a notebook, whose Markdown is in the file ``source``."""
    file = NotebookFile.generated(config, uri, abs_src_path=source)
    # The owner wrote it, so it has a link to edit it.
    file.generated_by = None
    files.append(file)


def source_of_conversion(md: Markdown) -> str:
    """Return the source path of the page whose Markdown, or whose excerpt, is being converted.

    MkDocs' tree processor for relative links knows it, and Material's excerpts have one too.
    """
    processor: Any = md.treeprocessors["relpath"]
    return str(processor.file.src_uri)


def include_files(text: str, config: MkDocsConfig, root: Path) -> str:
    """Include what ``--8<--`` names from other files in a text, if the site uses that extension."""
    extensions = include_extensions(config.markdown_extensions, config.mdx_configs, root)
    if "8<" not in text or not extensions:
        return text
    md = Markdown(extensions=extensions)
    return "\n".join(md.preprocessors["snippet"].run(text.split("\n")))


def escape_templates(env: Environment, names: Collection[str]) -> None:
    """Make the templates of these names escape what they print, and Material's templates that print texts.

    MkDocs sets up the environment without escaping, and this event is the first that gets it: no template of
    the site is compiled yet.
    """
    env.autoescape = lambda name: name in names or name in _TEMPLATES_OF_TEXTS
