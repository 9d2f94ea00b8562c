"""The URLs of the old site, and the links of imported pages that use them."""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import quote, unquote, urljoin, urlsplit

from portfolio.core.markdown_scan import MarkdownSource, find_inline_links
from portfolio.core.positions import Lines
from portfolio.core.text import is_valid_url
from portfolio.importer.markdown_text import split_code

# What a link of the old site leads to: "text" if it runs script, "dead" if the site has nothing there.
TargetKind = Literal["page", "file", "list", "external", "script", "dead"]
_SCRIPT_SCHEMES = ("javascript", "vbscript", "data")
# What servers add to a path, or serve without it.
_INDEX = re.compile(r"(?:^|(?<=/))index\.html?$")
_SUFFIX = re.compile(r"\.html?$")
# The rest of an inline link after its URL.
_LINK_END = re.compile(r""">?(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*\)""")
_ATTRIBUTES = re.compile(r"\{[^{}\n]*\}")
_DEFINITION = re.compile(
    r"^[ ]{0,3}\[(?![\^])[^\]\n]+\]:[ \t]*(?:\n[ \t]*)?<?(?P<url>[^\s<>]+)", re.MULTILINE
)
_AUTOLINK = re.compile(r"<(?P<url>https?://[^\s<>]+)>")
_DECORATIVE = "{ role=presentation }"
# Attributes with a URL; a browser loads those of the second kind when the page opens.
_LINKING, _LOADING = frozenset({"href", "cite"}), frozenset({"src", "poster", "data"})
# In a URL of Markdown or of an attribute, besides the characters that need no percent-encoding.
_SAFE = "/:@!$&'*+,;=~-._"


@dataclass(frozen=True)
class Target:
    """Where a link leads: the kind, the path that `OldSite` has for it, and the fragment without "#"."""

    kind: TargetKind
    path: str = ""
    fragment: str = ""


@dataclass
class OldSite:
    """What the old site answered. ``url`` is its own URL, or empty.

    ``targets`` has the kind and the new path of each old path in its exact spelling.
    """

    url: str = ""
    targets: dict[str, tuple[TargetKind, str]] = field(default_factory=dict)
    _by_key: dict[str, tuple[TargetKind, str]] = field(default_factory=dict)

    def add(self, path: str, kind: TargetKind, new_path: str) -> None:
        """Add a path of the old site; the first of two paths that a server takes for the same counts."""
        exact = normalize_path(path)
        self.targets.setdefault(exact, (kind, new_path))
        self._by_key.setdefault(_path_key(exact), (kind, new_path))

    def find(self, url: str, page_url: str) -> Target:
        """Return what a URL on the page at ``page_url`` leads to."""
        if not is_valid_url(url):
            return Target("dead")
        parts = urlsplit(url.strip())
        scheme = parts.scheme.lower()
        if scheme in _SCRIPT_SCHEMES:
            return Target("external" if url.lower().startswith("data:image/") else "script")
        if scheme not in ("", "http", "https"):
            return Target("external")
        own = urlsplit(self.url)
        if parts.netloc and (not own.netloc or _bare_host(parts.netloc) != _bare_host(own.netloc)):
            return Target("external")
        if not parts.path and not parts.netloc and not parts.query:
            return Target("page", fragment=unquote(parts.fragment))
        path = parts.path or "/" if parts.netloc else urljoin(page_url or "/", parts.path)
        base = own.path.rstrip("/")
        candidates = [path, f"{base}{path}", *([path.removeprefix(base)] if path.startswith(base) else [])]
        if parts.query:
            candidates = [*(f"{candidate}?{parts.query}" for candidate in candidates), *candidates]
        exact = [normalize_path(candidate) for candidate in candidates]
        for table, keys in ((self.targets, exact), (self._by_key, list(map(_path_key, exact)))):
            for key in keys:
                if key in table:
                    kind, new_path = table[key]
                    return Target(kind, new_path, unquote(parts.fragment))
        return Target("dead", path)

    def make_absolute(self, url: str, page_url: str) -> str:
        """Return a URL of the old site with its host, or an empty text if that is unknown."""
        return urljoin(urljoin(self.url, page_url or "/"), url) if self.url else ""


def normalize_path(path: str) -> str:
    """Return a path as servers compare it: decoded, without "." and "..", beginning with "/"."""
    bare, mark, query = path.partition("?")
    decoded = unicodedata.normalize("NFC", unquote(bare))
    normal = posixpath.normpath(f"/{decoded.lstrip('/')}")
    slash = "/" if decoded.endswith(("/", "/.", "/..")) and normal != "/" else ""
    return f"{normal}{slash}{mark}{query}"


def _path_key(path: str) -> str:
    """Return what paths have in common that servers take for the same page."""
    bare, mark, query = path.partition("?")
    return _SUFFIX.sub("", _INDEX.sub("", bare)).rstrip("/") + mark + query


def _bare_host(netloc: str) -> str:
    return netloc.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")


def encode_path(path: str, fragment: str = "") -> str:
    """Return a relative URL of a path, as Markdown and HTML have it; letters of any script stay."""
    encoded = "".join(
        character if character.isalnum() else quote(character, safe=_SAFE) for character in path
    )
    mark = f"#{quote(fragment, safe=_SAFE + '()?')}" if fragment.isascii() else f"#{fragment}"
    return encoded + (mark if fragment else "")


@dataclass(frozen=True)
class LinkUse:
    """A link in a body: its URL, whether it is loaded as an image, whether it is HTML, and its offset.

    ``words`` is its text or alternative text.
    """

    url: str
    is_image: bool
    is_html: bool
    words: str
    at: int


# Returns the new URL of a link; None to leave only its text, or alternative text.
ReplaceLink = Callable[[LinkUse], str | None]


def rewrite_links(markdown: str, replace: ReplaceLink) -> str:
    """Return Markdown with the URL of each link, image and HTML element replaced; code is never touched.

    An image without an alternative text is marked as decorative.
    """
    prose = _blank_code(markdown)
    edits: dict[int, tuple[int, str]] = {}
    for start, end, text in (
        *_edit_inline_links(prose, replace),
        *_edit_definitions(prose, replace),
        *_edit_html(prose, replace),
    ):
        edits.setdefault(start, (end, text))
    pieces: list[str] = []
    position = 0
    for start in sorted(edits):
        end, text = edits[start]
        if start >= position:
            pieces += [markdown[position:start], text]
            position = end
    return "".join([*pieces, markdown[position:]])


def _blank_code(markdown: str) -> str:
    """Return Markdown with code, comments and raw text replaced by spaces."""
    prose = "".join(
        re.sub(r"[^\n]", " ", piece.text) if piece.is_code else piece.text for piece in split_code(markdown)
    )
    return MarkdownSource(f"\n{prose}").prose[1:]


def _edit_inline_links(prose: str, replace: ReplaceLink) -> Iterator[tuple[int, int, str]]:
    for link in find_inline_links(prose):
        bracket = link.at + link.image + 1 + len(link.words)
        start = prose.find(link.target, bracket + 2)
        end = _LINK_END.match(prose, start + len(link.target))
        if not link.target or start < 0 or end is None:
            continue
        url = replace(LinkUse(link.target, link.image, False, link.words, link.at))
        attributes = _ATTRIBUTES.match(prose, end.end())
        if url is None:
            yield link.at, link.at + link.image + 1, ""
            yield bracket, attributes.end() if attributes else end.end(), ""
            continue
        yield start, start + len(link.target), url
        if link.image and not link.words.strip():
            has_role = attributes is not None and "role" in attributes[0]
            if attributes is None:
                yield end.end(), end.end(), _DECORATIVE
            elif not has_role:
                yield attributes.start(), attributes.start() + 1, "{ role=presentation"


def _edit_definitions(prose: str, replace: ReplaceLink) -> Iterator[tuple[int, int, str]]:
    for match in _DEFINITION.finditer(prose):
        url = replace(LinkUse(match["url"], False, False, "", match.start("url")))
        if url is not None:
            yield match.start("url"), match.end("url"), url
    for match in _AUTOLINK.finditer(prose):
        url = replace(LinkUse(match["url"], False, False, match["url"], match.start()))
        if url is None:
            yield match.start(), match.end(), match["url"]
        elif url != match["url"]:
            yield match.start(), match.end(), f"[{match['url']}]({url})"


def _edit_html(prose: str, replace: ReplaceLink) -> Iterator[tuple[int, int, str]]:
    if "<" not in prose:
        return
    parser = _StartTags(prose)
    parser.feed(prose)
    parser.close()
    for tag, attributes, at, text in parser.tags:
        changed: list[tuple[str, str | None]] = []
        is_removed = False
        for name, value in attributes:
            is_loaded = name in _LOADING or (name == "href" and tag in ("link", "image", "use"))
            if not value or not (is_loaded or name in _LINKING):
                changed.append((name, value))
                continue
            words = dict(attributes).get("alt") or ""
            url = replace(LinkUse(value, is_loaded, True, words, at))
            is_removed = is_removed or (url is None and is_loaded)
            changed += [] if url is None else [(name, url)]
        if tag == "img" and not is_removed and "alt" not in dict(attributes):
            changed.append(("alt", ""))
        if is_removed:
            yield at, at + len(text), html.escape(dict(attributes).get("alt") or "", quote=False)
        elif changed != attributes:
            yield at, at + len(text), _format_tag(tag, changed, text)


def _format_tag(tag: str, attributes: list[tuple[str, str | None]], text: str) -> str:
    # The name as it is written: names of SVG elements have capitals.
    name = text[1 : 1 + len(tag)]
    listed = "".join(
        f" {key}" if value is None else f' {key}="{html.escape(value)}"' for key, value in attributes
    )
    return f"<{name}{listed}{' /' if text.endswith('/>') else ''}>"


class _StartTags(HTMLParser):
    """Collects start tags with their attributes, offset and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = Lines(text)
        self.tags: list[tuple[str, list[tuple[str, str | None]], int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        self.tags.append((tag, attrs, self._lines.index(*self.getpos()), text))

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002
        """Skip ``<![…>``, for which the base class raises AssertionError before Python 3.14."""
        return self.rawdata.find(">", i) + 1 or -1
