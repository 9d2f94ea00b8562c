"""The figures as Markdown."""

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles

import psutil

from tests.bench.contenders import Contender
from tests.bench.processes import Cost
from tests.bench.rounds import Figures, Plan, cores

_STEPS = {
    "cold": "cold build",
    "warm": "build, nothing changed",
    "edit": "build, one post edited",
    "visible": "edit to visible",
}
_BUILDS = ("step", "site", "median s", "range s", "CPU s", "peak MB", "ours is")
_EDITS = (
    *("edit, until it is seen", "site", "median ms", "95 % ms", "range ms", "edits"),
    *("CPU s", "MB", "ours is"),
)
_OURS = "ours"


def write(plan: Plan, contenders: Sequence[Contender], figures: Figures, command: str) -> str:
    """A table of builds and one of edits, with the machine, the versions and the command."""
    parts = [f"{plan.posts} posts, {_times(plan.runs)} in turn, on {machine()}.", f"`{command}`"]
    builds = [step for step in plan.steps if step in _STEPS and step != "visible"]
    if builds:
        rows = [row for step in builds for row in _builds(step, contenders, figures)]
        parts.append(_table(_BUILDS, rows))
    if "visible" in plan.steps:
        parts.append(_table(_EDITS, list(_edits(contenders, figures))))
    parts.append("\n".join(_sites(contenders, figures)))
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """The processor, its cores that may be used, the memory, the system and Python."""
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{_processor()}, {cores()} cores, {memory:.0f} GiB, {system}, Python {platform.python_version()}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "a processor without a name"


def _builds(step: str, contenders: Sequence[Contender], figures: Figures) -> Iterator[tuple[str, ...]]:
    ours = figures.builds.get((step, _OURS), [])
    for contender in contenders:
        costs = figures.builds.get((step, contender.name), [])
        if not costs:
            yield _undone(_STEPS[step], contender, figures.failures.get((step, contender.name), ""))
            continue
        seconds = [cost.seconds for cost in costs]
        yield (
            *(_STEPS[step], contender.title, f"{median(seconds):.2f}", _range(seconds, 2)),
            *(*_resources(costs), _ratio(ours, costs)),
        )


def _edits(contenders: Sequence[Contender], figures: Figures) -> Iterator[tuple[str, ...]]:
    measured = [*figures.edits, *(key for key in figures.failures if key[0] not in _STEPS)]
    for kind in dict.fromkeys(kind for kind, _ in measured):
        ours = figures.edits.get((kind, _OURS), [])
        for contender in contenders:
            key = kind, contender.name
            costs, failure = figures.edits.get(key, []), figures.failures.get(key, "")
            if costs:
                times = [cost.seconds * 1000 for cost in costs]
                number = f"{len(times)}{', and ' + failure if failure else ''}"
                yield (
                    *(kind, contender.title, f"{median(times):.0f}", f"{_late(times):.0f}"),
                    *(_range(times, 0), number, *_resources(costs), _ratio(ours, costs)),
                )
            elif failure:
                yield _undone(kind, contender, failure)
    for contender in contenders:
        if failure := figures.failures.get(("visible", contender.name), ""):
            yield _undone(_STEPS["visible"], contender, failure)


def _resources(costs: Sequence[Cost]) -> tuple[str, str]:
    """Seconds of processors, megabytes at most."""
    return (
        f"{median(cost.cpu_seconds for cost in costs):.2f}",
        f"{max(cost.peak_bytes for cost in costs) / 1e6:.0f}",
    )


def _undone(step: str, contender: Contender, reason: str) -> tuple[str, ...]:
    """The beginning of a row."""
    told = " ".join(reason.replace("|", "/").split())
    return step, contender.title, f"not done: {told}" if told else "not done"


def _late(times: list[float]) -> float:
    """The 95th percentile; of few times it is between the last two."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _range(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _ratio(ours: Sequence[Cost], theirs: Sequence[Cost]) -> str:
    """How long ours takes, as a multiple of theirs."""
    if not ours:
        return ""
    return f"{median(cost.seconds for cost in ours) / median(cost.seconds for cost in theirs):.2f} ×"


def _times(number: int) -> str:
    return "one run" if number == 1 else f"{number} runs"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    rule = ("---", "---", *("---:" for _ in head[2:]))
    full = [row + ("",) * (len(head) - len(row)) for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *full))


def _sites(contenders: Sequence[Contender], figures: Figures) -> Iterator[str]:
    for contender in contenders:
        version = figures.versions.get(contender.name)
        yield f"- {contender.title}{f' ({version})' if version else ''}: {contender.note}."
