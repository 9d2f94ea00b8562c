"""What can be wrong on one page besides where its links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.lint import snippets
from portfolio.lint.documents import Page
from portfolio.lint.image_files import Pictures
from portfolio.lint.prefilter import Suspicion

# The kinds that Material's style sheet draws, and GitHub's.
CALLOUTS = (
    "note abstract info tip important success question warning caution failure danger bug example quote"
).split()
_CALLOUT = re.compile(r"^(?:[ \t]*>)+ *\[!(?P<kind>[\w-]+)[^\]\n]*\]", re.MULTILINE)

# Said right behind the picture, as it nearly always is, it needs no conversion to be believed.
_ADORNS = re.compile(r"""!\[[ \t]*\]\([^()\n]*\)\{[^{}\n]*\brole\s*=\s*["']?presentation""")


def check(
    page: Page, suspicion: Suspicion, pictures: Pictures, folders: tuple[Path, ...]
) -> Iterator[Diagnostic]:
    """Every problem of a page; files that it includes stand in one of the ``folders``."""
    for at, message in snippets.check(page.markup, folders):
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


def _images(page: Page, pictures: Pictures) -> Iterator[Diagnostic]:
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


def _callouts(page: Page) -> Iterator[Diagnostic]:
    for match in _CALLOUT.finditer(page.markup.prose):
        if (kind := match["kind"].lower()) not in CALLOUTS:
            message = (
                f"{quote(match['kind'])} is no kind of callout. {did_you_mean(kind, CALLOUTS)} Accepted: "
                f"{', '.join(CALLOUTS)}."
            )
            yield page.problem(match.start("kind"), "callout", message)


def _levels(page: Page) -> Iterator[Diagnostic]:
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
