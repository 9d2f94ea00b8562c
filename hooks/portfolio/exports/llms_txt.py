"""``/llms.txt`` (llmstxt.org): what the site is, and where each page stands as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.exports.markdown import escape
from portfolio.record.people import Profile

EXPORT = "llms.txt"


@dataclass(frozen=True)
class Item:
    """A page or file: its title, its absolute address, and a sentence about it, which may be empty."""

    title: str
    url: str
    about: str = ""


def render(profile: Profile, sections: Iterable[tuple[str, list[Item]]]) -> str:
    """The text of the file: the site's name, its description, and each section's links, if it has any."""
    parts = [f"# {escape(profile.site_name)}"]
    if profile.label:
        parts.append(f"> {escape(profile.label)}")
    parts.append("Each page is here as Markdown. No date is given more exactly than it is known.")
    for heading, items in sections:
        if items:
            parts.append(f"## {escape(heading)}\n\n" + "\n".join(map(_line, items)))
    return "\n\n".join(parts) + "\n"


def _line(item: Item) -> str:
    about = f": {escape(item.about)}" if item.about else ""
    return f"- [{escape(item.title)}]({item.url}){about}"
