"""The check of a whole site, as a build, ``make check`` and the live preview run it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from portfolio.blog.publication_status import list_unpublished
from portfolio.blog.urls import read_blog_settings
from portfolio.citations.csl import CitationFormatter
from portfolio.citations.library import Library
from portfolio.config import Site
from portfolio.core.cache import FileCache
from portfolio.core.diagnostics import Diagnostic
from portfolio.lint import links, page_rules, post_rules
from portfolio.lint.documents import read_documents
from portfolio.lint.prefilter import Prefilter
from portfolio.record.models import Post
from portfolio.record.people import Profile
from portfolio.sources import loader, mkdocs_yml, mkdocs_yml_checks


def check_site(site: Site, paths: mkdocs_yml.SitePaths, config: Path, now: datetime) -> list[Diagnostic]:
    """Return every diagnostic of the settings, pages, posts and feeds, sorted. ``now`` has a time zone."""
    settings = mkdocs_yml.read_settings(config)
    blog = read_blog_settings(settings)
    documents = read_documents(
        paths,
        settings,
        site.options.macros,
        lambda: Library(site.works, CitationFormatter(site.options.style), Profile("")),
    )
    unpublished = {status.post.path for status in list_unpublished(site.record.posts, now, site.options.zone)}
    published = [
        (entry, origin)
        for entry, origin in zip(site.record, site.record.origins, strict=True)
        if isinstance(entry, Post) and entry.path not in unpublished
    ]
    generated, diagnostics = links.list_generated_files(published, site.options, settings, blog)
    targets = links.LinkTargets(
        documents, site.record, settings, blog, unpublished, generated, site.options.other_hosts
    )
    # The cache remembers which diagrams are valid: rendering one takes longer than all other checks.
    prefilter = Prefilter(site.options.macros, site.works.keys(), FileCache(paths.root / ".cache/checks"))
    snippet_folders = page_rules.read_snippet_folders(settings, paths)
    template_folders = page_rules.read_template_folders(settings, paths)
    for page in documents.pages.values():
        of_page = [
            *links.check_links(page, targets),
            *links.check_html_links(page, targets),
            *page_rules.check_page(page, prefilter, documents, snippet_folders, template_folders),
        ]
        # A line of a notebook whose conversion has a diagnostic needs no second one.
        reported = {problem.line for problem in page.notebook.diagnostics} if page.notebook else set()
        diagnostics += [diagnostic for diagnostic in of_page if diagnostic.line not in reported]
    if blog is not None:
        diagnostics += post_rules.check_posts(targets, blog, paths)
    diagnostics += documents.diagnostics
    diagnostics += mkdocs_yml_checks.check_settings(config)
    diagnostics += loader.load_glossary(paths.data / loader.GLOSSARY_FILE, paths.root)[1]
    return sorted({*diagnostics})
