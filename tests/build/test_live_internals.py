"""The private parts of MkDocs and Material that the preview uses have not changed."""

import inspect
from typing import Any

import pytest
from material.plugins.blog.plugin import BlogPlugin
from material.plugins.blog.structure import Post
from mkdocs.commands import build, serve
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer

from mkdocs_live import mkdocs_internals
from tests.support import project


def test_installed_versions_are_supported() -> None:
    assert mkdocs_internals.unsupported_package() == ""


def test_an_unsupported_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mkdocs_internals, "version", lambda name: "1.7.2" if name == "mkdocs" else "9.8.1")
    assert mkdocs_internals.unsupported_package() == "mkdocs 1.7.2"


def test_a_configuration_after_forget_plugins_has_new_plugins() -> None:
    def load() -> Any:
        return load_config(str(project.ROOT / "mkdocs.yml")).plugins["material/blog"]

    first = load()
    assert load() is first
    mkdocs_internals.forget_plugins()
    second = load()
    assert second is not first
    for plugin in (first, second):
        plugin.on_shutdown()  # removes its temporary folder


# Lines of each part, in order, that `mkdocs_internals` repeats or relies on.
@pytest.mark.parametrize(
    ("part", "lines"),
    [
        (
            build._populate_page,
            [
                "config._current_page = page",
                "page = config.plugins.on_pre_page(page, config=config, files=files)",
                "page.read_source(config)",
                "page.markdown = config.plugins.on_page_markdown(",
                "page.render(config, files)",
                "page.content = config.plugins.on_page_content(",
            ],
        ),
        (
            build._build_page,
            [
                "page.active = True",
                "context = get_context(nav, doc_files, config, page)",
                "template = env.get_template(page.meta.get('template', 'main.html'))",
                "context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)",
                "if excluded:",
                "output = template.render(context)",
                "output = config.plugins.on_post_page(output, page=page, config=config)",
                "if output.strip():",
                "output.encode('utf-8', errors='xmlcharrefreplace')",
                "page.active = False",
            ],
        ),
        (
            serve.serve,
            [
                "site_dir = tempfile.mkdtemp(prefix='mkdocs_')",
                "builder(config)",
                "server.watch(config.docs_dir)",
                "server = config.plugins.on_serve(server, config=config, builder=builder)",
                "server.watch(item)",
                "server.serve(open_in_browser=open_in_browser)",
                "server.shutdown()",
            ],
        ),
        (
            BlogPlugin._resolve_post,
            [
                "post = Post(file, config)",
                "file.dest_uri      = temp.dest_uri",
                "post._set_canonical_url(config.site_url)",
            ],
        ),
        (BlogPlugin.on_nav, ["self._attach(self.blog, [None, *reversed(self.blog.posts), None])"]),
        (
            BlogPlugin.on_files,
            ["self.blog.posts = sorted(", "post.config.pin,", "post.config.date.created", "reverse = True"],
        ),
        (BlogPlugin._resolve_posts, ["post = self._resolve_post(file, config)", "self._is_excluded(post)"]),
        (
            Post.__init__,
            ["open(file.abs_src_path", "self.excerpt: Excerpt = None", "self.authors: list[Author] = []"],
        ),
    ],
)
def test_source_of_a_private_part_is_unchanged(part: object, lines: list[str]) -> None:
    source = inspect.getsource(part)  # type: ignore[arg-type]
    places = [source.find(line) for line in lines]
    assert -1 not in places, [line for line, place in zip(lines, places, strict=True) if place < 0]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (BlogPlugin._attach, ["self", "parent", "pages"]),
        (BlogPlugin._is_excluded, ["self", "post"]),
        (BlogPlugin._resolve_views, ["self", "view"]),
        (BlogPlugin._format_path_for_archive, ["self", "post", "config"]),
        (BlogPlugin._format_path_for_category, ["self", "name"]),
        (BlogPlugin._format_path_for_profile, ["self", "id", "author"]),
    ],
)
def test_parameters_of_a_private_method_are_unchanged(part: object, names: list[str]) -> None:
    assert list(inspect.signature(part).parameters) == names  # type: ignore[arg-type]


def test_private_attributes_exist() -> None:
    assert hasattr(MkDocsConfig, "_current_page")
    assert "self._watched_paths: dict[str, int]" in inspect.getsource(LiveReloadServer.__init__)
