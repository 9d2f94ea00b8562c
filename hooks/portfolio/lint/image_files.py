"""Pictures of the documents, read as far as tells whether they can be shown."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portfolio.images.image_info import ImageError, detect_format, read_info
from portfolio.markdown_ext.invalid_urls import is_valid_url


class Pictures:
    """The pictures below a folder of documents; ``names`` are the files that are part of the site.

    Each is read once. That one breaks off after its head is found in a build, which decodes it.
    """

    def __init__(self, docs: Path, names: Collection[str]) -> None:
        self.docs = docs
        self.names = names
        self._wrong = cache(self._read)

    def wrong(self, page: str, address: str) -> str | None:
        """Why a picture cannot be shown; None if it can, or is none of the site's.

        ``page`` is the path of the page below the documents that writes the address.
        """
        return self._wrong(_name(page, address)) if self.is_one(page, address) else None

    def is_one(self, page: str, address: str) -> bool:
        """Whether an address that the source of a page writes is that of a file of the site."""
        if not is_valid_url(address):
            return False
        parts = urlsplit(address)
        return not parts.scheme and not parts.netloc and _name(page, address) in self.names

    def _read(self, name: str) -> str | None:
        path = self.docs / name
        try:
            image_format = detect_format(name)
            if path.is_file():  # an image of a notebook has no file of its own
                read_info(path.read_bytes(), image_format)
        except ImageError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read: {error.strerror}."
        return None


def _name(page: str, address: str) -> str:
    """The path below the documents of what an address leads to, seen from a page."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(urlsplit(address).path)))
