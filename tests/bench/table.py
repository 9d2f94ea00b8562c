"""Formats the measurements as Markdown."""

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean, median

import psutil

from tests.bench.contenders import Contender
from tests.bench.rounds import PROFILED, STARTS, Key, Measurements, Plan, count_cores

_TITLES = {
    "cold": "cold build",
    "edit": "build, one post edited",
    "restored": "build in CI, one post edited",
    "warm": "build, nothing changed",
    STARTS[0]: "first page of the server, no cache",
    STARTS[1]: "first page of the server, cache",
}
_VISIBLE, _CPU_UNTIL_IDLE = "visible: {}", "CPU until idle: {}"
_DETAILS = (
    *("step", "posts", "site", "median s", "range s", "runs"),
    *("CPU s", "CPU s until idle", "peak MB", "ours is"),
)
_OURS = "ours"


def format_report(
    plan: Plan, contenders: Sequence[Contender], measurements: Measurements, command: str
) -> str:
    """Return a table of all steps, one with details, profiles, failures, versions and the machine."""
    runs = "1 run" if plan.runs == 1 else f"{plan.runs} runs"
    sizes = " or ".join(map(str, plan.sizes))
    parts = [f"{sizes} posts, {runs} each, on {describe_machine()}.", f"`{command}`"]
    if measurements.costs:
        head = ("seconds", "posts", *(contender.title for contender in contenders))
        parts += [
            _format_table(head, list(_summarize(contenders, measurements)), left=1),
            _format_table(_DETAILS, list(_list_details(contenders, measurements)), left=3),
        ]
    if measurements.profiles:
        parts.append(_format_profiles(measurements.profiles))
    failures = list(_list_failures(contenders, measurements))
    parts += ["\n".join(lines) for lines in (failures, list(_list_sites(contenders, measurements))) if lines]
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


def _measured(measurements: Measurements) -> Iterator[tuple[str, int]]:
    """Yield each step with its sizes."""
    for step in dict.fromkeys(key.step for key in measurements.costs):
        for posts in dict.fromkeys(key.posts for key in measurements.costs if key.step == step):
            yield step, posts


def _summarize(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[tuple[str, ...]]:
    """Yield rows with the median of each site, and in brackets our time as a multiple of it."""
    idle_rows = []
    for step, posts in _measured(measurements):
        costs = [measurements.costs.get(Key(step, posts, contender.name), []) for contender in contenders]
        seconds = [_median(cost.seconds for cost in listed) for listed in costs]
        title = _TITLES.get(step) or _VISIBLE.format(step)
        yield title, str(posts), *_compare(contenders, seconds)
        if title == _VISIBLE.format(step):
            idle = [_median(cost.cpu_until_idle or 0 for cost in listed) for listed in costs]
            idle_rows.append((_CPU_UNTIL_IDLE.format(step), str(posts), *_compare(contenders, idle)))
    yield from idle_rows


def _compare(contenders: Sequence[Contender], values: Sequence[float | None]) -> Iterator[str]:
    ours = next((value for site, value in zip(contenders, values, strict=True) if site.name == _OURS), None)
    for contender, value in zip(contenders, values, strict=True):
        ratio = f" ({_ratio(ours, value)})" if contender.name != _OURS and ours and value else ""
        yield "–" if value is None else f"{_format_seconds(value)}{ratio}"


def _list_details(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[tuple[str, ...]]:
    for step, posts in _measured(measurements):
        ours = _median(cost.seconds for cost in measurements.costs.get(Key(step, posts, _OURS), []))
        for contender in contenders:
            if costs := measurements.costs.get(Key(step, posts, contender.name), []):
                seconds = [cost.seconds for cost in costs]
                idle = _median(cost.cpu_until_idle for cost in costs if cost.cpu_until_idle is not None)
                yield (
                    *(_TITLES.get(step) or _VISIBLE.format(step), str(posts), contender.title),
                    *(_format_seconds(median(seconds)), _format_range(seconds), str(len(costs))),
                    f"{median(cost.cpu_seconds for cost in costs):.2f}",
                    "" if idle is None else f"{idle:.2f}",
                    f"{max(cost.peak_bytes for cost in costs) / 1e6:.0f}",
                    f"{_ratio(ours, median(seconds))} ×" if ours else "",
                )


def _format_profiles(profiles: dict[Key, list[dict[str, float]]]) -> str:
    """Return a table of the mean CPU seconds of this site's builds by concern, and their shares."""
    builds = sorted(profiles, key=lambda key: (key.posts, PROFILED.index(key.step)))
    columns: list[dict[str, float]] = []
    for key in builds:
        runs = profiles[key]
        concerns = dict.fromkeys(concern for run in runs for concern in run)
        columns.append({concern: mean(run.get(concern, 0) for run in runs) for concern in concerns})
    totals = [sum(column.values()) for column in columns]
    names = sorted({name for column in columns for name in column}, key=lambda name: -columns[0].get(name, 0))
    head = ("CPU seconds", *(f"{_TITLES[key.step]}, {key.posts} posts" for key in builds))
    rows = [
        (
            name,
            *(
                _format_share(column.get(name, 0), total)
                for column, total in zip(columns, totals, strict=True)
            ),
        )
        for name in names
    ]
    return _format_table(head, [*rows, ("all", *(f"{total:.2f}" for total in totals))], left=1)


def _format_share(seconds: float, total: float) -> str:
    return f"{seconds:.2f} ({seconds / total:.0%})"


def _list_failures(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[str]:
    titles = {contender.name: contender.title for contender in contenders}
    for (step, posts, contender), reason in measurements.failures.items():
        text = " ".join(reason.split())
        yield f"- Failed: {titles[contender]}, {_TITLES.get(step, step)}, {posts} posts: {text}"


def _list_sites(contenders: Sequence[Contender], measurements: Measurements) -> Iterator[str]:
    for contender in contenders:
        version = measurements.versions.get(contender.name)
        yield f"- {contender.title}{f' ({version})' if version else ''}: {contender.note}."


def _median(values: Iterator[float]) -> float | None:
    listed = list(values)
    return median(listed) if listed else None


def _ratio(ours: float | None, theirs: float | None) -> str:
    return f"{ours / theirs:.2f}" if ours and theirs else ""


def _format_seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds >= 1 else f"{seconds:.3f}"


def _format_range(seconds: Sequence[float]) -> str:
    return f"{_format_seconds(min(seconds))}–{_format_seconds(max(seconds))}"


def _format_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], left: int) -> str:
    """Return a table whose first ``left`` columns are text, and the others numbers."""
    rule = tuple("---" if index < left else "---:" for index in range(len(head)))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
