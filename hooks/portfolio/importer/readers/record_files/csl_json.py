"""Read CSL JSON (schema 1.0): publications, which become BibTeX, and talks.

`portfolio.citations.csl_json` writes what this module reads.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from portfolio.citations import biblatex
from portfolio.core.runs import Run, Runs, merge_runs, plain_text, strip_markers
from portfolio.core.text import slugify_title
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedRecord, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.readers.record_files.items import (
    Item,
    RecordCollector,
    import_file,
    parse_date,
    remove_controls,
    report_unused,
)
from portfolio.record import dates, models
from portfolio.record.dates import DateError
from portfolio.sources.bibtex import SourceEntry

# BibTeX's types; all other types of CSL are "misc".
_TYPES = {
    "article": "unpublished",
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "classic": "book",
    "collection": "collection",
    "dataset": "dataset",
    "entry": "incollection",
    "entry-dictionary": "incollection",
    "entry-encyclopedia": "incollection",
    "manuscript": "unpublished",
    "pamphlet": "booklet",
    "paper-conference": "inproceedings",
    "patent": "patent",
    "periodical": "book",
    "post": "online",
    "post-weblog": "online",
    "report": "report",
    "review": "article",
    "review-book": "article",
    "software": "software",
    "standard": "report",
    "thesis": "thesis",
    "webpage": "online",
}
_THESES = {
    "phd": "phdthesis",
    "doctoral": "phdthesis",
    "dissertation": "phdthesis",
    "master": "mastersthesis",
}
# Talks, in a file of publications.
_TALK_TYPES = ("speech",)
_IN_A_BOOK = ("incollection", "inproceedings")
_PUBLISHERS = {"thesis": "school", "phdthesis": "school", "mastersthesis": "school", "report": "institution"}
# BibTeX's fields of the variables that are texts, in the order in which they are written. A field takes the
# first of its variables that an item has.
_FIELDS = {
    "container-title-short": "shortjournal",
    "journalAbbreviation": "shortjournal",
    "collection-title": "series",
    "volume": "volume",
    "issue": "number",
    "number": "number",
    "collection-number": "number",
    "edition": "edition",
    "chapter-number": "chapter",
    "part-number": "part",
    "page": "pages",
    "number-of-pages": "pagetotal",
    "number-of-volumes": "volumes",
    "publisher-place": "location",
    "event-place": "location",
    "event-title": "eventtitle",
    "event": "eventtitle",
    "original-title": "origtitle",
    "original-publisher": "origpublisher",
    "original-publisher-place": "origlocation",
    "genre": "type",
    "version": "version",
    "status": "pubstate",
    "language": "language",
    "ISBN": "isbn",
    "ISSN": "issn",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "title-short": "shorttitle",
    "shortTitle": "shorttitle",
    "keyword": "keywords",
    "note": "note",
    "abstract": "abstract",
}
_NAME_FIELDS = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookauthor",
    "composer": "author",
    "director": "author",
    "interviewer": "author",
}
_DATE_FIELDS = {"event-date": "eventdate", "original-date": "origdate", "accessed": "urldate"}
# What says nothing about the work.
_TECHNICAL = {"id", "type", "citation-key", "citation-label", "categories"}
_TITLES = ("title", "booktitle", "shorttitle")
_ARXIV = re.compile(r"(?:https://doi\.org/)?(?:10\.48550/)?arxiv[:.]\s*(\S+)", re.IGNORECASE)
_KEY = re.compile(r"(?!\d+$)[^\W_][\w:.+-]*")
_WORD = re.compile(r"[^\W\d_][\w'’]*")
_SENTENCE_END = re.compile(r"[:?!.]")
_SENTENCE_START = re.compile(r"(?:^|[:?!.])[\W\d_]*([^\W\d_])")
_HAS_INNER_CAPITAL = re.compile(r"\w+[A-Z]\w*")
_OTHERS = ("others", "et al", "et al.")
_RUN_STYLES = {
    "i": "italic",
    "em": "italic",
    "italic": "italic",
    "b": "bold",
    "strong": "bold",
    "bold": "bold",
    "sub": "subscript",
    "sup": "superscript",
    "sc": "small_caps",
}
_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}


def detect(files: InputFiles) -> bool:
    """Whether the source is a file with a list of CSL items."""
    return _find_file(files) is not None


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    return import_file(files, progress, "a CSL JSON file", _find_file(files), read_csl_json)


def read_csl_json(files: InputFiles, path: str) -> ImportedRecord:
    """Read a list of CSL items, or one item."""
    collector = RecordCollector()
    document = collector.load(files, path)
    if isinstance(document.data, dict):
        items = document.data.get("items")
        at: tuple[str | int, ...] = ("items",) if isinstance(items, list) else ()
    else:
        at = ()
    values = document.value_at(at)
    if isinstance(values, list):
        parts = [Item(document, (*at, index), collector) for index in range(len(values))]
    else:
        parts = [Item(document, at, collector)] if values is not None else []
    for part in parts:
        _read_item(part)
    report_unused(parts)
    return collector.finish()


def add_csl_publication(csl: Mapping[str, Any], item: Item) -> None:
    """Add a publication, of which another format has the parts that are in a CSL item."""
    key = item.collector.unused_key(derive_key(csl))
    bibtex, _ = bibtex_from_csl(csl, key)
    if bibtex:
        item.collector.add_publication(key, bibtex, item)
    else:
        message = "this has no title, which an entry needs, and is left out."
        item.report((), message, severity="error")


def add_publication(item: Item, title: str, publisher: str, date: str, summary: str, *urls: str) -> None:
    """Add a publication of a format that has neither its type nor its authors, by the names of the keys."""
    csl = {
        "type": "document",
        "title": item.line(title),
        "publisher": item.line(publisher),
        "issued": item.date(date),
        "URL": item.url(*urls),
        "abstract": item.line(summary),
    }
    add_csl_publication(csl, item)


def bibtex_from_csl(item: Mapping[str, Any], key: str = "") -> tuple[str, tuple[str, ...]]:
    """Write a CSL item as a BibTeX entry; also return the variables that BibTeX has no field for.

    ``key`` replaces the citation key that is derived from the item. A name is a mapping as in CSL, or a text
    such as ``Ana Rossi``. ``issued`` is a date variable, EDTF, or another date in words. The text is empty
    without a title.
    """
    variables = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    kind = _entry_type(variables)
    fields: dict[str, str] = {}
    left_out: list[str] = []
    title = _text(variables.pop("title", None))
    if not title:
        return "", ()
    fields["title"] = _write_text("title", title)
    for variable, field in _NAME_FIELDS.items():
        if variable in variables:
            names = _write_names(variables.pop(variable))
            if names and field not in fields:
                fields[field] = names
            else:
                left_out.append(variable)
    if container := _text(variables.get("container-title")):
        del variables["container-title"]
        field = "booktitle" if kind in _IN_A_BOOK else "journal"
        fields[field] = _write_text(field, container)
    if publisher := _text(variables.get("publisher")):
        del variables["publisher"]
        field = _PUBLISHERS.get(kind, "publisher")
        fields[field] = _write_text(field, publisher)
    notes = []
    if "issued" in variables:
        try:
            fields["date"] = date_from_csl(variables["issued"])
            del variables["issued"]
        except DateError:
            if words := _date_words(variables["issued"]):
                notes.append(words)
                del variables["issued"]
    for variable, field in _DATE_FIELDS.items():
        if variable in variables:
            try:
                fields[field] = date_from_csl(variables[variable])
                del variables[variable]
            except DateError:
                pass
    fields |= _identifiers(variables)
    for variable, field in _FIELDS.items():
        text = _text(variables.get(variable))
        if text and field not in fields:
            del variables[variable]
            fields[field] = _write_text(field, text)
    if notes:
        before = [fields["note"]] if "note" in fields else []
        fields["note"] = "; ".join([*before, *(_write_text("note", note) for note in notes)])
    left_out += [name for name in variables if name not in _TECHNICAL]
    values = {name: f"{{{value}}}" for name, value in fields.items()}
    entry = SourceEntry(kind, key or derive_key(item), 1, values, {})
    return str(entry), tuple(left_out)


def derive_key(item: Mapping[str, Any]) -> str:
    """Return a citation key: that of the item, or else the first author, the year and a word of the title."""
    for variable in ("citation-key", "id"):
        key = item.get(variable)
        if isinstance(key, str) and _KEY.fullmatch(key):
            return key
    families = (family for variable in ("author", "editor") for family in _families(item.get(variable)))
    try:
        year = date_from_csl(item.get("issued"))[:4]
    except DateError:
        year = ""
    words = _WORD.findall(plain_text(parse_rich_text(_text(item.get("title")))))
    word = next((word for word in words if len(word) > 3), "".join(words[:1]))
    parts = [next(families, ""), year if year.isdecimal() else "", word]
    key = "".join(slugify_title(part).replace("-", "") for part in parts)
    return models.citation_key_from(key) or "publication"


def date_from_csl(value: object) -> str:
    """Return a date variable as EDTF, no more exact than it is. Raises DateError."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return parse_date(str(value))
    if not isinstance(value, Mapping):
        raise DateError("it is not a date variable")
    parts = value.get("date-parts")
    points = [_date_point(part, value) for part in parts[:2]] if isinstance(parts, list) else []
    if points and points[0]:
        # A range whose second date has no year is not over.
        text = points[0] if len(points) == 1 else f"{points[0]}/{points[1] or '..'}"
        return dates.parse_date(text).text
    return parse_date(_date_words(value))


def parse_rich_text(text: str) -> Runs:
    """Parse the HTML that CSL allows in texts, such as ``<i>`` and ``<span class="nocase">``."""
    parser = _RichTextParser(convert_charrefs=True)
    parser.feed(strip_markers(text))
    parser.close()
    return merge_runs(run for run in parser.runs if run.text)


class _RichTextParser(HTMLParser):
    """Other elements are text, since a title may contain ``<``; those of JATS are markup of publishers."""

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.runs: list[Run] = []
        # The element and the style of each element that is open.
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        style = _RUN_STYLES.get(tag.removeprefix("jats:"), "")
        if tag == "span":
            values = dict(attrs)
            if values.get("class") == "nocase":
                style = "keep_case"
            elif "small-caps" in (values.get("style") or ""):
                style = "small_caps"
        if style or tag.startswith("jats:"):
            self._open.append((tag, style))
        else:
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            self.handle_data(f"</{tag}>")
            return
        while self._open.pop()[0] != tag:
            pass
        if tag.startswith("jats:"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        styles: dict[str, Any] = dict.fromkeys((style for _, style in self._open if style), True)
        self.runs.append(Run(data, **styles))

    def handle_comment(self, data: str) -> None:
        self.handle_data(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.handle_data(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.handle_data(f"<?{data}>")

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Read ``<![`` as text; the base class raises AssertionError for most of what can follow it."""
        self.handle_data("<![")
        return i + 3

    def unknown_decl(self, data: str) -> None:
        self.handle_data(f"<![{data}]>")


def _find_file(files: InputFiles) -> str | None:
    for path in files.match("*.json")[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and re.match(r'\s*(?:\[\s*)?\{\s*"', text):
            names = set(re.findall(r'"([\w-]+)"\s*:', text[:20_000]))
            if {"id", "type", "title"} <= names and names & {"issued", "author", "container-title", "DOI"}:
                return path
    return None


def _read_item(item: Item) -> None:
    csl = item.data
    if not csl:
        item.report((), "this is not a CSL item, and is left out.", severity="error")
        return
    if csl.get("type") in _TALK_TYPES and _text(csl.get("title")):
        _read_talk(item)
        return
    item.use(*csl)
    key = item.collector.unused_key(derive_key(csl))
    bibtex, left_out = bibtex_from_csl(csl, key)
    if not bibtex:
        item.report((), "this has no title, which an entry needs, and is left out.", severity="error")
        return
    item.forget(*left_out)
    if "issued" in csl:
        try:
            date_from_csl(csl["issued"])
        except DateError as error:
            message = f"this is not a date: {error}. It becomes a note."
            item.report(("issued",), message, "Add the date as in 2019 or 2019-05.")
    item.collector.add_publication(key, bibtex, item)


def _read_talk(item: Item) -> None:
    item.use(*_TECHNICAL, "author", "genre", "issued", "title")
    occasion = {
        "event": item.line("event-title", "event"),
        "location": item.line("event-place", "publisher-place"),
    }
    if "issued" in item.data:
        try:
            occasion["date"] = date_from_csl(item.data["issued"])
        except DateError as error:
            item.report(("issued",), f"this is not a date: {error}. It is left out.")
    occasion = {name: text for name, text in occasion.items() if text}
    data = {
        "title": plain_text(parse_rich_text(item.line("title"))),
        "url": item.url("URL"),
        "summary": item.styled("abstract"),
        "appearances": [occasion] if occasion else [],
    }
    item.collector.add_entry("talks", data, item)


def _entry_type(variables: Mapping[str, Any]) -> str:
    kind = _TYPES.get(_text(variables.get("type")), "misc")
    if kind == "thesis":
        genre = _text(variables.get("genre")).casefold()
        return next((name for word, name in _THESES.items() if word in genre), kind)
    return kind


def _text(value: object) -> str:
    """Return a text or a number as one line; the texts of a list with commas between them; else nothing."""
    if isinstance(value, str):
        return " ".join(remove_controls(value).split())
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(filter(None, map(_text, value)))
    return ""


def _write_text(field: str, text: str) -> str:
    """Write the value of a field in LaTeX."""
    if field == "pages":
        return "--".join(
            biblatex.escape_text(part, keep_case=False) for part in re.split(r"(?<=\d)\s*[-–]+\s*", text)
        )
    runs = parse_rich_text(text)
    return biblatex.write_runs(_protect_capitals(runs) if field in _TITLES else runs).strip()


def _protect_capitals(runs: Runs) -> Runs:
    """Mark the words whose capitals a style must not change.

    These are words such as ``mRNA``, and names in a title that is otherwise in lower case.
    """
    text = plain_text(runs)
    starts = {match.start(1) for match in _SENTENCE_START.finditer(text)}
    words = [match[0] for match in _WORD.finditer(text) if match.start() not in starts]
    # Shorter words are in lower case in any title.
    long_words = [word for word in words if len(word) > 4]
    has_names = bool(long_words) and 2 * sum(word.islower() for word in long_words) >= len(long_words)
    protected: list[Run] = []
    starts_sentence = True
    for run in runs:
        end = 0
        for match in _WORD.finditer(run.text):
            between = run.text[end : match.start()]
            starts_sentence = starts_sentence or bool(_SENTENCE_END.search(between))
            is_name = has_names and not starts_sentence and match[0][0].isupper()
            is_protected = run.keep_case or is_name or bool(_HAS_INNER_CAPITAL.fullmatch(match[0]))
            protected += [replace(run, text=between), replace(run, text=match[0], keep_case=is_protected)]
            starts_sentence, end = False, match.end()
        rest = run.text[end:]
        starts_sentence = starts_sentence or bool(_SENTENCE_END.search(rest))
        protected.append(replace(run, text=rest))
    return merge_runs(run for run in protected if run.text)


def _identifiers(variables: dict[str, Any]) -> dict[str, str]:
    """Take the identifiers and the URL out of the variables, and return their fields."""
    fields: dict[str, str] = {}
    doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", _text(variables.get("DOI")), flags=re.I)
    if re.fullmatch(r"10\.\d[\d.]*/\S+", doi):
        fields["doi"] = doi
        del variables["DOI"]
    archive, location = _text(variables.get("archive")), _text(variables.get("archive_location"))
    arxiv = location.removeprefix("arXiv:") if archive.casefold() == "arxiv" else ""
    if arxiv:
        del variables["archive"], variables["archive_location"]
    elif match := _ARXIV.fullmatch(_text(variables.get("number"))):
        arxiv = match[1]
        del variables["number"]
    elif match := _ARXIV.fullmatch(doi):
        arxiv = match[1]
    if arxiv and not re.search(r"[\s{}]", arxiv):
        fields["arxiv"] = arxiv
    url = _text(variables.get("URL"))
    if url and re.fullmatch(r"https?://[^\s<>\"\\^`]+", url):
        fields["url"] = url.replace("{", "%7B").replace("}", "%7D")
        del variables["URL"]
    return fields


def _date_point(part: object, variable: Mapping[str, Any]) -> str:
    """Return one date of a date variable as EDTF; empty without a year."""
    values = [_text(number) for number in part] if isinstance(part, list) else []
    numbers = [text for text in values if text]
    if not numbers or numbers[0] in ("0", "0.0"):
        return ""
    if not all(re.fullmatch(r"\d{1,9}", number, re.ASCII) for number in numbers):
        raise DateError("its parts are not numbers")
    year, rest = numbers[0].zfill(4), [int(number) for number in numbers[1:3]]
    season = _text(variable.get("season")).casefold()
    number = _SEASONS.get(season) or (int(season) if season in ("1", "2", "3", "4") else 0)
    if len(rest) == 1 and 13 <= rest[0] <= 16:  # As some programs write seasons.
        number, rest = rest[0] - 12, []
    if number and not rest:
        rest = [20 + number]
    is_about = variable.get("circa") not in (None, False, "", 0)
    return "-".join([year, *(f"{number:02}" for number in rest)]) + "~" * is_about


def _date_words(value: object) -> str:
    if isinstance(value, Mapping):
        return _text(value.get("literal")) or _text(value.get("raw"))
    return _text(value)


def _families(names: object) -> Iterator[str]:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, Mapping):
            yield _text(name.get("family")) or _text(name.get("literal"))
        elif text := _text(name):
            family, comma, _ = text.partition(",")
            yield family if comma else text.split()[-1]


def _write_names(names: object) -> str:
    if not isinstance(names, list):
        names = [names]
    written = [_write_name(name) for name in names]
    return " and ".join(filter(None, written))


def _write_name(name: object) -> str:
    """Write a name as ``particle Family, Suffix, Given``; that of an organisation in braces."""
    if not isinstance(name, Mapping):
        return _write_plain_name(_text(name))
    parts = {key: _name_part(value) for key, value in name.items()}
    literal, family, given = (parts.get(key, "") for key in ("literal", "family", "given"))
    if not family and not given:
        return "others" if literal.casefold() in _OTHERS else _group(literal)
    if not family or not given:
        return _group(family or given)
    particles = [parts.get("dropping-particle", ""), parts.get("non-dropping-particle", "")]
    particle = " ".join(filter(None, particles))
    if not particle and family[0].islower():
        # Else its first word would be a particle.
        family = f"{{{family}}}"
    suffix = parts.get("suffix", "")
    pieces = [f"{particle} {_protect(family)}".strip(), _group(suffix) if suffix else "", _protect(given)]
    return ", ".join(filter(None, pieces))


def _write_plain_name(name: str) -> str:
    if name.casefold() in _OTHERS:
        return "others"
    text = _name_part(name)
    return _group(text) if text.count(",") > 1 else _protect(text, ",")


def _name_part(value: object) -> str:
    return biblatex.escape_name(_text(value).replace("{", "").replace("}", ""))


def _group(text: str) -> str:
    """Put a name of several words in braces, so that it is one."""
    return f"{{{text}}}" if re.search(r"[\s,;&]", text) or text.casefold() in _OTHERS else text


def _protect(text: str, accepted: str = "") -> str:
    """Put a part of a name in braces if it would be read as several names."""
    if text.startswith("{"):
        return text
    is_divided = re.search(r"\band\b|;|&", text, re.IGNORECASE) or ("," in text and "," not in accepted)
    return f"{{{text}}}" if is_divided else text
