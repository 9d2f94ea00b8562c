"""The pictures of a site: what each page may show of them, and which files that asks for."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import groupby
from urllib.parse import unquote, urlsplit

from portfolio.core.cache import Cache
from portfolio.images import publish, variants
from portfolio.images.image_info import KINDS, Picture, PictureError, read
from portfolio.images.responsive import Copies, ResponsiveImage
from portfolio.images.variants import Variant

_DIGEST_DIGITS = 8


@dataclass(frozen=True)
class _Known:
    picture: Picture
    digest: str
    wanted: tuple[Variant, ...]


@dataclass(frozen=True)
class Made:
    """A copy of a picture: the name of the original, beside which pages expect it, and its bytes."""

    original: str
    content: bytes


@dataclass
class Gallery:
    """The pictures of one build, each read when a page first shows it.

    ``names`` are paths below the documents' folder; ``content`` reads one of them.

    ``quick`` is for a server, whose owner waits: see `variants.plan`.
    """

    names: Collection[str]
    content: Callable[[str], bytes]
    cache: Cache
    quick: bool = False
    made: dict[str, Made] = field(default_factory=dict)
    _known: dict[str, _Known | str] = field(default_factory=dict)
    _shown: dict[str, set[str]] = field(default_factory=dict)

    def forget(self, name: str) -> list[str] | None:
        """Look at a picture again when a page shows it next; returns the pages that have shown it.

        None for what is no picture of the site.
        """
        if name not in self.names:
            return None
        self._known.pop(name, None)
        return sorted(self._shown.get(name, ()))

    def look(self, page: str, path: str) -> ResponsiveImage | str | None:
        """What a page shows of the picture at ``path``, a reference in the source of ``page``.

        The copies are in ``made`` from then on, by their paths. Returns the reason why a picture cannot be
        shown, and None for what is no picture of the site: a missing file is MkDocs' to tell of.
        """
        parts = urlsplit(path)
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        if parts.scheme or parts.netloc or not parts.path or name not in self.names:
            return None
        self._shown.setdefault(name, set()).add(page)
        if name not in self._known:
            self._known[name] = self._read(name)
        known = self._known[name]
        if isinstance(known, str):
            return known
        stem = posixpath.basename(posixpath.splitext(name)[0])
        copies = tuple(
            Copies(type_, tuple((one.name(stem, known.digest), one.width) for one in group))
            for type_, group in groupby(known.wanted, lambda one: one.type)
        )
        root, ending = posixpath.splitext(name)
        dark = f"{root}.dark{ending}"
        return ResponsiveImage(
            known.picture.width,
            known.picture.height,
            copies,
            posixpath.basename(dark) if dark in self.names else "",
        )

    def _read(self, name: str) -> _Known | str:
        root, ending = posixpath.splitext(name)
        kind = KINDS.get(ending.lower())
        if kind is None:
            return f"ends in {ending or 'nothing'}; pictures end in {', '.join(sorted(KINDS))}."
        try:
            content = self.content(name)
            picture = read(content, kind)
            wanted = variants.plan(picture, quick=self.quick)
            made = variants.make(content, wanted, self.cache)
        except PictureError as error:
            return f"{error}."
        except OSError as error:
            return f"cannot be read to its end: {error}."
        made, wanted = _worth_while(content, made, wanted)
        digest = hashlib.sha256(content).hexdigest()[:_DIGEST_DIGITS]
        folder, stem = posixpath.split(root)
        for one, data in zip(wanted, made, strict=True):
            self.made[posixpath.join(folder, one.name(stem, digest))] = Made(name, data)
        return _Known(picture, digest, tuple(wanted))

    def public(self, name: str) -> bytes | None:
        """The bytes to publish under the name of a picture, None where they are those of the file itself."""
        kind = KINDS.get(posixpath.splitext(name)[1].lower())
        # Nobody but its owner sees what a server shows.
        if kind is None or (self.quick and kind != "SVG"):
            return None
        content = self.content(name)
        try:
            copy = publish.copy(content, read(content, kind), self.cache)
        except (PictureError, OSError):
            return None  # A page that shows it tells of it; of others it is only a file.
        return copy if copy != content else None


def _worth_while(
    content: bytes, made: list[bytes], wanted: list[Variant]
) -> tuple[list[bytes], list[Variant]]:
    """The copies of each format whose widest is smaller than the original, as a drawing's seldom is."""
    heavy = {one.format for one, data in zip(wanted, made, strict=True) if len(data) >= len(content)}
    kept = [(data, one) for one, data in zip(wanted, made, strict=True) if one.format not in heavy]
    return [data for data, _ in kept], [one for _, one in kept]
