"""Objects in ``config.extra`` whose attributes are tracked: a page depends on those that it reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from mkdocs_incremental.api import track_attributes
from mkdocs_incremental.fingerprint import Digester
from mkdocs_incremental.rendered_pages import ReadLog, TrackedExtra


@track_attributes
@dataclass
class State:
    title: str = "a"
    cards: dict[str, str] = field(default_factory=lambda: {"x": "1", "y": "2"})
    count: int = 0


def test_attributes_that_a_page_reads_are_noted_by_name_and_key() -> None:
    reads = ReadLog()
    state = TrackedExtra({"state": State()}, reads)["state"]
    reads.start()
    assert (state.title, state.cards["x"], state.cards.get("z")) == ("a", "1", None)
    assert reads.stop() == {("state.title", None), ("state.cards", "x"), ("state.cards", "z")}


def test_digest_changes_with_the_attribute_alone() -> None:
    def digests(state: State) -> dict[tuple[str, str | None], bytes]:
        extra = TrackedExtra({"state": state}, ReadLog())
        reads = [("state.title", None), ("state.cards", "x"), ("state.cards", "y"), ("state.none", None)]
        return {read: extra.digest(read, Digester()) for read in reads}

    before, after = digests(State()), digests(State(cards={"x": "1", "y": "3"}, count=7))
    assert [read for read, digest in before.items() if after[read] != digest] == [("state.cards", "y")]
    assert before[("state.none", None)] == b"missing"


def test_assignments_reach_the_object() -> None:
    target = State()
    extra = TrackedExtra({"state": target}, ReadLog())
    extra["state"].title = "b"
    extra["state"].cards["w"] = "4"
    assert (target.title, target.cards["w"]) == ("b", "4")
    assert extra["state"].title == "b"
