"""The record as Markdown: what the templates of the timeline, the lists and the CV add to their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from portfolio.citations.publication_list import Kind, PublicationList, Work
from portfolio.core.diagnostics import join_words
from portfolio.exports.markdown import Address, escape, facts, link
from portfolio.exports.markdown_runs import of_runs
from portfolio.record import person_names
from portfolio.record.models import Publication
from portfolio.record.profile import Profile
from portfolio.timeline.cross_links import Reference
from portfolio.timeline.views import EntryView, Portfolio, Section

# The templates that tell of the record, and the kinds of entries of theirs that are told as on the timeline.
_KINDS = {
    "timeline.html": ("roles", "education", "publications", "talks", "software", "posts"),
    "publications.html": (),
    "talks.html": ("talks",),
    "software.html": ("software",),
    "cv.html": ("roles", "education"),
}


def part(
    template: str, portfolio: Portfolio, publications: PublicationList, profile: Profile, address: Address
) -> str:
    """What a page's template adds to it, empty for any other template."""
    if template not in _KINDS:
        return ""
    wanted = [section for section in portfolio.sections if section.kind in _KINDS[template]]
    if template in ("talks.html", "software.html"):
        return "".join(_groups(section, address, "##") for section in wanted)
    told = "".join(f"\n## {escape(section.title)}\n{_groups(section, address, '###')}" for section in wanted)
    if template == "publications.html":
        by_id = {one.id: one for one in portfolio.record.publications}
        return _note(publications) + "".join(_works(kind, by_id, address) for kind in publications.kinds)
    if template == "cv.html":
        others = [section for section in portfolio.sections if section.kind in ("talks", "software")]
        note = _note(publications)
        lists = [_listed("Publications", _referred(publications.kinds, address)) + note]
        lists += [
            _listed(one.title, (line for entry in one.entries for line in _lines(entry, address)))
            for one in others
        ]
        return _head(profile) + told + "".join(lists)
    return told


def _head(profile: Profile) -> str:
    """Whose CV it is, and where else to find them."""
    lines = [f"- {escape(account.name)}: <{account.url}>" for account in profile.accounts]
    site = [f"- <{profile.url}>"] if profile.url else []
    name = f"{escape(profile.name)}. {escape(profile.label)}".removesuffix(". ")
    return "\n".join(["", name, "", *site, *lines, ""])


def _note(publications: PublicationList) -> str:
    return "\nCo-authors, if any, are not recorded.\n" if publications.may_have_more_authors else ""


def _listed(title: str, lines: Iterable[str]) -> str:
    given = list(lines)
    return "\n".join(["", f"## {escape(title)}", "", *given, ""]) if given else ""


def _referred(kinds: Iterable[Kind], address: Address) -> Iterator[str]:
    for kind in kinds:
        for year in kind.years:
            yield from (f"- {_reference(work, address)}" for work in year.works)


def _works(kind: Kind, by_id: Mapping[str, Publication], address: Address) -> str:
    """The publications of one kind, by year."""
    lines = ["", f"## {escape(kind.title)}"]
    for year in kind.years:
        lines += ["", f"### {escape(year.heading)}", ""]
        for work in year.works:
            lines.append(f"- {_reference(work, address)}")
            lines += [f"  - {line}" for line in _of_work(work, by_id[work.view.id], address)]
    return "\n".join([*lines, ""])


def _reference(work: Work, address: Address) -> str:
    more = " The list of authors may be incomplete." if work.may_have_more_authors else ""
    return of_runs(work.reference, address, title=work.view.url) + more


def _of_work(work: Work, publication: Publication, address: Address) -> Iterator[str]:
    # A style shortens names, and dates to years.
    names = [person.name for person in person_names.authors(publication.author)]
    names += ["others"] if person_names.has_others(publication.author) else []
    yield facts(escape(f"By {join_words(names)}") if names else "", work.view.when.words)
    yield from (link(label, url, address) for label, url in work.view.links)
    if work.abstract:
        yield f"Abstract: {escape(work.abstract)}"
    yield from _related(work.view, address)
    yield from _inferred(work.view)


def _groups(section: Section, address: Address, level: str) -> str:
    lines = []
    for group in section.groups:
        lines += ["", f"{level} {escape(group.heading)}", ""]
        for entry in group.entries:
            lines += _lines(entry, address)
    return "\n".join([*lines, ""])


def _lines(entry: EntryView, address: Address) -> list[str]:
    return [f"- {_entry(entry, address)}", *(f"  - {line}" for line in _details(entry, address))]


def _entry(entry: EntryView, address: Address) -> str:
    places = [
        f"{place.word} {place.of.title}" + (" (inferred)" if place.inferred else "")
        for place in entry.when.places
    ]
    when = "; ".join([entry.when.words, *places]) if entry.dated_as_a_whole else ""
    return facts(link(entry.title, entry.url, address), entry.venue, entry.part, entry.location, when)


def _details(entry: EntryView, address: Address) -> Iterator[str]:
    for occasion in entry.occasions:
        event = link(occasion.event, occasion.url, address) if occasion.event else ""
        yield facts(event, occasion.location, occasion.when.words)
    yield from (escape(text) for text in (entry.summary, *entry.highlights) if text)
    yield from (link(label, url, address) for label, url in entry.links)
    yield from _related(entry, address)
    yield from _inferred(entry)


def _related(entry: EntryView, address: Address) -> Iterator[str]:
    for title, others in entry.related:
        yield f"{escape(title)}: {'; '.join(_other(one, address) for one in others)}"


def _other(one: Reference, address: Address) -> str:
    return link(one.title, one.url, address) + (" (the link is inferred)" if one.inferred else "")


def _inferred(entry: EntryView) -> Iterator[str]:
    # What is linked says so itself.
    told = [words for words in entry.inferred if words != "the work linked with it"]
    if told:
        yield f"Inferred, not stated: {', '.join(told)}."
