"""Turns the items of a CV into entries of the record, and reports all that the record has no place for.

A reader asks an `Item` for the values that it understands. What it does not ask for is reported once for each
section, so that nothing is lost silently. Dates are never more exact than they came.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from portfolio.core.diagnostics import Diagnostic, Severity, join_words, quote
from portfolio.core.positions import Document, KeyPath, load_json, load_yaml
from portfolio.core.runs import Run, parse_markdown
from portfolio.core.text import find_control, is_visible, slugify_title
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import (
    MODELS,
    ImportedBibliography,
    ImportedEntry,
    ImportedProfile,
    ImportedRecord,
    ImportedSite,
    required_fields,
)
from portfolio.importer.readers import Progress
from portfolio.importer.values import unused_name
from portfolio.record import dates, models
from portfolio.record.dates import DateError
from portfolio.record.kinds import RESERVED_NAMES

_RANGE = re.compile(r"(.+?)\s*(?:[–—]|\s-\s|-(?=[a-z])|\s(?:to|until)\s)\s*(.+)", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d]{2,}(?:[:/?#]\S*)?")
_BULLET = re.compile(r"\s*(?:[•‣▪●◦∙·*–-]|\d+[.)])\s+")
_MARKUP = re.compile(r"([\\*_`\[\]<])")
_URL = TypeAdapter[str](models.Url)
_STYLED_TEXT = TypeAdapter[str](models.StyledText)
_DATE_HINT = "Add it as in 2019, 2019-05 or 2012/2015."
# The fields whose values are the id of an entry, where these are not only those that it needs.
_ID_FIELDS = {"education": ("institution", "degree", "area")}
_MAX_ID_LENGTH = 80
# The fields of an entry that are lists of texts.
_LISTS = {"keywords", "tags"}
_PERIOD = ("start_date", "end_date", "date")
# The fields of an occasion of a talk.
_OCCASION = ("event", "date", "location")
# Where the profiles of a network are.
_NETWORKS = {
    "bluesky": "https://bsky.app/profile/{}",
    "github": "https://github.com/{}",
    "gitlab": "https://gitlab.com/{}",
    "google scholar": "https://scholar.google.com/citations?user={}",
    "imdb": "https://imdb.com/name/{}",
    "instagram": "https://instagram.com/{}",
    "leetcode": "https://leetcode.com/u/{}",
    "linkedin": "https://linkedin.com/in/{}",
    "orcid": "https://orcid.org/{}",
    "reddit": "https://reddit.com/user/{}",
    "researchgate": "https://researchgate.net/profile/{}",
    "stackoverflow": "https://stackoverflow.com/users/{}",
    "telegram": "https://t.me/{}",
    "twitter": "https://x.com/{}",
    "whatsapp": "https://wa.me/{}",
    "x": "https://x.com/{}",
    "youtube": "https://youtube.com/@{}",
}
# The keys of a source, the preferred one first, for each field of the record.
Keys = Mapping[str, Sequence[str]]


def parse_date(text: str) -> str:
    """Return as EDTF what a date certainly means, such as ``Mar 2019`` or ``2018 – present``.

    Raises DateError.
    """
    text = " ".join(text.split())
    try:
        return dates.parse_date(text).text
    except DateError as error:
        if error.suggestion:
            return error.suggestion
        sides = _RANGE.fullmatch(text)
        if sides is None:
            raise
        start, end = (".." if _is_present(side) else parse_date(side) for side in sides.groups())
        return dates.parse_date(f"{start}/{end}").text


def _is_present(text: str) -> bool:
    return text.strip().rstrip(".").casefold() in dates.PRESENT_WORDS


def escape_markdown(text: str) -> str:
    """Return a text so that the record, whose texts have inline Markdown, reads it as it is."""
    with suppress(ValidationError):
        if parse_markdown(_STYLED_TEXT.validate_python(text)) == (Run(text),):
            return text
    return _MARKUP.sub(r"\\\1", text)


def split_description(text: str) -> tuple[str, list[str]]:
    """Divide a text with line breaks into its first paragraphs, as one line, and its list items, if any."""
    introduction: list[str] = []
    highlights: list[str] = []
    may_continue = False
    for line in text.splitlines():
        if bullet := _BULLET.match(line):
            highlights.append(line[bullet.end() :].strip())
        elif not highlights:
            introduction.append(line)
        elif line.strip() and may_continue:
            highlights[-1] += f" {line.strip()}"
        elif line.strip():
            highlights.append(line.strip())
        may_continue = bool(line.strip())
    return " ".join(" ".join(introduction).split()), [item for item in highlights if item]


def import_file(
    files: InputFiles,
    progress: Progress,
    name: str,
    path: str | None,
    read: Callable[[InputFiles, str], ImportedRecord],
) -> ImportedSite:
    """Read the one file of a source that has a record; without a path, the first one of all files."""
    site = ImportedSite(name, problems=list(files.problems))
    path = path or next(iter(files.paths), files.path.name)
    site.add_record(read(files, path))
    for profile in site.profiles:
        picture = posixpath.join(posixpath.dirname(path), profile.data.get("picture", ""))
        if (file := posixpath.normpath(picture)) in files and file != path:
            profile.data["picture"] = url = f"/images/{posixpath.basename(file)}"
            site.files[url] = partial(files.read_bytes, file)
    progress(1, 1)
    return site


def build_profile_url(network: str, username: str) -> str:
    """Return the URL of a profile on a network, such as ``GitHub``; empty if the network is not known."""
    if network.casefold() == "mastodon" and (match := re.fullmatch(r"@([^@\s]+)@([^@\s]+)", username)):
        return f"https://{match[2]}/@{match[1]}"
    pattern = _NETWORKS.get(network.casefold())
    return pattern.format(username.lstrip("@")) if pattern and re.fullmatch(r"\S+", username) else ""


def split_list(text: str) -> list[str]:
    """Divide a text at commas and semicolons that are in no brackets."""
    parts = re.findall(r"(?:\([^()]*\)|\[[^\[\]]*\]|[^,;])+", text)
    return [part.strip() for part in parts if part.strip()]


def join_texts(texts: Iterable[str]) -> str:
    """Join texts to one, with a semicolon after each that has no punctuation at its end."""
    joined = ""
    for text in filter(None, texts):
        joined += ("" if not joined else " " if joined[-1] in ".!?…:;" else "; ") + text
    return joined


def _build_id(entry: ImportedEntry) -> str:
    """Return the id that an entry gets unless another has it."""
    names = _ID_FIELDS.get(entry.kind) or required_fields(entry.kind)
    words = slugify_title(" ".join(dict.fromkeys(str(entry.data.get(name, "")) for name in names)))
    if len(words) > _MAX_ID_LENGTH:
        words = words[: _MAX_ID_LENGTH + 1].rpartition("-")[0] or words[:_MAX_ID_LENGTH]
    return models.id_from(words) or entry.kind


def _find_start(entry: ImportedEntry) -> str:
    """Return the first date of an entry, or what sorts after all dates."""
    return str(entry.data.get("start_date") or entry.data.get("date") or "9999")


class RecordCollector:
    """Collects the entries of a source, and every problem."""

    def __init__(self) -> None:
        self._problems: list[Diagnostic] = []
        self._entries: list[ImportedEntry] = []
        self._talks: dict[str, ImportedEntry] = {}
        self._profile: ImportedProfile | None = None
        # The texts of publications and their lines, by the path of their source and their citation keys.
        self._publications: dict[str, dict[str, tuple[str, int]]] = {}
        self._keys: set[str] = set()

    def load(self, files: InputFiles, path: str) -> Document:
        """Load a file in JSON or YAML, and add its problems; its data is None if it has none."""
        text = files.read_text(path)
        if isinstance(text, Diagnostic):
            self.add_problems([text])
            return Document(files.display(path))
        if path.endswith((".yaml", ".yml")):
            document, problems = load_yaml(files.display(path), text)
            self.add_problems(problems)
            return document
        json_document, problems = load_json(files.display(path), text)
        self.add_problems([*problems, *json_document.duplicate_keys])
        return json_document

    def add_problems(self, problems: Iterable[Diagnostic]) -> None:
        """Add problems of the source."""
        self._problems += problems

    def add_entry(self, kind: str, data: Mapping[str, Any], item: Item, section: str = "") -> None:
        """Add an entry, without its empty values; report one that lacks its name.

        A talk may have the ``event``, ``location`` and ``date`` of its occasion. In a kind without highlights
        they become a part of the summary, and in one without a start and an end these become a date.
        """
        filled = _fit_to_model(kind, {name: value for name, value in data.items() if value})
        if kind == "education" and "degree" in filled and "area" not in filled:
            message = "the field of study is missing, so 'area' has the degree."
            item.report((), message, "Correct it in career.yml.")
            filled["area"] = filled.pop("degree")
        missing = [name for name in required_fields(kind) if name not in filled]
        if missing:
            message = f"this has no {join_words(missing, 'or')}, which an entry needs, and is left out."
            item.report((), message, severity="error")
            return
        line, _ = item.document.position_of(item.at)
        entry = ImportedEntry(kind, filled, item.document.path, line, section)
        same = self._talks.setdefault(_build_id(entry), entry) if kind == "talks" else entry
        if same is entry:
            self._entries.append(entry)
            return
        appearances = [*same.data.get("appearances", ()), *filled.pop("appearances", ())]
        same.data.update({**filled, **same.data, "appearances": appearances})

    def add_profile(self, data: Mapping[str, Any], item: Item) -> None:
        """Add what is known about the owner, without empty values; what is known already stays."""
        filled = {name: value for name, value in data.items() if value}
        if not filled:
            return
        if self._profile is None:
            line, _ = item.document.position_of(item.at)
            self._profile = ImportedProfile({}, item.document.path, line)
        known = self._profile.data
        links = [*known.get("links", ()), *filled.pop("links", ())]
        for name, value in filled.items():
            known.setdefault(name, value)
        if links:
            known["links"] = links

    def add_publication(self, key: str, bibtex: str, item: Item) -> None:
        """Add a publication, an entry in BibTeX with a citation key of `unused_key`."""
        line, _ = item.document.position_of(item.at)
        self._publications.setdefault(item.document.path, {})[key] = bibtex, line

    def unused_key(self, key: str) -> str:
        """Return a citation key that no publication of the source has yet, and reserve it."""
        key = unused_name(key, self._keys)
        self._keys.add(key)
        return key

    def finish(self) -> ImportedRecord:
        """Return everything that was collected.

        Of entries with the same name the oldest has an id without a number, so that ids stay the same when
        an entry is added to the source.
        """
        # Sections of pages have the names of kinds as their anchors.
        used = set(RESERVED_NAMES)
        ids: dict[int, str] = {}
        for entry in sorted(self._entries, key=_find_start):
            ids[id(entry)] = name = unused_name(_build_id(entry), used)
            used.add(name)
        return ImportedRecord(
            [replace(entry, data={"id": ids[id(entry)], **entry.data}) for entry in self._entries],
            [
                ImportedBibliography(
                    "\n".join(bibtex for bibtex, _ in entries.values()),
                    source,
                    {key: line for key, (_, line) in entries.items()},
                )
                for source, entries in self._publications.items()
            ],
            [self._profile] if self._profile else [],
            sorted(self._problems),
        )


@dataclass
class Item:
    """A mapping of a source, such as a job. Each method reports what is not valid, and returns the rest.

    Its methods take the names of the keys that may have the value, the preferred one first. ``is_markdown``:
    its texts have inline Markdown.
    """

    document: Document
    at: KeyPath
    collector: RecordCollector
    is_markdown: bool = False
    _used: set[str] = field(default_factory=set)

    @property
    def data(self) -> Mapping[str, Any]:
        """The keys and values of the mapping; empty if the source has something else there."""
        data = self.document.value_at(self.at)
        return data if isinstance(data, dict) else {}

    def report(
        self,
        at: KeyPath,
        message: str,
        hint: str = "",
        *,
        code: str = "import.invalid",
        severity: Severity = "warning",
    ) -> None:
        """Report a problem of the item, or of a part of it."""
        problem = self.document.diagnose((*self.at, *at), message, hint, code=code, severity=severity)
        self.collector.add_problems([problem])

    def use(self, *keys: str) -> None:
        """Mark keys as understood."""
        self._used.update(keys)

    def forget(self, *keys: str) -> None:
        """Mark keys as not understood."""
        self._used.difference_update(keys)

    def unused_keys(self) -> list[str]:
        """Return the keys with a value that was not asked for."""
        return [key for key, value in self.data.items() if key not in self._used and not _is_empty(value)]

    def fields(self, keys: Keys, *, missing_end_is_present: bool = False) -> dict[str, Any]:
        """Return fields of the record, of which each has the value of the first of its keys that has one.

        How a value is read follows from the name of the field. A format without keys for ``highlights`` may
        have them as a list in its texts. ``missing_end_is_present``: as in `period`.
        """
        fields: dict[str, Any] = {}
        first_of_period = next((name for name in keys if name in _PERIOD), "")
        for name, names in keys.items():
            if name == first_of_period:
                parts = [self._first_key(keys.get(part, ())) for part in _PERIOD]
                fields |= self.period(*parts, missing_end_is_present=missing_end_is_present)
            elif name in _PERIOD:
                continue
            elif name in models.URL_FIELDS:
                fields[name] = self.url(*names)
            elif name == "highlights":
                fields[name] = self.styled_list(*names)
            elif name == "summary" and "highlights" in keys:
                fields[name] = self.styled(*names)
            elif name == "summary":
                fields[name], fields["highlights"] = self.description(*names)
            elif name in _LISTS:
                fields[name] = self.lines(*names)
            else:
                # Several roles in a project are a list in JSON Resume.
                fields[name] = join_words(self.lines(*names)) if name == "role" else self.line(*names)
        return {name: value for name, value in fields.items() if value}

    def _first_key(self, keys: Sequence[str]) -> str:
        return next((key for key in keys if not _is_empty(self.data.get(key))), "")

    def raw_text(self, *keys: str) -> str:
        """Return the first text, with its line breaks."""
        self.use(*keys)
        for key in keys:
            if text := self._as_text((key,), self.data.get(key)):
                return text
        return ""

    def line(self, *keys: str) -> str:
        """Return the first text, as one line."""
        return " ".join(self.raw_text(*keys).split())

    def join_lines(self, *keys: str, separator: str = " ") -> str:
        """Return the texts of all keys, as one line."""
        return separator.join(filter(None, map(self.line, keys)))

    def styled(self, *keys: str) -> str:
        """Return the first text as a text of the record: one line with inline Markdown."""
        self.use(*keys)
        return next(filter(None, (self.style((key,), self.line(key)) for key in keys)), "")

    def styled_list(self, *keys: str) -> list[str]:
        """Return the texts of a list as texts of the record."""
        return [text for at, line in self._list(*keys) if (text := self.style(at, line))]

    def lines(self, *keys: str) -> list[str]:
        """Return the texts of a list, or a text alone, each as one line."""
        return [line for _, line in self._list(*keys)]

    def description(self, *keys: str) -> tuple[str, list[str]]:
        """Return a text and the items of the list that follows it; see `split_description`."""
        introduction, highlights = split_description(self.raw_text(*keys))
        at: KeyPath = (keys[0],)
        return self.style(at, introduction), [self.style(at, text) for text in highlights]

    def url(self, *keys: str) -> str:
        """Return the first URL. A URL without a scheme gets ``https://``."""
        for key in keys:
            text = self.line(key)
            if not text:
                continue
            if _HOST.fullmatch(text):
                text = f"https://{text}"
            try:
                return _URL.validate_python(text)
            except ValidationError as error:
                self.report((key,), f"{_first_message(error)} It is left out.")
        return ""

    def date(self, *keys: str) -> str:
        """Return the first date as EDTF."""
        for key in keys:
            text = self.line(key)
            if not text or _is_present(text):
                continue
            try:
                return parse_date(text)
            except DateError as error:
                message = f"{quote(text)} is not a date: {error}. It is left out."
                self.report((key,), message, _DATE_HINT)
        return ""

    def period(
        self, start: str, end: str, date: str = "", *, missing_end_is_present: bool = False
    ) -> dict[str, str]:
        """Return ``start_date`` and ``end_date`` from these keys, or ``date`` if the source has that instead.

        ``missing_end_is_present``: in this format, an end that is not stated means the present.
        """
        if date and (whole := self.date(date)):
            return {"date": whole}
        period = {name: self._point(key) for name, key in (("start_date", start), ("end_date", end))}
        end_text = self.line(end)
        if _is_present(end_text) or (missing_end_is_present and period["start_date"] and not end_text):
            period["end_date"] = models.PRESENT
        elif all(period.values()):
            first, last = (dates.parse_point(period[name]) for name in ("start_date", "end_date"))
            if dates.is_certainly_before(last, first):
                message = f"{last.text} is before the start, {first.text}. Both are left out."
                self.report((end,), message, "Add the dates that are right.")
                return {}
        return {name: text for name, text in period.items() if text}

    def _point(self, key: str) -> str:
        text = self.date(key)
        with suppress(DateError):
            return dates.parse_point(text).text if text else ""
        self.report((key,), f"{quote(text)} is not a single date. It is left out.", _DATE_HINT)
        return ""

    def _list(self, *keys: str) -> list[tuple[KeyPath, str]]:
        self.use(*keys)
        for key in keys:
            value = self.data.get(key)
            parts: list[tuple[KeyPath, Any]] = [((key,), value)]
            if isinstance(value, list):
                parts = [((key, index), item) for index, item in enumerate(value)]
            texts = [(at, " ".join(self._as_text(at, part).split())) for at, part in parts]
            if texts := [(at, text) for at, text in texts if text]:
                return texts
        return []

    def _as_text(self, at: KeyPath, value: Any) -> str:
        if isinstance(value, str):
            return remove_controls(value).strip()
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return str(value)
        if not _is_empty(value):
            self.report(at, "this is not text, and is left out.")
        return ""

    def style(self, at: KeyPath, text: str) -> str:
        """Return a text of the item, or of a part of it, as a text of the record."""
        if not self.is_markdown:
            return escape_markdown(text)
        try:
            return _STYLED_TEXT.validate_python(text)
        except ValidationError as error:
            self.report(at, f"{_first_message(error)} The text has no links for that reason.")
            return escape_markdown(text)


def select_keys(kind: str, keys: Keys) -> Keys:
    """Return the keys of the fields that an entry of a kind has, or that `add_entry` fits to it."""
    names = {*MODELS[kind].model_fields, *(_OCCASION if kind == "talks" else ())}
    names |= {*_PERIOD} if "date" in names else set()
    names |= {"highlights"} if "summary" in names else set()
    return {name: keys[name] for name in keys if name in names}


def _fit_to_model(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return data with the fields that entries of the kind have for its values."""
    fields = MODELS[kind].model_fields
    fitted = dict(data)
    if "highlights" in data and "highlights" not in fields:
        fitted["summary"] = join_texts([data.get("summary", ""), *fitted.pop("highlights")])
    if "start_date" not in fields and data.keys() & {"start_date", "end_date"}:
        # In the place of the first of them.
        when = _join_period(fitted.pop("start_date", ""), fitted.pop("end_date", ""))
        fitted = {**fitted, **({"date": when} if when else {})}
    if kind == "talks" and (names := [name for name in _OCCASION if name in fitted]):
        fitted["appearances"] = [{name: fitted.pop(name) for name in names}]
    return fitted


def _join_period(start: str, end: str) -> str:
    """Return a start and an end as one date; empty if only the end is known, and that is the present."""
    if end == models.PRESENT:
        return f"{start}/.." if start else ""
    return start if end in ("", start) else f"{start}/{end}"


def report_unused(items: Iterable[Item]) -> None:
    """Report once the keys of the items of a section that the record has no field for."""
    first: dict[str, Item] = {}
    concerned = 0
    for item in items:
        keys = item.unused_keys()
        concerned += bool(keys)
        for key in keys:
            first.setdefault(key, item)
    if first:
        key, item = next(iter(first.items()))
        entries = f" of {concerned} entries" if concerned > 1 else ""
        message = f"the record has no field for {join_words(first)}: left out{entries}."
        item.report((key,), message, code="import.unsupported")


def count_entries(number: int) -> str:
    """Write a number of entries: ``1 entry``."""
    return "1 entry" if number == 1 else f"{number} entries"


def remove_controls(text: str) -> str:
    """Remove the characters of a text that are not text, except white space; empty if nothing is visible."""
    if find_control(text) is not None:
        parts = (character for character in text if character.isspace() or find_control(character) is None)
        text = "".join(parts)
    return text if is_visible(text) else ""


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, (list, dict)) and not value)


def _first_message(error: ValidationError) -> str:
    detail = error.errors()[0]
    context = detail.get("ctx", {})
    return str(context.get("problem", detail["msg"]))
