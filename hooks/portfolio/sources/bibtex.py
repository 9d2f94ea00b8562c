"""Read BibTeX and BibLaTeX as plain data with positions, in the keys of the record's `Publication`.

bibtexparser splits a file into blocks. Everything after that happens here, because every mistake needs its
position: names of strings and concatenation, fields, cross-references, LaTeX, and names of people.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.middlewares import names
from bibtexparser.model import Block, Entry, ImplicitComment, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from portfolio.core import runs
from portfolio.core.diagnostics import Diagnostic, did_you_mean, find_misspelled, join_words, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Document, Position
from portfolio.core.text import find_control
from portfolio.core.validation import Fault, describe_control, validate
from portfolio.record import models
from portfolio.record.people import parse_authors
from portfolio.sources import bibtex_latex, bibtex_values

Fields = dict[str, str]

# The entry types of BibTeX, and those of BibLaTeX that occur in a person's own list.
ENTRY_TYPES = (
    "article book booklet collection conference dataset inbook incollection inproceedings manual "
    "mastersthesis misc online patent phdthesis proceedings report software techreport thesis unpublished"
).split()
# Other names of these types: aliases and special cases in BibLaTeX, and what exporters write.
_TYPE_ALIASES = {
    **dict.fromkeys("electronic www webpage web_page".split(), "online"),
    **dict.fromkeys("mvbook periodical mvproceedings".split(), "book"),
    **dict.fromkeys("mvcollection reference mvreference".split(), "collection"),
    **dict.fromkeys("bookinbook suppbook".split(), "inbook"),
    **dict.fromkeys("suppcollection inreference book_section encyclopedia_article".split(), "incollection"),
    **dict.fromkeys("suppperiodical review magazine magazine_article newspaper_article".split(), "article"),
    "conference_proceedings": "inproceedings",
    **dict.fromkeys("standard working_paper".split(), "report"),
    **dict.fromkeys("preprint manuscript".split(), "unpublished"),
    **dict.fromkeys("softwareversion softwaremodule codefragment computer_program".split(), "software"),
    "data": "dataset",
    **dict.fromkeys(
        "archived artwork audio bibnote bill case commentary constitution film generic hardware hearing "
        "image jurisdiction legadminmaterial legal legislation legmaterial letter movie music nameonly other "
        "performance poster presentation set statute talk television_broadcast video".split(),
        "misc",
    ),
}
# Standard fields, in BibTeX and BibLaTeX.
STANDARD_FIELDS = frozenset(
    (
        "abstract addendum address afterword annotation annotator annote archiveprefix author authors "
        "authortype bookauthor bookpagination booksubtitle booktitle booktitleaddon chapter commentator "
        "crossref date day doi edition editor editora editoratype editorb editorbtype editorc editorctype "
        "editortype eid entryset entrysubtype eprint eprintclass eprinttype eventdate eventtitle "
        "eventtitleaddon execute file foreword gender holder howpublished hyphenation ids indexsorttitle "
        "indextitle institution introduction isan isbn ismn isrn issn issue issuesubtitle issuetitle "
        "issuetitleaddon iswc journal journalsubtitle journaltitle journaltitleaddon key keywords label "
        "langid langidopts language library location mainsubtitle maintitle maintitleaddon month nameaddon "
        "note number options organization origdate origlanguage origlocation origpublisher origtitle "
        "origyear pages pagetotal pagination part pdf presort primaryclass publisher pubstate related "
        "relatedoptions relatedstring relatedtype reprinttitle school series shortauthor shorteditor "
        "shorthand shorthandintro shortjournal shortseries shorttitle sortkey sortname sortshorthand "
        "sorttitle sortyear subtitle title titleaddon translator type url urldate version volume volumes "
        "xdata xref year"
    ).split()
)
# al-folio's extra fields, and the record's own.
_EXTRA_FIELDS = tuple("abbr arxiv code pdf slides video selected basis source".split())
_KNOWN_FIELDS = STANDARD_FIELDS | set(_EXTRA_FIELDS)
# Standard fields that hold the owner's own files and notes. They are never read, nor are unknown fields.
PRIVATE_FIELDS = {"file", "annote", "annotation", "execute", "library"}
# But "Private communication" is a source.
_PRIVATE_NOTE = re.compile(r"\W*private\b(?!\W+communication)", re.IGNORECASE)
# Fields of DBLP, publishers and reference managers that only look like misspelled fields.
_EXPORTED_FIELDS = set(
    "adsnote caption cdate citation coden created data editors eissn entrydate files fjournal isrc "
    "introducedin keyword languages notes optkey print printed sortdate translators".split()
)
# Machine-readable fields, in which LaTeX is not converted. In a year, "~" means "about".
_VERBATIM_FIELDS = set("url doi eprint arxiv code pdf slides video date basis urldate year crossref".split())
# The fields that an entry inherits from the entry that it is part of (``crossref``).
_INHERITED_FIELDS = (
    "booktitle editor publisher organization institution school howpublished journal journaltitle series "
    "volume number edition address location isbn issn language date year month day"
).split()
_VENUE_FIELDS = (
    "journal journaltitle booktitle howpublished school institution organization publisher".split()
)
# The names of strings that every BibTeX style defines, and words that are often written without braces.
_PREDEFINED_STRINGS = "jan feb mar apr may jun jul aug sep oct nov dec true false".split()

# More than any text of a field needs, and what replaces such a text.
_MAX_LENGTH = 50_000
_TOO_LONG = "?"

# The beginning of an entry without a key: its first field, or a comma, follows.
_NO_KEY = re.compile(
    r"^[ \t]*@(?!(?:string|comment|preamble)\b)\w+\s*[{(](?=\s*(?:,|\w+\s*=))", re.IGNORECASE | re.MULTILINE
)
# Begins what replaces a missing key; the rest is the line.
_MISSING_KEY = "?"
_BLOCK_START = re.compile(r"@\w*[ \t]*[{(]")
# Text between entries that was probably meant as an entry. A @comment needs no braces.
_FAILED_ENTRY = re.compile(r"\s*@(?!comment\b)\w+", re.IGNORECASE)
_BRACE = re.compile(r"(?<!\\)[{}]")
_DELIMITER = re.compile(r"(?<!\\)[{}\"]")
_WORD = re.compile(r"[^\s#{}\",]+")
_CONCATENATION = re.compile(r"\s*#\s*")

_NAME_HINT = "Write Family, Given, put 'and' between names, and put the name of an organisation into braces."

# bibtexparser also logs its errors; without a handler, logging would print them.
_NULL_HANDLER = logging.NullHandler()


def load_publications(
    path: Path, root: Path, *, with_containers: bool = False
) -> tuple[Document, dict[str, models.Publication], list[Diagnostic]]:
    """Load the publications of a BibTeX file, by citation key, and every problem. The file may be missing.

    Diagnostics name the file relative to ``root``. Without ``with_containers``, the proceedings are left out
    that other entries are part of (``crossref``), unless an author of these has edited them.
    """
    text = read_text(path, root, optional=True)
    if isinstance(text, Diagnostic):
        return Document(text.path), {}, [text]
    reader = _Reader(display_path(path, root), text.split("\n"))
    reader.read()
    omitted = set() if with_containers else reader.find_containers()
    document, problems = reader.document, reader.problems
    publications = {}
    for key in document.data:
        publication, invalid = validate(models.Publication, document, (key,))
        problems += invalid
        if publication is not None and key not in omitted:
            publications[key] = publication
    return document, publications, problems


def load(path: str, text: str) -> tuple[Document, list[Diagnostic]]:
    """Load the text of a BibTeX file; see `load_publications`.

    Return a document whose data maps each citation key to a mapping for `Publication`, and every problem.
    """
    reader = _Reader(path, text.split("\n"))
    reader.read()
    return reader.document, reader.problems


@dataclass(frozen=True)
class SourceEntry:
    """An entry of a file as it is written, with the line on which it begins.

    ``fields`` has values such as ``{A title}``, ``2019`` or ``may`` by their names in lower case; names of
    strings are replaced by their texts. ``lines`` has the line of each field.
    """

    type: str
    key: str
    line: int
    fields: Mapping[str, str]
    lines: Mapping[str, int]

    def __str__(self) -> str:
        """Write the entry in BibTeX."""
        width = max(map(len, self.fields), default=0)
        lines = "".join(f"  {name:{width}} = {value},\n" for name, value in self.fields.items())
        return f"@{self.type}{{{self.key},\n{lines}}}\n"

    def with_parent_in(self, keys: Mapping[str, str]) -> SourceEntry:
        """Return the entry with the new key of the entry that it is part of, by the old key."""
        parent = self.fields.get("crossref", "").strip("{}").strip()
        if keys.get(parent, parent) == parent:
            return self
        return replace(self, fields={**self.fields, "crossref": f"{{{keys[parent]}}}"})


def split_entries(text: str) -> list[SourceEntry]:
    """Return all entries of a text, also those with the same key, but nothing that is no entry or value."""
    reader = _Reader("", text.split("\n"))
    entries = []
    for block in reader.split_blocks():
        if isinstance(block, String):
            reader.read_block(block)
        elif isinstance(block, Entry):
            fields: dict[str, str] = {}
            for field in block.fields:
                if value := reader.resolve_value(str(field.value)):
                    fields.setdefault(field.key.lower(), value)
            lines = {field.key.lower(): (field.start_line or 0) + 1 for field in reversed(block.fields)}
            kind, line = block.entry_type.lower(), (block.start_line or 0) + 1
            key = _derive_id(fields) if block.key.startswith(_MISSING_KEY) else block.key
            entries.append(SourceEntry(kind, key, line, fields, lines))
    return entries


class _Reader:
    def __init__(self, path: str, lines: list[str]) -> None:
        self.document = Document(path, data={})
        self.problems: list[Diagnostic] = []
        self._lines = lines
        # The texts of strings by their names in lower case.
        self._strings = {name: name for name in _PREDEFINED_STRINGS}
        # The type and the fields of each entry, by citation key. Texts have markers of styles.
        self._entries: dict[str, tuple[str, Fields]] = {}
        # Readers of entries whose keys are duplicates, by key.
        self._duplicates: list[tuple[str, _Reader]] = []

    def split_blocks(self) -> Iterator[Block]:
        """Yield the blocks of the file: entries, strings, comments, and what is none of these."""
        logging.getLogger("bibtexparser").addHandler(_NULL_HANDLER)
        # The parser does not count a line that ends with a backslash.
        lines = (f"{line} " if line.endswith("\\") else line for line in _blank_comments(self._lines))
        text = _add_missing_keys("\n".join(lines))
        for block in Splitter(text).split().blocks:
            # Duplicate fields and citation keys are reported when the entry is read.
            duplicate = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else None
            block = duplicate or block
            # ResearchGate writes the type as the key.
            if isinstance(block, Entry) and block.key.lower() == block.entry_type.lower():
                block.key = f"{_MISSING_KEY}{(block.start_line or 0) + 1}"
            yield block

    def read(self) -> None:
        for block in self.split_blocks():
            self.read_block(block)
        for key in self._entries:
            self._add_data(key, self._entries)
        for key, reader in self._duplicates:
            # Its mistakes are reported, too, but it is not part of the document.
            reader._add_data(key, {**self._entries, **reader._entries})
            _, invalid = validate(models.Publication, reader.document, (key,))
            self.problems += [*reader.problems, *invalid]
        self._check_cycles()

    def find_containers(self) -> set[str]:
        """Return the keys of edited works that others are part of, and that no author of these edited."""
        authors: dict[str, set[str]] = {}
        for _, fields in self._entries.values():
            if parent := fields.get("crossref"):
                families = {person.family for person in parse_authors(fields.get("author", ""))}
                authors.setdefault(parent, set()).update(families)
        containers = set()
        for key in authors.keys() & self._entries.keys():
            _, fields = self._entries[key]
            editors = {person.family for person in parse_authors(fields.get("editor", ""))}
            if editors and not fields.get("author") and not editors & authors[key]:
                containers.add(key)
        return containers

    def _add_data(self, key: str, entries: Mapping[str, tuple[str, Fields]]) -> None:
        """Add the data of an entry to the document."""
        kind, fields = entries[key]
        self.document.data[key] = _publication(self.document, key, kind, _with_inherited(key, entries))
        parent = fields.get("crossref")
        if parent and parent not in entries:
            message, hint = f"there is no entry {quote(parent)}.", did_you_mean(parent, entries)
            self._report((key, "crossref"), message, hint, code="bibtex.unknown-crossref")

    def _report(self, at: tuple[str, ...], message: str, hint: str = "", *, code: str) -> None:
        self.problems.append(self.document.diagnose(at, message, hint, code=code))

    def _report_at(self, position: Position, field: str, message: str, hint: str = "", *, code: str) -> None:
        self.problems.append(Diagnostic(self.document.path, *position, field, message, hint, code=code))

    def read_block(self, block: Block) -> None:
        line = (block.start_line or 0) + 1
        if isinstance(block, ParsingFailedBlock):
            error = block.error
            reason = error.abort_reason if isinstance(error, BlockAbortedException) else str(error)
            message = f"this is not BibTeX: {' '.join(reason.split()).rstrip('. ')}."
            self._report_at((line, 1), "", message, code="bibtex.invalid")
        elif isinstance(block, ImplicitComment):
            for number, text in enumerate(block.comment.split("\n"), line):
                if _FAILED_ENTRY.match(text):
                    message, hint = "this is not an entry.", "Write a brace after its type: @article{key, …}."
                    self._report_at((number, 1), "", message, hint, code="bibtex.not-an-entry")
        elif isinstance(block, String):
            self._strings[block.key.lower()], fault = self._resolve(block.value)
            if fault is not None:
                code, message, hint = fault
                self._report_at((line, 1), block.key, message, hint, code=code)
        elif isinstance(block, Entry) and block.key in self._entries:
            first = self.document.key_positions[(block.key,)][0]
            message = f"this citation key is a duplicate; the first is on line {first}."
            self._report_at((line, 1), block.key, message, code="bibtex.duplicate-key")
            reader = _Reader(self.document.path, self._lines)
            reader._strings = self._strings
            reader._read_entry(block, line)
            self._duplicates.append((block.key, reader))
        elif isinstance(block, Entry):
            self._read_entry(block, line)

    def _read_entry(self, entry: Entry, line: int) -> None:
        key, kind = entry.key, entry.entry_type.lower()
        kind = _TYPE_ALIASES.get(kind, kind)
        position = (line, self._column(line, "@"))
        self.document.key_positions[(key,)] = self.document.positions[(key,)] = position
        if kind not in ENTRY_TYPES:
            meant = did_you_mean(kind, (*ENTRY_TYPES, *_TYPE_ALIASES))
            hint = f"{meant} Accepted: {', '.join(ENTRY_TYPES)}."
            self._report((key,), f"unknown entry type '@{kind}'.", hint, code="bibtex.unknown-type")
        fields = self._read_fields(entry)
        month = runs.strip_markers(fields.get("month", ""))
        if month and not bibtex_values.is_month(month):
            hint = (
                f"{bibtex_values.suggest_month(month)} Write jan to dec or 1 to 12, or use the field 'date'."
            )
            message = f"{quote(month)} is not a month."
            self._report((key, "month"), message, hint, code="bibtex.invalid-month")
        for name in sorted(models.NAME_FIELDS & fields.keys()):
            for person in names.split_multiple_persons_names(fields[name]):
                if reason := bibtex_values.reason_against_name(person):
                    message = f"{quote(person)} is not a name: {reason}."
                    self._report((key, name), message, _NAME_HINT, code="bibtex.invalid-name")
                    break
        doi = bibtex_values.bare_identifier("doi", fields.get("doi", ""))
        if doi and not bibtex_values.is_doi(doi):
            message, hint = f"{quote(doi)} is not a DOI.", "Write it as in 10.1000/182."
            self._report((key, "doi"), message, hint, code="bibtex.invalid-doi")
        self._entries[key] = kind, fields

    def _read_fields(self, entry: Entry) -> Fields:
        fields: Fields = {}
        written: Fields = {}
        for field in entry.fields:
            name, line = field.key.lower(), (field.start_line or 0) + 1
            position = line, self._column(line, rf"(?<!\w){re.escape(field.key)}\s*=")
            if name in fields:
                if name == "keywords" or str(field.value) == written[name]:
                    continue
                message, hint = "this field is a duplicate.", "Remove one of them."
                path = f"{entry.key}.{name}"
                self._report_at(position, path, message, hint, code="bibtex.duplicate-field")
                continue
            self.document.key_positions[(entry.key, name)] = position
            if name not in _KNOWN_FIELDS:
                if match := _misspelled_field(name):
                    hint = f"Did you mean '{match}'?"
                    self._report((entry.key, name), "unknown field.", hint, code="bibtex.unknown-field")
                continue
            if name in PRIVATE_FIELDS:
                continue
            fields[name], written[name] = "?", str(field.value)
            value, fault = self._resolve(str(field.value))
            if fault is not None and name != "month":  # An invalid month gets its own message.
                code, message, hint = fault
                self._report((entry.key, name), message, hint, code=code)
            if control := find_control(" ".join(value.split())):
                message = describe_control(control)
                self._report((entry.key, name), message, "Remove it.", code="record.control-character")
                continue
            try:
                text = _field_text(name, value)
            except RecursionError:
                self._report((entry.key, name), "this is nested too deeply.", code="bibtex.too-deep")
            except bibtex_latex.LatexError as error:
                message = "this LaTeX cannot be read" + (
                    f" near {quote(error.place)}." if error.place else "."
                )
                hint = "Check its braces and the arguments of its commands."
                self._report((entry.key, name), message, hint, code="bibtex.invalid-latex")
            else:
                fields[name] = text
                if name == "note" and _PRIVATE_NOTE.match(text):
                    del fields[name]
        return fields

    def _resolve(self, value: str) -> tuple[str, Fault | None]:
        """Return the text of a value such as ``"Proc. of " # acm # { 2019}``, and its fault, if any.

        An unknown name counts as text; an invalid value is not changed.
        """
        parts = _split_value(value)
        if not parts:
            hint = "Write a text in braces, a number or the name of a @string. Is a comma or a brace missing?"
            return value, ("bibtex.invalid-value", "this is not a value.", hint)
        fault = None
        texts = []
        for part in parts:
            if part[0] in '{"':
                texts.append(part[1:-1])
                continue
            if part.lower() not in self._strings and not part.isdecimal() and fault is None:
                hint = f"{did_you_mean(part, self._strings)} Text needs braces: {{{part}}}."
                fault = ("bibtex.unknown-string", f"there is no @string {quote(part)}.", hint)
            texts.append(self._strings.get(part.lower(), part))
        # A @string that repeats others can double its length at each step.
        if sum(map(len, texts)) > _MAX_LENGTH:
            message, hint = f"this text has more than {_MAX_LENGTH:,} characters.", "Shorten it."
            return _TOO_LONG, ("bibtex.too-long", message, hint)
        # What repeats a text that was too long is not reported again.
        return (_TOO_LONG if set(texts) == {_TOO_LONG} else "".join(texts)), fault

    def resolve_value(self, value: str) -> str:
        """Return a value without names of strings, as it is written otherwise; empty if it is no value."""
        parts = _split_value(value)
        if not parts:
            return ""
        if len(parts) == 1:
            (part,) = parts
            if part[0] == "{" or part.isdecimal() or part.lower() in _PREDEFINED_STRINGS:
                return part
        text, _ = self._resolve(value)
        # The parser takes a brace after any backslash as escaped.
        space = " " if text.endswith("\\") else ""
        return "" if text == _TOO_LONG else f"{{{text}{space}}}"

    def _check_cycles(self) -> None:
        parents = {
            key: [fields["crossref"]] for key, (_, fields) in self._entries.items() if fields.get("crossref")
        }
        try:
            TopologicalSorter(parents).prepare()
        except CycleError as error:
            *members, last = error.args[1]
            message = "this entry cannot be part of itself."
            if len(members) > 1:
                names = join_words(quote(key) for key in sorted(members))
                message = f"these entries are part of each other: {names}."
            self._report((last, "crossref"), message, code="bibtex.crossref-cycle")

    def _column(self, line: int, pattern: str) -> int:
        """Return the column at which a pattern occurs in a line, or 1 if it does not."""
        match = re.search(pattern, self._lines[line - 1], re.IGNORECASE) if line <= len(self._lines) else None
        return match.start() + 1 if match else 1


def _blank_comments(lines: Iterable[str]) -> Iterator[str]:
    """Replace lines that begin with ``%`` outside of entries by empty ones; inside an entry they are text.

    The parser would read an entry that is commented out.
    """
    depth = 0
    for line in lines:
        start = _BLOCK_START.search(line)
        if start and not line[: start.start()].strip():
            depth = 0  # As in the parser, an unclosed entry ends where the next entry begins.
        if not depth and line.lstrip().startswith("%"):
            yield ""
            continue
        yield line
        if depth or start:
            braces = _BRACE.findall(line)
            depth = max(0, depth + braces.count("{") - braces.count("}"))


def _add_missing_keys(text: str) -> str:
    """Add a key, which contains the line, to each entry without one."""

    def add_key(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        comma = "" if text[match.end() :].lstrip().startswith(",") else ","
        return f"{match[0]}{_MISSING_KEY}{line}{comma}"

    return _NO_KEY.sub(add_key, text)


def _split_value(value: str) -> list[str]:
    """Split a value at its ``#``; empty if the value is not a sequence of complete parts."""
    parts: list[str] = []
    position = 0
    while end := _part_end(value, position):
        parts.append(value[position:end])
        separator = _CONCATENATION.match(value, end)
        if separator is None:
            return [] if value[end:].strip() else parts
        position = separator.end()
    return []


def _part_end(value: str, start: int) -> int:
    """Return the end of the part that begins at ``start``, or 0 if there is no complete part."""
    opening = value[start : start + 1]
    if opening not in ("{", '"'):
        word = _WORD.match(value, start)
        return word.end() if word else 0
    depth = 0
    for delimiter in _DELIMITER.finditer(value, start):
        depth += {"{": 1, "}": -1}.get(delimiter[0], 0)
        closes = delimiter[0] == "}" if opening == "{" else delimiter[0] == '"' and delimiter.start() > start
        if closes and not depth:
            return delimiter.end()
    return 0


@functools.lru_cache(maxsize=1 << 16)
def _field_text(name: str, raw: str) -> str:
    """Return the text of a field: verbatim if it is machine-readable, else with markers of styles."""
    text = " ".join(raw.split())
    if name in _VERBATIM_FIELDS:
        verbatim = bibtex_values.read_verbatim(text)
        return bibtex_values.read_url(verbatim) if name in models.URL_FIELDS else verbatim
    is_name = name in models.NAME_FIELDS
    if is_name:
        text = bibtex_values.read_names(text)
    try:
        marked = bibtex_latex.to_marked_text(text, is_name=is_name)
    except bibtex_latex.LatexError:
        # Programs that know no formulas do not escape dollar signs.
        if "$" not in text:
            raise
        marked = bibtex_latex.to_marked_text(re.sub(r"(?<!\\)\$", r"\\$", text), is_name=is_name)
    return " ".join(marked.split())


def _misspelled_field(name: str) -> str | None:
    """Return the field that an unknown field probably means; other programs have fields of their own."""
    return None if name in _EXPORTED_FIELDS else find_misspelled(name, _KNOWN_FIELDS)


def _with_inherited(key: str, entries: Mapping[str, tuple[str, Fields]]) -> Fields:
    """Return an entry's fields with those that BibTeX and BibLaTeX inherit through ``crossref``."""
    own = entries[key][1]
    parent = entries.get(own.get("crossref", ""))
    if parent is None or parent is entries[key]:
        return own
    available = parent[1]
    if own.keys() & {"date", "year"}:
        dates = {"date", "year", "month", "day"}
        available = {name: text for name, text in available.items() if name not in dates}
    inherited = {name: available[name] for name in _INHERITED_FIELDS if available.get(name)}
    if "booktitle" not in inherited and available.get("title"):
        inherited["booktitle"] = available["title"]
    return {name: text for name, text in {**inherited, **own}.items() if name != "crossref"}


def _publication(document: Document, key: str, kind: str, marked: Fields) -> dict[str, object]:
    """Rename fields to those of the model. A derived field has the position of the field it comes from."""
    styled = {name: runs.parse_markers(text) for name, text in marked.items() if runs.has_markers(text)}
    fields = {**marked, **{name: runs.plain_text(styled_text) for name, styled_text in styled.items()}}
    date, state = bibtex_values.read_date(fields)
    if state:
        fields.setdefault("pubstate", state)
    data: dict[str, object] = {
        "id": _id_for(key, fields),
        "type": kind,
        "fields": tuple(sorted(fields.items())),
        "styled": tuple(sorted(styled.items())),
    }
    for name in (*_EXTRA_FIELDS, "author", "authors", "url", "doi", "abstract"):
        if fields.get(name):
            data[name] = fields[name]
    if title := models.full_title(fields, "title"):
        data["title"] = title
    derived: dict[str, str] = {}
    venue = next((name for name in _VENUE_FIELDS if fields.get(name)), None)
    if venue:
        data["venue"], derived["venue"] = models.full_title(fields, venue), venue
    if "basis" in fields:
        data["basis"] = _parse_basis(fields["basis"])
    if date:
        data["date"], derived["date"] = date, "date" if fields.get("date") else "year"
    if not fields.get("arxiv") and (number := bibtex_values.find_arxiv(fields)):
        data["arxiv"], derived["arxiv"] = number, "eprint"
    for name in ("doi", "arxiv"):
        if data.get(name):
            data[name] = bibtex_values.bare_identifier(name, str(data[name]))
    positions = document.key_positions
    for name, origin in derived.items():
        if (key, origin) in positions:
            positions.setdefault((key, name), positions[(key, origin)])
    return data


def _id_for(key: str, fields: Fields) -> str:
    """Return a citation key without what an id cannot have, or an id from the fields if there is no key."""
    id = "" if key.startswith(_MISSING_KEY) else models.citation_key_from(key)
    return id or _derive_id(fields)


def _derive_id(fields: Mapping[str, str]) -> str:
    """Return an id such as ``lin2020testing``: a family name, the year, and a word of the title."""
    authors = parse_authors(fields.get("author", "").strip('{}"'))
    year = re.search(r"\d{4}", fields.get("date") or fields.get("year", ""))
    words = re.findall(r"\w{4,}", fields.get("title", ""))
    parts = (authors[0].family if authors else "", year[0] if year else "", words[0] if words else "")
    return models.citation_key_from(re.sub(r"\W", "", "".join(parts)).lower()) or "publication"


def _parse_basis(text: str) -> str | dict[str, str]:
    """Parse ``stated``, ``inferred``, or ``date: inferred, url: stated`` (a mapping)."""
    if ":" not in text:
        return text.strip()
    pairs = (part.partition(":") for part in text.split(","))
    return {name.strip(): basis.strip() for name, _, basis in pairs}
