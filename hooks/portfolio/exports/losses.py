"""All that the faces cannot say, for whoever wants to know it: ``make check`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portfolio.citations import biblatex, csl_json
from portfolio.config.options import Exports
from portfolio.exports import json_ld_record, json_resume, rendercv
from portfolio.print import cv_pdf, fonts
from portfolio.record.loss import ExportLoss
from portfolio.record.profile import Profile
from portfolio.timeline.views import Portfolio

# The setting by which each face goes.
_SETTINGS = {
    json_resume.EXPORT: "resume_json",
    rendercv.EXPORT: "cv_yaml",
    biblatex.EXPORT: "bibliography",
    csl_json.EXPORT: "bibliography",
    json_ld_record.EXPORT: "json_ld",
    cv_pdf.EXPORT: "cv_pdf",
}
# What a face says nothing of, or where it says itself what is inferred.
_TOLD = {"date", "start_date", "end_date", "after", "before", "evidence"}
# The faces that tell entries of a kind as facts.
_STATED_IN = {
    "roles": (json_resume.EXPORT, rendercv.EXPORT, json_ld_record.EXPORT),
    "education": (json_resume.EXPORT, rendercv.EXPORT, json_ld_record.EXPORT),
    "publications": (json_resume.EXPORT, rendercv.EXPORT, csl_json.EXPORT, json_ld_record.EXPORT),
    "talks": (json_resume.EXPORT, rendercv.EXPORT),
    "software": (json_resume.EXPORT, rendercv.EXPORT),
}


def notes(portfolio: Portfolio, profile: Profile, faces: Exports) -> list[ExportLoss]:
    """The notes of every face that is made, sorted, each once."""
    found = [
        *json_resume.resume(portfolio, profile)[1],
        *rendercv.cv(portfolio, profile)[1],
        *biblatex.bibliography(portfolio, profile)[1],
        *csl_json.export_items(portfolio, profile)[1],
        *json_ld_record.person(portfolio, profile)[1],
        *json_ld_record.of_publications(portfolio, profile),
        *_inferred(portfolio),
    ]
    if faces.cv_pdf:
        found += cv_pdf.export_losses(portfolio, profile, fonts.packaged_fonts())
    return sorted({note for note in found if getattr(faces, _SETTINGS[note.export])})


def lines(notes: Iterable[ExportLoss]) -> list[str]:
    """Notes as lines: what is the same for several entries, and then for several faces, stands on one."""
    about: dict[tuple[str, str], list[str]] = {}
    for note in sorted(notes):
        about.setdefault((note.export, note.message), []).append(note.id)
    same: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (face, message), ids in about.items():
        same.setdefault((message, tuple(id for id in ids if id)), []).append(face)
    return sorted(_line(faces, message, ids) for (message, ids), faces in same.items())


def _line(faces: list[str], message: str, ids: tuple[str, ...]) -> str:
    subject = ", ".join(faces)
    return f"{subject}: {message.removesuffix('.')}: {', '.join(ids)}." if ids else f"{subject}: {message}"


def _inferred(portfolio: Portfolio) -> Iterator[ExportLoss]:
    """What is inferred, where a face has no way to say so."""
    for kind, faces in _STATED_IN.items():
        for entry in getattr(portfolio.record, kind):
            names = [name for name in entry.inferred if name not in _TOLD]
            for face in faces if names else ():
                what = "all of it" if "*" in names else ", ".join(names)
                yield ExportLoss(face, entry.id, f"that {what} is inferred, not stated, is left out.")
