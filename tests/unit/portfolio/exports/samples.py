"""Random records with difficult texts and dates, built from the record's models."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from portfolio.record.models import Education, Publication, Role, Software, Talk
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


@st.composite
def records(draw: st.DrawFn) -> Record:
    """A record with up to three entries of each kind but posts."""
    count = iter(range(100))

    def several(build: Any) -> tuple[Any, ...]:
        return tuple(build(f"id{next(count)}") for _ in range(draw(st.integers(0, 3))))

    basis = st.sampled_from(["stated", "inferred"])
    return Record(
        roles=several(
            lambda id: Role.model_validate(
                {
                    "id": id,
                    "company": draw(_TEXT),
                    "position": draw(_TEXT),
                    "basis": draw(basis),
                    **draw(_span()),
                }
            )
        ),
        education=several(
            lambda id: Education.model_validate(
                {
                    "id": id,
                    "institution": draw(_TEXT),
                    "area": draw(_TEXT),
                    "degree": draw(_MAYBE),
                    **draw(_span()),
                }
            )
        ),
        publications=several(
            lambda id: _publication(
                id,
                draw(_TEXT),
                draw(st.lists(_AUTHOR, max_size=3)),
                draw(st.none() | _ANY),
                draw(basis),
                draw(st.sampled_from(["article", "online", "misc", "phdthesis"])),
            )
        ),
        talks=several(
            lambda id: Talk.model_validate(
                {
                    "id": id,
                    "title": draw(_TEXT),
                    "appearances": [
                        {"event": event, "date": draw(st.none() | _ANY)}
                        for event in draw(st.lists(_TEXT, max_size=3))
                    ],
                }
            )
        ),
        software=several(
            lambda id: Software.model_validate(
                {"id": id, "name": draw(_TEXT), "date": draw(st.none() | _ANY)}
            )
        ),
    )
