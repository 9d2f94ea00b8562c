"""Lists of pages that know their members without comparing titles.

MkDocs compares pages by their titles, which may have to be found in their Markdown, and Material's blog asks
four times for each page whether it is one of the posts: that grows as the square of the posts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Members(list[Any]):
    """Pages. Two of them are the same page if they are made from the same file: each file makes one."""

    def __init__(self, pages: Iterable[Any]) -> None:
        super().__init__(pages)
        self._files = {id(page.file) for page in self}

    def __contains__(self, page: object) -> bool:
        return id(getattr(page, "file", None)) in self._files
