"""Reads exports with independent parsers and validators."""

import importlib
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import jsonschema
import msgspec_schemaorg.models as schema_org
import yaml
from citeproc.source import DateRange, LiteralDate
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string

from portfolio.record.dates import EdtfDate, Interval
from portfolio.record.models import Period
from portfolio.timeline.views import Portfolio
from tests.support import project

_JSON_RESUME = project.ROOT / "tests" / "node_modules" / "@jsonresume" / "schema" / "schema.json"
# RFC 3986, without brackets, which only IPv6 hosts may have.
URI = re.compile(
    r"[a-z][a-z0-9+.-]*:(?:[\w.~/?:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?:#(?:[\w.~/?:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_COMMANDS = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "\N{LEFT CURLY BRACKET}",
    r"\textbraceright{}": "\N{RIGHT CURLY BRACKET}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{rf"\{character}": character for character in "&%$#_"},
}
_STYLE_COMMANDS = r"\\(?:emph|textbf|textsc|textsubscript|textsuperscript)(?=\{)"
_TEX = re.compile(
    "|".join([*map(re.escape, sorted(_COMMANDS, key=len, reverse=True)), _STYLE_COMMANDS, "[{}]"])
)


NO_SECTIONS: Mapping[str, str] = MappingProxyType({})
# The lists of JSON Resume, by kind: each with the type of its entries if they are projects, and the keys of
# their names.
_RESUME_LISTS: dict[str, tuple[str, str | None, tuple[str, ...]]] = {
    "roles": ("work", None, ("position", "name")),
    "education": ("education", None, ("area", "institution")),
    "projects": ("projects", None, ("name",)),
    "publications": ("publications", None, ("name",)),
    "patents": ("projects", "patent", ("name",)),
    "talks": ("projects", "talk", ("name",)),
    "software": ("projects", "application", ("name",)),
    "teaching": ("projects", "teaching", ("name",)),
    "grants": ("projects", "grant", ("name",)),
    "awards": ("awards", None, ("title",)),
    "certificates": ("certificates", None, ("name",)),
    "service": ("volunteer", None, ("position", "organization")),
    "skills": ("skills", None, ("name",)),
    "languages": ("languages", None, ("language",)),
    "interests": ("interests", None, ("name",)),
}
# RenderCV's sections, by kind, with the keys of the names of their entries.
_CV_SECTIONS = {
    "roles": ("Experience", ("position", "company")),
    "education": ("Education", ("area", "institution")),
    "projects": ("Projects", ("name",)),
    "publications": ("Publications", ("title",)),
    "patents": ("Patents", ("name",)),
    "talks": ("Talks", ("name",)),
    "software": ("Software", ("name",)),
    "teaching": ("Teaching", ("name",)),
    "grants": ("Grants", ("name",)),
    "awards": ("Awards", ("name",)),
    "certificates": ("Certificates", ("name",)),
    "service": ("Service", ("position", "company")),
    "skills": ("Skills", ("label",)),
    "languages": ("Languages", ("label",)),
    "interests": ("Interests", ("label",)),
}


@dataclass
class ExportedEntry:
    """An entry of an export: the texts that name it, and its dates as written."""

    names: tuple[str, ...]
    dates: dict[str, str] = field(default_factory=dict)


def read_resume(text: str, sections: Mapping[str, str] = NO_SECTIONS) -> dict[str, list[ExportedEntry]]:
    """The entries of a JSON Resume that the official schema accepts, by kind.

    ``sections`` are the titles of the owner's own sections, by id.
    """
    data = json.loads(text)
    assert _JSON_RESUME.exists(), "there is no schema of JSON Resume: run make test, which installs it"
    schema = json.loads(_JSON_RESUME.read_text(encoding="utf-8"))
    for url in _urls(data):
        assert URI.fullmatch(url), url  # the checker below leaves "uri" unchecked
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER).validate(
        data
    )
    keys = {"startDate": "start", "endDate": "end", "releaseDate": "date", "date": "date"}
    entries: dict[str, list[ExportedEntry]] = {}
    own_lists = {id: ("projects", title, ("name",)) for id, title in sections.items()}
    if "references" in sections:
        own_lists["references"] = ("references", "", ("name",))
    for kind, (list_, type_, names) in {**_RESUME_LISTS, **own_lists}.items():
        entries[kind] = [
            ExportedEntry(
                _names(exported, names), {keys[key]: exported[key] for key in keys if key in exported}
            )
            for exported in data.get(list_, [])
            if list_ != "projects" or exported.get("type") == type_
        ]
    assert sum(map(len, entries.values())) == sum(len(data[key]) for key in data.keys() - {"basics", "meta"})
    return entries


def read_cv(text: str, sections: Mapping[str, str] = NO_SECTIONS) -> dict[str, list[ExportedEntry]]:
    """The entries of a CV that RenderCV's models accept, by kind. A bullet's only name is its text.

    ``sections`` are the titles of the owner's own sections, by id.
    """
    exported = validate_cv(text)
    expected = _CV_SECTIONS | {id: (title, ("name",)) for id, title in sections.items()}
    entries_by_kind = {}
    for kind, (title, names) in expected.items():
        entries = [dict(entry) for entry in exported.get(title, [])]
        entries_by_kind[kind] = [
            ExportedEntry(
                # RenderCV removes its escapes when it typesets.
                tuple(
                    name.replace(r"\*", "*")
                    for name in _names(entry, ("bullet",) if "bullet" in entry else names)
                ),
                {key: str(entry[key]) for key in ("start_date", "end_date", "date") if entry.get(key)},
            )
            for entry in entries
        ]
    assert exported.keys() <= {title for title, _ in expected.values()} | {"Summary", "Profiles"}
    return entries_by_kind


def validate_cv(text: str) -> dict[str, list[Any]]:
    """Return the sections of a CV as RenderCV's models read them, which accept it."""
    model = _rendercv().model_validate(yaml.safe_load(text)).cv
    # The input; 2.3 has a different name for it.
    return dict(getattr(model, "sections_input", None) or model.sections or {})


def _rendercv() -> Any:
    """RenderCV's model of its input, in 2.3 and in later versions."""
    name = "rendercv.schema.models.rendercv_model"
    if importlib.util.find_spec("rendercv.schema") is not None:
        return importlib.import_module(name).RenderCVModel
    return importlib.import_module("rendercv.data.models.rendercv_data_model").RenderCVDataModel


def rendercv_to_typst(text: str) -> str:
    """Convert a text of a CV to Typst as RenderCV does, in 2.3 and in later versions."""
    name = "rendercv.renderer.templater"
    if importlib.util.find_spec("rendercv.schema") is not None:
        return str(importlib.import_module(f"{name}.markdown_parser").markdown_to_typst(text))
    module = importlib.import_module(name)
    return str(module.markdown_to_typst(module.escape_typst_characters(text)))


def _urls(value: object) -> Iterator[str]:
    """All URLs of a JSON Resume."""
    if isinstance(value, list):
        for item in value:
            yield from _urls(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("url", "canonical"):
                yield item
            yield from _urls(item)


def read_bibtex(text: str) -> dict[str, ExportedEntry]:
    """The publications of a BibTeX file, as pybtex reads it, by their keys."""
    entries = parse_string(text, "bibtex").entries
    return {
        key: ExportedEntry(
            (
                _prose(entry.fields["title"]),
                *(_prose(str(person)) for person in entry.persons.get("author", ())),
            ),
            _dates(entry.fields),
        )
        for key, entry in entries.items()
    }


def _dates(fields: Mapping[str, str]) -> dict[str, str]:
    """The date, which is at least the year, and the note, which may contain a date in words."""
    dates = {name: plain(fields[name]) for name in ("date", "note") if name in fields}
    if (year := fields.get("year")) is not None:
        assert dates.setdefault("date", year).startswith(year)
    return dates


def _prose(tex: str) -> str:
    """A text for TeX, in which all special characters must be escaped."""
    assert not re.search(r"[\\&%$#_~^]", _TEX.sub("", tex)), tex
    return plain(tex)


def plain(tex: str) -> str:
    """A text without braces and styles, and with characters in place of their commands."""
    return _TEX.sub(lambda match: _COMMANDS.get(match[0], ""), tex)


def read_csl(text: str) -> dict[str, ExportedEntry]:
    """The publications of a CSL-JSON file, as citeproc reads it, by their ids."""
    raw = json.loads(text)
    # citeproc lower-cases ids, which must remain distinct.
    source = CiteProcJSON([{**item, "id": str(number)} for number, item in enumerate(raw)])
    return {
        item["id"]: ExportedEntry(
            (str(reference.title), *_people(reference)), {"date": _issued(reference.get("issued"))}
        )
        for item, reference in zip(raw, source.values(), strict=True)
    }


def count_valid_terms(node: object) -> int:
    """Assert that schema.org has each type and its properties; return the number of properties."""
    if isinstance(node, list):
        return sum(map(count_valid_terms, node))
    if not isinstance(node, dict):
        return 0
    keys = {key for key in node if not key.startswith("@")}
    if "@type" in node:
        known = set(getattr(schema_org, node["@type"]).__struct_fields__)
        # A Role replaces a value and repeats the property that it qualifies.
        repeated = {"worksFor", "alumniOf", "affiliation"} if node["@type"] == "OrganizationRole" else set()
        assert keys <= known | repeated, node
    return len(keys) + sum(map(count_valid_terms, node.values()))


def read_json_ld(graph: Mapping[str, Any]) -> Iterator[tuple[str, ExportedEntry]]:
    """The roles, education, publications and posts of a page's JSON-LD, by their ids."""
    for node in graph["@graph"]:
        for relation in ("worksFor", "alumniOf", "affiliation"):
            for role in node.get(relation, []):
                dates = {side: role[f"{side}Date"] for side in ("start", "end") if f"{side}Date" in role}
                yield role["identifier"], ExportedEntry((role["roleName"], role[relation]["name"]), dates)
        if "headline" in node:
            date = {"date": node["datePublished"]} if "datePublished" in node else {}
            authors = (author["name"] for author in node.get("author", []))
            yield node.get("identifier", node["@id"]), ExportedEntry((node["headline"], *authors), date)


def is_consistent(iso: str, when: EdtfDate | None) -> bool:
    """Whether an ISO date claims no more than an EDTF text, judged by the text alone."""
    if when is None:
        return False
    if re.fullmatch(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?", when.text):
        return iso == when.text
    years = re.findall(r"\d{4}", when.text)
    return (
        not re.search(r"[~?%]|\dX|\.\.|^/|/$", when.text)
        and set(years) == {iso[:4]}
        and all(part.startswith(iso) for part in re.findall(r"\d{4}[-\d]*", when.text))
    )


def assert_agrees(portfolio: Portfolio, entries_by_kind: Mapping[str, list[ExportedEntry]]) -> None:
    """Assert that an export has every entry, by its name, in order, and only consistent dates."""
    for kind, entries in entries_by_kind.items():
        for entry, exported in zip(portfolio.entries(kind), entries, strict=True):
            name = _first_name(entry)
            assert exported.names[0] == name or exported.names[0].startswith(f"{name}: ")
            for key, value in exported.dates.items():
                if re.fullmatch(r"\d{4}(-\d\d)*", value):
                    assert _is_consistent_with(key, value, entry), (kind, key, value)


def _is_consistent_with(name: str, value: str, entry: Any) -> bool:
    sides = entry if isinstance(entry, Period) else entry.date
    if isinstance(sides, Period | Interval):
        days = {"start": sides.start, "start_date": sides.start, "end": sides.end, "end_date": sides.end}
        return is_consistent(value, days.get(name, entry.date))
    own = [entry.date] if entry.date is not None else []
    dates = own or [
        exported.date for exported in getattr(entry, "appearances", ()) if exported.date is not None
    ]
    return bool(dates) and all(is_consistent(value, date) for date in dates)


def _first_name(entry: Any) -> str:
    for name in ("position", "area", "title", "name", "language"):
        if hasattr(entry, name):
            return str(getattr(entry, name))
    raise TypeError(type(entry))


def _names(entry: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(entry[name]) for name in names)


def _people(reference: Any) -> Iterator[str]:
    for name in reference.get("author", []):
        yield name.get("literal") or ", ".join(name[part] for part in ("family", "given") if part in name)


def _issued(date: Any) -> str:
    if date is None:
        return ""
    if isinstance(date, LiteralDate):
        return str(date.text)
    sides = [date.begin, date.end] if isinstance(date, DateRange) else [date]
    parts = [
        "-".join(f"{side[part]:02}" for part in ("year", "month", "day") if part in side) for side in sides
    ]
    return "/".join(part.rjust(4, "0") for part in parts) + ("~" if date.get("circa") else "")
