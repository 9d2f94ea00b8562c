"""Names and contents of ``meta`` elements: for Google Scholar, for Open Graph and for Twitter's cards."""

from __future__ import annotations

from portfolio.renderers.page import Page
from portfolio.renderers.profile import Profile

Pairs = list[tuple[str, str]]

# The size that card images are made in, in pixels.
_CARD_WIDTH, _CARD_HEIGHT = 1200, 630


def citation(page: Page) -> Pairs:
    """What Google Scholar's inclusion guidelines ask of a page that is a work: here, of a post.

    An author stands in a pair of its own, in the order of the byline. Empty for any other page.
    """
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
    return [(name, " ".join(content.split())) for name, content in pairs if content.strip()]
