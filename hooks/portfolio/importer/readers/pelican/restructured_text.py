"""reStructuredText to HTML with docutils, without reading other files and without the network.

Code becomes ``<pre><code class="language-…">``. What docutils reports becomes a diagnostic at its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

import docutils.nodes
import docutils.utils
from docutils.frontend import get_default_settings
from docutils.io import StringInput, StringOutput
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.readers import standalone
from docutils.writers.html5_polyglot import HTMLTranslator, Writer

# Called with the target of a link or image, whether it is an image, and its line; returns the new target, or
# None to leave only the text.
ReplaceTarget = Callable[[str, bool, int], str | None]

_CODE_OPTIONS = (
    "anchorlinenos caption class classprefix dedent emphasize-lines filename force hl_lines lineanchors "
    "linenos linenospecial linenostart linenostep lineseparator lines linespans name nobackground nowrap "
    "number-lines tagsfile tagurlformat"
).split()
_ABBREVIATION = re.compile(r"\((?P<meaning>.*)\)\Z", re.DOTALL)
# The line of a message that docutils gives none, and what it puts before messages.
_NO_LINE = 1
_LEVELS = {2: "warning", 3: "error", 4: "error"}


@dataclass(frozen=True)
class RstMessage:
    """What docutils reports: its line, its text, and whether something is lost."""

    line: int
    text: str
    is_error: bool


@dataclass
class RstDocument:
    """A document: its title and subtitle as text, its fields, the HTML of its body, and all messages.

    ``fields`` has the texts of each field with its line; an author list has several.
    """

    title: str = ""
    subtitle: str = ""
    fields: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    html: str = ""
    messages: list[RstMessage] = field(default_factory=list)


def convert_rst(text: str, replace_target: ReplaceTarget) -> RstDocument:
    """Convert reStructuredText with the directives and roles of Pelican."""
    _register()
    result = RstDocument()
    reader, parser, writer = _Reader(result.messages), Parser(), _Writer()
    settings = get_default_settings(parser, reader, writer)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    source, destination = StringInput(text, source_path="text"), StringOutput(encoding="unicode")
    try:
        document = reader.read(source, parser, settings)
        document.transformer.populate_from_components((source, reader, parser, writer, destination))
        document.transformer.apply_transforms()
        _remove_messages(document)
        _replace_targets(document, replace_target)
        writer.write(document, destination)
        writer.assemble_parts()
    except RecursionError:
        result.messages.append(RstMessage(1, "this is nested too deeply.", is_error=True))
        result.html = f"<pre>{escape(text)}</pre>"
        return result
    result.html = str(writer.parts["body"])
    result.title = _first_text(document, docutils.nodes.title)
    result.subtitle = _first_text(document, docutils.nodes.subtitle)
    for information in document.findall(docutils.nodes.docinfo):
        for element in information.children:
            if isinstance(element, docutils.nodes.Element):
                _add_field(element, text, result.fields)
    return result


_SETTINGS = {
    "doctitle_xform": True,
    "docinfo_xform": True,
    "file_insertion_enabled": False,
    "raw_enabled": True,
    "halt_level": 5,
    "report_level": 2,
    "initial_header_level": 2,
    "math_output": "LaTeX",
    "syntax_highlight": "none",
    "embed_stylesheet": False,
    "input_encoding": "unicode",
    "output_encoding": "unicode",
    "warning_stream": False,
    "traceback": False,
    "cloak_email_addresses": False,
    "sectnum_xform": True,
    "smart_quotes": False,
    "toc_backlinks": False,
}


class _Reader(standalone.Reader):  # type: ignore[type-arg]
    """Reads a document whose messages are collected, and are not part of it."""

    def __init__(self, messages: list[RstMessage]) -> None:
        super().__init__()
        self.messages = messages

    def new_document(self) -> docutils.nodes.document:
        document = super().new_document()
        document.reporter.attach_observer(self._add)
        return document

    def _add(self, message: docutils.nodes.system_message) -> None:
        level = int(message.get("level", 0))
        if level in _LEVELS:
            words = " ".join(message.children[0].astext().split()) if message.children else ""
            entry = RstMessage(int(message.get("line") or _NO_LINE), words, level > 2)
            if entry not in self.messages:
                self.messages.append(entry)


def _add_field(element: docutils.nodes.Element, text: str, fields: dict[str, list[tuple[str, int]]]) -> None:
    if isinstance(element, docutils.nodes.field):
        name, values = str(element.children[0].astext()), [element.children[1].astext()]
    elif isinstance(element, docutils.nodes.authors):
        name, values = "authors", [author.astext() for author in element.children]
    else:
        name, values = element.tagname, [element.astext()]
    # Docutils does not say where bibliographic fields are.
    match = re.search(rf"^:{re.escape(name)}:", text, re.MULTILINE | re.IGNORECASE)
    line = text.count("\n", 0, match.start()) + 1 if match else 1
    fields.setdefault(name.lower(), []).extend((value.strip(), line) for value in values)


def _first_text(document: docutils.nodes.document, kind: type[docutils.nodes.Element]) -> str:
    for child in document.children:
        if isinstance(child, kind):
            return child.astext()
    return ""


def _line(node: docutils.nodes.Node | None) -> int:
    while node is not None:
        if node.line is not None:
            return int(node.line)
        node = node.parent
    return 1


def _remove_messages(document: docutils.nodes.document) -> None:
    """Remove messages, but not the source that they quote, of a directive that is not known for example."""
    for section in list(document.findall(docutils.nodes.section)):
        if "system-messages" in section.get("classes", []):
            section.parent.remove(section)
    for message in list(document.findall(docutils.nodes.system_message)):
        message.parent.replace(message, list(message.findall(docutils.nodes.literal_block)))
    for problematic in list(document.findall(docutils.nodes.problematic)):
        problematic.parent.replace(problematic, docutils.nodes.Text(problematic.astext()))


def _replace_targets(document: docutils.nodes.document, replace_target: ReplaceTarget) -> None:
    for reference in list(document.findall(docutils.nodes.reference)):
        if (target := reference.get("refuri")) is None:
            continue
        new = replace_target(target, False, _line(reference))
        if new is not None:
            reference["refuri"] = new
        else:
            reference.parent.replace(reference, list(reference.children))
    for image in list(document.findall(docutils.nodes.image)):
        if isinstance(image.parent, docutils.nodes.substitution_definition):
            continue
        new = replace_target(image["uri"], True, _line(image))
        if new is not None:
            image["uri"] = new
        else:
            text = docutils.nodes.inline(image.get("alt", ""), image.get("alt", ""))
            image.parent.replace(image, text)


# HTML


class _Writer(Writer):
    def __init__(self) -> None:
        super().__init__()
        self.translator_class = _Translator


class _Translator(HTMLTranslator):
    """Writes code with its language, and images without looking at their files."""

    def visit_literal_block(self, node: docutils.nodes.literal_block) -> None:
        names: list[str] = node.get("classes", [])
        classes = [name for name in names if name not in ("code", "literal-block")]
        language = str(node.get("language") or (classes[0] if classes else ""))
        attribute = f' class="language-{escape(language)}"' if language else ""
        self.body.append(f"<pre><code{attribute}>{escape(node.astext().rstrip())}</code></pre>\n")
        raise docutils.nodes.SkipNode

    def visit_doctest_block(self, node: docutils.nodes.doctest_block) -> None:
        self.body.append(f'<pre><code class="language-pycon">{escape(node.astext())}</code></pre>\n')
        raise docutils.nodes.SkipNode

    def visit_image(self, node: docutils.nodes.image) -> None:
        attributes = {"src": node["uri"], "alt": node.get("alt", "")}
        attributes |= {key: node[key] for key in ("width", "height") if str(node.get(key, "")).isdigit()}
        self.body.append(self.emptytag(node, "img", "", **attributes))

    def depart_image(self, node: docutils.nodes.image) -> None:
        pass

    def visit_math(self, node: docutils.nodes.math, math_env: str = "") -> None:
        del math_env
        self.body.append(f'<span class="math">\\({escape(node.astext())}\\)</span>')
        raise docutils.nodes.SkipNode

    def visit_math_block(self, node: docutils.nodes.math_block, math_env: str = "") -> None:
        del math_env
        self.body.append(f'<div class="math">\\[{escape(node.astext())}\\]</div>\n')
        raise docutils.nodes.SkipNode

    def visit_footnote_reference(self, node: docutils.nodes.footnote_reference) -> None:
        note = escape(node.get("refid", ""))
        self.body.append(
            f'<sup id="{escape(node["ids"][0])}"><a class="footnote-ref" href="#{note}">'
            f"{escape(node.astext())}</a></sup>"
        )
        raise docutils.nodes.SkipNode

    def visit_footnote(self, node: docutils.nodes.footnote) -> None:
        self.body.append(f'<div class="footnote"><ol><li id="{escape(node["ids"][0])}">\n')

    def depart_footnote(self, node: docutils.nodes.footnote) -> None:
        backrefs: list[str] = node.get("backrefs", [])
        for id in backrefs:
            self.body.append(f'<a class="footnote-backref" href="#{escape(id)}">↩</a>')
        self.body.append("</li></ol></div>\n")

    def visit_label(self, node: docutils.nodes.label) -> None:
        if isinstance(node.parent, docutils.nodes.footnote):
            raise docutils.nodes.SkipNode
        super().visit_label(node)

    def visit__abbreviation(self, node: _abbreviation) -> None:
        self.body.append(self.starttag(node, "abbr", "", title=node["explanation"]))

    def depart__abbreviation(self, node: _abbreviation) -> None:
        del node
        self.body.append("</abbr>")


# Directives and roles of Pelican


class _abbreviation(docutils.nodes.Inline, docutils.nodes.TextElement):  # noqa: N801 - the name of a node
    pass


class _CodeBlock(Directive):
    """Pelican's ``code-block``: its options concern only the look of the code."""

    optional_arguments = 1
    has_content = True
    option_spec = dict.fromkeys(_CODE_OPTIONS, directives.unchanged)

    def run(self) -> list[docutils.nodes.Node]:
        """Return the code."""
        self.assert_has_content()
        code = "\n".join(self.content)
        node = docutils.nodes.literal_block(code, code, classes=["code"])
        node["language"] = self.arguments[0].lower() if self.arguments else ""
        return [node]


def _make_abbreviation(
    name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = None
) -> tuple[list[Any], list[Any]]:
    del name, rawtext, lineno, inliner, options, content
    words = docutils.utils.unescape(text)
    match = _ABBREVIATION.search(words)
    short = words[: match.start()].strip() if match else words
    return [_abbreviation(short, short, explanation=match["meaning"] if match else "")], []


def _register() -> None:
    """Register the directives and the role, which docutils stores for the whole process."""
    for name in ("code-block", "sourcecode", "code"):
        directives.register_directive(name, _CodeBlock)
    roles.register_local_role("abbr", _make_abbreviation)
