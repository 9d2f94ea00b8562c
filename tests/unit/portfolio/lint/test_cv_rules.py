"""The options of CVs that do not fit the record or the files of the site, each as one line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portfolio.config import load_site, site_profile
from portfolio.core.cache import FileCache
from portfolio.lint.cv_rules import check_typeset_cvs
from portfolio.sources import mkdocs_yml
from tests.unit.portfolio import records
from tests.unit.portfolio.lint.test_check import CONFIGURATION, check_lines

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FILES = {
    "docs/data/talks.yml": "talks: [{id: search, title: Search, selected: true}, {id: index, title: I}]\n",
    "docs/data/skills.yml": "skills: [{name: Code, keywords: [C]}]\n",
    "docs/data/sections.yml": "sections: [{id: press, title: Press, entries: [{name: Interview}]}]\n",
}
KINDS = (
    "roles, education, projects, publications, patents, talks, software, teaching, grants, awards, "
    "certificates, service, skills, languages, interests, press"
)


def configuration(options: str) -> str:
    lines = "".join(f"      {line}\n" for line in options.splitlines())
    return CONFIGURATION.replace(
        "extra: {portfolio: {other_hosts: [Images.example]}}\n",
        f"extra:\n  portfolio:\n    other_hosts: [Images.example]\n    cv:\n{lines}",
    )


def cv_lines(root: Path, options: str, files: dict[str, str] | None = None) -> list[str]:
    """What is wrong with CVs, with the lines of their options counted from 1."""
    settings = configuration(options)
    above = settings.partition("    cv:\n")[0].count("\n") + 1
    lines = check_lines(root, {"mkdocs.yml": settings, **FILES, **(files or {})})
    numbered = []
    for line in lines:
        path, number, rest = line.split(":", 2)
        numbered.append(f"{int(number) - above}:{rest}" if path == "mkdocs.yml" else line)
    return [line.replace("extra.portfolio.cv.", "") for line in numbered]


def test_valid_options(tmp_path: Path) -> None:
    options = (
        "cv.pdf:\n"
        "papers/resume.pdf: {sections: [press, roles: Work, skills, patents, talks], entries: [selected, job,"
        " interview], paper: letter, design: compact}"
    )
    assert cv_lines(tmp_path, options) == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            "a.pdf: {sections: [roles, tlks]}",
            f"1:33: a.pdf.sections[1]: there is no kind of entries 'tlks'. Did you mean 'talks'? "
            f"Accepted: {KINDS}.",
        ),
        (
            "a.pdf: {sections: [posts]}",
            f"1:26: a.pdf.sections[0]: a CV has no posts. Accepted: {KINDS}.",
        ),
        ("a.pdf: {sections: [roles, roles: Work]}", "1:33: a.pdf.sections[1]: 'roles' is listed twice."),
        (
            "a.pdf: {sections: [talks, roles], entries: selected}",
            "1:33: a.pdf.sections[1]: no entry of roles is selected. Write 'selected: true' in some, add "
            "their ids to 'entries', or leave the section out.",
        ),
        ("a.pdf: {entries: [jbo]}", "1:25: a.pdf.entries[0]: there is no 'jbo'. Did you mean 'job'?"),
        (
            "a.pdf: {entries: selcted}",
            "1:15: a.pdf.entries: there is no 'selcted'. Did you mean 'selected'?",
        ),
        (
            "a.pdf: {sections: [roles], entries: [job, index]}",
            "1:49: a.pdf.entries[1]: 'index' is one of the talks, which 'sections' leaves out.",
        ),
        (
            "a.pdf: {design: docs/data/cv.typ}",
            "1:15: a.pdf.design: there is no file 'docs/data/cv.typ'. Did you mean 'docs/data/mine/cv.typ'?",
        ),
        (
            "a.pdf: {design: docs/index.typ}",
            "1:15: a.pdf.design: 'docs/index.typ' is not in docs/data. Put the template there, beside the "
            "record: it is not published.",
        ),
        (
            "a.pdf: {design: docs/data/mine/packages.typ}",
            "docs/data/mine/packages.typ:2:9: '@preview/cetz:0.3.4' is a package of the network, which a "
            "build does not use. Copy what you need of it into a file beside the template, and import that.",
        ),
        (
            "a.pdf: {picture: true}",
            "1:15: a.pdf.picture: the profile has no picture. Write its path in docs/data/profile.yml.",
        ),
        (
            "a.pdf:\nA.SVG.pdf:\nfiles/a.pdf:",
            "3:7: files/a.pdf: 'files/A.pdf' has the same path on the site. Give this CV another name.",
        ),
        (
            "cname/a.pdf:",
            "1:7: cname/a.pdf: 'CNAME' has the same path on the site. Give this CV another name.",
        ),
    ],
)
def test_invalid_options(tmp_path: Path, options: str, problem: str) -> None:
    files = {
        "docs/data/mine/cv.typ": "",
        "docs/data/mine/packages.typ": '// #import "@preview/old:1.0.0"\n#import "@preview/cetz:0.3.4"\n',
        "docs/files/A.pdf": "",
        "docs/CNAME": "",
    }
    assert cv_lines(tmp_path, options, files) == [problem]


def test_a_cv_without_a_selected_entry(tmp_path: Path) -> None:
    talks = {"docs/data/talks.yml": "talks: [{id: search, title: Search}]\n"}
    assert cv_lines(tmp_path, "a.pdf: {entries: selected}", talks) == [
        "1:15: a.pdf.entries: no entry has 'selected: true'. Write it in some."
    ]


def test_nothing_is_missing_in_a_record_that_cannot_be_read(tmp_path: Path) -> None:
    settings = configuration("a.pdf: {sections: [press], entries: [interview]}")
    records.write(tmp_path, {"mkdocs.yml": settings, "docs/data/sections.yml": "sections: [\n"})
    paths, _ = mkdocs_yml.read_paths(tmp_path / "mkdocs.yml")
    problems = load_site(paths, tmp_path / "mkdocs.yml")[1]
    assert [problem.path for problem in problems] == ["docs/data/sections.yml"]


def test_without_pdfs_their_options_are_not_checked(tmp_path: Path) -> None:
    options = "a.pdf: {entries: [gone]}\n"
    settings = configuration(options).replace("    cv:\n", "    exports: {cv_pdf: false}\n    cv:\n")
    assert check_lines(tmp_path, {"mkdocs.yml": settings}) == []


def typeset_lines(root: Path, options: str, files: dict[str, str]) -> list[str]:
    config = root / "mkdocs.yml"
    records.write(root, {"mkdocs.yml": configuration(options), **FILES, **files})
    paths, _ = mkdocs_yml.read_paths(config)
    site, problems = load_site(paths, config)
    assert problems == []
    profile = site_profile(mkdocs_yml.read_settings(config), site.options, site.details)
    return list(map(str, check_typeset_cvs(site, paths, config, profile, FileCache(root / ".cache"))))


def test_typesetting_finds_too_many_pages_and_faults_of_templates(tmp_path: Path) -> None:
    options = (
        "a.pdf:\nb.pdf: {pages: 1}\nc.pdf: {pages: 1, sections: talks}\nd.pdf: {design: docs/data/d.typ}"
    )
    roles = "".join(f"- {{id: r{n}, company: C, position: P, summary: {'Work. ' * 60}}}\n" for n in range(9))
    files = {"docs/data/career.yml": f"roles:\n{roles}", "docs/data/d.typ": "#let a = 1\n#b\n"}
    first = typeset_lines(tmp_path, options, files)
    assert [line.partition(": ")[2] for line in first] == [
        "extra.portfolio.cv.b.pdf.pages: b.pdf has 2 pages. Select fewer entries or sections, or write "
        "'design: compact'.",
        "unknown variable: b.",
    ]
    assert first[1].startswith("docs/data/d.typ:2:2: ")
    assert typeset_lines(tmp_path, options, files) == first
