"""``meta`` elements for Google Scholar, Open Graph and Twitter, and the data of a page for its head."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from portfolio.print.fonts import strip_controls
from portfolio.print.social_card import HEIGHT, WIDTH
from portfolio.record import people
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates

# Names and contents.
Pairs = list[tuple[str, str]]


class PageInfo(NamedTuple):
    """A page of the site. URLs are absolute, texts plain, days ISO 8601; empty if there is nothing to say.

    Only a post has ``published`` and ``authors``. ``trail`` has titles and URLs from the home page to this
    page, including both; it is empty on the home page. ``image`` is the page's social card, or the author's
    own image if ``is_card`` is false. ``today`` is the day of the build, of which only the home page knows.
    """

    url: str
    title: str
    description: str = ""
    language: str = ""
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    trail: tuple[tuple[str, str], ...] = ()
    image: str = ""
    is_card: bool = True
    today: date = date.max

    @property
    def is_home(self) -> bool:
        return not self.trail

    @property
    def is_post(self) -> bool:
        return bool(self.published)


def citation_tags(page: PageInfo, profile: Profile, work: Publication | None = None) -> Pairs:
    """Return the tags of Google Scholar's inclusion guidelines for a post, or for the page of a ``work``.

    Each author has a tag, in the order of the byline. The result is empty for other pages.
    """
    if work is not None:
        return _clean(_publication_tags(work, page, profile))
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
    return _clean(pairs)


def social_tags(page: PageInfo, profile: Profile) -> Pairs:
    """Return Open Graph (ogp.me) and Twitter tags. A page without an image gets the small Twitter card."""
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
            pairs += [("og:image:width", str(WIDTH)), ("og:image:height", str(HEIGHT))]
        pairs.append(("og:image:alt", page.title))
    pairs += [
        ("twitter:card", "summary_large_image" if page.image else "summary"),
        ("twitter:title", page.title),
        ("twitter:description", page.description),
        ("twitter:image", page.image),
    ]
    return _clean(pairs)


def _publication_tags(work: Publication, page: PageInfo, profile: Profile) -> Pairs:
    """The tags of a publication; its date only as far as it is certain."""
    fields = dict(work.fields)
    first_page, *later_pages = re.split(r"[-\N{EN DASH}]+", fields.get("pages", ""))
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
        ("citation_firstpage", first_page),
        ("citation_lastpage", later_pages[0] if later_pages else ""),
        ("citation_doi", work.doi or ""),
        ("citation_arxiv_id", work.arxiv or ""),
        ("citation_isbn", fields.get("isbn", "")),
        ("citation_issn", fields.get("issn", "")),
        ("citation_abstract_html_url", page.url),
        ("citation_pdf_url", profile.absolute(work.pdf)),
    ]


def _clean(pairs: Pairs) -> Pairs:
    """Drop empty contents, control characters and line breaks."""
    return [(name, " ".join(strip_controls(content).split())) for name, content in pairs if content.strip()]
