"""A new owner changes `mkdocs.yml` and `docs/`, and nothing else."""

import re
from pathlib import Path

import pytest
import yaml

from portfolio.sources import bibtex
from tests.support import persona, project

# The tests that depend on the owner, without this file, which would run itself.
_SITE_TESTS = (
    "tests/build/test_html.py",
    "tests/build/test_build.py",
    "tests/unit/portfolio/sources/test_json_schema.py",
    "tests/unit/portfolio/test_cli.py",
    "tests/browser",
    # They test the site of the test persona, or a page that an owner need not have.
    "--ignore=tests/browser/test_consent.py",
    "--ignore=tests/browser/test_elements.py",
)


@pytest.mark.thorough
def test_site_tests_pass_for_another_owner(tmp_path: Path) -> None:
    root = persona.copy(tmp_path / "project")
    # Installed packages are linked, not copied.
    (root / "tests" / "node_modules").symlink_to(project.ROOT / "tests" / "node_modules")
    run = project.python(root, "-m", "pytest", "-q", "-p", "no:cacheprovider", *_SITE_TESTS, seconds=900)
    assert run.returncode == 0, run.stdout[-4000:]
    assert " skipped" not in run.stdout


def owner_words() -> set[str]:
    """Return the names of the owner, employers and schools, from the configuration and the data."""
    data = project.ROOT / "docs" / "data"
    config = (project.ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    career = yaml.safe_load((data / "career.yml").read_text(encoding="utf-8")) or {}
    publications, _ = bibtex.load("", (data / "publications.bib").read_text(encoding="utf-8"))
    names = {match[1].strip() for match in re.finditer(r"^site_(?:name|author): (.+)$", config, re.MULTILINE)}
    names |= {role["company"] for role in career.get("roles") or []}
    names |= {school["institution"] for school in career.get("education") or []}
    ids = {entry["id"] for kind in ("roles", "education") for entry in career.get(kind) or []}
    host = re.search(r"https://([\w.-]+)/", config)
    return names | ids | {key for key in publications.data if "-" in key} | ({host[1]} if host else set())


@pytest.mark.parametrize("folder", ["hooks", "overrides", "tests"])
def test_only_docs_and_mkdocs_yml_name_the_owner(folder: str) -> None:
    words = owner_words()
    assert len(words) > 5
    names = "|".join(re.escape(word) for word in sorted(words))
    pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE)
    uses = []
    for path in sorted((project.ROOT / folder).rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".yml", ".json", ".md", ".txt", ".sh", ".mjs"}:
            if {".cache", "node_modules", "__pycache__"} & set(path.parts):
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if match := pattern.search(line):
                    uses.append(f"{path.relative_to(project.ROOT)}:{number}: {match[0]}")
    assert uses == []
