"""The table that a person reads, whole."""

from textwrap import dedent

from tests.bench import table
from tests.bench.contenders import ALL
from tests.bench.processes import Cost
from tests.bench.rounds import Figures, Plan

_OURS, _STOCK, _HUGO = ALL[:3]


def test_medians_ranges_ratios_and_what_was_not_done() -> None:
    figures = Figures(versions={"ours": "1", "hugo": "2"})
    figures.builds["cold", "ours"] = [
        Cost(4, 6, 300_000_000),
        Cost(2, 5, 400_000_000),
        Cost(3, 7, 200_000_000),
    ]
    figures.builds["cold", "hugo"] = [Cost(6, 8.5, 90_400_000), Cost(6, 9.5, 80_000_000)]
    figures.failures["cold", "stock"] = "could not be installed: no | such\npackage"
    figures.failures["visible", "stock"] = "the server ended"
    figures.edits["body of a post", "ours"] = [Cost(n / 10, n, n * 1_000_000) for n in (1, 2, 3)]
    figures.edits["body of a post", "hugo"] = [Cost(0.4, 0.5, 6_000_000)]
    figures.failures["body of a post", "hugo"] = "not seen within 5 s"
    figures.failures["picture", "ours"] = "not seen within 5 s"
    plan = Plan(posts=10, runs=3, steps=("cold", "visible"))
    shown = table.write(plan, [_OURS, _STOCK, _HUGO], figures, "make bench N=10")
    head, _, rest = shown.partition("\n\n")
    assert head == f"10 posts, 3 runs in turn, on {table.machine()}."
    assert rest == dedent(
        f"""\
        `make bench N=10`

        | step | site | median s | range s | CPU s | peak MB | ours is |
        | --- | --- | ---: | ---: | ---: | ---: | ---: |
        | cold build | This site | 3.00 | 2.00–4.00 | 6.00 | 400 | 1.00 × |
        | cold build | Material | not done: could not be installed: no / such package |  |  |  |  |
        | cold build | Hugo | 6.00 | 6.00–6.00 | 9.00 | 90 | 0.50 × |

        | edit, until it is seen | site | median ms | 95 % ms | range ms | edits | CPU s | MB | ours is |
        | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        | body of a post | This site | 200 | 290 | 100–300 | 3 | 2.00 | 3 | 1.00 × |
        | body of a post | Hugo | 400 | 400 | 400–400 | 1, and not seen within 5 s | 0.50 | 6 | 0.50 × |
        | picture | This site | not done: not seen within 5 s |  |  |  |  |  |  |
        | edit to visible | Material | not done: the server ended |  |  |  |  |  |  |

        - This site (1): {_OURS.note}.
        - Material: {_STOCK.note}.
        - Hugo (2): {_HUGO.note}.
        """
    )
