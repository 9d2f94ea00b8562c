"""What this site has for the lists, feeds and further URLs of the old one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from portfolio.core.text import slugify_name
from portfolio.importer.model import ImportedSite, ListKind, OldList
from portfolio.importer.old_site import is_alias_path
from portfolio.importer.project import Project
from portfolio.lint.links import TAG_ANCHOR
from portfolio.record.kinds import PROJECTS, PROJECTS_PAGE
from portfolio.redirects.url_paths import file_for_alias, find_answer

_PLACEHOLDERS: Mapping[ListKind, str] = {
    "category": "category",
    "category feed": "category",
    "tag": "tag",
    "tag feed": "tag",
    "archive": "year",
}
# The template of the page that answers a URL whose last part has a usual name, or the kind that it lists.
_TEMPLATES = {
    "about": "home.html",
    "cv": "cv.html",
    "resume": "cv.html",
    "vita": "cv.html",
    "papers": "publications",
    "publications": "publications",
    "portfolio": "projects",
    "projects": "projects",
    "code": "software",
    "repositories": "software",
    "software": "software",
    "talks": "talks",
    "timeline": "timeline.html",
}
_LISTS: Mapping[str, ListKind] = {
    "archive": "archive",
    "archives": "archive",
    "blog": "index",
    "categories": "categories",
    "posts": "index",
    "tags": "tags",
}


@dataclass
class SiteLists:
    """The lists and feeds that this site has after the import of a site into a project."""

    site: ImportedSite
    project: Project

    def find(self, old: str, old_list: OldList) -> str:
        """Return what replaces a list at an old path: a page as links in Markdown name it, or a feed."""
        blog, slug = self.project.blog, slugify_name(old_list.name)
        folder = blog.folder if blog else ""
        feeds, names = self.project.site.options.feeds, self._published_names
        if old_list.kind.endswith("feed"):
            if old_list.kind == "category feed" and feeds.category and slug in names["category"]:
                return feeds.category.format(category=slug)
            if old_list.kind == "tag feed" and feeds.tag and slug in names["tag"]:
                return feeds.tag.format(tag=slug)
            return feeds.json_feed if old.endswith(".json") and feeds.json_feed else feeds.all
        if old_list.kind == "category" and slug in names["category"]:
            return posixpath.join(folder, "category", f"{slug}.md")
        if old_list.kind == "archive" and blog and blog.archive and names["year"]:
            return blog.archive_page(slug if slug in names["year"] else "")
        if old_list.kind in ("tag", "tags") and self.project.tags_page:
            has_anchor = old_list.kind == "tag" and slug in names["page tag"]
            return self.project.tags_page + (f"#{TAG_ANCHOR}{slug}" if has_anchor else "")
        if old_list.kind in ("publications", "talks", "projects"):
            return self._find_record_page(old_list.kind) or "index.md"
        return posixpath.join(folder, "index.md") if blog else "index.md"

    @cached_property
    def replaced_urls(self) -> dict[str, str]:
        """What replaces the lists and the further URLs of the old site, by their paths."""
        replaced = {old: self.find(old, old_list) for old, old_list in self.site.lists.items()}
        for old in sorted(self.site.old_urls - replaced.keys() - self.site.files.keys()):
            if new := self._find_page(old):
                replaced[old] = new
        return replaced

    def _find_page(self, old: str) -> str:
        """Return the page of this site that has an old URL, or whose subject its usual name says."""
        if own := self.project.find_own_answer(old):
            return own
        name = re.sub(r"(?:/|/index\.html?|\.html?)$", "", unquote(old)).rpartition("/")[2].lower()
        if template := _TEMPLATES.get(name):
            return self._find_record_page(template)
        return self.find(old, OldList(_LISTS[name])) if name in _LISTS else ""

    def _find_record_page(self, template: str) -> str:
        """Return the page with a template or kind of entries; empty if there is none.

        Projects and software can have the same page.
        """
        pages = dict(self.project.page_of_template)
        if self.project.generates_projects_page:
            pages[PROJECTS] = PROJECTS_PAGE
        fallback = {"projects": "software", "software": "projects"}.get(template, "")
        return pages.get(template) or pages.get(fallback, "")

    def list_aliases(self, answered: Collection[str]) -> dict[str, str]:
        """Return the old paths of lists and feeds with their new ones, as patterns where slugs agree.

        ``answered`` are the files of the site that old URLs of pages have.
        """
        aliases: dict[str, str] = {}
        patterns: dict[str, str] = {}
        for old, new in sorted(self.replaced_urls.items()):
            if not is_alias_path(old) or self.project.find_own_answer(old):
                continue
            old_list = self.site.lists.get(old)
            if old_list is None:
                if find_answer(unquote(old), answered) is None:
                    aliases[old] = new
                continue
            if file_for_alias(unquote(old), is_copy=old_list.kind.endswith("feed")) == new:
                continue
            slug, word = slugify_name(old_list.name), _PLACEHOLDERS.get(old_list.kind, "")
            is_named = slug and slug in self._published_names.get(word, ())
            if is_named and old.count(slug) == 1 and new.count(slug) == 1:
                patterns.setdefault(old.replace(slug, f"{{{word}}}"), new.replace(slug, f"{{{word}}}"))
            else:
                aliases[old] = new
        return {**patterns, **aliases}

    @cached_property
    def _published_names(self) -> dict[str, set[str]]:
        """The slugs of categories and tags, and the years, of the posts that will be published.

        "page tag" has the tags of pages as well.
        """
        pages = [page for page in self.site.pages if page.is_post and not page.draft and page.created]
        posts = [post for post in self.project.site.record.posts if not post.draft]
        names = [
            *((item.categories, item.tags) for item in pages),
            *((item.categories, item.tags) for item in posts),
        ]
        tags = {slugify_name(name) for _, tags in names for name in tags}
        other_pages = (page for page in self.site.pages if not page.is_post and not page.draft)
        return {
            "category": {slugify_name(name) for categories, _ in names for name in categories},
            "tag": tags,
            "page tag": tags | {slugify_name(name) for page in other_pages for name in page.tags},
            "year": {
                *(str(page.created.year) for page in pages if page.created),
                *(str(post.date.year) for post in posts if post.date),
            },
        }
