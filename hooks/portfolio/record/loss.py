"""What a face cannot say as the record says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class ExportLoss:
    """One thing that a face leaves out or says differently, for the owner to know; it stops nothing.

    ``face`` is the file it is about, ``id`` the entry, empty where it is about the whole.
    """

    face: str
    id: str
    message: str

    def __str__(self) -> str:
        subject = f"{self.face}: {self.id}" if self.id else self.face
        return f"{subject}: {self.message}"
