"""What those who hold a build answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from mkdocs_live.problems import Problem


@dataclass
class Outcome:
    """What became of changes.

    ``is_shown`` says whether all of them are to be seen now; ``pages``, whether pages may look different;
    ``files`` are the paths, below the site's own, of other files that changed. ``problems`` are of these
    changes, by what they are about: the source of a page as problems name it.
    """

    is_shown: bool = True
    pages: bool = False
    files: list[str] = field(default_factory=list)
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)


@dataclass
class Fetched:
    """A file as it would be in the site; ``content`` is None where nobody here knows of it or it failed."""

    content: bytes | None = None
    is_page: bool = False
    problems: tuple[Problem, ...] = ()
