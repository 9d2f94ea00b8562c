"""The command of `make bench`: ``python -m tests.bench`` with ``hooks`` on the path."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import rounds, table
from tests.bench.contenders import ALL


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="tests.bench", description="Compare this site with other generators."
    )
    parser.add_argument("--posts", type=_number, default=100, help="number of posts")
    parser.add_argument("--runs", type=_number, default=3, help="number of runs")
    parser.add_argument(
        "--edits", type=_number, default=5, help="edits of each kind under each server, in each run"
    )
    parser.add_argument("--limit", type=_number, default=600, help="timeout in seconds")
    parser.add_argument(
        "--only", type=_names([contender.name for contender in ALL]), help="contenders, separated by commas"
    )
    parser.add_argument(
        "--steps", type=_names(rounds.STEPS), default=rounds.STEPS, help="steps, separated by commas"
    )
    options = parser.parse_args(arguments)
    contenders = [contender for contender in ALL if options.only is None or contender.name in options.only]
    plan = rounds.Plan(options.posts, options.runs, options.steps, options.edits, options.limit)
    with TemporaryDirectory(prefix="bench-") as folder:
        measurements = rounds.run(plan, contenders, Path(folder), report=partial(print, file=sys.stderr))
    only = f" ONLY={','.join(options.only)}" if options.only else ""
    steps = f" STEPS={','.join(plan.steps)}" if plan.steps != rounds.STEPS else ""
    command = f"make bench N={plan.posts} RUNS={plan.runs} EDITS={plan.edits}{only}{steps}"
    print(table.format_report(plan, contenders, measurements, command))


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser of names that are separated by commas. It returns them in the order of ``known``."""

    def read(text: str) -> tuple[str, ...]:
        names = {name.strip() for name in text.split(",")}
        if unknown := names - set(known):
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(sorted(unknown))} (known: {', '.join(known)})"
            )
        return tuple(name for name in known if name in names)

    return read


if __name__ == "__main__":
    main(sys.argv[1:])
