"""The record in the terms of schema.org: the owner, and what was published."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from portfolio.citations.publication_list import is_owner
from portfolio.exports.page_info import Page
from portfolio.record import person_names
from portfolio.record.identifiers import arxiv_address, doi_address
from portfolio.record.loss import ExportLoss
from portfolio.record.models import Education, Engagement, Publication, Role
from portfolio.record.profile import Profile
from portfolio.record.publication_kinds import kind_of
from portfolio.timeline import dropped_fields, iso_dates
from portfolio.timeline.views import Portfolio

EXPORT = "JSON-LD"
Data = dict[str, Any]

# By BibTeX's types; what is none of these is an Article, a scholarly one if it is a paper or a preprint.
_TYPES = {
    "book": "Book",
    "booklet": "Book",
    "collection": "Book",
    "dataset": "Dataset",
    "inbook": "Chapter",
    "incollection": "Chapter",
    "manual": "Report",
    "mastersthesis": "Thesis",
    "phdthesis": "Thesis",
    "proceedings": "Book",
    "report": "Report",
    "software": "SoftwareSourceCode",
    "techreport": "Report",
    "thesis": "Thesis",
}
_SCHOLARLY = {"papers", "preprints"}
# In BibTeX, who published a work, and what it is a part of.
_PUBLISHERS = ("publisher", "organization", "institution", "school")
_WHOLES = {"journal": "Periodical", "journaltitle": "Periodical", "booktitle": "CreativeWork"}


def person(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[ExportLoss]]:
    """The owner with roles and education, and what the format cannot say.

    ``alumniOf`` has what is stated to be over: it has an end, or is education with a degree and without
    dates. ``worksFor`` has the roles, and ``affiliation`` the education, that are stated to go on. All other
    relations of schema.org say that something goes on, so what is neither is left out. Between stands a Role,
    as schema.org has it, with the dates as far as they are certain.
    """
    notes: list[ExportLoss] = []
    pairs: list[tuple[Engagement, Data]] = []
    data: Data = {
        "@type": "Person",
        "@id": owner_id(profile, home=True),
        "name": profile.name,
        "url": profile.url,
        "sameAs": [account.url for account in profile.accounts],
        "worksFor": [],
        "alumniOf": [],
        "affiliation": [],
    }
    for entry in (*portfolio.entries("roles"), *portfolio.entries("education")):
        assert isinstance(entry, Engagement)
        if relation := _relation(entry):
            node = _engagement(entry, relation, profile, notes)
            data[relation].append(node)
            pairs.append((entry, node))
        else:
            message = "it is left out: neither that it is over nor that it goes on is stated."
            notes.append(ExportLoss(EXPORT, entry.id, message))
    otherwise = ("area", "degree", "summary", "highlights")
    return given(data), [*notes, *dropped_fields.notes(EXPORT, pairs, profile, otherwise=otherwise)]


def publication(entry: Publication, page: Page, profile: Profile) -> Data:
    scholarly = kind_of(entry) in _SCHOLARLY or entry.doi or entry.arxiv
    fields = dict(entry.fields)
    publisher = next((fields[name] for name in _PUBLISHERS if fields.get(name)), None)
    kind = _TYPES.get(entry.type, "ScholarlyArticle" if scholarly else "Article")
    doi = doi_address(entry.doi) if entry.doi else ""
    arxiv = arxiv_address(entry.arxiv) if entry.arxiv else ""
    url = dropped_fields.link_of(entry, profile)
    pdf = profile.absolute(entry.pdf)
    return given(
        {
            "@type": kind,
            "@id": f"{page.url}#{quote(entry.id)}",
            "identifier": entry.id,
            "headline": entry.title,
            "name": entry.title,
            **{name: _people(fields.get(name, ""), profile) for name in ("author", "editor", "translator")},
            "datePublished": iso_dates.whole(entry).iso,
            "isPartOf": next(
                ({"@type": kind, "name": fields[name]} for name, kind in _WHOLES.items() if fields.get(name)),
                None,
            ),
            "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
            "url": url,
            "sameAs": [link for link in (doi, arxiv) if link and link != url],
            "encoding": {"@type": "MediaObject", "contentUrl": pdf} if pdf else None,
            "abstract": entry.abstract,
        }
    )


def author(name: str, profile: Profile) -> Data:
    """A person; the owner is the one of the home page."""
    id = owner_id(profile) if name == profile.name else ""
    return given({"@type": "Person", "@id": id, "name": name})


def owner_id(profile: Profile, *, home: bool = False) -> str:
    """The owner's id; on other pages than ``home`` empty where nobody knows how to write it absolutely."""
    return f"{profile.url}#person" if profile.url or home else ""


def given(data: Data) -> Data:
    """Without what is empty."""
    return {key: value for key, value in data.items() if value}


def of_publications(portfolio: Portfolio, profile: Profile) -> list[ExportLoss]:
    """What the format cannot say of publications."""
    entries = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    dates = [(entry, iso_dates.whole(entry).loss) for entry in entries]
    lost = [ExportLoss(EXPORT, entry.id, loss) for entry, loss in dates if loss]
    pairs = [(entry, publication(entry, Page("", ""), profile)) for entry in entries]
    return [*person_names.notes(EXPORT, entries), *lost, *dropped_fields.notes(EXPORT, pairs, profile)]


def _people(names: str, profile: Profile) -> list[Data]:
    """Those whom a field of BibTeX names; the owner in whichever spelling."""
    found = []
    for one in person_names.authors(names):
        if one.kept_whole:
            found.append({"@type": "Organization", "name": one.name})
        else:
            id = owner_id(profile) if is_owner(one, profile.name) else ""
            found.append(given({"@type": "Person", "@id": id, "name": one.name}))
    return found


def _relation(entry: Engagement) -> str:
    """Which property of a Person has it: empty if none is sure to be true."""
    if iso_dates.goes_on(entry):
        return "affiliation" if isinstance(entry, Education) else "worksFor"
    has_degree = isinstance(entry, Education) and entry.degree is not None
    without_dates = entry.start is None and not entry.ongoing
    is_over = iso_dates.is_over(entry) or (has_degree and without_dates)
    return "alumniOf" if is_over else ""


def _engagement(entry: Engagement, relation: str, profile: Profile, notes: list[ExportLoss]) -> Data:
    start, end = iso_dates.span(
        iso_dates.start(entry), iso_dates.end(entry), goes_on=iso_dates.goes_on(entry)
    )
    notes += [ExportLoss(EXPORT, entry.id, date.loss) for date in (start, end) if date.loss]
    if isinstance(entry, Role):
        kind, organization, name = "Organization", entry.company, entry.position
    else:
        assert isinstance(entry, Education)
        kind, organization = "EducationalOrganization", entry.institution
        name = f"{entry.degree}, {entry.area}" if entry.degree else entry.area
    return given(
        {
            "@type": "OrganizationRole",
            "identifier": entry.id,
            "roleName": name,
            "startDate": start.iso,
            "endDate": end.iso,
            "description": "\n".join(filter(None, (entry.summary, *entry.highlights))),
            relation: given({"@type": kind, "name": organization, "url": profile.absolute(entry.url)}),
        }
    )
