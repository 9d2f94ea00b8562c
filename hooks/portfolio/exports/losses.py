"""Collects what exports cannot express; ``make check`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portfolio.citations import biblatex, csl_json
from portfolio.config import ExportOptions
from portfolio.core.diagnostics import ExportLoss
from portfolio.exports import EXPORT_FILES, json_ld, json_resume, rendercv
from portfolio.print import cv_pdf, fonts
from portfolio.record.models import Fact
from portfolio.record.people import Profile
from portfolio.timeline.views import Portfolio

# The option of each export in `ExportOptions`.
_OPTIONS = {**EXPORT_FILES, json_ld.EXPORT: "json_ld"}
# Fields that exports either leave out or mark as inferred.
_MARKED_FIELDS = {"date", "start_date", "end_date", "after", "before", "evidence"}
# The exports that present entries of a kind as facts.
_EXPORTS_OF_KIND = {
    "roles": (json_resume.EXPORT, rendercv.EXPORT, json_ld.EXPORT),
    "education": (json_resume.EXPORT, rendercv.EXPORT, json_ld.EXPORT),
    "publications": (json_resume.EXPORT, rendercv.EXPORT, csl_json.EXPORT, json_ld.EXPORT),
    "talks": (json_resume.EXPORT, rendercv.EXPORT),
    "software": (json_resume.EXPORT, rendercv.EXPORT),
}


def collect_losses(portfolio: Portfolio, profile: Profile, exports: ExportOptions) -> list[ExportLoss]:
    """Return the losses of all enabled exports, sorted, without repetition."""
    losses = [
        *json_resume.build_resume(portfolio, profile)[1],
        *rendercv.build_cv(portfolio, profile)[1],
        *biblatex.bibliography(portfolio, profile)[1],
        *csl_json.export_items(portfolio, profile)[1],
        *json_ld.person_node(portfolio, profile)[1],
        *json_ld.publication_losses(portfolio, profile),
        *_unmarked_inferences(portfolio),
    ]
    if exports.cv_pdf:
        losses += cv_pdf.export_losses(portfolio, profile, fonts.packaged_fonts())
    return sorted({loss for loss in losses if getattr(exports, _OPTIONS[loss.export])})


def format_losses(losses: Iterable[ExportLoss]) -> list[str]:
    """Format losses as lines; a loss that several entries or exports share is a single line."""
    ids_by_message: dict[tuple[str, str], list[str]] = {}
    for loss in sorted(losses):
        ids_by_message.setdefault((loss.export, loss.message), []).append(loss.id)
    exports_by_loss: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (export, message), ids in ids_by_message.items():
        exports_by_loss.setdefault((message, tuple(id for id in ids if id)), []).append(export)
    return sorted(_line(exports, message, ids) for (message, ids), exports in exports_by_loss.items())


def _line(exports: list[str], message: str, ids: tuple[str, ...]) -> str:
    subject = ", ".join(exports)
    return f"{subject}: {message.removesuffix('.')}: {', '.join(ids)}." if ids else f"{subject}: {message}"


def _unmarked_inferences(portfolio: Portfolio) -> Iterator[ExportLoss]:
    """Inferred fields that exports present as facts."""
    for kind, exports in _EXPORTS_OF_KIND.items():
        for entry in portfolio.entries(kind):
            inferred = entry.inferred if isinstance(entry, Fact) else ()
            names = [name for name in inferred if name not in _MARKED_FIELDS]
            for export in exports if names else ():
                fields = "all of it" if "*" in names else ", ".join(names)
                message = f"that {fields} is inferred, not stated, is left out."
                yield ExportLoss(export, entry.id, message)
