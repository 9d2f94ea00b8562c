"""reStructuredText to HTML, within limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.pelican.restructured_text import RstMessage, convert_rst

_PARTS = [
    "T\n=\n", "\n", "\n\n", "word ", "*a* ", "`b <c>`_ ", "`b`_ ", "|s| ", ".. |s| image:: a.png\n",
    "[#n]_ ", ".. [#n] note\n", ".. note::\n\n   x\n", ".. code-block:: py\n\n   x\n", ".. odd:: y\n",
    ":math:`x` ", ":odd:`x` ", ".. role:: r(raw)\n   :format: html\n", ":r:`<b>` ",
    ".. csv-table::\n   :file: x\n", ".. include:: x\n", ".. contents::\n",
    ".. figure:: a\n   :figwidth: image\n\n   x\n", "- a\n", "  - b\n", "::\n\n  x\n", ":f: v\n",
    "== ==\n1  2\n== ==\n", "\0", "\t", "é",
]  # fmt: skip


def _html(text: str) -> str:
    return convert_rst(text, lambda target, *_: target).html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            ".. code-block:: python\n   :hl_lines: 1\n\n   a < b\n",
            '<pre><code class="language-python">a &lt; b</code></pre>\n',
        ),
        (".. code::\n\n   a\n", "<pre><code>a</code></pre>\n"),
        ("::\n\n   a\n", "<pre><code>a</code></pre>\n"),
        (">>> 1\n1\n", '<pre><code class="language-pycon">&gt;&gt;&gt; 1\n1</code></pre>\n'),
        (":math:`a < b`", '<p><span class="math">\\(a &lt; b\\)</span></p>\n'),
        (".. math::\n\n   a\n", '<div class="math">\\[a\\]</div>\n'),
        (":abbr:`A (Meaning of A)`", '<p><abbr title="Meaning of A">A</abbr></p>\n'),
        (".. image:: a.png\n   :alt: A\n   :width: 10\n", '<img alt="A" src="a.png" width="10" />'),
        (".. raw:: html\n\n   <b>a</b>\n", "<b>a</b>"),
        (
            "a [#n]_\n\n.. [#n] b\n",
            '<p>a <sup id="footnote-reference-1"><a class="footnote-ref" href="#n">1</a></sup></p>\n'
            '<div class="footnote"><ol><li id="n">\n<p>b</p>\n'
            '<a class="footnote-backref" href="#footnote-reference-1">↩</a></li></ol></div>\n',
        ),
    ],
)  # fmt: skip
def test_html(text: str, html: str) -> None:
    assert _html(text) == html


def test_title_subtitle_and_fields() -> None:
    document = convert_rst(
        "A\n=\n\nB\n-\n\n:date: 2020\n:authors: C D, E\n:own: *x*\n\nText\n", lambda target, *_: target
    )
    assert (document.title, document.subtitle) == ("A", "B")
    assert document.fields == {"date": [("2020", 7)], "authors": [("C D", 8), ("E", 8)], "own": [("x", 9)]}


def test_targets_are_replaced_or_removed() -> None:
    text = "`a <b>`_ `c <d>`_\n\n.. image:: e.png\n   :alt: E\n"
    found: list[tuple[str, bool, int]] = []

    def replace(target: str, is_image: bool, line: int) -> str | None:
        found.append((target, is_image, line))
        return "new" if target == "b" else None

    assert (
        convert_rst(text, replace).html
        == '<p><a class="reference external" href="new">a</a> c</p>\n<span>E</span>'
    )
    assert found == [("b", False, 1), ("d", False, 1), ("e.png", True, 3)]


def test_no_file_is_read_and_no_word_is_lost(tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("files") / "secret.txt"
    secret.write_text("secret words")
    text = f".. include:: {secret}\n\n.. csv-table::\n   :file: {secret}\n\n.. odd:: a\n\n   b\n"
    document = convert_rst(text, lambda target, *_: target)
    assert "secret words" not in document.html
    assert "<pre><code>.. odd:: a\n\n   b</code></pre>" in document.html
    assert document.messages == [
        RstMessage(1, '"include" directive disabled.', is_error=False),
        RstMessage(3, 'File and URL access deactivated; ignoring "csv-table" directive.', is_error=False),
        RstMessage(6, 'Unknown directive type "odd".', is_error=True),
    ]


def test_deep_nesting_is_reported() -> None:
    text = "\n\n".join(" " * (3 * depth) + "* a" for depth in range(400))
    document = convert_rst(text, lambda target, *_: target)
    assert document.messages == [RstMessage(1, "this is nested too deeply.", is_error=True)]
    assert document.html.count("* a") == 400


@given(st.lists(st.sampled_from(_PARTS), max_size=15).map("".join))
def test_any_text_is_converted(text: str) -> None:
    assert isinstance(_html(text), str)
