"""A heading for a page that begins with none: a title in front matter, or its project's. It is plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AMP_SUBSTITUTE, AtomicString

from portfolio.markdown_ext.extensions import TreeExtension


def title_from_front_matter(front_matter: Mapping[str, Any]) -> str | None:
    """Return the title in the front matter of a page, as plain text, or None.

    None also for the home page, whose heading is the name of the site.
    """
    title = front_matter.get("title")
    return " ".join(str(title).split()) if title and front_matter.get("template") != "home.html" else None


@dataclass(eq=False)
class TitleExtension(TreeExtension):
    """A Markdown extension that adds the heading.

    ``find_title`` returns the heading of the page that is converted, or None.
    """

    name = "title"
    # After typographic quotes (6), because the title is not Markdown; before the table of contents (5).
    priority = 5.5

    find_title: Callable[[Markdown], str | None]

    def edit_tree(self, md: Markdown, root: Element) -> None:
        title = self.find_title(md)
        if title and not (len(root) and root[0].tag == "h1"):
            heading = Element("h1")
            # Markdown would take "&amp;" for an entity.
            heading.text = AtomicString(title.replace("&", f"{AMP_SUBSTITUTE}amp;"))
            heading.tail = "\n"
            root.insert(0, heading)
