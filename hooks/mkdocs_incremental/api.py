"""The public API: hooks and Markdown extensions declare what may be cached and what a build depends on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from mkdocs.utils import write_file

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
_CACHEABLE = "__cacheable__"
_SKIPPABLE = "__skippable__"
_TRACKED = "__tracks_attributes__"
# Keys of ``config.extra``: for `declare_query`, `declare_expiry` and `declare_inputs`.
_QUERIES, _EXPIRY, _INPUTS = "incremental_queries", "incremental_expires", "incremental_inputs"
# For `declare_program` and `declare_output`.
_PROGRAMS, _OUTPUT = "incremental_programs", "incremental_output"
# The current build, which stores the results of `remember`, and writes the files of `write_output`.
BUILD = "incremental_build"


def cacheable(event: F) -> F:
    """Mark an event handler without side effects, whose result for a page may be cached.

    The result may depend only on the page, the navigation, the configuration and ``config.extra``.
    """
    setattr(event, _CACHEABLE, True)
    return event


def is_cacheable(event: object) -> bool:
    return getattr(event, _CACHEABLE, False) is True


def skippable(event: F) -> F:
    """Mark an ``on_pre_build`` or ``on_post_build`` that only logs or writes below the site's folder.

    Without the mark, its plugin or hook prevents MkDocs from skipping a build in which nothing has changed.
    """
    setattr(event, _SKIPPABLE, True)
    return event


def is_skippable(event: object) -> bool:
    return getattr(event, _SKIPPABLE, False) is True


def track_attributes(kind: type[T]) -> type[T]:
    """Mark a class whose objects in ``config.extra`` are tracked by attribute: a page reads a few of them."""
    setattr(kind, _TRACKED, True)
    return kind


def tracks_attributes(value: object) -> bool:
    return getattr(type(value), _TRACKED, False) is True


def declare_inputs(extra: Any, *paths: str | os.PathLike[str]) -> None:
    """Declare files or folders that a library reads outside Python, such as the templates of a compiler.

    What Python opens, and all files in ``docs_dir``, the theme and the folders of hooks, is tracked anyway.
    """
    extra.setdefault(_INPUTS, set()).update(map(os.path.abspath, paths))


def declared_inputs(extra: Any) -> set[str]:
    """Return the absolute paths that hooks declared in this build."""
    inputs: set[str] = extra.get(_INPUTS, set())
    return inputs


def declare_program(extra: Any, name: str) -> None:
    """Declare a program by its file name, whose results depend only on what a hook passes to it.

    A build that started another one is never skipped.
    """
    extra.setdefault(_PROGRAMS, set()).add(name)


def declared_programs(extra: Any) -> set[str]:
    """Return the names of programs that hooks declared in this build."""
    programs: set[str] = extra.get(_PROGRAMS, set())
    return programs


def declare_output(extra: Any, folder: str) -> None:
    """Declare a folder, relative to the site, that an ``on_post_build`` fills with `write_output`.

    Files of the previous build stay in it if their content is the same. Before ``on_env`` ends.
    """
    extra.setdefault(_OUTPUT, []).append(folder)


def declared_output(extra: Any) -> list[str]:
    """Return the folders that hooks declared in this build."""
    folders: list[str] = extra.get(_OUTPUT, [])
    return folders


def write_output(extra: Any, path: str, content: bytes) -> None:
    """Write a file of a declared folder, by its absolute path, unless it has that content already."""
    build = extra.get(BUILD)
    if build is None:
        write_file(content, path)
    else:
        build.write_output(path, content)


def declare_expiry(extra: Any, datetimes: Iterable[datetime]) -> None:
    """Declare when the site would change without an edit, such as the date of a post in the future."""
    extra.setdefault(_EXPIRY, []).extend(datetimes)


def expiry(extra: Any) -> float:
    """Return when the site expires, in seconds since the epoch; a time in the far future if it does not."""
    return min((time.timestamp() for time in extra.get(_EXPIRY, ())), default=float(sys.maxsize))


def declare_query(extra: Any, name: str, function: Callable[..., Any]) -> None:
    """Set the function that `query` calls under a name. Its arguments are strings."""
    extra.setdefault(_QUERIES, {})[name] = function


def declared_queries(extra: Any) -> dict[str, Callable[..., Any]]:
    """Return the functions of `declare_query` by name."""
    queries: dict[str, Callable[..., Any]] = extra.get(_QUERIES, {})
    return queries


@dataclass
class Dependencies:
    """The queries of a conversion with their answers, and whether it added to `ReportedItems`."""

    queries: list[tuple[str, tuple[Any, ...], object]] = field(default_factory=list)
    has_reports: bool = False


_dependencies: ContextVar[Dependencies | None] = ContextVar("dependencies", default=None)


@contextmanager
def track_dependencies() -> Iterator[Dependencies]:
    """Record the queries and reports in this block."""
    dependencies = Dependencies()
    token = _dependencies.set(dependencies)
    try:
        yield dependencies
    finally:
        _dependencies.reset(token)


def query(extra: dict[str, Any], name: str, *arguments: str) -> Any:
    """Call a function of `declare_query`, and record a dependency on its answer.

    A cached conversion is used only while the same query has the same answer.
    """
    answer = declared_queries(extra)[name](*arguments)
    dependencies = _dependencies.get()
    if dependencies is not None:
        dependencies.queries.append((name, arguments, answer))
    return answer


def remember(extra: Any, compute: Callable[[], Any], *inputs: object) -> Any:
    """Return the result of ``compute`` (JSON), cached from one build to the next.

    It must depend on nothing but the code and ``inputs``, of which the first names the computation. They can
    be any values with a fingerprint (see `fingerprint`) that do not change during the build.
    """
    build = extra.get(BUILD)
    return compute() if build is None else build.remember(compute, *inputs)


def compile_templates(extra: Any, env: Any) -> None:
    """Start to compile templates in another process. Call it when ``env`` has all filters and tests."""
    build = extra.get(BUILD)
    if build is not None:
        build.compile_templates(env)


class ReportedItems(list[T]):
    """A list in which a conversion leaves diagnostics. A page that adds to it is converted in each build.

    Only ``append`` and ``extend`` are noticed.
    """

    def append(self, item: T) -> None:
        dependencies = _dependencies.get()
        if dependencies is not None:
            dependencies.has_reports = True
        super().append(item)

    def extend(self, items: Iterable[T]) -> None:
        for item in items:
            self.append(item)
