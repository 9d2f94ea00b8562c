"""What the record is made of: frozen values, with the field names of RenderCV where it has one.

A field's description is what an editor shows while one types (see ``schema``). Unknown keys are refused.
"""

from __future__ import annotations

import re
from datetime import date as calendar_date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from portfolio import dates

Basis = Literal["stated", "inferred"]
PRESENT: Literal["present"] = "present"

_ID = re.compile(r"""[^\W_][^\s"#%&'<>?\\{}]*""")
_URL = re.compile(r"(https?://[^\s<>\"]+|mailto:[^\s<>\"]+|[\w./-]+(#[^\s<>\"]*)?)")


def _no_date(reason: str, text: object) -> PydanticCustomError:
    return PydanticCustomError(
        "not_a_date",
        "'{text}' is not a date: {reason}. Write {examples}",
        {"text": str(text), "reason": reason, "examples": dates.EXAMPLES},
    )


def _as_date(value: object) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, dates.EdtfDate) else _refuse_date(value)
    try:
        return dates.parse(value)
    except dates.DateError as error:
        raise _no_date(str(error), value) from None


def _as_point(value: object) -> object:
    if isinstance(value, str) and "/" in value:
        raise _no_date("an interval cannot stand here; put it in 'date'", value)
    return _as_date(value)


def _as_end(value: object) -> object:
    return PRESENT if isinstance(value, str) and value.strip().casefold() == PRESENT else _as_point(value)


def _refuse_date(value: object) -> object:
    kind = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "no text"
    raise _no_date(f"it is {kind}", "this")


def _checked_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise PydanticCustomError(
            "not_an_id",
            "'{text}' cannot be an id, which is part of an address. Begin with a letter or digit; use no "
            "spaces and none of \" # % & ' < > ? \\ { }",
            {"text": value},
        )
    return value


def _checked_url(value: str) -> str:
    if not _URL.fullmatch(value):
        raise PydanticCustomError(
            "not_a_url",
            "'{text}' is not a link. Write https://…, mailto:… or a path of this site",
            {"text": value},
        )
    return value


def _one_line(value: str) -> str:
    return " ".join(value.split())


_DATE_SCHEMA = {
    "description": f"A date as exact as it is known (EDTF): {dates.EXAMPLES}.",
    "anyOf": [
        {"type": "string", "pattern": r"^[\d\[./]"},
        {"type": "integer", "minimum": 1, "maximum": 9999},
    ],
}
_END_SCHEMA = {
    **_DATE_SCHEMA,
    "description": "A date, or 'present' for what goes on.",
    "anyOf": [{"const": PRESENT}, *_DATE_SCHEMA["anyOf"]],
}

_as_text = PlainSerializer(lambda value: getattr(value, "text", value))
AnyDate = Annotated[dates.EdtfDate, BeforeValidator(_as_date), _as_text, WithJsonSchema(_DATE_SCHEMA)]
PointDate = Annotated[dates.Point, BeforeValidator(_as_point), _as_text, WithJsonSchema(_DATE_SCHEMA)]
EndDate = Annotated[
    dates.Point | Literal["present"], BeforeValidator(_as_end), _as_text, WithJsonSchema(_END_SCHEMA)
]
Id = Annotated[str, AfterValidator(_checked_id)]
Url = Annotated[str, AfterValidator(_checked_url)]
Line = Annotated[str, Field(min_length=1), AfterValidator(_one_line)]
Text = Annotated[str, AfterValidator(str.strip)]


class Model(BaseModel):
    """A frozen value that refuses keys it does not know; an empty value counts as one left out."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_values(cls, value: Any) -> Any:
        return (
            {key: item for key, item in value.items() if item is not None}
            if isinstance(value, dict)
            else value
        )


class Fact(Model):
    """What every record has: an id that never changes, and where its facts come from."""

    id: Id = Field(
        description="A short name that never changes: the anchor on the timeline, and what links use."
    )
    basis: Basis | dict[str, Basis] = Field(
        "stated",
        description="Whether the owner states it or it is inferred; or a mapping of the fields that differ "
        "('after: inferred'), the rest being stated.",
    )
    source: Text | None = Field(None, description="Where it comes from: a page, a document, a person.")

    @property
    def inferred(self) -> tuple[str, ...]:
        """The fields that are inferred; ``("*",)`` where the whole record is."""
        if isinstance(self.basis, dict):
            return tuple(name for name, basis in self.basis.items() if basis == "inferred")
        return ("*",) if self.basis == "inferred" else ()


class Engagement(Fact):
    """What lasts: a role or an education. Its dates may be unknown while its order is known."""

    location: Line | None = Field(None, description="City, country, or 'remote'.")
    start_date: PointDate | None = Field(None, description="When it began, as exactly as it is known.")
    end_date: EndDate | None = Field(None, description="When it ended, or 'present'.")
    date: AnyDate | None = Field(
        None, description="Instead of start_date and end_date: a date or an interval."
    )
    summary: Text | None = Field(None, description="What it was, in a sentence or two of plain text.")
    highlights: tuple[Text, ...] = Field((), description="What was done: one text an item.")
    url: Url | None = Field(None, description="A link to the organisation or the work.")
    after: tuple[Id, ...] = Field((), description="Ids of roles or education that this was taken up after.")
    before: tuple[Id, ...] = Field((), description="Ids of roles or education that this was taken up before.")
    evidence: tuple[Id, ...] = Field(
        (),
        description="Ids of publications, talks, software or posts about it. They prove no start and no end.",
    )

    @property
    def start(self) -> dates.Point | None:
        """When it began, if that is known at all."""
        if isinstance(self.date, dates.Interval):
            return self.date.start
        return self.date or self.start_date

    @property
    def end(self) -> dates.Point | None:
        """When it ended, if that is known at all; None also for what goes on."""
        if isinstance(self.date, dates.Interval):
            return self.date.end
        return self.date or (None if self.end_date == PRESENT else self.end_date)

    @property
    def ongoing(self) -> bool:
        """Whether it goes on."""
        return self.end_date == PRESENT or (isinstance(self.date, dates.Interval) and self.date.open_end)


class Role(Engagement):
    """Work for somebody, paid or not."""

    company: Line = Field(description="The employer or organisation.")
    position: Line = Field(description="The job title, or what the work was.")


class Education(Engagement):
    """A course of study."""

    institution: Line = Field(description="The school or university.")
    area: Line = Field(description="The field of study.")
    degree: Line | None = Field(None, description="The degree, such as MSc.")


class Appearance(Model):
    """One occasion on which a talk was given."""

    event: Line | None = Field(
        None, description="The conference, meet-up or company; leave out if not known."
    )
    date: AnyDate | None = Field(None, description="When, as exactly as it is known.")
    location: Line | None = Field(None, description="City, country, or 'online'.")
    url: Url | None = Field(None, description="A link to the event.")


class Talk(Fact):
    """A talk, once, with every occasion on which it was given."""

    title: Line = Field(description="The title of the talk.")
    url: Url | None = Field(None, description="A page about the talk.")
    slides: Url | None = Field(None, description="A link to the slides.")
    video: Url | None = Field(None, description="A link to a recording.")
    summary: Text | None = Field(None, description="What it is about, in plain text.")
    appearances: tuple[Appearance, ...] = Field((), description="Where and when it was given.")


class Software(Fact):
    """A program or library."""

    name: Line = Field(description="Its name.")
    url: Url | None = Field(None, description="Its home or repository.")
    summary: Text | None = Field(None, description="What it does, in plain text.")
    role: Line | None = Field(None, description="The owner's part in it: author, maintainer, contributor.")
    date: AnyDate | None = Field(None, description="When it was made or worked on.")


class Publication(Fact):
    """A paper, preprint or article, read from BibTeX. ``id`` is its citation key."""

    type: str
    title: Line
    author: Text = ""
    authors: Literal["complete", "partial"] = "complete"
    venue: Line | None = None
    date: AnyDate | None = None
    url: Url | None = None
    doi: Line | None = None
    arxiv: Line | None = None
    code: Url | None = None
    pdf: Url | None = None
    slides: Url | None = None
    video: Url | None = None
    abbr: Line | None = None
    abstract: Text | None = None
    selected: bool = False
    fields: tuple[tuple[str, str], ...] = ()


class Post(Model):
    """What the record knows of a post: enough to link it with the work it is about.

    Its title is the page's, which is known when the site is built.
    """

    id: Id
    date: calendar_date
    path: str
    draft: bool = False
    about: tuple[Id, ...] = ()


class Career(Model):
    """``career.yml``: roles and education, newest first or in any order."""

    roles: tuple[Role, ...] = ()
    education: tuple[Education, ...] = ()


class Talks(Model):
    """``talks.yml``."""

    talks: tuple[Talk, ...] = ()


class SoftwareList(Model):
    """``software.yml``."""

    software: tuple[Software, ...] = ()
