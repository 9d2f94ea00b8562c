"""Plans which files of this site an imported site becomes: their paths, front matter and links.

Nothing is written here. `plan_import` returns the files, and every problem that it finds is in them.
"""

from __future__ import annotations

import errno
import html
import json
import multiprocessing
import os
import posixpath
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property, partial
from itertools import chain
from typing import Any, Literal, TypeVar
from urllib.parse import unquote

import yaml
from pathspec import GitIgnoreSpec

from portfolio.core.cache import FileCache
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.core.files import display_path, read_text
from portfolio.core.positions import Lines
from portfolio.core.text import (
    MAX_SLUG_BYTES,
    find_control,
    find_similar,
    is_reserved,
    slugify_name,
    slugify_title,
)
from portfolio.images.catalog import ImageCatalog
from portfolio.importer import body_text, settings_text
from portfolio.importer.embedded_images import extract_images
from portfolio.importer.html_to_markdown import convert_verified
from portfolio.importer.markdown_text import Link, remove_unsafe_html, rewrite_links, rewrite_text_cells
from portfolio.importer.model import (
    ImportedEntry,
    ImportedPage,
    ImportedProfile,
    ImportedRecord,
    ImportedSite,
)
from portfolio.importer.old_site import OldSite, Target, encode_path, is_alias_path, normalize_path
from portfolio.importer.planned import Plan, PlannedFile, PlannedPage, clean_line
from portfolio.importer.project import Project
from portfolio.importer.readers import Progress
from portfolio.importer.record_merge import merge_record
from portfolio.importer.site_lists import SiteLists
from portfolio.importer.values import unused_name
from portfolio.record.kinds import PROJECTS_PAGE, story_paths
from portfolio.record.models import Post, id_from
from portfolio.record.people import Profile, list_accounts
from portfolio.redirects.url_paths import file_for_alias
from portfolio.sources.mkdocs_yml import MARKDOWN, NOTEBOOK
from portfolio.sources.posts import FrontMatter, load_authors

# Where pages go whose path this site already uses.
_PAGES_FOLDER = "pages"
_DEFAULT_CATEGORY = "Uncategorized"
# A post of at most this length, without line breaks, is its own excerpt and needs no category.
_MAX_NOTE_LENGTH = 700
_MAX_TAGS = 100
_NAMES: tuple[Literal["categories", "tags"], ...] = ("categories", "tags")
# Fewer pages are converted faster than processes start.
_MIN_PAGES_FOR_WORKERS, _PAGES_OF_WORKER, _MAX_WORKERS = 100, 10, 8


P = TypeVar("P", ImportedEntry, ImportedProfile)


def plan_import(site: ImportedSite, project: Project, progress: Progress = lambda *_: None) -> Plan:
    """Plan the files that an imported site becomes. ``progress`` is called for each page."""
    return _Planner(site, project).plan(progress)


class _Planner:
    def __init__(self, site: ImportedSite, project: Project) -> None:
        self.site = extract_images(site, [_choose_name(page) for page in site.pages])
        self.project = project
        self.result = Plan()
        self.old = OldSite(site.url)
        self.lists = SiteLists(self.site, project)
        # Paths below the documents folder that are in use.
        self.used = set(project.own_files) | ({PROJECTS_PAGE} if project.generates_projects_page else set())
        # The paths below it that files of the old site get, and those files that are copied.
        self.file_paths: dict[str, str] = {}
        self.copied: set[str] = set()
        # The pages that answer URLs, new and old ones, by the files that are there.
        self.owners: dict[str, PlannedPage] = {}
        self.author_ids: dict[str, str] = {}
        # How categories and tags are spelled.
        self.spellings: dict[str, dict[str, str]] = {}
        # The ids that imported entries have in the record, by the identity of the entry.
        self.entry_ids: dict[int, str] = {}
        self.record_ids = {entry.id for entry in project.site.record if not isinstance(entry, Post)}
        self.images = ImageCatalog(
            self.used, self._read_image, FileCache(project.paths.root / ".cache/images"), check_only=True
        )
        # What `_finish_body` has returned last, with its arguments.
        self._finished: tuple[tuple[str, str], tuple[str, list[Diagnostic]]] | None = None
        self.conversions = replace(project.conversions, find_image=self.images.find)

    def _read_image(self, path: str) -> bytes:
        """Read an image of this site or one that will be copied. Raises OSError."""
        old_path = self._old_paths.get(path)
        if old_path is None:
            return (self.project.paths.docs / path).read_bytes()
        content = self.site.files[old_path]()
        if isinstance(content, Diagnostic):
            raise OSError(errno.EIO, content.message)
        return content

    @cached_property
    def _old_paths(self) -> dict[str, str]:
        return {path: old_path for old_path, path in self.file_paths.items()}

    def plan(self, progress: Progress) -> Plan:
        self._choose_paths()
        self._choose_file_paths()
        self._merge_record()
        self._choose_story_paths()
        self._add_targets()
        self._add_authors()
        self.spellings = {key: self._unify_names(key) for key in _NAMES}
        for planned in self.result.pages:
            self._write_front_matter(planned)
        self._write_bodies(progress)
        for path in self.site.old_urls & self.site.files.keys():
            self._copy(path)
        files = self.result.files
        for planned in self.result.pages:
            path = f"{self.project.docs_name}{planned.path}"
            files.append(PlannedFile(path, planned.page.source, planned.key, planned.content))
            self.result.problems += planned.problems
        for path in sorted(self.site.linked_files):
            self._copy(path)
        for old_path in sorted(self.copied):
            path, old = self.file_paths[old_path], normalize_path(old_path).strip("/")
            load = self.site.files[old_path]
            name = f"{self.project.docs_name}{path}"
            files.append(PlannedFile(name, old_path, _build_file_key(old_path), load=load))
            if path != old and old in self.project.own_outputs:
                message = f"this site has another file at {quote('/' + old)}, so this one is {name}."
                source = self.site.source_name
                problem = Diagnostic(source, 1, 1, "", message, code="import.duplicate", severity="warning")
                self.result.problems.append(problem)
        self._change_settings()
        self._list_old_urls()
        return self.result

    def _list_old_urls(self) -> None:
        """List what the old site answered: its pages, unless they are drafts now, lists and copied files."""
        urls = self.result.old_urls
        for planned in self.result.pages:
            if not planned.is_draft and not planned.front_matter.get("draft"):
                paths = (planned.page.url, *planned.page.aliases)
                urls.update(dict.fromkeys(filter(None, paths), planned.page.source))
        for path in (*self.site.lists, *self.site.old_urls, *self.copied):
            urls.setdefault(path, self.site.source_name)

    def _merge_record(self) -> None:
        """Add the entries, publications and profiles to the files of the record."""
        site, paths, settings = self.site, self.project.paths, self.project.settings
        posts = (planned.path for planned in self.result.pages if planned.page.is_post)
        ids = {id_from(path.rpartition("/")[2].rpartition(".")[0]) for path in posts}
        owner = Profile(
            str(settings.get("site_author") or ""),
            url=str(settings.get("site_url") or ""),
            accounts=list_accounts(self.project.site.options.social),
        )
        imported = ImportedRecord(
            [self._copy_picture(entry, "image") for entry in site.entries],
            site.bibliographies,
            [self._copy_picture(profile, "picture") for profile in site.profiles],
        )
        merged = merge_record(imported, paths, ids, owner)
        self.result.problems += merged.problems
        self.entry_ids = {id(entry): known for entry, known in zip(site.entries, merged.ids, strict=True)}
        for path, text in merged.texts.items():
            name = display_path(path, paths.root)
            self.result.files.append(PlannedFile(name, "", "record", text.encode(), is_shared=True))

    def _copy_picture(self, imported: P, field: str) -> P:
        """Copy the picture of a part of the record; return the part with its path on this site, if any."""
        data = dict(imported.data)
        url = str(data.pop(field, ""))
        if not url:
            return imported
        bare = url.removeprefix(self.site.url)
        path = self._copy(bare) or self._copy(f"/{bare.lstrip('/')}")
        place = imported.source, imported.line, 1, field
        if path is None:
            message = f"there is no file for the picture {quote(url)}, which is left out."
            hint = f"Save it in {self.project.docs_name}, and write its path as {field}."
            problem = Diagnostic(*place, message, hint, code="import.missing-file", severity="warning")
            self.result.problems.append(problem)
            return replace(imported, data=data)
        data[field] = path
        if isinstance(imported, ImportedEntry):
            data[field] = encode_path(path)
            if not data.get("image_alt"):
                name = data["image_alt"] = str(data.get("name", ""))
                message = f"the picture of {quote(name)} has no alternative text, and gets its name."
                hint = "Write in image_alt what it shows."
                problem = Diagnostic(*place, message, hint, code="import.incomplete", severity="warning")
                self.result.problems.append(problem)
        return replace(imported, data=data)

    # Paths and URLs

    def _choose_paths(self) -> None:
        """Choose the path of each page; those of earlier imports stay."""
        state, docs = self.project.state, self.project.docs_name
        pages: dict[str, ImportedPage] = {}
        for page in self.site.pages:
            if not page.is_post or self._can_have_posts(page):
                pages[unused_name(_build_page_key(page), pages)] = page
        # The other pages get none of these.
        self.used |= {path.removeprefix(docs) for key in pages if (path := state.keys.get(key))}
        for key, page in pages.items():
            path = state.keys.get(key, "").removeprefix(docs)
            if not path and page.project is None:
                path = self._post_path(page) if page.is_post else self._page_path(page)
            self.used.add(path)
            is_draft = page.draft and not page.is_post
            self.result.pages.append(PlannedPage(page, path, key, is_draft=is_draft))

    def _choose_story_paths(self) -> None:
        """Choose the paths of the pages about projects, which follow from the ids of these."""
        for planned in self.result.pages:
            if not planned.path:
                name = self.entry_ids.get(id(planned.page.project))
                paths = story_paths(name or "")
                is_free = name and self.used.isdisjoint(paths)
                planned.path = paths[0] if is_free else self._page_path(planned.page)
                self.used.add(planned.path)

    def _can_have_posts(self, page: ImportedPage) -> bool:
        if self.project.blog is not None and self.project.posts_folder:
            return True
        message, hint = "this site has no blog for this post.", "Add the blog plugin to mkdocs.yml."
        problem = Diagnostic(page.source, page.line, 1, "", message, hint, code="import.unsupported")
        self.result.problems.append(problem)
        return False

    def _post_path(self, page: ImportedPage) -> str:
        """Return the path of a post, with another name than the entries of the record have."""
        suffix = NOTEBOOK if page.format == "notebook" else ".md"
        name = _choose_name(page)
        if id_from(name) in self.record_ids:
            name += "-post"
        return _choose_free_path(f"{self.project.posts_folder}{name}{suffix}", self.used)

    def _page_path(self, page: ImportedPage) -> str:
        """Return the path with which the page has its old URL, or else one among other such pages."""
        bare = re.sub(r"(?:^|/)index$", "", re.sub(r"\.html?$", "", normalize_path(page.url).strip("/")))
        path = f"{bare}.md"
        blog = self.project.blog
        is_free = (
            bare
            and "?" not in bare
            and _is_safe_path(path)
            and not self.used & {path, f"{bare}/index.md"}
            and not (blog is not None and f"{path}/".startswith(f"{blog.folder}/"))
            and not self.project.excluded.match_file(path)
            and not is_reserved(bare)
        )
        if is_free:
            return path
        return _choose_free_path(f"{_PAGES_FOLDER}/{_choose_name(page)}.md", self.used)

    def _new_url(self, planned: PlannedPage) -> str:
        page = planned.page
        if not page.is_post:
            return f"{planned.path.removesuffix('.md')}/"
        blog = self.project.blog
        assert blog is not None
        created = page.created or self.project.today
        is_time = isinstance(created, datetime)
        post = Post(
            id="post",
            path=planned.path,
            date=created.date() if isinstance(created, datetime) else created,
            time=created if is_time else None,
            slug=planned.slug,
            categories=tuple(page.categories[:1]),
        )
        return blog.post_url(post, page.title) or ""

    def _choose_url(self, planned: PlannedPage, used: set[str]) -> None:
        """Choose the URL of a page; that of a post has another slug if it is in use."""
        name = planned.path.rpartition("/")[2].rpartition(".")[0]
        try:
            slug = FrontMatter(slug=planned.page.slug.strip("/")).slug
        except ValueError:
            slug = name
        numbered = (f"{name}-{number}" for number in range(2, len(used) + 3))
        for planned.slug in chain((slug, name), numbered):
            planned.url = self._new_url(planned)
            if not planned.page.is_post or f"{planned.url}index.html" not in used:
                break
        used.add(f"{planned.url}index.html")

    def _add_targets(self) -> None:
        pages = self.result.pages
        used = set(self.project.own_outputs)
        for planned in pages:
            self._choose_url(planned, used)
            self.owners.setdefault(file_for_alias(f"/{planned.url}"), planned)
        # The URL of a page takes precedence over the aliases of others.
        old_urls = [(planned, planned.page.url) for planned in pages]
        old_urls += [(planned, alias) for planned in pages for alias in planned.page.aliases]
        for planned, url in old_urls:
            if own := self.project.find_own_answer(url):
                self.old.add(url, "page", own)
            elif url:
                self.old.add(url, "page", planned.path)
                self.owners.setdefault(file_for_alias(unquote(url)), planned)
        for path, new in self.lists.replaced_urls.items():
            self.old.add(path, "list", new)
        for path in self.site.files:
            self.old.add(path, "file", path)

    # Front matter

    def _add_authors(self) -> None:
        """Find the ids of authors, and add those that this site does not have to its file of authors."""
        blog, root = self.project.blog, self.project.paths.root
        names = dict.fromkeys(name for page in self.site.pages if page.is_post for name in page.authors)
        if blog is None or blog.authors is None or not names:
            return
        path = self.project.paths.docs / blog.authors
        existing = load_authors(path, root)[0].data or {}
        self.author_ids = {
            str(author.get("name")).casefold(): id
            for id, author in existing.items()
            if isinstance(author, dict)
        }
        details = {author.name: author for author in self.site.authors}
        added: dict[str, dict[str, str]] = {}
        for name in names:
            if name.casefold() in self.author_ids:
                continue
            id = slugify_title(name) or f"author-{len(added) + 1}"
            while id in existing or id in added:
                id += "-2"
            author = details.get(name)
            added[id] = {
                "name": clean_line(name),
                "description": clean_line(author.description if author else "") or "Author",
                "avatar": self._find_avatar(author.avatar if author else "", existing),
            }
            if author and author.url.startswith(("http://", "https://")):
                added[id]["url"] = author.url
            self.author_ids[name.casefold()] = id
        if not added:
            return
        text = read_text(path, root, optional=True)
        name = f"{self.project.docs_name}{blog.authors}"
        lines = yaml.safe_dump(added, allow_unicode=True, sort_keys=False)
        changed = settings_text.append_mapping(text, "authors", lines) if isinstance(text, str) else None
        if changed is None:
            message = "authors cannot be added to this file."
            hint = f"Add {', '.join(added)} with name, description and avatar."
            self.result.problems.append(Diagnostic(name, 1, 1, "", message, hint, code="import.unsupported"))
        else:
            self.result.files.append(PlannedFile(name, "", "authors", changed.encode(), is_shared=True))

    def _find_avatar(self, url: str, existing: Mapping[str, Any]) -> str:
        if url.startswith(("http://", "https://")) and self.old.find(url, "").kind == "external":
            return url
        target = self.old.find(url, "") if url else Target("dead")
        if target.kind == "file":
            return self._copy(target.path) or ""
        theme = self.project.settings.get("theme")
        favicon = theme.get("favicon") if isinstance(theme, Mapping) else None
        if isinstance(favicon, str) and favicon in self.project.own_files:
            return favicon
        avatars = (author.get("avatar") for author in existing.values() if isinstance(author, dict))
        return next((avatar for avatar in avatars if isinstance(avatar, str)), "")

    def _unify_names(self, key: Literal["categories", "tags"]) -> dict[str, str]:
        """Return the spelling of each category or tag: that of this site, or else the most frequent."""
        imported = self.project.state.files
        posts = [post for post in self.project.site.record.posts if post.path not in imported]
        own = {slugify_name(name): name for post in posts for name in getattr(post, key)}
        counts: dict[str, Counter[str]] = {}
        for page in self.site.pages:
            for name in getattr(page, key):
                counts.setdefault(slugify_name(name), Counter())[clean_line(name)] += 1
        return {
            name: own.get(slug) or spellings.most_common(1)[0][0] if slug else name
            for slug, spellings in counts.items()
            for name in spellings
        }

    def _spell_names(self, planned: PlannedPage, key: Literal["categories", "tags"]) -> list[str]:
        """Return the categories or tags of a page as all pages spell them, and report what that changes."""
        page = planned.page
        names = [name for name in map(clean_line, getattr(page, key)) if name]
        for name in dict.fromkeys(name for name in names if not slugify_name(name)):
            message = f"{quote(name)} has no letter or digit for a URL, and is left out of the {key}."
            self._report(planned, message, "", "import.dropped")
        names = [name for name in names if slugify_name(name)]
        for name in dict.fromkeys(names):
            if (spelling := self.spellings[key][name]) != name:
                message = f"{quote(name)} is spelled {quote(spelling)}, as on other pages."
                place = page.source, page.line, 1
                code = "import.respelled"
                planned.problems.append(Diagnostic(*place, "", message, code=code, severity="info"))
        return _remove_duplicates(self.spellings[key][name] for name in names)

    def _write_front_matter(self, planned: PlannedPage) -> None:
        page = planned.page
        created = page.created or (self.project.today if page.is_post else None)
        values: dict[str, Any] = {}
        if page.is_post:
            values["date"] = _simplify_date(created)
            if page.updated is not None and _get_day(page.updated) >= _get_day(created or page.updated):
                values["updated"] = _simplify_date(page.updated)
            if page.draft or page.created is None:
                values["draft"] = True
            if page.created is None and not page.draft:
                message = "this post has no date, and becomes a draft."
                self._report(planned, message, "Write its date, and remove 'draft'.", "import.no-date")
            values["slug"] = planned.slug
            if page.feed_id:
                self._add_feed_id(planned, values)
            ids = [self.author_ids.get(name.casefold()) for name in page.authors]
            values["authors"] = [id for id in dict.fromkeys(ids) if id]
            values["categories"] = self._spell_names(planned, "categories")
        tags = self._spell_names(planned, "tags")
        if len(tags) > _MAX_TAGS:
            message = f"{len(tags)} tags are too many, and only the first {_MAX_TAGS} are imported."
            self._report(planned, message, "", "import.dropped")
        values["tags"] = tags[:_MAX_TAGS]
        values["description"] = clean_line(page.description)
        if page.image:
            values["image"] = self._find_image(planned, page.image)
        aliases = self._list_aliases_of(planned)
        if not planned.is_draft and not values.get("draft"):
            values["aliases"] = aliases
        values |= page.front_matter
        planned.front_matter = {
            key: value for key, value in values.items() if value not in ("", None, [], ())
        }

    def _list_aliases_of(self, planned: PlannedPage) -> list[str]:
        """Return the old URLs of a page that lead to it, and report those that something else answers."""
        page = planned.page
        aliases: list[str] = []
        for url in _remove_duplicates((page.url, *page.aliases)):
            # The others are reported as lost URLs.
            if not is_alias_path(url) or normalize_path(url) == f"/{planned.url}":
                continue
            owner = self.owners.get(file_for_alias(unquote(url)), planned)
            if own := self.project.find_own_answer(url):
                self._report_answered(planned, url, own)
            elif owner is not planned:
                message = f"{quote(url)} is also a URL of {owner.page.source}, which answers it."
                self._report(planned, message, "", "import.duplicate")
            else:
                aliases.append(url)
        # One alias answers both spellings.
        return [url for url in aliases if f"{url}.html" not in aliases]

    def _report_answered(self, planned: PlannedPage, url: str, own: str) -> None:
        """Report an old URL of a page that a page of the owner answers, or an alias of the owner."""
        name = f"{self.project.docs_name}{planned.path}"
        if normalize_path(url) in self.project.aliases and not planned.page.is_post:
            planned.is_draft = True
            result = f"so {name} is a draft"
        else:
            result = f"and not with {name}" if planned.page.is_post else f"so this page is {name}"
        message = f"this site answers {quote(url)} with {own}, {result}."
        hint = f"Move what you need from it to {own}, and delete it."
        self._report(planned, message, hint, "import.duplicate")

    def _add_feed_id(self, planned: PlannedPage, values: dict[str, Any]) -> None:
        id = planned.page.feed_id
        try:
            values["feed_id"] = FrontMatter(feed_id=id).feed_id
        except ValueError:
            message = f"the id {quote(id)} of its feed entry is not a URI, which Atom requires."
            hint = "Feed readers will show the post as new."
            self._report(planned, message, hint, "import.unsupported")

    def _find_image(self, planned: PlannedPage, url: str) -> str:
        target = self.old.find(url, planned.page.url)
        if target.kind == "external":
            return url
        path = self._copy(target.path) if target.kind == "file" else None
        if path is None:
            self._report_missing(planned, url)
        return path or ""

    # Bodies

    def _write_bodies(self, progress: Progress) -> None:
        """Write the body of each page, of many pages in several processes."""
        pages = self.result.pages
        workers = _count_workers() if len(pages) >= _MIN_PAGES_FOR_WORKERS else 0
        if workers < 2:
            for number, planned in enumerate(pages, 1):
                self._write_body(planned)
                progress(number, len(pages))
            return
        # Forked processes inherit the planner, and only their results are copied.
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, _set_planner, (self,)) as executor:
            results = executor.map(_write_body_in_worker, range(len(pages)), chunksize=_PAGES_OF_WORKER)
            for number, (body, front_matter, problems, copied) in enumerate(results, 1):
                planned = pages[number - 1]
                planned.body, planned.front_matter, planned.problems = body, front_matter, problems
                self.copied |= copied
                progress(number, len(pages))

    def _write_body(self, planned: PlannedPage) -> None:
        page = planned.page
        planned.problems += page.problems
        if planned.is_notebook:
            planned.body = self._write_notebook(planned)
            return
        markdown = page.body
        if page.format == "html":
            html = body_text.replace_images(page.body, partial(self._find_missing_image, planned))
            converted = convert_verified(
                html,
                page.source,
                page.line,
                partial(self._render, planned),
                macros=self.project.site.options.macros,
            )
            planned.problems += converted.problems
            markdown = converted.markdown
        planned.body, problems = self._finish_body(planned, markdown)
        planned.problems += problems

    def _render(self, planned: PlannedPage, markdown: str) -> str:
        """Return the HTML of a page with this Markdown on the built site, without the title."""
        text = planned.add_title(self._finish_body(planned, markdown)[0])
        html = self.conversions.convert_to_html(planned.path, text, planned.front_matter.get("title"))
        return html.partition("</h1>")[2] if "</h1>" in html else html

    def _finish_body(self, planned: PlannedPage, markdown: str) -> tuple[str, list[Diagnostic]]:
        """Return a body with links of this site, fitting headings and the end of its excerpt.

        With it are the problems of its links.
        """
        if self._finished is not None and self._finished[0] == (planned.path, markdown):
            return self._finished[1]
        page = planned.page
        problems: list[Diagnostic] = []

        def replace_link(link: Link) -> str | None:
            return self._replace(planned, link, problems)

        body = rewrite_links(markdown, replace_link, first_line=page.line)
        if page.format == "markdown":
            body = remove_unsafe_html(body, partial(self._report_unsafe, planned, problems))
        body = body_text.mark_decorative_images(body)
        body = body_text.normalize_headings(body, page.title)
        is_note = len(" ".join(body.split())) + len(page.title) <= _MAX_NOTE_LENGTH - 100
        if page.is_post and not is_note:
            if not planned.front_matter.keys() & {"categories", "draft"}:
                planned.front_matter["categories"] = [_DEFAULT_CATEGORY]
            body = body_text.mark_excerpt(body, self.project.paths.separator)
        self._finished = (planned.path, markdown), (body, problems)
        return body, problems

    def _write_notebook(self, planned: PlannedPage) -> str:
        """Return a notebook with the front matter in its metadata, and the links of its text cells."""
        notebook = json.loads(planned.page.body)

        def rewrite(text: str) -> str:
            text = rewrite_links(text, lambda link: self._replace(planned, link, planned.problems))
            return remove_unsafe_html(text, partial(self._report_unsafe, planned, planned.problems))

        rewrite_text_cells(notebook, rewrite)
        front = {"title": planned.page.title, **planned.front_matter}
        notebook.setdefault("metadata", {})["front_matter"] = json.loads(json.dumps(front, default=str))
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"

    def _report_unsafe(self, planned: PlannedPage, problems: list[Diagnostic], what: str, line: int) -> None:
        page = planned.page
        line = page.line if planned.is_notebook else page.line + line - 1
        reason = (
            "pages have no styles of their own"
            if what == "style"
            else "it could run script or change the page"
        )
        message = f"{what} is left out, because {reason}."
        problems.append(
            Diagnostic(page.source, line, 1, "", message, code="import.dropped", severity="warning")
        )

    def _replace(self, planned: PlannedPage, link: Link, problems: list[Diagnostic]) -> str | None:
        """Return the new URL of a link on a page, or None to leave only its text."""
        target = self.old.find(link.target, planned.page.url)
        if target.kind == "external":
            return link.target
        if target.kind == "page" and not target.path:
            return f"#{target.fragment}" if target.fragment else link.target or None
        path = self._copy(target.path) if target.kind == "file" else target.path
        if target.kind == "script":
            message, code = f"the link {quote(link.target)} runs script, and is left out.", "import.dropped"
        elif target.kind == "dead" and not link.is_image:
            message, code = f"the old site has nothing at {quote(link.target)}.", "import.dead-link"
        elif target.kind == "dead" or path is None:
            message, code = f"there is no file for {quote(link.target)}.", "import.missing-file"
        else:
            return self._relative_url(planned, path, target.fragment, is_html=link.is_html)
        line, column = self._position(planned, link)
        source = planned.page.source
        problems.append(Diagnostic(source, line, column, "", message, code=code, severity="warning"))
        if code == "import.dead-link":
            return self.old.make_absolute(link.target, planned.page.url) or None
        return None

    def _find_missing_image(self, planned: PlannedPage, url: str, line: int, column: int) -> bool:
        """Return whether there is no file for an image in HTML, and report that."""
        page = planned.page
        target = self.old.find(url, page.url)
        if target.kind != "dead" and (target.kind != "file" or self._copy(target.path) is not None):
            return False
        message = f"there is no file for {quote(url)}."
        at = page.source, page.line + line - 1, column
        planned.problems.append(Diagnostic(*at, "", message, code="import.missing-file", severity="warning"))
        return True

    def _relative_url(self, planned: PlannedPage, path: str, fragment: str, *, is_html: bool) -> str:
        """Return a URL relative to the page: to a source file in Markdown, to a URL in HTML."""
        if not is_html:
            if path == planned.path:
                return f"#{fragment}" if fragment else encode_path(path.rpartition("/")[2])
            return encode_path(posixpath.relpath(path, posixpath.dirname(planned.path) or "."), fragment)
        new = self._urls.get(path) or re.sub(r"(?:^|(?<=/))index\.md$", "", path)
        new = f"{new.removesuffix('.md')}/" if new.endswith(".md") else new
        relative = posixpath.relpath(f"/{new}", f"/{planned.url}".rstrip("/") or "/")
        return encode_path(f"{relative}/" if new.endswith("/") else relative, fragment)

    @cached_property
    def _urls(self) -> dict[str, str]:
        """The URLs of the imported pages by their paths."""
        return {page.path: page.url for page in self.result.pages}

    def _choose_file_paths(self) -> None:
        """Choose the path of each file of the old site, that of its URL if that is possible."""
        docs, excluded = self.project.docs_name, self.project.excluded
        for old_path, load in self.site.files.items():
            path = _build_safe_path(normalize_path(old_path).strip("/"))
            if not _is_safe_path(path) or path.lower().endswith(MARKDOWN):
                continue
            if excluded.match_file(path):
                path = f"files/{path}"
            if earlier := self.project.state.keys.get(_build_file_key(old_path)):
                path = earlier.removeprefix(docs)
            elif path in self.used:
                path = self._resolve_clash(path, load)
            self.file_paths[old_path] = path
            self.used.add(path)

    def _resolve_clash(self, path: str, load: Callable[[], bytes | Diagnostic]) -> str:
        """Return a path for a file, whose own path another file has: the same one if they are equal."""
        own = self.project.paths.docs / path
        if own.is_file() and own.read_bytes() == load():
            return path
        return _choose_free_path(path, self.used)

    def _copy(self, old_path: str) -> str | None:
        """Copy a file of the old site; return its path below the documents folder, None if there is none."""
        path = self.file_paths.get(old_path)
        if path is not None:
            self.copied.add(old_path)
        return path

    def _report(self, planned: PlannedPage, message: str, hint: str, code: str) -> None:
        page = planned.page
        problem = Diagnostic(page.source, page.line, 1, "", message, hint, code=code, severity="warning")
        planned.problems.append(problem)

    def _report_missing(self, planned: PlannedPage, url: str) -> None:
        self._report(planned, f"there is no file for {quote(url)}.", "", "import.missing-file")

    def _position(self, planned: PlannedPage, link: Link) -> tuple[int, int]:
        """Return the line and column of a link in the source of its page."""
        page = planned.page
        if page.format == "markdown":
            return link.line, link.column
        url = link.target
        at = next((at for text in (html.escape(url), url) if (at := page.body.find(text)) >= 0), None)
        if page.format == "notebook" or at is None:
            return page.line, 1
        line, column = Lines(page.body).position(at)
        return page.line + line - 1, column

    # Settings

    def _change_settings(self) -> None:
        """Add the aliases of lists, and the pages that are not in the navigation, to ``mkdocs.yml``.

        What the owner has removed since an earlier import is not added again.
        """
        config, root = self.project.config, self.project.paths.root
        before = read_text(config, root)
        if isinstance(before, Diagnostic):
            self.result.problems.append(before)
            return
        settings, known = self.project.settings, self.project.state.settings
        pages = [page for page in self.result.pages if not page.page.is_post]
        keys = ("not_in_nav", "draft_docs")
        own = GitIgnoreSpec.from_lines(
            line for key in keys for line in str(settings.get(key) or "").splitlines()
        )
        lines = {
            key: [
                line
                for page in pages
                if page.is_draft == is_draft
                and not own.match_file(page.path)
                and (line := f"/{page.path}") not in known
            ]
            for key, is_draft in zip(keys, (False, True), strict=True)
        }
        portfolio = (settings.get("extra") or {}).get("portfolio") or {}
        listed = {*(portfolio.get("aliases") or {}), *known}
        aliases = {old: new for old, new in self._list_aliases().items() if old not in listed}
        names = [name for name in self._find_similar_names() if name not in known]
        changes = settings_text.add_settings(before, lines, aliases, names)
        self.result.settings, self.result.settings_lines = changes.added, changes.missing
        if changes.text != before:
            name = display_path(config, root)
            content = changes.text.encode()
            self.result.files.append(PlannedFile(name, "", "settings", content, is_shared=True))

    def _find_similar_names(self) -> list[str]:
        """Return the categories and tags that a check takes for misspelled, and report them."""
        similar: dict[str, str] = {}
        imported = self.project.state.files
        posts = [post for post in self.project.site.record.posts if post.path not in imported]
        for key in _NAMES:
            dated = [(post.date or date.max, post.path, list(getattr(post, key))) for post in posts]
            for planned in self.result.pages:
                if planned.page.is_post:
                    day = _get_day(planned.front_matter["date"])
                    dated.append((day, planned.path, planned.front_matter.get(key, [])))
            counts = Counter(name for *_, names in sorted(dated) for name in names)
            similar.update(find_similar(counts))
        meant = {*self.project.site.options.distinct_names}
        similar = {name: usual for name, usual in similar.items() if name not in meant}
        for name, usual in similar.items():
            message = f"{quote(name)} differs little from {quote(usual)}; both stay, as on the old site."
            hint = "mkdocs.yml has it in extra.portfolio.distinct_names: remove it there if it is misspelled."
            source = self.site.source_name
            problem = Diagnostic(source, 1, 1, "", message, hint, code="import.similar-name", severity="info")
            self.result.problems.append(problem)
        return list(similar)

    def _list_aliases(self) -> dict[str, str]:
        """Return the aliases of lists, and of copied files that have another path now."""
        aliases = self.lists.list_aliases(self.owners)
        for old_path in sorted(self.copied):
            path, old = self.file_paths[old_path], normalize_path(old_path)
            is_answered = old.strip("/") in self.project.own_outputs
            if path != old.strip("/") and not is_answered and is_alias_path(old):
                aliases[old] = path
        return aliases


def _count_workers() -> int:
    """Return how many processes can convert pages; forking is safe only on Linux and with one thread."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), _MAX_WORKERS)


# The planner of a forked process.
_planner: _Planner | None = None


def _set_planner(planner: _Planner) -> None:
    global _planner
    _planner = planner


def _write_body_in_worker(number: int) -> tuple[str, dict[str, Any], list[Diagnostic], set[str]]:
    """Write the body of a page; return what is new of it, and the files that have been copied so far."""
    assert _planner is not None
    planned = _planner.result.pages[number]
    _planner._write_body(planned)
    return planned.body, planned.front_matter, planned.problems, _planner.copied


def _build_file_key(old_path: str) -> str:
    return f"file {old_path}"


def _build_page_key(page: ImportedPage) -> str:
    """Return what identifies a page from one import to the next."""
    return f"page {page.url or page.feed_id or page.source}"


def _choose_name(page: ImportedPage) -> str:
    """Return the name of a page's file, without a suffix, from its slug, URL, title or source."""
    stem = posixpath.splitext(posixpath.basename(page.source))[0]
    url_name = re.sub(r"\.html?$", "", page.url.rstrip("/").rpartition("/")[2])
    for name in (page.slug.rstrip("/").rpartition("/")[2], url_name, slugify_title(page.title), stem):
        bare = slugify_title(name.replace(".", "-").replace("_", "-"))
        if bare and not is_reserved(bare) and bare != "index" and id_from(bare):
            return bare
    return "page"


def _choose_free_path(path: str, used: Collection[str]) -> str:
    stem, suffix = posixpath.splitext(path)
    return unused_name(stem, used, suffix)


def _is_safe_path(path: str) -> bool:
    """Whether a path can be written below the documents folder."""
    parts = path.split("/")
    return (
        bool(path)
        and all(part.strip(". ") and not part.startswith(".") for part in parts)
        and "\\" not in path
        and ":" not in path
        and find_control(path) is None
        and all(len(part.encode()) <= MAX_SLUG_BYTES for part in parts)
    )


# Names that Windows reserves for devices, with any suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r"[<>:\"|?*\\\x00-\x1f\x7f]")


def _build_safe_path(path: str) -> str:
    """Return a path whose names every file system can have, for a file of the old site."""
    parts = [_NOT_IN_NAMES.sub("-", part).rstrip(". ") or part for part in path.split("/")]
    return "/".join(f"file-{part}" if _DEVICE.match(part) else part for part in parts)


def _remove_duplicates(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


def _get_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _simplify_date(value: date | None) -> date | None:
    """Return a date as front matter can have it, without a time that no calendar has in UTC."""
    if not isinstance(value, datetime):
        return value
    try:
        value.astimezone(UTC)
    except OverflowError:
        return value.date()
    return value.replace(microsecond=0)
