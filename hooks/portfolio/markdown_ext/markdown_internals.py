"""Private and undocumented parts of libraries that the Markdown extensions need; no public way exists.

`PARTS` names each part and the versions it was tested with. A test resolves every part, so that an upgrade
which moves one fails with its name.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from re import _constants as re_codes  # type: ignore[attr-defined]
from re import _parser as re_parser
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString
from pymdownx.superfences import SuperFencesBlockPreprocessor, SuperFencesRawBlockPreprocessor

# Distribution, versions, module and attribute.
PARTS = (
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._build_row"),
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._split"),
    ("Markdown", "3.11", "markdown.extensions.tables", "TableProcessor._split_row"),
    ("Markdown", "3.11", "markdown.treeprocessors", "InlineProcessor._InlineProcessor__applyPattern"),
    ("Markdown", "3.11", "markdown.treeprocessors", "InlineProcessor._InlineProcessor__handleInline"),
    ("mermaid-render", "0.14", "mermaid_render.renderer", "THEMES"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.eval_fence"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.highlight"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.rebuild_block"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesBlockPreprocessor.search_nested"),
    ("pymdown-extensions", "12.3", "pymdownx.superfences", "SuperFencesRawBlockPreprocessor"),
    ("quickjs-ng", "0.17", "quickjs", "Function._threadpool"),
)


@functools.cache
def import_mermaid_render() -> Any:
    """Import the renderer of Mermaid diagrams when it is first used: the import takes 0.1 s.

    quickjs, on which it depends, starts a thread when it is imported. Nothing here uses that thread, and a
    process with more than one thread must not fork, as incremental builds do; so the thread is ended.
    """
    import mermaid_render
    import mermaid_render.renderer
    import quickjs

    quickjs.Function._threadpool.shutdown()
    return mermaid_render


def mermaid_palette(theme: str) -> Mapping[str, str]:
    """Return the colours of a theme of mermaid-render by role."""
    colours: Mapping[str, str] = import_mermaid_render().renderer.THEMES[theme]
    return colours


def check_table_rows(md: Markdown, priority: int, check: Callable[[str, int, int], None]) -> None:
    """Let the table processor call ``check`` with each row and its numbers of cells and of columns."""
    processor: Any = md.parser.blockprocessors["table"]
    checking = _CheckingTableProcessor(md.parser, processor.config)
    checking.check = check
    md.parser.blockprocessors.register(checking, "table", priority)


_CODE_SPAN = re.compile(r"(?<!`)(?P<marks>`+)(?!`).+?(?<!`)(?P=marks)(?!`)")


class _CheckingTableProcessor(TableProcessor):
    check: Callable[[str, int, int], None]

    def _build_row(self, row: str, parent: ElementTree.Element, align: Sequence[str | None]) -> None:
        # The type stubs leave out names with an underscore.
        self.check(row, len(self._split_row(row)), len(align))  # type: ignore[attr-defined]
        super()._build_row(row, parent, align)  # type: ignore[misc]

    def _split(self, row: str) -> list[str]:
        cells: list[str] = super()._split(row)  # type: ignore[misc]
        # As on GitHub, an escaped pipe is a pipe in code, too (GFM 0.29, section 4.10).
        return [_CODE_SPAN.sub(lambda code: code[0].replace("\\|", "|"), cell) for cell in cells]


def replace_fences(md: Markdown, remember: Callable[..., str]) -> None:
    """Let ``pymdownx.superfences`` accept code that is indented less than its fence.

    ``remember`` stores its HTML; see `extensions.Remember`.
    """
    for original, relaxed, name, priority in (
        (_Fences, _RelaxedFences, "fenced_code_block", 25),
        (_RawFences, _RelaxedRawFences, "fenced_raw_block", 31.05),
    ):
        replaced: Any = next((old for old in md.preprocessors if type(old) is original), None)
        if replaced is not None:
            processor: Any = relaxed(md)
            processor.config, processor.extension = replaced.config, replaced.extension
            processor.remember = remember
            md.preprocessors.register(processor, name, priority)
            for fence in processor.extension.superfences:
                if fence["formatter"] == replaced.highlight:
                    fence["formatter"] = processor.highlight


# The classes have no type annotations.
_Fences: Any = SuperFencesBlockPreprocessor
_RawFences: Any = SuperFencesRawBlockPreprocessor


class _RelaxedFences(_Fences):  # type: ignore[misc]
    # The lines of the text, and for the fence that starts at a line, whether it is closed.
    lines: list[str]
    is_closed: tuple[int, bool]
    remember: Callable[..., str]

    def search_nested(self, lines: list[str]) -> list[str]:
        if not any("```" in line or "~~~" in line for line in lines):
            return lines
        self.lines, self.is_closed = lines, (-1, False)
        result: list[str] = super().search_nested(lines)
        return result

    def eval_fence(self, ws: str, content: str, start: int, end: int) -> None:
        if len(ws) < self.ws_virtual_len and content.strip() and self._is_closed(start, end):
            self.empty_lines = 0
            self.code.append(ws + content)
        else:
            super().eval_fence(ws, content, start, end)

    def highlight(
        self, src: str = "", language: str = "", options: Any = None, md: Any = None, **kwargs: Any
    ) -> str:
        settings = self.css_class, self.line_count, self.highlight_ext.getConfigs()
        number = self.highlight_ext.pygments_code_block + 1
        inputs = repr((number, language, options, kwargs, settings))
        compute = functools.partial(super().highlight, src, language, options, md, **kwargs)
        html = self.remember(compute, "highlighted", src, inputs)
        self.highlight_ext.pygments_code_block = number
        return html

    def _is_closed(self, start: int, end: int) -> bool:
        """Whether the next fence after a line closes the fence at ``start``, with the same indentation."""
        if self.is_closed[0] != start:
            fences = (line for line in self.lines[end:] if line.lstrip().startswith(self.fence[:3]))
            line = next(fences, "").expandtabs(self.tab_len).rstrip()
            self.is_closed = start, line == " " * self.ws_virtual_len + self.fence
        return self.is_closed[1]

    def rebuild_block(self, lines: list[str]) -> str:
        if self.quote_level:
            block: str = super().rebuild_block(lines)
            return block
        widths = (len(line) - len(line.lstrip()) for line in lines if line.strip())
        removed = min([self.ws_virtual_len, *widths])
        return "\n".join(line[removed:] for line in lines)


class _RelaxedRawFences(_RelaxedFences, _RawFences):  # type: ignore[misc]
    pass


def skip_patterns(md: Markdown, name: str, priority: float) -> None:
    """Let a treeprocessor of inline patterns skip those that cannot match a text."""
    replaced: Any = md.treeprocessors[name]
    processor = _SkippingInlineProcessor(md)
    processor.inlinePatterns = replaced.inlinePatterns
    md.treeprocessors.register(processor, name, priority)


class _SkippingInlineProcessor(InlineProcessor):
    """Applies only those patterns to a text whose required texts it contains.

    Python-Markdown tries each of its patterns, more than 40 here, at each text.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.regexes: list[re.Pattern[str]] = []

    def run(self, tree: ElementTree.Element, ancestors: list[str] | None = None) -> ElementTree.Element:
        self.patterns: list[Any] = list(self.inlinePatterns)
        regexes = [pattern.getCompiledRegExp() for pattern in self.patterns]
        if regexes != self.regexes:
            self.regexes = regexes
            self.required = list(map(find_required_texts, regexes))
            self.texts = sorted({text for texts in self.required for text in texts or ()})
            # The indexes of the patterns to try, by which texts a text contains.
            self.candidates: dict[tuple[bool, ...], list[int]] = {}
        return super().run(tree, ancestors)

    # Called by the base class.
    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        if isinstance(data, AtomicString):
            return data
        apply: Any = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        candidates = self._find_candidates(data)
        position = bisect_left(candidates, patternIndex)
        while position < len(candidates):
            index = candidates[position]
            before, is_matched, start = data, True, 0
            while is_matched:
                data, is_matched, start = apply(self.patterns[index], data, index, start)
            position += 1
            if data is not before:
                candidates = self._find_candidates(data)
                position = bisect_right(candidates, index)
        return data

    def _find_candidates(self, data: str) -> list[int]:
        contained = tuple([text in data for text in self.texts])
        candidates = self.candidates.get(contained)
        if candidates is None:
            present = {text for text, is_present in zip(self.texts, contained, strict=True) if is_present}
            candidates = [
                index for index, texts in enumerate(self.required) if texts is None or texts & present
            ]
            self.candidates[contained] = candidates
        return candidates


@functools.cache
def find_required_texts(regex: re.Pattern[str]) -> frozenset[str] | None:
    """Return texts of which every text with a match contains one. None if none are known."""
    return _required_by_sequence(re_parser.parse(regex.pattern, regex.flags), regex.flags)


def _required_by_sequence(items: Iterable[tuple[Any, Any]], flags: int) -> frozenset[str] | None:
    """Return the most special of what the items of a parsed regular expression require."""
    required: list[frozenset[str]] = []
    literal = ""
    for code, value in [*items, (None, None)]:
        if code is re_codes.LITERAL and not (flags & re.IGNORECASE and _has_case(chr(value))):
            literal += chr(value)
            continue
        if literal:
            required.append(frozenset([literal]))
            literal = ""
        if texts := _required_by_item(code, value, flags):
            required.append(texts)
    return max(required, key=_speciality, default=None)


def _required_by_item(code: Any, value: Any, flags: int) -> frozenset[str] | None:
    if code is re_codes.SUBPATTERN:
        _, added, _, items = value
        return _required_by_sequence(items, flags | added)
    if code is re_codes.ATOMIC_GROUP:
        return _required_by_sequence(value, flags)
    if code is re_codes.ASSERT:
        return _required_by_sequence(value[1], flags)
    if code in (re_codes.MAX_REPEAT, re_codes.MIN_REPEAT, re_codes.POSSESSIVE_REPEAT):
        least, _, items = value
        return _required_by_sequence([*items] * min(least, 3), flags)
    if code is re_codes.BRANCH:
        branches = [_required_by_sequence(items, flags) for items in value[1]]
    elif code is re_codes.IN:
        branches = [_required_by_sequence([item], flags) for item in value]
    else:
        return None
    return None if None in branches else frozenset().union(*filter(None, branches))


def _has_case(character: str) -> bool:
    return not character.isascii() or character.isalpha()


def _speciality(texts: frozenset[str]) -> tuple[int, int]:
    """Return how few texts contain one of some texts: those with many marks are rare in prose."""
    return min(sum(not character.isalnum() for character in text) for text in texts), -len(texts)
