"""The record in the terms of schema.org: the owner, and what was published."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from portfolio.models import Education, Engagement, Publication, Role
from portfolio.renderers import people, told
from portfolio.renderers.note import Note
from portfolio.renderers.page import Page
from portfolio.renderers.profile import Profile
from portfolio.views import Portfolio

FACE = "JSON-LD"
Data = dict[str, Any]

# By BibTeX's types; what is none of these and has neither DOI nor arXiv number is an Article.
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
_SCHOLARLY = {"article", "conference", "inproceedings"}
# In BibTeX, who published a work, and what it is a part of.
_PUBLISHERS = ("publisher", "organization", "institution", "school")
_WHOLES = {"journal": "Periodical", "journaltitle": "Periodical", "booktitle": "CreativeWork"}


def person(portfolio: Portfolio, profile: Profile) -> tuple[Data, list[Note]]:
    """The owner with all roles and education, and what the format cannot say.

    ``worksFor`` has the roles of which it is stated that they go on, ``memberOf`` the others: schema.org has
    it for those that are over too. ``alumniOf`` has education that has an end, or a degree and no start;
    ``affiliation`` the rest. Between stands a Role, as schema.org has it, with the dates as far as they are
    certain.
    """
    notes: list[Note] = []
    data: Data = {
        "@type": "Person",
        "@id": owner_id(profile, home=True),
        "name": profile.name,
        "description": profile.label,
        "url": profile.url,
        "sameAs": [account.url for account in profile.accounts],
        "worksFor": [],
        "memberOf": [],
        "alumniOf": [],
        "affiliation": [],
    }
    for entry in (*portfolio.entries("roles"), *portfolio.entries("education")):
        assert isinstance(entry, Engagement)
        relation = _relation(entry)
        data[relation].append(_engagement(entry, relation, profile, notes))
    return given(data), notes


def publication(entry: Publication, page: Page, profile: Profile) -> Data:
    scholarly = entry.type in _SCHOLARLY or entry.doi or entry.arxiv
    fields = dict(entry.fields)
    publisher = next((fields[name] for name in _PUBLISHERS if fields.get(name)), None)
    kind = _TYPES.get(entry.type, "ScholarlyArticle" if scholarly else "Article")
    doi = f"https://doi.org/{entry.doi}" if entry.doi else ""
    arxiv = f"https://arxiv.org/abs/{entry.arxiv}" if entry.arxiv else ""
    url = profile.absolute(entry.url) or doi or arxiv
    return given(
        {
            "@type": kind,
            "@id": f"{page.url}#{quote(entry.id)}",
            "identifier": entry.id,
            "headline": entry.title,
            "name": entry.title,
            "author": [author(person.name, profile) for person in people.authors(entry.author)],
            "datePublished": told.whole(entry).iso,
            "isPartOf": next(
                ({"@type": kind, "name": fields[name]} for name, kind in _WHOLES.items() if fields.get(name)),
                None,
            ),
            "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
            "url": url,
            "sameAs": [link for link in (doi, arxiv) if link and link != url],
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


def of_publications(portfolio: Portfolio) -> list[Note]:
    """What the format cannot say of publications."""
    entries = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    dates = [(entry, told.whole(entry).loss) for entry in entries]
    lost = [Note(FACE, entry.id, loss) for entry, loss in dates if loss]
    return [*people.notes(FACE, entries), *lost]


def _relation(entry: Engagement) -> str:
    if not isinstance(entry, Education):
        return "worksFor" if told.goes_on(entry) else "memberOf"
    is_over = entry.end is not None or (
        entry.degree is not None and entry.start is None and not entry.ongoing
    )
    return "alumniOf" if is_over else "affiliation"


def _engagement(entry: Engagement, relation: str, profile: Profile, notes: list[Note]) -> Data:
    start, end = told.start(entry), told.end(entry)
    notes += [Note(FACE, entry.id, date.loss) for date in (start, end) if date.loss]
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
            "description": entry.summary,
            relation: given({"@type": kind, "name": organization, "url": profile.absolute(entry.url)}),
        }
    )
