"""BibLaTeX, which BibTeX's readers take as well: ``/publications.bib``."""

from __future__ import annotations

import re

from portfolio.core.diagnostics import ExportLoss
from portfolio.record import dates
from portfolio.record.dates import DateSet, EdtfDate, Interval, SingleDate
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates
from portfolio.timeline.views import Portfolio, is_inferred

EXPORT = "publications.bib"

# All of a date, in the place of these.
_DATES = {"date", "year", "month", "day"}
# BibLaTeX reads these letter by letter; in all others TeX has its say.
_VERBATIM = {"url", "doi", "eprint", "arxiv", "code", "pdf", "slides", "video"}
_ADDRESSES = {"url", "code", "pdf", "slides", "video"}
_TITLES = {"title", "subtitle", "booktitle", "shorttitle"}
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX counts braces even where they are escaped.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: rf"\{character}" for character in "&%$#_"},
    }
)
# Braces in names keep what is in them whole.
_NAMES = {"author", "editor", "translator"}
_TEX_OF_NAMES = {sign: text for sign, text in _TEX.items() if chr(sign) not in "{}"}
# Two of these in a row are one other sign to TeX.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')")
# Words with a capital inside, which a style that sets titles in small letters must leave alone.
_PROPER = re.compile(r"(?<![\\\w])\w+?(?=[A-Z])\w*")


def render(portfolio: Portfolio, profile: Profile) -> str:
    """The text of the file."""
    return bibliography(portfolio, profile)[0]


def bibliography(portfolio: Portfolio, profile: Profile) -> tuple[str, list[ExportLoss]]:
    """All publications, newest first, with every field of theirs, and what the format cannot say.

    A date is EDTF of level 1, which BibLaTeX knows; one that is inferred is marked as uncertain (``?``), and
    one of level 2 is told in words, in ``note``. ``year`` stands where it is certain and stated.
    """
    notes: list[ExportLoss] = []
    entries = [
        _entry(entry, profile, notes)
        for entry in portfolio.entries("publications")
        if isinstance(entry, Publication)
    ]
    return "\n".join(entries), notes


def edtf(when: EdtfDate, *, inferred: bool) -> str:
    """A date as BibLaTeX takes it, or an empty string where it knows no such date."""
    if isinstance(when, DateSet):
        return ""
    if isinstance(when, SingleDate):
        return _moment(when, inferred=inferred)
    start, end = (_side(when, side, inferred=inferred) for side in ("start", "end"))
    return "" if start is None or end is None else f"{start}/{end}"


def _entry(entry: Publication, profile: Profile, notes: list[ExportLoss]) -> str:
    fields = {name: text for name, text in entry.fields if name not in _DATES}
    if entry.doi:
        fields["doi"] = entry.doi
    if entry.arxiv:
        fields |= {"eprint": entry.arxiv, "eprinttype": "arxiv"}
        fields.pop("arxiv", None)
    if entry.date is not None:
        inferred = is_inferred(entry, "date")
        year = "" if inferred else iso_dates.certain_iso_date(entry.date)[: len("2019")]
        if year:
            # All that BibTeX's own styles know of; BibLaTeX takes the date, where there is one too.
            fields["year"] = year
        if (date := edtf(entry.date, inferred=inferred)) and date != year:
            fields["date"] = date
        elif not date:
            said = dates.format_date(entry.date) + (" (inferred)" if inferred else "")
            fields["note"] = f"{fields['note']}; {said}" if fields.get("note") else said
            notes.append(ExportLoss(EXPORT, entry.id, f"date '{said}' is written in words, as a note."))
    first = [name for name in ("title", "author", "date", "year") if name in fields]
    names = [*first, *(name for name in fields if name not in first)]
    lines = "".join(f"  {name} = {{{_value(name, fields[name], profile)}}},\n" for name in names)
    return f"@{entry.type}{{{entry.id},\n{lines}}}\n"


def _value(name: str, text: str, profile: Profile) -> str:
    if name in _ADDRESSES:
        text = profile.absolute(text) or text
    if name in _VERBATIM:
        return text.replace("{", "%7B").replace("}", "%7D")
    if name in _DATES:
        return text
    written = _LIGATURE.sub("{}", text.translate(_TEX_OF_NAMES if name in _NAMES else _TEX))
    return _PROPER.sub(r"{\g<0>}", written) if name in _TITLES else written


def _side(when: Interval, side: str, *, inferred: bool) -> str | None:
    point = when.start if side == "start" else when.end
    if point is None:
        return ".." if getattr(when, f"open_{side}") else ""
    return _moment(point, inferred=inferred) if isinstance(point, SingleDate) else None


def _moment(moment: SingleDate, *, inferred: bool) -> str:
    uncertain = moment.uncertain or inferred
    mark = (
        "%" if uncertain and moment.approximate else "?" if uncertain else "~" if moment.approximate else ""
    )
    return moment.text.rstrip("~?%") + mark
