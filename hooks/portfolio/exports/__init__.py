"""The record for other programs: one module per export, with pure functions from views to text.

`json_resume` and `rendercv` are files, `markdown` is pages and ``llms.txt``, `json_ld` and `meta_tags` are
parts of a page's head. `losses` collects what exports cannot express.
"""

from __future__ import annotations

from portfolio.citations import biblatex, csl_json
from portfolio.config import Options
from portfolio.exports import json_resume, rendercv
from portfolio.record.models import Publication
from portfolio.record.record import Record

# The files that contain the record, besides CVs, and the option in `ExportOptions` that enables each.
EXPORT_FILES = {
    json_resume.EXPORT: "resume_json",
    rendercv.EXPORT: "cv_yaml",
    biblatex.EXPORT: "bibliography",
    csl_json.EXPORT: "bibliography",
}


def has_works(record: Record) -> bool:
    """Return whether a record has entries for a bibliography."""
    return any(record[kind.name] for kind in record.kinds if kind.bibliography or kind.model is Publication)


def enabled_files(options: Options, *, has_works: bool) -> list[str]:
    """Return the paths of the files with the record that a site has: exports and CVs."""
    files = [
        path
        for path, option in EXPORT_FILES.items()
        if getattr(options.exports, option) and (has_works or option != "bibliography")
    ]
    return files + [*options.cv] * options.exports.cv_pdf
