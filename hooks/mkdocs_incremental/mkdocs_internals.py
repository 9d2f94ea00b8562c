"""What is private to MkDocs, Material and Markdown, and used here: the only module that touches it.

`supported` names the versions that this was checked on, and `tests/build/test_incremental_seams.py` fails if
one of these parts is not where it was.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from mkdocs.structure.toc import AnchorLink, TableOfContents, get_toc

# Right before the table of contents (5), from which on Material converts an excerpt in another way.
_BEFORE_CONTENTS = 5.000001
_SAME_AS_CONTENTS = 5
# What MkDocs adds to the conversion of a page, and Material does not to that of an excerpt.
_PAGES_OWN = frozenset({"mkdocs_extract_anchors", "mkdocs_extract_title", "relpath", "toc"})


@dataclass
class Converted:
    """What MkDocs makes of a page's Markdown. ``tokens`` are the table of contents as Markdown gives it.

    ``links`` are those to anchors: of which file (its path below the documents), the anchor, as written.
    """

    html: str
    tokens: list[Any]
    title: str | None
    anchors: list[str]
    links: list[list[str]] = field(default_factory=list)

    def put(self, page: Any, files: Files) -> None:
        """Give it to a page, as ``Page.render`` does."""
        page.content = self.html
        page.toc = contents(self.tokens)
        page._title_from_render = self.title
        page.present_anchor_ids = set(self.anchors)
        if pages.log.getEffectiveLevel() > logging.DEBUG:
            links: dict[File, dict[str, str]] = {}
            for uri, anchor, written in self.links:
                file = files.get_file_from_path(uri)
                if file is not None:
                    links.setdefault(file, {})[anchor] = written
            page.links_to_anchors = links


def contents(tokens: list[Any]) -> TableOfContents:
    """The table of contents of a page, made of new parts: Material appends to them."""
    return get_toc(tokens)


class _Snapshot(Treeprocessor):
    """Keeps a page's tree as it is before the part in which an excerpt differs from it."""

    root: ElementTree.Element | None = None
    stash: list[Any]
    counter: int

    def run(self, root: ElementTree.Element) -> None:
        assert self.md is not None
        self.root = copy.deepcopy(root)
        self.stash = copy.deepcopy(self.md.htmlStash.rawHtmlBlocks)
        self.counter = self.md.htmlStash.html_counter


@dataclass
class Conversion:
    """One conversion of a page, from which that of its excerpt can be taken as long as it is kept."""

    page: Any
    config: MkDocsConfig
    files: Files
    markdown: Markdown
    made: Converted
    snapshot: _Snapshot | None


def convert(page: Any, config: MkDocsConfig, files: Files, *, with_excerpt: bool) -> Conversion:
    """What ``Page.render`` does, without putting it into the page."""
    md = Markdown(extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"] or {})
    raw = pages._RawHTMLPreprocessor()
    raw._register(md)
    anchors = pages._ExtractAnchorsTreeprocessor(page.file, files, config)
    anchors._register(md)
    paths = pages._RelativePathTreeprocessor(page.file, files, config)
    paths._register(md)
    title = pages._ExtractTitleTreeprocessor()
    title._register(md)
    snapshot = _Snapshot(md) if with_excerpt else None
    if snapshot is not None:
        md.treeprocessors.register(snapshot, "incremental_snapshot", _BEFORE_CONTENTS)
    html = md.convert(page.markdown)
    made = Converted(
        html,
        copy.deepcopy(getattr(md, "toc_tokens", [])),
        title.title,
        sorted(anchors.present_anchor_ids | raw.present_anchor_ids),
        [
            [file.src_uri, anchor, written]
            for file, links in paths.links_to_anchors.items()
            for anchor, written in links.items()
        ],
    )
    return Conversion(page, config, files, md, made, snapshot)


class Targets(pages._RelativePathTreeprocessor):
    """Finds the file that a link of a page leads to, by MkDocs' rules."""

    def target_of(self, url: str) -> tuple[str, str] | None:
        """The file's address below the site's, and what follows in the link; None for one left as it is."""
        scheme, netloc, path, query, anchor = urlsplit(url)
        if scheme or netloc or AMP_SUBSTITUTE in url or not path:
            return None
        relative = pages._AbsoluteLinksValidationValue.RELATIVE_TO_DOCS
        if url.startswith(("/", "\\")) and self.config.validation.links.absolute_links is not relative:
            return None
        uris = self._possible_target_uris(self.file, unquote(path), self.config.use_directory_urls)
        file = self.files.get_file_from_path(next(uris))
        if file is None:
            return None
        return file.url, (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def excerpt(
    conversion: Conversion, link: Callable[[ElementTree.Element], None]
) -> tuple[str, list[Any]] | None:
    """The HTML and the contents of a page converted as Material converts it for excerpts, or None.

    Headings stand one level lower and are links, and only the first two levels are in the contents. ``link``
    is called with each link and picture in place of what makes their addresses relative.
    """
    md, snapshot = conversion.markdown, conversion.snapshot
    toc = _named(md, "toc")
    if snapshot is None or snapshot.root is None or type(toc) is not TocTreeprocessor:
        return None
    md.htmlStash.rawHtmlBlocks = snapshot.stash
    md.htmlStash.html_counter = snapshot.counter
    root: Any = snapshot.root
    snapshot.root = None
    for processor in _after_contents(md, _contents_of_excerpt(conversion), _Links(link)):
        root = _or(processor.run(root), root)
    html = _serialized(md, root)
    for postprocessor in md.postprocessors:
        html = postprocessor.run(html)
    return html.strip(), copy.deepcopy(getattr(md, "toc_tokens", []))


class _Links(Treeprocessor):
    def __init__(self, link: Callable[[ElementTree.Element], None]) -> None:
        super().__init__()
        self.link = link

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag in ("a", "img"):
                self.link(element)


def _contents_of_excerpt(conversion: Conversion) -> TocTreeprocessor:
    given = (conversion.config.mdx_configs or {}).get("toc", {})
    own = {"anchorlink": True, "baselevel": 2, "permalink": False, "toc_depth": 2}
    return TocTreeprocessor(conversion.markdown, TocExtension(**{**given, **own}).getConfigs())


def _after_contents(md: Markdown, toc: TocTreeprocessor, links: _Links) -> Iterator[Any]:
    """The processors from the table of contents on, in the order that they have for an excerpt."""
    registry: Any = md.treeprocessors
    registry._sort()
    found = [
        (item.priority, toc if item.name == "toc" else registry[item.name])
        for item in registry._priority
        if item.priority < _BEFORE_CONTENTS and (item.name == "toc" or item.name not in _PAGES_OWN)
    ]
    # Material registers "relpath" with 1 and its own part for links within the page with 0: both are ours.
    found.append((1, links))
    found.sort(key=lambda one: one[0], reverse=True)
    return (processor for _, processor in found)


def _named(md: Markdown, name: str) -> object:
    return md.treeprocessors[name] if name in md.treeprocessors else None  # noqa: SIM401 - no mapping


def _or(made: Any, root: Any) -> Any:
    return root if made is None else made


def _serialized(md: Markdown, root: ElementTree.Element) -> str:
    """The end of ``Markdown.convert``."""
    output = md.serializer(root)
    if not md.stripTopLevelTags:
        return output
    tag = md.doc_tag
    if f"<{tag}>" not in output:
        return ""
    return output[output.index(f"<{tag}>") + len(tag) + 2 : output.rindex(f"</{tag}>")].strip()


def anchors_of(items: Iterable[AnchorLink]) -> list[list[Any]]:
    """A table of contents as plain values."""
    return [[item.title, item.id, item.level, anchors_of(item.children)] for item in items]


def posts_of_view(plugin: Any, view: Any) -> list[Any]:
    """The posts that a list of Material's blog shows, as its ``_render`` chooses them."""
    if not plugin._config_pagination(view):
        return list(view.posts)
    step = plugin._config_pagination_per_page(view)
    first = next(place for place, page in enumerate(view.pages) if page is view) * step
    return list(view.posts[first : first + step])


def is_page_being_made(config: MkDocsConfig) -> bool:
    """Whether MkDocs is at a page, rather than at a template of the theme."""
    return config._current_page is not None


@contextmanager
def current(page: Any, config: MkDocsConfig) -> Iterator[None]:
    """In this block a page is the one that MkDocs is at."""
    before, config._current_page = config._current_page, page
    try:
        yield
    finally:
        config._current_page = before


def render(page: Any, config: MkDocsConfig, files: Files, nav: Navigation, env: Any) -> None:
    """Do with a page what MkDocs does with it, as far as its template; nothing is written."""
    if config._current_page is not None:
        # The builder's, which is at another one: its place in the navigation is marked.
        config._current_page.active = False
    with current(page, config):
        page.active = True
        context = build.get_context(nav, files.documentation_pages(), config, page)
        template = env.get_template(page.meta.get("template", "main.html"))
        context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
        template.render(context)
        page.active = False


def content_of(file: File) -> str | bytes | None:
    """What a generated file is made of; None for one that is copied from its path."""
    return file._content
