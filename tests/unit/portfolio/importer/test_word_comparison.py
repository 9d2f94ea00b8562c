"""The comparison of visible words: what a reader does not see, what makes no difference, and what does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.word_comparison import (
    WordDifference,
    compare_words,
    describe_difference,
    describe_embed,
    read_words,
)

WORDS = {
    "blocks and line breaks end words": ("<p>a<b>b</b><br>c</p>d<ul><li>e</ul>", ["ab", "c", "d", "e"]),
    "white space": ("<p> a\n\tb&nbsp;c </p>", ["a", "b", "c"]),
    "typography": ("<p>“a” ‘b’ c—d e…</p>", ['"a"', "'b'", "c-d", "e..."]),
    "dashes": ("<p>a -- b --- c – d</p>", ["a", "-", "b", "-", "c", "-", "d"]),
    "quotations": ("<p><q>a</q></p>", ['"a"']),
    "invisible elements": (
        "<p>a<script>b</script><style>c</style><template>d</template></p><textarea>e</textarea><svg>f</svg>",
        ["a"],
    ),
    "hidden elements": (
        "<p>a<i hidden>b</i><i style='display: none'>c</i><i class='sr-only'>d</i></p>",
        ["a"],
    ),
    "permalinks": ("<h2>A<a href='#a' class=headerlink>¶</a> <a href='#a'>#</a></h2>", ["A"]),
    "links to a part of the page": ("<p><a href='#a'>See below</a></p>", ["See", "below"]),
    "footnotes": (
        "<p>a<sup><a href='#fn:1'>1</a></sup> b[^2]</p><ol><li id='fn:1'>c <a href='#r'>↩</a></li></ol>",
        ["a", "b", "c"],
    ),
    "code": ("<p>a</p><pre>\n b\t \n<i>c</i>\n\n</pre>", ["a", "code: b\t \nc"]),
    "numbers of lines": ("<pre><span class=lineno>1</span>a<br>b</pre>", ["code:a\nb"]),
    "code without text": ("<pre> </pre><pre>\n</pre>", []),
    "formulas": (
        r"<p>\(x\) $y$ \[z\] <script type='math/tex'>% <![CDATA[ a %]]></script></p>",
        ["x", "y", "z", "a"],
    ),
    "MathML": (
        "<p>a<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x_1</annotation></semantics>"
        "</math></p>",
        ["a", "x_1"],
    ),
    "MathML without TeX": ("<p><math><mi>x</mi><mn>2</mn></math></p>", ["x2"]),
    "formulas of headings, of which this site has no TeX": (
        r"<h2>a \(x_1\) $y$ <math><mi>z</mi></math></h2>$y$",
        ["a", "y"],
    ),
    "diagrams": (
        "<pre><code class='language-mermaid'>a--&gt;b</code></pre><div class=diagram>x</div>",
        ["diagram"] * 2,
    ),
    "embedded pages": ("<iframe src='https://youtu.example/' title='A talk'>x</iframe>", ["A", "talk"]),
    "embedded content": ("<video src='data:video/mp4;base64,AAAA'>x</video>", []),
    "embedded files": ("<video><source src='/a/b.mp4'>old browser</video>", ["Video:", "b.mp4"]),
    "titles of code": (
        "<div class=code-with-filename-file><pre>a.py</pre></div><pre>b</pre>",
        ["a.py", "code:b"],
    ),
    "titles of code in attributes": ("<pre title=a.py>b</pre>", ["a.py", "code:b"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("html", "words"), WORDS.values(), ids=WORDS.keys())
def test_words_are_read(html: str, words: list[str]) -> None:
    assert read_words(html) == words


def test_depth_has_no_limit() -> None:
    assert read_words("<div>" * 10_000 + "a" + "</div>" * 10_000) == ["a"]


DIFFERENCES = {
    "equal": ("<p>a b</p>", "<div>a  <b>b</b></div>", WordDifference([], [], 1.0)),
    "lost": ("<p>a b c d</p>", "<p>a d</p>", WordDifference(["b c"], [], 4 / 6)),
    "added": ("<p>a d</p>", "<p>a b d</p>", WordDifference([], ["b"], 4 / 5)),
    "changed": ("<p>a b</p>", "<p>a x</p>", WordDifference(["b"], ["x"], 2 / 4)),
    "moved": ("<p>note</p><p>a b c</p>", "<p>a b c</p><p>note</p>", WordDifference([], [], 1.0)),
    "moved code": (
        "<pre>a b</pre><p>c d e f</p>",
        "<p>c d e f</p><pre>a b</pre>",
        WordDifference([], [], 1.0),
    ),
    "code": ("<pre>a  b</pre>", "<pre>a b</pre>", WordDifference(["code:a  b"], ["code:a b"], 0.0)),
    "all": ("<p>a</p>", "", WordDifference(["a"], [], 0.0)),
}


@pytest.mark.parametrize(("before", "after", "difference"), DIFFERENCES.values(), ids=DIFFERENCES.keys())
def test_words_are_compared(before: str, after: str, difference: WordDifference) -> None:
    assert compare_words(before, after) == difference


def test_many_words_are_compared_without_their_order() -> None:
    numbers = list(map(str, range(15_000)))
    difference = compare_words(" ".join(["x", *numbers]), " ".join([*reversed(numbers), "y"]))
    assert difference == WordDifference(["x"], ["y"], 30_000 / 30_002)


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_equal_if_and_only_if_nothing_differs(before: list[str], after: list[str]) -> None:
    difference = compare_words(" ".join(before), " ".join(after))
    assert (difference.lost == difference.added == []) == (difference.ratio == 1.0)
    if before == after:
        assert difference.ratio == 1.0


def test_difference_is_described() -> None:
    difference = WordDifference(["a b", "c", "d", "e"], ["f"], 0.5)
    assert (
        describe_difference(difference) == "'a b' is lost; 'c' is lost; 'd' is lost; 'f' is new; and 1 more"
    )


EMBEDS = {
    "https://www.youtube.com/embed/abc?rel=0": ("https://www.youtube.com/watch?v=abc", "Video on YouTube"),
    "//www.youtube-nocookie.com/embed/abc": ("https://www.youtube.com/watch?v=abc", "Video on YouTube"),
    "https://www.youtube.com/embed/videoseries?list=xyz": (
        "https://www.youtube.com/playlist?list=xyz",
        "Videos on YouTube",
    ),
    "https://player.vimeo.com/video/123?h=1": ("https://vimeo.com/123", "Video on Vimeo"),
    "//maps.example/x": ("https://maps.example/x", "Embedded page of maps.example"),
    "/slides/talk.html": ("/slides/talk.html", "File: talk.html"),
    "https://gist.github.com/u/abc.js": ("https://gist.github.com/u/abc", "Gist u/abc"),
    "http://[": ("http://[", "File: "),
}


@pytest.mark.parametrize(("url", "link"), EMBEDS.items(), ids=EMBEDS.keys())
def test_embedded_page_becomes_a_link(url: str, link: tuple[str, str]) -> None:
    assert describe_embed(url, "", "iframe") == link
    assert describe_embed(url, " A\n talk ", "iframe") == (link[0], "A talk")
