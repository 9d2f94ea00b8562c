"""Each field of the record is in an export or reported as dropped; links of the record are absolute."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portfolio.citations import csl_json
from portfolio.config import ExportOptions
from portfolio.core.diagnostics import NO_ROOM
from portfolio.exports import json_ld, json_resume, rendercv
from portfolio.exports.losses import collect_losses
from portfolio.exports.meta_tags import PageInfo
from portfolio.record.kinds import KINDS, Kind
from portfolio.record.models import URL_FIELDS, Fact, Period, Publication, SectionEntry, doi_url
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio, has_dates
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import OWN_SECTIONS, PROFILE, portfolio_with_role, read_publications

WITHOUT_PDF = ExportOptions(cv_pdf=False)
# Fields with losses of their own, such as dates, and fields about the record or the display of a text.
_EXEMPT_FIELDS = set(
    "id lang basis source selected date start_date end_date authors related project image_alt".split()
)


def entry_with_all_fields(kind: Kind) -> Fact:
    """An entry with a text of its own in each field."""
    data: dict[str, Any] = {"id": "e", "type": "reviewing"}
    for name, field in kind.model.model_fields.items():
        value = f"https://q-{name}.example/" if name in URL_FIELDS else f"q-{name}"
        data.setdefault(
            name, [value] if field.annotation is not None and "tuple" in str(field.annotation) else value
        )
    data |= {
        "date": "2019-05-17",
        "appearances": [{"event": "q-event", "location": "q-location", "url": "https://q-occasion.example/"}],
    }
    data |= {"lang": "haw", "basis": "stated", "selected": False, "project": False}
    if issubclass(kind.model, Period):
        data |= {"date": None, "start_date": None, "end_date": "2019"}
    entry = kind.model.model_validate({name: data[name] for name in kind.model.model_fields})
    assert isinstance(entry, Fact)
    return entry.in_section(kind.name) if isinstance(entry, SectionEntry) else entry


OWN_KINDS = tuple(OWN_SECTIONS.values())
ALL_KINDS = [kind for kind in (*KINDS, *OWN_KINDS) if kind.model is not Publication]
_FIELDS = (
    "abbr abstract address booktitle chapter code doi edition editor eprintclass howpublished institution "
    "isbn issn journal keywords language location note number organization pages pdf pubstate publisher "
    "school series shorttitle slides subtitle title translator type url version video volume arxiv author"
).split()


def export_texts(portfolio: Portfolio) -> dict[str, str]:
    """The texts of the exports that do not have the whole record."""
    return {
        "resume.json": json_resume.render(portfolio, PROFILE),
        "cv.yaml": rendercv.render(portfolio, PROFILE),
        "publications.json": csl_json.render(portfolio, PROFILE),
        "JSON-LD": json.dumps(_graph(portfolio)),
    }


def reported_fields(portfolio: Portfolio, export: str, kind: str) -> set[str]:
    """The fields of a kind that the losses of an export name."""
    losses = collect_losses(portfolio, PROFILE, WITHOUT_PDF)
    return {
        loss.id.removeprefix(f"{kind}.")
        for loss in losses
        if loss.export == export and loss.message == NO_ROOM and loss.id.startswith(f"{kind}.")
    }


@pytest.mark.parametrize("kind", [*KINDS, *OWN_KINDS], ids=lambda kind: kind.name)
def test_mappings_have_only_names_of_fields(kind: Kind) -> None:
    names = {"start", "end", "date", "when", "title", "facts", "links"}
    names |= {name for name in dir(kind.model) if not name.startswith("_")} | kind.model.model_fields.keys()
    for export in (kind.json_resume, kind.rendercv, kind.json_ld, kind.bibliography):
        for fields in export.fields.values() if export else ():
            assert names.issuperset(fields)


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("export", ["resume.json", "cv.yaml", "JSON-LD"])
def test_each_field_is_exported_or_reported(kind: Kind, export: str) -> None:
    if export == "JSON-LD" and kind.json_ld is None:
        return  # schema.org has nothing for it.
    entry = entry_with_all_fields(kind)
    portfolio = Portfolio(Record(sections=OWN_KINDS, origins=(), **{kind.name: (entry,)}))
    text, dropped = export_texts(portfolio)[export], reported_fields(portfolio, export, kind.name)
    for name, value in entry.model_dump(exclude_none=True).items():
        if name == "appearances" and export != "JSON-LD":
            assert "q-event" in text
            assert ("q-occasion" in text) != ("appearances.url" in dropped)
        elif name not in _EXEMPT_FIELDS and name != "appearances" and value:
            assert ((value[0] if isinstance(value, tuple) else value) in text) != (name in dropped), name
    if has_dates(kind.model):
        assert ("2019" in text) != ("date" in dropped)


@pytest.mark.parametrize("export", ["resume.json", "cv.yaml", "publications.json", "JSON-LD"])
def test_each_field_of_a_publication_is_exported_or_reported(tmp_path: Path, export: str) -> None:
    urls = {"url", "code", "pdf", "slides", "video"}
    fields = {name: f"https://q-{name}.example/" if name in urls else f"q-{name}" for name in _FIELDS}
    fields |= {"doi": "10.1000/q-doi"}
    text = "".join(f", {name} = {{{value}}}" for name, value in fields.items())
    portfolio = read_publications(tmp_path, f"@inproceedings{{a{text}}}")
    written, dropped = export_texts(portfolio)[export], reported_fields(portfolio, export, "publications")
    for name, value in fields.items():
        assert (value in written) != (name in dropped), name
    if export == "publications.json":
        # CSL has a single publisher, place and container, and no further links.
        assert dropped == set(
            "abbr code eprintclass pdf slides video booktitle howpublished institution school "
            "organization address".split()
        )


def test_a_publication_has_the_same_url_in_every_export(tmp_path: Path) -> None:
    for fields, url in (
        ("doi = {10.1000/a<b>}, arxiv = {1234.5678}", "https://doi.org/10.1000/a%3Cb%3E"),
        ("arxiv = {1234.5678}", "https://arxiv.org/abs/1234.5678"),
        ("url = {https://example.org/}, arxiv = {1234.5678}", "https://example.org/"),
    ):
        portfolio = read_publications(tmp_path / url[-6:-1], f"@misc{{a, title = {{A}}, {fields}}}")
        assert json_resume.build_resume(portfolio, PROFILE)[0]["publications"][0]["url"] == url
        (publication,) = rendercv.build_cv(portfolio, PROFILE)[0]["cv"]["sections"]["Publications"]
        assert publication.get("url", doi_url(publication.get("doi", ""))) == url
        (node,) = [node for node in _graph(portfolio) if "headline" in node]
        assert node["url"] == url


def test_a_path_is_not_a_loss_if_the_site_has_no_url() -> None:
    paper = Publication(id="a", type="misc", title="A", url="papers/a/", fields=(("url", "papers/a/"),))
    assert collect_losses(Portfolio(Record(publications=(paper,))), Profile("A"), WITHOUT_PDF) == []


def test_csl_number_of_a_report_is_not_an_issue(tmp_path: Path) -> None:
    portfolio = read_publications(tmp_path, "@techreport{a, title = {A}, institution = {I}, number = 7}")
    (item,) = csl_json.export_items(portfolio, PROFILE)[0]
    assert (item["number"], "issue" in item) == ("7", False)


@pytest.mark.parametrize("entry", ["@online{a, publisher = {preprints.org}", "@misc{a, arxiv = {1}"])
def test_csl_type_of_a_preprint(tmp_path: Path, entry: str) -> None:
    portfolio = read_publications(tmp_path, f"{entry}, title = {{A}}}}")
    assert csl_json.export_items(portfolio, PROFILE)[0][0]["type"] == "article"


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"end_date": "present"}, "Engineer"),
        ({"end_date": "2019"}, None),
        ({"start_date": "2019"}, None),
        ({"end_date": "present", "basis": "inferred"}, None),
        ({"end_date": "present", "basis": {"position": "inferred"}}, None),
    ],
)
def test_label_is_the_current_position(fields: dict[str, Any], label: str | None) -> None:
    portfolio = portfolio_with_role(**fields)
    assert json_resume.build_resume(portfolio, PROFILE)[0]["basics"].get("label") == label
    assert rendercv.build_cv(portfolio, PROFILE)[0]["cv"].get("headline") == label
    assert all("description" not in node for node in _graph(portfolio) if node["@type"] == "Person")


def test_rendercv_escapes_asterisks() -> None:
    text = "*a* and **b** of f(*args)"
    data = yaml.safe_load(
        rendercv.render(portfolio_with_role(position=text, url="https://example.org/*"), PROFILE)
    )
    (role,) = data["cv"]["sections"]["Experience"]
    assert role["url"] == "https://example.org/*"
    assert "#emph" in export_readers.rendercv_to_typst(text)
    typst = export_readers.rendercv_to_typst(role["position"])
    assert "#emph" not in typst
    assert "#strong" not in typst
    assert typst.count("#sym.ast.basic") == text.count("*")


@given(st.text(max_size=20))
def test_absolute_urls_are_valid(text: str) -> None:
    for url in (f"https://example.org/{text}", f"files/{text}"):
        assert export_readers.URI.fullmatch(PROFILE.absolute(url)), url


def test_escapes_in_urls_are_preserved() -> None:
    assert PROFILE.absolute("https://example.org/جسور?a=1&b=%20%zz#é") == (
        "https://example.org/%D8%AC%D8%B3%D9%88%D8%B1?a=1&b=%20%25zz#%C3%A9"
    )
    assert PROFILE.absolute("files/a.pdf") == "https://example.org/p/files/a.pdf"
    assert Profile("A").absolute("files/a.pdf") == ""
    assert PROFILE.absolute("mailto:a@example.org") == "mailto:a@example.org"
    assert PROFILE.absolute("https://[bad/") == "https://%5Bbad/"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("papers/a/", "papers/a"),
        ("papers/a/index.html#top", "papers/a"),
        ("https://example.org/p/papers/%C3%A4/", "papers/ä"),
        ("https://example.org/other/", None),
        (None, None),
    ],
)
def test_own_path_of_a_url(url: str | None, path: str | None) -> None:
    assert PROFILE.own_path(url) == path


def _graph(portfolio: Portfolio) -> list[dict[str, Any]]:
    entries = [entry for entry in portfolio.record if isinstance(entry, Fact)]
    graph = json_ld.build_graph(PageInfo("", "Home"), portfolio, PROFILE, entries=entries)
    nodes: list[dict[str, Any]] = graph["@graph"]
    assert export_readers.count_valid_terms(nodes) > 0
    return nodes
