"""The fields of a BibTeX or BibLaTeX entry as those of the record's Publication."""

from __future__ import annotations

import difflib
import re

from portfolio.core.diagnostics import did_you_mean
from portfolio.core.positions import Document

# Standard fields, in BibTeX and BibLaTeX.
STANDARD = frozenset(
    (
        "abstract addendum address afterword annotation annotator annote archiveprefix author authors "
        "authortype bookauthor bookpagination booksubtitle booktitle booktitleaddon chapter commentator "
        "crossref date day doi edition editor editora editorb editorc editortype eid entryset entrysubtype "
        "eprint eprintclass eprinttype eventdate eventtitle eventtitleaddon execute file foreword gender "
        "holder howpublished hyphenation ids indexsorttitle indextitle institution introduction isan isbn "
        "ismn isrn issn issue issuesubtitle issuetitle issuetitleaddon iswc journal journalsubtitle "
        "journaltitle journaltitleaddon key keywords label langid langidopts language library location "
        "mainsubtitle maintitle maintitleaddon month nameaddon note number options organization origdate "
        "origlanguage origlocation origpublisher origtitle pages pagetotal pagination part pdf presort "
        "primaryclass publisher pubstate related relatedoptions relatedstring relatedtype reprinttitle "
        "school series shortauthor shorteditor shorthand shorthandintro shortjournal shortseries shorttitle "
        "sortkey sortname sortshorthand sorttitle sortyear subtitle title titleaddon translator type url "
        "urldate version volume volumes xdata xref year"
    ).split()
)
# What exporters write besides and what looks like a misspelling of one of these.
_EXPORTED = {"adsnote", "keyword"}
# al-folio's extra fields, and the record's own.
EXTRA = "abbr arxiv code pdf slides video selected basis source".split()

Fields = dict[str, str]

# What a work has in common with the one that it is part of (``crossref``).
_INHERITED = (
    "booktitle editor publisher organization institution school howpublished journal journaltitle series "
    "volume number edition address location isbn issn language date year month day"
).split()
_VENUES = (
    "journal",
    "journaltitle",
    "booktitle",
    "howpublished",
    "school",
    "institution",
    "organization",
    "publisher",
)
_MONTHS = "january february march april may june july august september october november december".split()
# Identifiers are often pasted as addresses.
_PREFIXES = {
    "doi": re.compile(r"(https?://(dx\.)?doi\.org/|doi:)\s*", re.IGNORECASE),
    "arxiv": re.compile(r"(https?://(www\.)?arxiv\.org/(abs|pdf)/|arxiv:)\s*", re.IGNORECASE),
}


def unknown(name: str, *, foreign: bool) -> str | None:
    """What to say of a field's name that is not known, which may be nothing; None if it is.

    In ``foreign`` entries a name passes that is no misspelling: other programs have fields of their own.
    """
    known = STANDARD | set(EXTRA)
    if name in known:
        return None
    if foreign:
        near = [one for one in known if abs(len(one) - len(name)) <= 1]
        if name in _EXPORTED or not difflib.get_close_matches(name, near, n=1, cutoff=0.75):
            return None
    return did_you_mean(name, known)


def with_inherited(key: str, entries: dict[str, tuple[str, Fields]]) -> Fields:
    """An entry's fields with those of the work that it is part of, as BibTeX and BibLaTeX pass them on."""
    own = entries[key][1]
    parent = entries.get(own.get("crossref", ""))
    if parent is None or parent is entries[key]:
        return own
    above = parent[1]
    if own.keys() & {"date", "year"}:
        above = {name: text for name, text in above.items() if name not in ("date", "year", "month", "day")}
    inherited = {name: above[name] for name in _INHERITED if above.get(name)}
    if "booktitle" not in inherited and above.get("title"):
        inherited["booktitle"] = above["title"]
    return {name: text for name, text in {**inherited, **own}.items() if name != "crossref"}


def publication(document: Document, key: str, kind: str, fields: Fields) -> dict[str, object]:
    """Name the fields as the model does; where a field comes from another, its place is that one's."""
    data: dict[str, object] = {"id": key, "type": kind, "fields": tuple(sorted(fields.items()))}
    for name in (*EXTRA, "title", "author", "authors", "date", "url", "doi", "abstract"):
        if fields.get(name):
            data[name] = fields[name]
    venue = next((name for name in _VENUES if fields.get(name)), None)
    derived = {"venue": venue}
    if venue:
        data["venue"] = fields[venue]
    if "basis" in fields:
        data["basis"] = _basis(fields["basis"])
    if "date" not in fields and fields.get("year"):
        data["date"], derived["date"] = _year_and_month(fields), "year"
    if "arxiv" not in fields and fields.get("archiveprefix", fields.get("eprinttype", "")).lower() == "arxiv":
        data["arxiv"], derived["arxiv"] = fields.get("eprint"), "eprint"
    for name in _PREFIXES:
        if data.get(name):
            data[name] = identifier(name, str(data[name]))
    for name, origin in derived.items():
        if origin and (key, origin) in document.key_positions:
            document.key_positions.setdefault((key, name), document.key_positions[(key, origin)])
    return data


def _basis(text: str) -> str | dict[str, str]:
    """``stated``, ``inferred``, or ``date: inferred, url: stated`` as a mapping."""
    if ":" not in text:
        return text.strip()
    pairs = (part.partition(":") for part in text.split(","))
    return {name.strip(): basis.strip() for name, _, basis in pairs}


def _year_and_month(fields: Fields) -> str:
    """BibTeX's year, month and day as an EDTF date. A month is added only to a plain year."""
    year, month = fields["year"], number_of_month(fields.get("month", ""))
    if month is None or not re.fullmatch(r"\d{4}", year, re.ASCII):
        return year
    date = f"{year}-{month:02}"
    return f"{date}-{fields['day']:0>2}" if fields.get("day") else date


def number_of_month(text: str) -> int | None:
    """The number of a month that is given by its name, its first letters or its number."""
    word = text.strip().rstrip(".").lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word, re.ASCII):
        return int(word)
    if word in _MONTHS:
        return _MONTHS.index(word) + 1
    # "sept" is as good as "sep".
    return next(
        (n for n, name in enumerate(_MONTHS, 1) if len(word) in (3, 4) and name.startswith(word)), None
    )


def identifier(name: str, text: str) -> str:
    """A DOI or arXiv's number without what makes an address of it; any other field as it is."""
    prefix = _PREFIXES.get(name)
    return prefix.sub("", text, count=1) if prefix else text
