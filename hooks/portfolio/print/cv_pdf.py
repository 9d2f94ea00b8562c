"""The whole CV as a tagged PDF (PDF/UA-1, ISO 14289-1), typeset by Typst from ``cv.typ``.

The record goes in as JSON, so nothing in it is read as markup. The bytes depend only on the record, the
templates and the packages. The file therefore has no date of its own: a build date would differ each time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from portfolio.citations.publication_list import find_owner
from portfolio.core.cache import Cache, cache_key
from portfolio.core.diagnostics import ExportLoss, join_words
from portfolio.core.runs import RUN_STYLES, Run, Runs, merge_runs, plain_text
from portfolio.print.fonts import Typefaces, complex_scripts, describe_missing, font_order
from portfolio.print.typst_compiler import Distribute, compile_template, print_fingerprint, run_in_process
from portfolio.record import dates, people
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline.views import EntryView, Portfolio

EXPORT = "cv.pdf"
# What the printed text of a link leaves out.
_URL_PREFIX = re.compile(r"^(mailto:|[\w+.-]+://)?(www\.)?")
# Inferences that the words of a date, or the order of the page, express already.
_EXPRESSED_ELSEWHERE = {"its place in the order", "the work linked with it", "the date"}
# The compiler maps each glyph to all characters of its cluster and adds ActualText (ISO 32000-1, 14.9.4),
# which not all programs read, and which is missing for parts of Bengali and Khmer.
_GARBLED = "{} is drawn correctly, but may be garbled when a program extracts the text of the PDF."


def cv_data(portfolio: Portfolio, profile: Profile) -> dict[str, Any]:
    """Return the content of the CV as JSON values, with ``sections`` in the order of the timeline."""
    publications = {entry.id: entry for entry in portfolio.record.publications}
    urls = (profile.url, *(account.url for account in profile.accounts))
    return {
        "name": profile.name,
        "tagline": profile.label,
        "lang": _typst_language(profile.language),
        "profiles": [{"text": _URL_PREFIX.sub("", url).rstrip("/"), "url": url} for url in urls if url],
        "sections": [
            {
                "title": section.title,
                "kind": section.kind,
                "entries": [
                    _entry(view, group.heading, profile, publications.get(view.id))
                    for group in section.groups
                    for view in group.entries
                ],
            }
            for section in portfolio.sections
            if section.kind != "posts" and section.layout != "groups"
        ],
    }


def render(
    cv: dict[str, Any], fonts: Typefaces, cache: Cache | None = None, distribute: Distribute = run_in_process
) -> tuple[bytes, list[ExportLoss]]:
    """Render `cv_data` as PDF, and report each entry with characters that are missing or may be garbled.

    The cache holds the PDF together with the losses. Raises TypesettingError.
    """
    cache = cache or Cache()
    key = cache_key(EXPORT, print_fingerprint(__name__, fonts), json.dumps(cv, sort_keys=True))
    if (cached := cache.get(key)) is not None:
        header, _, pdf = cached.partition(b"\n")
        return pdf, [ExportLoss(*fields) for fields in json.loads(header)]
    drawable, losses = _replace_missing(cv, fonts)
    (pdf,) = distribute(partial(_compile, fonts), [drawable])
    header = json.dumps([(loss.export, loss.id, loss.message) for loss in losses]).encode()
    cache.put(key, header + b"\n" + pdf)
    return pdf, losses


def export_losses(portfolio: Portfolio, profile: Profile, fonts: Typefaces) -> list[ExportLoss]:
    """Return the losses of `render` without typesetting."""
    return _replace_missing(cv_data(portfolio, profile), fonts)[1]


def _compile(fonts: Typefaces, cvs: Sequence[dict[str, Any]]) -> list[bytes]:
    pdfs = []
    for cv in cvs:
        data = {"cv": {**cv, **font_order(json.dumps(cv, ensure_ascii=False))}}
        pdfs += compile_template("cv.typ", fonts, data, format="pdf", pdf_standards=["ua-1"])
    return pdfs


def _replace_missing(cv: dict[str, Any], fonts: Typefaces) -> tuple[dict[str, Any], list[ExportLoss]]:
    """The CV with only characters that the fonts have, and the losses."""
    losses: list[ExportLoss] = []

    def replace(part: dict[str, Any], id: str) -> Any:
        drawable, missing = fonts.replace_missing(part)
        if missing:
            losses.append(ExportLoss(EXPORT, id, describe_missing(missing)))
        if scripts := sorted(complex_scripts(json.dumps(part, ensure_ascii=False))):
            losses.append(ExportLoss(EXPORT, id, _GARBLED.format(join_words(scripts))))
        return drawable

    head = replace({key: value for key, value in cv.items() if key != "sections"}, "")
    sections = [
        {**section, "entries": [replace(entry, entry["id"]) for entry in section["entries"]]}
        for section in cv["sections"]
    ]
    return {**head, "sections": sections}, losses


def _entry(
    view: EntryView, heading: str, profile: Profile, publication: Publication | None
) -> dict[str, Any]:
    inferred = [words for words in view.inferred if words not in _EXPRESSED_ELSEWHERE]
    # The pages of the site leave this out as well.
    undated = view.kind == "software" and view.when.words == dates.NOT_STATED
    authors = _authors(publication, profile.name) if publication else ""
    links = [{"label": label, "url": profile.absolute(url)} for label, url in view.links]
    return {
        "id": view.id,
        "when": "" if undated or _is_partly_dated(view) else view.when.words,
        "duration": view.when.duration or "",
        "title": _text(view.title_runs, profile),
        "url": profile.absolute(view.url),
        "organisation": view.organisation,
        "facts": list(view.facts),
        "details": _details(publication) if publication else "",
        "below": ([[authors]] if authors else []) + _occasions(view),
        "summary": _text(view.summary, profile),
        "highlights": [_text(highlight, profile) for highlight in view.highlights],
        "links": [link for link in links if link["url"]],
        "inferred": f"Inferred, not stated: {', '.join(inferred)}." if inferred else "",
    }


def _text(runs: Runs, profile: Profile) -> str | list[dict[str, Any]]:
    """Return a text for the template: a string, or its runs if it has styles or links."""
    if not any(run != Run(run.text) for run in runs):
        return plain_text(runs)
    return [
        {
            "text": run.text,
            "url": profile.absolute(run.url),
            "styles": [style for style in RUN_STYLES if getattr(run, style)],
        }
        for run in runs
    ]


def _details(publication: Publication) -> str:
    """Format the volume, number and pages of a publication as ``12(3), pp. 45–67``."""
    fields = dict(publication.fields)
    volume, number = fields.get("volume", ""), fields.get("number") or fields.get("issue", "")
    pages = re.sub("-+", "–", fields.get("pages", ""))
    number = f"({number})" if volume and number else f"no. {number}" if number else ""
    pages = pages and f"{'pp.' if re.search('[–,+]', pages) else 'p.'} {pages}"
    return ", ".join(part for part in (volume + number, pages) if part)


def _occasions(view: EntryView) -> list[list[str]]:
    """The occasions of a talk as event, place and, if they differ, dates."""
    lines = (
        [occasion.event, occasion.location, occasion.when.words if view.occasions_differ else ""]
        for occasion in view.occasions
    )
    return [parts for line in lines if (parts := [part for part in line if part])]


def _is_partly_dated(view: EntryView) -> bool:
    """Whether only some occasions of a talk are dated: their dates are not the date of the talk."""
    undated = {occasion.when.words == dates.NOT_STATED for occasion in view.occasions}
    return not view.dated_as_a_whole and len(undated) == 2


def _typst_language(tag: str) -> str:
    """The language of a BCP 47 tag as the compiler takes it: two or three letters."""
    language = tag.partition("-")[0].lower()
    # The template's own words are English: headings, dates, labels.
    return language if re.fullmatch("[a-z]{2,3}", language) else "en"


def _authors(publication: Publication, owner: str) -> str | list[dict[str, Any]]:
    """All authors of a publication in reading order if there are several, with a mark on the owner's name."""
    names = [person.name for person in people.parse_authors(publication.author)]
    has_others = people.has_unnamed_authors(publication.author)
    if len(names) < 2 and not has_others:
        return ""
    own = find_owner(publication, owner)
    runs: list[Run] = []
    for index, name in enumerate(names):
        is_last = index == len(names) - 1
        separator = "" if index == 0 else " and " if is_last and not has_others else ", "
        runs += [Run(separator), Run(name, owner=own is not None and own[0] == index)]
    more = (
        " et al."
        if has_others
        else " (not all authors are known)"
        if publication.authors == "partial"
        else ""
    )
    return _text(merge_runs(run for run in (*runs, Run(more)) if run.text), Profile(owner))
