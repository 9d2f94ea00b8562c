"""For any record, all exports agree with it, and report what they leave out."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from portfolio.citations import biblatex, csl_json
from portfolio.citations.publication_list import PublicationList
from portfolio.config import ExportOptions
from portfolio.exports import json_ld, json_resume, markdown, rendercv
from portfolio.exports.losses import collect_losses
from portfolio.exports.markdown import escape
from portfolio.exports.meta_tags import PageInfo
from portfolio.record import dates
from portfolio.record.dates import EdtfDate
from portfolio.record.kinds import POSTS
from portfolio.record.models import Engagement, Fact, Period, Publication
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio, is_inferred
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import OWN_SECTIONS, PROFILE, records

HOME = PageInfo("https://example.org/p/", "Home")
LIST = PageInfo(
    "https://example.org/p/t/",
    "T",
    trail=(("Home", HOME.url), ("T", "https://example.org/p/t/")),
)
SECTIONS = {section: kind.title for section, kind in OWN_SECTIONS.items()}
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
# The losses of the PDF are about characters, and have their own tests.
WITHOUT_PDF = ExportOptions(cv_pdf=False)


@settings(max_examples=40)
@given(records())
def test_all_exports_agree_with_the_record(record: Record) -> None:
    portfolio = Portfolio(record)
    resume = export_readers.read_resume(json_resume.render(portfolio, PROFILE), SECTIONS)
    cv = export_readers.read_cv(rendercv.render(portfolio, PROFILE), SECTIONS)
    for entries_by_kind in (resume, cv):
        assert {kind: len(entries) for kind, entries in entries_by_kind.items()} == {
            kind.name: len(record[kind.name]) for kind in record.kinds if kind is not POSTS
        }
        export_readers.assert_agrees(portfolio, entries_by_kind)
    bibtex = export_readers.read_bibtex(biblatex.render(portfolio, PROFILE))
    csl = export_readers.read_csl(csl_json.render(portfolio, PROFILE))
    linked = _linked(portfolio)
    publications = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    assert [*bibtex] == [*csl]
    assert {*bibtex} == {entry.id for entry in (*publications, *record["patents"])}
    for entry, in_resume in zip(publications, resume["publications"], strict=True):
        names = (entry.title, *_authors(entry))
        assert bibtex[entry.id].names == csl[entry.id].names == names
        assert linked[entry.id].dates == in_resume.dates
        _assert_dated(entry, bibtex[entry.id].dates)
    reported = {
        loss.id for loss in collect_losses(portfolio, PROFILE, WITHOUT_PDF) if loss.export == json_ld.EXPORT
    }
    for kind in ("roles", "education"):
        for engagement, in_resume in zip(portfolio.entries(kind), resume[kind], strict=True):
            assert isinstance(engagement, Engagement)
            certain = not engagement.inferred and (engagement.ongoing or engagement.end is not None)
            if engagement.id not in linked:
                assert not certain
                assert engagement.id in reported
                continue
            in_json_ld = linked.pop(engagement.id)
            assert certain or getattr(engagement, "degree", None) is not None
            assert in_json_ld.names[1] == in_resume.names[1]
            assert in_json_ld.names[0].endswith(in_resume.names[0])
            assert in_json_ld.dates == in_resume.dates
    assert linked.keys() == {entry.id for entry in publications}
    credentials = json_ld.person_node(portfolio, PROFILE)[0].get("hasCredential", [])
    for credential, in_resume in zip(credentials, resume["certificates"], strict=True):
        assert credential["name"] == in_resume.names[0]
        assert credential.get("dateCreated") == in_resume.dates.get("date")


@settings(max_examples=40)
@given(records())
def test_markdown_has_every_entry_and_date(record: Record) -> None:
    portfolio = Portfolio(record)
    publications = PublicationList(())
    text = markdown.record_markdown("timeline.html", portfolio, publications, PROFILE, PROFILE.absolute)
    for section in portfolio.timeline:
        for entry in section.entries:
            lines = [line for line in text.splitlines() if line.startswith(f"- {escape(entry.title)}")]
            when = escape(entry.when.words) if entry.dated_as_a_whole else ""
            assert any(when in line for line in lines)


@settings(max_examples=40)
@given(records())
def test_a_date_that_an_export_omits_is_a_loss(record: Record) -> None:
    portfolio = Portfolio(record)
    reported = {(loss.export, loss.id) for loss in collect_losses(portfolio, PROFILE, WITHOUT_PDF)}
    resume = export_readers.read_resume(json_resume.render(portfolio, PROFILE), SECTIONS)
    for kind in ("roles", "education", "projects", "teaching", "grants", "service", "press"):
        for entry, in_resume in zip(portfolio.entries(kind), resume[kind], strict=True):
            assert isinstance(entry, Period)
            sides = {"start": entry.start, "end": entry.end}
            if any(
                date is not None and in_resume.dates.get(side) != _plain(date) for side, date in sides.items()
            ):
                assert (json_resume.EXPORT, entry.id) in reported
            # A start without an end means that it is ongoing.
            assert "start" not in in_resume.dates or "end" in in_resume.dates or entry.ongoing
    for entry, in_resume in zip(portfolio.entries("publications"), resume["publications"], strict=True):
        assert isinstance(entry, Publication)
        if entry.date is not None and in_resume.dates.get("date") != _plain(entry.date):
            assert (json_resume.EXPORT, entry.id) in reported
            assert not in_resume.dates or export_readers.is_consistent(in_resume.dates["date"], entry.date)


@given(st.text(max_size=40) | st.lists(st.sampled_from(_RISKY), max_size=6).map("".join))
def test_no_title_ends_its_script_element(title: str) -> None:
    page = PageInfo("https://example.org/x/", title, trail=((title, HOME.url),))
    graph = json_ld.build_graph(page, Portfolio(Record()), PROFILE)
    text = json_ld.to_script_text(graph)
    head = LexborHTMLParser(f"<head><script type=a>{text}</script><meta name=after></head>").head
    assert head is not None
    assert [node.tag for node in head.iter()] == ["script", "meta"]
    (script,) = head.css("script")
    assert json.loads(script.text()) == graph


@pytest.mark.parametrize("page", [HOME, LIST])
def test_pages_have_json_ld_terms(page: PageInfo) -> None:
    assert (
        export_readers.count_valid_terms(json_ld.build_graph(page, Portfolio(Record()), PROFILE)["@graph"])
        > 0
    )


def _assert_dated(entry: Publication, exported: dict[str, str]) -> None:
    """Assert that BibTeX has the date as in the record, marked as uncertain if inferred, or in words."""
    if entry.date is None:
        assert exported == {}
    elif "date" in exported and "note" not in exported:
        assert re.sub("[~?%]", "", exported["date"]) == re.sub("[~?%]", "", entry.date.text)
        doubts = set("~?%") & set(entry.date.text)
        assert bool(doubts or is_inferred(entry, "date")) == bool(set("~?%") & set(exported["date"]))
    else:
        assert dates.format_date(entry.date) in exported["note"]


def _plain(date: EdtfDate) -> str:
    """The EDTF text without an unknown month."""
    return date.text.removesuffix("-XX")


def _authors(entry: Publication) -> list[str]:
    return entry.author.split(" and ") if entry.author else []


def _linked(portfolio: Portfolio) -> dict[str, export_readers.ExportedEntry]:
    exported: dict[str, export_readers.ExportedEntry] = {}
    entries = [entry for entry in portfolio.record if isinstance(entry, Fact)]
    for page, listed in ((HOME, []), (LIST, entries)):
        graph: dict[str, Any] = json.loads(
            json_ld.to_script_text(json_ld.build_graph(page, portfolio, PROFILE, entries=listed))
        )
        assert export_readers.count_valid_terms(graph["@graph"]) > 0
        exported |= dict(export_readers.read_json_ld(graph))
    return exported
