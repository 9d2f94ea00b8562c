"""The URLs of the old site, and what its links lead to."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from portfolio.core.text import is_valid_url, normalize_host
from portfolio.redirects.url_paths import InvalidPathError, parse_url_path

# What a link of the old site leads to: "text" if it runs script, "dead" if the site has nothing there.
TargetKind = Literal["page", "file", "list", "external", "script", "dead"]
_SCRIPT_SCHEMES = ("javascript", "vbscript", "data")
# What servers add to a path, or serve without it.
_INDEX = re.compile(r"(?:^|(?<=/))index\.html?$")
_SUFFIX = re.compile(r"\.html?$")
# In a URL of Markdown or of an attribute, besides the characters that need no percent-encoding.
_SAFE = "/:@!$&'*+,;=~-._"


@dataclass(frozen=True)
class Target:
    """Where a link leads: the kind, the path that `OldSite` has for it, and the fragment without "#"."""

    kind: TargetKind
    path: str = ""
    fragment: str = ""


@dataclass
class OldSite:
    """What the old site answered. ``url`` is its own URL, or empty.

    ``targets`` has the kind and the new path of each old path in its exact spelling.
    """

    url: str = ""
    targets: dict[str, tuple[TargetKind, str]] = field(default_factory=dict)
    _by_key: dict[str, tuple[TargetKind, str]] = field(default_factory=dict)

    def add(self, path: str, kind: TargetKind, new_path: str) -> None:
        """Add a path of the old site; the first of two paths that a server takes for the same counts."""
        exact = normalize_path(path)
        self.targets.setdefault(exact, (kind, new_path))
        self._by_key.setdefault(_path_key(exact), (kind, new_path))

    def find(self, url: str, page_url: str) -> Target:
        """Return what a URL on the page at ``page_url`` leads to."""
        if not is_valid_url(url):
            return Target("dead")
        parts = urlsplit(url.strip())
        scheme = parts.scheme.lower()
        if scheme in _SCRIPT_SCHEMES:
            return Target("external" if url.lower().startswith("data:image/") else "script")
        if scheme == "file":
            return Target("dead")
        if scheme not in ("", "http", "https"):
            return Target("external")
        own = urlsplit(self.url)
        if parts.netloc and (not own.netloc or normalize_host(parts.netloc) != normalize_host(own.netloc)):
            return Target("external")
        if not parts.path and not parts.netloc and not parts.query:
            return Target("page", fragment=unquote(parts.fragment))
        path = parts.path or "/" if parts.netloc else urljoin(page_url or "/", parts.path)
        base = own.path.rstrip("/")
        if parts.netloc and not f"{path}/".startswith(f"{base}/"):
            return Target("external")
        candidates = [path, f"{base}{path}", *([path.removeprefix(base)] if path.startswith(base) else [])]
        if parts.query:
            candidates = [*(f"{candidate}?{parts.query}" for candidate in candidates), *candidates]
        exact = [normalize_path(candidate) for candidate in candidates]
        for table, keys in ((self.targets, exact), (self._by_key, list(map(_path_key, exact)))):
            for key in keys:
                if key in table:
                    kind, new_path = table[key]
                    if kind == "list":
                        # Lists of this site have no fragments of the old ones.
                        new_path, _, fragment = new_path.partition("#")
                        return Target(kind, new_path, fragment)
                    return Target(kind, new_path, unquote(parts.fragment))
        return Target("dead", path)

    def make_absolute(self, url: str, page_url: str) -> str:
        """Return a URL of the old site with its host, or an empty text if that is unknown."""
        if not self.url or not is_valid_url(url) or urlsplit(url).scheme not in ("", "http", "https"):
            return ""
        return urljoin(urljoin(self.url, page_url or "/"), url)


def normalize_path(path: str) -> str:
    """Return a path as servers compare it: decoded, without "." and "..", beginning with "/"."""
    bare, mark, query = path.partition("?")
    decoded = unicodedata.normalize("NFC", unquote(bare))
    normal = posixpath.normpath(f"/{decoded.lstrip('/')}")
    slash = "/" if decoded.endswith(("/", "/.", "/..")) and normal != "/" else ""
    return f"{normal}{slash}{mark}{query}"


def is_alias_path(url: str) -> bool:
    """Whether a file can answer a path of the old site."""
    try:
        parse_url_path(url)
    except InvalidPathError:
        return False
    # A server of files does not see a query.
    return "?" not in url


def _path_key(path: str) -> str:
    """Return what paths have in common that servers take for the same page."""
    bare, mark, query = path.partition("?")
    return _SUFFIX.sub("", _INDEX.sub("", bare)).rstrip("/") + mark + query


def encode_path(path: str, fragment: str = "") -> str:
    """Return a relative URL of a path, as Markdown and HTML have it; letters of any script stay."""
    encoded = "".join(
        character if character.isalnum() else quote(character, safe=_SAFE) for character in path
    )
    mark = f"#{quote(fragment, safe=_SAFE + '()?')}" if fragment.isascii() else f"#{fragment}"
    return encoded + (mark if fragment else "")
