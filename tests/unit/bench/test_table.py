"""The whole report."""

from textwrap import dedent

from tests.bench import table
from tests.bench.contenders import ALL
from tests.bench.processes import Cost
from tests.bench.rounds import Measurements, Plan

_OURS, _STOCK, _HUGO = ALL[:3]


def test_report_has_medians_ranges_ratios_and_failures() -> None:
    measurements = Measurements(versions={"ours": "1", "hugo": "2"})
    measurements.builds["cold", "ours"] = [
        Cost(4, 6, 300_000_000),
        Cost(2, 5, 400_000_000),
        Cost(3, 7, 200_000_000),
    ]
    measurements.builds["cold", "hugo"] = [Cost(6, 8.5, 90_400_000), Cost(6, 9.5, 80_000_000)]
    measurements.failures["cold", "stock"] = "could not be installed: no | such\npackage"
    measurements.failures["visible", "stock"] = "the server ended"
    measurements.edits["body of a post", "ours"] = [Cost(n / 10, n, n * 1_000_000) for n in (1, 2, 3)]
    measurements.edits["body of a post", "hugo"] = [Cost(0.4, 0.5, 6_000_000)]
    measurements.failures["body of a post", "hugo"] = "not visible within 5 s"
    measurements.failures["picture", "ours"] = "not visible within 5 s"
    plan = Plan(posts=10, runs=3, steps=("cold", "visible"))
    report = table.format_report(plan, [_OURS, _STOCK, _HUGO], measurements, "make bench N=10")
    head, _, rest = report.partition("\n\n")
    assert head == f"10 posts, 3 runs each, on {table.describe_machine()}."
    assert rest == dedent(
        f"""\
        `make bench N=10`

        | step | site | median s | range s | CPU s | peak MB | ours is |
        | --- | --- | ---: | ---: | ---: | ---: | ---: |
        | cold build | This site | 3.00 | 2.00–4.00 | 6.00 | 400 | 1.00 × |
        | cold build | Material | failed: could not be installed: no / such package |  |  |  |  |
        | cold build | Hugo | 6.00 | 6.00–6.00 | 9.00 | 90 | 0.50 × |

        | edit, until it is visible | site | median ms | 95 % ms | range ms | edits | CPU s | MB | ours is |
        | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        | body of a post | This site | 200 | 290 | 100–300 | 3 | 2.00 | 3 | 1.00 × |
        | body of a post | Hugo | 400 | 400 | 400–400 | 1, and not visible within 5 s | 0.50 | 6 | 0.50 × |
        | picture | This site | failed: not visible within 5 s |  |  |  |  |  |  |
        | edit to visible | Material | failed: the server ended |  |  |  |  |  |  |

        - This site (1): {_OURS.note}.
        - Material: {_STOCK.note}.
        - Hugo (2): {_HUGO.note}.
        """
    )
