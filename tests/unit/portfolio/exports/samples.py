"""Random records with difficult texts and dates, built from the record's models."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from portfolio.record.kinds import KINDS, Kind, own_kind
from portfolio.record.models import Fact, OwnSection, Period, Publication, Role, SectionEntry, Talk
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.unit.portfolio import records as files

PROFILE = Profile("Ada Q. Person", "Person & Co", "Notes <of> one", "https://example.org/p/")

_YEAR = st.integers(1001, 2999).map(lambda year: f"{year}")
_POINT = st.builds(
    str.format,
    st.sampled_from(
        [
            "{0}",
            "{0}-05",
            "{0}-02-28",
            "{0}~",
            "{0}?",
            "{0}%",
            "{0}-05~",
            "{0}-21",
            "{0}-XX",
            "[{0}-03,{0}-04]",
        ]
    ),
    _YEAR,
) | st.sampled_from(["201X", "19XX", "[2018,2019]", "[2019..2021]", "[..2015]", "0047"])
_ANY = _POINT | st.sampled_from(
    ["2012/2015", "/2015", "2020/..", "2012~/2015", "../2015", "{2018,2019}", "2019-02/2019-03", "2015/"]
)
_CHARACTERS = st.characters(
    codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters=""
) | st.sampled_from(list(" {}\\%&<>\"'~^_#$-`*[]"))
_TEXT = st.text(_CHARACTERS, min_size=1, max_size=25).filter(
    lambda text: text.strip() == text and "  " not in text
)
_MAYBE = st.none() | _TEXT
_WORD = st.text("abcXYZ", min_size=2, max_size=6)
_AUTHOR = st.builds("{}, {}".format, _WORD.map(str.title), _WORD.map(str.title))


def portfolio_with_role(**fields: Any) -> Portfolio:
    """A record with one role, ``r``."""
    role = Role.model_validate({"id": "r", "company": "Acme", "position": "Engineer", **fields})
    return Portfolio(Record(roles=(role,)))


def read_publications(folder: Path, text: str) -> Portfolio:
    """A record of the publications in a valid BibTeX text, which is written to a folder."""
    record, problems = files.read(files.write(folder, {"data/publications.bib": text}))
    assert problems == []
    return Portfolio(record)


def _without(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item is not None}


def _span() -> st.SearchStrategy[dict[str, Any]]:
    sides = st.fixed_dictionaries(
        {"start_date": st.none() | _POINT, "end_date": st.none() | _POINT | st.just("present")}
    )
    return sides | st.fixed_dictionaries({"date": st.none() | _ANY})


def _publication(
    id: str, title: str, authors: list[str], date: str | None, basis: str, kind: str
) -> Publication:
    fields = {"title": title, "author": " and ".join(authors), "publisher": "House", "date": date or ""}
    return Publication(
        id=id,
        type=kind,
        title=title,
        author=fields["author"],
        venue="House",
        **_without({"date": date}),
        basis=basis,
        fields=tuple(sorted((name, text) for name, text in fields.items() if text)),
    )


# Optional texts of entries.
_LINES = set(
    "location degree role entity awarder funder amount number issuer institution level fluency office status "
    "organization".split()
)
OWN_SECTIONS = {
    section: own_kind(OwnSection(id=section, title=title))
    for section, title in (("press", "In the press"), ("references", "References"))
}


def _entry(draw: st.DrawFn, kind: Kind, id: str) -> Fact:
    model = kind.model
    data: dict[str, Any] = {"id": id, "basis": draw(st.sampled_from(["stated", "inferred"]))}
    for name, field in model.model_fields.items():
        if field.is_required():
            data[name] = draw(_TEXT)
        elif name in _LINES:
            data[name] = draw(_MAYBE)
        elif name in ("tags", "keywords"):
            data[name] = draw(st.lists(_TEXT, max_size=2))
    if issubclass(model, Talk):
        # Imports merge talks with the same title.
        data["title"] += f" {id}"
        data["appearances"] = [
            {"event": event, "date": draw(st.none() | _ANY)} for event in draw(st.lists(_TEXT, max_size=3))
        ]
    elif issubclass(model, Period):
        data |= draw(_span())
    elif "date" in model.model_fields:
        data["date"] = draw(st.none() | _ANY)
    entry = model.model_validate(_without(data))
    assert isinstance(entry, Fact)
    return entry.in_section(kind.name) if isinstance(entry, SectionEntry) else entry


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record with up to two entries of each kind but posts."""
    count = iter(range(100))
    entries: dict[str, list[Fact]] = {}
    for kind in (*KINDS, *OWN_SECTIONS.values()):
        ids = [f"id{next(count)}" for _ in range(draw(st.integers(0, 2)))]
        entries[kind.name] = [
            _publication(
                id,
                draw(_TEXT),
                draw(st.lists(_AUTHOR, max_size=3)),
                draw(st.none() | _ANY),
                draw(st.sampled_from(["stated", "inferred"])),
                draw(st.sampled_from(["article", "online", "misc", "phdthesis"])),
            )
            if kind.model is Publication
            else _entry(draw, kind, id)
            for id in ids
        ]
    return Record(sections=tuple(OWN_SECTIONS.values()), origins=(), **entries)
