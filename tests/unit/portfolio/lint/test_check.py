"""Errors in pages and posts, each as one line with its position; and valid pages, without a diagnostic."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portfolio.config import load_site
from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import CODES, Diagnostic
from portfolio.lint.check import SiteChecker, check_site, open_cache
from portfolio.lint.conversions import Conversions
from portfolio.markdown_ext.site_markdown import ConvertedPage
from portfolio.sources import mkdocs_yml
from tests.support import converting, notebooks, persona, project
from tests.unit.portfolio import records

# After the first post of the site: without a post there is no archive, which `mkdocs.yml` redirects to.
NOW = datetime(2026, 12, 1, tzinfo=UTC)
CONFIGURATION = f"""\
{converting.EXTENSIONS}site_name: T
theme: material
extra: {{portfolio: {{other_hosts: [Images.example]}}}}
plugins: [{{blog: {{blog_dir: blog, post_excerpt: required, categories_allowed: [Notes, Code]}}}}]
validation: {{links: {{absolute_links: warn}}}}
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
VALID_POST = (
    "---\ndate: 2026-01-31\ncategories: [Notes]\nauthors: [me]\n---\n\n# A post\n\nText.\n\n<!-- more -->\n\n"
)


def front(old: str, new: str) -> str:
    """A valid post with a change."""
    return VALID_POST.replace(old, new)


def check_lines(root: Path, files: dict[str, str]) -> list[str]:
    """The lines for a site with a valid post, an image and some more files."""
    site_files = {
        "mkdocs.yml": CONFIGURATION,
        "docs/data/career.yml": "roles: [{id: job, company: C, position: P}]\n",
        "docs/index.md": "# Home\n\n## First part\n",
        "docs/timeline.md": "---\ntemplate: timeline.html\n---\n# Life\n",
        "docs/blog/.authors.yml": "authors: {me: {name: M, description: D, avatar: a.svg}}\n",
        "docs/blog/posts/valid.md": VALID_POST,
        "part.txt": "[Part](gone.md)\n",
        "docs/a.svg": SVG,
        **files,
    }
    records.write(root, site_files)
    diagnostics = check(root)
    assert {diagnostic.code for diagnostic in diagnostics} <= CODES.keys()
    return [str(diagnostic) for diagnostic in diagnostics]


def check(root: Path) -> list[Diagnostic]:
    """The diagnostics of a site; the same without a cache, and with that of an earlier or of this check."""
    config = root / "mkdocs.yml"
    paths, problems = mkdocs_yml.read_paths(config)
    assert problems == []
    results = []
    for cache in (CacheFile(), open_cache(root), open_cache(root)):
        site, problems = load_site(paths, config, cache)
        assert problems == []
        results.append(check_site(site, paths, config, NOW, cache))
    assert results[0] == results[1] == results[2]
    return results[0]


INVALID_URL = "is not a valid URL: its host is malformed. Write a URL such as https://example.org/."
UNDEFINED = "is not defined. Add a line such as '[id]: page.md', or write \\[ for a bracket."
EXTERNAL = (
    "is loaded from example.org, which learns about everyone who reads the page. Copy the file into this "
    "site, or add the host to extra.portfolio.other_hosts in mkdocs.yml."
)
ERRORS = {
    "[a](gone.md)": "docs/x.md:3:1: link: there is no 'gone.md'.",
    "[a](indx.md)": "docs/x.md:3:1: link: there is no 'indx.md'. Did you mean 'index.md'?",
    "[a](timeline/)": "docs/x.md:3:1: link: there is no 'timeline/'. Did you mean 'timeline.md'?",
    "[a](valid.md)": "docs/x.md:3:1: link: there is no 'valid.md'. Did you mean 'blog/posts/valid.md'?",
    "[a](feeds.md)": "docs/x.md:3:1: link: there is no 'feeds.md'. Feeds need a site_url in mkdocs.yml.",
    "[a](../up.md)": "docs/x.md:3:1: link: there is no '../up.md'.",
    "[a](/timeline/)": "docs/x.md:3:1: link: '/timeline/' begins with '/', which is the root of the "
    "server and not of this site. Write 'timeline.md'.",
    "[a](/#first-part)": "docs/x.md:3:1: link: '/#first-part' begins with '/', which is the root of the "
    "server and not of this site. Write 'index.md#first-part'.",
    "[a]()": "docs/x.md:3:1: link: has no target. Write it in the parentheses, as in [a page](page.md).",
    "[a](index.md#frist-part)": "docs/x.md:3:1: link: docs/index.md has no '#frist-part'. Did you mean "
    "'first-part'?",
    "> [!NOSUCH]\n> x": "docs/x.md:3:5: callout: 'NOSUCH' is not a kind of callout. Accepted: note, "
    "abstract, info, tip, important, success, question, warning, caution, failure, danger, bug, example, "
    "quote.",
    "> > [!warnin] Words": "docs/x.md:3:7: callout: 'warnin' is not a kind of callout. Did you mean "
    "'warning'? Accepted: note, abstract, info, tip, important, success, question, warning, caution, "
    "failure, danger, bug, example, quote.",
    "| a | b |\n| - | - |\n| $p(x | y)$ | z |": "docs/x.md:5:1: table: this row has 3 cells and the "
    "header has 2; the rest would be dropped. Write \\| for a '|' that does not separate cells, or "
    "\\vert in a formula.",
    "```python title=a.py\nx\n```": "docs/x.md:3:1: code: this fence is shown as prose: its options "
    "are not understood, or it is never closed. Close it with the same marks. "
    'After the language, write quoted options such as title="…", '
    'linenums="1" or hl_lines="2 3".',
    "The loss is\n$$\nL = 1\n\n$p$": "docs/x.md:4:1: formula: this '$$' does not begin or end a "
    "formula. A formula contains no empty line, no code and no third '$'; write \\$\\$ for two dollar signs.",
    '![A](a.svg){ width="50%" }': "docs/x.md:3:6: image: its width is '50%'. Write a number of pixels, as in "
    "{ width=300 }.",
    '<img alt="A" src="a.svg">': "docs/x.md:3:1: image: 'a.svg' is an HTML element, which gets no size and "
    "whose URL may not work. Write ![A](a.svg).",
    "[a](#nowhere)": "docs/x.md:3:1: link: this page has no '#nowhere'.",
    "[a](timeline.md#jib)": "docs/x.md:3:1: link: docs/timeline.md has no '#jib'. Did you mean 'job'?",
    "Words, ![Seen](b.png) too": "docs/x.md:3:8: image: there is no 'b.png'.",
    "![](a.svg)": "docs/x.md:3:1: image: has no alternative text. Describe the image in the brackets, "
    "as in ![A bridge](bridge.jpg); if it is only decorative, write ![](bridge.jpg){ role=presentation }.",
    '<img src="a.svg">': "docs/x.md:3:1: image: has no alternative text. Describe the image in the brackets, "
    "as in ![A bridge](bridge.jpg); if it is only decorative, write ![](bridge.jpg){ role=presentation }.",
    "### Deep": "docs/x.md:3:1: heading: 'Deep' is on level 3, the heading before it on level 1. Write ##.",
    "# Again": "docs/x.md:3:1: heading: 'Again' is on level 1, as the title of the page is. Write ##.",
    "```\n# no\n```\n\n    # no\n\nAgain *x*\n=====": "docs/x.md:9:1: heading: 'Again *x*' is on level 1, as "
    "the title of the page is. Write ##.",
    "[a]\n\n[a]: gone.md": "docs/x.md:5:1: link: there is no 'gone.md'.",
    "[a](blog/posts/draft.md)": "docs/x.md:3:1: link: 'blog/posts/draft.md' is not published yet, so "
    "readers cannot open it.",
    "[a](http://[::1/)": f"docs/x.md:3:1: link: 'http://[::1/' {INVALID_URL}",
    "![Seen](http://[::1/a.png)": f"docs/x.md:3:1: image: 'http://[::1/a.png' {INVALID_URL}",
    "![Seen](https://example.org/a.png)": f"docs/x.md:3:1: image: {EXTERNAL}",
    '<iframe title="a" src="//Example.org/a"></iframe>': f"docs/x.md:3:1: iframe: {EXTERNAL}",
    "![Seen][r]\n\n[r]: https://example.org/a.png": f"docs/x.md:5:6: image: {EXTERNAL}",
    "> ![Seen [x]][r]\n>\n> [r]: <//example.org/b.png> 'T'": f"docs/x.md:5:9: image: {EXTERNAL}",
    "![][r]\n\n[r]: a.svg": "docs/x.md:5:6: image: has no alternative text. Describe the image in the "
    "brackets, as in ![A bridge](bridge.jpg); if it is only decorative, write "
    "![](bridge.jpg){ role=presentation }.",
    '<img alt="A" srcset="data:image/png,A 1x, //example.org/a.png 2x">': f"docs/x.md:3:1: image: {EXTERNAL}",
    '<picture><source srcset="../b.svg 1x"></picture>': "docs/x.md:3:10: image: there is no '../b.svg'.",
    '<object data="https://example.org/a"></object>': f"docs/x.md:3:1: object: {EXTERNAL}",
    '<link rel="Alternate Stylesheet" href="https://example.org/a.css">': f"docs/x.md:3:1: link: {EXTERNAL}",
    '<svg><image href="https://example.org/a.png"/></svg>': f"docs/x.md:3:6: image: {EXTERNAL}",
    '<svg><use xlink:href="https://example.org/a.svg#b"/></svg>': f"docs/x.md:3:6: use: {EXTERNAL}",
    '<script src="https://example.org/a.js"></script>': f"docs/x.md:3:1: script: {EXTERNAL}",
    '<pre><img alt="" src="https://example.org/a.png"></pre>': f"docs/x.md:3:6: image: {EXTERNAL}",
    '<p style="color: red">a</p>': "docs/x.md:3:11: html: the style 'color: red' has no effect: the site's "
    'policy blocks styles in a page. Write a class, as in class="name" or { .name }, and its rules in a '
    "style sheet that extra_css in mkdocs.yml lists.",
    '![A](a.svg){ style="width: 9em" }': "docs/x.md:3:21: html: the style 'width: 9em' has no effect: the "
    'site\'s policy blocks styles in a page. Write width="300", or { width=300 } after an image in Markdown; '
    "for anything else a class.",
    "<script>\nf()\n</script>": "docs/x.md:3:1: html: this <script> does not run: the site's policy blocks "
    "scripts in a page. Write it in a file that extra_javascript in mkdocs.yml lists.",
    '<base href="https://example.org/">': f"docs/x.md:3:1: base: {EXTERNAL}",
    "![A](attachment:a.png)": "docs/x.md:3:1: image: 'attachment:a.png' is not attached to a cell of a "
    "notebook.",
    "<!-- material/tags { include: [A] } -->\n\n<!-- material/tags wrong -->": "docs/x.md:5:1: tags: 'wrong' "
    "are not options of a list of tags. Write <!-- material/tags -->, or options as in <!-- material/tags { "
    "include: [Notes] } -->.",
    "<!-- material/tags {a: 2026-02-31} -->": "docs/x.md:3:1: tags: '{a: 2026-02-31}' "
    "are not options of a list of tags. Write <!-- material/tags -->, or options as in <!-- material/tags { "
    "include: [Notes] } -->.",
    "- [a][b]\n\n> [b]: gone.md": "docs/x.md:5:1: link: there is no 'gone.md'.",
    "--8<-- 'part.txt'": "docs/x.md:1:1: link: there is no 'gone.md'.",
    "[a](#__gone)": "docs/x.md:3:1: link: this page has no '#__gone'.",
    "[a](y.md)": "docs/x.md:3:1: link: there is no 'y.md'.",
    "[a](blog/posts/nope3.md)": "docs/x.md:3:1: link: there is no 'blog/posts/nope3.md'.",
    "[a](x.mkd)": "docs/x.md:3:1: link: there is no 'x.mkd'.",
    'An <a href="../gone/">a</a>': "docs/x.md:3:4: link: there is no '../gone/'.",
    '<a href="gone.pdf">a</a>': "docs/x.md:3:1: link: there is no 'gone.pdf'.",
    '<a href="#gone">a</a>': "docs/x.md:3:1: link: this page has no '#gone'.",
    '<img alt="" src="../b.svg">': "docs/x.md:3:1: image: there is no '../b.svg'.",
    '<div><p>\n<img alt="" src="http://[::1/"></p></div>': "docs/x.md:4:1: image: 'http://[::1/' "
    f"{INVALID_URL}",
    "A [b][nope].": f"docs/x.md:3:3: link: the reference '[nope]' {UNDEFINED}",
    "A [nope][].\n\n[Other]: a.svg": f"docs/x.md:3:3: link: the reference '[]' {UNDEFINED}",
    "![Seen][nope]": f"docs/x.md:3:1: link: the reference '[nope]' {UNDEFINED}",
}
VALID = [
    '<a href="../timeline/#job">a</a> <a href="./">a</a> <a href="..">a</a> <a href="?x">a</a>',
    '<a href="../blog/2026/01/31/a-post/">a</a> <a href="../blog/archive/2026/">a</a>',
    '<img alt="" src="../a.svg">',
    '<a href="../index.html">a</a> <a href="https://example.org/">a</a> <a href="../cv.pdf">a</a>',
    "    <a href='gone.html'>a</a>",
    "`<a href='gone.html'>`",
    "```html\n<a href='gone.html'>\n```\n\n[a][b]\n\n[B]: a.svg",
    "[The\nwords][] and [it][the words]\n\n[the Words]: a.svg",
    "The item a[i][j], `[a][b]`, $[x][y]$ and \\[a][b].",
    "    [a][b]",
    "[a][^1]\n\n[^1]: A note.",
    "--8<-- 'mkdocs.yml'\n\n[a][b]",
    "[a](index.md#first-part)",
    "[a](timeline.md#job)",
    "[a](timeline.md#only-roles)",
    "[a](https://example.org/x#y)",
    "[a](mailto:a@example.org)",
    "[a](cv.pdf)",
    "[a](#x)",
    "![Seen](a.svg)",
    "![](a.svg){ role=presentation }",
    '<img alt="" src="https://images.example/a.svg">',
    "![Seen](data:image/png;base64,AAAA)",
    '<a href="https://example.org/a.png">a</a> <link rel="canonical" href="https://example.org/a">',
    "[a][r] ![Seen](a.svg) ![Too][s]\n\n[r]: https://example.org/a.png\n[s]: a.svg",
    "[a][r]\n\n    ![a][r]\n\n[r]: https://example.org/a.png",
    "`<style>p { background: url(//example.org/a.png) }</style>`",
    '<script type="text/x">\n\'<img src="https://example.org/a.png">\'\n</script>',
    '<img alt="" srcset="../a.svg, ../a.svg 2x">',
    "> [!Tip] Words",
    "| a | b |\n| - | - |\n| `x | y` | z |",
    '```python title="a.py"\nx\n```',
    "    [a](gone.md)",
    "`[a](gone.md)`",
    "```\n[a](gone.md)\n### no\n```",
    "$f[x](y)$",
    "$$\nf[x](y.md)\n$$",
    "The loss is\n$$\nL = -\\log p\n$$\nwhere $$f(x)$$ is.\n\n- An item\n  $$f[x](y.md)$$",
    "<!-- [a](gone.md) -->",
    "[a](blog/category/notes.md)",
    "[^1]\n\n[^1]: See.",
    "[a](#fn:1) b[^1]\n\n[^1]: See.",
    "## A\n\n### B\n\n## C",
    "## Twice\n\n## Twice\n\n[a](#twice_1)",
    "## Own { #mine }\n\n[a](#mine)",
    '<a id="raw"></a>\n\n[a](#raw)',
    "## Ærø\n\n[a](#ærø)",
    "![](a.svg){ alt='Set' }",
    "[a](a%2Esvg)",
    "[a](index.md?x#first-part)",
    "[@key](https://example.org)",
    "## `code` and *em*\n\n[a](#code-and-em)",
]


# Each text is the only one of its page, and all pages are checked at once, which is quick.
def test_each_error_is_one_line_with_its_position(tmp_path: Path) -> None:
    draft = VALID_POST.replace("---\ndate", "---\ndraft: true\ndate").replace("A post", "Draft")
    pages = {f"docs/error-{number:03}.md": text for number, text in enumerate(ERRORS)}
    lines = check_lines(
        tmp_path,
        {
            **{name: f"# X\n\n{text}\n" for name, text in pages.items()},
            "docs/blog/posts/draft.md": draft,
        },
    )
    assert lines == [ERRORS[text].replace("docs/x.md", name, 1) for name, text in pages.items()]


def test_valid_pages_have_no_diagnostic(tmp_path: Path) -> None:
    pages = {f"docs/valid-{number:03}.md": f"# X\n\n{text}\n" for number, text in enumerate(VALID)}
    assert check_lines(tmp_path, pages) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Text.\n\n# A\n", []),
        ("Text.\n\n# A\n\n# B\n", [5]),
        ("---\ntitle: T\n---\n# A\n", []),
        ("---\ntitle: T\n---\nText.\n\n# A\n", [6]),
    ],
)
def test_a_page_has_one_title(tmp_path: Path, text: str, lines: list[int]) -> None:
    found = [line for line in check_lines(tmp_path, {"docs/x.md": text}) if "on level 1" in line]
    assert [int(line.split(":")[1]) for line in found] == lines


def test_anchors_of_publications(tmp_path: Path) -> None:
    files = {
        "docs/publications.md": "---\ntemplate: entries.html\nkind: publications\n---\n# Publications\n",
        "docs/data/publications.bib": "@book{arches, title = {T}, author = {B, A}, year = 2020}\n",
        "docs/x.md": "# X\n\n[a](publications.md#arches) [a](publications.md#kind-books)\n\n"
        "[a](publications.md#arch) [a](publications.md#kind-papers)\n",
    }
    lines = check_lines(tmp_path, files)
    assert [line.partition(".")[0] for line in lines] == ["docs/x", "docs/x"]
    assert "has no '#arch'. Did you mean 'arches'?" in lines[0]
    assert "has no '#kind-papers'." in lines[1]


def test_errors_in_and_between_posts(tmp_path: Path) -> None:
    more = {
        "again": VALID_POST,
        "alone": front("categories: [Notes]\n", "slug: b\n") + "Words. " * 100,
        "author": front("[me]", "[mee]").replace("A post", "C"),
        "category": front("[Notes]", "[Nots]").replace("A post", "D"),
        "draft": front("categories: [Notes]\n", "draft: true\nslug: i\n"),
        "links": front("authors", "links: [indx.md, {A: [gone.md]}]\nimage: c.png\nslug: e\nauthors"),
        "more": front("<!-- more -->", "Words. " * 100).replace("A post", "F"),
        # No longer than an excerpt.
        "note": front("categories: [Notes]\n", "slug: n\n").replace("<!-- more -->", ""),
        "part": front("authors", "series: S\npart: 1\nauthors").replace("A post", "G"),
        "part2": front("authors", "series: S\npart: 1\nauthors").replace("A post", "H"),
    }
    lines = check_lines(tmp_path, {f"docs/blog/posts/{name}.md": text for name, text in more.items()})
    assert [line.removeprefix("docs/blog/posts/") for line in lines] == [
        "alone.md:2:1: categories: the post has no category. Write one, as in 'categories: [Notes]'.",
        "author.md:4:11: authors[0]: there is no 'mee' in blog/.authors.yml. Did you mean 'me'?",
        "category.md:3:14: categories[0]: 'Nots' is not a category of this blog. Did you mean 'Notes'? "
        "Accepted: Notes, Code.",
        "links.md:4:9: links[0]: there is no 'indx.md'. Did you mean 'index.md'?",
        "links.md:4:23: links[1].A[0]: there is no 'gone.md'.",
        "links.md:5:1: image: there is no 'c.png'.",
        "more.md:6:1: excerpt: the end of the excerpt is not marked. Write <!-- more --> on a line of its "
        "own after the first paragraph or two. Only a post of at most 700 characters needs none.",
        "part2.md:5:1: part: part 1 of 'S' is docs/blog/posts/part.md. Give each part its own number.",
        "valid.md:2:1: date: the URL 'blog/2026/01/31/a-post/' is that of docs/blog/posts/again.md. "
        "Write another 'slug:'.",
    ]


def test_names_that_are_probably_misspelled_have_diagnostics(tmp_path: Path) -> None:
    tags = {"a": "[Inference, memory]", "b": "[Inference, memory]", "c": "[inference, memorry]"}
    posts = {
        f"docs/blog/posts/{name}.md": front(
            "authors", f"tags: {names}\nslug: {name}\nseries: The long way\nauthors"
        )
        for name, names in tags.items()
    }
    posts["docs/blog/posts/d.md"] = front("authors", "slug: d\nseries: The long wey\nauthors")

    def hint(name: str) -> str:
        return f"If both are meant, add '{name}' to extra.portfolio.distinct_names in mkdocs.yml."

    assert check_lines(tmp_path, posts) == [
        "docs/blog/posts/c.md:4:8: tags[0]: 'inference' differs from 'Inference' only in case, spaces or "
        f"hyphens. Write 'Inference'. {hint('inference')}",
        "docs/blog/posts/c.md:4:19: tags[1]: 'memorry' differs from 'memory' in one letter. Write 'memory'. "
        f"{hint('memorry')}",
        "docs/blog/posts/d.md:5:1: series: 'The long wey' differs from 'The long way' in one letter. "
        f"Write 'The long way'. {hint('The long wey')}",
    ]
    meant = "distinct_names: [inference, memorry, The long wey]"
    config = CONFIGURATION.replace("other_hosts", f"{meant}, other_hosts")
    assert check_lines(tmp_path, {"mkdocs.yml": config, **posts}) == []


def test_a_misspelled_name_is_reported_once(tmp_path: Path) -> None:
    config = CONFIGURATION.replace(", categories_allowed: [Notes, Code]", "")
    config += "site_url: https://a.example/\n"
    posts = {
        "docs/blog/posts/old.md": front("[Notes]", "[Lab Notes]\nslug: old"),
        "docs/blog/posts/valid.md": front("[Notes]", "[Lab notes]"),
    }
    assert check_lines(tmp_path, {"mkdocs.yml": config, **posts}) == [
        "docs/blog/posts/valid.md:3:14: categories[0]: 'Lab notes' differs from 'Lab Notes' "
        "(docs/blog/posts/old.md) only in case, spaces or hyphens. Write 'Lab Notes'. If both are meant, "
        "add 'Lab notes' to extra.portfolio.distinct_names in mkdocs.yml."
    ]


def test_a_hashtag_at_the_start_of_a_line_is_no_title(tmp_path: Path) -> None:
    assert check_lines(tmp_path, {"docs/x.md": "# X\n\n#hashtag\n\nnav\n"}) == [
        "docs/x.md:3:1: heading: 'hashtag' is on level 1, as the title of the page is. Write ##, or \\# to "
        "show the character."
    ]


def test_the_name_in_the_older_post_is_the_right_one(tmp_path: Path) -> None:
    posts = {
        "docs/blog/posts/a.md": front("2026-01-31", "2026-02-28").replace(
            "authors", "tags: [Steel arches]\nauthors"
        ),
        "docs/blog/posts/b.md": front("authors", "tags: [Steal arches]\nslug: b\nauthors"),
    }
    assert check_lines(tmp_path, posts) == [
        "docs/blog/posts/a.md:4:8: tags[0]: 'Steel arches' differs from 'Steal arches' "
        "(docs/blog/posts/b.md) in one letter. Write 'Steal arches'. If both are meant, add "
        "'Steel arches' to extra.portfolio.distinct_names in mkdocs.yml."
    ]


def test_the_image_of_a_post_can_be_shown_in_previews(tmp_path: Path) -> None:
    label = '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">Deck</p></foreignObject>'
    files = {
        "docs/labels.svg": f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{label}</svg>',
        "docs/broken.svg": "<svg",
    }
    for name in ("labels", "broken", "a"):
        text = front("authors", f"slug: {name}\nimage: {name}.svg\nauthors")
        files[f"docs/blog/posts/{name}.md"] = text
    assert check_lines(tmp_path, files) == [
        "docs/blog/posts/broken.md:5:1: image: is not a valid SVG image: unclosed token: line 1, column 0.",
        "docs/blog/posts/labels.md:5:1: image: has labels in HTML (foreignObject), which previews of links "
        "cannot show. Export it as PNG.",
    ]


def test_a_title_without_letters_needs_a_slug(tmp_path: Path) -> None:
    posts = {
        "heading": front("A post", "🎉"),
        "slug": front("A post", "???").replace("authors", "slug: what\nauthors"),
        "title": front("authors", "title: '!'\nauthors"),
    }
    hint = "Write the end of the URL in the front matter, as in 'slug: soft-edges'."
    assert check_lines(tmp_path, {f"docs/blog/posts/{name}.md": text for name, text in posts.items()}) == [
        f"docs/blog/posts/heading.md:7:1: title: the title '🎉' has no letter or digit for a URL. {hint}",
        f"docs/blog/posts/title.md:4:1: title: the title '!' has no letter or digit for a URL. {hint}",
    ]


@pytest.mark.parametrize("name", ["/etc/passwd", "../overrides/home.html", "assets/a.svg"])
def test_a_template_is_an_html_file_among_the_templates(tmp_path: Path, name: str) -> None:
    config = CONFIGURATION + "theme: {name: material, custom_dir: overrides}\n"
    text = f"---\ntemplate: {name}\n---\n\n# A\n"
    files = {"mkdocs.yml": config, "overrides/home.html": "", "overrides/assets/a.svg": "", "docs/a.md": text}
    lines = [line for line in check_lines(tmp_path, files) if line.startswith("docs/a.md")]
    (line,) = lines
    hint = " Did you mean 'home.html'?" if "home" in name else ""
    assert line == f"docs/a.md:2:1: template: there is no template '{name}'.{hint}"


def test_a_status_is_material_s_or_in_mkdocs_yml(tmp_path: Path) -> None:
    config = CONFIGURATION + "extra: {status: {draughty: Not finished}}\n"
    names = ("new", "draughty", "nwe")
    files = {f"docs/{name}.md": f"---\nstatus: {name}\n---\n\n# A\n" for name in names}
    lines = [line for line in check_lines(tmp_path, {"mkdocs.yml": config, **files}) if ": status:" in line]
    assert lines == [
        "docs/nwe.md:2:1: status: there is no status 'nwe'. Did you mean 'new'? Accepted: deprecated, "
        "draughty, encrypted, new. Others belong to extra.status in mkdocs.yml."
    ]


def test_a_kind_is_suggested_for_a_template(tmp_path: Path) -> None:
    config = CONFIGURATION + "theme: {name: material, custom_dir: overrides}\n"
    text = "---\ntemplate: publication.html\n---\n\n# A\n"
    files = {"mkdocs.yml": config, "overrides/home.html": "", "docs/a.md": text}
    lines = [line for line in check_lines(tmp_path, files) if line.startswith("docs/a.md")]
    assert lines == [
        "docs/a.md:2:1: template: there is no template 'publication.html'. For a list of publications, write "
        "'template: entries.html' and 'kind: publications'."
    ]


def test_each_page_has_a_file_of_its_own(tmp_path: Path) -> None:
    files = {
        "404.md": "# Missing\n",
        "README.md": "# Home\n",
        "cv.pdf.md": "# PDF\n",
        "notes.md": "# Notes\n",
        "notes/index.md": "# More notes\n",
        "sitemap.xml.md": "# Map\n",
        "talks.md": "# Talks\n",
        "talks/index.html": "<p>Talks</p>\n",
        "fine.md": "# Fine\n",
    }
    assert check_lines(tmp_path, {f"docs/{name}": text for name, text in files.items()}) == [
        "docs/404.md:1:1: servers show 404.html for a missing page, and not this page. "
        "Change overrides/404.html instead.",
        "docs/cv.pdf.md:1:1: the URL of this page is below cv.pdf, which is a file of the site. Rename it.",
        "docs/index.md:1:1: this page would be written to the same file as docs/README.md. Rename it.",
        "docs/notes.md:1:1: this page would be written to the same file as docs/notes/index.md. Rename it.",
        "docs/sitemap.xml.md:1:1: the URL of this page is below sitemap.xml, which is a file of the site. "
        "Rename it.",
        "docs/talks.md:1:1: this page would be written to the same file as talks/index.html. Rename it.",
    ]


def test_links_in_front_matter_are_those_that_the_blog_resolves(tmp_path: Path) -> None:
    valid = "['index.md#first-part', 'a.svg', 'https://example.org/#x', {T: 'x y.md'}]"
    wrong = "['index.md#frist-part', 'x%20y.md', '//example.org/a']"
    posts = {
        f"docs/blog/posts/{name}.md": VALID_POST.replace("authors", f"links: {links}\nauthors").replace(
            "A post", name
        )
        for name, links in {"B": valid, "C": wrong}.items()
    }
    whole = "Write the path of the file as it is, or a full URL such as https://example.org/."
    assert check_lines(tmp_path, {"docs/x y.md": "# X\n", **posts}) == [
        "docs/blog/posts/C.md:4:9: links[0]: docs/index.md has no heading '#frist-part'. Did you mean "
        "'first-part'?",
        f"docs/blog/posts/C.md:4:32: links[1]: there is no 'x%20y.md'. {whole}",
        f"docs/blog/posts/C.md:4:44: links[2]: there is no '//example.org/a'. {whole}",
    ]


def test_the_excerpt_separator_of_the_blog_counts_in_notebooks_too(tmp_path: Path) -> None:
    posts = tmp_path / "docs/blog/posts"
    posts.mkdir(parents=True)
    front = "---\ndate: 2026-02-01\ncategories: [Notes]\nauthors: [me]\n---\n"
    notebooks.write(posts / "n.ipynb", notebooks.raw(front), notebooks.text("# T\n\nText."))
    own = CONFIGURATION.replace("post_excerpt:", "post_excerpt_separator: <!-- fold -->, post_excerpt:")
    post = VALID_POST.replace("more", "fold")
    assert check_lines(tmp_path, {"mkdocs.yml": own, "docs/blog/posts/valid.md": post}) == []


def test_an_invalid_value_has_no_second_diagnostic(tmp_path: Path) -> None:
    posts = {
        "a": VALID_POST.replace("[Notes]", "{x: Notes, y: Z}"),
        "b": VALID_POST.replace("authors", "slug: 'b c'\nauthors"),
        "c": VALID_POST.replace("authors", "title: [7]\nauthors"),
    }
    config = tmp_path / "mkdocs.yml"
    check_lines(tmp_path, {"docs/blog/posts/valid.md": VALID_POST.replace("A post", "Z")})
    records.write(tmp_path, {f"docs/blog/posts/{name}.md": text for name, text in posts.items()})
    paths, _ = mkdocs_yml.read_paths(config)
    site, problems = load_site(paths, config)
    assert [(problem.path[-4:], problem.field) for problem in problems] == [
        ("a.md", "categories"), ("b.md", "slug"), ("c.md", "title"),
    ]  # fmt: skip
    assert check_site(site, paths, config, NOW) == []


BROKEN_FILES = {
    "docs/data/career.yml": "roles: [\n",
    "docs/data/talks.yml": "talks: [{idd: mill, title: T}]\n",
    "docs/data/publications.bib": "@misc{open, title = {T",
    "docs/blog/posts/old.md": "No front matter.",
}
REFERENCES = """\
---
date: 2026-02-01
categories: [Notes]
about: [mill]
related: [old]
---

# References

As [@open] says, [at the mill](../../timeline.md#mill).

<!-- more -->
"""


@pytest.mark.parametrize(
    ("broken", "fields"),
    [
        ([], ["about[0]", "related[0]", "citation", "link"]),
        (["docs/data/career.yml"], ["related[0]", "citation"]),
        (["docs/data/talks.yml"], ["related[0]", "citation"]),
        (["docs/data/publications.bib"], ["related[0]"]),
        (["docs/blog/posts/old.md"], ["about[0]", "citation"]),
        (list(BROKEN_FILES), []),
    ],
)
def test_what_may_be_in_an_unreadable_file_is_not_reported_as_missing(
    tmp_path: Path, broken: list[str], fields: list[str]
) -> None:
    config = CONFIGURATION + "nav: [timeline.md]\n"
    timeline = "---\ntemplate: timeline.html\n---\n\n# Timeline\n"
    files = {"mkdocs.yml": config, "docs/a.svg": "<svg/>", "docs/timeline.md": timeline}
    files |= {"docs/blog/posts/new.md": REFERENCES, **{name: BROKEN_FILES[name] for name in broken}}
    records.write(tmp_path, files)
    paths, _ = mkdocs_yml.read_paths(tmp_path / "mkdocs.yml")
    site, problems = load_site(paths, tmp_path / "mkdocs.yml")
    problems += check_site(site, paths, tmp_path / "mkdocs.yml", NOW)
    assert [problem.field for problem in sorted(problems) if problem.path.endswith("new.md")] == fields


def test_a_post_with_an_invalid_slug_does_not_hide_a_duplicate_url(tmp_path: Path) -> None:
    posts = {"a": VALID_POST.replace("authors", "slug: 'b c'\nauthors"), "b": VALID_POST, "c": VALID_POST}
    files = {f"docs/blog/posts/{name}.md": text for name, text in posts.items()}
    records.write(tmp_path, {"mkdocs.yml": CONFIGURATION, "docs/a.svg": "<svg/>", **files})
    paths, _ = mkdocs_yml.read_paths(tmp_path / "mkdocs.yml")
    site, _ = load_site(paths, tmp_path / "mkdocs.yml")
    diagnostics = check_site(site, paths, tmp_path / "mkdocs.yml", NOW)
    assert [str(diagnostic) for diagnostic in diagnostics if diagnostic.code == "post.duplicate-url"] == [
        "docs/blog/posts/c.md:2:1: date: the URL 'blog/2026/01/31/a-post/' is that of docs/blog/posts/b.md. "
        "Write another 'slug:'."
    ]


def test_the_site_and_the_test_persona_have_no_diagnostics(tmp_path: Path) -> None:
    assert check(project.ROOT) == []
    assert check(persona.copy(tmp_path / "persona")) == []


def test_an_unchanged_page_without_problems_is_checked_again_if_what_it_depends_on_changes(
    tmp_path: Path,
) -> None:
    files = {
        "docs/links.md": "# Links\n\n[A](to.md#part), [b](file.txt), <a href='other.txt'>c</a>.\n",
        "docs/to.md": "# To\n\n## Part\n",
        "docs/file.txt": "",
        "docs/other.txt": "",
        "docs/picture.md": "# Picture\n\n![Seen](b.svg)\n",
        "docs/b.svg": SVG,
        "docs/included.md": "# Included\n\n--8<-- 'docs/part.txt'\n",
        "docs/part.txt": "Text.\n",
        "docs/post.md": "# Post\n\n[A](blog/posts/valid.md)\n",
        "docs/cites.md": "# Cites\n\nSee [@a].\n",
        "docs/data/references.bib": "@misc{a, title = {T}, author = {B C}, year = 2020}\n",
        "docs/entries.md": "---\ntemplate: timeline.html\n---\n\n# Entries\n\n## Mill\n",
    }
    role = "roles: [{id: mill, company: C, position: P}]\n"
    faults = {
        ("docs/data/career.yml", role): "record.duplicate-id",
        ("docs/to.md", "# To\n"): "link.broken-anchor",
        ("docs/file.txt", None): "link.missing-file",
        ("docs/other.txt", None): "link.missing-file",
        ("docs/b.svg", "<svg"): "image.unusable",
        ("docs/part.txt", "[A](gone.md)\n"): "link.missing-file",
        ("docs/blog/posts/valid.md", front("date:", "draft: true\ndate:")): "link.unpublished",
        ("docs/data/references.bib", ""): "citation.unknown-key",
    }
    for (path, text), code in faults.items():
        assert check_lines(tmp_path, files) == [], path
        if text is None:
            (tmp_path / path).unlink()
        else:
            records.write(tmp_path, {path: text})
        assert code in {diagnostic.code for diagnostic in check(tmp_path)}
        (tmp_path / path).unlink(missing_ok=True)


def checker(root: Path) -> SiteChecker:
    paths, _ = mkdocs_yml.read_paths(root / "mkdocs.yml")
    return SiteChecker(load_site(paths, root / "mkdocs.yml")[0], paths, root / "mkdocs.yml", NOW)


def converted_pages(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the pages that a new check converts."""
    paths: list[str] = []
    convert = Conversions.convert

    def record(self: Conversions, path: str, text: str, title: str | None = None) -> ConvertedPage:
        paths.append(path)
        return convert(self, path, text, title)

    with monkeypatch.context() as patch:
        patch.setattr(Conversions, "convert", record)
        assert [str(diagnostic) for diagnostic in checker(root).check()] == []
    return paths


def test_only_pages_whose_inputs_changed_are_converted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {
        "docs/plain.md": "# Plain\n",
        "docs/picture.md": "# Picture\n\n![Seen](a.svg)\n",
        "docs/included.md": "# Included\n\n--8<-- 'docs/part.txt'\n",
        "docs/cites.md": "# Cites\n\nSee [@a].\n",
        "docs/titled.md": "---\ntitle: T\n---\n\nText.\n",
    }
    work = "@misc{a, title = {T}, author = {B C}, year = 2020}\n"
    files = {**pages, "docs/part.txt": "Text.\n", "docs/data/references.bib": work}
    assert check_lines(tmp_path, files) == []
    assert converted_pages(tmp_path, monkeypatch) == []
    changes = {
        "docs/plain.md": ["plain.md"],
        "docs/part.txt": ["included.md"],
        "docs/data/references.bib": ["cites.md"],
        "docs/a.svg": ["picture.md"],
        "docs/titled.md": ["titled.md"],
    }
    for path, expected in changes.items():
        text = (tmp_path / path).read_text(encoding="utf-8")
        changed = text.replace("0 0 1 1", "0 0 2 1").replace("2020", "2021").replace("T", "U")
        (tmp_path / path).write_text(changed if changed != text else f"{text}\nMore.\n", encoding="utf-8")
        assert converted_pages(tmp_path, monkeypatch) == expected, path
        assert converted_pages(tmp_path, monkeypatch) == []


def test_a_page_is_checked_alone_after_an_edit(tmp_path: Path) -> None:
    assert check_lines(tmp_path, {"docs/x.md": "# X\n\n[a](#x)\n"}) == []
    site, page = checker(tmp_path), tmp_path / "docs/x.md"
    assert site.check() == []
    page.write_text("# Y\n\n[a](#x) [b](gone.md) [@nobody]\n", encoding="utf-8")
    assert [str(diagnostic).partition(":")[2] for diagnostic in site.check_page(page)] == [
        "3:1: link: this page has no '#x'.",
        "3:9: link: there is no 'gone.md'.",
        "3:24: citation: there is no 'nobody' in publications.bib or references.bib.",
    ]
    page.write_text("# Y\n\n[a](#y)\n", encoding="utf-8")
    assert site.check_page(page) == []
    assert site.check_page(tmp_path / "docs/gone.md") == []


def test_a_build_checks_the_rest_after_its_conversions(tmp_path: Path) -> None:
    assert check_lines(tmp_path, {}) == []
    (tmp_path / "docs/x.md").write_text("# X\n\n[@nobody]\n", encoding="utf-8")
    site = checker(tmp_path)
    assert site.check(convert=False) == []
    assert [str(diagnostic) for diagnostic in site.check_pending()] == [
        "docs/x.md:3:3: citation: there is no 'nobody' in publications.bib or references.bib."
    ]
    assert site.check_pending() == []


_AUTHOR = "{name: N, description: D, avatar: a.svg}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["docs/blog/posts/valid.md:4:11: authors[0]: there is no 'me' in blog/.authors.yml."]),
        (f"authors: {{me: {_AUTHOR}}}", []),
        (
            "authors: []",
            [
                "1:1: authors: expected a mapping of authors. "
                "Write an id such as 'owner:', and its keys below."
            ],
        ),
        (
            f"authrs: {{me: {_AUTHOR}}}",
            ["1:1: authrs: unknown key. Did you mean 'authors'? Accepted: authors."],
        ),
        (
            "authors:\n  me: {name: 3, description: [], avatar: {}}",
            [
                "2:8: authors.me.name: is not read as text. Put quotation marks around it.",
                "2:17: authors.me.description: expected a text, found a list.",
                "2:34: authors.me.avatar: expected a text, found a mapping.",
            ],
        ),
        (
            "authors: {me: {name: N, description: D, avatar: ../../etc/passwd}}",
            ["1:41: authors.me.avatar: there is no '../../etc/passwd'."],
        ),
        (
            "authors: {me: {name: N, description: D, avatar: 'javascript:alert(1)'}}",
            [
                "1:41: authors.me.avatar: 'javascript:alert(1)' is not a picture. Write its path in "
                "docs/, or https://…"
            ],
        ),
        ("authors: &a [*a]", ["1:10: authors[0]: an alias must not contain itself."]),
    ],
)
def test_the_file_of_authors_is_checked(tmp_path: Path, text: str, expected: list[str]) -> None:
    lines = check_lines(tmp_path, {"docs/blog/.authors.yml": text, "docs/blog/posts/valid.md": VALID_POST})
    assert [line.removeprefix("docs/blog/.authors.yml:") for line in lines] == expected


def test_a_missing_key_of_an_author_is_reported(tmp_path: Path) -> None:
    text = "authors: {me: {name: N, description: D}}"
    assert check_lines(
        tmp_path, {"docs/blog/.authors.yml": text, "docs/blog/posts/valid.md": VALID_POST}
    ) == [
        "docs/blog/.authors.yml:1:11: authors.me.avatar: is missing. Required: name, description and avatar."
    ]


@pytest.mark.parametrize(
    ("front_matter", "expected"),
    [
        ("title: A title\ntags: [a, 2026]\nsearch: {boost: 2, exclude: no}\nowner_key: [x]", []),
        ("search: true", ["2:1: search: expected a mapping, found something else."]),
        ("tags: abc", []),
        (
            "tags: abc, def",
            ["2:1: tags: expected a list, as in [one, two], found a text. Write [abc, def], or "],
        ),
        ("a: b: c", ["2:5: this is not YAML: mapping values are not allowed in this context. "]),
        ("date: 2026-02-31", ["2:1: date: '2026-02-31' cannot be read as YAML's timestamp."]),
        ("search: {boost: .nan}", ["2:10: search.boost: 'nan' is not a number."]),
        ("x: !ENV HOME", ["2:4: x: the tag '!ENV' is not accepted here."]),
        ("x: " + "[" * 60 + "]" * 60, ["2:53: this is nested too deeply."]),
        ("- a", ["2:1: the front matter is not a mapping."]),
        (
            f"tags: [{', '.join(map(str, range(101)))}]",
            ["2:1: tags: 101 tags are more than a page can have."],
        ),
    ],
)
def test_the_front_matter_of_any_page_is_checked(
    tmp_path: Path, front_matter: str, expected: list[str]
) -> None:
    files = {"docs/page.md": f"---\n{front_matter}\n---\n# T\n", "docs/blog/posts/valid.md": VALID_POST}
    lines = check_lines(tmp_path, files)
    assert len(lines) == len(expected), lines
    assert all(line.startswith(f"docs/page.md:{start}") for line, start in zip(lines, expected, strict=True))


def test_files_that_cannot_be_read_have_one_diagnostic_each(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    os.mkfifo(docs / "pipe.md")
    for name, target in {"zero.png": "/dev/zero", "self.md": "self.md", "root": "/"}.items():
        (docs / name).symlink_to(target)
    (docs / "latin.md").write_bytes("Café".encode("latin-1"))
    text = f"{VALID_POST}[a](../../pipe.md) [b](../../latin.md) ![c](../../zero.png)"
    assert check_lines(tmp_path, {"docs/blog/posts/valid.md": text}) == [
        "docs/latin.md:1:1: this is not UTF-8 text (byte 3). Save it as UTF-8.",
        "docs/pipe.md:1:1: this is a named pipe. Only regular files are read.",
        "docs/root:1:1: this symbolic link leads to a folder that contains it. Remove it.",
        "docs/self.md:1:1: this cannot be read: Too many levels of symbolic links.",
        "docs/zero.png:1:1: this is a device. Only regular files are read.",
    ]


PICTURE = "picture: a.svg\npicture_alt: A drawing\n"


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        (PICTURE, ""),
        (PICTURE.replace("a.svg", "aa.svg"), "there is no image 'aa.svg' in docs. Did you mean 'a.svg'?"),
        (
            PICTURE.replace("a.svg", "https://a.example/b.jpg"),
            "there is no image 'https://a.example/b.jpg' in docs. Write its path from there.",
        ),
        # MkDocs publishes nothing of this folder.
        (
            PICTURE.replace("a.svg", "data/a.svg"),
            "there is no image 'data/a.svg' in docs. Did you mean 'a.svg'?",
        ),
        (PICTURE.replace("a.svg", "broken.png"), "'broken.png' is not a valid PNG image."),
        ("picture: a.svg\n", "has no alternative text. Write in picture_alt what it shows."),
    ],
)
def test_the_picture_of_the_owner(profile: str, problem: str, tmp_path: Path) -> None:
    configuration = f"{CONFIGURATION}exclude_docs: /data/\n"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    files = {
        "mkdocs.yml": configuration,
        "docs/data/profile.yml": profile,
        "docs/data/a.svg": svg,
        "docs/broken.png": "no image",
    }
    lines = [f"docs/data/profile.yml:1:1: picture: {problem}"] if problem else []
    assert check_lines(tmp_path, files) == lines


def test_ids_that_are_anchors_of_a_page(tmp_path: Path) -> None:
    """An entry must be reached by its id on every page that shows it."""
    entries = ("life", "content", "only-awards", "part", "projects", "free")
    files = {
        "docs/timeline.md": "---\ntemplate: timeline.html\n---\n# Life\n\n## Part\n",
        "docs/data/awards.yml": "awards:\n" + "".join(f"  - {{id: {id}, title: A}}\n" for id in entries),
        # Ids that follow from titles differ from the names of kinds.
        "docs/data/projects.yml": "projects: [{name: Projects}, {name: Content}]\n",
        "docs/projects.md": "---\ntemplate: entries.html\nkind: projects\n---\n# Projects\n",
        "docs/awards.md": "---\ntemplate: entries.html\nkind: awards\n---\n# Free\n",
    }
    places = {"life": "docs/timeline.md", "content": "every page", "only-awards": "docs/timeline.md"}
    places |= {"part": "docs/timeline.md", "free": "docs/awards.md"}
    assert check_lines(tmp_path, files) == [
        f"docs/data/awards.yml:{entries.index(id) + 2}:6: awards[{entries.index(id)}].id: the id '{id}' is "
        f"already an anchor of {place}. Give the entry another id."
        for id, place in places.items()
    ]


def test_the_picture_of_an_entry(tmp_path: Path) -> None:
    text = "software:\n  - {name: A, image: a.svg, image_alt: An A}\n  - {name: B, image: aa.svg}\n"
    assert check_lines(tmp_path, {"docs/data/software.yml": text}) == [
        "docs/data/software.yml:3:15: software[1].image: has no alternative text. "
        "Write in image_alt what it shows.",
        "docs/data/software.yml:3:15: software[1].image: there is no image 'aa.svg' in docs. "
        "Did you mean 'a.svg'?",
    ]


@pytest.mark.parametrize(
    ("file", "text", "is_generated"),
    [
        ("publications.bib", "@misc{open, title = {T}}\n", True),
        ("patents.yml", "patents: [{title: T}]\n", True),
        ("talks.yml", "talks: [{title: T}]\n", False),
    ],
)
def test_the_bibliography_exists_if_there_are_works(
    file: str, text: str, is_generated: bool, tmp_path: Path
) -> None:
    files = {f"docs/data/{file}": text, "docs/index.md": "# Home\n\n[All](publications.bib)\n"}
    links = [line for line in check_lines(tmp_path, files) if ": link: " in line]
    assert links == ([] if is_generated else ["docs/index.md:3:1: link: there is no 'publications.bib'."])
