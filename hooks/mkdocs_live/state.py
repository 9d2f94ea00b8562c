"""What this process is, and the build that it holds: the hook and those who serve meet here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from mkdocs_live.session import Session


@dataclass
class State:
    """There is one in each process.

    ``serves`` says whether this is ``mkdocs serve``. In a process that builds for another one, ``hold`` is
    called when it has built, with the folder of the site and what is to be watched.
    """

    serves: bool = False
    session: Session | None = None
    hold: Callable[[str, tuple[str, ...]], NoReturn] | None = None


state: State = State()
