"""HTML of other generators, with one notation for each construct and without what is unsafe.

In the tree that `clean_html` returns, an element contains either blocks or inline content, never both, and
elements of our own replace what generators write in many ways:

==============  ============================================================================================
``pre``         a code block: attributes ``code``, ``language``, ``title`` and ``linenums``
``x-tex``       a formula: attributes ``tex`` and ``display``
``x-html``      MathML without TeX: attribute ``html``
``x-note``      a reference to a footnote: attribute ``name``
``x-footnote``  a footnote, at the end of the page: attribute ``name``
``x-callout``   a callout: attributes ``kind`` and ``title``
``x-task``      the check box of a task: attribute ``done``
``x-more``      the end of the excerpt
==============  ============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import nh3
from bs4.element import Comment, NavigableString, PageElement, PreformattedString, Tag

from portfolio.core.diagnostics import quote
from portfolio.core.tex import Formula, TexError
from portfolio.importer.html_blocks import arrange_blocks
from portfolio.importer.html_code import replace_code
from portfolio.importer.html_tree import (
    BLOCKS,
    GROUPS,
    HEADINGS,
    INLINE,
    HtmlPage,
    find_ancestor,
    find_classes,
    find_tag,
    get_classes,
    is_blank,
    iter_tags,
)
from portfolio.importer.markdown_escapes import find_markup
from portfolio.importer.values import unused_name
from portfolio.importer.word_comparison import (
    EMBEDS,
    FOOTNOTE_CLASSES,
    INVISIBLE_CLASSES,
    TEX_ENCODING,
    describe_embed,
    find_embed_url,
    is_gist,
    strip_cdata,
)
from portfolio.markdown_ext.formulas import find_inline_formulas

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
_TABLE_PARTS = frozenset("caption tbody td tfoot th thead tr".split())
# Attributes that `html_blocks` adds.
_OWN_ATTRIBUTES = ("number", "second", "tight")
# Elements that are left out without a report: they have no text, or none that a reader sees.
_SILENTLY_DROPPED = frozenset("base head link meta script style template title".split())
# Elements that are left out and reported.
_DROPPED = frozenset(
    "applet area button canvas datalist frame frameset input map meter object optgroup option param progress "
    "select svg textarea".split()
)
# Their absence is not reported if they have no text.
_WITHOUT_TEXT = frozenset("area button input map".split())
_FORMULA = re.compile(
    r"(?P<display>\\\[(?P<square>.+?)\\\]|(?<!\\)\$\$(?P<dollars>[^$]+?)\$\$"
    r"|(?P<environment>\\begin\{(?P<name>[a-z]+\*?)\}.+?\\end\{(?P=name)\}))|\\\((?P<round>.+?)\\\)",
    re.DOTALL,
)
_GALLERIES = {
    "blocks-gallery-grid": "div",
    "blocks-gallery-item": "div",
    "gallery-item": "figure",
    "gallery-icon": "div",
    "gallery-caption": "figcaption",
}
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


def clean_html(html: str, source: str, line: int = 1, macros: Mapping[str, str] | None = None) -> HtmlPage:
    """Return the tree of HTML, which begins on this line of a source. ``macros`` are those of formulas."""
    page = HtmlPage(html, source, line, macros)
    _normalize_elements(page)
    _replace_comments(page)
    replace_code(page)
    _replace_formulas(page)
    for card in find_classes(page.root, {"kg-bookmark-card"}):
        _replace_bookmark(page, card)
    _replace_noscripts(page)
    _replace_elements(page)
    _replace_footnotes(page)
    _replace_callouts(page)
    _replace_figures(page)
    _clean_links(page)
    _clean_headings(page)
    arrange_blocks(page)
    return page


def complete_page(page: HtmlPage) -> None:
    """Fit the headings of a whole page, and remove rules at its ends: the first would begin front matter."""
    _shift_headings(page)
    for end in (0, -1):
        while page.root.contents and getattr(page.root.contents[end], "name", "") == "hr":
            page.root.contents[end].extract()


def _normalize_elements(page: HtmlPage) -> None:
    """Replace synonyms, parts of tables outside of tables, and what only we may write into the tree."""
    for element in page.list_tags():
        if element.name.startswith("x-"):
            element.name = "span"
        elif element.name in _TABLE_PARTS and find_ancestor(element, "table") is None:
            element.name = "div"
        elif element.name in ("td", "th") and getattr(element.parent, "name", "") != "tr":
            _put_into_row(page, element)
        else:
            element.name = _SYNONYMS.get(element.name, element.name)
        for attribute in _OWN_ATTRIBUTES:
            if element.has_attr(attribute):
                del element[attribute]


def _put_into_row(page: HtmlPage, cell: Tag) -> None:
    """Put a cell that is in no row, and those right after it, into a new one, as browsers do."""
    row = page.create("tr")
    cell.insert_before(row)
    following: PageElement | None = cell
    while is_blank(following) or (isinstance(following, Tag) and following.name in ("td", "th")):
        assert following is not None
        row.append(following)
        following = row.next_sibling


def _replace_comments(page: HtmlPage) -> None:
    is_more_known = False
    for comment in [node for node in page.root.descendants if isinstance(node, PreformattedString)]:
        is_more = isinstance(comment, Comment) and comment.strip().partition(" ")[0] == "more"
        if is_more and not is_more_known:
            is_more_known = True
            comment.replace_with(page.create("x-more"))
        else:
            comment.extract()
    for mark in page.list_tags("span"):
        if _MORE_ID.fullmatch(str(mark.get("id", ""))):
            mark.replace_with(*([] if is_more_known else [page.create("x-more")]))
            is_more_known = True


def _replace_formulas(page: HtmlPage) -> None:
    for script in page.list_tags("script"):
        if (kind := str(script.get("type", ""))).startswith("math/tex"):
            _put_formula(page, script, script.get_text(), display="mode=display" in kind)
    for math in page.list_tags("math"):
        annotations = iter_tags(math, "annotation")
        annotation = next((tag for tag in annotations if tag.get("encoding") == TEX_ENCODING), None)
        outer = math
        for parent in math.parents:
            outer = parent if not {"katex", "katex-display"}.isdisjoint(get_classes(parent)) else outer
        if annotation is not None:
            is_display = math.get("display") == "block" or "katex-display" in get_classes(outer)
            _put_formula(page, outer, annotation.get_text(), display=is_display)
    for element in page.list_tags("span", "div"):
        classes = get_classes(element)
        if "math" in classes or "arithmatex" in classes:
            text = element.get_text().strip()
            is_display = element.name == "div" or "display" in classes or text.startswith(r"\[")
            for start, end in ((r"\(", r"\)"), (r"\[", r"\]"), ("$$", "$$"), ("$", "$")):
                if text.startswith(start) and text.endswith(end) and len(text) > len(start):
                    text = text[len(start) : -len(end)]
                    break
            if text.strip() and find_tag(element, "x-tex", "pre", "math") is None:
                _put_formula(page, element, text, display=is_display)
    texts = [text for text in page.list_texts() if _may_be_formula(text)]
    for text in texts:
        _split_formulas(page, text)
    for only_tex in (True, False):
        # With other formulas on the page, everything between dollar signs is one.
        if only_tex or find_tag(page.root, "x-tex") is not None:
            for text in [text for text in page.list_texts() if text.count("$") > 1]:
                _split_inline_formulas(page, text, only_tex=only_tex)
    for math in page.list_tags("math"):
        safe = nh3.clean(str(math), tags={*MATHML_TAGS}, attributes={"math": {"display"}})
        page.replace(math, page.create("x-html", html=safe))


def _put_formula(page: HtmlPage, element: Tag, tex: str, *, display: bool) -> None:
    formula = page.create("x-tex", tex=strip_cdata(tex).strip(), display="1" if display else "")
    page.replace(element, formula)


def _split_formulas(page: HtmlPage, text: NavigableString) -> None:
    formulas: list[tuple[int, int, str, bool]] = []
    for match in _FORMULA.finditer(text):
        tex = match["square"] or match["dollars"] or match["environment"] or match["round"]
        formulas.append((match.start(), match.end(), tex, bool(match["display"])))
    _replace_in_text(page, text, formulas)


def _split_inline_formulas(page: HtmlPage, text: NavigableString, *, only_tex: bool) -> None:
    formulas = find_inline_formulas(text, only_tex=only_tex)
    _replace_in_text(page, text, [(start, end, tex, False) for start, end, tex in formulas])


def _replace_in_text(
    page: HtmlPage, text: NavigableString, formulas: list[tuple[int, int, str, bool]]
) -> None:
    if not formulas or find_ancestor(text, "code", "pre", "script", "style", "textarea"):
        return
    last = 0
    parts: list[str | Tag] = []
    for start, end, tex, is_display in formulas:
        # Text that only looks like a formula stays text.
        if not isinstance(page.tex.convert(Formula(tex, is_display)), TexError):
            formula = page.create("x-tex", tex=tex.strip(), display="1" if is_display else "")
            parts += [text[last:start], formula]
            last = end
    if parts:
        text.replace_with(*(part for part in (*parts, text[last:]) if part))


def _replace_elements(page: HtmlPage) -> None:
    for element in page.list_tags():
        if not page.is_in_tree(element):
            continue
        name, classes = element.name, get_classes(element)
        if name == "script" and is_gist(url := str(element.get("src", ""))):
            _put_link(page, element, *describe_embed(url, "", name))
        elif name in _SILENTLY_DROPPED:
            if name == "script" and "json" not in str(element.get("type", "")):
                page.report(element, "import.dropped", "a script is left out.", severity="info")
            element.extract()
        elif name in EMBEDS:
            _replace_embed(page, element)
        elif name == "input" and element.get("type") == "checkbox" and find_ancestor(element, "li"):
            _replace_checkbox(page, element)
        elif _is_hidden(element, classes):
            element.extract()
        elif name in _DROPPED:
            if not _is_icon(element) and (name not in _WITHOUT_TEXT or element.get_text().strip()):
                page.report(element, "import.dropped", f"the <{name}> element is left out.")
            element.extract()
        elif name == "img":
            _clean_image(page, element)
        elif name == "picture":
            element.unwrap()
        elif name not in BLOCKS and name not in INLINE and name not in GROUPS:
            _unwrap_inline(page, element)


def _is_icon(element: Tag) -> bool:
    """Whether a drawing only decorates a link, a heading or a title."""
    return element.name == "svg" and (
        element.get("aria-hidden") == "true"
        or find_ancestor(element, "a", "button", "summary", *HEADINGS) is not None
        or any("title" in value or "icon" in value for value in get_classes(element.parent))
    )


def _replace_checkbox(page: HtmlPage, element: Tag) -> None:
    if isinstance(following := element.next_sibling, NavigableString):
        following.replace_with(following.lstrip())
    element.replace_with(page.create("x-task", done="1" if element.has_attr("checked") else ""))


def _unwrap_inline(page: HtmlPage, element: Tag) -> None:
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
        element.wrap(page.create(name))
    if names:
        element.name = names[0]
    elif element.get("id") and _is_leftover(element):
        element.replace_with(page.create("a", id=str(element["id"])))
    else:
        element.unwrap()


def _put_link(page: HtmlPage, element: Tag, url: str, text: str) -> None:
    link = page.create("a", href=url)
    link.string = text
    paragraph = page.create("p")
    paragraph.append(link)
    page.replace(element, paragraph)


def _replace_embed(page: HtmlPage, element: Tag) -> None:
    source = find_tag(element, "source")
    url = find_embed_url({name: str(element[name]) for name in element.attrs}) or str(
        source.get("src", "") if source is not None else ""
    )
    if not url or not _is_safe(url):
        page.report(element, "import.dropped", f"the <{element.name}> element is left out.")
        element.extract()
        return
    url, text = describe_embed(url, str(element.get("title", "")).strip(), element.name)
    message = f"the <{element.name}> element becomes a link to {quote(url)}."
    page.report(element, "import.unsupported", message, severity="info")
    _put_link(page, element, url, text)


def _replace_noscripts(page: HtmlPage) -> None:
    """Replace images that a script loads by those for readers without scripts, and remove the latter."""
    for element in page.list_tags("noscript"):
        image = find_tag(element, "img")
        siblings = element.find_previous_sibling(), element.find_next_sibling()
        loaded = next((tag for tag in siblings if tag is not None and tag.name == "img"), None)
        if image is not None and loaded is None:
            element.replace_with(image)
            continue
        if image is not None and loaded is not None and not _find_image_url(loaded):
            loaded.replace_with(image)
        element.extract()


def _clean_image(page: HtmlPage, image: Tag) -> None:
    url, source = _find_image_url(image), str(image.get("src", ""))
    if {str(image.get("width", "")), str(image.get("height", ""))} <= {"0", "1"}:
        message = "an image without a visible size is left out."
        page.report(image, "import.dropped", message, severity="info")
        image.extract()
        return
    if not url or not (_is_safe(url) or url.startswith("data:image/")):
        page.report(image, "import.dropped", f"the image {quote(url or source)} is left out.")
        image.extract()
        return
    image["src"] = url
    alt = str(image.get("alt", "")).strip() or str(image.get("title", "")).strip()
    image["alt"] = " ".join(alt.split())
    if not alt:
        message = f"the image {quote(url)} has no alternative text."
        page.report(image, "import.unsupported", message, "Describe it in the brackets before its URL.")


def _replace_footnotes(page: HtmlPage) -> None:
    targets = {str(element["id"]): element for element in page.list_tags() if element.get("id")}
    targets |= {
        str(element["name"]): element
        for element in page.list_tags("a")
        if element.get("name") and str(element["name"]) not in targets
    }
    names: dict[int, str] = {}
    notes: list[Tag] = []
    for link in page.list_tags("a"):
        href = str(link.get("href", ""))
        note = targets.get(href[1:]) if href.startswith("#") else None
        if note is None or note.name not in ("li", "dd", "div", "aside", "table", "tr", "p", "section"):
            continue
        mark = " ".join(link.get_text().split())
        is_around = any(parent is note for parent in link.parents)
        if len(mark) > 8 or is_around or find_ancestor(note, "a") is not None or not page.is_in_tree(note):
            continue
        ids = {str(tag.get("id")) for tag in (link, link.parent, *iter_tags(link)) if tag and tag.get("id")}
        backs = [back for back in iter_tags(note, "a") if str(back.get("href", ""))[1:] in ids]
        if not backs:
            continue
        if id(note) not in names:
            names[id(note)] = _choose_note_name(mark, names.values())
            notes.append(note)
        outer = link.parent if link.parent is not None and link.parent.name == "sup" else link
        outer.replace_with(page.create("x-note", name=names[id(note)]))
        for back in backs:
            _remove_back_link(back, names)
    for note in notes:
        _move_note(page, note, names[id(note)])


def _remove_back_link(back: Tag, notes: Collection[int]) -> None:
    """Remove a link from a footnote to the text, and what is empty without it, but none of these notes."""
    parent = back.parent
    before = back.previous_sibling
    back.extract()
    if isinstance(before, NavigableString):
        before.replace_with(before.rstrip())
    while parent is not None and parent.name in ("sup", "span", "em", "p") and _is_leftover(parent):
        if id(parent) in notes:
            break
        empty, parent = parent, parent.parent
        empty.extract()


def _move_note(page: HtmlPage, note: Tag, name: str) -> None:
    for label in find_classes(note, {"label", "fn-label"}):
        label.extract()
    if note.name in ("table", "tr"):
        for cell in [note, *iter_tags(note, "table", "tbody", "tr", "td")]:
            cell.name = "div"
    parent = note.parent
    footnote = page.create("x-footnote", name=name)
    page.replace(note, footnote)
    footnote.extend(list(note.children))
    page.root.append(footnote)
    # The container of footnotes goes when nothing remains in it but a rule.
    while parent is not None and parent is not page.root and _is_leftover(parent):
        empty, parent = parent, parent.parent
        empty.extract()


def _is_leftover(element: Tag) -> bool:
    """Whether an element has neither text nor anything else to see."""
    visible = find_tag(element, "img", "pre", "x-html", "x-note", "x-task", "x-tex")
    return visible is None and not element.get_text(strip=True)


def _replace_callouts(page: HtmlPage) -> None:
    for line in find_classes(page.root, {"line"}):
        # Lines of docutils.
        if line.parent is not None and "line-block" in get_classes(line.parent):
            line.append(page.create("br"))
            line.unwrap()
    for element in page.list_tags("div", "aside", "section", "blockquote"):
        kind = _find_callout_kind(element)
        if kind is None or not page.is_in_tree(element):
            continue
        titles = find_classes(element, _CALLOUT_TITLES)
        title = next((title for title in titles if _find_callout(title) is element), None)
        text = " ".join(title.get_text().split()) if title is not None else ""
        if title is not None:
            is_header = title.parent is not None and "callout-header" in get_classes(title.parent)
            (title.parent if title.parent is not None and is_header else title).extract()
        for emoji in find_classes(element, {"kg-callout-emoji"}):
            emoji.append(" ")
            emoji.unwrap()
        for content in find_classes(element, {"kg-callout-text"}):
            content.unwrap()
        callout = page.create("x-callout", kind=kind, title=text)
        callout.extend(list(element.children))
        page.replace(element, callout)


def _replace_figures(page: HtmlPage) -> None:
    for element in page.list_tags("ul", "li", "dl", "dt", "dd"):
        # Galleries of WordPress: a list of figures, or of definitions.
        if new := _GALLERIES.get(next((name for name in get_classes(element) if name in _GALLERIES), "")):
            element.name = new
    for element in page.list_tags("div"):
        if (
            not {"wp-caption", "figure"}.isdisjoint(get_classes(element))
            and find_tag(element, "img") is not None
        ):
            element.name = "figure"
            for caption in find_classes(element, {"wp-caption-text", "caption", "figcaption"}):
                caption.name = "figcaption"


def _replace_bookmark(page: HtmlPage, card: Tag) -> None:
    """Write a bookmark of Ghost as a paragraph, with its title as the link."""
    link, titles = find_tag(card, "a"), find_classes(card, {"kg-bookmark-title"})
    if link is None or not titles:
        return
    for image in list(iter_tags(card, "img")):
        image.extract()
    paragraph, url = page.create("p"), str(link.get("href", ""))
    for part in find_classes(card, _BOOKMARK_PARTS):
        text: Tag | NavigableString = NavigableString(" ".join(part.get_text().split()))
        if part is titles[0]:
            text = page.create("a", href=url)
            text.string = " ".join(part.get_text().split())
        paragraph.extend([text, page.create("br")])
    card.insert_before(paragraph)
    for caption in list(iter_tags(card, "figcaption")):
        caption.name = "p"
        paragraph.insert_after(caption)
    card.extract()


def _clean_links(page: HtmlPage) -> None:
    targets = {str(element["id"]): element for element in page.list_tags() if element.get("id")}
    for link in page.list_tags("a"):
        href = str(link.get("href", ""))
        if href.startswith("#") and (target := targets.pop(href[1:], None)) is not None:
            _preserve_anchor(page, target)
    for link in page.list_tags("a"):
        href = str(link.get("href", "")).strip()
        if href and not _is_safe(href):
            page.report(link, "import.dropped", f"the link to {quote(href)} is left out; its text stays.")
            link.unwrap()
        elif not href:
            anchor = link.get("id") or link.get("name")
            if anchor and _is_leftover(link):
                link.attrs = {"id": str(anchor)}
            elif anchor:
                link.insert_before(page.create("a", id=str(anchor)))
                link.unwrap()
            else:
                link.unwrap()
        elif _is_enlargement(link, href):
            link.unwrap()


def _preserve_anchor(page: HtmlPage, target: Tag) -> None:
    """Put an anchor into an element to which a link leads, or before it."""
    if target.name in ("a", "x-footnote", *HEADINGS) or target.name in GROUPS:
        return
    anchor = page.create("a", id=str(target["id"]))
    del target["id"]
    if target.name in ("table", "tr", "tbody", "thead", "ul", "ol", "dl", "pre", "figure", "img"):
        outer = find_ancestor(target, "table") or target
        outer.insert_before(anchor)
    else:
        target.insert(0, anchor)


def _clean_headings(page: HtmlPage) -> None:
    for heading in page.list_tags(*HEADINGS):
        id = str(heading.get("id", ""))
        if id and (not _ID.fullmatch(id) or find_markup(id, has_markup=True, starts_lines=False)):
            message = f"the id {quote(id)} of a heading is left out."
            page.report(heading, "import.dropped", message)
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
            not heading.get("id") and parent is not None and parent is not page.root and parent.name in GROUPS
        ):
            if _find_first_child(parent) is not first:
                break
            if parent.get("id"):
                heading["id"] = str(parent["id"])
            first, parent = parent, parent.parent


def _shift_headings(page: HtmlPage) -> None:
    """Make the highest heading a second-level one, since the title is the first, and skip no level."""
    levels: list[int] = []
    for heading in page.list_tags(*HEADINGS):
        level = int(heading.name[1])
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
        heading.name = f"h{min(len(levels) + 1, 6)}"


def _is_hidden(element: Tag, classes: Iterable[str]) -> bool:
    """Whether a reader does not see an element. References to footnotes and back are needed for a while."""
    if element.has_attr("hidden") or not (INVISIBLE_CLASSES - FOOTNOTE_CLASSES).isdisjoint(classes):
        return True
    return "display:none" in "".join(str(element.get("style", "")).split()).lower()


def _is_enlargement(link: Tag, href: str) -> bool:
    """Whether a link leads from an image to itself, as each image of this site does anyway."""
    images = list(iter_tags(link, "img"))
    return len(images) == 1 and images[0]["src"] == href and not link.get_text(strip=True)


def _may_be_formula(text: str) -> bool:
    return "\\" in text or text.count("$$") > 1


def _find_image_url(image: Tag) -> str:
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


def _choose_note_name(mark: str, used: Iterable[str]) -> str:
    name = "".join(character for character in mark if character.isalnum() or character in "-_") or "note"
    return unused_name(name, set(used))


def _find_callout_kind(element: Tag) -> str | None:
    """Return the kind of a callout, or None if the element is no callout."""
    names = {name.lower() for name in get_classes(element)}
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
    synonyms = (_CALLOUT_SYNONYMS.get(kind, kind) for kind in sorted(kinds))
    return next((kind for kind in synonyms if kind in _CALLOUTS), "note")


def _find_callout(node: PageElement) -> Tag | None:
    """Return the innermost callout around a node."""
    return next((parent for parent in node.parents if _find_callout_kind(parent) is not None), None)


def _is_old_admonition(element: Tag) -> bool:
    """Whether an element is an admonition as docutils wrote it before 0.18."""
    first = _find_first_child(element)
    return first is not None and "admonition-title" in get_classes(first)


def _find_first_child(element: Tag) -> Tag | None:
    for child in element.children:
        if isinstance(child, Tag):
            return child
        if isinstance(child, NavigableString) and child.strip():
            return None
    return None
