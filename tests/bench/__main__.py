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


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="tests.bench", description="Compare this site with other generators."
    )
    parser.add_argument("--posts", type=parse_number, default=100, help="number of posts")
    parser.add_argument("--runs", type=parse_number, default=3, help="number of runs")
    parser.add_argument(
        "--edits", type=parse_number, default=5, help="edits of each kind under each server, in each run"
    )
    parser.add_argument("--limit", type=parse_number, default=600, help="timeout in seconds")
    parser.add_argument(
        "--only",
        type=parse_names([contender.name for contender in ALL]),
        help="contenders, separated by commas",
    )
    parser.add_argument(
        "--steps", type=parse_names(rounds.STEPS), default=rounds.STEPS, help="steps, separated by commas"
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


if __name__ == "__main__":
    main(sys.argv[1:])
