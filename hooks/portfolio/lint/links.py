"""Links that do not work: to files, pages and anchors of the site, in Markdown and in HTML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from markdown.util import AMP_SUBSTITUTE

from portfolio.blog.post_lists import ARCHIVE_URL
from portfolio.blog.urls import BlogSettings
from portfolio.citations import publication_list
from portfolio.config import Options
from portfolio.core.diagnostics import Diagnostic, closest_match, did_you_mean, quote, suggest
from portfolio.core.markdown_scan import Link
from portfolio.core.text import distinct_slugs, is_valid_url, slugify_name
from portfolio.core.validation import list_items
from portfolio.exports import enabled_files
from portfolio.feeds import feeds
from portfolio.lint.documents import Documents, SourcePage
from portfolio.record.kinds import (
    CONTENT_ANCHOR,
    ENTRIES_TEMPLATE,
    POSTS,
    PROJECTS,
    PROJECTS_PAGE,
    TIMELINE_TEMPLATE,
    Entry,
)
from portfolio.record.models import Post
from portfolio.record.record import Origin, Record
from portfolio.search import SEARCH_PAGE
from portfolio.sources.mkdocs_yml import MARKDOWN, find_options
from portfolio.timeline.views import is_summarized, list_tags

# The templates that show the record: only their pages have anchors for its entries.
RECORD_TEMPLATES = frozenset({TIMELINE_TEMPLATE, ENTRIES_TEMPLATE})
# With it the anchors of tags begin on a page that lists them.
TAG_ANCHOR = "tag:"
_ABSOLUTE_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
# The scheme for a notebook's attachments. The notebook converter replaces the URLs of those that exist.
_ATTACHMENT = "attachment:"
# The links of a footnote back to the text.
_FOOTNOTE_REFERENCE = "#fnref"
# The minimum similarity, from 0 to 1, of a file name to suggest instead.
_MIN_SIMILARITY = 0.75

_URL_ATTRIBUTES = ("href", "xlink:href", "src", "poster", "data", "srcset", "imagesrcset")
_IMAGE_TAGS = ("img", "source", "image")
# Elements that load the URL in ``href`` at once; with <base>, relative URLs are loaded from its host.
_LOADING_TAGS = ("image", "use", "feimage", "base")
# Values of ``rel`` for which <link> loads its URL at once.
_LOADING_RELATIONS = frozenset(
    "stylesheet icon apple-touch-icon mask-icon manifest preload modulepreload prefetch prerender preconnect "
    "dns-prefetch".split()
)
_SRCSET_URL = re.compile(r"(?:\s|,)*(\S+?)(?:,+(?=\s|$)|\s+[^,]*(?:,|$)|$)")
_LEADING_DOTS = re.compile(r"\A(?:\.{1,2}/+)+")
# Files of the theme and of the search.
_THEME_FILE = re.compile(
    r"assets/(?:images|javascripts|search|stylesheets)/|(?:sitemap\.xml|404\.html|robots\.txt|objects\.inv)$"
)
# Folders of the blog's generated pages.
_GENERATED_VIEW = re.compile(r"(?:^|/)(?:archive|category|author|page)/")


class Fault(NamedTuple):
    """A fault of a link: the parts of a diagnostic that do not depend on the position of the link."""

    message: str
    hint: str
    code: str


@dataclass(frozen=True)
class LinkTargets:
    """The targets that links of a site can have.

    ``settings`` are those of ``mkdocs.yml``. ``unpublished`` are the names of pages that a build omits,
    ``generated`` the paths of files that it generates. ``allowed_hosts`` are other hosts that pages may load
    from. ``posts_folder`` is the path of the folder of posts, with a slash at its end.
    Of the kinds in ``incomplete``, entries may be missing from the record because a file cannot be read.
    """

    documents: Documents
    record: Record
    settings: Mapping[str, Any]
    blog: BlogSettings | None
    unpublished: Collection[str]
    generated: Collection[str]
    allowed_hosts: Collection[str]
    posts_folder: str | None = None
    incomplete: Collection[type[Entry]] = frozenset()

    def get_generated_ids(self, page: SourcePage) -> set[str]:
        """Return the anchors on a page that are not in its text: entries of the record, and tags."""
        ids = set().union(*self.get_record_anchors(page))
        if page.markdown.lists_tags:
            ids |= {f"{TAG_ANCHOR}{slug}" for slug in self.tag_slugs.values()}
        return ids

    def get_record_anchors(self, page: SourcePage) -> tuple[Collection[str], Collection[str]]:
        """Return the ids that the template of a page gives to entries of the record, and to lists of them."""
        return _record_anchors(
            str(page.template), page.listed_kind, self.record, self.published_posts, self.listed_kinds
        )

    @cached_property
    def listed_kinds(self) -> set[str]:
        """The kinds of entries that have a page of their own."""
        kinds = {page.listed_kind for page in self.documents.pages.values()}
        return kinds | {PROJECTS} if PROJECTS_PAGE in self.generated else kinds

    @cached_property
    def tag_slugs(self) -> dict[str, str]:
        """The slug of each tag of the published posts and of the pages."""
        tags = {tag for post in self.record.posts if post.path not in self.unpublished for tag in post.tags}
        of_posts = {post.path for post in self.record.posts}
        for name, page in self.documents.by_name.items():
            if name not in of_posts:
                tags |= {tag for tag in list_items(page.read_key("tags")) if isinstance(tag, str)}
        return distinct_slugs(tags)

    @cached_property
    def has_default_tag_anchors(self) -> bool:
        """Whether the anchors of tags are the default ones."""
        options = find_options(self.settings.get("plugins"), "tags") or {}
        return not any(name.startswith("tags_slugify") for name in options)

    @cached_property
    def published_posts(self) -> set[str]:
        """The ids of the published posts."""
        return {post.id for post in self.record.posts if post.path not in self.unpublished}

    @cached_property
    def post_urls(self) -> dict[str, str | None]:
        """The URL of each post by its path, with a slash at the end; None if it is unknown."""
        pages, blog = self.documents.by_name, self.blog
        return {
            post.path: blog.post_url(post, post.title or pages[post.path].title)
            for post in self.record.posts
            if blog is not None and post.path in pages
        }

    def validation_level(self, group: str, rule: str, default: str) -> object:
        """Return how MkDocs reports what breaks a rule of ``validation.nav`` or ``validation.links``."""
        validation = self.settings.get("validation")
        rules = validation if isinstance(validation, dict) else {}
        own = rules.get(group)
        return {**rules, **(own if isinstance(own, dict) else {})}.get(rule, default)

    @cached_property
    def allows_absolute(self) -> bool:
        """Whether links may begin with '/': by default MkDocs does not check them."""
        return self.validation_level("links", "absolute_links", "info") != "warn"

    @cached_property
    def has_default_ids(self) -> bool:
        """Whether the ids of headings are the default ones."""
        options = find_options(self.settings.get("markdown_extensions"), "toc") or {}
        return options.keys().isdisjoint({"slugify", "separator", "baselevel"})


def record_anchor_ids(
    template: str, kind: str, record: Record, posts: set[str], listed_kinds: Collection[str]
) -> set[str]:
    """Return the ids that a template of the site gives to entries of the record and to lists of them.

    ``kind`` is what a page with `ENTRIES_TEMPLATE` lists. ``posts`` are the ids of the published posts; the
    timeline omits the others. ``listed_kinds`` are the kinds with a page, to which the timeline leaves the
    entries if they are many.
    """
    return set().union(*_record_anchors(template, kind, record, posts, listed_kinds))


def _record_anchors(
    template: str, kind: str, record: Record, posts: set[str], listed_kinds: Collection[str]
) -> tuple[Collection[str], Collection[str]]:
    """Return the ids of entries, and those of lists; see `record_anchor_ids`."""
    if template == TIMELINE_TEMPLATE:
        ids: set[str] = set()
        lists = set()
        for lane in record.kinds:
            of_lane = posts if lane is POSTS else {entry.id for entry in record[lane.name]}
            if lane.on_timeline and of_lane:
                lists.add(f"only-{lane.name}")
                has_page = lane.name in listed_kinds
                if not is_summarized(lane.name, lane.layout, len(of_lane), has_page=has_page):
                    ids |= of_lane
        return ids, lists
    if template != ENTRIES_TEMPLATE:
        return (), ()
    if kind == PROJECTS:
        return record.all_projects, {f"{TAG_ANCHOR}{tag.slug}" for tag in list_tags(record).values()}
    listed = record[kind] if any(kind == known.name for known in record.kinds) else ()
    return {entry.id for entry in listed}, publication_list.kind_anchors(listed)


def check_entry_ids(page: SourcePage, targets: LinkTargets) -> Iterator[Diagnostic]:
    """Yield the entries whose id is also that of a heading, or of another part, of a page that shows them."""
    ids, of_lists = targets.get_record_anchors(page)
    if not ids:
        return
    used = {*of_lists, *page.converted.ids, CONTENT_ANCHOR}
    for entry, origin in zip(targets.record, targets.record.origins, strict=True):
        if entry.id in used and entry.id in ids:
            place = "every page" if entry.id == CONTENT_ANCHOR else page.name
            message = f"the id {quote(entry.id)} is already an anchor of {place}."
            yield origin.diagnose(("id",), message, "Give the entry another id.", code="record.duplicate-id")


def list_generated_files(
    posts: Sequence[tuple[Post, Origin]],
    options: Options,
    settings: Mapping[str, Any],
    blog: BlogSettings | None,
    *,
    has_works: bool,
) -> tuple[frozenset[str], list[Diagnostic]]:
    """Return the paths of files that a build generates, and the feeds that would conflict.

    ``posts`` are the published posts. Feeds are unknown if ``mkdocs.yml`` names a function for slugs.
    """
    files = {SEARCH_PAGE, *enabled_files(options, has_works=has_works)}
    if blog is None or not blog.has_default_slugs or not settings.get("site_url"):
        return frozenset(files), []
    planned, clashes = feeds.plan_feeds(posts, options.feeds, slugify_name)
    if planned:
        files |= {feeds.FEEDS_PAGE, *(feed.path for feed in planned)}
    return frozenset(files), [clash.diagnose(clash.feed.posts[0][1]) for clash in clashes]


def check_links(page: SourcePage, targets: LinkTargets) -> Iterator[Diagnostic]:
    """Yield the links and images in the Markdown of a page that do not work."""
    source = page.markdown
    for link in source.links:
        fault = check_link(link, page, targets)
        # The scan takes indented code for text.
        if fault is not None and link.target in page.converted.targets:
            yield _diagnose(page, link.at, "image" if link.image else "link", fault)
    converted = page.load_conversion()
    if converted is not None:
        images = {url for url, _ in converted.images}
        # Links that the scan does not see, such as those of included files.
        for url in sorted(converted.targets - {link.target for link in source.links}):
            link = Link(url, "", url in images, source.find_url(url))
            if not _is_generated(url) and (fault := check_link(link, page, targets)) is not None:
                yield _diagnose(page, link.at, "image" if link.image else "link", fault)
    for url in page.other_image_urls:
        if (fault := _check_host(url, targets)) is not None:
            yield _diagnose(page, source.find_url(url), "image", fault)
    # Text that is included, or appended to every page, may define references.
    may_include = source.includes_files or "auto_append" in str(targets.settings.get("markdown_extensions"))
    for reference, at in () if may_include else source.undefined_references:
        if f"]{reference}" in page.converted.text:
            yield page.diagnose(
                at,
                "link",
                f"the reference {quote(reference)} is not defined.",
                "Add a line such as '[id]: page.md', or write \\[ for a bracket.",
                code="link.undefined-reference",
            )


def check_html_links(page: SourcePage, targets: LinkTargets) -> Iterator[Diagnostic]:
    """Yield the links and images in the HTML of a page that do not work.

    MkDocs does not change URLs in HTML: browsers resolve them against the URL of the page. Those in Markdown
    inside HTML are relative to the source instead. A URL that may work in either way is accepted.
    """
    for tag, attributes, at in page.markdown.html_elements:
        for url, is_loaded in _iter_urls(tag, attributes):
            fault = check_link(Link(url, "", is_loaded, at), page, targets)
            # The theme has anchors that begin with two underscores. The scan takes indented code for HTML.
            if (
                fault
                and not url.startswith("#__")
                and not _may_exist(url, targets)
                and f"<{tag}" in page.converted.html.lower()
            ):
                field = "link" if not is_loaded else "image" if tag in _IMAGE_TAGS else tag
                yield _diagnose(page, at, field, fault)


def _is_generated(url: str) -> bool:
    """Whether an extension has generated a link."""
    return AMP_SUBSTITUTE in url or url.startswith(_FOOTNOTE_REFERENCE)


def list_site_links(page: SourcePage) -> list[tuple[str, bool]]:
    """Return every URL of a page that leads to the site, and whether it is that of an image, sorted."""
    images = {url for url, _ in page.converted.images}
    urls = {(link.target, link.image) for link in page.markdown.links}
    urls |= {(url, url in images) for url in page.converted.targets if not _is_generated(url)}
    for tag, attributes, _ in page.markdown.html_elements:
        urls.update(_iter_urls(tag, attributes))
    return sorted((url, image) for url, image in urls if not _ABSOLUTE_URL.match(url))


def are_site_links_valid(urls: Collection[tuple[str, bool]], page: SourcePage, targets: LinkTargets) -> bool:
    """Whether none of these URLs, from `list_site_links`, has a fault."""
    return all(check_link(Link(url, "", image, at=0), page, targets) is None for url, image in urls)


def _diagnose(page: SourcePage, at: int, field: str, fault: Fault) -> Diagnostic:
    return page.diagnose(at, field, fault.message, fault.hint, code=fault.code)


def check_file(target: str, page: str, targets: LinkTargets) -> Fault | None:
    """Return the fault of a path below the documents folder; None if it exists or is the URL of another site.

    ``page`` is the path of the page that refers to it.
    """
    if (invalid := _check_url(target)) is not None:
        return invalid
    path, documents = unquote(target.partition("#")[0]), targets.documents
    if not path or _ABSOLUTE_URL.match(target) or path in documents.files or path in targets.generated:
        return None
    return _missing_file(target, path, "", page, targets)


def check_post_link(target: str, page: str, targets: LinkTargets) -> Fault | None:
    """Return the fault of one of a post's ``links`` in front matter, which Material's blog resolves.

    It accepts no percent-encoding, no host without a scheme, and only anchors of headings.
    """
    if (fault := check_file(target, page, targets)) is not None or urlsplit(target).scheme:
        return fault
    parts, documents = urlsplit(target), targets.documents
    if parts.path not in documents.files and parts.path not in targets.generated:
        hint = "Write the path of the file as it is, or a full URL such as https://example.org/."
        return Fault(f"there is no {quote(target)}.", hint, "link.missing-file")
    linked = documents.pages.get(parts.path)
    ids = linked.converted.heading_ids if linked is not None and parts.fragment else []
    if linked is None or not parts.fragment or parts.fragment in ids:
        return None
    message = f"{linked.name} has no heading {quote('#' + parts.fragment)}."
    return Fault(message, did_you_mean(parts.fragment, ids), "link.broken-anchor")


def check_link(link: Link, page: SourcePage, targets: LinkTargets) -> Fault | None:
    """Return the fault of a link in the Markdown of a page; None if it works.

    An image must not be loaded from another host.
    """
    target = link.target
    if not target:
        example = "![A bridge](bridge.jpg)" if link.image else "[a page](page.md)"
        return Fault("has no target.", f"Write it in the parentheses, as in {example}.", "link.empty")
    if (invalid := _check_url(target)) is not None:
        return invalid
    if target.lower().startswith(_ATTACHMENT):
        message = f"{quote(target)} is not attached to a cell of a notebook."
        return Fault(message, "", "link.missing-attachment")
    if _ABSOLUTE_URL.match(target):
        return _check_host(target, targets) if link.image else None
    path, _, anchor = target.partition("#")
    path = unquote(path.partition("?")[0])
    if path.startswith("/"):
        if targets.allows_absolute:
            return None
        bare, files = path.strip("/"), targets.documents.files
        source = next((name for name in (bare, *_source_paths(bare)) if name in files), bare)
        relative = posixpath.relpath(source or ".", posixpath.dirname(page.path) or ".")
        message = f"{quote(target)} begins with '/', which is the root of the server and not of this site."
        hint = f"Write {quote(relative + (f'#{anchor}' if anchor else ''))}."
        return Fault(message, hint, "link.absolute-path")
    if not path:
        return _check_anchor(anchor, page, page, targets) if anchor else None
    folder = posixpath.dirname(page.path)
    resolved = posixpath.normpath(posixpath.join(folder, path))
    if resolved in targets.generated:
        return None
    if resolved not in targets.documents.files:
        if is_generated_view(resolved, targets):
            return None
        return _missing_file(target, resolved, folder, page.path, targets)
    linked = targets.documents.pages.get(resolved)
    if linked is None:
        return None
    if linked.name in targets.unpublished and page.name not in targets.unpublished:
        message = f"{quote(target)} is not published yet, so readers cannot open it."
        return Fault(message, "", "link.unpublished")
    return _check_anchor(anchor, linked, page, targets) if anchor else None


def is_generated_view(path: str, targets: LinkTargets) -> bool:
    """Whether a path below the documents folder may be that of a list of posts, which the blog generates."""
    blog = targets.blog
    if blog is None or not path.endswith(MARKDOWN):
        return False
    inside_blog = posixpath.relpath(path, blog.folder)
    if inside_blog.startswith(f"{ARCHIVE_URL}/"):
        return "{date}" in blog.archive
    return path == blog.archive_page() or bool(_GENERATED_VIEW.match(inside_blog))


def _check_url(url: str) -> Fault | None:
    """Check that a URL can be parsed (RFC 3986): MkDocs stops with an exception otherwise."""
    if is_valid_url(url):
        return None
    return Fault(
        f"{quote(url)} is not a valid URL: its host is malformed.",
        "Write a URL such as https://example.org/.",
        "link.invalid-url",
    )


def _check_host(url: str, targets: LinkTargets) -> Fault | None:
    """Check that a page loads a URL from an allowed host: any other host would learn about every reader."""
    parts = urlsplit(url if is_valid_url(url) else "")
    host = parts.hostname
    if parts.scheme not in ("", "http", "https") or not host or host in targets.allowed_hosts:
        return None
    return Fault(
        f"is loaded from {host}, which learns about everyone who reads the page.",
        "Copy the file into this site, or add the host to extra.portfolio.other_hosts in mkdocs.yml.",
        "link.external-content",
    )


def _missing_file(target: str, path: str, folder: str, page: str, targets: LinkTargets) -> Fault:
    """Describe a missing file; suggest the page of a URL, a file of that name, or one of a similar name."""
    files = targets.documents.files - {page}
    bare = path.rstrip("/")
    match = next((source for source in _source_paths(bare) if source in files), None)
    if match is None:
        name = posixpath.basename(bare)
        same_name = sorted(file for file in files if posixpath.basename(file) == name)
        match = same_name[0] if len(same_name) == 1 else _find_similar(name, files)
    hint = suggest(*(posixpath.relpath(name, folder or ".") for name in (path, match))) if match else ""
    is_feed = path == feeds.FEEDS_PAGE or path.startswith("feeds/") or path == "feed.json"
    if is_feed and not targets.settings.get("site_url"):
        hint = "Feeds need a site_url in mkdocs.yml."
    return Fault(f"there is no {quote(target)}.", hint, "link.missing-file")


def _find_similar(name: str, files: Collection[str]) -> str | None:
    """Return the file with the same suffix whose name is most similar, if it is similar enough."""
    stem, suffix = posixpath.splitext(name)
    candidates = sorted((file for file in files if file.endswith(suffix or MARKDOWN)), reverse=True)
    by_stem = {posixpath.splitext(posixpath.basename(file))[0]: file for file in candidates}
    match = closest_match(stem, by_stem, _MIN_SIMILARITY)
    return by_stem[match] if match else None


def _check_anchor(anchor: str, linked: SourcePage, page: SourcePage, targets: LinkTargets) -> Fault | None:
    anchor = unquote(anchor)
    generated_ids = targets.get_generated_ids(linked)
    if anchor in linked.likely_ids or anchor in generated_ids:
        return None
    if linked.markdown.lists_tags and not targets.has_default_tag_anchors:
        return None
    if not targets.has_default_ids or anchor in linked.converted.ids:
        return None
    if targets.incomplete and linked.template in RECORD_TEMPLATES:
        return None
    subject = "this page" if linked is page else linked.name
    hint = did_you_mean(anchor, {*linked.converted.ids, *generated_ids})
    return Fault(f"{subject} has no {quote('#' + anchor)}.", hint, "link.broken-anchor")


def _iter_urls(tag: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """Yield each URL in an HTML element, and whether a browser loads it when the page opens."""
    relations = attributes.get("rel", "").lower().split() if tag == "link" else []
    loads_href = tag in _LOADING_TAGS or not _LOADING_RELATIONS.isdisjoint(relations)
    for name in _URL_ATTRIBUTES:
        value = attributes.get(name, "").strip()
        for url in _SRCSET_URL.findall(value) if name.endswith("srcset") else [value]:
            if url:
                yield url, loads_href or not name.endswith("href")


def _may_exist(url: str, targets: LinkTargets) -> bool:
    """Whether a URL in HTML may work, resolved against the URL of its page, which is not known exactly."""
    path = unquote(url.partition("#")[0].partition("?")[0])
    # Anchors, absolute paths and full URLs do not depend on the URL of the page.
    if not path or path.startswith("/") or ":" in path:
        return False
    rest = _LEADING_DOTS.sub("", path)
    if rest in ("", ".", "..") or _THEME_FILE.match(rest) or _GENERATED_VIEW.search(rest):
        return True
    candidates = [rest]
    bare = rest.removesuffix("index.html").removesuffix(".html").rstrip("/")
    if rest.endswith((".html", "/")) or not posixpath.splitext(bare)[1]:
        if not bare or None in targets.post_urls.values():
            return True
        candidates += [*_source_paths(bare), f"{bare}/"]
    paths = [*targets.documents.files, *targets.generated, *targets.post_urls.values()]
    return any(f"/{path}".endswith(f"/{candidate}") for candidate in candidates for path in paths)


def _source_paths(path: str) -> list[str]:
    """Return the paths that the source of a page can have, from the path of its URL."""
    return [f"{path}{end}" for end in MARKDOWN] + [posixpath.join(path, f"index{end}") for end in MARKDOWN]
