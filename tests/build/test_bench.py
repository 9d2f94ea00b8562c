"""The benchmark with a few posts, of the generators that are installed; `make bench` runs the others."""

from http import HTTPStatus
from pathlib import Path

import pytest

from tests.bench import blog, rounds
from tests.bench.contenders import ALL
from tests.bench.contenders.ours import Ours
from tests.bench.contenders.stock import Stock
from tests.bench.edits import Response
from tests.bench.installing import UnavailableError
from tests.support import built

pytestmark = pytest.mark.thorough


def test_every_step_of_material_is_measured(tmp_path: Path) -> None:
    plan = rounds.Plan(posts=3, runs=1, steps=rounds.STEPS, edits=1, limit=60)
    measurements = rounds.run(plan, [Stock()], tmp_path)
    assert measurements.failures == {}
    assert {key for key, costs in measurements.builds.items() if len(costs) == 1} == {
        (step, "stock") for step in rounds.BUILDS
    }
    assert [kind for kind, _ in measurements.edits] == ["body of a post"]
    # All of these take well over a twentieth of a second.
    costs = [cost for (cost,) in measurements.builds.values()]
    assert min(cost.seconds for cost in costs) > 0.05
    assert min(cost.cpu_seconds for cost in costs) > 0.05
    assert min(cost.peak_bytes for cost in costs) > 20_000_000


class _Incomplete(Stock):
    """Omits the page of a post."""

    def page(self, post: blog.Post) -> str:
        return "nowhere/" if post.number == 1 else super().page(post)


class _Unavailable(Stock):
    name = "unavailable"

    def install(self) -> None:
        raise UnavailableError("could not be installed: no such package")


def test_failures_are_reported(tmp_path: Path) -> None:
    plan = rounds.Plan(posts=2, runs=2, steps=("cold",))
    measurements = rounds.run(plan, [_Incomplete(), _Unavailable()], tmp_path)
    assert measurements.failures == {
        ("cold", "stock"): "the build has no page for post-00001",
        ("cold", "unavailable"): "could not be installed: no such package",
    }
    assert not any(measurements.builds.values())


def test_our_edits_are_visible_after_a_strict_build(tmp_path: Path) -> None:
    ours, root, posts = Ours(), tmp_path / "ours", blog.create_posts(4)
    ours.write(root, posts)
    edits = list(ours.edits(root, posts, 0))
    for edit in edits:
        edit.change()
    site = built.build(root).site

    def read(page: str) -> Response:
        path = site / page / "index.html" if page.endswith("/") else site / page
        if not path.exists():
            return Response(HTTPStatus.NOT_FOUND, b"")
        return Response(HTTPStatus.OK, path.read_bytes())

    visible = {edit.kind for edit in edits if edit.is_visible(read(edit.page))}
    # The new post was renamed and deleted afterwards.
    assert {edit.kind for edit in edits} - visible == {"new post", "renamed post"}
    assert all(read(ours.page(post)).is_ok for post in posts)


def test_names_and_titles_are_unique() -> None:
    names, titles = {contender.name for contender in ALL}, {contender.title for contender in ALL}
    assert len(names) == len(titles) == len(ALL)
