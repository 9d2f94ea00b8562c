"""Load the record and the glossary from the files in ``docs/data``, with every problem in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document
from portfolio.core.validation import Placeholder, check_keys, validate_list
from portfolio.record.models import Education, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.record import Entry, Origin, Record
from portfolio.sources import bibtex, posts
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths

GLOSSARY_FILE = "glossary.yml"
PUBLICATIONS_FILE = "publications.bib"

# The models of the lists in each file.
_MODELS: dict[str, dict[str, type[Fact]]] = {
    "career.yml": {"roles": Role, "education": Education},
    "talks.yml": {"talks": Talk},
    "software.yml": {"software": Software},
}
DATA_FILES = (*_MODELS, PUBLICATIONS_FILE)
# A file with one of these faults, or all of it after some place, cannot be read.
_UNREADABLE = frozenset({
    "bibtex.invalid", "front-matter.missing", "front-matter.not-a-mapping", "notebook.unsupported-version",
    "json.invalid",
})  # fmt: skip


def load_record(paths: SitePaths) -> tuple[Record, list[Diagnostic]]:
    """Load ``career.yml``, ``publications.bib``, ``talks.yml``, ``software.yml`` and the posts.

    Each file may be missing or empty. Problems are sorted and name files relative to the project. Invalid
    values are left out of the record, but their entries stay, so that references to them remain valid.
    """
    problems: list[Diagnostic] = []
    entries: dict[str, list[tuple[Origin, Any]]] = {}
    for name, models in _MODELS.items():
        document, invalid = _load_yaml(paths.data / name, paths.root)
        problems += invalid + check_keys(document, tuple(models))
        for key, model in models.items():
            validated, invalid = validate_list(model, document, key)
            problems += invalid
            entries[key] = [(Origin(document, at), entry) for at, entry in validated]
    document, publications, invalid = bibtex.load_publications(paths.data / PUBLICATIONS_FILE, paths.root)
    problems += invalid
    entries["publications"] = [(Origin(document, (key,)), work) for key, work in publications.items()]
    if paths.posts is not None:
        loaded, invalid = posts.load(paths.posts, paths.root, paths.separator)
        problems += invalid
        entries["posts"] = [(Origin(document, ()), post) for document, post in loaded]
    record = Record(**{kind: tuple(entry for _, entry in pairs) for kind, pairs in entries.items()})
    # In the order in which a record iterates over its entries.
    origins = (origin for field in fields(Record) for origin, _ in entries.get(field.name, ()))
    return replace(record, origins=tuple(origins)), sorted(problems)


def find_incomplete_kinds(record: Record, problems: Iterable[Diagnostic]) -> frozenset[type[Entry]]:
    """Return the kinds of entries of which some may be missing: a file, a list or an id could not be read."""
    kinds: set[type[Entry]] = {type(entry) for entry in record if isinstance(entry.id, Placeholder)}
    for problem in problems:
        name = Path(problem.path).name
        models: tuple[type[Entry], ...] = tuple(_MODELS.get(name, {}).values())
        # A fault of a whole list has a field without an index.
        if (
            problem.code.startswith(("file.", "yaml."))
            or problem.code in _UNREADABLE
            or (models and "[" not in problem.field)
        ):
            if name.endswith(".bib"):
                models = (Publication,)
            elif name.endswith((*MARKDOWN, NOTEBOOK)):
                models = (Post,)
            kinds.update(models or (Role, Education, Publication, Talk, Software, Post))
    return frozenset(kinds)


def reload_data(paths: SitePaths, previous: Record) -> tuple[Record, list[Diagnostic]]:
    """Load the data files again, but reuse the posts of the previous record: there may be thousands."""
    record, problems = load_record(replace(paths, posts=None))
    post_origins = previous.origins[len(previous.origins) - len(previous.posts) :]
    return replace(record, posts=previous.posts, origins=(*record.origins, *post_origins)), problems


def load_glossary(path: Path, root: Path) -> tuple[dict[str, str], list[Diagnostic]]:
    """Load the meanings by abbreviation, sorted without regard to case. The file may be missing."""
    document, problems = _load_yaml(path, root)
    if problems or document.data is None:
        return {}, problems
    hint = "Write lines such as 'KV: key and value'."
    if not isinstance(document.data, dict):
        message = "expected a mapping of abbreviations."
        return {}, [document.diagnose((), message, hint, code="glossary.not-a-mapping")]
    meanings: dict[str, str] = {}
    for name, meaning in document.data.items():
        if not isinstance(meaning, str) or not meaning.strip():
            message = f"the meaning of {quote(name)} is missing."
            problems.append(document.diagnose((name,), message, hint, code="glossary.missing-meaning"))
        elif not name.strip() or "\n" in name or "]" in name:
            message = "an abbreviation is one line without ']'."
            problems.append(document.diagnose((name,), message, code="glossary.invalid-abbreviation"))
        else:
            meanings[name.strip()] = " ".join(meaning.split())
    return dict(sorted(meanings.items(), key=lambda item: (item[0].casefold(), item[0]))), sorted(problems)


def _load_yaml(path: Path, root: Path) -> tuple[Document, list[Diagnostic]]:
    name, text = display_path(path, root), read_text(path, root, optional=True)
    return (Document(name), [text]) if isinstance(text, Diagnostic) else positions.load_yaml(name, text)
