"""Texts that would take minutes or end with an exception: one diagnostic that names the line."""

import signal
import threading
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.core.markdown_scan import MarkdownSource
from portfolio.markdown_ext import limits
from portfolio.markdown_ext.render_errors import to_diagnostics
from tests.support import converting


def faults(text: str) -> list[tuple[int, str, str]]:
    """The lines, codes and messages of the diagnostics of a page."""
    converted = converting.conversions().convert("a.md", text)
    diagnostics = to_diagnostics(converted.errors, text, "a.md")
    return [(diagnostic.line, diagnostic.code, diagnostic.message) for diagnostic in diagnostics]


@pytest.mark.parametrize("run", ["[", "`", "_", "*", "<", "=", "$", "!", "\n", "|"])
def test_a_long_run_of_one_character(run: str) -> None:
    ((line, code, message),) = faults(f"# T\n\nText {run * 20_000} b\n")
    assert (line, code) == (3, "page.too-large")
    assert "20,000 times" in message
    assert limits.find_excess(f"Text {run * 400} b") is None


@given(st.integers(0, 1500))
def test_the_shortest_run_that_is_too_long_is_found_anywhere(before: int) -> None:
    text = f"{'a' * before}{{}}{'a' * 700}"
    assert limits.find_excess(text.format("-" * 501)) is not None
    assert limits.find_excess(text.format("-" * 500)) is None


def test_a_page_of_many_megabytes() -> None:
    assert faults("word\n\n" * 1_000_000) == [
        (1, "page.too-large", "the page has 6,000,000 characters; the limit is 1,000,000.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("    " * level + "- a" for level in range(100)),
        "- " * 400 + "a",
        "> " * 400 + "a",
        "\n".join("    " * level + "!!! note" for level in range(150)) + "\n" + "    " * 150 + "x",
    ],
)
def test_elements_that_are_nested_too_deeply(text: str) -> None:
    ((line, code, _),) = faults(f"# T\n\n{text}\n")
    assert code == "page.too-deep"
    assert line >= 3


def test_elements_that_people_nest_are_accepted() -> None:
    assert faults("\n".join("    " * level + "- a" for level in range(20))) == []
    assert faults("> " * 20 + "a") == []


def test_a_conversion_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    limit_time = limits.limit_time
    monkeypatch.setattr(limits, "limit_time", lambda _: limit_time(0.2))
    ((line, code, _),) = faults("# T\n\nText.\n\n" + "![[a]" * 10_000)
    assert (line, code) == (5, "page.too-slow")
    # The timer is off again.
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert faults("Text.") == []


def test_a_page_with_very_many_errors_reports_the_first() -> None:
    errors = faults("".join(f"[^{number}] " for number in range(150)))
    assert [code for _, code, _ in errors] == ["footnote.undefined"] * 100


def test_only_the_main_thread_has_a_limit() -> None:
    values: list[float] = []

    def work() -> None:
        with limits.limit_time():
            values.append(signal.getitimer(signal.ITIMER_VIRTUAL)[0])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert values == [0]


def test_a_time_limit_inside_another_keeps_the_first() -> None:
    with limits.limit_time(100):
        with limits.limit_time(1):
            assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 50
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 50
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


@pytest.mark.parametrize("text", ["A <![x b", "`<![x b`"])
def test_html_that_mkdocs_cannot_read(text: str) -> None:
    try:
        HTMLParser().feed(text)
    except AssertionError:
        at = text.index("<![") + 1
        (diagnostic,) = to_diagnostics(converting.conversions().convert("a.md", text).errors, text, "a.md")
        assert (diagnostic.column, diagnostic.code) == (at, "page.invalid-html")
    else:
        assert faults(text) == []  # Python can read it since 3.14.


@given(st.text(alphabet="<![]->ab CDATA`&;/\"'=\n", max_size=40) | st.text(max_size=20))
def test_no_html_ends_the_scan_or_a_conversion(text: str) -> None:
    source = MarkdownSource(f"# T\n\n{text}\n")
    assert isinstance(source.html_elements, list)
    converting.conversions().convert("a.md", source.text)
