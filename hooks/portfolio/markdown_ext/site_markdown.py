"""The site's Markdown: all extensions with their options, the same for a build and for the check.

`add_extensions` is the place where an extension of this package is registered. A build calls it with MkDocs'
settings; the check calls `create_markdown` with those of ``mkdocs.yml``. MkDocs alone rewrites links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.citations.library import Library
from portfolio.core import i18n
from portfolio.core.i18n import gettext as _
from portfolio.core.text import slugify_heading
from portfolio.images.catalog import ResponsiveImage
from portfolio.markdown_ext import limits
from portfolio.markdown_ext.attribute_lists import AttributeListExtension
from portfolio.markdown_ext.back_matter import BackMatterExtension
from portfolio.markdown_ext.callouts import CalloutExtension
from portfolio.markdown_ext.citations import CitationExtension
from portfolio.markdown_ext.code_blocks import (
    CodeBlockExtension,
    CodeTextExtension,
    FenceHeaderExtension,
)
from portfolio.markdown_ext.direction import DirectionExtension
from portfolio.markdown_ext.emoji import EmojiExtension
from portfolio.markdown_ext.extensions import (
    HEADINGS,
    Remember,
    add_line_reader,
    add_tree_editor,
    compute_each_time,
    list_texts,
)
from portfolio.markdown_ext.figures import FigureExtension
from portfolio.markdown_ext.footnotes import FootnoteCheckExtension
from portfolio.markdown_ext.formulas import FormulaExtension
from portfolio.markdown_ext.html_tags import HtmlTagExtension
from portfolio.markdown_ext.includes import IncludeExtension
from portfolio.markdown_ext.inline_code import InlineCodeExtension
from portfolio.markdown_ext.inline_patterns import InlinePatternExtension
from portfolio.markdown_ext.invalid_urls import InvalidUrlExtension
from portfolio.markdown_ext.lists import ListExtension
from portfolio.markdown_ext.mermaid import MermaidExtension
from portfolio.markdown_ext.outline import Outline, read_outline
from portfolio.markdown_ext.quotation_marks import QuotationMarkExtension
from portfolio.markdown_ext.render_errors import RenderError, Report
from portfolio.markdown_ext.tables import TableExtension
from portfolio.markdown_ext.title import TitleExtension

# The extensions that MkDocs always uses.
_BUILT_IN = ("toc", "tables", "fenced_code")
_SNIPPETS = "pymdownx.snippets"
# Of a page: finding their places takes time.
_MOST_ERRORS = 100
# Priorities of the recorder: marked sections before MkDocs reads HTML (21), which fails for some; links when
# they are elements (20) and before invalid ones become text (19.9), and those of captions (7.5) before the
# permalinks of headings (5); the rest when all elements are final, and before MkDocs resolves paths (0).
_MARKED_SECTIONS, _LINKS, _CAPTION_LINKS, _ELEMENTS = 21.5, 19.95, 5.2, 0.5


@dataclass
class ConvertedPage:
    """What a conversion of a page shows, as plain data.

    ``targets`` are the URLs of links and images as written; ``images`` the URLs and alternative texts of
    images (None if decorative). ``text`` is the text without code and formulas, ``html`` the HTML that the
    author wrote and that of code, ``outline`` what a second opinion compares. ``errors`` are in the order of
    the conversion.
    """

    targets: set[str] = field(default_factory=set)
    images: set[tuple[str, str | None]] = field(default_factory=set)
    heading_levels: list[int] = field(default_factory=list)
    heading_ids: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    errors: list[RenderError] = field(default_factory=list)
    text: str = ""
    html: str = ""
    outline: Outline = field(default_factory=Outline)


@dataclass
class Conversion:
    """A conversion, and what it depended on besides the settings.

    ``path`` is that of the page below the documents folder, ``source`` its Markdown, ``title`` its heading if
    it begins with none. ``included`` has the digest of each included file by its absolute path,
    ``image_answers`` what `describe_image` says of each image by its URL.
    """

    path: str
    source: str
    title: str | None = None
    page: ConvertedPage = field(default_factory=ConvertedPage)
    included: dict[str, str] = field(default_factory=dict)
    image_answers: dict[str, list[Any] | str | None] = field(default_factory=dict)


def describe_image(answer: ResponsiveImage | str | None) -> list[Any] | str | None:
    """Return what the check depends on of an image that a page shows, as JSON."""
    return [answer.width, answer.height, answer.dark] if isinstance(answer, ResponsiveImage) else answer


@dataclass
class Services:
    """What the extensions need from the program that converts pages.

    ``report`` is called with each error. ``find_image`` returns an image of the site (see `figures`),
    ``get_page`` the path of the page that is being converted. ``finish`` is called after each conversion.
    ``find_title`` returns the heading of the page at a path if it begins with none, ``find_language`` its
    language. ``library`` has the works that can be cited, or is None; ``macros`` are those of formulas,
    ``glossary`` has the meanings of abbreviations. ``root`` is the folder that included files are relative
    to; ``look_up`` is called with the path of each file that a page includes. ``remember`` stores
    diagrams and highlighted code. A conversion may take ``seconds`` of processor time.
    """

    root: Path
    report: Report
    find_image: Callable[[str, str], ResponsiveImage | str | None]
    get_page: Callable[[Markdown], str]
    finish: Callable[[Conversion], None]
    find_title: Callable[[str], str | None]
    find_language: Callable[[str], str] = lambda _: i18n.language()
    library: Library | None = None
    macros: Mapping[str, str] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)
    look_up: Callable[[str], None] = lambda _: None
    remember: Remember = compute_each_time
    seconds: float = limits.SECONDS


def add_extensions(names: list[Any], options: dict[str, Any], services: Services) -> None:
    """Add the extensions of this site to those of ``mkdocs.yml`` and MkDocs, and complete their options.

    ``names`` and ``options`` are ``markdown_extensions`` and ``mdx_configs`` as MkDocs has them.
    """
    recorder = RecorderExtension(services)
    report = recorder.report
    formulas = FormulaExtension(report, services.macros)
    mermaid = MermaidExtension(report, services.get_page, services.remember)
    superfences = options.setdefault("pymdownx.superfences", {})
    fences = superfences.get("custom_fences", [])
    superfences["custom_fences"] = [*fences, mermaid.fence, formulas.fence]
    superfences.setdefault("preserve_tabs", True)
    _set_default_options(options)
    if "abbr" in names:
        options.setdefault("abbr", {})["glossary"] = dict(services.glossary)
    extensions: list[Extension] = [recorder, *include_extensions(names, options, services.root, recorder)]
    if services.library is not None:
        extensions.append(CitationExtension(services.library, report))
    extensions += [
        InlinePatternExtension(),
        CalloutExtension(),
        QuotationMarkExtension(recorder.find_language, options.get("smarty") or {}),
        ListExtension(),
        DirectionExtension(recorder.find_language),
        HtmlTagExtension(report),
        InlineCodeExtension(report),
        AttributeListExtension(report),
        CodeTextExtension(services.remember),
        FigureExtension(recorder.find_image, report),
        BackMatterExtension(),
        EmojiExtension(),
        InvalidUrlExtension(),
        formulas,
        TableExtension(report),
        TitleExtension(recorder.find_title),
        CodeBlockExtension(),
        FenceHeaderExtension(report),
        FootnoteCheckExtension(report),
        mermaid,
    ]
    names += extensions


def _set_default_options(options: dict[str, Any]) -> None:
    """Set options of Markdown's own extensions, and their texts, unless ``mkdocs.yml`` has them."""
    toc = options.setdefault("toc", {})
    toc.setdefault("slugify", slugify_heading)
    toc.setdefault("permalink_title", _("Permanent link"))
    options.setdefault("footnotes", {}).setdefault(
        "BACKLINK_TITLE", _("Jump back to footnote %(number)s in the text", number="{}")
    )
    # The numbers replace the braces.
    types = [
        "caption",
        {"name": "figure-caption", "prefix": _("Figure %(number)s.", number="{}")},
        {"name": "table-caption", "prefix": _("Table %(number)s.", number="{}")},
    ]
    options.setdefault("pymdownx.blocks.caption", {}).setdefault("types", types)


def include_extensions(
    names: list[Any], options: Mapping[str, Any], root: Path, recorder: RecorderExtension | None = None
) -> list[Extension]:
    """Return the extension that includes files, if ``mkdocs.yml`` names it; ``recorder`` gets its errors."""
    if _SNIPPETS not in names:
        return []
    settings = options.get(_SNIPPETS) or {}
    if recorder is None:
        return [IncludeExtension(settings, root)]
    look_up = recorder.services.look_up
    return [IncludeExtension(settings, root, recorder.report, recorder.add_file, look_up)]


def create_markdown(names: list[str], options: Mapping[str, Any], services: Services) -> Markdown:
    """Return a Markdown converter with the settings of ``mkdocs.yml``, as a build has it."""
    extensions: list[Any] = list(dict.fromkeys([*_BUILT_IN, *names]))
    copied = {name: dict(values) for name, values in options.items()}
    add_extensions(extensions, copied, services)
    return Markdown(extensions=extensions, extension_configs=copied)


@dataclass(eq=False)
class RecorderExtension(Extension):
    """A Markdown extension that records a `Conversion` of each text, within the limits of `limits`.

    A text beyond the limits becomes an empty page with an error; nothing else changes.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    services: Services
    # Read by nothing, but part of the key of conversions: titles and labels are in this language.
    language: str = field(default_factory=i18n.language)
    current: Conversion = field(default_factory=lambda: Conversion("", ""), init=False)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.convert = partial(self._convert, md, md.convert)  # type: ignore[method-assign]
        add_line_reader(md, self._check_html, "recorder-html", _MARKED_SECTIONS)
        add_tree_editor(md, self._record_targets, "recorder-links", _LINKS)
        add_tree_editor(md, self._record_targets, "recorder-captions", _CAPTION_LINKS)
        add_tree_editor(md, self._record_elements, "recorder-elements", _ELEMENTS)

    def report(self, error: RenderError) -> None:
        """Add an error to the conversion, and pass it on, unless the page has very many."""
        if len(self.current.page.errors) < _MOST_ERRORS or error.kind == "page":
            self.current.page.errors.append(error)
            self.services.report(error)

    def add_file(self, path: str, digest: str) -> None:
        """Add an included file to the conversion."""
        self.current.included[path] = digest

    def find_image(self, md: Markdown, url: str) -> ResponsiveImage | str | None:
        """Return the image at a URL of the page that is being converted; see `figures.FindImage`."""
        answer = self.services.find_image(self.services.get_page(md), url)
        self.current.image_answers[url] = describe_image(answer)
        return answer

    def find_title(self, _: Markdown) -> str | None:
        """Return the title in the front matter of the page that is being converted."""
        return self.current.title

    def find_language(self, md: Markdown) -> str:
        """Return the language of the page that is being converted."""
        return self.services.find_language(self.services.get_page(md))

    def _convert(self, md: Markdown, convert: Callable[[str], str], text: str) -> str:
        page = self.services.get_page(md)
        self.current = Conversion(page, text, self.services.find_title(page))
        html, excess = "", limits.find_excess(text)
        try:
            if excess is None:
                with limits.limit_time(self.services.seconds):
                    html = convert(text)
        except limits.OutOfTime:
            excess = limits.find_slow_part(text, self.services.seconds)
        except RecursionError:
            excess = limits.find_deep_part(text)
        except AssertionError:
            # MkDocs cannot read the HTML, which `_check_html` has reported.
            if not self.current.page.errors:
                raise
        if excess is not None:
            self.report(excess)
        blocks = md.htmlStash.rawHtmlBlocks
        self.current.page.html = "\n".join(block for block in blocks if isinstance(block, str))
        self.services.finish(self.current)
        return html

    def _check_html(self, lines: list[str]) -> None:
        if (error := limits.find_marked_section("\n".join(lines))) is not None:
            self.report(error)

    def _record_targets(self, _: Markdown, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("a", "img"):
                self.current.page.targets.add(element.get("href" if element.tag == "a" else "src", ""))

    def _record_elements(self, md: Markdown, root: Element) -> None:
        if limits.is_too_deep(root):
            self.report(limits.find_deep_part(self.current.source))
        page = self.current.page
        page.outline = read_outline(md, root)
        page.text = "".join(list_texts(root))
        for element in root.iter():
            if id := element.get("id"):
                page.ids.add(id)
            if element.tag == "a" and (name := element.get("name")):
                page.ids.add(name)
            elif element.tag == "img":
                is_decorative = element.get("role") == "presentation"
                page.images.add((element.get("src", ""), None if is_decorative else element.get("alt", "")))
            elif element.tag in HEADINGS:
                page.heading_levels.append(int(element.tag[1:]))
                page.heading_ids.append(element.get("id", ""))
