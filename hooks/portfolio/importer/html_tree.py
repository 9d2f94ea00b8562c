"""The tree of a page of HTML: how it is parsed, its elements, and the lines of the source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

import lxml.html
from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder  # bs4.builder has it as well, but not in its types
from bs4.element import NavigableString, PageElement, Tag

from portfolio.core.diagnostics import Diagnostic, Severity
from portfolio.core.tex import TexConverter
from portfolio.core.text import strip_invalid_xml

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
# The elements with a notation in Markdown, or without one but allowed in its HTML.
TEXT_BLOCKS = HEADINGS | frozenset({"p", "dt", "summary", "caption", "figcaption"})
BLOCKS = TEXT_BLOCKS | frozenset(
    "blockquote dd details dl figure hr li ol pre table tbody td tfoot th thead tr ul x-callout x-footnote "
    "x-more".split()
)
INLINE = frozenset(
    "a abbr bdo br code em img ins kbd mark q rp rt ruby s small strong sub sup u wbr x-note x-task "
    "x-html x-tex".split()
)
# Elements that only group blocks. A browser starts a new line before and after them.
GROUPS = frozenset(
    "address article aside body center dialog div fieldset footer form header hgroup html legend main nav "
    "noscript search section".split()
)
# As many as a page of this site can have, and more than such a page needs.
_MOST_CHARACTERS, _MOST_TAGS = 1_000_000, 500_000
_DEEPEST = 80


class HtmlPage:
    """A page of HTML.

    ``root`` contains its elements, ``tex`` converts its formulas, and ``problems`` are its diagnostics.
    ``source`` and ``line`` say where the HTML begins; ``macros`` are those of formulas. A page that is too
    large is empty, with an error.
    """

    def __init__(
        self, html: str, source: str, line: int = 1, macros: Mapping[str, str] | None = None
    ) -> None:
        self._html = strip_invalid_xml(html)
        self.source, self.line = source, line
        self.tex = TexConverter(macros)
        self.problems: list[Diagnostic] = []
        builder = _ShallowBuilder(multi_valued_attributes=None)
        if self._html.count("<") > _MOST_TAGS:
            self._refuse(f"{self._html.count('<'):,} tags", _MOST_TAGS)
        self._soup = BeautifulSoup(f"<body>{self._html}</body>", builder=builder)
        self.root: Tag = self._soup.body or self._soup
        # The position of each element among all, which gives its line.
        # Elements that leave the tree stay alive, so that no new one gets their identity.
        self._elements = list(iter_tags(self._soup))
        self._order = {id(element): index for index, element in enumerate(self._elements)}
        self._count = len(self._elements)
        if (length := len(self.root.get_text())) > _MOST_CHARACTERS:
            self._refuse(f"{length:,} characters", _MOST_CHARACTERS)
            self.root.clear()
        if builder.is_too_deep:
            message = f"elements are nested more than {_DEEPEST} levels deep; the inner ones are flattened."
            self.report(self.root, "import.unsupported", message)

    @cached_property
    def _lines(self) -> list[int]:
        """The lines of all elements, from 0, or an empty list if they are not known."""
        document = lxml.html.document_fromstring(f"<body>{self._html}</body>")
        lines = [element.sourceline or 1 for element in document.iter(lxml.etree.Element)]
        return lines if len(lines) == self._count else []

    def report(
        self, element: Tag, code: str, message: str, hint: str = "", severity: Severity = "warning"
    ) -> None:
        """Add a diagnostic at an element."""
        position: Tag | None = element
        while position is not None and id(position) not in self._order:
            position = position.parent
        index = self._order.get(id(position), 0)
        line = self.line + (self._lines[index] - 1 if index < len(self._lines) else 0)
        self.problems.append(
            Diagnostic(self.source, line, 1, "", message, hint, code=code, severity=severity)
        )

    def create(self, tag: str, /, **attributes: str) -> Tag:
        """Create an element."""
        return self._soup.new_tag(tag, attrs=attributes)

    def replace(self, old: Tag, new: Tag) -> None:
        """Replace an element by a new one, which gets its line."""
        self._order[id(new)] = self._order.get(id(old), 0)
        self._elements.append(new)
        old.replace_with(new)

    def list_texts(self) -> list[NavigableString]:
        """Return the texts and comments, in document order."""
        return [node for node in self.root.descendants if isinstance(node, NavigableString)]

    def list_tags(self, *names: str) -> list[Tag]:
        """Return the elements with these names that are still in the tree, in document order."""
        return list(iter_tags(self.root, *names))

    def is_in_tree(self, element: Tag) -> bool:
        """Return whether an element is still in the tree."""
        parent: Tag | None = element
        while parent is not None and parent is not self.root:
            parent = parent.parent
        return parent is not None

    def _refuse(self, size: str, limit: int) -> None:
        self._html = ""
        message = f"this page has {size}; the limit is {limit:,}."
        code = "import.too-large"
        self.problems.append(Diagnostic(self.source, self.line, 1, "", message, "Split the page.", code=code))


class _ShallowBuilder(LXMLTreeBuilder):
    """Builds a tree that leaves out the tags, but not the text, of elements that are nested too deeply.

    It would take Beautiful Soup very long to edit a deep tree.
    """

    depth = 0
    is_too_deep = False

    def start(self, tag: str | bytes, attrs: Any, nsprefix: Any = None) -> None:
        self.depth += 1
        if self.depth <= _DEEPEST or tag in ("br", "hr", "img"):
            super().start(tag, attrs, nsprefix or {})
        else:
            self.is_too_deep = True
            self._break_line(tag)

    def end(self, tag: str | bytes) -> None:
        if self.depth <= _DEEPEST or tag in ("br", "hr", "img"):
            super().end(tag)
        else:
            self._break_line(tag)
        self.depth -= 1

    def _break_line(self, tag: str | bytes) -> None:
        if tag in GROUPS or tag in BLOCKS:
            self.data("\n")


def iter_tags(element: Tag, *names: str) -> Iterator[Tag]:
    """Yield the elements in an element, in document order; only those with some names, if there are any."""
    wanted = frozenset(names)
    for node in element.descendants:
        if isinstance(node, Tag) and (not names or node.name in wanted):
            yield node


def find_tag(element: Tag, *names: str) -> Tag | None:
    """Return the first element with one of some names in an element."""
    return next(iter_tags(element, *names), None)


def find_ancestor(node: PageElement, *names: str) -> Tag | None:
    """Return the innermost element with one of some names around a node."""
    return next((parent for parent in node.parents if parent.name in names), None)


def find_classes(element: Tag, classes: Collection[str]) -> list[Tag]:
    """Return the elements in an element that have one of some classes."""
    return [tag for tag in iter_tags(element) if any(name in classes for name in get_classes(tag))]


def get_classes(element: Tag | None) -> list[str]:
    """Return the classes of an element."""
    value = element.get("class") if element is not None else None
    return value.split() if isinstance(value, str) else list(value or ())


def is_blank(node: object) -> bool:
    """Return whether a node is white space."""
    return isinstance(node, NavigableString) and not node.strip()
