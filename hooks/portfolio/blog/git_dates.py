"""The day on which each post was last changed, from one call of git."""

from __future__ import annotations

import re
import subprocess
from datetime import date, datetime, tzinfo
from pathlib import Path

_TIMEOUT_SECONDS = 20
_COMMIT = "\x01"
# The time of a commit, in seconds, or a status and a path; git ends each with NUL.
_LOG_ITEM = re.compile(rf"{_COMMIT}(\d+)\0|([A-Z])\0([^\0]+)\0")


def read_change_dates(folder: Path, zone: tzinfo) -> dict[Path, date]:
    """Return the day, in a time zone, on which each file below a folder was last changed after it was added.

    Empty without git, a repository or a commit. A file that is unchanged since it was added is left out.
    So is one whose history a shallow clone lacks: there the oldest commit seems to add every file.
    """
    command = ["git", "-C", str(folder), "-c", "log.showSignature=false", "log", "--no-renames"]
    command += [f"--format={_COMMIT}%at", "--name-status", "--relative", "-z", "--", "."]
    try:
        log = subprocess.run(  # noqa: S603 - no shell, and every argument is ours
            command,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
            encoding="utf-8",
            errors="replace",
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}  # The dates in front matter are enough.
    return {folder / name: day for name, day in parse_git_log(log, zone).items()}


def parse_git_log(log: str, zone: tzinfo) -> dict[str, date]:
    """Return the days by path, from the output of ``git log --format=%x01%at --name-status -z``."""
    days: dict[str, date] = {}
    added_or_deleted: set[str] = set()
    day = date.min
    # Commits are sorted from the newest to the oldest, except that clocks may differ.
    for seconds, status, name in _LOG_ITEM.findall(log):
        if seconds:
            day = datetime.fromtimestamp(int(seconds), zone).date()
        elif status in "AD":
            # Changes before a file was deleted and added again do not count.
            added_or_deleted.add(name)
        elif status == "M" and name not in added_or_deleted:
            days[name] = max(day, days.get(name, day))
    return days
