from types import SimpleNamespace

import pytest
from jinja2 import DictLoader, Environment

from portfolio.timeline.fragment_cache import FragmentCache


class Counted:
    """A thing that counts how often it is shown."""

    def __init__(self, text: str) -> None:
        self.text, self.shown = text, 0

    def __str__(self) -> str:
        self.shown += 1
        return self.text


@pytest.fixture
def templates() -> dict[str, str]:
    return {"page": "{{ kept('part', thing) }}", "part": "{{ page.url }}{{ it }}"}


@pytest.fixture
def env(templates: dict[str, str]) -> Environment:
    env = Environment(loader=DictLoader(templates), autoescape=True)
    env.globals["kept"] = FragmentCache()
    return env


def _render(env: Environment, thing: object, url: str = "a/") -> str:
    return env.get_template("page").render(thing=thing, page=SimpleNamespace(url=url))


def test_a_part_is_made_once_for_a_thing_and_a_page(env: Environment) -> None:
    one, other = Counted("<1>"), Counted("<2>")
    assert [_render(env, one), _render(env, one), _render(env, other)] == [
        "a/&lt;1&gt;",
        "a/&lt;1&gt;",
        "a/&lt;2&gt;",
    ]
    assert (one.shown, other.shown) == (1, 1)
    assert _render(env, one, "b/") == "b/&lt;1&gt;"
    assert one.shown == 2


def test_a_changed_template_is_taken(env: Environment, templates: dict[str, str]) -> None:
    one = Counted("1")
    _render(env, one)
    templates["part"] = "new {{ it }}"
    assert _render(env, one) == "new 1"


def test_all_is_made_again_when_that_is_said(env: Environment) -> None:
    kept, one = env.globals["kept"], Counted("1")
    assert isinstance(kept, FragmentCache)
    _render(env, one)
    kept.clear()
    _render(env, one)
    assert one.shown == 2


def test_no_more_is_kept_than_a_page_has(env: Environment) -> None:
    first = Counted("1")
    _render(env, first)
    for number in range(64):
        _render(env, Counted(str(number)))
    _render(env, first)
    assert first.shown == 2
