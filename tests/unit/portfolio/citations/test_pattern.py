"""A reference made like another is the one that citeproc sets."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.citations.formatter import CitationFormatter
from portfolio.citations.pattern import Patterns
from portfolio.citations.runs import Run
from portfolio.citations.styles import Style
from tests.unit.portfolio.citations import works

# With the month and the day, as many styles have it for a page of the web.
DAILY = Style(
    "daily",
    works.HARVARD.text.replace(
        b'<date-part name="year"/>', b'<date-part name="year"/><date-part name="month" prefix=" "/>'
    ),
)
PLAIN = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}(([,:;]? |[-’])[A-Za-z0-9]{1,8}){0,5}", fullmatch=True)


def item(title: str, address: str = "https://a.example/b_c/d-1/", day: date = date(2024, 5, 17)) -> Any:
    return {
        "id": "a",
        "type": "webpage",
        "title": title,
        "author": [{"family": "Person", "given": "Ada"}],
        "publisher": "Site",
        "URL": address,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
    }


class Counted:
    """A style that counts how often it is asked."""

    def __init__(self, style: Style) -> None:
        self.typesetter = CitationFormatter(style)
        self.asked = 0

    def __call__(self, items: Any) -> dict[str, tuple[Run, ...]]:
        self.asked += 1
        return self.typesetter.references(items)


@pytest.mark.parametrize("style", [works.HARVARD, works.NUMERIC, DAILY], ids=lambda style: style.name)
@settings(deadline=None, max_examples=40)
@given(
    st.one_of(PLAIN, st.text(min_size=1, max_size=12).filter(str.strip)),
    st.sampled_from(["https://a.example/b_c/", "http://a.example/", "https://a.example/x.", "/b/"]),
    st.dates(date(900, 1, 1)),
)
def test_a_reference_is_the_one_that_is_set(style: Style, title: str, address: str, day: date) -> None:
    typesetter = CitationFormatter(style)
    work = item(title, address, day)
    assert typesetter.patterns.reference(work) == typesetter.references([work])["a"]


def test_a_style_is_asked_twice_for_all_plain_works() -> None:
    style = Counted(works.HARVARD)
    patterns = Patterns(style)
    for number in range(20):
        told = patterns.reference(item(f"Title {number}", day=date(2000 + number, 1, 1)))
        assert f"{2000 + number}) Title {number}" in "".join(run.text for run in told)
    assert style.asked == 2
    # An end that a style may not repeat.
    patterns.reference(item("Why?"))
    assert style.asked == 3


def test_a_style_with_months_is_asked_for_each() -> None:
    assert DAILY.text != works.HARVARD.text
    style = Counted(DAILY)
    patterns = Patterns(style)
    for number in range(3):
        patterns.reference(item(f"Title {number}"))
    assert style.asked == 5
