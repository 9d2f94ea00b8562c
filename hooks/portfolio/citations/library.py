"""The works that posts can cite, and the syntax of citations, which is Pandoc's.

``[@key, p. 3]``, ``[see @a; @b]``, ``[-@key]`` without the authors, and ``@key [p. 3]`` as a part of a text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from portfolio.citations import csl_json
from portfolio.citations.cite_post import PostCitations
from portfolio.citations.csl import CitationFormatter, Cite, CslItem, FormattedPage
from portfolio.core import i18n
from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.record.models import Publication
from portfolio.record.people import Profile
from portfolio.record.record import Record
from portfolio.sources import loader

REFERENCES_FILE = "references.bib"

# Not the text of a link: "[@name](https://…)" or "[@name][page]". A citation or a footnote may follow.
CITATION_PATTERN = r"\[((?:[^\[\]@\s][^\[\]@]*[\s(;])?-?@[^\[\]]*)\](?!\(|\[[^@^])"
# Not an email address, a path or a decorator; the key does not end with punctuation.
NARRATIVE_PATTERN = (
    r"(?<![\w@\\./\[`-])@(?P<key>[^\W_](?:[^\s\x00-\x1f\x7f\"#%&'<>?\\{},;@\[\]()*!]*[^\W_])?)"
    r"(?:[ ]\[(?P<locator>[^\[\]@]+)\](?!\(|\[))?"
)
# The key has the characters of an id; see `portfolio.record.models`.
_CITE = re.compile(
    r"(?:(?P<prefix>[^@]*)(?<=[\s(]))?(?P<no_author>-)?@(?P<key>[^\W_][^\s\x00-\x1f\x7f\"#%&'<>?\\{},;@]*)(?:\s*,\s*(?P<rest>.*))?",
    re.DOTALL,
)
_LOCATOR = re.compile(r"(?:(?P<label>[^\W\d_]+\.?(?=\s|\d)|[§¶]+)\s*)?(?P<place>\S.*)", re.DOTALL)
# What people write for the locator labels of CSL.
_LABEL_FORMS = {
    "page": "p pp page pages",
    "chapter": "ch chap chs chapter chapters",
    "section": "s sec secs section sections §",
    "figure": "fig figs figure figures",
    "volume": "vol vols volume volumes",
    "part": "pt pts part parts",
    "paragraph": "para paras paragraph paragraphs ¶",
    "line": "l ll line lines",
    "note": "n nn note notes",
}
# The same in other languages, where a form such as "S." may mean something else than in English.
_LOCAL_LABEL_FORMS = {
    "ar": {"page": "ص صفحة صفحات", "chapter": "فصل"},
    "de": {
        "page": "s seite seiten",
        "chapter": "kap kapitel",
        "section": "abschn abschnitt abschnitte",
        "figure": "abb abbildung abbildungen",
        "volume": "bd band",
        "part": "teil",
        "line": "z zeile zeilen",
        "note": "anm anmerkung",
    },
    "es": {"page": "pág págs página páginas", "chapter": "cap capítulo", "section": "sección"},
    "fr": {"chapter": "chapitre", "paragraph": "§", "part": "partie", "line": "ligne lignes"},
}


@dataclass(frozen=True)
class Library:
    """The works that can be cited, by key, and the formatter for them. ``profile`` is the owner's."""

    publications: Mapping[str, Publication]
    formatter: CitationFormatter
    profile: Profile

    @cached_property
    def items(self) -> dict[str, CslItem]:
        """All works as CSL-JSON, by key; computed when a page first cites something."""
        items = csl_json.reference_items(self.publications.values(), self.profile)
        return {item["id"]: item for item in items}

    @cached_property
    def posts(self) -> PostCitations:
        """How to cite the site's own posts."""
        return PostCitations(self.formatter, self.profile)

    def format_page(self, citations: Sequence[Sequence[Cite]]) -> FormattedPage:
        """Format the citations of a page and its references. All keys must be known."""
        return self.formatter.format_page(self.items, citations)


def load_citable_works(
    data: Path, record: Record, root: Path, cache: CacheFile
) -> tuple[dict[str, Publication], list[Diagnostic]]:
    """Collect all works by key: the record's publications, then other people's work in ``references.bib``.

    That file, in the folder ``data``, may be missing. Problems are sorted and name it relative to ``root``.
    """
    works = {publication.id: publication for publication in record.publications}
    document, references, problems = loader.load_publications(
        data / REFERENCES_FILE, root, cache, with_containers=True
    )
    for key, publication in references.items():
        if works.setdefault(publication.id, publication) is not publication:
            message = f"the citation key {quote(publication.id)} is already used by a publication."
            hint = "Give every work a key of its own."
            problems.append(document.diagnose((key,), message, hint, code="bibtex.key-in-use"))
    return works, sorted(problems)


def parse_citation(inner: str) -> list[Cite] | None:
    """Parse the text between the brackets of a citation; None if it is not a citation."""
    cites = [_parse_cite(part.strip()) for part in inner.split(";")]
    valid = [cite for cite in cites if cite is not None]
    return valid if len(valid) == len(cites) else None


def _parse_cite(text: str) -> Cite | None:
    match = _CITE.fullmatch(text)
    if match is None:
        return None
    prefix = " ".join((match["prefix"] or "").split())
    author: Literal["with", "none"] = "none" if match["no_author"] else "with"
    return Cite(match["key"], *_parse_locator(match["rest"] or ""), prefix, author)


def parse_narrative_citation(key: str, locator: str | None) -> Cite:
    """Return a citation whose authors are a part of the text."""
    return Cite(key, *_parse_locator(locator or ""), author="text")


@functools.cache
def _labels(language: str) -> dict[str, str]:
    """Return the locator labels of CSL by what people write for them in a language, or in English."""
    forms = [*_LABEL_FORMS.items(), *_LOCAL_LABEL_FORMS.get(language, {}).items()]
    return {form: label for label, written in forms for form in written.split()}


def _parse_locator(text: str) -> tuple[str, str]:
    """Return the CSL label of a locator, or an empty text for free text, and the locator."""
    # citeproc turns each hyphen into a dash.
    rest = re.sub("-{2,3}", "–", " ".join(text.split()))
    locator = _LOCATOR.fullmatch(rest)
    if locator is None:
        return "", ""
    form = (locator["label"] or "").rstrip(".").lower()
    if not form and locator["place"][0].isdigit():
        return "page", rest
    label = _labels(i18n.language().partition("-")[0]).get(form[:1] if form[:1] in "§¶" and form else form)
    # citeproc recognizes several pages only by Arabic numbers.
    if label is None or (form == "pp" and not re.search(r"\d", locator["place"])):
        return "", rest
    return label, locator["place"]
