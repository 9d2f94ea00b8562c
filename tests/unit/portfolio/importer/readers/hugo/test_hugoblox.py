"""The record of HugoBlox sites: authors, publications, events and projects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import hugo

AUTHOR = "---\ntitle: Ana Prado\nsuperuser: true\nrole: Professor\n---\n"


def read_site(root: Path, files: Mapping[str, str | bytes]) -> ImportedSite:
    """Write the files of a HugoBlox site with an author, and read them."""
    defaults = {
        "hugo.yaml": "baseURL: https://a.example/\ntaxonomies: {author: authors, tag: tags}\n"
        "permalinks: {authors: '/author/:slug/'}",
        "content/authors/admin/_index.md": AUTHOR,
        "content/publication/_index.md": "---\ntitle: Publications\n---\n",
        "content/project/p/index.md": "---\ntitle: P\ndraft: true\n---\n",
    }
    for name, text in {**defaults, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return hugo.read(InputFiles(root, root), lambda _done, _total: None)


def find_page(site: ImportedSite, title: str) -> ImportedPage:
    return next(page for page in site.pages if page.title == title)


def test_an_author_has_a_page_and_the_record_their_career(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/authors/admin/_index.md": """---
title: Ana Prado
superuser: true
role: Professor
interests: [Tides, Walls]
education:
  courses:
    - {course: PhD in Oceanography, institution: Estuary, year: 2012}
    - {course: Physics, institution: Cape}
work:
  - position: Professor
    company_name: Estuary
    company_url: https://estuary.example/
    date_start: 2018-09-01
    date_end: ''
    summary: "Teaches:\\n- Tides"
skills:
  - {name: Sailing, icon: boat, items: [{name: Ropes, percent: 90}, {name: Knots}]}
languages: [{name: Portuguese, level: native, percent: 100}]
awards:
  - {title: Silver anchor, awarder: Port, date: 2019-05-01, certificate_url: 'https://a.example/c', icon: x}
certifications: [{title: Diver, organization: Sea school, date_start: 2015-02-01}]
pronouns: she/her
social:
  - {icon: github, link: https://code.example/ana}
  - {icon: envelope, link: 'mailto:ana@a.example'}
  - {icon: envelope, link: '/#contact'}
bio: Studies *tides*.
---
She measures water.
""",
            "content/authors/admin/avatar.jpg": b"1",
            "content/authors/rui/_index.md": "---\ntitle: Rui\n---\n",
            "content/post/a.md": "---\ntitle: A\nauthors: [admin, Rui, Eva]\ndate: 2020-01-02\n---\n",
        },
    )
    assert site.authors == [
        ImportedAuthor("Ana Prado", "Professor", "/author/ana-prado/avatar.jpg"),
        ImportedAuthor("Rui"),
    ]
    page = find_page(site, "Ana Prado")
    assert (page.url, page.is_post) == ("/author/ana-prado/", False)
    assert page.body == "She measures water.\n\n## Interests\n\n- Tides\n- Walls\n"
    assert find_page(site, "A").authors == ("Ana Prado", "Rui", "Eva")
    assert [(entry.kind, entry.data) for entry in site.entries] == [
        (
            "education",
            {
                "id": "estuary-phd-oceanography",
                "institution": "Estuary",
                "area": "Oceanography",
                "degree": "PhD",
                "end_date": "2012",
            },
        ),
        ("education", {"id": "cape-physics", "institution": "Cape", "area": "Physics"}),
        (
            "roles",
            {
                "id": "estuary-professor",
                "company": "Estuary",
                "position": "Professor",
                "start_date": "2018-09-01",
                "end_date": "present",
                "summary": "Teaches:",
                "highlights": ["Tides"],
                "url": "https://estuary.example/",
            },
        ),
        (
            "awards",
            {
                "id": "silver-anchor",
                "title": "Silver anchor",
                "awarder": "Port",
                "date": "2019-05-01",
                "url": "https://a.example/c",
            },
        ),
        (
            "certificates",
            {"id": "diver", "name": "Diver", "issuer": "Sea school", "date": "2015-02-01"},
        ),
        ("skills", {"id": "sailing", "name": "Sailing", "keywords": ["Ropes", "Knots"]}),
        ("languages", {"id": "portuguese", "language": "Portuguese", "fluency": "native"}),
        ("interests", {"id": "tides", "name": "Tides"}),
        ("interests", {"id": "walls", "name": "Walls"}),
    ]
    (profile,) = site.profiles
    assert profile.data == {
        "name": "Ana Prado",
        "pronouns": "she/her",
        "headline": "Professor",
        "summary": "Studies *tides*.",
        "picture": "/author/ana-prado/avatar.jpg",
        "email": "ana@a.example",
        "links": [{"link": "https://code.example/ana"}],
    }
    path = "content/authors/admin/_index.md"
    assert [str(problem) for problem in site.problems if problem.path == path] == [
        f"{path}:6:1: education.courses[1]: the field of study is missing, so 'area' has the degree. "
        "Correct it in career.yml.",
    ]


def test_a_publication_becomes_bibtex_of_its_front_matter(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/publication/wall/index.md": """---
title: A wall
authors: [admin, Rui Faria]
date: "2019-06-01T00:00:00Z"
doi: 10.5555/1
publication_types: ["1"]
publication: "In *Conference on Walls*"
abstract: We measure.
url_code: https://code.example/wall
---
More.
""",
            "content/publication/wall/wall.pdf": b"%PDF",
        },
    )
    (bibliography,) = site.bibliographies
    text = " ".join(bibliography.bibtex.split())
    assert text.startswith("@inproceedings{wall,")
    for field in ("title", "author", "booktitle", "date", "doi", "abstract"):
        assert f"{field} " in text
    assert "{Conference on Walls}" in text
    assert "{2019-06-01}" in text
    page = find_page(site, "A wall")
    assert (page.url, page.is_post) == ("/publication/wall/", False)
    assert page.body == (
        "Ana Prado, Rui Faria. In *Conference on Walls*.\n\nWe measure.\n\n"
        "[PDF](/publication/wall/wall.pdf) [Code](https://code.example/wall) "
        "[DOI](https://doi.org/10.5555/1)\n\nMore.\n"
    )
    assert site.lists["/publication/"] == OldList("publications")


def test_the_bibtex_beside_a_publication_is_taken(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/publication/wall/index.md": "---\ntitle: A wall\n---\n",
            "content/publication/wall/cite.bib": "@book{w, title = {A wall}, author = {Prado, Ana}}",
        },
    )
    (bibliography,) = site.bibliographies
    assert bibliography.bibtex.startswith("@book{w,")
    assert bibliography.source.endswith("publication/wall/cite.bib")


def test_an_event_becomes_a_talk(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/event/low/index.md": """---
title: Low water
event: Estuary Days
event_url: https://days.example/
location: Lisbon
summary: Two charts.
abstract: Two charts **disagree**.
date: "2022-05-03T13:00:00Z"
date_end: "2022-05-03T14:00:00Z"
url_slides: https://slides.example/
---
""",
        },
    )
    (talk,) = site.entries
    assert talk.kind == "talks"
    assert talk.data == {
        "id": "low-water",
        "title": "Low water",
        "slides": "https://slides.example/",
        "summary": "Two charts.",
        "appearances": [
            {
                "event": "Estuary Days",
                "date": "2022-05-03",
                "location": "Lisbon",
                "url": "https://days.example/",
            }
        ],
    }
    assert find_page(site, "Low water").body == (
        "[Estuary Days](https://days.example/), Lisbon\n\nTwo charts **disagree**.\n\n"
        "[Slides](https://slides.example/)\n"
    )
    assert site.lists["/event/"] == OldList("talks")


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("url_code: https://code.example/c", {"code": "https://code.example/c"}),
        ("links:\n- {name: Repository, url: https://github.com/a/c}", {"code": "https://github.com/a/c"}),
        ("external_link: https://github.com/a/c", {"code": "https://github.com/a/c"}),
        (
            "external_link: https://c.example/\nurl_video: https://v.example/\ntags: [Tides]",
            {"tags": ["Tides"], "url": "https://c.example/", "video": "https://v.example/"},
        ),
        ("summary: x", {"summary": "x"}),
    ],
)
def test_a_project_becomes_an_entry_with_a_story(
    tmp_path: Path, front: str, expected: dict[str, object]
) -> None:
    text = f"---\ntitle: Clock\ndate: 2020-04-27\n{front}\n---\nIt turns."
    files: dict[str, str | bytes] = {
        "content/project/the-clock/index.md": text,
        "content/project/the-clock/featured.png": b"1",
    }
    site = read_site(tmp_path, files)
    (entry,) = site.entries
    image = {"image": "/project/the-clock/featured.png"}
    assert entry.data == {"id": "the-clock", "name": "Clock", "date": "2020-04-27", **image, **expected}
    page = find_page(site, "Clock")
    assert page.project is entry
    assert page.body.endswith("It turns.\n")


def test_an_author_can_be_data(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/authors/admin/_index.md": "---\ntitle: ''\n---\n",
            "data/authors/me.yaml": """schema: hugoblox/author/v1
slug: me
is_owner: true
name: {display: Dr. Ana Prado, given: Ana, alternate: 安娜, pronouns: she/her}
role: Professor
bio: Studies <span class="no-break">slow water</span>.
affiliations: [{name: Estuary}]
links:
  - {icon: at-symbol, url: 'mailto:ana@a.example', label: E-mail Me}
  - {icon: brands/github, url: https://code.example/ana}
education:
  - {degree: PhD Oceanography, institution: Estuary, start: 2009-09-01, end: 2012-06-30}
experience:
  - {role: Professor, org: Estuary, start: 2018-01-01}
skills: [{name: Sailing, items: [{label: Ropes, level: 5}]}]
languages: [{name: Portuguese, level: 5, label: Native}]
""",
            "content/post/a.md": "---\ntitle: A\nauthors: [me]\ndate: 2020-01-02\n---\n",
        },
    )
    assert find_page(site, "A").authors == ("Dr. Ana Prado",)
    assert [(entry.kind, entry.data) for entry in site.entries] == [
        (
            "roles",
            {
                "id": "estuary-professor",
                "company": "Estuary",
                "position": "Professor",
                "start_date": "2018-01-01",
                "end_date": "present",
            },
        ),
        (
            "education",
            {
                "id": "estuary-phd-oceanography",
                "institution": "Estuary",
                "degree": "PhD",
                "start_date": "2009-09-01",
                "end_date": "2012-06-30",
                "area": "Oceanography",
            },
        ),
        ("skills", {"id": "sailing", "name": "Sailing", "keywords": ["Ropes"]}),
        ("languages", {"id": "portuguese", "language": "Portuguese", "fluency": "Native"}),
    ]
    (profile,) = site.profiles
    assert profile.data == {
        "other_names": ["安娜"],
        "pronouns": "she/her",
        "name": "Dr. Ana Prado",
        "headline": "Professor",
        "summary": "Studies slow water.",
        "email": "ana@a.example",
        "links": [{"link": "https://code.example/ana"}],
    }


def test_the_blocks_of_old_landing_pages_have_entries(tmp_path: Path) -> None:
    site = read_site(
        tmp_path,
        {
            "content/home/experience.md": """+++
widget = "experience"
headless = true
[[experience]]
title = "Captain"
company = "Tall Ships"
date_start = "2019-03-01"
date_end = ""
description = "Sails."
+++
""",
            "content/home/accomplishments.md": """+++
widget = "accomplishments"
headless = true
[[item]]
organization = "Sea school"
organization_url = "https://school.example"
title = "Diver"
certificate_url = "https://school.example/1"
date_start = "2015-02-01"
date_end = ""
+++
""",
            "content/home/skills.md": "---\nwidget: featurette\nfeature: [{name: Ropes, icon: x}]\n---\n",
            "content/home/off.md": "---\nwidget: featurette\nactive: false\nfeature: [{name: No}]\n---\n",
        },
    )
    assert [(entry.kind, entry.data) for entry in site.entries] == [
        (
            "certificates",
            {
                "id": "diver",
                "name": "Diver",
                "issuer": "Sea school",
                "date": "2015-02-01",
                "url": "https://school.example/1",
            },
        ),
        (
            "roles",
            {
                "id": "tall-ships-captain",
                "company": "Tall Ships",
                "position": "Captain",
                "start_date": "2019-03-01",
                "end_date": "present",
                "summary": "Sails.",
            },
        ),
        ("skills", {"id": "ropes", "name": "Ropes"}),
    ]


def test_the_blocks_of_a_landing_page_are_reported(tmp_path: Path) -> None:
    site = read_site(tmp_path, {"content/_index.md": "---\ntitle: ''\nsections: [{block: hero}]\n---\n"})
    assert [str(problem) for problem in site.problems if "landing" in problem.message] == [
        "content/_index.md:3:1: the blocks of this landing page are left out. "
        "Copy the texts that you want to have to a page in docs/."
    ]
