"""The private parts of MkDocs, Material and pymdown-extensions that the hooks use have not changed."""

import inspect
from importlib.metadata import version

import pytest
from jinja2 import Environment
from jinja2.nodes import EvalContext
from markdown import Markdown
from material.plugins.blog.plugin import BlogPlugin
from material.plugins.blog.structure import Post, View
from material.plugins.blog.structure.options import DateDict
from material.plugins.tags.structure.listing.manager import ListingManager, toc
from mkdocs.structure import pages
from mkdocs.structure.files import File, Files
from packaging.specifiers import SpecifierSet

from portfolio.mkdocs_glue import mkdocs_internals


@pytest.mark.parametrize("name", mkdocs_internals.SUPPORTED_VERSIONS)
def test_installed_versions_are_supported(name: str) -> None:
    assert SpecifierSet(mkdocs_internals.SUPPORTED_VERSIONS[name]).contains(version(name))


# Source text on which `portfolio.mkdocs_glue.mkdocs_internals` relies. If it changes, adapt that module.
@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (BlogPlugin.on_files, ["self.blog = ", "self.blog.posts = "]),
        (
            BlogPlugin._config_pagination_per_page,
            [
                "self.config.pagination_per_page",
                '"archive_pagination_per_page"',
                '"categories_pagination_per_page"',
                '"authors_profiles_pagination_per_page"',
            ],
        ),
        (BlogPlugin._generate_pages, ["file.page.pages = view.pages", "file.page.posts = view.posts"]),
        (BlogPlugin._resolve_post, ["post = Post(file, config)", "self._format_path_for_post(post, config)"]),
        (BlogPlugin._resolve_posts, ["self._resolve_post(file, config)"]),
        (BlogPlugin._format_path_for_post, ["post.config.slug or self._slugify_post(post)"]),
        (BlogPlugin._slugify_category, ["self.config.categories_slugify(name, separator)"]),
        (BlogPlugin._generate_categories, ['self._save_to_file(file.abs_src_path, f"# {name}")']),
        (BlogPlugin.on_page_markdown, ['return f"# {name}"']),
        (
            Post.__init__,
            [
                "yaml.load(match.group(1), SafeLoader)",
                'config.plugins.get("material/meta")',
                "plugin.on_page_markdown(",
            ],
        ),
        (DateDict.__init__, ['self.created: datetime = data["created"]']),
        (ListingManager._slugify, ["slugify = self.config.tags_slugify"]),
        (ListingManager.__and__, ['listing.page.url or "."', "fragment = self._slugify(tag)"]),
        (
            ListingManager.populate,
            [
                'posixpath.join(listing.config.layout, "listing.html")',
                "renderer.render(page, name, listing = tree)",
            ],
        ),
        (toc.populate, ["AnchorLink(tag.name, slugify(tag), level)"]),
        (pages.Page.render, ["self._title_from_render = extract_title_ext.title"]),
        (View.__init__, ["self.pages: list[View] = []"]),
        (BlogPlugin._render, ["self._render_post(post.excerpt, view)"]),
        (BlogPlugin._render_post, ["return excerpt"]),
        (pages._RelativePathTreeprocessor._register, ['"relpath"']),
        (pages._RelativePathTreeprocessor.__init__, ["self.file = file"]),
        (Files.documentation_pages, ["file.is_documentation_page()"]),
        (File.generated, ["abs_src_path: str | None = None", "generated_by"]),
        # Jinja asks for each template by its name, when it compiles it and when it renders it.
        (EvalContext.__init__, ["self.autoescape = environment.autoescape(template_name)"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_private_part_is_unchanged(part: object, expected: list[str]) -> None:
    source = inspect.getsource(part)  # type: ignore[arg-type]
    assert [text for text in expected if text not in source] == []


def test_snippets_have_a_preprocessor_of_lines() -> None:
    md = Markdown(extensions=["pymdownx.snippets"])
    assert md.preprocessors["snippet"].run(["a", "b"]) == ["a", "b"]


def test_templates_are_escaped_unless_they_print_html() -> None:
    env = Environment()  # noqa: S701 - as MkDocs sets it up
    mkdocs_internals.escape_templates(env, {"partials/content.html"})
    expected_texts = {
        "partials/content.html": "&lt;b&gt;",
        "partials/palette.html": "&lt;b&gt;",
        "partials/post.html": "<b>",
        "partials/languages/fr.html": "<b>",
        "robots.txt": "<b>",
    }
    for name, expected in expected_texts.items():
        code = env.compile("{{ title }}", name)
        template = env.template_class.from_code(env, code, {})
        assert template.render(title="<b>") == expected
