"""The report of an import: a summary for the terminal, and a file with the details of each page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from portfolio.core.diagnostics import Diagnostic
from portfolio.importer.plan import PlannedPage

FILE = "import-report.md"
# What the report calls the diagnostics of each code, in its order.
_GROUPS = {
    "import.dropped": "Left out",
    "import.unsupported": "Without a counterpart",
    "import.words-differ": "Words that differ",
    "import.missing-file": "Missing images and files",
    "import.dead-link": "Links that lead nowhere",
    "import.kept-as-html": "Stays HTML",
    "import.from-page": "Read from its page instead of a feed",
}
_OTHER = "Needs a look"
_CONVERTED = "Converted"


@dataclass
class Report:
    """What an import did.

    ``problems`` are those of the import, and ``findings`` those that ``make check`` has after it.
    ``settings_lines`` are lines that the owner must add to ``mkdocs.yml``.
    """

    source: str
    reader: str
    is_dry_run: bool = False
    pages: list[PlannedPage] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Diagnostic] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    settings_lines: list[str] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether something was refused or is lost."""
        return any(problem.severity == "error" for problem in self.problems)

    def format_terminal(self) -> list[str]:
        """Return the lines for the terminal."""
        named = (problem for problem in self.problems if problem.code == "import.edited")
        problems = {*named, *(problem for problem in self.problems if problem.severity != "info")}
        lines = [str(problem) for problem in sorted(problems)]
        if self.findings:
            lines += ["make check will report:", *(f"  {finding}" for finding in self.findings)]
        if self.settings_lines:
            lines += ["Add these lines to mkdocs.yml:", *(f"  {line}" for line in self.settings_lines)]
        lines.append(self._summarize())
        if self.is_dry_run:
            return [*lines, "Nothing was written, because this is a dry run."]
        lines.append(f"The details are in {FILE}.")
        return [*lines, "Next:", *(f"  {command}" for command in self._next_commands())]

    def _summarize(self) -> str:
        posts = sum(page.page.is_post for page in self.pages)
        counts = [
            _count(posts, "post"),
            _count(len(self.pages) - posts, "page"),
            _count(len(self.written), "file"),
        ]
        warnings = sum(problem.severity != "info" for problem in self.problems) + len(self.findings)
        looks = f"{_count(warnings, 'line')} above need a look" if warnings else "nothing needs a look"
        if warnings == 1:
            looks = "1 line above needs a look"
        verb = "would be written" if self.is_dry_run else "written"
        return (
            f"{self.source} is {self.reader}: {counts[0]} and {counts[1]}; {counts[2]} {verb}, "
            f"{self.unchanged} unchanged; {looks}."
        )

    def _next_commands(self) -> list[str]:
        first = "make check" if self.findings else "make serve"
        commit = 'git add docs mkdocs.yml && git commit -m "Move in"'
        return [first, "make build && make check-urls", commit]

    def format_file(self) -> str:
        """Return the report as a page of Markdown."""
        blocks = [f"# Import of {self.source}", self._summarize()]
        if self.settings_lines:
            blocks += [
                "Add these lines to `mkdocs.yml`:",
                "\n".join(["```yaml", *self.settings_lines, "```"]),
            ]
        if self.findings:
            blocks += ["## `make check` will report", _list_problems(self.findings)]
        of_pages = {problem for page in self.pages for problem in (*page.problems, *page.anchor_problems)}
        rest = [problem for problem in self.problems if problem not in of_pages]
        if rest:
            blocks += ["## The whole site", *_format_groups(rest)]
        for page in self.pages:
            title = " ".join(page.page.title.split()) or page.path
            blocks += [f"## {title}", f"`{page.path}`, from `{page.page.source}`"]
            blocks += _format_groups([*page.problems, *page.anchor_problems]) or [f"{_CONVERTED}."]
        blocks += ["## Next", "\n".join(f"    {command}" for command in self._next_commands())]
        return "\n\n".join(blocks) + "\n"


def _format_groups(problems: Iterable[Diagnostic]) -> list[str]:
    """Return a paragraph and a list for each kind of problem."""
    groups: dict[str, list[Diagnostic]] = {name: [] for name in (*_GROUPS.values(), _OTHER)}
    for problem in sorted(problems):
        groups[_GROUPS.get(problem.code, _OTHER)].append(problem)
    return [block for name, group in groups.items() if group for block in (f"{name}:", _list_problems(group))]


def _list_problems(problems: Iterable[Diagnostic]) -> str:
    return "\n".join(f"- {problem}" for problem in problems)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
