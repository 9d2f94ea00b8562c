"""The examples in README.md and the guides work when they are pasted into a site."""

import os
import re
import shutil
import textwrap
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from portfolio import cli
from portfolio.importer.readers import READERS
from portfolio.importer.report import GROUPS
from portfolio.record.kinds import KINDS, PUBLICATIONS_FILE, SECTIONS_FILE
from portfolio.record.models import OwnSection
from portfolio.record.people import ProfileDetails
from tests.support import images, project, small_site
from tests.support.builder import Builder

DOCUMENTS = [project.ROOT / "README.md", *sorted((project.ROOT / ".github" / "guide").glob("*.md"))]
CONTRIBUTING = project.ROOT / "CONTRIBUTING.md"
RECORD = project.ROOT / ".github" / "guide" / "record.md"
SETTINGS = project.ROOT / ".github" / "guide" / "settings.md"
MOVING_IN = project.ROOT / ".github" / "guide" / "moving-in.md"
_EXAMPLE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_DATA_FILES = {kind.name: kind.file for kind in KINDS} | {"sections": SECTIONS_FILE}
_IMAGE = re.compile(r"^ *(?:image|picture): (\S+)$", re.MULTILINE)
_TARGETS = set(re.findall(r"^([\w-]+):", (project.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def find_examples(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return [match["text"] for match in _EXAMPLE.finditer(text) if match["language"] == language]


def collect_files(document: Path) -> tuple[dict[str, str], str]:
    """Return the files of a site that has all examples of a document, and its options."""
    files: dict[str, str] = defaultdict(str)
    options = ""
    for number, text in enumerate(find_examples(document, "markdown")):
        is_page = "\ntemplate: " in text
        files[f"docs/{'page' if is_page else 'musings/posts/example'}-{number}.md"] = text
    for text in find_examples(document, "bibtex"):
        files["docs/data/publications.bib"] += text
    for text in find_examples(document, "typst"):
        # Its first line is a comment with its path.
        files[text.splitlines()[0].removeprefix("// ")] = text
    for text in find_examples(document, "yaml"):
        keys = yaml.safe_load(text).keys()
        if keys <= _DATA_FILES.keys():
            name = f"docs/data/{_DATA_FILES[min(keys)]}"
            assert name not in files, f"two examples are {name}"
            files[name] = text
        elif keys <= ProfileDetails.model_fields.keys():
            files["docs/data/profile.yml"] = text
        elif keys == {"extra"}:
            options += textwrap.dedent(text.partition("  portfolio:\n")[2])
    return files, options


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_examples_build_without_a_problem(
    document: Path, builder: Builder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, options = collect_files(document)
    if not files and not options:
        assert document.name in {"README.md", "reference.md", "moving-in.md"}
        return
    root = small_site.create(tmp_path / "site", files, options)
    for name in _IMAGE.findall("".join(files.values())):
        path = root / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(images.photograph(400, 300, "PNG" if path.suffix == ".png" else "JPEG"))
    before = Path.cwd()
    os.chdir(root)
    try:
        assert cli.main(["check"]) == 0, capsys.readouterr().out
    finally:
        os.chdir(before)
    assert builder.build(root / "mkdocs.yml", strict=True) == (0, [])


@pytest.mark.parametrize("document", [*DOCUMENTS, CONTRIBUTING], ids=lambda path: path.stem)
def test_commands_exist(document: Path) -> None:
    commands = re.findall(r"(?:^|`|\[)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(commands) <= _TARGETS


def test_the_table_of_files_has_every_kind_with_its_required_keys() -> None:
    table = RECORD.read_text(encoding="utf-8").partition("| file |")[2].partition("\n\n")[0]
    file, rows = "", []
    for cells in re.findall(r"^\| (.*?) ?\| (.*?) ?\| (.*?) ?\|$", table, re.MULTILINE):
        file = cells[0].strip("`") or file
        rows.append((file, tuple(re.findall(r"`(\w+)`", cells[2]))))
    models = [(kind.file, kind.model) for kind in KINDS if kind.file != PUBLICATIONS_FILE]
    for name, model in (*models, (SECTIONS_FILE, OwnSection)):
        required = {key for key, field in model.model_fields.items() if field.is_required()}
        assert required in [set(keys) for row, keys in rows if row == name], name
    assert {kind.file for kind in KINDS} <= {row for row, _ in rows}


def test_a_site_without_the_content_of_the_clone_needs_only_a_new_home_page_and_no_aliases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project.copy(tmp_path / "project")
    (line,) = (text for text in find_examples(DOCUMENTS[0], "sh") if text.startswith("git rm"))
    for name in line.removeprefix("git rm -r ").split():
        path = root / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    monkeypatch.chdir(root)
    assert cli.main(["check"]) == 1
    assert {problem.partition(":")[0] for problem in capsys.readouterr().out.splitlines()} == {
        "docs/index.md",
        "mkdocs.yml",
    }
    settings = root / "mkdocs.yml"
    text, count = re.subn(r"    aliases:.*\n(?:      .*\n)+", "", settings.read_text(encoding="utf-8"))
    assert count == 1
    settings.write_text(text, encoding="utf-8")
    home = root / "docs" / "index.md"
    head, _, _ = home.read_text(encoding="utf-8").rpartition("---\n")
    home.write_text(f"{head}---\nI build bridges.\n", encoding="utf-8")
    assert cli.main(["check"]) == 0, capsys.readouterr().out


def test_each_kind_of_source_has_a_section() -> None:
    text = MOVING_IN.read_text(encoding="utf-8")
    headings = [heading.lower().replace(" ", "-") for heading in re.findall(r"^### (.+)", text, re.MULTILINE)]
    assert [
        reader.name for reader in READERS if not any(reader.name in heading for heading in headings)
    ] == []


def test_each_group_of_the_report_is_explained() -> None:
    rows = re.findall(r"^\| ([A-Z][\w ]+) \|", MOVING_IN.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(GROUPS.values()) <= set(rows)


def test_the_example_for_gitlab_publishes_the_built_site() -> None:
    (text,) = (example for example in find_examples(SETTINGS, "yaml") if "pages:" in example)
    job = yaml.safe_load(text)["pages"]
    version = (project.ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert job["image"] == f"python:{version}"
    assert job["script"] == ["make build", "mv site public"]
    assert job["artifacts"] == {"paths": ["public"]}
