"""Load the record and the glossary from the files in ``docs/data``, with every problem in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import Diagnostic, find_misspelled, quote, suggest
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document, load_yaml_file
from portfolio.core.text import slugify_title
from portfolio.core.validation import Placeholder, check_keys, validate_list
from portfolio.record.kinds import (
    CONTENT_ANCHOR,
    KINDS,
    POSTS,
    PUBLICATIONS_FILE,
    RESERVED_NAMES,
    SECTIONS_FILE,
    Entry,
    Kind,
    own_kind,
)
from portfolio.record.models import OwnSection, Post, Publication, SectionEntry
from portfolio.record.record import Origin, Record
from portfolio.sources import posts
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK, SitePaths

GLOSSARY_FILE = "glossary.yml"

# The kinds in each YAML file.
_KINDS_BY_FILE = {
    file: tuple(kind for kind in KINDS if kind.file == file)
    for file in dict.fromkeys(kind.file for kind in KINDS)
    if file != PUBLICATIONS_FILE
}
DATA_FILES = (*_KINDS_BY_FILE, SECTIONS_FILE, PUBLICATIONS_FILE)
# The files in the same folder that others read.
_OTHER_FILES = (GLOSSARY_FILE, "profile.yml", "references.bib")
# A file with one of these faults, or all of it after some place, cannot be read.
_UNREADABLE = frozenset({
    "bibtex.invalid", "front-matter.missing", "front-matter.not-a-mapping", "notebook.unsupported-version",
    "json.invalid", "record.not-a-list", "record.duplicate-section",
})  # fmt: skip

_Loaded = tuple[Origin, Any]


def load_record(
    paths: SitePaths, previous: Record | None = None, cache: CacheFile | None = None
) -> tuple[Record, list[Diagnostic]]:
    """Load the data files of all kinds, the sections of the owner's own, and the posts.

    Each file may be missing or empty. Problems are sorted and name files relative to the project. Invalid
    values are left out of the record, but their entries stay, so that references to them remain valid.
    An entry without an id gets one that follows from its title. The posts of a ``previous`` record are
    reused: there may be thousands. The ``cache`` has the files without any problem.
    """
    cache = cache or CacheFile()
    problems = list(_check_file_names(paths))
    loaded: dict[str, list[_Loaded]] = {}
    for file, kinds in _KINDS_BY_FILE.items():
        entries, invalid = _load_entries(paths.data / file, paths.root, kinds, cache)
        problems += invalid
        loaded |= entries
    sections, invalid = _load_sections(paths, loaded)
    problems += invalid
    document, publications, invalid = load_publications(paths.data / PUBLICATIONS_FILE, paths.root, cache)
    problems += invalid
    loaded["publications"] = [(Origin(document, (key,)), work) for key, work in publications.items()]
    if previous is not None:
        origins = previous.origins[len(previous.origins) - len(previous.posts) :]
        loaded["posts"] = list(zip(origins, previous.posts, strict=True))
    elif paths.posts is not None:
        posts_with_documents, invalid = posts.load(paths.posts, paths.root, paths.separator, cache)
        problems += invalid
        loaded["posts"] = [(Origin(document, ()), post) for document, post in posts_with_documents]
    _add_ids(loaded, {kind.name: kind for kind in (*KINDS, *sections)})
    # In the order in which a record iterates over its entries.
    names = [kind.name for kind in (*KINDS, *sections, POSTS)]
    origins = tuple(origin for name in names for origin, _ in loaded.get(name, ()))
    by_kind = {name: [entry for _, entry in pairs] for name, pairs in loaded.items()}
    return Record(sections=sections, origins=origins, **by_kind), sorted(problems)


def _load_entries(
    path: Path, root: Path, kinds: tuple[Kind, ...], cache: CacheFile
) -> tuple[dict[str, list[_Loaded]], list[Diagnostic]]:
    """Load the entries of some kinds from their YAML file, by kind."""
    text = read_text(path, root, optional=True)
    inputs = ("entries", display_path(path, root), text if isinstance(text, str) else "")
    if isinstance(text, str) and (cached := cache.get(inputs)) is not None:
        # The lists get other entries where one has no id.
        return {name: [*pairs] for name, pairs in cached.items()}, []
    document, problems = load_yaml_file(path, root)
    problems += check_keys(document, tuple(kind.name for kind in kinds))
    loaded: dict[str, list[_Loaded]] = {}
    for kind in kinds:
        validated, invalid = validate_list(kind.model, document, kind.name, accepts_texts=True)
        problems += invalid
        loaded[kind.name] = [(Origin(document, at), entry) for at, entry in validated]
    if not problems:
        cache.put(inputs, {name: [*pairs] for name, pairs in loaded.items()})
    return loaded, problems


def load_publications(
    path: Path, root: Path, cache: CacheFile, *, with_containers: bool = False
) -> tuple[Document, dict[str, Publication], list[Diagnostic]]:
    """Load the publications of a BibTeX file, which may be missing; see `bibtex.load_publications`."""
    text = read_text(path, root, optional=True)
    if not text:
        return Document(display_path(path, root), {}), {}, []
    name, content = display_path(path, root), text if isinstance(text, str) else ""
    inputs = ("publications", name, str(with_containers), content)
    if isinstance(text, str) and (cached := cache.get(inputs)) is not None:
        document, publications = cached
        return document, publications, []
    # Importing the parser takes longer than parsing.
    from portfolio.sources import bibtex

    document, publications, problems = bibtex.load_publications(path, root, with_containers=with_containers)
    if not problems:
        cache.put(inputs, (document, publications))
    return document, publications, problems


def _check_file_names(paths: SitePaths) -> Iterator[Diagnostic]:
    """Find files in the folder of data that nothing reads because their names are misspelled."""
    known = {Path(name).stem: name for name in (*DATA_FILES, *_OTHER_FILES)}
    for path in sorted(paths.data.glob("*")):
        if path.name in known.values() or path.suffix not in (".yml", ".yaml", ".bib"):
            continue
        stem = path.stem if path.stem in known else find_misspelled(path.stem, known)
        if stem is not None:
            name, hint = display_path(path, paths.root), suggest(path.name, known[stem])
            yield Diagnostic(name, 1, 1, "", "nothing reads this file.", hint, code="record.unknown-file")


def _load_sections(
    paths: SitePaths, loaded: dict[str, list[_Loaded]]
) -> tuple[tuple[Kind, ...], list[Diagnostic]]:
    """Load the owner's own sections: return their kinds, and add their entries to ``loaded``."""
    document, problems = load_yaml_file(paths.data / SECTIONS_FILE, paths.root)
    problems += check_keys(document, ("sections",))
    validated, invalid = validate_list(OwnSection, document, "sections", accepts_texts=True)
    kinds: list[Kind] = []
    for at, section in validated:
        id = section.id or slugify_title(section.title) or f"section-{len(kinds) + 1}"
        if id in loaded or id in RESERVED_NAMES:
            message = f"there is already a kind or section {quote(id)}."
            hint = "Give the section an id of its own."
            code = "record.duplicate-section"
            problems.append(document.diagnose((*at, "id"), message, hint, code=code))
            continue
        kinds.append(own_kind(section.model_copy(update={"id": id})))
        entries, invalid_entries = validate_list(SectionEntry, document, *at, "entries", accepts_texts=True)
        problems += invalid_entries
        loaded[id] = [(Origin(document, entry_at), entry.in_section(id)) for entry_at, entry in entries]
    return tuple(kinds), problems + invalid


def _add_ids(loaded: Mapping[str, list[_Loaded]], kinds: Mapping[str, Kind]) -> None:
    """Give each entry without an id one that follows from its title, and is used by no other entry."""
    used = {CONTENT_ANCHOR, *(entry.id for pairs in loaded.values() for _, entry in pairs)}
    for name, pairs in loaded.items():
        for index, (origin, entry) in enumerate(pairs):
            if not entry.id:
                slug = slugify_title(kinds[name].title_of(entry)) or f"{name}-{index + 1}"
                # The heading of a page of entries is often the name of their kind, and an anchor, too.
                is_free = slug not in used and slug != name
                numbered = (f"{slug}-{number}" for number in count(2))
                id = slug if is_free else next(other for other in numbered if other not in used)
                used.add(id)
                pairs[index] = origin, entry.model_copy(update={"id": id})


def find_incomplete_kinds(record: Record, problems: Iterable[Diagnostic]) -> frozenset[type[Entry]]:
    """Return the models of which entries may be missing: a file, a list or an id could not be read."""
    models: set[type[Entry]] = {type(entry) for entry in record if isinstance(entry.id, Placeholder)}
    for problem in problems:
        name = Path(problem.path).name
        of_file: tuple[type[Entry], ...] = tuple(kind.model for kind in _KINDS_BY_FILE.get(name, ()))
        if name == SECTIONS_FILE:
            of_file = (SectionEntry,)
        # A fault of a whole list has the list as its field.
        if (
            problem.code.startswith(("file.", "yaml."))
            or problem.code in _UNREADABLE
            or (of_file and not set("[.") & set(problem.field))
        ):
            if name.endswith(".bib"):
                of_file = (Publication,)
            elif name.endswith((*MARKDOWN, NOTEBOOK)):
                of_file = (Post,)
            models.update(of_file or (*(kind.model for kind in KINDS), SectionEntry, Post))
    return frozenset(models)


def load_glossary(path: Path, root: Path) -> tuple[dict[str, str], list[Diagnostic]]:
    """Load the meanings by abbreviation, sorted without regard to case. The file may be missing."""
    document, problems = load_yaml_file(path, root)
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
