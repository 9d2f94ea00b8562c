"""Paths of URLs below the URL of a site, and the files that answer them on GitHub Pages.

A path begins with "/", which is the root of the site, and is not percent-encoded: ``/posts/café.html``. Two
paths are the same only if their spelling is: servers distinguish case and Unicode normalization.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Container
from typing import NamedTuple
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from portfolio.core.diagnostics import quote
from portfolio.core.text import find_control, is_valid_url, normalize_host

# The limit of most file systems; the suffix .html may follow.
_MAX_NAME_BYTES = 250
_INVALID_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What must be encoded for a path to be read again as it was, and what ends a URL in a text.
_ENCODED = re.compile(r"[%#?\s\x00-\x1f\x7f]|\ufeff")
_INDEX = "index.html"
_PAGE_SUFFIXES = (".html", ".htm")


class UrlPath(NamedTuple):
    """A path, and a fragment, which is empty if there is none; neither is percent-encoded."""

    path: str
    fragment: str = ""

    def __str__(self) -> str:
        """Write the path as a line of a list has it; `parse_url_path` reads it."""
        return f"{_encode(self.path)}{f'#{_encode(self.fragment)}' if self.fragment else ''}"


class InvalidPathError(ValueError):
    """Says why a text is not the path of a URL of the site, with a hint and the code of its diagnostic."""

    def __init__(self, message: str, hint: str = "", code: str = "alias.invalid-path") -> None:
        super().__init__(message)
        self.hint, self.code = hint, code


def parse_url_path(text: str, site_url: str = "") -> UrlPath:
    """Read the path of a URL of the site, or its full URL; a query is ignored.

    Raises `InvalidPathError`, also for the URL of another site.
    """
    path, _, fragment = _remove_site(text, site_url).partition("#")
    path = path.partition("?")[0]
    if not path.startswith("/"):
        raise InvalidPathError(f"{quote(text)} does not begin with '/'.", f"Write {quote('/' + text)}.")
    if _INVALID_ESCAPE.search(path):
        raise InvalidPathError(
            f"{quote(text)} has a '%' that encodes nothing.", "Write '%25' for the character."
        )
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeError:
        raise InvalidPathError(f"{quote(text)} is not percent-encoded UTF-8.") from None
    if "\\" in decoded or find_control(decoded):
        raise InvalidPathError(f"{quote(text)} contains a character that no path has.")
    parts = decoded[1:].removesuffix("/").split("/")
    if decoded != "/" and any(part in ("", ".", "..") for part in parts):
        message = f"{quote(text)} has an empty part, or the part '.' or '..'."
        raise InvalidPathError(message, "Write the path as browsers show it.")
    if longest := next((part for part in parts if len(part.encode()) > _MAX_NAME_BYTES), ""):
        message = f"{quote(longest)} is too long for the name of a file: {len(longest.encode())} bytes."
        raise InvalidPathError(message)
    return UrlPath(decoded, unquote(fragment))


def _remove_site(url: str, site_url: str) -> str:
    """Return a URL from the root of the site on."""
    if not url.startswith("//") and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", url):
        return url
    parts, site = urlsplit(url if is_valid_url(url) else ""), urlsplit(site_url)
    if not parts.netloc or normalize_host(parts.netloc) != normalize_host(site.netloc):
        message = f"{quote(url)} is not a URL of this site."
        raise InvalidPathError(
            message, "Write a path of this site, such as '/posts/a.html'.", "alias.other-host"
        )
    base = site.path.rstrip("/")
    if parts.path != base and not parts.path.startswith(f"{base}/"):
        message = f"{quote(url)} is outside of this site, whose URL is {site_url}."
        raise InvalidPathError(message, code="alias.other-host")
    rest = url.partition("//")[2].partition(parts.netloc)[2].removeprefix(base)
    return rest if rest.startswith("/") else f"/{rest}"


def find_answer(path: str, files: Container[str]) -> str | None:
    """Return the file with which GitHub Pages answers a path; None if there is none.

    ``files`` are paths relative to the site. Pages adds ``.html``, and redirects to a folder with an index.
    """
    name = path.removeprefix("/")
    if not name or name.endswith("/"):
        candidates = [f"{name}{_INDEX}"]
    else:
        candidates = [name, f"{name}.html", f"{name}/{_INDEX}"]
    return next((file for file in candidates if file in files), None)


def is_page(file: str) -> bool:
    """Whether a file of a site is HTML by its name."""
    return file.endswith(_PAGE_SUFFIXES)


def path_of_file(file: str) -> str:
    """Return the path of the URL of a file; that of an index page ends with a slash."""
    folder, name = posixpath.split(file)
    return f"/{f'{folder}/' if folder else ''}" if name == _INDEX else f"/{file}"


def file_for_alias(path: str, *, is_copy: bool = False) -> str:
    """Return the file that answers a path with a page, or with the copy of another file.

    Servers take no file for a page unless it has the suffix ``.html``. Pages adds it, so ``/posts/a`` and
    ``/a.php`` work, too. A copy needs it only if its path has no suffix.
    """
    name = path.removeprefix("/")
    if not name or name.endswith("/"):
        return f"{name}{_INDEX}"
    has_suffix = posixpath.splitext(name)[1] != ""
    return name if is_page(name) or (is_copy and has_suffix) else f"{name}.html"


def fold_path(path: str) -> str:
    """Return a path so that two are the same if a file system may take them for one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _encode(text: str) -> str:
    def encode(match: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in match[0].encode())

    return _ENCODED.sub(encode, text)
