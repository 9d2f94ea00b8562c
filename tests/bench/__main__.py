"""``python -m tests.bench``, with ``hooks`` on the path: see `make bench`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import rounds, table
from tests.bench.contenders import ALL


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="tests.bench", description="The same blog, built by this site and by others."
    )
    parser.add_argument("--posts", type=_number, default=100, help="how many posts the blog has")
    parser.add_argument("--runs", type=_number, default=3, help="how often everything is measured")
    parser.add_argument(
        "--edits", type=_number, default=5, help="turns of edits under each server, in each run"
    )
    parser.add_argument("--limit", type=_number, default=600, help="seconds to wait for anything")
    parser.add_argument(
        "--only", type=_names([one.name for one in ALL]), help="contenders, with commas between"
    )
    parser.add_argument("--steps", type=_names(rounds.STEPS), default=rounds.STEPS, help="steps, likewise")
    given = parser.parse_args(arguments)
    contenders = [one for one in ALL if given.only is None or one.name in given.only]
    plan = rounds.Plan(given.posts, given.runs, given.steps, given.edits, given.limit)
    with TemporaryDirectory(prefix="bench-") as folder:
        figures = rounds.run(plan, contenders, Path(folder), say=lambda line: print(line, file=sys.stderr))
    only = f" ONLY={','.join(given.only)}" if given.only else ""
    steps = f" STEPS={','.join(plan.steps)}" if plan.steps != rounds.STEPS else ""
    command = f"make bench N={plan.posts} RUNS={plan.runs} EDITS={plan.edits}{only}{steps}"
    print(table.write(plan, contenders, figures, command))


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _names(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Reads names with commas between them, and keeps the order in which they are known."""

    def read(text: str) -> tuple[str, ...]:
        given = {name.strip() for name in text.split(",")}
        if unknown := given - set(known):
            raise argparse.ArgumentTypeError(
                f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}"
            )
        return tuple(name for name in known if name in given)

    return read


if __name__ == "__main__":
    main(sys.argv[1:])
