"""Read the front matter of the blog's posts without building the site.

`FrontMatter` lists every key that Material's blog, MkDocs and this site read, and rejects all others. The
descriptions of its fields are what an editor shows while typing (see `portfolio.sources.json_schema`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from portfolio.core import positions
from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import Diagnostic, did_you_mean, find_misspelled, join_words, quote
from portfolio.core.files import display_path, read_text, walk_files
from portfolio.core.markdown_scan import FRONT_MATTER
from portfolio.core.positions import Document, KeyPath, load_yaml_file
from portfolio.core.text import MAX_SLUG_BYTES, is_reserved
from portfolio.core.validation import (
    Placeholder,
    check_characters,
    check_keys,
    invalid_value,
    list_items,
    validate,
)
from portfolio.record import dates as edtf
from portfolio.record.models import Id, Model, Post, Url, id_from, list_fields, validate_language
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK

# A time without seconds, or with a time zone as in +0530, which YAML reads as text.
_LOOSE_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d?-\d\d?)[Tt ]+(?P<time>\d\d?:\d\d)(?P<seconds>:\d\d)?"
    r"[ \t]*(?:(?P<utc>[Zz]|UTC|GMT)|(?P<hours>[-+]\d\d)(?::?(?P<minutes>\d\d))?)?"
)
# The metadata of MultiMarkdown and Pelican, which have no lines around it.
_METADATA_LINE = re.compile(r"[A-Za-z][\w-]*:[ \t]")
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_DATE_HINT = "Write it as in 2026-01-31."
# The keys whose values are not texts.
_TYPED_KEYS = frozenset({"draft", "pin", "part", "readtime", "search"})
_MAX_TAGS = 100
# The keys that pages other than posts can have, too.
_PAGE_KEYS = frozenset(
    "title description tags aliases hide template search icon status subtitle image lang".split()
)
# Keys of Jekyll, Hugo, Pelican, Astro and others, in lower case, with what to write instead.
_FOREIGN_KEYS = {
    "author": "authors: [id]",
    "keywords": "tags: [name]",
    "published": "draft: true (for published: false)",
    "excerpt": "<!-- more --> after the excerpt",
    "toc": "hide: [toc] (for toc: false)",
    "redirect_from": "aliases: [/old/path/]",
    **dict.fromkeys(("category", "section"), "categories: [Name]"),
    **dict.fromkeys(("permalink", "url"), "slug"),
    **dict.fromkeys(("summary", "lead"), "description"),
    **dict.fromkeys(("lastmod", "modified", "last_modified_at", "updateddate"), "updated"),
    **dict.fromkeys(("pubdate", "publishdate"), "date"),
    **dict.fromkeys(("weight", "sticky", "pinned", "featured"), "pin: true"),
    **dict.fromkeys(("cover", "thumbnail", "heroimage", "featured_image", "banner"), "image"),
    **dict.fromkeys("layout type comments math mathjax markup".split(), ""),
}
_NUMBER_HINT = "Write it in digits, without quotation marks."
# An absolute URI (RFC 3986), which the id of an entry must be (RFC 4287, section 4.2.6).
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NOT_IN_A_SLUG = set(" \t\n\"#%&'<>?\\{}")


def _check_words(value: object) -> object:
    if isinstance(value, bool | int | float | date):
        raise invalid_value(
            "front-matter.invalid-text", "is not read as text.", "Put quotation marks around it."
        )
    if not isinstance(value, str):
        return value
    return check_characters(" ".join(value.split()), "front-matter.control-character")


def _check_path(value: object) -> object:
    # Spaces count in a path.
    return value if isinstance(value, str) else _check_words(value)


def _check_flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    word, choices = str(value), {"true", "false"}
    suggestion = "" if word.casefold() in choices else did_you_mean(word, choices)
    hint = f"{suggestion} Write true or false, without quotation marks."
    raise invalid_value("front-matter.invalid-flag", f"{quote(word)} is neither true nor false.", hint)


def _check_number(value: object) -> object:
    # Infinity is no weight of a word in the search.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise invalid_value("front-matter.invalid-number", f"{quote(value)} is not a number.", _NUMBER_HINT)
    return value


def _check_integer(value: object, *, minimum: int) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        message = f"{quote(value)} is not a whole number of at least {minimum}."
        raise invalid_value("front-matter.invalid-number", message, _NUMBER_HINT)
    return value


def _check_length(value: str) -> str:
    """Check a text that becomes the name of a file."""
    if (length := len(value.encode())) > MAX_SLUG_BYTES:
        message = f"{quote(value)} is too long for the name of a file: {length} bytes."
        raise invalid_value("front-matter.too-long", message, f"Write at most {MAX_SLUG_BYTES} bytes.")
    return value


def _check_slug(value: str) -> str:
    if _NOT_IN_A_SLUG & set(value) or any(part.strip(".") == "" for part in value.split("/")):
        message, hint = f"{quote(value)} cannot be part of a URL.", "Write words with hyphens between them"
        raise invalid_value("front-matter.invalid-slug", message, f"{hint}, as in 'soft-edges'.")
    if is_reserved(value):
        message, hint = f"{quote(value)} is the name of a folder's own page.", "Write another word."
        raise invalid_value("front-matter.reserved-slug", message, hint)
    for part in value.split("/"):
        _check_length(part)
    return value


def _check_feed_id(value: str) -> str:
    if not _URI.fullmatch(value):
        message, hint = f"{quote(value)} is not a URI.", "Write it as in 'tag:example.org,2011:/posts/a'."
        raise invalid_value("front-matter.invalid-feed-id", message, hint)
    return value


def _check_links(value: object) -> object:
    """Accept links as in the nav of ``mkdocs.yml``: a URL, ``Title: URL``, or ``Title: [links]``.

    A mapping of several titles is a list, too.
    """
    hint = "Write each as in 'notes/index.md' or 'Title: notes/index.md'."
    error = invalid_value("front-matter.invalid-links", "expected a list of links.", hint)
    if isinstance(value, dict):
        value = [{title: target} for title, target in value.items()]
    links = list_items(value)
    for item in links:
        target = next(iter(item.values())) if isinstance(item, dict) and len(item) == 1 else item
        if isinstance(target, list) and target is not item:
            _check_links(target)
        elif not isinstance(target, str):
            raise error
    return links


def _check_tag_count(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) > _MAX_TAGS:
        message = f"{len(value)} tags are more than a page can have."
        hint = f"Write at most {_MAX_TAGS}; each tag has a feed of its own."
        raise invalid_value("front-matter.too-many-tags", message, hint)
    return value


Words = Annotated[str, Field(min_length=1), BeforeValidator(_check_words)]
# The name of a category or a tag.
Label = Annotated[Words, AfterValidator(_check_length)]
AliasPath = Annotated[str, Field(min_length=1), BeforeValidator(_check_path)]
Flag = Annotated[bool, BeforeValidator(_check_flag)]
Number = Annotated[float, BeforeValidator(_check_number)]
Part = Annotated[int, Field(ge=1), BeforeValidator(partial(_check_integer, minimum=1))]
Minutes = Annotated[int, Field(ge=0), BeforeValidator(partial(_check_integer, minimum=0))]
Slug = Annotated[Words, AfterValidator(_check_slug)]
FeedId = Annotated[Words, AfterValidator(_check_feed_id)]

_DAY: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d?-\d\d?([Tt ].*)?$"}
_DATES = {"type": "object", "required": ["created"], "additionalProperties": _DAY}
_LINKS: dict[str, Any] = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "object"}]},
}


class Search(Model):
    """How the search treats the post."""

    exclude: Flag | None = Field(
        None, description="true: the search does not find the post.", examples=[True]
    )
    boost: Number | None = Field(
        None, description="2 ranks the post higher among the results, 0.5 lower.", examples=[2]
    )


class FrontMatter(Model):
    """The front matter of a post."""

    # Dates are checked in `_read_dates`, with messages of their own.
    model_config = ConfigDict(json_schema_extra={"required": ["date"]})

    date: Annotated[Any, WithJsonSchema({"anyOf": [_DAY, _DATES]})] = Field(
        None,
        description="The day of publication, as in 2026-01-31, or the time, as in 2026-01-31 09:30:00, in "
        "the time zone of the site. Or {created: 2026-01-31, updated: 2026-02-01}.",
        examples=["2026-01-31"],
    )
    updated: Annotated[Any, WithJsonSchema(_DAY)] = Field(
        None,
        description="The day of the last change that matters to readers; by default the day in Git.",
        examples=["2026-02-01"],
    )
    title: Words | None = Field(
        None, description="The title; by default the first heading.", examples=["What I found"]
    )
    description: Words | None = Field(
        None, description="One sentence, for search engines, feeds and cards.", examples=["How I found it."]
    )
    lang: Annotated[Words, AfterValidator(validate_language)] | None = Field(
        None,
        description="The language of the post (BCP 47), if it is not that of the site.",
        examples=["de"],
    )
    slug: Slug | None = Field(
        None, description="The end of the URL; by default derived from the title.", examples=["what-i-found"]
    )
    aliases: tuple[AliasPath, ...] = Field(
        (),
        description="Old paths of its URL, in their exact spelling; each leads here.",
        examples=[["/posts/what-i-found.html"]],
    )
    id: Id | None = Field(
        None,
        description="A name that never changes, for feeds and links; by default the file name.",
        examples=["what-i-found"],
    )
    feed_id: FeedId | None = Field(
        None,
        description="The id of its entry in feeds, such as that of an earlier site; by default from its id.",
        examples=["tag:example.org,2011:/posts/what-i-found"],
    )
    draft: Flag | None = Field(
        None, description="true: visible under make serve, but never published.", examples=[True]
    )
    pin: Flag | None = Field(None, description="true: first in every list.", examples=[True])
    authors: tuple[Words, ...] = Field((), description="Ids from .authors.yml.", examples=[["owner"]])
    categories: tuple[Label, ...] = Field(
        (), description="Categories, usually one; each has a page and a feed.", examples=[["Notes"]]
    )
    tags: Annotated[tuple[Label, ...], AfterValidator(_check_tag_count)] = Field(
        (), description="Any number of tags; the page of tags lists them.", examples=[["search"]]
    )
    about: tuple[Id, ...] = Field(
        (),
        description="Ids of the roles, education, publications, talks and software that it is about.",
        examples=[["some-role"]],
    )
    series: Words | None = Field(
        None, description="The name of the series that the post belongs to.", examples=["On search"]
    )
    part: Part | None = Field(
        None, description="Its number in the series; by default in order of date.", examples=[2]
    )
    related: tuple[Id, ...] | None = Field(
        None,
        description="Ids of posts to read next, instead of the most similar ones; [] for none.",
        examples=[["another-post"]],
    )
    links: Annotated[Any, BeforeValidator(_check_links), WithJsonSchema(_LINKS)] = Field(
        None,
        description="Related pages and URLs, written as in the nav of mkdocs.yml.",
        examples=[["timeline.md"]],
    )
    image: Words | None = Field(
        None, description="A picture for link previews, instead of the social card.", examples=["found.png"]
    )
    readtime: Minutes | None = Field(
        None, description="Reading time in minutes; by default estimated.", examples=[5]
    )
    hide: tuple[Literal["navigation", "toc", "path", "footer", "tags", "feedback"], ...] = Field(
        (), description="Parts of the page to leave out.", examples=[["toc"]]
    )
    template: Words | None = Field(
        None, description="A template in overrides/ instead of blog-post.html.", examples=["wide.html"]
    )
    search: Search | None = Field(
        None, description="How the search treats the post.", examples=[{"boost": 2}]
    )
    icon: Words | None = Field(
        None, description="An icon in the navigation, such as material/pencil.", examples=["material/pencil"]
    )
    status: Words | None = Field(
        None, description="A mark in the navigation: new or deprecated.", examples=["new"]
    )
    subtitle: Words | None = Field(
        None, description="A line below the title in the navigation.", examples=["A short story"]
    )


_LIST_KEYS = {"links", *list_fields(FrontMatter)}


class Author(Model):
    """An author of posts."""

    name: Words = Field(description="The name that posts show.", examples=["A. Author"])
    description: Words = Field(description="A few words about the author.", examples=["Writes here"])
    avatar: Words = Field(
        description="A picture: its path in docs/, or an https:// URL.", examples=["assets/author.svg"]
    )
    slug: Slug | None = Field(None, description="The end of the URL of their page.", examples=["author"])
    url: Url | None = Field(None, description="The author's site.", examples=["https://example.org/"])


class AuthorsFile(Model):
    """``.authors.yml``: the authors of posts, by the ids that posts name."""

    authors: dict[str, Author] = Field({}, description="The authors, by id.", examples=[{}])


def load_authors(path: Path, root: Path) -> tuple[Document, list[Diagnostic]]:
    """Load the file of authors, which may be missing. The data are a mapping of all ids to their values."""
    document, problems = load_yaml_file(path, root)
    problems += check_keys(document, ("authors",))
    authors = document.value_at(("authors",))
    if problems or authors is None:
        document.data = None if problems else {}
        return document, problems
    if not isinstance(authors, dict):
        message, hint = "expected a mapping of authors.", "Write an id such as 'owner:', and its keys below."
        problem = document.diagnose(("authors",), message, hint, code="record.not-a-mapping")
        return replace(document, data=None), [problem]
    data, problems = construct_values(document)
    constructed = replace(document, data=data)
    for id in authors:
        problems += validate(Author, constructed, ("authors", id))[1]
    document.data = authors
    return document, problems


def load(
    folder: Path, root: Path, separator: str, cache: CacheFile
) -> tuple[list[tuple[Document, Post]], list[Diagnostic]]:
    """Read every post below a folder, sorted by path. Diagnostics name paths relative to ``root``.

    ``separator`` ends the excerpt of a notebook. The cache has the posts without any problem.
    """
    posts: list[tuple[Document, Post]] = []
    problems: list[Diagnostic] = []
    base = display_path(folder, root)
    for path in sorted(walk_files(folder), key=lambda path: path.parts):
        if path.name.startswith(".") or not path.name.endswith((*MARKDOWN, NOTEBOOK)):
            continue
        name, text, notebook = display_path(path, root), read_text(path, root), None
        if isinstance(text, Diagnostic):
            problems.append(text)
            continue
        is_notebook = path.suffix == NOTEBOOK
        # Of Markdown, only the front matter is read.
        front_matter = None if is_notebook else FRONT_MATTER.match(text)
        inputs = ("post", base, name, separator, front_matter["yaml"] if front_matter else text)
        if (cached := cache.get(inputs)) is not None:
            posts.append(cached)
            continue
        if is_notebook:
            from portfolio.notebooks import convert

            page = convert.convert_notebook(name, text, path.stem, separator)
            if isinstance(page, list):
                problems += page
                continue
            notebook, text = page, page.markdown
        document, post, wrong = read_post(name, text, path.relative_to(folder))
        if notebook is not None:
            notebook.relocate(document)
            wrong = [*notebook.diagnostics, *map(notebook.map_to_notebook, wrong)]
        problems += wrong
        if post is not None:
            posts.append((document, post))
            if not wrong:
                cache.put(inputs, (document, post))
    return posts, problems


def read_post(name: str, text: str, path: Path) -> tuple[Document, Post | None, list[Diagnostic]]:
    """Read a Markdown post. ``path`` is relative to the folder of posts; the default id comes from it.

    Invalid values are reported and left out. The post is None if there is no usable front matter.
    """
    document, problems = load_front_matter(name, text)
    if problems:
        return document, None, problems
    if not isinstance(document.data, dict):
        return document, None, [_not_a_mapping(name)]
    front = document.data
    created, updated, problems = _read_dates(document)
    checked, wrong = validate_front_matter(document)
    problems += wrong
    id = front.get("id") or id_from(path.parent.name or "index" if path.stem == "index" else path.stem)
    if not id:
        message, hint = "no id can be derived from the file name.", "Rename the file, or write an id."
        problems.append(document.diagnose(("id",), message, hint, code="front-matter.missing-id"))
    document.data = {
        **{name: getattr(checked, name) for name in Post.model_fields if name in FrontMatter.model_fields},
        "id": id or Placeholder(name),
        "date": _day(created),
        "time": created if isinstance(created, datetime) else None,
        "updated": _day(updated),
        "path": name,
    }
    post, wrong = validate(Post, document, ())
    return document, post, sorted({*problems, *wrong})


def load_front_matter(name: str, text: str) -> tuple[Document, list[Diagnostic]]:
    """Load the front matter of a post with positions, and report why it cannot be read."""
    match = FRONT_MATTER.match(text)
    if match is None:
        message = "this post has no front matter."
        hint = "Begin it with the lines '---', 'date: 2026-01-31' and '---'."
        if text.startswith("+++"):
            hint = "Hugo's +++ is TOML: write YAML between two lines '---', as in 'date: 2026-01-31'."
        elif _METADATA_LINE.match(text):
            hint = "Put the lines 'key: value' between two lines '---', with the keys in lower case."
        return Document(name), [Diagnostic(name, 1, 1, "", message, hint, code="front-matter.missing")]
    return positions.load_yaml(name, match["yaml"], first_line=2)


def check_page_front_matter(name: str, text: str) -> list[Diagnostic]:
    """Return every diagnostic of the front matter of a page that is no post, which may be missing.

    Themes and plugins may read any other keys of it.
    """
    if FRONT_MATTER.match(text) is None:
        return []
    document, problems = load_front_matter(name, text)
    if problems or document.data is None:
        return problems
    if not isinstance(document.data, dict):
        return [_not_a_mapping(name)]
    data, problems = _read_values(document)
    page = replace(document, data={key: value for key, value in data.items() if key in _PAGE_KEYS})
    for key in document.data:
        is_known = key in FrontMatter.model_fields or _is_foreign(key)
        if not is_known and (meant := find_misspelled(key, (*_PAGE_KEYS, "kind"))) and meant != key:
            message, hint = "nothing reads this key.", f"Did you mean '{meant}'?"
            problems.append(document.diagnose((key,), message, hint, code="record.unknown-key"))
    reported = {(problem.line, problem.column) for problem in problems}
    wrong = validate(FrontMatter, page, ())[1]
    return problems + [problem for problem in wrong if (problem.line, problem.column) not in reported]


def _not_a_mapping(name: str) -> Diagnostic:
    message, hint = "the front matter is not a mapping.", "Write keys and values: 'date: 2026-01-31'."
    return Diagnostic(name, 2, 1, "", message, hint, code="front-matter.not-a-mapping")


def construct_values(document: Document) -> tuple[Any, list[Diagnostic]]:
    """Return the data of a document with the types that YAML gives its scalars, and those that have none."""
    problems: list[Diagnostic] = []

    def construct(path: KeyPath, tag: str, text: str) -> object:
        if tag == "tag:yaml.org,2002:str":
            return text
        try:
            return SafeConstructor().construct_object(yaml.ScalarNode(tag, text))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, yaml.YAMLError):
            # The text does not match its tag, such as `!!int x` or a 31st of February.
            message = f"{quote(text)} cannot be read as YAML's {tag.rpartition(':')[2]}."
            problems.append(document.diagnose(path, message, code="front-matter.invalid-tag"))
            return text

    return document.map_scalars(construct), problems


def _read_values(document: Document) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return the values of front matter, and those that YAML cannot read.

    Texts are what the author wrote, however YAML reads them, as everywhere in the record.
    """
    constructed, problems = construct_values(document)
    typed = {key: value for key, value in constructed.items() if key in _TYPED_KEYS}
    return {**document.data, **typed}, problems


def normalize_metadata(
    metadata: MutableMapping[str, Any], read_source: Callable[[], str], *, is_post: bool
) -> None:
    """Replace values that YAML reads otherwise than this site, for all others who read them.

    These are a single value in place of a list, and a text that looks like a number, a date or a boolean.
    ``metadata`` has the front matter of a page as YAML reads it, ``read_source`` returns the page's source.
    """
    keys = metadata.keys() & (FrontMatter.model_fields.keys() if is_post else _PAGE_KEYS)
    changed = [key for key in sorted(keys - _TYPED_KEYS) if not _is_normal(key, metadata[key])]
    if not changed:
        return
    document, problems = load_front_matter("", read_source())
    if problems or not isinstance(document.data, dict):
        return
    values = {key: document.data[key] for key in changed if key in document.data}
    front, _ = validate(FrontMatter, replace(document, data=values), ())
    for key in (front or FrontMatter()).model_fields_set:
        value = getattr(front, key)
        metadata[key] = [*value] if isinstance(value, tuple) else value


def _is_normal(key: str, value: object) -> bool:
    """Whether a value of front matter has the type that this site reads it as."""
    if key in ("date", "updated") or value is None:
        return True
    if key in _LIST_KEYS:
        return isinstance(value, list) and (key == "links" or all(isinstance(item, str) for item in value))
    return isinstance(value, str)


def validate_front_matter(document: Document) -> tuple[FrontMatter, list[Diagnostic]]:
    """Validate the front matter in a document that is a mapping, except for its dates.

    Invalid values are reported and left out.
    """
    data, problems = _read_values(document)
    # `_read_dates` reports these.
    problems = [problem for problem in problems if not problem.field.startswith(("date", "updated"))]
    foreign = {key: _FOREIGN_KEYS[key.lower()] for key in data if _is_foreign(key)}
    data = {key: value for key, value in data.items() if key not in foreign}
    if foreign:
        problems.append(_report_foreign_keys(document, foreign))
    front, wrong = validate(FrontMatter, replace(document, data=data), ())
    reported = {(problem.line, problem.column) for problem in problems}
    problems += [problem for problem in wrong if (problem.line, problem.column) not in reported]
    if front is not None and front.part is not None and front.series is None:
        message, hint = "needs a series.", "Add 'series: …'."
        problems.append(document.diagnose(("part",), message, hint, code="front-matter.part-without-series"))
    return front or FrontMatter(), problems


def _is_foreign(key: str) -> bool:
    return key not in FrontMatter.model_fields and key.lower() in _FOREIGN_KEYS


def _report_foreign_keys(document: Document, equivalents: dict[str, str]) -> Diagnostic:
    """Report the keys of another tool, with what to write instead, as one diagnostic."""
    known = [f"{key} is {instead}" for key, instead in equivalents.items() if instead]
    unsupported = [key for key, instead in equivalents.items() if not instead]
    hint = f"Here {'; '.join(known)}." if known else ""
    hint += f" Remove {join_words(unsupported)}." if unsupported else ""
    message = f"another tool's keys: {', '.join(equivalents)}."
    return document.diagnose((next(iter(equivalents)),), message, hint, code="front-matter.foreign-keys")


def _read_dates(document: Document) -> tuple[date | None, date | None, list[Diagnostic]]:
    """Return the dates (or times) of publication and of the last change, and every problem in them.

    They are written as ``date: 2026-01-31`` and ``updated: 2026-02-01``, or as ``date: {created: …,
    updated: …}``. Like the blog, accept only values that YAML reads as a date or time, also under other keys
    of the mapping.
    """
    front = document.data
    created: KeyPath = ("date",)
    updated: KeyPath = ("updated",)
    values: dict[KeyPath, object] = {created: front.get("date")}
    if isinstance(front.get("date"), dict):
        created = ("date", "created")
        values = {created: None, **{("date", key): value for key, value in front["date"].items()}}
    problems = []
    if front.get("updated") is not None:
        if ("date", "updated") in values:
            message, hint = "date.updated says this as well.", "Remove one of them."
            problems.append(document.diagnose(updated, message, hint, code="front-matter.conflicting-dates"))
        values[updated] = front["updated"]
    elif ("date", "updated") in values:
        updated = ("date", "updated")
    dates = {path: _parse_date(document, path, value) for path, value in values.items()}
    for path in (path for path, parsed in dates.items() if parsed is None):
        value, hint = values[path], _DATE_HINT
        message, code = f"{quote(value)} is not a date.", "front-matter.invalid-date"
        if value is None:
            message, code = "is missing.", "front-matter.missing-date"
        elif isinstance(value, str) and _load_date(value) is not None:
            hint = "Remove the quotation marks."
        elif isinstance(value, str) and (time := _LOOSE_TIME.fullmatch(value.strip())):
            exact = _format_time(time)
            hint = f"Write {exact}." if exact != value and _load_date(exact) is not None else _DATE_HINT
        elif isinstance(value, str) and (day := _suggest_day(value)):
            hint = f"Write {day}."
        problems.append(document.diagnose(path, message, hint, code=code))
    first, last = _day(dates[created]), _day(dates.get(updated))
    if first is not None and last is not None and last < first:
        message = f"{last} is before the date of publication ({first})."
        problems.append(document.diagnose(updated, message, code="front-matter.updated-before-date"))
    return dates[created], dates.get(updated), problems


def _suggest_day(text: str) -> str:
    """Return the day that a text such as "5 May 2026" certainly means, or an empty text."""
    try:
        edtf.parse_date(text)
    except edtf.DateError as error:
        if _load_date(error.suggestion) is not None:
            return error.suggestion
    return ""


def _format_time(time: re.Match[str]) -> str:
    """Return a time as YAML accepts it: with seconds, and with a colon in the offset."""
    zone = f" {time['hours']}:{time['minutes'] or '00'}" if time["hours"] else ""
    return f"{time['day']} {time['time']}{time['seconds'] or ':00'}{'Z' if time['utc'] else zone}"


def _parse_date(document: Document, path: KeyPath, value: object) -> date | None:
    if not isinstance(value, str) or document.tags.get(path) != _TIMESTAMP:
        return None
    return _load_date(value)


def _load_date(value: str) -> date | None:
    """Return the date or time that YAML reads a text as; None if it has none, or none in some time zone."""
    tag = Resolver().resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    if tag != _TIMESTAMP:
        return None
    try:
        parsed: date = SafeConstructor().construct_object(yaml.ScalarNode(tag, value))
        if isinstance(parsed, datetime):
            # Within a day of either end of the calendar, the date does not exist in some time zones.
            utc = parsed.astimezone(UTC) if parsed.tzinfo is not None else parsed
            _ = utc - timedelta(days=1), utc + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return parsed


def _day(time: date | None) -> date | None:
    return time.date() if isinstance(time, datetime) else time
