"""Markdown (CommonMark) for machines: a page's own text with links that hold, lists of links, plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from portfolio.print.fonts import strip_controls
from portfolio.timeline.views import Reference

# Gives an address that holds in the file for one of the record or the site; see the hooks.
Address = Callable[[str], str]

# What is a mark anywhere, before a name as in "&amp;", after a bracket, at the beginning, at a heading's end.
_SPECIAL = re.compile(r"[\\`*_\[\]<>]|&(?=#|\w+;)|(?<=\]):|^[-+=#~:]|(?<=&)#|#(?=#*$)")
# What no text means, but line breaks and tabs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]")
# "1." at the beginning would be the first of a list.
_NUMBER = re.compile(r"^(\d+)([.)])")
# Code, which is left as it is, or a comment, which is for whoever writes the page.
_APART = re.compile(
    # With which any of these begins: at all other letters there is nothing to try.
    r"(?=[ \t\n`~<])(?:"
    r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?^[ \t]*(?P=fence)"
    r"|(?P<ticks>(?<!`)`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<comment><!--.*?-->[ \t]*\n?)"
    r"|(?P<indented>(?:\A|(?<=\n)[ \t]*\n)(?:(?:[ \t]*\n)*(?: {4}|\t)[^\n]*(?:\n|\Z))+))",
    re.DOTALL | re.MULTILINE,
)
# What begins a part of a page of which indented text is more, rather than code: items of lists, notes.
_CONTAINER = re.compile(r"(?:[-*+:]|\d+[.)]|\[\^[^\]\n]+\]:|!!!|\?\?\?\+?|===)(?=[ \t])")
_LINK = re.compile(r"(?P<before>\]\(\s*<?|^\[[^\]\n]+\]:\s*<?)(?P<target>[^\s()<>]+)", re.MULTILINE)
_TITLE = re.compile(r"(#[ \t][^\n]+|[^\n]+\n=+[ \t]*)(\n|$)")
_BLANK_LINES = re.compile(r"\n{3,}")
# What may stand in an address between round brackets.
_SIMPLE = re.compile(r"[^\s()<>]+")


def own(title: str, text: str, resolve: Callable[[str], str | None], byline: str = "") -> str:
    """A page as its author wrote it, with its title and with links that hold elsewhere, and without comments.

    ``resolve`` gives the address of a link's target, or None for one that is to stay. Code is left alone.
    ``byline`` is Markdown to stand below the title.
    """
    body = outside_of_code(
        _CONTROLS.sub("", text), lambda prose: _relinked(prose, resolve), drop_comments=True
    )
    body = _BLANK_LINES.sub("\n\n", body).strip()
    heading = _TITLE.match(body)
    first = heading[1].strip() if heading else f"# {escape(title)}"
    parts = (first, byline, body[heading.end() :].strip() if heading else body)
    return "\n\n".join(part for part in parts if part) + "\n"


def outside_of_code(text: str, change: Callable[[str], str], *, drop_comments: bool = False) -> str:
    """A text with its prose changed, piece by piece; code and comments stay."""
    pieces, end = [], 0
    for found in _apart(text):
        apart = "" if drop_comments and found["comment"] else found[0]
        pieces += [change(text[end : found.start()]), apart]
        end = found.end()
    return "".join([*pieces, change(text[end:])])


def _apart(text: str) -> Iterator[re.Match[str]]:
    start = 0
    while found := _APART.search(text, start):
        if found["indented"] is not None and _is_contained(text[: found.start()]):
            start = found.start() + 1
            continue
        yield found
        start = found.end()


def _is_contained(above: str) -> bool:
    """Whether what is indented below a text belongs to an item or a note that began in it."""
    last = next((line for line in reversed(above.split("\n")) if line[:1].strip()), "")
    return _CONTAINER.match(last) is not None


def references(heading: str, entries: Iterable[Reference], address: Address) -> str:
    """A headed list of what was written and when; empty without entries."""
    lines = [
        f"- {facts(link(one.title, one.link or one.url, address), one.venue, one.when)}"
        + (" (the link is inferred)" if one.inferred else "")
        for one in entries
    ]
    return "\n".join(["", f"## {escape(heading)}", "", *lines, ""]) if lines else ""


def escape(text: str) -> str:
    """Plain text as Markdown that shows it, also where it begins a line."""
    escaped = _SPECIAL.sub(r"\\\g<0>", " ".join(strip_controls(text).split()))
    return _NUMBER.sub(r"\1\\\2", escaped)


def facts(first: str, *others: str) -> str:
    """Facts on a line; the first one is Markdown already."""
    return ", ".join(part for part in (first, *map(escape, others)) if part)


def link(text: str, url: str, address: Address) -> str:
    """A link, or the text alone where there is no address."""
    target = address(url) if url else ""
    if not target:
        return escape(text)
    if text == target:
        return f"<{target}>"
    # In angle brackets, an address may hold whatever a URL may.
    return f"[{escape(text)}]({target})" if _SIMPLE.fullmatch(target) else f"[{escape(text)}](<{target}>)"


def _relinked(text: str, resolve: Callable[[str], str | None]) -> str:
    return _LINK.sub(lambda found: found["before"] + (resolve(found["target"]) or found["target"]), text)
