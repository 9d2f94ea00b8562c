"""Functions for hooks: react to changed files between two builds, and mark events that can run again.

A hook that reads files of its own subscribes with `subscribe_to_changes`; its handler returns what a
change invalidates. A change that no handler takes is shown after the next build. A hook that checks the site
declares its check with `declare_check`: browsers then show its diagnostics at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
_RERUNNABLE = "__rerunnable__"
# Keys of ``config.extra``.
HANDLERS = "live_change_handlers"
CHECK = "live_check"


class Invalidation(NamedTuple):
    """What a change invalidates.

    ``pages`` are converted again; they are source paths relative to the docs folder. If ``templates`` is
    true, every `rerunnable` ``on_env`` runs again first. ``files`` are paths of other files of the site with
    new content. ``then`` is called last.
    """

    pages: tuple[str, ...] = ()
    templates: bool = False
    files: tuple[str, ...] = ()
    then: Callable[[], None] = lambda: None


# Gets the path of a changed file; returns None if the change is not for this handler.
ChangeHandler = Callable[[Path], Invalidation | None]


def subscribe_to_changes(extra: Any, handler: ChangeHandler) -> None:
    """Call a handler for each changed file. ``extra`` is ``config.extra`` of the build."""
    extra.setdefault(HANDLERS, []).append(handler)


# Gets the paths of changed files; returns diagnostics, which have the fields of `BuildMessage`.
Check = Callable[[Collection[Path]], Iterable[Any]]


def declare_check(extra: Any, check: Check) -> None:
    """Show the diagnostics of a check after each change, instead of those that the build logged.

    ``check`` returns all diagnostics of the site. With the paths of changed files, which were applied, it
    should check only what is quick, and otherwise repeat what it knows. Without paths, it checks the whole
    site. The build marks the log records of the check with ``extra={"is_from_check": True}``.
    """
    extra[CHECK] = check


def rerunnable(event: F) -> F:
    """Mark an ``on_env`` or ``on_nav`` that may run again after a build.

    A marked ``on_env`` updates what templates see. A marked ``on_nav`` runs after a post was added or
    removed, when Material's order of posts has been restored, and may link posts in another order.
    """
    setattr(event, _RERUNNABLE, True)
    return event


def is_rerunnable(event: object) -> bool:
    """Whether an event was marked with `rerunnable`."""
    return getattr(event, _RERUNNABLE, False) is True
