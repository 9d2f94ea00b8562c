"""Logs the steps of long tests to the file named by ``INCREMENTAL_LOG``, if it is set."""

from __future__ import annotations

import os
from pathlib import Path

LOG = os.environ.get("INCREMENTAL_LOG", "")


def log_line(line: str) -> None:
    """Add a line to the log."""
    if LOG:
        with Path(LOG).open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")
