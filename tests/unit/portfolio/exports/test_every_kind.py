"""Each export of an invented record with every kind of entry, compared as a whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.citations import biblatex, csl, csl_json
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.publication_list import list_publications
from portfolio.config import ExportOptions
from portfolio.core import positions
from portfolio.exports import json_ld, json_resume, markdown, rendercv
from portfolio.exports.losses import collect_losses, format_losses
from portfolio.exports.meta_tags import PageInfo
from portfolio.record.kinds import KINDS
from portfolio.record.models import Fact
from portfolio.timeline.views import Portfolio
from tests.support import export_readers
from tests.unit.portfolio import records
from tests.unit.portfolio.exports.samples import PROFILE

GOLDEN = Path(__file__).parents[3] / "golden" / "exports"


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    document, problems = positions.load_yaml("record.yml", (GOLDEN / "record.yml").read_text("utf-8"))
    assert problems == []
    files = {f"data/{name}": content for name, content in document.data.items()}
    record, problems = records.read(records.write(tmp_path_factory.mktemp("record"), files))
    assert problems == []
    assert all(record[kind.name] for kind in KINDS)
    return Portfolio(record)


def render_json_ld(portfolio: Portfolio) -> str:
    """The owner, and the entries of all pages."""
    entries = [entry for entry in portfolio.record if isinstance(entry, Fact)]
    graph = json_ld.build_graph(
        PageInfo("https://example.org/p/", "Home"), portfolio, PROFILE, entries=entries
    )
    assert export_readers.count_valid_terms(graph["@graph"]) > 0
    return json.dumps(graph, ensure_ascii=False, indent=2) + "\n"


def render_markdown(template: str) -> Callable[[Portfolio], str]:
    def render(portfolio: Portfolio) -> str:
        formatter = CitationFormatter(csl.find_style(csl.DEFAULT_STYLE, Path()))
        publications = list_publications(portfolio, formatter, PROFILE)
        return markdown.record_markdown(template, portfolio, publications, PROFILE, PROFILE.absolute)

    return render


EXPORTS: dict[str, Callable[[Portfolio], str]] = {
    "resume.json": lambda portfolio: json_resume.render(portfolio, PROFILE),
    "cv.yaml": lambda portfolio: rendercv.render(portfolio, PROFILE),
    "json-ld.json": render_json_ld,
    "publications.bib": lambda portfolio: biblatex.render(portfolio, PROFILE),
    "publications.json": lambda portfolio: csl_json.render(portfolio, PROFILE),
    "cv.md": render_markdown("cv.html"),
    "timeline.md": render_markdown("timeline.html"),
    "losses.txt": lambda portfolio: (
        "\n".join(format_losses(collect_losses(portfolio, PROFILE, ExportOptions(cv_pdf=False)))) + "\n"
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_export_of_every_kind(portfolio: Portfolio, name: str) -> None:
    assert EXPORTS[name](portfolio) == (GOLDEN / name).read_text(encoding="utf-8")
