"""Collects what exports cannot express; ``make check`` prints it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portfolio.citations import biblatex, csl_json
from portfolio.config import DEFAULT_CVS, CvOptions, ExportOptions
from portfolio.core.diagnostics import ExportLoss
from portfolio.exports import EXPORT_FILES, json_ld, json_resume, rendercv
from portfolio.print import cv_pdf, fonts
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline.exported_fields import list_entries
from portfolio.timeline.views import Portfolio

# The option of each export in `ExportOptions`.
_OPTIONS = {**EXPORT_FILES, json_ld.EXPORT: "json_ld"}
# Fields that exports either leave out or mark as inferred.
_MARKED_FIELDS = {"date", "start_date", "end_date", "after", "before", "evidence"}
# Lines with losses name at most this many entries or fields.
_MAX_NAMES = 10


def collect_losses(
    portfolio: Portfolio,
    profile: Profile,
    exports: ExportOptions,
    cvs: Mapping[str, CvOptions] = DEFAULT_CVS,
) -> list[ExportLoss]:
    """Return the losses of all enabled exports and CVs, sorted, without repetition."""
    losses = [
        *json_resume.build_resume(portfolio, profile)[1],
        *rendercv.build_cv(portfolio, profile)[1],
        *biblatex.bibliography(portfolio, profile)[1],
        *csl_json.export_items(portfolio, profile)[1],
        *json_ld.person_node(portfolio, profile)[1],
        *json_ld.list_losses(portfolio, profile),
        *_unmarked_inferences(portfolio),
    ]
    enabled = {loss for loss in losses if getattr(exports, _OPTIONS[loss.export])}
    if exports.cv_pdf:
        enabled |= {*cv_pdf.export_losses(portfolio, profile, fonts.packaged_fonts(), cvs)}
    return sorted(enabled)


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
    if not ids:
        return f"{subject}: {message}"
    rest = len(ids) - _MAX_NAMES
    names = ", ".join(ids[:_MAX_NAMES]) + (f" and {rest} more" if rest > 0 else "")
    return f"{subject}: {message.removesuffix('.')}: {names}."


def _unmarked_inferences(portfolio: Portfolio) -> Iterator[ExportLoss]:
    """Inferred fields that exports present as facts."""
    for kind, entries in list_entries(portfolio):
        is_publication = kind.model is Publication
        has_entries = {
            json_resume.EXPORT: True,
            rendercv.EXPORT: True,
            csl_json.EXPORT: is_publication or kind.bibliography is not None,
            json_ld.EXPORT: is_publication or kind.json_ld is not None,
        }
        exports = [export for export, is_exported in has_entries.items() if is_exported]
        for entry in entries:
            names = [name for name in entry.inferred if name not in _MARKED_FIELDS]
            for export in exports if names else ():
                fields = "all of it" if "*" in names else ", ".join(names)
                message = f"that {fields} is inferred, not stated, is left out."
                yield ExportLoss(export, entry.id, message)
