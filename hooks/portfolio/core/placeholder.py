from __future__ import annotations


class Placeholder(str):
    """Stands for an id that is missing or wrong, so that the rest of its entry can still be checked.

    Each names its place, so that no two are the same, and begins with a sign that an id cannot have.
    """

    __slots__ = ()

    def __new__(cls, place: str) -> Placeholder:
        return super().__new__(cls, f"?{place}")
