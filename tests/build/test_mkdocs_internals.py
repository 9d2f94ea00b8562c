"""The private parts of MkDocs, Material and pymdown-extensions that the hooks use have not changed."""

import inspect
from importlib.metadata import version

import pytest
from jinja2 import Environment
from jinja2.nodes import EvalContext
from markdown import Markdown
from material.plugins.blog.plugin import BlogPlugin
from material.plugins.blog.readtime import readtime
from material.plugins.blog.structure import Excerpt, View
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
        (BlogPlugin.on_page_content, ["page.config.readtime = readtime(html, words_per_minute)"]),
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
        (View.__init__, ["self.pages: list[View] = []"]),
        (readtime, ["def readtime(html: str, words_per_minute: int):"]),
        (Excerpt.__init__, ['"relpath"']),
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


def test_escape_templates_escapes_the_named_templates_alone() -> None:
    env = Environment()  # noqa: S701 - as MkDocs sets it up
    mkdocs_internals.escape_templates(env, {"own.html"})
    for name, expected in {"own.html": "&lt;b&gt;", "theme.html": "<b>"}.items():
        code = env.compile("{{ title }}", name)
        template = env.template_class.from_code(env, code, {})
        assert template.render(title="<b>") == expected
