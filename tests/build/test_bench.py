"""The benchmark with a handful of posts and what is installed anyway; `make bench` runs the rest."""

from http import HTTPStatus
from pathlib import Path

from tests.bench import blog, rounds
from tests.bench.contenders import ALL
from tests.bench.contenders.ours import Ours
from tests.bench.contenders.stock import Stock
from tests.bench.edits import Answer
from tests.bench.installing import UnavailableError
from tests.support import built


def test_every_step_of_stock_material(tmp_path: Path) -> None:
    plan = rounds.Plan(posts=3, runs=1, steps=rounds.STEPS, edits=1, limit=60)
    figures = rounds.run(plan, [Stock()], tmp_path)
    assert figures.failures == {}
    assert {key for key, costs in figures.builds.items() if len(costs) == 1} == {
        (step, "stock") for step in rounds.BUILDS
    }
    assert [kind for kind, _ in figures.edits] == ["body of a post"]
    # All of these take well above a twentieth of a second, and MkDocs looks every half second.
    costs = [cost for (cost,) in figures.builds.values()]
    assert min(cost.seconds for cost in costs) > 0.05
    assert min(cost.cpu_seconds for cost in costs) > 0.05
    assert min(cost.peak_bytes for cost in costs) > 20_000_000


class _Forgetful(Stock):
    """Takes part with a post that it has no page of."""

    def address(self, post: blog.Post) -> str:
        return "nowhere/" if post.number == 1 else super().address(post)


class _Absent(Stock):
    name = "absent"

    def install(self) -> None:
        raise UnavailableError("could not be installed: no such package")


def test_what_is_not_done_is_said(tmp_path: Path) -> None:
    plan = rounds.Plan(posts=2, runs=2, steps=("cold",))
    figures = rounds.run(plan, [_Forgetful(), _Absent()], tmp_path)
    assert figures.failures == {
        ("cold", "stock"): "the build made no page of post-00001",
        ("cold", "absent"): "could not be installed: no such package",
    }
    assert not any(figures.builds.values())


def test_our_edits_are_seen_on_a_strict_build(tmp_path: Path) -> None:
    ours, root, posts = Ours(), tmp_path / "ours", blog.posts(4)
    ours.write(root, posts)
    edits = list(ours.edits(root, posts, 0))
    for edit in edits:
        edit.change()
    site = built.build(root).site

    def answer(address: str) -> Answer:
        path = site / address / "index.html" if address.endswith("/") else site / address
        if not path.exists():
            return Answer(HTTPStatus.NOT_FOUND, b"")
        return Answer(HTTPStatus.OK, path.read_bytes())

    seen = {edit.kind for edit in edits if edit.seen(answer(edit.address))}
    # The new post was moved and deleted then.
    assert {edit.kind for edit in edits} - seen == {"new post", "renamed post"}
    assert all(answer(ours.address(post)).found for post in posts)


def test_names_stand_once() -> None:
    assert len({one.name for one in ALL}) == len({one.title for one in ALL}) == len(ALL)
