"""Reads a feed with full text, alone or with the folder of the published site.

The feed has the posts. The folder has the rest: the articles that the feed cuts short, older posts, pages,
images and all URLs.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import unquote

from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.text import normalize_host, slugify_name
from portfolio.importer.html_text import (
    escape_text,
    extract_text,
    join_url,
    parse_fragment,
    render_content,
    split_url,
    strip_tags,
)
from portfolio.importer.input_files import InputFiles
from portfolio.importer.model import ImportedPage, ImportedSite, ListKind, OldList
from portfolio.importer.readers import Progress
from portfolio.importer.readers.feed.formats import (
    Entry,
    Feed,
    find_child,
    find_children,
    is_feed,
    line_text,
    local_name,
    read_feed,
)
from portfolio.importer.readers.feed.published_page import PublishedPage, read_page, remove_citation
from portfolio.importer.readers.feed.terms import (
    TermLink,
    classify_list,
    divide_terms,
    first_terms_are_categories,
    own_terms,
    read_term_link,
)

_PATTERNS = ("*.xml", "*.atom", "*.rss", "*.rdf", "*.json")
# An article with this many more words than the entry, and by this factor, shows that the feed is cut short.
_MIN_CUT_WORDS = 40
_CUT_FACTOR = 1.3
# The first words of an entry, which the article on its page must have.
_OPENING_WORDS = 8
# Folders beside the feed in which the site is looked for.
_MAX_FOLDERS = 100
# An index page with this many links to posts is a list, not a page.
_MIN_LISTED_POSTS = 3
_HTML = (".html", ".htm")
_HEAD_BYTES = 2000
_NO_CONTENT = {"404.html", "404/index.html"}


def detect(files: InputFiles) -> bool:
    """Whether the source is a feed, or a folder with a feed or with an index page."""
    return any(is_feed(files, path) for path in _feed_candidates(files)) or "index.html" in files


def read(files: InputFiles, progress: Progress) -> ImportedSite:
    """Read the feeds and the pages of a source."""
    site = ImportedSite(source_name=files.path.name)
    feeds = [feed for path in _feed_candidates(files) if (feed := read_feed(files, path, site.problems))]
    if files.path.is_file() and not files.is_archive and feeds:
        feed_file, files = files.path.resolve(), _find_site(files, feeds[0])
        if files.path.is_dir():
            folder = files.path.resolve()
            # The feed is one of the files of its site, or lies beside their folder.
            feeds[0].path = (
                feed_file.relative_to(folder).as_posix() if feed_file.is_relative_to(folder) else ""
            )
            others = [path for path in _feed_candidates(files) if path != feeds[0].path]
            feeds += [feed for path in others if (feed := read_feed(files, path, site.problems))]
    site.problems += files.problems
    return _SiteReader(files, feeds, site, progress).read()


def _feed_candidates(files: InputFiles) -> list[str]:
    """Return the paths of files that may be feeds: those in the fewest folders first."""
    if files.path.is_file() and not files.is_archive:
        return files.paths
    return sorted(files.match(*_PATTERNS), key=lambda path: (path.count("/"), path))


def _find_site(files: InputFiles, feed: Feed) -> InputFiles:
    """Return the files of the folder that has the pages of a feed's entries, or the same files without one.

    The folder may be that of the feed, one that contains it, or one beside the feed.
    """
    paths = [path for entry in feed.entries[:20] if (path := split_url(entry.link).path.lstrip("/"))]
    folder = files.path.resolve().parent
    candidates = [folder, *list(folder.parents)[:3]]
    with contextlib.suppress(OSError):
        candidates += sorted(path for path in folder.iterdir() if path.is_dir())[:_MAX_FOLDERS]
    for candidate in candidates:
        if any(_has_page(candidate, path) for path in paths):
            return InputFiles(candidate, files.root)
    return files


def _has_page(folder: Path, path: str) -> bool:
    name = unquote(path).rstrip("/")
    if ".." in name.split("/") or not name:
        return False
    try:
        return any((folder / file).is_file() for file in (f"{name}.html", f"{name}/index.html", name))
    except (OSError, ValueError):
        return False


class _SiteReader:
    """Brings the entries of feeds and the pages of a folder together."""

    def __init__(self, files: InputFiles, feeds: list[Feed], site: ImportedSite, progress: Progress) -> None:
        self.files = files
        self.feeds = feeds
        self.site = site
        self.progress = progress
        # Feeds of categories have longer titles, such as "Site - category".
        self.site_name = min((feed.title for feed in feeds if feed.title), key=len, default="")
        self.hosts: set[str] = set()
        # The folder in the source that is the site's root, and the path of its URL.
        self.prefix = ""
        self.base_path = "/"
        # HTML files by each URL path that they answer.
        self.pages_by_url: dict[str, str] = {}
        self.published: dict[str, PublishedPage] = {}
        self.entries: list[Entry] = []

    def read(self) -> ImportedSite:
        """Read everything."""
        self._find_root()
        self._list_files()
        self._merge_entries()
        html_files = sorted(set(self.pages_by_url.values()))
        by_file: dict[str, ImportedPage] = {}
        urls: set[str] = set()
        entry_pages: list[tuple[Entry, ImportedPage, str]] = []
        total = len(self.entries) + len(html_files)
        for entry in self.entries:
            path = self._path_of(entry.link) or ""
            file = self.pages_by_url.get(unquote(path), "")
            if path in urls or file in by_file:
                message = f"another entry has its URL {quote(path)}, too, so this post has none."
                entry.report(message, code="import.duplicate")
                path = file = ""
            urls |= {path} - {""}
            page = self._import_entry(entry, path, file)
            entry_pages.append((entry, page, file))
            if file:
                by_file[file] = page
            self.site.pages.append(page)
            self.progress(len(self.site.pages), total)
        self._import_other_pages(html_files, by_file)
        self._set_terms(entry_pages, by_file)
        self._describe_feeds()
        self._remove_default_image()
        self._infer_ids()
        for feed in self.feeds:
            if not feed.entries:
                name = feed.path or self.files.paths[0]
                message = "this feed has no entries."
                self.site.problems.append(
                    self.files.diagnose(name, message, code="import.incomplete", severity="warning")
                )
        return self.site

    @cached_property
    def omits_endings(self) -> bool:
        """Whether most links of the feed leave out the ".html" of their files."""
        files = [(page.url, alias) for page in self.site.pages for alias in page.aliases]
        return 2 * sum(alias == f"{url}.html" for url, alias in files) > len(files)

    def _find_root(self) -> None:
        """Find the URL of the site, and the folder that is its root."""
        links = [entry.link for feed in self.feeds for entry in feed.entries if entry.link]
        homes = [feed.home for feed in self.feeds if split_url(feed.home).netloc]
        hosts = Counter(parts.netloc for link in links if (parts := split_url(link)).netloc)
        home_hosts = [split_url(home).netloc for home in homes]
        host = hosts.most_common(1)[0][0] if hosts else home_hosts[0] if home_hosts else ""
        scheme = next(
            (split_url(url).scheme for url in (*links, *homes) if split_url(url).netloc == host), "https"
        )
        self.hosts = {normalize_host(host)} if host else set()
        paths = [split_url(link).path for link in links if split_url(link).netloc == host][:200]
        html_files = {path for path in self.files.paths if self._is_html(path)}
        # "/blog/posts/a" and "site/posts/a.html" have "posts/a" in common.
        roots: Counter[tuple[str, str]] = Counter()
        by_end: dict[str, list[str]] = {}
        for file in html_files:
            by_end.setdefault(posixpath.basename(_clean_path(f"/{file}")), []).append(file)
        for path in paths:
            clean = _clean_path(unquote(path))
            for file in by_end.get(posixpath.basename(clean), []):
                roots[_differing_starts(_clean_path(f"/{file}"), clean)] += 1
        if roots:
            best = max(roots, key=lambda root: (roots[root], -len(root[0]) - len(root[1])))
            self.prefix, self.base_path = best[0].lstrip("/"), best[1] or "/"
        else:
            home = next((home for home in homes if split_url(home).netloc == host), "")
            base = split_url(home).path
            base = base if base.endswith("/") else f"{base.rpartition('/')[0]}/"
            if paths and all(path.startswith(base) for path in paths):
                self.base_path = base
        if host:
            self.site.url = f"{scheme}://{host}{self.base_path}"

    def _infer_ids(self) -> None:
        """Give posts that are in no feed the ids that they had when they were, if the ids show a pattern."""
        links = {entry.id: entry.link for entry in self.entries}
        fed = [(page, page.feed_id, links[page.feed_id]) for page in self.site.pages if page.feed_id in links]
        base = self.site.url.rstrip("/")
        for create_id in (_create_link_id, _create_bare_link_id, _create_tag_id):
            if fed and all(create_id(page, link) == id for page, id, link in fed):
                for page in self.site.pages:
                    if page.is_post and not page.draft and not page.feed_id and base:
                        page.feed_id = create_id(page, f"{base}{page.url}")
                return

    def _remove_default_image(self) -> None:
        """Remove the image that most posts share: it is that of the site, not of a post."""
        posts = [page for page in self.site.pages if page.is_post]
        counts = Counter(page.image for page in posts if page.image)
        for page in posts:
            if counts[page.image] > 1 and 2 * counts[page.image] > len(posts):
                page.image = ""

    def _path_of(self, url: str) -> str | None:
        """Return the path of a URL on the old site, or None if it is on another host."""
        parts = split_url(url)
        host = normalize_host(parts.netloc)
        if not url or (host and host not in self.hosts):
            return None
        path = parts.path or "/"
        if path.startswith(self.base_path):
            path = f"/{path[len(self.base_path) :]}"
        return path if path.startswith("/") else f"/{path}"

    def _is_html(self, path: str) -> bool:
        """Whether a file is HTML; copies of sites by wget have pages without an ending."""
        if path.endswith(_HTML) or "." in posixpath.basename(path):
            return path.endswith(_HTML)
        data = self.files.read_bytes(path)
        head = b"" if isinstance(data, Diagnostic) else data[:_HEAD_BYTES].lstrip().lower()
        return head.startswith((b"<!doctype html", b"<html"))

    def _list_files(self) -> None:
        feed_paths = {feed.path for feed in self.feeds}
        for path in self.files.paths:
            if not path.startswith(self.prefix):
                continue
            url = f"/{path[len(self.prefix) :]}"
            if self._is_html(path):
                for spelling in (url, *_shorter_spellings(url)):
                    self.pages_by_url.setdefault(spelling, path)
            elif path in feed_paths:
                continue
            elif path.endswith(".xml") and self._read_sitemap(path):
                self.site.old_urls.add(url)
            else:
                self.site.files[url] = partial(self.files.read_bytes, path)

    def _read_sitemap(self, path: str) -> bool:
        """Add the URLs of a sitemap; return whether the file is one (sitemaps.org)."""
        data = self.files.read_bytes(path)
        if isinstance(data, Diagnostic) or b"sitemaps.org/schemas" not in data[:_HEAD_BYTES]:
            return False
        root = self.files.load_xml(path)
        if isinstance(root, Diagnostic):
            self.site.problems.append(root)
            return False
        if local_name(root) == "urlset":
            urls = [line_text(find_child(element, "loc")) for element in find_children(root, "url")]
            self.site.old_urls |= {known for url in urls if (known := self._path_of(url))}
        return True

    def _merge_entries(self) -> None:
        """Merge the entries of all feeds: those of the largest feed first, and of two texts the longer."""
        merged: dict[str, Entry] = {}
        for feed in sorted(self.feeds, key=lambda feed: -len(feed.entries)):
            ids: dict[str, Entry] = {}
            for entry in feed.entries:
                if entry.id and (first := ids.get(entry.id)) is not None:
                    entry.report(
                        f"its id {quote(entry.id)} is also that of the entry on line {first.line}.",
                        "Feed readers show only one of them.",
                        code="import.duplicate",
                    )
                    merged[f"{entry.source}:{entry.line}:{len(merged)}"] = replace(entry, id="")
                    continue
                ids[entry.id] = entry
                key = self._path_of(entry.link) or entry.link or entry.id or f"#{len(merged)}"
                known = merged.get(key)
                if known is None:
                    merged[key] = entry
                elif len(entry.content) > len(known.content) and entry.source != known.source:
                    known.content, known.content_line = entry.content, entry.content_line
                    known.source, known.line = entry.source, entry.line
                elif entry.source == known.source:
                    merged[f"{key}#{len(merged)}"] = entry
        self.entries = list(merged.values())

    def _import_entry(self, entry: Entry, path: str, file: str) -> ImportedPage:
        """Import an entry, with its page if there is one."""
        fragment = parse_fragment(entry.content)
        title = entry.title
        citation = remove_citation(fragment, title, entry.link)
        words = extract_text(fragment).split()
        has_marker = _ends_cut(words)
        opening = words[:_OPENING_WORDS]
        published = None
        if file:
            published = self._read_published(file, path, opening[:-2] if has_marker else opening)
        page = ImportedPage(
            source=entry.source,
            title=title,
            body=render_content(fragment) if citation else entry.content,
            format="html",
            line=entry.content_line or entry.line,
            url=path,
            created=entry.created or entry.updated,
            updated=entry.updated if entry.updated != entry.created else None,
            authors=tuple(dict.fromkeys(filter(None, entry.authors))),
            feed_id=entry.id,
            image=entry.image,
            problems=entry.problems,
        )
        if entry.created is None:
            page.updated = None
        if citation:
            self._note_citation(page, citation)
        if published is not None:
            page.aliases = tuple({self._url_of(file)} - {path})
            page.title = page.title or published.title
            page.image = page.image or published.image
            page.authors = page.authors or published.authors
            if entry.created is None and published.created is not None:
                page.created, page.updated = published.created, entry.updated or published.updated
            self._take_article(entry, page, published, words, has_marker, file)
        elif has_marker:
            entry.report(
                "the feed has only the beginning of this text, and there is no page of it.",
                "Put the folder of the published site beside the feed.",
                code="import.cut",
            )
        summary = "" if entry.summary == entry.content else entry.summary
        page.description = _description(summary, words, published.description if published else "")
        self._check_page(page, entry.line)
        return page

    def _take_article(
        self,
        entry: Entry,
        page: ImportedPage,
        published: PublishedPage,
        words: list[str],
        has_marker: bool,
        file: str,
    ) -> None:
        """Replace the text of an entry by that of its page if the feed cuts it short."""
        surplus = len(published.words) - len(words)
        is_longer = surplus > 0 and (
            has_marker or (surplus >= _MIN_CUT_WORDS and len(published.words) >= _CUT_FACTOR * len(words))
        )
        if is_longer:
            page.body, page.line, page.source = published.article, published.line, self.files.display(file)
            page.problems.append(
                self._note(
                    file,
                    f"the feed has only {len(words)} of {len(published.words)} words: the page has the text.",
                    line=published.line,
                )
            )
            if published.citation:
                self._note_citation(page, published.citation)
        elif has_marker and surplus <= 0 and not published.words:
            entry.report(
                "the feed has only the beginning of this text, and its page has none.", code="import.cut"
            )

    def _note(self, file: str, message: str, line: int = 1) -> Diagnostic:
        return self.files.diagnose(file, message, line=line, code="import.from-page", severity="info")

    def _note_citation(self, page: ImportedPage, citation: str) -> None:
        message = f"the box {quote(f'{citation} …')} is left out, because this site makes its own."
        page.problems.append(
            Diagnostic(page.source, page.line, 1, "", message, code="import.dropped", severity="info")
        )

    def _check_page(self, page: ImportedPage, line: int) -> None:
        for value, message, hint in (
            (page.title, "this post has no title.", "Its first words or its URL become its title."),
            (page.body, "this post has no text.", ""),
        ):
            if not value:
                page.problems.append(
                    Diagnostic(
                        page.source, line, 1, "", message, hint, code="import.incomplete", severity="warning"
                    )
                )
        if not page.title:
            text = strip_tags(page.body).split()
            name = unquote(page.url.rstrip("/").rpartition("/")[2]).removesuffix(".html").replace("-", " ")
            page.title = name.capitalize() or " ".join(text[:6]) or "Untitled"

    def _read_published(self, file: str, url: str, opening: list[str]) -> PublishedPage | None:
        data = self.files.read_bytes(file)
        if isinstance(data, Diagnostic):
            self.site.problems.append(data)
            return None
        page = read_page(data, url, self.site_name, opening)
        if page is not None:
            self.published[file] = page
            if page.is_cut:
                message = "its elements are nested too deeply, so the rest of this page is not read."
                problem = self.files.diagnose(file, message, line=page.line, code="import.too-large")
                self.site.problems.append(problem)
        return page

    def _url_of(self, file: str) -> str:
        """Return the URL path of an HTML file: without "index.html", which servers leave out."""
        url = f"/{file[len(self.prefix) :]}"
        return url.removesuffix("index.html") if url.endswith("/index.html") else url

    def _import_other_pages(self, html_files: list[str], by_file: dict[str, ImportedPage]) -> None:
        """Import pages and posts that are in no feed; register lists, redirects and old URLs."""
        urls = {f"/{file[len(self.prefix) :]}" for file in html_files}
        post_folders = {posixpath.dirname(page.url) for page in self.site.pages} - {"", "/"}
        terms = {slugify_name(term.name) for entry in self.entries for term in entry.terms}
        redirects: list[tuple[str, str]] = []
        # Pages that are lists if they link to posts.
        lists: list[tuple[str, PublishedPage, OldList]] = []
        done = len(self.site.pages)
        for number, file in enumerate(html_files, start=1):
            self.progress(done + number, done + len(html_files))
            if file in by_file or file[len(self.prefix) :] in _NO_CONTENT:
                continue
            url = self._url_of(file)
            self.site.old_urls.add(url)
            page = self._read_published(file, url, [])
            if page is None:
                continue
            listed = classify_list(f"/{file[len(self.prefix) :]}", urls, terms)
            if page.target:
                redirects.append((url, join_url(url, page.target)))
            elif listed is not None:
                lists.append((file, page, listed))
            elif page.words:
                is_post = self._is_post(page, url, post_folders)
                by_file[file] = self._import_page(file, page, is_post=is_post)
        for file, page, listed in lists:
            url = self._url_of(file)
            if self._is_list(page, url, listed):
                self.site.lists[url] = listed
            elif page.words:
                by_file[file] = self._import_page(file, page, is_post=self._is_post(page, url, post_folders))
        self._add_redirects(redirects, by_file)

    def _is_post(self, page: PublishedPage, url: str, post_folders: set[str]) -> bool:
        """Whether a page that is in no feed is a post: it is beside posts, or has a date."""
        names = url.split("/")
        is_dated = page.created is not None or posixpath.dirname(url.rstrip("/")) in post_folders
        return "drafts" in names or (is_dated and "pages" not in names)

    def _is_list(self, page: PublishedPage, url: str, listed: OldList) -> bool:
        """Whether a page with the path of a list is one: the first page of a folder may be another page."""
        if listed.kind != "index" or posixpath.basename(url).startswith("index"):
            return True
        links = self._links_to_posts(page, url)
        return len(links) >= _MIN_LISTED_POSTS or (bool(links) and (page.has_excerpts or url == "/"))

    def _import_page(self, file: str, published: PublishedPage, *, is_post: bool) -> ImportedPage:
        """Import a page that is in no feed."""
        url = self._url_of(file)
        aliases: tuple[str, ...] = ()
        if is_post and self.omits_endings and url.endswith(".html"):
            url, aliases = url.removesuffix(".html"), (url,)
        page = ImportedPage(
            source=self.files.display(file),
            title=published.title,
            body=published.article,
            format="html",
            line=published.line,
            is_post=is_post,
            url=url,
            aliases=aliases,
            created=published.created,
            updated=published.updated if published.updated != published.created else None,
            draft="drafts" in url.split("/"),
            authors=published.authors,
            description=_description("", published.words, published.description),
            image=published.image,
        )
        if is_post:
            self._check_page(page, 1)
            if self.feeds:
                message = "this post is in no feed; all of it is read from this page."
                page.problems.append(self._note(file, message))
        if published.citation:
            self._note_citation(page, published.citation)
        self.site.pages.append(page)
        return page

    def _links_to_posts(self, page: PublishedPage, url: str) -> set[str]:
        """Return the URLs of posts that a page links to."""
        posts = {path for post in self.site.pages if post.is_post for path in (post.url, *post.aliases)}
        return {path for link in page.links if (path := self._path_of(join_url(url, link)))} & posts

    def _add_redirects(self, redirects: list[tuple[str, str]], by_file: dict[str, ImportedPage]) -> None:
        """Add the URLs of redirect pages to the aliases of the pages that they lead to."""
        for url, target in redirects:
            file = self.pages_by_url.get(unquote(self._path_of(target) or ""), "")
            page = by_file.get(file)
            if page is not None:
                page.aliases = (*page.aliases, url)

    # Categories and tags

    def _set_terms(
        self, entry_pages: list[tuple[Entry, ImportedPage, str]], by_file: dict[str, ImportedPage]
    ) -> None:
        """Set the categories and tags of all posts, from the feed and the pages."""
        post_files = [file for file, page in by_file.items() if page.is_post and file in self.published]
        own = dict(
            zip(post_files, own_terms([self.published[file].terms for file in post_files]), strict=True)
        )
        names = self._term_names(own.values())
        by_slug = {kind: {slug for (of, slug) in names if of == kind} for kind in ("category", "tag")}
        first_is_category = first_terms_are_categories([entry for entry, _page, _file in entry_pages])
        for entry, page, file in entry_pages:
            categories, tags = divide_terms(
                entry, own.get(file, []), by_slug, first_is_category=first_is_category
            )
            page.categories, page.tags = categories, tags
        for file, page in by_file.items():
            published = self.published.get(file)
            if published is None or not page.is_post:
                continue
            links = own.get(file, [])
            page.categories = page.categories or published.categories or _list_names(links, "category", names)
            page.tags = page.tags or published.tags or _list_names(links, "tag", names)
            page.authors = page.authors or _list_names(links, "author", names)
        for url, listed in self.site.lists.items():
            if listed.name:
                name = names[listed.kind, slugify_name(listed.name)]
                self.site.lists[url] = OldList(listed.kind, name)

    def _term_names(self, own: Iterable[list[TermLink]]) -> dict[tuple[str, str], str]:
        """Return the names of categories, tags and authors by kind and slug, as feeds or links have them."""
        terms = {slugify_name(term.name): term.name for entry in self.entries for term in entry.terms}
        authors = {slugify_name(name): name for entry in self.entries for name in entry.authors}
        names: dict[tuple[str, str], str] = {}
        for kind, slug in {(listed.kind, listed.name) for listed in self.site.lists.values()}:
            fed = authors if kind == "author" else terms
            names[kind, slugify_name(slug)] = fed.get(slugify_name(slug), slug)
        spellings: dict[tuple[str, str], Counter[str]] = {}
        for links in [*own, *(page.terms for page in self.published.values())]:
            for link in links:
                spellings.setdefault((link.kind, slugify_name(link.slug)), Counter())[link.name] += 1
        for (term_kind, slug), counter in spellings.items():
            fed = authors if term_kind == "author" else terms
            # "C++" may have the slug "c". A text that is no name may be "All posts" or "C (3)".
            known = [name for name, _ in counter.most_common() if name in fed.values()]
            alike = [name for name, _ in counter.most_common() if slugify_name(name) == slug]
            names[term_kind, slug] = fed.get(slug) or next(iter([*known, *alike]), slug)
        return names

    def _describe_feeds(self) -> None:
        """Add the feeds to the lists: of all posts, or of the category or tag that their entries share."""
        pages = {page.feed_id: page for page in self.site.pages if page.feed_id}
        for feed in self.feeds:
            url = self._path_of(feed.url)
            if (
                feed.path in self.files
                and feed.path.startswith(self.prefix)
                and not self.files.path.is_file()
            ):
                url = f"/{feed.path[len(self.prefix) :]}"
            if not url:
                continue
            posts = [pages[entry.id] for entry in feed.entries if entry.id in pages]
            kind, name = self._kind_of_feed(url, posts)
            self.site.lists[url] = OldList(kind, name)

    def _kind_of_feed(self, url: str, posts: list[ImportedPage]) -> tuple[ListKind, str]:
        segments = [unquote(segment) for segment in url.split("/") if segment]
        stem = segments[-1].partition(".")[0]
        term = (
            read_term_link("/".join(("", *segments[:-1])))
            if stem in ("index", "feed", "rss", "atom")
            else None
        )
        slug = slugify_name(term.slug if term else stem)
        wanted = (term.kind,) if term else ("category", "tag")
        for kind in wanted:
            shared = [
                {slugify_name(name): name for name in (post.categories if kind == "category" else post.tags)}
                for post in posts
            ]
            if shared and all(slug in names for names in shared):
                return ("category feed" if kind == "category" else "tag feed"), shared[0][slug]
        return "feed", ""


def _create_link_id(_page: ImportedPage, link: str) -> str:
    """Return the id that Hugo and many others give an entry: its link."""
    return link


def _create_bare_link_id(_page: ImportedPage, link: str) -> str:
    """Return the id that Jekyll gives an entry: its link without the ending."""
    return link.removesuffix(".html").rstrip("/")


def _create_tag_id(page: ImportedPage, link: str) -> str:
    """Return the id that Pelican and others give an entry: a tag URI (RFC 4151)."""
    parts = split_url(link)
    day = f",{page.created:%Y-%m-%d}" if page.created is not None else ""
    return f"tag:{parts.netloc}{day}:{parts.path}"


def _clean_path(path: str) -> str:
    """Return a path without the ending of an HTML file, "index.html" or a slash."""
    for ending in ("/index.html", "/index.htm", ".html", ".htm", "/"):
        if path.endswith(ending):
            return path[: -len(ending)] or "/"
    return path


def _shorter_spellings(url: str) -> Iterator[str]:
    """Yield the URLs that servers answer with an HTML file, besides its own."""
    if url.endswith("/index.html"):
        yield url.removesuffix("index.html")
        yield url.removesuffix("/index.html") or "/"
    elif url.endswith(".html"):
        yield url.removesuffix(".html")


def _differing_starts(file: str, path: str) -> tuple[str, str]:
    """Return what precedes the common end of two paths, each with a slash at its end or empty."""
    left, right = file.split("/"), path.split("/")
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    return "".join(f"{part}/" for part in left), "".join(f"{part}/" for part in right)


def _ends_cut(words: list[str]) -> bool:
    end = " ".join(words[-4:]).lower().rstrip(" .»→")
    return bool(words) and (
        words[-1].endswith(("…", "...", "[…]", "[...]"))
        or end.endswith(("read more", "continue reading", "[…]", "…"))
    )


def _description(summary: str, words: list[str], meta: str) -> str:
    """Return a summary (HTML) or a page's description, unless it only repeats the beginning of the text."""
    for text in (summary, escape_text(meta)):
        described = strip_tags(text).split()
        plain, beginning = (
            [word.strip("….") for word in part] for part in (described, words[: len(described)])
        )
        if described and not _ends_cut(described) and plain[:-1] != beginning[:-1]:
            return " ".join(described)
    return ""


def _list_names(links: list[TermLink], kind: str, names: dict[tuple[str, str], str]) -> tuple[str, ...]:
    """Return the names of the categories, tags or authors that a page links to."""
    slugs = dict.fromkeys(slugify_name(link.slug) for link in links if link.kind == kind)
    return tuple(names[kind, slug] for slug in slugs)
