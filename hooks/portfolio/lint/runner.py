"""What can be wrong in posts and pages besides their front matter, found without a build."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from portfolio.blog import urls as blogs
from portfolio.blog.publication_status import Waiting
from portfolio.blog.urls import Blog
from portfolio.citations.library import Library
from portfolio.core import yaml_positions
from portfolio.core.cache import Cache
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import documents as tree
from portfolio.lint import html_links, links, page_rules, post_rules, record_anchors, snippets, template_names
from portfolio.lint.converter import Converter
from portfolio.lint.documents import Tree
from portfolio.lint.image_files import Pictures
from portfolio.lint.links import Site
from portfolio.lint.prefilter import Suspicion
from portfolio.record.record import Record
from portfolio.sources.mkdocs_yml import SitePaths, read_text


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
    waiting: tuple[Waiting, ...]
    generated: frozenset[str]
    macros: Mapping[str, str]
    works: Collection[str]
    library: Callable[[], Library]
    cache: Cache
    hosts: frozenset[str] = frozenset()


def check(inputs: Inputs) -> list[Diagnostic]:
    """Every problem, sorted by place."""
    places, values = inputs.places, inputs.values
    pictures = Pictures(places.docs, ())
    converter = Converter(inputs.macros, inputs.library, pictures.wrong)
    documents = tree.read(places, values, converter)
    pictures.names = documents.files
    suspicion = Suspicion(inputs.macros, inputs.works, inputs.cache)
    blog = blogs.of(values)
    site = _site(inputs, documents, blog)
    problems: list[Diagnostic] = []
    included, shaped = snippets.folders(values, places), template_names.folders(values, places)
    for page in documents.pages.values():
        found = [*links.check(page, site), *html_links.check(page, site)]
        found += page_rules.check(page, suspicion, pictures, included)
        # Few pages name one, and reading all front matter anew takes time.
        name = page.meta.get("template") if "template" in page.markup.front else None
        if name is not None and (why := template_names.wrong(name, shaped)):
            found.append(page.moved(page.front.problem(("template",), why)))
        # Of what a notebook has not brought, its own problems tell.
        told = {problem.line for problem in page.notebook.diagnostics} if page.notebook else set()
        problems += [problem for problem in found if problem.line not in told]
    if blog is not None:
        problems += post_rules.check(inputs.record, _authors(inputs.places, blog), site, blog, pictures)
    return sorted({*problems})


def _site(inputs: Inputs, documents: Tree, blog: Blog | None) -> Site:
    values = inputs.values
    by_name = {page.name: page.path for page in documents.pages.values()}
    unpublished = {by_name.get(one.post.path, "") for one in inputs.waiting}
    out = {post.id for post in inputs.record.posts if by_name.get(post.path) not in unpublished}
    checked = values.get("validation")
    rules = checked.get("links", checked) if isinstance(checked, dict) else {}
    absolute = rules.get("absolute_links") if isinstance(rules, dict) else None
    return Site(
        documents,
        inputs.generated,
        lambda page: record_anchors.of(str(page.meta.get("template")), inputs.record, out),
        blog=blog.folder if blog is not None else None,
        unpublished=unpublished,
        own_slugs=_names_slugs(values.get("markdown_extensions")),
        adds_text="auto_append" in str(values.get("markdown_extensions")),
        addresses=cache(lambda: _addresses(inputs, documents, blog)),
        absolute=absolute != "warn",
        hosts=inputs.hosts,
    )


def _addresses(inputs: Inputs, documents: Tree, blog: Blog | None) -> set[str] | None:
    """The addresses of the posts; None where one of them is not known."""
    if blog is None:
        return set()
    pages = {page.name: page for page in documents.pages.values()}
    posts = [(post, pages[post.path]) for post in inputs.record.posts if post.path in pages]
    found = {blog.address(post, post.title or post_rules.title(page)) for post, page in posts}
    return None if None in found else {address for address in found if address}


def _names_slugs(extensions: object) -> bool:
    """Whether the table of contents is told how to make anchors."""
    items = extensions if isinstance(extensions, list) else [extensions]
    given = [item.get("toc") for item in items if isinstance(item, dict)]
    return any(isinstance(one, dict) and {"slugify", "separator", "baselevel"} & one.keys() for one in given)


def _authors(places: SitePaths, blog: Blog) -> set[str] | None:
    """The ids of those who write here; None where they are not kept, or the file is unsound."""
    if blog.authors is None:
        return None
    text = read_text(places.docs / blog.authors, places.root, optional=True)
    if isinstance(text, Diagnostic):
        return None
    document, problems = yaml_positions.load(blog.authors, text)
    given = document.data.get("authors") if isinstance(document.data, dict) else None
    if problems or (given is not None and not isinstance(given, dict)):
        return None
    return set(given or ())
