"""The front matter of a post: what Material's blog, MkDocs and this site read there, and nothing else.

A field's description is what an editor shows while one types (see ``portfolio.schema``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.markdown_scan import FRONT_MATTER
from portfolio.core.positions import Document
from portfolio.core.validation import validate
from portfolio.record.models import Id, Model
from portfolio.sources import front_matter_types
from portfolio.sources.front_matter_types import Flag, Minutes, Number, Part, Slug, Tag, Words

_DAY: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d?-\d\d?([Tt ].*)?$"}
_DATES = {"type": "object", "required": ["created"], "additionalProperties": _DAY}
_LINKS: dict[str, Any] = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "object", "maxProperties": 1}]},
}


def _nav(value: object) -> object:
    """Links as in the nav of ``mkdocs.yml``: an address, ``Title: address``, or ``Title: [more of them]``."""
    if not isinstance(value, list):
        raise _no_links()
    for item in value:
        if isinstance(item, dict) and len(item) == 1:
            (inner,) = item.values()
            if isinstance(inner, list):
                _nav(inner)
                continue
            item = inner
        if not isinstance(item, str):
            raise _no_links()
    return value


def _no_links() -> PydanticCustomError:
    message = "expected a list of links, each as in 'notes/index.md' or 'Title: notes/index.md'"
    return PydanticCustomError("no_links", message)


class Search(Model):
    """How the search treats the post."""

    exclude: Flag | None = Field(None, description="true: the search does not find it.")
    boost: Number | None = Field(None, description="2 puts it higher among what is found, 0.5 lower.")


class FrontMatter(Model):
    """What may stand above a post."""

    # The day is checked with words of its own, see `portfolio.posts`.
    model_config = ConfigDict(json_schema_extra={"required": ["date"]})

    date: Annotated[Any, WithJsonSchema({"anyOf": [_DAY, _DATES]})] = Field(
        None,
        description="The day on which it comes out, as in 2026-01-31, or the moment, as in 2026-01-31 "
        "09:30:00, in the time zone of the site. Or {created: 2026-01-31, updated: 2026-02-01}.",
    )
    updated: Annotated[Any, WithJsonSchema(_DAY)] = Field(
        None, description="The day of the last change that matters to readers; without it, git's."
    )
    title: Words | None = Field(None, description="The title; without it, the first heading.")
    description: Words | None = Field(None, description="One sentence, for search engines, feeds and cards.")
    slug: Slug | None = Field(None, description="The end of its address; without it, made of the title.")
    id: Id | None = Field(
        None, description="A name that never changes, for feeds and links; without it, that of the file."
    )
    draft: Flag | None = Field(None, description="true: shown by make serve, never published.")
    pin: Flag | None = Field(None, description="true: first in every list.")
    authors: tuple[Words, ...] = Field((), description="Ids from .authors.yml.")
    categories: tuple[Words, ...] = Field((), description="One or more; each has a page and a feed.")
    tags: tuple[Tag, ...] = Field((), description="As many as you like; they are listed on the page of tags.")
    about: tuple[Id, ...] = Field(
        (), description="Ids of the roles, education, publications, talks and software it is about."
    )
    series: Words | None = Field(None, description="The name of the series that it is a part of.")
    part: Part | None = Field(None, description="Its number in the series; without it, by its day.")
    related: tuple[Id, ...] | None = Field(
        None, description="Ids of posts to read next, instead of those that resemble it; [] for none."
    )
    links: Annotated[Any, BeforeValidator(_nav), WithJsonSchema(_LINKS)] = Field(
        None, description="Pages and addresses to go on with, as in the nav of mkdocs.yml."
    )
    image: Words | None = Field(None, description="A picture for those who link to it, instead of its card.")
    readtime: Minutes | None = Field(None, description="Minutes; without it, counted.")
    hide: tuple[Literal["navigation", "toc", "path", "footer", "tags", "feedback"], ...] = Field(
        (), description="Parts of the page that it goes without."
    )
    template: Words | None = Field(None, description="A template of overrides/ instead of blog-post.html.")
    search: Search | None = Field(None, description="How the search treats it.")
    icon: Words | None = Field(None, description="An icon in the navigation, such as material/pencil.")
    status: Words | None = Field(None, description="A mark in the navigation: new or deprecated.")
    subtitle: Words | None = Field(None, description="A line below its title in the navigation.")


def load(name: str, text: str) -> tuple[Document, list[Diagnostic]]:
    """The front matter of a post's text with its places, and what keeps it from being read."""
    match = FRONT_MATTER.match(text)
    if match is None:
        message = "a post begins with its front matter: '---', 'date: 2026-01-31' and so on, '---'."
        return Document(name), [Diagnostic(name, 1, 1, "", message)]
    return positions.load_yaml(name, match["yaml"], first_line=2)


def read(document: Document) -> tuple[FrontMatter, list[Diagnostic]]:
    """The front matter in a document that is a mapping, and every problem in it but those of its days.

    What is wrong is left out.
    """
    data, problems = front_matter_types.typed(document)
    # An id is a text however YAML reads it, as everywhere in the record.
    data |= {key: document.data[key] for key in ("id", "about", "related") if key in document.data}
    seen = Document(document.path, data, document.positions, document.key_positions, document.tags)
    front, found = validate(FrontMatter, seen, ())
    document.original_indexes |= seen.original_indexes
    told = {(problem.line, problem.column) for problem in problems}
    found = [problem for problem in found if (problem.line, problem.column) not in told]
    if front is not None and front.part is not None and front.series is None:
        found.append(
            document.diagnose(("part",), "counts in a series, and there is none. Write 'series:' too.")
        )
    return front or FrontMatter(), [*problems, *found]
