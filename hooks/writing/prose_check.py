"""What can be wrong in posts and pages besides their front matter, found without a build."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from portfolio import yaml_marks
from portfolio.cache import Cache
from portfolio.citing.library import Library
from portfolio.loading import Origin, Record
from portfolio.models import Post
from portfolio.problem import Problem, did_you_mean, quoted
from portfolio.settings import Places, text_of
from writing import anchors, destinations, in_html, includes, page_check, series, templates, tree
from writing import blog as blogs
from writing.blog import Blog
from writing.conversion import Converter
from writing.destinations import Site
from writing.pictures import Pictures
from writing.standing import Waiting
from writing.suspects import Suspicion
from writing.tree import Page, Tree


@dataclass(frozen=True)
class Inputs:
    """What the checks look at.

    ``values`` are the settings of ``mkdocs.yml`` (see ``portfolio.settings.values``); ``generated`` has the
    files that a build makes, by their paths below the site's address; ``waiting`` has the posts that are not
    out. ``macros`` are those of formulas; ``works`` are the keys that can be cited, and ``library`` sets
    citations of them; ``cache`` keeps what need not be checked again.
    """

    places: Places
    values: Mapping[str, Any]
    record: Record
    waiting: tuple[Waiting, ...]
    generated: frozenset[str]
    macros: Mapping[str, str]
    works: Collection[str]
    library: Callable[[], Library]
    cache: Cache


def check(inputs: Inputs) -> list[Problem]:
    """Every problem, sorted by place."""
    places, values = inputs.places, inputs.values
    pictures = Pictures(places.docs, ())
    converter = Converter(inputs.macros, inputs.library, pictures.wrong)
    documents = tree.read(places, values, converter)
    pictures.names = documents.files
    suspicion = Suspicion(inputs.macros, inputs.works, inputs.cache)
    blog = blogs.of(values)
    site = _site(inputs, documents, blog)
    problems: list[Problem] = []
    included, shaped = includes.folders(values, places), templates.folders(values, places)
    for page in documents.pages.values():
        found = [*destinations.check(page, site), *in_html.check(page, site)]
        found += page_check.check(page, suspicion, pictures, included)
        # Few pages name one, and reading all front matter anew takes time.
        name = page.meta.get("template") if "template" in page.markup.front else None
        if name is not None and (why := templates.wrong(name, shaped)):
            found.append(page.moved(page.front.problem(("template",), why)))
        # Of what a notebook has not brought, its own problems tell.
        told = {problem.line for problem in page.notebook.problems} if page.notebook else set()
        problems += [problem for problem in found if problem.line not in told]
    if blog is not None:
        problems += _posts(inputs, site, blog, pictures)
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
        lambda page: anchors.of(str(page.meta.get("template")), inputs.record, out),
        blog=blog.folder if blog is not None else None,
        unpublished=unpublished,
        own_slugs=_names_slugs(values.get("markdown_extensions")),
        adds_text="auto_append" in str(values.get("markdown_extensions")),
        addresses=cache(lambda: _addresses(inputs, documents, blog)),
        absolute=absolute != "warn",
    )


def _addresses(inputs: Inputs, documents: Tree, blog: Blog | None) -> set[str] | None:
    """The addresses of the posts; None where one of them is not known."""
    pages = {page.name: page for page in documents.pages.values()}
    posts = [post for post in inputs.record.posts if post.path in pages] if blog else []
    found = {blog.address(post, post.title or _title(pages[post.path])) for post in posts} if blog else set()
    return None if None in found else {address for address in found if address}


def _names_slugs(extensions: object) -> bool:
    """Whether the table of contents is told how to make anchors."""
    items = extensions if isinstance(extensions, list) else [extensions]
    given = [item.get("toc") for item in items if isinstance(item, dict)]
    return any(isinstance(one, dict) and {"slugify", "separator", "baselevel"} & one.keys() for one in given)


def _posts(inputs: Inputs, site: Site, blog: Blog, pictures: Pictures) -> Iterator[Problem]:
    pages = {page.name: page for page in site.tree.pages.values()}
    placed = [
        (post, origin, pages[post.path])
        for post, origin in zip(inputs.record, inputs.record.origins, strict=True)
        if isinstance(post, Post) and post.path in pages
    ]
    known = _authors(inputs.places, blog)
    first: dict[str, Post] = {}
    doubles = {post.path: holder for post, holder in series.doubles(inputs.record.posts)}
    for post, origin, page in placed:
        yield from _named(post, origin, page, known, blog)
        yield from _pages(post, origin, page.path, site, pictures)
        address = blog.address(post, post.title or _title(page))
        holder = first.setdefault(address, post) if address is not None else post
        if holder is not post and not {*_refused(post, page), *_refused(holder, pages[holder.path])}:
            message = f"the address {quoted(address)} is taken by {holder.path}. Write another 'slug:'."
            yield origin.problem(("slug",) if post.slug else ("date",), message)
        if (older := doubles.get(post.path)) is not None:
            message = f"part {post.part} of {quoted(post.series)} is {older.path}. Every number stands once."
            yield origin.problem(("part",), message)
        if blog.needs_separator and blog.separator not in page.markup.body:
            message = (
                f"nothing says where the excerpt ends. Write {blog.separator} on a line of its own "
                "after the first paragraph or two."
            )
            yield page.problem(page.markup.start, "excerpt", message)


def _refused(post: Post, page: Page) -> list[str]:
    """What front matter says of a post's address or categories and was not taken: that is told already."""
    given = {"title": post.title, "slug": post.slug, "categories": post.categories}
    return [key for key, taken in given.items() if not taken and page.meta.get(key)]


def _named(post: Post, origin: Origin, page: Page, authors: set[str] | None, blog: Blog) -> Iterator[Problem]:
    """The categories and authors of a post; a draft may be without a category."""
    if not post.categories and not post.draft and "categories" not in _refused(post, page):
        yield origin.problem(
            ("categories",), "the post is in no category. Write one, as in 'categories: [Notes]'."
        )
    for index, name in enumerate(post.categories):
        if blog.allowed and name not in blog.allowed:
            accepted = ", ".join(blog.allowed)
            message = (
                f"{quoted(name)} is no category here.{did_you_mean(name, blog.allowed)} Accepted: {accepted}."
            )
            yield origin.problem(("categories", index), message)
    for index, id in enumerate(post.authors):
        if authors is not None and id not in authors:
            message = f"there is no {quoted(id)} in {blog.authors}.{did_you_mean(id, authors)}"
            yield origin.problem(("authors", index), message)


def _pages(post: Post, origin: Origin, page: str, site: Site, pictures: Pictures) -> Iterator[Problem]:
    """The files that front matter names."""
    named: list[tuple[yaml_marks.Path, str]] = [*_flat(("links",), post.links)]
    named += [(("image",), post.image)] if post.image else []
    for at, target in named:
        why = destinations.why_no_file(target, page, site)
        if why is None and at == ("image",):
            why = pictures.wrong("", target)
        if why:
            yield origin.problem(at, why)


def _flat(at: yaml_marks.Path, item: object) -> Iterator[tuple[yaml_marks.Path, str]]:
    if isinstance(item, str):
        yield at, item
    elif isinstance(item, list):
        for index, one in enumerate(item):
            yield from _flat((*at, index), one)
    elif isinstance(item, dict):
        for key, one in item.items():
            yield from _flat((*at, key), one)


def _title(page: Page) -> str:
    """The title before a page is converted, as MkDocs has it: a first line '# Title', or the file's name."""
    first = next((line.strip() for line in page.markup.body.splitlines() if line.strip()), "")
    if first.startswith("# "):
        return first.lstrip("# ")
    name = page.path.rpartition("/")[2].rpartition(".")[0].replace("-", " ").replace("_", " ")
    return name.capitalize() if name.lower() == name else name


def _authors(places: Places, blog: Blog) -> set[str] | None:
    """The ids of those who write here; None where they are not kept, or the file is unsound."""
    if blog.authors is None:
        return None
    text = text_of(places.docs / blog.authors, places.root, optional=True)
    if isinstance(text, Problem):
        return None
    document, problems = yaml_marks.load(blog.authors, text)
    given = document.data.get("authors") if isinstance(document.data, dict) else None
    if problems or (given is not None and not isinstance(given, dict)):
        return None
    return set(given or ())
