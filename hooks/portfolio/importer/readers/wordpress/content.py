"""The content of WordPress posts as HTML: blocks, shortcodes, and the paragraphs of the classic editor.

WordPress stores less than it shows: shortcodes become HTML, blank lines paragraphs, and some blocks are only
comments. This module does what WordPress does when it shows a post.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Comment, PageElement, Tag

from portfolio.core.diagnostics import quote
from portfolio.importer.html_text import write_figure

# The elements that WordPress puts into no paragraph (wpautop), and those inside which it makes none.
_BLOCKS = frozenset(
    "address article aside blockquote caption center col colgroup dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr iframe legend li main map menu nav object ol p pre "
    "script section style summary table tbody td tfoot th thead tr ul video audio".split()
)
_WITHOUT_PARAGRAPHS = frozenset(
    "caption dt figcaption figure h1 h2 h3 h4 h5 h6 legend li p summary td th dd".split()
)
_VERBATIM = frozenset({"pre", "code", "script", "style", "textarea"})
_VOID = frozenset({"col", "hr"})
_BLOCK_MARK = "wp:"
# The names of the shortcodes with which SyntaxHighlighter marks code.
_LANGUAGES = (
    "actionscript3 bash clojure coldfusion cpp csharp css delphi diff erlang fsharp go groovy html java "
    "javafx javascript js json matlab objc perl php powershell python r ruby scala sql swift vb xml "
    "yaml"
).split()
_CODE_NAMES = frozenset({"sourcecode", "code", *_LANGUAGES})
_SHORTCODE = re.compile(r"\[(?P<name>[A-Za-z]\w*(?:-\w+)*)(?P<attributes>(?:[\s=][^\[\]\n]*)?)/?\]")
_INDENT = 20
_LINE_START = re.compile(r"(?:\n|^)[ \t]*$")
_LINE_END = re.compile(r"[ \t]*(?:\n|$)")
# A shorter name is a letter or a number in brackets.
_SHORTEST_NAME = 3
_ESCAPED_SHORTCODE = re.compile(r"\[(\[[A-Za-z][\w-]*[^\[\]\n]*\](?:[^\[\]]*\[/[\w-]+\])?)\]")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|(\S+)""")
_LATEX = re.compile(r"\$latex(?:\s|&nbsp;)+([^$]+?)\s*(?:&(?:bg|fg|s)=[^$]*)?\$")
_LONE_URL = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*$", re.MULTILINE)
_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#\s]*&)?v=|embed/|shorts/)|youtu\.be/)"
    r"([\w-]{6,})"
)
_VIMEO = re.compile(r"https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d+)")
# Python's parser raises an error for a section in brackets, except one with such a keyword.
_UNREADABLE_SECTION = re.compile(
    r"<!\[(?!(?:cdata|else|endif|if|ignore|include|rcdata|temp)(?![\w.-]))", re.IGNORECASE
)
_LONGEST_NUMBER = 19
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True)
class Attachment:
    """An uploaded file."""

    id: int
    url: str
    alt: str = ""
    caption: str = ""
    parent: int = 0

    @property
    def is_image(self) -> bool:
        """Whether a browser shows it as an image."""
        return bool(re.search(r"\.(?:avif|bmp|gif|jpe?g|png|svg|webp)$", self.url, re.IGNORECASE))


@dataclass
class Library:
    """What posts refer to by number: uploaded files and reusable blocks."""

    attachments: dict[int, Attachment] = field(default_factory=dict)
    blocks: dict[int, str] = field(default_factory=dict)


# Called with a line of the content, from 0, and what is wrong there.
Report = Callable[[int, str], None]


def convert_content(
    content: str, library: Library, report: Report, *, post: int = 0, footnotes: str = ""
) -> str:
    """Return the HTML that WordPress shows for the content of a post.

    ``post`` is the number of the post, for its galleries; ``footnotes`` the JSON with the texts of its notes.
    """
    content = _escape_unreadable_sections(content.replace("\r\n", "\n"))
    has_blocks = f"<!-- {_BLOCK_MARK}" in content
    converter = _Converter(library, report, post)
    original, content = content, converter.replace_shortcodes(content)
    if not has_blocks:
        # The URL of a video on a line of its own is a video.
        videos = _replace_in_text(content, _LONE_URL, lambda match: _write_video(match[1]) or match[0])
        return add_paragraphs(videos)
    return converter.convert_blocks(content, _escape_unreadable_sections(footnotes), original)


def _escape_unreadable_sections(content: str) -> str:
    return _UNREADABLE_SECTION.sub("&lt;![", content)


def add_paragraphs(content: str) -> str:
    """Return content of the classic editor with the paragraphs and line breaks that blank lines mean."""
    writer = _ParagraphWriter()
    for token in _tokenize(content):
        writer.add(token)
    return writer.finish()


@dataclass(frozen=True)
class _Token:
    """A piece of HTML: "start", "end", "text" or "comment"."""

    kind: str
    name: str
    text: str
    start: int


class _Tokenizer(HTMLParser):
    """Records where each tag, text and comment begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.starts: list[tuple[str, str, tuple[int, int]]] = []

    def _record(self, kind: str, name: str = "") -> None:
        self.starts.append((kind, name, self.getpos()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._record("start", tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._record("start", tag)

    def handle_endtag(self, tag: str) -> None:
        self._record("end", tag)

    def handle_data(self, data: str) -> None:  # noqa: ARG002
        self._record("text")

    def handle_entityref(self, name: str) -> None:  # noqa: ARG002
        self._record("text")

    def handle_charref(self, name: str) -> None:  # noqa: ARG002
        self._record("text")

    def handle_comment(self, data: str) -> None:  # noqa: ARG002
        self._record("comment")

    def handle_decl(self, decl: str) -> None:  # noqa: ARG002
        self._record("comment")

    def handle_pi(self, data: str) -> None:  # noqa: ARG002
        self._record("comment")

    def unknown_decl(self, data: str) -> None:  # noqa: ARG002
        self._record("comment")


def _tokenize(content: str) -> Iterator[_Token]:
    """Yield the tokens of HTML; together they are all of it."""
    tokenizer = _Tokenizer()
    tokenizer.feed(content)
    tokenizer.close()
    line_starts = [0, *(match.end() for match in re.finditer("\n", content))]
    starts = [(kind, name, line_starts[line - 1] + column) for kind, name, (line, column) in tokenizer.starts]
    if not starts or starts[0][2] > 0:
        starts.insert(0, ("text", "", 0))
    ends = [start for _, _, start in starts[1:]] + [len(content)]
    for (kind, name, start), end in zip(starts, ends, strict=True):
        if end > start:
            yield _Token(kind, name, content[start:end], start)


class _ParagraphWriter:
    """Writes what `wpautop` of WordPress does."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._paragraph: list[str] = []
        self._open: list[str] = []

    def add(self, token: _Token) -> None:
        """Add the next token."""
        inside = self._open[-1] if self._open else ""
        if inside in _VERBATIM and not (token.kind == "end" and token.name == inside):
            self._current().append(token.text)
        elif token.kind == "text":
            self._add_text(token.text)
        elif token.kind == "comment" or token.name not in _BLOCKS | _VERBATIM:
            self._paragraph.append(token.text)
        elif token.name in _VERBATIM - _BLOCKS:  # Inline code.
            self._paragraph.append(token.text)
            self._move(token)
        else:
            self._end_paragraph()
            self._pieces.append(token.text)
            self._move(token)

    def finish(self) -> str:
        """Return everything."""
        self._end_paragraph()
        return "".join(self._pieces)

    def _current(self) -> list[str]:
        return self._pieces if self._open[-1] in _BLOCKS else self._paragraph

    def _move(self, token: _Token) -> None:
        if token.kind == "start" and token.name not in _VOID:
            self._open.append(token.name)
        elif token.kind == "end" and token.name in self._open:
            while self._open.pop() != token.name:
                pass

    def _add_text(self, text: str) -> None:
        first, *others = _PARAGRAPH_BREAK.split(text)
        self._paragraph.append(first)
        for part in others:
            self._end_paragraph(has_break=True)
            self._paragraph.append(part)

    def _end_paragraph(self, *, has_break: bool = False) -> None:
        text = "".join(self._paragraph)
        self._paragraph.clear()
        if not text.strip():
            self._pieces.append(text)
            return
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        lines = re.sub(r"(?<!<br>)(?<!<br/>)(?<!<br />)[ \t]*\n", "<br />\n", text.strip())
        is_comment = lines.startswith("<!--") and lines.endswith("-->") and lines.count("<!--") == 1
        if is_comment:
            self._pieces.append(text)
        elif self._open and self._open[-1] in _WITHOUT_PARAGRAPHS:
            self._pieces.append(f"{lead}{lines}{trail}{'<br /><br />' if has_break else ''}")
        else:
            self._pieces.append(f"<p>{lines}</p>\n")


class _Converter:
    def __init__(self, library: Library, report: Report, post: int) -> None:
        self.library = library
        self.report = report
        self.post = post

    # Shortcodes

    def replace_shortcodes(self, content: str) -> str:
        """Replace the shortcodes outside of code; one without a counterpart is reported and stays text."""
        content = _replace_shortcodes(content, self._write_code)
        content = _replace_shortcodes(content, self._write_shortcode)
        content = _replace_in_text(content, _ESCAPED_SHORTCODE, lambda match: match[1])
        return _replace_in_text(content, _LATEX, lambda match: rf"\({html.unescape(match[1])}\)")

    def _write_code(self, shortcode: _Shortcode) -> str | None:
        if shortcode.name not in _CODE_NAMES or shortcode.text is None:
            return None
        attributes = shortcode.attributes
        language = attributes.get("language") or attributes.get("lang") or ""
        if shortcode.name in _LANGUAGES:
            language = shortcode.name
        text = shortcode.text.strip("\n")
        # The lines after the code stay the same.
        rest = "\n" * (shortcode.text.count("\n") - text.count("\n"))
        if "<" not in text:
            text = html.unescape(text)
        return f"<pre><code{_language_class(language)}>{html.escape(text, quote=False)}</code></pre>{rest}"

    def _write_shortcode(self, shortcode: _Shortcode) -> str | None:
        written = self._write_counterpart(
            shortcode.name.lower(), shortcode.attributes, shortcode.text, shortcode.line
        )
        if written is None and shortcode.is_certain and len(shortcode.name) >= _SHORTEST_NAME:
            message = f"there is no counterpart of the shortcode {quote(shortcode.name)}; it is text."
            self.report(shortcode.line, message)
        return written

    def _write_counterpart(
        self, name: str, attributes: Mapping[str, str], text: str | None, line: int
    ) -> str | None:
        first = next((value for key, value in attributes.items() if key.isdecimal()), "").lstrip("=")
        url = (text or "").strip() or attributes.get("src", "") or attributes.get("url", "") or first
        if name in ("caption", "wp_caption") and text is not None:
            return _write_caption(text, attributes.get("caption", ""))
        if name == "gallery":
            return self._write_gallery(attributes, line)
        if name in ("embed", "youtube", "vimeo"):
            if name == "vimeo" and url.isdecimal():
                url = f"https://vimeo.com/{url}"
            return _write_embed(url)
        if name in ("audio", "video"):
            values = [
                attributes.get(key, "") for key in ("src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg")
            ]
            source = next(filter(None, values), url)
            return f'\n\n<{name} controls src="{html.escape(source)}"></{name}>\n\n' if source else None
        if name in ("gist", "tweet", "instagram") and url:
            return _write_embed(url)
        if name == "latex" and text is not None:
            return rf"\({html.unescape(text.strip())}\)"
        if name == "more":
            return "<!--more-->"
        return None

    def _write_gallery(self, attributes: Mapping[str, Any], line: int) -> str:
        digits = re.findall(r"[0-9]+", str(attributes.get("ids", "")))
        numbers = [int(number[:_LONGEST_NUMBER]) for number in digits]
        attachments = [
            self.library.attachments[number] for number in numbers if number in self.library.attachments
        ]
        if not numbers:
            own = (item for item in self.library.attachments.values() if item.parent == self.post)
            attachments = [item for item in own if item.is_image]
        if missing := len(numbers) - len(attachments) if numbers else 0:
            images = "1 image" if missing == 1 else f"{missing} images"
            self.report(line, f"{images} of this gallery left out: not in the export.")
        return "\n\n" + "\n".join(map(_write_attachment, attachments)) + "\n\n"

    # Blocks

    def convert_blocks(self, content: str, footnotes: str, original: str) -> str:
        """Return the HTML of blocks, without their comments. ``original`` has the lines of the source."""
        content = self._insert_reusable_blocks(content)
        soup = BeautifulSoup(content, "html.parser")
        dynamic: dict[str, int] = {}
        for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
            name, attributes, is_empty = _parse_block_comment(comment)
            if not name:
                continue
            if name == "footnotes":
                comment.insert_before(BeautifulSoup(_write_footnotes(footnotes), "html.parser"))
            elif name == "gallery" and is_empty:
                line = original.count("\n", 0, max(original.find(f"<!--{comment}-->"), 0))
                comment.insert_before(BeautifulSoup(self._write_gallery(attributes, line), "html.parser"))
            elif is_empty and name not in ("more", "nextpage", "spacer"):
                position = original.find(f"<!--{comment}-->")
                dynamic.setdefault(name, original.count("\n", 0, max(position, 0)))
            self._set_language(comment, name, attributes)
            comment.extract()
        for name, line in dynamic.items():
            self.report(line, f"there is no counterpart of the block {quote(name)}; it is left out.")
        _simplify(soup)
        return str(soup)

    def _insert_reusable_blocks(self, content: str, depth: int = 0) -> str:
        pieces: list[str] = []
        for token in _tokenize(content):
            name, attributes, _ = (
                _parse_block_comment(token.text[4:-3]) if token.kind == "comment" else ("", {}, False)
            )
            reference = attributes.get("ref")
            if (
                name == "block"
                and isinstance(reference, int)
                and reference in self.library.blocks
                and depth < 3
            ):
                block = _escape_unreadable_sections(self.library.blocks[reference])
                pieces.append(self._insert_reusable_blocks(block, depth + 1))
            else:
                pieces.append(token.text)
        return "".join(pieces)

    def _set_language(self, comment: PageElement, name: str, attributes: Mapping[str, Any]) -> None:
        """Write the language of a block of code where HTML has it."""
        language = attributes.get("language") or attributes.get("lang")
        if not isinstance(language, str) or "code" not in name:
            return
        pre = comment.find_next("pre")
        if isinstance(pre, Tag) and not pre.has_attr("data-language"):
            pre["data-language"] = language


@dataclass(frozen=True)
class _Shortcode:
    """A shortcode: its attributes, the text up to its end, if it has one, and its line, from 0.

    ``is_certain``: it is not just a word in brackets.
    """

    name: str
    attributes: dict[str, str]
    text: str | None
    line: int
    is_certain: bool


def _replace_shortcodes(content: str, write: Callable[[_Shortcode], str | None]) -> str:
    """Replace the shortcodes outside of code for which ``write`` returns a text."""
    masked = _mask_code(content)
    closed = set(re.findall(r"\[/([\w-]+)\]", masked))
    pieces: list[str] = []
    end = 0
    for match in _SHORTCODE.finditer(masked):
        if match.start() < end or masked[match.start() - 1 : match.start()] == "[":
            continue
        name, text, after = match["name"], None, match.end()
        if name in closed:
            closing = masked.find(f"[/{name}]", after)
            inner = masked.find(f"[{name}", after)
            if closing >= 0 and not 0 <= inner < closing:
                text, after = content[match.end() : closing], closing + len(name) + 3
        before = masked[max(match.start() - _INDENT, 0) : match.start()]
        is_alone = bool(_LINE_START.search(before) and _LINE_END.match(masked, match.end()))
        shortcode = _Shortcode(
            name,
            _parse_attributes(content[slice(*match.span("attributes"))]),
            text,
            content.count("\n", 0, match.start()),
            is_certain=text is not None or "=" in match["attributes"] or is_alone,
        )
        written = write(shortcode)
        if written is not None:
            pieces += [content[end : match.start()], written]
            end = after
    return "".join([*pieces, content[end:]])


def _language_class(language: str) -> str:
    return f' class="language-{html.escape(language)}"' if language else ""


def _mask_code(content: str) -> str:
    """Return the content with other characters in code, so that no shortcode is found there."""
    pieces: list[str] = []
    depth = 0
    for token in _tokenize(content):
        is_verbatim = token.name in _VERBATIM
        if token.kind == "end" and is_verbatim:
            depth = max(depth - 1, 0)
        pieces.append("\0" * len(token.text) if depth or token.kind != "text" else token.text)
        if token.kind == "start" and is_verbatim:
            depth += 1
    return "".join(pieces)


def _replace_in_text(content: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> str:
    """Replace matches in text outside of code and tags."""
    masked = _mask_code(content)
    pieces: list[str] = []
    end = 0
    for match in pattern.finditer(masked):
        pieces += [content[end : match.start()], replace(match)]
        end = match.end()
    return "".join([*pieces, content[end:]])


def _parse_attributes(text: str) -> dict[str, str]:
    """Parse the attributes of a shortcode; one without a name has its number as name."""
    attributes: dict[str, str] = {}
    for number, match in enumerate(_ATTRIBUTE.finditer(html.unescape(text).strip())):
        name, *values = match.groups()
        value = next((value for value in values if value is not None), "")
        attributes[name.lower() if name else str(number)] = value
    return attributes


def _parse_block_comment(text: str) -> tuple[str, dict[str, Any], bool]:
    """Return the name of the block that a comment begins, its attributes, and whether it is all of it."""
    text = text.strip()
    if not text.startswith(_BLOCK_MARK):
        return ("closing", {}, False) if text.startswith(f"/{_BLOCK_MARK}") else ("", {}, False)
    is_empty = text.endswith("/")
    name, _, rest = text.removeprefix(_BLOCK_MARK).removesuffix("/").strip().partition(" ")
    try:
        attributes = json.loads(rest) if rest.strip() else {}
    except (ValueError, RecursionError):
        attributes = {}
    return name.removeprefix("core/"), attributes if isinstance(attributes, dict) else {}, is_empty


def _write_caption(text: str, caption: str) -> str:
    tokens = list(_tokenize(text))
    image = next((index for index, token in enumerate(tokens) if token.name == "img"), None)
    if image is None:
        return text
    end = image + 1
    if any(token.kind == "start" and token.name == "a" for token in tokens[:image]):
        closing = (
            index
            for index, token in enumerate(tokens)
            if index > image and (token.kind, token.name) == ("end", "a")
        )
        end = next(closing, image) + 1
    picture = "".join(token.text for token in tokens[:end]).strip()
    words = "".join(token.text for token in tokens[end:]).strip() or html.escape(caption, quote=False)
    return f"\n\n{write_figure(picture, words)}\n\n"


def _write_attachment(attachment: Attachment) -> str:
    image = f'<img src="{html.escape(attachment.url)}" alt="{html.escape(attachment.alt)}">'
    return write_figure(image, html.escape(attachment.caption, quote=False))


def _write_video(url: str) -> str:
    """Return the frame of a video of a known site, or an empty string."""
    url = html.unescape(url)
    if match := _YOUTUBE.match(url):
        return f'\n\n<iframe src="https://www.youtube.com/embed/{match[1]}"></iframe>\n\n'
    if match := _VIMEO.match(url):
        return f'\n\n<iframe src="https://player.vimeo.com/video/{match[1]}"></iframe>\n\n'
    return ""


def _write_embed(url: str) -> str | None:
    url = html.unescape(url.strip())
    if not re.match(r"https?://", url):
        return None
    escaped = html.escape(url)
    return _write_video(url) or f'\n\n<p><a href="{escaped}">{escaped}</a></p>\n\n'


def _write_footnotes(text: str) -> str:
    """Return the list of the footnotes in the JSON of a post, as WordPress shows it."""
    try:
        notes = json.loads(text) if text else []
    except (ValueError, RecursionError):
        notes = []
    items = [
        f'<li id="{html.escape(str(note["id"]))}">{note["content"]} '
        f'<a href="#{html.escape(str(note["id"]))}-link">↩︎</a></li>'
        for note in (notes if isinstance(notes, list) else [])
        if isinstance(note, dict) and {"id", "content"} <= note.keys()
    ]
    return f'<ol class="wp-block-footnotes">{"".join(items)}</ol>' if items else ""


def _simplify(soup: BeautifulSoup) -> None:
    """Replace the elements that only WordPress's own style needs."""
    for button in soup.find_all("a", class_="wp-block-file__button"):
        button.extract()
    for gallery in soup.find_all(["figure", "ul"], class_=["wp-block-gallery", "blocks-gallery-grid"]):
        for caption in gallery.find_all("figcaption", class_="blocks-gallery-caption"):
            caption.name = "p"
        for item in gallery.find_all("li"):
            item.unwrap()
        gallery.unwrap()
    for quotation in soup.find_all("figure", class_="wp-block-pullquote"):
        quotation.unwrap()
    for embed in soup.find_all("figure", class_="wp-block-embed"):
        wrapper = embed.find(class_="wp-block-embed__wrapper")
        url = wrapper.get_text(strip=True) if isinstance(wrapper, Tag) else ""
        if isinstance(wrapper, Tag) and (written := _write_embed(url)):
            wrapper.replace_with(BeautifulSoup(written.strip(), "html.parser"))
            for legend in embed.find_all("figcaption"):
                legend.name = "p"
            embed.unwrap()
