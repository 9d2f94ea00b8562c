"""Attribute lists, ``{ #id .class key=value }``: other text in braces, as in ``{x | x > 0}``, stays text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor

from portfolio.core.diagnostics import quote
from portfolio.markdown_ext.render_errors import RenderError, Report

# That of Python-Markdown's own treeprocessor.
_PRIORITY = 8
# An attribute. Those without a value are the ones that make sense in a text.
_ATTRIBUTE = (
    r"""(?:[.#][^\s"'={}]+|[A-Za-z_:@][\w:.@-]*=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'={}]+)|data-[\w-]+|"""
    r"(?:allowfullscreen|autoplay|controls|download|hidden|inert|loop|markdown|muted|open|reversed)(?![^\s}]))"
)
# The pattern of a whole list; its group has the attributes.
ATTRIBUTE_LIST = rf"\{{:?[ ]*({_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*)[ ]*\}}"
# Begins like a list but contains something else.
_NEARLY_LIST = re.compile(
    rf"\{{:?[ ]*(?P<attributes>{_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*[ ]+(?P<invalid>[^\s{{}}]+)[^{{}}\n]*)\}}"
)


@dataclass(eq=False)
class AttributeListExtension(Extension):
    """A Markdown extension that leaves braces as text unless they are an attribute list.

    It reports braces that only begin like one. Without the extension ``attr_list`` it does nothing.
    """

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        if "attr_list" in md.treeprocessors:
            processor = _StrictProcessor(md)
            processor.report = self.report
            md.treeprocessors.register(processor, "attr_list", _PRIORITY)


class _StrictProcessor(AttrListTreeprocessor):
    HEADER_RE = re.compile(rf"[ ]+{ATTRIBUTE_LIST}[ ]*$")  # type: ignore[misc]
    BLOCK_RE = re.compile(rf"\n[ ]*{ATTRIBUTE_LIST}[ ]*$")  # type: ignore[misc]
    INLINE_RE = re.compile(ATTRIBUTE_LIST)  # type: ignore[misc]
    report: Report

    def run(self, doc: Element) -> None:
        super().run(doc)
        if not any("{" in text for text in doc.itertext()):
            return
        for element in doc.iter():
            is_block = self.md.is_block_level(element.tag)
            text = (element[-1].tail if len(element) else element.text) if is_block else element.tail
            for match in _NEARLY_LIST.finditer(text or ""):
                # At the end of a block, or right after another element.
                is_attached = not match.string[match.end() :].strip() if is_block else match.start() == 0
                if is_attached:
                    message = (
                        f"{quote(match['invalid'])} is not an attribute, so the braces are shown as text."
                    )
                    hint = 'Write #id, .class or name="value", or write \\{ for a brace.'
                    self.report(RenderError("attributes.invalid", match["attributes"], message, hint))
