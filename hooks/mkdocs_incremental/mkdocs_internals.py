"""The private parts of MkDocs, Material and Python-Markdown that this package uses; no other module does.

Private are names with an underscore, methods that are replaced on an object, and undocumented attributes.
`VERSIONS` are the releases that were checked: with others, a site is built the ordinary way. If a part
changes within that range, ``tests/build/test_incremental_internals.py`` fails and names it.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.toc import TocExtension, TocTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE
from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import pages
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.toc import TableOfContents, get_toc

# From the first version on, and below the second.
VERSIONS = {"mkdocs": ("1.6", "1.7"), "mkdocs-material": ("9.8", "9.9"), "markdown": ("3.10", "3.12")}
# Right before the table of contents (5), from which on Material converts an excerpt differently.
_BEFORE_TOC = 5.000001
_SNAPSHOT = "incremental_snapshot"
# What MkDocs adds to the conversion of a page, and Material does not add to that of an excerpt.
_PAGE_ONLY = frozenset({"mkdocs_extract_anchors", "mkdocs_extract_title", "relpath"})


def unsupported_version(get_version: Callable[[str], str] = version) -> str:
    """Return why the site must be built the ordinary way; empty if all versions are supported."""
    for name, (first, end) in VERSIONS.items():
        try:
            installed = get_version(name)
        except PackageNotFoundError:
            return f"{name} is not installed"
        if not _minor_version(first) <= _minor_version(installed) < _minor_version(end):
            return f"{name} {installed} is not supported (supported: >={first},<{end})"
    return ""


def _minor_version(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:2]]


# Plugins


def event_handlers(config: MkDocsConfig, event: str) -> list[Callable[..., Any]]:
    """Return the list of handlers of an event, such as ``page_context``, in their order; it is mutable."""
    return config.plugins.events[event]


def search_entries(config: MkDocsConfig) -> list[Any]:
    """Return the list of entries that Material's search has so far; a new empty list without that plugin."""
    plugin: Any = config.plugins.get("material/search")
    if plugin is None or not plugin.config["enabled"]:
        return []
    entries: list[Any] = plugin.search_index.entries
    return entries


def posts_on_page(plugin: Any, view: Any) -> list[Any]:
    """Return the posts that one page of a list shows, as ``BlogPlugin._render`` selects them."""
    if not plugin._config_pagination(view):
        return list(view.posts)
    step = plugin._config_pagination_per_page(view)
    first = next(index for index, page in enumerate(view.pages) if page is view) * step
    return list(view.posts[first : first + step])


# Files and pages


def replace_copy(file: File, wrap: Callable[[Callable[[bool], None]], Callable[[bool], None]]) -> None:
    """Replace the method by which MkDocs copies a file. ``wrap`` gets it and returns the new one."""
    file.copy_file = wrap(file.copy_file)  # type: ignore[assignment,method-assign]


def replace_render(page: Any, render: Callable[[Files], None]) -> None:
    """Replace the method by which MkDocs converts a page."""
    page.render = lambda _, files: render(files)


def is_rendering_page(config: MkDocsConfig) -> bool:
    """Whether MkDocs renders a page now, rather than a template of the theme."""
    return config._current_page is not None


@contextmanager
def as_current_page(page: Any, config: MkDocsConfig) -> Iterator[None]:
    """Make a page the one that MkDocs works on in this block."""
    previous, config._current_page = config._current_page, page
    try:
        yield
    finally:
        config._current_page = previous


def render_page(page: Any, config: MkDocsConfig, files: Files, nav: Navigation, env: Any) -> None:
    """Render a page as ``_build_page`` does, up to its template; nothing is written."""
    if config._current_page is not None:
        # In a forked process this is the page of the parent, which is marked in the navigation.
        config._current_page.active = False
    with as_current_page(page, config):
        page.active = True
        context = build.get_context(nav, files.documentation_pages(), config, page)
        template = env.get_template(page.meta.get("template", "main.html"))
        context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
        template.render(context)
        page.active = False


# Conversion


@dataclass
class ConvertedPage:
    """What MkDocs makes of a page's Markdown, as JSON values. ``toc_tokens`` are those of Python-Markdown.

    ``anchor_links`` are the links to anchors: source path of the file, anchor, link text.
    """

    html: str
    toc_tokens: list[Any]
    title: str | None
    anchors: list[str]
    anchor_links: list[list[str]] = field(default_factory=list)

    def apply(self, page: Any, files: Files) -> None:
        """Set the attributes of a page, as ``Page.render`` does."""
        page.content = self.html
        page.toc = create_toc(self.toc_tokens)
        page._title_from_render = self.title
        page.present_anchor_ids = set(self.anchors)
        if pages.log.getEffectiveLevel() > logging.DEBUG:
            links: dict[File, dict[str, str]] = {}
            for uri, anchor, text in self.anchor_links:
                file = files.get_file_from_path(uri)
                if file is not None:
                    links.setdefault(file, {})[anchor] = text
            page.links_to_anchors = links


def create_toc(tokens: list[Any]) -> TableOfContents:
    """Return a new table of contents of a page: Material appends to its items."""
    return get_toc(tokens)


class _TreeSnapshot(Treeprocessor):
    """Copies a page's tree before the steps in which the conversion of an excerpt differs."""

    root: ElementTree.Element | None = None
    raw_html_blocks: list[Any]
    html_counter: int

    def run(self, root: ElementTree.Element) -> None:
        assert self.md is not None
        self.root = copy.deepcopy(root)
        self.raw_html_blocks = copy.deepcopy(self.md.htmlStash.rawHtmlBlocks)
        self.html_counter = self.md.htmlStash.html_counter


@dataclass
class Conversion:
    """The state of a page's conversion, from which its excerpt can be converted."""

    page: Any
    config: MkDocsConfig
    files: Files
    markdown: Markdown
    result: ConvertedPage
    snapshot: _TreeSnapshot | None


def create_converter(config: MkDocsConfig) -> Markdown:
    """Return a new Markdown converter with the extensions of a site."""
    return Markdown(extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"] or {})


def convert_page(
    md: Markdown, page: Any, config: MkDocsConfig, files: Files, *, with_excerpt: bool
) -> Conversion:
    """Convert a page as ``Page.render`` does, without changing the page. ``md`` is new or reset."""
    raw_html = pages._RawHTMLPreprocessor()
    raw_html._register(md)
    anchors = pages._ExtractAnchorsTreeprocessor(page.file, files, config)
    anchors._register(md)
    paths = pages._RelativePathTreeprocessor(page.file, files, config)
    paths._register(md)
    title = pages._ExtractTitleTreeprocessor()
    title._register(md)
    md.treeprocessors.deregister(_SNAPSHOT, strict=False)
    snapshot = _TreeSnapshot(md) if with_excerpt else None
    if snapshot is not None:
        md.treeprocessors.register(snapshot, _SNAPSHOT, _BEFORE_TOC)
    html = md.convert(page.markdown)
    result = ConvertedPage(
        html,
        copy.deepcopy(getattr(md, "toc_tokens", [])),
        title.title,
        sorted(anchors.present_anchor_ids | raw_html.present_anchor_ids),
        [
            [file.src_uri, anchor, text]
            for file, links in paths.links_to_anchors.items()
            for anchor, text in links.items()
        ],
    )
    return Conversion(page, config, files, md, result, snapshot)


class LinkResolver(pages._RelativePathTreeprocessor):
    """Resolves the links of a page by MkDocs' rules."""

    def resolve(self, url: str) -> tuple[str, str] | None:
        """Return the URL of the file that a link leads to, relative to the site, and the query and fragment.

        None for a link that MkDocs does not change.
        """
        scheme, netloc, path, query, fragment = urlsplit(url)
        if scheme or netloc or AMP_SUBSTITUTE in url or not path:
            return None
        relative = pages._AbsoluteLinksValidationValue.RELATIVE_TO_DOCS
        if url.startswith(("/", "\\")) and self.config.validation.links.absolute_links is not relative:
            return None
        uris = self._possible_target_uris(self.file, unquote(path), self.config.use_directory_urls)
        file = self.files.get_file_from_path(next(uris))
        if file is None:
            return None
        return file.url, (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def convert_excerpt(
    conversion: Conversion, process_link: Callable[[ElementTree.Element], None]
) -> tuple[str, list[Any]] | None:
    """Return the HTML and TOC tokens of a page as Material converts it for excerpts, or None if it cannot.

    Headings are one level lower and are links, and only the first two levels are in the table of contents.
    ``process_link`` is called with each link and image instead of the step that makes URLs relative.
    """
    md, snapshot = conversion.markdown, conversion.snapshot
    # The registry is not a mapping: it has no `get`.
    toc = md.treeprocessors["toc"] if "toc" in md.treeprocessors else None  # noqa: SIM401
    if snapshot is None or snapshot.root is None or type(toc) is not TocTreeprocessor:
        return None
    md.htmlStash.rawHtmlBlocks = snapshot.raw_html_blocks
    md.htmlStash.html_counter = snapshot.html_counter
    root: Any = snapshot.root
    snapshot.root = None
    processors = _excerpt_processors(md, snapshot, _LinkProcessor(process_link))
    for processor in processors:
        if processor is toc:
            processor = _create_excerpt_toc(conversion)
        new_root = processor.run(root)
        root = root if new_root is None else new_root
    html = _serialize(md, root)
    for postprocessor in md.postprocessors:
        html = postprocessor.run(html)
    return html.strip(), copy.deepcopy(getattr(md, "toc_tokens", []))


class _LinkProcessor(Treeprocessor):
    def __init__(self, process_link: Callable[[ElementTree.Element], None]) -> None:
        super().__init__()
        self.process_link = process_link

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag in ("a", "img"):
                self.process_link(element)


def _create_excerpt_toc(conversion: Conversion) -> TocTreeprocessor:
    settings = (conversion.config.mdx_configs or {}).get("toc", {})
    overrides = {"anchorlink": True, "baselevel": 2, "permalink": False, "toc_depth": 2}
    return TocTreeprocessor(conversion.markdown, TocExtension(**{**settings, **overrides}).getConfigs())


def _excerpt_processors(md: Markdown, snapshot: _TreeSnapshot, links: _LinkProcessor) -> list[Treeprocessor]:
    """Return the tree processors after the snapshot, in the order that they have for an excerpt."""
    registry = md.treeprocessors
    # They stay registered, because extensions look up "relpath" to identify the page.
    page_only = [registry[name] for name in _PAGE_ONLY if name in registry]
    # Material registers "relpath" at 1, and its processor of links within the page at 0: `links` does both.
    registry.register(links, "incremental_links", 1)
    processors = list(registry)
    registry.deregister("incremental_links")
    return [item for item in processors[processors.index(snapshot) + 1 :] if item not in page_only]


def _serialize(md: Markdown, root: ElementTree.Element) -> str:
    """The end of ``Markdown.convert``."""
    output = md.serializer(root)
    if not md.stripTopLevelTags:
        return output
    tag = md.doc_tag
    if f"<{tag}>" not in output:
        return ""
    return output[output.index(f"<{tag}>") + len(tag) + 2 : output.rindex(f"</{tag}>")].strip()
