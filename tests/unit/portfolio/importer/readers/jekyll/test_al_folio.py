"""What the reader of al-folio sites makes of its record, projects, news and distill posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedEntry, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import READERS
from portfolio.importer.readers.jekyll import al_folio

Read = Callable[[Mapping[str, str]], ImportedSite]
CONFIG = (
    "url: https://a.example\ninclude: [_pages]\ncollections: {news: {output: true}, projects: {output: "
    "true}}\n"
)
BIB = "---\n---\n@article{one2020,\n  title={One},\n  author={Marsh, Ines},\n  year={2020}\n}\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_files(files: Mapping[str, str]) -> ImportedSite:
        root = tmp_path / "source"
        for path, text in {"_config.yml": CONFIG, "_layouts/a.liquid": "", **files}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        return al_folio.read(InputFiles(root, tmp_path), lambda _done, _total: None)

    return read_files


def read_page(read: Read, path: str, text: str, **files: str) -> ImportedPage:
    site = read({path: text, **files})
    return next(page for page in site.pages if page.source.endswith(path))


def problems_of(page: ImportedPage) -> list[str]:
    return [f"{problem.severity} {problem.line}: {problem.message}" for problem in page.problems]


def test_the_registry_has_the_reader(tmp_path: Path) -> None:
    for path in ("_config.yml", "_layouts/post.liquid", "_bibliography/papers.bib", "_pages/about.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
    files = InputFiles(tmp_path, tmp_path)
    found = [
        reader.name
        for reader in READERS
        if reader.name in ("al-folio", "jekyll") and reader.load().detect(files)
    ]
    assert found == ["al-folio", "jekyll"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('A claim <d-cite key="a2020"></d-cite>.', "A claim [@a2020]."),
        ('Claims <d-cite key="a2020,b"></d-cite>.', "Claims [@a2020; @b]."),
        ("A claim {% cite a2020 b -p 3 %}.", "A claim [@a2020; @b, p. 3]."),
        ("{% reference a2020 %}", "[@a2020]"),
        (
            "One.<d-footnote>Note *one* <b>x</b>.</d-footnote> Two.<d-footnote>Note two.</d-footnote>",
            "One.[^note-1] Two.[^note-2]\n\n[^note-1]: Note \\*one\\* **x**.\n\n[^note-2]: Note two.",
        ),
        ("Inline <d-math>x^2</d-math> and `$$x$$`: $$y$$", "Inline $x^2$ and `$$x$$`: $y$"),
        ("<d-math block>\nx^2\n</d-math>", "$$\nx^2\n$$"),
        ('See <d-code language="html">let x &lt; 10;</d-code>.', "See `let x < 10;`."),
        (
            '<d-code block language="javascript">\n  x;\n\n  y;\n</d-code>',
            "``` javascript\n  x;\n\n  y;\n```",
        ),
        (
            "{% details A *caption* %}\nMath $$x$$.\n{% enddetails %}",
            '<details markdown="1">\n\n<summary>A *caption*</summary>\n\nMath $x$.\n\n</details>',
        ),
        (
            "{% tabs log %}\n{% tab log A b %}\none\n{% endtab %}\n{% tab log C %}\ntwo\n{% endtab "
            "%}\n{% endtabs %}",
            "**A b**\n\none\n\n**C**\n\ntwo",
        ),
        ("{% twitter https://t.example/1 %}", "<https://t.example/1>"),
        ("{% bibliography --cited %}text", "text"),
    ],
)
def test_notations(read: Read, body: str, expected: str) -> None:
    page = read_page(read, "_posts/2020-01-01-a.md", f"---\n---\n{body}\n")
    assert (page.body, problems_of(page)) == (f"{expected}\n", [])


def test_figures_and_their_caption(read: Read) -> None:
    page = read_page(
        read,
        "_posts/2020-01-01-a.md",
        '---\n---\n<div class="row">\n  <div class="col">\n    {% include figure.liquid '
        'path="assets/img/a.png" '
        'class="img-fluid" alt="An a" zoomable=true %}\n  </div>\n</div>\n<div class="caption">\n  '
        "Its caption.\n</div>\n",
        **{"assets/img/a.png": ""},
    )
    assert (page.body, problems_of(page)) == ("![An a](/assets/img/a.png)\n\nIts caption.\n", [])


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (
            '{% jupyter_notebook "assets/a.ipynb" %}',
            ["warning 3: a notebook cannot be part of a post, so it becomes a link."],
        ),
        (
            "{% bibliography -f papers %}",
            ["warning 3: the list of publications here is left out; this site has a page of them."],
        ),
        ("{% cite %}", ["error 3: cite names no key."]),
    ],
)
def test_problems(read: Read, body: str, problems: list[str]) -> None:
    page = read_page(read, "_posts/2020-01-01-a.md", f"---\n---\n{body} text\n")
    assert problems_of(page) == problems


def test_works_that_a_distill_post_cites(read: Read) -> None:
    text = '---\nlayout: distill\nbibliography: a.bib\n---\nA <d-cite key="one2020"></d-cite>.\n'
    site = read({"_posts/2020-01-01-a.md": text, "assets/bibliography/a.bib": BIB})
    assert [(works.source, works.is_own) for works in site.bibliographies] == [
        ("source/assets/bibliography/a.bib", False)
    ]
    assert problems_of(site.pages[0]) == []


def test_a_bibliography_that_is_missing(read: Read) -> None:
    text = '---\nlayout: distill\nbibliography: a.bib\n---\nA <d-cite key="k"></d-cite>.\n'
    page = read_page(read, "_posts/2020-01-01-a.md", text)
    assert problems_of(page) == [
        "error 3: there is no file assets/bibliography/a.bib with the works that this cites."
    ]


def test_news_become_posts(read: Read) -> None:
    site = read(
        {
            "_news/one.md": "---\ndate: 2020-01-01\ninline: true\n---\nWe *won* a [prize](/x)! More text.\n",
            "_news/two.md": "---\ntitle: Two\ndate: 2020-01-02\n---\nText.\n",
            "_pages/news.md": "---\npermalink: /news/\n---\n{% include news.liquid %}\n",
        }
    )
    assert [(page.title, page.is_post, page.categories, page.url) for page in site.pages] == [
        ("We won a prize!", True, ("News",), "/news/one.html"),
        ("Two", True, ("News",), "/news/two.html"),
    ]
    assert site.lists == {"/news/": OldList("category", "News")}


def test_projects_become_entries_with_a_story(read: Read) -> None:
    tool = (
        "---\ntitle: A tool\ndescription: It *works*.\nimg: assets/img/a.png\ncategory: work\n"
        "github: https://github.com/a/b\n---\nText.\n"
    )
    site = read(
        {
            "assets/img/a.png": "",
            "_projects/1_tool.md": tool,
            "_projects/study.md": "---\ntitle: A study\n---\nText.\n",
            "_projects/away.md": "---\ntitle: Away\nredirect: https://away.example\n---\n",
        }
    )
    values = {
        "id": "1_tool",
        "name": "A tool",
        "summary": "It \\*works\\*.",
        "tags": ["work"],
        "image": "/assets/img/a.png",
        "code": "https://github.com/a/b",
    }
    away = {"id": "away", "name": "Away", "url": "https://away.example"}
    assert site.entries == [
        ImportedEntry("projects", values, "source/_projects/1_tool.md"),
        ImportedEntry("projects", away, "source/_projects/away.md"),
        ImportedEntry("projects", {"id": "study", "name": "A study"}, "source/_projects/study.md"),
    ]
    assert [(page.title, page.url, page.project) for page in site.pages] == [
        ("A tool", "/projects/1_tool.html", site.entries[0]),
        ("A study", "/projects/study.html", site.entries[2]),
    ]
    assert site.lists == {"/projects/away.html": OldList("projects")}


def test_the_list_of_projects_is_replaced_by_that_of_this_site(read: Read) -> None:
    body = (
        "<!-- cards -->\n{%- for category in page.display_categories %}\n<h2>{{ category }}</h2>\n"
        "{%- assign sorted_projects = site.projects | sort: 'importance' -%}\n{% endfor %}\n"
    )
    files = {"_projects/a.md": "---\ntitle: A\n---\nText.\n"}
    files["_pages/projects.md"] = f"---\npermalink: /projects/\n---\n{body}"
    files["_pages/more.md"] = f"---\npermalink: /more/\n---\nMy work.\n\n{body}"
    site = read(files)
    assert site.lists == {"/projects/": OldList("projects")}
    assert [page.url for page in site.pages] == ["/more/", "/projects/a.html"]


def test_repositories_become_software_and_the_owner_a_profile(read: Read) -> None:
    site = read(
        {
            "_config.yml": CONFIG + "first_name: Ines\nlast_name: Marsh\ntwitter_username: x\n",
            "_pages/about.md": "---\ntitle: about\npermalink: /\nsubtitle: <b>Ecologist</b>\nprofile: "
            "{image: me.png}\n---\nMe.\n",
            "_data/repositories.yml": "github_users: [ines]\ngithub_repos: [ines/reeds]\n"
            "repo_description_lines_max: 2\n",
            "_data/socials.yml": "cv_pdf: /a.pdf\nemail: ines@marsh.example\norcid_id: 0000-0001-0000-0009\n"
            "mastodon_username: social.example/@ines\nosf_id: abc\n"
            "map: {title: Map, url: 'https://map.example'}\n",
        }
    )
    values = {"id": "reeds", "name": "reeds", "url": "https://github.com/ines/reeds"}
    assert site.entries == [ImportedEntry("software", values, "source/_data/repositories.yml", 2)]
    (profile,) = site.profiles
    assert profile.data == {
        "name": "Ines Marsh",
        "headline": "Ecologist",
        "picture": "/assets/img/me.png",
        "email": "ines@marsh.example",
        "links": [
            {"name": "GitHub", "link": "https://github.com/ines"},
            {"name": "ORCID", "link": "https://orcid.org/0000-0001-0000-0009"},
            {"link": "https://social.example/@ines"},
            {"name": "Map", "link": "https://map.example"},
        ],
    }
    assert [str(problem) for problem in site.problems if problem.severity == "warning"] == [
        "source/_data/socials.yml:5:1: osf_id: the record has no field for osf_id: left out."
    ]


def test_pages_of_the_record_and_of_menus(read: Read) -> None:
    site = read(
        {
            "_pages/publications.md": "---\npermalink: /p/\n---\n<div>\n{% bibliography %}\n</div>\n",
            "_pages/cv.md": "---\nlayout: cv\npermalink: /cv/\n---\n",
            "_pages/menu.md": "---\ntitle: menu\ndropdown: true\nchildren: [{title: a, permalink: "
            "/a/}, {title: divider}]\n---\n",
            "_pages/about.md": "---\ntitle: about\npermalink: /\nprofile: {image: me.png, more_info: "
            "<p>Room 1</p>}\n---\nMe.\n",
        }
    )
    assert site.old_urls == {"/p/", "/cv/"}
    assert [(page.title, page.url, page.image, page.body) for page in site.pages] == [
        ("about", "/", "/assets/img/me.png", "Me.\n\nRoom 1\n"),
        ("menu", "/_pages/menu.html", "", "- [a](/a/)\n"),
    ]
    assert {problem.severity for problem in site.problems} == {"info"}


def test_a_bibliography(read: Read) -> None:
    fields = (
        "  html={https://a.example/one},\n  pdf={one.pdf},\n  slides={gone.pdf},\n  preview={a.png},\n  "
        "bibtex_show={true},\n"
    )
    site = read(
        {"_bibliography/papers.bib": BIB.replace("  year", f"{fields}  year"), "assets/pdf/one.pdf": ""}
    )
    (bibliography,) = site.bibliographies
    values = dict(re.findall(r"^  (\w+) += \{(.*)\},$", bibliography.bibtex, re.MULTILINE))
    assert [values.get(name) for name in ("url", "html", "pdf", "slides")] == [
        "https://a.example/one",
        None,
        "assets/pdf/one.pdf",
        "gone.pdf",
    ]
    assert site.linked_files == {"/assets/pdf/one.pdf"}
    assert [str(problem) for problem in site.problems] == [
        "source/_bibliography/papers.bib:1:1: this site does not show bibtex_show and preview of a "
        "bibliography."
    ]


@pytest.mark.parametrize(
    ("files", "company", "problems"),
    [
        ({"_data/cv.yml": "cv"}, "From cv", []),
        ({"assets/json/resume.json": "resume"}, "From resume", []),
        (
            {"_data/cv.yml": "cv", "assets/json/resume.json": "resume"},
            "From cv",
            [
                "source/assets/json/resume.json: the old site shows its CV from another file, so "
                "this is not imported."
            ],
        ),
        (
            {
                "_data/cv.yml": "cv",
                "assets/json/resume.json": "resume",
                "_pages/cv.md": "---\nlayout: cv\ncv_format: jsonresume\n---\nText.\n",
            },
            "From resume",
            ["source/_data/cv.yml: the old site shows its CV from another file, so this is not imported."],
        ),
        (
            {
                "_data/cv.yml": "cv",
                "assets/json/resume.json": "resume",
                "_config.yml": f"{CONFIG}jekyll_get_json: [{{data: resume, json: resume.json}}]\n",
            },
            "From resume",
            ["source/_data/cv.yml: the old site shows its CV from another file, so this is not imported."],
        ),
    ],
)
def test_the_cv_that_the_site_shows(
    read: Read, files: dict[str, str], company: str, problems: list[str]
) -> None:
    texts = {
        "cv": "cv:\n  name: Ines\n  sections:\n    experience:\n      - {company: From cv, position: "
        "A, start_date: 2019}\n",
        "resume": '{"work": [{"name": "From resume", "position": "A", "startDate": "2019"}]}',
    }
    site = read({path: texts.get(text, text) for path, text in files.items()})
    assert [entry.data["company"] for entry in site.entries] == [company]
    found = [
        f"{problem.path}: {problem.message}" for problem in site.problems if "shows its CV" in problem.message
    ]
    assert found == problems


def test_a_cv_in_the_format_of_al_folio(read: Read) -> None:
    cv = """- title: General Information
  type: map
  contents:
    - {name: Full Name, value: Ines Marsh}
- title: Education
  type: time_table
  contents:
    - {title: PhD, institution: Example University, department: Ecology, year: 2010 - 2014}
    - title: BSc
      institution: Other University
      year: 2009
      description: [Physics & *more*]
- title: Experience
  type: time_table
  contents:
    - {title: Ecologist, institution: Example Institute, location: Reed Street, year: 2015 - now, color: red}
"""
    site = read({"_data/cv.yml": cv})
    assert [(entry.kind, entry.line, entry.data) for entry in site.entries] == [
        (
            "education",
            8,
            {
                "id": "example-university-phd-ecology",
                "institution": "Example University",
                "area": "Ecology",
                "degree": "PhD",
                "date": "2010/2014",
            },
        ),
        (
            "education",
            9,
            {
                "id": "other-university-bsc",
                "institution": "Other University",
                "area": "BSc",
                "date": "2009",
                "highlights": ["Physics & \\*more\\*"],
            },
        ),
        (
            "roles",
            16,
            {
                "id": "example-institute-ecologist",
                "company": "Example Institute",
                "position": "Ecologist",
                "location": "Reed Street",
                "date": "2015/..",
            },
        ),
    ]
    assert [f"{problem.line}: {problem.message}" for problem in site.problems] == [
        "9: the field of study is missing, so 'area' has the degree.",
        "16: the record has no field for color: left out.",
    ]
