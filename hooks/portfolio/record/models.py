"""What the record is made of: frozen values, with the field names of RenderCV where it has one.

A field's description is what an editor shows while one types (see ``schema``). Unknown keys are refused.
"""

from __future__ import annotations

from datetime import date as calendar_date
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portfolio.record import dates
from portfolio.record.fields import PRESENT, AnyDate, EndDate, Id, Line, PointDate, Text, Url

Basis = Literal["stated", "inferred"]


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
    date: AnyDate | None = Field(
        None, description="When it was given as a whole, where its appearances do not say it."
    )
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
    """What the record knows of a post: enough to link it with the work it is about, and with other posts.

    The title that it is shown by is the page's, which is known when the site is built; ``title`` is that of
    the front matter. ``time`` is there where more than a day is written, and has a zone only if one is
    written. ``related`` is None where nothing is said.
    """

    id: Id
    date: calendar_date | None = None
    time: datetime | None = None
    updated: calendar_date | None = None
    path: str
    about: tuple[Id, ...] = ()
    title: str | None = None
    slug: str | None = None
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
