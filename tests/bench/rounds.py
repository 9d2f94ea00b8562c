"""Runs the contenders in turn, so that other load on the machine affects all of them, and measures them."""

import os
import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from random import Random

from tests.bench import blog, processes, serving
from tests.bench.contenders import Contender
from tests.bench.edits import Edit, Response
from tests.bench.installing import UnavailableError
from tests.bench.processes import Cost, StepError
from tests.support import project

BUILDS = ("cold", "warm", "edit")
STEPS = (*BUILDS, "visible")


@dataclass(frozen=True)
class Plan:
    """What to measure.

    ``posts`` is their number, ``seed`` their seed. Each step is repeated ``runs`` times, with ``edits`` edits
    of each kind under each server. ``limit`` is the timeout of a build, of an edit, and of all edits of a
    server, in seconds.
    """

    posts: int
    runs: int
    steps: Sequence[str]
    edits: int = 5
    limit: float = 600
    seed: int = 0


@dataclass
class Measurements:
    """The results, by step and contender, and by kind of edit and contender.

    CPU time and memory of an edit are those of the server, including its responses. ``failures`` has the
    reasons for missing results by the same keys; ``versions`` has those of the contenders.
    """

    builds: dict[tuple[str, str], list[Cost]] = field(default_factory=lambda: defaultdict(list))
    edits: dict[tuple[str, str], list[Cost]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def run(
    plan: Plan,
    contenders: Sequence[Contender],
    folder: Path,
    clock: Callable[[], float] = time.perf_counter,
    report: Callable[[str], None] = lambda _: None,
) -> Measurements:
    """Measure the contenders, each in a subfolder of ``folder``. ``report`` gets lines of progress."""
    measurements = Measurements()
    posts = blog.create_posts(plan.posts, plan.seed)
    sites = []
    for contender in contenders:
        report(f"{contender.name}: install and write")
        try:
            contender.install()
            measurements.versions[contender.name] = contender.version()
        except UnavailableError as reason:
            measurements.failures |= {(step, contender.name): str(reason) for step in plan.steps}
            continue
        sites.append(_Site(contender, folder / contender.name, posts, plan, measurements, clock))
    for turn in range(plan.runs):
        for step in plan.steps:
            for site in sites:
                if (step, site.contender.name) not in measurements.failures:
                    report(f"{site.contender.name}: {step}, run {turn + 1} of {plan.runs}")
                    site.measure(step, turn)
    return measurements


class _Site:
    """A contender's site in a folder."""

    def __init__(
        self,
        contender: Contender,
        root: Path,
        posts: list[blog.Post],
        plan: Plan,
        measurements: Measurements,
        clock: Callable[[], float],
    ) -> None:
        self.contender, self._root, self._posts = contender, root, posts
        self._plan, self._measurements, self._clock = plan, measurements, clock
        # Programs cache data of their user here, so that a cold build can start without it.
        self._home = root.with_name(f"{root.name}.home")
        # Compiled Python files are part of the program, not a cache of the site.
        self._env = project.environment({"XDG_CACHE_HOME": str(self._home), "PYTHONDONTWRITEBYTECODE": ""})
        self._env.pop("PYTHONPATH", None)  # only for this program
        self._random = Random(plan.seed)  # noqa: S311 - no secret
        contender.write(root, posts)

    def measure(self, step: str, turn: int) -> None:
        """Run a step and record its cost, or why it failed."""
        try:
            if step == "visible":
                self._visible(turn)
                return
            if step == "cold":
                for name in (*(self._root / name for name in self.contender.generated), self._home):
                    shutil.rmtree(name, ignore_errors=True)
            elif not (self._root / "site").exists():
                self._build()
            edit = self.contender.edit(
                self._root, self._posts[turn * 53 % len(self._posts)], f"build-{turn:04}"
            )
            if step == "edit":
                edit.change()
            cost = self._build()
            self._check(edit if step == "edit" else None)
            self._measurements.builds[step, self.contender.name].append(cost)
        except StepError as failure:
            self._measurements.failures[step, self.contender.name] = str(failure)

    def _build(self) -> Cost:
        return processes.run(self.contender.build(), self._root, self._env, self._clock, self._plan.limit)

    def _check(self, edit: Edit | None) -> None:
        """Raise StepError for a build that is fast because it omits posts."""
        for post in self._posts:
            if not self._page(self.contender.page(post)).exists():
                raise StepError(f"the build has no page for {post.slug}")
        if edit is not None and not edit.is_visible(
            Response(HTTPStatus.OK, self._page(edit.page).read_bytes())
        ):
            raise StepError("the edit is not visible after the build")

    def _page(self, path: str) -> Path:
        return self._root / "site" / path / "index.html"

    def _visible(self, turn: int) -> None:
        site = self.contender
        with serving.serve(site.serve, self._root, self._env, site.base, self._clock) as server:
            server.wait(site.page(self._posts[0]), lambda response: response.is_ok, self._plan.limit)
            end = self._clock() + self._plan.limit
            for number in range(turn * self._plan.edits, (turn + 1) * self._plan.edits):
                for edit in site.edits(self._root, self._posts, number):
                    if self._clock() < end:
                        self._edit(server, edit)
                    elif (key := (edit.kind, site.name)) not in self._measurements.edits:
                        self._measurements.failures[key] = f"not started within {self._plan.limit:.0f} s"

    def _edit(self, server: serving.Server, edit: Edit) -> None:
        key = edit.kind, self.contender.name
        # At a random point in the interval of a server that polls every half second.
        server.wait_until_idle(1 + self._random.random() / 2)
        before = server.get(edit.page, self._plan.limit)
        if before is not None and edit.is_visible(before):
            raise StepError(f"{edit.kind}: is visible before the edit")
        cpu_before, start = processes.cpu_seconds(server.process.pid), self._clock()
        edit.change()
        try:
            server.wait(edit.page, edit.is_visible, self._plan.limit)
        except StepError as failure:
            if not server.is_alive:
                raise
            self._measurements.failures[key] = str(failure)
        else:
            seconds = self._clock() - start
            cpu = processes.cpu_seconds(server.process.pid) - cpu_before
            self._measurements.edits[key].append(
                Cost(seconds, cpu, processes.memory_bytes(server.process.pid))
            )


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
