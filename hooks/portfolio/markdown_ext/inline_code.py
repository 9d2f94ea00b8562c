"""Styles and scripts within a page, which the site's content security policy blocks.

An alignment becomes a class: Markdown's tables have it as a style, and it is what people write most. Anything
else is removed and reported, so that nothing fails in the browser only. A page that a link opens in a window
gets no access to the one with the link: old browsers need ``rel`` for that.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension

from portfolio.core.diagnostics import quote
from portfolio.markdown_ext.extensions import add_class, add_tree_editor
from portfolio.markdown_ext.render_errors import RenderError, Report

# After every extension that adds elements, before the check of tags (0.4).
_PRIORITY = 0.45
_ALIGNMENT = re.compile(r"\s*text-align\s*:\s*(left|start|center|right|end|justify)\s*", re.IGNORECASE)
_ALIGNMENTS = {"left": "start", "right": "end"}
_SIZE = re.compile(r"\s*(?:max-)?(?:width|height)\s*:", re.IGNORECASE)
_URL_ATTRIBUTES = frozenset("action data formaction href src xlink:href".split())
_SCRIPT_URL = re.compile(r"[\s\x00-\x1f]*javascript:", re.IGNORECASE)
_MAY_HAVE_CODE = re.compile(r"\bstyle\b|\bon\w+\s*=|<script|javascript:|_blank", re.IGNORECASE)
# A comment, or a start tag with its attributes, and the content of an element that has no elements.
_TAG = re.compile(
    r"""<!--.*?-->|<(?P<name>(?P<raw>script|style|textarea|title)(?=[\s/>])|[a-z][^\s<>/]*)"""
    r"""(?P<attributes>(?:"[^"]*"|'[^']*'|[^'">])*)>(?P<text>(?(raw).*?(?=</(?P=raw)|\Z)))""",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""\s+(?P<name>[^\s"'=<>/]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'>]+))?""")
# The types of scripts that a browser runs (HTML 4.12.1); all others are data.
_SCRIPT_TYPE = re.compile(r"|module|text/javascript|application/javascript|importmap", re.IGNORECASE)

_STYLE = "the site's policy blocks styles in a page."
_SCRIPT = "the site's policy blocks scripts in a page."
_STYLE_HINT = (
    'Write a class, as in class="name" or { .name }, and its rules in a style sheet that extra_css in '
    "mkdocs.yml lists."
)
_SIZE_HINT = 'Write width="300", or { width=300 } after an image in Markdown; for anything else a class.'
_DRAWING_HINT = "Save the drawing as an .svg file, and show it as an image; or use attributes such as fill."
_SCRIPT_HINT = "Write it in a file that extra_javascript in mkdocs.yml lists."


@dataclass(eq=False)
class InlineCodeExtension(Extension):
    """A Markdown extension that replaces or removes styles and scripts in a page, and reports the latter."""

    stateless = True  # see mkdocs_incremental.converted_pages

    report: Report

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        add_tree_editor(md, self._edit, "inline-code", _PRIORITY)

    def _edit(self, md: Markdown, root: Element) -> None:
        for element in root.iter():
            for name in [name for name in element.attrib if _is_code(name, element.attrib[name])]:
                value = element.attrib.pop(name)
                if classes := self._replace(name, value, f"{name}={value}", _STYLE_HINT):
                    add_class(element, *classes)
            if element.get("target") == "_blank":
                element.attrib.setdefault("rel", "noopener")
        blocks = md.htmlStash.rawHtmlBlocks
        for index, block in enumerate(blocks):
            if isinstance(block, str) and "<" in block and _MAY_HAVE_CODE.search(block):
                hint = _DRAWING_HINT if "<svg" in block else _STYLE_HINT
                blocks[index] = _TAG.sub(partial(self._edit_tag, hint), block)

    def _edit_tag(self, style_hint: str, tag: re.Match[str]) -> str:
        """Return a tag without code in its attributes, with ``rel`` if it opens a window; report elements."""
        if tag["name"] is None:
            return tag[0]
        name, start = tag["name"].lower(), tag[0].removesuffix(tag["text"])
        attributes = {match["name"].lower(): match for match in _ATTRIBUTE.finditer(tag["attributes"])}
        if name == "style":
            self._report("html.inline-style", start, f"<style> has no effect: {_STYLE}", _STYLE_HINT)
        elif (
            name == "script"
            and "src" not in attributes
            and _SCRIPT_TYPE.fullmatch(_value(attributes, "type"))
        ):
            self._report("html.inline-script", start, f"this <script> does not run: {_SCRIPT}", _SCRIPT_HINT)
        classes: list[str] = []
        removed = [key for key in attributes if _is_code(key, _value(attributes, key))]
        for key in removed:
            written = attributes[key][0].strip()
            classes += self._replace(key, _value(attributes, key), written, style_hint)
        needs_rel = _value(attributes, "target") == "_blank" and "rel" not in attributes
        if not removed and not needs_rel:
            return tag[0]
        parts = [match[0] for key, match in attributes.items() if key not in (*removed, "class")]
        if classes := [*_value(attributes, "class").split(), *classes]:
            parts.append(f' class="{html.escape(" ".join(classes))}"')
        if needs_rel:
            parts.append(' rel="noopener"')
        end = " /" if tag["attributes"].rstrip().endswith("/") else ""
        return f"<{tag['name']}{''.join(parts)}{end}>{tag['text']}"

    def _replace(self, name: str, value: str, written: str, style_hint: str) -> list[str]:
        """Return the classes that replace an attribute with code, and report what has none."""
        if name.lower() == "style":
            declarations = [part for part in value.split(";") if part.strip()]
            alignments = [match for part in declarations if (match := _ALIGNMENT.fullmatch(part))]
            if len(alignments) < len(declarations):
                hint = _SIZE_HINT if all(map(_SIZE.match, declarations)) else style_hint
                message = f"the style {quote(value.strip())} has no effect: {_STYLE}"
                self._report("html.inline-style", value, message, hint)
            directions = (match[1].lower() for match in alignments)
            return [f"align-{_ALIGNMENTS.get(direction, direction)}" for direction in directions]
        message = f"{quote(written)} does not run: {_SCRIPT}"
        self._report("html.inline-script", value, message, _SCRIPT_HINT)
        return []

    def _report(self, code: str, source: str, message: str, hint: str) -> None:
        self.report(RenderError(code, source, message, hint))


def _is_code(name: str, value: str) -> bool:
    """Whether an attribute is a style, an event handler, or a URL that is a script."""
    name = name.lower()
    return (
        name == "style"
        or name.startswith("on")
        or (name in _URL_ATTRIBUTES and _SCRIPT_URL.match(value) is not None)
    )


def _value(attributes: dict[str, re.Match[str]], name: str) -> str:
    match = attributes.get(name)
    text = (match["value"] or "") if match else ""
    return html.unescape(text[1:-1] if text[:1] in ("'", '"') else text)
