"""Writes the record for machines: the files that other programs read, and each page as Markdown beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation

from portfolio.citations import biblatex, csl_json
from portfolio.citations.publication_list import PublicationList
from portfolio.config.options import Exports
from portfolio.exports import json_resume, llms_txt, rendercv
from portfolio.mkdocs_glue import site_list, site_markdown, site_pages
from portfolio.print import cv_pdf
from portfolio.record.profile import Profile
from portfolio.timeline.views import Portfolio

# Which setting a file goes by, what makes it, and what it is.
_FILES = {
    json_resume.EXPORT: ("resume_json", json_resume.render, "The record as JSON Resume"),
    rendercv.EXPORT: ("cv_yaml", rendercv.render, "The record for RenderCV"),
    biblatex.EXPORT: ("bibliography", biblatex.render, "Publications in BibTeX"),
    csl_json.EXPORT: ("bibliography", csl_json.render, "Publications in CSL-JSON"),
}


def on_files(files: Files, *, config: MkDocsConfig) -> None:
    """Announce the files, so that links to them can be checked; they are filled when the pages are known.

    An owner's own file of the same name is left alone.
    """
    faces: Exports = config.extra["options"].faces
    config.extra["face_files"] = {
        path: File.generated(config, path, content="")
        for path, (setting, _, _) in _FILES.items()
        if getattr(faces, setting) and files.get_file_from_path(path) is None
    }
    for file in config.extra["face_files"].values():
        files.append(file)


def on_nav(nav: Navigation, *, config: MkDocsConfig, files: Files) -> None:
    """Keep the navigation, in whose order a list names the pages."""
    config.extra["navigation"] = nav


# After the hooks that make the views and the references, which stand before this one in mkdocs.yml.
def on_env(env: Environment, *, config: MkDocsConfig, files: Files) -> None:
    """Fill the files; write each page as Markdown, and the list of all of this.

    ``markdown``, in the configuration, has the path of a page's Markdown, by the address of the page.
    """
    views: Portfolio = config.extra["views"]
    profile: Profile = config.extra["profile"]
    pages = site_markdown.paths(files)
    address = site_markdown.addresses(llms_txt.EXPORT, pages, config)
    data: list[llms_txt.Item] = []
    for path, file in config.extra["face_files"].items():
        file.content_string = _FILES[path][1](views, profile)
    titles = {path: title for path, (_, _, title) in _FILES.items()} | {cv_pdf.EXPORT: "The CV as PDF"}
    for path, title in titles.items():
        if site_pages.file_at(path, files) is not None:
            data.append(llms_txt.Item(title, address(path)))
    config.extra["markdown"] = {}
    if config.extra["options"].faces.llms:
        publications = cast("Callable[[], PublicationList]", env.globals["publications"])()
        for page in site_pages.all_of(files):
            path = site_markdown.beside(page.file)
            _write(path, site_markdown.of_page(page, publications, pages, config, files), config, files)
            config.extra["markdown"][page.url] = path
        if files.get_file_from_path(llms_txt.EXPORT) is None:
            sections = site_list.sections(data, address, config, files)
            files.append(File.generated(config, llms_txt.EXPORT, content=llms_txt.render(profile, sections)))


def _write(path: str, content: str, config: MkDocsConfig, files: Files) -> None:
    # Under the name of a page MkDocs would take it for one.
    file = File.generated(config, f"{path}.txt", content=content)
    file.dest_uri = path
    files.append(file)
