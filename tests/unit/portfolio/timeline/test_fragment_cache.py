"""Fragments are rendered again only for new objects, pages and templates."""

from types import SimpleNamespace

import pytest
from jinja2 import DictLoader, Environment

from portfolio.timeline.fragment_cache import FragmentCache


class Counter:
    """Counts how often it is rendered."""

    def __init__(self, text: str) -> None:
        self.text, self.rendered = text, 0

    def __str__(self) -> str:
        self.rendered += 1
        return self.text


@pytest.fixture
def templates() -> dict[str, str]:
    return {"page": "{{ fragments('part', object) }}", "part": "{{ page.url }}{{ item }}"}


@pytest.fixture
def env(templates: dict[str, str]) -> Environment:
    env = Environment(loader=DictLoader(templates), autoescape=True)
    env.globals["fragments"] = FragmentCache()
    return env


def render(env: Environment, item: object, url: str = "a/") -> str:
    return env.get_template("page").render(object=item, page=SimpleNamespace(url=url))


def test_a_fragment_is_rendered_once_per_object_and_page(env: Environment) -> None:
    first, second = Counter("<1>"), Counter("<2>")
    assert [render(env, first), render(env, first), render(env, second)] == [
        "a/&lt;1&gt;",
        "a/&lt;1&gt;",
        "a/&lt;2&gt;",
    ]
    assert (first.rendered, second.rendered) == (1, 1)
    assert render(env, first, "b/") == "b/&lt;1&gt;"
    assert first.rendered == 2


def test_a_changed_template_is_rendered_again(env: Environment, templates: dict[str, str]) -> None:
    item = Counter("1")
    render(env, item)
    templates["part"] = "new {{ item }}"
    assert render(env, item) == "new 1"


def test_clear_drops_all_fragments(env: Environment) -> None:
    fragments, item = env.globals["fragments"], Counter("1")
    assert isinstance(fragments, FragmentCache)
    render(env, item)
    fragments.clear()
    render(env, item)
    assert item.rendered == 2


def test_the_least_recently_used_fragment_is_dropped(env: Environment) -> None:
    first = Counter("1")
    render(env, first)
    for number in range(64):
        render(env, Counter(str(number)))
    render(env, first)
    assert first.rendered == 2
