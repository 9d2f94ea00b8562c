"""The command of `make bench`: ``python -m tests.bench`` with ``hooks`` on the path."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import rounds, table
from tests.bench.contenders import ALL
from tests.support.options import parse_names, parse_number

# A profile slows builds down, and is of this site only.
_DEFAULT_STEPS = tuple(step for step in rounds.STEPS if step != "profile")


def _parse_numbers(text: str) -> tuple[int, ...]:
    return tuple(map(parse_number, text.split(",")))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="tests.bench", description="Compare this site with other generators."
    )
    parser.add_argument(
        "--posts",
        type=_parse_numbers,
        default=(40, 100, 300, 1000),
        help="numbers of posts, separated by commas",
    )
    parser.add_argument("--runs", type=parse_number, default=2, help="number of runs")
    parser.add_argument(
        "--edits", type=parse_number, default=2, help="edits of each kind under each server, in each run"
    )
    parser.add_argument("--limit", type=parse_number, default=600, help="timeout in seconds")
    parser.add_argument(
        "--only",
        type=parse_names([contender.name for contender in ALL]),
        help="contenders, separated by commas",
    )
    parser.add_argument(
        "--steps", type=parse_names(rounds.STEPS), default=_DEFAULT_STEPS, help="steps, separated by commas"
    )
    options = parser.parse_args(arguments)
    contenders = [contender for contender in ALL if options.only is None or contender.name in options.only]
    plan = rounds.Plan(options.posts, options.runs, options.steps, options.edits, options.limit)
    with TemporaryDirectory(prefix="bench-") as folder:
        measurements = rounds.run(plan, contenders, Path(folder), report=partial(print, file=sys.stderr))
    only = f" ONLY={','.join(options.only)}" if options.only else ""
    steps = f" STEPS={','.join(plan.steps)}" if plan.steps != _DEFAULT_STEPS else ""
    sizes = ",".join(map(str, plan.sizes))
    command = f"make bench N={sizes} RUNS={plan.runs} EDITS={plan.edits}{only}{steps}"
    print(table.format_report(plan, contenders, measurements, command))


if __name__ == "__main__":
    main(sys.argv[1:])
