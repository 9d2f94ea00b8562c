"""The private parts of MkDocs, Material and Python-Markdown that incremental builds use have not changed."""

import inspect
from importlib.metadata import version
from pathlib import Path

import pytest
from material.plugins.blog.plugin import BlogPlugin
from material.plugins.blog.structure import Excerpt, Post, View
from material.plugins.search.plugin import SearchIndex
from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import PluginCollection
from mkdocs.structure import pages
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.theme import Theme
from mkdocs.utils import clean_directory

from mkdocs_incremental import mkdocs_internals


def test_installed_versions_are_supported() -> None:
    assert mkdocs_internals.unsupported_version() == ""


@pytest.mark.parametrize(
    ("name", "installed", "message"),
    [
        ("mkdocs", "1.5.3", "mkdocs 1.5.3 is not supported (supported: >=1.6,<1.7)"),
        ("mkdocs", "1.7", "mkdocs 1.7 is not supported (supported: >=1.6,<1.7)"),
        ("mkdocs-material", "9.9b1", "mkdocs-material 9.9b1 is not supported (supported: >=9.8,<9.9)"),
        ("markdown", "3.12", "markdown 3.12 is not supported (supported: >=3.10,<3.12)"),
    ],
)
def test_unsupported_version_is_reported(name: str, installed: str, message: str) -> None:
    def get_version(package: str) -> str:
        return installed if package == name else version(package)

    assert mkdocs_internals.unsupported_version(get_version) == message


# Source text on which `mkdocs_incremental.mkdocs_internals` relies. If it changes, adapt that module.
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (
            Page.render,
            [
                "_RawHTMLPreprocessor()",
                "_ExtractAnchorsTreeprocessor(self.file, files, config)",
                "_RelativePathTreeprocessor(self.file, files, config)",
                "_ExtractTitleTreeprocessor()",
                "self._title_from_render = extract_title_ext.title",
                "extract_anchors_ext.present_anchor_ids | raw_html_ext.present_anchor_ids",
                "self.links_to_anchors = relative_path_ext.links_to_anchors",
            ],
        ),
        (pages._ExtractAnchorsTreeprocessor._register, ["priority=5"]),
        (pages._RelativePathTreeprocessor._register, ['"relpath", 0']),
        (BlogPlugin._config_pagination, ["def _config_pagination(self, view: View)"]),
        (BlogPlugin._config_pagination_per_page, ["def _config_pagination_per_page(self, view: View)"]),
        (Excerpt.__init__, ["self.file = copy(post.file)", "self.md = Markdown("]),
        (Excerpt.render, ["self.file.url = page.url", "self.content = self.md.convert(self.markdown)"]),
        (View.__init__, ["self.pages: list[View] = []"]),
        (Post.__init__, ["self.excerpt: Excerpt = None"]),
        (BlogPlugin.on_page_markdown, ["page not in self.blog.posts", "page.excerpt            = Excerpt("]),
        (BlogPlugin.on_page_content, ["page.config.readtime = readtime(html, words_per_minute)"]),
        (BlogPlugin._render, ["self._config_pagination(view)", "self._config_pagination_per_page(view)"]),
        (BlogPlugin._render_post, ["excerpt.render(view, self.config.post_excerpt_separator)"]),
        (
            build._build_page,
            [
                "config._current_page = page",
                "page.active = True",
                "context = get_context(nav, doc_files, config, page)",
                "template = env.get_template(page.meta.get('template', 'main.html'))",
                "context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)",
                "output = template.render(context)",
                "if output.strip():",
                "output.encode('utf-8', errors='xmlcharrefreplace'), page.file.abs_dest_path",
            ],
        ),
        (
            build._populate_page,
            [
                "page = config.plugins.on_pre_page(page, config=config, files=files)",
                "page.read_source(config)",
                "page.markdown = config.plugins.on_page_markdown(",
                "page.render(config, files)",
            ],
        ),
        (build.build, ["on_pre_build(config=config)", "utils.clean_directory(config.site_dir)"]),
        (PluginCollection._register_event, ["events = self.events[event_name]"]),
        (SearchIndex.__init__, ["self.entries = []"]),
        (clean_directory, ["if entry.startswith('.'):"]),
        (
            Files.add_files_from_theme,
            ["patterns = ['.*', '*/.*'", "for path in env.list_templates(filter_func=filter)"],
        ),
        (Theme.get_env, ["loader = jinja2.FileSystemLoader(self.dirs)"]),
        (Files.copy_static_files, ["file.copy_file(dirty)"]),
        (File.copy_file, ["utils.copy_file(self.abs_src_path, output_path)"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_private_part_is_unchanged(part: object, expected: list[str]) -> None:
    source = inspect.getsource(part)  # type: ignore[arg-type]
    assert [text for text in expected if text not in source] == []


def test_files_of_a_theme_are_those_of_mkdocs(tmp_path: Path) -> None:
    for name in ("icon.svg", "page.html", "a/b.css", ".icons/c.svg", "a/.d/e.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text", encoding="utf-8")

    def list_files(theme: Theme) -> list[str]:
        config, files = MkDocsConfig(), Files([])
        config.load_dict({"site_name": "A site"})
        config.validate()
        config.theme = theme
        files.add_files_from_theme(theme.get_env(), config)
        return [file.src_uri for file in files]

    theme = Theme("material", custom_dir=str(tmp_path))
    expected = list_files(theme)
    mkdocs_internals.list_visible_templates(theme)
    assert {"icon.svg", "a/b.css", "assets/images/favicon.png"} <= {*expected}
    assert list_files(theme) == expected
