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
from portfolio.exports import json_ld, json_resume, rendercv
from portfolio.exports.losses import collect_losses
from portfolio.exports.meta_tags import PageInfo
from portfolio.record.models import Education, Fact, Publication, Role, Software, Talk, doi_url
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.timeline.views import Portfolio
from tests.support import export_readers
from tests.unit.portfolio.exports.samples import PROFILE, portfolio_with_role, read_publications

WITHOUT_PDF = ExportOptions(cv_pdf=False)
# Fields with losses of their own: dates, inferences and authors.
_EXEMPT_FIELDS = {"id", "basis", "source", "date", "start_date", "end_date", "authors", "selected"}
# A unique text for each field.
_ENGAGEMENT = {
    "location": "q-location",
    "end_date": "2019",
    "summary": "q-summary",
    "highlights": ["q-highlight"],
    "url": "https://q-url.example/",
    "after": ["q-after"],
    "before": ["q-before"],
    "evidence": ["q-evidence"],
}
_LINKS = {name: f"https://q-{name}.example/" for name in ("url", "slides", "video")}
ENTRIES: list[Fact] = [
    Role.model_validate({"id": "r", "company": "q-company", "position": "q-position", **_ENGAGEMENT}),
    Education.model_validate(
        {"id": "e", "institution": "q-institution", "area": "q-area", "degree": "q-degree", **_ENGAGEMENT}
    ),
    Talk.model_validate(
        {
            "id": "t",
            "title": "q-title",
            **_LINKS,
            "summary": "q-summary",
            "appearances": [
                {"event": "q-event", "location": "q-location", "url": "https://q-occasion.example/"}
            ],
        }
    ),
    Software.model_validate(
        {
            "id": "s",
            "name": "q-name",
            "url": "https://q-url.example/",
            "summary": "q-summary",
            "role": "q-role",
        }
    ),
]
KINDS = {Role: "roles", Education: "education", Talk: "talks", Software: "software"}
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
    """The fields that the loss of an export names."""
    start = f"{export}: there is no room for these fields of {kind}: "
    lines = [
        str(loss) for loss in collect_losses(portfolio, PROFILE, WITHOUT_PDF) if str(loss).startswith(start)
    ]
    assert len(lines) <= 1
    return set("".join(lines).removeprefix(start).rstrip(".").replace(" and ", ", ").split(", "))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
@pytest.mark.parametrize("export", ["resume.json", "cv.yaml", "JSON-LD"])
def test_each_field_is_exported_or_reported(entry: Fact, export: str) -> None:
    kind = KINDS[type(entry)]
    if export == "JSON-LD" and kind in ("talks", "software"):
        return  # It has only the owner and publications.
    record: dict[str, Any] = {kind: (entry,)}
    portfolio = Portfolio(Record(**record))
    text, dropped = export_texts(portfolio)[export], reported_fields(portfolio, export, kind)
    for name, value in entry.model_dump(exclude_none=True).items():
        if name == "appearances":
            assert "q-event" in text
            assert ("q-occasion" in text) != ("url of appearances" in dropped)
        elif name not in _EXEMPT_FIELDS and value:
            assert ((value[0] if isinstance(value, tuple) else value) in text) != (name in dropped), name


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
    publications = [entry for entry in portfolio.entries("publications") if isinstance(entry, Publication)]
    graph = json_ld.build_graph(PageInfo("", "Home"), portfolio, PROFILE, publications=publications)
    nodes: list[dict[str, Any]] = graph["@graph"]
    return nodes
