"""Which extensions of Markdown make the same of a text every time, in one converter.

Material converts a post's excerpt anew for each list that shows it, with one converter that is never reset.
Where an extension remembers what it met, the second list shows something else than the first, and a page can
be no guide to its excerpt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension

# By their names in mkdocs.yml. Footnotes are here since a page without any is not concerned.
_KNOWN = frozenset(
    "abbr admonition attr_list def_list fenced_code footnotes md_in_html meta nl2br sane_lists smarty tables "
    "toc".split()
)
_PYMDOWNX = frozenset(
    "arithmatex betterem caret details emoji escapeall highlight inlinehilite keys magiclink mark "
    "progressbar quotes smartsymbols snippets superfences tasklist tilde blocks.admonition blocks.caption "
    "blocks.definition blocks.details blocks.html".split()
)
# Options by which each line of code gets an id, with a number that goes on from one conversion to the next;
# and one by which every text depends on other files.
_UNLESS = {
    "pymdownx.highlight": ("anchor_linenums", "line_anchors", "line_spans"),
    "pymdownx.snippets": ("auto_append",),
}


def is_known(extension: object) -> bool:
    """Whether an extension, by its name or as an object, remembers nothing of a text.

    Objects say so themselves, by an attribute ``reusable`` that is true.
    """
    if not isinstance(extension, str):
        return getattr(extension, "reusable", False) is True
    package, _, name = extension.rpartition("pymdownx.")
    if name and not package and name != extension:
        return name in _PYMDOWNX
    return extension.removeprefix("markdown.extensions.") in _KNOWN


def unknown(extensions: Iterable[object], configs: Mapping[str, Any]) -> str:
    """The name of an extension by which no excerpt can be taken from a page; empty if there is none."""
    for extension in extensions:
        if not is_known(extension):
            return extension if isinstance(extension, str) else type(extension).__name__
    for name, options in _UNLESS.items():
        given = configs.get(name) or {}
        if any(given.get(option) for option in options):
            return name
    for fence in (configs.get("pymdownx.superfences") or {}).get("custom_fences", ()):
        if not _is_known_fence(fence.get("format")):
            return f"superfences: {fence.get('name')}"
    return ""


def folders(configs: Mapping[str, Any]) -> list[str]:
    """The folders with icons of the site's own, which are read once for all texts."""
    options = (configs.get("pymdownx.emoji") or {}).get("options") or {}
    return [str(folder) for folder in options.get("custom_icons") or ()]


def _is_known_fence(made: Any) -> bool:
    owner = getattr(made, "__self__", None)
    if owner is not None:
        return getattr(owner, "reusable", False) is True
    return getattr(made, "__module__", "") == "pymdownx.superfences"


def met_footnotes(md: Markdown) -> bool:
    """Whether the text that was converted has footnotes."""
    return any(isinstance(one, FootnoteExtension) and bool(one.footnotes) for one in md.registeredExtensions)
