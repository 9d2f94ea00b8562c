"""Runs the contenders in turn, so that what disturbs the machine disturbs all, and keeps the figures."""

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
from tests.bench.edits import Answer, Edit
from tests.bench.installing import UnavailableError
from tests.bench.processes import Cost, StepError
from tests.support import project

BUILDS = ("cold", "warm", "edit")
STEPS = (*BUILDS, "visible")


@dataclass(frozen=True)
class Plan:
    """What is to be measured.

    ``posts`` are made from ``seed``; every step is done ``runs`` times, with ``edits`` turns of edits under
    each server. Nothing is waited for longer than ``limit`` seconds, nor is an edit begun after them.
    """

    posts: int
    runs: int
    steps: Sequence[str]
    edits: int = 5
    limit: float = 600
    seed: int = 0


@dataclass
class Figures:
    """What was measured: by step and contender, and by kind of edit and contender.

    Processor time and memory of an edit are the server's, the answers to those who ask included.

    ``failures`` says, by the same keys, what was not done and why; ``versions`` are those that took part.
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
    say: Callable[[str], None] = lambda _: None,
) -> Figures:
    """Measure all of them, each in a folder of its name below ``folder``; ``say`` is told what is done."""
    figures = Figures()
    posts = blog.posts(plan.posts, plan.seed)
    sites = []
    for contender in contenders:
        say(f"{contender.name}: install and write")
        try:
            contender.install()
            figures.versions[contender.name] = contender.version()
        except UnavailableError as reason:
            figures.failures |= {(step, contender.name): str(reason) for step in plan.steps}
            continue
        sites.append(_Site(contender, folder / contender.name, posts, plan, figures, clock))
    for turn in range(plan.runs):
        for step in plan.steps:
            for site in sites:
                if (step, site.contender.name) not in figures.failures:
                    say(f"{site.contender.name}: {step}, run {turn + 1} of {plan.runs}")
                    site.measure(step, turn)
    return figures


class _Site:
    """A contender's site in a folder."""

    def __init__(
        self,
        contender: Contender,
        root: Path,
        posts: list[blog.Post],
        plan: Plan,
        figures: Figures,
        clock: Callable[[], float],
    ) -> None:
        self.contender, self._root, self._posts = contender, root, posts
        self._plan, self._figures, self._clock = plan, figures, clock
        # Programs that keep things for their user keep them here, so that a cold build is cold.
        self._home = root.with_name(f"{root.name}.home")
        # Compiled Python is a program, not a cache of the site: it is kept, as it would be.
        self._env = project.environment({"XDG_CACHE_HOME": str(self._home), "PYTHONDONTWRITEBYTECODE": ""})
        self._env.pop("PYTHONPATH", None)  # it is this program's
        self._dice = Random(plan.seed)  # noqa: S311 - no secret
        contender.write(root, posts)

    def measure(self, step: str, turn: int) -> None:
        """Do a step and keep its figures, or why it could not be done."""
        try:
            if step == "visible":
                self._visible(turn)
                return
            if step == "cold":
                for name in (*(self._root / name for name in self.contender.made), self._home):
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
            self._figures.builds[step, self.contender.name].append(cost)
        except StepError as failure:
            self._figures.failures[step, self.contender.name] = str(failure)

    def _build(self) -> Cost:
        return processes.run(self.contender.build(), self._root, self._env, self._clock, self._plan.limit)

    def _check(self, edit: Edit | None) -> None:
        """A build that leaves posts out would be fast."""
        for post in self._posts:
            if not self._page(self.contender.address(post)).exists():
                raise StepError(f"the build made no page of {post.slug}")
        if edit is not None and not edit.seen(Answer(HTTPStatus.OK, self._page(edit.address).read_bytes())):
            raise StepError("the build does not show the edit")

    def _page(self, address: str) -> Path:
        return self._root / "site" / address / "index.html"

    def _visible(self, turn: int) -> None:
        site = self.contender
        with serving.serve(site.serve, self._root, self._env, site.base, self._clock) as server:
            server.wait(site.address(self._posts[0]), lambda answer: answer.found, self._plan.limit)
            end = self._clock() + self._plan.limit
            for number in range(turn * self._plan.edits, (turn + 1) * self._plan.edits):
                for edit in site.edits(self._root, self._posts, number):
                    if self._clock() < end:
                        self._edit(server, edit)
                    elif (key := (edit.kind, site.name)) not in self._figures.edits:
                        self._figures.failures[key] = f"no time was left of {self._plan.limit:.0f} s"

    def _edit(self, server: serving.Server, edit: Edit) -> None:
        key = edit.kind, self.contender.name
        # A server that looks every half second shall be met at any point of it.
        server.settle(1 + self._dice.random() / 2)
        before = server.ask(edit.address, self._plan.limit)
        if before is not None and edit.seen(before):
            raise StepError(f"{edit.kind}: is seen before it is made")
        spent, start = processes.spent(server.process.pid), self._clock()
        edit.change()
        try:
            server.wait(edit.address, edit.seen, self._plan.limit)
        except StepError as failure:
            if not server.alive:
                raise
            self._figures.failures[key] = str(failure)
        else:
            seconds = self._clock() - start
            spent = processes.spent(server.process.pid) - spent
            self._figures.edits[key].append(Cost(seconds, spent, processes.memory(server.process.pid)))


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
