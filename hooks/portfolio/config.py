"""The settings of ``mkdocs.yml`` under ``extra``, and the loading of a site with them.

`load_options` reads ``extra.portfolio`` and ``extra.social`` from a configuration and those that it inherits
from. `load_site` reads the options, the record and everything that posts can cite.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from math_core import LatexError, LatexToMathML
from pydantic import AfterValidator, BeforeValidator, Field

from portfolio.citations import csl, library
from portfolio.citations.csl import Style, StyleError
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.positions import Document
from portfolio.core.validation import invalid_value, validate, validate_list
from portfolio.record.models import Line, Model, Publication, Url
from portfolio.record.record import Record
from portfolio.sources import loader, mkdocs_yml, record_checks
from portfolio.sources.mkdocs_yml import SitePaths

_PORTFOLIO = ("extra", "portfolio")
_SOCIAL = ("extra", "social")
_OFF = {"false", "off", "no"}
_MACRO_NAME = re.compile(r"[A-Za-z]+")
_MACRO_ARGUMENT = re.compile(r"#([1-9])")
_MACRO_ERROR = re.compile(r"macro(?P<index>\d+):\d+: (?P<message>.*)", re.DOTALL)


def _validate_feed_path(value: str, placeholder: str = "") -> str:
    """Validate the path of a feed, which must contain the placeholder once; return '' if it is off."""
    if value.casefold() in _OFF:
        return ""
    try:
        placeholders = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
    except ValueError:
        placeholders = ["?"]
    if placeholders != [placeholder] * bool(placeholder) or not _is_path(value):
        example = f"feeds/{{{placeholder}}}.atom.xml" if placeholder else "feeds/all.atom.xml"
        contents = f" that contains {{{placeholder}}} once," if placeholder else ""
        hint = f"Write a path of this site{contents} such as {example}, or 'off'."
        raise invalid_value("option.invalid-feed-path", f"{quote(value)} is not the path of a feed.", hint)
    return value


def _is_path(value: str) -> bool:
    parts = value.split("/")
    return all(part.strip(". ") for part in parts) and not re.search(r"[\s?#\\:]", value)


def _validate_category_path(value: str) -> str:
    return _validate_feed_path(value, "category")


def _validate_tag_path(value: str) -> str:
    return _validate_feed_path(value, "tag")


def _validate_entry_count(value: object) -> object:
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,5}", value):
        return int(value)
    if value == "all":
        return 0
    hint = "Write a number from 1, or 'all'."
    raise invalid_value("option.invalid-count", f"{quote(value)} is not a number of posts.", hint)


class FeedOptions(Model):
    """The paths of feeds, or 'off', and the number of posts in them."""

    all: Annotated[str, AfterValidator(_validate_feed_path)] = Field(
        "feeds/all.atom.xml", description="Atom, all posts."
    )
    category: Annotated[str, AfterValidator(_validate_category_path)] = Field(
        "feeds/{category}.atom.xml", description="Atom, the posts of each category."
    )
    tag: Annotated[str, AfterValidator(_validate_tag_path)] = Field(
        "feeds/tag/{tag}.atom.xml", description="Atom, the posts of each tag."
    )
    json_feed: Annotated[str, AfterValidator(_validate_feed_path)] = Field(
        "feed.json", description="JSON Feed, all posts."
    )
    entries: Annotated[int, BeforeValidator(_validate_entry_count)] = Field(
        20, description="How many of the newest posts a feed has; or 'all'."
    )
    id_base: Line | None = Field(
        None,
        description="The prefix of entry ids; the author's name by default. Before that changes, set this to "
        "the old value, or feed readers show every post as new.",
    )


class Comments(Model):
    """Comments below posts by giscus.app, which stores them in the discussions of a GitHub repository."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Owner and name on GitHub.")
    repo_id: str = Field(min_length=1, description="As giscus.app shows it.")
    category: str = Field(min_length=1, description="The category of the discussions.")
    category_id: str = Field(min_length=1, description="As giscus.app shows it.")


class Analytics(Model):
    """A script that counts visits, loaded only for readers who consent."""

    src: str = Field(pattern=r"^https://\S+$", description="The URL of the script.")
    attributes: dict[str, str] = Field({}, description="Its data attributes, without 'data-'.")


class ExportOptions(Model):
    """The exports that the site has; each is on unless turned off."""

    resume_json: bool = Field(True, description="/resume.json, in the format of JSON Resume.")
    cv_yaml: bool = Field(True, description="/cv.yaml, for RenderCV.")
    bibliography: bool = Field(True, description="/publications.bib and /publications.json.")
    json_ld: bool = Field(True, description="schema.org data in the head of each page.")
    citation_meta: bool = Field(
        True, description="citation_… in the head of posts and of publications' own pages."
    )
    social_meta: bool = Field(True, description="Open Graph and Twitter cards in the head of each page.")
    llms: bool = Field(True, description="/llms.txt, and a Markdown version of each page.")
    cv_pdf: bool = Field(True, description="/cv.pdf.")
    cards: bool = Field(True, description="A preview image of each page for links to it.")


class _PortfolioSettings(Model):
    """The keys of ``extra.portfolio``."""

    exports: ExportOptions = Field(ExportOptions(), description="The exports of the record.")
    faces: ExportOptions = Field(ExportOptions(), description="The former name of 'exports'.")
    citation_style: str = Field(csl.DEFAULT_STYLE, description="A style of the Citation Style Language.")
    time_zone: str = Field("UTC", description="The zone in which a post's day begins, as in Europe/Paris.")
    feeds: FeedOptions = Field(FeedOptions(), description="The paths and the length of feeds.")
    macros: dict[str, str] = Field({}, description="TeX for formulas, by the name of the command.")
    other_hosts: list[Line] = Field([], description="Hosts that pages may load pictures and frames from.")
    comments: Comments | None = Field(None, description="Comments below posts; none without this.")
    analytics: Analytics | None = Field(None, description="Visits are not counted without this.")


class SocialProfile(Model):
    """A profile on another site, as Material has it under ``extra.social``."""

    link: Url = Field(description="Its URL.")
    name: Line | None = Field(None, description="Its name; the host by default.")
    icon: Line | None = Field(None, description="An icon, which this site does not show.")

    @property
    def label(self) -> str:
        """The name, or else the host."""
        host = re.match(r"https?://(?:www\.)?([^/?#]+)", self.link)
        return self.name or (host[1] if host else self.link)


@dataclass(frozen=True)
class Options:
    """The options of a site, with defaults for what is missing or invalid."""

    exports: ExportOptions
    style: Style
    zone: tzinfo = UTC
    feeds: FeedOptions = field(default_factory=FeedOptions)
    macros: dict[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    analytics: Analytics | None = None
    social: tuple[SocialProfile, ...] = ()
    other_hosts: frozenset[str] = frozenset()


def load_options(config: Path, root: Path) -> tuple[Options, list[Diagnostic]]:
    """Load the options of an ``mkdocs.yml`` and those that it inherits from, with every problem in them.

    ``config`` is absolute; diagnostics and citation styles use paths relative to ``root``. An invalid value
    is ignored. ``!ENV`` uses the environment of this process, as MkDocs does. A file that is not YAML is not
    reported here, because MkDocs itself does.
    """
    exports: dict[str, bool] = {}
    feeds: dict[str, object] = {}
    style: Style | None = None
    zone: tzinfo | None = None
    macros: dict[str, tuple[str, Document]] = {}
    comments: Comments | None = None
    analytics: Analytics | None = None
    social: tuple[SocialProfile, ...] | None = None
    other_hosts: set[str] = set()
    problems: list[Diagnostic] = []
    # The nearest configuration comes first and takes precedence over those that it inherits from.
    for document in mkdocs_yml.load(config)[0]:
        settings, setting_problems = _load_settings(document)
        problems += setting_problems
        if "faces" in settings.model_fields_set:
            problems.append(_renamed_setting(document, "faces", "exports"))
        for group in (settings.exports, settings.faces):
            exports = {**group.model_dump(exclude_unset=True), **exports}
        feeds = {**settings.feeds.model_dump(exclude_unset=True), **feeds}
        macros = {**{name: (tex, document) for name, tex in settings.macros.items()}, **macros}
        other_hosts |= {host.lower() for host in settings.other_hosts}
        comments, analytics = comments or settings.comments, analytics or settings.analytics
        if style is None and "citation_style" in settings.model_fields_set:
            try:
                style = csl.find_style(settings.citation_style, root)
            except StyleError as error:
                at = (*_PORTFOLIO, "citation_style")
                code = "option.invalid-citation-style"
                problems.append(document.diagnose(at, str(error), error.hint, code=code))
        if social is None and _SOCIAL[1] in _extra(document):
            social, social_problems = _load_social(document)
            problems += social_problems
        if zone is None and "time_zone" in settings.model_fields_set:
            # Checked first, because ZoneInfo takes a name that is not a zone for a path.
            if settings.time_zone in available_timezones():
                zone = ZoneInfo(settings.time_zone)
            else:
                problems.append(_unknown_zone(document, settings.time_zone))
    valid_macros, invalid = check_macros({name: tex for name, (tex, _) in macros.items()})
    for name, (message, hint) in invalid.items():
        document = macros[name][1]
        macro_path = (*_PORTFOLIO, "macros", name)
        problems.append(document.diagnose(macro_path, message, hint, code="option.invalid-macro"))
    options = Options(
        ExportOptions(**exports),
        style or csl.find_style(csl.DEFAULT_STYLE, root),
        zone or UTC,
        # These values are validated already: an entry count is no longer text.
        FeedOptions().model_copy(update=feeds),
        valid_macros,
        comments,
        analytics,
        social or (),
        frozenset(other_hosts),
    )
    return options, sorted(problems)


def _renamed_setting(document: Document, name: str, new_name: str) -> Diagnostic:
    message, hint = f"this setting is now called '{new_name}'.", "Rename it; the old name works until 2028."
    problem = document.diagnose((*_PORTFOLIO, name), message, hint, code="option.renamed")
    return replace(problem, severity="info")


def _unknown_zone(document: Document, name: str) -> Diagnostic:
    hint = f"{did_you_mean(name, available_timezones())} Write one as in Europe/Paris."
    message = f"there is no time zone {quote(name)}."
    return document.diagnose((*_PORTFOLIO, "time_zone"), message, hint, code="option.unknown-time-zone")


def _load_settings(document: Document) -> tuple[_PortfolioSettings, list[Diagnostic]]:
    data = _extra(document).get(_PORTFOLIO[1])
    if data is None:
        return _PortfolioSettings(), []
    if isinstance(data, dict):
        # A key without a value counts as absent.
        data = {key: value for key, value in data.items() if value is not None}
    settings, problems = validate(_PortfolioSettings, _part_of(document, _PORTFOLIO, data), ())
    return settings or _PortfolioSettings(), [_add_prefix(_PORTFOLIO, problem) for problem in problems]


def _load_social(document: Document) -> tuple[tuple[SocialProfile, ...], list[Diagnostic]]:
    """Load the profiles; none of them if one is invalid."""
    at = _SOCIAL[:1]
    part = _part_of(document, at, _extra(document))
    profiles, problems = validate_list(SocialProfile, part, _SOCIAL[1])
    valid = () if problems else tuple(profile for _, profile in profiles)
    return valid, [_add_prefix(at, problem) for problem in problems]


def _extra(document: Document) -> dict[str, Any]:
    extra = document.data.get("extra")
    return extra if isinstance(extra, dict) else {}


def _part_of(document: Document, at: tuple[str, ...], data: Any) -> Document:
    """Return a part of a document as a document of its own, with positions in the same file."""
    positions, key_positions = (
        {path[len(at) :]: position for path, position in positions.items() if path[: len(at)] == at}
        for positions in (document.positions, document.key_positions)
    )
    return Document(document.path, data, positions, key_positions)


def _add_prefix(at: tuple[str, ...], problem: Diagnostic) -> Diagnostic:
    return replace(problem, field=".".join(part for part in (*at, problem.field) if part))


def check_macros(macros: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the macros that can be used, and the message and hint for each one that cannot.

    Names are without a backslash. A macro may use any of the others.
    """
    invalid = {
        name: (
            "this cannot be the name of a macro.",
            "Write Latin letters only, without a backslash, as in 'R' for \\R.",
        )
        for name in macros
        if _MACRO_NAME.fullmatch(name) is None
    }
    valid = {name: tex for name, tex in macros.items() if name not in invalid}
    while valid:
        try:
            converter = LatexToMathML(macros=valid, fancy_error=False)
        except LatexError as error:
            match = _MACRO_ERROR.fullmatch(str(error))
            name = list(valid)[int(match["index"]) if match else -1]
            del valid[name]
            invalid[name] = f"this is not TeX for a formula: {match['message'] if match else error}", ""
            continue
        for name, tex in valid.items():
            if reason := _find_macro_error(converter, name, tex):
                hint = "In YAML a # after a space begins a comment: put quotation marks around the TeX."
                invalid[name] = f"this cannot be used on its own: {reason}", hint
        break
    return {name: tex for name, tex in valid.items() if name not in invalid}, invalid


def _find_macro_error(converter: LatexToMathML, name: str, tex: str) -> str:
    """Convert a macro with as many arguments as it has; return the error, or an empty string."""
    arguments = max((int(number) for number in _MACRO_ARGUMENT.findall(tex)), default=0)
    try:
        converter.convert_with_local_state(f"\\{name}{'{x}' * arguments}", displaystyle=True)
    except LatexError as error:
        return str(error).partition(": ")[2]
    return ""


@dataclass(frozen=True)
class Site:
    """Everything that a site is built from, except its pages.

    ``works`` has everything that can be cited, by key: the record's publications and other references.
    """

    record: Record
    works: Mapping[str, Publication]
    options: Options


def load_site(paths: SitePaths, config: Path | None) -> tuple[Site, list[Diagnostic]]:
    """Load a site and every problem in it, sorted; invalid parts are left out.

    ``config`` is the ``mkdocs.yml``; by default the one in the root.
    """
    record, record_problems = loader.load_record(paths)
    works, work_problems = library.load_citable_works(paths.data, record, paths.root)
    options, option_problems = load_options(config or paths.root / "mkdocs.yml", paths.root)
    contradictions = record_checks.check_record(record, paths.docs)
    problems = {*record_problems, *work_problems, *option_problems, *contradictions}
    return Site(record, works, options), sorted(problems)
