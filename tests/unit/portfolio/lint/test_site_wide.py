"""What holds for a whole site: its time zone, and how long the check of many posts takes."""

import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from portfolio.blog import post_navigation
from portfolio.config import load_options, load_site
from portfolio.lint import check
from portfolio.sources import mkdocs_yml
from tests.unit.portfolio import records

POSTS = 300
WORDS = "cable deck tower arch wind steel stone river load span wire anchor thrust pier vault truss".split()
SECTION = (
    "## Part {part} of {post}\n\n{words} [on](../index.md#posts), [up](#part-0-of-{post}) and `code`.\n\n"
)


def zone(text: str, root: Path) -> tuple[object, list[str]]:
    (root / "mkdocs.yml").write_text(text, encoding="utf-8")
    found, problems = load_options(root / "mkdocs.yml", root)
    return found.zone, [str(problem) for problem in problems]


def test_the_time_zone_is_that_of_the_configuration(tmp_path: Path) -> None:
    assert zone("site_name: T\n", tmp_path) == (UTC, [])
    tokyo = "extra:\n  portfolio:\n    time_zone: Asia/Tokyo\n"
    assert zone(tokyo, tmp_path) == (ZoneInfo("Asia/Tokyo"), [])
    for wrong, hint in (("Asia/Tokio", " Did you mean 'Asia/Tokyo'?"), ("../etc/passwd", "")):
        told = f"there is no time zone '{wrong}'.{hint} Write one as in Europe/Paris."
        assert zone(tokyo.replace("Asia/Tokyo", wrong), tmp_path) == (
            UTC, [f"mkdocs.yml:3:5: extra.portfolio.time_zone: {told}"],
        )  # fmt: skip


def test_300_posts_are_checked_in_a_second_and_compared_in_less(tmp_path: Path) -> None:
    def text(post: int) -> str:
        words = [" ".join(f"{WORDS[(post * 7 + at) % 16]}{(post * at) % 97}" for at in range(150))] * 6
        parts = [SECTION.format(part=part, post=post, words=one) for part, one in enumerate(words)]
        front = f"---\ndate: 2020-01-01\nslug: post-{post}\ncategories: [c]\n---\n"
        return f"{front}\n# Post {post}\n\nText.\n\n<!-- more -->\n\n{''.join(parts)}"

    texts = {f"docs/blog/posts/post-{post}.md": text(post) for post in range(POSTS)}
    config = "site_name: T\nplugins: [blog]\n"
    records.write(tmp_path, {"mkdocs.yml": config, "docs/blog/index.md": "# Blog\n\n## Posts\n", **texts})
    places, _ = mkdocs_yml.read_paths(tmp_path / "mkdocs.yml")
    started = time.process_time()
    found, wrong = load_site(places, tmp_path / "mkdocs.yml")
    problems = check.check_site(found, places, tmp_path / "mkdocs.yml", datetime(2026, 1, 1, tzinfo=UTC))
    checked = time.process_time()
    post_navigation.find_related_posts(
        {post.id: post for post in found.record.posts},
        {post.id: texts[post.path] for post in found.record.posts},
    )
    compared = time.process_time()
    assert (wrong, problems) == ([], [])
    assert checked - started < 1, checked - started
    assert compared - checked < 0.5, compared - checked
