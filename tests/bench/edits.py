"""A change of a site's sources, and how to see that it has arrived."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes

    @property
    def found(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def missing(self) -> bool:
        return self.status == HTTPStatus.NOT_FOUND

    def holds(self, text: str) -> bool:
        return self.found and text.encode() in self.body


@dataclass(frozen=True)
class Edit:
    """``change`` makes it; the answer at ``address``, a path without a slash before it, shows it.

    Edits of one ``kind`` are counted together.
    """

    kind: str
    change: Callable[[], None]
    address: str
    seen: Callable[[Answer], bool]
