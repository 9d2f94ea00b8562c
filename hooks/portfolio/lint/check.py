"""The check of everything that is written, as a build, ``make check`` and an editor run it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from portfolio.blog import publication_status
from portfolio.blog import urls as blogs
from portfolio.blog.publication_status import Unpublished
from portfolio.blog.urls import BlogSettings
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.config.site import Site
from portfolio.core import positions
from portfolio.core.cache import Cache, FileCache
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import documents as tree
from portfolio.lint import links, page_rules, post_rules
from portfolio.lint.documents import Converter, Documents, ImageFiles
from portfolio.lint.links import LinkTargets
from portfolio.lint.prefilter import Prefilter
from portfolio.record.models import Post
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.sources import loader, mkdocs_yml
from portfolio.sources.mkdocs_yml import SitePaths, read_text

# What is sound stays so: see `writing.suspects`.
_CACHE = ".cache/checks"


def check_site(found: Site, places: SitePaths, config: Path, now: datetime) -> list[Diagnostic]:
    """Every problem in the text of the pages and between the posts, sorted. ``now`` has a zone."""
    values = mkdocs_yml.read_settings(config)
    kept = tuple(list_unpublished_posts(found, now))
    hidden = {one.post.path for one in kept}
    out = [
        (entry, origin)
        for entry, origin in zip(found.record, found.record.origins, strict=True)
        if isinstance(entry, Post) and entry.path not in hidden
    ]
    feeds, clashes = links.plan_feeds(out, found.options, values)
    inputs = Inputs(
        places,
        values,
        found.record,
        kept,
        links.list_exports(found.options.faces) | feeds,
        found.options.macros,
        found.works.keys(),
        lambda: Library(found.works, CitationFormatter(found.options.style), Profile("")),
        FileCache(places.root / _CACHE),
        found.options.other_hosts,
    )
    _, unsound = loader.load_glossary(places.data / loader.GLOSSARY_FILE, places.root)
    return sorted({*clashes, *unsound, *check_inputs(inputs)})


def list_unpublished_posts(found: Site, now: datetime) -> list[Unpublished]:
    """The posts that are not out at a moment: drafts, then those dated ahead."""
    return publication_status.list_unpublished(found.record.posts, now, found.options.zone)


@dataclass(frozen=True)
class Inputs:
    """What the checks look at.

    ``values`` are the settings of ``mkdocs.yml`` (see ``portfolio.settings.values``); ``generated`` has the
    files that a build makes, by their paths below the site's address; ``waiting`` has the posts that are not
    out. ``macros`` are those of formulas; ``works`` are the keys that can be cited, and ``library`` sets
    citations of them; ``cache`` keeps what need not be checked again. ``hosts`` are those that
    pages may fetch from.
    """

    places: SitePaths
    values: Mapping[str, Any]
    record: Record
    waiting: tuple[Unpublished, ...]
    generated: frozenset[str]
    macros: Mapping[str, str]
    works: Collection[str]
    library: Callable[[], Library]
    cache: Cache
    hosts: frozenset[str] = frozenset()


def check_inputs(inputs: Inputs) -> list[Diagnostic]:
    """Every problem, sorted by place."""
    places, values = inputs.places, inputs.values
    pictures = ImageFiles(places.docs, ())
    converter = Converter(inputs.macros, inputs.library, pictures.wrong)
    documents = tree.read_documents(places, values, converter)
    pictures.names = documents.files
    suspicion = Prefilter(inputs.macros, inputs.works, inputs.cache)
    blog = blogs.read_blog_settings(values)
    site = _site(inputs, documents, blog)
    problems: list[Diagnostic] = []
    included, shaped = (
        page_rules.read_snippet_folders(values, places),
        page_rules.read_template_folders(values, places),
    )
    for page in documents.pages.values():
        found = [*links.check_links(page, site), *links.check_html_links(page, site)]
        found += page_rules.check_page(page, suspicion, pictures, included)
        # Few pages name one, and reading all front matter anew takes time.
        name = page.meta.get("template") if "template" in page.markup.front_matter else None
        if name is not None and (why := page_rules.check_template(name, shaped)):
            found.append(page.moved(page.front.diagnose(("template",), why)))
        # Of what a notebook has not brought, its own problems tell.
        told = {problem.line for problem in page.notebook.diagnostics} if page.notebook else set()
        problems += [problem for problem in found if problem.line not in told]
    if blog is not None:
        problems += post_rules.check_posts(inputs.record, _authors(inputs.places, blog), site, blog, pictures)
    return sorted({*problems})


def _site(inputs: Inputs, documents: Documents, blog: BlogSettings | None) -> LinkTargets:
    values = inputs.values
    by_name = {page.name: page.path for page in documents.pages.values()}
    unpublished = {by_name.get(one.post.path, "") for one in inputs.waiting}
    out = {post.id for post in inputs.record.posts if by_name.get(post.path) not in unpublished}
    checked = values.get("validation")
    rules = checked.get("links", checked) if isinstance(checked, dict) else {}
    absolute = rules.get("absolute_links") if isinstance(rules, dict) else None
    return LinkTargets(
        documents,
        inputs.generated,
        lambda page: links.record_anchor_ids(str(page.meta.get("template")), inputs.record, out),
        blog=blog.folder if blog is not None else None,
        unpublished=unpublished,
        own_slugs=_names_slugs(values.get("markdown_extensions")),
        adds_text="auto_append" in str(values.get("markdown_extensions")),
        addresses=cache(lambda: _addresses(inputs, documents, blog)),
        absolute=absolute != "warn",
        hosts=inputs.hosts,
    )


def _addresses(inputs: Inputs, documents: Documents, blog: BlogSettings | None) -> set[str] | None:
    """The addresses of the posts; None where one of them is not known."""
    if blog is None:
        return set()
    pages = {page.name: page for page in documents.pages.values()}
    posts = [(post, pages[post.path]) for post in inputs.record.posts if post.path in pages]
    found = {blog.post_url(post, post.title or post_rules.derive_title(page)) for post, page in posts}
    return None if None in found else {address for address in found if address}


def _names_slugs(extensions: object) -> bool:
    """Whether the table of contents is told how to make anchors."""
    items = extensions if isinstance(extensions, list) else [extensions]
    given = [item.get("toc") for item in items if isinstance(item, dict)]
    return any(isinstance(one, dict) and {"slugify", "separator", "baselevel"} & one.keys() for one in given)


def _authors(places: SitePaths, blog: BlogSettings) -> set[str] | None:
    """The ids of those who write here; None where they are not kept, or the file is unsound."""
    if blog.authors is None:
        return None
    text = read_text(places.docs / blog.authors, places.root, optional=True)
    if isinstance(text, Diagnostic):
        return None
    document, problems = positions.load_yaml(blog.authors, text)
    given = document.data.get("authors") if isinstance(document.data, dict) else None
    if problems or (given is not None and not isinstance(given, dict)):
        return None
    return set(given or ())
