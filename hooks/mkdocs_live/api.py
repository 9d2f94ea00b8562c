"""What hooks tell this package, so that files of which only they know are shown at once, too.

A hook that reads files of its own asks, with `hear_of_changes`, to be told when some change between two
builds, and says what has to be made anew. What it does not take is shown when the site has been built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_TAKERS = "live_takers"
_MARK = "__renewable__"


@dataclass(frozen=True)
class Invalidation:
    """What follows from a change: pages to convert anew, by their sources below the documents' folder.

    Where ``templates`` is true, ``on_env`` of all that are `renewable` is called again before; ``then`` is
    called after.
    """

    pages: tuple[str, ...] = ()
    templates: bool = False
    then: Callable[[], None] = lambda: None


# Takes the path of a file that changed. None says that it is for others.
ChangeHandler = Callable[[Path], Invalidation | None]


def subscribe_to_changes(extra: Any, taker: ChangeHandler) -> None:
    """Have a function told of changes. ``extra`` is that of the configuration, at any time of a build."""
    extra.setdefault(_TAKERS, []).append(taker)


def change_handlers(extra: Any) -> list[ChangeHandler]:
    found: list[ChangeHandler] = extra.get(_TAKERS, [])
    return found


def rerunnable(event: F) -> F:
    """Mark an ``on_env`` that may be called again after a build, and then gives templates what is new."""
    setattr(event, _MARK, True)
    return event


def is_rerunnable(event: object) -> bool:
    return getattr(event, _MARK, False) is True
