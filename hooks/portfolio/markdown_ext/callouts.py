"""The titles of callouts without one of their own: that of their type, in the language of the site.

Markdown's extensions take the type itself, as in "Note" for ``!!! note`` and ``> [!NOTE]``.
"""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown

from portfolio.core.i18n import N_, gettext
from portfolio.markdown_ext.extensions import TreeExtension, has_class

_TITLES: Final = {
    "abstract": N_("Abstract"),
    "attention": N_("Attention"),
    "bug": N_("Bug"),
    "caution": N_("Caution"),
    "danger": N_("Danger"),
    "error": N_("Error"),
    "example": N_("Example"),
    "failure": N_("Failure"),
    "hint": N_("Hint"),
    "important": N_("Important"),
    "info": N_("Info"),
    "note": N_("Note"),
    "question": N_("Question"),
    "quote": N_("Quote"),
    "success": N_("Success"),
    "summary": N_("Summary"),
    "tip": N_("Tip"),
    "warning": N_("Warning"),
}


class CalloutExtension(TreeExtension):
    """A Markdown extension that translates the titles."""

    name = "callouts"
    # After quotations have become callouts (19.99).
    priority = 19.98

    def edit_tree(self, _md: Markdown, root: Element) -> None:
        for element in root.iter():
            if len(element) and (element.tag == "details" or has_class(element, "admonition")):
                kind = (element[0].text or "").lower()
                if kind in _TITLES and has_class(element, kind):
                    element[0].text = gettext(_TITLES[kind])
