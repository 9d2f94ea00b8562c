"""The benchmark with a few posts, of the generators that are installed; `make bench` runs the others."""

from http import HTTPStatus
from pathlib import Path

import pytest

from tests.bench import blog, concerns, rounds
from tests.bench.contenders import ALL
from tests.bench.contenders.ours import STYLE_SHEET, Ours
from tests.bench.contenders.stock import Stock
from tests.bench.edits import Response
from tests.bench.installing import UnavailableError
from tests.bench.rounds import Key
from tests.support import built

pytestmark = pytest.mark.thorough


def test_every_step_of_material_is_measured(tmp_path: Path) -> None:
    plan = rounds.Plan(sizes=(3,), runs=1, steps=rounds.STEPS, edits=1, limit=60)
    measurements = rounds.run(plan, [Stock()], tmp_path)
    assert measurements.failures == {}
    steps = (*rounds.BUILDS, *rounds.STARTS, "body of a post")
    assert {key for key, costs in measurements.costs.items() if len(costs) == 1} == {
        Key(step, 3, "stock") for step in steps
    }
    # All of these take well over a twentieth of a second.
    costs = [cost for (cost,) in measurements.costs.values()]
    assert min(cost.seconds for cost in costs) > 0.05
    # The server builds the site again.
    edit = measurements.costs[Key("body of a post", 3, "stock")][0]
    assert (edit.cpu_until_idle or 0) >= edit.cpu_seconds
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
    plan = rounds.Plan(sizes=(2,), runs=2, steps=("cold",))
    measurements = rounds.run(plan, [_Incomplete(), _Unavailable()], tmp_path)
    assert measurements.failures == {
        Key("cold", 2, "stock"): "the build has no page for post-00001",
        Key("cold", 2, "unavailable"): "could not be installed: no such package",
    }
    assert not any(measurements.costs.values())


def test_our_edits_are_visible_after_a_strict_build(tmp_path: Path) -> None:
    ours, root, posts = Ours(), tmp_path / "ours", blog.create_posts(4)
    ours.write(root, posts)
    edits = list(ours.edits(root, posts, 0))
    for edit in edits:
        edit.change()
    site = built.build(root).site

    def read(page: str) -> Response:
        path = site / page / "index.html" if page.endswith("/") else site / page
        if page == STYLE_SHEET:
            path = next(path.parent.glob(f"{path.stem}.*{path.suffix}"))
        if not path.exists():
            return Response(HTTPStatus.NOT_FOUND, b"")
        return Response(HTTPStatus.OK, path.read_bytes())

    visible = {edit.kind for edit in edits if edit.is_visible(read(edit.page))}
    # The new post was renamed and deleted afterwards.
    assert {edit.kind for edit in edits} - visible == {"new post", "renamed post"}
    assert all(read(ours.page(post)).is_ok for post in posts)


def test_profile_of_this_site_names_the_concerns_of_all_cpu_time(tmp_path: Path) -> None:
    plan = rounds.Plan(sizes=(2,), runs=1, steps=("profile",))
    measurements = rounds.run(plan, [Ours()], tmp_path)
    assert measurements.failures == {}
    for step in rounds.PROFILED:
        (seconds,) = measurements.profiles[Key(step, 2, "ours")]
        assert {"Markdown", "templates", "search", concerns.IMPORTS} <= seconds.keys()
        assert seconds.get(concerns.OTHER, 0) < 0.05 * sum(seconds.values())


def test_names_and_titles_are_unique() -> None:
    names, titles = {contender.name for contender in ALL}, {contender.title for contender in ALL}
    assert len(names) == len(titles) == len(ALL)
