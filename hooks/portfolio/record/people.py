"""People: the authors that BibTeX names, and the owner's profile with accounts on other sites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urljoin

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from portfolio.core.diagnostics import ExportLoss
from portfolio.core.runs import Runs
from portfolio.record.models import Publication

# BibTeX's placeholder for authors who are not named.
_OTHERS = "others"
# A name that is in braces as a whole.
_BRACED = re.compile(r"\{[^{}]*(\{[^{}]*\}[^{}]*)*\}")
_MAY_BE_INCOMPLETE = "the list of authors may be incomplete, which the format cannot express."
_HAS_UNNAMED_AUTHORS = "there are authors who are not named, which the format cannot express."

# A URL that is not relative to this site (RFC 3986, section 3.1).
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# A percent sign that does not begin an escape.
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Allowed in a URL without an escape, besides letters, digits and "-._~" (sections 2.2 and 3.3 to 3.5).
_SAFE = "%!$&'()*+,/:;=?@"
# RenderCV's names of networks, and the user name in their URLs.
_NETWORKS = {
    "LinkedIn": re.compile(r"linkedin\.com/in/([^/?#]+)/?"),
    "GitHub": re.compile(r"github\.com/([^/?#]+)/?"),
    "GitLab": re.compile(r"gitlab\.com/([^/?#]+)/?"),
    "ORCID": re.compile(r"orcid\.org/(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?"),
    "Google Scholar": re.compile(r"scholar\.google\.com/citations\?user=([\w-]+)"),
    "X": re.compile(r"(?:x|twitter)\.com/(\w+)/?"),
}


@dataclass(frozen=True)
class Person:
    """The parts of a name; a name without parts, such as an organisation's, is all ``family``.

    ``is_organisation``: the whole name is in braces, which is how BibTeX marks the name of an organisation.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    is_organisation: bool = False

    @property
    def name(self) -> str:
        """The name in reading order: given name first."""
        return " ".join(part for part in (self.given, self.particle, self.family, self.suffix) if part)


def parse_authors(text: str) -> list[Person]:
    """Return the people in a BibTeX ``author`` field, in order, without ``others``.

    A name that breaks BibTeX's rules becomes a name without parts.
    """
    return [_parse_name(name) for name in split_multiple_persons_names(text) if name.lower() != _OTHERS]


def has_unnamed_authors(text: str) -> bool:
    """Whether a BibTeX ``author`` field ends with ``and others``."""
    return any(name.lower() == _OTHERS for name in split_multiple_persons_names(text))


def author_losses(
    export: str, publications: Iterable[Publication], *, names_others: bool = False
) -> Iterator[ExportLoss]:
    """Yield what an export cannot express about authors, besides their names.

    ``names_others``: it says that there are further authors.
    """
    for publication in publications:
        if publication.authors == "partial":
            yield ExportLoss(export, publication.id, _MAY_BE_INCOMPLETE)
        if not names_others and has_unnamed_authors(publication.author):
            yield ExportLoss(export, publication.id, _HAS_UNNAMED_AUTHORS)


def _parse_name(name: str) -> Person:
    parts = parse_single_name_into_parts(name, strict=False)
    family = _join_name_parts(parts.last)
    if not family:
        return Person(_join_name_parts([name]))
    if not parts.first and len(parts.last) == 1 and _BRACED.fullmatch(parts.last[0]):
        return Person(family, is_organisation=True)
    return Person(
        family, _join_name_parts(parts.first), _join_name_parts(parts.von), _join_name_parts(parts.jr)
    )


def _join_name_parts(words: list[str]) -> str:
    """Join words without the braces that group them."""
    return " ".join(words).replace("{", "").replace("}", "")


@dataclass(frozen=True)
class Account:
    """A profile on another site. ``network`` and ``username`` are empty if the network is not known."""

    name: str
    url: str
    network: str = ""
    username: str = ""


@dataclass(frozen=True)
class Profile:
    """The owner and the site. ``url`` ends with a slash, or is empty if the site has no URL yet.

    ``language`` is a BCP 47 tag.
    """

    name: str
    site_name: str = ""
    label: str = ""
    url: str = ""
    accounts: tuple[Account, ...] = ()
    language: str = "en"

    def absolute(self, url: str | None) -> str:
        """Return a link of the record as an absolute URI (RFC 3986); empty if the site has no URL."""
        if not url:
            return ""
        if _SCHEME.match(url):
            return _to_uri(url)
        return urljoin(self.url, _to_uri(url)) if self.url else ""

    def absolute_links(self, runs: Runs) -> Runs:
        """Return styled text with absolute links; a link without an absolute URL becomes text."""
        return tuple(replace(run, url=self.absolute(run.url)) for run in runs)

    def own_path(self, url: str | None) -> str | None:
        """Return the unescaped path on this site that a link of the record leads to; None if elsewhere."""
        if not url:
            return None
        if _SCHEME.match(url):
            if not self.url or not url.startswith(self.url):
                return None
            url = url.removeprefix(self.url)
        path = unquote(re.split("[?#]", url)[0]).removesuffix("index.html")
        return path.rstrip("/")


def _to_uri(url: str) -> str:
    """Escape the characters that RFC 3986 does not allow; existing escapes stay."""
    first, mark, fragment = _STRAY_PERCENT.sub("%25", url).partition("#")
    return f"{quote(first, safe=_SAFE)}{mark}{quote(fragment, safe=_SAFE)}"


def parse_account(name: str, url: str) -> Account:
    """Recognize the network and the user name in the URL of a profile."""
    location = re.sub(r"^https?://(www\.)?", "", url)
    for network, pattern in _NETWORKS.items():
        if match := pattern.fullmatch(location):
            return Account(name, url, network, match[1])
    return Account(name, url)
