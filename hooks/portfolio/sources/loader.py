"""Load the record and the glossary from the files in ``docs/data``, with every problem in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document
from portfolio.core.validation import check_keys, validate_list
from portfolio.record.models import Education, Fact, Post, Publication, Role, Software, Talk
from portfolio.record.record import Origin, Record
from portfolio.sources import bibtex, posts
from portfolio.sources.mkdocs_yml import SitePaths

GLOSSARY_FILE = "glossary.yml"

F = TypeVar("F", bound=Fact)


def load_record(paths: SitePaths) -> tuple[Record, list[Diagnostic]]:
    """Load ``career.yml``, ``publications.bib``, ``talks.yml``, ``software.yml`` and the posts.

    Each file may be missing or empty. Problems are sorted and name files relative to the project. Invalid
    values are left out of the record, but their entries stay, so that references to them remain valid.
    """
    reader, data = _Reader(paths.root), paths.data
    career = reader.load_yaml(data / "career.yml", ("roles", "education"))
    talks = reader.load_yaml(data / "talks.yml", ("talks",))
    software = reader.load_yaml(data / "software.yml", ("software",))
    record = Record(
        roles=reader.entries(Role, career, "roles"),
        education=reader.entries(Education, career, "education"),
        publications=reader.publications(data / "publications.bib"),
        talks=reader.entries(Talk, talks, "talks"),
        software=reader.entries(Software, software, "software"),
        posts=reader.posts(paths.posts, paths.separator) if paths.posts is not None else (),
        origins=tuple(reader.origins),
    )
    return record, sorted(reader.problems)


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


class _Reader:
    """Collects problems, and the origins of entries, while the files are read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Diagnostic] = []
        self.origins: list[Origin] = []

    def load_yaml(self, path: Path, keys: tuple[str, ...]) -> Document:
        document, problems = _load_yaml(path, self.root)
        self.problems += problems + check_keys(document, keys)
        return document

    def entries(self, model: type[F], document: Document, key: str) -> tuple[F, ...]:
        entries, problems = validate_list(model, document, key)
        self.problems += problems
        self.origins += [Origin(document, at) for at, _ in entries]
        return tuple(entry for _, entry in entries)

    def publications(self, path: Path) -> tuple[Publication, ...]:
        document, publications, problems = bibtex.load_publications(path, self.root)
        self.problems += problems
        self.origins += [Origin(document, (key,)) for key in publications]
        return tuple(publications.values())

    def posts(self, folder: Path, separator: str) -> tuple[Post, ...]:
        loaded, problems = posts.load(folder, self.root, separator)
        self.problems += problems
        self.origins += [Origin(document, ()) for document, _ in loaded]
        return tuple(post for _, post in loaded)
