"""The whole report."""

from textwrap import dedent

from tests.bench import table
from tests.bench.contenders import ALL
from tests.bench.processes import Cost
from tests.bench.rounds import Key, Measurements, Plan

_OURS, _STOCK, _HUGO = ALL[:3]


def test_report_has_medians_ranges_ratios_profiles_and_failures() -> None:
    measurements = Measurements(versions={"ours": "1", "hugo": "2"})
    measurements.costs |= {
        Key("cold", 10, "ours"): [Cost(4, 6, 300_000_000), Cost(2, 5, 400_000_000), Cost(3, 7, 200_000_000)],
        Key("cold", 10, "hugo"): [Cost(6, 8.5, 90_400_000), Cost(6, 9.5, 80_000_000)],
        Key("cold", 90, "hugo"): [Cost(0.5, 0.5, 90_400_000)],
        Key("body of a post", 10, "ours"): [Cost(n / 10, n, n * 1_000_000, n * 2) for n in (1, 2, 3)],
        Key("body of a post", 10, "hugo"): [Cost(0.4, 0.5, 6_000_000, 0.5)],
    }
    measurements.profiles[Key("edit", 10, "ours")] = [{"feeds": 0.5, "Markdown": 2.5}, {"Markdown": 1}]
    measurements.profiles[Key("cold", 10, "ours")] = [{"feeds": 3, "Markdown": 9}]
    measurements.failures[Key("cold", 10, "stock")] = "could not be installed: no such\npackage"
    measurements.failures[Key("picture", 10, "ours")] = "not visible within 5 s"
    plan = Plan(sizes=(10, 90), runs=3, steps=("cold", "visible"))
    report = table.format_report(plan, [_OURS, _STOCK, _HUGO], measurements, "make bench N=10,90")
    head, _, rest = report.partition("\n\n")
    assert head == f"10 or 90 posts, 3 runs each, on {table.describe_machine()}."
    assert rest == dedent(
        f"""\
        `make bench N=10,90`

        | seconds | posts | This site | Material | Hugo |
        | --- | ---: | ---: | ---: | ---: |
        | cold build | 10 | 3.00 | – | 6.00 (0.50) |
        | cold build | 90 | – | – | 0.500 |
        | visible: body of a post | 10 | 0.200 | – | 0.400 (0.50) |
        | CPU until idle: body of a post | 10 | 4.00 | – | 0.500 (8.00) |

        | step | posts | site | median s | range s | runs | CPU s | CPU s until idle | peak MB | ours is |
        | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
        | cold build | 10 | This site | 3.00 | 2.00–4.00 | 3 | 6.00 |  | 400 | 1.00 × |
        | cold build | 10 | Hugo | 6.00 | 6.00–6.00 | 2 | 9.00 |  | 90 | 0.50 × |
        | cold build | 90 | Hugo | 0.500 | 0.500–0.500 | 1 | 0.50 |  | 90 |  |
        | visible: body of a post | 10 | This site | 0.200 | 0.100–0.300 | 3 | 2.00 | 4.00 | 3 | 1.00 × |
        | visible: body of a post | 10 | Hugo | 0.400 | 0.400–0.400 | 1 | 0.50 | 0.50 | 6 | 0.50 × |

        | CPU seconds | cold build, 10 posts | build, one post edited, 10 posts |
        | --- | ---: | ---: |
        | Markdown | 9.00 (75%) | 1.75 (88%) |
        | feeds | 3.00 (25%) | 0.25 (12%) |
        | all | 12.00 | 2.00 |

        - Failed: Material, cold build, 10 posts: could not be installed: no such package
        - Failed: This site, picture, 10 posts: not visible within 5 s

        - This site (1): {_OURS.note}.
        - Material: {_STOCK.note}.
        - Hugo (2): {_HUGO.note}.
        """
    )
