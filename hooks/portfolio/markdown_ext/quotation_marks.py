"""Typographic quotation marks in the language of the page, if the site uses Markdown's extension ``smarty``.

``"text"`` becomes „text“ in German and « text » in French. An apostrophe looks the same in all languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.smarty import SmartyExtension, SubstituteTextPattern

from portfolio.core import i18n
from portfolio.markdown_ext.extensions import add_line_reader

# Before all of the text becomes elements.
_PRIORITY = 100
_NAMES = ("left-double-quote", "right-double-quote", "left-single-quote", "right-single-quote")
# Outer and inner marks, as the CLDR and the typographers of a language have them. Others are as in English.
_MARKS: Final = {
    "ar": "«»‹›",
    "bg": "„“‚‘",
    "cs": "„“‚‘",
    "da": "“”‘’",
    "de": "„“‚‘",
    "de-ch": "«»‹›",
    "el": "«»“”",
    "es": "«»“”",
    "fa": "«»‹›",
    "fi": "””’’",
    "fr": ("«\u202f", "\u202f»", "“", "”"),
    "hr": "„”‘’",
    "hu": "„”»«",
    "it": "«»“”",
    "ja": "「」『』",
    "nb": "«»‘’",
    "nn": "«»‘’",
    "pl": "„”«»",
    "pt": "«»“”",
    "pt-br": "“”‘’",
    "ro": "„”«»",
    "ru": "«»„“",
    "sk": "„“‚‘",
    "sl": "„“‚‘",
    "sv": "””’’",
    "uk": "«»„“",
    "zh-hant": "「」『』",
    "zh-tw": "「」『』",
}
# Inside a word, and after a letter that takes the place of a genitive.
_APOSTROPHE = r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=[sxzß])'(?=\s)"


def find_marks(language: str) -> Mapping[str, str]:
    """Return the quotation marks of a language (BCP 47) by their names in ``smarty``; none as in English."""
    code = language.lower()
    marks = _MARKS.get(code) or _MARKS.get(code.partition("-")[0])
    return dict(zip(_NAMES, marks, strict=True)) if marks else {}


@dataclass(eq=False)
class QuotationMarkExtension(Extension):
    """A Markdown extension that sets the marks before each text is converted.

    ``get_language`` returns the language of the page that is being converted. ``options`` are those of
    ``smarty`` in ``mkdocs.yml``; marks in them are left as they are.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    get_language: Callable[[Markdown], str]
    options: Mapping[str, Any]
    _installed: str = field(default=i18n.SOURCE_LANGUAGE, init=False)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        if "smarty" not in md.treeprocessors or self.options.get("substitutions"):
            return
        self._installed = i18n.SOURCE_LANGUAGE

        def set_marks(_: list[str]) -> None:
            language = self.get_language(md)
            if language != self._installed:
                _LocalSmarty(substitutions=find_marks(language), **self.options).extendMarkdown(md)
                self._installed = language

        add_line_reader(md, set_marks, "quotation-marks", _PRIORITY)


class _LocalSmarty(SmartyExtension):
    """``smarty`` for languages in which an apostrophe is no quotation mark."""

    def educateQuotes(self, md: Markdown) -> None:  # noqa: N802 - as above
        super().educateQuotes(md)
        apostrophe = SubstituteTextPattern(_APOSTROPHE, ("’",), md)
        self.inlinePatterns.register(apostrophe, "smarty-apostrophe", 60)
