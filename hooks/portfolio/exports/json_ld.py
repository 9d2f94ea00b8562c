"""JSON-LD with the vocabulary of schema.org, which search engines read in the head of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from portfolio.citations.publication_list import is_owner
from portfolio.core.diagnostics import NO_ROOM, ExportLoss
from portfolio.exports.meta_tags import PageInfo
from portfolio.record import models, people
from portfolio.record.kinds import Kind
from portfolio.record.people import Place, Profile
from portfolio.timeline import iso_dates
from portfolio.timeline.exported_fields import (
    Data,
    EntryConverter,
    drop_empty,
    list_entries,
    publication_url,
)
from portfolio.timeline.views import Portfolio

EXPORT = "JSON-LD"

# By BibTeX type; all others are an Article, or a ScholarlyArticle if they are papers or preprints.
_TYPES = {
    **dict.fromkeys("book booklet collection proceedings".split(), "Book"),
    **dict.fromkeys("inbook incollection".split(), "Chapter"),
    **dict.fromkeys("manual report techreport".split(), "Report"),
    **dict.fromkeys("mastersthesis phdthesis thesis".split(), "Thesis"),
    "dataset": "Dataset",
    "software": "SoftwareSourceCode",
}
# BibTeX's fields for what contains a work.
_CONTAINER_TYPES = {"journal": "Periodical", "journaltitle": "Periodical", "booktitle": "CreativeWork"}
# Properties that have an organisation, of which the record has the name.
_ORGANISATIONS = {"funder", "recognizedBy", "sourceOrganization"}


def to_script_text(data: Data) -> str:
    """Serialise JSON for a ``script`` element: ``<``, ``>``, ``&`` and line separators become escapes."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def build_graph(
    page: PageInfo, portfolio: Portfolio, profile: Profile, *, entries: Iterable[models.Fact] = ()
) -> Data:
    """Return the graph of a page: the owner on the home page, a post, and the ``entries`` that it lists."""
    nodes: list[Data] = []
    if page.is_home:
        person = person_node(portfolio, profile, page.today)[0]
        nodes += [_profile_page(page, profile), _website(page, profile), person]
    elif all(url for _, url in page.trail):
        nodes.append(_breadcrumbs(page))
    if page.is_post:
        nodes.append(_post(page, profile))
    nodes += _listed_nodes(page, portfolio, _converter(profile), entries)
    return {"@context": "https://schema.org", "@graph": [drop_empty(node) for node in nodes]}


def person_node(
    portfolio: Portfolio, profile: Profile, today: date = date.max
) -> tuple[Data, list[ExportLoss]]:
    """Return the owner with roles, education, awards, skills and the like, and what that cannot express.

    ``alumniOf`` has entries that are stated to be over: with an end before ``today``, or education with a
    degree and without dates. ``worksFor`` has the roles, and ``affiliation`` the education, that are stated
    to be ongoing. All other relations of schema.org imply that something is ongoing, so entries that are
    neither are left out. Each relation leads to an OrganizationRole, which has the dates as far as they are
    certain. Other kinds declare the property that has their entries.
    """
    converter = _converter(profile)
    details = profile.details
    data: Data = {
        "@type": "Person",
        "@id": _owner_id(profile, home=True),
        "name": profile.name,
        "alternateName": [other.name for other in details.other_names],
        "pronouns": details.pronouns,
        "description": details.headline,
        "image": profile.picture_url,
        # It is part of a page.
        "email": profile.email_for("site"),
        "telephone": profile.phone_for("site"),
        "address": _postal_address(details.location),
        "url": profile.url,
        "sameAs": [account.url for account in profile.accounts],
    }
    for kind, entries in list_entries(portfolio):
        if (export := kind.json_ld) is None:
            continue
        for entry in entries:
            if isinstance(entry, models.Engagement):
                if relation := _relation(entry, today):
                    data.setdefault(relation, []).append(_engagement(converter, kind, entry, relation))
                else:
                    message = (
                        "it is left out: the record states neither that it is over nor that it is ongoing."
                    )
                    converter.losses.append(ExportLoss(EXPORT, entry.id, message))
            elif export.place:
                values = [_node(converter, kind, entry)] if export.type else _texts(converter, kind, entry)
                data.setdefault(export.place, []).extend(values)
    losses = people.detail_losses(EXPORT, profile, "pronunciation", "summary", "picture_alt")
    return drop_empty(data), [*losses, *converter.all_losses(otherwise=("area", "degree"))]


def list_losses(portfolio: Portfolio, profile: Profile) -> list[ExportLoss]:
    """Return what the format cannot express of the entries that pages list."""
    converter = _converter(profile)
    for kind, entries in list_entries(portfolio):
        if kind.model is not models.Publication and kind.json_ld is None:
            converter.losses.append(ExportLoss(EXPORT, kind.name, NO_ROOM))
        # Those of the properties of the owner are losses of that node.
        elif kind.json_ld is None or not kind.json_ld.place:
            _listed_nodes(PageInfo("", ""), portfolio, converter, entries)
    return [*people.author_losses(EXPORT, portfolio.record.publications), *converter.all_losses()]


def publication_node(entry: models.Publication, page: PageInfo, profile: Profile) -> Data:
    """Return a publication that a page lists."""
    fields = dict(entry.fields)
    is_scholarly = models.classify_publication(entry) in ("papers", "preprints") or entry.doi or entry.arxiv
    publisher = models.first_text(fields, models.PUBLISHER_FIELDS)
    containers = (
        {"@type": type_, "name": fields[name]} for name, type_ in _CONTAINER_TYPES.items() if fields.get(name)
    )
    url = publication_url(entry, profile)
    pdf = profile.absolute(entry.pdf)
    return drop_empty(
        {
            "@type": _TYPES.get(entry.type, "ScholarlyArticle" if is_scholarly else "Article"),
            "@id": f"{page.url}#{quote(entry.id)}",
            "identifier": entry.id,
            "headline": entry.title,
            "name": entry.title,
            **{name: _people(fields.get(name, ""), profile) for name in ("author", "editor", "translator")},
            "datePublished": iso_dates.entry_date(entry).iso,
            "isPartOf": next(containers, None),
            "publisher": publisher and {"@type": "Organization", "name": publisher},
            "url": url,
            "sameAs": [
                link
                for link in (models.doi_url(entry.doi), models.arxiv_url(entry.arxiv))
                if link not in ("", url)
            ],
            "encoding": pdf and {"@type": "MediaObject", "contentUrl": pdf},
            "abstract": entry.abstract,
        }
    )


def _converter(profile: Profile) -> EntryConverter:
    return EntryConverter(EXPORT, profile, write_names=lambda names: _people(names, profile))


def _listed_nodes(
    page: PageInfo, portfolio: Portfolio, converter: EntryConverter, entries: Iterable[models.Fact]
) -> list[Data]:
    """Return the nodes of the entries that a page lists; none for a kind without a type in schema.org."""
    nodes: list[Data] = []
    for entry in entries:
        kind = portfolio.record.kind_of(entry)
        if isinstance(entry, models.Publication):
            nodes.append(publication_node(entry, page, converter.profile))
            converter.add(entry, nodes[-1], iso_dates.entry_date(entry))
        elif kind.json_ld and kind.json_ld.type and not isinstance(entry, models.Engagement):
            nodes.append({"@id": f"{page.url}#{quote(entry.id)}", **_node(converter, kind, entry)})
    return nodes


def _node(converter: EntryConverter, kind: Kind, entry: models.Fact) -> Data:
    """Return an entry of a kind that declares its type."""
    assert kind.json_ld is not None
    data = converter.convert(kind, entry, kind.json_ld.fields)
    for name in _ORGANISATIONS & data.keys():
        data[name] = {"@type": "Organization", "name": data[name]}
    return {"@type": kind.json_ld.type, **data}


def _texts(converter: EntryConverter, kind: Kind, entry: models.Fact) -> list[str]:
    """Return the texts for an entry of a kind without a type: one for each key, or for each keyword."""
    assert kind.json_ld is not None
    fields = kind.json_ld.fields
    data = converter.convert(kind, entry, fields, lists=fields)
    texts: list[str] = []
    for values in data.values():
        keywords = [keyword for value in values if isinstance(value, list) for keyword in value]
        texts += keywords or [", ".join(values)]
    return texts


def _post(page: PageInfo, profile: Profile) -> Data:
    return {
        "@type": "BlogPosting",
        "@id": page.url,
        "url": page.url,
        "mainEntityOfPage": page.url,
        "headline": page.title,
        "description": page.description,
        "datePublished": page.published,
        "dateModified": page.modified,
        "author": [_person(name, profile, is_owner=name == profile.name) for name in page.authors],
        "keywords": list(page.tags),
        "articleSection": list(page.sections),
        "inLanguage": page.language,
        "image": page.image,
    }


def _profile_page(page: PageInfo, profile: Profile) -> Data:
    return {
        "@type": "ProfilePage",
        "@id": page.url,
        "url": page.url,
        "name": page.title,
        "description": page.description,
        "inLanguage": page.language,
        "mainEntity": {"@id": _owner_id(profile, home=True)},
    }


def _website(page: PageInfo, profile: Profile) -> Data:
    return {
        "@type": "WebSite",
        "@id": f"{profile.url}#website",
        "url": profile.url,
        "name": profile.site_name,
        "description": profile.label,
        "inLanguage": page.language,
        "author": {"@id": _owner_id(profile, home=True)},
    }


def _breadcrumbs(page: PageInfo) -> Data:
    steps = [
        {"@type": "ListItem", "position": number, "name": title, "item": url}
        for number, (title, url) in enumerate(page.trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}


def _owner_id(profile: Profile, *, home: bool = False) -> str:
    """The owner's ``@id``: relative on the home page, but empty on other pages, if the site has no URL."""
    return f"{profile.url}#person" if profile.url or home else ""


def _person(name: str, profile: Profile, *, is_owner: bool) -> Data:
    """A person; the owner refers to the node of the home page."""
    return {"@type": "Person", "@id": _owner_id(profile) if is_owner else "", "name": name}


def _people(names: str, profile: Profile) -> list[Data]:
    """The people and organisations in a field of BibTeX; the owner in whichever spelling."""
    return [
        {"@type": "Organization", "name": person.name}
        if person.is_organisation
        else _person(person.name, profile, is_owner=is_owner(person, profile.name))
        for person in people.parse_authors(names)
    ]


def _postal_address(place: Place | str | None) -> Data | str | None:
    if not isinstance(place, Place):
        return place
    return {
        "@type": "PostalAddress",
        "addressLocality": place.city,
        "addressRegion": place.region,
        "addressCountry": place.country_code,
    }


def _relation(entry: models.Engagement, today: date) -> str:
    """The property of a Person for an entry; empty if none is certainly true."""
    if iso_dates.is_ongoing(entry):
        return "affiliation" if isinstance(entry, models.Education) else "worksFor"
    has_degree = isinstance(entry, models.Education) and entry.degree is not None
    without_dates = entry.start is None and not entry.ongoing
    return "alumniOf" if iso_dates.has_ended(entry, today) or (has_degree and without_dates) else ""


def _engagement(converter: EntryConverter, kind: Kind, entry: models.Engagement, relation: str) -> Data:
    """Return a role or an education: what its kind declares is the organisation that it leads to."""
    assert kind.json_ld is not None
    mapping = {
        "roleName": (kind.title_field,),
        "startDate": ("start",),
        "endDate": ("end",),
        "description": ("summary", "highlights"),
        **kind.json_ld.fields,
    }
    data = converter.convert(kind, entry, mapping, lists={"description"})
    organisation = kind.json_ld.fields.keys()
    return {
        "@type": "OrganizationRole",
        "identifier": entry.id,
        **{key: value for key, value in data.items() if key not in organisation},
        "description": "\n".join(data.get("description", ())),
        relation: {"@type": kind.json_ld.type, **{key: data.get(key) for key in organisation}},
    }
