"""The pages of a published site: their articles, titles, dates, and links to lists."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.importer.readers.feed.published_page import PublishedPage, read_page


def read(body: str, head: str = "<title>Salt | Site</title>") -> PublishedPage:
    page = read_page(
        f"<html><head>{head}</head><body>{body}</body></html>".encode(), "/posts/salt.html", "Site"
    )
    assert page is not None
    return page


@pytest.mark.parametrize(
    "body",
    [
        "<article><h1>Salt</h1>{}</article>",
        "<main><header><h1>Salt</h1><time>2020</time></header>{}<footer>end</footer></main>",
        '<div class="wrap"><h1>Salt</h1><div class="post-content">{}</div><div>Next: pepper</div></div>',
        '<article><div itemprop="articleBody">{}</div><p>By Ada</p></article>',
        '<h1>Site</h1><nav>menu</nav><div id="content"><h2>Salt</h2>{}<div class="comments">Nice</div></div>',
        "<article><h2>Pepper</h2>short</article><article><h1>Salt</h1>{}</article>",
        "<main><h1>Salt</h1>{}<aside>Newsletter</aside><form>mail</form><script>x()</script></main>",
        "<article><!-- menu --><section>{}</section></article>",
        "<h1>Salt</h1>{}",
    ],
)
def test_the_article_has_only_the_text(body: str) -> None:
    text = "<p>Salt is <b>white</b>, and it is an old one.</p>\n<p>It dissolves.</p>"
    assert read(body.format(text)).article == text


def test_parts_of_the_text_stay() -> None:
    text = (
        "<blockquote><p>Quote</p><footer>Ada</footer></blockquote>"
        '<aside class="admonition"><p>Note</p></aside><section class="footnotes"><p>1</p></section>'
        '<script type="math/tex">x</script><!--more--><p>end</p>'
    )
    assert read(f"<article>{text}</article>").article == text


CITATION = "@article{ada2020, title = {Salt}, url = {https://a.example/posts/salt}}"


@pytest.mark.parametrize(
    ("box", "citation"),
    [
        (
            f'<div class="cite"><h3>Cite this post</h3><p>Ada. Salt.</p><pre>{CITATION}</pre></div>',
            "Cite this",
        ),
        (
            f"<h2>Citation</h2><p>Cited as:</p><blockquote>Ada. Salt.</blockquote><pre>{CITATION}</pre>",
            "Citation",
        ),
        (f"<div><div><pre><code>{CITATION}</code></pre></div></div>", "@article{ada2020,"),
        ('<section id="how-to-cite"><p>Please cite: Ada, "Salt", 2020.</p></section>', "Please cite"),
    ],
)
def test_the_box_for_citing_the_post_is_left_out(box: str, citation: str) -> None:
    page = read(f"<article><p>Salt is white.</p><h2>Use</h2><p>Soup.</p>{box}</article>")
    assert page.article == "<p>Salt is white.</p><h2>Use</h2><p>Soup.</p>"
    assert page.citation.startswith(citation)


@pytest.mark.parametrize(
    "code",
    ["@article{other, title = {Pepper}, url = {https://b.example/}}", "@decorator\ndef f(): ...", "salt"],
)
def test_other_code_stays(code: str) -> None:
    page = read(f"<article><h2>Citation</h2><p>Text.</p><pre>{code}</pre></article>")
    assert page.article == f"<h2>Citation</h2><p>Text.</p><pre>{code}</pre>"
    assert page.citation == ""


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Salt | Site</title>", "<h1>Site</h1><h1>Salt</h1>", "Salt"),
        ("<title>Site - Salt</title>", "<h1>Site</h1>", "Salt"),
        ("<title>Salt - and - pepper</title>", "", "Salt - and - pepper"),
        ('<title>Site</title><meta property="og:title" content="Salt">', "", "Salt"),
        ("", "<h1>Salt <code>x</code></h1>", "Salt x"),
        ("", "", ""),
    ],
)
def test_titles(head: str, body: str, title: str) -> None:
    assert read(f"{body}<p>text</p>", head).title == title


@pytest.mark.parametrize(
    ("head", "body", "created"),
    [
        (
            '<meta property="article:published_time" content="2020-01-02T03:04:05Z">',
            "",
            datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC),
        ),
        (
            '<script type="application/ld+json">{"@type": "Article", "datePublished": "2020-01-02"}</script>',
            "",
            date(2020, 1, 2),
        ),
        ('<script type="application/ld+json">{"@graph": [1, {"@type": ["Article"]}]}</script>', "", None),
        ('<script type="application/ld+json">{broken</script>', '<time datetime="soon">x</time>', None),
        ("", '<abbr class="published" title="2020-01-02">x</abbr>', date(2020, 1, 2)),
        ("", '<article><time datetime="2020-01-02">x</time></article>', date(2020, 1, 2)),
    ],
)
def test_dates(head: str, body: str, created: date | None) -> None:
    assert read(body, head).created == created


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("<p>é</p>".encode(), ["é"]),
        ('<meta charset="iso-8859-1"><p>é</p>'.encode("iso-8859-1"), ["é"]),
        ("\ufeff<p>é</p>".encode(), ["é"]),
    ],
)
def test_encodings(data: bytes, words: list[str]) -> None:
    page = read_page(data, "/")
    assert page is not None
    assert page.words == words


def test_redirects() -> None:
    page = read_page(b'<meta http-equiv="Refresh" content="0; URL=\'/new/\'">', "/old.html")
    assert page is not None
    assert page.target == "/new/"


@given(
    st.binary(max_size=60) | st.text(st.sampled_from("<>/=\"' abp&;!-[]{}@\n\0"), max_size=60).map(str.encode)
)
def test_no_input_raises(data: bytes) -> None:
    read_page(data, "/a.html", "Site", ["a"])
    read_page(b"<article><h1>" * 3 + data, "http://[/", "Site", ["a"])


def test_what_is_nested_too_deeply_is_reported() -> None:
    page = read_page(b"<div>" * 5000 + b"text", "/a.html")
    assert page is not None
    assert page.is_cut
    assert read("<div>" * 200 + "text").is_cut is False
