"""When each post was last changed, from git: one call for all of them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

_SECONDS = 20
_COMMIT = "\x01"


def read_change_dates(folder: Path, zone: tzinfo) -> dict[Path, date]:
    """The day, in a zone, on which each file below a folder was last changed after it was added.

    Empty where there is no git, no repository or no commit. A file that nothing has changed since it was
    added is left out; so is all that a shallow clone does not know, since there every file seems to be added
    by the oldest commit.
    """
    log = ["-c", "log.showSignature=false", "log", "--no-renames", f"--format={_COMMIT}%at"]
    told = _git(folder, *log, "--name-status", "--relative", "-z", "--", ".")
    return {folder / name: day for name, day in parse_git_log(told, zone).items()}


def parse_git_log(log: str, zone: tzinfo) -> Mapping[str, date]:
    """The days from the output of ``git log --format=%x01%at --name-status -z``, by path below the folder."""
    days: dict[str, date] = {}
    seen: set[str] = set()
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
            # What was deleted and added again later counts from its last addition.
            if field == "M" and name not in seen:
                days[name] = max(day, days.get(name, day))
            if field in ("A", "D"):
                seen.add(name)
        at += 2 if field else 1
    return days


def _git(folder: Path, *arguments: str) -> str:
    """What git says, or nothing: without git a site has the dates that are written."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every argument is ours
            command, capture_output=True, timeout=_SECONDS, check=True, encoding="utf-8", errors="replace"
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
