"""Code blocks as highlighters write them: their text, language and title, and whether lines are numbered."""

from __future__ import annotations

import re

from bs4.element import NavigableString, Tag

from portfolio.importer.code_language import find_language
from portfolio.importer.html_tree import (
    HtmlPage,
    find_ancestor,
    find_classes,
    find_tag,
    get_classes,
    iter_tags,
)
from portfolio.importer.word_comparison import CODE_TITLES

_CODE_CLASS = re.compile(
    r"code|highlight|chroma|rouge|prism|listing|literal-block|syntax|brush|snippet|language-|lang-|lntable",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:lang(?:uage)?|highlight-source|hl|brush)[-:]\s*(?P<name>[\w#+.-]+)")
_NAME = re.compile(r"[\w#.+-]+")
# Names of no language. This site has a meaning of its own for "math".
_NO_LANGUAGES = frozenset(
    "default ipython-output math no none nohighlight notranslate plain plaintext text txt".split()
)
_LANGUAGE_NAMES = {
    "ipython2": "python",
    "ipython3": "python",
    "ipython": "python",
    "shell-session": "console",
}
# Classes of highlighters beside which a class is the name of a language.
_HIGHLIGHTERS = frozenset("code hljs highlight literal-block sourceCode src".split())
_STYLE_CLASSES = _HIGHLIGHTERS | frozenset("chroma numberLines number-lines numberSource wrap copy".split())
_LINE_NUMBERS = frozenset(
    "gutter line-number line-numbers-rows linenodiv lineno linenos linenumber ln lnt rouge-gutter".split()
)


def replace_code(page: HtmlPage) -> None:
    """Replace each code block by a ``pre`` with the attributes that `html_cleanup` names."""
    for element in page.list_tags("div"):
        if "mermaid" in get_classes(element):
            element.name = "pre"
    for title in find_classes(page.root, CODE_TITLES):
        for pre in list(iter_tags(title, "pre")):
            pre.unwrap()
    gutters: list[Tag] = []
    for pre in page.list_tags("pre"):
        if pre.parent is not None and find_ancestor(pre, "pre") is None and page.is_in_tree(pre):
            if _is_gutter(pre):
                gutters.append(pre)
            else:
                _replace_code_block(page, pre)
    for pre in gutters:
        # These are not removed with a block of code, so they may be something else.
        if page.is_in_tree(pre):
            code = pre.get_text().strip("\n")
            page.replace(pre, page.create("pre", code=code, language="", title=""))


def _replace_code_block(page: HtmlPage, pre: Tag) -> None:
    outer = _find_wrapper(page, pre)
    inner = find_tag(pre, "code")
    holders = [pre] if inner is None else [pre, inner]
    for parent in pre.parents:
        if holders[-1] is outer or pre is outer:
            break
        holders.append(parent)
    # The class that names the language may be on an element around the wrapper.
    if outer.parent is not None and outer.parent.name == "div":
        holders.append(outer.parent)
    numbers = find_classes(outer, _LINE_NUMBERS)
    has_numbers = bool(numbers) or "linenos" in get_classes(outer)
    has_numbers = has_numbers or any(map(_is_gutter, iter_tags(outer, "pre")))
    title = _find_title(outer)
    for number in numbers:
        if number is not pre:
            number.extract()
    for element in list(iter_tags(pre, "button", "script", "style")):
        element.extract()
    for br in list(iter_tags(pre, "br")):
        br.replace_with("\n")
    code = pre.get_text().replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(pre.next_element, NavigableString):
        # Right after <pre>, HTML ignores a line feed.
        code = code.removeprefix("\n")
    language = next((name for name in map(_find_language, holders) if name), "")
    language = language or find_language(_read_tokens(pre))
    block = page.create("pre", code=code.removesuffix("\n"), language=language, title=title)
    if has_numbers:
        block["linenums"] = "1"
    if id_ := next((str(holder["id"]) for holder in holders if holder.get("id")), ""):
        block["id"] = id_
    if code.strip():
        page.replace(outer, block)
    else:
        outer.extract()


def _find_wrapper(page: HtmlPage, pre: Tag) -> Tag:
    """Return the outermost element that contains nothing but this code and what belongs to it."""
    outer = pre
    while (parent := outer.parent) is not None and parent is not page.root:
        is_cell = parent.name in ("td", "tr", "tbody", "table", "code")
        is_wrapper = parent.name in ("div", "figure", "span") and any(
            map(_CODE_CLASS.search, get_classes(parent))
        )
        if not (is_cell or is_wrapper):
            break
        if any(
            not (
                _is_accessory(child)
                or (isinstance(child, Tag) and any(map(_is_gutter, iter_tags(child, "pre"))))
            )
            for child in parent.children
            if child is not outer
        ):
            break
        outer = parent
    # A table is only a wrapper as a whole.
    return pre if outer.name in ("td", "tr", "tbody") else outer


def _find_title(outer: Tag) -> str:
    names = {*CODE_TITLES, "filename", "code-filename", "code-title", "code-header", "code-block-caption"}
    title = str(outer.get("title") or outer.get("data-title") or "")
    for element in list(iter_tags(outer, "figcaption", "span", "div", "strong")):
        if element.name == "figcaption" or not names.isdisjoint(get_classes(element)):
            title = title or " ".join(element.get_text().split())
            element.extract()
    return title


def _is_accessory(child: object) -> bool:
    """Whether a node beside code belongs to it: white space, line numbers, a button or a title."""
    if isinstance(child, NavigableString):
        return not child.strip()
    if not isinstance(child, Tag):
        return True
    if child.name in ("button", "figcaption", "script", "style", "colgroup"):
        return True
    classes = set(get_classes(child))
    is_numbers = not classes.isdisjoint(_LINE_NUMBERS) or bool(find_classes(child, _LINE_NUMBERS))
    is_title = any(
        "filename" in name or "title" in name or "header" in name or "caption" in name for name in classes
    )
    is_button = any("copy" in name or "toolbar" in name for name in classes)
    return is_numbers or is_title or is_button or not child.get_text().strip()


def _is_gutter(pre: Tag) -> bool:
    """Whether a block has the numbers of the lines of the code in the next cell of a table."""
    if any(not _LINE_NUMBERS.isdisjoint(get_classes(parent)) for parent in pre.parents):
        return True
    cell = find_ancestor(pre, "td")
    following = cell.find_next_sibling("td") if cell is not None else None
    return (
        following is not None
        and find_tag(following, "pre") is not None
        and not pre.get_text(strip=True).strip("0123456789\n ")
    )


def _find_language(element: Tag) -> str:
    for name in ("data-lang", "data-language", "data-enlighter-language", "data-code-block-lang", "lang"):
        if value := str(element.get(name, "")):
            return _normalize_language(value)
    classes = get_classes(element)
    if "mermaid" in classes:
        return "mermaid"
    for value in (" ".join(classes), str(element.get("data-code-language", ""))):
        for match in _LANGUAGE.finditer(value):
            return _normalize_language(match["name"])
    if not _HIGHLIGHTERS.isdisjoint(classes):
        for value in classes:
            is_name = value.isalnum() or value in ("c++", "c#", "objective-c")
            if is_name and value not in _STYLE_CLASSES:
                return _normalize_language(value)
    for value in classes:
        # Sphinx.
        if value.startswith("highlight-") and (name := value.removeprefix("highlight-")):
            return _normalize_language(name)
    return ""


def _read_tokens(pre: Tag) -> list[tuple[str, str]]:
    """Return the pieces of highlighted code with the classes of their elements."""
    tokens = []
    for text in pre.find_all(string=True):
        holder = text.parent
        classes = get_classes(holder) if holder is not None and holder.name == "span" else []
        tokens.append((str(text), classes[0] if classes else ""))
    return tokens


def _normalize_language(name: str) -> str:
    name = name.lower().strip(";,")
    name = _LANGUAGE_NAMES.get(name, name)
    return name if _NAME.fullmatch(name) and name not in _NO_LANGUAGES else ""
