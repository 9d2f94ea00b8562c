"""The base of the Markdown extensions, which edit the tree or read the lines of a text, and its helpers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

# What takes the place of a match; None leaves it as it is.
Marked = Element | str | None

# Returns the result of a function without arguments: that of an earlier build if the other arguments were the
# same. They are texts, on which alone the result depends; the first names the function.
Remember = Callable[..., str]

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


class TreeExtension(Extension):
    """A Markdown extension that edits the element tree of each text, and has no state of a text.

    ``name`` and ``priority`` are those of its treeprocessor: Markdown runs the highest priority first.
    """

    stateless = True  # see mkdocs_incremental.converted_pages
    name: str
    priority: float

    def edit_tree(self, md: Markdown, root: Element) -> None:
        """Edit the tree of a text that ``md`` converts."""
        raise NotImplementedError

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        add_tree_editor(md, self.edit_tree, self.name, self.priority)


def add_tree_editor(
    md: Markdown, edit: Callable[[Markdown, Element], None], name: str, priority: float
) -> None:
    """Let Markdown call a function with each tree, as a treeprocessor with this name and priority."""
    md.treeprocessors.register(_TreeEditor(functools.partial(edit, md)), name, priority)


def add_line_reader(md: Markdown, read: Callable[[list[str]], None], name: str, priority: float) -> None:
    """Let Markdown call a function with the lines of each text, as a preprocessor that changes nothing."""
    md.preprocessors.register(_LineReader(read), name, priority)


class _TreeEditor(Treeprocessor):
    def __init__(self, edit: Callable[[Element], None]) -> None:
        super().__init__()
        self.edit = edit

    def run(self, root: Element) -> None:
        self.edit(root)


class _LineReader(Preprocessor):
    def __init__(self, read: Callable[[list[str]], None]) -> None:
        super().__init__()
        self.read = read

    def run(self, lines: list[str]) -> list[str]:
        self.read(lines)
        return lines


def add_inline_marker(
    md: Markdown,
    pattern: str,
    mark: Callable[[re.Match[str]], Marked],
    name: str,
    priority: float,
) -> None:
    """Let Markdown replace each match of a pattern in running text by what a function returns.

    If that is None, the match stays text. ``Match.string`` has placeholders for what is already processed.
    """
    md.inlinePatterns.register(_InlineMarker(pattern, md, mark), name, priority)


class _InlineMarker(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, mark: Callable[[re.Match[str]], Marked]) -> None:
        super().__init__(pattern, md)
        self.mark = mark

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name is the base class's
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - the base class passes it
    ) -> tuple[Marked, int | None, int | None]:
        element = self.mark(m)
        return (None, None, None) if element is None else (element, m.start(0), m.end(0))


def compute_each_time(compute: Callable[[], str], *_inputs: str) -> str:
    """Call the function: a `Remember` that stores nothing."""
    return compute()


def find_elements(
    root: Element, is_wanted: Callable[[Element], bool], containers: Collection[str]
) -> Iterator[tuple[Element, Element, bool]]:
    """Yield the wanted elements below another in text order, except those inside a wanted element.

    Each comes with its parent, and whether it is inside an element with a tag in ``containers``.
    """
    # Most texts have none, and this is faster.
    if any(map(is_wanted, root.iter())):
        yield from _find_elements(root, is_wanted, containers, inside=False)


def _find_elements(
    root: Element, is_wanted: Callable[[Element], bool], containers: Collection[str], *, inside: bool
) -> Iterator[tuple[Element, Element, bool]]:
    for child in root:
        if is_wanted(child):
            yield root, child, inside
        else:
            inner = inside or child.tag in containers
            yield from _find_elements(child, is_wanted, containers, inside=inner)


def list_texts(element: Element) -> list[str]:
    """Return the texts in an element and the text after it, without code and formulas."""
    texts: list[str] = []

    def add(element: Element) -> None:
        # A formula contains its TeX as text.
        if str(element.tag).rpartition("}")[2] not in ("code", "pre", "math"):
            texts.append(element.text or "")
            for child in element:
                add(child)
        texts.append(element.tail or "")

    add(element)
    return texts


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def add_class(element: Element, *names: str) -> None:
    element.set("class", " ".join([*element.get("class", "").split(), *names]))


def make_focusable(element: Element, label: str) -> None:
    """Let the keyboard focus an element that may scroll, under this accessible name."""
    element.set("tabindex", "0")
    element.set("role", "group")
    element.set("aria-label", label)


def wrap(element: Element, box: Element) -> Element:
    """Put an element into a box, which takes over the text after it, and return the box."""
    box.append(element)
    box.tail, element.tail = element.tail, None
    return box
