"""The exports of a built site: they exist, are valid, and agree with the record."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from portfolio.record.models import Engagement, Publication
from tests.support import export_readers, html, pdf, persona
from tests.support.built import Built, build

_FILES = {"resume.json", "cv.yaml", "publications.bib", "publications.json", "llms.txt"}
_MARKDOWN_LINK = re.compile(r"\]\(<?(https?://[^\s)>]+)")


@pytest.fixture(scope="module")
def persona_site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = persona.copy(tmp_path_factory.mktemp("exports") / "project")
    publications = root / "docs" / "data" / "publications.bib"
    publications.write_text(
        publications.read_text(encoding="utf-8")
        + "@article{léger, title = {Du poids des {Ponts}: 100\\% \\& plus}, journal = {Annales},\n"
        "  author = {de la Tour, Jean and others}, date = {2011-07}, doi = {10.1000/xyz}}\n"
        "@online{about, title = {</script><b>Bold}, author = {Wang, Layla}, date = {2012~}}\n"
        "@misc{undated, title = {橋の話}, author = {王 小明}}\n"
        f"@article{{sag, {_PAPER}}}\n",
        encoding="utf-8",
    )
    _add_paper(root)
    return build(root)


_PAPER = (
    "title = {How ropes sag}, author = {Ørsted, L. W. and {Rope and Wire Society}}, journal = {Ropes}, "
    "date = {2019-05}, doi = {10.1000/sag<1>}, url = {papers/sag/}, pdf = {https://papers.example/sag.pdf}"
)


def _add_paper(root: Path) -> None:
    """Add the page of a publication, with links, code and snippets for its Markdown, and a draft."""
    for name, text in {
        "docs/papers/sag.md": "# How ropes\x07 sag\n\nThe abstract. [Home](../index.md), "
        "[life](../timeline.md?x=1#only-roles), "
        "\n\n    [code](../index.md)\n\n- item\n\n    [more](../cv.md)\n\n"
        '--8<-- "parts/part.md"\n',
        "parts/part.md": "A part with [talks](../talks.md).\n",
        "docs/notes/posts/hidden.md": "---\ndate: 2025-01-01\ndraft: true\n---\n"
        "# A title to hide\n\nText\n\n<!-- more -->\n",
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    config = root / "mkdocs.yml"
    nav = config.read_text(encoding="utf-8")
    assert nav.count("nav:\n  - ") == 1
    config.write_text(nav.replace("nav:\n", "nav:\n  - Paper: papers/sag.md\n"), encoding="utf-8")


def test_files_are_valid_and_agree_with_the_record(built: Built) -> None:
    assert {name for name in _FILES if not (built.site / name).exists()} == set()
    sections = {kind.name: kind.title for kind in built.portfolio.record.sections}
    resume, cv = (
        export_readers.read_resume(built.read("resume.json"), sections),
        export_readers.read_cv(built.read("cv.yaml"), sections),
    )
    for entries in (resume, cv):
        export_readers.assert_agrees(built.portfolio, entries)
    assert sum(map(len, resume.values())) == sum(map(len, cv.values())) > 5
    publications = built.portfolio.entries("publications")
    bibtex, csl = (
        export_readers.read_bibtex(built.read("publications.bib")),
        export_readers.read_csl(built.read("publications.json")),
    )
    assert [*bibtex] == [*csl]
    assert [id for id in bibtex if id not in {patent.id for patent in built.portfolio.record["patents"]}] == [
        entry.id for entry in publications
    ]
    for entry in publications:
        assert isinstance(entry, Publication)
        in_csl = re.sub(r"</?su[bp]>", "", csl[entry.id].names[0])
        assert bibtex[entry.id].names[0] == in_csl == "".join(run.text for run in entry.title_runs)
        assert bibtex[entry.id].dates.keys() == ({"date"} if entry.date else set())


def test_json_ld_agrees_with_the_record_and_other_exports(built: Built) -> None:
    in_json_ld = {
        id: entry for path in built.pages for id, entry in export_readers.read_json_ld(built.graph(path))
    }
    resume = export_readers.read_resume(built.read("resume.json"))
    for kind in ("roles", "education", "publications"):
        for entry, in_resume in zip(built.portfolio.entries(kind), resume[kind], strict=True):
            if isinstance(entry, Engagement) and not (entry.ongoing or entry.end or hasattr(entry, "degree")):
                assert entry.id not in in_json_ld  # It would mean "ongoing".
                continue
            assert in_json_ld[entry.id].dates == in_resume.dates
            assert in_json_ld[entry.id].names[0].endswith(in_resume.names[0])
    posts = {page for page in built.pages if re.search(r"/\d{4}/\d\d/\d\d/", page)}
    days = [
        dict(export_readers.read_json_ld(built.graph(post)))[built.url + post].dates["date"] for post in posts
    ]
    assert days
    assert set(days) <= built.days


def test_every_head_has_valid_json_ld_and_breadcrumbs(built: Built) -> None:
    assert len(built.pages) > 5
    for path in built.pages:
        graph = built.graph(path)
        assert export_readers.count_valid_terms(graph["@graph"]) > 0
        types = [node["@type"] for node in graph["@graph"]]
        if not path:
            assert types[:3] == ["ProfilePage", "WebSite", "Person"]
            continue
        crumbs = graph["@graph"][types.index("BreadcrumbList")]["itemListElement"]
        assert isinstance(crumbs, list)
        assert [crumbs[0]["item"], crumbs[-1]["item"]] == [built.url, built.url + path]
        assert all(built.file(item["item"].removeprefix(built.url)).exists() for item in crumbs)


def test_meta_tags_agree_with_the_page(built: Built) -> None:
    for path in built.pages:
        page = built.page(path)
        tags = {
            html.attribute_value(meta, "name")
            or html.attribute_value(meta, "property"): html.attribute_value(meta, "content")
            for meta in page.css("head meta[content]")
        }
        assert tags["og:url"] == built.url + path
        title = page.css_first("title")
        assert title is not None
        assert tags["og:title"] == tags["twitter:title"]
        assert title.text().startswith(tags["og:title"].replace("`", ""))
        image = tags["og:image"]
        assert image == tags["twitter:image"]
        assert image.startswith(built.url)
        with Image.open(built.file(image.removeprefix(built.url))) as card:
            assert [str(side) for side in card.size] == [tags["og:image:width"], tags["og:image:height"]]
        is_post = re.search(r"/\d{4}/\d\d/\d\d/", path) is not None
        assert ("citation_title" in tags) == (is_post or path == "papers/sag/")
        if is_post:
            time = page.css_first(".post-meta time")
            assert time is not None
            day = html.attribute_value(time, "datetime")[:10]
            assert (
                tags["citation_publication_date"].replace("/", "-") == day == tags["article:published_time"]
            )
            assert tags["citation_title"] == tags["og:title"]
            authors = [*html.attribute_values(page, 'meta[name="citation_author"]', "content")]
            (posting,) = [node for node in built.graph(path)["@graph"] if node["@type"] == "BlogPosting"]
            assert authors == [author["name"] for author in posting["author"]]


def test_a_page_of_a_publication_has_citation_tags(persona_site: Built) -> None:
    page = persona_site.page("papers/sag/")
    tags = [
        (html.attribute_value(meta, "name"), html.attribute_value(meta, "content"))
        for meta in page.css('meta[name^="citation_"]')
    ]
    assert tags == [
        ("citation_title", "How ropes sag"),
        ("citation_author", "L. W. Ørsted"),
        ("citation_author", "Rope and Wire Society"),
        ("citation_publication_date", "2019/05"),
        ("citation_journal_title", "Ropes"),
        ("citation_doi", "10.1000/sag<1>"),
        ("citation_abstract_html_url", f"{persona_site.url}papers/sag/"),
        ("citation_pdf_url", "https://papers.example/sag.pdf"),
    ]
    (article,) = [
        node for node in persona_site.graph("papers/sag/")["@graph"] if node["@type"] == "ScholarlyArticle"
    ]
    assert article["url"] == f"{persona_site.url}papers/sag/"
    assert article["sameAs"] == ["https://doi.org/10.1000/sag%3C1%3E"]
    assert article["author"][0]["@id"] == f"{persona_site.url}#person"


def test_pages_have_json_ld_of_their_projects(persona_site: Built) -> None:
    for path, types in {
        "projects/": ["SoftwareSourceCode", "CreativeWork", "CreativeWork", "CreativeWork"],
        "projects/catenary/": ["SoftwareSourceCode"],
        "software/": ["SoftwareSourceCode"],
    }.items():
        nodes = [
            node
            for node in persona_site.graph(path)["@graph"]
            if node.get("@id", "").startswith(f"{persona_site.url}{path}#")
        ]
        assert sorted(node["@type"] for node in nodes) == sorted(types), path
        assert all(node["name"] for node in nodes)


def test_links_in_markdown_lead_to_markdown(persona_site: Built) -> None:
    url = persona_site.url
    assert persona_site.read("papers/sag/index.md") == (
        "# How ropes sag\n\n"
        f"The abstract. [Home]({url}index.md), [life]({url}timeline/?x=1#only-roles), "
        "\n\n    [code](../index.md)\n\n- item\n\n"
        f"    [more]({url}cv/index.md)\n\nA part with [talks]({url}talks/index.md).\n"
    )
    assert "a-title-to-hide" not in "".join(path.read_text() for path in persona_site.site.rglob("*.md"))


def test_every_page_has_markdown_with_valid_links(built: Built) -> None:
    texts = {path: built.read(f"{unquote(path)}index.md") for path in built.pages}
    assert all(re.match(r"# \S", text) for text in texts.values())
    listed = _MARKDOWN_LINK.findall(built.read("llms.txt"))
    assert {built.url + path + "index.md" for path in built.pages} <= set(listed)
    links = [*listed, *(link for text in texts.values() for link in _MARKDOWN_LINK.findall(text))]
    inside = [link for link in links if link.startswith(built.url)]
    assert len(inside) > 10
    for link in inside:
        parts = urlsplit(link)
        target = built.file(parts.path.removeprefix(urlsplit(built.url).path))
        assert target.exists(), link
        if parts.fragment:
            anchors = set(html.attribute_values(html.parse(target), "[id]", "id"))
            assert unquote(parts.fragment) in anchors, link


def test_markdown_and_pdf_have_every_entry_and_date(built: Built) -> None:
    everything, cv = built.read("timeline/index.md"), built.read("cv/index.md")
    print_ = pdf.texts((built.site / "cv.pdf").read_bytes())
    assert len(print_) > 1
    for section in built.portfolio.sections:
        for entry in section.entries:
            if section.kind == "posts":
                continue
            texts = (entry.title, entry.when.words if entry.dated_as_a_whole else "")
            for text in texts:
                written = re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)
                assert written in everything or not section.on_timeline
                # Reference styles format dates in their own way.
                assert written in cv or (section.kind == "publications" and text != entry.title)
            for reader, text in print_.items():
                phrases = ("".join(run.text for run in entry.title_runs), texts[1])
                assert all(pdf.find(text, phrase) >= 0 for phrase in phrases if phrase), (reader, entry.id)


def test_every_head_links_the_other_formats(built: Built) -> None:
    for path in built.pages:
        links = built.page(path).css('head link[rel~="alternate"]')
        forms = {html.attribute_value(link, "type"): html.attribute_value(link, "href") for link in links}
        feeds = {"application/atom+xml", "application/feed+json"}
        assert forms.keys() == feeds | {"text/markdown"} | (set() if path else {"application/json"})
        for target in forms.values():
            assert (built.file(path).parent / unquote(target)).is_file(), target


def test_the_markdown_of_a_post_is_complete(persona_site: Built) -> None:
    (path,) = [page for page in persona_site.pages if page.endswith("/cables/") or "why-a-cable" in page]
    text = persona_site.read(f"{unquote(path)}index.md")
    byline = "By ليلى 王小明 Ørsted, 5 April 2025. Tags: cables, جسور."
    assert text.startswith(f"# Why a cable hangs as it does\n\n{byline}\n")
    assert "<!--" not in text
    assert text.count("$y = a \\cosh(x / a)$") == 1
    assert "Hooke, about 1676, p. 31)" in text
    assert "`[@nobody]`" in text
    assert "    [@not-a-citation]: code" in text
    references = text.partition("\n## References\n")[2]
    assert "*A Description of Helioscopes & \\<Other\\> Instruments*" in references
    assert "\n## Linked entries\n" in references
