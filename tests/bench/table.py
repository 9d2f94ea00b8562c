"""The figures as Markdown."""

import platform
from collections.abc import Callable, Iterator, Sequence
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
_OURS = "ours"


def write(plan: Plan, contenders: Sequence[Contender], figures: Figures, command: str) -> str:
    """A table of builds and one of edits, with the machine, the versions and the command."""
    parts = [f"{plan.posts} posts, {_times(plan.runs)} in turn, on {machine()}.", f"`{command}`"]
    builds = [step for step in plan.steps if step in _STEPS and step != "visible"]
    if builds:
        head = ("step", "site", "median s", "range s", "CPU s", "peak MB", "ours is")
        rows = [row for step in builds for row in _builds(step, contenders, figures)]
        parts.append(_table(head, rows))
    if "visible" in plan.steps:
        head = ("edit, until it is seen", "site", "median ms", "95 % ms", "range ms", "edits", "ours is")
        parts.append(_table(head, list(_edits(contenders, figures))))
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

        def figure(take: Callable[[Cost], float], costs: list[Cost] = costs) -> list[float]:
            return [take(cost) for cost in costs]

        seconds = figure(lambda cost: cost.seconds)
        yield (
            _STEPS[step],
            contender.title,
            f"{median(seconds):.2f}",
            _range(seconds, 2),
            f"{median(figure(lambda cost: cost.cpu_seconds)):.2f}",
            f"{max(figure(lambda cost: cost.peak_bytes)) / 1e6:.0f}",
            _ratio([cost.seconds for cost in ours], seconds),
        )


def _edits(contenders: Sequence[Contender], figures: Figures) -> Iterator[tuple[str, ...]]:
    measured = [*figures.edits, *(key for key in figures.failures if key[0] not in _STEPS)]
    kinds = list(dict.fromkeys(kind for kind, _ in measured))
    for kind in kinds:
        for contender in contenders:
            key = kind, contender.name
            times = [seconds * 1000 for seconds in figures.edits.get(key, [])]
            failure = figures.failures.get(key, "")
            if times:
                ours = [seconds * 1000 for seconds in figures.edits.get((kind, _OURS), [])]
                yield (
                    kind,
                    contender.title,
                    f"{median(times):.0f}",
                    f"{_late(times):.0f}",
                    _range(times, 0),
                    f"{len(times)}{', and ' + failure if failure else ''}",
                    _ratio(ours, times),
                )
            elif failure:
                yield _undone(kind, contender, failure)
    for contender in contenders:
        if failure := figures.failures.get(("visible", contender.name), ""):
            yield _undone(_STEPS["visible"], contender, failure)


def _undone(step: str, contender: Contender, reason: str) -> tuple[str, ...]:
    told = " ".join(reason.replace("|", "/").split())
    return (step, contender.title, f"not done: {told}" if told else "not done", "", "", "", "")


def _late(times: list[float]) -> float:
    """The 95th percentile; of few times it is between the last two."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _range(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _ratio(ours: list[float], theirs: list[float]) -> str:
    return f"{median(ours) / median(theirs):.2f} ×" if ours else ""


def _times(number: int) -> str:
    return "one run" if number == 1 else f"{number} runs"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    rule = ("---", "---", *("---:" for _ in head[2:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _sites(contenders: Sequence[Contender], figures: Figures) -> Iterator[str]:
    for contender in contenders:
        version = figures.versions.get(contender.name)
        yield f"- {contender.title}{f' ({version})' if version else ''}: {contender.note}."
