"""Generate the reference of keys for people, ``.github/guide/reference.md``, from the models.

It has every key of the data files, the front matter and ``extra.portfolio``, and the fields of BibTeX. The
descriptions and examples of the models also reach the JSON Schemas that editors use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from portfolio.config import Analytics, Comments, CvOptions, ExportOptions, FeedOptions, PortfolioSettings
from portfolio.core.validation import order_fields
from portfolio.record.kinds import KINDS, PUBLICATIONS_FILE, SECTIONS_FILE
from portfolio.record.models import Appearance, Model, OwnSection, Publication, SectionEntry
from portfolio.record.people import Email, OtherName, Place, ProfileDetails, SocialProfile
from portfolio.sources import bibtex
from portfolio.sources.posts import Author, FrontMatter, Search

PATH = Path(__file__).parents[2] / ".github" / "guide" / "reference.md"


def _kind_tables() -> Iterator[tuple[str, str, type[Model]]]:
    for kind in KINDS:
        if kind.file != PUBLICATIONS_FILE:
            place = f"`docs/data/{kind.file}`, each item of `{kind.name}`."
            yield kind.title, place, cast("type[Model]", kind.model)


# The heading of each table, what is above it, and its model.
TABLES: tuple[tuple[str, str, type[Model]], ...] = (
    *_kind_tables(),
    ("Appearances of a talk", "Each item of `appearances` in `docs/data/talks.yml`.", Appearance),
    ("Your own sections", f"`docs/data/{SECTIONS_FILE}`, each item of `sections`.", OwnSection),
    ("Entries of your own sections", "Each item of `entries`.", SectionEntry),
    ("Profile", "`docs/data/profile.yml`. All are optional.", ProfileDetails),
    ("Names in other scripts", "Each item of `other_names`.", OtherName),
    ("E-mail and phone", "`email` and `phone`. A text alone appears nowhere.", Email),
    ("Location", "`location`, if it is not a text.", Place),
    ("Front matter of a post", "Between `---` and `---` at the top of the file.", FrontMatter),
    ("Search", "`search` in the front matter.", Search),
    ("Authors of posts", "`.authors.yml` in the folder of the blog, each value of `authors`.", Author),
    ("Settings", "`extra.portfolio` in `mkdocs.yml`. All are optional.", PortfolioSettings),
    ("Exports", "`extra.portfolio.exports`. All are on; `false` turns one off.", ExportOptions),
    ("CVs as PDF", "Each value of `extra.portfolio.cv`. See [CV](cv.md).", CvOptions),
    ("Feeds", "`extra.portfolio.feeds`.", FeedOptions),
    ("Comments", "`extra.portfolio.comments`.", Comments),
    ("Analytics", "`extra.portfolio.analytics`.", Analytics),
    (
        "Profiles on other sites",
        "Each item of `links` in `profile.yml` and of `extra.social` in `mkdocs.yml`.",
        SocialProfile,
    ),
)
# Keys that only old sites have.
_FORMER_KEYS = {"faces"}
# Fields of the model that nobody writes: they follow from others.
_DERIVED_FIELDS = {"id", "type", "venue", "fields", "styled"}
_TYPE_NAMES = {
    "string": "a text",
    "integer": "a number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "object": "a mapping",
}
_PLURALS = {"a text": "texts", "a mapping": "mappings"}
_INTRODUCTION = """\
# Reference of keys

<!-- `make schema` writes this file. Do not edit it. -->

Every key that you can write. `make check` reports unknown keys and suggests the closest known one.

- A **date** is as exact as it is known, in EDTF: `2019`, `2019-05`, `2019-05-17`, `2019~` (about), `2019?`
  (uncertain), `201X` (the 2010s), `2019-22` (summer; 21 is spring, 23 autumn, 24 winter), `[2019,2020]` (one
  of these). Where an interval is allowed: `2012/2015`, `/2015` (start unknown), `2020/..` (ongoing),
  `{2018,2019}` (each of these).
- A **list** with one item may be written as the item: `after: some-role`. Only a text with a comma needs the
  list, unless it is a highlight.
- An **entry** that needs only one key may be written as its value: `languages: [Italian, English]`.
- A **text** needs quotation marks only where YAML does: `position: 3` and `title: 1984` are texts.
- A **link** begins with `https://`, `http://` or `mailto:`, or is a path of this site, such as `talks/`.
- An **id** begins with a letter or digit, and has no spaces and none of `" # % & ' < > ? \\ { }`.
- `summary` and `highlights` may have inline Markdown: `*emphasis*`, `**strong**`, `` `code` `` and
  `[links](https://…)`.
"""
_GLOSSARY = """
## Glossary

`docs/data/glossary.yml`: an abbreviation and its meaning on each line, such as `KV: key and value`.
"""
_BIBTEX = """
## Publications

`docs/data/publications.bib`, and `docs/data/references.bib` for work by others that posts cite, in BibTeX or
BibLaTeX. You can paste entries as other programs export them. LaTeX becomes text with its emphasis,
subscripts and superscripts. The citation key is the id, without the characters that no id can have; an entry
without a key gets an id such as `rossi2019maps`.
"""


def generate() -> str:
    """Return the text of the reference."""
    tables = [_table(*table) for table in TABLES]
    publications = [*_BIBTEX.splitlines(), "", *_rows(Publication, _DERIVED_FIELDS), "", *_bibtex_lists()]
    # Publications and the glossary follow the other data files.
    end = next(index for index, (*_, model) in enumerate(TABLES) if model is FrontMatter)
    parts = [_INTRODUCTION, *tables[:end], "\n".join(publications), _GLOSSARY, *tables[end:]]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _table(title: str, place: str, model: type[Model]) -> str:
    return "\n".join([f"## {title}", "", place, "", *_rows(model, _FORMER_KEYS)])


def _rows(model: type[Model], excluded: set[str]) -> Iterator[str]:
    """Yield a table with the keys of a model, those that are required first."""
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    names = [name for name in order_fields(model) if name not in excluded]
    yield from ("| key | value | meaning | example |", "| --- | --- | --- | --- |")
    for name in names:
        field = model.model_fields[name]
        assert field.description, f"{model.__name__}.{name} needs a description"
        # A switch has no other example than its other position.
        examples = field.examples or [not field.default]
        key = f"`{name}`" + " (required)" * (name in required)
        value = _describe(schema["properties"][name], schema)
        example = _example(name, examples[0], is_bibtex=model is Publication)
        yield f"| {key} | {value} | {field.description} | `{example}` |"


def _describe(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """Describe the type of a field in words."""
    if reference := field.get("$ref"):
        return _describe(schema["$defs"][reference.rpartition("/")[2]], schema)
    options = [option for option in field.get("anyOf", ()) if option.get("type") != "null"]
    if any(option.get("maximum") == 9999 for option in options):
        words = [f"`{option['const']}`" for option in options if "const" in option]
        return " or ".join(["a date", *words])
    if options:
        return " or ".join(dict.fromkeys(_describe(option, schema) for option in options))
    if "enum" in field or "const" in field:
        return " or ".join(f"`{word}`" for word in field.get("enum", [field.get("const")]))
    kinds = field.get("type", "string")
    kind = next(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")
    if kind == "array":
        items = _describe(field["items"], schema).split(" or ")
        return "a list of " + " or ".join(_PLURALS.get(item, item) for item in items)
    return _TYPE_NAMES[kind]


def _example(name: str, example: object, *, is_bibtex: bool) -> str:
    """Write an example as in the file: YAML in flow style, or a field of BibTeX."""
    if is_bibtex:
        return f"{name} = {{{_flow(example).strip('{}') if isinstance(example, dict) else example}}}"
    return f"{name}: {_flow(example)}"


def _flow(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return f"'{text}'" if any(mark in text for mark in ("[", "{", "*", ": ", " #", ", ")) else text


def _bibtex_lists() -> Iterator[str]:
    types = _names(f"@{kind}" for kind in bibtex.ENTRY_TYPES)
    standard = bibtex.STANDARD_FIELDS - bibtex.PRIVATE_FIELDS - set(Publication.model_fields)
    private = _names(bibtex.PRIVATE_FIELDS)
    yield from (f"Entry types: {types}. Common other names of these are accepted.", "")
    yield from (f"Other fields, as BibTeX and BibLaTeX define them: {_names(standard)}.", "")
    note = "a `note` that begins with “private”"
    yield f"Never read, and thus never published: {private}, {note}, and all other fields."


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
