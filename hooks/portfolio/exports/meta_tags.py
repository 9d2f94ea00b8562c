"""Names and contents of ``meta`` elements: for Google Scholar, for Open Graph and for Twitter's cards."""

from __future__ import annotations

import re

from portfolio.exports.page_info import Page
from portfolio.print.fonts import strip_controls
from portfolio.record import people
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates

Pairs = list[tuple[str, str]]

# The size that card images are made in, in pixels.
_CARD_WIDTH, _CARD_HEIGHT = 1200, 630


def citation(page: Page, profile: Profile, work: Publication | None = None) -> Pairs:
    """What Google Scholar's inclusion guidelines ask of a page that is a work: a post, or that of ``work``.

    An author stands in a pair of its own, in the order of the byline. Empty for any other page.
    """
    if work is not None:
        return _given(_of_work(work, page, profile))
    if not page.is_post:
        return []
    pairs = [
        ("citation_title", page.title),
        *(("citation_author", author) for author in page.authors),
        ("citation_publication_date", page.published.replace("-", "/")),
        ("citation_language", page.language),
        ("citation_public_url", page.url),
        *(("citation_keywords", tag) for tag in page.tags),
    ]
    return _given(pairs)


def _of_work(work: Publication, page: Page, profile: Profile) -> Pairs:
    """A date stands there only as far as it is certain."""
    fields = dict(work.fields)
    first, *others = re.split(r"[-\N{EN DASH}]+", fields.get("pages", ""))
    return [
        ("citation_title", work.title),
        *(("citation_author", person.name) for person in people.parse_authors(work.author)),
        ("citation_publication_date", iso_dates.entry_date(work).iso.replace("-", "/")),
        ("citation_journal_title", fields.get("journal") or fields.get("journaltitle", "")),
        ("citation_conference_title", fields.get("booktitle", "")),
        ("citation_dissertation_institution", fields.get("school", "")),
        ("citation_technical_report_institution", fields.get("institution", "")),
        (
            "citation_technical_report_number" if "institution" in fields else "citation_issue",
            fields.get("number", ""),
        ),
        ("citation_publisher", fields.get("publisher", "")),
        ("citation_volume", fields.get("volume", "")),
        ("citation_firstpage", first),
        ("citation_lastpage", others[0] if others else ""),
        ("citation_doi", work.doi or ""),
        ("citation_arxiv_id", work.arxiv or ""),
        ("citation_isbn", fields.get("isbn", "")),
        ("citation_issn", fields.get("issn", "")),
        ("citation_abstract_html_url", page.url),
        ("citation_pdf_url", profile.absolute(work.pdf)),
    ]


def social(page: Page, profile: Profile) -> Pairs:
    """Open Graph (ogp.me) and Twitter's card. A page without an image of its own gets the small card."""
    kind = "profile" if page.is_home else "article" if page.is_post else "website"
    pairs = [
        ("og:type", kind),
        ("og:title", page.title),
        ("og:description", page.description),
        ("og:url", page.url),
        ("og:site_name", profile.site_name),
    ]
    if page.is_post:
        pairs += [
            ("article:published_time", page.published),
            ("article:modified_time", page.modified),
            *(("article:section", section) for section in page.sections[:1]),
            *(("article:tag", tag) for tag in page.tags),
        ]
    if page.image:
        pairs.append(("og:image", page.image))
        if page.is_card:
            pairs += [("og:image:width", str(_CARD_WIDTH)), ("og:image:height", str(_CARD_HEIGHT))]
        pairs.append(("og:image:alt", page.title))
    pairs += [
        ("twitter:card", "summary_large_image" if page.image else "summary"),
        ("twitter:title", page.title),
        ("twitter:description", page.description),
        ("twitter:image", page.image),
    ]
    return _given(pairs)


def _given(pairs: Pairs) -> Pairs:
    return [(name, " ".join(strip_controls(content).split())) for name, content in pairs if content.strip()]
