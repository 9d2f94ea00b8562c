"""CSL-JSON of works whose dates and names are safe with any style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bibtexparser.middlewares.names import split_multiple_persons_names

from portfolio import words
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
        raw = [name for name in split_multiple_persons_names(publication.author) if name.lower() != "others"]
        named = zip(item.get("author", ()), people.authors(publication.author), raw, strict=True)
        item["author"] = [_author(*one) for one in named]
        if publication.author.lower().endswith(" and others"):
            # As a name among the names: a style has no other word for them.
            item["author"].append({"literal": "others"})
    return made


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
