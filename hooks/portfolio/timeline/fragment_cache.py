"""A cache for parts of pages: each is rendered again only when its object has been replaced."""

from __future__ import annotations

from typing import Any

from jinja2 import Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

# More fragments than any page has; the least recently used are dropped.
_MAX_FRAGMENTS = 64


class FragmentCache:
    """For templates: ``fragments(name, item)`` renders the template ``name`` once for an immutable object.

    The template gets the object as ``item`` and the context of the page, of which it may use only the URL.
    Objects are compared by identity.
    """

    def __init__(self) -> None:
        self._fragments: dict[tuple[object, ...], tuple[Template, object, Markup]] = {}

    def __fingerprint__(self) -> tuple[object, ...]:
        """Return nothing: the cache does not change the content of pages; see ``mkdocs_incremental``."""
        return ()

    def clear(self) -> None:
        """Drop all fragments, since a template has changed."""
        self._fragments.clear()

    @pass_context
    def __call__(self, context: Context, name: str, item: object) -> Markup:
        template = context.environment.get_template(name)
        page: Any = context.get("page")
        key = id(template), getattr(page, "url", None), id(item)
        fragment = self._fragments.pop(key, None)
        if fragment is None:
            html = Markup(template.render({**context.get_all(), "item": item}))  # noqa: S704
            # The template and the object are referenced, so that no new object can have their ids.
            fragment = template, item, html
        self._fragments[key] = fragment
        while len(self._fragments) > _MAX_FRAGMENTS:
            del self._fragments[next(iter(self._fragments))]
        return fragment[2]
