"""Whose record it is: what ``mkdocs.yml`` says of the owner and the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin

# An address that is not one of this site (RFC 3986, section 3.1).
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
# A percent sign that begins no escape.
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What may stand in an address as it is, beside letters, digits and "-._~" (sections 2.2 and 3.3 to 3.5).
_SAFE = "%!$&'()*+,/:;=?@"
# As RenderCV names the networks, and as their addresses hold the name of a user.
_NETWORKS = {
    "LinkedIn": re.compile(r"linkedin\.com/in/([^/?#]+)/?"),
    "GitHub": re.compile(r"github\.com/([^/?#]+)/?"),
    "GitLab": re.compile(r"gitlab\.com/([^/?#]+)/?"),
    "ORCID": re.compile(r"orcid\.org/(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?"),
    "Google Scholar": re.compile(r"scholar\.google\.com/citations\?user=([\w-]+)"),
    "X": re.compile(r"(?:x|twitter)\.com/(\w+)/?"),
}


@dataclass(frozen=True)
class Account:
    """A profile elsewhere. ``network`` and ``username`` are empty for an address of no known network."""

    name: str
    url: str
    network: str = ""
    username: str = ""


@dataclass(frozen=True)
class Profile:
    """The owner and the site. ``url`` ends with a slash, or is empty where the site has no address.

    ``language`` is a BCP 47 tag.
    """

    name: str
    site_name: str = ""
    label: str = ""
    url: str = ""
    accounts: tuple[Account, ...] = ()
    language: str = "en"

    def absolute(self, url: str | None) -> str:
        """A link of the record as an absolute URI (RFC 3986), a path being one of this site; else empty."""
        if not url:
            return ""
        if _SCHEME.match(url):
            return _uri(url)
        return urljoin(self.url, _uri(url)) if self.url else ""

    def own_path(self, url: str | None) -> str | None:
        """Where on this site a link of the record leads: a path without escapes, or None for elsewhere."""
        if not url:
            return None
        if _SCHEME.match(url):
            if not self.url or not url.startswith(self.url):
                return None
            url = url.removeprefix(self.url)
        path = unquote(re.split("[?#]", url)[0]).removesuffix("index.html")
        return path.rstrip("/")


def _uri(address: str) -> str:
    """An address in the letters that RFC 3986 has for it: what is escaped in it already stays so."""
    first, mark, fragment = _STRAY_PERCENT.sub("%25", address).partition("#")
    return f"{quote(first, safe=_SAFE)}{mark}{quote(fragment, safe=_SAFE)}"


def account(name: str, url: str) -> Account:
    """Recognise the network and the user in the address of a profile."""
    address = re.sub(r"^https?://(www\.)?", "", url)
    for network, pattern in _NETWORKS.items():
        if match := pattern.fullmatch(address):
            return Account(name, url, network, match[1])
    return Account(name, url)
