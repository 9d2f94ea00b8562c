"""HTML of other generators, with one notation for each construct and without what is unsafe.

`clean_html` returns a tree in which an element contains either blocks or inline content, never both, and in
which elements of our own replace what generators write in many ways:

==============  ============================================================================================
``pre``         a code block: attributes ``code``, ``language``, ``title`` and ``linenums``
``x-tex``       a formula: attributes ``tex`` and ``display``
``x-note``      a reference to a footnote: attribute ``name``
``x-footnote``  a footnote, at the end of the page: attribute ``name``
``x-callout``   a callout: attributes ``kind`` and ``title``
``x-more``      the end of the excerpt
==============  ============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lxml.html
import nh3
from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder  # bs4.builder has it as well, but not in its types
from bs4.element import Comment, NavigableString, PageElement, PreformattedString, Tag

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.tex import Formula, TexConverter, TexError
from portfolio.core.text import strip_invalid_xml
from portfolio.importer.code_language import find_language
from portfolio.importer.word_comparison import (
    CODE_TITLES,
    EMBEDS,
    INVISIBLE_CLASSES,
    TEX_ENCODING,
    describe_embed,
    embed_url,
    is_gist,
    strip_cdata,
)
from portfolio.markdown_ext.formulas import find_inline_formulas

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
# The elements with a notation in Markdown, or without one but allowed in its HTML.
_TEXT_BLOCKS = HEADINGS | frozenset({"p", "dt", "summary", "caption", "figcaption"})
_BLOCKS = _TEXT_BLOCKS | frozenset(
    "blockquote dd details dl figure hr li ol pre table tbody td tfoot th thead tr ul x-callout x-footnote "
    "x-more".split()
)
INLINE = frozenset(
    "a abbr bdo br code em img ins kbd mark q rp rt ruby s small strong sub sup u wbr x-note x-task "
    "x-html x-tex".split()
)
_NOT_NESTED = ("a", "code", "em", "ins", "mark", "s", "strong", "sub", "sup", "u")
# Elements that only group blocks. A browser starts a new line before and after them.
_GROUPS = frozenset(
    "address article aside body center dialog div fieldset footer form header hgroup html legend main nav "
    "noscript search section".split()
)
_SYNONYMS = {
    "acronym": "abbr",
    "b": "strong",
    "cite": "em",
    "del": "s",
    "dfn": "em",
    "dir": "ul",
    "i": "em",
    "listing": "pre",
    "menu": "ul",
    "samp": "code",
    "strike": "s",
    "tt": "code",
    "var": "em",
    "xmp": "pre",
}
# Elements that are left out without a word: they have no text, or none that a reader sees.
_SILENTLY_DROPPED = frozenset("base head link meta script style template title".split())
_DROPPED = frozenset(
    "applet area button canvas datalist frame frameset input map meter object optgroup option param progress "
    "select svg textarea".split()
)
_CODE_CLASS = re.compile(
    r"code|highlight|chroma|rouge|prism|listing|literal-block|syntax|brush|snippet|language-|lang-|lntable",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"(?:lang(?:uage)?|highlight-source|hl|brush)[-:]\s*(?P<name>[\w#+.-]+)")
_NO_LANGUAGES = frozenset(
    "default ipython-output no none nohighlight notranslate plain plaintext text txt".split()
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
_FORMULA = re.compile(
    r"(?P<display>\\\[(?P<square>.+?)\\\]|(?<!\\)\$\$(?P<dollars>[^$]+?)\$\$"
    r"|(?P<environment>\\begin\{(?P<name>[a-z]+\*?)\}.+?\\end\{(?P=name)\}))|\\\((?P<round>.+?)\\\)",
    re.DOTALL,
)
_BOOKMARK_PARTS = frozenset({"kg-bookmark-description", "kg-bookmark-metadata", "kg-bookmark-title"})
_CALLOUTS = frozenset(
    "note abstract info tip important success question warning caution failure danger bug example "
    "quote".split()
)
_CALLOUT_SYNONYMS = {
    "attention": "warning",
    "error": "danger",
    "hint": "tip",
    "see-also": "info",
    "seealso": "info",
}
_CALLOUT_TITLES = frozenset(
    {"admonition-title", "callout-title", "callout-title-container", "markdown-alert-title"}
)
# WordPress marks the end of the excerpt so.
_MORE_ID = re.compile(r"more-\d+")
# An id that an attribute list can have.
_ID = re.compile(r"[^\s\"'={}<>&]+")
MATHML_TAGS = frozenset(
    "annotation math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none semantics".split()
)
_SAFE_SCHEMES = frozenset(
    ("", "http", "https", "mailto", "tel", "ftp", "sms", "xmpp", "irc", "geo", "magnet")
)
# As many as a page of this site can have, and more than such a page needs.
_MOST_CHARACTERS, _MOST_TAGS = 1_000_000, 500_000
_DEEPEST = 80


@dataclass
class CleanPage:
    """The tree of a page, and what was found in it."""

    root: Tag
    tex: TexConverter
    report: Callable[..., None]
    problems: list[Diagnostic]


def clean_html(html: str, source: str, line: int = 1, macros: Mapping[str, str] | None = None) -> CleanPage:
    """Return the tree of a page's HTML; ``source`` and ``line`` say where the HTML begins.

    ``macros`` are those of formulas.
    """
    return _Cleaner(html, source, line, macros).clean()


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
        if tag in _GROUPS or tag in _BLOCKS:
            self.data("\n")


class _Cleaner:
    def __init__(self, html: str, source: str, line: int, macros: Mapping[str, str] | None) -> None:
        self.html = strip_invalid_xml(html)
        self.source, self.line = source, line
        self.tex = TexConverter(macros)
        self.problems: list[Diagnostic] = []
        self.builder = _ShallowBuilder(multi_valued_attributes=None)
        if self.html.count("<") > _MOST_TAGS:
            self._refuse(f"{self.html.count('<'):,} tags", _MOST_TAGS)
        self.soup = BeautifulSoup(f"<body>{self.html}</body>", builder=self.builder)
        self.root: Tag = self.soup.body or self.soup
        # The position of each element among all, which gives its line.
        elements = list(iter_tags(self.soup))
        self.order = {id(element): index for index, element in enumerate(elements)}
        # Elements that leave the tree stay alive, so that no new one gets their identity.
        self.elements = elements

    def clean(self) -> CleanPage:
        if (length := len(self.root.get_text())) > _MOST_CHARACTERS:
            self._refuse(f"{length:,} characters", _MOST_CHARACTERS)
            self.root.clear()
        if self.builder.is_too_deep:
            message = f"elements are nested more than {_DEEPEST} levels deep; the inner ones are flattened."
            self.report(self.root, "import.unsupported", message)
        self._replace_comments()
        self._replace_code()
        self._replace_formulas()
        for card in _find_classes(self.root, {"kg-bookmark-card"}):
            self._replace_bookmark(card)
        self._replace_elements()
        self._replace_footnotes()
        self._replace_callouts()
        self._replace_figures()
        self._clean_links()
        self._clean_headings()
        self._push_down()
        self._merge_inline()
        self._arrange()
        self._shift_headings()
        for end in (0, -1):
            # A rule at the start would begin front matter.
            while self.root.contents and getattr(self.root.contents[end], "name", "") == "hr":
                self.root.contents[end].extract()
        return CleanPage(self.root, self.tex, self.report, self.problems)

    def _refuse(self, size: str, limit: int) -> None:
        self.html = ""
        message = f"this page has {size}; the limit is {limit:,}."
        code = "import.too-large"
        self.problems.append(Diagnostic(self.source, self.line, 1, "", message, "Split the page.", code=code))

    @cached_property
    def lines(self) -> list[int]:
        """The lines of all elements, from 0, or an empty list if they are not known."""
        document = lxml.html.document_fromstring(f"<body>{self.html}</body>")
        lines = [element.sourceline or 1 for element in document.iter(lxml.etree.Element)]
        return lines if len(lines) == len(self.elements) else []

    def report(
        self, element: Tag, code: str, message: str, hint: str = "", severity: Severity = "warning"
    ) -> None:
        """Add a diagnostic at an element."""
        position: Tag | None = element
        while position is not None and id(position) not in self.order:
            position = position.parent
        index = self.order.get(id(position), 0)
        line = self.line + (self.lines[index] - 1 if index < len(self.lines) else 0)
        self.problems.append(
            Diagnostic(self.source, line, 1, "", message, hint, code=code, severity=severity)
        )

    def new(self, tag: str, /, **attributes: str) -> Tag:
        """Create an element."""
        return self.soup.new_tag(tag, attrs=attributes)

    def _texts(self) -> list[NavigableString]:
        return [node for node in self.root.descendants if isinstance(node, NavigableString)]

    def each(self, *names: str) -> list[Tag]:
        """Return the elements with these names that are still in the tree, in document order."""
        return list(iter_tags(self.root, *names))

    def _replace_comments(self) -> None:
        is_more_known = False
        for comment in [node for node in self.root.descendants if isinstance(node, PreformattedString)]:
            is_more = isinstance(comment, Comment) and comment.strip().partition(" ")[0] == "more"
            if is_more and not is_more_known:
                is_more_known = True
                comment.replace_with(self.new("x-more"))
            else:
                comment.extract()
        for mark in self.each("span"):
            if not _MORE_ID.fullmatch(str(mark.get("id", ""))):
                continue
            mark.replace_with(*([] if is_more_known else [self.new("x-more")]))
            is_more_known = True

    # Code.

    def _replace_code(self) -> None:
        for element in self.each():
            if element.name in _SYNONYMS:
                element.name = _SYNONYMS[element.name]
        for element in self.each("div"):
            if "mermaid" in _classes(element):
                element.name = "pre"
        for title in _find_classes(self.root, CODE_TITLES):
            for pre in list(iter_tags(title, "pre")):
                pre.unwrap()
        for pre in self.each("pre"):
            if pre.parent is not None and find_ancestor(pre, "pre") is None and self._is_in_tree(pre):
                self._replace_code_block(pre)

    def _is_in_tree(self, element: Tag) -> bool:
        parent: Tag | None = element
        while parent is not None and parent is not self.root:
            parent = parent.parent
        return parent is not None

    def _replace_code_block(self, pre: Tag) -> None:
        if _is_gutter(pre):
            return
        outer = self._find_wrapper(pre)
        inner = find_tag(pre, "code")
        holders = [pre] if inner is None else [pre, inner]
        for parent in pre.parents:
            if holders[-1] is outer or pre is outer:
                break
            holders.append(parent)
        # The class that names the language may be on an element around the wrapper.
        if outer.parent is not None and outer.parent.name == "div":
            holders.append(outer.parent)
        numbers = _find_classes(outer, _LINE_NUMBERS)
        has_numbers = bool(numbers) or "linenos" in _classes(outer)
        has_numbers = has_numbers or any(map(_is_gutter, iter_tags(outer, "pre")))
        title = self._find_code_title(outer)
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
        block = self.new("pre", code=code.removesuffix("\n"), language=language, title=title)
        if has_numbers:
            block["linenums"] = "1"
        if id_ := next((str(holder["id"]) for holder in holders if holder.get("id")), ""):
            block["id"] = id_
        self.order[id(block)] = self.order.get(id(pre), 0)
        outer.replace_with(block)

    def _find_wrapper(self, pre: Tag) -> Tag:
        """Return the outermost element that contains nothing but this code and what belongs to it."""
        outer = pre
        while (parent := outer.parent) is not None and parent is not self.root:
            is_cell = parent.name in ("td", "tr", "tbody", "table", "code")
            is_wrapper = parent.name in ("div", "figure", "span") and any(
                map(_CODE_CLASS.search, _classes(parent))
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

    def _find_code_title(self, outer: Tag) -> str:
        names = {*CODE_TITLES, "filename", "code-filename", "code-title", "code-header", "code-block-caption"}
        title = str(outer.get("title") or outer.get("data-title") or "")
        for element in list(iter_tags(outer, "figcaption", "span", "div", "strong")):
            if element.name == "figcaption" or not names.isdisjoint(_classes(element)):
                title = title or " ".join(element.get_text().split())
                element.extract()
        return title

    # Formulas.

    def _replace_formulas(self) -> None:
        for script in self.each("script"):
            if (kind := str(script.get("type", ""))).startswith("math/tex"):
                self._put_formula(script, script.get_text(), display="mode=display" in kind)
        for math in self.each("math"):
            annotations = iter_tags(math, "annotation")
            annotation = next((tag for tag in annotations if tag.get("encoding") == TEX_ENCODING), None)
            outer = math
            for parent in math.parents:
                outer = parent if not {"katex", "katex-display"}.isdisjoint(_classes(parent)) else outer
            if annotation is not None:
                is_display = math.get("display") == "block" or "katex-display" in _classes(outer)
                self._put_formula(outer, annotation.get_text(), display=is_display)
        for element in self.each("span", "div"):
            classes = _classes(element)
            if "math" in classes or "arithmatex" in classes:
                text = element.get_text().strip()
                is_display = element.name == "div" or "display" in classes or text.startswith(r"\[")
                for start, end in ((r"\(", r"\)"), (r"\[", r"\]"), ("$$", "$$"), ("$", "$")):
                    if text.startswith(start) and text.endswith(end) and len(text) > len(start):
                        text = text[len(start) : -len(end)]
                        break
                if text.strip() and find_tag(element, "x-tex", "pre", "math") is None:
                    self._put_formula(element, text, display=is_display)
        texts = [text for text in self._texts() if _may_be_formula(text)]
        for text in texts:
            self._split_formulas(text)
        for only_tex in (True, False):
            # With other formulas on the page, everything between dollar signs is one.
            if only_tex or find_tag(self.root, "x-tex") is not None:
                for text in [text for text in self._texts() if text.count("$") > 1]:
                    self._split_inline_formulas(text, only_tex=only_tex)
        for math in self.each("math"):
            math.replace_with(
                self.new(
                    "x-html", html=nh3.clean(str(math), tags={*MATHML_TAGS}, attributes={"math": {"display"}})
                )
            )

    def _put_formula(self, element: Tag, tex: str, *, display: bool) -> None:
        formula = self.new("x-tex", tex=strip_cdata(tex).strip(), display="1" if display else "")
        self.order[id(formula)] = self.order.get(id(element), 0)
        element.replace_with(formula)

    def _split_formulas(self, text: NavigableString) -> None:
        formulas: list[tuple[int, int, str, bool]] = []
        for match in _FORMULA.finditer(text):
            tex = match["square"] or match["dollars"] or match["environment"] or match["round"]
            formulas.append((match.start(), match.end(), tex, bool(match["display"])))
        self._replace_in_text(text, formulas)

    def _split_inline_formulas(self, text: NavigableString, *, only_tex: bool) -> None:
        found = find_inline_formulas(text, only_tex=only_tex)
        self._replace_in_text(text, [(start, end, tex, False) for start, end, tex in found])

    def _replace_in_text(self, text: NavigableString, formulas: list[tuple[int, int, str, bool]]) -> None:
        if not formulas or find_ancestor(text, "code", "pre", "script", "style", "textarea"):
            return
        last = 0
        parts: list[str | Tag] = []
        for start, end, tex, is_display in formulas:
            # Text that only looks like a formula stays text.
            if not isinstance(self.tex.convert(Formula(tex, is_display)), TexError):
                formula = self.new("x-tex", tex=tex.strip(), display="1" if is_display else "")
                parts += [text[last:start], formula]
                last = end
        if parts:
            text.replace_with(*(part for part in (*parts, text[last:]) if part))

    # Elements that are left out, or that something replaces.

    def _replace_elements(self) -> None:
        for element in self.each():
            if not self._is_in_tree(element):
                continue
            name, classes = element.name, _classes(element)
            if name == "script" and is_gist(url := str(element.get("src", ""))):
                self._put_link(element, *describe_embed(url, "", name))
            elif name in _SILENTLY_DROPPED:
                element.extract()
            elif name in EMBEDS:
                self._replace_embed(element)
            elif name == "input" and element.get("type") == "checkbox" and find_ancestor(element, "li"):
                self._replace_checkbox(element)
            elif name == "noscript":
                self._replace_noscript(element)
            elif _is_hidden(element, classes):
                element.extract()
            elif name in _DROPPED:
                is_icon = name == "svg" and (
                    element.get("aria-hidden") == "true"
                    or find_ancestor(element, "a", "button", "summary", *HEADINGS) is not None
                    or any("title" in value or "icon" in value for value in _classes(element.parent))
                )
                if is_icon:
                    pass
                elif name not in ("button", "input", "area", "map") or element.get_text().strip():
                    message = f"the <{name}> element is left out."
                    self.report(element, "import.dropped", message)
                element.extract()
            elif name == "img":
                self._clean_image(element)
            elif name == "picture":
                element.unwrap()
            elif name not in _BLOCKS and name not in INLINE and name not in _GROUPS:
                if name not in ("span", "font", "label", "big", "time", "data", "output", "bdi", "picture"):
                    pass
                self._unwrap_inline(element)

    def _replace_checkbox(self, element: Tag) -> None:
        if isinstance(following := element.next_sibling, NavigableString):
            following.replace_with(following.lstrip())
        element.replace_with(self.new("x-task", done="1" if element.has_attr("checked") else ""))

    def _unwrap_inline(self, element: Tag) -> None:
        style = "".join(str(element.get("style", "")).split()).lower()
        names = [
            name
            for name, values in (
                ("strong", ("font-weight:bold", "font-weight:600", "font-weight:700")),
                ("em", ("font-style:italic",)),
                ("s", ("line-through",)),
            )
            if any(value in style for value in values)
        ]
        for name in names[1:]:
            element.wrap(self.new(name))
        if names:
            element.name = names[0]
        elif element.get("id") and not element.get_text().strip():
            element.replace_with(self.new("a", id=str(element["id"])))
        else:
            element.unwrap()

    def _put_link(self, element: Tag, url: str, text: str) -> None:
        link = self.new("a", href=url)
        link.string = text
        paragraph = self.new("p")
        paragraph.append(link)
        self.order[id(link)] = self.order.get(id(element), 0)
        element.replace_with(paragraph)

    def _replace_embed(self, element: Tag) -> None:
        source = find_tag(element, "source")
        url = embed_url({name: str(element[name]) for name in element.attrs}) or str(
            source.get("src", "") if source is not None else ""
        )
        if not url or not _is_safe(url):
            self.report(element, "import.dropped", f"the <{element.name}> element is left out.")
            element.extract()
            return
        url, text = describe_embed(url, str(element.get("title", "")).strip(), element.name)
        message = f"the <{element.name}> element becomes a link to {quote(url)}."
        self.report(element, "import.dropped", message, severity="info")
        self._put_link(element, url, text)

    def _replace_noscript(self, element: Tag) -> None:
        image, before = find_tag(element, "img"), element.find_previous("img")
        if image is not None and before is not None and not _image_url(before):
            before.replace_with(image)
        element.extract()

    def _clean_image(self, image: Tag) -> None:
        url = _image_url(image)
        size = {str(image.get("width", "")), str(image.get("height", ""))}
        if not url or size <= {"0", "1"}:
            self.report(
                image, "import.dropped", "an image without a visible size is left out.", severity="info"
            )
            image.extract()
            return
        if not _is_safe(url) and not url.startswith("data:image/"):
            self.report(image, "import.dropped", f"the image {quote(url)} is left out.")
            image.extract()
            return
        image["src"] = url
        alt = str(image.get("alt", "")).strip() or str(image.get("title", "")).strip()
        image["alt"] = " ".join(alt.split())
        if not alt:
            message = f"the image {quote(url)} has no alternative text."
            self.report(image, "import.unsupported", message, "Describe it in the brackets before its URL.")

    # Footnotes.

    def _replace_footnotes(self) -> None:
        targets = {str(element["id"]): element for element in self.each() if element.get("id")}
        targets |= {
            str(element["name"]): element
            for element in self.each("a")
            if element.get("name") and str(element["name"]) not in targets
        }
        names: dict[int, str] = {}
        notes: list[Tag] = []
        for link in self.each("a"):
            href = str(link.get("href", ""))
            note = targets.get(href[1:]) if href.startswith("#") else None
            if note is None or note.name not in ("li", "dd", "div", "aside", "table", "tr", "p", "section"):
                continue
            mark = " ".join(link.get_text().split())
            ids = {
                str(tag.get("id")) for tag in (link, link.parent, *iter_tags(link)) if tag and tag.get("id")
            }
            backs = [back for back in iter_tags(note, "a") if str(back.get("href", ""))[1:] in ids]
            if not backs or len(mark) > 8 or any(inner is link for inner in iter_tags(note, "a")):
                continue
            if id(note) not in names:
                names[id(note)] = _note_name(mark, names.values())
                notes.append(note)
            outer = link.parent if link.parent is not None and link.parent.name == "sup" else link
            outer.replace_with(self.new("x-note", name=names[id(note)]))
            for back in backs:
                self._remove_back_link(back)
        for note in notes:
            self._move_note(note, names[id(note)])

    def _remove_back_link(self, back: Tag) -> None:
        parent = back.parent
        before = back.previous_sibling
        back.extract()
        if isinstance(before, NavigableString):
            before.replace_with(before.rstrip())
        while (
            parent is not None
            and parent.name in ("sup", "span", "em", "p")
            and not parent.get_text(strip=True)
        ):
            empty, parent = parent, parent.parent
            if find_tag(empty, "img", "x-tex", "pre") is not None:
                break
            empty.extract()

    def _move_note(self, note: Tag, name: str) -> None:
        for label in _find_classes(note, {"label", "fn-label"}):
            label.extract()
        if note.name in ("table", "tr"):
            for cell in [note, *iter_tags(note, "table", "tbody", "tr", "td")]:
                cell.name = "div"
        parent = note.parent
        footnote = self.new("x-footnote", name=name)
        self.order[id(footnote)] = self.order.get(id(note), 0)
        footnote.extend(list(note.children))
        note.extract()
        self.root.append(footnote)
        while (
            parent is not None
            and parent is not self.root
            and find_tag(parent, "li", "p", "pre", "img") is None
        ):
            rest = [child for child in iter_tags(parent) if child.name not in ("hr", *HEADINGS)]
            if [child for child in rest if child.name not in ("ol", "ul", "dl", "div")]:
                break
            if (
                not set(_classes(parent))
                and parent.name not in ("ol", "ul", "dl", "aside")
                and parent.get_text(strip=True)
            ):
                break
            empty, parent = parent, parent.parent
            empty.extract()

    # Callouts.

    def _replace_callouts(self) -> None:
        for line in _find_classes(self.root, {"line"}):
            # Lines of docutils.
            if line.parent is not None and "line-block" in _classes(line.parent):
                line.append(self.new("br"))
                line.unwrap()
        for element in self.each("div", "aside", "section", "blockquote"):
            kind = _callout_kind(element)
            if kind is None or not self._is_in_tree(element):
                continue
            title = next(iter(_find_classes(element, _CALLOUT_TITLES)), None)
            text = " ".join(title.get_text().split()) if title is not None else ""
            if title is not None:
                is_header = title.parent is not None and "callout-header" in _classes(title.parent)
                (title.parent if title.parent is not None and is_header else title).extract()
            callout = self.new("x-callout", kind=kind, title=text)
            callout.extend(list(element.children))
            self.order[id(callout)] = self.order.get(id(element), 0)
            element.replace_with(callout)

    # Figures and links.

    def _replace_figures(self) -> None:
        for element in self.each("div"):
            if (
                not {"wp-caption", "figure"}.isdisjoint(_classes(element))
                and find_tag(element, "img") is not None
            ):
                element.name = "figure"
                for caption in _find_classes(element, {"wp-caption-text", "caption", "figcaption"}):
                    caption.name = "figcaption"

    def _replace_bookmark(self, card: Tag) -> None:
        """Write a bookmark of Ghost as a paragraph, with its title as the link."""
        link, titles = find_tag(card, "a"), _find_classes(card, {"kg-bookmark-title"})
        if link is None or not titles:
            return
        for image in list(iter_tags(card, "img")):
            image.extract()
        paragraph, url = self.new("p"), str(link.get("href", ""))
        for part in _find_classes(card, _BOOKMARK_PARTS):
            text: Tag | NavigableString = NavigableString(" ".join(part.get_text().split()))
            if part is titles[0]:
                text = self.new("a", href=url)
                text.string = " ".join(part.get_text().split())
            paragraph.extend([text, self.new("br")])
        card.insert_before(paragraph)
        rest = [child for child in card.children if isinstance(child, Tag) and child.name == "figcaption"]
        paragraph.insert_after(*(self._as_paragraph(caption) for caption in rest))
        card.extract()

    def _as_paragraph(self, element: Tag) -> Tag:
        element.name = "p"
        return element

    def _clean_links(self) -> None:
        targets = {str(element["id"]): element for element in self.each() if element.get("id")}
        for link in self.each("a"):
            href = str(link.get("href", ""))
            if href.startswith("#") and (target := targets.pop(href[1:], None)) is not None:
                self._preserve_anchor(target)
        for link in self.each("a"):
            href = str(link.get("href", "")).strip()
            if href and not _is_safe(href):
                self.report(link, "import.dropped", f"the link to {quote(href)} is left out; its text stays.")
                link.unwrap()
            elif not href:
                anchor = link.get("id") or link.get("name")
                if anchor and not link.get_text(strip=True) and find_tag(link, "img") is None:
                    link.attrs = {"id": str(anchor)}
                elif anchor:
                    link.insert_before(self.new("a", id=str(anchor)))
                    link.unwrap()
                else:
                    link.unwrap()
            elif _is_enlargement(link, href):
                link.unwrap()

    def _preserve_anchor(self, target: Tag) -> None:
        """Put an anchor into an element to which a link leads, or before it."""
        if target.name in ("a", "x-footnote", *HEADINGS) or target.name in _GROUPS:
            return
        anchor = self.new("a", id=str(target["id"]))
        del target["id"]
        if target.name in ("table", "tr", "tbody", "thead", "ul", "ol", "dl", "pre", "figure", "img"):
            outer = find_ancestor(target, "table") or target
            outer.insert_before(anchor)
        else:
            target.insert(0, anchor)

    def _clean_headings(self) -> None:
        for heading in self.each(*HEADINGS):
            if not _ID.fullmatch(id := str(heading.get("id", "x"))):
                message = f"the id {quote(id)} of a heading is left out."
                self.report(heading, "import.dropped", message)
                del heading["id"]
            for link in list(iter_tags(heading, "a")):
                text = link.get_text().strip()
                href = str(link.get("href", ""))
                if (
                    href.startswith("#")
                    and (not text or text in ("#", "¶", "§", "🔗", "∞"))
                    and find_tag(link, "img") is None
                ):
                    link.extract()
                elif href.startswith("#") and href[1:] == heading.get("id"):
                    link.unwrap()
                elif not href and link.get("id") and not heading.get("id"):
                    heading["id"] = str(link["id"])
                    link.extract()
            parent, first = heading.parent, heading
            while (
                not heading.get("id")
                and parent is not None
                and parent is not self.root
                and parent.name in _GROUPS
            ):
                if _first_child(parent) is not first:
                    break
                if parent.get("id"):
                    heading["id"] = str(parent["id"])
                first, parent = parent, parent.parent

    def _shift_headings(self) -> None:
        """Make the highest heading a second-level one, since the title is the first, and skip no level."""
        levels: list[int] = []
        for heading in self.each(*HEADINGS):
            level = int(heading.name[1])
            while levels and levels[-1] >= level:
                levels.pop()
            levels.append(level)
            heading.name = f"h{min(len(levels) + 1, 6)}"

    # The arrangement of blocks.

    def _push_down(self) -> None:
        """Move inline elements into the blocks that they contain."""
        holders: set[int] = set()
        for block in self.each(*_BLOCKS, *_GROUPS):
            parent = block.parent
            while parent is not None and id(parent) not in holders:
                holders.add(id(parent))
                parent = parent.parent
        work = [element for element in self.each(*INLINE) if id(element) in holders]
        while work:
            element = work.pop(0)
            run: list[PageElement] = []
            for child in [*element.children, None]:
                is_block = isinstance(child, Tag) and (
                    child.name in _BLOCKS or child.name in _GROUPS or id(child) in holders
                )
                if child is not None and not is_block:
                    run.append(child)
                    continue
                if not all(map(_is_blank, run)):
                    copy = self._copy(element)
                    run[0].insert_before(copy)
                    copy.extend(run)
                run = []
                if isinstance(child, Tag) and child.name not in ("pre", "hr", "x-more"):
                    copy = self._copy(element)
                    copy.extend(list(child.children))
                    child.append(copy)
                    if id(child) in holders:
                        holders.add(id(copy))
                        work.append(copy)
            element.unwrap()

    def _merge_inline(self) -> None:
        """Join emphasis and the like that follow each other directly, and unwrap those inside the same."""
        for element in self.each(*_NOT_NESTED):
            if find_ancestor(element, element.name) is not None:
                element.unwrap()
        for element in self.each("em", "strong", "code", "s", "ins", "mark", "sub", "sup"):
            following = element.next_sibling
            while isinstance(following, Tag) and following.name == element.name:
                element.extend(list(following.children))
                following.extract()
                following = element.next_sibling

    def _copy(self, element: Tag) -> Tag:
        attributes = {name: str(element[name]) for name in ("href", "title") if element.get(name)}
        return self.new(element.name, **attributes)

    def _arrange(self) -> None:
        """Let each element contain either blocks or inline content."""
        for element in self.each():
            if element.name in _TEXT_BLOCKS and element.name != "p":
                for inner in list(iter_tags(element)):
                    if inner.name in _BLOCKS or inner.name in _GROUPS:
                        if inner.name == "pre":
                            code = self.new("code")
                            code.string = str(inner["code"])
                            inner.replace_with(code)
                            continue
                        inner.insert_before(" ")
                        inner.insert_after(" ")
                        inner.unwrap()
        for element in self.each("ul", "ol"):
            self._fix_list(element)
        for term in self.each("dt"):
            if _is_empty(term):
                term.extract()
        for element in self.each("ul", "ol"):
            before = element.find_previous_sibling()
            if before is not None and before.name == element.name and not before.has_attr("second"):
                element["second"] = "1"
        for element in self.each("dl"):
            self._fix_definitions(element)
        for element in [
            self.root,
            *self.each("blockquote", "li", "dd", "td", "th", "details", "figure", "x-callout", "x-footnote"),
        ]:
            self._arrange_children(element)

    def _fix_list(self, element: Tag) -> None:
        """Put everything in a list into items, and number those of an ordered list."""
        item: Tag | None = None
        start = str(element.get("start", "1"))
        number = int(start) if start.isdecimal() else 1
        if str(element.get("type", "1")) in ("a", "A", "i", "I") and element.name == "ol":
            message = "the letters or Roman numerals of this list become numbers."
            self.report(element, "import.unsupported", message, severity="info")
        for child in list(element.children):
            if isinstance(child, Tag) and child.name == "li":
                item = child
                paragraphs = [inner for inner in item.children if not _is_blank(inner)]
                if "simple" in _classes(element) and len(paragraphs) == 1:
                    # Docutils has paragraphs in lists that are written without empty lines.
                    _unwrap_paragraph(paragraphs[0])
                if element.name == "ol":
                    value = str(item.get("value", ""))
                    number = int(value) if value.isdecimal() else number
                    item["number"] = str(number)
                    number += 1
            elif not _is_blank(child):
                if item is None:
                    item = self.new("li", **({"number": str(number)} if element.name == "ol" else {}))
                    child.insert_before(item)
                item.append(child)

    def _fix_definitions(self, element: Tag) -> None:
        """Put definitions without a term before the list, and other elements into definitions."""
        for group in [child for child in element.children if isinstance(child, Tag) and child.name == "div"]:
            group.unwrap()
        has_term = False
        for child in list(element.children):
            if isinstance(child, Tag) and child.name == "dt":
                has_term = True
            elif not has_term and not _is_blank(child):
                if isinstance(child, Tag) and child.name == "dd":
                    child.name = "div"
                element.insert_before(child)
            elif isinstance(child, Tag) and child.name != "dd":
                child.wrap(self.new("dd"))
        if not has_term:
            element.extract()

    def _arrange_children(self, element: Tag) -> None:
        blocks: list[Tag] = []
        run: list[PageElement] = []

        def end_run() -> None:
            while run and _is_blank(run[0]):
                run.pop(0)
            while run and (_is_blank(run[-1]) or (isinstance(run[-1], Tag) and run[-1].name == "br")):
                run.pop()
            if run:
                paragraph = self.new("p")
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
                child.name in _GROUPS or (child.name == "p" and find_tag(child, *_BLOCKS) is not None)
            )
            if isinstance(child, Tag) and is_group:
                end_run()
                stack.append(iter(list(child.children)))
            elif isinstance(child, Tag) and child.name in _BLOCKS:
                end_run()
                if child.name != "p" or not _is_empty(child):
                    blocks.append(child)
            elif isinstance(child, Tag) and child.name == "br" and run and _last_is_br(run):
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


def _find_classes(element: Tag, classes: Collection[str]) -> list[Tag]:
    return [tag for tag in iter_tags(element) if any(name in classes for name in _classes(tag))]


def _classes(element: Tag | None) -> list[str]:
    value = element.get("class") if element is not None else None
    return value.split() if isinstance(value, str) else list(value or ())


def _is_accessory(child: object) -> bool:
    """Whether a node beside code belongs to it: white space, line numbers, a button or a title."""
    if isinstance(child, NavigableString):
        return not child.strip()
    if not isinstance(child, Tag):
        return True
    if child.name in ("button", "figcaption", "script", "style", "colgroup"):
        return True
    classes = set(_classes(child))
    is_numbers = not classes.isdisjoint(_LINE_NUMBERS) or bool(_find_classes(child, _LINE_NUMBERS))
    is_title = any(
        "filename" in name or "title" in name or "header" in name or "caption" in name for name in classes
    )
    is_button = any("copy" in name or "toolbar" in name for name in classes)
    return is_numbers or is_title or is_button or not child.get_text().strip()


def _is_gutter(pre: Tag) -> bool:
    """Whether a block has the numbers of the lines of the code in the next cell of a table."""
    if any(not _LINE_NUMBERS.isdisjoint(_classes(parent)) for parent in pre.parents):
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
    classes = _classes(element)
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
        classes = _classes(holder) if holder is not None and holder.name == "span" else []
        tokens.append((str(text), classes[0] if classes else ""))
    return tokens


def _normalize_language(name: str) -> str:
    name = name.lower().strip(";,")
    name = _LANGUAGE_NAMES.get(name, name)
    return "" if name in _NO_LANGUAGES else name


def _is_hidden(element: Tag, classes: Iterable[str]) -> bool:
    if element.has_attr("hidden") or not INVISIBLE_CLASSES.isdisjoint(classes):
        return (
            "footnote-ref" not in classes
            and "footnote-reference" not in classes
            and not any(
                "backref" in name or "footnote-back" in name or name == "reversefootnote" for name in classes
            )
        )
    return "display:none" in "".join(str(element.get("style", "")).split()).lower()


def _is_enlargement(link: Tag, href: str) -> bool:
    """Whether a link leads from an image to itself, as each image of this site does anyway."""
    images = list(iter_tags(link, "img"))
    return len(images) == 1 and images[0]["src"] == href and not link.get_text(strip=True)


def _may_be_formula(text: str) -> bool:
    return "\\" in text or text.count("$$") > 1


def _image_url(image: Tag) -> str:
    for name in ("data-src", "data-lazy-src", "data-original", "src"):
        value = str(image.get(name, "")).strip()
        if value and not value.startswith("data:image/gif") and not value.startswith("data:image/svg"):
            return value
    for name in ("data-srcset", "srcset"):
        if candidates := str(image.get(name, "")).split(","):
            return candidates[-1].split()[0] if candidates[-1].split() else ""
    return ""


def _is_safe(url: str) -> bool:
    compact = "".join(character for character in url if character > " ")
    scheme, colon, _ = compact.partition(":")
    if not colon or any(character in scheme for character in "/?#"):
        return True
    return scheme.lower() in _SAFE_SCHEMES


def _note_name(mark: str, used: Iterable[str]) -> str:
    name = "".join(character for character in mark if character.isalnum() or character in "-_") or "note"
    taken = set(used)
    number = 2
    result = name
    while result in taken:
        result = f"{name}-{number}"
        number += 1
    return result


def _callout_kind(element: Tag) -> str | None:
    """Return the kind of a callout, or None if the element is no callout."""
    names = {name.lower() for name in _classes(element)}
    if "admonition" in names or _is_old_admonition(element):
        kinds = {name.removeprefix("admonition-") for name in names - {"admonition"}}
    elif "markdown-alert" in names:
        kinds = {name.removeprefix("markdown-alert-") for name in names}
    elif "callout" in names:
        kinds = {name.removeprefix("callout-") for name in names}
    elif "kg-callout-card" in names:
        kinds = set()
    else:
        return None
    found = (_CALLOUT_SYNONYMS.get(kind, kind) for kind in sorted(kinds))
    return next((kind for kind in found if kind in _CALLOUTS), "note")


def _unwrap_paragraph(node: PageElement) -> None:
    if isinstance(node, Tag) and node.name == "p":
        node.unwrap()


def _is_old_admonition(element: Tag) -> bool:
    """Whether an element is an admonition as docutils wrote it before 0.18."""
    first = _first_child(element)
    return first is not None and "admonition-title" in _classes(first)


def _first_child(element: Tag) -> Tag | None:
    for child in element.children:
        if isinstance(child, Tag):
            return child
        if isinstance(child, NavigableString) and child.strip():
            return None
    return None


def _is_blank(node: object) -> bool:
    return isinstance(node, NavigableString) and not node.strip()


def _is_empty(element: Tag) -> bool:
    return (
        not element.get_text(strip=True).strip("\xa0")
        and find_tag(element, "img", "x-tex", "x-note", "a", "code") is None
    )


def _last_is_br(run: list[PageElement]) -> bool:
    last = next((node for node in reversed(run) if not _is_blank(node)), None)
    return isinstance(last, Tag) and last.name == "br"
