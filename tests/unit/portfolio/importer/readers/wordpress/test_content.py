"""The content of WordPress posts as HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.wordpress.content import Attachment, Library, add_paragraphs, convert_content

LIBRARY = Library(
    attachments={
        1: Attachment(1, "/u/a.png", "A bowl", "Red & round", parent=7),
        2: Attachment(2, "/u/b.jpg", parent=7),
        3: Attachment(3, "/u/c.pdf", parent=7),
    },
    blocks={
        5: "<!-- wp:paragraph -->\n<p>Again.</p>\n<!-- /wp:paragraph -->",
        6: '<!-- wp:block {"ref":6} /-->',
    },
)
FIRST = '<figure><img src="/u/a.png" alt="A bowl"><figcaption>Red &amp; round</figcaption></figure>'
SECOND = '<figure><img src="/u/b.jpg" alt=""></figure>'
VIDEO = '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>'


def convert(content: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the HTML of a content without the space around it, and what is reported."""
    problems: list[tuple[int, str]] = []
    result = convert_content(content, LIBRARY, lambda line, message: problems.append((line, message)), post=7)
    return result.strip(), problems


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("One\ntwo\n\nThree", "<p>One<br />\ntwo</p>\n<p>Three</p>"),
        ("One<br />\ntwo", "<p>One<br />\ntwo</p>"),
        ("<h2>Head</h2>\nText", "<h2>Head</h2><p>Text</p>"),
        ("<div>One\n\nTwo</div>", "<div><p>One</p>\n<p>Two</p>\n</div>"),
        ("<ul>\n<li>One</li>\n</ul>", "<ul>\n<li>One</li>\n</ul>"),
        ("<li>One\n\nTwo</li>", "<li>One<br /><br />Two</li>"),
        ("A <em>b\nc</em> d", "<p>A <em>b<br />\nc</em> d</p>"),
        ("<pre>a\n\n  b</pre>", "<pre>a\n\n  b</pre>"),
        ("A <code>b\n\nc</code>.", "<p>A <code>b<br />\n<br />\nc</code>.</p>"),
        ("<script>a\n\nb</script>", "<script>a\n\nb</script>"),
        ("One\n\n<!--more-->\n\nTwo", "<p>One</p>\n<!--more--><p>Two</p>"),
        ("5 < 6 & 7 > 3", "<p>5 < 6 & 7 > 3</p>"),
        ("", ""),
    ],
)
def test_blank_lines_become_paragraphs(content: str, expected: str) -> None:
    assert add_paragraphs(content).strip() == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            '[caption id="x" width="9"]<img src="a.png" /> A <em>bowl</em>[/caption]',
            '<figure><img src="a.png" /><figcaption>A <em>bowl</em></figcaption></figure>',
        ),
        (
            '[caption caption="A bowl"]<a href="b"><img src="a.png" /></a>[/caption]',
            '<figure><a href="b"><img src="a.png" /></a><figcaption>A bowl</figcaption></figure>',
        ),
        ('[gallery ids="2,1"]', f"{SECOND}\n{FIRST}"),
        ("[gallery]", f"{FIRST}\n{SECOND}"),
        ("[embed]https://youtu.be/abcdefghijk[/embed]", VIDEO),
        ("[youtube https://www.youtube.com/watch?v=abcdefghijk&t=3]", VIDEO),
        ("[youtube=https://www.youtube.com/watch?v=abcdefghijk]", VIDEO),
        ("https://www.youtube.com/watch?feature=x&v=abcdefghijk", VIDEO),
        ("[vimeo 12345]", '<iframe src="https://player.vimeo.com/video/12345"></iframe>'),
        ("[embed]https://a.example/x?a=1&amp;b=2[/embed]", '<p><a href="https://a.example/x?a=1&amp;b=2">'),
        ('[audio src="a.mp3"]', '<audio controls src="a.mp3"></audio>'),
        ('[video width="6" mp4="a.mp4"][/video]', '<video controls src="a.mp4"></video>'),
        ("[code]a < b && c[/code]", "<pre><code>a &lt; b &amp;&amp; c</code></pre>"),
        (
            '[sourcecode language="js"]\nif (a &lt; b)\n\n  x[1]\n[/sourcecode]',
            '<pre><code class="language-js">if (a &lt; b)\n\n  x[1]</code></pre>',
        ),
        ("[python]a[0][/python]", '<pre><code class="language-python">a[0]</code></pre>'),
        ("[latex]x^2[/latex]", r"<p>\(x^2\)</p>"),
        ("$latex sin x&s=2$.", r"<p>\(sin x\).</p>"),
        ("$latex x^2$ costs $5 or $6", r"<p>\(x^2\) costs $5 or $6</p>"),
        ("[[caption]x[/caption]] and [[gallery]]", "<p>[caption]x[/caption] and [gallery]</p>"),
        ("<code>[gallery]</code>", "<p><code>[gallery]</code></p>"),
        ("<pre>[gallery]\n[code]x[/code]</pre>", "<pre>[gallery]\n[code]x[/code]</pre>"),
        ("a[1] = [sic]", "<p>a[1] = [sic]</p>"),
    ],
)
def test_shortcodes_become_what_they_show(content: str, expected: str) -> None:
    result, problems = convert(content)
    assert result.startswith(expected)
    assert problems == []


def test_a_shortcode_of_a_plugin_is_reported_and_stays() -> None:
    assert convert('One\n\n[form to="a"] and [box]text[/box]\n\n[signup]') == (
        '<p>One</p>\n<p>[form to="a"] and [box]text[/box]</p>\n<p>[signup]</p>',
        [
            (2, "there is no counterpart of the shortcode 'form'; it is text."),
            (2, "there is no counterpart of the shortcode 'box'; it is text."),
            (4, "there is no counterpart of the shortcode 'signup'; it is text."),
        ],
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('<!-- wp:block {"ref":5} /-->', "<p>Again.</p>"),
        (
            '<!-- wp:code {"language":"css"} -->\n<pre class="wp-block-code"><code>a</code></pre>\n'
            "<!-- /wp:code -->",
            '<pre class="wp-block-code" data-language="css"><code>a</code></pre>',
        ),
        ('<!-- wp:gallery {"ids":"1"} /-->', '<figure><img alt="A bowl" src="/u/a.png"/><figcaption>'),
        (
            '<!-- wp:file -->\n<div class="wp-block-file"><a href="a.pdf">A</a>'
            '<a href="a.pdf" class="wp-block-file__button" download>Download</a></div>\n<!-- /wp:file -->',
            '<div class="wp-block-file"><a href="a.pdf">A</a></div>',
        ),
        (
            '<!-- wp:embed {"url":"x"} -->\n<figure class="wp-block-embed">'
            '<div class="wp-block-embed__wrapper">\n'
            "https://www.youtube.com/watch?v=abcdefghijk\n</div><figcaption>Film</figcaption></figure>\n"
            "<!-- /wp:embed -->",
            f"{VIDEO}<p>Film</p>",
        ),
        ("<!-- wp:paragraph {broken -->\n<p>A</p>\n<!-- /wp:paragraph -->", "<p>A</p>"),
    ],
)
def test_blocks_become_html(content: str, expected: str) -> None:
    result, problems = convert(content)
    assert result.startswith(expected)
    assert problems == []


def test_a_block_without_content_is_reported() -> None:
    assert convert("<!-- wp:paragraph -->\n<p>A</p>\n<!-- /wp:paragraph -->\n<!-- wp:acme/map /-->") == (
        "<p>A</p>",
        [(3, "there is no counterpart of the block 'acme/map'; it is left out.")],
    )
    # A reusable block that contains itself.
    assert convert('<!-- wp:block {"ref":6} /-->')[0] == ""


@pytest.mark.parametrize("ids", ["1,9", "1," + "9" * 5000])
def test_images_that_a_gallery_lacks_are_reported(ids: str) -> None:
    expected = [(1, "1 image of this gallery left out: not in the export.")]
    assert convert(f'\n[gallery ids="{ids}"]') == (FIRST, expected)
    html, problems = convert(f'\n<!-- wp:gallery {{"ids":"{ids}"}} /-->')
    assert (html.count("<img"), problems) == (1, expected)


def test_a_section_in_brackets_is_text() -> None:
    assert convert("a <![ b") == ("<p>a &lt;![ b</p>", [])
    assert convert("<!-- wp:paragraph --><p>a <![b</p>") == ("<p>a &lt;![b</p>", [])
    assert convert("a<!--[if IE]>b<![endif]-->") == ("<p>a<!--[if IE]>b<![endif]--></p>", [])


def test_many_shortcodes_that_never_end_are_read() -> None:
    content = "".join(f"[a{number} b=1]" for number in range(2_000)) + "[code]" * 2_000
    result, problems = convert(content)
    assert (result, len(problems)) == (f"<p>{content}</p>", 1_990)


_PIECES = (
    "[caption] [/caption] [code] [/code] [gallery ] [[ <pre> </pre> <b <!-- --> wp:block { } <p> word &lt; "
    '$latex $ " <img> https://a.b'
).split()


@given(
    st.lists(st.sampled_from([*_PIECES, "\n\n", "\n", " "]) | st.text(max_size=5), max_size=15).map("".join)
)
def test_any_content_is_converted(content: str) -> None:
    convert(content)
    convert(f"<!-- wp:paragraph -->{content}")
