"""What can be wrong on one page besides where its links lead."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.markdown_scan import MarkdownSource
from portfolio.lint.documents import ImageFiles, SourcePage
from portfolio.lint.prefilter import Prefilter
from portfolio.sources.mkdocs_yml import SitePaths

# The kinds that Material's style sheet draws, and GitHub's.
CALLOUTS = (
    "note abstract info tip important success question warning caution failure danger bug example quote"
).split()
_CALLOUT = re.compile(r"^(?:[ \t]*>)+ *\[!(?P<kind>[\w-]+)[^\]\n]*\]", re.MULTILINE)

# Said right behind the picture, as it nearly always is, it needs no conversion to be believed.
_ADORNS = re.compile(r"""!\[[ \t]*\]\([^()\n]*\)\{[^{}\n]*\brole\s*=\s*["']?presentation""")


def check_page(
    page: SourcePage, suspicion: Prefilter, pictures: ImageFiles, folders: tuple[Path, ...]
) -> Iterator[Diagnostic]:
    """Every problem of a page; files that it includes stand in one of the ``folders``."""
    for at, message in check_snippets(page.markup, folders):
        yield page.problem(at, "include", message)
    yield from _images(page, pictures)
    yield from _callouts(page)
    yield from _levels(page)
    shown = {link.target for link in page.markup.links if link.image}
    if page.markup.refers_to_images:
        shown |= page.made.pictures
    if suspicion.of(page.markup.body, page.markup.prose) or any(
        pictures.wrong(page.path, one) for one in shown
    ):
        yield from page.misprints()


def _images(page: SourcePage, pictures: ImageFiles) -> Iterator[Diagnostic]:
    message = (
        "has no alternative text. Say in the brackets what it shows, as in ![A bridge](bridge.jpg); for one "
        "that only adorns, write ![](bridge.jpg){ role=presentation }."
    )
    for link in page.markup.links:
        if not link.image or link.words.strip() or _ADORNS.match(page.markup.prose, link.at):
            continue
        if (link.target, "") in page.made.images:
            yield page.problem(link.at, "image", message)
    if page.markup.refers_to_images:
        told = {link.target for link in page.markup.links if link.image}
        for source in sorted(
            source for source, words in page.made.images if not words and source not in told
        ):
            yield page.problem(page.markup.find_url(source), "image", message)
    for tag, given, at in page.markup.html_elements:
        if tag == "img" and "alt" not in given:
            yield page.problem(at, "image", message)
        elif tag == "img" and pictures.is_one(page.path, source := given.get("src", "")):
            adorning = "" if given["alt"] else "{ role=presentation }"
            yield page.problem(
                at,
                "image",
                f"{quote(source)} is written as HTML, where it has no size and its address may lead "
                f"nowhere. Write ![{given['alt']}]({source}){adorning}.",
            )


def _callouts(page: SourcePage) -> Iterator[Diagnostic]:
    for match in _CALLOUT.finditer(page.markup.prose):
        if (kind := match["kind"].lower()) not in CALLOUTS:
            message = (
                f"{quote(match['kind'])} is no kind of callout. {did_you_mean(kind, CALLOUTS)} Accepted: "
                f"{', '.join(CALLOUTS)}."
            )
            yield page.problem(match.start("kind"), "callout", message)


def _levels(page: SourcePage) -> Iterator[Diagnostic]:
    """Headings that stand more than one level below the one before; the page's title is the first of them."""
    above = 1
    for heading in page.markup.headings:
        if heading.level > above + 1 and _skips(page.made.levels, above, heading.level):
            message = (
                f"{quote(heading.words)} is on level {heading.level}, the one before it on level {above}. "
                f"Write {'#' * (above + 1)}."
            )
            yield page.problem(heading.at, "heading", message)
        above = heading.level


def _skips(levels: list[int], above: int, level: int) -> bool:
    return (above, level) in zip([1, *levels], levels, strict=False)


# A line of its own; with a semicolon before it, it is shown as it stands. Code is no exception.
_INCLUDE = re.compile(r"""[ \t>]*-{1,}8<-{1,}[ \t]+(?P<mark>["'])(?P<target>[^"'\n]+)(?P=mark)[ \t]*""")
# Between two such lines each line is a file.
_BLOCK = re.compile(r"[ \t>]*-{1,}8<-{1,}[ \t]*")
_LINES = re.compile(r":[\d:, -]*$")
_SECTION = re.compile(r":[A-Za-z][\w-]*$")
_SNIPPETS = "pymdownx.snippets"


def read_snippet_folders(values: Mapping[str, Any], places: SitePaths) -> tuple[Path, ...]:
    """Where the settings of a site (see ``portfolio.settings.values``) let included files stand."""
    given = values.get("markdown_extensions")
    for item in given if isinstance(given, list) else [given]:
        if item == _SNIPPETS:
            return (places.root,)
        if isinstance(item, dict) and _SNIPPETS in item:
            options = item[_SNIPPETS]
            base = options.get("base_path", ".") if isinstance(options, dict) else "."
            return tuple(places.root / one for one in (base if isinstance(base, list) else [base]))
    return ()


def check_snippets(markup: MarkdownSource, folders: tuple[Path, ...]) -> Iterator[tuple[int, str]]:
    """The offset of each include of a file that stands in none of the folders, and what is wrong."""
    if not folders or "8<-" not in markup.source:
        return
    for at, target in _included(markup):
        name = _SECTION.sub("", _LINES.sub("", target)).strip()
        if name.startswith((";", "http://", "https://")) or any(_is_in(folder, name) for folder in folders):
            continue
        beside = [one.name for folder in folders for one in (folder / name).parent.glob("*") if one.is_file()]
        yield at, f"there is no {quote(name)} to include. {did_you_mean(Path(name).name, beside)}"


def _included(markup: MarkdownSource) -> Iterator[tuple[int, str]]:
    at, in_block = markup.body_start, False
    for line in markup.body.split("\n"):
        if _BLOCK.fullmatch(line):
            in_block = not in_block
        elif in_block and line.strip():
            yield at + len(line) - len(line.lstrip()), line.strip()
        elif match := _INCLUDE.fullmatch(line):
            yield at + match.start("target"), match["target"]
        at += len(line) + 1


def _is_in(folder: Path, name: str) -> bool:
    path = (folder / name).resolve()
    return path.is_file() and path.is_relative_to(folder.resolve())


_THEME = "material"


def read_template_folders(values: Mapping[str, Any], places: SitePaths) -> tuple[Path, ...]:
    """Where templates stand, by the settings of a site (see ``portfolio.settings.values``).

    Empty where it has none of its own, and nothing is known of them.
    """
    theme = values.get("theme")
    own = theme.get("custom_dir") if isinstance(theme, dict) else None
    spec = importlib.util.find_spec(_THEME)
    if not isinstance(own, str) or spec is None or spec.origin is None:
        return ()
    return places.root / own, Path(spec.origin).parent / "templates"


def check_template(name: object, folders: tuple[Path, ...]) -> str | None:
    """Why there is no template of a name; None if there is one, or nothing is known."""
    if not folders or (isinstance(name, str) and any((folder / name).is_file() for folder in folders)):
        return None
    return f"there is no template {quote(name)}. {did_you_mean(str(name), _list_templates(folders))}"


def _list_templates(folders: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(sorted(path.name for folder in folders for path in folder.glob("*.html")))
