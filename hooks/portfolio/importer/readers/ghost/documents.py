"""The formats of Ghost's editors, for posts of which an export has no HTML: Lexical and Mobiledoc.

Both raise what invalid data raise: ValueError, LookupError, TypeError, AttributeError or RecursionError.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from portfolio.importer.html_text import write_figure
from portfolio.importer.values import as_mapping

# Of text in Lexical, by bit.
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup", 128: "mark"}


def render_lexical(document: Any) -> str:
    """Write Lexical, the format of Ghost's editor since version 5.45, as HTML."""
    return "\n".join(_lexical_node(node) for node in document["root"]["children"])


def _lexical_node(node: Mapping[str, Any]) -> str:
    kind = str(node.get("type"))
    inner = "".join(_lexical_node(child) for child in node.get("children") or ())
    if kind in ("text", "extended-text"):
        text = escape(str(node.get("text") or ""), quote=False)
        for bit, tag in _FORMATS.items():
            if _number(node.get("format")) & bit:
                text = f"<{tag}>{text}</{tag}>"
        return text
    if kind == "linebreak":
        return "<br>"
    if kind in ("heading", "extended-heading"):
        return f"<{node['tag']}>{inner}</{node['tag']}>"
    if kind in ("quote", "extended-quote", "aside"):
        return f"<blockquote><p>{inner}</p></blockquote>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" else "ul"
        return f"<{tag}>{inner}</{tag}>"
    if kind == "listitem":
        return f"<li>{inner}</li>"
    if kind in ("link", "autolink"):
        return f'<a href="{escape(str(node.get("url")))}">{inner}</a>'
    if kind == "paragraph":
        return f"<p>{inner}</p>" if inner else ""
    return _render_card(kind, node) or inner


def render_mobiledoc(document: Any) -> str:
    """Write Mobiledoc 0.3, the format of older versions, as HTML."""
    return "\n".join(_mobiledoc_section(section, document) for section in document["sections"])


def _mobiledoc_section(section: Any, document: Mapping[str, Any]) -> str:
    kind = section[0]
    if kind == 1:
        text = _mobiledoc_markers(section[2], document)
        tag = "blockquote" if section[1] in ("blockquote", "aside") else section[1]
        return f"<{tag}>{text}</{tag}>" if text else ""
    if kind == 2:
        return write_figure(f'<img src="{escape(str(section[1]))}" alt="">')
    if kind == 3:
        items = "".join(f"<li>{_mobiledoc_markers(item, document)}</li>" for item in section[2])
        return f"<{section[1]}>{items}</{section[1]}>"
    name, payload = document["cards"][section[1]]
    return _render_card(str(name).removeprefix("card-"), payload)


def _mobiledoc_markers(markers: Any, document: Mapping[str, Any]) -> str:
    parts: list[str] = []
    open_tags: list[str] = []
    for kind, opened, closed, value in markers:
        for index in opened:
            tag, *attributes = document["markups"][index]
            pairs = attributes[0] if attributes else []
            names = zip(pairs[::2], pairs[1::2], strict=False)
            written = "".join(f' {name}="{escape(str(text))}"' for name, text in names if name == "href")
            parts.append(f"<{tag}{written}>")
            open_tags.append(tag)
        # An atom is a line break.
        parts.append("<br>" if kind == 1 else escape(str(value), quote=False))
        parts += [f"</{open_tags.pop()}>" for _ in range(min(closed, len(open_tags)))]
    return "".join(parts)


def _render_card(kind: str, card: Mapping[str, Any]) -> str:
    """Write a card as HTML; it is empty for one that only works on a Ghost site."""
    if kind == "image":
        source, alternative = escape(_text(card, "src")), escape(_text(card, "alt"))
        return write_figure(f'<img src="{source}" alt="{alternative}">', str(card.get("caption") or ""))
    if kind == "gallery":
        images = [_render_card("image", image) for image in card.get("images") or ()]
        return "".join(images) + (f"<p>{card['caption']}</p>" if card.get("caption") else "")
    if kind in ("codeblock", "code"):
        language = escape(_text(card, "language"))
        name = f' class="language-{language}"' if language else ""
        return f"<pre><code{name}>{escape(_text(card, 'code'), quote=False)}</code></pre>"
    if kind in ("horizontalrule", "hr"):
        return "<hr>"
    if kind in ("html", "embed"):
        return _text(card, "html")
    if kind in ("markdown", "card-markdown"):
        from markdown_it import MarkdownIt

        rendered: str = (
            MarkdownIt("commonmark", {"html": True}).enable("table").render(_text(card, "markdown"))
        )
        return rendered
    if kind == "callout":
        text = f"{_text(card, 'calloutEmoji')} {_text(card, 'calloutText')}".strip()
        return f"<blockquote><p>{text}</p></blockquote>"
    if kind == "toggle":
        return f"<details><summary>{_text(card, 'heading')}</summary>{_text(card, 'content')}</details>"
    if kind == "bookmark":
        metadata, url = as_mapping(card.get("metadata")), _text(card, "url")
        title = escape(_text(metadata, "title") or url, quote=False)
        description = escape(_text(metadata, "description"), quote=False)
        return f'<p><a href="{escape(url)}">{title}</a> {description}</p>'
    if kind == "button":
        return f'<p><a href="{escape(_text(card, "buttonUrl"))}">{_text(card, "buttonText")}</a></p>'
    if kind in ("audio", "video", "file"):
        name = (
            _text(card, "title") or _text(card, "fileTitle") or _text(card, "fileName") or _text(card, "src")
        )
        return f'<p><a href="{escape(_text(card, "src"))}">{escape(name, quote=False)}</a></p>'
    return ""


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
