"""Print the posts whose date is yesterday, today or tomorrow in UTC: in some time zone, they are due today.

The publish workflow runs this before it installs any package. So it needs only the standard library, and
reads dates from the text instead of parsing front matter. A false match costs a build that changes nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

# Also matches in notebooks, whose front matter is inside JSON.
_DATE = re.compile(r"\b(?:date|created)[\"']?\s*:\s*[\"']?(\d{4}-\d{2}-\d{2})")
_SUFFIXES = {".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".ipynb"}


def find_due_posts(docs: Path, today: date) -> Iterator[Path]:
    """Yield the pages below a folder that have a date at most a day from ``today``, sorted by path."""
    days = {(today + timedelta(days=offset)).isoformat() for offset in (-1, 0, 1)}
    for path in sorted(docs.rglob("*")):
        if path.suffix in _SUFFIXES and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if not days.isdisjoint(_DATE.findall(text)):
                yield path


if __name__ == "__main__":
    for due in find_due_posts(Path("docs"), datetime.now(UTC).date()):
        sys.stdout.write(f"{due}\n")
