"""Single exports of records that are hard to express."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from portfolio.citations import biblatex, csl_json
from portfolio.config import ExportOptions
from portfolio.core.diagnostics import ExportLoss
from portfolio.exports import json_ld, json_resume, rendercv
from portfolio.exports.losses import collect_losses, format_losses
from portfolio.record.kinds import own_kind
from portfolio.record.models import OwnSection, Publication, Role, SectionEntry, Software, Talk
from portfolio.record.people import Account, Profile, ProfileDetails, parse_account, parse_authors
from portfolio.record.record import Record
from portfolio.sources import bibtex
from portfolio.timeline import iso_dates
from portfolio.timeline.views import Portfolio
from tests.support import export_readers
from tests.unit.portfolio import records
from tests.unit.portfolio.exports.samples import PROFILE, portfolio_with_role, read_publications


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019", "2019"),
        ("2019-05", "2019-05"),
        ("2019-05-17", "2019-05-17"),
        ("2019-22", "2019"),
        ("[2019-03,2019-05]", "2019"),
        ("[2019-03-01..2019-03-09]", "2019-03"),
        ("2019~", ""),
        ("2019?", ""),
        ("201X", ""),
        ("[2019,2020]", ""),
        ("[..2019]", ""),
    ],
)
def test_json_resume_has_the_certain_part_of_a_date(text: str, iso: str) -> None:
    portfolio = portfolio_with_role(start_date=text, end_date="present")
    (work,) = json_resume.build_resume(portfolio, PROFILE)[0]["work"]
    assert work.get("startDate", "") == iso
    losses = [str(loss) for loss in collect_losses(portfolio, PROFILE, ExportOptions())]
    assert any(re.match("resume.json: r: .*the start", loss) for loss in losses) == (iso != text)


@pytest.mark.parametrize(
    ("fields", "dates"),
    [
        ({"start_date": "2019", "end_date": "2020-03"}, {"startDate": "2019", "endDate": "2020-03"}),
        ({"start_date": "2019", "end_date": "present"}, {"startDate": "2019"}),
        ({"date": "2019/.."}, {"startDate": "2019"}),
        ({"date": "2019"}, {"startDate": "2019", "endDate": "2019"}),
        ({"end_date": "2019"}, {"endDate": "2019"}),
        # A start without an end would mean "ongoing".
        ({"start_date": "2019"}, {}),
        ({"date": "2019/"}, {}),
        ({"start_date": "2019", "end_date": "2020~"}, {}),
        ({"start_date": "2019", "end_date": "[2020,2021]"}, {}),
        ({"start_date": "2019", "end_date": "present", "basis": {"end_date": "inferred"}}, {}),
        ({"end_date": "present"}, {}),
        ({}, {}),
    ],
)
def test_json_resume_presents_only_stated_roles_as_ongoing(
    fields: dict[str, Any], dates: dict[str, str]
) -> None:
    portfolio = portfolio_with_role(**fields)
    (work,) = json_resume.build_resume(portfolio, PROFILE)[0]["work"]
    assert {name: work[name] for name in ("startDate", "endDate") if name in work} == dates
    losses = [
        loss
        for loss in collect_losses(portfolio, PROFILE, ExportOptions())
        if loss.export == json_resume.EXPORT
    ]
    assert bool(losses) == (bool(fields) and not dates)


@pytest.mark.parametrize(
    ("date", "dates"),
    [
        ("2019", {"startDate": "2019", "endDate": "2019"}),
        ("2012/2015", {"startDate": "2012", "endDate": "2015"}),
        ("2020/..", {"startDate": "2020"}),
        ("2020/", {}),
        ("/2015", {"endDate": "2015"}),
        ("2012/2015~", {}),
        ("2019?", {}),
        ("3001", {}),
    ],
)
def test_json_resume_dates_of_software(date: str, dates: dict[str, str]) -> None:
    entry = Software.model_validate({"id": "s", "name": "S", "date": date})
    text = json_resume.render(Portfolio(Record(software=(entry,))), PROFILE)
    assert export_readers.read_resume(text)["software"][0].names == ("S",)
    (project,) = json.loads(text)["projects"]
    assert {name: project[name] for name in ("startDate", "endDate") if name in project} == dates


def test_certain_iso_date_of_an_interval() -> None:
    assert iso_dates.certain_iso_date(None) == ""
    software = Role.model_validate({"id": "r", "company": "C", "position": "P", "date": "2019-02/2019-11"})
    assert iso_dates.certain_iso_date(software.date) == "2019"


def test_an_inferred_date_is_not_exported_as_a_fact(tmp_path: Path) -> None:
    portfolio = read_publications(
        tmp_path, "@misc{a, title = {A}, date = {2019-05}, basis = {date: inferred}}"
    )
    assert "releaseDate" not in json_resume.build_resume(portfolio, PROFILE)[0]["publications"][0]
    assert (
        rendercv.build_cv(portfolio, PROFILE)[0]["cv"]["sections"]["Publications"][0]["date"]
        == "May 2019 (inferred)"
    )
    assert export_readers.read_bibtex(biblatex.render(portfolio, PROFILE))["a"].dates == {"date": "2019-05?"}
    assert export_readers.read_csl(csl_json.render(portfolio, PROFILE))["a"].dates == {
        "date": "May 2019 (inferred)"
    }


@pytest.mark.parametrize(
    ("fields", "dates"),
    [
        ({"start_date": "2019", "end_date": "2020-03"}, {"start_date": "2019", "end_date": "2020-03"}),
        ({"start_date": "2019", "end_date": "present"}, {"start_date": "2019", "end_date": "present"}),
        # RenderCV would take the missing end for the present, and a lone end for one day.
        ({"start_date": "2019"}, {"date": "from 2019"}),
        ({"end_date": "2019"}, {"date": "until 2019"}),
        ({"start_date": "2019~", "end_date": "2020"}, {"date": "about 2019 to 2020"}),
        ({"start_date": "2019-05", "end_date": "2019"}, {"date": "May 2019 to 2019"}),
        ({"end_date": "present"}, {"date": "to the present"}),
        ({"date": "2019-05"}, {"date": "2019-05"}),
        ({"date": "2012/2015"}, {"start_date": "2012", "end_date": "2015"}),
        ({"date": "2019", "basis": "inferred"}, {"date": "2019 (inferred)"}),
        (
            {"start_date": "2019", "basis": {"start_date": "inferred"}},
            {"date": "from 2019 (inferred)"},
        ),
        ({}, {}),
    ],
)
def test_rendercv_has_no_unstated_end(fields: dict[str, Any], dates: dict[str, str]) -> None:
    (role,) = export_readers.read_cv(rendercv.render(portfolio_with_role(**fields), PROFILE))["roles"]
    assert role.dates == dates


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ("2019-05-17", {"date-parts": [[2019, 5, 17]]}),
        ("2019~", {"date-parts": [[2019]], "circa": True}),
        ("2019-23", {"date-parts": [[2019]], "season": 3}),
        ("2012/2015", {"date-parts": [[2012], [2015]]}),
        ("2019?", {"literal": "perhaps 2019"}),
        ("[2018,2019]", {"literal": "2018 or 2019"}),
        ("2020/..", {"literal": "since 2020"}),
    ],
)
def test_csl_dates(tmp_path: Path, date: str, issued: dict[str, object]) -> None:
    portfolio = read_publications(tmp_path, f"@misc{{a, title = {{A}}, date = {{{date}}}}}")
    assert csl_json.export_items(portfolio, PROFILE)[0][0]["issued"] == issued


def test_bibtex_can_be_read_back(tmp_path: Path) -> None:
    text = (
        "@article{a, title = {On {TeX} \\& {\\'e}t\\'e: 100\\% of A--B}, "
        "author = {van der Berg, Jan and Müller, Zoë}, journaltitle = {J}, "
        "date = {2019~}, arxiv = {1234.5678}, "
        "doi = {https://doi.org/10.1000/x_y}, url = {https://example.org/a_b%20c}, "
        "note = {N}}\n@misc{b, title = {B}, year = {2019}, month = may}\n"
        "@misc{c, title = {C}, date = {[2018,2019]}, note = {N}}"
    )
    portfolio = read_publications(tmp_path, text)
    written, losses = biblatex.bibliography(portfolio, PROFILE)
    reread, problems = bibtex.load("", written)
    assert problems == []
    assert "doi = {10.1000/x_y}" in written
    assert written.count("1234.5678") == 1
    for entry in portfolio.record.publications:
        data = reread.data[entry.id]
        for name in ("title", "author", "venue", "url", "arxiv"):
            assert data.get(name, "") == (getattr(entry, name) or ""), name
    assert [reread.data[key].get("date") for key in "abc"] == ["2019~", "2019-05", None]
    assert dict(reread.data["c"]["fields"])["note"] == "N; 2018 or 2019"
    assert [loss.id for loss in losses] == ["c"]


def test_parse_authors_splits_names_like_bibtex() -> None:
    people = parse_authors("van der Berg, Jan and 王, 小明 and Ada Lovelace and others")
    assert [(person.particle, person.family, person.given) for person in people] == [
        ("van der", "Berg", "Jan"),
        ("", "王", "小明"),
        ("", "Lovelace", "Ada"),
    ]
    assert people[0].name == "Jan van der Berg"


def test_a_talk_with_several_occasions_has_no_date() -> None:
    talk = Talk.model_validate(
        {
            "id": "t",
            "title": "T",
            "appearances": [
                {"event": "A", "date": "2018"},
                {"event": "B", "location": "Oslo", "date": "2019-02"},
            ],
        }
    )
    portfolio = Portfolio(Record(talks=(talk,)))
    data, losses = json_resume.build_resume(portfolio, PROFILE)
    assert data["projects"] == [
        {"name": "T", "highlights": ["A, 2018", "B, Oslo, February 2019"], "type": "talk"}
    ]
    assert [loss.id for loss in losses] == ["t"]


def test_a_partly_dated_talk_has_no_date() -> None:
    appearances = [{"event": "A", "date": "2018"}, {"event": "B"}]
    talk = Talk.model_validate({"id": "t", "title": "T", "appearances": appearances})
    portfolio = Portfolio(Record(talks=(talk,)))
    data, losses = json_resume.build_resume(portfolio, PROFILE)
    assert data["projects"] == [{"name": "T", "highlights": ["A, 2018", "B"], "type": "talk"}]
    assert [loss.id for loss in losses] == ["t"]
    assert export_readers.read_cv(rendercv.render(portfolio, PROFILE))["talks"][0].dates == {}


def test_further_authors_are_exported_or_reported(tmp_path: Path) -> None:
    portfolio = read_publications(
        tmp_path,
        "@misc{a, title = {A}, author = {Lovelace, Ada and others}}\n"
        "@misc{b, title = {B}, author = {Lovelace, Ada}, authors = {partial}}",
    )
    # "and others" means that there are further authors, which is unknown for the second work.
    written = biblatex.render(portfolio, PROFILE)
    assert written.count("and others") == 1
    assert "authors = {partial}" in written
    entries = yaml.safe_load(rendercv.render(portfolio, PROFILE))["cv"]["sections"]["Publications"]
    assert [entry["authors"] for entry in entries] == [["Ada Lovelace", "et al."], ["Ada Lovelace"]]
    first, _ = csl_json.export_items(portfolio, PROFILE)[0]
    assert first["author"] == [{"family": "Lovelace", "given": "Ada"}, {"literal": "others"}]
    losses = {(loss.export, loss.id) for loss in collect_losses(portfolio, PROFILE, ExportOptions())}
    assert {("publications.json", "b"), ("cv.yaml", "b"), ("JSON-LD", "a")} <= losses
    assert ("publications.json", "a") not in losses
    assert ("cv.yaml", "a") not in losses


def test_an_inference_is_a_loss_if_the_export_presents_it_as_a_fact() -> None:
    portfolio = portfolio_with_role(basis="inferred", end_date="present")
    losses = [
        loss
        for loss in collect_losses(portfolio, PROFILE, ExportOptions())
        if "all of it is inferred" in loss.message
    ]
    assert [loss.export for loss in losses] == ["JSON-LD", "cv.yaml", "resume.json"]


def test_losses_are_those_of_enabled_exports() -> None:
    portfolio = portfolio_with_role(start_date="2019~")
    assert {loss.export for loss in collect_losses(portfolio, PROFILE, ExportOptions())} == {
        "JSON-LD",
        "resume.json",
    }
    assert collect_losses(portfolio, PROFILE, ExportOptions(json_ld=False, resume_json=False)) == []


def test_format_losses_groups_equal_losses() -> None:
    same = [ExportLoss(export, id, "it is so.") for export in ("a", "b") for id in ("x", "y")]
    assert format_losses([*same, ExportLoss("a", "", "all is."), ExportLoss("c", "x", "it is so.")]) == [
        "a, b: it is so: x, y.",
        "a: all is.",
        "c: it is so: x.",
    ]


def test_parse_account_recognises_networks() -> None:
    assert parse_account("GitHub", "https://github.com/ada") == Account(
        "GitHub", "https://github.com/ada", "GitHub", "ada"
    )
    assert parse_account("Paper", "https://github.com/ada/paper").network == ""
    cv = yaml.safe_load(
        rendercv.render(
            Portfolio(Record()), Profile("A", accounts=(parse_account("M", "https://m.example/a"),))
        )
    )
    assert cv["cv"]["sections"] == {"Profiles": [{"label": "M", "details": "https://m.example/a"}]}


def test_sections_of_rendercv_have_different_headings() -> None:
    titles = {"profiles": "Profiles", "summary": "Summary", "more": "Profiles"}
    kinds = [own_kind(OwnSection(id=id, title=title)) for id, title in titles.items()]
    entries = {id: (SectionEntry(id=id, name=id).in_section(id),) for id in titles}
    record = Record(sections=tuple(kinds), origins=(), **entries)
    details = ProfileDetails(summary="I draw.")
    profile = Profile("A", accounts=(parse_account("M", "https://m.example/a"),), details=details)
    text = rendercv.render(Portfolio(record), profile)
    assert export_readers.validate_cv(text).keys() == {
        "Summary", "Profiles", "Summary (2)", "Profiles (2)", "Profiles (3)"
    }  # fmt: skip


def test_a_publication_with_only_a_title_is_exported() -> None:
    entry = Publication(id="a", type="misc", title="A")
    portfolio = Portfolio(Record(publications=(entry,)))
    assert json_resume.build_resume(portfolio, PROFILE)[0]["publications"] == [{"name": "A"}]
    assert export_readers.read_cv(rendercv.render(portfolio, PROFILE))["publications"][0].names == ("A",)


def test_inline_markdown_is_written_as_each_format_has_it(tmp_path: Path) -> None:
    text = "Led **ten** engineers, see [the *code*](https://x.example/a) and `5*3`."
    role = {"id": "a", "start_date": "2019", "end_date": "present", "highlights": [text]}
    record, problems = records.career(tmp_path, role)
    assert problems == []
    portfolio = Portfolio(record)
    plain = "Led ten engineers, see the code (https://x.example/a) and 5*3."
    assert json_resume.build_resume(portfolio, PROFILE)[0]["work"][0]["highlights"] == [plain]
    assert json_ld.person_node(portfolio, PROFILE)[0]["worksFor"][0]["description"] == plain
    cv = yaml.safe_load(rendercv.render(portfolio, PROFILE))["cv"]["sections"]["Experience"]
    assert cv[0]["highlights"] == [text]
    losses = collect_losses(portfolio, PROFILE, ExportOptions())
    assert not any("highlights" in loss.message for loss in losses)


def test_styles_of_titles_are_exported(tmp_path: Path) -> None:
    title = r"\emph{In vivo} {H$_2$O} and {E-cadherin}"
    portfolio = read_publications(
        tmp_path, f"@misc{{a, title = {{{title}}}, annote = {{secret}}, file = {{/home/x.pdf}}}}"
    )
    written = biblatex.render(portfolio, PROFILE)
    assert r"title = {\emph{In vivo} {H\textsubscript{2}O} and {E-cadherin}}," in written
    assert not any(word in written for word in ("secret", "x.pdf"))
    (item,) = csl_json.export_items(portfolio, PROFILE)[0]
    assert item["title"] == (
        '<i>In vivo</i> <span class="nocase">H<sub>2</sub>O</span> and <span class="nocase">E-cadherin</span>'
    )
    (publication,) = json_resume.build_resume(portfolio, PROFILE)[0]["publications"]
    assert publication["name"] == "In vivo H₂O and E-cadherin"
