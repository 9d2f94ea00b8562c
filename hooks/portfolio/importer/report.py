"""The report of an import: a summary for the terminal, and a file with the details of each page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from portfolio.core.diagnostics import Diagnostic, join_words
from portfolio.importer.planned import PlannedPage

FILE = "import-report.md"
# What the report calls the diagnostics of each code, in its order.
GROUPS = {
    "import.dropped": "Left out",
    "import.unsupported": "Without a counterpart",
    "import.words-differ": "Words that differ",
    "import.missing-file": "Missing images and files",
    "import.dead-link": "Links that lead nowhere",
    "import.kept-as-html": "Stays HTML",
    "import.from-page": "Read from its page instead of a feed",
    "import.hidden-contact": "Appears nowhere yet",
}
_OTHER = "Needs a look"


# The terminal shows this many lines; of more, only a few of each kind.
_MAX_LINES, _MAX_LINES_OF_KIND = 40, 3


@dataclass
class Report:
    """What an import did.

    ``source`` is what was imported, ``reader`` what kind of source it is, and ``docs`` the path of the folder
    of ``pages``, with a slash at its end. ``problems`` are those of the import, and ``findings`` those that
    ``make check`` has after it. ``settings_lines`` are lines that the owner must add to ``mkdocs.yml``.
    ``has_lock``: there is a URL lock. ``has_git``: the project is in a Git repository.
    """

    source: str
    reader: str
    docs: str = "docs/"
    is_dry_run: bool = False
    pages: list[PlannedPage] = field(default_factory=list)
    entries: int = 0
    profiles: int = 0
    publications: int = 0
    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Diagnostic] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    settings_lines: list[str] = field(default_factory=list)
    has_lock: bool = True
    has_git: bool = True

    @property
    def has_errors(self) -> bool:
        """Whether something was refused or is lost."""
        return any(problem.severity == "error" for problem in self.problems)

    def format_terminal(self) -> list[str]:
        """Return the lines for the terminal, not all of them if there are many and the file has them."""
        problems = {
            problem
            for problem in self.problems
            if problem.severity != "info" or problem.code == "import.edited"
        }
        is_long = not self.is_dry_run and len(problems) + len(self.findings) > _MAX_LINES
        output = _list_lines(sorted(problems), is_long=is_long)
        if self.findings:
            findings = _list_lines(self.findings, is_long=is_long)
            output += ["make check will report:", *(f"  {line}" for line in findings)]
        if self.settings_lines:
            output += ["Add these lines to mkdocs.yml:", *(f"  {line}" for line in self.settings_lines)]
        output += ["", self._summarize()]
        if self.is_dry_run:
            return [*output, "Nothing was written, because this is a dry run."]
        output.append(f"{FILE} has the details of each page.")
        return [*output, "Next:", *(f"  {command}" for command in self._next_commands())]

    def _summarize(self) -> str:
        posts = sum(page.page.is_post for page in self.pages)
        counts = {
            "post": posts,
            "page": len(self.pages) - posts,
            "entry of the record": self.entries,
            "publication": self.publications,
            "profile": self.profiles,
        }
        read = join_words(_count(number, noun) for noun, number in counts.items() if number)
        unchanged = f", {self.unchanged} unchanged" if self.unchanged else ""
        verb = "would be written" if self.is_dry_run else "written"
        number = sum(problem.severity != "info" for problem in self.problems) + len(self.findings)
        looks = "Nothing needs a look"
        if number:
            looks = f"{_count(number, 'line')} {'needs' if number == 1 else 'need'} a look"
        return (
            f"Read {self.source} as {self.reader}: {read or 'it has nothing to import'}. "
            f"{_count(len(self.written), 'file')} {verb}{unchanged}. {looks}."
        )

    def _next_commands(self) -> list[str]:
        commands = ["make check" if self.findings else "make serve"]
        commands.append("make build && make check-urls" if self.has_lock else "make build")
        if self.has_git:
            commands.append(f'git add {self.docs.rstrip("/")} mkdocs.yml && git commit -m "Move in"')
        return commands

    def format_file(self) -> str:
        """Return the report as a page of Markdown."""
        blocks = [[f"# Import of {self.source}"], [self._summarize()]]
        if self.settings_lines:
            blocks += [["Add these lines to `mkdocs.yml`:"], ["```yaml", *self.settings_lines, "```"]]
        if self.findings:
            blocks += [["## `make check` will report"], [f"- {finding}" for finding in self.findings]]
        of_pages = {problem for page in self.pages for problem in (*page.problems, *page.anchor_problems)}
        rest = [problem for problem in self.problems if problem not in of_pages]
        if rest:
            blocks += [["## The whole site"], *_format_groups(rest)]
        converted: list[str] = []
        for page in self.pages:
            title = " ".join(page.page.title.split()) or page.path
            path, source = f"`{self.docs}{page.path}`", f"`{page.page.source}`"
            if problems := [*page.problems, *page.anchor_problems]:
                blocks += [[f"## {title}"], [f"{path}, from {source}"], *_format_groups(problems)]
            else:
                converted.append(f"- {title}: {path}, from {source}")
        if converted:
            blocks += [["## Converted as they are"], converted]
        blocks += [["## Next"], ["```sh", *self._next_commands(), "```"]]
        return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _list_lines(problems: Iterable[Diagnostic], *, is_long: bool) -> list[str]:
    """Return a line for each problem, or for the first ones of each code with the number of the others."""
    counts: Counter[str] = Counter()
    lines: list[str] = []
    for problem in problems:
        counts[problem.code] += 1
        if not is_long or counts[problem.code] <= _MAX_LINES_OF_KIND:
            lines.append(str(problem))
    if is_long and (others := counts.total() - len(lines)):
        lines.append(f"… and {others} more lines like these, see {FILE}.")
    return lines


def _format_groups(problems: Iterable[Diagnostic]) -> list[list[str]]:
    groups: dict[str, list[Diagnostic]] = {}
    for problem in sorted(problems):
        groups.setdefault(GROUPS.get(problem.code, _OTHER), []).append(problem)
    names = [name for name in (*GROUPS.values(), _OTHER) if name in groups]
    return [block for name in names for block in ([f"{name}:"], [f"- {problem}" for problem in groups[name]])]


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    first, *rest = noun.split(" ", 1)
    plural = f"{first[:-1]}ies" if first.endswith("y") else f"{first}s"
    return " ".join([str(number), plural, *rest])
