"""The owner among the authors: whose name a list of publications sets apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from portfolio.citations import runs
from portfolio.citations.runs import Run
from portfolio.record.people import Person


def is_owner(person: Person, owner: str) -> bool:
    """Whether a name is the owner's, whatever the order of its parts; given names may be initials."""
    whole = _words(owner)
    given, family = _words(person.given), _words(f"{person.particle} {person.family}")
    if not whole or not family or not set(family) <= set(whole):
        return False
    left = list(whole)
    for word in family:
        if word in left:
            left.remove(word)
    # Without a given name it takes the whole name to be sure.
    return not left if not given else _agree(given, left)


def among(people: Sequence[Person], owner: str) -> int | None:
    """The place of the owner in a list of people; of several that may be, the one whose name says most."""
    found = [place for place, person in enumerate(people) if is_owner(person, owner)]
    return max(found, key=lambda place: len(people[place].given), default=None)


def set_apart(reference: tuple[Run, ...], person: Person) -> tuple[Run, ...]:
    """The runs of a reference, in which the owner's family name is marked, with all of the name marked.

    Given names and particles stand beside it, however styles write them.
    """
    given = "|".join(re.escape(form) for form in sorted(_given(person), key=lambda form: (-len(form), form)))
    particle = re.escape(person.particle) or "(?!)"
    given = given or "(?!)"
    before = re.compile(rf"(?<!\w)(?P<given>(?:{given})\s+)?(?:{particle}\s+)?$")
    after = re.compile(rf",?\s(?:{given})(?:\s{particle})?(?!\w)")
    told: list[Run] = []
    rest = list(reference)
    while rest:
        run = rest.pop(0)
        if run.owner:
            ahead = before.search(told[-1].text) if told else None
            if ahead:
                told[-1:] = _split(told[-1], ahead.start(), owner_first=False)
            is_whole = ahead is not None and ahead["given"]
            behind = after.match(rest[0].text) if rest and not is_whole else None
            if behind:
                rest[:1] = _split(rest[0], behind.end(), owner_first=True)
                told.append(run)
                run = rest.pop(0)
        told.append(run)
    return runs.merged(run for run in told if run.text)


def _split(run: Run, at: int, *, owner_first: bool) -> list[Run]:
    return [
        replace(run, text=run.text[:at], owner=owner_first),
        replace(run, text=run.text[at:], owner=not owner_first),
    ]


def _given(person: Person) -> set[str]:
    words = re.split(r"[\s.]+", person.given.strip(" ."))
    letters = [word[0] for word in words if word]
    return {person.given, *(mark.join(letters) + end for mark, end in _MARKS)} if letters else set()


# Between and after initials.
_MARKS = ((".", "."), (". ", "."), ("", ""), (" ", ""))


def _agree(given: list[str], left: list[str]) -> bool:
    """Whether given names are those that are left of the whole name: as words, or as their first letters."""
    if not left:
        return False
    pairs = zip(given, left, strict=False)
    return all(one == other or (len(one) == 1 and other.startswith(one)) for one, other in pairs) or set(
        left
    ) == set(given)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s.,~-]+", name.casefold()) if word]
