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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import lxml.html
from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, PageElement, PreformattedString, Tag

from portfolio.core.diagnostics import Diagnostic, Severity, quote
from portfolio.core.tex import Formula, TexConverter, TexError
from portfolio.core.text import strip_invalid_xml
from portfolio.importer.code_language import find_language
from portfolio.importer.word_comparison import (
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
    "x-tex".split()
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
    r"code|highlight|chroma|rouge|prism|listing|literal-block|syntax|brush|snippet|language-|lang-|lntable"
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
# An id that an attribute list can have.
_ID = re.compile(r"[^\s\"'={}<>&]+")
_SAFE_SCHEMES = frozenset(
    ("", "http", "https", "mailto", "tel", "ftp", "sms", "xmpp", "irc", "geo", "magnet")
)
_MAX_CHARACTERS = 1_000_000
_DEEPEST = 40
_TEXT_DIRECTION = frozenset("\u200e\u200f")


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


class _Cleaner:
    def __init__(self, html: str, source: str, line: int, macros: Mapping[str, str] | None) -> None:
        self.html = strip_invalid_xml(html)
        self.source, self.line = source, line
        self.tex = TexConverter(macros)
        self.problems: list[Diagnostic] = []
        self.soup = BeautifulSoup(f"<body>{self.html}</body>", "lxml")
        self.root: Tag = self.soup.body or self.soup
        # The position of each element among all, which gives its line.
        self.order = {id(element): index for index, element in enumerate(self.soup.find_all(True))}
        self.elements = list(self.soup.find_all(True))

    def clean(self) -> CleanPage:
        self._flatten()
        self._replace_comments()
        self._replace_code()
        self._replace_formulas()
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
        return CleanPage(self.root, self.tex, self.report, self.problems)

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

    def each(self, *names: str) -> list[Tag]:
        """Return the elements with these names that are still in the tree, in document order."""
        return list(self.root.find_all(names or True))

    # Depth and comments.

    def _flatten(self) -> None:
        """Unwrap elements that are nested too deeply."""
        depths = {id(self.root): 0}
        deep: list[Tag] = []
        for element in self.root.find_all(True):
            depth = depths[id(element.parent)] + 1
            depths[id(element)] = depth
            if depth > _DEEPEST * 2:
                deep.append(element)
        if deep:
            message = (
                f"elements are nested more than {_DEEPEST * 2} levels deep; the inner ones are flattened."
            )
            self.report(deep[0], "import.unsupported", message)
        for element in reversed(deep):
            element.insert_before("\n")
            element.unwrap()

    def _replace_comments(self) -> None:
        is_more_known = False
        for comment in self.root.find_all(string=lambda text: isinstance(text, PreformattedString)):
            is_more = isinstance(comment, Comment) and comment.strip().partition(" ")[0] == "more"
            if is_more and not is_more_known:
                is_more_known = True
                comment.replace_with(self.new("x-more"))
            else:
                comment.extract()
        for mark in self.root.find_all("span", id=re.compile(r"^more-\d+$")):
            mark.replace_with(*([] if is_more_known else [self.new("x-more")]))
            is_more_known = True

    # Code.

    def _replace_code(self) -> None:
        for element in self.each():
            if element.name in _SYNONYMS:
                element.name = _SYNONYMS[element.name]
        for element in self.root.find_all("div", class_="mermaid"):
            element.name = "pre"
        for pre in self.each("pre"):
            if pre.parent is not None and pre.find_parent("pre") is None and self._is_in_tree(pre):
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
        inner = pre.find("code")
        holders = [pre] if inner is None else [pre, inner]
        for parent in pre.parents:
            if holders[-1] is outer or pre is outer:
                break
            holders.append(parent)
        # The class that names the language may be on an element around the wrapper.
        if outer.parent is not None and outer.parent.name == "div":
            holders.append(outer.parent)
        numbers = outer.find_all(class_=list(_LINE_NUMBERS))
        has_numbers = bool(numbers) or "linenos" in _classes(outer)
        has_numbers = has_numbers or any(map(_is_gutter, outer.find_all("pre")))
        title = self._find_code_title(outer)
        for number in numbers:
            if number is not pre:
                number.extract()
        for element in pre.find_all(["button", "script", "style"]):
            element.extract()
        for br in pre.find_all("br"):
            br.replace_with("\n")
        code = pre.get_text().replace("\r\n", "\n").replace("\r", "\n")
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
                    or (isinstance(child, Tag) and any(map(_is_gutter, child.find_all("pre"))))
                )
                for child in parent.children
                if child is not outer
            ):
                break
            outer = parent
        # A table is only a wrapper as a whole.
        return pre if outer.name in ("td", "tr", "tbody") else outer

    def _find_code_title(self, outer: Tag) -> str:
        names = ["filename", "code-filename", "code-title", "code-header", "code-block-caption"]
        title = str(outer.get("title") or outer.get("data-title") or "")
        for element in outer.find_all(["figcaption", "span", "div", "strong"]):
            if element.name == "figcaption" or not set(names).isdisjoint(_classes(element)):
                title = title or " ".join(element.get_text().split())
                element.extract()
        return title

    # Formulas.

    def _replace_formulas(self) -> None:
        for script in self.each("script"):
            if (kind := str(script.get("type", ""))).startswith("math/tex"):
                self._put_formula(script, script.get_text(), display="mode=display" in kind)
        for math in self.each("math"):
            annotation = math.find("annotation", encoding=TEX_ENCODING)
            katex = math.find_parent(class_="katex")
            outer = (katex and katex.find_parent(class_="katex-display")) or katex or math
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
                if text.strip() and element.find(["x-tex", "pre", "math"]) is None:
                    self._put_formula(element, text, display=is_display)
        texts = [text for text in self.root.find_all(string=True) if _may_be_formula(text)]
        for text in texts:
            self._split_formulas(text)
        has_formulas = self.root.find("x-tex") is not None
        for text in [text for text in self.root.find_all(string=True) if text.count("$") > 1]:
            self._split_inline_formulas(text, only_tex=not has_formulas)

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
        if not formulas or text.find_parent(["code", "pre", "script", "style", "textarea"]) is not None:
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
            elif name == "input" and element.get("type") == "checkbox" and element.find_parent("li"):
                self._replace_checkbox(element)
            elif name == "noscript":
                self._replace_noscript(element)
            elif _is_hidden(element, classes):
                element.extract()
            elif name in _DROPPED:
                is_icon = name == "svg" and (
                    element.get("aria-hidden") == "true"
                    or element.find_parent(["a", "button", "summary", *HEADINGS]) is not None
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
        source = element.find("source")
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
        image, before = element.find("img"), element.find_previous("img")
        if image is not None and before is not None and not _image_url(before):
            before.replace_with(image)
        if image is not None and element.find_next("img") is not None and before is None:
            pass
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
        targets = {str(element["id"]): element for element in self.root.find_all(id=True)}
        targets |= {
            str(element["name"]): element
            for element in self.root.find_all("a", attrs={"name": True})
            if str(element["name"]) not in targets
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
                str(tag.get("id"))
                for tag in (link, link.parent, *link.find_all(True))
                if tag and tag.get("id")
            }
            backs = [back for back in note.find_all("a") if str(back.get("href", ""))[1:] in ids]
            if not backs or len(mark) > 8 or link in note.find_all("a"):
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
            if empty.find(["img", "x-tex", "pre"]) is not None:
                break
            empty.extract()

    def _move_note(self, note: Tag, name: str) -> None:
        for label in note.find_all(class_=["label", "fn-label"]):
            label.extract()
        if note.name in ("table", "tr"):
            for cell in note.find_all(["table", "tbody", "tr", "td"]):
                cell.name = "div"
        parent = note.parent
        footnote = self.new("x-footnote", name=name)
        self.order[id(footnote)] = self.order.get(id(note), 0)
        footnote.extend(list(note.children))
        note.extract()
        self.root.append(footnote)
        while (
            parent is not None and parent is not self.root and parent.find(["li", "p", "pre", "img"]) is None
        ):
            rest = [child for child in parent.find_all(True) if child.name not in ("hr", *HEADINGS)]
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
        for element in self.each("div", "aside", "section", "blockquote"):
            kind = _callout_kind(_classes(element))
            if kind is None or not self._is_in_tree(element):
                continue
            title = element.find(
                class_=[
                    "admonition-title",
                    "markdown-alert-title",
                    "callout-title-container",
                    "callout-title",
                ]
            )
            text = " ".join(title.get_text().split()) if title is not None else ""
            if title is not None:
                header = title.find_parent(class_="callout-header")
                (header or title).extract()
            callout = self.new("x-callout", kind=kind, title=text)
            callout.extend(list(element.children))
            self.order[id(callout)] = self.order.get(id(element), 0)
            element.replace_with(callout)

    # Figures and links.

    def _replace_figures(self) -> None:
        for element in self.each("div"):
            if not {"wp-caption", "figure"}.isdisjoint(_classes(element)) and element.find("img") is not None:
                element.name = "figure"
                for caption in element.find_all(class_=["wp-caption-text", "caption", "figcaption"]):
                    caption.name = "figcaption"

    def _clean_links(self) -> None:
        for link in self.each("a"):
            href = str(link.get("href", ""))
            if href.startswith("#") and (target := self.root.find(id=href[1:])) is not None:
                self._preserve_anchor(target)
        for link in self.each("a"):
            href = str(link.get("href", "")).strip()
            if href and not _is_safe(href):
                self.report(link, "import.dropped", f"the link to {quote(href)} is left out; its text stays.")
                link.unwrap()
            elif not href:
                anchor = link.get("id") or link.get("name")
                if anchor and not link.get_text(strip=True) and link.find("img") is None:
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
            outer = target.find_parent("table") or target
            outer.insert_before(anchor)
        else:
            target.insert(0, anchor)

    def _clean_headings(self) -> None:
        for heading in self.each(*HEADINGS):
            if not _ID.fullmatch(id := str(heading.get("id", "x"))):
                message = f"the id {quote(id)} of a heading is left out."
                self.report(heading, "import.dropped", message)
                del heading["id"]
            for link in heading.find_all("a"):
                text = link.get_text().strip()
                href = str(link.get("href", ""))
                if (
                    href.startswith("#")
                    and (not text or text in ("#", "¶", "§", "🔗", "∞"))
                    and link.find("img") is None
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
            if element.find_parent(element.name) is not None:
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
                for inner in element.find_all(True):
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
        for child in list(element.children):
            if isinstance(child, Tag) and child.name == "li":
                item = child
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
        for group in element.find_all("div", recursive=False):
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
                child.name in _GROUPS or (child.name == "p" and child.find(list(_BLOCKS)) is not None)
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
    is_numbers = not classes.isdisjoint(_LINE_NUMBERS) or child.find(class_=list(_LINE_NUMBERS)) is not None
    is_title = any(
        "filename" in name or "title" in name or "header" in name or "caption" in name for name in classes
    )
    is_button = any("copy" in name or "toolbar" in name for name in classes)
    return is_numbers or is_title or is_button or not child.get_text().strip()


def _is_gutter(pre: Tag) -> bool:
    """Whether a block has the numbers of the lines of the code in the next cell of a table."""
    if pre.find_parent(class_=list(_LINE_NUMBERS)) is not None:
        return True
    cell = pre.find_parent("td")
    following = cell.find_next_sibling("td") if cell is not None else None
    return (
        following is not None
        and following.find("pre") is not None
        and not pre.get_text(strip=True).strip("0123456789\n ")
    )


def _find_language(element: Tag) -> str:
    for name in ("data-lang", "data-language", "data-enlighter-language", "lang"):
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
        span = text.find_parent(["span", "pre"])
        classes = _classes(span) if span is not None and span.name == "span" else []
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
    images = link.find_all("img")
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


def _callout_kind(classes: list[str]) -> str | None:
    names = {name.lower() for name in classes}
    if "admonition" in names:
        kinds = names - {"admonition"}
    elif "markdown-alert" in names:
        kinds = {name.removeprefix("markdown-alert-") for name in names}
    elif "callout" in names:
        kinds = {name.removeprefix("callout-") for name in names if name.startswith("callout-")}
    elif "kg-callout-card" in names:
        return "note"
    else:
        return None
    aliases = {
        "attention": "warning",
        "error": "danger",
        "hint": "tip",
        "seealso": "info",
        "see-also": "info",
    }
    known = (
        "note abstract info tip important success question warning caution failure danger bug example quote"
    )
    found = [aliases.get(kind, kind) for kind in sorted(kinds)]
    return next((kind for kind in found if kind in known.split()), "note")


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
        and element.find(["img", "x-tex", "x-note", "a", "code"]) is None
    )


def _last_is_br(run: list[PageElement]) -> bool:
    last = next((node for node in reversed(run) if not _is_blank(node)), None)
    return isinstance(last, Tag) and last.name == "br"
