"""Whatever a record says, each of its faces says the same, and what it leaves out is a note."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from portfolio.citations import biblatex, csl_json
from portfolio.citations.publication_list import PublicationList
from portfolio.config import ExportOptions
from portfolio.exports import json_ld, json_resume, markdown, rendercv
from portfolio.exports.losses import collect_losses
from portfolio.exports.markdown import escape
from portfolio.exports.meta_tags import Breadcrumb, PageInfo
from portfolio.record import dates
from portfolio.record.dates import EdtfDate
from portfolio.record.models import Engagement, Publication
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio, is_inferred
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import PROFILE, records

HOME = PageInfo("https://example.org/p/", "Home")
LIST = PageInfo(
    "https://example.org/p/t/",
    "T",
    trail=(Breadcrumb("Home", HOME.url), Breadcrumb("T", "https://example.org/p/t/")),
)
_RISKY = [
    "</script>",
    "</SCRIPT ",
    "<script>",
    "<!--",
    "-->",
    "]]>",
    "&lt;",
    "&",
    "\u2028",
    '"',
    "'",
    "\\",
    "a",
]
# The PDF is typeset for tests of its own; what is noted of it are letters.
MADE = ExportOptions(cv_pdf=False)


@given(records())
def test_all_faces_agree_with_the_record(record: Record) -> None:
    portfolio = Portfolio(record)
    resume = export_readers.read_resume(json_resume.render(portfolio, PROFILE))
    cv = export_readers.read_cv(rendercv.render(portfolio, PROFILE))
    for told in (resume, cv):
        assert {kind: len(entries) for kind, entries in told.items()} == {
            kind: len(getattr(record, kind)) for kind in told
        }
        export_readers.assert_agrees(portfolio, told)
    bibtex = export_readers.read_bibtex(biblatex.render(portfolio, PROFILE))
    csl = export_readers.read_csl(csl_json.render(portfolio, PROFILE))
    linked = _linked(portfolio)
    publications = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    assert [*bibtex] == [*csl] == [entry.id for entry in publications]
    for entry, one in zip(publications, resume["publications"], strict=True):
        named = (entry.title, *_authors(entry))
        assert bibtex[entry.id].names == csl[entry.id].names == named
        assert linked[entry.id].dates == one.dates
        _assert_dated(entry, bibtex[entry.id].dates)
    noted = {note.id for note in collect_losses(portfolio, PROFILE, MADE) if note.export == json_ld.EXPORT}
    for kind in ("roles", "education"):
        for engagement, one in zip(portfolio.entries(kind), resume[kind], strict=True):
            assert isinstance(engagement, Engagement)
            sure = not engagement.inferred and (engagement.ongoing or engagement.end is not None)
            if engagement.id not in linked:
                assert not sure
                assert engagement.id in noted
                continue
            said = linked.pop(engagement.id)
            assert sure or getattr(engagement, "degree", None) is not None
            assert said.names[1] == one.names[1]
            assert said.names[0].endswith(one.names[0])
            assert said.dates == one.dates
    assert linked.keys() == {entry.id for entry in publications}


@given(records())
def test_the_markdown_has_every_entry_and_its_date_in_words(record: Record) -> None:
    portfolio = Portfolio(record)
    publications = PublicationList(())
    text = markdown.record_markdown("timeline.html", portfolio, publications, PROFILE, PROFILE.absolute)
    for section in portfolio.sections:
        for entry in section.entries:
            lines = [one for one in text.splitlines() if one.startswith(f"- {escape(entry.title)}")]
            when = escape(entry.when.words) if entry.dated_as_a_whole else ""
            assert any(when in one for one in lines)


@given(records())
def test_a_date_that_a_face_does_not_have_is_a_note(record: Record) -> None:
    portfolio = Portfolio(record)
    noted = {(note.export, note.id) for note in collect_losses(portfolio, PROFILE, MADE)}
    resume = export_readers.read_resume(json_resume.render(portfolio, PROFILE))
    for kind in ("roles", "education"):
        for entry, one in zip(portfolio.entries(kind), resume[kind], strict=True):
            assert isinstance(entry, Engagement)
            sides = {"start": entry.start, "end": entry.end}
            if any(date is not None and one.dates.get(side) != _plain(date) for side, date in sides.items()):
                assert (json_resume.EXPORT, entry.id) in noted
            # A start alone says that it goes on.
            assert "start" not in one.dates or "end" in one.dates or entry.ongoing
    for entry, one in zip(portfolio.entries("publications"), resume["publications"], strict=True):
        assert isinstance(entry, Publication)
        if entry.date is not None and one.dates.get("date") != _plain(entry.date):
            assert (json_resume.EXPORT, entry.id) in noted
            assert not one.dates or export_readers.is_consistent(one.dates["date"], entry.date)


@given(st.text(max_size=40) | st.lists(st.sampled_from(_RISKY), max_size=6).map("".join))
def test_no_title_leaves_its_script(title: str) -> None:
    page = PageInfo("https://example.org/x/", title, trail=(Breadcrumb(title, HOME.url),))
    graph = json_ld.build_graph(page, Portfolio(Record()), PROFILE)
    text = json_ld.to_script_text(graph)
    head = LexborHTMLParser(f"<head><script type=a>{text}</script><meta name=after></head>").head
    assert head is not None
    assert [node.tag for node in head.iter()] == ["script", "meta"]
    (script,) = head.css("script")
    assert json.loads(script.text()) == graph


@pytest.mark.parametrize("page", [HOME, LIST])
def test_there_is_something_to_agree_on(page: PageInfo) -> None:
    assert (
        export_readers.count_valid_terms(json_ld.build_graph(page, Portfolio(Record()), PROFILE)["@graph"])
        > 0
    )


def _assert_dated(entry: Publication, told: dict[str, str]) -> None:
    """Assert that BibTeX has the date as it is written, doubtful where it is inferred, or in words."""
    if entry.date is None:
        assert told == {}
    elif "date" in told and "note" not in told:
        assert re.sub("[~?%]", "", told["date"]) == re.sub("[~?%]", "", entry.date.text)
        doubts = set("~?%") & set(entry.date.text)
        assert bool(doubts or is_inferred(entry, "date")) == bool(set("~?%") & set(told["date"]))
    else:
        assert dates.format_date(entry.date) in told["note"]


def _plain(date: EdtfDate) -> str:
    """The EDTF text; a month that is not known is none."""
    return date.text.removesuffix("-XX")


def _authors(entry: Publication) -> list[str]:
    return entry.author.split(" and ") if entry.author else []


def _linked(portfolio: Portfolio) -> dict[str, export_readers.ExportedEntry]:
    told: dict[str, export_readers.ExportedEntry] = {}
    publications = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    for page, listed in ((HOME, []), (LIST, publications)):
        graph: dict[str, Any] = json.loads(
            json_ld.to_script_text(json_ld.build_graph(page, portfolio, PROFILE, publications=listed))
        )
        assert export_readers.count_valid_terms(graph["@graph"]) > 0
        told |= dict(export_readers.read_json_ld(graph))
    return told
