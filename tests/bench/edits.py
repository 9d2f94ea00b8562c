"""An edit of a site's sources, and how to detect it in a page."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Response:
    """The response of a server."""

    status: int
    body: bytes

    @property
    def is_ok(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def is_missing(self) -> bool:
        return self.status == HTTPStatus.NOT_FOUND

    def contains(self, text: str) -> bool:
        return self.is_ok and text.encode() in self.body


@dataclass(frozen=True)
class Edit:
    """An edit, which ``change`` applies. ``is_visible`` detects it in the page at the path ``page``.

    The path has no leading slash. Edits of the same ``kind`` are measured together.
    """

    kind: str
    change: Callable[[], None]
    page: str
    is_visible: Callable[[Response], bool]
