"""What is imported from JSON Resume or RenderCV has all its entries when it is exported again."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from portfolio.core.runs import parse_markdown, plain_text
from portfolio.exports import json_resume, rendercv
from portfolio.record.people import Profile
from portfolio.sources.loader import load_record
from portfolio.sources.mkdocs_yml import EXCERPT_SEPARATOR, SitePaths
from portfolio.timeline.views import Portfolio
from tests.support import export_readers, project
from tests.support.imported_record import merge, read_text

# The samples of the official schema, in its package.
_JSON_RESUME = project.ROOT / "tests" / "node_modules" / "@jsonresume" / "schema"
RESUMES = [
    "sample.resume.json",
    *(f"examples/{name}.resume.json" for name in ("career-changer", "new-grad", "senior-engineer")),
]
_SAMPLE = Path(__file__).parents[3] / "golden" / "exports" / "rendercv-sample.yaml"
# The keys that name an entry, in the order of preference.
_NAMES = (
    "position",
    "institution",
    "title",
    "name",
    "language",
    "label",
    "bullet",
    "number",
    "reversed_number",
)


def import_text(reader: str, folder: Path, file: str, text: str) -> Portfolio:
    merge(read_text(reader, folder, file, text), folder)
    record, problems = load_record(SitePaths(folder, folder, folder / "data", None, EXCERPT_SEPARATOR))
    assert problems == []
    return Portfolio(record)


def name_of(entry: Any) -> str:
    """The name of an entry as plain text, without what the record has in other fields, such as a year."""
    name = entry if isinstance(entry, str) else next(str(entry[key]) for key in _NAMES if entry.get(key))
    return plain_text(parse_markdown(name))


@pytest.mark.parametrize("name", RESUMES)
def test_a_sample_of_json_resume_comes_back(name: str, tmp_path: Path) -> None:
    text = (_JSON_RESUME / name).read_text(encoding="utf-8")
    portfolio = import_text("json-resume", tmp_path, "resume.json", text)
    exported = json_resume.render(portfolio, Profile("A"))
    export_readers.read_resume(exported, {"references": "References"})
    source, result = json.loads(text), json.loads(exported)
    sections = [key for key, value in source.items() if isinstance(value, list)]
    assert len(sections) > 5
    for section in sections:
        names = sorted(map(name_of, source[section]))
        assert sorted(map(name_of, result[section])) == names, section
        for key in ("startDate", "endDate", "date", "releaseDate", "keywords", "fluency", "reference"):
            values = sorted(str(entry[key]) for entry in source[section] if key in entry)
            assert sorted(str(entry[key]) for entry in result[section] if key in entry) == values, key


def rendercv_samples() -> dict[str, str]:
    """RenderCV's own sample, which its package contains, and one like that of its later versions."""
    spec = importlib.util.find_spec("rendercv")
    assert spec is not None
    assert spec.origin is not None
    (sample,) = Path(spec.origin).parent.rglob("sample_content.yaml")
    content = yaml.safe_load(sample.read_text(encoding="utf-8"))
    return {
        "packaged": yaml.safe_dump({"cv": content}, allow_unicode=True, sort_keys=False),
        "later": _SAMPLE.read_text(encoding="utf-8"),
    }


@pytest.mark.parametrize("name", ["packaged", "later"])
def test_a_sample_of_rendercv_comes_back(name: str, tmp_path: Path) -> None:
    text = rendercv_samples()[name]
    exported = rendercv.render(import_text("rendercv", tmp_path, "cv.yaml", text), Profile("A"))
    export_readers.validate_cv(exported)
    sections, result = (yaml.safe_load(written)["cv"]["sections"] for written in (text, exported))
    names = {title: sorted(map(name_of, entries)) for title, entries in result.items()}
    assert len(sections) > 7
    for title, entries in sections.items():
        # The end of a name may be in fields of its own, such as a year.
        expected = sorted(map(name_of, entries))
        matches = [
            exported_names
            for exported_names in names.values()
            if len(exported_names) == len(expected) and all(map(str.startswith, expected, exported_names))
        ]
        assert len(matches) == 1, title
    assert len(result) == len(sections)
