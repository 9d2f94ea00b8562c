"""The examples in README.md and the guides work when they are pasted into a site."""

import os
import re
import textwrap
from pathlib import Path

import pytest
import yaml

from portfolio import cli
from portfolio.importer.readers import READERS
from portfolio.importer.report import GROUPS
from tests.support import project, small_site
from tests.support.builder import Builder

DOCUMENTS = [project.ROOT / "README.md", *sorted((project.ROOT / ".github" / "guide").glob("*.md"))]
CONTRIBUTING = project.ROOT / "CONTRIBUTING.md"
SETTINGS = project.ROOT / ".github" / "guide" / "settings.md"
MOVING_IN = project.ROOT / ".github" / "guide" / "moving-in.md"
_EXAMPLE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_DATA_FILES = {"roles": "career", "education": "career", "talks": "talks", "software": "software"}
_TARGETS = set(re.findall(r"^([\w-]+):", (project.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def find_examples(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return [match["text"] for match in _EXAMPLE.finditer(text) if match["language"] == language]


def collect_files(document: Path) -> tuple[dict[str, str], str]:
    """Return the files of a site that has all examples of a document, and its options."""
    files, options = {}, ""
    for number, text in enumerate(find_examples(document, "markdown")):
        files[f"docs/musings/posts/example-{number}.md"] = text
    for text in find_examples(document, "bibtex"):
        files["docs/data/publications.bib"] = files.get("docs/data/publications.bib", "") + text
    for text in find_examples(document, "yaml"):
        keys = yaml.safe_load(text).keys()
        if keys <= _DATA_FILES.keys():
            files[f"docs/data/{_DATA_FILES[min(keys)]}.yml"] = text
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
