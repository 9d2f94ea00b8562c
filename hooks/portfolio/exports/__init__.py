"""The record for other programs: one module per export, with pure functions from views to text.

`json_resume` and `rendercv` are files, `markdown` is pages and ``llms.txt``, `json_ld` and `meta_tags` are
parts of a page's head. `losses` collects what exports cannot express.
"""

from __future__ import annotations

from portfolio.citations import biblatex, csl_json
from portfolio.exports import json_resume, rendercv
from portfolio.print import cv_pdf

# Every file that contains the record, and the option in `ExportOptions` that enables it.
EXPORT_FILES = {
    json_resume.EXPORT: "resume_json",
    rendercv.EXPORT: "cv_yaml",
    biblatex.EXPORT: "bibliography",
    csl_json.EXPORT: "bibliography",
    cv_pdf.EXPORT: "cv_pdf",
}
