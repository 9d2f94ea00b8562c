"""The sample files of JSON Resume and RenderCV: each entry of each section is imported as its kind."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support import imported
from tests.support.imported_record import merge, read_text, report

FOLDER = imported.FOLDER / "samples"


def count_entries(folder: Path, reader: str, file: str) -> tuple[dict[str, int], list[str]]:
    """Import a sample; return the number of entries by kind or section, and the problems."""
    site = read_text(reader, folder, file, (FOLDER / file).read_bytes())
    merge(site, folder)
    counts = Counter(entry.section or entry.kind for entry in site.entries)
    counts["publications"] = sum(len(works.lines) for works in site.bibliographies)
    return dict(counts), report(site)


def test_every_entry_of_the_sample_of_json_resume_is_imported(tmp_path: Path) -> None:
    assert count_entries(tmp_path, "json-resume", "sample.resume.json") == (
        {
            "roles": 1,
            "service": 1,
            "education": 1,
            "awards": 1,
            "publications": 1,
            "skills": 2,
            "languages": 1,
            "interests": 1,
            "References": 1,
            "projects": 1,
        },
        [
            "sample.resume.json:12:7: basics.location.address: the record has no field for address and "
            "postalCode: left out.",
            "sample.resume.json:35:7: work[0].description: the record has no field for description: "
            "left out.",
        ],
    )


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "rendercv-2.8.yaml",
            {
                "Welcome to RenderCV": 4,
                "education": 2,
                "roles": 5,
                "projects": 2,
                "publications": 4,
                "awards": 5,
                "skills": 4,
                "patents": 3,
                "talks": 4,
            },
        ),
        (
            "rendercv-2.2.yaml",
            {
                "Welcome to RenderCV!": 2,
                "education": 2,
                "roles": 3,
                "projects": 2,
                "skills": 3,
                "publications": 1,
                "Extracurricular Activities": 2,
                "Numbered Entries": 3,
                "Reversed Numbered Entries": 3,
            },
        ),
        (
            "rendercv-1.18.yaml",
            {
                "Welcome to RenderCV!": 2,
                "Quick Guide": 4,
                "education": 1,
                "roles": 2,
                "publications": 1,
                "projects": 3,
                "skills": 2,
            },
        ),
        (
            "rendercv-academic.yaml",
            {
                "education": 3,
                "roles": 3,
                "publications": 5,
                "grants": 3,
                "awards": 4,
                "service": 3,
                "skills": 3,
            },
        ),
    ],
)
def test_every_entry_of_the_samples_of_rendercv_is_imported(
    tmp_path: Path, file: str, expected: dict[str, int]
) -> None:
    counts, problems = count_entries(tmp_path, "rendercv", file)
    assert counts == expected
    assert [problem for problem in problems if "the record has no look" not in problem] == []
