"""The state of a process that serves the site or builds it for the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

# Under `mkdocs build` the hook needs only the state, and neither the server nor a session.
if TYPE_CHECKING:
    from mkdocs.structure.nav import Navigation

    from mkdocs_live.build_messages import CapturedOutput
    from mkdocs_live.session import Session


@dataclass
class ProcessState:
    """State that the hook shares with the modules of this package; there is one object in each process.

    ``serves`` is true under ``mkdocs serve``. In a worker, the hook calls ``on_built`` after the build, with
    the folder of the site and the paths to watch. ``captured`` has the output of its build. The rest are the
    parts of a `Session`.
    """

    serves: bool = False
    on_built: Callable[[str, tuple[str, ...]], NoReturn] | None = None
    captured: CapturedOutput | None = None
    nav: Navigation | None = None
    post_meta_keys: dict[str, frozenset[str]] = field(default_factory=dict)
    session: Session | None = None


state = ProcessState()
