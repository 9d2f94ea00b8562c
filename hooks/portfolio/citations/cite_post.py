"""How to cite a post: a sentence in the site's style, and BibTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.citations import bibtex_entry, csl
from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.runs import Run
from portfolio.record.dates import Precision, SingleDate
from portfolio.record.models import Publication
from portfolio.record.people import Profile


@dataclass(frozen=True)
class HowToCite:
    """A reference to a work, and its entry in BibTeX (``@online``, as in BibLaTeX)."""

    reference: tuple[Run, ...]
    bibtex: str


def how_to_cite(
    typesetter: CitationFormatter,
    profile: Profile,
    *,
    id: str,
    title: str,
    authors: Sequence[str],
    day: date | None,
    url: str,
) -> HowToCite:
    """How to cite a post. ``authors`` are whole names, given name first; ``url`` is absolute or empty."""
    when = None if day is None else SingleDate(day.isoformat(), Precision.DAY, day, day)
    # A name that would be taken for several is kept whole.
    names = " and ".join(_name(name) for name in authors)
    fields = {"title": title, "author": names, "organization": profile.site_name, "url": url}
    post = Publication(
        id=id,
        type="online",
        title=title,
        author=names,
        venue=profile.site_name or None,
        date=when,
        url=url or None,
        fields=tuple((name, text) for name, text in fields.items() if text),
    )
    (item,) = csl.items([post], profile)
    return HowToCite(typesetter.patterns.reference(item), bibtex_entry.of(post, profile))


def _name(name: str) -> str:
    words = name.replace("{", "").replace("}", "")
    is_several = "," in words or " and " in words or words.casefold() == "others"
    # BibTeX would take a small last word for a particle.
    ends_small = words.split()[-1:] and words.split()[-1][0].islower()
    return f"{{{words}}}" if is_several or ends_small else words
