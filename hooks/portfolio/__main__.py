"""``python -m portfolio check`` and ``python -m portfolio schema``: the record without a build."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portfolio import schema, settings, site
from portfolio.citing.library import Library
from portfolio.citing.typesetter import Typesetter
from portfolio.renderers import notes
from portfolio.renderers.profile import Profile
from portfolio.views import Portfolio
from typesetting import citation_check


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code: 1 where there are problems, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="portfolio", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the record, without building the site")
    check.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the site's mkdocs.yml")
    commands.add_parser("schema", help="write the JSON Schemas for editors")
    options = parser.parse_args(arguments)
    return _schema() if options.command == "schema" else _check(options.config)


def _check(config: Path) -> int:
    places, problems = settings.read(config)
    if not problems:
        found, problems = site.read(places, config.absolute())
        cited = Library(found.works, Typesetter(found.options.style), Profile(""))
        problems = sorted({*problems, *citation_check.check(places.docs, places.root, cited)})
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''}.", file=sys.stderr)
        return 1
    counts = {
        name: len(getattr(found.record, name))
        for name in ("roles", "education", "publications", "talks", "software", "posts")
    }
    try:
        told = notes.lines(notes.notes(Portfolio(found.record), Profile(""), found.options.faces))
    except ModuleNotFoundError as error:
        print(f"{error}: not all packages of requirements.txt are installed.", file=sys.stderr)
        return 1
    if told:
        print("What some files cannot say, and how they say it (nothing to mend):")
    for line in told:
        print(f"  {line}")
    print(f"The record is sound: {', '.join(f'{count} {name}' for name, count in counts.items())}.")
    return 0


def _schema() -> int:
    schema.FOLDER.mkdir(exist_ok=True)
    for path, text in schema.generate().items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
