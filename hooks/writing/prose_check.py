"""What can be wrong in posts and pages besides their front matter, found without a build."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portfolio import yaml_marks
from portfolio.loading import Origin, Record
from portfolio.models import Post
from portfolio.problem import Problem, did_you_mean, quoted
from portfolio.settings import Places, text_of
from writing import anchors, destinations, series, tree
from writing import blog as blogs
from writing.blog import Blog
from writing.conversion import Converter
from writing.destinations import Site
from writing.standing import Waiting
from writing.tree import Page, Tree


@dataclass(frozen=True)
class Inputs:
    """What the checks look at.

    ``values`` are the settings of ``mkdocs.yml`` (see ``portfolio.settings.values``); ``generated`` has the
    files that a build makes, by their paths below the site's address; ``waiting`` has the posts that are not
    out.
    """

    places: Places
    values: Mapping[str, Any]
    record: Record
    waiting: tuple[Waiting, ...]
    generated: frozenset[str]


def check(inputs: Inputs, converter: Converter) -> list[Problem]:
    """Every problem, sorted by place."""
    places, values = inputs.places, inputs.values
    documents = tree.read(places.docs, places.root, values, converter)
    blog = blogs.of(values)
    site = _site(inputs, documents, blog)
    problems: list[Problem] = []
    for page in documents.pages.values():
        problems += destinations.check(page, site)
        problems += _images(page)
        problems += _levels(page)
    if blog is not None:
        problems += _posts(inputs, site, blog)
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
        absolute=absolute != "warn",
    )


def _names_slugs(extensions: object) -> bool:
    """Whether the table of contents is told how to make anchors."""
    items = extensions if isinstance(extensions, list) else [extensions]
    given = [item.get("toc") for item in items if isinstance(item, dict)]
    return any(isinstance(one, dict) and {"slugify", "separator", "baselevel"} & one.keys() for one in given)


def _images(page: Page) -> Iterator[Problem]:
    message = (
        "has no alternative text. Say in the brackets what it shows, as in ![A bridge](bridge.jpg); for one "
        'that only adorns, write <img alt="" …>.'
    )
    for link in page.markup.links:
        if link.image and not link.words.strip() and (link.target, "") in page.made.images:
            yield page.problem(link.at, "image", message)
    for tag, given, at in page.markup.raw:
        if tag == "img" and "alt" not in given:
            yield page.problem(at, "image", message)


def _levels(page: Page) -> Iterator[Problem]:
    """Headings that stand more than one level below the one before; the page's title is the first of them."""
    above = 1
    for heading in page.markup.headings:
        if heading.level > above + 1 and _skips(page.made.levels, above, heading.level):
            message = (
                f"{quoted(heading.words)} is on level {heading.level}, the one before it on level {above}. "
                f"Write {'#' * (above + 1)}."
            )
            yield page.problem(heading.at, "heading", message)
        above = heading.level


def _skips(levels: list[int], above: int, level: int) -> bool:
    return (above, level) in zip([1, *levels], levels, strict=False)


def _posts(inputs: Inputs, site: Site, blog: Blog) -> Iterator[Problem]:
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
        yield from _named(post, origin, known, blog)
        yield from _pages(post, origin, site)
        address = blog.address(post, post.title or _title(page))
        if address is not None and (holder := first.setdefault(address, post)) is not post:
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


def _named(post: Post, origin: Origin, authors: set[str] | None, blog: Blog) -> Iterator[Problem]:
    """The categories and authors of a post; a draft may be without a category."""
    if not post.categories and not post.draft:
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


def _pages(post: Post, origin: Origin, site: Site) -> Iterator[Problem]:
    """The files that front matter names."""
    named: list[tuple[yaml_marks.Path, str]] = [*_flat(("links",), post.links)]
    named += [(("image",), post.image)] if post.image else []
    for at, target in named:
        if why := destinations.why_no_file(target, site):
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
