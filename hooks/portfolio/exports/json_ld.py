"""JSON-LD in the terms of schema.org: what search engines read in a page's head."""

from __future__ import annotations

import json
from collections.abc import Iterable

from portfolio.exports.json_ld_record import Data, author, given, owner_id, person, publication
from portfolio.exports.page_info import Page
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline.views import Portfolio


def embed(data: Data) -> str:
    """JSON for a ``script`` element, whatever it says: ``<``, ``>`` and ``&`` are written as escapes."""
    text = json.dumps(data, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def graph(
    page: Page, portfolio: Portfolio, profile: Profile, *, publications: Iterable[Publication] = ()
) -> Data:
    """What a page says: of the owner at home, of a post, of the ``publications`` that it tells of."""
    nodes: list[Data] = []
    if page.is_home:
        nodes += [
            _profile_page(page, profile),
            _website(page, profile),
            person(portfolio, profile)[0],
        ]
    elif all(step.url for step in page.trail):
        nodes.append(_breadcrumbs(page))
    if page.is_post:
        nodes.append(_post(page, profile))
    nodes += [publication(one, page, profile) for one in publications]
    return {"@context": "https://schema.org", "@graph": nodes}


def _post(page: Page, profile: Profile) -> Data:
    return given(
        {
            "@type": "BlogPosting",
            "@id": page.url,
            "url": page.url,
            "mainEntityOfPage": page.url,
            "headline": page.title,
            "description": page.description,
            "datePublished": page.published,
            "dateModified": page.modified,
            "author": [author(name, profile) for name in page.authors],
            "keywords": list(page.tags),
            "articleSection": list(page.sections),
            "inLanguage": page.language,
            "image": page.image,
        }
    )


def _profile_page(page: Page, profile: Profile) -> Data:
    return given(
        {
            "@type": "ProfilePage",
            "@id": page.url,
            "url": page.url,
            "name": page.title,
            "description": page.description,
            "inLanguage": page.language,
            "mainEntity": {"@id": owner_id(profile, home=True)},
        }
    )


def _website(page: Page, profile: Profile) -> Data:
    return given(
        {
            "@type": "WebSite",
            "@id": f"{profile.url}#website",
            "url": profile.url,
            "name": profile.site_name,
            "description": profile.label,
            "inLanguage": page.language,
            "author": {"@id": owner_id(profile, home=True)},
        }
    )


def _breadcrumbs(page: Page) -> Data:
    steps = [
        given({"@type": "ListItem", "position": number, "name": step.title, "item": step.url})
        for number, step in enumerate(page.trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": steps}
