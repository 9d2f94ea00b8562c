"""The content of a CV as documented JSON, which the designs and the owner's own templates get.

`CvData` is the format. Within a version, fields are only added; ``hooks/portfolio/schemas/cv.schema.json`` is
its JSON Schema, and ``.github/guide/cv.md`` describes it for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal, get_args

from pydantic import ConfigDict, Field

from portfolio.citations.publication_list import find_owner
from portfolio.config import CvOptions
from portfolio.core import i18n
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import RUN_STYLES, Run, Runs, merge_runs
from portfolio.print.cv_sections import select_sections
from portfolio.print.fonts import font_order
from portfolio.print.typst_compiler import typst_language
from portfolio.record import people
from portfolio.record.models import Model, Publication
from portfolio.record.people import Profile
from portfolio.timeline.views import EntryView, Portfolio

Layout = Literal["engagements", "entries", "groups"]
Style = Literal["italic", "bold", "underline", "superscript", "subscript", "small_caps", "owner", "code"]
SCHEMA_FILE = "cv.schema.json"
_STYLES = frozenset(get_args(Style))
# The names of paper that Typst knows, by those in the options.
_PAPERS: dict[str, Literal["a4", "us-letter"]] = {"a4": "a4", "letter": "us-letter"}
# A character of a private area for each author.
_FIRST_PLACEHOLDER = 0xE000
# What the printed text of a link leaves out.
_URL_PREFIX = re.compile(r"^(mailto:|[\w+.-]+://)?(www\.)?")


class _Data(Model):
    # All keys are in the data, also those with a default.
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class TextRun(_Data):
    """A piece of text in one style."""

    text: str
    styles: tuple[Style, ...] = Field((), description="'owner' marks the name of the owner among authors.")
    url: str = Field("", description="What it links to.")


class Link(_Data):
    """A link."""

    label: str = Field(description="What it is, such as Slides, or the name of a site.")
    text: str = Field(description="The URL as it is printed: without https://.")
    url: str


class Picture(_Data):
    """The owner's picture: upright, in sRGB, without metadata."""

    path: str = Field(description="The file, which the template can open.")
    alt: str = Field(description="The alternative text.")


class Fonts(_Data):
    """Families for the text of this CV, first choice first; no others are available."""

    serif: tuple[str, ...]
    sans: tuple[str, ...]
    mirrored: tuple[str, ...] = Field(description="For brackets in right-to-left text.")


class OtherName(_Data):
    """Another name of the owner."""

    name: str
    language: str = Field("", description="Its language (BCP 47), if that is stated.")


class Owner(_Data):
    """The owner. Texts are empty if they are unknown, or are not to be in a PDF."""

    name: str
    other_names: tuple[OtherName, ...] = ()
    pronouns: str = ""
    headline: str = ""
    summary: tuple[TextRun, ...] = ()
    location: str = ""
    email: str = ""
    phone: str = ""
    links: tuple[Link, ...] = Field((), description="The site, and profiles on other sites.")
    picture: Picture | None = Field(None, description="null if the CV has none.")


class Entry(_Data):
    """An entry of a section. Texts and lists are empty if nothing is known."""

    id: str
    title: tuple[TextRun, ...]
    url: str = ""
    organization: str = Field("", description="The employer or school, if the layout is engagements.")
    date: str = Field("", description="The dates in words, or else the years of work that is on record.")
    duration: str = Field("", description="How long it lasted, in English.")
    facts: tuple[str, ...] = Field((), description="Places, venues, levels and such.")
    details: str = Field("", description="Volume, number and pages of a publication, in English.")
    authors: tuple[TextRun, ...] = Field((), description="Those of a publication with several.")
    occasions: tuple[tuple[str, ...], ...] = Field(
        (), description="Where a talk was presented: event, place, date."
    )
    summary: tuple[TextRun, ...] = ()
    highlights: tuple[tuple[TextRun, ...], ...] = ()
    links: tuple[Link, ...] = ()
    keywords: tuple[str, ...] = Field((), description="The items of a group, if the layout is groups.")
    note: str = Field("", description="A sentence about what is inferred.")


class CvSection(_Data):
    """A section of the CV."""

    kind: str = Field(description="The kind of its entries, or the id of an own section.")
    title: str
    language: str = Field(description="The language of the title.")
    layout: Layout = Field(
        description="engagements: a position at an organization, with dates and a description; "
        "entries: one line with facts and a date; groups: a label with keywords."
    )
    entries: tuple[Entry, ...]


class CvData(_Data):
    """The content of a CV. Every key is always present, and every URL is absolute."""

    version: Literal[1] = Field(1, description="A new number if a key changes its meaning or disappears.")
    language: str = Field(description="The language of the site: two or three letters.")
    title: str = Field("", description="The title of the document: the owner's name, and that it is a CV.")
    separator: str = Field(", ", description="What separates parts of a line, such as a place from a name.")
    paper: Literal["a4", "us-letter"] = Field(description="The size of the pages, as Typst names it.")
    fonts: Fonts
    profile: Owner
    sections: tuple[CvSection, ...]


def json_schema() -> str:
    """Return the JSON Schema (draft 2020-12) of `CvData`."""
    schema = CvData.model_json_schema(mode="serialization")
    for definition in (schema, *schema["$defs"].values()):
        for value in definition.get("properties", {}).values():
            # Titles repeat the names, and no key is left out.
            value.pop("title", None)
            value.pop("default", None)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "The data of a CV",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def build(
    portfolio: Portfolio, profile: Profile, options: CvOptions, picture: Picture | None = None
) -> CvData:
    """Return the content of a CV, with a picture if there is one."""
    publications = {entry.id: entry for entry in portfolio.record.publications}
    language = typst_language(profile.language)
    data = CvData(
        language=language,
        title=_("%(name)s – Curriculum vitae", name=profile.name),
        separator=_(", "),
        paper=_PAPERS[options.paper],
        fonts=Fonts(serif=(), sans=(), mirrored=()),
        profile=_owner(profile, picture),
        sections=tuple(
            CvSection(
                kind=section.kind,
                title=section.title,
                language=language,
                layout=section.layout if section.layout in ("engagements", "groups") else "entries",
                entries=tuple(_entry(view, profile, publications.get(view.id)) for view in section.entries),
            )
            for section in select_sections(portfolio, options)
        ),
    )
    fonts = Fonts.model_validate(font_order(data.model_dump_json()))
    return data.model_copy(update={"fonts": fonts})


def _owner(profile: Profile, picture: Picture | None) -> Owner:
    details = profile.details
    urls = (profile.url, *(account.url for account in profile.accounts))
    names = {profile.url: profile.site_name} | {account.url: account.name for account in profile.accounts}
    return Owner(
        name=profile.name,
        other_names=tuple(
            OtherName(name=name.name, language=name.lang or "") for name in details.other_names
        ),
        pronouns=details.pronouns or "",
        headline=profile.tagline,
        summary=_runs(profile.summary, profile),
        location=profile.place,
        email=profile.email_for("pdf"),
        phone=profile.phone_for("pdf"),
        links=tuple(_link(names.get(url, ""), url) for url in dict.fromkeys(urls) if url),
        picture=picture,
    )


def _entry(view: EntryView, profile: Profile, publication: Publication | None) -> Entry:
    inferred = view.inferred_facts
    links = ((label, profile.absolute(url)) for label, url in view.links)
    return Entry(
        id=view.id,
        title=_runs(view.title_runs, profile),
        url=profile.absolute(view.url),
        organization=view.organisation,
        date="" if _is_partly_dated(view) else view.when.words or view.evidence_words,
        duration=view.when.duration or "",
        facts=view.facts,
        details=_details(publication) if publication else "",
        authors=_authors(publication, profile) if publication else (),
        occasions=tuple(_occasions(view)),
        summary=_runs(view.summary, profile),
        highlights=tuple(_runs(highlight, profile) for highlight in view.highlights),
        links=tuple(_link(label, url) for label, url in links if url),
        keywords=view.keywords,
        note=_("Inferred, not stated: %(facts)s.", facts=i18n.format_list(inferred)) if inferred else "",
    )


def _link(label: str, url: str) -> Link:
    text = _URL_PREFIX.sub("", url).rstrip("/")
    return Link(label=label or text, text=text, url=url)


def _runs(runs: Runs, profile: Profile) -> tuple[TextRun, ...]:
    """Return styled text with absolute links."""
    return tuple(
        TextRun(
            text=run.text,
            url=profile.absolute(run.url),
            styles=tuple(style for style in RUN_STYLES if style in _STYLES and getattr(run, style)),
        )
        for run in runs
    )


def _details(publication: Publication) -> str:
    """Format the volume, number and pages of a publication as ``12(3), pp. 45–67``."""
    fields = dict(publication.fields)
    volume, number = fields.get("volume", ""), fields.get("number") or fields.get("issue", "")
    pages = re.sub("-+", "–", fields.get("pages", ""))
    if number:
        number = f"({number})" if volume else _("no. %(number)s", number=number)
    if pages:
        is_range = re.search("[–,+]", pages) is not None
        pages = _("pp. %(pages)s", pages=pages) if is_range else _("p. %(page)s", page=pages)
    return ", ".join(part for part in (volume + number, pages) if part)


def _occasions(view: EntryView) -> Iterator[tuple[str, ...]]:
    """Yield the occasions of a talk as event, place and, if they differ, dates."""
    for occasion in view.occasions:
        line = (occasion.event, occasion.location, occasion.when.words if view.occasions_differ else "")
        if parts := tuple(part for part in line if part):
            yield parts


def _is_partly_dated(view: EntryView) -> bool:
    """Whether only some occasions of a talk are dated: their dates are not the date of the talk."""
    undated = {not occasion.when.words for occasion in view.occasions}
    return not view.dated_as_a_whole and len(undated) == 2


def _authors(publication: Publication, profile: Profile) -> tuple[TextRun, ...]:
    """All authors of a publication in reading order if there are several, with a mark on the owner's name."""
    names = [person.name for person in people.parse_authors(publication.author)]
    has_others = people.has_unnamed_authors(publication.author)
    if len(names) < 2 and not has_others:
        return ()
    own = find_owner(publication, profile.name)
    # Placeholders of names: the list is a sentence of the language, and one name is marked.
    placeholders = [chr(_FIRST_PLACEHOLDER + index) for index in range(len(names))]
    if has_others:
        text = _("%(names)s et al.", names=", ".join(placeholders))
    elif publication.authors == "partial":
        text = _("%(names)s (not all authors are known)", names=i18n.format_list(placeholders))
    else:
        text = i18n.format_list(placeholders)
    runs: list[Run] = []
    for part in re.split(f"([{placeholders[0]}-{placeholders[-1]}])", text):
        index = ord(part[0]) - _FIRST_PLACEHOLDER if part in placeholders else None
        runs.append(
            Run(part) if index is None else Run(names[index], owner=own is not None and own[0] == index)
        )
    return _runs(merge_runs(run for run in runs if run.text), profile)
