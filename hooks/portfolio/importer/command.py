"""The import of a source into this project, from reading it to the report."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from portfolio.config import load_site
from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote
from portfolio.core.files import display_path, path_from_option, read_text
from portfolio.core.text import is_valid_url
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedSite
from portfolio.importer.old_site import normalize_path
from portfolio.importer.plan import plan_import
from portfolio.importer.planned import Plan, PlannedFile, remove_anchors
from portfolio.importer.project import ImportState, Project
from portfolio.importer.readers import READERS, Reader
from portfolio.importer.report import FILE, Report
from portfolio.importer.transaction import ImportFailedError, Transaction, describe_os_error
from portfolio.lint.check import SiteChecker
from portfolio.record.kinds import PROJECTS
from portfolio.redirects import aliases
from portfolio.redirects.url_lock import add_to_lock
from portfolio.redirects.url_paths import InvalidPathError, UrlPath, find_answer, parse_url_path
from portfolio.sources.mkdocs_yml import SitePaths, read_paths

STATE_FILE = ".imported.json"
# Called with what is being done, how much of it is done, and how much there is.
ShowProgress = Callable[[str, int, int], None]


class UnknownSourceError(ValueError):
    """Why a source cannot be imported; a line for each reason."""


def find_reader(files: InputFiles, name: str) -> Reader:
    """Return the reader with a name, or the first one that recognizes the files without one.

    Raises `UnknownSourceError`.
    """
    if name:
        reader = next((reader for reader in READERS if reader.name == name), None)
        if reader is None:
            names = [reader.name for reader in READERS]
            message = f"there is no kind of source {quote(name)}. {did_you_mean(name, names)}"
            raise UnknownSourceError(f"{message} Accepted: {', '.join(names)}.".replace("  ", " "))
        return reader
    for reader in READERS:
        if reader.load().detect(files):
            return reader
    if files.problems and not files.paths:
        raise UnknownSourceError("\n".join(map(str, files.problems)))
    message = f"{quote(display_path(files.path, files.root))} is not recognized. Accepted: {_list_titles()}."
    raise UnknownSourceError(f"{message} AS= names one: {', '.join(reader.name for reader in READERS)}.")


def _list_titles() -> str:
    return join_words((title for reader in READERS for title in reader.titles), "or")


def open_source(source: str, root: Path, docs: Path) -> InputFiles:
    """Return the files of a source. Raises `UnknownSourceError` if there are none, or if they are ours.

    ``root`` is the folder of the project, and ``docs`` that of its documents.
    """
    path = path_from_option(source)
    if not source or "\0" in source or not os.path.exists(path):  # noqa: PTH110 - a name may be too long
        what = f"there is no {quote(source)}." if source else "FROM= is missing."
        raise UnknownSourceError(f"{what} It is the path of {_list_titles()}.")
    real, project = path.resolve(), root.resolve()
    if project.is_relative_to(real) or real.is_relative_to(docs.resolve()):
        raise UnknownSourceError(
            f"{quote(source)} contains this site or is a part of it. Name another folder."
        )
    return InputFiles(path, root)


def import_source(
    source: str,
    paths: SitePaths,
    config: Path,
    now: datetime,
    *,
    reader_name: str = "",
    is_dry_run: bool = False,
    show_progress: ShowProgress = lambda *_: None,
) -> Report:
    """Import a source into a project, and return the report.

    ``now`` has a time zone. Raises `UnknownSourceError`, and `ImportFailedError` if nothing was imported.
    """
    if not paths.docs.is_relative_to(paths.root):
        message = (
            "docs_dir in mkdocs.yml is outside of the project, and an import writes only into the project."
        )
        raise ImportFailedError(message)
    files = open_source(source, paths.root, paths.docs)
    reader = find_reader(files, reader_name)
    site = reader.load().read(files, lambda done, total: show_progress("Read", done, total))
    site.source_name = display_path(files.path, files.root)
    if not (site.pages or site.entries or site.bibliographies or site.profiles):
        site = ImportedSite(site.source_name, site.url, problems=site.problems)
        if not any(problem.severity == "error" for problem in (*files.problems, *site.problems)):
            message, hint = (
                f"this has nothing to import as {reader.describe(files)}.",
                "AS= names another kind.",
            )
            site.problems.append(files.diagnose("", message, hint, code="import.incomplete"))
    if not is_valid_url(site.url):
        message = f"{quote(site.url)} is not the URL of a site."
        site.problems.append(files.diagnose("", message, code="import.invalid"))
        site.url = ""
    site.problems = [*dict.fromkeys((*files.problems, *site.problems))]
    content, _ = load_site(paths, config.absolute())
    checker = SiteChecker(content, paths, config.absolute(), now)
    history = _load_history(paths)
    # A site is the same one when its feed is imported first, and then its folder.
    identity = site.url or display_path(files.path, paths.root)
    state = history.describe(identity)
    own_aliases = {
        normalize_path(alias.path): alias.target
        for alias in checker.declared_aliases[0]
        if alias.document.path not in state.files and "{" not in alias.path
    }
    project = Project(
        paths,
        config.absolute(),
        content,
        checker.conversions,
        checker.inventory,
        own_aliases,
        state,
        history.day or now.date(),
        has_projects=any(entry.kind == PROJECTS for entry in site.entries),
    )
    plan = plan_import(site, project, lambda done, total: show_progress("Convert", done, total))
    run = _ImportRun(site, plan, project, history, identity, now, show_progress)
    report = Report(
        source,
        reader.describe(files),
        project.docs_name,
        is_dry_run,
        plan.pages,
        entries=len(site.entries),
        profiles=len(site.profiles),
        publications=sum(len(item.lines) for item in site.bibliographies if item.is_own),
        settings_lines=plan.settings_lines,
        has_git=any((folder / ".git").exists() for folder in (paths.root, *paths.root.parents)),
    )
    try:
        return run.finish(report)
    except OSError as error:
        raise describe_os_error(error, paths.root) from error


@dataclass
class _SourceHistory:
    """What the imports of one source wrote.

    ``files`` has the digest and the key of each file by its path; ``settings`` are the lines that were added
    to ``mkdocs.yml``.
    """

    files: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: list[str] = field(default_factory=list)


@dataclass
class _History:
    """What all imports wrote, by source, as `STATE_FILE` has it; ``day`` is that of the first one."""

    day: date | None = None
    sources: dict[str, _SourceHistory] = field(default_factory=dict)

    def describe(self, identity: str) -> ImportState:
        """Return what the plan of another import of a source depends on."""
        own = self.sources.get(identity, _SourceHistory())
        digests = {path: entry["sha256"] for path, entry in own.files.items()}
        keys = {entry["key"]: path for path, entry in own.files.items()}
        return ImportState(digests, keys, frozenset(own.settings))


def _load_history(paths: SitePaths) -> _History:
    """Load what earlier imports wrote. Raises `ImportFailedError` if that cannot be read."""
    path = paths.docs / STATE_FILE
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        sources = {
            name: _SourceHistory(
                {path: {"sha256": entry["sha256"], "key": entry["key"]} for path, entry in files.items()},
                [str(line) for line in settings],
            )
            for name, source in data["sources"].items()
            for files, settings in [(source["files"], source["settings"])]
        }
        return _History(date.fromisoformat(data["day"]), sources)
    except FileNotFoundError:
        return _History()
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        name = display_path(path, paths.root)
        message = f"{name} cannot be read, which says what was imported before. Restore it from git."
        raise ImportFailedError(message) from error


@dataclass
class _ImportRun:
    site: ImportedSite
    plan: Plan
    project: Project
    history: _History
    identity: str
    now: datetime
    show_progress: ShowProgress

    def finish(self, report: Report) -> Report:
        """Stage what changes, check it, and move it to its place unless it is a dry run."""
        paths = self.project.paths
        docs = display_path(paths.docs, paths.root)
        config = display_path(self.project.config, paths.root)
        report.problems = [*self.site.problems, *self.plan.problems]
        transaction = Transaction(paths.root, (docs, config, FILE))
        transaction.begin()
        try:
            source = self._stage_changes(transaction, report)
            self.show_progress("Check", 0, len(self.plan.pages))
            transaction.complete_overlay()
            checker, findings = self._check_result(transaction)
            if self._remove_broken_anchors(findings, checker, transaction, source):
                checker, findings = self._check_result(transaction)
            report.findings = sorted(finding for finding in findings if finding.severity != "info")
            report.problems += (problem for page in self.plan.pages for problem in page.anchor_problems)
            report.problems += self._lock_urls(checker, transaction)
            report.written = [file.path for file in transaction.staged]
            lock = display_path(paths.url_lock, paths.root)
            report.has_lock = lock in report.written or (paths.root / lock).exists()
            history = replace(
                self.history,
                day=self.history.day or self.now.date(),
                sources={**self.history.sources, self.identity: source},
            )
            # An import that wrote nothing leaves no trace.
            if source != self.history.sources.get(self.identity, _SourceHistory()):
                text = json.dumps(asdict(history), default=str, ensure_ascii=False, indent=1)
                transaction.stage(f"{docs}/{STATE_FILE}", f"{text}\n".encode())
            if not report.is_dry_run:
                transaction.stage(FILE, report.format_file().encode())
                transaction.commit()
        finally:
            transaction.end()
        return report

    def _stage_changes(self, transaction: Transaction, report: Report) -> _SourceHistory:
        """Stage the files that differ from those of the project; return what is written of the source."""
        state, root = self.project.state, self.project.paths.root
        earlier = self.history.sources.get(self.identity, _SourceHistory())
        written = _SourceHistory(dict(earlier.files), sorted({*earlier.settings, *self.plan.settings}))
        for number, file in enumerate(self.plan.files, 1):
            self.show_progress("Write", number, len(self.plan.files))
            content = file.read()
            if isinstance(content, Diagnostic):
                report.problems.append(content)
                continue
            current, known = _read(root / file.path), state.files.get(file.path)
            if not file.is_shared:
                if known is not None and (problem := self._find_edit(file, current, known)) is not None:
                    report.problems.append(problem)
                    continue
                written.files[file.path] = {"sha256": hashlib.sha256(content).hexdigest(), "key": file.key}
            if current != content:
                transaction.stage(file.path, content)
            elif not file.is_shared:
                report.unchanged += 1
        return written

    def _find_edit(self, file: PlannedFile, current: bytes | None, known: str) -> Diagnostic | None:
        """Return a diagnostic if the owner edited or deleted a file since its import."""
        if current is None:
            message = "this file was deleted since it was imported, and stays deleted."
        elif hashlib.sha256(current).hexdigest() != known:
            message = "this file was edited since it was imported, and is left alone."
        else:
            return None
        return Diagnostic(file.path, 1, 1, "", message, code="import.edited", severity="info")

    def _check_result(self, transaction: Transaction) -> tuple[SiteChecker, set[Diagnostic]]:
        """Return a checker of the project with the staged files, and what it finds."""
        paths, overlay = self.project.paths, transaction.overlay
        config = overlay / self.project.config.relative_to(paths.root)
        staged, misplaced = read_paths(config)
        content, problems = load_site(staged, config)
        checker = SiteChecker(content, staged, config, self.now)
        # Conversions are stored for the project itself, so that its next check does not repeat them.
        checker.conversions = replace(checker.conversions, root=paths.root)
        return checker, {*misplaced, *problems, *checker.check()}

    def _remove_broken_anchors(
        self,
        findings: Collection[Diagnostic],
        checker: SiteChecker,
        transaction: Transaction,
        written: _SourceHistory,
    ) -> bool:
        """Remove the anchors of links that their pages do not have; return whether there are any."""
        paths = {finding.path for finding in findings if finding.code == "link.broken-anchor"}
        pages = {f"{self.project.docs_name}{page.path}": page for page in self.plan.pages}
        staged = {file.path for file in transaction.staged}
        broken = paths & pages.keys() & staged
        for path in broken:
            page = pages[path]
            remove_anchors(page, partial(checker.is_broken_anchor, page.path))
            content = page.content
            transaction.replace(path, content)
            written.files[path]["sha256"] = hashlib.sha256(content).hexdigest()
        return bool(broken)

    def _lock_urls(self, checker: SiteChecker, transaction: Transaction) -> list[Diagnostic]:
        """Add the old URLs that the site answers to the lock, and report the others."""
        urls, lost = find_answered(self.plan.old_urls, checker)
        path = self.project.paths.url_lock
        name = display_path(path, self.project.paths.root)
        text = read_text(path, self.project.paths.root, optional=True)
        if isinstance(text, Diagnostic):
            return [text]
        changed = add_to_lock(text, urls)
        if urls and changed != text:
            transaction.stage(name, changed.encode())
        return lost


def find_answered(
    old_urls: Mapping[str, str], checker: SiteChecker
) -> tuple[list[UrlPath], list[Diagnostic]]:
    """Return the paths of the old site that this one answers, and a diagnostic for each of the others.

    ``old_urls`` has the source of each path.
    """
    declared, gone = checker.declared_aliases
    redirects, _ = aliases.plan_redirects(declared, gone, checker.inventory, checker.site_url)
    files = {*checker.inventory.files, *(redirect.file for redirect in redirects)}
    answered: list[UrlPath] = []
    lost: list[Diagnostic] = []
    for path, source in sorted(old_urls.items()):
        try:
            url = parse_url_path(path)
        except InvalidPathError:
            url = None
        if url is not None and "?" not in path and find_answer(url.path, files) is not None:
            answered.append(url)
        elif not any(url is not None and item.matches(url) for item in gone):
            message = f"nothing answers the old URL {quote(path)}."
            hint = (
                f"In mkdocs.yml add '{path}: a-page.md' to extra.portfolio.aliases, or '{path}: why' to "
                "extra.portfolio.gone."
            )
            if "?" in path:
                hint = "A server of files does not see what follows the '?'."
            problem = Diagnostic(source, 1, 1, "", message, hint, code="import.lost-url", severity="warning")
            lost.append(problem)
    return answered, lost


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
