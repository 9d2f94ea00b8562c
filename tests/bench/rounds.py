"""Runs the contenders in turn, so that other load on the machine affects all of them, and measures them."""

import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.bench import blog, concerns, processes, serving
from tests.bench.contenders import Contender
from tests.bench.edits import Edit, Response
from tests.bench.installing import UnavailableError
from tests.bench.processes import Cost, StepError
from tests.support import project

BUILDS = ("cold", "edit", "restored", "warm")
STEPS = (*BUILDS, "serve", "visible", "profile")
# What `serve` measures.
STARTS = ("serve, no cache", "serve, cache")
# The builds that `profile` measures.
PROFILED = ("cold", "edit")


class Key(NamedTuple):
    """What was measured: a build, a start of the server or a kind of edit; number of posts; contender."""

    step: str
    posts: int
    contender: str


@dataclass(frozen=True)
class Plan:
    """What to measure.

    ``sizes`` are numbers of posts, ``seed`` is their seed. Each step is repeated ``runs`` times, with
    ``edits`` edits of each kind under each server. ``limit`` is the timeout of a build, of a start, of an
    edit, and of all edits of a server, in seconds.
    """

    sizes: Sequence[int]
    runs: int
    steps: Sequence[str]
    edits: int = 2
    limit: float = 600
    seed: int = 0


@dataclass
class Measurements:
    """The results.

    CPU time and memory of an edit are those of the server, including its responses. ``profiles`` has CPU
    seconds by concern, for each run. ``failures`` has the reasons for missing results; ``versions`` has
    those of the contenders.
    """

    costs: dict[Key, list[Cost]] = field(default_factory=lambda: defaultdict(list))
    profiles: dict[Key, list[dict[str, float]]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[Key, str] = field(default_factory=dict)
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
    installed = []
    for contender in contenders:
        report(f"{contender.name}: install")
        try:
            contender.install()
            measurements.versions[contender.name] = contender.version()
            installed.append(contender)
        except UnavailableError as reason:
            measurements.failures |= {
                Key(step, size, contender.name): str(reason) for step in plan.steps for size in plan.sizes
            }
    for size in plan.sizes:
        root = folder / str(size)
        sites = [_Site(contender, root, size, plan, measurements, clock) for contender in installed]
        for turn in range(plan.runs):
            for step in plan.steps:
                for site in sites:
                    # Only this site has a table of concerns.
                    if step != "profile" or site.contender.name == "ours":
                        report(f"{size} posts, run {turn + 1} of {plan.runs}, {site.contender.name}: {step}")
                        site.measure(step, turn)
        shutil.rmtree(root)
    return measurements


class _Site:
    """A contender's site in a subfolder of ``folder``."""

    def __init__(
        self,
        contender: Contender,
        folder: Path,
        size: int,
        plan: Plan,
        measurements: Measurements,
        clock: Callable[[], float],
    ) -> None:
        self.contender, self._root = contender, folder / contender.name
        self._posts = blog.create_posts(size, plan.seed)
        self._plan, self._measurements, self._clock = plan, measurements, clock
        # Programs cache data of their user here, so that a cold build can start without it.
        self._home = folder / f"{contender.name}.home"
        # Compiled Python files are part of the program, not a cache of the site.
        self._env = project.environment({"XDG_CACHE_HOME": str(self._home), "PYTHONDONTWRITEBYTECODE": ""})
        self._env.pop("PYTHONPATH", None)  # only for this program
        # Always the same, as with people: a server may cache pages that contain it.
        self._port = serving.find_free_port()
        self._random = Random(plan.seed)  # noqa: S311 - no secret
        folder.mkdir(parents=True, exist_ok=True)
        contender.write(self._root, self._posts)

    def measure(self, step: str, turn: int) -> None:
        """Run a step and record its cost, or why it failed; do nothing if it has failed before."""
        if self._key(step) in self._measurements.failures:
            return
        try:
            if step == "visible":
                self._measure_edits(turn)
            elif step == "serve":
                for start in STARTS:
                    self._prepare("cold" if start == STARTS[0] else "warm", turn)
                    self._measurements.costs[self._key(start)].append(self._start())
            elif step == "profile":
                for build in PROFILED:
                    self._measurements.profiles[self._key(build)].append(self._profile(build, turn))
            else:
                edit = self._prepare(step, turn)
                cost = self._build()
                self._check(edit)
                self._measurements.costs[self._key(step)].append(cost)
        except StepError as failure:
            self._measurements.failures[self._key(step)] = str(failure)

    def _key(self, step: str) -> Key:
        return Key(step, len(self._posts), self.contender.name)

    def _prepare(self, step: str, turn: int) -> Edit | None:
        """Prepare the site for a step; return the edit that the step has to show."""
        if step == "cold":
            # Moved, not deleted: ext4 does not reuse inodes for a minute, and creates files slowly then.
            removed = Path(tempfile.mkdtemp(prefix="removed-", dir=self._root.parent))
            for path in (*(self._root / name for name in self.contender.generated), self._home):
                if path.exists():
                    path.rename(removed / path.name)
            return None
        if not (self._root / "site").exists():
            self._build()
        if step == "warm":
            return None
        post = self._posts[turn * 53 % len(self._posts)]
        edit = self.contender.edit(self._root, post, f"{step}-{turn:04}")
        edit.change()
        if step == "restored":
            self._check_out()
        return edit

    def _check_out(self) -> None:
        """Replace all files but the cache by copies, like a workflow that checks out the edited site.

        All files have other times and inodes, and there is no folder of the site.
        """
        self.contender.commit(self._root)
        generated = self.contender.generated
        copy = self._root.with_name(f"{self._root.name}.copy")
        # Without the times of files.
        shutil.copytree(
            self._root,
            copy,
            symlinks=True,
            copy_function=shutil.copy,
            ignore=lambda folder, _: generated if Path(folder) == self._root else (),
        )
        for name in generated:
            if name != "site" and (self._root / name).exists():
                (self._root / name).rename(copy / name)
        shutil.rmtree(self._root)
        copy.rename(self._root)

    def _build(self, options: Sequence[str] = (), env: dict[str, str] | None = None) -> Cost:
        command = [*self.contender.build(), *options]
        environment = {**self._env, **(env or {})}
        return processes.run(command, self._root, environment, self._clock, self._plan.limit)

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

    def _profile(self, build: str, turn: int) -> dict[str, float]:
        """Return the CPU seconds of a build by concern."""
        self._prepare(build, turn)
        samples = self._home.with_suffix(".samples")
        samples.unlink(missing_ok=True)
        cost = self._build(concerns.make_options(), {concerns.SAMPLES: str(samples)})
        return concerns.read_profile(samples, cost.cpu_seconds)

    def _start(self) -> Cost:
        """Start the server, and return the cost until it has answered a page."""
        site = self.contender
        start = self._clock()
        with self._serve() as server:
            server.wait(site.page(self._posts[0]), lambda response: response.is_ok, self._plan.limit)
            seconds, pid = self._clock() - start, server.process.pid
            cost = Cost(seconds, processes.cpu_seconds(pid), processes.memory_bytes(pid))
            return replace(cost, cpu_until_idle=server.wait_until_idle())

    def _serve(self) -> AbstractContextManager[serving.Server]:
        site, port = self.contender, self._port
        return serving.serve(site.serve(port), port, self._root, self._env, site.base, self._clock)

    def _measure_edits(self, turn: int) -> None:
        site = self.contender
        with self._serve() as server:
            server.wait(site.page(self._posts[0]), lambda response: response.is_ok, self._plan.limit)
            server.wait_until_idle()
            end = self._clock() + self._plan.limit
            for number in range(turn * self._plan.edits, (turn + 1) * self._plan.edits):
                for edit in site.edits(self._root, self._posts, number):
                    if self._clock() < end:
                        self._measure_edit(server, edit)
                    elif (key := self._key(edit.kind)) not in self._measurements.costs:
                        self._measurements.failures[key] = f"not started within {self._plan.limit:.0f} s"

    def _measure_edit(self, server: serving.Server, edit: Edit) -> None:
        before = server.get(edit.page, self._plan.limit)
        if before is not None and edit.is_visible(before):
            raise StepError(f"{edit.kind}: is visible before the edit")
        # At a random point in the interval of a server that polls every half second.
        time.sleep(0.5 + self._random.random() / 2)
        pid = server.process.pid
        cpu_before, start = processes.cpu_seconds(pid), self._clock()
        edit.change()
        try:
            server.wait(edit.page, edit.is_visible, self._plan.limit)
        except StepError as failure:
            if not server.is_alive:
                raise
            self._measurements.failures[self._key(edit.kind)] = str(failure)
            return
        seconds, cpu = self._clock() - start, processes.cpu_seconds(pid) - cpu_before
        cost = Cost(seconds, cpu, processes.memory_bytes(pid))
        cost = replace(cost, cpu_until_idle=server.wait_until_idle() - cpu_before)
        self._measurements.costs[self._key(edit.kind)].append(cost)


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
