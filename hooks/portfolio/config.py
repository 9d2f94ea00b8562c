"""The settings of ``mkdocs.yml`` under ``extra``, and the loading of a site with them.

`load_options` reads ``extra.portfolio`` and ``extra.social`` from a configuration and those that it inherits
from. `load_site` reads the options, the record and everything that posts can cite.
"""

from __future__ import annotations

import re
import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from math_core import LatexError, LatexToMathML
from pydantic import AfterValidator, BeforeValidator, Field

from portfolio.citations import csl, library
from portfolio.core import i18n
from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import Diagnostic, closest_match, did_you_mean, quote, state_lists_once
from portfolio.core.positions import Document, KeyPath
from portfolio.core.tex import Formula, TexConverter, TexError
from portfolio.core.validation import invalid_value, validate, validate_list
from portfolio.record.kinds import Entry
from portfolio.record.models import Fact, Id, Line, Model, Publication
from portfolio.record.people import Profile, ProfileDetails, SocialProfile, list_accounts
from portfolio.record.record import Record
from portfolio.sources import loader, mkdocs_yml, profile, record_checks

_PORTFOLIO = ("extra", "portfolio")
_SOCIAL = ("extra", "social")
# What a path cannot have on every system, or would have to be escaped in a URL.
_NOT_IN_A_PATH = re.compile(r'[\s?#%\\:*"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_MAX_NAME_BYTES = 255
_OFF, _ON = ("false", "off", "no"), ("true", "on", "yes")
_MACRO_NAME = re.compile(r"[A-Za-z]+")
_MACRO_ARGUMENT = re.compile(r"#([1-9])")
_MACRO_ERROR = re.compile(r"macro(?P<index>\d+):\d+: (?P<message>.*)", re.DOTALL)
# The designs of CVs that this project has, and how the name of any other one ends.
DESIGNS = ("classic", "compact")
TEMPLATE_SUFFIX = ".typ"
# The CV that a site has without settings. The page of the CV has its sections, too.
DEFAULT_CV = "cv.pdf"
# The words for entries, besides ids.
ALL, SELECTED = "all", "selected"


def _validate_feed_path(value: str, placeholder: str = "") -> str:
    """Validate the path of a feed, which must contain the placeholder once; return '' if it is off."""
    if value.casefold() in _OFF:
        return ""
    if value.isalpha() and (match := closest_match(value, (*_OFF, *_ON))):
        hint = f"Did you mean '{match}'?" if match in _OFF else "Leave the key out: feeds are on by default."
        raise invalid_value("option.invalid-feed-path", f"{quote(value)} is not the path of a feed.", hint)
    try:
        placeholders = [name for _, name, _, _ in string.Formatter().parse(value) if name is not None]
    except ValueError:
        placeholders = ["?"]
    is_path = all(part.strip(". ") for part in value.split("/")) and not re.search(r"[\s?#\\:]", value)
    if placeholders != [placeholder] * bool(placeholder) or not is_path:
        example = f"feeds/{{{placeholder}}}.atom.xml" if placeholder else "feeds/all.atom.xml"
        contents = f" that contains {{{placeholder}}} once," if placeholder else ""
        hint = f"Write a path of this site{contents} such as {example}, or 'off'."
        raise invalid_value("option.invalid-feed-path", f"{quote(value)} is not the path of a feed.", hint)
    return value


def _validate_zone(value: str) -> str:
    # ZoneInfo itself takes a name that is not a zone for a path. The package lists the zones; some systems
    # have others, which takes 30 ms to find out.
    package = find_spec("tzdata")
    if package is not None and package.origin is not None:
        names = Path(package.origin).with_name("zones").read_text(encoding="utf-8")
        if value in names.splitlines():
            return value
    if value in available_timezones():
        return value
    hint = f"{did_you_mean(value, available_timezones())} Write one as in Europe/Paris."
    raise invalid_value("option.unknown-time-zone", f"there is no time zone {quote(value)}.", hint)


def _validate_entry_count(value: object) -> object:
    if value == "all":
        return 0
    hint = f"{did_you_mean(str(value), ['all'])} Write a number from 1, or 'all'."
    return _validate_count(value, "posts", hint)


def _validate_count(value: object, of: str, hint: str) -> object:
    if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,5}", value):
        return int(value)
    raise invalid_value("option.invalid-count", f"{quote(value)} is not a number of {of}.", hint)


def _validate_page_count(value: object) -> object:
    return _validate_count(value, "pages", "Write a number from 1.")


def _validate_cv_path(value: str) -> str:
    """Validate the path of a PDF on this site."""
    parts = value.split("/")
    is_path = all(part.strip(". ") and len(part.encode()) <= _MAX_NAME_BYTES for part in parts)
    # A folder with a dot might be a file of the site, and a name that begins with one is hidden.
    has_dot = any("." in folder for folder in parts[:-1]) or parts[-1].startswith(".")
    if is_path and not has_dot and value.endswith(".pdf") and not _NOT_IN_A_PATH.search(value):
        return value
    message = f"{quote(value)} is not the name of a PDF."
    raise invalid_value("option.invalid-cv-path", message, "Write one such as cv.pdf or papers/resume.pdf.")


def _fill_empty(value: object) -> object:
    """Let a key without a value have all defaults."""
    return (
        {key: {} if item is None else item for key, item in value.items()}
        if isinstance(value, dict)
        else value
    )


def _validate_cv_sections(value: object) -> object:
    for item in value if isinstance(value, list | tuple) else ():
        is_titled = (
            isinstance(item, dict) and len(item) == 1 and all(isinstance(part, str) for part in item.values())
        )
        if not is_titled and not isinstance(item, str):
            hint = "Write a list such as [roles, education: Studies]."
            raise invalid_value("option.invalid-section", "this is not a section.", hint)
    return value


def _validate_design(value: str) -> str:
    if value in DESIGNS or value.endswith(TEMPLATE_SUFFIX):
        return value
    hint = f"{did_you_mean(value, DESIGNS)} Write classic, compact, or a template such as docs/data/cv.typ."
    raise invalid_value("option.unknown-design", f"there is no design {quote(value)}.", hint)


_FeedPath = Annotated[str, AfterValidator(_validate_feed_path)]
_CategoryFeedPath = Annotated[str, AfterValidator(lambda value: _validate_feed_path(value, "category"))]
_TagFeedPath = Annotated[str, AfterValidator(lambda value: _validate_feed_path(value, "tag"))]


class FeedOptions(Model):
    """The paths of feeds, empty for those that are off, and the number of posts in them."""

    all: _FeedPath = Field(
        "feeds/all.atom.xml",
        description="The path of the Atom feed of all posts, or off.",
        examples=["feeds/all.atom.xml"],
    )
    category: _CategoryFeedPath = Field(
        "feeds/{category}.atom.xml",
        description="The path of the feed of each category, or off.",
        examples=["feeds/{category}.atom.xml"],
    )
    tag: _TagFeedPath = Field(
        "feeds/tag/{tag}.atom.xml", description="The path of the feed of each tag, or off.", examples=["off"]
    )
    json_feed: _FeedPath = Field(
        "feed.json", description="The path of the JSON Feed of all posts, or off.", examples=["feed.json"]
    )
    entries: Annotated[int, BeforeValidator(_validate_entry_count)] = Field(
        20, description="How many of the newest posts a feed has: a number, or all.", examples=[20]
    )
    id_base: Line | None = Field(
        None,
        description="The beginning of the ids of entries; by default the author's name. Before you change "
        "site_author, set it to the old name, or feed readers show every post as new.",
        examples=["Ana Rossi"],
    )


class Comments(Model):
    """Comments below posts by giscus.app, which stores them in the discussions of a GitHub repository."""

    repo: str = Field(
        pattern=r"^[\w.-]+/[\w.-]+$", description="The repository on GitHub.", examples=["name/site"]
    )
    repo_id: str = Field(
        min_length=1, description="The id of the repository, as giscus.app shows it.", examples=["R_kgDO"]
    )
    category: str = Field(min_length=1, description="The category of its discussions.", examples=["Comments"])
    category_id: str = Field(
        min_length=1, description="The id of the category, as giscus.app shows it.", examples=["DIC_kwDO"]
    )


class Analytics(Model):
    """A script that counts visits, loaded only for readers who consent."""

    src: str = Field(
        pattern=r"^https://\S+$",
        description="The URL of the script.",
        examples=["https://example.org/count.js"],
    )
    integrity: str | None = Field(
        None,
        pattern=r"^sha(256|384|512)-[A-Za-z0-9+/]+=*$",
        description="The hash of the script as its host publishes it; a browser runs no other one.",
        examples=["sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"],
    )
    attributes: dict[str, str] = Field(
        {}, description="Its data attributes, without 'data-'.", examples=[{"site": "1"}]
    )


class ExportOptions(Model):
    """The exports that the site has; each is on unless turned off."""

    resume_json: bool = Field(True, description="/resume.json, in the format of JSON Resume.")
    cv_yaml: bool = Field(True, description="/cv.yaml, for RenderCV.")
    bibliography: bool = Field(True, description="/publications.bib and /publications.json.")
    json_ld: bool = Field(True, description="schema.org data in the head of each page.")
    citation_meta: bool = Field(
        True, description="Data for Google Scholar in the head of posts and of publications' own pages."
    )
    social_meta: bool = Field(True, description="Open Graph and Twitter cards in the head of each page.")
    llms: bool = Field(True, description="/llms.txt, and a Markdown version of each page.")
    cv_pdf: bool = Field(True, description="/cv.pdf, or the PDFs of extra.portfolio.cv.")
    cards: bool = Field(True, description="An image of each page for previews of links to it.")


class CvOptions(Model):
    """A CV as a PDF: what it contains, and how it looks."""

    sections: Annotated[tuple[Line | dict[Id, Line], ...], BeforeValidator(_validate_cv_sections)] = Field(
        (),
        description="Its sections in this order: kinds of entries, or ids of own sections, each with another "
        "title if one follows. By default all that have entries, in the order of the timeline.",
        examples=[["roles", {"education": "Studies"}, "publications"]],
    )
    entries: tuple[Id, ...] = Field(
        (ALL,),
        description="Its entries: all, selected for those with 'selected: true', ids, or several of these. "
        "Skills, languages and interests are complete in any case.",
        examples=["selected"],
    )
    design: Annotated[Line, AfterValidator(_validate_design)] = Field(
        "classic",
        description="classic, compact, or the path of a Typst template in docs/data.",
        examples=["compact"],
    )
    paper: Literal["a4", "letter"] = Field("a4", description="The size of its pages.", examples=["letter"])
    picture: bool = Field(False, description="Whether it has the picture of the profile.")
    pages: Annotated[int | None, BeforeValidator(_validate_page_count)] = Field(
        None, description="How many pages it may have; more are reported.", examples=[1]
    )

    @property
    def section_titles(self) -> dict[str, str]:
        """The names of the sections in their order, each with its title; empty for the default."""
        titles: dict[str, str] = {}
        for item in self.sections:
            titles |= {item: ""} if isinstance(item, str) else item
        return titles

    def selects(self, entry: Fact) -> bool:
        """Whether the CV has an entry of one of its sections."""
        is_selected = SELECTED in self.entries and getattr(entry, "selected", False)
        return ALL in self.entries or is_selected or entry.id in self.entries


# Defaults are not validated, because most builds need no validator of their models.
DEFAULT_CVS: Mapping[str, CvOptions] = MappingProxyType({DEFAULT_CV: CvOptions.model_construct()})


class PortfolioSettings(Model):
    """The keys of ``extra.portfolio``."""

    exports: ExportOptions = Field(
        ExportOptions.model_construct(), description="Outputs to turn off.", examples=[{"cv_pdf": False}]
    )
    faces: ExportOptions = Field(ExportOptions.model_construct(), description="The former name of exports.")
    citation_style: str = Field(
        "",
        description="A CSL style from zotero.org/styles, but not a note style; by default Harvard.",
        examples=["docs/data/ieee.csl"],
    )
    cv: Annotated[
        dict[Annotated[str, AfterValidator(_validate_cv_path)], CvOptions], BeforeValidator(_fill_empty)
    ] = Field(
        {},
        description="The CVs as PDF: the name of each file with its options; by default cv.pdf.",
        examples=[{"cv.pdf": {}, "resume.pdf": {"entries": "selected", "design": "compact", "pages": 1}}],
    )
    time_zone: Annotated[str, AfterValidator(_validate_zone)] = Field(
        "",
        description="The zone in which the day of a post begins; by default UTC.",
        examples=["Europe/Paris"],
    )
    feeds: FeedOptions = Field(
        FeedOptions.model_construct(),
        description="The paths and the length of feeds.",
        examples=[{"tag": "off"}],
    )
    macros: dict[str, str] = Field(
        {},
        description="TeX macros for formulas, by name, without a backslash.",
        examples=[{"R": "\\mathbb{R}"}],
    )
    aliases: dict[str, str] = Field(
        {},
        description="Old URLs that no front matter has, with the page or file that answers each.",
        examples=[{"/archives.html": "musings/index.md"}],
    )
    gone: dict[str, Line] = Field(
        {},
        description="Old URLs that nothing answers any more, with the reason; * matches any characters.",
        examples=[{"/drafts/*": "never meant for readers"}],
    )
    other_hosts: tuple[Line, ...] = Field(
        (), description="Hosts that pages may load images and frames from.", examples=[["images.example"]]
    )
    distinct_names: tuple[Line, ...] = Field(
        (),
        description="Categories, tags and series that differ from others in one letter, and are meant.",
        examples=[["embedding", "embeddings"]],
    )
    comments: Comments | None = Field(
        None,
        description="Comments below posts; off by default.",
        examples=[
            {"repo": "name/site", "repo_id": "R_kgDO", "category": "Comments", "category_id": "DIC_kwDO"}
        ],
    )
    analytics: Analytics | None = Field(
        None,
        description="A script that counts visits; off by default.",
        examples=[{"src": "https://example.org/count.js"}],
    )


@dataclass(frozen=True)
class Options:
    """The options of a site, with defaults for what is missing or invalid."""

    exports: ExportOptions
    style: csl.Style
    zone: tzinfo = UTC
    cv: dict[str, CvOptions] = field(default_factory=lambda: dict(DEFAULT_CVS))
    feeds: FeedOptions = field(default_factory=FeedOptions)
    macros: dict[str, str] = field(default_factory=dict)
    comments: Comments | None = None
    analytics: Analytics | None = None
    social: tuple[SocialProfile, ...] = ()
    other_hosts: frozenset[str] = frozenset()
    distinct_names: tuple[str, ...] = ()


def load_options(
    config: Path, root: Path, cache: CacheFile | None = None
) -> tuple[Options, list[Diagnostic]]:
    """Load the options of an ``mkdocs.yml`` and those that it inherits from, with every problem in them.

    From then on, this process uses the language of the site.

    ``config`` is absolute; diagnostics and citation styles use paths relative to ``root``. An invalid value
    is ignored. ``!ENV`` uses the environment of this process, as MkDocs does. A file that is not YAML is not
    reported here, because MkDocs itself does. The ``cache`` has options without any problem.
    """
    cache = cache or CacheFile()
    # The nearest configuration comes first and takes precedence over those that it inherits from.
    documents = mkdocs_yml.load(config)[0]
    i18n.use_language(mkdocs_yml.read_language(documents))
    inputs = ("options", *(repr(document.data) for document in documents))
    if (cached := cache.get(inputs)) is not None:
        return cached, []
    options, problems = _merge_options(documents, root)
    # A style of the owner's is in a file that may change.
    if not problems and not options.style.name.endswith(".csl"):
        cache.put(inputs, options)
    return options, problems


def _merge_options(documents: Sequence[Document], root: Path) -> tuple[Options, list[Diagnostic]]:
    merged: dict[str, Any] = {}
    exports: dict[str, bool] = {}
    cvs: dict[str, CvOptions] = {}
    feeds: dict[str, object] = {}
    macros: dict[str, tuple[str, Document]] = {}
    other_hosts: set[str] = set()
    problems: list[Diagnostic] = []
    for document in documents:
        settings, document_problems = _load_settings(document, root)
        problems += document_problems
        for group in (settings.pop("exports", None), settings.pop("faces", None)):
            exports = {**(group.model_dump(exclude_unset=True) if group else {}), **exports}
        cvs = {**settings.pop("cv", {}), **cvs}
        if group := settings.pop("feeds", None):
            feeds = {**group.model_dump(exclude_unset=True), **feeds}
        macros = {**{name: (tex, document) for name, tex in settings.pop("macros", {}).items()}, **macros}
        other_hosts |= {host.lower() for host in settings.pop("other_hosts", ())}
        merged = {**settings, **merged}
    valid_macros, invalid = check_macros({name: tex for name, (tex, _) in macros.items()})
    for name, (message, hint) in invalid.items():
        at = (*_PORTFOLIO, "macros", name)
        problems.append(macros[name][1].diagnose(at, message, hint, code="option.invalid-macro"))
    options = Options(
        exports=ExportOptions(**exports),
        cv=cvs or dict(DEFAULT_CVS),
        # These values are validated already: an entry count is no longer text.
        feeds=FeedOptions().model_copy(update=feeds),
        macros=valid_macros,
        other_hosts=frozenset(other_hosts),
        **{"style": csl.find_style(csl.DEFAULT_STYLE, root), **merged},
    )
    return options, sorted(problems)


def _load_settings(document: Document, root: Path) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Load the valid settings that one file has, by their names in `Options`."""
    settings: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    if document.value_at(_PORTFOLIO) is not None:
        model, problems = validate(PortfolioSettings, document, _PORTFOLIO)
        settings = {name: getattr(model, name) for name in model.model_fields_set} if model else {}
    # `portfolio.redirects.aliases` reads these with their positions.
    settings = {name: value for name, value in settings.items() if name not in ("aliases", "gone")}
    if "faces" in settings:
        message, hint = "this setting is now called 'exports'.", "Rename it; the old name works until 2028."
        problem = document.diagnose((*_PORTFOLIO, "faces"), message, hint, code="option.renamed")
        problems.append(replace(problem, severity="info"))
    if "time_zone" in settings:
        settings["zone"] = ZoneInfo(settings.pop("time_zone"))
    if "citation_style" in settings:
        try:
            settings["style"] = csl.find_style(settings.pop("citation_style"), root)
        except csl.StyleError as error:
            at, code = (*_PORTFOLIO, "citation_style"), "option.invalid-citation-style"
            problems.append(document.diagnose(at, str(error), error.hint, code=code))
    if _SOCIAL in document.key_positions:
        profiles, social_problems = validate_list(SocialProfile, document, *_SOCIAL)
        # None of them if one is invalid.
        settings["social"] = () if social_problems else tuple(profile for _, profile in profiles)
        problems += social_problems
    return settings, problems


def check_macros(macros: Mapping[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the macros that can be used, and the message and hint for each one that cannot.

    Names are without a backslash. A macro may use any of the others.
    """
    if not macros:
        return {}, {}  # The converter of formulas takes time to import.
    hint = "Write Latin letters only, without a backslash, as in 'R' for \\R."
    invalid = {
        name: ("this cannot be the name of a macro.", hint)
        for name in macros
        if not _MACRO_NAME.fullmatch(name)
    }
    while True:
        valid = {name: tex for name, tex in macros.items() if name not in invalid}
        try:
            LatexToMathML(macros=valid, fancy_error=False)
            break
        except LatexError as error:
            match = _MACRO_ERROR.fullmatch(str(error))
            name = list(valid)[int(match["index"]) if match else -1]
            invalid[name] = f"this is not TeX for a formula: {match['message'] if match else error}", ""
    converter = TexConverter(valid)
    for name, tex in valid.items():
        arguments = "{x}" * max(map(int, _MACRO_ARGUMENT.findall(tex)), default=0)
        result = converter.convert(Formula(f"\\{name}{arguments}", display=True))
        if isinstance(result, TexError):
            message = f"this cannot be used on its own: {result.message}"
            hint = "In YAML a # after a space begins a comment: put quotation marks around the TeX."
            invalid[name] = message, hint
    return {name: tex for name, tex in valid.items() if name not in invalid}, invalid


@dataclass(frozen=True)
class Site:
    """Everything that a site is built from, except its pages.

    ``works`` has everything that can be cited, by key: the record's publications and other references.
    ``details`` is what ``profile.yml`` says about the owner, and ``details_file`` that file.
    ``incomplete`` has the kinds of entries of which a file could not be read: what seems to be missing may be
    in that file.
    """

    record: Record
    works: Mapping[str, Publication]
    options: Options
    details: ProfileDetails = field(default_factory=ProfileDetails)
    details_file: Document = field(default_factory=lambda: Document(profile.FILE))
    incomplete: Collection[type[Entry]] = frozenset()


def load_site(
    paths: mkdocs_yml.SitePaths, config: Path | None, cache: CacheFile | None = None
) -> tuple[Site, list[Diagnostic]]:
    """Load a site and every problem in it, sorted; invalid parts are left out.

    ``config`` is the ``mkdocs.yml``; by default the one in the root. The ``cache`` has what was loaded from
    files without any problem.
    """
    cache = cache or CacheFile()
    record, record_problems = loader.load_record(paths, cache=cache)
    works, work_problems = library.load_citable_works(paths.data, record, paths.root, cache)
    options, option_problems = load_options(config or paths.root / "mkdocs.yml", paths.root, cache)
    details_file, details, profile_problems = profile.load_profile(paths, cache)
    incomplete = loader.find_incomplete_kinds(record, [*record_problems, *work_problems])
    contradictions = record_checks.check_record(record, paths.docs, incomplete)
    problems = {*record_problems, *work_problems, *option_problems, *profile_problems, *contradictions}
    site = Site(record, works, options, details, details_file, incomplete)
    return site, state_lists_once(problems)


def site_profile(settings: Mapping[str, Any], options: Options, details: ProfileDetails) -> Profile:
    """Return the owner as ``profile.yml`` and the settings of ``mkdocs.yml`` describe him or her."""
    url = str(settings.get("site_url") or "").rstrip("/")
    name, theme = str(settings.get("site_name") or ""), settings.get("theme")
    language = None if theme is None or isinstance(theme, str) else theme.get("language")
    return Profile(
        details.name or settings.get("site_author") or name,
        name,
        settings.get("site_description") or "",
        f"{url}/" if url else "",
        list_accounts((*details.links, *options.social)),
        str(language or "en"),
        details,
    )


def diagnose_cv(
    config: Path,
    file: str,
    at: KeyPath,
    message: str,
    hint: str = "",
    *,
    code: str,
) -> Diagnostic:
    """Create a diagnostic for an option of a CV, in the configuration file that has it."""
    whole = (*_PORTFOLIO, "cv", file)
    documents = mkdocs_yml.load(config)[0]
    document = next(
        (document for document in documents if whole in document.key_positions), Document(config.name)
    )
    return document.diagnose((*whole, *at), message, hint, code=code)
