"""A blog of any length that is always the same: posts of 700 words with code, a table, links, three tags."""

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
    """A post. ``number`` counts from 0, the oldest; ``excerpt`` and ``rest`` are its Markdown without title.

    A link to another post is written as `[words](post:its-slug)`; see `linked`.
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

    def linked(self, address: Callable[[str], str], more: str = MORE) -> str:
        """Its Markdown, with links to other posts as ``address`` writes one for a slug."""
        text = f"{self.excerpt}\n\n{more}\n\n{self.rest}"
        return _LINK.sub(lambda match: f"]({address(match[1])})", text)


def posts(number: int, seed: int = 0) -> list[Post]:
    """The first ``number`` posts, oldest first, a day apart. A post does not depend on how many there are."""
    return [post(index, seed) for index in range(number)]


def post(number: int, seed: int = 0) -> Post:
    """One of them."""
    dice = Random(f"{seed}/{number}")  # noqa: S311 - no secret
    words = Words(dice)
    rest = [part for section in range(_SECTIONS) for part in _section(words, section)]
    # Links lead back only, so that the newest post can go without leaving a link to nothing.
    slugs = [_slug(dice.randrange(number)) for _ in range(2)] if number else []
    links = [f"[{words.some(3)}](post:{slug})" for slug in dict.fromkeys(slugs)]
    links.append(f"[{words.some(2)}](https://example.org/{words.one()}/{number})")
    rest.append(f"{words.sentence()} See {', '.join(links[:-1] or ['here'])} and {links[-1]}.")
    return Post(
        number,
        _slug(number),
        f"{words.some(4).capitalize()} {number}",
        FIRST + timedelta(days=number),
        dice.choice(CATEGORIES),
        tuple(sorted(dice.sample(TAGS, 3))),
        f"{words.some(12).capitalize()}.",
        words.paragraph(60),
        "\n\n".join(rest),
    )


def _slug(number: int) -> str:
    return f"post-{number:05}"


def _section(words: "Words", section: int) -> list[str]:
    parts = [f"## {words.some(3).capitalize()} {section}", words.paragraph(46)]
    if section == 1:
        parts.append(_code(words))
    if section == 2:
        parts.append(_table(words))
    if section == 3:
        parts.append("\n".join(f"- {words.sentence()}" for _ in range(3)))
    return [*parts, words.paragraph(52)]


def _code(words: "Words") -> str:
    name, first, second = words.some(2).replace(" ", "_"), f"{words.one()}_a", f"{words.one()}_b"
    lines = [
        "```python",
        f"def {name}({first}: int, {second}: list[str]) -> dict[str, int]:",
        f'    """{words.some(6).capitalize()}."""',
        "    found: dict[str, int] = {}",
        f"    for index, one in enumerate({second}):",
        f"        if index % {words.dice.randint(2, 9)} == 0:  # {words.some(4)}",
        f'            found["{words.one()}"] = {first} * {words.dice.randint(10, 999)}',
        f'        elif one.startswith("{words.one()}"):',
        f"            found[one] = {first} + index",
        "        else:",
        f'            raise ValueError(f"{words.some(3)}: {{one!r}}")',
        "    return {key: value for key, value in sorted(found.items()) if value}",
        "```",
    ]
    return "\n".join(lines)


def _table(words: "Words") -> str:
    head = f"| {words.one()} | {words.one()} | {words.one()} |\n| --- | --- | ---: |"
    rows = [f"| {words.some(2)} | `{words.one()}` | {words.dice.randint(1, 9999)} |" for _ in range(5)]
    return "\n".join([head, *rows])


class Words:
    """Draws words with ``dice``."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice

    def one(self) -> str:
        return self.dice.choice(WORDS)

    def some(self, number: int) -> str:
        return " ".join(self.dice.choices(WORDS, k=number))

    def sentence(self) -> str:
        """Some twelve words, now and then with a mark on one of them."""
        chosen = self.dice.choices(WORDS, k=self.dice.randint(8, 16))
        mark = self.dice.choice(("", "", "", "*", "**", "`"))
        at = self.dice.randrange(1, len(chosen))
        chosen[at] = f"{mark}{chosen[at]}{mark}"
        return f"{chosen[0].capitalize()} {' '.join(chosen[1:])}."

    def paragraph(self, words: int) -> str:
        """Sentences of at least so many words."""
        sentences = [self.sentence()]
        while sum(sentence.count(" ") + 1 for sentence in sentences) < words:
            sentences.append(self.sentence())
        return " ".join(sentences)
