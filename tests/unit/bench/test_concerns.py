"""The concern of a stack, and of every module of this site."""

from pathlib import Path

import pytest

from tests.bench import concerns
from tests.support import project

_RECORD = "/site/hooks/portfolio/record/models.py"
_MKDOCS = "/venv/mkdocs/commands/build.py"
# Called by several concerns, to which their time belongs, or by no build.
_SHARED = (
    *(f"/hooks/portfolio/{name}" for name in ("__init__.py", "__main__.py", "core/", "importer/")),
    *("/hooks/portfolio/mkdocs_glue/", "/hooks/portfolio/reference.py", "/hooks/tools/"),
)


@pytest.mark.parametrize(
    ("paths", "concern"),
    [
        (("/lib/re.py", "/venv/markdown/core.py", "/site/hooks/feeds.py", _MKDOCS), "Markdown"),
        (("/lib/json.py", "/site/hooks/portfolio/core/text.py", "/site/hooks/feeds.py", _MKDOCS), "feeds"),
        (("/site/overrides/main.html", "/venv/jinja2/environment.py", _MKDOCS), "templates"),
        ((_RECORD, "<frozen importlib._bootstrap>", "/site/hooks/feeds.py", _MKDOCS), concerns.IMPORTS),
        (("/lib/threading.py",), concerns.OTHER),
    ],
)
def test_innermost_concern_counts(paths: tuple[str, ...], concern: str) -> None:
    assert concerns.find_concern(paths) == concern


def test_every_module_has_a_concern_or_is_shared() -> None:
    modules = [path.as_posix() for path in (project.ROOT / "hooks").rglob("*.py")]
    without = [path for path in modules if concerns.find_concern([path]) == concerns.OTHER]
    assert [path for path in without if not any(part in path for part in _SHARED)] == []


def test_programs_count_once_and_the_rest_is_visible(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    # Process 7 samples itself, so the time that its parent reports is the same time.
    lines = ["|5|Markdown|1.5", "|7|feeds|0.5", "7|5|other|0.6", "8|5|search|0.25", "|5|Markdown|0.5"]
    samples.write_text("\n".join(lines).replace("|", "\t"), encoding="utf-8")
    assert concerns.read_profile(samples, 3.0) == {
        "Markdown": 2.0,
        "feeds": 0.5,
        "search": 0.25,
        concerns.PROGRAMS: 0.25,
    }
