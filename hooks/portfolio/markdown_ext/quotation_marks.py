"""Typographic quotation marks in the language of the page, if the site uses Markdown's extension ``smarty``.

``"text"`` becomes „text“ in German and « text » in French. An apostrophe looks the same in all languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.smarty import SmartyExtension, SubstituteTextPattern

from portfolio.core import i18n
from portfolio.markdown_ext.extensions import add_line_reader
from portfolio.markdown_ext.markdown_internals import skip_patterns

# Before all of the text becomes elements.
_PRIORITY = 100
# That of smarty's own treeprocessor.
_SMARTY_PRIORITY = 6
# That of Python-Markdown's pattern of HTML.
_HTML_PRIORITY = 90
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

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        if "smarty" not in md.treeprocessors or self.options.get("substitutions"):
            return
        processors = {i18n.SOURCE_LANGUAGE: md.treeprocessors["smarty"]}
        installed = i18n.SOURCE_LANGUAGE

        def set_marks(_: list[str]) -> None:
            nonlocal installed
            language = self.get_language(md)
            if language == installed:
                return
            if language not in processors:
                _LocalSmarty(substitutions=find_marks(language), **self.options).extendMarkdown(md)
                processors[language] = md.treeprocessors["smarty"]
            md.treeprocessors.register(processors[language], "smarty", _SMARTY_PRIORITY)
            installed = language

        add_line_reader(md, set_marks, "quotation-marks", _PRIORITY)


class _LocalSmarty(SmartyExtension):
    """``smarty`` for languages in which an apostrophe is no quotation mark."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - as above
        # It replaces the pattern of HTML, which all languages share.
        html = md.inlinePatterns["html"]
        super().extendMarkdown(md)
        md.inlinePatterns.register(html, "html", _HTML_PRIORITY)
        skip_patterns(md, "smarty", _SMARTY_PRIORITY)

    def educateQuotes(self, md: Markdown) -> None:  # noqa: N802 - as above
        super().educateQuotes(md)
        apostrophe = SubstituteTextPattern(_APOSTROPHE, ("’",), md)
        self.inlinePatterns.register(apostrophe, "smarty-apostrophe", 60)
