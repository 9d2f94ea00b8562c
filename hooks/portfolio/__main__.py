"""``python -m portfolio`` with check, schema, post or links: the record and the posts without a build."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portfolio.blog.new_post import NewPostRequest, PostRequestError
from portfolio.cli import commands as command
from portfolio.config import site
from portfolio.core.diagnostics import Diagnostic
from portfolio.exports import losses
from portfolio.lint import check as checking
from portfolio.record.people import Profile
from portfolio.sources import json_schema, mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.timeline.views import Portfolio


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 1 where there are problems, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="portfolio", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the record, without building the site")
    commands.add_parser("schema", help="write the JSON Schemas for editors")
    post = commands.add_parser("post", help="begin a post")
    post.add_argument("--title", default="", help="its title")
    post.add_argument("--port", type=int, default=8000, help="where make serve shows it")
    post.add_argument("--series", default="", help="the series that it is a part of")
    post.add_argument("--category", default="", help="its categories, with commas between them")
    post.add_argument(
        "--about", default="", help="ids of the record that it is about, with commas between them"
    )
    links = commands.add_parser("links", help="ask other sites whether what this one links to is still there")
    for one in (check, post, links):
        one.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the site's mkdocs.yml")
    options = parser.parse_args(arguments)
    now = datetime.now(UTC)
    if options.command == "schema":
        return _schema()
    if options.command == "check":
        return _check(options.config, now)
    places, problems = mkdocs_yml.read_paths(options.config)
    if problems:
        return _told(problems)
    if options.command == "links":
        return _links(places, options.config, now)
    wish = NewPostRequest(
        options.title, options.series.strip(), _split(options.category), _split(options.about)
    )
    return _post(wish, places, options.config, now, options.port)


def _check(config: Path, now: datetime) -> int:
    places, problems = mkdocs_yml.read_paths(config)
    if not problems:
        found, problems = site.read(places, config.absolute())
        problems = sorted({*problems, *checking.check_site(found, places, config, now)})
    if problems:
        return _told(problems)
    counts = {
        name: len(getattr(found.record, name))
        for name in ("roles", "education", "publications", "talks", "software", "posts")
    }
    try:
        told = losses.format_losses(
            losses.collect_losses(Portfolio(found.record), Profile(""), found.options.faces)
        )
    except ModuleNotFoundError as error:
        print(f"{error}: not all packages of requirements.txt are installed.", file=sys.stderr)
        return 1
    if told:
        print("What some files cannot say, and how they say it (nothing to mend):")
    for line in told:
        print(f"  {line}")
    for line in command.listed(checking.list_unpublished_posts(found, now)):
        print(line)
    print(f"The record is sound: {', '.join(f'{count} {name}' for name, count in counts.items())}.")
    return 0


def _told(problems: Sequence[Diagnostic]) -> int:
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.", file=sys.stderr)
    return 1 if problems else 0


def _post(wish: NewPostRequest, places: SitePaths, config: Path, now: datetime, port: int) -> int:
    found, _ = site.read(places, config.absolute())
    try:
        for line in command.begin_post(wish, found, places, config, now, port):
            print(line)
    except PostRequestError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _links(places: SitePaths, config: Path, now: datetime) -> int:
    problems, lines = command.check_external_links(places, config, now)
    for line in lines:
        print(line)
    return _told(problems)


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _schema() -> int:
    json_schema.FOLDER.mkdir(exist_ok=True)
    for path, text in json_schema.generate().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
