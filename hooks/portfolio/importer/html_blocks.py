"""The arrangement of a page in blocks: an element contains either blocks or inline content, never both."""

from __future__ import annotations

from collections.abc import Iterator

from bs4.element import PageElement, Tag

from portfolio.importer.html_tree import (
    BLOCKS,
    GROUPS,
    INLINE,
    TEXT_BLOCKS,
    HtmlPage,
    find_ancestor,
    find_tag,
    get_classes,
    is_blank,
    iter_tags,
)

_NOT_NESTED = ("a", "code", "em", "ins", "mark", "s", "strong", "sub", "sup", "u")


def arrange_blocks(page: HtmlPage) -> None:
    """Arrange a page in blocks, without elements that only group others.

    Text between blocks becomes a paragraph, with the attribute ``tight`` if it was none. Items of ordered
    lists get the attribute ``number``, and a list right after another of its kind ``second``.
    """
    _push_down(page)
    _merge_inline(page)
    _arrange(page)


def _push_down(page: HtmlPage) -> None:
    """Move inline elements into the blocks that they contain."""
    holders: set[int] = set()
    for block in page.list_tags(*BLOCKS, *GROUPS):
        parent = block.parent
        while parent is not None and id(parent) not in holders:
            holders.add(id(parent))
            parent = parent.parent
    work = [element for element in page.list_tags(*INLINE) if id(element) in holders]
    # The innermost first. Otherwise two that contain each other would be copied without end.
    while work:
        element = work.pop()
        run: list[PageElement] = []
        for child in [*element.children, None]:
            is_block = isinstance(child, Tag) and (
                child.name in BLOCKS or child.name in GROUPS or id(child) in holders
            )
            if child is not None and not is_block:
                run.append(child)
                continue
            if not all(map(is_blank, run)):
                copy = _copy(page, element)
                run[0].insert_before(copy)
                copy.extend(run)
            run = []
            if isinstance(child, Tag) and child.name not in ("pre", "hr", "x-more"):
                copy = _copy(page, element)
                copy.extend(list(child.children))
                child.append(copy)
                if id(child) in holders:
                    holders.add(id(copy))
                    work.append(copy)
        element.unwrap()


def _merge_inline(page: HtmlPage) -> None:
    """Join emphasis and the like that follow each other directly, and unwrap those inside the same."""
    for element in page.list_tags(*_NOT_NESTED):
        if find_ancestor(element, element.name) is not None:
            element.unwrap()
    for element in page.list_tags("em", "strong", "code", "s", "ins", "mark", "sub", "sup"):
        following = element.next_sibling
        while isinstance(following, Tag) and following.name == element.name:
            element.extend(list(following.children))
            following.extract()
            following = element.next_sibling


def _copy(page: HtmlPage, element: Tag) -> Tag:
    attributes = {name: str(element[name]) for name in ("href", "title") if element.get(name)}
    return page.create(element.name, **attributes)


def _arrange(page: HtmlPage) -> None:
    """Let each element contain either blocks or inline content."""
    for element in page.list_tags(*TEXT_BLOCKS - {"p"}):
        for inner in list(iter_tags(element)):
            if inner.name == "pre":
                code = page.create("code")
                code.string = str(inner["code"])
                page.replace(inner, code)
            elif inner.name in BLOCKS or inner.name in GROUPS:
                inner.insert_before(" ")
                inner.insert_after(" ")
                inner.unwrap()
    for element in page.list_tags("ul", "ol"):
        _fix_list(page, element)
    for term in page.list_tags("dt"):
        if _is_empty(term):
            term.extract()
    for element in page.list_tags("dl"):
        _fix_definitions(page, element)
    for element in [
        page.root,
        *page.list_tags("blockquote", "li", "dd", "td", "th", "details", "figure", "x-callout", "x-footnote"),
    ]:
        _arrange_children(page, element)
    for element in page.list_tags("ul", "ol"):
        before = element.find_previous_sibling()
        if before is not None and before.name == element.name and not before.has_attr("second"):
            element["second"] = "1"


def _fix_list(page: HtmlPage, element: Tag) -> None:
    """Put everything in a list into items, and number those of an ordered list."""
    item: Tag | None = None
    start = str(element.get("start", "1"))
    number = int(start) if start.isdecimal() else 1
    if str(element.get("type", "1")) in ("a", "A", "i", "I") and element.name == "ol":
        message = "the letters or Roman numerals of this list become numbers."
        page.report(element, "import.unsupported", message, severity="info")
    for child in list(element.children):
        if isinstance(child, Tag) and child.name == "li":
            item = child
            paragraphs = [inner for inner in item.children if not is_blank(inner)]
            if "simple" in get_classes(element) and len(paragraphs) == 1:
                # Docutils has paragraphs in lists that are written without empty lines.
                _unwrap_paragraph(paragraphs[0])
            if element.name == "ol":
                value = str(item.get("value", ""))
                number = int(value) if value.isdecimal() else number
                item["number"] = str(number)
                number += 1
        elif not is_blank(child):
            if item is None:
                item = page.create("li", **({"number": str(number)} if element.name == "ol" else {}))
                child.insert_before(item)
            item.append(child)


def _fix_definitions(page: HtmlPage, element: Tag) -> None:
    """Put definitions without a term before the list, and other elements into definitions."""
    for group in [child for child in element.children if isinstance(child, Tag) and child.name == "div"]:
        group.unwrap()
    has_term = False
    for child in list(element.children):
        if isinstance(child, Tag) and child.name == "dt":
            has_term = True
        elif not has_term and not is_blank(child):
            if isinstance(child, Tag) and child.name == "dd":
                child.name = "div"
            element.insert_before(child)
        elif isinstance(child, Tag) and child.name != "dd":
            child.wrap(page.create("dd"))
    if not has_term:
        element.extract()


def _arrange_children(page: HtmlPage, element: Tag) -> None:
    blocks: list[Tag] = []
    run: list[PageElement] = []

    def end_run() -> None:
        while run and is_blank(run[0]):
            run.pop(0)
        while run and (is_blank(run[-1]) or (isinstance(run[-1], Tag) and run[-1].name == "br")):
            run.pop()
        if run:
            paragraph = page.create("p")
            paragraph.extend(run)
            blocks.append(paragraph)
            run.clear()

    may_be_inline = element.name in ("li", "dd", "td", "th", "x-footnote", "figcaption")
    stack: list[Iterator[PageElement]] = [iter(list(element.children))]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            if stack:
                end_run()
            continue
        is_group = isinstance(child, Tag) and (
            child.name in GROUPS or (child.name == "p" and find_tag(child, *BLOCKS) is not None)
        )
        if isinstance(child, Tag) and is_group:
            end_run()
            stack.append(iter(list(child.children)))
        elif isinstance(child, Tag) and child.name in BLOCKS:
            end_run()
            if child.name != "p" or not _is_empty(child):
                blocks.append(child)
        elif isinstance(child, Tag) and child.name == "br" and run and _ends_with_break(run):
            end_run()
        else:
            run.append(child)
    if element.name in ("td", "th") and not run and len(blocks) == 1 and blocks[0].name == "p":
        run += list(blocks.pop().children)
    is_inline = may_be_inline and not blocks
    if is_inline:
        content = list(run)
        element.clear()
        element.extend(content)
        return
    end_run()
    wrapped = [block for block in blocks if block.parent is None]
    for block in wrapped:
        block["tight"] = "1"
    element.clear()
    element.extend(blocks)


def _unwrap_paragraph(node: PageElement) -> None:
    if isinstance(node, Tag) and node.name == "p":
        node.unwrap()


def _is_empty(element: Tag) -> bool:
    return (
        not element.get_text(strip=True).strip("\xa0")
        and find_tag(element, "a", "code", "img", "x-html", "x-note", "x-task", "x-tex") is None
    )


def _ends_with_break(run: list[PageElement]) -> bool:
    last = next((node for node in reversed(run) if not is_blank(node)), None)
    return isinstance(last, Tag) and last.name == "br"
