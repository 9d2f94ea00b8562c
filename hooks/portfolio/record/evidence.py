"""When the things happened that bear witness to work: publications, talks, software and posts."""

from __future__ import annotations

from datetime import date

from portfolio.record.dates import EdtfDate, Interval, Moment, Precision
from portfolio.record.models import Engagement, Post, Publication, Software, Talk
from portfolio.record.record import Entry, Record


def dates_of(entry: Entry) -> list[EdtfDate]:
    """The dates of a publication, talk, software or post; of a talk without one, those of its appearances."""
    match entry:
        case Publication() | Software() | Talk() if entry.date is not None:
            return [entry.date]
        case Talk():
            return [appearance.date for appearance in entry.appearances if appearance.date is not None]
        case Post(date=date() as day):
            return [Moment(day.isoformat(), Precision.DAY, day, day)]
        case _:
            return []


def first_day(when: EdtfDate) -> date:
    """The first day it can mean; an interval whose start is not known counts from its end."""
    if isinstance(when, Interval):
        point = when.start or when.end
        assert point is not None, "an interval has a date on one side"
        return point.earliest
    return when.earliest


def last_day(when: EdtfDate) -> date:
    """The last day it can mean; an interval whose end is not known counts to its start."""
    if isinstance(when, Interval):
        point = when.end or when.start
        assert point is not None, "an interval has a date on one side"
        return point.latest
    return when.latest


def by_id(record: Record) -> dict[str, Entry]:
    """Everything that can be evidence, by id; of an id that stands twice, the first."""
    found: dict[str, Entry] = {}
    for entry in record:
        if not isinstance(entry, Engagement):
            found.setdefault(entry.id, entry)
    return found


def of(engagement: Engagement, witnesses: dict[str, Entry]) -> list[EdtfDate]:
    """The dates of an engagement's evidence, oldest first."""
    found = [when for id in engagement.evidence if id in witnesses for when in dates_of(witnesses[id])]
    return sorted(found, key=first_day)
