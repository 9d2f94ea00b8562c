"""What an export cannot express."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ExportLoss:
    """Something that an export leaves out or says differently: information for the owner, not a problem.

    ``export`` is the name of the export, such as its file; ``id`` is the entry, or empty for the whole.
    """

    export: str
    id: str
    message: str

    def __str__(self) -> str:
        subject = f"{self.export}: {self.id}" if self.id else self.export
        return f"{subject}: {self.message}"
