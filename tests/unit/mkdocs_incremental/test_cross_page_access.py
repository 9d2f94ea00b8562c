"""A template that shows more of another page than its title and the like is heard of."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File
from mkdocs.structure.pages import Page

from mkdocs_incremental import cross_page_access


def page(name: str) -> Page:
    config = MkDocsConfig()
    config.load_dict({"site_name": "A site"})
    config.validate()
    made = Page(name, File(f"{name}.md", "docs", "site", use_directory_urls=True), config)
    made.content = f"The text of {name}"
    return made


@pytest.mark.parametrize(
    ("template", "is_heard"),
    [
        ("{{ page.title }}{{ page.content }}{{ page.meta.content }}", False),
        ("{{ other.title }}{{ other.url }}{{ other.meta }}", False),
        ("{{ other.content }}", True),
        ("{{ other['content'] }}", True),
        ("{% set one = [page, other] | last %}{{ one.content }}", True),
        ("{{ [other] | map(attribute='content') | join }}", True),
        ("{{ {'content': 'none of a page'}.content }}{{ [1, 2][0:1] }}", False),
    ],
)
def test_it_is_heard_of(template: str, is_heard: bool) -> None:
    env, heard = Environment(autoescape=True), [False]
    this, other = page("this"), page("other")
    cross_page_access.hear(env, lambda: this, lambda: heard.append(True))
    plain = Environment(autoescape=True).from_string(template).render(page=this, other=other)
    assert env.from_string(template).render(page=this, other=other) == plain
    assert heard[-1] is is_heard
