"""Read a Hugo site, or only its content folder.

The configuration and the front matter are data; templates are never run. What a theme adds to Hugo is known
for PaperMod, Congo, Blowfish and HugoBlox (`hugoblox` reads the record of the last).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any, cast, get_args
from urllib.parse import quote as quote_url

from portfolio.core.diagnostics import Severity
from portfolio.importer.input_files import InputFiles
from portfolio.importer.markdown_text import Link, rewrite_links
from portfolio.importer.model import ImportedPage, ImportedSite, ListKind, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.hugo import hugoblox
from portfolio.importer.readers.hugo.hugoblox import HugoBloxRecord
from portfolio.importer.readers.hugo.markdown import HeadingIds, HugoMarkdown, Settings
from portfolio.importer.readers.hugo.shortcodes import Surroundings, make_image
from portfolio.importer.readers.hugo.site import (
    HugoSite,
    SourcePage,
    find_root,
)
from portfolio.importer.values import as_mapping, as_texts, first_text

_POST_SECTIONS = frozenset("article articles blog blogs note notes post posts writing writings".split())
_LIST_KINDS: dict[str, tuple[ListKind, ListKind]] = {
    "tags": ("tags", "tag"),
    "categories": ("categories", "category"),
    "authors": ("authors", "author"),
    "publication_types": ("publications", "publications"),
}
# Keys of front matter that are read, and those that only change the look of a page or are for other programs.
_READ_KEYS = frozenset(
    "_build aliases author authors banner build cascade categories cover coveralt covercaption date "
    "description draft expirydate externalurl featurealt featurecaption featured_image featuredimage "
    "featureimage featureimagecaption headless image images katex lang lastmod latex math mathjax "
    "modified params pubdate publishdate published series series_order slug summary tags thumbnail "
    "thumbnailalt title translationkey unpublishdate url usemath weight".split()
)
_LOOK_KEYS = frozenset(
    "canonicalurl commentable comments css disablehlj disableshare editpost featured hidefooter "
    "hideheader hidemeta hidesummary id iscjklanguage js keywords layout linktitle markup menu menus "
    "outputs pager profile projects reading_time resources robotsnoindex searchhidden share "
    "show_breadcrumb show_date show_related showbreadcrumbs showcodecopybuttons showpostnavlinks "
    "showreadingtime showrssbuttoninsectiontermlist showtoc showwordcount sitemap subtitle toc "
    "tocopen tocsidebar type unlisted usehugotoc".split()
)

# Where themes look for the image at the top of a page.
_IMAGE_KEYS = ("cover", "image", "featured_image", "featuredimage", "featureimage", "banner", "thumbnail")
_IMAGE_SUFFIXES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_MATH_KEYS = ("math", "katex", "mathjax", "usemath", "latex")
_LOOK_PREFIXES = ("disable", "enable", "hide", "show")


def detect(files: InputFiles) -> bool:
    """Whether this is a Hugo site or its content folder."""
    root, has_config = find_root(files)
    if has_config:
        return any(
            path.startswith((f"{root}content/", f"{root}config/_default/", f"{root}hugo."))
            for path in files.paths
        )
    if files.match("_index.md", "*/_index.md", "*/_index.*.md"):
        return True
    for path in files.match("*.md")[:20]:
        text = files.read_text(path)
        if isinstance(text, str) and (text.startswith("+++\n") or "{{< " in text or "{{% " in text):
            return True
    return False


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the site."""
    return _HugoReader(files).read(progress)


class _HugoReader:
    def __init__(self, files: InputFiles) -> None:
        self.hugo = HugoSite(files)
        self.site = ImportedSite("a Hugo site", url=self.hugo.base_url, files=self.hugo.files)
        self.is_hugoblox = hugoblox.is_hugoblox(self.hugo)
        self.blox = hugoblox.read_hugoblox(self.hugo) if self.is_hugoblox else HugoBloxRecord()

    def read(self, progress: Progress) -> ImportedSite:
        """Read everything."""
        pages = self.hugo.pages
        for number, page in enumerate(pages):
            progress(number, len(pages))
            self._import_page(page)
        self._add_lists()
        self.site.authors += self.blox.authors
        self.site.add_record(self.blox.record)
        self.site.problems += self.hugo.problems
        progress(len(pages), len(pages))
        return self.site

    # Pages

    def _import_page(self, page: SourcePage) -> None:
        front = page.front
        build = as_mapping(front.get("build") or front.get("_build"))
        is_hidden = front.get("headless") is True or build.get("render") in ("never", False)
        if page.kind == "section" and not page.body.strip():
            self._report_blocks(page)
            self.site.problems += page.problems
            return
        # Without its front matter, nothing says that it was published.
        is_broken = bool(page.problems) and not front.keys() - page.inherited
        created = self.hugo.read_date(page, "date", "publishdate", "pubdate", "published", "lastmod")
        published = self.hugo.read_date(page, "publishdate", "pubdate", "published")
        if created is not None and published is not None and _is_future(published):
            created = published
        is_post = self._is_post(page)
        is_home = page.kind == "section" and not page.name
        title = str(front.get("title") or "") or _title_from_name(page.stem or "Home")
        expiry = self.hugo.read_date(page, "expirydate", "unpublishdate")
        is_expired = expiry is not None and not _is_future(expiry)
        if is_expired:
            message = f"this page expired on {expiry:%Y-%m-%d}, and becomes a draft."
            self._report(page, page.line_of("expirydate"), 1, "import.unsupported", message, "", "info")
        if is_hidden:
            message = "this page was never published on its own, and becomes a draft."
            self._report(
                page,
                page.line_of("headless", "build", "_build"),
                1,
                "import.unsupported",
                message,
                "",
                "info",
            )
        if page.language != self.hugo.language:
            message = f"this page is in another language ({page.language}) than the site."
            self._report(page, 1, 1, "import.unsupported", message, "", "info")
        self._report_keys(page)
        url = "" if is_hidden or is_home or self._introduces_term(page) else page.url
        body, line = self._convert_body(page)
        slug = url.rstrip("/").rpartition("/")[2].removesuffix(".html")
        if page.language != self.hugo.language and slug:
            slug += f"-{page.language}"
        imported = ImportedPage(
            source=self.hugo.source.display(page.path),
            title=title,
            body=body,
            format="html" if page.is_html else "markdown",
            line=line,
            is_post=is_post,
            url=url,
            aliases=tuple(self._aliases(page)),
            slug=slug or "home",
            created=created,
            updated=self.hugo.read_date(page, "lastmod", "modified"),
            draft=front.get("draft") is True or is_expired or is_hidden or is_broken,
            categories=tuple(as_texts(front.get("categories"))),
            tags=tuple(as_texts(front.get("tags"))),
            authors=tuple(self._author_names(front)),
            description=str(front.get("description") or front.get("summary") or ""),
            image=self._cover(page)[0],
            feed_id=self._feed_id(url) if is_post and url else "",
            project=self.blox.projects.get(page.path),
            front_matter=self._series(page),
            problems=page.problems,
        )
        self.site.pages.append(imported)

    def _introduces_term(self, page: SourcePage) -> bool:
        """Whether a page was the text above the list of a tag or another term; then it gets another URL."""
        is_term = page.kind == "section" and "/" in page.name and page.section in self.hugo.taxonomies
        return is_term and page.section not in hugoblox.AUTHORS

    def _is_post(self, page: SourcePage) -> bool:
        if page.kind == "section":
            return False
        return page.section in self.post_sections and not (
            self.is_hugoblox and page.section in hugoblox.SECTIONS
        )

    @cached_property
    def post_sections(self) -> set[str]:
        """The sections whose pages are posts: by their names, or because nearly all pages have dates.

        An empty text is the content folder itself.
        """
        configured = {str(name).lower() for name in as_texts(self.hugo.setting("params", "mainsections"))}
        names = {page.section for page in self.hugo.pages if page.kind != "section"}
        dated = {
            name
            for name in names - {""}
            if all(
                page.front.get("date")
                for page in self.hugo.pages
                if page.section == name and page.kind != "section"
            )
        }
        posts = {name for name in names if name.lower() in configured | _POST_SECTIONS} | dated
        # A folder of posts alone.
        return posts or {
            ""
            for page in self.hugo.pages
            if not page.section and page.front.get("date") and not self.hugo.has_config
        }

    def _report(
        self, page: SourcePage, line: int, column: int, code: str, message: str, hint: str, severity: Severity
    ) -> None:
        problem = self.hugo.source.diagnose(
            page.path, message, hint, line=line, column=column, code=code, severity=severity
        )
        page.problems.append(problem)

    def _report_blocks(self, page: SourcePage) -> None:
        """Report the blocks of a landing page of HugoBlox, whose texts are in its front matter."""
        if page.front.get("sections"):
            message = "the blocks of this landing page are left out."
            hint = "Copy the texts that you want to have to a page in docs/."
            self._report(page, page.line_of("sections"), 1, "import.dropped", message, hint, "warning")

    def _report_keys(self, page: SourcePage) -> None:
        """Report the keys of front matter that this site has no counterpart of."""
        known = _READ_KEYS | _LOOK_KEYS | set(self.hugo.taxonomies)
        if self.is_hugoblox:
            known |= hugoblox.KEYS
        unknown = [
            key
            for key in page.front
            if key not in known and key not in page.inherited and not key.startswith(_LOOK_PREFIXES)
        ]
        if unknown:
            message = f"front matter without a counterpart is left out: {', '.join(unknown)}."
            self._report(page, page.line_of(unknown[0]), 1, "import.dropped", message, "", "info")

    def _aliases(self, page: SourcePage) -> Iterator[str]:
        """Yield the paths of redirects to a page: absolute, or relative to the folder of its path."""
        base = posixpath.dirname(page.url.rstrip("/")) or "/"
        for alias in as_texts(page.front.get("aliases")):
            path = posixpath.normpath(posixpath.join(base, alias.strip()))
            path = re.sub(r"^/+", "/", path)
            yield path if posixpath.splitext(path)[1].startswith(".htm") else f"{path.rstrip('/')}/"

    def _author_names(self, front: Mapping[str, Any]) -> list[str]:
        names: list[str] = []
        for value in (front.get("authors"), front.get("author")):
            for item in value if isinstance(value, list) else [value]:
                name = item.get("name") if isinstance(item, Mapping) else item
                if name:
                    names.append(self.hugo.author_titles.get(str(name).lower(), str(name)))
        return list(dict.fromkeys(names))

    def _series(self, page: SourcePage) -> dict[str, Any]:
        """Return the front matter of a series: its name, and the number of the post in it."""
        series = as_texts(page.front.get("series"))
        if not series or not self._is_post(page):
            return {}
        if len(series) > 1:
            message = f"a post belongs to one series; left out: {', '.join(series[1:])}."
            self._report(page, page.line_of("series"), 1, "import.dropped", message, "", "warning")
        number = page.front.get("series_order")
        part = (
            {"part": number}
            if isinstance(number, int) and not isinstance(number, bool) and number > 0
            else {}
        )
        return {"series": series[0], **part}

    def _feed_id(self, url: str) -> str:
        """Return the id of a page in Hugo's RSS feed: its URL."""
        return (
            f"{self.hugo.base_url.rstrip('/')}{quote_url(url, safe='/:@!$&()*+,;=~-._')}"
            if self.hugo.base_url
            else ""
        )

    def _cover(self, page: SourcePage) -> tuple[str, str, str]:
        """Return the URL of the image at the top of a page, its alternative text and its caption."""
        front = page.front
        alternative = first_text(front, "coveralt", "featurealt", "thumbnailalt")
        caption = first_text(front, "covercaption", "featurecaption", "featureimagecaption")
        for key in _IMAGE_KEYS:
            value = front.get(key)
            if isinstance(value, str) and value:
                return self._image_url(page, value), alternative, caption
            if isinstance(value, Mapping):
                url = first_text(value, "image", "src", "filename")
                if url or key == "image":
                    url = self._image_url(page, url) if url else self._featured_image(page)
                    return url, first_text(value, "alt", "alt_text"), first_text(value, "caption")
        if images := as_texts(front.get("images")):
            return self._image_url(page, images[0]), alternative, caption
        return self._featured_image(page), alternative, caption

    def _image_url(self, page: SourcePage, url: str) -> str:
        return self.hugo.rewrite_target(page, url, is_image=True)

    def _featured_image(self, page: SourcePage) -> str:
        """Return the URL of an image of the bundle that themes show at the top."""
        if page.kind != "bundle":
            return ""
        folder = posixpath.dirname(page.path)
        for path in self.hugo.resources:
            name = posixpath.basename(path).lower()
            if (
                posixpath.dirname(path) == folder
                and name.endswith(_IMAGE_SUFFIXES)
                and name.startswith(("cover", "feature"))
            ):
                return self.hugo.urls_of_files.get(path, "")
        return ""

    # Text

    def _convert_body(self, page: SourcePage) -> tuple[str, int]:
        """Return the text of a page, and the line of the source file that its first line would have."""
        surroundings = Surroundings(
            find_page=partial(self.hugo.find_reference, page),
            read_file=partial(self.hugo.read_resource, page),
            find_title=self.hugo.find_title,
            parameters={
                **as_mapping(self.hugo.setting("params")),
                **as_mapping(page.front.get("params")),
                **page.front,
            },
        )
        report = cast("Any", partial(self._report, page))
        converter = HugoMarkdown(self._markdown_settings(page), surroundings, report)
        if page.is_html:
            return converter.convert_html(page.body, page.body_line), page.body_line
        body = converter.convert(page.body, page.body_line)
        external = page.front.get("externalurl")
        if isinstance(external, str) and external and not page.body.strip():
            body = f"<{external}>\n"
        url, alternative, caption = self._cover(page)
        cover = as_mapping(page.front.get("cover"))
        is_hidden = cover.get("hidden") is True or cover.get("hiddeninsingle") is True
        preview = as_mapping(page.front.get("image")).get("preview_only") is True
        above = [self.blox.introductions.get(page.path, "")]
        if url and not is_hidden and not preview and not self._shows(body, url):
            above.append(make_image(alternative, url, caption))
        start = "".join(f"{part}\n\n" for part in above if part)
        end = self.blox.endings.get(page.path, "")
        text = start + body.strip("\n") + (f"\n\n{end}" if end else "")
        line = page.body_line + len(page.body) - len(page.body.lstrip("\n")) - start.count("\n")
        return rewrite_links(f"{text.strip(chr(10))}\n", partial(self._rewrite_link, page)), max(line, 1)

    @staticmethod
    def _shows(body: str, url: str) -> bool:
        """Whether a text has an image already."""
        return f"]({posixpath.basename(url)}" in body or f"]({url}" in body

    def _markdown_settings(self, page: SourcePage) -> Settings:
        goldmark = as_mapping(self.hugo.setting("markup", "goldmark"))
        parser, extensions = as_mapping(goldmark.get("parser")), as_mapping(goldmark.get("extensions"))
        highlight = as_mapping(self.hugo.setting("markup", "highlight"))
        # Without a configuration, and where the theme has it, assume that nothing is off.
        allows_all = self.is_hugoblox or not self.hugo.has_config
        sources = (page.front, as_mapping(self.hugo.setting("params")))
        has_passthrough = as_mapping(extensions.get("passthrough")).get("enable") is True or allows_all
        kind = str(parser.get("autoidtype") or parser.get("autoheadingidtype") or "github")
        return Settings(
            is_unsafe=as_mapping(goldmark.get("renderer")).get("unsafe") is True or allows_all,
            has_emoji=self.hugo.setting("enableemoji") is True or allows_all,
            has_extras=any(
                as_mapping(value).get("enable") is True
                for value in as_mapping(extensions.get("extras")).values()
            ),
            has_math=has_passthrough or any(source.get(key) for source in sources for key in _MATH_KEYS),
            has_passthrough=has_passthrough,
            has_typographer=extensions.get("typographer") is not False
            and as_mapping(extensions.get("typographer")).get("disable") is not True,
            has_linkify=extensions.get("linkify") is not False,
            has_heading_ids=parser.get("autoheadingid") is not False,
            heading_ids=cast("Any", kind) if kind in get_args(HeadingIds) else "github",
            numbers_lines=highlight.get("linenos") in (True, "true", "table", "inline"),
        )

    def _rewrite_link(self, page: SourcePage, link: Link) -> str:
        return self.hugo.rewrite_target(page, link.target, is_image=link.is_image)

    # Lists

    def _add_lists(self) -> None:
        """Add the lists of posts with their continuations and feeds."""
        disabled = {kind.lower() for kind in as_texts(self.hugo.setting("disablekinds"))}
        listed = [page for page in self.site.pages if page.url and not page.draft]
        # Some themes list all pages there, others only posts.
        self._add_list("/", OldList("index"), self._feed("home"), len(listed))
        for url, folder in sorted(self.hugo.section_urls().items()):
            members = [page for page in self.hugo.pages if page.name.startswith(f"{folder}/")]
            kinds = hugoblox.LIST_KINDS if self.is_hugoblox else {}
            kind = kinds.get(folder.partition("/")[0], "index")
            self._add_list(url, OldList(kind), self._feed("section"), len(members))
        if "taxonomy" in disabled and "term" in disabled:
            return
        for taxonomy in self.hugo.taxonomies:
            all_kind, term_kind = _LIST_KINDS.get(taxonomy, ("index", "index"))
            terms: dict[str, list[str]] = {}
            for page in self.hugo.pages:
                if page.front.get("draft") is True:
                    continue
                for term in as_texts(page.front.get(taxonomy)):
                    terms.setdefault(self.hugo.term_url(taxonomy, term), []).append(term)
            base = self.hugo.sanitize(f"/{taxonomy}/")
            if terms:
                self._add_list(base, OldList(all_kind), self._feed("taxonomy"), len(terms))
            for url, names in terms.items():
                name = names[0] if term_kind != "index" else ""
                if term_kind == "author":
                    name = self.hugo.author_titles.get(name.lower(), name)
                self._add_list(url, OldList(term_kind, name), self._feed("term", term_kind, name), len(names))

    def _feed(self, kind: str, term_kind: str = "", name: str = "") -> OldList | None:
        """Return what a feed of a kind of lists has, or None if the configuration has none for that kind."""
        outputs = as_mapping(self.hugo.setting("outputs")).get(kind)
        disabled = {name.lower() for name in as_texts(self.hugo.setting("disablekinds"))}
        if "rss" in disabled or (outputs is not None and "rss" not in map(str.lower, as_texts(outputs))):
            return None
        kinds: dict[str, ListKind] = {"tag": "tag feed", "category": "category feed"}
        return OldList(kinds[term_kind], name) if term_kind in kinds else OldList("feed")

    def _add_list(self, url: str, old_list: OldList, feed: OldList | None, count: int) -> None:
        """Add a list with the pages that continue it, and its feed."""
        lists = self.site.lists
        if not any(page.url == url for page in self.site.pages):
            lists.setdefault(url, old_list)
        if feed is not None:
            lists.setdefault(f"{url}{self._feed_name}", feed)
        size = self.hugo.setting("pagination", "pagersize") or self.hugo.setting("paginate") or 10
        size = size if isinstance(size, int) and size > 0 else 10
        folder = str(self.hugo.setting("pagination", "path") or self.hugo.setting("paginatepath") or "page")
        for number in range(1, -(-count // size) + 1):
            lists.setdefault(f"{url}{folder}/{number}/", old_list)

    @cached_property
    def _feed_name(self) -> str:
        """The name of the file of a feed."""
        formats = as_mapping(self.hugo.setting("outputformats"))
        return f"{as_mapping(formats.get('rss')).get('basename') or 'index'}.xml"


def _is_future(moment: date) -> bool:
    if isinstance(moment, datetime):
        return moment > datetime.now(UTC)
    return moment > datetime.now(UTC).date()


def _title_from_name(name: str) -> str:
    """Return the title that Hugo derives from a file name."""
    words = name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
