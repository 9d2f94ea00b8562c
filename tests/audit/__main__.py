"""The command of `make audit`: ``python -m tests.audit`` with ``hooks`` on the path."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from playwright.sync_api import Error

from tests.audit import checks, content, lighthouse
from tests.audit.checks import Browsers, Target
from tests.audit.content import FILES, REDIRECT
from tests.audit.report import Figure, Report
from tests.bench.table import describe_machine
from tests.support import nu, project, server
from tests.support.options import parse_names, parse_number

_FOLDER = project.ROOT / ".cache" / "audit"
_STEPS = ("lighthouse", "nu", *checks.CHECKS, "screenshots")


def main(arguments: Sequence[str]) -> int:
    """Audit the sites, write and print the report, and return 1 if a figure is over its budget."""
    parser = argparse.ArgumentParser(prog="tests.audit", description="Audit what a reader gets.")
    names = tuple(site.name for site in content.SITES)
    for option, known, purpose in (
        ("--sites", names, "sites"),
        ("--pages", content.KINDS, "kinds of pages"),
        ("--only", _STEPS, "steps"),
    ):
        parser.add_argument(
            option, type=parse_names(known), default=known, help=f"{purpose}, separated by commas"
        )
    parser.add_argument("--runs", type=parse_number, default=3, help="runs of Lighthouse")
    options = parser.parse_args(arguments)
    setting = f"{describe_machine()}, Lighthouse {lighthouse.read_version()}"
    report = Report(setting, _command(parser, options))
    with ExitStack() as stack:
        targets: list[Target] = []
        for site in content.SITES:
            if site.name in options.sites:
                with _step(report, f"building {site.name}"):
                    built = content.build(site, _FOLDER / "sites")
                url = stack.enter_context(server.serve(built.built.site, built.base, compressed=True))
                targets += [Target(built, kind, url) for kind in built.pages if kind in options.pages]
        if options.sites == names:
            audited_kinds = {target.kind for target in targets}
            report.missing = [kind for kind in options.pages if kind not in {*audited_kinds, FILES}]
        for name in options.only:
            with _step(report, name):
                report.figures += _run(name, targets, options.runs)
            report.figures.sort(
                key=lambda figure: (names.index(figure.site), content.KINDS.index(figure.kind))
            )
            # After each step, so that an interrupted audit has a report, too.
            (_FOLDER / "report.md").write_text(report.to_markdown(), encoding="utf-8")
            (_FOLDER / "report.json").write_text(report.to_json(), encoding="utf-8")
    print(report.to_markdown())
    return 0 if report.is_within else 1


def _command(parser: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    """Return the command that repeats this audit."""
    words = ["make audit"]
    for name, value in vars(options).items():
        if value != parser.get_default(name) or name == "runs":
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            words.append(f'{name.upper()}="{text}"' if " " in text else f"{name.upper()}={text}")
    return " ".join(words)


@contextmanager
def _step(report: Report, name: str) -> Iterator[None]:
    """Print the name of a step, and add the seconds that it takes to the report."""
    print(f"{name} …", file=sys.stderr, flush=True)
    start = time.monotonic()
    yield
    report.seconds[name] = time.monotonic() - start


def _run(name: str, targets: list[Target], runs: int) -> list[Figure]:
    """Return the figures of a step."""
    pages = [target for target in targets if target.kind != REDIRECT]
    if name == "lighthouse":
        return list(lighthouse.measure(pages, runs))
    if name == "nu":
        return list(_validate(targets))
    if name == "screenshots":
        folder = _FOLDER / "screenshots"
        shutil.rmtree(folder, ignore_errors=True)
        return _check_pages(partial(checks.take_screenshots, folder=folder), "screenshots", pages)
    return _check_pages(checks.CHECKS[name], name, targets if name == "policy" else pages)


def _check_pages(
    check: Callable[[Browsers, Target], Iterator[Figure]], name: str, targets: list[Target]
) -> list[Figure]:
    """Check pages in as many browsers as the machine has cores."""

    def check_some(some: list[Target]) -> list[Figure]:
        figures = []
        with checks.open_browsers() as browsers:
            for target in some:
                try:
                    figures += list(check(browsers, target))
                except Error as error:
                    figures.append(Figure(target.site.name, target.kind, name, (), (error.message,)))
        return figures

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        parts = pool.map(check_some, [targets[start::workers] for start in range(workers)])
        return [figure for part in parts for figure in part]


def _validate(targets: list[Target]) -> Iterator[Figure]:
    """Validate the pages, and all style sheets and drawings of each site."""
    for site in {target.site.name: target.site for target in targets}.values():
        pages = {site.file(target.kind): target.kind for target in targets if target.site == site}
        files = [path for path in site.built.site.rglob("*") if path.suffix in (".css", ".svg")]
        errors = nu.find_errors([*pages, *files])
        for kind in [*pages.values(), FILES]:
            findings = tuple(str(error) for error in errors if pages.get(error.path, FILES) == kind)
            yield Figure(site.name, kind, "nu", (len(findings),), findings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
