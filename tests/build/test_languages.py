"""Tests that sites in German and Arabic have no English text of this project."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest
from babel.messages.pofile import read_po
from lxml import etree
from pypdf import PdfReader

from portfolio.core import i18n
from tests.support.built import Built

_ATTRIBUTES = {"alt", "aria-description", "aria-label", "label", "placeholder", "title"}
# Code, formulas and texts that are marked as English are the author's.
_SKIPPED = (
    "ancestor-or-self::*[self::code or self::kbd or self::math or self::pre or self::script or @lang='en']"
)
# A post in English.
_ENGLISH = "mind-the-well"
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
# URLs, what scripts replace, names of formats and programs, and English words of the person.
_NAMES = re.compile(
    r"\S*[@/.]\S*\w|\{\w+\}|\b(?:arXiv|BibTeX|CSL-JSON|CV|DOI|JavaScript|JSON|Feed|Resume|Markdown|PDF|RenderCV|Atom|RSS"
    r"|flowchart|Salma Haddad|Water under the desert)\b"
)


def _texts_of_page(path: Path) -> Iterator[str]:
    """Yield the texts and the attributes that readers see or hear, except those marked as English."""
    root = lxml.html.fromstring(path.read_bytes())
    for element in root.iter(etree.Element):
        if element.xpath(_SKIPPED):
            continue
        for name, value in element.attrib.items():
            if name in _ATTRIBUTES:
                yield value
            elif name.startswith("data-") and (texts := _json_texts(value)):
                yield from texts
            elif element.tag == "meta" and element.get("name") == "description" and name == "content":
                yield value
        yield element.text or ""
        yield from (child.tail or "" for child in element)


def _json_texts(value: str) -> list[str]:
    """Return the texts in an attribute with JSON; the attribute itself if it has several words."""
    try:
        data = json.loads(value)
    except ValueError:
        return [value] if " " in value.strip() else []
    values = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for text in values if isinstance(text, str)]


def _texts(site: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a site, each with its file."""
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.suffix == ".html":
            yield from ((name, " ".join(text.split())) for text in _texts_of_page(path))
        elif path.suffix == ".pdf":
            pages = PdfReader(io.BytesIO(path.read_bytes())).pages
            yield from ((name, line.strip()) for page in pages for line in page.extract_text().split("\n"))
        elif name.endswith((".atom.xml", "llms.txt", "cv.yaml")) or path.suffix == ".md":
            for line in path.read_text(encoding="utf-8").split("\n"):
                yield name, re.sub(r"<[^>]*>", "", line).strip("-#> ")


def _english_patterns(language: str) -> list[re.Pattern[str]]:
    """Return a pattern for each text of a catalogue whose translation is another text.

    A text of few words must be the whole text of an element: others might use those words.
    """
    catalogue = i18n.find_catalogue(language)
    assert catalogue is not None
    with catalogue.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    patterns = []
    for message in messages:
        texts = [message.id] if isinstance(message.id, str) else [*message.id]
        translated = [message.string] if isinstance(message.string, str) else [*(message.string or ())]
        for text in texts:
            literal = _PLACEHOLDER.sub("", text)
            if text in translated or not re.search("[A-Za-z]", literal):
                continue
            pattern = ".{0,100}?".join(map(re.escape, _PLACEHOLDER.split(text)))
            is_sentence = len(re.findall("[A-Za-z]{2,}", literal)) > 2
            patterns.append(re.compile(pattern if is_sentence else rf"\A{pattern}\Z"))
    return patterns


@pytest.mark.parametrize("language", ["de", "ar"])
def test_no_message_is_in_english(language: str, german_site: Built, arabic_site: Built) -> None:
    site = german_site if language == "de" else arabic_site
    patterns = _english_patterns(language)
    assert len(patterns) > 100
    untranslated = {(name, text) for name, text in _texts(site.site) if any(p.search(text) for p in patterns)}
    assert sorted(untranslated) == []


def test_the_arabic_site_has_no_latin_words(arabic_site: Built) -> None:
    untranslated = {
        (name, text)
        for name, text in _texts(arabic_site.site)
        if name.endswith((".html", ".pdf")) and _ENGLISH not in name
        if re.search("[A-Za-z]{2}", _NAMES.sub("", text))
    }
    assert sorted(untranslated) == []


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_pages_have_the_language_and_direction(
    language: str, direction: str, german_site: Built, arabic_site: Built
) -> None:
    site = german_site if language == "de" else arabic_site
    for path in site.pages:
        root = lxml.html.parse(site.file(path)).getroot()
        assert (root.get("lang"), root.get("dir")) == (language, direction)


def test_a_post_in_another_language(german_site: Built, arabic_site: Built) -> None:
    for site, name, direction in (
        (german_site, "werkstattbuch/2022/02/02/quiet-please-says-the-organ/", None),
        (arabic_site, "blog/2022/02/02/mind-the-well-says-the-sign/", "ltr"),
    ):
        (article,) = lxml.html.parse(site.file(name)).getroot().iterfind(".//article")
        assert (article.get("lang"), article.get("dir")) == ("en", direction)
        # Quotation marks, too, are English.
        assert "“another language”" in article.text_content()
        items = {
            item["url"].removeprefix(site.url): item for item in json.loads(site.read("feed.json"))["items"]
        }
        assert items[name]["language"] == "en"
        assert '<entry xml:lang="en">' in site.read("feeds/all.atom.xml")
    (post,) = german_site.site.glob("werkstattbuch/2026/*/*/*/index.html")
    assert "„mehr als nur ein Echo“, wie mein Lehrmeister sagte: ‚Der Raum antwortet.‘" in post.read_text(
        "utf-8"
    )
