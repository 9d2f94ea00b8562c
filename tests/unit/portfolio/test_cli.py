"""``python -m portfolio check``, as a person types it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from portfolio.cli import format_github, format_json, main
from portfolio.core import files
from portfolio.core.diagnostics import Diagnostic
from portfolio.sources import mkdocs_yml
from tests.support import project

GOLDEN = Path(__file__).parents[2] / "golden" / "mistakes"

# Each mapping takes in the one before, a thousand times over.
MERGED = (
    "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 1000)) + "<<: *a999"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a configuration and an empty data folder."""
    (tmp_path / "docs" / "data").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text("site_name: Test\ntheme: material\n", encoding="utf-8")
    return tmp_path


def test_check_reports_all_problems_in_a_single_run(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "career.yml", site / "docs" / "data")
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 1
    printed = capsys.readouterr()
    assert printed.out == (GOLDEN / "problems.txt").read_text(encoding="utf-8")
    assert printed.err == "8 problems.\n"


def test_check_counts_the_entries_of_a_valid_record(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 0
    assert capsys.readouterr().out.startswith("No problems found. Entries: none.")


def test_check_needs_no_folder_for_its_cache(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / ".cache").touch()
    (site / "docs" / "index.md").write_text("# Home\n\n$x^2$\n", encoding="utf-8")
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 0
    assert capsys.readouterr().out.startswith("No problems found. Entries: none.")
    assert (site / ".cache").is_file()


def test_a_file_that_cannot_be_read_has_the_only_line(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = site / "docs" / "data"
    role = "{id: job, company: C, position: P, evidence: [paper]}"
    (data / "career.yml").write_text(f"roles: [{role}]", encoding="utf-8")
    (data / "publications.bib").write_bytes("@misc{paper, title = {Café}}".encode("latin-1"))
    (site / "docs" / "index.md").write_text("# Home\n\nAs in [@paper].\n", encoding="utf-8")
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 1
    name, message = "docs/data/publications.bib", "this is not UTF-8 text (byte 25). Save it as UTF-8."
    assert capsys.readouterr().out == f"{name}:1:1: {message}\n"


def test_check_accepts_the_site_itself() -> None:
    done = project.python(project.ROOT, "-m", "portfolio", "check", env={"PYTHONPATH": "hooks"})
    assert (done.returncode, done.stderr) == (0, "")


def test_check_reports_a_missing_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path / "mkdocs.yml")]) == 1
    assert capsys.readouterr().out.startswith("mkdocs.yml:1:1: there is no such file")


@pytest.mark.parametrize(
    ("text", "data", "posts"),
    [
        ("site_name: T", "docs/data", None),
        ("docs_dir: text\nplugins: [search, {blog: {blog_dir: log}}]", "text/data", "text/log/posts"),
        ("plugins:\n  blog: {post_dir: notes}\n  tags: {}", "docs/data", "docs/notes"),
        ("plugins:\n  - blog:\nx: !ENV [A, b]\ny: !!python/name:a.b", "docs/data", "docs/blog/posts"),
        ("plugins: [blog]\nx: !a {b: c}\ny: 2019-99-99\nz: !!int x", "docs/data", "docs/blog/posts"),
        ("plugins:\n  - blog: {enabled: false}", "docs/data", None),
        ("plugins:\n  - blog: {enabled: !ENV [NOT_THERE, no]}", "docs/data", None),
        ("plugins:\n  - material/blog: {blog_dir: .}", "docs/data", "docs/posts"),
        ("docs_dir: !ENV [NOT_THERE, text]", "text/data", None),
        ("docs_dir: !ENV [NOT_THERE, FOLDER, text]", "elsewhere/data", None),
        ("docs_dir: !ENV NOT_THERE", "docs/data", None),
        ("x: &x {a: 1}\ny: {<<: *x, <<: *x}\nz: 1\nz: 2", "docs/data", None),
        ("INHERIT: base.yml\nplugins: {blog: {post_dir: '{blog}/p'}}", "text/data", "text/log/p"),
        ("INHERIT: sub/more.yml\ndocs_dir: docs", "docs/data", "docs/log/posts"),
        ("docs_dir: text/content", "text/content/data", None),
    ],
)
def test_read_paths_follows_the_configuration(
    tmp_path: Path, text: str, data: str, posts: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER", "elsewhere")
    for folder in ("docs", "text/content", "elsewhere", "sub"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "base.yml").write_text("docs_dir: text\nplugins: {blog: {blog_dir: log}}", encoding="utf-8")
    (tmp_path / "sub" / "more.yml").write_text("INHERIT: ../base.yml", encoding="utf-8")
    config = tmp_path / "mkdocs.yml"
    config.write_text(text, encoding="utf-8")
    paths, problems = mkdocs_yml.read_paths(config)
    assert problems == []
    assert (paths.data, paths.posts) == (tmp_path / data, tmp_path / posts if posts else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docs_dir: [docs]", "mkdocs.yml:1:1: docs_dir: expected the name of a folder as text."),
        (
            "plugins: [blog: {blog_dir: {}}]",
            "mkdocs.yml:1:1: plugins.blog.blog_dir: expected the name of a folder as text.",
        ),
        (
            "plugins: [blog: {post_dir: [a]}]",
            "mkdocs.yml:1:1: plugins.blog.post_dir: expected the name of a folder as text.",
        ),
        (
            'plugins: [blog: {post_dir: "{blog}/posts/{x}"}]',
            "mkdocs.yml:1:1: plugins.blog.post_dir: '{blog}/posts/{x}' contains an unknown placeholder.",
        ),
        ("docs_dir: nowhere", "mkdocs.yml:1:1: docs_dir: there is no folder 'nowhere'."),
        ('docs_dir: "a\\0b"', "mkdocs.yml:1:1: docs_dir: expected the name of a folder as text."),
        ("INHERIT: gone.yml", "gone.yml:1:1: there is no such file."),
        ("INHERIT: mkdocs.yml", "mkdocs.yml:1:1: INHERIT: this configuration inherits from itself."),
        ("INHERIT: []", "mkdocs.yml:1:1: INHERIT: expected the path of a file."),
        ("site_name: A\nINHERIT: []", "mkdocs.yml:2:1: INHERIT: expected the path of a file."),
        ("- a", "mkdocs.yml:1:1: expected a mapping of settings."),
        ("docs_dir: !ENV {a: b}", "mkdocs.yml:1:11: this is not YAML: expected a scalar or sequence node"),
        ("? [a]\n: b", "mkdocs.yml:1:3: a key must be a word."),
        (MERGED, "mkdocs.yml:1:1: this is nested too deeply"),
        ("[" * 5000, "mkdocs.yml:1:51: this is nested too deeply"),
    ],
)
def test_check_reports_an_invalid_configuration(
    site: Path, text: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / "mkdocs.yml").write_text(text, encoding="utf-8")
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(expected)


def test_check_reports_a_configuration_that_is_not_a_text_file(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--config", str(site / "docs")]) == 1
    assert capsys.readouterr().out == "docs:1:1: this is a folder. Only regular files are read.\n"
    (site / "mkdocs.yml").write_bytes("site_name: T".encode("utf-16"))
    assert main(["check", "--config", str(site / "mkdocs.yml")]) == 1
    assert capsys.readouterr().out == "mkdocs.yml:1:1: this is not UTF-8 text (byte 0). Save it as UTF-8.\n"


def test_check_works_through_a_symbolic_link(
    site: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path_factory.mktemp("links") / "link"
    link.symlink_to(site)
    (site / "docs" / "blog" / "posts").mkdir(parents=True)
    (site / "docs" / "blog" / "posts" / "a.md").write_text("Text.", encoding="utf-8")
    (site / "mkdocs.yml").write_text("site_name: T\ntheme: material\nplugins: [blog]", encoding="utf-8")
    assert main(["check", "--config", str(link / "mkdocs.yml")]) == 1
    assert capsys.readouterr().out.startswith("docs/blog/posts/a.md:1:1: ")
    assert (
        files.display_path(link / "docs" / "a.md", mkdocs_yml.project_root(f"{link}/mkdocs.yml"))
        == "docs/a.md"
    )


@given(st.text(max_size=60) | st.text(alphabet="ab:-[]{}&*!<>'\"\n #$é", max_size=60))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_read_paths_returns_paths_or_problems_for_any_configuration(site: Path, text: str) -> None:
    (site / "mkdocs.yml").write_text(f"plugins: [blog]\n{text}", encoding="utf-8")
    paths, problems = mkdocs_yml.read_paths(site / "mkdocs.yml")
    assert paths.root == site
    assert all(problem.path == "mkdocs.yml" for problem in problems)


def test_check_prints_problems_as_json(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "career.yml", site / "docs" / "data")
    config = str(site / "mkdocs.yml")
    assert main(["check", "--config", config, "--format", "json"]) == 1
    problems = json.loads(capsys.readouterr().out)
    lines = [str(Diagnostic(**problem)) for problem in problems]
    assert lines == (GOLDEN / "problems.txt").read_text(encoding="utf-8").splitlines()
    assert problems[1] == {
        "path": "docs/data/career.yml",
        "line": 10,
        "column": 5,
        "field": "roles[1].positoin",
        "message": "unknown key.",
        "hint": problems[1]["hint"],
        "code": "record.unknown-key",
        "severity": "error",
    }
    (site / "docs" / "data" / "career.yml").unlink()
    assert main(["check", "--config", config, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_check_prints_problems_as_github_annotations(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(GOLDEN / "career.yml", site / "docs" / "data")
    assert main(["check", "--config", str(site / "mkdocs.yml"), "--format", "github"]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 8
    assert printed.out.splitlines()[3] == (
        "::error file=docs/data/career.yml,line=16,col=5,title=record.end-before-start"
        "::2012 is before start_date 2015."
    )
    assert printed.err == "8 problems.\n"


DIAGNOSTICS = st.builds(
    Diagnostic,
    path=st.text(min_size=1) | st.text("a/:,%=\r\n", min_size=1),
    line=st.integers(1),
    column=st.integers(1),
    field=st.text(),
    message=st.text() | st.text("a:,%0123456789ABCDEF\r\n"),
    hint=st.text(),
    code=st.text(min_size=1) | st.text("a:,%=", min_size=1),
    severity=st.sampled_from(["error", "warning", "info"]),
)


def unescape(text: str, **escapes: str) -> str:
    """Undo escapeData or escapeProperty of github.com/actions/toolkit, as the runner does."""
    for escape, character in {"0D": "\r", "0A": "\n", **escapes, "25": "%"}.items():
        text = text.replace(f"%{escape}", character)
    return text


@given(DIAGNOSTICS)
def test_format_github_can_be_parsed_back(problem: Diagnostic) -> None:
    command = format_github(problem)
    assert not {"\r", "\n"} & set(command)
    match = re.fullmatch(r"::(?P<level>\w+) (?P<properties>.*?)::(?P<data>.*)", command, re.DOTALL)
    assert match
    properties = {
        name: unescape(value, **{"3A": ":", "2C": ","})
        for name, _, value in (part.partition("=") for part in match["properties"].split(","))
    }
    assert match["level"] == {"error": "error", "warning": "warning", "info": "notice"}[problem.severity]
    assert properties == {
        "file": problem.path,
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.code,
    }
    assert unescape(match["data"]) == f"{problem.message} {problem.hint}".strip()


@given(st.lists(DIAGNOSTICS))
def test_format_json_can_be_parsed_back(problems: list[Diagnostic]) -> None:
    assert [Diagnostic(**problem) for problem in json.loads(format_json(problems))] == problems
