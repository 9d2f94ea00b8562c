"""Hugo's shortcodes, ``{{< name parameters >}}`` and ``{{% name %}}``, and what they become on this site.

Those of Hugo itself, HugoBlox, PaperMod, Congo and Blowfish have counterparts; of any other the inner text
stays, and it is reported.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portfolio.core.diagnostics import Severity, quote

_OPENING = re.compile(r"\{\{(?P<mark>[<%])(?P<comment>/\*)?")
_NAME = re.compile(r"[ \t\n]*(?P<closing>/[ \t]*)?(?P<name>\w(?:[\w./-]*\w)?)")
_VALUE = r'"(?:\\.|[^"\\])*"|`[^`]*`|(?:(?!/?[>%]\}\})[^\s="`])+'
_PARAMETER = re.compile(rf"(?:(?P<key>[\w.-]+)[ \t\n]*=[ \t\n]*)?(?P<value>{_VALUE})", re.DOTALL)
_SPACE = re.compile(r"[ \t\n]*")
# Shortcodes that are nothing without an inner text.
_PAIRED = frozenset(
    "admonition alert blockquote callout center collapse details expand highlight lead math mermaid notice "
    "quote rawhtml spoiler tab tabs".split()
)
# Kinds of callouts and icons of themes, by the kind that this site has.
_CALLOUT_KINDS = {
    **dict.fromkeys("alert comment default light note primary secondary".split(), "note"),
    **dict.fromkeys("circle-info important info information".split(), "info"),
    **dict.fromkeys("hint idea lightbulb tip".split(), "tip"),
    **dict.fromkeys("attention caution triangle-exclamation warning".split(), "warning"),
    **dict.fromkeys("danger error fire skull-crossbones".split(), "danger"),
    **dict.fromkeys("check done success".split(), "success"),
    **dict.fromkeys("faq help question".split(), "question"),
    **dict.fromkeys("abstract summary tldr".split(), "abstract"),
    **{kind: kind for kind in ("bug", "example", "failure", "quote")},
}
_CALLOUTS = frozenset("admonition alert callout hint important info note notice tip warning".split())
_FOLDED = frozenset("accordion collapse details expand foldable spoiler".split())
# Decoration, and what this site does by itself.
_SILENT = frozenset("br clearfix icon katex linebreak mathjax toc".split())
# These only change how their inner text looks.
_WRAPPERS = frozenset("badge center div keyword lead ltr rtl section small tabs timeline typeit".split())
_VIDEO_SITES = {
    "youtube": ("YouTube", "https://www.youtube.com/watch?v="),
    "youtubelite": ("YouTube", "https://www.youtube.com/watch?v="),
    "vimeo": ("Vimeo", "https://vimeo.com/"),
    "bilibili": ("Bilibili", "https://www.bilibili.com/video/"),
}
# Parameters of `highlight` and of fences: hl_lines may have quotation marks or brackets.
_CODE_OPTION = re.compile(
    r"""(?P<key>[\w.-]+)[ \t]*=[ \t]*(?P<value>\[[^\]]*\]|"[^"]*"|'[^']*'|[^,}]*?)[ \t]*"""
    r"""(?=,[ \t]*[\w.-]+[ \t]*=|[ \t]+[\w.-]+=|,?[ \t]*$)"""
)
_MARKS = re.compile(r"[\\`*_\[\]<$]|^[#>+-]")
# Of a page: more than anyone writes.
_MAX_FAULTS = 100
_MAX_COMMENT = 5000
# Actions of a template, and elements that are no text.
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_HAS_CODE = re.compile(r"<(?:style|script)\b", re.IGNORECASE)
_BRACKETS = re.compile(r"([\[\]])")


@dataclass
class Shortcode:
    """A shortcode with its parameters.

    ``start`` and ``end`` are offsets in the text that was read. ``inner`` is set if another tag closes it,
    ``literal`` if it is escaped: the text that Hugo shows. With ``is_markdown`` (``{{% %}}``) Hugo reads the
    result as Markdown.
    """

    name: str
    start: int
    end: int
    source: str
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    inner: list[Shortcode | Text] | None = None
    literal: str | None = None
    is_markdown: bool = False
    is_closing: bool = False
    is_closed: bool = False

    def get(self, *names: str, position: int | None = None) -> str:
        """Return the first of these parameters that has a value, or that at a position, or an empty text."""
        for name in names:
            if value := self.named.get(name):
                return value
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return ""


@dataclass(frozen=True)
class Text:
    """A text between shortcodes, and the offset at which it begins."""

    text: str
    start: int


@dataclass(frozen=True)
class Rendered:
    """What a shortcode becomes: Markdown, and whether it is a block of its own."""

    text: str
    is_block: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a page needs to know of the rest of its site.

    ``find_page`` returns the URL that a reference of ``ref`` means, or None. ``read_file`` returns the text
    of a file beside the page or of the site, or None. ``find_title`` returns the title of the page at a URL.
    ``parameters`` are those of the page and, where it has none, of the site, with lower-case keys.
    """

    find_page: Callable[[str], str | None]
    read_file: Callable[[str], str | None]
    find_title: Callable[[str], str]
    parameters: Mapping[str, Any]


# Called with the shortcode, a code, a message, a hint and a severity.
Report = Callable[[Shortcode, str, str, str, Severity], None]


def read_shortcodes(text: str) -> tuple[list[Shortcode | Text], list[tuple[int, str, str]]]:
    """Divide a text into shortcodes, nested as they are, and the texts between them.

    Return also the faults: their offset, message and hint.
    """
    nodes: list[Shortcode | Text] = []
    faults: list[tuple[int, str, str]] = []
    open_tags: list[tuple[int, Shortcode]] = []
    end = 0
    for tag in _read_tags(text, faults):
        if text[end : tag.start]:
            nodes.append(Text(text[end : tag.start], end))
        end = tag.end
        if not tag.is_closing:
            if tag.literal is None and not tag.is_closed:
                open_tags.append((len(nodes), tag))
            nodes.append(tag)
            continue
        index, opened = next(
            (candidate for candidate in reversed(open_tags) if candidate[1].name == tag.name), (0, None)
        )
        if opened is None:
            if len(faults) == _MAX_FAULTS:
                continue
            message = f"{quote(tag.source)} closes no shortcode."
            faults.append((tag.start, message, "Remove it, or add the shortcode that it closes."))
            continue
        opened.inner, opened.is_closed = nodes[index + 1 :], True
        opened.source, opened.end = text[opened.start : tag.end], tag.end
        del nodes[index + 1 :]
        open_tags = [candidate for candidate in open_tags if candidate[0] < index]
    if text[end:]:
        nodes.append(Text(text[end:], end))
    for shortcode in _walk(nodes):
        if shortcode.name in _PAIRED and not shortcode.is_closed and shortcode.literal is None:
            if len(faults) >= _MAX_FAULTS:
                break
            message = f"the shortcode {quote(shortcode.name)} is never closed."
            faults.append((shortcode.start, message, f"Close it with {{{{< /{shortcode.name} >}}}}."))
    return nodes, faults


def _walk(nodes: Iterable[Shortcode | Text]) -> Iterator[Shortcode]:
    for node in nodes:
        if isinstance(node, Shortcode):
            yield node
            yield from _walk(node.inner or ())


def _read_tags(text: str, faults: list[tuple[int, str, str]]) -> Iterator[Shortcode]:
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        right = ">}}" if opening["mark"] == "<" else "%}}"
        read_tag = _read_comment if opening["comment"] else _read_tag
        tag = read_tag(text, opening, right)
        at = opening.end() if tag is None else tag.end
        if tag is not None:
            yield tag
        elif len(faults) < _MAX_FAULTS:
            line = text[opening.start() : opening.start() + _MAX_COMMENT].partition("\n")[0]
            message = f"{quote(line)} is not a complete shortcode, and stays as text."
            faults.append((opening.start(), message, f"End it with '{right}'."))


def _read_comment(text: str, opening: re.Match[str], right: str) -> Shortcode | None:
    """Read an escaped shortcode, which Hugo shows without the marks of the comment."""
    close = text.find(f"*/{right}", opening.end(), opening.end() + _MAX_COMMENT)
    if close < 0:
        return None
    end = close + 2 + len(right)
    literal = f"{{{{{opening['mark']}{text[opening.end() : close]}{right}"
    return Shortcode("", opening.start(), end, text[opening.start() : end], literal=literal)


def _read_tag(text: str, opening: re.Match[str], right: str) -> Shortcode | None:
    name = _NAME.match(text, opening.end())
    if name is None:
        return None
    tag = Shortcode(name["name"].lower(), opening.start(), 0, "")
    tag.is_markdown, tag.is_closing = opening["mark"] == "%", bool(name["closing"])
    at = name.end()
    while True:
        if gap := _SPACE.match(text, at):
            at = gap.end()
        if text.startswith(f"/{right}", at):
            tag.is_closed = True
            at += 1
        if text.startswith(right, at):
            tag.end = at + len(right)
            tag.source = text[tag.start : tag.end]
            return tag
        parameter = _PARAMETER.match(text, at)
        if parameter is None or "{{" in parameter["value"]:
            return None
        value = parameter["value"]
        if value.startswith('"'):
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        elif value.startswith("`"):
            value = value[1:-1]
        if parameter["key"]:
            tag.named[parameter["key"].lower()] = value
        else:
            tag.positional.append(value)
        at = parameter.end()


def source_text(nodes: Iterable[Shortcode | Text]) -> str:
    """Return nodes as Hugo passes them to a shortcode whose inner text is code."""
    return "".join(
        node.text if isinstance(node, Text) else node.source if node.literal is None else node.literal
        for node in nodes
    )


def read_code_options(text: str) -> dict[str, str]:
    """Return the options of highlighted code, such as ``linenos=table,hl_lines=[1,"3-4"]``."""
    options: dict[str, str] = {}
    for match in _CODE_OPTION.finditer(text.strip().strip("{}")):
        options[match["key"].lower()] = match["value"].strip().strip("\"'")
    return options


def fence_header(language: str, options: Mapping[str, str]) -> str:
    """Return what follows the marks of a fence on this site."""
    parts = [language or "text"] if options else [language]
    if title := options.get("title") or options.get("filename") or options.get("name"):
        parts.append(f'title="{title.replace(chr(34), chr(39))}"')
    if options.get("linenos", "false").lower() not in ("false", "0", ""):
        start = options.get("linenostart", "1")
        parts.append(f'linenums="{start if start.isdecimal() else 1}"')
    lines = re.findall(r"\d+(?:-\d+)?", options.get("hl_lines", ""))
    if lines:
        parts.append(f'hl_lines="{" ".join(lines)}"')
    return " ".join(filter(None, parts))


def make_fence(code: str, language: str, options: Mapping[str, str]) -> str:
    """Return code as a fence that is longer than any in it."""
    longest = max(map(len, re.findall(r"`{3,}", code)), default=2)
    marks = "`" * (longest + 1)
    header = fence_header(language, options)
    return f"{marks}{' ' if header else ''}{header}\n{code.strip(chr(10))}\n{marks}"


def make_link(text: str, url: str, title: str = "") -> str:
    """Return a link in Markdown. Brackets in its text that are not balanced are escaped."""
    words = " ".join(text.split())
    if words.count("[") != words.count("]"):
        words = _BRACKETS.sub(r"\\\1", words)
    return f"[{words}]({_escape_url(url)}{_quote_title(title)})"


def make_image(alternative: str, url: str, title: str = "", attributes: str = "") -> str:
    """Return an image in Markdown."""
    words = _BRACKETS.sub(r"\\\1", " ".join(alternative.split()))
    return f"![{words}]({_escape_url(url)}{_quote_title(title)}){attributes}"


def _escape_url(url: str) -> str:
    return url.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def _quote_title(title: str) -> str:
    return f' "{" ".join(title.split()).replace(chr(34), "&quot;")}"' if title else ""


def _plain(markdown: str) -> str:
    """Remove the marks of inline Markdown, for an alternative text."""
    return re.sub(r"[*_`]|\[([^\]]*)\]\([^)]*\)", lambda match: match[1] or "", markdown)


def indent(text: str, prefix: str = "    ") -> str:
    """Put a prefix before each line of a text that is not empty."""
    return "\n".join(prefix + line if line.strip() else "" for line in text.split("\n"))


def _make_callout(mark: str, kind: str, title: str, text: str) -> Rendered:
    heading = title.replace('"', "&quot;")
    return Rendered(f'{mark} {kind} "{heading}"\n\n{indent(text.strip(chr(10)))}', is_block=True)


@dataclass
class ShortcodeRenderer:
    """Renders shortcodes. ``convert`` converts an inner text; it is given the nodes."""

    surroundings: Surroundings
    convert: Callable[[list[Shortcode | Text]], str]
    report: Report

    def render(self, shortcode: Shortcode) -> Rendered:
        """Return what a shortcode becomes."""
        name = shortcode.name.rpartition("/")[2]
        if shortcode.literal is not None:
            # Character references, because this site would report the notation.
            literal = shortcode.literal.replace("{{<", "{{&lt;").replace(">}}", "&gt;}}")
            return Rendered(literal.replace("{{%", "{{&#37;").replace("%}}", "&#37;}}"))
        if name in _SILENT:
            return Rendered("")
        if name in _PAIRED and not shortcode.is_closed and not shortcode.get("text", "content"):
            return Rendered("")
        if name in _CALLOUTS:
            return self._render_callout(shortcode, name)
        if name in _FOLDED:
            summary = shortcode.get("summary", "title", "text", "label", "header", position=0) or "Details"
            is_open = shortcode.get("open", "openbydefault") in ("true", "open")
            return _make_callout("???+" if is_open else "???", "note", summary, self._inner(shortcode))
        if name in _WRAPPERS:
            return Rendered(self._inner(shortcode).strip("\n"), is_block=self._has_blocks(shortcode))
        if name in _VIDEO_SITES:
            return self._render_video(shortcode, *_VIDEO_SITES[name])
        method = getattr(self, f"_render_{name.replace('-', '_').replace('.', '_')}", None)
        if method is not None:
            rendered: Rendered = method(shortcode)
            return rendered
        return self._render_unknown(shortcode)

    def render_in_code(self, shortcode: Shortcode) -> str:
        """Return the text of a shortcode inside code: Hugo replaces it there, too."""
        if shortcode.literal is not None:
            return shortcode.literal
        if shortcode.name in ("param", "ref", "relref"):
            return self.render(replace(shortcode, is_markdown=True)).text
        message = f"the shortcode {quote(shortcode.name)} inside code stays as it is written."
        hint = "Hugo replaces it also there: write what the old page shows."
        self.report(shortcode, "import.unsupported", message, hint, "warning")
        return shortcode.source

    def _inner(self, shortcode: Shortcode) -> str:
        return self.convert(shortcode.inner or [])

    @staticmethod
    def _has_blocks(shortcode: Shortcode) -> bool:
        return "\n" in source_text(shortcode.inner or ()).strip()

    def _render_unknown(self, shortcode: Shortcode) -> Rendered:
        if shortcode.name.endswith(".inline"):
            message = f"the template in {quote(shortcode.name)} is left out."
            hint = "Compare the text with the old page."
            self.report(shortcode, "import.dropped", message, hint, "warning")
            template = source_text(shortcode.inner or ())
            if _HAS_CODE.search(template):
                return Rendered("")
            return Rendered(_ACTION.sub("", template).strip(), is_block=True)
        message = f"there is no counterpart of the shortcode {quote(shortcode.name)}"
        inner = self._inner(shortcode).strip("\n")
        message += ": its inner text stays." if inner else ", and it is left out."
        hint = f"It was {quote(shortcode.source.partition(chr(10))[0])}: write what the old page shows."
        self.report(shortcode, "import.unsupported", message, hint, "warning")
        return Rendered(inner, is_block=self._has_blocks(shortcode))

    def _render_callout(self, shortcode: Shortcode, name: str) -> Rendered:
        """Render ``{{% callout warning %}}``, ``{{< alert icon="fire" >}}``, ``{{< notice tip >}}`` …"""
        written = shortcode.get("type", "kind", "icon", "context", "style", "severity", position=0).lower()
        default = "note" if name in ("admonition", "alert", "callout", "notice") else name
        kind = _CALLOUT_KINDS.get(written) or _CALLOUT_KINDS.get(default, "note")
        title = shortcode.get("title", "heading", position=1)
        if not title and name in _CALLOUT_KINDS and name != "alert" and written not in ("", *_CALLOUT_KINDS):
            # Such as {{< note "Remember" >}}.
            title = shortcode.get(position=0)
        if not shortcode.is_closed and (text := shortcode.get("text", "content")):
            return _make_callout("!!!", kind, title, text)
        return _make_callout("!!!", kind, title, self._inner(shortcode))

    def _render_figure(self, shortcode: Shortcode) -> Rendered:
        url = shortcode.get("src", "url", position=0)
        if shortcode.name == "img":
            return Rendered(make_image(shortcode.get("alt", position=1), url))
        source, link = shortcode.get("attr"), shortcode.get("attrlink")
        if source and link:
            source = make_link(source, link)
        title, caption = shortcode.get("title"), shortcode.get("caption")
        words = " ".join(filter(None, (f"**{title}**" if title else "", caption, source)))
        alternative = shortcode.get("alt") or _plain(caption or title)
        sizes = [
            f"{key}={shortcode.get(key)}" for key in ("width", "height") if shortcode.get(key).isdecimal()
        ]
        attributes = f"{{ {' '.join(sizes)} }}" if sizes else ""
        target = shortcode.get("link")
        # A title cannot have code.
        if not target and "`" not in words:
            return Rendered(make_image(alternative, url, words, attributes), is_block=True)
        image = make_image(alternative, url, "", attributes)
        text = f"[{image}]({_escape_url(target)})" if target else image
        return Rendered(f"{text}\n\n/// caption\n{words}\n///" if words else text, is_block=True)

    _render_img = _render_figure

    def _render_intextimg(self, shortcode: Shortcode) -> Rendered:
        url = shortcode.get("url", "src", position=0)
        return Rendered(make_image(shortcode.get("alt"), url))

    def _render_highlight(self, shortcode: Shortcode) -> Rendered:
        code = source_text(shortcode.inner or ())
        language = shortcode.get("lang", position=0)
        options = {**read_code_options(shortcode.get("options", position=1)), **shortcode.named}
        if options.get("hl_inline", "").lower() == "true":
            return Rendered(f"`{f'#!{language} ' if language else ''}{code.strip()}`")
        return Rendered(make_fence(code, language, options), is_block=True)

    def _render_code(self, shortcode: Shortcode) -> Rendered:
        return self._render_highlight(shortcode)

    def _render_chart(self, shortcode: Shortcode) -> Rendered:
        """Render the data of a chart as code: the chart itself has no counterpart."""
        data = source_text(shortcode.inner or ())
        if not data.strip():
            return self._render_unknown(shortcode)
        message = "there is no counterpart of the shortcode 'chart': its data stay as code."
        self.report(shortcode, "import.unsupported", message, "Add the chart as an image.", "warning")
        return Rendered(make_fence(data, "js", {}), is_block=True)

    def _render_mermaid(self, shortcode: Shortcode) -> Rendered:
        return Rendered(make_fence(source_text(shortcode.inner or ()), "mermaid", {}), is_block=True)

    def _render_diagram(self, shortcode: Shortcode) -> Rendered:
        return self._render_mermaid(shortcode)

    def _render_math(self, shortcode: Shortcode) -> Rendered:
        formula = source_text(shortcode.inner or ()).strip()
        return Rendered(formula, is_block=formula.startswith(("$$", "\\[")))

    def _render_ref(self, shortcode: Shortcode) -> Rendered:
        reference = shortcode.get("path", position=0)
        url = self.surroundings.find_page(reference)
        if url is None:
            message = f"the old site has no page {quote(reference)}."
            hint = f"Correct the shortcode {quote(shortcode.name)}, or remove the link."
            self.report(shortcode, "import.dead-link", message, hint, "error")
            url = reference
        return Rendered(_escape_url(url))

    _render_relref = _render_ref

    def _render_param(self, shortcode: Shortcode) -> Rendered:
        key = shortcode.get("name", position=0)
        value: Any = self.surroundings.parameters
        for part in key.lower().split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is None:
            message = f"there is no parameter {quote(key)}."
            hint = "Write its value in place of the shortcode 'param'."
            self.report(shortcode, "import.unsupported", message, hint, "warning")
        if isinstance(value, bool):
            value = str(value).lower()
        text = "" if value is None else str(value)
        return Rendered(text if shortcode.is_markdown else _MARKS.sub(r"\\\g<0>", text))

    def _render_gist(self, shortcode: Shortcode) -> Rendered:
        user, number = shortcode.get("user", position=0), shortcode.get("id", position=1)
        file = shortcode.get("file", position=2)
        url = f"https://gist.github.com/{user}/{number}"
        if file:
            url += "#file-" + re.sub(r"[^a-z0-9_]+", "-", file.lower())
        return Rendered(make_link(f"Gist: {file or f'{user}/{number}'}", url))

    def _render_video(self, shortcode: Shortcode, site: str = "", base: str = "") -> Rendered:
        title = shortcode.get("title", "label", "caption")
        if site:
            url = base + shortcode.get("id", "videoid", position=0)
            return Rendered(make_link(title or f"{site} video", url), is_block=True)
        return self._link_file(shortcode, "Video", title)

    def _render_audio(self, shortcode: Shortcode) -> Rendered:
        return self._link_file(shortcode, "Audio", shortcode.get("title", "caption"))

    def _link_file(self, shortcode: Shortcode, kind: str, title: str) -> Rendered:
        written = shortcode.get("src", "url", "file", position=0)
        url = written
        return Rendered(make_link(title or f"{kind}: {posixpath.basename(written)}", url), is_block=True)

    def _render_tweet(self, shortcode: Shortcode) -> Rendered:
        user, number = shortcode.get("user"), shortcode.get("id", position=0)
        if not user and len(shortcode.positional) > 1:
            user, number = shortcode.positional[:2]
        return Rendered(
            make_link(
                f"Post on X by {user}" if user else "Post on X",
                f"https://x.com/{user or 'i'}/status/{number}",
            ),
            is_block=True,
        )

    _render_x = _render_twitter = _render_twitter_simple = _render_x_simple = _render_tweet

    def _render_instagram(self, shortcode: Shortcode) -> Rendered:
        url = f"https://www.instagram.com/p/{shortcode.get('id', position=0)}/"
        return Rendered(make_link("Post on Instagram", url), is_block=True)

    def _render_qr(self, shortcode: Shortcode) -> Rendered:
        text = shortcode.get("text") or source_text(shortcode.inner or ()).strip()
        message = "the image of a QR code is left out: its text stays."
        self.report(shortcode, "import.unsupported", message, "", "info")
        return Rendered(f"<{text}>" if text.startswith(("https://", "http://")) else f"`{text}`")

    def _render_github(self, shortcode: Shortcode) -> Rendered:
        repository = shortcode.get("repo", position=0)
        return Rendered(make_link(repository, f"https://github.com/{repository}"), is_block=True)

    def _render_article(self, shortcode: Shortcode) -> Rendered:
        url = shortcode.get("link", position=0)
        return Rendered(make_link(self.surroundings.find_title(url) or url, url), is_block=True)

    def _render_cite(self, shortcode: Shortcode) -> Rendered:
        url = shortcode.get("page", position=0)
        title = self.surroundings.find_title(url)
        if not title:
            message = f"the old site has no page {quote(url)}."
            self.report(shortcode, "import.dead-link", message, "Correct the shortcode 'cite'.", "error")
        return Rendered(make_link(title or url, url))

    def _render_mention(self, shortcode: Shortcode) -> Rendered:
        name = shortcode.get("user", "name", position=0)
        url = self.surroundings.find_page(f"/authors/{name}")
        return Rendered((self.surroundings.find_title(url) if url else "") or name)

    def _render_staticref(self, shortcode: Shortcode) -> Rendered:
        url = "/" + shortcode.get("src", position=0).lstrip("/")
        if not shortcode.is_closed:
            return Rendered(_escape_url(url))
        return Rendered(make_link(self._inner(shortcode).strip(), url))

    def _render_button(self, shortcode: Shortcode) -> Rendered:
        written = shortcode.get("href", "url", "link", "relref", position=0)
        text = self._inner(shortcode).strip() or shortcode.get("text", "label", position=1) or written
        return Rendered(make_link(text, written))

    def _render_table(self, shortcode: Shortcode) -> Rendered:
        """Render a CSV file as a table."""
        if shortcode.is_closed and shortcode.inner:
            return Rendered(self._inner(shortcode).strip("\n"), is_block=True)
        path = shortcode.get("path", "src", "file", position=0)
        text = self.surroundings.read_file(path)
        if text is None:
            message = f"there is no file {quote(path)} for the table."
            self.report(shortcode, "import.missing-file", message, "", "error")
            return Rendered("")
        delimiter = shortcode.get("delimiter") or ","
        try:
            # Any line end is one of the file.
            table_file = io.StringIO(text, newline=None)
            cells = [row for row in csv.reader(table_file, delimiter=delimiter[:1]) if row]
        except (csv.Error, ValueError) as error:
            message = f"the file {quote(path)} of the table is not CSV: {error}."
            self.report(shortcode, "import.invalid", message, "", "error")
            return Rendered("")
        rows = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in cells]
        columns = max(map(len, rows), default=0)
        if rows and shortcode.get("header") == "false":
            rows.insert(0, [])
        rows = [row + [""] * (columns - len(row)) for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + " --- |" * columns)
        caption = shortcode.get("caption")
        table = "\n".join(lines) if rows else ""
        return Rendered(f"{table}\n\n/// caption | <\n{caption}\n///" if caption else table, is_block=True)

    def _render_gallery(self, shortcode: Shortcode) -> Rendered:
        if shortcode.inner:
            return Rendered(self._inner(shortcode).strip("\n"), is_block=True)
        return self._render_unknown(shortcode)

    def _render_blockquote(self, shortcode: Shortcode) -> Rendered:
        text = self._inner(shortcode).strip("\n")
        source = shortcode.get("author", "cite", "source")
        if source and (link := shortcode.get("link", "url")):
            source = make_link(source, link)
        if source:
            text += f"\n\n— {source}"
        return Rendered("\n".join(f"> {line}".rstrip() for line in text.split("\n")), is_block=True)

    _render_quote = _render_blockquote

    def _render_tab(self, shortcode: Shortcode) -> Rendered:
        name = shortcode.get("name", "title", "label", "tabname", "header", position=0)
        heading = f"**{name}**\n\n" if name else ""
        return Rendered(heading + self._inner(shortcode).strip("\n"), is_block=True)

    _render_timelineitem = _render_tab

    def _render_rawhtml(self, shortcode: Shortcode) -> Rendered:
        html = source_text(shortcode.inner or ()).strip()
        return Rendered(html, is_block="\n" in html or html.startswith("<"))

    _render_html = _render_raw = _render_rawhtml

    def _render_comment(self, shortcode: Shortcode) -> Rendered:  # noqa: ARG002 - as every shortcode
        return Rendered("")
