"""References and citations in a style of the Citation Style Language 1.0, set by citeproc."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from bibtexparser.middlewares.names import split_multiple_persons_names
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, Locator
from citeproc.source.json import CiteProcJSON
from citeproc.string import MixedString, NoCase

from portfolio.citations import csl_json, owner, runs
from portfolio.citations.runs import Formatter, Run
from portfolio.citations.styles import Style
from portfolio.citations.syntax import Cite
from portfolio.record import dates, people
from portfolio.record.models import Publication, arxiv_url
from portfolio.record.people import Person, Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio, is_inferred

_ET_AL = {"et-al-min", "et-al-use-first", "et-al-use-last"}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Reference:
    """An entry of a list of references."""

    id: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


class Page:
    """The citations of one page: they are set in their order, and then its references.

    ``items`` are CSL-JSON items; ``cited`` the keys that the page cites, by their first citations. In a list
    that stands ``alone`` nobody cites from it: it names all authors, and has neither numbers nor letters.
    """

    def __init__(
        self, style: Style, items: Iterable[Data], cited: Sequence[str], *, alone: bool = False
    ) -> None:
        by_key = {item["id"]: item for item in items}
        # Citeproc takes keys for the same that differ in case only.
        self._number = {key: str(number) for number, key in enumerate(dict.fromkeys(cited), 1)}
        self._key = {number: key for key, number in self._number.items()}
        source = CiteProcJSON([_prepared(by_key[key], number) for key, number in self._number.items()])
        for number, key in self._key.items():
            title = runs.without_marks(by_key[key].get("title", ""))
            # The owner's capitals are meant, whatever a style makes of titles.
            source[number]["title"] = MixedString([NoCase(runs.marked(title, "title"))])
        self._bibliography = CitationStylesBibliography(_made(style, alone=alone), source, Formatter)
        for number in self._key:
            self._bibliography.register(Citation([CitationItem(number)]))
        self._bibliography.sort()
        if not alone:
            self._tell_apart(source)

    def citation(self, cites: Iterable[Cite]) -> tuple[Run, ...]:
        """A citation in the text, each work being marked by its place in it. All its keys are cited ones."""
        made = Citation([self._item(place, cite) for place, cite in enumerate(cites)])
        self._bibliography.register(made)
        return runs.read(str(self._bibliography.cite(made, lambda _: None)))

    def references(self) -> list[Reference]:
        """The list of references, in the order of the style."""
        texts = self._bibliography.bibliography()
        return [
            Reference(self._key[number], runs.read(runs.with_title_once(str(text))))
            for number, text in zip(self._bibliography.keys, texts, strict=True)
        ]

    def _item(self, place: int, cite: Cite) -> CitationItem:
        start, end = runs.work_marks(place)
        locator = runs.without_marks(cite.locator)
        number = self._number[cite.key]
        if not cite.label:
            return CitationItem(number, prefix=start, suffix=f", {locator}{end}" if locator else end)
        return CitationItem(number, prefix=start, suffix=end, locator=Locator(cite.label, locator))

    def _tell_apart(self, source: CiteProcJSON) -> None:
        """Letters after the year where two citations would read the same: citeproc sets none itself."""
        if self._bibliography.style.root.citation.get("disambiguate-add-year-suffix") != "true":
            return
        same: dict[str, list[str]] = {}
        for number in self._bibliography.keys:
            said = "".join(run.text for run in self.citation([Cite(self._key[number])]))
            same.setdefault(said, []).append(number)
        for numbers in same.values():
            for place, number in enumerate(numbers if len(numbers) > 1 else []):
                letter = _LETTERS[place % len(_LETTERS)]
                source[number]["year_suffix"] = letter * (place // len(_LETTERS) + 1)


def _made(style: Style, *, alone: bool) -> CitationStylesStyle:
    # A new one for each page: it remembers what was cited.
    made = CitationStylesStyle(BytesIO(style.text), validate=False)
    for element in made.root.iter("{*}*") if alone else ():
        for name in _ET_AL & set(element.keys()):
            del element.attrib[name]
        if element.get("variable") == "citation-number":
            # Like any variable that a work does not have, it goes with all that is around it.
            element.set("variable", "citation-label")
    if made.root.bibliography is not None and made.root.bibliography.get("second-field-align"):
        # A style leaves the space between the first field and the rest to the layout.
        first = made.root.bibliography.layout[0]
        if not first.get("suffix", "").endswith(" "):
            first.set("suffix", first.get("suffix", "") + " ")
    return made


def _prepared(item: Data, number: str) -> Data:
    """An item for citeproc: its own key, without what would be taken for a mark, and with the owner's."""
    clean = {**{name: _clean(value) for name, value in item.items()}, "id": number}
    for name in clean.get("author", ()):
        if name.pop("owner", False):
            part = "literal" if "literal" in name else "family"
            name[part] = runs.marked(name[part], "owner")
    return clean


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return runs.without_marks(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return {name: _clean(one) for name, one in value.items()} if isinstance(value, dict) else value


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
                item["URL"] = arxiv_url(publication.arxiv)
    return made


def with_owner(item: Data, publication: Publication, profile: Profile) -> Data:
    """An item in which the owner is marked among the authors (``"owner": True``), for csl.Page."""
    place = owner.among(people.parse_authors(publication.author), profile.name)
    authors = [
        {**name, "owner": True} if at == place else name for at, name in enumerate(item.get("author", ()))
    ]
    return {**item, "author": authors} if authors else item


def _names(text: str, given: Iterable[Data]) -> list[Data]:
    """CSL-JSON's names for those of a field."""
    raw = [name for name in split_multiple_persons_names(text) if name.lower() != "others"]
    told = [_author(*one) for one in zip(given, people.parse_authors(text), raw, strict=True)]
    # As a name among the names: a style has no other word for them.
    return [*told, {"literal": "others"}] if people.has_unnamed_authors(text) else told


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
    sure = dates.html_datetime(when)
    if is_inferred(publication, "date"):
        return {"literal": f"{dates.format_date(when)}, inferred"}
    return (
        {"date-parts": [[int(part) for part in sure.split("-")]]}
        if sure
        else {"literal": dates.format_date(when)}
    )
