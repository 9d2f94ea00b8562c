"""How to cite a post: a reference in the site's style, and BibTeX.

citeproc needs about 7 ms for a reference, and a blog needs one for each post. So two sample works are
formatted. If the results differ only in titles, URLs and years, they become a template for all simple works.
Other works are formatted one by one: in styles that print months, and with titles or URLs to which a style
may add punctuation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from portfolio.citations import biblatex, csl_json
from portfolio.citations.csl import CitationFormatter, CslItem
from portfolio.core.runs import Run
from portfolio.record.dates import Precision, SingleDate
from portfolio.record.models import Publication
from portfolio.record.people import Profile

Runs = tuple[Run, ...]

# No style changes these: they have punctuation only between letters, and end as the samples do.
_SIMPLE_TITLE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:(?:[,:;]? |[-’])[A-Za-z0-9]+)*")
_SIMPLE_URL = re.compile(r"https?://[a-z0-9.-]+(?:/[A-Za-z0-9_-]+)*/")
# The variables that a template replaces, and the key.
_REPLACED = {"id", "title", "URL", "issued"}


class HowToCite(NamedTuple):
    """A reference to a work, and its BibTeX entry (``@online``, as in BibLaTeX)."""

    reference: Runs
    bibtex: str


class PostCitations:
    """Formats citations of the site's posts, with templates for simple works."""

    def __init__(self, formatter: CitationFormatter, profile: Profile) -> None:
        self._formatter = formatter
        self._profile = profile
        # By the other variables of a work; None if the style allows no template.
        self._templates: dict[str, Runs | None] = {}

    def cite(self, *, id: str, title: str, authors: Sequence[str], day: date | None, url: str) -> HowToCite:
        """Cite a post. ``authors`` are full names, given name first; ``url`` may be empty."""
        site = self._profile.site_name
        names = " and ".join(_bibtex_name(name) for name in authors)
        fields = {"title": title, "author": names, "organization": site, "url": url}
        title, site = " ".join(title.split()), " ".join(site.split())
        # Without validation: building the validator of publications takes longer than formatting a post.
        post = Publication.model_construct(
            id=id,
            type="online",
            title=title,
            author=names.strip(),
            venue=site or None,
            date=None if day is None else SingleDate(day.isoformat(), Precision.DAY, day, day),
            url=url or None,
            fields=tuple((name, text) for name, text in fields.items() if text),
        )
        (item,) = csl_json.reference_items([post], self._profile)
        return HowToCite(self.format_reference(item), biblatex.bibtex_entry(post, self._profile))

    def format_reference(self, item: CslItem) -> Runs:
        """Format the reference of a work, as `CitationFormatter.format_references` does."""
        work = _simple_work(item)
        template = None if work is None else self._template(item)
        if work is None or template is None:
            return self._formatter.format_references([item])[item["id"]]
        return work.replace_in(template, _SAMPLES[0])

    def _template(self, item: CslItem) -> Runs | None:
        """Return the reference of the first sample, if it is a template for works like this one."""
        shared = {name: value for name, value in item.items() if name not in _REPLACED}
        key = json.dumps(shared, sort_keys=True)
        if key not in self._templates:
            first, second = (
                self._formatter.format_references([{**shared, **sample.variables}])["sample"]
                for sample in _SAMPLES
            )
            is_template = _SAMPLES[1].replace_in(first, _SAMPLES[0]) == second
            self._templates[key] = first if is_template else None
        return self._templates[key]


def _bibtex_name(name: str) -> str:
    """Put a name into braces if BibTeX would split it, or read its last word as a particle."""
    words = name.replace("{", "").replace("}", "")
    is_several = "," in words or " and " in words or words.casefold() == "others"
    ends_in_lower_case = words.split()[-1:] and words.split()[-1][0].islower()
    return f"{{{words}}}" if is_several or ends_in_lower_case else words


class _SimpleWork(NamedTuple):
    """The variables in which simple works differ; ``day`` is year, month and day of the month."""

    title: str
    url: str
    day: tuple[int, int, int]

    @property
    def variables(self) -> CslItem:
        issued = {"date-parts": [list(self.day)]}
        return {"id": "sample", "title": self.title, "URL": self.url, "issued": issued}

    def replace_in(self, runs: Runs, sample: _SimpleWork) -> Runs:
        """Replace a sample in its reference by this work."""
        texts = {sample.title: self.title, sample.url: self.url, str(sample.day[0]): str(self.day[0])}
        pattern = re.compile("|".join(map(re.escape, texts)))

        def substitute(text: str) -> str:
            return pattern.sub(lambda match: texts[match[0]], text)

        return tuple(replace(run, text=substitute(run.text), url=substitute(run.url)) for run in runs)


# They share no text with each other, nor with any style.
_SAMPLES = (
    _SimpleWork("Qwzx Vkjq", "https://qwzx.invalid/vkjq/", (7919, 10, 23)),
    _SimpleWork("Jyhw", "https://jyhw.invalid/", (8642, 5, 4)),
)


def _simple_work(item: CslItem) -> _SimpleWork | None:
    match item:
        case {"title": title, "URL": url, "issued": {"date-parts": [[year, month, day]]}} if (
            # Styles write a year of three digits in several ways.
            _SIMPLE_TITLE.fullmatch(title) and _SIMPLE_URL.fullmatch(url) and year >= 1000
        ):
            return _SimpleWork(title, url, (year, month, day))
    return None
