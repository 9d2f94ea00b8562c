"""After any edit, an incremental build has the same output as a build from scratch.

``INCREMENTAL_EXAMPLES`` sites of each kind are edited in ``INCREMENTAL_STEPS`` steps of one to three edits
each; after each step both builds are compared completely. ``INCREMENTAL_SEED`` selects other edits, and
``INCREMENTAL_LOG`` names a file to which a summary of each step is added.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support import editable_blog, editable_persona
from tests.support.builder import Builder
from tests.support.compared_site import ComparedSite
from tests.support.step_log import log_line

EXAMPLES = int(os.environ.get("INCREMENTAL_EXAMPLES", "1"))
STEPS = int(os.environ.get("INCREMENTAL_STEPS", "2"))
SEED = os.environ.get("INCREMENTAL_SEED", "0")


def check_random_edits(site: ComparedSite, number: int) -> None:
    """Edit a site step by step, and compare both builds after each step."""
    steps = site.random_steps(f"{SEED} {number}", STEPS)
    site.begin()
    assert site.compare() == [], "first build"
    assert site.compare() == [], "second build"
    for index, step in enumerate(steps):
        site.apply(step)
        difference = site.compare()
        result = "differs" if difference else "is equal"
        log_line(f"{type(site).__module__} {result}: {site.outcome} after {step}")
        assert difference == [], f"seed {SEED}, number {number}, step {index} of {steps}"


random_examples = settings(
    max_examples=EXAMPLES,
    deadline=None,
    # Shrinking a failure takes minutes, and explains no more than the difference does.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@random_examples
@given(number=st.integers(0, 2**32))
def test_random_edits_of_a_blog(builder: Builder, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="incremental-") as folder:
        check_random_edits(editable_blog.Site(Path(folder), builder), number)


@random_examples
@given(number=st.integers(0, 2**32))
def test_random_edits_of_the_persona_site(builder: Builder, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="incremental-") as folder:
        check_random_edits(editable_persona.Site(Path(folder), builder), number)
