"""What ``mkdocs.yml`` says under ``extra``: faces, style of references, profiles, and what posts use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field

from portfolio.citations import csl
from portfolio.citations.csl import Style, StyleError
from portfolio.config import formula_macros
from portfolio.config.feed_options import Feeds
from portfolio.config.services import Analytics, Comments
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.positions import Document
from portfolio.core.validation import validate, validate_list
from portfolio.record.models import Line, Model, Url
from portfolio.sources import mkdocs_yml

_AT = ("extra", "portfolio")
_SOCIAL = "social"


class Exports(Model):
    """Which faces are made; all of them are, unless turned off."""

    resume_json: bool = Field(True, description="/resume.json, for what reads JSON Resume.")
    cv_yaml: bool = Field(True, description="/cv.yaml, for RenderCV.")
    bibliography: bool = Field(True, description="/publications.bib and /publications.json.")
    json_ld: bool = Field(True, description="schema.org's terms in the head of each page.")
    citation_meta: bool = Field(
        True, description="citation_… in the head of posts and of publications' own pages."
    )
    social_meta: bool = Field(True, description="Open Graph and Twitter cards in the head of each page.")
    llms: bool = Field(True, description="/llms.txt, and each page as Markdown beside it.")
    cv_pdf: bool = Field(True, description="/cv.pdf.")
    cards: bool = Field(True, description="An image of each page, for those who link to it.")


class _Written(Model):
    """What may stand there."""

    faces: Exports = Field(Exports(), description="Which faces of the record are made.")
    citation_style: str = Field(csl.DEFAULT_STYLE, description="A style of the Citation Style Language.")
    time_zone: str = Field("UTC", description="Where a post's day begins: a name such as Europe/Paris.")
    feeds: Feeds = Field(Feeds(), description="Where the feeds of the posts stand, and what is in them.")
    macros: dict[str, str] = Field({}, description="TeX for formulas, by the name of the command.")
    other_hosts: list[Line] = Field([], description="Hosts that pages may fetch pictures and frames from.")
    comments: Comments | None = Field(None, description="Comments below posts; there are none without this.")
    analytics: Analytics | None = Field(None, description="Visits are not counted without this.")


class Social(Model):
    """A profile elsewhere, as Material has it under ``extra.social``."""

    link: Url = Field(description="Its address.")
    name: Line | None = Field(None, description="What it is called; else its host.")
    icon: Line | None = Field(None, description="A picture for it, which this site does not show.")

    @property
    def label(self) -> str:
        """What to show: its name, or else where it is."""
        host = re.match(r"https?://(?:www\.)?([^/?#]+)", self.link)
        return self.name or (host[1] if host else self.link)


@dataclass(frozen=True)
class Options:
    """The options of a site."""

    faces: Exports
    style: Style
    zone: tzinfo = UTC
    feeds: Feeds = field(default_factory=Feeds)
    macros: dict[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    analytics: Analytics | None = None
    social: tuple[Social, ...] = ()
    other_hosts: frozenset[str] = frozenset()


def read(config: Path, root: Path) -> tuple[Options, list[Diagnostic]]:
    """The options in an ``mkdocs.yml`` and in those that it inherits from, and every problem with its place.

    ``config`` is absolute; problems name files relative to ``root``, and so does a style that is a file. What
    is wrong counts as not written. What is no YAML has no problem here: MkDocs tells of it. ``!ENV`` is read
    from this process's environment, as MkDocs does.
    """
    faces: dict[str, bool] = {}
    feeds: dict[str, object] = {}
    style: Style | None = None
    zone: tzinfo | None = None
    macros: dict[str, tuple[str, Document]] = {}
    comments: Comments | None = None
    analytics: Analytics | None = None
    social: tuple[Social, ...] | None = None
    other_hosts: set[str] = set()
    problems: list[Diagnostic] = []
    for document in mkdocs_yml.load(config)[0]:
        written, found = _written(document)
        problems += found
        # What the heir says goes before what it inherits.
        faces = {**written.faces.model_dump(exclude_unset=True), **faces}
        feeds = {**written.feeds.model_dump(exclude_unset=True), **feeds}
        macros = {**{name: (tex, document) for name, tex in written.macros.items()}, **macros}
        other_hosts |= {host.lower() for host in written.other_hosts}
        comments, analytics = comments or written.comments, analytics or written.analytics
        if style is None and "citation_style" in written.model_fields_set:
            try:
                style = csl.find_style(written.citation_style, root)
            except StyleError as error:
                problems.append(document.diagnose((*_AT, "citation_style"), str(error)))
        if social is None and _SOCIAL in _extra(document):
            social, found = _profiles(document)
            problems += found
        if zone is None and "time_zone" in written.model_fields_set:
            zone = _zone(written.time_zone)
            if zone is None:
                hint = did_you_mean(written.time_zone, available_timezones())
                message = (
                    f"there is no time zone {quote(written.time_zone)}. {hint} Write one as in Europe/Paris."
                )
                problems.append(document.diagnose((*_AT, "time_zone"), message))
    sound, wrong = formula_macros.check({name: tex for name, (tex, _) in macros.items()})
    problems += [macros[name][1].diagnose((*_AT, "macros", name), message) for name, message in wrong.items()]
    options = Options(
        Exports(**faces),
        style or csl.find_style(csl.DEFAULT_STYLE, root),
        zone or UTC,
        # What was read is not read again: a number of entries is no text any more.
        Feeds().model_copy(update=feeds),
        sound,
        comments,
        analytics,
        social or (),
        frozenset(other_hosts),
    )
    return options, sorted(problems)


def _zone(name: str) -> ZoneInfo | None:
    # Asked first, because a name that is no zone may be a path.
    return ZoneInfo(name) if name in available_timezones() else None


def _written(document: Document) -> tuple[_Written, list[Diagnostic]]:
    data = _extra(document).get(_AT[1])
    if data is None:
        return _Written(), []
    if isinstance(data, dict):
        # A key with nothing after it says nothing.
        data = {key: value for key, value in data.items() if value is not None}
    written, problems = validate(_Written, _inner(document, _AT, data), ())
    return written or _Written(), [_outer(_AT, problem) for problem in problems]


def _profiles(document: Document) -> tuple[tuple[Social, ...], list[Diagnostic]]:
    """The profiles; none where one of them is wrong."""
    found, problems = validate_list(Social, _inner(document, _AT[:1], _extra(document)), _SOCIAL)
    sound = () if problems else tuple(social for _, social in found)
    return sound, [_outer(_AT[:1], problem) for problem in problems]


def _extra(document: Document) -> dict[str, Any]:
    extra = document.data.get(_AT[0])
    return extra if isinstance(extra, dict) else {}


def _inner(document: Document, at: tuple[str, ...], data: Any) -> Document:
    """What stands below a place of a document, with places as seen from there."""
    marks, keys = (
        {path[len(at) :]: mark for path, mark in marks.items() if path[: len(at)] == at}
        for marks in (document.positions, document.key_positions)
    )
    return Document(document.path, data, marks, keys)


def _outer(at: tuple[str, ...], problem: Diagnostic) -> Diagnostic:
    field = ".".join(part for part in (*at, problem.field) if part)
    return replace(problem, field=field)
