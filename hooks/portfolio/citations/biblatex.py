"""Publications as BibLaTeX, which BibTeX reads too: the export ``/publications.bib``, and single entries."""

from __future__ import annotations

import re
from functools import partial

from portfolio.core.diagnostics import ExportLoss
from portfolio.core.runs import Runs, mark_up
from portfolio.record import dates, models
from portfolio.record.dates import DateSet, EdtfDate, SingleDate
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline import iso_dates
from portfolio.timeline.exported_fields import bibliography_entries
from portfolio.timeline.views import Portfolio, is_inferred

EXPORT = "publications.bib"

# Replaced by the record's date.
_DATE_FIELDS = {"date", "year", "month", "day"}
# BibLaTeX reads these character by character; in all other fields TeX commands apply.
_VERBATIM_FIELDS = {"doi", "eprint", "arxiv", *models.URL_FIELDS}
_TITLE_FIELDS = {"title", "subtitle", "booktitle", "shorttitle"}
# What the record needs, but a list of references does not.
# BibLaTeX's eprinttype replaces archiveprefix.
_INTERNAL_FIELDS = set(
    "abbr abstract archiveprefix arxiv authors basis code key keywords pdf selected slides source "
    "video".split()
)
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # BibTeX counts braces even if they are escaped.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: rf"\{character}" for character in "&%$#_"},
    }
)
# In names, braces keep their content together.
_TEX_IN_NAMES = {code: text for code, text in _TEX.items() if chr(code) not in "{}"}
# TeX turns two of these in a row into a single character.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')")
# The author of styled text has marked the capitals that styles must not change.
_STYLES = {
    "italic": (r"\emph{", "}"),
    "bold": (r"\textbf{", "}"),
    "small_caps": (r"\textsc{", "}"),
    "subscript": (r"\textsubscript{", "}"),
    "superscript": (r"\textsuperscript{", "}"),
    "keep_case": ("{", "}"),
}
# Words with a capital inside, which styles must not put into lower case.
_PROPER_NOUN = re.compile(r"(?<![\\\w])\w+?(?=[A-Z])\w*")


def render(portfolio: Portfolio, profile: Profile) -> str:
    """Return the text of the export."""
    return bibliography(portfolio, profile)[0]


def bibliography(portfolio: Portfolio, profile: Profile) -> tuple[str, list[ExportLoss]]:
    """Return all publications with all their fields, newest first, and what the format cannot express.

    Patents are among them: BibLaTeX has them, and the record has their inventors. Software and talks are not,
    because the record does not say who else wrote them, so that a reference could be wrong.

    Dates are EDTF level 1, which BibLaTeX reads. An inferred date is marked as uncertain (``?``); a date of
    level 2 becomes words in ``note``. ``year`` is written if it is certain and stated.
    """
    losses: list[ExportLoss] = []
    works = [work for _, work in bibliography_entries(portfolio, profile)]
    return "\n".join(_entry(work, profile, losses) for work in works), losses


def bibtex_entry(publication: Publication, profile: Profile) -> str:
    """Return an entry for readers to copy, with the fields that BibTeX or BibLaTeX knows."""
    fields = tuple(
        (name, text.replace("–", "-") if name == "pages" else text)
        for name, text in publication.fields
        if name not in _INTERNAL_FIELDS
    )
    return _entry(publication.model_copy(update={"fields": fields}), profile, [])


def _entry(entry: Publication, profile: Profile, losses: list[ExportLoss]) -> str:
    fields = {name: text for name, text in entry.fields if name not in _DATE_FIELDS}
    if entry.doi:
        fields["doi"] = entry.doi
    if entry.arxiv:
        fields |= {"eprint": entry.arxiv, "eprinttype": "arxiv"}
        fields.pop("arxiv", None)
    if entry.date is not None:
        inferred = is_inferred(entry, "date")
        year = "" if inferred else iso_dates.certain_iso_date(entry.date)[: len("2019")]
        if year:
            # The only date that BibTeX's own styles read. BibLaTeX prefers the date, if there is one.
            fields["year"] = year
        date = _edtf(entry.date, inferred=inferred)
        if date and date != year:
            fields["date"] = date
        elif not date:
            words = dates.format_date(entry.date) + (" (inferred)" if inferred else "")
            fields["note"] = f"{fields['note']}; {words}" if fields.get("note") else words
            losses.append(ExportLoss(EXPORT, entry.id, "the date is written in words, as a note."))
    first = [name for name in ("title", "author", "date", "year") if name in fields]
    names = [*first, *(name for name in fields if name not in first)]
    styled = dict(entry.styled)
    values = {
        name: write_runs(styled[name]) if name in styled else _value(name, fields[name], profile)
        for name in names
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in values.items())
    return f"@{entry.type}{{{entry.id},\n{lines}}}\n"


def _value(name: str, text: str, profile: Profile) -> str:
    if name in models.URL_FIELDS:
        text = profile.absolute(text) or text
    if name in _VERBATIM_FIELDS:
        return text.replace("{", "%7B").replace("}", "%7D")
    if name in _DATE_FIELDS:
        return text
    if name in models.NAME_FIELDS:
        return escape_name(text)
    return escape_text(text, keep_case=name in _TITLE_FIELDS)


def write_runs(runs: Runs) -> str:
    """Write styled text as LaTeX."""
    return mark_up(runs, _STYLES, partial(escape_text, keep_case=False))


def escape_name(text: str) -> str:
    """Write a name as LaTeX; its braces keep their content together."""
    return _LIGATURE.sub("{}", text.translate(_TEX_IN_NAMES))


def escape_text(text: str, *, keep_case: bool) -> str:
    """Write a text as LaTeX; ``keep_case`` puts words with a capital inside into braces."""
    escaped = _LIGATURE.sub("{}", text.translate(_TEX))
    return _PROPER_NOUN.sub(r"{\g<0>}", escaped) if keep_case else escaped


def _edtf(when: EdtfDate, *, inferred: bool) -> str:
    """Return a date as EDTF level 1, or an empty text if that level cannot express it."""
    if isinstance(when, SingleDate):
        # Neither, approximate, uncertain, or both.
        mark = ("", "~", "?", "%")[when.approximate + 2 * (when.uncertain or inferred)]
        return when.text.rstrip("~?%") + mark
    if isinstance(when, DateSet) or isinstance(when.start, DateSet) or isinstance(when.end, DateSet):
        return ""
    sides = ((when.start, when.open_start), (when.end, when.open_end))
    return "/".join(
        _edtf(point, inferred=inferred) if point else ".." if is_open else "" for point, is_open in sides
    )
