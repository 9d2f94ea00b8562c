"""Bodies of imported pages: the end of their excerpts."""

from portfolio.importer.body_text import mark_excerpt


def test_an_excerpt_does_not_end_inside_a_callout() -> None:
    body = '!!! note "A"\n    b\n\n    - c\n\n    d\n\n# E\n'
    assert mark_excerpt(body, "<!-- more -->") == (
        '!!! note "A"\n    b\n\n    - c\n\n    d\n\n<!-- more -->\n\n\n# E\n'
    )
