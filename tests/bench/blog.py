"""Generates a blog of any length, always the same: posts of 700 words with code, a table, links and tags."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.bench.words import WORDS

FIRST = date(2010, 1, 1)
CATEGORIES = ("Essays", "Methods", "Places", "Tools", "Walks")
TAGS = tuple(WORDS[::10])
MORE = "<!-- more -->"
_SECTIONS = 5
_LINK = re.compile(r"\]\(post:([\w-]+)\)")


@dataclass(frozen=True)
class Post:
    """A post. ``number`` counts from 0, the oldest; ``excerpt`` and ``rest`` are Markdown without the title.

    Links to other posts are written as `[words](post:slug)`; see `markdown`.
    """

    number: int
    slug: str
    title: str
    day: date
    category: str
    tags: tuple[str, ...]
    description: str
    excerpt: str
    rest: str

    def markdown(self, link_to: Callable[[str], str], more: str = MORE) -> str:
        """Return the Markdown. ``link_to`` returns the link target for the slug of a post."""
        text = f"{self.excerpt}\n\n{more}\n\n{self.rest}"
        return _LINK.sub(lambda match: f"]({link_to(match[1])})", text)


def create_posts(number: int, seed: int = 0) -> list[Post]:
    """Return the first ``number`` posts, oldest first. A post does not depend on how many there are."""
    return [create_post(index, seed) for index in range(number)]


def create_post(number: int, seed: int = 0) -> Post:
    """Return a post of the blog."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - no secret
    words = _RandomText(random)
    rest = [part for section in range(_SECTIONS) for part in _section(words, section)]
    # Links lead to older posts only, so that the newest post can be deleted without broken links.
    slugs = [_slug(random.randrange(number)) for _ in range(2)] if number else []
    links = [f"[{words.phrase(3)}](post:{slug})" for slug in dict.fromkeys(slugs)]
    links.append(f"[{words.phrase(2)}](https://example.org/{words.word()}/{number})")
    rest.append(f"{words.sentence()} See {', '.join(links[:-1] or ['here'])} and {links[-1]}.")
    return Post(
        number,
        _slug(number),
        f"{words.phrase(4).capitalize()} {number}",
        FIRST + timedelta(days=number),
        random.choice(CATEGORIES),
        tuple(sorted(random.sample(TAGS, 3))),
        f"{words.phrase(12).capitalize()}.",
        words.paragraph(60),
        "\n\n".join(rest),
    )


def _slug(number: int) -> str:
    return f"post-{number:05}"


def _section(words: "_RandomText", section: int) -> list[str]:
    parts = [f"## {words.phrase(3).capitalize()} {section}", words.paragraph(46)]
    if section == 1:
        parts.append(_code(words))
    if section == 2:
        parts.append(_table(words))
    if section == 3:
        parts.append("\n".join(f"- {words.sentence()}" for _ in range(3)))
    return [*parts, words.paragraph(52)]


def _code(words: "_RandomText") -> str:
    name, first, second = words.phrase(2).replace(" ", "_"), f"{words.word()}_a", f"{words.word()}_b"
    lines = [
        "```python",
        f"def {name}({first}: int, {second}: list[str]) -> dict[str, int]:",
        f'    """{words.phrase(6).capitalize()}."""',
        "    found: dict[str, int] = {}",
        f"    for index, one in enumerate({second}):",
        f"        if index % {words.random.randint(2, 9)} == 0:  # {words.phrase(4)}",
        f'            found["{words.word()}"] = {first} * {words.random.randint(10, 999)}',
        f'        elif one.startswith("{words.word()}"):',
        f"            found[one] = {first} + index",
        "        else:",
        f'            raise ValueError(f"{words.phrase(3)}: {{one!r}}")',
        "    return {key: value for key, value in sorted(found.items()) if value}",
        "```",
    ]
    return "\n".join(lines)


def _table(words: "_RandomText") -> str:
    head = f"| {words.word()} | {words.word()} | {words.word()} |\n| --- | --- | ---: |"
    rows = [f"| {words.phrase(2)} | `{words.word()}` | {words.random.randint(1, 9999)} |" for _ in range(5)]
    return "\n".join([head, *rows])


class _RandomText:
    """Selects random words."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def word(self) -> str:
        return self.random.choice(WORDS)

    def phrase(self, number: int) -> str:
        return " ".join(self.random.choices(WORDS, k=number))

    def sentence(self) -> str:
        """About twelve words, sometimes with emphasis or code."""
        chosen = self.random.choices(WORDS, k=self.random.randint(8, 16))
        mark = self.random.choice(("", "", "", "*", "**", "`"))
        index = self.random.randrange(1, len(chosen))
        chosen[index] = f"{mark}{chosen[index]}{mark}"
        return f"{chosen[0].capitalize()} {' '.join(chosen[1:])}."

    def paragraph(self, number: int) -> str:
        """Sentences with at least a number of words."""
        sentences = [self.sentence()]
        while sum(sentence.count(" ") + 1 for sentence in sentences) < number:
            sentences.append(self.sentence())
        return " ".join(sentences)
