"""The records of two invented people are valid and complete in every format."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.citations import biblatex, csl_json
from portfolio.exports import json_ld, json_resume, rendercv
from portfolio.exports.meta_tags import PageInfo
from portfolio.record.kinds import POSTS
from portfolio.record.people import Profile
from portfolio.sources import profile as profile_file
from portfolio.sources.loader import load_record
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from portfolio.timeline.exported_fields import list_entries
from portfolio.timeline.views import Portfolio
from tests.support import export_readers, people


@pytest.mark.parametrize("create", [people.create_academic, people.create_graduate])
def test_the_record_of_a_person_is_valid_in_every_format(
    create: Callable[[Path], Path], tmp_path: Path
) -> None:
    root = create(tmp_path / "site")
    paths = SitePaths(root, root / "docs", root / "docs" / "data", None, EXCERPT_SEPARATOR)
    record, problems = load_record(paths)
    _, details, profile_problems = profile_file.load_profile(paths)
    assert [*problems, *profile_problems] == []
    owner, portfolio = Profile("A", url="https://example.org/", details=details), Portfolio(record)
    sections = {kind.name: kind.title for kind in record.sections}
    counts = {kind.name: len(record[kind.name]) for kind in record.kinds if kind is not POSTS}
    for entries in (
        export_readers.read_resume(json_resume.render(portfolio, owner), sections),
        export_readers.read_cv(rendercv.render(portfolio, owner), sections),
    ):
        assert {kind: len(entries_of_kind) for kind, entries_of_kind in entries.items()} == counts
        export_readers.assert_agrees(portfolio, entries)
    bibtex = export_readers.read_bibtex(biblatex.render(portfolio, owner))
    assert len(bibtex) == counts["publications"] + counts["patents"]
    assert [*bibtex] == [*export_readers.read_csl(csl_json.render(portfolio, owner))]
    home = json_ld.build_graph(PageInfo("https://example.org/", "Home"), portfolio, owner)
    assert export_readers.count_valid_terms(home["@graph"]) > 0
    page = PageInfo("https://example.org/a/", "A", trail=(("Home", ""), ("A", "")))
    for kind, listed in list_entries(portfolio):
        graph = json_ld.build_graph(page, portfolio, owner, entries=listed)
        nodes = [node for node in graph["@graph"] if node["@id"].startswith(f"{page.url}#")]
        assert len(nodes) == (len(listed) if kind.name in _LISTED_KINDS else 0)
        assert export_readers.count_valid_terms(nodes) >= len(nodes)


# The kinds that schema.org has types of.
_LISTED_KINDS = set("projects publications patents talks software grants certificates languages".split())
