"""CSL-JSON of works whose dates and names are safe with any style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bibtexparser.middlewares.names import split_multiple_persons_names

from portfolio import words
from portfolio.citing import owner
from portfolio.links import is_inferred
from portfolio.loading import Record
from portfolio.models import Publication
from portfolio.renderers import csl_json, people
from portfolio.renderers.people import Person
from portfolio.renderers.profile import Profile
from portfolio.views import Portfolio

Data = dict[str, Any]

# Chinese, Japanese and Korean characters.
_FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


_OTHERS = ("editor", "translator")
# What kinds of theses and reports are called; BibLaTeX has keys for them.
_GENRES = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master’s thesis",
    "mathesis": "Master’s thesis",
    "techreport": "Technical report",
}


def items(publications: Iterable[Publication], profile: Profile) -> list[Data]:
    """CSL-JSON whose dates are safe with any style: one that is not sure stands in words.

    A style need not print what CSL-JSON says of a date with ``circa`` or a season.
    """
    given = {publication.id: publication for publication in publications}
    made, _ = csl_json.items(Portfolio(Record(publications=tuple(given.values()))), profile)
    for item in made:
        publication = given[item["id"]]
        if publication.date is not None:
            item["issued"] = _issued(publication)
        if item["type"] == "article-journal" and not item.keys() & {"volume", "page"}:
            # Styles take an article for a preprint that has no place in a volume.
            item["type"] = "article-magazine"
        fields = dict(publication.fields)
        for role, names in {
            "author": publication.author,
            **{one: fields.get(one, "") for one in _OTHERS},
        }.items():
            if told := _names(names, item.get(role, ())):
                item[role] = told
        _add_genre(item, publication)
        if publication.arxiv and not item.keys() & {"container-title", "publisher"}:
            item["publisher"] = f"arXiv:{publication.arxiv}"
            if not item.keys() & {"URL", "DOI"}:
                item["URL"] = f"https://arxiv.org/abs/{publication.arxiv}"
    return made


def with_owner(item: Data, publication: Publication, profile: Profile) -> Data:
    """An item in which the owner is marked among the authors (``"owner": True``), for csl.Page."""
    place = owner.among(people.authors(publication.author), profile.name)
    authors = [
        {**name, "owner": True} if at == place else name for at, name in enumerate(item.get("author", ()))
    ]
    return {**item, "author": authors} if authors else item


def _names(text: str, given: Iterable[Data]) -> list[Data]:
    """CSL-JSON's names for those of a field."""
    raw = [name for name in split_multiple_persons_names(text) if name.lower() != "others"]
    told = [_author(*one) for one in zip(given, people.authors(text), raw, strict=True)]
    # As a name among the names: a style has no other word for them.
    return [*told, {"literal": "others"}] if people.has_others(text) else told


def _add_genre(item: Data, publication: Publication) -> None:
    """What kind of thesis or report it is; a report's number is none of an issue."""
    genre = _GENRES.get(item.get("genre", publication.type), item.get("genre"))
    if genre:
        item["genre"] = genre
    if item["type"] == "report" and "issue" in item:
        item["number"] = item.pop("issue")


def _author(name: Data, person: Person, raw: str) -> Data:
    """A name in a script without capitals has no initials: it is kept whole, in the order of its language."""
    whole = f"{person.given}{person.family}"
    if not person.given or whole.upper() != whole.lower():
        return name
    # "山田, 太郎" and "山田 太郎" are the same; "العربي, محمد" is turned round.
    family_first = "," in raw and _FAMILY_FIRST.search(whole)
    return {"literal": f"{person.family} {person.given}" if family_first else person.name}


def _issued(publication: Publication) -> Data:
    when = publication.date
    assert when is not None, "asked for those that have one"
    sure = words.machine_readable(when)
    if is_inferred(publication, "date"):
        return {"literal": f"{words.of_date(when)}, inferred"}
    return (
        {"date-parts": [[int(part) for part in sure.split("-")]]}
        if sure
        else {"literal": words.of_date(when)}
    )
