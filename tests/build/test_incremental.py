"""Whatever is edited, a build with what was kept makes what a build from nothing makes.

``INCREMENTAL_EXAMPLES`` sites of each sort are edited, in ``INCREMENTAL_STEPS`` steps of one to three edits
each; after each step both builds are compared, whole. Another ``INCREMENTAL_SEED`` makes other edits, and
what was done is added to the file ``INCREMENTAL_LOG``, if there is one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support import edited, edited_persona
from tests.support.builder import Builder
from tests.support.notes import note
from tests.support.twofold import MOMENT, Twofold

EXAMPLES = int(os.environ.get("INCREMENTAL_EXAMPLES", "1"))
STEPS = int(os.environ.get("INCREMENTAL_STEPS", "4"))
SEED = os.environ.get("INCREMENTAL_SEED", "0")


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    made = Builder({"SOURCE_DATE_EPOCH": MOMENT})
    yield made
    made.close()


def follow(site: Twofold, number: int) -> None:
    """Do one step after another, and compare both builds after each."""
    steps = site.steps(f"{SEED} {number}", STEPS)
    site.begin()
    assert site.difference() == [], "at first"
    assert site.difference() == [], "at once again"
    for place, step in enumerate(steps):
        site.apply(step)
        found = site.difference()
        note(f"{type(site).__module__} {'DIFFERS' if found else 'the same'}: {site.outcome} after {step}")
        assert found == [], f"seed {SEED}, number {number}, step {place} of {steps}"


as_long_as_wanted = settings(
    max_examples=EXAMPLES,
    deadline=None,
    # To make a failure smaller takes minutes, and says no more than the difference does.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@as_long_as_wanted
@given(number=st.integers(0, 2**32))
def test_a_blog_of_material_is_the_same_in_both_ways(builder: Builder, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="incremental-") as folder:
        follow(edited.Site(Path(folder), builder), number)


@as_long_as_wanted
@given(number=st.integers(0, 2**32))
def test_this_site_is_the_same_in_both_ways(builder: Builder, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="incremental-") as folder:
        follow(edited_persona.Site(Path(folder), builder), number)
