"""Reads an al-folio site: a Jekyll site with a bibliography, projects, news, distill posts and a record."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from portfolio.core.diagnostics import Diagnostic, join_words
from portfolio.importer.html_text import strip_tags, write_figure
from portfolio.importer.html_to_markdown import convert_html
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedEntry, ImportedPage, ImportedSite, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.jekyll import JekyllReader
from portfolio.importer.readers.jekyll.kramdown_spans import Element, write_fence
from portfolio.importer.readers.jekyll.liquid import TagCall
from portfolio.importer.readers.jekyll.site import JekyllDocument, find_base
from portfolio.importer.readers.record_files.bibtex import read_bibtex
from portfolio.importer.readers.record_files.items import (
    Item,
    RecordCollector,
    build_profile_url,
    escape_markdown,
    report_unused,
)
from portfolio.importer.readers.record_files.json_resume import read_json_resume
from portfolio.importer.readers.record_files.rendercv import read_rendercv
from portfolio.importer.values import as_list, as_mapping
from portfolio.record.models import citation_key_from, id_from
from portfolio.sources.bibtex import split_entries

# The category of posts that were news.
_NEWS = "News"
# What this site makes itself from the record, by what al-folio's pages use.
_RECORD_LAYOUTS = {"cv"}
_RECORD_TAGS = re.compile(r"\{%-?\s*(?:bibliography\b|include\s+(?:cv|resume)\b)")
_NEWS_LIST = re.compile(r"\{%-?\s*include\s+news\b|\bsite\.news\b")
_LIQUID = re.compile(r"\{%[^%]*%\}|\{\{[^}]*\}\}|<!--.*?-->", re.DOTALL)
_PROJECT_LIST = re.compile(r"\bsite\.projects\b")
# Fields of al-folio's bibliography that name a file: the folder of a bare name.
_FILE_FIELDS = {"pdf": "assets/pdf", "slides": "assets/pdf", "html": "assets/html"}
# Further fields that al-folio's list shows, or that concern its look.
_OTHER_FIELDS = set(
    "additional_info altmetric annotation award award_name bibtex_show blog dimensions google_scholar_id "
    "inspirehep_id poster preview supp website".split()
)
_REPOSITORY = re.compile(r"https?://(?:www\.)?(?:github|gitlab|codeberg|bitbucket)\.\w+/")
# The networks of the owner's profiles, by the keys that have the names on them.
_NETWORKS = {
    "github_username": "GitHub",
    "gitlab_username": "GitLab",
    "instagram_id": "Instagram",
    "leetcode_id": "LeetCode",
    "linkedin_username": "LinkedIn",
    "orcid_id": "ORCID",
    "research_gate_profile": "ResearchGate",
    "scholar_userid": "Google Scholar",
    "stackoverflow_id": "StackOverflow",
    "telegram_username": "Telegram",
    "twitter_username": "X",
    "x_username": "X",
    "youtube_id": "YouTube",
}
# Keys of the same file that are no profiles.
_NO_PROFILES = ("cv_pdf", "rss_icon", "wechat_qr")
_EXTERNAL = re.compile(r"https?://")
_MAX_TITLE = 60
# A longer page has a text of its own.
_MAX_EMPTY_PAGE = 10_000
_MEDIA = {"video": ("mp4", "webm", "ogg", "mov"), "audio": ("mp3", "wav", "ogg", "m4a")}


def detect(files: InputFiles) -> bool:
    """Whether the files are an al-folio site."""
    base = find_base(files)
    if base is None:
        return False
    own = [path.removeprefix(base) for path in files.paths if path.startswith(base)]
    folders = {path.partition("/")[0] for path in own}
    return "_bibliography" in folders and not folders.isdisjoint({"_projects", "_news", "_pages"})


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read an al-folio site."""
    return AlFolioReader(files, progress).read()


@dataclass(frozen=True)
class _EditedFiles(InputFiles):
    """The files of a source, with other texts for some of them."""

    texts: dict[str, str] = field(default_factory=dict)

    def read_text(self, path: str) -> str | Diagnostic:
        return self.texts[path] if path in self.texts else super().read_text(path)


class AlFolioReader(JekyllReader):
    """Reads what al-folio has beyond Jekyll."""

    def __init__(self, files: InputFiles, progress: Progress) -> None:
        super().__init__(files, progress)
        # The bibliographies of distill posts.
        self._cited_files: set[str] = set()
        self._collector = RecordCollector()

    def read(self) -> ImportedSite:
        site = super().read()
        self._read_bibliographies()
        self._read_record()
        self._read_repositories()
        self._read_owner()
        site.add_record(self._collector.finish())
        return site

    # Pages

    def add_document(self, document: JekyllDocument) -> None:
        data, body = document.data, document.body
        if document.label == "pages" and document.is_published:
            if _NEWS_LIST.search(body) and document.url.strip("/"):
                self.site.lists[document.url] = OldList("category", _NEWS)
                return
            text = strip_tags(_LIQUID.sub("", body[:_MAX_EMPTY_PAGE]))
            if _PROJECT_LIST.search(body) and not text:
                self.site.lists[document.url] = OldList("projects")
                return
            if (str(data.get("layout")) in _RECORD_LAYOUTS or _RECORD_TAGS.search(body)) and not text:
                self.site.old_urls.add(document.url)
                message = "this page shows the record, as a page of this site does; it is not imported."
                self.report_at(f"{self.base}{document.path}", 1, "dropped", message)
                return
            if str(data.get("dropdown")).lower() == "true" and not text:
                links = [as_mapping(child) for child in as_list(data.get("children"))]
                document.body = "".join(
                    f"- [{link['title']}]({link['permalink']})\n"
                    for link in links
                    if link.get("title") and link.get("permalink")
                )
        target = str(data.get("redirect") or "")
        if document.label == "projects" and _EXTERNAL.match(target):
            # Its card led there.
            self._add_project(document, target)
            self.site.lists[document.url] = OldList("projects")
            return
        super().add_document(document)

    def make_page(self, document: JekyllDocument, body: str) -> ImportedPage:
        data = document.data
        page = super().make_page(document, body)
        profile = data.get("profile")
        if isinstance(profile, dict):
            if image := profile.get("image"):
                page.image = page.image or f"/assets/img/{image}"
            if more := str(profile.get("more_info") or ""):
                converted = convert_html(more, page.source, document.line)
                page.body += f"\n{converted.markdown}"
                page.problems += converted.problems
        if document.label == "news":
            page.is_post = True
            page.categories = (_NEWS,)
            if not data.get("title"):
                page.title = _make_title(page.body) or page.title
        elif document.label == "projects" and document.is_published:
            page.project = self._add_project(document)
        return page

    def _add_project(self, document: JekyllDocument, url: str = "") -> ImportedEntry:
        """Add a project; its page stays at its URL, since its id is the name of the page."""
        data = document.data
        links = [str(data.get(key) or "") for key in ("github", "code", "url", "website")]
        links = [link for link in (url, *links) if _EXTERNAL.match(link)]
        code = next((link for link in links if _REPOSITORY.match(link)), "")
        image = str(data.get("img") or "")
        values = {
            "id": id_from(posixpath.basename(document.url.rstrip("/")).removesuffix(".html")),
            "name": document.title,
            "summary": escape_markdown(" ".join(str(data.get("description") or "").split())),
            "tags": [str(data["category"])] if data.get("category") else [],
            "image": image if not image or _EXTERNAL.match(image) else f"/{image.lstrip('/')}",
            "url": next((link for link in links if link != code), ""),
            "code": code,
        }
        filled = {name: value for name, value in values.items() if value}
        entry = ImportedEntry("projects", filled, self.files.display(f"{self.base}{document.path}"))
        self.site.entries.append(entry)
        return entry

    # Bodies

    def render(self, document: JekyllDocument, *, has_posts: bool = True) -> tuple[str, list[Diagnostic]]:
        self._notes: list[str] = []
        self._path = f"{self.base}{document.path}"
        body, problems = super().render(document, has_posts=has_posts)
        bibliography = document.data.get("bibliography")
        if isinstance(bibliography, str) and "[@" in body:
            path = f"{self.base}assets/bibliography/{bibliography}"
            if path in self.files:
                self._cited_files.add(path)
            else:
                message = (
                    f"there is no file assets/bibliography/{bibliography} with the works that this cites."
                )
                hint = "Add them to docs/data/references.bib."
                line, _ = document.front.position_of(("bibliography",))
                problems.append(self.make_problem(self._path, line, "invalid", message, hint))
        return "\n\n".join([body.rstrip("\n"), *self._notes]) + "\n" if self._notes else body, problems

    def make_tags(
        self, document: JekyllDocument, report: Callable[..., None]
    ) -> dict[str, Callable[[TagCall], str | None]]:
        cite = partial(self._cite, report)
        return {
            **super().make_tags(document, report),
            "cite": cite,
            "reference": cite,
            "cite_details": cite,
            "quote": lambda call: f"\n> {(call.content or '').strip()} {cite(call)}\n",
            "bibliography": partial(self._report_bibliography, report),
            "details": lambda call: (
                f'<details markdown="1"><summary>{call.markup}</summary>\n\n'
                f"{(call.content or '').strip()}\n\n</details>"
            ),
            "tabs": lambda call: call.content,
            "tab": lambda call: f"\n**{' '.join(call.markup.split()[1:])}**\n\n{call.content}\n",
            "jupyter_notebook": partial(self._link_notebook, report),
            "twitter": lambda call: f"<{call.markup.split()[0]}>" if call.markup else "",
            "social_links": lambda _: "",
            "file_exists": lambda call: str(call.markup in self.static_files.values()).lower(),
        }

    def _cite(self, report: Callable[..., None], call: TagCall) -> str:
        """Return the citation of ``{% cite key -p 3 %}`` in distill's notation, for `convert_element`."""
        words = call.markup.split()
        keys, locator, at = [], "", 0
        while at < len(words):
            if words[at] in ("-l", "--locator", "-p") and at + 1 < len(words):
                locator = words[at + 1].strip("\"'")
                at += 1
            elif not words[at].startswith("-"):
                keys.append(words[at])
            at += 1
        if not keys:
            report("invalid", call.line, f"{call.name} names no key.", "")
            return ""
        return f'<d-cite key="{html.escape(",".join(keys))}" locator="{html.escape(locator)}"></d-cite>'

    def _report_bibliography(self, report: Callable[..., None], call: TagCall) -> str:
        if "--cited" not in call.markup:
            message = "the list of publications here is left out; this site has a page of them."
            report("unknown", call.line, message, "")
        return ""

    def _link_notebook(self, report: Callable[..., None], call: TagCall) -> str:
        path = str(call.lookup(call.markup) or call.markup).strip("\"'")
        report("unsupported", call.line, "a notebook cannot be part of a post, so it becomes a link.", "")
        return f"[{posixpath.basename(path)}]({self.relative_url(path)})"

    def include(
        self,
        document: JekyllDocument,
        name: str,
        parameters: dict[str, Any],
        call: TagCall,
        report: Callable[..., None],
    ) -> str:
        kind = name.partition(".")[0]
        path = str(parameters.get("path") or "")
        if kind in _MEDIA and path:
            url = html.escape(self.relative_url(path))
            caption = str(parameters.get("caption") or "")
            is_file = path.rpartition(".")[2].lower() in _MEDIA[kind]
            element = (
                f'<{kind} src="{url}" controls></{kind}>' if is_file else f'<iframe src="{url}"></iframe>'
            )
            return write_figure(element, caption)
        return super().include(document, name, parameters, call, report)

    def convert_element(self, report: Callable[..., None], element: Element) -> str | None:
        """Convert the elements of distill."""
        content = element.content
        if element.name == "d-cite":
            keys = [key.strip() for key in element.attributes.get("key", "").split(",") if key.strip()]
            locator = element.attributes.get("locator", "")
            # As the reader of bibliographies changes keys that cannot be ids.
            citation = "; ".join(f"@{citation_key_from(key) or key}" for key in keys) + (
                f", p. {locator}" if locator else ""
            )
            return f"[{citation}]" if keys else ""
        if element.name == "d-footnote":
            # Kramdown leaves the content of elements that it does not know as it is.
            name = f"note-{len(self._notes) + 1}"
            converted = convert_html(content, self.files.display(self._path), element.line)
            self._notes.append(f"[^{name}]: {' '.join(converted.markdown.split())}")
            return f"[^{name}]"
        if element.name == "d-math":
            tex = " ".join(content.split())
            return f"$$\n{tex}\n$$" if "block" in element.attributes else f"${tex}$"
        if element.name == "d-code":
            return _format_code(html.unescape(content), element)
        return super().convert_element(report, element)

    # The record

    def _read_bibliographies(self) -> None:
        folder = f"{self.base}_bibliography/"
        for path in self.files.paths:
            if not (path.startswith(folder) and path.endswith(".bib")):
                continue
            text = self.files.read_text(path)
            if isinstance(text, Diagnostic):
                self.problems.append(text)
                continue
            text, dropped = self._adapt_bibliography(text)
            files = _EditedFiles(self.files.path, self.files.root, {path: text})
            record = read_bibtex(files, path)
            record.problems = [
                problem
                for problem in record.problems
                if problem.code != "bibtex.unknown-field" or problem.field.rpartition(".")[2] not in dropped
            ]
            self.site.add_record(record)
            if dropped:
                message = f"this site does not show {join_words(sorted(dropped))} of a bibliography."
                self.report_at(path, 1, "dropped", message)

        for path in sorted(self._cited_files):
            record = read_bibtex(self.files, path)
            record.bibliographies = [replace(works, is_own=False) for works in record.bibliographies]
            self.site.add_record(record)

    def _adapt_bibliography(self, text: str) -> tuple[str, set[str]]:
        """Return a bibliography of al-folio with the fields of this site, and the fields that it drops.

        Each line stays where it is.
        """
        lines = text.split("\n")
        dropped: set[str] = set()
        for entry in split_entries(text):
            for name, folder in _FILE_FIELDS.items():
                value = entry.fields.get(name, "").strip('{}"')
                at = entry.lines.get(name, 0) - 1
                path = f"{folder}/{value}"
                if value and f"/{path}" in self.site.files:
                    lines[at] = lines[at].replace(value, path, 1)
                    self.site.linked_files.add(f"/{path}")
            if "html" in entry.fields and "url" not in entry.fields:
                at = entry.lines["html"] - 1
                lines[at] = re.sub(r"\bhtml(\s*=)", r"url\1", lines[at], count=1, flags=re.IGNORECASE)
            dropped |= entry.fields.keys() & _OTHER_FIELDS
        return "\n".join(lines), dropped

    def _read_record(self) -> None:
        """Read the CV that al-folio shows: by default resume.json, if the configuration loads it."""
        cv, resume = (f"{self.base}{name}" for name in ("_data/cv.yml", "assets/json/resume.json"))
        page = next((item for item in self.documents if str(item.data.get("layout")) == "cv"), None)
        chosen = str(page.data.get("cv_format") or "") if page is not None else ""
        loaded = [as_mapping(item).get("data") for item in as_list(self.config.get("jekyll_get_json"))]
        uses_resume = chosen != "rendercv" if chosen else "resume" in loaded or cv not in self.files
        if uses_resume and resume in self.files:
            self.site.add_record(read_json_resume(self.files, resume))
            unused = cv
        elif cv in self.files:
            self.site.add_record(read_rendercv(self.files, cv))
            unused = resume
        else:
            return
        if unused in self.files:
            message = "the old site shows its CV from another file, so this is not imported."
            hint = f"To import it, run make import FROM={self.files.display(unused)}."
            self.report_at(unused, 1, "dropped", message, hint)

    def _read_repositories(self) -> None:
        """Read the repositories that a page of al-folio shows."""
        path = f"{self.base}_data/repositories.yml"
        if path not in self.files:
            return
        file = Item(self._collector.load(self.files, path), (), self._collector)
        for index, name in enumerate(file.lines("github_repos")):
            item = Item(file.document, ("github_repos", index), self._collector)
            data = {"name": name.rpartition("/")[2], "url": f"https://github.com/{name}"}
            self._collector.add_entry("software", data, item)
        links = [
            {"name": "GitHub", "link": build_profile_url("GitHub", user)}
            for user in file.lines("github_users")
        ]
        self._collector.add_profile({"links": links}, file)

    def _read_owner(self) -> None:
        """Read the owner's name, profiles and picture, in older versions from the configuration."""
        config = Item(self._collector.load(self.files, f"{self.base}_config.yml"), (), self._collector)
        path = f"{self.base}_data/socials.yml"
        owner = config
        if path in self.files:
            owner = Item(self._collector.load(self.files, path), (), self._collector)
        links: list[dict[str, str]] = []
        for key, value in owner.data.items():
            name, url = _NETWORKS.get(key, ""), ""
            if name:
                url = build_profile_url(name, owner.line(key))
            elif key in ("bluesky_url", "dblp_url", "work_url"):
                url = owner.url(key)
            elif key == "mastodon_username":
                url = f"https://{owner.line(key)}"
            elif isinstance(value, dict) and owner is not config:
                own = Item(owner.document, (key,), self._collector)
                owner.use(key)
                name, url = own.line("title"), own.url("url")
            if url:
                links.append({"name": name, "link": url} if name else {"link": url})
        about = next((item for item in self.documents if isinstance(item.data.get("profile"), dict)), None)
        image = str(about.data["profile"].get("image") or "") if about else ""
        data = {
            "name": config.join_lines("first_name", "middle_name", "last_name"),
            "headline": strip_tags(str(about.data.get("subtitle") or "")) if about else "",
            "picture": f"/assets/img/{image}" if image else "",
            "email": owner.line("email"),
            "links": links,
        }
        self._collector.add_profile(data, config)
        if owner is not config:
            owner.use(*_NO_PROFILES)
            report_unused([owner])


def _make_title(markdown: str) -> str:
    """Return the first words of a text without a title."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>]|\{[:#][^}]*\}", r"\1", markdown[: 10 * _MAX_TITLE])
    words = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?])\s", words)[0].rstrip(".")
    if len(sentence) <= _MAX_TITLE:
        return sentence
    return f"{sentence[:_MAX_TITLE].rpartition(' ')[0]} …"


def _format_code(code: str, element: Element) -> str:
    if "block" in element.attributes or "\n" in code:
        return "\n".join(write_fence(code.strip("\n"), element.attributes.get("language", "")))
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    marks, space = "`" * (longest + 1), " " if longest else ""
    return f"{marks}{space}{code}{space}{marks}"
