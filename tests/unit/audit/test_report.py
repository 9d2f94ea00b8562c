"""The budgets and the whole report."""

import json
from textwrap import dedent

import pytest

from tests.audit.content import MATH_POST, POST
from tests.audit.report import Figure, Report


@pytest.mark.parametrize(
    ("kind", "metric", "values", "is_within"),
    [
        (POST, "first", (60 * 1024,), True),
        (POST, "first", (60.1 * 1024,), False),
        (MATH_POST, "first", (60.1 * 1024,), True),
        ("timeline", "first", (1e9,), True),  # it has no budget
        ("timeline", "blocking", (31 * 1024,), False),
        ("home", "lcp", (9000, 1500, 1400), True),  # the median counts
        ("home", "lcp", (9000, 1506, 1400), False),
        ("home", "cls", (0.0004,), True),  # 0.000 in the table
        ("home", "cls", (0.0006,), False),
        ("home", "seo", (100,), True),
        ("home", "seo", (99,), False),
        ("home", "performance", (12,), True),
        ("home", "axe", (), False),
    ],
)
def test_median_is_compared_with_the_budget_of_the_kind(
    kind: str, metric: str, values: tuple[float, ...], is_within: bool
) -> None:
    assert Figure("site", kind, metric, values).is_within == is_within


def test_report_has_a_table_for_each_site_and_explains_what_is_over_the_budget() -> None:
    report = Report(
        "a machine",
        "make audit",
        [
            Figure("owner", "home", "lcp", (1200, 1000, 1100)),
            Figure("owner", "home", "first", (20480,)),
            Figure("owner", POST, "first", (70 * 1024,), ("50.0 KiB\n/a.js",)),
            Figure("german", "home", "axe", (), ("timeout",)),
        ],
        {"axe": 2.4},
        ["search"],
    )
    assert not report.is_within
    assert report.to_markdown() == dedent(
        """\
        # Audit

        4 figures: 2 over the budget.

        **No site has a page of this kind: search.**

        `make audit` on a machine. Figures are medians. Times depend on the machine and its load.

        ## owner

        | page | budget | largest paint, s | first visit, KiB |
        | --- | --- | ---: | ---: |
        | home | within | 1.10 | 20.0 |
        | post | **over** |  | **70.0** |

        ## german

        | page | budget | axe |
        | --- | --- | ---: |
        | home | **over** | **failed** |

        ## Budgets

        | metric | budget |
        | --- | --- |
        | largest paint, s | ≤ 1.50 |
        | first visit, KiB | ≤ 60.0 (post, post with code and notes); ≤ 90.0 (post with math) |
        | axe | ≤ 0 |

        ## Over the budget

        - owner, post: first visit, KiB **70.0** (budget 60.0)
            - 50.0 KiB /a.js

        - german, home: axe **failed** (budget 0)
            - timeout

        Time: axe 2 s.
        """
    )
    data = json.loads(report.to_json())
    assert data["within"] is False
    assert data["figures"][0] == {
        "site": "owner",
        "page": "home",
        "metric": "lcp",
        "median": 1100,
        "runs": [1200, 1000, 1100],
        "budget": 1500,
        "within": True,
        "findings": [],
    }
