"""A record that is drawn after another one looks as if it had been drawn alone."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portfolio.record.dates import parse_date
from portfolio.record.models import Post, Role
from portfolio.record.record import Record
from portfolio.timeline.chart import TimelineRenderer
from portfolio.timeline.views import Portfolio, PostPage, SiteUrls

IDS = ["a", "b", "c"]
ROLES = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.tuples(
        *(
            st.builds(
                Role,
                id=st.just(f"role-{id}"),
                company=st.sampled_from(["One", "Two"]),
                position=st.just("Work"),
                start_date=st.sampled_from([None, "1990", "2020-05"]).map(
                    lambda text: text and parse_date(text)
                ),
                evidence=st.lists(st.sampled_from(IDS), unique=True, max_size=2).map(tuple),
            )
            for id in ids
        )
    )
)
POSTS = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.tuples(
        *(
            st.builds(
                Post,
                id=st.just(id),
                path=st.just(f"{id}.md"),
                date=st.dates(date(2024, 1, 1), date(2024, 3, 1)),
                about=st.sampled_from([(), ("role-a",)]),
            )
            for id in ids
        )
    )
)
RECORDS = st.builds(Record, roles=ROLES, posts=POSTS)
TITLES = st.sampled_from(["One title", "Another"])
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))


@given(st.lists(st.tuples(RECORDS, TITLES, DAYS, st.booleans()), min_size=2, max_size=5))
def test_it_looks_as_if_it_had_been_drawn_alone(steps: list[tuple[Record, str, date, bool]]) -> None:
    draughtsman, before = TimelineRenderer(), None
    posts: tuple[Post, ...] = ()
    for given_record, title, day, keeps_posts in steps:
        record = replace(given_record, posts=posts) if keeps_posts else given_record
        posts = record.posts
        addresses = SiteUrls(posts={post.id: PostPage(f"{post.id}/", title) for post in posts})
        before = Portfolio(record, addresses, before)
        alone = Portfolio(record, addresses)
        assert before.sections == alone.sections
        assert draughtsman.draw(before, day) == TimelineRenderer().draw(alone, day)


def test_what_has_not_changed_is_not_drawn_again() -> None:
    record = Record(posts=tuple(Post(id=id, path=f"{id}.md", date=date(2024, 1, 1)) for id in IDS))
    addresses = SiteUrls(posts={id: PostPage(f"{id}/", id) for id in IDS})
    draughtsman, first = TimelineRenderer(), Portfolio(record, addresses)
    drawn = draughtsman.draw(first, date(2026, 1, 1))
    role = Role(id="role-a", company="One", position="Work", date=parse_date("2025"))
    again = Portfolio(replace(record, roles=(role,)), addresses, first)
    assert again.sections[-1] is first.sections[-1]
    picture = draughtsman.draw(again, date(2026, 1, 1))
    assert drawn is not None
    assert picture is not None
    assert picture.wide.lanes[-1] is drawn.wide.lanes[-1]
