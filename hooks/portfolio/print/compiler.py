"""The compiler that typesets the CV and the cards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from portfolio.print.fonts import Typefaces


T = TypeVar("T")


class Share(Protocol):
    """Has a function make things of items, one of each, in this process or in others."""

    def __call__(self, make: Callable[[Sequence[T]], list[bytes]], items: Sequence[T], /) -> list[bytes]: ...


def alone(make: Callable[[Sequence[T]], list[bytes]], items: Sequence[T], /) -> list[bytes]:
    """In this process."""
    return make(items)


class TypesettingError(Exception):
    """The compiler refused what it was given; the message is one line."""


def typeset(template: Path, fonts: Typefaces, data: dict[str, Any], **output: Any) -> list[bytes]:
    """What a template makes of ``data`` (JSON values by name): one PDF, or a PNG for each page.

    ``output`` is the format and its options, as the compiler takes them. Raises TypesettingError, and
    ModuleNotFoundError where the compiler is not installed.
    """
    # Not at the top: see Typefaces.opened.
    import typst

    try:
        # Typed as bytes; it is a list where there are several pages.
        made: Any = typst.compile(
            str(template),
            font_paths=fonts.opened,
            ignore_system_fonts=True,
            sys_inputs={name: json.dumps(value) for name, value in data.items()},
            # Nothing of the bytes may come from the clock.
            timestamp=0,
            **output,
        )
    except typst.TypstError as error:
        raise TypesettingError(" ".join(str(error).split())) from None
    return made if isinstance(made, list) else [made]
