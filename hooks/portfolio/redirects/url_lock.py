"""The URL lock, ``docs/data/urls.lock``: every URL that the site has published.

It is a sorted text file with one path of a URL on each line, such as ``/musings/2026/a/#part``, relative to
the site, so that it is the same wherever the site is served.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.core.diagnostics import Diagnostic
from portfolio.redirects.url_paths import InvalidPathError, UrlPath, parse_url_path

# In the folder of the record, which is not published, and which belongs to the owner of the site.
LOCK_FILE = "urls.lock"
_COMMENT = "#"
_HEADER = (
    "# The URLs that this site has published. A build fails if one is lost; `make lock-urls` adds new ones."
)


@dataclass(frozen=True)
class ListedUrl:
    """A URL in a list, and its place there."""

    url: UrlPath
    line: int
    column: int = 1


def read_lock(name: str, text: str) -> tuple[list[ListedUrl], list[Diagnostic]]:
    """Return the URLs of a lock, and its lines that are not a URL of the site. ``name`` is its path."""
    urls: list[ListedUrl] = []
    problems: list[Diagnostic] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith(_COMMENT):
            continue
        try:
            urls.append(ListedUrl(parse_url_path(words), number))
        except InvalidPathError as error:
            problems.append(Diagnostic(name, number, 1, "", str(error), error.hint, code="url.invalid"))
    return urls, problems


def add_to_lock(text: str, urls: Iterable[UrlPath]) -> str:
    """Return the text of a lock with more URLs; ``text`` is empty if there is no lock yet.

    No URL is ever removed. Lines that are not URLs stay as they are, at the top.
    """
    listed, _ = read_lock("", text)
    lines = text.splitlines()
    known = {line.line for line in listed}
    rest = [line for number, line in enumerate(lines, 1) if number not in known and line.strip()]
    paths = sorted({str(url) for url in [*(line.url for line in listed), *urls]})
    return "\n".join([*(rest or [_HEADER]), *paths, ""])
