"""The whole CV as a PDF: tagged (PDF/UA-1, ISO 14289-1), typeset by typst from ``cv.typ``.

The record goes in as JSON: nothing in it is taken for markup. The bytes depend on the record, the template
and the packages alone. So the file bears no date of its own: that of a build would differ each time, and one
taken from the record would say what the record does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from portfolio.core.cache import Cache, NoCache, cache_key
from portfolio.core.diagnostics import join_words
from portfolio.print import characters
from portfolio.print import fonts as typefaces
from portfolio.print.compiler import Share, alone, typeset
from portfolio.print.fonts import STAND_IN, Typefaces
from portfolio.record import date_text, person_names
from portfolio.record.loss import ExportLoss
from portfolio.record.models import Publication
from portfolio.record.profile import Profile
from portfolio.timeline.views import EntryView, Portfolio, Section

FACE = "cv.pdf"
TEMPLATE = Path(__file__).parent / "typst" / "cv.typ"
# The template's own words are English: heads, dates, labels.
_OWN_LANGUAGE = "en"
# What the words of a date, or the order of the page, already say.
_SAID_ELSEWHERE = {"its place in the order", "the work linked with it", "the date"}
# The compiler maps each glyph to all letters of its cluster, and says what is meant in ActualText
# (ISO 32000-1, 14.9.4), which not all programs read, and which it lacks for parts of Bengali and Khmer.
_GARBLED = "{} is drawn right, but may come out garbled where a program takes the text out of the PDF."


def data(portfolio: Portfolio, profile: Profile) -> dict[str, Any]:
    """All that the CV says, as JSON values: ``sections`` of ``entries`` in the order of the timeline."""
    authors = {entry.id: _authors(entry) for entry in portfolio.record.publications}
    return {
        "name": profile.name,
        "tagline": profile.label,
        "lang": _language(profile.language),
        "profiles": [_address(url) for url in (profile.url, *(one.url for one in profile.accounts)) if url],
        "sections": [
            {
                "title": section.title,
                "kind": section.kind,
                "entries": [_entry(one, heading, profile, authors) for heading, one in _entries(section)],
            }
            for section in portfolio.sections
            if section.kind != "posts"
        ],
    }


def render(
    cv: dict[str, Any], fonts: Typefaces, cache: Cache | None = None, share: Share = alone
) -> tuple[bytes, list[ExportLoss]]:
    """The PDF of `data`, and a note for each entry with letters that no font has or some readers garble.

    The cache holds the PDF and its notes under the hash of what they are made from. ``share`` says who
    typesets. Raises TypesettingError.
    """
    cache = cache or NoCache()
    key = cache_key(FACE, fonts.fingerprint, TEMPLATE.read_bytes(), json.dumps(cv, sort_keys=True))
    if (kept := cache.get(key)) is not None:
        told, _, pdf = kept.partition(b"\n")
        return pdf, [ExportLoss(*one) for one in json.loads(told)]
    shown, found = _shown(cv, fonts)
    (pdf,) = share(partial(_compiled, fonts), [shown])
    cache.put(key, json.dumps([(note.face, note.id, note.message) for note in found]).encode() + b"\n" + pdf)
    return pdf, found


def notes(portfolio: Portfolio, profile: Profile, fonts: Typefaces) -> list[ExportLoss]:
    """The notes of `render`, without typesetting anything."""
    return _shown(data(portfolio, profile), fonts)[1]


def _compiled(fonts: Typefaces, cvs: Sequence[dict[str, Any]]) -> list[bytes]:
    return [
        pdf
        for cv in cvs
        for families in [typefaces.orders(json.dumps(cv, ensure_ascii=False))]
        for pdf in typeset(TEMPLATE, fonts, {"cv": {**cv, **families}}, format="pdf", pdf_standards=["ua-1"])
    ]


def _shown(cv: dict[str, Any], fonts: Typefaces) -> tuple[dict[str, Any], list[ExportLoss]]:
    """The CV in letters that the fonts have, and what was replaced or may be garbled."""
    found: dict[str, set[str]] = {}
    head = {key: value for key, value in cv.items() if key != "sections"}
    shown = typefaces.replaced_in(fonts, head, found.setdefault("", set()))
    shown["sections"] = [
        {
            **section,
            "title": typefaces.replaced_in(fonts, section["title"], found[""]),
            "entries": [
                typefaces.replaced_in(fonts, one, found.setdefault(one["id"], set()))
                for one in section["entries"]
            ],
        }
        for section in cv["sections"]
    ]
    notes = [
        ExportLoss(FACE, id, f"no font has {characters.named(missing)}; ‘{STAND_IN}’ stands there.")
        for id, missing in found.items()
        if missing
    ]
    texts = {"": head, **{one["id"]: one for section in cv["sections"] for one in section["entries"]}}
    for id, told in texts.items():
        if scripts := sorted(characters.composed_scripts(json.dumps(told, ensure_ascii=False))):
            notes.append(ExportLoss(FACE, id, _GARBLED.format(join_words(scripts))))
    return shown, notes


def _entries(section: Section) -> list[tuple[str, EntryView]]:
    return [(group.heading, one) for group in section.groups for one in group.entries]


def _entry(one: EntryView, heading: str, profile: Profile, authors: dict[str, str]) -> dict[str, Any]:
    engaged = one.kind in {"roles", "education"}
    inferred = [word for word in one.inferred if word not in _SAID_ELSEWHERE]
    # A page of the site does not say it either.
    undated = one.kind == "software" and one.when.words == date_text.NOT_STATED
    partly = _partly_dated(one)
    links = [{"label": label, "url": profile.absolute(address)} for label, address in one.links]
    return {
        "id": one.id,
        "when": "" if undated or partly else one.when.words,
        "duration": one.when.duration or "",
        "title": one.title,
        "url": profile.absolute(one.url),
        "organisation": heading if engaged else "",
        "location": one.location,
        "venue": one.venue or one.part,
        "below": [[names] for names in (authors.get(one.id),) if names] + _occasions(one),
        "summary": one.summary,
        "highlights": list(one.highlights),
        "links": [link for link in links if link["url"]],
        "inferred": f"Inferred, not stated: {', '.join(inferred)}." if inferred else "",
    }


def _occasions(one: EntryView) -> list[list[str]]:
    """Where a talk was given; when it was, only if the occasions differ in it."""
    several = len({occasion.when.words for occasion in one.occasions}) > 1
    told = (
        [occasion.event, occasion.location, occasion.when.words if several else ""]
        for occasion in one.occasions
    )
    return [given for parts in told if (given := [part for part in parts if part])]


def _partly_dated(one: EntryView) -> bool:
    """Whether only some occasions of a talk are dated: their dates are not that of the talk."""
    undated = [occasion.when.words == date_text.NOT_STATED for occasion in one.occasions]
    return not one.dated_as_a_whole and any(undated) and not all(undated)


def _language(tag: str) -> str:
    """The language of a BCP 47 tag as the compiler takes it, two or three letters."""
    language = tag.partition("-")[0].lower()
    return language if re.fullmatch("[a-z]{2,3}", language) else _OWN_LANGUAGE


def _authors(publication: Publication) -> str:
    """All authors of a publication in reading order, where there are several; names as in BibTeX."""
    names = [person.name for person in person_names.authors(publication.author)]
    if len(names) < 2:
        return ""
    return join_words(names) + (" (not all authors are known)" if publication.authors == "partial" else "")


def _address(url: str) -> dict[str, str]:
    """An address as a link, and as paper shows it."""
    shown = url.removeprefix("mailto:").partition("://")[2] or url.removeprefix("mailto:")
    return {"shown": shown.removeprefix("www.").rstrip("/"), "url": url}
