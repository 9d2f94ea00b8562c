"""Reads the record in docs/data and shows it on the site; without this line the site cannot be built.

It stops a build if the record, the options or a post has an error.
"""

from __future__ import annotations

import errno
import functools
import gc
import logging
import os
import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme
from mkdocs.utils import get_build_datetime
from mkdocs.utils.templates import TemplateContext

from mkdocs_incremental import api
from mkdocs_live.api import Invalidation, declare_check, rerunnable, subscribe_to_changes
from portfolio.blog import publication_status
from portfolio.citations import publication_list
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.config import load_site, site_profile
from portfolio.core import i18n, page_policy
from portfolio.core.cache import CacheFile, FileCache, code_fingerprint
from portfolio.core.diagnostics import Diagnostic
from portfolio.core.files import MAX_MEGABYTES_OF_TEXT, display_path, is_file, read_text
from portfolio.exports import has_works
from portfolio.importer import transaction
from portfolio.lint import links
from portfolio.lint.check import SiteChecker, open_cache
from portfolio.markdown_ext import back_matter
from portfolio.mkdocs_glue import mkdocs_internals, order, pages
from portfolio.mkdocs_glue.state import log_diagnostic, site_state
from portfolio.print.cv_sections import CvPage
from portfolio.record.kinds import PROJECTS_PAGE, PUBLICATIONS_FILE, listed_kind, story_paths
from portfolio.sources import loader, mkdocs_yml, profile
from portfolio.timeline.chart import Chart
from portfolio.timeline.fragment_cache import FragmentCache
from portfolio.timeline.views import Portfolio

log = logging.getLogger("mkdocs.hooks.record")
# If checking the whole site takes less than this, the live preview does so at each change.
_QUICK_CHECK_SECONDS = 0.1
# With such a file, a build might never end.
_ENDLESS = frozenset(
    ("file.not-regular", "file.too-large", "file.too-many", "yaml.too-deep", "yaml.too-large")
)
# A text that is too large to be read has more characters: each has at most 4 bytes.
_FEWEST_CHARACTERS_REFUSED = MAX_MEGABYTES_OF_TEXT * 1_000_000 // 4
# Modules that use `SiteState.texts`.
_TEXT_MODULES = (
    "portfolio.blog.post_navigation",
    "portfolio.exports.markdown",
    "portfolio.markdown_ext.code_blocks",
    "portfolio.mkdocs_glue.reading_time",
    "portfolio.search.documents",
)
# The style sheet of filters. It is a template, because its rules depend on the record.
_FILTERS = "assets/stylesheets/filters.css"
# The facts of a project, for the page with its story.
_STORY = "partials/projects/story.html"
_PROJECTS_SOURCE = "---\ntemplate: entries.html\nkind: projects\n---\n\n# {title}\n"
# Formats such as gzip store seconds since 1970 in 32 bits.
_MAX_EPOCH = 2**32 - 1


@dataclass
class _Command:
    is_serve: bool = False
    # The folder of the site; empty before it is known.
    output: str = ""


_command = _Command()


def on_startup(command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    # What the imported modules contain lives until the end.
    gc.freeze()
    _command.is_serve = command == "serve"
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not re.fullmatch(r"[0-9]{1,10}", epoch) or int(epoch) > _MAX_EPOCH:
        message = (
            f"the environment variable SOURCE_DATE_EPOCH is {epoch!r}. Write seconds since 1970, or unset it."
        )
        raise PluginError(message)


@event_priority(order.BUILD_ERROR_OUTPUT)
def on_build_error(error: Exception) -> None:
    """Report output that cannot be written, such as on a full disk, as one line."""
    # A template that is missing is an OSError, too, but without a number.
    if not isinstance(error, OSError) or error.errno is None:
        return
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    # A copy names its source first. An error while writing to an open file names none.
    name = error.filename2 or error.filename or _command.output
    path = Path(os.path.relpath(os.fsdecode(name))) if isinstance(name, str | bytes) else Path()
    outputs = [".cache", *([os.path.relpath(_command.output)] if _command.output else [])]
    if is_full or any(map(path.is_relative_to, outputs)):
        hint = "Free some space" if is_full else "Make it a folder that you can write"
        raise PluginError(f"{path} cannot be written: {error.strerror}. {hint}, and build again.")


@event_priority(order.CONFIG_RECORD)
def on_config(config: MkDocsConfig) -> None:
    """Read the record and the options, and check them, the posts and mkdocs.yml.

    Every diagnostic is logged as one line; all but information end a build. A server continues with the valid
    part, because otherwise the browser would wait, unless that might never end.
    """
    _command.output = config.site_dir
    root = mkdocs_yml.project_root(config.config_file_path)
    if transaction.recover(root):
        # MkDocs has read the interrupted import's mkdocs.yml.
        raise PluginError(f"{transaction.RECOVERED} Run the command again.")
    caches = root / ".cache"
    if caches.exists() and not (caches.is_dir() and os.access(caches, os.W_OK)):
        log.info("Nothing is cached, because .cache cannot be written. Remove it, or make it a folder.")
    plugin = config.plugins.get("material/blog")
    paths, misplaced = mkdocs_yml.resolve_paths(
        config.config_file_path, config.docs_dir, plugin.config if plugin is not None else None
    )
    path = Path(config.config_file_path) if config.config_file_path else None
    began = time.monotonic()
    checked_files = open_cache(paths.root)
    content, problems = load_site(paths, path, checked_files)
    state = site_state(config)
    if path and not misplaced:
        state.checker = SiteChecker(content, paths, path, get_build_datetime(), checked_files)
        state.finish_conversion = state.checker.conversions.store
    diagnostics = {*misplaced, *problems}
    if state.checker is not None:
        diagnostics |= {*state.checker.check(convert=False)}
        if any(diagnostic.severity != "info" for diagnostic in diagnostics) and not _command.is_serve:
            # The build ends here, so that it reports all at once.
            diagnostics |= {*state.checker.check_pending()}
    state.check_seconds = time.monotonic() - began
    _report(diagnostics, config)
    code = code_fingerprint(
        modules=_TEXT_MODULES,
        packages=("lxml", "mkdocs-material", "pymdown-extensions"),
    )
    state.texts = CacheFile(paths.root / ".cache" / "texts", code)
    state.record, state.options, state.paths = content.record, content.options, paths
    state.profile = site_profile(config, content.options, content.details)
    cache = FileCache(paths.root / ".cache" / "citations")
    formatter = CitationFormatter(content.options.style, cache)
    state.library = Library(content.works, formatter, state.profile)
    # Its diagnostics are among those of the check.
    state.glossary, _ = loader.load_glossary(paths.data / loader.GLOSSARY_FILE, paths.root)
    state.is_serving = _command.is_serve
    times = publication_status.list_publication_times(
        content.record.posts, get_build_datetime(), content.options.zone
    )
    api.declare_expiry(config.extra, times)
    subscribe_to_changes(config.extra, lambda path: _reload(path, config))
    if state.checker is not None:
        declare_check(config.extra, lambda changed: _check_changes(changed, config))


def _report(diagnostics: Collection[Diagnostic], config: MkDocsConfig) -> None:
    """Log diagnostics that were not logged before; end a build if there are any, besides information."""
    state = site_state(config)
    new = sorted({*diagnostics} - state.reported)
    for diagnostic in new:
        log_diagnostic(log, diagnostic, is_from_check=True)
    state.reported |= {*new}
    count = sum(diagnostic.severity != "info" for diagnostic in new)
    if count and (not _command.is_serve or any(diagnostic.code in _ENDLESS for diagnostic in diagnostics)):
        raise PluginError(f"The site has {count} problem{'s' if count > 1 else ''}.")


@event_priority(order.ENV_CHECK)
def _complete_check(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Check the pages that were not converted before this build."""
    checker = site_state(config).checker
    if checker is not None:
        _report(checker.check_pending(), config)


def _check_changes(changed: Collection[Path], config: MkDocsConfig) -> Collection[Diagnostic]:
    """Check the whole site if that is quick, or if ``changed`` is empty, and else only the changed pages.

    Returns all diagnostics of the site. What depends on other posts, such as a duplicate URL, is only checked
    with the whole site.
    """
    state = site_state(config)
    paths, checker = state.paths, state.checker
    assert checker is not None
    if not changed or state.check_seconds < _QUICK_CHECK_SECONDS:
        began = time.monotonic()
        cache = open_cache(paths.root)
        content, problems = load_site(paths, checker.config, cache)
        state.checker = SiteChecker(content, paths, checker.config, checker.now, cache)
        state.reported = frozenset({*problems, *state.checker.check()})
        state.check_seconds = time.monotonic() - began
        return sorted(state.reported)
    for path in changed:
        name = display_path(path, paths.root)
        of_page = checker.check_page(path) if path.exists() else []
        of_site = {
            diagnostic
            for diagnostic in state.reported
            if diagnostic.path != name or diagnostic.code.startswith("post.")
        }
        state.reported = frozenset({*of_site, *of_page})
    return sorted(state.reported)


def _reload(path: Path, config: MkDocsConfig) -> Invalidation | None:
    """Read the record or the profile again if its data have changed.

    If publications, or the name of the owner did, only a build shows all: citations depend on those.
    """
    state = site_state(config)
    if path == state.paths.data / profile.FILE:
        return _reload_profile(config)
    if path.parent != state.paths.data or path.name not in loader.DATA_FILES:
        return None
    record, diagnostics = loader.load_record(state.paths, state.record)
    for diagnostic in diagnostics:
        log_diagnostic(log, diagnostic)
    if diagnostics:
        return Invalidation()
    if path.name == PUBLICATIONS_FILE and record.publications != state.record.publications:
        return None
    if has_works(record) != has_works(state.record):
        return None  # The site gets a bibliography, or loses it.
    before, after = state.record.all_projects, record.all_projects
    # A page may become a story, or cease to be one, and the page of projects may be needed from now on.
    added_or_removed = [path for id in before.keys() ^ after.keys() for path in story_paths(id)]
    if bool(before) != bool(after) or any(is_file(state.paths.docs / path) for path in added_or_removed):
        return None
    renamed = [id for id in before.keys() & after.keys() if before[id].name != after[id].name]
    state.record = record
    return Invalidation(tuple(path for id in renamed for path in story_paths(id)), templates=True)


def _reload_profile(config: MkDocsConfig) -> Invalidation | None:
    state = site_state(config)
    _, details, diagnostics = profile.load_profile(state.paths)
    for diagnostic in diagnostics:
        log_diagnostic(log, diagnostic)
    if any(diagnostic.severity != "info" for diagnostic in diagnostics):
        return Invalidation()
    new = site_profile(config, state.options, details)
    if new.name != state.profile.name:
        return None
    state.profile = new
    return Invalidation(templates=True)


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Leave the stories of projects out of the navigation, unless mkdocs.yml lists them or has none.

    If there are projects but no page that lists them, add one.
    """
    state = site_state(config)
    if config.nav is not None:
        for file in files.documentation_pages():
            # MkDocs has no types for this method.
            is_in_nav = file.inclusion.is_in_nav()  # type: ignore[no-untyped-call]
            if is_in_nav and state.record.find_story(file.src_uri) is not None:
                file.inclusion = InclusionLevel.NOT_IN_NAV
    if state.checker is not None and state.checker.needs_projects_page:
        page = File.generated(
            config,
            PROJECTS_PAGE,
            content=_PROJECTS_SOURCE.format(title=i18n.gettext("Projects")),
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        files.append(page)


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Save the navigation."""
    site_state(config).navigation = nav


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
    """Leave out the text of a page that the check refuses to read: a server would convert it for minutes."""
    # MkDocs has read the file, so it can only be too large.
    if len(markdown) < _FEWEST_CHARACTERS_REFUSED:
        return None
    path, paths = Path(config.docs_dir, page.file.src_uri), site_state(config).paths
    is_refused = path.is_file() and isinstance(read_text(path, paths.root), Diagnostic)
    # Material's blog may require the mark.
    return paths.separator if is_refused else None


def on_page_content(html: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Add the anchors of a page's part of the record to those that MkDocs checks links against."""
    state = site_state(config)
    record = state.record
    template = str(page.meta.get("template"))
    if page.present_anchor_ids is None:
        return
    if template in links.RECORD_TEMPLATES:
        posts = {post.id for post, _ in pages.record_posts(config)}
        listed_kinds = state.checker.listed_kinds if state.checker is not None else ()
        page.present_anchor_ids |= links.record_anchor_ids(
            template, listed_kind(page.meta), record, posts, listed_kinds
        )
    # Browsers write characters that are not ASCII like this.
    page.present_anchor_ids |= {quote(id) for id in page.present_anchor_ids}


@event_priority(order.ENV_ESCAPING)
def _escape_templates(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Have the site's templates escape what they print, and use the language of the site.

    Templates that replace a template of the theme do so, too. The filter ``with_policy`` is for whole pages.
    """
    state = site_state(config)
    if config.theme.custom_dir and state.assets is None:
        message = "hooks/record.py needs hooks/site_assets.py: add it to `hooks` in mkdocs.yml."
        raise PluginError(message)
    if config.theme.custom_dir:
        own = Path(config.theme.custom_dir)
        templates = (path for path in own.rglob("*") if path.suffix in {".html", ".xml"})
        state.own_templates = frozenset(path.relative_to(own).as_posix() for path in templates)
    mkdocs_internals.escape_templates(env, state.own_templates)
    i18n.install(env)
    hosts = state.options.other_hosts
    env.filters["with_policy"] = functools.partial(page_policy.add_policy, other_hosts=hosts)
    state.templates = env
    api.compile_templates(config.extra, env)


@event_priority(order.ENV_RECORD)
@rerunnable
def _add_views(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Make the views of the record, and set the variables of templates."""
    state = site_state(config)
    state.views = Portfolio(state.record, pages.site_urls(config, files), getattr(state, "views", None))
    state.publications = functools.cache(
        functools.partial(
            publication_list.list_publications,
            state.views,
            state.library.formatter,
            state.library.profile,
        )
    )
    today = get_build_datetime().date()
    state.draw_chart = functools.cache(functools.partial(state.renderer.draw, state.views, today))
    if "fragments" not in env.globals:
        env.globals["fragments"] = fragments = FragmentCache()
        subscribe_to_changes(config.extra, lambda path: _clear_fragments(path, config.theme, fragments))
    env.globals.update(
        portfolio=state.views,
        draw_chart=functools.partial(_draw_chart, config),
        publications=state.publications,
        cv=CvPage(state.views, state.options.cv),
        glossary=dict(sorted(state.glossary.items(), key=lambda item: i18n.sort_key(item[0]))),
        options=state.options,
        profile=state.profile,
        first_url=functools.partial(pages.first_url, files),
        cv_page_link=_cv_page_link(files),
        site_files=lambda: {file.dest_uri for file in files},
    )
    filters = files.get_file_from_path(_FILTERS)
    # A file of the owner with the same name takes precedence.
    if filters is not None and filters.src_dir != config.docs_dir:
        filters.content_string = env.get_template(_FILTERS).render()


def _draw_chart(config: MkDocsConfig) -> Chart | None:
    """Return the chart, which changes each day. Only pages that call this depend on it."""
    return site_state(config).draw_chart()


def _cv_page_link(files: Files) -> tuple[str, str] | None:
    """Return the title and the URL of the page of the CV; None if the site has none."""
    page = pages.find_by_template("cv.html", files)
    return None if page is None else (str(page.title), page.url)


def _clear_fragments(path: Path, theme: Theme, fragments: FragmentCache) -> None:
    """Render all fragments again when a template changes; mkdocs_live handles the change itself."""
    if any(path.is_relative_to(folder) for folder in theme.dirs):
        fragments.clear()


on_env = CombinedEvent(_complete_check, _escape_templates, _add_views)


@event_priority(order.PAGE_CONTEXT_RECORD)
@api.cacheable
def on_page_context(context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation) -> None:
    """Add a page's part of the record to its content, before its footnotes and references.

    ``linked``, for templates: the entries that this post is about, and those that it is evidence for; on the
    page with the story of a project, those of the project. ``story``: the project.
    """
    state = site_state(config)
    values = cast("dict[str, object]", context)
    values["linked"] = state.views.about(pages.source_path(page, config))
    story = values["story"] = state.views.stories.get(page.url)
    if story is not None:
        values["linked"] = story.related
        header = state.templates.get_template(_STORY).render(context)
        before, heading, after = (page.content or "").partition("</h1>")
        page.content = f"{before}{heading}{header}{after}" if heading else f"{header}{before}"
    name = f"partials/content/{page.meta.get('template')}"
    if name in state.own_templates:
        template = state.templates.get_template(name)
        text, back = back_matter.split_back_matter(page.content or "")
        page.content = f"{text}{template.render(context)}{back}"


@event_priority(order.POST_BUILD_CACHES)
@api.skippable
def on_post_build(*, config: MkDocsConfig) -> None:
    """Save what was computed from texts, and trim the cache of citations."""
    state = site_state(config)
    state.texts.save()
    state.library.formatter.cache.trim()
