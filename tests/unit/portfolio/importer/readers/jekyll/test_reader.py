"""What the reader of Jekyll sites makes of posts, pages, lists, feeds and templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import READERS, jekyll

Read = Callable[[Mapping[str, str | bytes]], ImportedSite]
CONFIG = "url: https://a.example\nbaseurl: /b\nplugins: [jekyll-feed]\n"
POST = "_posts/2021-03-04-first.md"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_files(files: Mapping[str, str | bytes]) -> ImportedSite:
        root = tmp_path / "source"
        for path, content in {"_config.yml": CONFIG, POST: "---\n---\nOne.\n", **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (root / path).write_bytes(data)
        return jekyll.read(InputFiles(root, tmp_path), lambda _done, _total: None)

    return read_files


def read_post(read: Read, body: str, front: str = "", **files: str) -> ImportedPage:
    names = {name.replace("__", "/"): text for name, text in files.items()}
    site = read({"_posts/2022-01-01-post.md": f"---\n{front}\n---\n{body}", **names})
    return next(page for page in site.pages if page.source.endswith("2022-01-01-post.md"))


def problems_of(page: ImportedPage) -> list[str]:
    return [
        f"{problem.severity} {problem.line}: {problem.message} {problem.hint}".strip()
        for problem in page.problems
    ]


def test_the_registry_has_the_reader(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_layouts").mkdir()
    (tmp_path / "_layouts" / "post.html").touch()
    files = InputFiles(tmp_path, tmp_path)
    found = [
        reader.name
        for reader in READERS
        if reader.name in ("al-folio", "jekyll") and reader.load().detect(files)
    ]
    assert found == ["jekyll"]


def test_a_post(read: Read) -> None:
    front = """title: "A: title"
date: 2022-01-02
last_modified_at: 2022-02-03
categories: [Log]
tags: [x, y z]
author: ada
description: About <b>it</b>.
image: {path: /images/a.png, alt: A}
redirect_from: [/old.html, other/]"""
    page = read_post(read, "Text.\n", front, _data__authors="")
    page.problems.clear()
    assert page == ImportedPage(
        source="source/_posts/2022-01-01-post.md",
        title="A: title",
        body="Text.\n",
        line=12,
        url="/log/2022/01/02/post.html",
        aliases=("/old.html", "/other/"),
        slug="post",
        created=date(2022, 1, 2),
        updated=date(2022, 2, 3),
        categories=("Log",),
        tags=("x", "y z"),
        authors=("ada",),
        description="About it.",
        image="/images/a.png",
        feed_id="https://a.example/b/log/2022/01/02/post",
    )


def test_authors_have_their_data(read: Read) -> None:
    site = read(
        {
            "_data/authors.yml": "ada: {name: Ada Quay, bio: A pilot., avatar: images/a.png, url: https://ada.example/}",
            "_posts/2022-01-01-a.md": "---\nauthors: [ada, Finn]\n---\n",
            "_posts/2022-01-02-b.md": "---\nauthor: {name: Rosa, url: https://rosa.example/}\n---\n",
        }
    )
    assert [page.authors for page in site.pages] == [(), ("Ada Quay", "Finn"), ("Rosa",)]
    assert site.authors == [
        ImportedAuthor("Ada Quay", "A pilot.", "/images/a.png", "https://ada.example/"),
        ImportedAuthor("Finn"),
        ImportedAuthor("Rosa", url="https://rosa.example/"),
    ]


@pytest.mark.parametrize(
    ("path", "front", "url", "draft"),
    [
        ("_posts/2022-01-01-a.md", "", "/2022/01/01/a.html", False),
        ("_posts/2022-01-01-a.md", "published: false", "", True),
        ("_drafts/a.md", "", "", True),
        ("_posts/2999-01-01-a.md", "", "", False),
        ("_posts/a.md", "", "", True),
    ],
)
def test_drafts_and_scheduled_posts(read: Read, path: str, front: str, url: str, *, draft: bool) -> None:
    site = read({path: f"---\n{front}\n---\ntext\n"})
    page = next(page for page in site.pages if not page.source.endswith("first.md"))
    assert (page.url, page.draft, page.is_post) == (url, draft, True)


def test_pages(read: Read) -> None:
    site = read(
        {
            "about.md": "---\ntitle: About\npermalink: /about\n---\nMe.\n",
            "lights.html": "---\ntitle: Lights\n---\n<p>{{ page.title }}</p>\n",
            "no-title.md": "---\n---\n# A heading {#a}\n\ntext\n",
        }
    )
    pages = {page.title: page for page in site.pages if not page.is_post}
    assert {title: (page.url, page.aliases, page.format, page.body) for title, page in pages.items()} == {
        "About": ("/about", ("/about.html",), "markdown", "Me.\n"),
        "Lights": ("/lights.html", (), "html", "<p>Lights</p>\n"),
        "A heading": ("/no-title.html", (), "markdown", "# A heading {: #a }\n\ntext\n"),
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[a]({% post_url 2021-03-04-first %})", "[a](/2021/03/04/first.html)"),
        ("[a]({{ site.baseurl }}{% post_url 2021-03-04-first %}#x)", "[a](/2021/03/04/first.html#x)"),
        ("[a]({% link _posts/2021-03-04-first.md %})", "[a](/2021/03/04/first.html)"),
        ("[a]({% link files/a.pdf %})", "[a](/files/a.pdf)"),
        ("[a]({{ site.baseurl }}/x.html) [b]({{ '/y' | relative_url }})", "[a](/x.html) [b](/y)"),
        ("[a]({{ '/y' | absolute_url }}) [b]({{ '/z' | prepend: site.baseurl }})", "[a](/y) [b](/z)"),
        ("Visit {{ site.url }}{{ site.baseurl }}/.", "Visit https://a.example/b/."),
        ("{{ page.title }} of {{ page.date | date: '%Y' }}: {{ page.custom.x }}", "Post of 2022: 1"),
        ("{% raw %}`{{ x }}`{% endraw %}", "`{{ x }}`"),
        ("```\n{{ page.title }}\n```", "```\nPost\n```"),
        (
            "{% highlight ruby linenos %}\nputs 1 # {{ page.title }}\n{% endhighlight %}",
            '``` ruby linenums="1"\nputs 1 # Post\n```',
        ),
        (
            '{% highlight c++ hl_lines="1 3" %}\n  x;\n\n```\n{% endhighlight %}',
            '```` c++ hl_lines="1 3"\n  x;\n\n```\n````',
        ),
        (
            "1. a\n\n    {% highlight sh %}\nls\n    {% endhighlight %}\n2. b",
            "1. a\n\n    ``` sh\n    ls\n    ```\n2. b",
        ),
        ("{% include note.html text='a b' %}", "*a b*"),
        ("{% include_relative part.md %}", "A part."),
        ("{% for post in site.posts limit: 1 %}{{ post.url }}{% endfor %}", "/2022/01/01/post.html"),
        ("{% gist ada/1 %}", "[ada/1](https://gist.github.com/ada/1)"),
        ("{% youtube abc %}", "[https://www.youtube.com/watch?v=abc](https://www.youtube.com/watch?v=abc)"),
        ("{% seo %}text", "text"),
        (
            "[a](2021-03-04-first.md#x) [b](/_posts/2021-03-04-first.md)",
            "[a](/2021/03/04/first.html#x) [b](/2021/03/04/first.html)",
        ),
        (
            "[a](gone.md) [b](https://b.example/c.md) `[c](part.md)`",
            "[a](gone.md) [b](https://b.example/c.md) `[c](part.md)`",
        ),
    ],
)
def test_templates(read: Read, body: str, expected: str) -> None:
    page = read_post(
        read,
        body,
        "custom: {x: 1}",
        **{
            "files/a.pdf": "x",
            "_includes/note.html": "<p><em>{{ include.text }}</em></p>",
            "_posts/part.md": "A part.",
        },
    )
    assert (page.body, problems_of(page)) == (f"{expected}\n", [])


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        (
            'figure.html src="/images/a.png" alt="A" caption="One *two*"',
            '![A](/images/a.png "One \\*two\\*")',
        ),
        ('image.html url="images/a.png" description="Text"', '![Text](/images/a.png "Text")'),
        ('fig.html file="a.png" alt="A"', "![A](/images/a.png)"),
    ],
)
def test_figures(read: Read, include: str, expected: str) -> None:
    page = read_post(read, f"a\n\n{{% include {include} %}}\n", **{"images/a.png": "x"})
    assert page.body == f"a\n\n{expected}\n"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (
            "a\n[b]({% post_url 2021-03-04-frist %})",
            "error 5: there is no post '2021-03-04-frist'. Did you mean '2021-03-04-first'?",
        ),
        (
            "{% link abuot.md %}",
            "error 4: there is no file 'abuot.md' for {% link %}. Did you mean 'about.md'?",
        ),
        (
            "\n{% highlight ruby %}\nx",
            "error 5: {% highlight %} is never closed, and is taken to end where the text does. "
            "Write {% endhighlight %}.",
        ),
        ("\n\n{% raw %}{{ x }}", "error 6: {% raw %} is never closed. Write {% endraw %} after it."),
        (
            "{% highlight %}x{% endhighlight %}",
            "error 4: highlight needs a language, and options such as linenos.",
        ),
        (
            "{{ site.nothing }}",
            "warning 4: {{ site.nothing }} has no value here, and is left out. Write its text.",
        ),
        (
            '{% include gone.html text="Some words" %}',
            "error 4: there is no file 'gone.html' to include, so only the texts of its parameters "
            "are imported.",
        ),
        (
            "a\n\n{% chart x %}",
            "warning 6: there is no counterpart of the tag {% chart %}, and it is left out. Write "
            "what it showed.",
        ),
        (
            "a\n\n```\nx",
            "error 6: this code is never closed: '```' has no counterpart. Write ``` on a line of "
            "its own after the code.",
        ),
    ],
)
def test_problems_have_the_line_of_the_source(read: Read, body: str, problem: str) -> None:
    page = read_post(read, body, **{"about.md": "---\n---\n"})
    assert problems_of(page) == [problem]


def test_an_include_without_its_file_leaves_its_words(read: Read) -> None:
    assert read_post(read, '{% include gone.html text="Some words" id="x" %}').body == "Some words\n"


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ("", "One.\n\n<!--more-->\n\nTwo.", "One.\n\n<!--more-->\n\nTwo.\n"),
        ("excerpt_separator: <!--cut-->", "One.\n\n<!--cut-->\n\nTwo.", "One.\n\n<!-- more -->\n\nTwo.\n"),
        ("excerpt_separator: CUT", "One.\n\nCUT\n\nTwo.", "One.\n\n<!-- more -->\n\nCUT\n\nTwo.\n"),
    ],
)
def test_the_end_of_the_excerpt(read: Read, front: str, body: str, expected: str) -> None:
    assert read_post(read, body, front).body == expected


def test_redirects_to_other_sites(read: Read) -> None:
    page = read_post(read, "", "redirect_to: https://b.example/x")
    assert page.body == "This page has moved to <https://b.example/x>.\n"
    assert problems_of(page) == [
        "warning 2: this page sent its readers to 'https://b.example/x'; it becomes a page with a link. "
        "Delete it, and add its URL to the aliases of that page."
    ]


def test_lists(read: Read) -> None:
    posts = {f"_posts/2021-01-0{day}-p.md": "---\ntags: [a b]\ncategory: C\n---\n" for day in range(1, 6)}
    site = read(
        {
            **posts,
            "_config.yml": f"{CONFIG}paginate: 2\npaginate_path: /blog/page:num/\ngems: [jekyll-archives]\n"
            "jekyll-archives: {enabled: all, permalinks: {category: '/c/:name/'}}\n",
            "index.html": "---\n---\n{% for post in paginator.posts %}{{ post.title }}{% endfor %}",
            "archive.md": "---\n---\n{% for post in site.posts %}{{ post.title }}{% endfor %}",
            "tags.html": "---\n---\n{% for tag in site.tags %}{{ tag[0] }}{% endfor %}",
            "categories.html": "---\nlayout: categories\n---\n",
            "a-b.html": "---\nlayout: tag\ntag: a b\n---\n",
            "text.md": "---\n---\nThis page says something in more than twelve words, so it stays a "
            "page of its own.\n"
            "{% for post in site.posts %}{{ post.title }}{% endfor %}",
        }
    )
    assert site.lists == {
        "/": OldList("index"),
        "/blog/page2/": OldList("index"),
        "/blog/page3/": OldList("index"),
        "/archive.html": OldList("archive"),
        "/tags.html": OldList("tags"),
        "/categories.html": OldList("categories"),
        "/a-b.html": OldList("tag", "a b"),
        "/feed.xml": OldList("feed"),
        "/c/c/": OldList("category", "C"),
        "/tag/a-b/": OldList("tag", "a b"),
        "/2021/": OldList("archive", "2021"),
        "/2021/01/": OldList("archive", "2021"),
        "/2021/03/": OldList("archive", "2021"),
        **{f"/2021/01/0{day}/": OldList("archive", "2021") for day in range(1, 6)},
        "/2021/03/04/": OldList("archive", "2021"),
    }
    (page,) = [page for page in site.pages if not page.is_post]
    assert page.body == (
        "This page says something in more than twelve words, so it stays a page of its own.\n"
    )
    assert problems_of(page) == [
        "warning 3: the list of posts on this page is not imported, because this site makes its own lists."
    ]


def test_feeds_of_categories_and_tags(read: Read) -> None:
    site = read(
        {
            "_config.yml": f"{CONFIG}feed: {{path: atom.xml, categories: [c], tags: true}}\n",
            "_posts/2021-01-01-p.md": "---\ntags: [t, a-b]\n---\n",
        }
    )
    assert site.lists == {
        "/atom.xml": OldList("feed"),
        "/feed/c.xml": OldList("category feed", "c"),
        "/feed/by_tag/t.xml": OldList("tag feed", "t"),
    }


def test_ids_of_a_feed_that_a_template_makes(read: Read) -> None:
    feed = """---
---
<feed xmlns="http://www.w3.org/2005/Atom">{% for post in site.posts limit:20 %}
<entry><title>{{ post.title | xml_escape }}</title>
<link href="{{ site.url }}{{ site.baseurl }}{{ post.url }}"/>
<id>{{ site.url }}{{ post.id }}</id><updated>{{ post.date | date_to_xmlschema }}</updated></entry>
{% endfor %}</feed>
"""
    site = read({"_config.yml": "url: https://a.example\nbaseurl: /b", "atom.xml": feed})
    assert site.lists == {"/atom.xml": OldList("feed")}
    assert [page.feed_id for page in site.pages] == ["https://a.example/2021/03/04/first"]


@pytest.mark.parametrize(
    "feed", ["<feed", "<rss>{% if", "<feed>&x;</feed>", "\x01<feed>", "<?xml version='1.0'?>"]
)
def test_a_broken_feed_has_no_ids(read: Read, feed: str) -> None:
    site = read({"_config.yml": "url: https://a.example", "a.xml": f"---\n---\n{feed}<feed"})
    assert [page.feed_id for page in site.pages] == [""]


@pytest.mark.parametrize("value", ["3", "[a]", "{a: b}", "[[], {}]", "true", "''", "2021-01-01", "'\\0'"])
def test_values_of_any_type_are_read(read: Read, value: str) -> None:
    settings = (
        "url baseurl timezone collections permalink exclude include kramdown feed pagination paginate "
        "defaults paginate_path jekyll-archives author plugins data_dir includes_dir markdown_ext source "
        "excerpt_separator destination collections_dir future"
    ).split()
    keys = (
        "title date tags tag categories category author authors image permalink redirect_from redirect_to "
        "header slug published excerpt excerpt_separator description layout last_modified_at pagination "
        "render_with_liquid"
    ).split()
    page = "".join(f"{key}: {value}\n" for key in keys)
    text = f"---\n{page}---\n{{{{ page.title }}}} {{{{ site.url | relative_url }}}} {{% include a.html %}}\n"
    for name in settings:
        read({"_config.yml": f"{name}: {value}\n"})
    for key in keys:
        read({"_posts/2022-01-01-b.md": f"---\n{key}: {value}\n---\n{{{{ page.{key} }}}}\n"})
    site = read({"_posts/2022-01-01-b.md": text, "c.md": text, "_drafts/d.html": text})
    assert site.pages


def test_files_of_templates_are_reported(read: Read) -> None:
    site = read({"data.json": "---\n---\n[]\n", "css/a.scss": "---\n---\n", "robots.txt": "---\n---\n"})
    assert list(map(str, site.problems)) == [
        "source/data.json:1:1: a template makes this file, and it is not imported. If others use it, "
        "copy the "
        "published file to docs/."
    ]


def test_texts_without_a_page_are_reported(read: Read) -> None:
    site = read({"_config.yml": "collections: [quotes]", "_quotes/a.md": "---\n---\nA gull.\n"})
    assert list(map(str, site.problems)) == [
        "source/_quotes/a.md:1:1: the collection 'quotes' has no pages on the old site, so this is left out. "
        "Copy its text where you want it."
    ]


def test_files_are_read_when_needed(read: Read) -> None:
    site = read({"images/a.png": b"\x89PNG"})
    assert site.files["/images/a.png"]() == b"\x89PNG"
