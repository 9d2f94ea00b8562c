"""Markdown (CommonMark) for language models: pages with absolute links, the record, and ``/llms.txt``.

A page's Markdown is what its author wrote, followed by what its template adds from the record.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from portfolio.citations.csl import Cite
from portfolio.citations.library import (
    CITATION_PATTERN,
    NARRATIVE_PATTERN,
    Library,
    parse_citation,
    parse_narrative_citation,
)
from portfolio.citations.publication_list import Kind, PublicationList, Work
from portfolio.config import DEFAULT_CVS, CvOptions
from portfolio.core import i18n
from portfolio.core.i18n import gettext as _
from portfolio.core.runs import Run, plain_text
from portfolio.core.text import replace_emoji_names
from portfolio.print.cv_sections import CvPage
from portfolio.print.fonts import strip_controls
from portfolio.record import kinds, people
from portfolio.record.kinds import Layout
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.timeline.exported_fields import format_group
from portfolio.timeline.views import EntryView, Neighbour, Portfolio, Reference, Section

LLMS_TXT = "llms.txt"

# Converts a URL of the record or the site to one that works in the Markdown file.
ToUrl = Callable[[str], str]

# Characters with a meaning: anywhere, before an entity name ("&amp;"), after a bracket, at the beginning, and
# at the end of a heading.
_SPECIAL = re.compile(r"[\\`*_\[\]<>]|&(?=#|\w+;)|(?<=\]):|^[-+=#~:]|(?<=&)#|#(?=#*$)")
# Control characters except line breaks and tabs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]")
# "1." at the beginning would start a list.
_NUMBER = re.compile(r"^(\d+)([.)])")
# Code, which stays as it is, and comments, which are for the author only.
_CODE_OR_COMMENT = re.compile(
    # The characters that any of these begins with: a cheap test before the alternatives.
    r"(?=[ \t\n`~<])(?:"
    r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?^[ \t]*(?P=fence)"
    r"|(?P<ticks>(?<!`)`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<comment><!--.*?-->[ \t]*\n?)"
    r"|(?P<indented>(?:\A|(?<=\n)[ \t]*\n)(?:(?:[ \t]*\n)*(?: {4}|\t)[^\n]*(?:\n|\Z))+))",
    re.DOTALL | re.MULTILINE,
)
# Blocks that indented text continues, so that it is not code: list items, footnotes, admonitions, tabs.
_CONTAINER = re.compile(r"(?:[-*+:]|\d+[.)]|\[\^[^\]\n]+\]:|!!!|\?\?\?\+?|===)(?=[ \t])")
# Each branch begins with a character, so that the search is fast.
_LINK = re.compile(r"(?P<before>\]\(\s*<?|\[(?<=^\[)[^\]\n]+\]:\s*<?)(?P<target>[^\s()<>]+)", re.MULTILINE)
_TITLE = re.compile(r"(#[ \t][^\n]+|[^\n]+\n=+[ \t]*)(\n|$)")
_BLANK_LINES = re.compile(r"\n{3,}")
# URLs that need no angle brackets.
_SIMPLE_URL = re.compile(r"[^\s()<>]+")
_CITATION = re.compile(rf"{CITATION_PATTERN}|{NARRATIVE_PATTERN}")


class ListedPage(NamedTuple):
    """A page or file in ``llms.txt``: its title, its absolute URL, and a description, which may be empty."""

    title: str
    url: str
    about: str = ""


def convert_page(title: str, text: str, resolve: Callable[[str], str | None], byline: str = "") -> str:
    """Return the Markdown of a page with its title and absolute links, and without comments.

    ``resolve`` returns the URL of a link target, or None to leave the link alone. Code is not changed.
    ``byline`` is Markdown below the title.
    """

    def replace_link(match: re.Match[str]) -> str:
        return match["before"] + (resolve(match["target"]) or match["target"])

    prose = _CONTROLS.sub("", text)
    body = map_prose(
        prose, lambda piece: replace_emoji_names(_LINK.sub(replace_link, piece)), drop_comments=True
    )
    body = _BLANK_LINES.sub("\n\n", body).strip()
    heading = _TITLE.match(body)
    first = heading[1].strip() if heading else f"# {escape(title)}"
    parts = (first, byline, body[heading.end() :].strip() if heading else body)
    return "\n\n".join(part for part in parts if part) + "\n"


def list_link_targets(text: str) -> tuple[str, ...]:
    """Return the targets of the links that `convert_page` resolves in a text, each once."""
    targets: dict[str, None] = {}
    convert_page("", text, targets.setdefault)
    return tuple(targets)


def map_prose(text: str, change: Callable[[str], str], *, drop_comments: bool = False) -> str:
    """Apply a function to the prose of a text, piece by piece; code and comments stay."""
    pieces, end = [], 0
    for match in _find_code_and_comments(text):
        verbatim = "" if drop_comments and match["comment"] else match[0]
        pieces += [change(text[end : match.start()]), verbatim]
        end = match.end()
    return "".join([*pieces, change(text[end:])])


def resolve_citations(text: str, library: Library) -> str:
    """Replace the citations of a page in the style of the site, and append its references.

    Citations of unknown works, and code, are not changed.
    """
    if "@" not in text or not _CITATION.search(text):
        return text
    citations: list[list[Cite]] = []

    def collect(prose: str) -> str:
        citations.extend(
            cites for match in _CITATION.finditer(prose) if (cites := _known_works(match, library))
        )
        return prose

    map_prose(text, collect)
    if not citations:
        return text
    page = library.format_page(citations)
    formatted = iter(page.citations)

    def replace(match: re.Match[str]) -> str:
        return format_runs(next(formatted)) if _known_works(match, library) else match[0]

    body = map_prose(text, lambda prose: _CITATION.sub(replace, prose))
    references = [f"- {format_runs(runs)}" for runs in page.references.values()]
    return "\n".join([body.rstrip(), "", "## " + escape(_("References")), "", *references, ""])


def record_markdown(
    template: str,
    portfolio: Portfolio,
    publications: PublicationList,
    profile: Profile,
    to_url: ToUrl,
    kind: str = "",
    cvs: Mapping[str, CvOptions] = DEFAULT_CVS,
) -> str:
    """Return what a page's template adds from the record; empty for other templates.

    ``kind`` is what a page with `ENTRIES_TEMPLATE` lists. The page of the CV depends on the options ``cvs``.
    """
    match template:
        case kinds.TIMELINE_TEMPLATE:
            return "".join(_section(section, to_url) for section in portfolio.timeline)
        case kinds.ENTRIES_TEMPLATE if kind == "publications":
            by_id = {entry.id: entry for entry in portfolio.record.publications}
            groups = (_publications(group, by_id, to_url) for group in publications.kinds)
            return _authors_note(publications) + "".join(groups)
        case kinds.ENTRIES_TEMPLATE if kind == kinds.PROJECTS:
            lines = _entry_lines(portfolio.projects, "cards", to_url)
            return "\n".join(["", *lines, ""]) if lines else ""
        case kinds.ENTRIES_TEMPLATE:
            section = portfolio.section(kind)
            return _groups(section, to_url, "##") if section else ""
        case "cv.html":
            sections = CvPage(portfolio, cvs).sections
            texts = [_cv_section(section, publications, to_url) for section in sections]
            return "".join([_cv_head(profile), *texts])
        case _:
            return ""


def reference_list(heading: str, references: Iterable[Reference], to_url: ToUrl) -> str:
    """Return a list of links to entries under a heading; empty without entries."""
    lines = []
    for entry in references:
        link = format_link(entry.title, entry.link or entry.url, to_url)
        lines.append(f"- {_join_facts(link, entry.venue, entry.when)}{_inference_mark(entry)}")
    return _headed_list(heading, lines)


def render_llms_txt(profile: Profile, sections: Iterable[tuple[str, list[ListedPage]]]) -> str:
    """Return ``llms.txt`` (llmstxt.org): the site's name, its description, and links to Markdown pages."""
    parts = [f"# {escape(profile.site_name)}"]
    if profile.label:
        parts.append(f"> {escape(profile.label)}")
    parts.append(_("Every page is available as Markdown. Dates are never more precise than the record."))
    for heading, pages in sections:
        if pages:
            lines = (
                f"- [{escape(page.title)}]({page.url})" + (f": {escape(page.about)}" if page.about else "")
                for page in pages
            )
            parts.append(f"## {escape(heading)}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


@functools.lru_cache(maxsize=1 << 16)
def escape(text: str) -> str:
    """Return Markdown that displays a plain text literally, even at the beginning of a line."""
    escaped = _SPECIAL.sub(r"\\\g<0>", " ".join(strip_controls(text).split()))
    return _NUMBER.sub(r"\1\\\2", escaped)


def format_link(text: str, url: str, to_url: ToUrl) -> str:
    """Return a link, or the text alone if there is no URL."""
    target = to_url(url) if url else ""
    if not target:
        return escape(text)
    if text == target:
        return f"<{target}>"
    return _link(escape(text), target)


def _link(label: str, target: str) -> str:
    # In angle brackets, a target may contain parentheses.
    return f"[{label}]({target})" if _SIMPLE_URL.fullmatch(target) else f"[{label}](<{target}>)"


def format_runs(runs: Iterable[Run], to_url: ToUrl = str, *, title: str = "") -> str:
    """Return styled text as Markdown. ``title`` is the URL that its title links to."""
    pieces = []
    for url, group in groupby(runs, key=lambda run: run.url or (title if run.title else "")):
        linked = list(group)
        if target := to_url(url) if url else "":
            text = plain_text(linked)
            label = "".join(_format_run(run) for run in linked)
            pieces.append(f"<{target}>" if text == target else _link(label, target))
        else:
            pieces += map(_format_run, linked)
    return "".join(pieces)


def _find_code_and_comments(text: str) -> Iterator[re.Match[str]]:
    start = 0
    while match := _CODE_OR_COMMENT.search(text, start):
        if match["indented"] is not None and _ends_in_container(text[: match.start()]):
            start = match.start() + 1
            continue
        yield match
        start = match.end()


def _ends_in_container(above: str) -> bool:
    """Whether indented text below a text continues a list item, a note or another container."""
    last = next((line for line in reversed(above.split("\n")) if line[:1].strip()), "")
    return _CONTAINER.match(last) is not None


def _known_works(citation: re.Match[str], library: Library) -> list[Cite]:
    """The works that a citation names; empty unless all of them are known."""
    if citation["key"]:
        cites = [parse_narrative_citation(citation["key"], citation["locator"])]
    else:
        cites = parse_citation(citation[1]) or []
    return cites if all(cite.key in library.publications for cite in cites) else []


def _format_run(run: Run) -> str:
    # Emphasis must not begin or end with white space, which escape() removes.
    text = run.text.strip()
    before, after = run.text[: len(run.text) - len(run.text.lstrip())], run.text[len(run.text.rstrip()) :]
    if not text:
        return before
    if run.code:
        fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
        pad = " " if "`" in (text[0], text[-1]) else ""
        return f"{before}{fence}{pad}{text}{pad}{fence}{after}"
    mark = "**" * run.bold + "*" * run.italic
    script = plain_text([replace(run, text=text)])
    return f"{before}{mark}{escape(script)}{mark[::-1]}{after}"


def _join_facts(first: str, *texts: str) -> str:
    """Join facts with commas; the first is Markdown already."""
    return _(", ").join(part for part in (first, *map(escape, texts)) if part)


def _headed_list(heading: str, lines: list[str]) -> str:
    return "\n".join(["", f"## {escape(heading)}", "", *lines, ""]) if lines else ""


def _inference_mark(reference: Reference) -> str:
    return " " + _("(the link is inferred)") if reference.inferred else ""


def home_head(profile: Profile, introduction: Iterable[tuple[str, Reference]], to_url: ToUrl) -> str:
    """Return what the home page begins with: the owner, what introduces and how to reach the owner."""
    lines = [
        f"- {word}: {_join_facts(format_link(entry.title, entry.url, to_url), entry.venue)}"
        for word, entry in introduction
    ]
    return "\n".join([_about(profile), "", *lines, *_contacts(profile)]).strip()


def story_head(story: EntryView, to_url: ToUrl) -> str:
    """Return what the record says of the project that a page is about."""
    lines = (_join_facts("", *story.facts, story.when.words), *_entry_details(story, to_url))
    return "\n".join(f"- {line}" for line in lines if line)


def _cv_head(profile: Profile) -> str:
    """The owner of the CV, how to reach the owner, and links to the owner's profiles."""
    summary = format_runs(profile.absolute_links(profile.summary))
    lines = ["", _about(profile, profile.name), "", *_contacts(profile), ""]
    return "\n".join([*lines, summary, ""] if summary else lines)


def _about(profile: Profile, *names: str) -> str:
    """The owner in one line, which begins with names."""
    details = profile.details
    name = " / ".join([*names, *(other.name for other in details.other_names)])
    name += f" ({details.pronouns})" if details.pronouns else ""
    return ". ".join(escape(text) for text in (name, profile.tagline, profile.place) if text)


def _contacts(profile: Profile) -> Iterator[str]:
    """The items of a list: the e-mail address and the phone number if pages may have them, and all URLs."""
    email = profile.email_for("site")
    contacts = [
        f"<{email}>" if email else "",
        escape(profile.phone_for("site")),
        f"<{profile.url}>" if profile.url else "",
        *(f"{escape(account.name)}: <{account.url}>" for account in profile.accounts),
    ]
    return (f"- {contact}" for contact in contacts if contact)


def _authors_note(publications: PublicationList) -> str:
    if not publications.may_have_more_authors:
        return ""
    return "\n" + _("Co-authors, if any, are not recorded.") + "\n"


def _publications(kind: Kind, by_id: Mapping[str, Publication], to_url: ToUrl) -> str:
    """The publications of one kind, by year."""
    lines = ["", f"## {escape(kind.title)}"]
    for year in kind.years:
        lines += ["", f"### {escape(year.heading)}", ""]
        for work in year.works:
            lines.append(f"- {_publication(work, to_url)}")
            lines += [f"  - {line}" for line in _publication_details(work, by_id[work.view.id], to_url)]
    return "\n".join([*lines, ""])


def _publication(work: Work, to_url: ToUrl) -> str:
    reference = format_runs(work.reference, to_url, title=work.view.url)
    more = _("The list of authors may be incomplete.")
    return f"{reference} {more}" if work.may_have_more_authors else reference


def _publication_details(work: Work, publication: Publication, to_url: ToUrl) -> Iterator[str]:
    # A reference style may shorten names, and dates to years.
    names = [person.name for person in people.parse_authors(publication.author)]
    names += [_("others")] if people.has_unnamed_authors(publication.author) else []
    authors = _("By %(names)s", names=i18n.format_list(names)) if names else ""
    yield _join_facts(escape(authors), work.view.when.words)
    yield from (format_link(label, url, to_url) for label, url in work.view.links)
    if work.abstract:
        yield _("Abstract: %(text)s", text=format_runs(work.abstract))
    yield from _related_lines(work.view, to_url)


def _section(section: Section, to_url: ToUrl) -> str:
    return f"\n## {escape(section.title)}\n{_groups(section, to_url, '###')}"


def _cv_section(section: Section, publications: PublicationList, to_url: ToUrl) -> str:
    if section.layout == "engagements":
        return _section(section, to_url)
    if section.layout != "works":
        return _headed_list(section.title, _entry_lines(section.entries, section.layout, to_url))
    ids = {entry.id for entry in section.entries}
    works = (work for kind in publications.kinds for year in kind.years for work in year.works)
    lines = [f"- {_publication(work, to_url)}" for work in works if work.view.id in ids]
    return _headed_list(section.title, lines) + _authors_note(publications)


def _groups(section: Section, to_url: ToUrl, level: str) -> str:
    lines = []
    for group in section.groups:
        heading = [f"{level} {escape(group.heading)}", ""] if group.heading else []
        lines += ["", *heading, *_entry_lines(group.entries, section.layout, to_url)]
    return "\n".join([*lines, ""])


def _entry_lines(entries: Iterable[EntryView], layout: Layout, to_url: ToUrl) -> list[str]:
    lines = []
    for entry in entries:
        lines.append(f"- {_entry_line(entry, layout, to_url)}")
        lines += [f"  - {line}" for line in _entry_details(entry, to_url)]
    return lines


def _entry_line(entry: EntryView, layout: Layout, to_url: ToUrl) -> str:
    title = format_link(entry.title, entry.page or entry.url, to_url)
    if layout == "groups":
        details = escape(format_group(entry.keywords, entry.facts))
        return f"{title}: {details}" if details else title
    parts = [entry.when.words, *map(_neighbour, entry.when.neighbours)]
    when = _("; ").join(filter(None, parts)) if entry.dated_as_a_whole else ""
    return _join_facts(title, *entry.facts, when)


def _neighbour(neighbour: Neighbour) -> str:
    title = neighbour.entry.title
    words = (
        _("after %(title)s", title=title) if neighbour.word == "after" else _("before %(title)s", title=title)
    )
    return _("%(date)s (inferred)", date=words) if neighbour.inferred else words


def _entry_details(entry: EntryView, to_url: ToUrl) -> Iterator[str]:
    for occasion in entry.occasions:
        event = format_link(occasion.event, occasion.url, to_url) if occasion.event else ""
        yield _join_facts(event, occasion.location, occasion.when.words)
    yield from (format_runs(text, to_url) for text in (entry.summary, *entry.highlights) if text)
    if entry.tags:
        yield _("Tags: %(names)s", names=", ".join(escape(tag.name) for tag in entry.tags))
    yield from (format_link(label, url, to_url) for label, url in entry.links)
    yield from _related_lines(entry, to_url)


def _related_lines(entry: EntryView, to_url: ToUrl) -> Iterator[str]:
    """The linked entries, and what is inferred of an entry."""
    for title, references in entry.related:
        links = (
            format_link(reference.title, reference.url, to_url) + _inference_mark(reference)
            for reference in references
        )
        yield f"{escape(title)}: {'; '.join(links)}"
    # Inferred links are marked above.
    inferred = [words for words in entry.inferred if words != _("the work linked with it")]
    if inferred:
        yield _("Inferred, not stated: %(facts)s.", facts=i18n.format_list(inferred))
