"""The check of a whole site, as a build, ``make check`` and the live preview run it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.blog.publication_status import list_unpublished
from portfolio.blog.urls import BlogSettings, read_blog_settings
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.config import Site
from portfolio.core.cache import CacheFile, FileCache, cache_key, code_fingerprint
from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.markdown_scan import Link
from portfolio.exports import has_works
from portfolio.images.catalog import ImageCatalog
from portfolio.lint import cv_rules, inventory, links, nav_rules, page_rules, post_rules, second_opinion
from portfolio.lint.conversions import PACKAGES, Conversions
from portfolio.lint.documents import Documents, SourcePage, read_documents, read_page
from portfolio.lint.similar_names import check_project_tags
from portfolio.markdown_ext import limits
from portfolio.record.kinds import PROJECTS, PROJECTS_PAGE
from portfolio.record.models import Fact, Post, Project, Publication
from portfolio.record.people import Profile, ProfileDetails
from portfolio.record.record import Origin
from portfolio.redirects import aliases
from portfolio.sources import loader, mkdocs_yml, mkdocs_yml_checks
from portfolio.sources.posts import check_page_front_matter, read_post

if TYPE_CHECKING:
    from portfolio.redirects.published_site import PublishedSite
    from portfolio.redirects.url_lock import Comparison
    from portfolio.redirects.url_paths import UrlPath


_PACKAGES = (*PACKAGES, "citeproc-py", "markdown-it-py", "pydantic", "PyYAML", "bibtexparser", "pylatexenc")


def open_cache(root: Path) -> CacheFile:
    """Return the cache of the files of a site that have no problem, in the folder of the project.

    `config.load_site` has what it loads from them there, and `SiteChecker` their links.
    """
    code = code_fingerprint(modules=(__name__,), packages=_PACKAGES)
    return CacheFile(root / ".cache/checks/files", code)


def check_site(
    site: Site, paths: mkdocs_yml.SitePaths, config: Path, now: datetime, cache: CacheFile | None = None
) -> list[Diagnostic]:
    """Return every diagnostic of the pages, posts and feeds, sorted; see `SiteChecker`."""
    return SiteChecker(site, paths, config, now, cache or CacheFile()).check()


@dataclass
class SiteChecker:
    """Checks the pages, posts and feeds of a site. ``config`` is its ``mkdocs.yml``; ``now`` has a time zone.

    It reads everything when it is first used. After an edit of a page, `check_page` checks that page alone
    and needs some milliseconds. After any other change, such as one of the record, of ``mkdocs.yml`` or of
    the set of files, create a new one: conversions are stored in ``.cache/checks``, so only pages whose
    inputs changed are converted again. Nothing is written elsewhere, and no network is used. With ``cache``,
    from `open_cache`, only the links of an unchanged page that had no problem are checked again.

    A build checks first with ``convert=False``: pages without a stored conversion are checked by a scan.
    It stores the conversions that it makes itself, by ``conversions.store``, and calls `check_pending` after
    that.
    """

    site: Site
    paths: mkdocs_yml.SitePaths
    config: Path
    now: datetime
    cache: CacheFile = field(default_factory=CacheFile)
    _pending: list[SourcePage] = field(default_factory=list)

    def check(self, *, convert: bool = True) -> list[Diagnostic]:
        """Return every diagnostic of the site, sorted.

        Without ``convert``, pages whose conversion is not stored are left for `check_pending`, except for the
        faults that a scan suspects.
        """
        diagnostics: list[Diagnostic] = []
        for page in self._documents.pages.values():
            if self._has_stayed_clean(page):
                continue
            if not convert and page.load_conversion() is None:
                self._pending.append(page)
                diagnostics += self._check_page(page, complete=False)
            else:
                diagnostics += self._check_whole_page(page)
        self.cache.save()
        diagnostics += page_rules.check_destinations(self._targets)
        diagnostics += nav_rules.check_nav(mkdocs_yml.load(self.config)[0], self._targets)
        diagnostics += cv_rules.check_cvs(self.site, self.paths, self.config, self._documents.files)
        declared, gone = self.declared_aliases
        if declared or gone:
            diagnostics += aliases.plan_redirects(declared, gone, self.inventory, self.site_url)[1]
        if self._blog is not None:
            diagnostics += post_rules.check_posts(
                self._targets, self._blog, self.paths, self.site.options.distinct_names
            )
        # A misspelt category or tag often has the same feed as the correct one, too.
        similar = {
            (diagnostic.path, diagnostic.line, diagnostic.column)
            for diagnostic in diagnostics
            if diagnostic.code == "post.similar-name"
        }
        diagnostics += (
            diagnostic
            for diagnostic in self._generated[1]
            if (diagnostic.path, diagnostic.line, diagnostic.column) not in similar
        )
        glossary = self.paths.data / loader.GLOSSARY_FILE
        diagnostics += loader.load_glossary(glossary, self.paths.root)[1]
        diagnostics += self._check_pictures()
        diagnostics += check_project_tags(self.site.record, self.site.options.distinct_names)
        diagnostics += self._documents.diagnostics.values()
        diagnostics += mkdocs_yml_checks.check_settings(self.config)
        return self._sort(diagnostics)

    def _sort(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return diagnostics sorted, without those that follow from a file that cannot be read."""
        follow = ("citation.unknown-key",) if Publication in self.site.incomplete else ()
        return sorted({diagnostic for diagnostic in diagnostics if diagnostic.code not in follow})

    def _check_pictures(self) -> Iterator[Diagnostic]:
        """Check the pictures of entries and of the owner: each is an image of the site, and described."""
        site = self.site
        named: list[tuple[Origin, str, Fact | ProfileDetails]] = [
            (origin, "image", entry)
            for entry, origin in zip(site.record, site.record.origins, strict=True)
            if isinstance(entry, Fact)
        ]
        named.append((Origin(site.details_file, ()), "picture", site.details))
        for origin, key, model in named:
            if not (path := getattr(model, key, None)):
                continue
            image = self._images.find("", path)
            if image is None:
                message = f"there is no image {quote(path)} in {self.paths.docs.name}."
                hint = did_you_mean(path, self._documents.files) or "Write its path from there."
                yield origin.diagnose((key,), message, hint, code="record.broken-link")
            elif isinstance(image, str):
                yield origin.diagnose((key,), f"{quote(path)} {image}", code="image.unusable")
            if not getattr(model, f"{key}_alt"):
                message, hint = "has no alternative text.", f"Write in {key}_alt what it shows."
                yield origin.diagnose((key,), message, hint, code="image.missing-alt")

    def check_pending(self) -> list[Diagnostic]:
        """Return the diagnostics of the pages that `check` left, sorted; it converts those not stored yet."""
        pending, self._pending = self._pending, []
        diagnostics = [diagnostic for page in pending for diagnostic in self._check_whole_page(page)]
        self.cache.save()
        return self._sort(diagnostics)

    def check_page(self, path: Path) -> list[Diagnostic]:
        """Return the diagnostics of the text of one page, sorted, as its file is now.

        Links are checked against the files and anchors of the last check. Of a page that the last check did
        not have, only the front matter is checked.
        """
        if not path.is_relative_to(self.paths.docs):
            return []
        name = path.relative_to(self.paths.docs).as_posix()
        of_front_matter = self._check_post_front_matter(path)
        if name not in self._documents.files:
            return sorted(of_front_matter)
        read_page(self._documents, name, self.paths, self.conversions)
        self._documents.__dict__.pop("by_name", None)
        page = self._documents.pages.get(name)
        if page is None:
            return [self._documents.diagnostics[name]] if name in self._documents.diagnostics else []
        return self._sort([*of_front_matter, *self._check_page(page)])

    def is_broken_anchor(self, path: str, url: str) -> bool:
        """Whether a URL on the page at a path leads to a page without its anchor."""
        page = self._documents.pages.get(path)
        if page is None:
            return False
        fault = links.check_link(Link(url, "", image=False, at=0), page, self._targets)
        return fault is not None and fault.code == "link.broken-anchor"

    def _check_post_front_matter(self, path: Path) -> list[Diagnostic]:
        """Check the front matter of a post as its file is now, as loading the record does."""
        folder, root = self.paths.posts, self.paths.root
        if folder is None or not path.is_relative_to(folder) or path.suffix not in mkdocs_yml.MARKDOWN:
            return []
        text = read_text(path, root, optional=True)
        if not isinstance(text, str) or not text:
            return []
        return read_post(display_path(path, root), text, path.relative_to(folder))[2]

    @cached_property
    def conversions(self) -> Conversions:
        """The conversions of this site's pages."""
        names, options = mkdocs_yml.read_markdown_extensions(self.config)
        cache = FileCache(self.paths.root / ".cache/checks")
        return Conversions(
            self.paths.root,
            names,
            options,
            lambda page, url: self._images.find(page, url),
            cache,
            self.site.options.macros,
            loader.load_glossary(self.paths.data / loader.GLOSSARY_FILE, self.paths.root)[0],
            lambda: Library(self.site.works, CitationFormatter(self.site.options.style), Profile("")),
            self._find_story_title,
        )

    def _find_story_title(self, path: str) -> str | None:
        story = self.site.record.find_story(path)
        return story.name if story is not None else None

    @cached_property
    def declared_aliases(self) -> tuple[list[aliases.Alias], list[aliases.GoneUrl]]:
        """The aliases of the site, and the URLs that are declared gone."""
        of_site, gone = aliases.read_settings(self.config)
        return [*inventory.list_page_aliases(self._targets), *of_site], gone

    @cached_property
    def inventory(self) -> aliases.Inventory:
        """What a build of the site has."""
        return inventory.take_inventory(self._targets, self.paths)

    def compare_urls(self, site: PublishedSite, locked: Collection[UrlPath]) -> Comparison:
        """Return the comparison of URLs with a built site. ``locked`` are the URLs in the lock."""
        from portfolio.redirects.url_lock import Comparison

        sources = inventory.list_page_sources(self._targets, self.inventory)
        unpublished = inventory.list_unpublished_pages(self._targets)
        return Comparison(site, self.declared_aliases[1], locked, sources, unpublished)

    def list_published(self, site: PublishedSite) -> set[UrlPath]:
        """Return the URLs of a built site that belong into its lock."""
        from portfolio.redirects.url_lock import list_published

        own = inventory.list_own_files(self._targets, self.inventory)
        return list_published(site, own, inventory.list_unpublished_pages(self._targets))

    @property
    def site_url(self) -> str:
        """The URL of the site, or an empty text."""
        return str(self._settings.get("site_url") or "")

    @cached_property
    def _images(self) -> ImageCatalog:
        documents = self._documents

        def read(name: str) -> bytes:
            content = documents.generated.get(name)
            return (self.paths.docs / name).read_bytes() if content is None else content

        return ImageCatalog(
            documents.files - documents.diagnostics.keys(),
            read,
            FileCache(self.paths.root / ".cache/images"),
            check_only=True,
        )

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return mkdocs_yml.read_settings(self.config)

    @cached_property
    def _blog(self) -> BlogSettings | None:
        return read_blog_settings(self._settings)

    @cached_property
    def _documents(self) -> Documents:
        return read_documents(self.paths, self._settings, self.conversions)

    @cached_property
    def _unpublished(self) -> set[str]:
        statuses = list_unpublished(self.site.record.posts, self.now, self.site.options.zone)
        return {status.post.path for status in statuses}

    @cached_property
    def _generated(self) -> tuple[frozenset[str], list[Diagnostic]]:
        record = self.site.record
        published = [
            (entry, origin)
            for entry, origin in zip(record, record.origins, strict=True)
            if isinstance(entry, Post) and entry.path not in self._unpublished
        ]
        # If the file cannot be read, the build may generate them after all.
        may_have_works = has_works(record) or Publication in self.site.incomplete
        files, clashes = links.list_generated_files(
            published, self.site.options, self._settings, self._blog, has_works=may_have_works
        )
        may_have_page = self.needs_projects_page or (
            Project in self.site.incomplete and not self._has_projects_page
        )
        return (files | {PROJECTS_PAGE} if may_have_page else files), clashes

    @property
    def needs_projects_page(self) -> bool:
        """Whether a build generates a page of projects: there are some, no page lists them or has its URL."""
        return bool(self.site.record.all_projects) and not self._has_projects_page

    @cached_property
    def _has_projects_page(self) -> bool:
        pages = self._documents.pages
        with_its_url = (PROJECTS_PAGE, *(f"{PROJECTS}/{name}.md" for name in ("index", "README")))
        return not pages.keys().isdisjoint(with_its_url) or any(
            page.listed_kind == PROJECTS for page in pages.values()
        )

    @property
    def listed_kinds(self) -> set[str]:
        """The kinds of entries that have a page of their own."""
        return self._targets.listed_kinds

    @cached_property
    def _targets(self) -> links.LinkTargets:
        options = self.site.options
        return links.LinkTargets(
            self._documents,
            self.site.record,
            self._settings,
            self._blog,
            self._unpublished,
            self._generated[0],
            options.other_hosts,
            self._posts_folder,
            self.site.incomplete,
        )

    @cached_property
    def _posts_folder(self) -> str | None:
        posts, docs = self.paths.posts, self.paths.docs
        if posts is None or not posts.is_relative_to(docs):
            return None
        return f"{posts.relative_to(docs).as_posix()}/"

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(kind.name for kind in self.site.record.kinds)

    @cached_property
    def _statuses(self) -> frozenset[str]:
        return page_rules.read_statuses(self._settings)

    @cached_property
    def _template_folders(self) -> tuple[Path, ...]:
        return page_rules.read_template_folders(self._settings, self.paths)

    def _check_front_matter(self, page: SourcePage) -> list[Diagnostic]:
        """Check the front matter of a page that is no post; that of posts was checked with the record."""
        if self._posts_folder is not None and page.path.startswith(self._posts_folder):
            return []
        inputs = ("front matter", page.name, page.markdown.front_matter)
        if self.cache.get(inputs):
            return []
        diagnostics = check_page_front_matter(page.name, page.markdown.source)
        if not diagnostics:
            self.cache.put(inputs, True)
        return diagnostics

    def _has_stayed_clean(self, page: SourcePage) -> bool:
        """Whether a page had no problem in an earlier check, and still has none."""
        stored = self.cache.get(self._list_inputs(page))
        if stored is None:
            return False
        inputs, urls = stored
        return self.conversions.are_current(page.path, inputs) and links.are_site_links_valid(
            urls, page, self._targets
        )

    def _check_whole_page(self, page: SourcePage) -> list[Diagnostic]:
        """Return the diagnostics of a page. If it has none, store its links, images and included files."""
        diagnostics = [*self._check_page(page)]
        if not diagnostics:
            urls = links.list_site_links(page)
            if links.are_site_links_valid(urls, page, self._targets):
                inputs = self.conversions.get_inputs(page.path)
                self.cache.put(self._list_inputs(page), (inputs, urls))
        page.release()
        return diagnostics

    def _list_inputs(self, page: SourcePage) -> tuple[str, ...]:
        """Return what the diagnostics of a page depend on, besides its links, images and included files."""
        title = self._find_story_title(page.path)
        conversion = self.conversions.key(page.path, page.markdown.source, title)
        template = ""
        if page.template is not None:
            is_known = page_rules.has_known_template(page, self._template_folders)
            anchors = [sorted(ids) for ids in self._targets.get_record_anchors(page)]
            template = repr((is_known, sorted(self._kinds), anchors))
        return "clean", self._settings_key, conversion, template

    @cached_property
    def _settings_key(self) -> str:
        # Each page has it in its key, and the settings are long.
        return cache_key(repr(self._settings))

    def _check_page(self, page: SourcePage, *, complete: bool = True) -> Iterator[Diagnostic]:
        """Yield the diagnostics of a page; unless ``complete``, only those that a scan finds."""
        if (excess := limits.find_excess(page.markdown.text)) is not None:
            yield from page.locate_errors([excess])
            return
        of_page: list[Diagnostic] = [*page.locate_errors(page.converted.errors)] if complete else []
        try:
            with limits.limit_time():
                of_page += self._check_front_matter(page)
                of_page += links.check_links(page, self._targets)
                of_page += links.check_html_links(page, self._targets)
                of_page += page_rules.check_page(
                    page, self._documents, self._template_folders, self._kinds, self._statuses
                )
                if complete:
                    of_page += links.check_entry_ids(page, self._targets)
                    of_page += [*second_opinion.check_page(page, of_page)]
        except limits.OutOfTime:
            of_page += page.locate_errors([limits.find_slow_part(page.markdown.text)])
        # A line of a notebook whose conversion has a diagnostic needs no second one.
        reported = {problem.line for problem in page.notebook.diagnostics} if page.notebook else set()
        yield from (diagnostic for diagnostic in of_page if diagnostic.line not in reported)
