"""The content security policy of a page (CSP 3): it allows what the page's HTML contains, and nothing else.

`add_policy` writes it into a page, and `format_headers` into a file for hosts that send headers.

A browser runs no inline script under it, except those in the head, which only templates write, and applies
no ``style`` attribute and no ``<style>``.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

# Each directive with its sources.
Policy = dict[str, set[str]]

# The place of the policy in a page, before anything that it governs.
_PLACE: Final = '<meta http-equiv="Content-Security-Policy" content="">'
_WRITTEN: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
_SELF, _NONE = "'self'", "'none'"
# The order in which directives are written.
_DIRECTIVES: Final = (
    "default-src script-src style-src img-src font-src connect-src media-src frame-src object-src "
    "manifest-src form-action base-uri"
).split()
# What a script of another host may need from its host.
_NEEDED_BY_SCRIPTS: Final = "script-src style-src img-src font-src connect-src media-src frame-src".split()
# What a style sheet of another host may need from its host.
_NEEDED_BY_STYLES: Final = ("img-src", "font-src")
# What the scripts and style sheets of the site load from it, also on demand.
_NEEDED_BY_SITE: Final = "script-src style-src img-src font-src connect-src".split()
# WebAssembly of this site, which the search uses.
_WEB_ASSEMBLY: Final = "'wasm-unsafe-eval'"
# The directive for what an attribute of an element loads. Those of a link depend on its relation.
_LOADED: Final = {
    ("script", "src"): "script-src",
    ("img", "src"): "img-src",
    ("img", "srcset"): "img-src",
    ("image", "href"): "img-src",
    ("image", "xlink:href"): "img-src",
    ("feimage", "href"): "img-src",
    ("use", "href"): "img-src",
    ("use", "xlink:href"): "img-src",
    ("input", "src"): "img-src",
    ("source", "src"): "media-src",
    ("source", "srcset"): "img-src",
    ("video", "src"): "media-src",
    ("video", "poster"): "img-src",
    ("audio", "src"): "media-src",
    ("track", "src"): "media-src",
    ("iframe", "src"): "frame-src",
    ("embed", "src"): "object-src",
    ("object", "data"): "object-src",
    ("form", "action"): "form-action",
}
_RELATIONS: Final = {
    "stylesheet": "style-src",
    "icon": "img-src",
    "apple-touch-icon": "img-src",
    "manifest": "manifest-src",
    "modulepreload": "script-src",
}
_PRELOADED: Final = {"font": "font-src", "image": "img-src", "script": "script-src", "style": "style-src"}
# An element that a reader can let load a script; see partials/consent.html.
_CONSENT: Final = "data-ask"
_NAMES: Final = "|".join(sorted({name for name, _ in _LOADED} | {"link", "button"}))
_TAG: Final = re.compile(
    rf"""<(?P<name>{_NAMES})\s(?P<attributes>(?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE
)
_ATTRIBUTE: Final = re.compile(r"""([^\s"'=<>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.DOTALL)
_SRCSET_URL: Final = re.compile(r"(?:^|,)\s*([^\s,]+)")
# The headers of every file, and of those that never change.
_HEADERS: Final = (
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: strict-origin-when-cross-origin",
    "Permissions-Policy: browsing-topics=(), camera=(), geolocation=(), microphone=()",
)
_CONSTANT: Final = "Cache-Control: public, max-age=31536000, immutable"
_HOST: Final = re.compile(r"[a-z0-9._-]+")
# Schemes that are sources.
_OWN_SCHEMES: Final = ("data", "blob")


def add_policy(page: str, other_hosts: Collection[str] = ()) -> str:
    """Return the HTML of a page with its policy in the place that the template has for it.

    ``other_hosts`` are what a script of another host may use, too.
    """
    text = str(page)  # Jinja passes an object that would escape the policy.
    policy = format_policy(make_policy(text, other_hosts))
    return text.replace(_PLACE, _PLACE.replace('""', f'"{policy}"'), 1)


def make_policy(page: str, other_hosts: Collection[str] = ()) -> Policy:
    """Return the policy for the HTML of a page."""
    policy: Policy = {"default-src": {_NONE}, "base-uri": {_NONE}, "form-action": {_SELF}}
    scripting_hosts: set[str] = set()
    for tag in _TAG.finditer(page):
        name = tag["name"].lower()
        attributes = dict(_iter_attributes(tag["attributes"]))
        if _CONSENT in attributes:
            scripting_hosts.update(_consented_sources(attributes))
            continue
        for directive, url in _iter_loaded(name, attributes):
            source = _source(url)
            policy.setdefault(directive, set()).add(source)
            if directive == "script-src" and source != _SELF:
                scripting_hosts.add(source)
    if _SELF in policy.get("script-src", ()):
        policy["script-src"].add(_WEB_ASSEMBLY)
        for directive in _NEEDED_BY_SITE:
            policy.setdefault(directive, set()).add(_SELF)
    for directive in _NEEDED_BY_SCRIPTS if scripting_hosts else ():
        policy.setdefault(directive, set()).update(scripting_hosts, other_hosts)
    if style_hosts := policy.get("style-src", set()) - {_SELF}:
        for directive in _NEEDED_BY_STYLES:
            policy.setdefault(directive, set()).update(style_hosts, other_hosts)
    head = page.partition("</head>")[0]
    hashes = {_hash_script(script) for script in _INLINE_SCRIPT.findall(head)}
    if hashes:
        policy.setdefault("script-src", set()).update(hashes)
    return policy


def format_policy(policy: Policy) -> str:
    """Return a policy as text."""
    return "; ".join(f"{name} {' '.join(sorted(policy[name]))}" for name in _DIRECTIVES if name in policy)


def format_headers(pages: Iterable[str], constant_files: Iterable[str]) -> str:
    """Return the text of a file ``_headers``, which Netlify, Cloudflare Pages and others read.

    ``pages`` are the beginnings of the site's pages, which contain their policies. A browser applies the
    policy in a header together with that of the page. If a page has none, it is a file of the owner's, so the
    header has none either. ``constant_files`` are paths relative to the site whose content never changes.
    """
    # frame-ancestors has no effect in a page. The policy is not for images, which may have styles.
    policy = "; ".join(filter(None, [format_policy(_merge_policies(pages)), "frame-ancestors 'none'"]))
    header = f"Content-Security-Policy: {policy}"
    rules = {"/*": _HEADERS, **dict.fromkeys(("/", "/*/", "/*.html"), (header,))}
    rules |= {f"/{path}": (_CONSTANT,) for path in sorted(constant_files)}
    return "".join("\n  ".join((path, *headers)) + "\n" for path, headers in rules.items())


def _merge_policies(pages: Iterable[str]) -> Policy:
    """Return a policy that allows what any of these pages allows; empty if one of them has no policy."""
    merged: Policy = {}
    matches = [_WRITTEN.search(page) for page in pages]
    for written in {match[1] if match else "" for match in matches}:
        if not written:
            return {}
        for directive in html.unescape(written).split("; "):
            name, *sources = directive.split(" ")
            merged.setdefault(name, set()).update(sources)
    return merged


def _iter_attributes(text: str) -> Iterator[tuple[str, str]]:
    for name, *values in _ATTRIBUTE.findall(text):
        yield name.lower(), html.unescape("".join(values)).strip()


def _iter_loaded(name: str, attributes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the directive and the URL of everything that an element loads."""
    if name == "link":
        relations = attributes.get("rel", "").lower().split()
        directives = {_RELATIONS[relation] for relation in relations if relation in _RELATIONS}
        if "preload" in relations and attributes.get("as") in _PRELOADED:
            directives.add(_PRELOADED[attributes["as"]])
        yield from ((directive, attributes.get("href", "")) for directive in directives)
        return
    for attribute, value in attributes.items():
        directive = _LOADED.get((name, attribute))
        if directive is not None:
            for url in _SRCSET_URL.findall(value) if attribute == "srcset" else [value]:
                yield directive, url


def _consented_sources(attributes: dict[str, str]) -> Iterator[str]:
    """Yield the sources of a script that a reader may let load, and of the URLs in its settings."""
    for name, value in attributes.items():
        if name.startswith("data-") and re.match(r"https?://", value):
            yield _source(value)


def _source(url: str) -> str:
    """Return the source expression for a URL: its origin, its scheme, or this site."""
    try:
        parts = urlsplit(url)
        # Python takes some milliseconds to load this encoding; most URLs have no host.
        host = parts.hostname.encode("idna").decode() if parts.hostname else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # The check reports it.
        return _SELF
    if parts.scheme in _OWN_SCHEMES:
        return f"{parts.scheme}:"
    if not _HOST.fullmatch(host):
        return _SELF
    return f"{parts.scheme}://{host}{port}" if parts.scheme else host + port


def _hash_script(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"
