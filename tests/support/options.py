"""Options of commands."""

import argparse
from collections.abc import Callable, Sequence


def parse_names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser of names that are separated by commas. It returns them in the order of ``known``."""

    def read(text: str) -> tuple[str, ...]:
        names = {name.strip() for name in text.split(",")}
        if unknown := names - set(known):
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(known)})"
            )
        return tuple(name for name in known if name in names)

    return read


def parse_number(text: str) -> int:
    """Return a number, which must be at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
