"""The day on which each post was last changed, from one call of git."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

_TIMEOUT_SECONDS = 20
_COMMIT = "\x01"


def read_change_dates(folder: Path, zone: tzinfo) -> dict[Path, date]:
    """Return the day, in a time zone, on which each file below a folder was last changed after it was added.

    Empty without git, a repository or a commit. A file that is unchanged since it was added is left out.
    So is one whose history a shallow clone lacks: there the oldest commit seems to add every file.
    """
    log = ["-c", "log.showSignature=false", "log", "--no-renames", f"--format={_COMMIT}%at"]
    output = _run_git(folder, *log, "--name-status", "--relative", "-z", "--", ".")
    return {folder / name: day for name, day in parse_git_log(output, zone).items()}


def parse_git_log(log: str, zone: tzinfo) -> Mapping[str, date]:
    """Return the days by path, from the output of ``git log --format=%x01%at --name-status -z``."""
    days: dict[str, date] = {}
    added_or_deleted: set[str] = set()
    day = date.min
    # The newest commit comes first: "\x01<seconds>", then pairs of a status and a path, all ended by NUL.
    fields = [field.lstrip("\n") for field in log.split("\0")]
    at = 0
    while at < len(fields):
        field = fields[at]
        if field.startswith(_COMMIT):
            day = datetime.fromtimestamp(int(field.removeprefix(_COMMIT)), UTC).astimezone(zone).date()
            at += 1
            continue
        if field and at + 1 < len(fields):
            name = fields[at + 1]
            # Changes before a file was deleted and added again do not count.
            if field == "M" and name not in added_or_deleted:
                days[name] = max(day, days.get(name, day))
            if field in ("A", "D"):
                added_or_deleted.add(name)
        at += 2 if field else 1
    return days


def _run_git(folder: Path, *arguments: str) -> str:
    """Return what git prints, or an empty text if it fails: the dates in front matter are enough then."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell, and every argument is ours
            command,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
            encoding="utf-8",
            errors="replace",
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
