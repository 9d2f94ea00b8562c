"""A kind of entry is declared in two files of the code: the steps of hooks/README.md add one everywhere."""

import json
import re
import shutil
import textwrap
from pathlib import Path

import pytest
import yaml

from tests.support import export_readers, pdf, project, search_index, small_site
from tests.support.built import Built

README = project.ROOT / "hooks" / "README.md"
MODELS, KINDS = (f"hooks/portfolio/record/{name}.py" for name in ("models", "kinds"))

DATA = """\
exhibitions:
  - id: hills
    title: Maps of the hills
    venue: Town museum
    start_date: 2019-05
    end_date: 2019-09
    summary: Forty *hand-drawn* maps.
    url: https://example.org/hills
    related: [engineer]
  - {title: Maps of the sea, date: 2012~}
"""
CAREER = """\
roles:
  - {id: engineer, company: Acme, position: Engineer, start_date: 2018, end_date: present}
"""


def read_recipe() -> tuple[str, str]:
    """Return the model and the declaration of the example in hooks/README.md."""
    recipe = README.read_text(encoding="utf-8").partition("**Add a kind of entry.**")[2]
    model, kind, *_ = re.findall(r"^ *```python\n(.*?)^ *```$", recipe, re.MULTILINE | re.DOTALL)
    return textwrap.dedent(model), textwrap.dedent(kind)


def follow_recipe(root: Path) -> None:
    """Carry out the steps of the recipe in a copy of the project."""
    model, kind = read_recipe()
    with (root / MODELS).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{model}")
    kinds = (root / KINDS).read_text(encoding="utf-8")
    place = '    Kind(\n        "skills",\n'
    assert kinds.count(place) == 1
    added = textwrap.indent(f"{kind.rstrip()},\n", "    ")
    (root / KINDS).write_text(kinds.replace(place, added + place), encoding="utf-8")
    schema = project.python(root, "-m", "portfolio", "schema", env={"PYTHONPATH": "hooks"})
    assert schema.returncode == 0, schema.stderr


def check(root: Path) -> str:
    return project.python(root, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"}).stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A small site with entries of the new kind."""
    files = {
        "docs/data/exhibitions.yml": DATA,
        "docs/data/career.yml": CAREER,
        "docs/exhibitions.md": "---\ntemplate: entries.html\nkind: exhibitions\n---\n# Exhibitions\n",
    }
    root = small_site.create(tmp_path_factory.mktemp("new-kind") / "site", files)
    (root / "hooks").unlink()
    shutil.copytree(project.ROOT / "hooks", root / "hooks", ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".github" / "guide").mkdir(parents=True)
    follow_recipe(root)
    config = root / "mkdocs.yml"
    nav = "nav:\n  - Exhibitions: exhibitions.md\n"
    config.write_text(config.read_text(encoding="utf-8").replace("nav:\n", nav), encoding="utf-8")
    build = project.mkdocs(root, "build", "--strict", "--site-dir", root / "site")
    assert build.returncode == 0, build.stderr
    return Built(root, root / "site")


def test_only_two_files_of_the_code_are_written(site: Built) -> None:
    generated = re.compile(r"hooks/portfolio/schemas/|\.github/guide/reference\.md")
    changed = {
        str(path.relative_to(site.root))
        for path in site.root.glob("hooks/**/*")
        if path.is_file() and "__pycache__" not in path.parts
        if not (original := project.ROOT / path.relative_to(site.root)).exists()
        or original.read_bytes() != path.read_bytes()
    }
    assert {path for path in changed if not generated.match(path)} == {MODELS, KINDS}
    assert site.root.joinpath("overrides").is_symlink()


def test_editors_and_people_learn_its_keys(site: Built) -> None:
    schema = json.loads((site.root / "hooks/portfolio/schemas/exhibitions.schema.json").read_text("utf-8"))
    assert {"title", "venue", "related", "start_date", "id"} <= schema["$defs"]["Exhibition"][
        "properties"
    ].keys()
    assert "Town museum" in (site.root / ".github" / "guide" / "reference.md").read_text(encoding="utf-8")


def test_it_is_on_its_page_and_on_the_timeline(site: Built) -> None:
    for path in ("exhibitions/", "timeline/"):
        page = site.page(path)
        assert page.css_first("#hills") is not None
        assert page.body is not None
        text = " ".join(page.body.text().split())
        for phrase in ("Maps of the hills", "Town museum", "Forty hand-drawn maps.", "about 2012"):
            assert phrase in text, (path, phrase)
    timeline = site.page("timeline/")
    assert "Exhibitions" in [heading.text(strip=True) for heading in timeline.css(".story h2, .story h3")]
    assert timeline.css_first('.chart .mark[href="#hills"]') is not None


def test_both_ends_of_a_link_show_it(site: Built) -> None:
    role = site.page("timeline/").css_first("#engineer")
    assert role is not None
    assert role.parent is not None
    assert role.parent.css_first('a[href$="exhibitions/#hills"]') is not None
    entry = site.page("exhibitions/").css_first("#hills")
    assert entry is not None
    assert entry.parent is not None
    assert entry.parent.css_first('a[href$="timeline/#engineer"]') is not None


def test_search_and_other_formats_have_it(site: Built) -> None:
    assert search_index.read(site.site)["exhibitions/#hills"]["meta"]["title"] == "Maps of the hills"
    for reader, text in pdf.texts((site.site / "cv.pdf").read_bytes()).items():
        for phrase in ("Exhibitions", "Maps of the hills", "Town museum", "Maps of the sea", "about 2012"):
            assert pdf.find(text, phrase) >= 0, (reader, phrase)
    hills, sea = json.loads(site.read("resume.json"))["projects"]
    assert hills == {
        "name": "Maps of the hills",
        "description": "Forty hand-drawn maps.",
        "highlights": ["Town museum"],
        "startDate": "2019-05",
        "endDate": "2019-09",
        "url": "https://example.org/hills",
        "type": "Exhibitions",
    }
    assert sea == {"name": "Maps of the sea", "type": "Exhibitions"}
    assert yaml.safe_load(site.read("cv.yaml"))["cv"]["sections"]["Exhibitions"] == [
        {
            "name": "Maps of the hills",
            "url": "https://example.org/hills",
            "summary": "Forty *hand-drawn* maps.",
            "highlights": ["Town museum"],
            "start_date": "2019-05",
            "end_date": "2019-09",
        },
        {"name": "Maps of the sea", "date": "about 2012"},
    ]
    titles = {"exhibitions": "Exhibitions"}
    for exported in (
        export_readers.read_resume(site.read("resume.json"), titles),
        export_readers.read_cv(site.read("cv.yaml"), titles),
    ):
        assert [entry.names for entry in exported["exhibitions"]] == [
            ("Maps of the hills",),
            ("Maps of the sea",),
        ]
    for name in ("exhibitions/index.md", "cv/index.md", "timeline/index.md"):
        text = site.read(name)
        assert "Maps of the hills" in text, name
        assert "Maps of the sea" in text, name


def test_mistakes_are_reported(site: Built) -> None:
    data = site.root / "docs" / "data" / "exhibitions.yml"
    try:
        data.write_text(DATA.replace("venue:", "venu:").replace("2012~", "soon"), encoding="utf-8")
        output = check(site.root)
    finally:
        data.write_text(DATA, encoding="utf-8")
    assert re.findall(
        r"^docs/data/exhibitions\.yml:(\S+): (exhibitions\S+): (.+?\.)(?= )", output, re.MULTILINE
    ) == [
        ("4:5", "exhibitions[0].venu", "unknown key."),
        ("10:30", "exhibitions[1].date", "'soon' is not a date: it does not have the form of a date."),
    ]
    assert "Did you mean 'venue'?" in output
