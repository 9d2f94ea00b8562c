"""The formats of Ghost's editors as HTML."""

from __future__ import annotations

from typing import Any

from portfolio.importer.readers.ghost.documents import render_lexical, render_mobiledoc


def text(words: str, style: int = 0) -> dict[str, Any]:
    return {"type": "extended-text", "text": words, "format": style}


def test_lexical_becomes_html() -> None:
    nodes = [
        {"type": "paragraph", "children": [text("a < "), text("b", 3), {"type": "linebreak"}, text("c", 16)]},
        {"type": "extended-heading", "tag": "h2", "children": [text("H")]},
        {
            "type": "list",
            "listType": "number",
            "children": [
                {"type": "listitem", "children": [{"type": "link", "url": "/x", "children": [text("l")]}]}
            ],
        },
        {"type": "extended-quote", "children": [text("q")]},
        {"type": "codeblock", "language": "js", "code": "a < b"},
        {"type": "image", "src": "/a.png", "alt": "A", "caption": "C"},
        {"type": "gallery", "images": [{"src": "/b.png"}], "caption": "G"},
        {"type": "callout", "calloutEmoji": "💡", "calloutText": "x"},
        {"type": "toggle", "heading": "W", "content": "<p>x</p>"},
        {"type": "bookmark", "url": "https://b.example", "metadata": {"title": "B", "description": "D"}},
        {"type": "button", "buttonUrl": "/y", "buttonText": "Go"},
        {"type": "file", "src": "/f.txt", "fileTitle": "F"},
        {"type": "horizontalrule"},
        {"type": "html", "html": "<i>y</i>"},
        {"type": "markdown", "markdown": "*z*"},
    ]
    assert render_lexical({"root": {"children": nodes}}).strip().split("\n") == [
        "<p>a &lt; <em><strong>b</strong></em><br><code>c</code></p>",
        "<h2>H</h2>",
        '<ol><li><a href="/x">l</a></li></ol>',
        "<blockquote><p>q</p></blockquote>",
        '<pre><code class="language-js">a &lt; b</code></pre>',
        '<figure><img src="/a.png" alt="A"><figcaption>C</figcaption></figure>',
        '<figure><img src="/b.png" alt=""></figure><p>G</p>',
        "<blockquote><p>💡 x</p></blockquote>",
        "<details><summary>W</summary><p>x</p></details>",
        '<p><a href="https://b.example">B</a> D</p>',
        '<p><a href="/y">Go</a></p>',
        '<p><a href="/f.txt">F</a></p>',
        "<hr>",
        "<i>y</i>",
        "<p><em>z</em></p>",
    ]


def test_mobiledoc_becomes_html() -> None:
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["code", {"language": "py", "code": "a"}], ["hr", {}]],
        "markups": [["strong"], ["a", ["href", "/x", "rel", "nofollow"]]],
        "sections": [
            [1, "p", [[0, [], 0, "a "], [0, [0, 1], 2, "b"], [1, [], 0, 0], [0, [], 0, "c"]]],
            [3, "ul", [[[0, [], 0, "d"]]]],
            [10, 0],
            [10, 1],
            [2, "/a.png"],
        ],
    }
    assert render_mobiledoc(document).split("\n") == [
        '<p>a <strong><a href="/x">b</a></strong><br>c</p>',
        "<ul><li>d</li></ul>",
        '<pre><code class="language-py">a</code></pre>',
        "<hr>",
        '<figure><img src="/a.png" alt=""></figure>',
    ]
