"""The check of everything that is written, as a build, ``make check`` and an editor run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from portfolio import settings
from portfolio.options import Faces
from portfolio.problem import Problem
from portfolio.renderers import bibliography, csl_json, cv_pdf, json_resume, rendercv
from portfolio.settings import Places
from portfolio.site import Site
from writing import prose_check, standing
from writing.conversion import Converter
from writing.prose_check import Inputs
from writing.standing import Waiting

# What a build makes for a page to link to, and the setting that each goes by.
_FACES = {
    json_resume.FACE: "resume_json",
    rendercv.FACE: "cv_yaml",
    bibliography.FACE: "bibliography",
    csl_json.FACE: "bibliography",
    cv_pdf.FACE: "cv_pdf",
}


def check(found: Site, places: Places, config: Path, now: datetime) -> list[Problem]:
    """Every problem in the text of the pages and between the posts, sorted. ``now`` has a zone."""
    inputs = Inputs(
        places,
        settings.values(config),
        found.record,
        tuple(waiting(found, now)),
        _generated(found.options.faces),
    )
    return prose_check.check(inputs, Converter())


def waiting(found: Site, now: datetime) -> list[Waiting]:
    """The posts that are not out at a moment: drafts, then those dated ahead."""
    return standing.all_waiting(found.record.posts, now, found.options.zone)


def _generated(faces: Faces) -> frozenset[str]:
    return frozenset(path for path, setting in _FACES.items() if getattr(faces, setting))
