"""Read a Medium export: an archive or a folder with a file of HTML for each post in ``posts/``.

The posts have the classes of h-entry (microformats.org). Responses, which are posts to Medium, are left out,
as are claps and lists. Images are on Medium's servers, so that only their URLs are in the export.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from portfolio.core.diagnostics import Diagnostic, Severity
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedAuthor, ImportedPage, ImportedSite
from portfolio.importer.readers import Progress

_MEDIUM = "medium.com"
# The end of a post's URL.
_ID = re.compile(r"(?:^|-)(?P<id>[0-9a-f]{8,12})$")
_IMAGE_HOSTS = ("cdn-images-1.medium.com", "miro.medium.com")
_LANGUAGE = "data-code-block-lang"


def detect(files: InputFiles) -> bool:
    """Whether there are posts of a Medium export."""
    for path in _find_posts(files)[:3]:
        text = files.read_text(path)
        if isinstance(text, str) and "h-entry" in text and "medium.com" in text:
            return True
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the export."""
    site = ImportedSite("Medium", problems=list(files.problems))
    reader = _MediumReader(files, site)
    paths = _find_posts(files)
    for number, path in enumerate(paths):
        progress(number, len(paths))
        reader.read_post(path)
    reader.resolve_links()
    progress(len(paths), len(paths))
    return site


def _find_posts(files: InputFiles) -> list[str]:
    return files.match("posts/*.html", "*/posts/*.html")


class _MediumReader:
    def __init__(self, files: InputFiles, site: ImportedSite) -> None:
        self.files = files
        self.site = site
        # The URLs of posts by their ids on Medium.
        self.urls: dict[str, str] = {}
        self.bodies: list[tuple[ImportedPage, Tag]] = []

    def read_post(self, path: str) -> None:
        """Read a post, or report why it is left out."""
        text = self.files.read_text(path)
        if isinstance(text, Diagnostic):
            self.site.problems.append(text)
            return
        soup = BeautifulSoup(text, "html.parser")
        body = soup.select_one("section.e-content, [data-field=body]")
        if body is None:
            message = "this is no post of Medium: it has no element with the class 'e-content'."
            self.site.problems.append(self.files.diagnose(path, message, code="import.unreadable"))
            return
        title = _text_of(soup.select_one(".p-name")) or _text_of(soup.title) or "Untitled"
        if _is_response(body, title):
            message = "this is a response to a post, and is left out."
            problem = self.files.diagnose(path, message, code="import.dropped")
            self.site.problems.append(replace(problem, severity="info"))
            return
        name = posixpath.splitext(posixpath.basename(path))[0]
        canonical = _attribute(soup.select_one("a.p-canonical"), "href")
        time = soup.select_one("time.dt-published")
        is_draft = name.startswith("draft_") or time is None
        author = soup.select_one(".p-author")
        page = ImportedPage(
            source=self.files.display(path),
            title=title,
            body="",
            format="html",
            slug=_slug_of(urlsplit(canonical).path.rpartition("/")[2]),
            draft=is_draft,
            authors=tuple(filter(None, [_text_of(author)])),
            description=_text_of(soup.select_one(".p-summary")),
            line=text.count("\n", 0, text.find("e-content")) + 1,
        )
        if time is not None:
            self._read_date(page, path, _attribute(time, "datetime"))
        self._read_urls(page, canonical, _attribute(time.find_parent("a") if time else None, "href"), name)
        if author is not None and all(known.name != _text_of(author) for known in self.site.authors):
            self.site.authors.append(ImportedAuthor(_text_of(author), url=_attribute(author, "href")))
        self._simplify(body, page, path)
        self.bodies.append((page, body))
        self.site.pages.append(page)

    def _report(self, page: ImportedPage, path: str, code: str, message: str, hint: str = "",
                severity: Severity = "warning") -> None:  # fmt: skip
        problem = self.files.diagnose(path, message, hint, line=page.line, code=code)
        page.problems.append(replace(problem, severity=severity))

    def _read_date(self, page: ImportedPage, path: str, text: str) -> None:
        try:
            page.created = datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)
        except ValueError:
            self._report(page, path, "import.invalid-date", f"'{text}' is not a date.", severity="error")

    def _read_urls(self, page: ImportedPage, canonical: str, permalink: str, name: str) -> None:
        """Set the URL of a published post: that on a domain of its own, or the end of that on Medium."""
        id = next((m["id"] for text in (permalink, canonical, name) if (m := _ID.search(text.rstrip("/")
                   .rpartition("/")[2]))), "")  # fmt: skip
        if page.draft or not canonical:
            return
        parts = urlsplit(canonical)
        path = unquote(parts.path)
        if parts.netloc == _MEDIUM:
            path = f"/{path.rpartition('/')[2]}"
        elif not self.site.url:
            self.site.url = f"{parts.scheme}://{parts.netloc}/"
        page.url = path
        page.feed_id = f"https://{_MEDIUM}/p/{id}" if id else ""
        if id:
            self.urls[id] = path

    def resolve_links(self) -> None:
        """Make links to other posts of the export links to their pages, and write the bodies."""
        for page, body in self.bodies:
            for link in body.select("a[href]"):
                parts = urlsplit(str(link["href"]))
                match = _ID.search(parts.path.rstrip("/").rpartition("/")[2])
                if match and parts.netloc.endswith(_MEDIUM) and match["id"] in self.urls:
                    fragment = f"#{parts.fragment}" if parts.fragment else ""
                    link["href"] = f"{self.urls[match['id']]}{fragment}"
            page.body = str(body)

    # Bodies

    def _simplify(self, body: Tag, page: ImportedPage, path: str) -> None:
        """Remove what belongs to Medium's pages, and make code and embedded content ordinary elements."""
        if (heading := body.select_one(".graf--title")) and _fold(_text_of(heading)) == _fold(page.title):
            heading.decompose()
        for divider in body.select(".section--first .section-divider, .section-divider:first-child hr"):
            if divider.find_parent(class_="section--first"):
                divider.decompose()
        if subtitle := body.select_one(".graf--subtitle"):
            subtitle.name = "p"
        for code in body.select("pre"):
            for line_break in code.select("br"):
                line_break.replace_with("\n")
            language = _attribute(code, _LANGUAGE)
            text, code.attrs = code.get_text(), {}
            code.clear()
            element = BeautifulSoup("", "html.parser").new_tag("code")
            if language and language != "plain":
                element["class"] = f"language-{language}"
            element.string = text
            code.append(element)
        for card in body.select(".graf--mixtapeEmbed"):
            self._simplify_card(card)
        for script in body.select("script[src]"):
            url = _attribute(script, "src").removesuffix(".js")
            link = BeautifulSoup("", "html.parser").new_tag("a", href=url)
            link.string = "Gist" if "gist.github.com" in url else url
            script.replace_with(link)
        images = [image for image in body.select("img[src]") if _is_on_medium(_attribute(image, "src"))]
        if images:
            count = f"{len(images)} images are" if len(images) > 1 else "an image is"
            message = f"{count} on Medium's servers, and not in the export."
            hint = "Save them to docs/, and change their URLs."
            self._report(page, path, "import.missing-file", message, hint)
            page.image = _attribute(images[0], "src") if body.select_one("[data-is-featured]") else ""
        for element in body.select("[name], [id]"):
            # Medium gives every paragraph an id; links lead only to those of headings.
            if element.name not in ("h1", "h2", "h3", "h4"):
                del element["id"]
            del element["name"]

    @staticmethod
    def _simplify_card(card: Tag) -> None:
        """Make the preview of a link a paragraph with the link and its description."""
        link = card.select_one("a[href]")
        if link is None:
            return
        title = _text_of(link.select_one("strong")) or _text_of(link)
        description = _text_of(link).removeprefix(title)
        soup = BeautifulSoup("", "html.parser")
        anchor, strong = soup.new_tag("a", href=_attribute(link, "href")), soup.new_tag("strong")
        strong.string = title
        anchor.extend([strong, description])
        card.clear()
        card.name, card.attrs = "p", {}
        card.append(anchor)


def _is_response(body: Tag, title: str) -> bool:
    """Whether a text has no title of its own: Medium takes the beginning of a response as its title."""
    if body.select_one(".graf--title, h1, h2, h3, h4, figure") is not None:
        return False
    beginning = _fold(_text_of(body))
    return bool(beginning) and beginning.startswith(_fold(title.rstrip("….")))


def _fold(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _slug_of(name: str) -> str:
    return _ID.sub("", unquote(name))


def _text_of(element: Tag | None) -> str:
    return " ".join(element.get_text(" ").split()) if element is not None else ""


def _attribute(element: Tag | None, name: str) -> str:
    value = element.get(name) if element is not None else None
    return value if isinstance(value, str) else ""


def _is_on_medium(url: str) -> bool:
    return urlsplit(url).netloc in _IMAGE_HOSTS
