"""The models of the record: frozen values, with the field names of RenderCV where it has an equivalent.

Editors show the descriptions of fields through the JSON Schemas (see `portfolio.sources.json_schema`).
Unknown keys are rejected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date as calendar_date
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib import parse

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SkipValidation,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

from portfolio.core import i18n
from portfolio.core.diagnostics import closest_match, did_you_mean, quote
from portfolio.core.i18n import N_
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import Run, Runs, merge_runs, parse_markdown, plain_text
from portfolio.core.text import is_valid_url, is_visible
from portfolio.core.validation import Placeholder, check_characters, invalid_value
from portfolio.record import dates

PRESENT: Literal["present"] = "present"

# Controls of direction would show a URL in another order.
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NOT_IN_AN_ID = rf"""\s{_CONTROLS}"#%&'<>?\\{{}}"""
_ID = re.compile(rf"[^\W_][^{_NOT_IN_AN_ID}]*")
# A project's story is a file with the name of its id.
_MAX_ID_BYTES = 250
# In characters, of names and titles.
_MAX_LINE = 1_000
_NOT_IN_A_URL = rf"\s{_CONTROLS}<>\""
_URL = re.compile(rf"(https?://|mailto:)[^{_NOT_IN_A_URL}]+|[^#?:\\{_NOT_IN_A_URL}]+(#[^{_NOT_IN_A_URL}]*)?")

# The tag of a language (BCP 47).
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# A text that was probably meant as several items of a list.
_ENUMERATION = re.compile(r",\s|,$")

# The kinds of publications in the order of the publication list, with their headings.
PUBLICATION_KINDS = {
    "papers": N_("Papers"),
    "books": N_("Books and theses"),
    "preprints": N_("Preprints"),
    "articles": N_("Articles"),
    "others": N_("Other work"),
}
_KIND_BY_ENTRY_TYPE = {
    **dict.fromkeys("article conference incollection inproceedings".split(), "papers"),
    **dict.fromkeys("inbook book booklet mastersthesis phdthesis thesis".split(), "books"),
    **dict.fromkeys("misc online".split(), "articles"),
    **dict.fromkeys("unpublished".split(), "preprints"),
}
# BibLaTeX's fields of subtitles, by those of titles.
SUBTITLES = {
    "title": "subtitle",
    "booktitle": "booksubtitle",
    "journal": "journalsubtitle",
    "journaltitle": "journalsubtitle",
}
# The fields with URLs, and BibTeX's fields of people and of the publisher of a work.
URL_FIELDS = ("url", "slides", "video", "pdf", "code", "demo", "paper", "image")
NAME_FIELDS = {"author", "editor", "translator"}
PUBLISHER_FIELDS = ("publisher", "organization", "institution", "school")
_PREPRINT_SERVER = re.compile(
    r"\b(arxiv|[a-z]*rxiv|preprints?|ssrn|osf|hal|zenodo|research ?square|techrxiv|eccc|eprint)\b",
    re.IGNORECASE,
)


def id_from(name: str) -> str:
    """Derive an id from a file name by removing what an id cannot contain; may be empty."""
    words = re.sub(rf"(?!\s)[{_NOT_IN_AN_ID}]", "", name).split()
    return re.sub(r"^[\W_]+", "", "-".join(words))


def citation_key_from(name: str) -> str:
    """Derive an id that is a key in BibTeX, without the characters that end one; may be empty."""
    return id_from(re.sub(r'[{}",=]', "", name))


def doi_url(doi: str | None) -> str:
    """Return the URL of a DOI, empty without one.

    A DOI may contain characters that a URL may not (DOI Handbook, 3.8.2.2).
    """
    return "https://doi.org/" + parse.quote(doi, safe="/():;.,") if doi else ""


def arxiv_url(number: str | None) -> str:
    """Return the URL of an arXiv identifier such as ``2410.09902`` or ``math/0309136``, empty without one."""
    return "https://arxiv.org/abs/" + parse.quote(number, safe="/:.") if number else ""


def _validate_date(
    parse_text: Callable[[str], dates.EdtfDate], examples: str, value: object
) -> dates.EdtfDate:
    if isinstance(value, dates.EdtfDate):
        return value
    # In YAML, EDTF's "[2019,2020]" is a list, and "{2018,2019}" a mapping whose values are empty.
    if isinstance(value, list):
        value = f"[{','.join(map(str, value))}]"
    elif isinstance(value, dict) and not any(value.values()):
        value = f"{{{','.join(value)}}}"
    subject, reason = "this", "it is a mapping"
    if isinstance(value, str):
        try:
            return parse_text(value)
        except dates.DateError as error:
            with suppress(dates.DateError):
                # The field may not take the kind of date that is suggested.
                examples = parse_text(error.suggestion).text
            subject, reason = quote(value), str(error)
    raise invalid_value("record.invalid-date", f"{subject} is not a date: {reason}.", f"Write {examples}.")


_validate_any_date = partial(_validate_date, dates.parse_date, dates.EXAMPLES)
_validate_point = partial(_validate_date, dates.parse_point, dates.POINT_EXAMPLES)


def _validate_end(value: object) -> object:
    word = value.strip().rstrip(".").casefold() if isinstance(value, str) else None
    if word == PRESENT:
        return PRESENT
    if word == "":
        hint = "Write 'present' if it is ongoing, or leave the key out if the end is not known."
        raise invalid_value("record.invalid-date", "this is empty.", hint)
    if word in dates.PRESENT_WORDS:
        raise invalid_value("record.invalid-date", f"{quote(value)} is not a date.", "Write 'present'.")
    if word and (hint := did_you_mean(word, [PRESENT])):
        raise invalid_value("record.invalid-date", f"{quote(value)} is not a date.", hint)
    return _validate_point(value)


def _validate_id(value: object, validate_text: ValidatorFunctionWrapHandler) -> str:
    if isinstance(value, Placeholder):
        return value
    text: str = validate_text(value)
    if (size := len(text.encode())) > _MAX_ID_BYTES:
        message = f"{quote(text)} is too long for an id: {size} bytes."
        raise invalid_value("record.invalid-id", message, f"Use at most {_MAX_ID_BYTES}.")
    if _ID.fullmatch(text):
        return text
    hint = "Begin with a letter or digit; use no spaces and none of \" # % & ' < > ? \\ { }."
    message = f"{quote(text)} cannot be an id, which is part of a URL."
    raise invalid_value("record.invalid-id", message, hint)


def _validate_url(value: str) -> str:
    if value.startswith("/"):
        message = f"{quote(value)} begins with '/', which leaves out the path of this site."
        hint = f"Write {quote(value.lstrip('/'))}, or https://… for another site."
        raise invalid_value("record.invalid-url", message, hint)
    if not _URL.fullmatch(value) or not is_valid_url(value):
        hint = "Write https://…, mailto:… or a path of this site."
        raise invalid_value("record.invalid-url", f"{quote(value)} is not a link.", hint)
    return value


def _validate_line(value: str) -> str:
    """Check that a text is a line, and can be seen: a heading without a visible character is empty."""
    if len(value) > _MAX_LINE:
        message = f"this has {len(value):,} characters."
        raise invalid_value("record.too-long", message, f"Use at most {_MAX_LINE:,}.")
    if is_visible(value):
        return check_characters(value)
    hint = "Write a text, or leave the key out if it is not required."
    raise invalid_value("record.empty-text", "has no visible character.", hint)


def _validate_text(value: str) -> str:
    return check_characters(value.strip())


def _validate_styled_text(value: str) -> str:
    """Strip a text, and check the links of its inline Markdown."""
    text = _validate_text(value)
    for run in parse_markdown(text):
        if run.url:
            _validate_url(run.url)
        elif "](" in run.text and not run.code and "\\" not in text:
            hint = "Write [text](https://…) without spaces in the URL. For a bracket as text, write \\]."
            message = f"{quote(run.text)} contains no valid link."
            raise invalid_value("record.invalid-url", message, hint)
    return text


def _collapse_space(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


def validate_language(value: str) -> str:
    """Validate the tag of a language. Raises the error that Pydantic expects."""
    names = i18n.language_names()

    def is_tag(text: str) -> bool:
        return LANGUAGE_TAG.fullmatch(text) is not None and text.partition("-")[0].lower() in names

    if is_tag(value):
        return value
    # The name of a language, or underscores as in a locale.
    codes = {name.lower(): code.replace("_", "-") for code, name in names.items()}
    meant = codes.get(closest_match(value.lower(), codes, cutoff=0.8) or "", "")
    if not meant and is_tag(value.replace("_", "-")):
        meant = value.replace("_", "-")
    suggestion = f"Did you mean '{meant}'? " if meant else ""
    message = f"{quote(value)} is not the tag of a language."
    raise invalid_value("record.invalid-language", message, f"{suggestion}Write one as in de, ar or zh-Hant.")


def _date_schema(description: str, pattern: str, *alternatives: dict[str, Any]) -> dict[str, Any]:
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    choice = {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1}
    return {
        "description": description,
        "anyOf": [*alternatives, {"type": "string", "pattern": pattern}, year, choice],
    }


_PRECISION = "as exact as it is known (EDTF)"
_SET = {"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 1}
_DATE_SCHEMA = _date_schema(f"A date {_PRECISION}: {dates.EXAMPLES}.", r"^[\d\[{./]", _SET)
_POINT_SCHEMA = _date_schema(f"A date {_PRECISION}: {dates.POINT_EXAMPLES}.", r"^[\d\[]")
_END_SCHEMA = _date_schema("A date, or 'present' if it is ongoing.", r"^[\d\[]", {"const": PRESENT})

AnyDate = Annotated[dates.EdtfDate, BeforeValidator(_validate_any_date), WithJsonSchema(_DATE_SCHEMA)]
PointDate = Annotated[dates.Point, BeforeValidator(_validate_point), WithJsonSchema(_POINT_SCHEMA)]
EndDate = Annotated[
    dates.Point | Literal["present"], BeforeValidator(_validate_end), WithJsonSchema(_END_SCHEMA)
]
Id = Annotated[str, WrapValidator(_validate_id)]
Url = Annotated[str, AfterValidator(_validate_url)]
Line = Annotated[str, Field(min_length=1), BeforeValidator(_collapse_space), AfterValidator(_validate_line)]
# The language of a text (BCP 47).
Lang = Annotated[Line, AfterValidator(validate_language)]
Text = Annotated[str, AfterValidator(_validate_text)]
# Text with the inline Markdown of `parse_markdown`.
StyledText = Annotated[str, AfterValidator(_validate_styled_text)]

Basis = Literal["stated", "inferred"]


class Model(BaseModel):
    """A frozen value that rejects unknown keys.

    An empty value counts as absent, the only item of a list may be written without the list, and the words of
    a vocabulary in any case.
    """

    # Each validator is built when it is used first: few sites have all kinds of entries.
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _read_values(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        item_types, words = list_fields(cls), _vocabularies(cls)
        values: dict[str, Any] = {}
        for key, item in value.items():
            if item is not None or key not in cls.model_fields:
                is_only = key in item_types and _is_only_item(item, item_types[key])
                values[key] = (item,) if is_only else item
                if key in words:
                    values[key] = _find_words(values[key], words[key])
        return values


@cache
def _vocabularies(model: type[Model]) -> dict[str, dict[str, str]]:
    """Return the words that each field with a vocabulary accepts, by their lower case."""
    words: dict[str, dict[str, str]] = {}
    for name, field in model.model_fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if get_origin(kind) is Literal:
                words[name] = {str(word).lower(): word for word in get_args(kind)}
    return words


def _find_words(value: Any, words: Mapping[str, str]) -> Any:
    """Return a value with its words as a vocabulary has them, in whatever case they are written."""
    if isinstance(value, list | tuple):
        return type(value)(_find_words(item, words) for item in value)
    if isinstance(value, dict):
        return {key: _find_words(item, words) for key, item in value.items()}
    return words.get(value.lower(), value) if isinstance(value, str) else value


@cache
def list_fields(model: type[Model]) -> dict[str, Any]:
    """Return the type of the items of each field that is a list."""
    types: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        # A field that may be absent is the union of a list and None.
        for kind in (field.annotation, *get_args(field.annotation)):
            if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
                types[name] = get_args(kind)[0]
    return types


def _is_only_item(value: object, item_type: Any) -> bool:
    """Whether a value is the only item of a list: not a text with a comma, unless items are sentences."""
    if isinstance(value, str):
        return item_type is StyledText or not _ENUMERATION.search(value)
    return not isinstance(value, list | tuple)


class Fact(Model):
    """The fields of every entry. An ``id`` that is left out follows from the title (see `sources.loader`)."""

    id: Id = Field(
        "",
        description="A short name that never changes: the anchor on the page, and what links use. "
        "Without it, the title gives the anchor.",
        examples=["some-entry"],
    )
    basis: Basis | dict[str, Basis] = Field(
        "stated",
        description="Whether the owner states it or it is inferred; or a mapping of the fields that differ "
        "('after: inferred'), the rest being stated.",
        examples=[{"after": "inferred"}],
    )
    source: Text | None = Field(
        None, description="Where it comes from: a page, a document, a person.", examples=["The contract"]
    )
    lang: Lang | None = Field(
        None,
        description="The language of its texts (BCP 47), if it is not that of the site.",
        examples=["de"],
    )
    selected: bool = Field(
        False,
        description="true: in selections, such as on the home page or in a short CV.",
        examples=["true"],
    )

    @property
    def inferred(self) -> tuple[str, ...]:
        """The fields that are inferred; ``("*",)`` if the whole entry is."""
        if isinstance(self.basis, dict):
            return tuple(name for name, basis in self.basis.items() if basis == "inferred")
        return ("*",) if self.basis == "inferred" else ()


class Item(Fact):
    """An entry that may belong to others; both ends show the link."""

    related: tuple[Id, ...] = Field(
        (),
        description="Ids of roles, posts, publications or other entries that it belongs to.",
        examples=[["some-role", "some-post"]],
    )


class Period(Fact):
    """An entry that lasts from a start to an end, as far as they are known."""

    start_date: PointDate | None = Field(
        None, description="When it began, as exactly as it is known.", examples=["2019~"]
    )
    end_date: EndDate | None = Field(None, description="When it ended, or 'present'.", examples=["present"])
    date: AnyDate | None = Field(
        None, description="Instead of start_date and end_date: a date or an interval.", examples=["2012/2015"]
    )

    @property
    def start(self) -> dates.Point | None:
        """The start, or None if it is unknown."""
        if isinstance(self.date, dates.Interval):
            return self.date.start
        return self.date or self.start_date

    @property
    def end(self) -> dates.Point | None:
        """The end, or None if it is unknown or ongoing."""
        if isinstance(self.date, dates.Interval):
            return self.date.end
        return self.date or (None if self.end_date == PRESENT else self.end_date)

    @property
    def has_unknown_start(self) -> bool:
        """Whether the start is not on record; an interval may say that it has none."""
        return self.start is None and not (isinstance(self.date, dates.Interval) and self.date.open_start)

    @property
    def has_unknown_end(self) -> bool:
        """Whether the end is not on record; what is ongoing has none."""
        return self.end is None and not self.ongoing

    @property
    def ongoing(self) -> bool:
        return self.end_date == PRESENT or (isinstance(self.date, dates.Interval) and self.date.open_end)

    def format_dates(self) -> str:
        """Format its dates as ``since about 2019`` or ``to the present``; empty if unknown."""
        if self.date is not None:
            return dates.format_date(self.date)
        return dates.format_span(self.start, self.end, ongoing=self.ongoing)

    def format_duration(self) -> str | None:
        """Format how long it lasted; see `dates.format_duration`."""
        return dates.format_duration(self.start, self.end)


class Described(Fact):
    """An entry with a description and a link."""

    summary: StyledText | None = Field(
        None, description="What it was, in a sentence or two.", examples=["Led the search team."]
    )
    highlights: tuple[StyledText, ...] = Field(
        (),
        description="What was done, one text per item.",
        examples=[["Built the **index**, see [the report](https://example.org)"]],
    )
    url: Url | None = Field(None, description="A link to it.", examples=["https://example.org"])
    location: Line | None = Field(None, description="City, country, or 'remote'.", examples=["Oslo"])


class Engagement(Period, Described):
    """A role or an education. Its dates may be unknown although its order is known."""

    url: Url | None = Field(
        None, description="A link to the organisation or the work.", examples=["https://example.org"]
    )
    after: tuple[Id, ...] = Field(
        (), description="Ids of roles or education that this was taken up after.", examples=[["earlier-role"]]
    )
    before: tuple[Id, ...] = Field(
        (), description="Ids of roles or education that this was taken up before.", examples=[["later-role"]]
    )
    evidence: tuple[Id, ...] = Field(
        (),
        description="Ids of publications, talks, projects, posts or other work on it. They prove no start "
        "and no end.",
        examples=[["some-paper"]],
    )


class Role(Engagement):
    """Paid or unpaid work."""

    company: Line = Field(description="The employer or organisation.", examples=["Acme"])
    position: Line = Field(description="The job title, or what the work was.", examples=["Engineer"])


class Education(Engagement):
    """A course of study."""

    institution: Line = Field(description="The school or university.", examples=["University of Oslo"])
    area: Line = Field(description="The field of study.", examples=["Physics"])
    degree: Line | None = Field(None, description="The degree, such as MSc.", examples=["MSc"])

    @property
    def title(self) -> str:
        """The degree, if it is known, and the area."""
        return _(", ").join((self.degree, self.area)) if self.degree else self.area


class Appearance(Model):
    """An occasion on which a talk was presented."""

    event: Line | None = Field(
        None, description="The conference, meet-up or company; leave out if not known.", examples=["PyCon"]
    )
    date: AnyDate | None = Field(None, description="When, as exactly as it is known.", examples=["2021-05"])
    location: Line | None = Field(None, description="City, country, or 'online'.", examples=["online"])
    url: Url | None = Field(None, description="A link to the event.", examples=["https://example.org/2021"])


class Talk(Item):
    """A talk, with every occasion on which it was presented."""

    title: Line = Field(description="The title of the talk.", examples=["How search works"])
    url: Url | None = Field(None, description="A page about the talk.", examples=["https://example.org"])
    slides: Url | None = Field(
        None, description="A link to the slides.", examples=["https://example.org/slides.pdf"]
    )
    video: Url | None = Field(
        None, description="A link to a recording.", examples=["https://example.org/video"]
    )
    summary: StyledText | None = Field(
        None, description="What it is about, in a sentence or two.", examples=["An introduction."]
    )
    date: AnyDate | None = Field(
        None,
        description="When it was presented as a whole, if its appearances do not say it.",
        examples=["2021"],
    )
    appearances: tuple[Appearance, ...] = Field(
        (), description="Where and when it was presented.", examples=[[{"event": "PyCon", "date": "2021-05"}]]
    )


class BaseProject(Item):
    """What projects and software have in common: the page of projects shows both."""

    name: Line = Field(description="Its name.", examples=["Map of the hills"])
    summary: StyledText | None = Field(
        None, description="What it is or does, in a sentence or two.", examples=["Draws maps from open data."]
    )
    role: Line | None = Field(
        None, description="The owner's part in it: author, maintainer, contributor.", examples=["author"]
    )
    tags: tuple[Line, ...] = Field(
        (),
        description="Subjects and techniques; the page of projects filters by them.",
        examples=[["maps", "python"]],
    )
    image: Url | None = Field(None, description="The path of a picture in docs.", examples=["images/map.png"])
    image_alt: Line | None = Field(
        None, description="What the picture shows, for people who cannot see it.", examples=["A map of hills"]
    )
    url: Url | None = Field(
        None, description="Its home page; of software also the repository.", examples=["https://example.org"]
    )


class Software(BaseProject):
    """A program or library."""

    date: AnyDate | None = Field(None, description="When it was written or worked on.", examples=["2020/.."])
    project: bool = Field(False, description="true: also on the page of projects.", examples=["true"])


class Project(BaseProject, Period):
    """A project: what the owner built, studied or organised."""

    highlights: tuple[StyledText, ...] = Field(
        (), description="Results, one text per item.", examples=[["Used by **three** parks"]]
    )
    entity: Line | None = Field(
        None, description="The organisation it was for.", examples=["University of Oslo"]
    )
    code: Url | None = Field(None, description="A link to its code.", examples=["https://example.org/code"])
    demo: Url | None = Field(
        None, description="A link to a demonstration.", examples=["https://example.org/demo"]
    )
    paper: Url | None = Field(
        None, description="A link to a paper about it.", examples=["https://example.org/paper"]
    )
    video: Url | None = Field(None, description="A link to a video.", examples=["https://example.org/video"])


class Award(Item):
    """An award, a prize or another honour, with the field names of JSON Resume."""

    title: Line = Field(description="Its name.", examples=["Best paper"])
    awarder: Line | None = Field(None, description="Who awarded it.", examples=["PyConf"])
    date: AnyDate | None = Field(None, description="When it was awarded.", examples=["2021-05"])
    summary: StyledText | None = Field(None, description="What it was for.", examples=["For a survey."])
    url: Url | None = Field(None, description="A link to it.", examples=["https://example.org/award"])


class Grant(Item, Period):
    """Funding."""

    title: Line = Field(description="The title of the grant.", examples=["Maps for everyone"])
    funder: Line | None = Field(None, description="Who funds it.", examples=["Research Council"])
    amount: Line | None = Field(None, description="The sum with its currency.", examples=["EUR 90,000"])
    number: Line | None = Field(None, description="The number of the grant.", examples=["RC-2021-17"])
    role: Line | None = Field(
        None, description="The owner's part in it.", examples=["Principal investigator"]
    )
    summary: StyledText | None = Field(None, description="What it is for.", examples=["Open maps."])
    url: Url | None = Field(None, description="A link to it.", examples=["https://example.org/grant"])


class Certificate(Item):
    """A certificate, with the field names of JSON Resume."""

    name: Line = Field(description="Its name.", examples=["First aid"])
    issuer: Line | None = Field(None, description="Who issued it.", examples=["Red Cross"])
    date: AnyDate | None = Field(
        None, description="When it was issued, or the interval in which it is valid.", examples=["2020/2023"]
    )
    url: Url | None = Field(None, description="A link that proves it.", examples=["https://example.org/c/1"])
    summary: StyledText | None = Field(None, description="What it is about.", examples=["Two days."])


class Patent(Item):
    """A patent or an application for one."""

    title: Line = Field(description="The title of the patent.", examples=["Folding map"])
    number: Line | None = Field(None, description="Its number.", examples=["US 1,234,567"])
    office: Line | None = Field(None, description="The patent office.", examples=["USPTO"])
    status: Line | None = Field(None, description="Such as granted or pending.", examples=["granted"])
    inventors: Text | None = Field(
        None, description="The inventors: Family, Given, with 'and' between names.", examples=["Rossi, Ana"]
    )
    date: AnyDate | None = Field(
        None, description="When it was granted, or else filed.", examples=["2018-03-06"]
    )
    url: Url | None = Field(None, description="A link to it.", examples=["https://example.org/patent"])
    summary: StyledText | None = Field(None, description="What it protects.", examples=["A way to fold."])


class Teaching(Item, Period, Described):
    """A course, or the supervision of students."""

    title: Line = Field(description="The course.", examples=["Introduction to cartography"])
    institution: Line | None = Field(None, description="The school.", examples=["University of Oslo"])
    role: Line | None = Field(None, description="The owner's part in it.", examples=["Lecturer"])


class Service(Item, Period, Described):
    """Work for a community: reviewing, committees, volunteering; JSON Resume has it as ``volunteer``."""

    organization: Line = Field(description="What it is for.", examples=["PyConf"])
    position: Line = Field(description="What the owner does there.", examples=["Reviewer"])
    type: Literal["reviewing", "committee", "volunteering", "other"] | None = Field(
        None, description="The kind of service.", examples=["reviewing"]
    )


class Skill(Item):
    """A group of skills, with the field names of JSON Resume."""

    name: Line = Field(description="The name of the group.", examples=["Programming"])
    level: Line | None = Field(None, description="How well, in the owner's words.", examples=["expert"])
    keywords: tuple[Line, ...] = Field((), description="What it consists of.", examples=[["Python", "SQL"]])


class Language(Item):
    """A language the owner speaks, with the field names of JSON Resume."""

    language: Line = Field(description="Its name.", examples=["Norwegian"])
    fluency: Line | None = Field(None, description="How well.", examples=["native"])


class Interest(Item):
    """An interest, with the field names of JSON Resume."""

    name: Line = Field(description="Its name.", examples=["Hiking"])
    keywords: tuple[Line, ...] = Field((), description="What it consists of.", examples=[["hills"]])


class SectionEntry(Item, Period, Described):
    """An entry of a section of the owner's own."""

    name: Line = Field(description="Its title.", examples=["Exhibition in the town hall"])
    organization: Line | None = Field(None, description="Where or for whom.", examples=["Town of Oslo"])

    # The id of the section, which the loader sets.
    _section: str = PrivateAttr("")

    @property
    def section(self) -> str:
        return self._section

    def in_section(self, section: str) -> SectionEntry:
        """Return a copy that belongs to the section with this id."""
        entry = self.model_copy()
        entry._section = section
        return entry


class OwnSection(Model):
    """A section of the owner's own, for what no other kind of entry fits."""

    id: Id = Field(
        "", description="A short name that never changes. Without it, the title gives it.", examples=["press"]
    )
    title: Line = Field(description="The heading.", examples=["In the press"])
    timeline: bool = Field(False, description="true: its entries are on the timeline.", examples=["true"])
    # The loader validates each by itself, so that it stays in the record if a part of it is invalid.
    entries: Annotated[tuple[SectionEntry | str, ...], SkipValidation] = Field(
        (), description="The entries.", examples=[[{"name": "Interview", "date": "2021"}]]
    )


class Publication(Fact):
    """A paper, preprint or article, loaded from BibTeX. ``id`` is its citation key."""

    type: str
    title: Line = Field(
        description="The title. Braces protect capitals, and LaTeX may style it.",
        examples=["Models of {E. coli} in H$_2$O"],
    )
    author: Text = Field(
        "",
        description="Family, Given, with 'and' between names; 'and others' for people who are not named.",
        examples=["Rossi, Ana and others"],
    )
    authors: Literal["complete", "partial"] = Field(
        "complete", description="partial: other people may have written it, too.", examples=["partial"]
    )
    venue: Line | None = None
    date: AnyDate | None = Field(
        None,
        description="When it appeared, as exactly as it is known; or year, month and day.",
        examples=["2019-05"],
    )
    url: Url | None = Field(None, description="Where it can be read.", examples=["https://example.org/paper"])
    doi: Line | None = Field(None, description="Its DOI, also as a URL.", examples=["10.1000/182"])
    arxiv: Line | None = Field(
        None,
        description="Its number on arXiv; or eprint together with archiveprefix.",
        examples=["2001.00001"],
    )
    code: Url | None = Field(None, description="A link to its code.", examples=["https://example.org/code"])
    pdf: Url | None = Field(
        None, description="A link to a PDF, or the path of a file in docs.", examples=["papers/one.pdf"]
    )
    slides: Url | None = Field(None, description="A link to slides.", examples=["https://example.org/slides"])
    video: Url | None = Field(
        None, description="A link to a recording.", examples=["https://example.org/video"]
    )
    abbr: Line | None = Field(None, description="A short name of the venue.", examples=["PyConf"])
    abstract: Text | None = Field(None, description="The abstract.", examples=["We show …"])
    fields: tuple[tuple[str, str], ...] = ()
    styled: tuple[tuple[str, Runs], ...] = ()

    @property
    def arxiv_url(self) -> str:
        """The URL of its arXiv number; empty without one."""
        return arxiv_url(self.arxiv)

    @property
    def doi_url(self) -> str:
        """The URL of its DOI; empty without one."""
        return doi_url(self.doi)

    @property
    def title_runs(self) -> Runs:
        """The title and the subtitle with their styles."""
        styled, fields = dict(self.styled), dict(self.fields)
        if not styled.keys() & {"title", "subtitle"}:
            return (Run(self.title),)
        title, subtitle = (styled.get(name) or (Run(fields.get(name, "")),) for name in ("title", "subtitle"))
        separator = title_separator(plain_text(title)) if fields.get("subtitle") else ""
        return merge_runs(run for run in (*title, Run(separator), *subtitle) if run.text)

    @property
    def abstract_runs(self) -> Runs:
        """The abstract with its styles; empty without an abstract."""
        return dict(self.styled).get("abstract") or ((Run(self.abstract),) if self.abstract else ())


def title_separator(title: str) -> str:
    """Return what separates a title from its subtitle."""
    return " " if title.endswith(("?", "!", ":", ".", "…")) else ": "


def full_title(fields: Mapping[str, str], name: str) -> str:
    """Return a title of a publication's BibTeX fields, such as ``booktitle``, with its subtitle."""
    title, subtitle = fields.get(name, ""), fields.get(SUBTITLES.get(name, ""), "")
    return f"{title}{title_separator(title)}{subtitle}" if title and subtitle else title


def styled_texts(entry: Fact) -> list[tuple[tuple[str | int, ...], Runs]]:
    """Return the texts of an entry that may have inline Markdown, each with its path."""
    texts: list[tuple[tuple[str | int, ...], str]] = []
    if summary := getattr(entry, "summary", None):
        texts.append((("summary",), summary))
    texts += [(("highlights", index), text) for index, text in enumerate(getattr(entry, "highlights", ()))]
    return [(path, parse_markdown(text)) for path, text in texts]


def first_text(fields: Mapping[str, str], names: Iterable[str]) -> str | None:
    """Return the first of a publication's BibTeX fields with these names that has a text."""
    return next((fields[name] for name in names if fields.get(name)), None)


def classify_publication(publication: Publication) -> str:
    """Return a key of `PUBLICATION_KINDS`; a journal article is a paper even with a preprint."""
    kind = _KIND_BY_ENTRY_TYPE.get(publication.type, "others")
    if kind == "articles" and publication.arxiv:
        return "preprints"
    on_server = _PREPRINT_SERVER.search(publication.venue or "")
    return "preprints" if on_server and kind in ("papers", "articles") else kind


class Post(Model):
    """The part of a post that the record needs: to link it to the work it is about, and to other posts.

    ``title`` is that of the front matter; the displayed title is the page's, which only a build knows.
    ``time`` is set if more than a day is written, and has a zone only if it is written with a zone.
    ``related`` is None if the post does not set it.
    """

    id: Id
    date: calendar_date | None = None
    time: datetime | None = None
    updated: calendar_date | None = None
    path: str
    about: tuple[Id, ...] = ()
    title: str | None = None
    lang: str | None = None
    slug: str | None = None
    aliases: tuple[str, ...] = ()
    feed_id: str | None = None
    draft: bool = False
    pin: bool = False
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    series: str | None = None
    part: int | None = None
    related: tuple[Id, ...] | None = None
    links: Any = None
    image: str | None = None
