"""Parts of a page that are made once, and again only when what they show is not what it was."""

from __future__ import annotations

from typing import Any

from jinja2 import Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

# More than any page has; what is older than these is forgotten.
_MOST = 64


class FragmentCache:
    """For templates: ``kept(name, thing)`` is what the template ``name`` makes of a thing that never changes.

    It has that as ``it``, beside all that its page has, of which it may depend on the page's address alone.
    A thing is known by its identity.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], tuple[Template, object, Markup]] = {}

    def __fingerprint__(self) -> tuple[object, ...]:
        """It adds nothing of its own to a page; see ``hooks/incremental``."""
        return ()

    def clear(self) -> None:
        """Forget all, since a template has changed."""
        self._made.clear()

    @pass_context
    def __call__(self, context: Context, name: str, thing: object) -> Markup:
        template = context.environment.get_template(name)
        page: Any = context.get("page")
        key = id(template), getattr(page, "url", None), id(thing)
        # What is known by its identity is held, so that no other thing can have that.
        found = self._made.pop(key, None)
        if found is None:
            made = Markup(template.render({**context.get_all(), "it": thing}))  # noqa: S704
            found = template, thing, made
        self._made[key] = found
        while len(self._made) > _MOST:
            del self._made[next(iter(self._made))]
        return found[2]
