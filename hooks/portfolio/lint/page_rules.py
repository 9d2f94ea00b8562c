"""Rules for a single page besides its links: images, callouts, headings, its template."""

from __future__ import annotations

import importlib.util
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import NoneType
from typing import Any

import yaml

from portfolio.core.diagnostics import Diagnostic, closest_match, did_you_mean, find_misspelled, quote
from portfolio.core.files import is_file
from portfolio.lint.documents import Documents, SourcePage
from portfolio.lint.links import LinkTargets
from portfolio.record.kinds import ENTRIES_TEMPLATE
from portfolio.redirects.aliases import WRITTEN_BY_THEME
from portfolio.sources.mkdocs_yml import SitePaths

# The kinds that Material's style sheet has, and GitHub's.
CALLOUTS = (
    "note abstract info tip important success question warning caution failure danger bug example quote"
).split()
# Those that Material has an icon for.
_STATUSES = ("new", "deprecated", "encrypted")
_CALLOUT = re.compile(
    r"^(?:(?P<quotation>(?:[ \t]*>)+) *\[!|[ \t]*(?:!!!|\?\?\?\+?)[ \t]+)(?P<kind>[\w-]+)", re.MULTILINE
)
# Each callout begins with one of these.
_CALLOUT_TEXTS = ("[!", "!!!", "???")
# Material's list of tags, with the options of ListingConfig.
_TAG_LIST = re.compile(r"<!--\s*?material/tags(?P<options>.*?)\s*-->", re.DOTALL)
_TAG_LIST_OPTIONS = {
    "scope": bool, "shadow": bool, "layout": str, "toc": bool, "include": list, "exclude": list
}  # fmt: skip
# A decorative image is usually marked right after it; then no conversion is needed.
_DECORATIVE = re.compile(r"""!\[[ \t]*\]\([^()\n]*\)\{[^{}\n]*\brole\s*=\s*["']?presentation""")

# Notations of other tools: who has it, texts of which it has one, its pattern, and what to write here.
# Most pages have none of the texts, and searching for a pattern takes a hundred times as long.
_FOREIGN_NOTATIONS = tuple(
    (tool, texts, re.compile(pattern, re.MULTILINE), hint)
    for tool, texts, pattern, hint in (
        (
            "content tabs",
            ("===",),
            r"^[ \t]*===[!+]?[ ]+\"[^\"\n]*\"",
            'Write a heading for each tab, or ??? "Title" and indent its content by four spaces.',
        ),
        (
            "Hugo's shortcodes",
            ("{{<", "{{%"),
            r"\{\{[<%][^\n]*?[>%]\}\}",
            'Write Markdown: ![A bridge](bridge.jpg "Caption") for a figure, a fence for code.',
        ),
        (
            "Liquid",
            ("{%", "{{"),
            r"(?<!\{)\{%-?[ ]*[a-z]\w*[^\n]*?%\}"
            r"|\{\{-?[ ]*(?:site|page|post|include|content|layout)\b[^{}\n]*\}\}",
            'Write Markdown: a fence for code, [text](page.md) for a link; --8<-- "file.md" includes a file.',
        ),
        (
            "git's conflict markers",
            ("<<<<<<<",),
            r"^<{7}[ \t]\S[^\n]*",
            "Decide between both versions, and remove the lines <<<<<<<, ======= and >>>>>>>.",
        ),
        (
            "containers",
            (":::",),
            r"^[ \t]*:{3,}[ ]*(?:\{[^}\n]*\}|[A-Za-z][\w-]*)",
            "Write !!! note and indent the content by four spaces, or begin a quotation with > [!NOTE].",
        ),
        (
            "reStructuredText",
            ("::",),
            r"^[ \t]*\.\.[ ][\w-]+::",
            "Write !!! note and indent the content by four spaces, or begin a quotation with > [!NOTE].",
        ),
        ("Obsidian's embedded files", ("![[",), r"!\[\[[^\[\]\n]+\]\]", "Write ![A bridge](bridge.jpg)."),
        (
            "wiki links",
            ("[[",),
            r"(?<![\w!\\\]])\[\[[A-Za-z_][^\[\]\n]*\]\](?![(\[])",
            "Write [text](page.md).",
        ),
        ("Obsidian's comments", ("%%",), r"%%[^%\n]+%%", "Write <!-- a comment -->."),
        (
            "Pandoc's spans",
            ("]{",),
            r"\]\{[.#][\w-]+[^{}\n]*\}",
            'Write <span class="name">text</span>.',
        ),
    )
)
# Typographic quotation marks and dashes differ from what is written.
_TYPOGRAPHIC = re.compile(r"[\"'-]")


def check_page(
    page: SourcePage,
    documents: Documents,
    template_folders: tuple[Path, ...],
    kinds: Collection[str],
    statuses: Collection[str],
) -> Iterator[Diagnostic]:
    """Yield every diagnostic of a page except those of its links and of its conversion.

    ``kinds`` are the kinds of entries, and ``statuses`` the marks in the navigation, that a page may name.
    """
    yield from _check_alternative_texts(page, documents)
    yield from _check_callouts(page)
    yield from _check_headings(page)
    yield from _check_template(page, template_folders, kinds)
    yield from _check_status(page, statuses)
    yield from _check_tag_lists(page)
    yield from _check_foreign_notations(page)


def read_template_folders(settings: Mapping[str, Any], paths: SitePaths) -> tuple[Path, ...]:
    """Return the folders of the site's and the theme's templates, from the settings of ``mkdocs.yml``.

    Empty if the site has no templates of its own; templates are not checked then.
    """
    theme = settings.get("theme")
    custom = theme.get("custom_dir") if isinstance(theme, dict) else None
    spec = importlib.util.find_spec("material")
    if not isinstance(custom, str) or spec is None or spec.origin is None:
        return ()
    return paths.root / custom, Path(spec.origin).parent / "templates"


def _check_alternative_texts(page: SourcePage, documents: Documents) -> Iterator[Diagnostic]:
    source = page.markdown

    def diagnose(at: int) -> Diagnostic:
        return page.diagnose(
            at,
            "image",
            "has no alternative text.",
            "Describe the image in the brackets, as in ![A bridge](bridge.jpg); if it is only decorative, "
            "write ![](bridge.jpg){ role=presentation }.",
            code="image.missing-alt",
        )

    for link in page.inline_images:
        may_lack_text = not link.words.strip() and not _DECORATIVE.match(source.prose, link.at)
        if may_lack_text and (link.target, "") in page.converted.images:
            yield diagnose(link.at)
    for url in page.other_image_urls:
        if (url, "") in page.converted.images:
            yield diagnose(source.find_url(url))
    for tag, attributes, at in source.html_elements:
        if tag != "img":
            continue
        url, text = attributes.get("src", ""), attributes.get("alt")
        if text is None:
            yield diagnose(at)
        elif documents.find_file(page.path, url):
            yield page.diagnose(
                at,
                "image",
                f"{quote(url)} is an HTML element, which gets no size and whose URL may not work.",
                f"Write ![{text}]({url}){'' if text else '{ role=presentation }'}.",
                code="image.in-html",
            )


def _check_callouts(page: SourcePage) -> Iterator[Diagnostic]:
    """Find unknown kinds of callouts; after ``!!!`` only misspelled ones, since the owner may define some."""
    prose = page.markdown.prose
    if not any(text in prose for text in _CALLOUT_TEXTS):
        return
    for match in _CALLOUT.finditer(prose):
        kind = match["kind"].lower()
        if kind not in CALLOUTS and (match["quotation"] or find_misspelled(kind, CALLOUTS)):
            yield page.diagnose(
                match.start("kind"),
                "callout",
                f"{quote(match['kind'])} is not a kind of callout.",
                f"{did_you_mean(kind, CALLOUTS)} Accepted: {', '.join(CALLOUTS)}.",
                code="callout.unknown-kind",
            )


def _check_headings(page: SourcePage) -> Iterator[Diagnostic]:
    """Find a second title, and headings more than one level below the heading before."""
    titles = [heading for heading in page.markdown.headings if heading.level == 1]
    # A page that begins with no heading gets one.
    candidates = titles if page.default_title and page.markdown.title is None else titles[1:]
    if candidates:
        # Indented lines may be code, which a scan does not recognize.
        candidates.sort(key=lambda heading: page.markdown.position(heading.at)[1])
        surplus = page.converted.heading_levels.count(1) - 1
        for heading in candidates[: max(surplus, 0)]:
            is_hashtag = re.match(r"#\S", page.markdown.source[heading.at :][:2]) is not None
            yield page.diagnose(
                heading.at,
                "heading",
                f"{quote(heading.words)} is on level 1, as the title of the page is.",
                "Write ##, or \\# to show the character." if is_hashtag else "Write ##.",
                code="heading.second-title",
            )
    previous = 1
    for heading in page.markdown.headings:
        if heading.level > previous + 1:
            levels = page.converted.heading_levels
            if (previous, heading.level) in zip([1, *levels], levels, strict=False):
                yield page.diagnose(
                    heading.at,
                    "heading",
                    f"{quote(heading.words)} is on level {heading.level}, the heading before it on level "
                    f"{previous}.",
                    f"Write {'#' * (previous + 1)}.",
                    code="heading.skipped-level",
                )
        previous = heading.level


def check_destinations(targets: LinkTargets) -> Iterator[Diagnostic]:
    """Find pages that would be written to the same file as another, or below a file of the site."""
    use_folders = targets.settings.get("use_directory_urls") is not False
    files = {path for path in targets.documents.files if path not in targets.documents.pages}
    owners = {path: path for path in (*files, *targets.generated, *WRITTEN_BY_THEME)}
    for path, page in targets.documents.pages.items():
        url = targets.post_urls.get(page.name)
        if page.name in targets.unpublished or (page.name in targets.post_urls and url is None):
            continue
        destination = f"{url}index.html" if url else page_file(path, use_folders)
        rival = owners.setdefault(destination, page.name)
        parent = next((folder for folder in _list_parents(destination) if folder in owners), None)
        message, hint = "", "Rename it."
        if destination in ("404.html", "404/index.html"):
            message = "servers show 404.html for a missing page, and not this page."
            hint = "Change overrides/404.html instead."
        elif rival != page.name and not (url and rival in targets.post_urls):
            message = f"this page would be written to the same file as {rival}."
        elif parent is not None:
            message = f"the URL of this page is below {parent}, which is a file of the site."
        if message:
            yield page.diagnose(0, "", message, hint, code="page.no-destination")


def _list_parents(path: str) -> Iterator[str]:
    """Yield the folders of a path, from the innermost; PurePosixPath takes ten times as long."""
    parts = path.split("/")
    yield from ("/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def page_file(path: str, use_folders: bool) -> str:
    """Return the path of the file to which MkDocs writes a page."""
    folder, name = posixpath.split(posixpath.splitext(path)[0])
    if name in ("index", "README"):
        return posixpath.join(folder, "index.html")
    return posixpath.join(folder, f"{name}/index.html" if use_folders else f"{name}.html")


def has_known_template(page: SourcePage, folders: tuple[Path, ...]) -> bool:
    """Whether one of the folders has the template that a page names; true without folders."""
    return not folders or any(_contains_file(folder, str(page.template)) for folder in folders)


def _contains_file(folder: Path, name: str) -> bool:
    """Whether a template's name is that of a file in a folder of templates."""
    path = PurePosixPath(name)
    is_inside = not path.is_absolute() and ".." not in path.parts
    return is_inside and path.suffix == ".html" and is_file(folder / path)


def _check_tag_lists(page: SourcePage) -> Iterator[Diagnostic]:
    """Find lists of tags whose options Material cannot read; it also reads those in code."""
    if "material/tags" not in page.markdown.source:
        return
    for match in _TAG_LIST.finditer(page.markdown.source, page.markdown.body_start):
        try:
            options = yaml.safe_load(match["options"])
        except (yaml.YAMLError, ValueError, RecursionError):
            options = False
        wrong = [
            name
            for name, value in (options.items() if isinstance(options, dict) else ())
            if not isinstance(value, _TAG_LIST_OPTIONS.get(name, ()))
        ]
        if wrong or not isinstance(options, dict | NoneType):
            unknown = next((str(name) for name in wrong if name not in _TAG_LIST_OPTIONS), "")
            yield page.diagnose(
                match.start(),
                "tags",
                f"{quote(match['options'].strip())} are not options of a list of tags.",
                f"{did_you_mean(unknown, _TAG_LIST_OPTIONS)} "
                "Write <!-- material/tags -->, or options as in <!-- material/tags { include: [Notes] } -->.",
                code="page.invalid-tag-list",
            )


def _check_template(
    page: SourcePage, folders: tuple[Path, ...], kinds: Collection[str]
) -> Iterator[Diagnostic]:
    name = page.template
    if name == ENTRIES_TEMPLATE and page.listed_kind not in kinds:
        accepted = f"Accepted: {', '.join(sorted(kinds))}."
        message, hint = "the kind of entries is missing.", "Write what the page lists, such as kind: talks."
        if page.listed_kind:
            message = f"there is no kind of entries {quote(page.listed_kind)}."
            hint = did_you_mean(page.listed_kind, kinds)
        at = ("kind",) if page.listed_kind else ("template",)
        diagnostic = page.front_matter.diagnose(
            at, message, f"{hint} {accepted}".strip(), code="front-matter.unknown-kind"
        )
        yield page.map_to_file(diagnostic)
        return
    if name is None or has_known_template(page, folders):
        return
    known = {path.name for folder in folders for path in folder.glob("*.html")}
    hint = did_you_mean(str(name), known)
    if not hint and (kind := closest_match(PurePosixPath(str(name)).stem, kinds)):
        hint = f"For a list of {kind}, write 'template: {ENTRIES_TEMPLATE}' and 'kind: {kind}'."
    diagnostic = page.front_matter.diagnose(
        ("template",),
        f"there is no template {quote(name)}.",
        hint,
        code="front-matter.unknown-template",
    )
    yield page.map_to_file(diagnostic)


def read_statuses(settings: Mapping[str, Any]) -> frozenset[str]:
    """Return the values that ``status`` may have: Material's, and those in ``extra.status``."""
    extra = settings.get("extra")
    own = extra.get("status") if isinstance(extra, dict) else None
    return frozenset({*_STATUSES, *(own if isinstance(own, dict) else ())})


def _check_status(page: SourcePage, statuses: Collection[str]) -> Iterator[Diagnostic]:
    status = page.read_key("status")
    if isinstance(status, str) and status not in statuses:
        diagnostic = page.front_matter.diagnose(
            ("status",),
            f"there is no status {quote(status)}.",
            f"{did_you_mean(status, statuses)} Accepted: {', '.join(sorted(statuses))}. "
            "Others belong to extra.status in mkdocs.yml.",
            code="front-matter.unknown-status",
        )
        yield page.map_to_file(diagnostic)


def _check_foreign_notations(page: SourcePage) -> Iterator[Diagnostic]:
    """Find notations of other tools that the page shows as text."""
    prose = page.markdown.prose
    for tool, texts, pattern, hint in _FOREIGN_NOTATIONS:
        if not any(text in prose for text in texts):
            continue
        for match in pattern.finditer(prose, page.markdown.text_start):
            text = match[0].strip()
            # Indented code is not prose, but a scan does not recognize it.
            if _TYPOGRAPHIC.split(text)[0].strip() in page.converted.text:
                yield page.diagnose(
                    match.end() - len(match[0].lstrip()),
                    "notation",
                    f"{quote(text)} is the notation of {tool} and would be shown as text.",
                    f"{hint} To show it, write it as `code`.",
                    code="notation.unsupported",
                )
