"""People and their links."""

import pytest

from portfolio.record.people import Profile


@pytest.mark.parametrize(
    ("site", "link", "absolute"),
    [
        ("https://example.org/p/", "cv/#a", "https://example.org/p/cv/#a"),
        ("https://example.org/p/", "https://example.com/", "https://example.com/"),
        ("https://example.org/p/", "mailto:a@example.com", "mailto:a@example.com"),
        ("https://example.org/p/", "", ""),
        ("", "cv/", ""),
        ("", "https://example.com/", "https://example.com/"),
        ("", "mailto:a@example.com", "mailto:a@example.com"),
    ],
)
def test_absolute_links(site: str, link: str, absolute: str) -> None:
    assert Profile("Ada", url=site).absolute(link) == absolute
