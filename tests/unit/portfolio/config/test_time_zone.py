"""The time zone of a site."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from portfolio.config import options


def read_zone(text: str, root: Path) -> tuple[object, list[str]]:
    (root / "mkdocs.yml").write_text(text, encoding="utf-8")
    site_options, problems = options.read(root / "mkdocs.yml", root)
    return site_options.zone, [str(problem) for problem in problems]


def test_the_time_zone_is_that_of_the_configuration(tmp_path: Path) -> None:
    assert read_zone("site_name: T\n", tmp_path) == (UTC, [])
    tokyo = "extra:\n  portfolio:\n    time_zone: Asia/Tokyo\n"
    assert read_zone(tokyo, tmp_path) == (ZoneInfo("Asia/Tokyo"), [])
    for wrong, hint in (("Asia/Tokio", " Did you mean 'Asia/Tokyo'?"), ("../etc/passwd", "")):
        message = f"there is no time zone '{wrong}'.{hint} Write one as in Europe/Paris."
        assert read_zone(tokyo.replace("Asia/Tokyo", wrong), tmp_path) == (
            UTC, [f"mkdocs.yml:3:5: extra.portfolio.time_zone: {message}"],
        )  # fmt: skip
