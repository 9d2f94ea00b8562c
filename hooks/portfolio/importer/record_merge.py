"""Add imported entries to the files in ``docs/data``, whose text is otherwise not changed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from portfolio.citations.library import REFERENCES_FILE
from portfolio.core.diagnostics import Diagnostic, closest_match, join_words, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document, load_yaml
from portfolio.core.text import slugify_title
from portfolio.core.validation import Placeholder, list_items, validate
from portfolio.importer.model import (
    MODELS,
    SECTIONS,
    ImportedBibliography,
    ImportedEntry,
    ImportedProfile,
    ImportedRecord,
    required_fields,
)
from portfolio.importer.values import unused_name
from portfolio.importer.yaml_lists import add_keys, append_items
from portfolio.record import people
from portfolio.record.dates import Interval
from portfolio.record.kinds import (
    CONTENT_ANCHOR,
    KINDS,
    PUBLICATIONS_FILE,
    RESERVED_NAMES,
    SECTIONS_FILE,
    kind_name,
)
from portfolio.record.models import (
    Award,
    Certificate,
    Education,
    Engagement,
    Fact,
    Model,
    Period,
    Publication,
    SectionEntry,
    Service,
    Teaching,
)
from portfolio.record.people import OUTPUTS, Profile, ProfileDetails
from portfolio.record.record import Origin
from portfolio.sources import bibtex, loader
from portfolio.sources.bibtex import SourceEntry
from portfolio.sources.mkdocs_yml import SitePaths
from portfolio.sources.profile import FILE as PROFILE_FILE
from portfolio.sources.profile import load_profile

# The file of each kind, in the order of the kinds.
_FILES = {**{kind.name: kind.file for kind in KINDS}, SECTIONS: SECTIONS_FILE}
_NOT_CHANGED = "It is not changed. Edit it if this is the better text."
_CONTACTS = {"email": "e-mail address", "phone": "phone number"}
_PATENTS = "patents"
# What people do again under the same name.
_REPEATED = (Engagement, Teaching, Service, Award, Certificate, SectionEntry)
_SCHEMAS = Path("hooks", "portfolio", "schemas")
_ARXIV_VERSION = re.compile(r"v\d+$")


M = TypeVar("M", bound=Model)
_Edit = Callable[[str], str | None]


@dataclass(frozen=True)
class MergedRecord:
    """The new texts of the files that change, and every problem.

    ``ids`` has the id of each imported entry in the record, new or not; empty if the entry is not there.
    """

    texts: Mapping[Path, str]
    problems: list[Diagnostic]
    ids: list[str]


def merge_record(
    imported: ImportedRecord,
    paths: SitePaths,
    reserved_ids: Collection[str] = (),
    owner: Profile | None = None,
) -> MergedRecord:
    """Merge an imported record into the files in ``paths.data``.

    An entry that is there already, by its id or by what it is about, is left as it is; new entries are
    appended. ``reserved_ids`` are ids of imported posts, which no entry may have. ``owner`` is what
    ``mkdocs.yml`` says about the owner, which is not repeated. The texts have the line ends of their files:
    write them with ``newline=""``.
    """
    merge = _Merge(paths, reserved_ids)
    ids = [merge.add_entry(entry) for entry in imported.entries]
    for bibliography in imported.bibliographies:
        merge.add_bibliography(bibliography)
    for profile in imported.profiles:
        merge.add_profile(profile, owner or Profile(""))
    return MergedRecord(merge.edit_files(), sorted(merge.problems), ids)


@dataclass(frozen=True)
class _Known:
    """An entry that a file has, or is going to have, with its fields as they are compared.

    ``source`` is where it was read if it is imported.
    """

    entry: Fact
    fields: Mapping[str, Any]
    file: str
    source: str = ""


class _Merge:
    """What the files have, and what is going to be added to them."""

    def __init__(self, paths: SitePaths, reserved_ids: Collection[str]) -> None:
        self.problems: list[Diagnostic] = []
        self._paths = paths
        self._ids = {CONTENT_ANCHOR, *reserved_ids}
        self._by_id: dict[tuple[str, str], _Known] = {}
        self._by_identity: dict[tuple[object, ...], list[_Known]] = {}
        # The new entries by their kinds, with the ids of the owner's own sections.
        self._items: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._publications: list[SourceEntry] = []
        # Works that pages cite.
        self._references: list[SourceEntry] = []
        # Where the first entry that is added to each file was read.
        self._sources: dict[str, tuple[str, int]] = {}
        # What the profile has, and what is going to be added to it.
        profile, _, _ = load_profile(paths)
        self._profile: dict[str, Any] = dict(profile.data) if isinstance(profile.data, dict) else {}
        self._profile_items: dict[str, Any] = {}
        record, _ = loader.load_record(paths)
        # The titles of the owner's own sections by their ids.
        self._sections = {kind.name: kind.title for kind in record.sections}
        for entry, origin in zip(record, record.origins, strict=True):
            if isinstance(entry, Fact):
                self._remember(_Known(entry, _written_fields(entry, origin), origin.document.path))
            else:
                self._ids.add(entry.id)
        # The file also has proceedings by others, which are not part of the record.
        document, works, _ = bibtex.load_publications(
            paths.data / PUBLICATIONS_FILE, paths.root, with_containers=True
        )
        for work in works.values():
            if work.id not in self._ids:
                self._remember(_Known(work, dict(work.fields), document.path))
        references, _, _ = bibtex.load_publications(
            paths.data / REFERENCES_FILE, paths.root, with_containers=True
        )
        self._ids.update(references.data or ())

    def add_entry(self, imported: ImportedEntry) -> str:
        """Add an entry of a YAML file, unless there is such an entry; return its id there, if any."""
        required = required_fields(imported.kind)
        entry, fields, invalid = self._validate(MODELS[imported.kind], imported, ("id", *required))
        if entry is None or invalid & {"", "id", *required}:
            return ""
        if isinstance(entry, SectionEntry):
            entry = entry.in_section(self._find_section(imported.section))
        known = self._find(entry, imported.source)
        if known is not None:
            self._report_differences(known, fields, imported.source, imported.line)
            return known.entry.id
        id = fields["id"] = self._choose_id(entry.id, imported.source, imported.line)
        file, entry = _FILES[imported.kind], entry.model_copy(update={"id": id})
        self._remember(_Known(entry, fields, self._display(file), imported.source))
        section = entry.section if isinstance(entry, SectionEntry) else ""
        self._items.setdefault((imported.kind, section), []).append(fields)
        self._sources.setdefault(file, (imported.source, imported.line))
        return id

    def _validate(
        self, model: type[M], imported: ImportedEntry | ImportedProfile, first: Iterable[str] = ()
    ) -> tuple[M | None, dict[str, Any], set[str]]:
        """Validate imported data; return the model, the valid fields, and the names of the invalid ones.

        ``first`` are the fields to write first.
        """
        data = {name: value for name, value in imported.data.items() if value not in (None, "", [], ())}
        document = Document(imported.source, data, {(): (imported.line, 1)})
        validated, problems = validate(model, document, ())
        self.problems += problems
        invalid = {re.split(r"[.\[]", problem.field)[0] for problem in problems}
        fields: dict[str, Any] = {}
        for name in dict.fromkeys((*first, *data)):
            valid_items = document.original_indexes.get((name,))
            if name in data and valid_items is not None:
                fields[name] = [data[name][index] for index in valid_items]
            elif name in data and name not in invalid:
                fields[name] = data[name]
        return validated, fields, invalid

    def _find_section(self, title: str) -> str:
        """Return the id of the owner's own section with a title, which may be new."""
        for id, known in self._sections.items():
            if _letters(known) == _letters(title):
                return id
        id = unused_name(slugify_title(title) or "section", {*self._sections, *RESERVED_NAMES})
        self._sections[id] = title
        return id

    def add_profile(self, imported: ImportedProfile, owner: Profile) -> None:
        """Add what neither ``profile.yml`` nor ``mkdocs.yml`` says about the owner."""
        _, fields, _ = self._validate(ProfileDetails, imported)
        if fields.get("name") == owner.name:
            del fields["name"]
        if "picture" in fields and (name := imported.data.get("name") or owner.name):
            fields.setdefault("picture_alt", name)
        for name in fields.keys() & _CONTACTS.keys():
            fields[name] = {"value": fields[name], "show": []}
        known_links = _list_links(self._profile)
        known_urls = (*(account.url for account in owner.accounts), *(link["link"] for link in known_links))
        urls = {url.rstrip("/") for url in (owner.url, *known_urls)}
        by_url = {link["link"].rstrip("/"): link for link in reversed(fields.pop("links", ()))}
        links = [link for url, link in reversed(by_url.items()) if url not in urls]
        different = [
            name
            for name, value in fields.items()
            if name in self._profile and not _is_same_value(value, self._profile[name])
        ]
        added = {name: value for name, value in fields.items() if name not in self._profile}
        source, line, file = imported.source, imported.line, self._display(PROFILE_FILE)
        if different:
            message = f"{file} has {join_words(different)} of its own."
            self._report(source, line, message, _NOT_CHANGED, code="import.already-there")
        for name, noun in _CONTACTS.items():
            if name in added:
                message = f"the {noun} is imported, but appears nowhere."
                hint = f"To show it, write {', '.join(OUTPUTS)}, or some of these, under {name} in {file}."
                self._report(source, line, message, hint, code="import.hidden-contact")
        self._profile |= added
        self._profile_items |= added
        if links:
            self._profile["links"] = [*known_links, *links]
            self._profile_items["links"] = [*_list_links(self._profile_items), *links]
        if added or links:
            self._sources.setdefault(PROFILE_FILE, (source, line))

    def add_bibliography(self, bibliography: ImportedBibliography) -> None:
        """Add the publications of a bibliography that the record does not have."""
        if not bibliography.is_own:
            self._add_references(bibliography)
            return
        document, _ = bibtex.load(bibliography.source, bibliography.bibtex)
        name = bibliography.source
        keys: dict[str, str] = {}
        added: list[SourceEntry] = []
        for source in bibtex.split_entries(bibliography.bibtex):
            if source.key in keys:
                continue
            publication, problems = validate(Publication, document, (source.key,))
            line = bibliography.lines.get(source.key, source.line)
            invalid = [problem for problem in problems if problem.field.endswith((".id", ".title"))]
            if publication is None or invalid:
                self.problems += [replace(problem, line=line, column=1) for problem in invalid]
                continue
            fields = dict(publication.fields)
            known = self._find(publication, name)
            if known is not None:
                keys[source.key] = known.entry.id
                self._report_differences(known, fields, name, line)
                continue
            keys[source.key] = key = self._choose_id(source.key, name, line)
            publication = publication.model_copy(update={"id": key})
            self._remember(_Known(publication, fields, self._display(PUBLICATIONS_FILE), name))
            added.append(replace(source, key=key))
            self._sources.setdefault(PUBLICATIONS_FILE, (name, line))
        self._publications += [source.with_parent_in(keys) for source in added]

    def _add_references(self, bibliography: ImportedBibliography) -> None:
        """Add the works with keys that nothing has; pages cite them by these keys."""
        for source in bibtex.split_entries(bibliography.bibtex):
            if source.key not in self._ids:
                self._ids.add(source.key)
                self._references.append(source)
                self._sources.setdefault(REFERENCES_FILE, (bibliography.source, source.line))

    def edit_files(self) -> dict[Path, str]:
        """Return the new texts of the files to which entries were added."""
        edits: dict[str, list[_Edit]] = {}
        for (kind, section), items in sorted(
            self._items.items(), key=lambda item: [*_FILES].index(item[0][0])
        ):
            edit: _Edit = partial(append_items, at=(kind,), items=items)
            if section:
                edit = partial(_append_to_section, id=section, title=self._sections[section], items=items)
            edits.setdefault(_FILES[kind], []).append(edit)
        if self._profile_items:
            edits[PROFILE_FILE] = [partial(_complete_profile, added=self._profile_items)]
        if self._publications:
            edits[PUBLICATIONS_FILE] = [partial(_append_entries, self._publications)]
        if self._references:
            edits[REFERENCES_FILE] = [partial(_append_entries, self._references)]
        texts = {}
        for file, functions in edits.items():
            text = self._edit_file(file, functions)
            if text is not None:
                texts[self._paths.data / file] = text
        return texts

    def _remember(self, known: _Known) -> None:
        if not isinstance(known.entry.id, Placeholder):
            self._ids.add(known.entry.id)
            self._by_id.setdefault((_group(known.entry), known.entry.id), known)
        for identity in _identities(known.entry):
            self._by_identity.setdefault(identity, []).append(known)

    def _find(self, entry: Fact, source: str) -> _Known | None:
        """Return the entry that the record has for an imported one: by its id, or by what it is about.

        Two entries of one source with different ids are not the same, however similar they are.
        """
        known = self._by_id.get((_group(entry), entry.id))
        if known is not None and not _are_different_works(known.entry, entry):
            return known
        for identity in _identities(entry):
            for candidate in self._by_identity.get(identity, ()):
                if candidate.source != source and _may_start_together(candidate.entry, entry):
                    return candidate
        if known is None and entry.id in self._ids:
            # Something else has its id, so an earlier import gave it a number.
            known = self._by_id.get((_group(entry), f"{entry.id}-2"))
            return known if known is not None and known.source != source else None
        return None

    def _choose_id(self, id: str, source: str, line: int) -> str:
        chosen = unused_name(id, self._ids)
        if chosen != id:
            message = f"the id {quote(id)} is in use, so this entry gets the id {quote(chosen)}."
            self._report(source, line, message, code="import.changed-id")
        return chosen

    def _report_differences(self, known: _Known, fields: Mapping[str, Any], source: str, line: int) -> None:
        different = [
            name
            for name, value in fields.items()
            if name != "id" and _comparable(value) != _comparable(known.fields.get(name))
        ]
        if different:
            message = f"{quote(known.entry.id)} in {known.file} has {join_words(different)} of its own."
            self._report(source, line, message, _NOT_CHANGED, code="import.already-there")

    def _report(self, source: str, line: int, message: str, hint: str = "", *, code: str) -> None:
        self.problems.append(Diagnostic(source, line, 1, "", message, hint, code=code, severity="info"))

    def _display(self, file: str) -> str:
        return display_path(self._paths.data / file, self._paths.root)

    def _edit_file(self, file: str, edits: Iterable[Callable[[str], str | None]]) -> str | None:
        """Return the new text of a file, or report why nothing can be added to it and return None."""
        path = self._paths.data / file
        text = read_text(path, self._paths.root, optional=True)
        if isinstance(text, Diagnostic):
            self.problems.append(text)
            self._report_unusable(file)
            return None
        # Without the changes that `read_text` makes.
        raw = path.read_bytes().decode() if text else ""
        if not text and (schema := self._schema_comment(file)):
            text = raw = schema
        for edit in edits:
            edited = edit(text)
            if edited is None:
                self._report_unusable(file)
                return None
            raw = _repeat_edit(raw, text, edited)
            text = edited
        return raw

    def _report_unusable(self, file: str) -> None:
        source, line = self._sources[file]
        message = f"nothing can be added to {self._display(file)}, which has faults."
        hint = "Correct what 'make check' reports, and import again."
        self.problems.append(Diagnostic(source, line, 1, "", message, hint, code="import.unusable-file"))

    def _schema_comment(self, file: str) -> str:
        """Return the comment with which editors find the schema of a new file."""
        schema = self._paths.root / _SCHEMAS / file.replace(".yml", ".schema.json")
        if not schema.is_file():
            return ""
        return (
            f"# yaml-language-server: $schema={Path(os.path.relpath(schema, self._paths.data)).as_posix()}\n"
        )


def _append_entries(entries: list[SourceEntry], text: str) -> str | None:
    """Return a BibTeX file with more entries, or None if they would change those that are there."""
    added = "\n".join(map(str, entries))
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    result = f"{text}{gap}{added}"
    before, _ = bibtex.load("", text)
    after, _ = bibtex.load("", result)
    keys = [*before.data, *(source.key for source in entries)]
    is_same = all(after.data.get(key) == data for key, data in before.data.items())
    return result if is_same and [*after.data] == keys else None


def _append_to_section(text: str, id: str, title: str, items: list[dict[str, Any]]) -> str | None:
    """Return a file of the owner's own sections with more entries in one, which may be new."""
    data = load_yaml("", text)[0].data
    sections = list_items(data.get("sections")) if isinstance(data, dict) else []
    for index, section in enumerate(sections):
        if isinstance(section, dict) and _letters(str(section.get("title"))) == _letters(title):
            return append_items(text, ("sections", index, "entries"), items)
    return append_items(text, ("sections",), [{"id": id, "title": title, "entries": items}])


def _complete_profile(text: str, added: dict[str, Any]) -> str | None:
    """Return a profile with more keys, and more links."""
    data = load_yaml("", text)[0].data
    values = dict(added)
    if isinstance(data, dict) and "links" in data and "links" in values:
        edited = append_items(text, ("links",), values.pop("links"))
        return add_keys(edited, values) if edited and values else edited
    return add_keys(text, values)


def _list_links(profile: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the links of a profile as it is written, without those that are not valid."""
    links = list_items(profile.get("links"))
    items = [{"link": item} if isinstance(item, str) else item for item in links]
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("link"), str)]


def _is_same_value(imported: Any, written: Any) -> bool:
    """Whether two values of a profile are the same, wherever an e-mail address or phone number appears."""
    values = [
        value.get("value", value) if isinstance(value, dict) else value for value in (imported, written)
    ]
    return _comparable(values[0]) == _comparable(values[1])


def _written_fields(entry: Fact, origin: Origin) -> Mapping[str, Any]:
    """Return the fields of an entry as its file has them; those of a publication without LaTeX."""
    if isinstance(entry, Publication):
        return dict(entry.fields)
    fields = origin.document.value_at(origin.at)
    return fields if isinstance(fields, dict) else {}


def _comparable(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _comparable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_comparable(item) for item in value]
    return " ".join(str(value).split())


def _identities(entry: Fact) -> Iterator[tuple[object, ...]]:
    """Yield what identifies an entry: another with the same value is the same one."""
    if isinstance(entry, Publication):
        title = _letters(entry.title)
        authors = people.parse_authors(entry.author)
        if entry.doi:
            yield "doi", entry.doi.casefold()
        if entry.arxiv:
            yield "arxiv", _ARXIV_VERSION.sub("", entry.arxiv)
        if title:
            yield "title", title, _letters(authors[0].family) if authors else ""
        if title and entry.type == "patent":
            # The exports have patents among the publications.
            yield _PATENTS, title
    else:
        names = (*required_fields(_kind_of(entry)), *(["degree"] if isinstance(entry, Education) else []))
        yield _group(entry), *(_letters(getattr(entry, name) or "") for name in names)


def _kind_of(entry: Fact) -> str:
    return SECTIONS if isinstance(entry, SectionEntry) else kind_name(entry)


def _group(entry: Fact) -> str:
    """Return what entries have in common that can be the same: a project may be software, too."""
    name = kind_name(entry)
    return "projects" if name == "software" else name


def _letters(text: str) -> str:
    """Return what distinguishes names: the letters, digits and signs of a text, as in C++, without case."""
    return "".join(character for character in text.casefold() if character.isalnum() or character in "+#")


def _are_different_works(first: Fact, second: Fact) -> bool:
    """Whether two publications with the same citation key are not the same work."""
    if not isinstance(first, Publication) or not isinstance(second, Publication):
        return False
    if {*_identities(first)} & {*_identities(second)}:
        return False
    if first.doi and second.doi:
        return True
    return closest_match(first.title, [second.title]) is None


def _may_start_together(first: Fact, second: Fact) -> bool:
    """Whether two entries can have the same start: one is the other, or is only more exact."""
    if not isinstance(first, _REPEATED):
        return True
    starts = [_start_of(first), _start_of(second)]
    return starts[0].startswith(starts[1]) or starts[1].startswith(starts[0])


def _start_of(entry: Fact) -> str:
    """Return the start of an entry without the marks of what is uncertain; empty if it is not known."""
    start = entry.start if isinstance(entry, Period) else getattr(entry, "date", None)
    if isinstance(start, Interval):
        start = start.start
    return start.text.rstrip("~?%") if start else ""


def _repeat_edit(raw: str, before: str, after: str) -> str:
    r"""Make the change between two texts in ``raw``, which is the first with ``\r`` and a byte order mark."""
    start = _common_length(before, after)
    end = _common_length(before[start:][::-1], after[start:][::-1])
    inserted = after[start : len(after) - end]
    if "\r\n" in raw:
        inserted = inserted.replace("\n", "\r\n")
    first, last = (_index_in(raw, index) for index in (start, len(before) - end))
    return f"{raw[:first]}{inserted}{raw[last:]}"


def _common_length(first: str, second: str) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(first), len(second)))


def _index_in(raw: str, index: int) -> int:
    r"""Return where the character at an index of the text is in ``raw``."""
    index += raw.startswith("\ufeff")
    for line_end in re.finditer("\r\n", raw):
        if line_end.start() >= index:
            break
        index += 1
    return index
