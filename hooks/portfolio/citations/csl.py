"""Format citations and references with citeproc, in a style of the Citation Style Language (CSL) 1.0.

The result is runs of styled text. While citeproc builds a text, markers take the place of styles (see
`portfolio.core.runs`).
"""

from __future__ import annotations

import functools
import json
import re
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from portfolio.core import i18n
from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.core.diagnostics import did_you_mean, join_words, quote
from portfolio.core.runs import (
    FIRST_MARKER,
    LAST_MARKER,
    MARKER,
    RUN_STYLES,
    Run,
    Runs,
    add_markers,
    split_at_markers,
    strip_markers,
)

# citeproc is imported where it is used: most builds find all that they format in the cache.
if TYPE_CHECKING:
    import citeproc

DEFAULT_STYLE = "harvard-cite-them-right"
# A work as CSL-JSON; see `portfolio.citations.csl_json`. ``"owner": True`` marks the owner among its authors.
CslItem = dict[str, Any]
# The key of a title's pieces, each with the names of its styles, if it has any styles.
STYLED_TITLE = "styled-title"

# Markers of the start of each cited work, and one of the end for all of them.
_WORK_END = "\uefff"
_FIRST_WORK = 0xF000
# Takes the place of the authors where they are left out, and what separates them from the rest.
_NO_AUTHOR = "\uefe0"
_NO_AUTHOR_PART = re.compile(rf"{_NO_AUTHOR}[\s,:.]*")
_TITLE_MARKER = FIRST_MARKER + 2 * RUN_STYLES.index("title")
_TITLE = f"{chr(_TITLE_MARKER)}.*?{chr(_TITLE_MARKER + 1)}"
# A repeated title with its punctuation; the group holds the markers of styles around it.
_REPEATED_TITLE = rf"[\s,]*({MARKER}*)[“‘\"]?{_TITLE}[”’\"]?"
_URL = re.compile(r"(https?://[^\s<>]*[^\s<>.,;:!?)\]])")

_ET_AL_ATTRIBUTES = {"et-al-min", "et-al-use-first", "et-al-use-last"}
# A work with most of the fields that styles use.
_SAMPLE: CslItem = {
    "id": "1",
    "type": "article-journal",
    "title": "Title",
    "author": [{"family": "Family", "given": "Given"}],
    "editor": [{"family": "Family", "given": "Given"}],
    "container-title": "Journal",
    "publisher": "Publisher",
    "issued": {"date-parts": [[2000, 2, 3]]},
    "volume": "1",
    "issue": "2",
    "page": "3-4",
    "DOI": "10.1000/182",
    "URL": "https://example.org/",
}


class Cite(NamedTuple):
    """One work in a citation. ``label`` is a CSL locator label; it is empty if ``locator`` is free text.

    ``prefix`` is the text before it. ``author`` says where the authors are: with the rest, before it as a
    part of the text, or nowhere.
    """

    key: str
    label: str = ""
    locator: str = ""
    prefix: str = ""
    author: Literal["with", "text", "none"] = "with"


@dataclass(frozen=True)
class FormattedPage:
    """The citations of a page in their order, and its references by key, in the order of the style."""

    citations: tuple[Runs, ...]
    references: dict[str, Runs]

    def to_json(self) -> bytes:
        """Return the page as JSON, for the cache."""
        citations = [[astuple(run) for run in runs] for runs in self.citations]
        references = {key: [astuple(run) for run in runs] for key, runs in self.references.items()}
        return json.dumps([citations, references]).encode()

    @classmethod
    def from_json(cls, content: bytes) -> FormattedPage:
        """Return the page that `to_json` wrote."""
        citations, references = json.loads(content)
        return cls(
            tuple(tuple(Run(*fields) for fields in runs) for runs in citations),
            {key: tuple(Run(*fields) for fields in runs) for key, runs in references.items()},
        )


class StyleError(ValueError):
    """A style does not exist or cannot be used; the message says why, and the hint how to fix it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Style(NamedTuple):
    """A CSL style; ``text`` is its XML."""

    name: str
    text: bytes


def find_style(name: str, root: Path) -> Style:
    """Find a style by name, if citeproc includes it, or as a ``.csl`` file relative to ``root``.

    Raises StyleError if the style does not exist, is not CSL 1.0, has no bibliography or cannot be processed.
    """
    included = {path.stem: path for path in _citeproc_data().glob("styles/*.csl")}
    path = root / name if name.endswith(".csl") else included.get(name)
    if path is None:
        names = join_words(quote(known) for known in sorted(included))
        hint = f"{did_you_mean(name, included)} Write {names}, or the path of a .csl file."
        raise StyleError(f"there is no style {quote(name)}.", hint)
    try:
        style = Style(name, path.read_bytes())
    except OSError as error:
        folder = path.parent if path.parent.is_dir() else root
        known = (file.relative_to(root).as_posix() for file in folder.glob("*.csl"))
        message = f"the style {quote(name)} cannot be read: {error.strerror}."
        raise StyleError(message, did_you_mean(name, known)) from None
    # Those of citeproc can be used; checking one takes 30 ms.
    if name.endswith(".csl"):
        _check_style(style)
    return style


def _citeproc_data() -> Path:
    """Return the folder of the styles and locales that citeproc includes."""
    spec = find_spec("citeproc")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("data")


def _check_style(style: Style) -> None:
    import citeproc
    from lxml.etree import XMLSyntaxError

    subject = f"the style {quote(style.name)}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parsed = citeproc.CitationStylesStyle(BytesIO(style.text), validate=True)
        except XMLSyntaxError as error:
            raise StyleError(f"{subject} is not XML: {error.msg}.") from None
        except (UserWarning, AttributeError):
            raise StyleError(f"{subject} is not CSL 1.0.") from None
    parent = parsed.root.find("cs:info/cs:link[@rel='independent-parent']", parsed.root.nsmap)
    if parent is not None:
        raise StyleError(f"{subject} is an alias.", f"Use {quote(parent.get('href'))}.")
    if parsed.root.get("class") == "note":
        raise StyleError(f"{subject} uses notes, which is not supported.", "Use an in-text style.")
    if not parsed.has_bibliography():
        raise StyleError(f"{subject} has no bibliography.")
    _check_macros(subject, parsed.root)
    try:
        processor = _Processor(style, [_SAMPLE], standalone=False)
        processor.format_citation([Cite(_SAMPLE["id"], "page", "3")])
        processor.format_references()
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise StyleError(f"{subject} cannot be processed: {type(error).__name__} ({error}).") from None


def _check_macros(subject: str, root: Any) -> None:
    """Check that all macros in use exist, and that none uses itself."""
    used = {macro.get("name", ""): set(macro.xpath(".//@macro")) for macro in root.iterfind("{*}macro")}
    for name in sorted(set(root.xpath("//@macro"))):
        if name not in used:
            raise StyleError(f"{subject} has no macro {quote(name)}.", did_you_mean(name, used))
    try:
        TopologicalSorter(used).prepare()
    except CycleError as error:
        members = join_words(quote(name) for name in sorted(set(error.args[1])))
        raise StyleError(f"{subject} has macros that use themselves: {members}.") from None


@dataclass(frozen=True)
class CitationFormatter:
    """Formats in one style. Results are cached: citeproc needs about 3 ms for each reference."""

    style: Style
    cache: Cache = field(default_factory=Cache)

    def format_page(self, items: Mapping[str, CslItem], citations: Sequence[Sequence[Cite]]) -> FormattedPage:
        """Format the citations of a page and its references. ``items`` has every cited key."""
        cited = dict.fromkeys(cite.key for cites in citations for cite in cites)
        return self._format([items[key] for key in cited], citations, standalone=False)

    def format_references(self, items: Sequence[CslItem]) -> dict[str, Runs]:
        """Format a reference for each work, by key, as in a list from which nothing cites."""
        return self._format(items, (), standalone=True).references

    def _format(
        self, items: Sequence[CslItem], citations: Sequence[Sequence[Cite]], *, standalone: bool
    ) -> FormattedPage:
        inputs = [items, [[cite._asdict() for cite in cites] for cites in citations], standalone]
        code = code_fingerprint(modules=(__name__,), packages=("citeproc-py", "lxml"))
        key = cache_key(code, self.style.text, json.dumps(inputs, sort_keys=True))
        if (cached := self.cache.get(key)) is not None:
            return FormattedPage.from_json(cached)
        processor = _Processor(self.style, items, standalone=standalone)
        page = FormattedPage(
            tuple(processor.format_citation(cites) for cites in citations),
            processor.format_references(),
        )
        self.cache.put(key, page.to_json())
        return page


class _Processor:
    """Runs citeproc for one page: its citations in their order, and then its references.

    ``items`` are in the order of their first citations. A ``standalone`` list, from which nothing cites,
    names all authors and has neither numbers nor letters after years.
    """

    def __init__(self, style: Style, items: Sequence[CslItem], *, standalone: bool) -> None:
        import citeproc
        from citeproc.source.json import CiteProcJSON
        from citeproc.string import MixedString, NoCase

        by_key = {item["id"]: item for item in items}
        self._names = {
            key: [strip_markers(_short_name(name)) for name in item.get("author", ())]
            for key, item in by_key.items()
        }
        # citeproc treats keys that differ only in case as equal, so it gets numbers instead.
        self._number = {key: str(number) for number, key in enumerate(by_key, 1)}
        self._key = {number: key for key, number in self._number.items()}
        self._source = source = CiteProcJSON(
            [_prepare_item(item, self._number[key]) for key, item in by_key.items()]
        )
        for key, item in by_key.items():
            title = add_markers(_marked_title(item), "title")
            # The owner's capitals are intentional, whatever a style does with titles.
            source[self._number[key]]["title"] = MixedString([NoCase(title)])
        parsed = _parse_style(style, standalone=standalone)
        self._bibliography = citeproc.CitationStylesBibliography(parsed, source, _create_formatter())
        for number in self._key:
            self._bibliography.register(citeproc.Citation([citeproc.CitationItem(number)]))
        self._bibliography.sort()
        if not standalone:
            self._add_year_suffixes(source)

    def format_citation(self, cites: Sequence[Cite]) -> Runs:
        """Format a citation; each run has the index of its work."""
        text = self._cite(cites, [cite.key for cite in cites if cite.author != "with"])
        if len(cites) == 1 and cites[0].author == "text":
            start, _, end = text.partition(_NO_AUTHOR)
            whole = self._cite(cites, ())
            # A style of numbers does not name the authors.
            author = whole[len(start) : len(whole) - len(end)] if end else self._short_authors(cites[0].key)
            text = f"{chr(_FIRST_WORK)}{author}{_WORK_END} {text}"
        return _parse_runs(_NO_AUTHOR_PART.sub("", text))

    def _cite(self, cites: Sequence[Cite], without_author: Iterable[str]) -> str:
        """Format a citation as text with markers, with `_NO_AUTHOR` for the authors of some works."""
        import citeproc

        authors = {}
        for key in {*without_author}:
            item = self._source[self._number[key]]
            authors[key] = item.get("author")
            item["author"] = _no_author()
        citation = citeproc.Citation([self._citation_item(index, cite) for index, cite in enumerate(cites)])
        self._bibliography.register(citation)
        text = str(self._bibliography.cite(citation, lambda _: None))
        for key, names in authors.items():
            item = self._source[self._number[key]]
            if names is None:
                del item["author"]
            else:
                item["author"] = names
        return text

    def _short_authors(self, key: str) -> str:
        names = self._names[key]
        return f"{names[0]} et al." if len(names) > 2 else i18n.format_list(names) or key

    def format_references(self) -> dict[str, Runs]:
        """Format the list of references, in the order of the style."""
        texts = self._bibliography.bibliography()
        return {
            self._key[number]: _parse_runs(_without_repeated_title(str(text)))
            for number, text in zip(self._bibliography.keys, texts, strict=True)
        }

    def _citation_item(self, index: int, cite: Cite) -> citeproc.CitationItem:
        import citeproc

        start = chr(min(_FIRST_WORK + index, LAST_MARKER))
        if cite.prefix:
            start += f"{strip_markers(cite.prefix)} "
        locator = strip_markers(cite.locator)
        number = self._number[cite.key]
        if cite.label:
            return citeproc.CitationItem(
                number, prefix=start, suffix=_WORK_END, locator=citeproc.Locator(cite.label, locator)
            )
        suffix = f", {locator}{_WORK_END}" if locator else _WORK_END
        return citeproc.CitationItem(number, prefix=start, suffix=suffix)

    def _add_year_suffixes(self, source: Mapping[str, Any]) -> None:
        """Add letters after the year where two citations would be the same: citeproc does not do this."""
        if self._bibliography.style.root.citation.get("disambiguate-add-year-suffix") != "true":
            return
        numbers_by_text: dict[str, list[str]] = {}
        for number in self._bibliography.keys:
            text = "".join(run.text for run in self.format_citation([Cite(self._key[number])]))
            numbers_by_text.setdefault(text, []).append(number)
        for numbers in numbers_by_text.values():
            for index, number in enumerate(numbers if len(numbers) > 1 else []):
                repetitions, letter = divmod(index, len(ascii_lowercase))
                source[number]["year_suffix"] = ascii_lowercase[letter] * (repetitions + 1)


def _short_name(name: Mapping[str, str]) -> str:
    parts = (name.get(part) for part in ("non-dropping-particle", "family", "literal"))
    return " ".join(filter(None, parts))


def _no_author() -> Any:
    """Return a list of authors that citeproc formats as `_NO_AUTHOR`."""
    from citeproc.source.json import CiteProcJSON

    item = {"id": "1", "type": "book", "author": [{"literal": _NO_AUTHOR}]}
    return CiteProcJSON([item])["1"]["author"]


def _parse_style(style: Style, *, standalone: bool) -> citeproc.CitationStylesStyle:
    import citeproc

    # Each page needs its own: a parsed style remembers what was cited.
    parsed = citeproc.CitationStylesStyle(BytesIO(style.text), _csl_locale(i18n.language()), validate=False)
    for element in parsed.root.iter("{*}*") if standalone else ():
        for name in _ET_AL_ATTRIBUTES & set(element.keys()):
            del element.attrib[name]
        if element.get("variable") == "citation-number":
            # No work has a label; a missing variable also removes the text around it.
            element.set("variable", "citation-label")
    if parsed.root.bibliography is not None and parsed.root.bibliography.get("second-field-align"):
        # Such a style leaves the space after the first field to the layout.
        first = parsed.root.bibliography.layout[0]
        if not first.get("suffix", "").endswith(" "):
            first.set("suffix", first.get("suffix", "") + " ")
    return parsed


def _csl_locale(language: str) -> str | None:
    """Return the locale of CSL for a language (BCP 47); None, so that of the style, if English or unknown."""
    if language.partition("-")[0] == i18n.SOURCE_LANGUAGE:
        return None
    included = {path.stem.removeprefix("locales-") for path in _citeproc_data().glob("locales/*.xml")}
    return next((name for name in i18n.list_regional_names(language) if name in included), None)


def _marked_title(item: CslItem) -> str:
    """Return the title of an item with markers for its styles, if it has any."""
    pieces = item.get(STYLED_TITLE) or [[item.get("title", ""), []]]
    text = ""
    for piece, styles in pieces:
        text += functools.reduce(add_markers, styles, strip_markers(piece))
    return text


def _prepare_item(item: CslItem, number: str) -> CslItem:
    """Copy an item with a number as its key, without markers in its data, and with markers for the owner."""
    item = {name: value for name, value in item.items() if name != STYLED_TITLE}
    clean: CslItem = json.loads(strip_markers(json.dumps({**item, "id": number}, ensure_ascii=False)))
    for name in clean.get("author", ()):
        if name.pop("owner", False):
            part = "literal" if "literal" in name else "family"
            name[part] = add_markers(name[part], "owner")
    return clean


def _without_repeated_title(text: str) -> str:
    """Remove every title but the first: citeproc repeats a title that it uses in place of authors."""
    first = re.search(_TITLE, text)
    return text[: first.end()] + re.sub(_REPEATED_TITLE, r"\1", text[first.end() :]) if first else text


def _parse_runs(text: str) -> Runs:
    """Split a text with markers into runs. URLs become runs of their own."""
    runs: list[Run] = []
    work = None
    for part, styles in split_at_markers(text):
        if _FIRST_WORK <= ord(part[0]) <= LAST_MARKER:
            work = ord(part[0]) - _FIRST_WORK
        elif part == _WORK_END:
            work = None
        else:
            # Styles end a title with a full stop, even if the title itself ends with punctuation.
            rest = part.removeprefix(".") if runs and runs[-1].text[-1] in ".?!" else part
            flags: dict[str, Any] = dict.fromkeys(styles, True)
            pieces = [rest] if "title" in styles else _URL.split(rest)
            for index, piece in enumerate(pieces):
                if piece:
                    runs.append(Run(piece, url=piece if index % 2 else "", work=work, **flags))
    return tuple(runs)


def _create_formatter() -> SimpleNamespace:
    """Return a formatter of citeproc, which names its members, that writes markers instead of markup."""
    from citeproc.string import String

    def mark(style: str) -> Callable[[object], Any]:
        return lambda text: String(add_markers(str(text), style))

    return SimpleNamespace(
        preformat=lambda text: strip_markers(str(text)),
        Italic=mark("italic"),
        Oblique=mark("italic"),
        Bold=mark("bold"),
        Light=String,
        Underline=mark("underline"),
        Superscript=mark("superscript"),
        Subscript=mark("subscript"),
        SmallCaps=mark("small_caps"),
    )
