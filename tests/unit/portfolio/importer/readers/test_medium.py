"""The reader of Medium exports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedSite
from portfolio.importer.readers import medium

TITLE = '<h3 name="a1" id="a1" class="graf graf--h3 graf--leading graf--title">Bread</h3>'


def make_post(
    body: str, title: str = "Bread", canonical: str = "https://b.example/bread-1a2b3c4d5e6f"
) -> str:
    """Return a post as Medium exports it; without a canonical URL it is a draft."""
    date = (
        ' on <a href="https://medium.com/p/1a2b3c4d5e6f"><time class="dt-published" '
        'datetime="2021-02-03T04:05:06.789Z">February 3, 2021</time></a>.</p>'
        f'<p><a href="{canonical}" class="p-canonical">Canonical link</a>'
    )
    return (
        f'<html><body><article class="h-entry"><header><h1 class="p-name">{title}</h1></header>\n'
        '<section data-field="subtitle" class="p-summary">\nAll of it\n</section>\n'
        f'<section data-field="body" class="e-content">{body}</section>\n'
        '<footer><p>By <a href="https://medium.com/@noor" class="p-author h-card">Noor</a>'
        f"{date if canonical else ''}</p>"
        '<p>Exported from <a href="https://medium.com">Medium</a></p></footer></article></body></html>'
    )


def read_site(root: Path, files: Mapping[str, str]) -> ImportedSite:
    """Write the files of an export, and read it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    source = InputFiles(root, root)
    assert medium.detect(source)
    return medium.read(source, lambda _done, _total: None)


def read_body(root: Path, body: str) -> str:
    """Return the body of an export's only post, without its element."""
    (page,) = read_site(root, {"posts/2021-02-03_Bread-1a2b3c4d5e6f.html": make_post(body)}).pages
    start, end = page.body.index(">") + 1, page.body.rindex("</section>")
    return page.body[start:end]


def test_a_post_has_its_metadata(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"posts/2021-02-03_Bread-1a2b3c4d5e6f.html": make_post(f"{TITLE}<p>x</p>")})
    (page,) = site.pages
    assert (page.title, page.slug, page.url) == ("Bread", "bread", "/bread-1a2b3c4d5e6f")
    assert page.created == datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert (page.description, page.authors, page.draft) == ("All of it", ("Noor",), False)
    assert page.feed_id == "https://medium.com/p/1a2b3c4d5e6f"
    assert site.url == "https://b.example/"
    assert site.authors == [ImportedAuthor("Noor", url="https://medium.com/@noor")]


def test_a_post_on_medium_has_the_end_of_its_url(tmp_path: Path) -> None:
    text = make_post("<h3>x</h3>", canonical="https://medium.com/@noor/bread-1a2b3c4d5e6f")
    site = read_site(tmp_path, {"posts/a.html": text})
    assert (site.url, site.pages[0].url) == ("", "/bread-1a2b3c4d5e6f")


def test_a_draft_has_no_url(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"posts/draft_Bread-1a2b3c4d5e6f.html": make_post("<h3>x</h3>", canonical="")})
    (page,) = site.pages
    assert (page.draft, page.url, page.feed_id, page.created) == (True, "", "", None)


def test_responses_and_claps_are_left_out(tmp_path: Path) -> None:
    words = "I agree, and would add rye."
    site = read_site(
        tmp_path,
        {
            "posts/a.html": make_post(f"<p>{words} It keeps.</p>", words),
            "posts/b.html": make_post(f"{TITLE}<p>x</p>"),
            "claps/claps-0001.html": "<html><body>medium.com h-entry</body></html>",
        },
    )
    assert [page.title for page in site.pages] == ["Bread"]
    assert [f"{problem.severity} {problem}" for problem in site.problems] == [
        "info posts/a.html:1:1: this is a response to a post, and is left out."
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"{TITLE}<p>x</p>", "<p>x</p>"),
        (f'{TITLE}<h4 class="graf--subtitle">All</h4>', '<p class="graf--subtitle">All</p>'),
        ('<h3 name="b2" id="b2">Part</h3>', '<h3 id="b2">Part</h3>'),
        ('<p name="b2" id="b2">x</p>', "<p>x</p>"),
        (
            '<pre name="b2" class="graf--pre">a &lt; b<br>    c</pre>',
            "<pre><code>a &lt; b\n    c</code></pre>",
        ),
        (
            '<pre data-code-block-lang="python" class="x"><span class="pre--content">a<br>b</span></pre>',
            '<pre><code class="language-python">a\nb</code></pre>',
        ),
        (
            '<figure><script src="https://gist.github.com/noor/12.js"></script></figure>',
            '<figure><a href="https://gist.github.com/noor/12">Gist</a></figure>',
        ),
        (
            '<div class="graf--mixtapeEmbed"><a href="https://r.example" title="r"><strong>Rye</strong><br>'
            '<em>All.</em>r.example</a><a href="https://r.example" class="js-mixtapeImage"></a></div>',
            '<p><a href="https://r.example"><strong>Rye</strong> All. r.example</a></p>',
        ),
        (
            '<section class="section--first"><div class="section-divider"><hr></div><p>x</p></section>'
            '<section><div class="section-divider"><hr></div></section>',
            '<section class="section--first"><p>x</p></section>'
            '<section><div class="section-divider"><hr/></div></section>',
        ),
        (
            '<a href="https://medium.com/p/1a2b3c4d5e6f#b2">self</a> <a href="https://medium.com/p/ffffffffffff">f</a>',
            '<a href="/bread-1a2b3c4d5e6f#b2">self</a> <a href="https://medium.com/p/ffffffffffff">f</a>',
        ),
    ],
)
def test_a_body_has_only_ordinary_elements(tmp_path: Path, body: str, expected: str) -> None:
    assert read_body(tmp_path, body) == expected


def test_images_on_the_servers_of_medium_are_reported(tmp_path: Path) -> None:
    image = (
        '<figure><img src="https://cdn-images-1.medium.com/max/800/1*a.png" data-is-featured="true"></figure>'
    )
    site = read_site(tmp_path, {"posts/a.html": make_post(TITLE + image * 2)})
    (page,) = site.pages
    assert page.image == "https://cdn-images-1.medium.com/max/800/1*a.png"
    assert [str(problem) for problem in page.problems] == [
        "posts/a.html:5:1: 2 images are on Medium's servers, and not in the export. "
        "Save them to docs/, and change their URLs."
    ]


def test_an_archive_is_read_and_other_files_are_reported(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("posts/a.html", make_post(TITLE))
        archive.writestr("posts/b.html", "<p>Nothing</p>")
    source = InputFiles(tmp_path / "a.zip", tmp_path)
    assert medium.detect(source)
    site = medium.read(source, lambda _done, _total: None)
    assert [page.title for page in site.pages] == ["Bread"]
    assert [str(problem) for problem in site.problems] == [
        "a.zip/posts/b.html:1:1: this is no post of Medium: it has no element with the class 'e-content'."
    ]
