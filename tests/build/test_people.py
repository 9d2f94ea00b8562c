"""The sites of an academic with 300 entries and of a graduate with three: complete, and nothing more."""

import pytest

from portfolio.record.kinds import KINDS
from tests.support.built import Built


@pytest.fixture(params=["academic", "graduate"])
def built(request: pytest.FixtureRequest) -> Built:
    """The academic's site, then the graduate's."""
    built_site: Built = request.getfixturevalue(f"{request.param}_site")
    return built_site


def test_the_academic_has_entries_of_every_kind(academic_site: Built) -> None:
    record = academic_site.portfolio.record
    assert all(record[kind.name] for kind in KINDS)
    assert len([*record]) >= 300


def test_the_graduate_has_three_entries(graduate_site: Built) -> None:
    assert len([*graduate_site.portfolio.record]) == 3
