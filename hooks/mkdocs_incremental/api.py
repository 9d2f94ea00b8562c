"""What hooks and extensions of Markdown tell this package, so that their work can be kept.

A hook whose ``on_page_context`` depends on nothing but the page, the navigation, the configuration and what
it takes from ``config.extra`` says so with `repeatable`. An extension that does more than make HTML of a text
either asks its questions with `ask`, which is asked again for a page that is kept, or keeps what it tells in
a `Told`, and a page of which something was told is converted in each build. `remember` keeps any other work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__repeatable__"
# In ``config.extra``: the functions that are asked, by their names.
QUERIES = "incremental_answers"
# In ``config.extra``: moments at which the site would be another, such as that of a post dated ahead.
EXPIRES = "incremental_until"
# In ``config.extra``: what keeps the results of `remember`.
BUILD = "incremental_build"


def cacheable(event: F) -> F:
    """Mark an event that gives the same for the same, and does nothing else."""
    setattr(event, _MARK, True)
    return event


def is_cacheable(event: object) -> bool:
    return getattr(event, _MARK, False) is True


@dataclass
class Dependencies:
    """What a conversion asked, with the answers, and whether it told anything."""

    asked: list[tuple[str, tuple[Any, ...], object]] = field(default_factory=list)
    told: bool = False


_heard: ContextVar[Dependencies | None] = ContextVar("heard", default=None)


@contextmanager
def track_dependencies() -> Iterator[Dependencies]:
    """Note what is asked and told in this block."""
    heard = Dependencies()
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def query(extra: dict[str, Any], name: str, *arguments: str) -> Any:
    """The answer to a question, from the function that ``extra`` has for it."""
    answer = extra[QUERIES][name](*arguments)
    heard = _heard.get()
    if heard is not None:
        heard.asked.append((name, arguments, answer))
    return answer


def remember(extra: Any, make: Callable[[], Any], *ingredients: str) -> Any:
    """What ``make`` gives (JSON), kept from one build to the next.

    It depends on the ``ingredients`` alone, which begin with a name of its own, and on the program.
    """
    keeper = extra.get(BUILD)
    return make() if keeper is None else keeper.remember(make, *ingredients)


class ReportedItems(list[T]):
    """A list in which a conversion leaves what it has to tell of a text."""

    def append(self, item: T) -> None:
        heard = _heard.get()
        if heard is not None:
            heard.told = True
        super().append(item)
