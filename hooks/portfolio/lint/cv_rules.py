"""The options of CVs that do not fit the record or the files of the site."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from portfolio.config import ALL, DEFAULT_CVS, SELECTED, TEMPLATE_SUFFIX, CvOptions, Site, diagnose_cv
from portfolio.core.cache import Cache
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.record.kinds import POSTS
from portfolio.record.models import Fact
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.timeline.views import Portfolio


def check_cvs(site: Site, paths: SitePaths, config: Path, files: Collection[str]) -> Iterator[Diagnostic]:
    """Yield what is wrong with the options of CVs, without typesetting.

    ``files`` are the paths of the files in the documents' folder.
    """
    if not site.options.exports.cv_pdf or site.options.cv == DEFAULT_CVS:
        return
    from portfolio.print.cv_pdf import load_design

    used = {path.casefold(): path for path in files}
    for file, options in site.options.cv.items():
        diagnose = partial(diagnose_cv, config, file)
        paths_of_site = (file, *map(str, PurePosixPath(file).parents))
        if existing := next((used[path.casefold()] for path in paths_of_site if path.casefold() in used), ""):
            message = f"{quote(existing)} has the same path on the site."
            yield diagnose((), message, "Give this CV another name.", code="cv.same-file")
        used.setdefault(file.casefold(), file)
        yield from load_design(file, options, paths, config)[1]
        if options.picture and not site.details.picture:
            message, hint = "the profile has no picture.", f"Write its path in {site.details_file.path}."
            yield diagnose(("picture",), message, hint, code="cv.no-picture")
        if not site.incomplete:
            yield from _check_selection(site.record, options, diagnose)


def check_typeset_cvs(
    site: Site, paths: SitePaths, config: Path, profile: Profile, cache: Cache
) -> list[Diagnostic]:
    """Return what typesetting finds, such as a template that the compiler rejects, or too many pages.

    CVs that can have neither are not typeset. Raises ModuleNotFoundError if a package is not installed.
    """
    cvs = {
        file: options
        for file, options in site.options.cv.items()
        if options.pages is not None or options.design.endswith(TEMPLATE_SUFFIX)
    }
    if not cvs or not site.options.exports.cv_pdf:
        return []
    from portfolio.print.cv_pdf import CvTypesetter
    from portfolio.print.fonts import packaged_fonts

    typesetter = CvTypesetter(Portfolio(site.record), profile, paths, config, packaged_fonts(), cache)
    return [problem for file, options in cvs.items() for problem in typesetter.typeset(file, options)[1]]


def _check_selection(
    record: Record, options: CvOptions, diagnose: partial[Diagnostic]
) -> Iterator[Diagnostic]:
    kinds = {kind.name: kind for kind in record.kinds if kind is not POSTS}
    entries = {name: [entry for entry in record[name] if isinstance(entry, Fact)] for name in kinds}
    kind_of = {entry.id: name for name, members in entries.items() for entry in members}
    listed = options.section_titles
    for index, name in enumerate(_section_names(options)):
        at = ("sections", index)
        if name not in kinds:
            message = f"there is no kind of entries {quote(name)}."
            message = "a CV has no posts." if name == POSTS.name else message
            suggestion = "" if name == POSTS.name else did_you_mean(name, kinds)
            hint = f"{suggestion} Accepted: {', '.join(kinds)}."
            yield diagnose(at, message, hint, code="cv.unknown-section")
        elif name in _section_names(options)[:index]:
            yield diagnose(at, f"{quote(name)} is listed twice.", code="record.duplicate-reference")
        elif (
            kinds[name].layout != "groups" and entries[name] and not any(map(options.selects, entries[name]))
        ):
            message = f"no entry of {name} is selected."
            hint = "Write 'selected: true' in some, add their ids to 'entries', or leave the section out."
            yield diagnose(at, message, hint, code="cv.no-entries")
    for index, id in enumerate(options.entries):
        at = ("entries", index)
        if id in (ALL, SELECTED):
            continue
        if id not in kind_of:
            hint = did_you_mean(id, {ALL, SELECTED, *kind_of})
            yield diagnose(at, f"there is no {quote(id)}.", hint, code="record.unknown-reference")
        elif listed and kind_of[id] not in listed:
            message = f"{quote(id)} is one of the {kind_of[id]}, which 'sections' leaves out."
            yield diagnose(at, message, code="cv.unused-entry")
    if (
        not listed
        and options.entries == (SELECTED,)
        and kind_of
        and not any(options.selects(entry) for members in entries.values() for entry in members)
    ):
        message = "no entry has 'selected: true'."
        yield diagnose(("entries",), message, "Write it in some.", code="cv.no-entries")


def _section_names(options: CvOptions) -> list[str]:
    return [item if isinstance(item, str) else next(iter(item)) for item in options.sections]
