"""The commands of ``python -m portfolio``, such as ``check`` and ``import``, except ``build`` and ``serve``.

Each command imports what only it needs, because importing all of it would take longer than ``check`` does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.core import files
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.importer import transaction
from portfolio.sources import mkdocs_yml

if TYPE_CHECKING:
    from portfolio.blog.urls import BlogSettings
    from portfolio.lint.check import SiteChecker
    from portfolio.redirects.published_site import PublishedSite
    from portfolio.sources.mkdocs_yml import SitePaths

# GitHub's names for the severities of annotations.
_GITHUB_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
# As escapeData and escapeProperty in packages/core/src/command.ts of github.com/actions/toolkit.
_GITHUB_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_GITHUB_PROPERTY = _GITHUB_DATA | str.maketrans({":": "%3A", ",": "%2C"})


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit code: 1 if there are problems, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="portfolio", description="Check and extend a site without a build.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check the record and the pages")
    check.add_argument("--format", choices=("text", "json", "github"), default="text", help="of the problems")
    check.set_defaults(run=_check)
    post = commands.add_parser("post", help="write a new draft")
    post.add_argument("--title", default="", help="its title")
    post.add_argument("--port", type=int, default=8000, help="the port of make serve, unless it is running")
    post.add_argument("--series", default="", help="the series that it is a part of")
    post.add_argument("--category", default="", help="its categories, separated by commas")
    post.add_argument("--about", default="", help="ids of the record that it is about, separated by commas")
    post.set_defaults(run=_post)
    links = commands.add_parser("links", help="check links to other sites over the network")
    links.set_defaults(run=_links)
    importing = commands.add_parser("import", help="bring the posts, pages and record of another site")
    importing.add_argument(
        "source", metavar="FROM", nargs="?", default="", help="a folder or file of the other site"
    )
    importing.add_argument("--as", dest="reader", default="", help="the kind of source, if not recognized")
    importing.add_argument("--dry-run", action="store_true", help="report, but write nothing")
    importing.set_defaults(run=_import)
    lock = commands.add_parser("lock-urls", help="add the URLs of the built site to its lock")
    lock.set_defaults(run=_lock_urls)
    urls = commands.add_parser("check-urls", help="compare the lock, or other URLs, with the built site")
    urls.add_argument("--from", dest="source", default="", help="an old sitemap, feed, list or folder")
    urls.set_defaults(run=_check_urls)
    for command in (check, post, importing, links, lock, urls):
        command.add_argument("--config", type=Path, default=Path("mkdocs.yml"), help="the site's mkdocs.yml")
    commands.add_parser("schema", help="write the JSON Schemas for editors, and the reference of keys")
    parser.set_defaults(format="text")
    options = parser.parse_args(arguments)
    if options.command == "schema":
        return _schema()
    paths, problems = _read_paths(options.config)
    return _report(problems, options.format) if problems else int(options.run(options, paths))


def check_settings(config: Path) -> int:
    """Check only mkdocs.yml: print what is wrong, and return the exit code."""
    from portfolio.sources import mkdocs_yml_checks

    problems = _read_paths(config)[1]
    return _report(problems or mkdocs_yml_checks.check_settings(config), "text")


def _read_paths(config: Path) -> tuple[SitePaths, list[Diagnostic]]:
    """Read the paths of a project, which is restored before if an import was interrupted."""
    if transaction.recover(mkdocs_yml.project_root(config)):
        print(transaction.RECOVERED, file=sys.stderr)
    return mkdocs_yml.read_paths(config)


def format_json(problems: Sequence[Diagnostic]) -> str:
    """Format diagnostics as a JSON list of objects."""
    return json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=2)


def format_github(problem: Diagnostic) -> str:
    """Format a diagnostic as a workflow command that annotates its line in a pull request on GitHub."""
    properties = {
        "file": problem.path,
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.code,
    }
    listed = ",".join(f"{name}={value.translate(_GITHUB_PROPERTY)}" for name, value in properties.items())
    message = f"{problem.message} {problem.hint}".strip().translate(_GITHUB_DATA)
    return f"::{_GITHUB_LEVELS[problem.severity]} {listed}::{message}"


def _report(problems: Sequence[Diagnostic], output_format: str) -> int:
    """Print diagnostics; return the exit code."""
    if output_format == "json":
        print(format_json(problems))
    else:
        for problem in problems:
            print(format_github(problem) if output_format == "github" else problem)
    count = sum(problem.severity != "info" for problem in problems)
    if count:
        print(f"{count} problem{'s' if count > 1 else ''}.", file=sys.stderr)
    return 1 if count else 0


def _check(options: argparse.Namespace, paths: SitePaths) -> int:
    from portfolio.blog.publication_status import list_unpublished
    from portfolio.config import load_site, site_profile
    from portfolio.core.cache import FileCache
    from portfolio.exports import losses
    from portfolio.lint.check import check_site, open_cache
    from portfolio.lint.cv_rules import check_typeset_cvs
    from portfolio.timeline.views import Portfolio

    config, now = options.config.absolute(), datetime.now(UTC)
    cache = open_cache(paths.root)
    site, problems = load_site(paths, config, cache)
    profile = site_profile(mkdocs_yml.read_settings(config), site.options, site.details)
    diagnostics = {*problems, *check_site(site, paths, config, now, cache)}
    try:
        diagnostics |= {
            *check_typeset_cvs(site, paths, config, profile, FileCache(paths.root / ".cache/typeset"))
        }
        code = _report(sorted(diagnostics), options.format)
        if code or options.format == "json":
            return code
        views = Portfolio(site.record)
        lines = losses.format_losses(
            losses.collect_losses(views, profile, site.options.exports, site.options.cv)
        )
    except ModuleNotFoundError as error:
        print(f"{error}: not all packages of requirements.txt are installed.", file=sys.stderr)
        return 1
    _print_list("What some exports cannot express, and what they contain instead (no action needed):", lines)
    posts = list_unpublished(site.record.posts, now, site.options.zone)
    _print_list("Drafts, not published:", [status.post.path for status in posts if status.day is None])
    scheduled = [f"{status.day}  {status.post.path}" for status in posts if status.day is not None]
    _print_list("Scheduled, published by the first build on or after the date:", scheduled)
    counts = ((kind.title, len(site.record[kind.name])) for kind in site.record.kinds)
    entries = ", ".join(f"{title} {count}" for title, count in counts if count)
    print(f"No problems found. Entries: {entries or 'none'}.")
    return 0


def _print_list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        print(heading, *lines, sep="\n  ")


def _post(options: argparse.Namespace, paths: SitePaths) -> int:
    from portfolio.blog.new_post import PostRequestError

    try:
        print(*_write_post(options, paths), sep="\n")
    except PostRequestError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _write_post(options: argparse.Namespace, paths: SitePaths) -> list[str]:
    """Write a draft of today; return its path, and its URL under ``make serve`` if it has one.

    Never overwrites a file. Raises `PostRequestError` if the draft cannot be written.
    """
    from portfolio.blog import new_post, urls
    from portfolio.config import load_site
    from portfolio.record.models import Post, id_from

    config, categories = options.config, _split(options.category)
    settings = mkdocs_yml.read_settings(config)
    blog = urls.read_blog_settings(settings)
    if blog is None or paths.posts is None:
        raise new_post.PostRequestError(f"{config.name} does not use the blog plugin. Add it to 'plugins'.")
    site, _ = load_site(paths, config.absolute())
    origins = {entry.id: str(origin) for entry, origin in zip(site.record, site.record.origins, strict=True)}
    day = datetime.now(UTC).astimezone(site.options.zone).date()
    slug, text = new_post.draft_post(
        options.title,
        day,
        series=options.series,
        categories=categories,
        about=_split(options.about),
        authors=_default_authors(paths, blog, settings.get("site_author")),
        known=origins.keys() - {post.id for post in site.record.posts},
        known_categories=blog.allowed_categories
        or {name for post in site.record.posts for name in post.categories},
        separator=paths.separator,
    )
    path = paths.posts / f"{slug}.md"
    name = files.display_path(path, paths.root)
    if path.exists():
        raise new_post.PostRequestError(f"{name} already exists. Give the new post another title.")
    if (id := id_from(path.stem)) in origins:
        message = f"the id {quote(id)} is already used in {origins[id]}. Give the post another title."
        raise new_post.PostRequestError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    draft = Post(id=id, path=name, date=day, slug=slug, categories=categories)
    url = blog.post_url(draft, options.title)
    return [name, *([blog.preview_url(url, _running_port(paths.root) or options.port)] if url else [])]


def _import(options: argparse.Namespace, paths: SitePaths) -> int:
    """Import a site. The exit code is 1 if something is lost or was refused, 2 if nothing can be read."""
    from portfolio.importer import command

    progress = _ProgressLine()
    try:
        report = command.import_source(
            options.source,
            paths,
            options.config,
            datetime.now(UTC),
            reader_name=options.reader,
            is_dry_run=options.dry_run,
            show_progress=progress.show,
        )
    except command.UnknownSourceError as error:
        progress.clear()
        print(error, file=sys.stderr)
        return 2
    except transaction.ImportFailedError as error:
        progress.clear()
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        progress.clear()
        print("Interrupted. Nothing was imported.", file=sys.stderr)
        return 130
    progress.clear()
    print(*report.format_terminal(), sep="\n")
    return 1 if report.has_errors else 0


class _ProgressLine:
    """A line on a terminal that says how far a command is; nothing elsewhere."""

    def show(self, what: str, done: int, total: int) -> None:
        """Write the line again, but not for each of many steps."""
        if sys.stderr.isatty() and (done % 10 == 0 or done == total):
            print(f"\r\x1b[K{what} {done} of {total}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _running_port(root: Path) -> int | None:
    """Return the port of the preview that ``mkdocs_live`` serves from a project; None if none is running."""
    import socket

    try:
        port = int(json.loads((root / ".cache/serve.json").read_text(encoding="utf-8"))["port"])
        # The file stays if the process was killed.
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except (OSError, ValueError, LookupError, TypeError, OverflowError):
        return None
    return port


def _default_authors(paths: SitePaths, blog: BlogSettings, owner: object) -> list[str]:
    """Return the id of the site's owner in the blog's authors file, or of its only author."""
    from portfolio.sources.posts import load_authors

    if blog.authors is None:
        return []
    authors = load_authors(paths.docs / blog.authors, paths.root)[0].data or {}
    own = [id for id, author in authors.items() if isinstance(author, dict) and author.get("name") == owner]
    return own[:1] or (list(authors) if len(authors) == 1 else [])


def _links(options: argparse.Namespace, paths: SitePaths) -> int:
    """Check all links to other sites over the network; print a report, and the broken ones."""
    from urllib.parse import urlsplit

    from portfolio.lint import external_links
    from portfolio.lint.documents import read_documents

    settings = mkdocs_yml.read_settings(options.config)
    documents = read_documents(paths, settings)
    links = external_links.collect_external_links(documents, paths.data, paths.root)
    cache = paths.root / ".cache/links.json"
    client = external_links.LinkClient(
        str(settings.get("site_name") or ""), str(settings.get("site_url") or "")
    )
    today = datetime.now(UTC).date()
    results = external_links.check_urls(links, client, external_links.load_cache(cache), today)
    external_links.save_cache(cache, results)
    broken, notes = external_links.report_dead_links(links, results)
    for note in notes:
        print(note)
    hosts = len({urlsplit(url).netloc for url in results})
    urls = len({problem.message for problem in broken})
    print(f"{len(results)} links to {hosts} other sites, {urls} gone.")
    return _report(broken, options.format)


def _open_site(options: argparse.Namespace, paths: SitePaths) -> tuple[SiteChecker, PublishedSite]:
    """Return the check of a site, which knows what a build should have, and the built site.

    Ends the command if the site is not built.
    """
    from portfolio.config import load_site
    from portfolio.lint.check import SiteChecker
    from portfolio.redirects.published_site import PublishedSite

    site, _ = load_site(paths, options.config.absolute())
    folder = mkdocs_yml.read_settings(options.config).get("site_dir") or "site"
    checker = SiteChecker(site, paths, options.config, datetime.now(UTC))
    built = PublishedSite(paths.root / folder, checker.site_url)
    if not built.files:
        sys.exit(f"There is no site in {folder}/. Run make build.")
    return checker, built


def _lock_urls(options: argparse.Namespace, paths: SitePaths) -> int:
    """Add the URLs of the built site to its lock; print how many are new."""
    from portfolio.redirects.url_lock import add_to_lock, read_lock

    checker, site = _open_site(options, paths)
    path = paths.url_lock
    name, text = files.display_path(path, paths.root), files.read_text(path, paths.root, optional=True)
    if isinstance(text, Diagnostic):
        return _report([text], options.format)
    listed, problems = read_lock(name, text)
    known = {item.url for item in listed}
    added = checker.list_published(site) - known
    if (changed := add_to_lock(text, added)) != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(changed, encoding="utf-8")
    print(f"{name} has {len(known) + len(added)} URLs, {len(added)} of them new.")
    return _report(problems, options.format)


def _check_urls(options: argparse.Namespace, paths: SitePaths) -> int:
    """Compare the lock, or other URLs, with the built site; print those that are lost, and the counts."""
    from collections import Counter

    from portfolio.redirects.url_lock import STATUSES, read_lock, read_urls

    checker, site = _open_site(options, paths)
    path = paths.url_lock
    name, text = files.display_path(path, paths.root), files.read_text(path, paths.root, optional=True)
    listed, problems = read_lock(name, text) if isinstance(text, str) else ([], [text])
    comparison = checker.compare_urls(site, {item.url for item in listed})
    if options.source:
        listed, problems = read_urls(files.path_from_option(options.source), paths.root, checker.site_url)
    elif not text:
        print(f"There is no {name}. Run make lock-urls.")
        return 0
    results = comparison.compare(listed)
    counts = Counter(result.status for result in results)
    statuses = ", ".join(f"{counts[status]} {words}" for status, words in STATUSES.items())
    print(f"{len(results)} URLs: {statuses}.")
    return _report([*problems, *comparison.diagnose(results)], options.format)


def _schema() -> int:
    from portfolio import reference
    from portfolio.print import cv_data
    from portfolio.sources import json_schema

    json_schema.FOLDER.mkdir(exist_ok=True)
    texts = {**json_schema.generate(), json_schema.FOLDER / cv_data.SCHEMA_FILE: cv_data.json_schema()}
    for path, text in {**texts, reference.PATH: reference.generate()}.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    return 0
