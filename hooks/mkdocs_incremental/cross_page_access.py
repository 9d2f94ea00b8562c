"""Pages whose templates show more of other pages than is known of these: they are made in every build.

What a page may show of another, `site_facts.shallow` tells. A template that asks for its text as well, or the
blog for its posts, is heard of here, by the two methods with which an environment of Jinja looks things up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from material.plugins.blog.structure import Excerpt
from mkdocs.structure.pages import Page

# What changes with the text of a page, or with the posts of a blog.
_MORE = frozenset("config content excerpt markdown posts toc views".split())
# Of a list of posts even its own page is known only for those that it shows.
_LISTS = frozenset({"posts", "views"})


def hear(env: Environment, shown: Callable[[], object], lose: Callable[[], None]) -> None:
    """Call ``lose`` when a template asks for more of another page than the one that is ``shown``."""
    for name in ("getattr", "getitem"):
        setattr(env, name, _heard(getattr(env, name), shown, lose))


def _heard(
    method: Callable[[Any, Any], Any], shown: Callable[[], object], lose: Callable[[], None]
) -> Callable[[Any, Any], Any]:
    def look_up(item: Any, name: Any) -> Any:
        # Of the excerpts in a list all is known.
        if type(name) is str and name in _MORE and isinstance(item, Page) and not isinstance(item, Excerpt):
            is_other = item is not shown() or name in _LISTS
            if is_other and hasattr(item, name):
                lose()
        return method(item, name)

    return look_up
