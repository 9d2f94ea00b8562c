"""Diagnostics: what is wrong in a file, where, and how to fix it; and the phrases their messages share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Literal, NamedTuple

_MAX_QUOTED_LENGTH = 80
_FILE_SUFFIX = re.compile(
    r"(?<=\w)\.(?:md|html|ya?ml|bib|csl|ipynb|py|css|js|json|png|jpe?g|svg|gif|webp|pdf)$"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Too many short names differ from each other in one letter.
_SHORTEST_NAME = 4

# Errors and warnings fail a check and a build; information does not.
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, order=True)
class Diagnostic:
    """A fault in a file; diagnostics sort by path, line and column.

    ``line`` and ``column`` count from 1, as editors do. ``field`` is the path inside the file, such as
    ``roles[2].end_date``, and may be empty. ``message`` says what is wrong, ``hint`` how to fix it (whole
    sentences, or empty); each is one line. ``code`` is stable and listed in `CODES`.
    """

    path: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""
    _: KW_ONLY
    code: str
    severity: Severity = "error"

    def __post_init__(self) -> None:
        """Collapse white space: a quoted value may have line breaks, and an absent part leaves a gap.

        Controls are replaced: they could colour the lines of a terminal, or show them in another order.
        """
        for name in ("field", "message", "hint"):
            text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(getattr(self, name).split()))
            object.__setattr__(self, name, text)

    def __str__(self) -> str:
        """Format as one line, ``path:line:column: field: message hint``."""
        subject = f"{self.field}: " if self.field else ""
        return " ".join(f"{self.path}:{self.line}:{self.column}: {subject}{self.message} {self.hint}".split())


# The loss of a field, such as "roles.after", or of a kind of entries.
NO_ROOM = "there is no room for this."


class ExportLoss(NamedTuple):
    """Something that an export omits or says differently because its format cannot express it; not an error.

    ``export`` is the file, ``id`` the entry, or empty for the whole record.
    """

    export: str
    id: str
    message: str

    def __str__(self) -> str:
        subject = f"{self.export}: {self.id}" if self.id else self.export
        return f"{subject}: {self.message}"


def format_field_path(path: Iterable[str | int]) -> str:
    """Write ``("roles", 2, "end_date")`` as ``roles[2].end_date``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = _shorten(part)
            text += f".{name}" if text else name
    return text


def quote(value: object) -> str:
    """Put a value in quotation marks, shortened to a recognizable length."""
    return f"'{_shorten(str(value))}'"


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED_LENGTH else f"{text[: _MAX_QUOTED_LENGTH - 1]}…"


def closest_match(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word that a misspelled word probably means, or None.

    ``cutoff`` is the minimum similarity, from 0 to 1. Names of files are compared without their suffix; the
    same name in another folder is the best match.
    """
    suffix = _FILE_SUFFIX.search(_normalize(word).casefold())

    def fold(text: str) -> str:
        return _normalize(text).casefold().removesuffix(suffix[0] if suffix else "")

    folded = {fold(choice): choice for choice in sorted(known)}
    if suffix:
        name = fold(word).rpartition("/")[2]
        moved = [choice for stem, choice in folded.items() if stem.rpartition("/")[2] == name]
        if len(moved) == 1:
            return moved[0]
    import difflib

    matches = difflib.get_close_matches(fold(word), folded, n=1, cutoff=cutoff)
    return folded[matches[0]] if matches else None


def find_misspelled(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that an unknown one certainly means, where others may define names, too."""
    similar = [choice for choice in known if abs(len(choice) - len(name)) <= 1]
    return closest_match(name, similar, cutoff=0.75) if len(name) >= _SHORTEST_NAME else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the hint ``Did you mean 'position'?`` for the closest known word, or an empty string."""
    match = closest_match(word, known)
    return suggest(word, match) if match else ""


def suggest(word: str, match: str) -> str:
    """Return a hint that a misspelled word means a match, which may look the same (UAX #15)."""
    if word == match or _normalize(word) != _normalize(match):
        return f"Did you mean '{match}'?"
    form = "one character (Unicode NFC)" if match == _normalize(match) else "two characters (Unicode NFD)"
    return f"'{match}' only looks the same: its accented letters are {form} each. Copy the name from there."


def _normalize(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def join_words(words: Iterable[str], conjunction: str = "and") -> str:
    """Write words as a sentence lists them: ``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def state_lists_once(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics sorted; a list of accepted keys or values is only in the first of a file."""
    stated: set[tuple[str, str]] = set()
    shortened: list[Diagnostic] = []
    for problem in sorted(problems):
        start, mark, accepted = problem.hint.partition("Accepted: ")
        if mark and (problem.path, accepted) in stated:
            problem = replace(problem, hint=start)
        stated.add((problem.path, accepted))
        shortened.append(problem)
    return shortened


# Every code that a diagnostic can have, sorted, with an example of its message. A code never changes.
CODES: dict[str, str] = {
    "alias.below-file": "'/cv.pdf/a.html' is below '/cv.pdf', which is a file.",
    "alias.chain": "'/b.html' is an alias, too.",
    "alias.duplicate": "docs/a.md has the alias '/a.html', too.",
    "alias.invalid-path": "'posts/a.html' does not begin with '/'.",
    "alias.loop": "this leads back to itself: '/a.html', '/b.html'.",
    "alias.missing-target": "there is no 'gone.md' on this site.",
    "alias.other-host": "'https://b.example/a.html' is not a URL of this site.",
    "alias.same-file": "'/A.html' differs from '/a.html' only in case or in how accents are encoded.",
    "alias.shadows": "'/about/' is the URL of about.md.",
    "alias.unknown-placeholder": "there is no placeholder '{catgory}'.",
    "alias.unused-placeholder": "the old path '/tags.html' does not contain {tag}.",
    "attributes.invalid": "'a' is not an attribute.",
    "bibtex.crossref-cycle": "these entries are part of each other: 'a' and 'b'.",
    "bibtex.duplicate-field": "this field is a duplicate.",
    "bibtex.duplicate-key": "this citation key is a duplicate; the first is on line 3.",
    "bibtex.invalid": "this is not BibTeX: unexpectedly hit end of file.",
    "bibtex.invalid-doi": "'example' is not a DOI.",
    "bibtex.invalid-latex": "this LaTeX cannot be read.",
    "bibtex.invalid-month": "'May-June' is not a month.",
    "bibtex.invalid-name": "'et al.' is not a name: for further authors, write 'and others'.",
    "bibtex.invalid-value": "this is not a value.",
    "bibtex.key-in-use": "the citation key 'a' is already used by a publication.",
    "bibtex.not-an-entry": "this is not an entry.",
    "bibtex.too-deep": "this is nested too deeply.",
    "bibtex.too-long": "this text has more than 50,000 characters.",
    "bibtex.unknown-crossref": "there is no entry 'sourse'.",
    "bibtex.unknown-field": "unknown field.",
    "bibtex.unknown-string": "there is no @string 'acm'.",
    "bibtex.unknown-type": "unknown entry type '@artcle'.",
    "callout.unknown-kind": "'warnin' is not a kind of callout.",
    "citation.unknown-key": "there is no 'oen' in publications.bib or references.bib.",
    "code.invalid-fence": "this fence is prose: its options are not understood, or it is never closed.",
    "cv.invalid-template": "unknown variable: nme.",
    "cv.missing-template": "there is no file 'docs/data/cv.typ'.",
    "cv.no-entries": "no entry of talks is selected.",
    "cv.no-picture": "the profile has no picture.",
    "cv.package": "'@preview/cetz:0.3.4' is a package of the network, which a build does not use.",
    "cv.same-file": "'cv.pdf' has the same path on the site.",
    "cv.too-many-pages": "resume.pdf has 2 pages.",
    "cv.unknown-section": "there is no kind of entries 'rols'.",
    "cv.unused-entry": "'a' is one of the talks, which 'sections' leaves out.",
    "diagram.invalid": "No diagram type detected.",
    "feeds.no-slug": "'?' has no letter or digit for a URL.",
    "feeds.same-path": "'C++' would have the same feed as the category 'C', feeds/c.atom.xml.",
    "file.invalid-name": "the name of this file or of its folder is not valid UTF-8.",
    "file.not-regular": "this is a named pipe.",
    "file.too-large": "this file has 52.4 MB; at most 5 MB are read.",
    "file.too-many": "there are more than 100000 files up to here.",
    "file.unreadable": "there is no such file.",
    "footnote.duplicate": "'[^1]' is defined twice.",
    "footnote.undefined": "there is no footnote '[^typo]'.",
    "footnote.unused": "nothing refers to the footnote '[^1]'.",
    "formula.duplicate-label": "the label 'eq:loss' is already used by another equation.",
    "formula.invalid": 'Unknown command "\\foo".',
    "formula.stray-delimiter": "this '$$' does not begin or end a formula.",
    "formula.unknown-label": "no equation on this page has the label 'eq:los'.",
    "front-matter.conflicting-dates": "date.updated says this as well.",
    "front-matter.control-character": "contains a character that is not text (U+0007).",
    "front-matter.foreign-keys": "another tool's keys: layout, permalink.",
    "front-matter.invalid-date": "'soon' is not a date.",
    "front-matter.invalid-feed-id": "'17' is not a URI.",
    "front-matter.invalid-flag": "'maybe' is neither true nor false.",
    "front-matter.invalid-links": "expected a list of links.",
    "front-matter.invalid-number": "'soon' is not a whole number of at least 0.",
    "front-matter.invalid-slug": "'a b' cannot be part of a URL.",
    "front-matter.invalid-tag": "'x' cannot be read as YAML's bool.",
    "front-matter.invalid-text": "is not read as text.",
    "front-matter.missing": "this post has no front matter.",
    "front-matter.missing-date": "is missing.",
    "front-matter.missing-id": "no id can be derived from the file name.",
    "front-matter.not-a-mapping": "the front matter is not a mapping.",
    "front-matter.part-without-series": "needs a series.",
    "front-matter.reserved-slug": "'index' is the name of a folder's own page.",
    "front-matter.too-long": "'a…' is too long for the name of a file: 300 bytes.",
    "front-matter.too-many-tags": "3000 tags are more than a page can have.",
    "front-matter.unknown-kind": "there is no kind of entries 'talk'.",
    "front-matter.unknown-status": "there is no status 'nwe'.",
    "front-matter.unknown-template": "there is no template 'hom.html'.",
    "front-matter.updated-before-date": "2025-12-31 is before the date of publication (2026-01-31).",
    "glossary.invalid-abbreviation": "an abbreviation is one line without ']'.",
    "glossary.missing-meaning": "the meaning of 'KV' is missing.",
    "glossary.not-a-mapping": "expected a mapping of abbreviations.",
    "gone.exists": "'/about/' is not gone: it is the URL of about.md.",
    "gone.is-alias": "'/about.html' is an alias, too.",
    "heading.second-title": "'Details' is on level 1, as the title of the page is.",
    "heading.skipped-level": "'Details' is on level 4, the heading before it on level 2.",
    "html.inline-script": "this <script> does not run: the site's policy blocks scripts in a page.",
    "html.inline-style": "the style 'color: red' has no effect: the site's policy blocks styles in a page.",
    "html.stray-end-tag": "'</div>' closes no element: there is no <div> before it.",
    "html.unclosed": "'<div>' is never closed, so it changes all that follows.",
    "image.in-html": "'a.svg' is an HTML element, which gets no size and whose URL may not work.",
    "image.invalid-size": "its width is '50%'.",
    "image.missing-alt": "has no alternative text.",
    "image.unusable": "is not a valid PNG image.",
    "import.already-there": "'a' in data/career.yml has position of its own.",
    "import.changed-id": "the id 'a' is in use, so this entry gets the id 'a-2'.",
    "import.cut": "the feed has only the beginning of this text.",
    "import.dead-link": "the old site has nothing at '/posts/b.html'.",
    "import.dropped": "an <object> element is left out.",
    "import.duplicate": "its id 'a' is also that of the entry on line 3.",
    "import.edited": "this file was edited since it was imported, and is left alone.",
    "import.from-page": "this post is in no feed; all of it is read from this page.",
    "import.hidden-contact": "the e-mail address is imported, but appears nowhere.",
    "import.incomplete": "this post has no title.",
    "import.invalid": "there is no post '2020-01-02-tides'.",
    "import.invalid-date": "'soon' is not a date.",
    "import.invalid-front-matter": "the front matter is never closed.",
    "import.invalid-rst": 'Unknown interpreted text role "foo".',
    "import.invalid-shortcode": "the shortcode 'details' is never closed.",
    "import.kept-as-html": "a table with merged cells stays HTML.",
    "import.lost-url": "nothing answers the old URL '/page/2/'.",
    "import.missing-file": "there is no file for '/images/a.png'.",
    "import.no-date": "this post has no date, and becomes a draft.",
    "import.not-toml": "this is not TOML: expected '=' after a key in a key/value pair.",
    "import.not-xml": "this is not XML: Opening and ending tag mismatch.",
    "import.outside": "this path leads out of the archive, and is not read.",
    "import.respelled": "'python' is spelled 'Python', as on other pages.",
    "import.similar-name": "'embedding' differs little from 'embeddings'; both stay, as on the old site.",
    "import.too-large": "this file is larger than 64 MB, and is not read.",
    "import.unreadable": "there is no such file.",
    "import.unsupported": "there is no counterpart of the shortcode 'chart'.",
    "import.unusable-file": "nothing can be added to data/career.yml, which has faults.",
    "import.words-differ": "'two words' is lost.",
    "include.cycle": "'a.md' includes itself.",
    "include.missing-file": "there is no 'a.py' to include.",
    "include.missing-lines": "'a.py' has no line 9; its last is 2.",
    "include.missing-section": "the file has no section 'main'.",
    "include.too-large": "'a.md' makes the page too large.",
    "include.unreadable": "'a.bin' is not a text file.",
    "include.url": "'https://example.org/a.md' is a URL.",
    "json.duplicate-key": "this key is a duplicate, and replaces the one on line 1.",
    "json.invalid": "this is not JSON: expecting value.",
    "json.too-deep": "this is nested too deeply.",
    "json.too-large": "there are more than 200000 values.",
    "link.absolute-path": "'/a/' begins with '/', which is the root of the server and not of this site.",
    "link.broken-anchor": "docs/index.md has no '#frist-part'.",
    "link.dead": "https://example.org/ is gone (404 Not Found).",
    "link.empty": "has no target.",
    "link.external-content": "is loaded from example.org, which learns about everyone who reads the page.",
    "link.invalid-url": "'http://[::1/' is not a valid URL: its host is malformed.",
    "link.missing-attachment": "'attachment:a.png' is not attached to a cell of a notebook.",
    "link.missing-file": "there is no 'gone.md'.",
    "link.undefined-reference": "the reference '[id]' is not defined.",
    "link.unpublished": "'draft.md' is not published yet, so readers cannot open it.",
    "mkdocs-yml.inherit-cycle": "this configuration inherits from itself.",
    "mkdocs-yml.invalid-folder": "expected the name of a folder as text.",
    "mkdocs-yml.invalid-value": "expected a mapping of settings.",
    "mkdocs-yml.missing-file": "there is no file 'hooks/a.py'.",
    "mkdocs-yml.missing-folder": "there is no folder 'docs'.",
    "mkdocs-yml.missing-key": "is missing.",
    "mkdocs-yml.no-effect": "has no effect: this site has its own templates and style sheet.",
    "mkdocs-yml.not-installed": "'serch' is not an installed plugin.",
    "mkdocs-yml.other-host": "'a.example' is not the host of site_url in mkdocs.yml, 'b.example'.",
    "mkdocs-yml.unknown-key": "MkDocs has no such setting.",
    "mkdocs-yml.unknown-language": "'xx' is not the tag of a language.",
    "mkdocs-yml.unknown-placeholder": "'{x}/posts' contains an unknown placeholder.",
    "mkdocs-yml.untranslated": "3 of 200 texts of this site are not translated into 'de'.",
    "nav.absolute-path": "'/a/' begins with '/', which is the root of the server and not of this site.",
    "nav.missing-file": "there is no 'gone.md'.",
    "nav.omitted-page": "this page is not in the nav of mkdocs.yml.",
    "nav.unknown-project": "there is no project 'mpa' whose story this page could be.",
    "notation.unsupported": "'[[Page]]' is the notation of wiki links and would be shown as text.",
    "notebook.html-attachment": "'a.png' is written as HTML, where its URL does not work.",
    "notebook.invalid-image": "this image/png cannot be shown: its base64 is invalid.",
    "notebook.missing-alt": "this image has no alternative text.",
    "notebook.too-long": "this output has 600,000 characters; at most 500,000 are shown.",
    "notebook.unknown-attachment": "no attachment of this cell is called 'a.png'.",
    "notebook.unsupported-attachment": "'c.pdf' is not an image that a page can show.",
    "notebook.unsupported-output": "this output is only application/json, which a page cannot show.",
    "notebook.unsupported-version": "version 3 of the notebook format is not supported.",
    "option.invalid-citation-style": "there is no style 'harvard'.",
    "option.invalid-count": "'few' is not a number of posts.",
    "option.invalid-cv-path": "'cv' is not the name of a PDF.",
    "option.invalid-feed-path": "'a b' is not the path of a feed.",
    "option.invalid-macro": "this cannot be the name of a macro.",
    "option.invalid-section": "this is not a section.",
    "option.renamed": "this setting is now called 'exports'.",
    "option.unknown-design": "there is no design 'compct'.",
    "option.unknown-time-zone": "there is no time zone 'Europe/Pariss'.",
    "page.invalid-html": "'<![' is not HTML.",
    "page.invalid-tag-list": "'shadow: maybe' are not options of a list of tags.",
    "page.no-destination": "the URL of this page is below cv.pdf, which is a file of the site.",
    "page.too-deep": "lists, quotations or other elements are nested too deeply; the limit is 80 elements.",
    "page.too-large": "the page has 2,000,000 characters; the limit is 1,000,000.",
    "page.too-slow": "the page takes more than 5 s of processor time, probably for this paragraph.",
    "post.duplicate-feed-id": "musings/posts/a.md has this id as well.",
    "post.duplicate-part": "part 1 of 'Bridges' is docs/blog/posts/arches.md.",
    "post.duplicate-url": "the URL 'blog/2026/01/31/arches/' is that of docs/blog/posts/arches.md.",
    "post.missing-excerpt": "the end of the excerpt is not marked.",
    "post.no-category": "the post has no category.",
    "post.no-slug": "the title '???' has no letter or digit for a URL.",
    "post.similar-name": "'infrence' differs from 'inference' in one letter.",
    "post.unknown-author": "there is no 'mee' in blog/.authors.yml.",
    "post.unknown-category": "'Nots' is not a category of this blog.",
    "post.unknown-tag": "'infrence' is not a tag of this site.",
    "profile.hidden-contact": "appears nowhere, because it does not say where.",
    "profile.invalid-country": "'Norge' is not the code of a country.",
    "profile.invalid-email": "'ana at example.org' is not an e-mail address.",
    "profile.invalid-language": "'arabic!' is not the tag of a language.",
    "profile.invalid-phone": "'555 1234' is not an international phone number.",
    "record.broken-link": "there is no 'files/cv.pdf' in docs.",
    "record.conflicting-dates": "a date cannot be combined with start_date or end_date.",
    "record.contradictory-order": "a cannot be after b: a started 2010, b started 2015.",
    "record.control-character": "contains a character that is not text (U+0007).",
    "record.duplicate-id": "the id 'a' is already used in data/career.yml:3.",
    "record.duplicate-reference": "'b' is listed twice.",
    "record.duplicate-section": "there is already a kind or section 'awards'.",
    "record.empty-text": "is empty.",
    "record.end-before-start": "2012 is before start_date 2015.",
    "record.evidence-outside": "talk (2001) is before a started (2010).",
    "record.invalid-date": "'2019-13' is not a date: there is no month 13.",
    "record.invalid-id": "'a b' cannot be an id, which is part of a URL.",
    "record.invalid-language": "'german' is not the tag of a language.",
    "record.invalid-url": "'acme dot example' is not a link.",
    "record.invalid-value": "Input should be a valid integer.",
    "record.missing-key": "is missing.",
    "record.not-a-list": "expected a list ('- ' before each entry), found a text.",
    "record.not-a-mapping": "expected a mapping, found a text.",
    "record.order-cycle": "the order is a cycle: a after b after a.",
    "record.self-reference": "'a' refers to itself.",
    "record.similar-tag": "'Maps' differs from 'maps' only in case, spaces or hyphens.",
    "record.too-long": "this has 1,200 characters.",
    "record.unknown-field": "there is no such field.",
    "record.unknown-file": "nothing reads this file.",
    "record.unknown-key": "unknown key.",
    "record.unknown-reference": "there is no 'b'.",
    "record.unknown-value": "'guessed' is not accepted.",
    "record.wrong-reference": "'b' is a talk; expected a role or education.",
    "record.wrong-type": "expected a text, found a list.",
    "second-opinion.lost-code": "this is code in CommonMark, but not on this page.",
    "second-opinion.lost-item": "this is an item of a list in CommonMark, but not on this page.",
    "second-opinion.lost-row": "this is a row of a table in CommonMark, but not on this page.",
    "second-opinion.lost-text": "'word' is text in CommonMark, but not on this page.",
    "table.extra-cells": "this row has 3 cells and the header has 2; the rest would be dropped.",
    "url.invalid": "'posts/a.html' does not begin with '/'.",
    "url.lost": "nothing answers '/posts/a.html' any more.",
    "url.lost-fragment": "'/about/' has no '#part' any more.",
    "url.not-a-list": "there is no URL of a page in this file.",
    "url.other-host": "'https://b.example/' is not a URL of the old site, and is not compared.",
    "url.query": "'/a/?p=1' is compared without its query, which servers of static files ignore.",
    "yaml.comment": "# begins a comment, so the value is empty.",
    "yaml.duplicate-key": "this key is a duplicate; the first is on line 2.",
    "yaml.invalid": "this is not YAML: found character '@' that cannot start any token.",
    "yaml.invalid-key": "a key must be a word.",
    "yaml.recursive-alias": "an alias must not contain itself.",
    "yaml.too-deep": "this is nested too deeply.",
    "yaml.too-large": "there are more than 200000 values, or aliases (*) repeat them that often.",
    "yaml.unknown-tag": "the tag '!!python/name:os.system' is not accepted here.",
}
