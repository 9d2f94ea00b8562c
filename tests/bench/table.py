"""Formats the measurements as Markdown."""

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

import psutil

from tests.bench.contenders import Contender
from tests.bench.processes import Cost
from tests.bench.rounds import Measurements, Plan, count_cores

_STEPS = {
    "cold": "cold build",
    "warm": "build, nothing changed",
    "edit": "build, one post edited",
    "visible": "edit to visible",
}
_BUILDS = ("step", "site", "median s", "range s", "CPU s", "peak MB", "ours is")
_EDITS = (
    *("edit, until it is visible", "site", "median ms", "95 % ms", "range ms", "edits"),
    *("CPU s", "MB", "ours is"),
)
_OURS = "ours"


def format_report(
    plan: Plan, contenders: Sequence[Contender], measurements: Measurements, command: str
) -> str:
    """Return a table of builds and one of edits, with the machine, the versions and the command."""
    runs = "1 run" if plan.runs == 1 else f"{plan.runs} runs"
    parts = [f"{plan.posts} posts, {runs} each, on {describe_machine()}.", f"`{command}`"]
    builds = [step for step in plan.steps if step in _STEPS and step != "visible"]
    if builds:
        rows = [row for step in builds for row in _builds(step, contenders, measurements)]
        parts.append(_format_table(_BUILDS, rows))
    if "visible" in plan.steps:
        parts.append(_format_table(_EDITS, list(_edits(contenders, measurements))))
    parts.append("\n".join(_sites(contenders, measurements)))
    return "\n\n".join(parts) + "\n"


def describe_machine() -> str:
    """Return the processor, its usable cores, memory, system and Python version."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {count_cores()} cores, {memory:.0f} GiB, {system}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _builds(
    step: str, contenders: Sequence[Contender], measurements: Measurements
) -> Iterator[tuple[str, ...]]:
    ours = measurements.builds.get((step, _OURS), [])
    for contender in contenders:
        costs = measurements.builds.get((step, contender.name), [])
        if not costs:
            yield _failure_row(_STEPS[step], contender, measurements.failures.get((step, contender.name), ""))
            continue
        seconds = [cost.seconds for cost in costs]
        yield (
            *(_STEPS[step], contender.title, f"{median(seconds):.2f}", _range(seconds, 2)),
            *(*_resources(costs), _ratio(ours, costs)),
        )


def _edits(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[tuple[str, ...]]:
    measured = [*measurements.edits, *(key for key in measurements.failures if key[0] not in _STEPS)]
    for kind in dict.fromkeys(kind for kind, _ in measured):
        ours = measurements.edits.get((kind, _OURS), [])
        for contender in contenders:
            key = kind, contender.name
            costs, failure = measurements.edits.get(key, []), measurements.failures.get(key, "")
            if costs:
                times = [cost.seconds * 1000 for cost in costs]
                number = f"{len(times)}{', and ' + failure if failure else ''}"
                yield (
                    *(kind, contender.title, f"{median(times):.0f}", f"{_percentile_95(times):.0f}"),
                    *(_range(times, 0), number, *_resources(costs), _ratio(ours, costs)),
                )
            elif failure:
                yield _failure_row(kind, contender, failure)
    for contender in contenders:
        if failure := measurements.failures.get(("visible", contender.name), ""):
            yield _failure_row(_STEPS["visible"], contender, failure)


def _resources(costs: Sequence[Cost]) -> tuple[str, str]:
    """Return CPU seconds and peak megabytes."""
    return (
        f"{median(cost.cpu_seconds for cost in costs):.2f}",
        f"{max(cost.peak_bytes for cost in costs) / 1e6:.0f}",
    )


def _failure_row(step: str, contender: Contender, reason: str) -> tuple[str, ...]:
    """Return the first cells of a row."""
    text = " ".join(reason.replace("|", "/").split())
    return step, contender.title, f"failed: {text}" if text else "not measured"


def _percentile_95(times: list[float]) -> float:
    """Return the 95th percentile. Of few times it is between the last two."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _range(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _ratio(ours: Sequence[Cost], theirs: Sequence[Cost]) -> str:
    """Return our median time as a multiple of theirs."""
    if not ours:
        return ""
    return f"{median(cost.seconds for cost in ours) / median(cost.seconds for cost in theirs):.2f} ×"


def _format_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    rule = ("---", "---", *("---:" for _ in head[2:]))
    full = [row + ("",) * (len(head) - len(row)) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *full))


def _sites(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[str]:
    for contender in contenders:
        version = measurements.versions.get(contender.name)
        yield f"- {contender.title}{f' ({version})' if version else ''}: {contender.note}."
