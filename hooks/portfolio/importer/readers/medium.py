"""Read a Medium export: a zip archive or a folder with an HTML file for each story.

The files have no tags, and their images are on Medium's servers.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from functools import partial
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.text import is_valid_url
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite
from portfolio.importer.readers import Progress
from portfolio.importer.values import parse_iso_date

_BODY = 'data-field="body"'
_ENTRY = "h-entry"
_DRAFT = "draft_"
# The number of a story at the end of its URL and of its file's name.
_NUMBER = re.compile(r"-?([0-9a-f]{8,12})$")
_IMAGE_HOST = re.compile(r"https?://(?:cdn-images-\d\.medium\.com|miro\.medium\.com)/\S*/([^/?#]+)")
_MEDIUM = "medium.com"
# Medium's headings are those of a page whose title is not among them.
_HEADINGS = {"h3": "h2", "h4": "h3"}


def detect(files: InputFiles) -> bool:
    """Whether the source has stories of an export."""
    return any(_is_story(files, path) for path in _candidates(files)[:20])


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the source."""
    site = ImportedSite("a Medium export", problems=list(files.problems))
    for path in files.paths:
        if not path.endswith(".html"):
            site.files[f"/{posixpath.basename(path)}"] = partial(files.read_bytes, path)
    paths = _candidates(files)
    for number, path in enumerate(paths, 1):
        text = files.read_text(path)
        if isinstance(text, Diagnostic):
            site.problems.append(text)
        elif _is_story(files, path):
            site.pages.append(_Story(files, site, path, text).read())
        elif "/posts/" in f"/{path}":
            message, code = "this is not a story of Medium, and is left out.", "import.unsupported"
            site.problems.append(files.diagnose(path, message, code=code, severity="warning"))
        progress(number, len(paths))
    _find_site_url(site)
    names = dict.fromkeys(name for page in site.pages for name in page.authors)
    site.authors += map(ImportedAuthor, names)
    return site


def _candidates(files: InputFiles) -> list[str]:
    stories = files.match("posts/*.html", "*/posts/*.html")
    return stories or files.match("*.html")


def _is_story(files: InputFiles, path: str) -> bool:
    data = files.read_bytes(path)
    return not isinstance(data, Diagnostic) and _BODY.encode() in data and _ENTRY.encode() in data


def _find_site_url(site: ImportedSite) -> None:
    """Make the host of most stories the old site, and give the others no URL."""
    hosts = Counter(urlsplit(page.url).netloc for page in site.pages if page.url)
    host = hosts.most_common(1)[0][0] if hosts else _MEDIUM
    site.url = f"https://{host}/"
    for page in site.pages:
        parts = urlsplit(page.url)
        page.url = unquote(parts.path) if parts.netloc == host else ""


class _Story:
    def __init__(self, files: InputFiles, site: ImportedSite, path: str, text: str) -> None:
        self.files = files
        self.site = site
        self.path = path
        self.soup = BeautifulSoup(text, "lxml")
        self.line = text.count("\n", 0, max(text.find(_BODY), 0)) + 1
        self.problems: list[Diagnostic] = []

    def read(self) -> ImportedPage:
        """Return the story. Its URL is absolute."""
        body = self.soup.select_one(f"[{_BODY}]")
        canonical = self._attribute("a.p-canonical", "href")
        stem = posixpath.splitext(posixpath.basename(self.path))[0]
        is_draft = stem.startswith(_DRAFT)
        is_web_url = is_valid_url(canonical) and urlsplit(canonical).scheme in ("http", "https")
        url = canonical if is_web_url and not is_draft else ""
        time = self._attribute("time.dt-published", "datetime")
        created = parse_iso_date(time)
        if time and created is None:
            message = f"{quote(time)} is not a date."
            self.problems.append(
                self.files.diagnose(self.path, message, code="import.invalid-date", severity="warning")
            )
        name = posixpath.basename(urlsplit(url).path) or re.sub(r"^(?:draft|\d{4}-\d\d-\d\d)_", "", stem)
        number = match[1] if (match := _NUMBER.search(name)) else ""
        title = self._text("h1.p-name") or self._text("title")
        return ImportedPage(
            source=self.files.display(self.path),
            title=title or name,
            body=self._convert_body(body, title) if body is not None else "",
            format="html",
            line=self.line,
            url=url,
            aliases=(f"/p/{number}",) if number and url else (),
            slug=_NUMBER.sub("", name),
            created=created,
            draft=is_draft,
            authors=tuple(filter(None, [self._text("a.p-author")])),
            description=self._text("[data-field=subtitle]"),
            feed_id=f"https://{_MEDIUM}/p/{number}" if number else "",
            problems=self.problems,
        )

    def _text(self, selector: str) -> str:
        element = self.soup.select_one(selector)
        return " ".join(element.get_text().split()) if element is not None else ""

    def _attribute(self, selector: str, name: str) -> str:
        element = self.soup.select_one(selector)
        return str(element.get(name, "")).strip() if element is not None else ""

    def _convert_body(self, body: Tag, title: str) -> str:
        """Return the HTML of a story without its title and with the headings that belong below it."""
        first = body.find(["h1", "h2", "h3", "h4"])
        if isinstance(first, Tag) and (
            " ".join(first.get_text().split()) == title or "graf--title" in first.get_attribute_list("class")
        ):
            first.extract()
        divider = body.find("hr", class_="section-divider")
        if isinstance(divider, Tag):
            # Each section begins with a divider; that of the first is not visible.
            divider.extract()
        for heading in body.find_all(list(_HEADINGS)):
            is_subtitle = "graf--subtitle" in heading.get_attribute_list("class")
            heading.name = "p" if is_subtitle else _HEADINGS[heading.name]
        for code in body.find_all("pre"):
            if language := code.get("data-code-block-lang"):
                code["data-language"] = str(language)
        for image in body.find_all("a", class_="mixtapeImage"):
            image.extract()
        self._find_images(body)
        return body.decode_contents()

    def _find_images(self, body: Tag) -> None:
        """Use the images at hand, and report those that are only on Medium's servers."""
        missing = 0
        for image in body.find_all("img"):
            match = _IMAGE_HOST.match(str(image.get("src", "")))
            if match is None:
                continue
            path = f"/{unquote(match[1])}"
            if path in self.site.files:
                image["src"] = path
            else:
                missing += 1
        if missing:
            count = "1 image is" if missing == 1 else f"{missing} images are"
            message = f"{count} only on Medium's servers."
            hint = "Save them in the folder of the export under the same names, and import again."
            problem = self.files.diagnose(
                self.path, message, hint, line=self.line, code="import.missing-file", severity="warning"
            )
            self.problems.append(problem)
