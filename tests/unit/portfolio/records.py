"""Write records as files in a test, and load them as the site does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from portfolio.core.diagnostics import Diagnostic
from portfolio.record.record import Record
from portfolio.sources import loader, record_checks
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    """Write files below a folder, mappings and lists as YAML; return the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
        path.write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> tuple[Record, list[Diagnostic]]:
    """Load the record of a folder with ``data`` and ``posts``, and every problem in it."""
    record, problems = loader.load_record(
        SitePaths(folder, folder, folder / "data", folder / "posts", EXCERPT_SEPARATOR)
    )
    return record, sorted({*problems, *record_checks.check_record(record, folder)})


def career(folder: Path, *roles: Mapping[str, Any], **files: Any) -> tuple[Record, list[Diagnostic]]:
    """Load a record with some roles, which need only an id, and other files of the data folder."""
    whole = [
        {"company": f"Company {role['id']}", "position": f"Position {role['id']}", **role} for role in roles
    ]
    named = {f"data/{name.replace('_', '.')}": content for name, content in files.items()}
    return read(write(folder, {"data/career.yml": {"roles": whole}, **named}))
