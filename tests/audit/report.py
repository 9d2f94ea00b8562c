"""The figures of the audit, their budgets, and the report in Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.audit.content import MATH_POST, POST, RICH_POST

_KIB = 1024


@dataclass(frozen=True)
class Metric:
    """Something that is measured on pages.

    ``limit`` is the budget: the largest acceptable value, or the smallest if ``is_score``. ``limits`` replace
    it for some kinds of pages. A metric without a limit is only reported. Values are divided by ``unit`` and
    printed with ``digits`` decimal places.
    """

    name: str
    title: str
    limit: float | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    unit: float = 1
    digits: int = 0
    is_score: bool = False

    def limit_of(self, kind: str) -> float | None:
        return self.limits.get(kind, self.limit)

    def is_within(self, kind: str, value: float) -> bool:
        """Return whether a value, rounded as it is printed, is within the budget of a kind of page."""
        limit = self.limit_of(kind)
        if limit is None:
            return True
        rounded, rounded_limit = round(value / self.unit, self.digits), limit / self.unit
        return rounded >= rounded_limit if self.is_score else rounded <= rounded_limit

    def show(self, value: float) -> str:
        return f"{value / self.unit:.{self.digits}f}"


# Of a first visit, and of a second page, when the style sheet and the scripts are in the browser's cache.
_FIRST = {POST: 60 * _KIB, RICH_POST: 60 * _KIB, MATH_POST: 90 * _KIB}
_SECOND = {POST: 15 * _KIB, RICH_POST: 15 * _KIB, MATH_POST: 45 * _KIB}  # with the font for math

METRICS = (
    Metric("performance", "performance score", is_score=True),
    Metric("accessibility", "accessibility score", 100, is_score=True),
    Metric("best-practices", "best practices score", 100, is_score=True),
    Metric("seo", "SEO score", 100, is_score=True),
    Metric("lcp", "largest paint, s", 1500, unit=1000, digits=2),
    Metric("tbt", "blocking time, ms", 100),
    Metric("cls", "layout shift", 0, digits=3),
    Metric("first", "first visit, KiB", limits=_FIRST, unit=_KIB, digits=1),
    Metric("second", "second page, KiB", limits=_SECOND, unit=_KIB, digits=1),
    Metric("blocking", "HTML and blocking CSS, KiB", 30 * _KIB, unit=_KIB, digits=1),
    Metric("axe", "axe", 0),
    Metric("nu", "Nu", 0),
    Metric("policy", "policy", 0),
    Metric("shift", "shift in use", 0, digits=3),
    Metric("overflow", "overflow", 0),
    Metric("keyboard", "keyboard", 0),
    Metric("queries", "queries without the right page first", 0),
    Metric("query-bytes", "first query, KB", 130_000, unit=1000, digits=1),
    Metric("query-time", "results of a query, ms", 150),
)
_METRICS = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True)
class Figure:
    """What was measured on a page: a value for each run, and what explains them, such as violations.

    Without a value the check failed, and ``findings`` say why.
    """

    site: str
    kind: str
    metric: str
    values: tuple[float, ...]
    findings: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def is_within(self) -> bool:
        return self.value is not None and _METRICS[self.metric].is_within(self.kind, self.value)

    def show(self) -> str:
        """Return the value for people, in bold if it is over the budget."""
        text = "failed" if self.value is None else _METRICS[self.metric].show(self.value)
        return text if self.is_within else f"**{text}**"


@dataclass
class Report:
    """All figures, and how they were measured.

    ``seconds`` is the duration of each step; ``missing`` are the kinds of pages that no site has.
    """

    setting: str
    command: str
    figures: list[Figure] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def is_within(self) -> bool:
        return not self.missing and all(figure.is_within for figure in self.figures)

    def to_markdown(self) -> str:
        """Return a table for each site, the budgets, and what explains each figure over its budget."""
        over = [figure for figure in self.figures if not figure.is_within]
        summary = f"{len(self.figures)} figures: {len(over) or 'none'} over the budget."
        parts = [
            "# Audit",
            summary,
            *(f"**No site has a page of this kind: {kind}.**" for kind in self.missing),
            f"`{self.command}` on {self.setting}. Figures are medians. "
            "Times depend on the machine and its load.",
            *(part for site in _unique(figure.site for figure in self.figures) for part in self._site(site)),
            "## Budgets",
            _format_table(("metric", "budget"), _budgets({figure.metric for figure in self.figures})),
        ]
        if over:
            parts += ["## Over the budget", *(_explain(figure) for figure in over)]
        steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items())
        return "\n\n".join([*parts, f"Time: {steps}."]) + "\n"

    def _site(self, site: str) -> Iterator[str]:
        yield f"## {site}"
        figures = {(figure.kind, figure.metric): figure for figure in self.figures if figure.site == site}
        metrics = [metric for metric in METRICS if any(name == metric.name for _, name in figures)]
        rows = []
        for kind in _unique(kind for kind, _ in figures):
            row = [figures.get((kind, metric.name)) for metric in metrics]
            measured = [figure for figure in row if figure]
            verdict = "within" if all(figure.is_within for figure in measured) else "**over**"
            rows.append((kind, verdict, *(figure.show() if figure else "" for figure in row)))
        yield _format_table(("page", "budget", *(metric.title for metric in metrics)), rows)

    def to_json(self) -> str:
        """Return all figures with their budgets. The unit of bytes is 1, of times a millisecond."""
        figures = [
            {
                "site": figure.site,
                "page": figure.kind,
                "metric": figure.metric,
                "median": figure.value,
                "runs": figure.values,
                "budget": _METRICS[figure.metric].limit_of(figure.kind),
                "within": figure.is_within,
                "findings": figure.findings,
            }
            for figure in self.figures
        ]
        report = {
            "command": self.command,
            "setting": self.setting,
            "within": self.is_within,
            "missing": self.missing,
        }
        return json.dumps(
            {**report, "seconds": self.seconds, "figures": figures}, indent=1, ensure_ascii=False
        )


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _budgets(measured: set[str]) -> Iterator[tuple[str, ...]]:
    for metric in METRICS:
        if metric.name in measured:
            sign = "≥" if metric.is_score else "≤"
            limits = {} if metric.limit is None else {metric.limit: ""}
            for limit in dict.fromkeys(metric.limits.values()):
                kinds = [kind for kind, value in metric.limits.items() if value == limit]
                limits[limit] = f" ({', '.join(kinds)})"
            texts = [f"{sign} {metric.show(limit)}{kinds}" for limit, kinds in limits.items()]
            yield metric.title, "; ".join(texts) or "none"


def _explain(figure: Figure) -> str:
    metric = _METRICS[figure.metric]
    limit = metric.limit_of(figure.kind)
    budget = "" if limit is None else f" (budget {metric.show(limit)})"
    findings = "".join(f"\n    - {' '.join(finding.split())}" for finding in figure.findings)
    return f"- {figure.site}, {figure.kind}: {metric.title} {figure.show()}{budget}{findings}"


def _format_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ("---", "---", *("---:" for _ in head[2:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
