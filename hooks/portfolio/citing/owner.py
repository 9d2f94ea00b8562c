"""The owner among the authors: whose name a list of publications sets apart."""

from __future__ import annotations

import re

from portfolio.renderers.people import Person


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


def pattern(people: list[Person], owner: str) -> re.Pattern[str] | None:
    """What finds the owner's name in a reference, however styles write it; None if it is not among them."""
    forms = {form for person in people if is_owner(person, owner) for form in _forms(person)}
    if not forms:
        return None
    either = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)")


def _forms(person: Person) -> set[str]:
    family = {f"{person.particle} {person.family}".strip(), person.family}
    if not person.given:
        return family
    words = re.split(r"[\s.]+", person.given.strip(" ."))
    letters = [word[0] for word in words if word]
    given = {person.given, *(mark.join(letters) + end for mark, end in _MARKS)}
    last_first = {f"{one}{comma}{other}" for one in family for other in given for comma in (", ", " ")}
    particle_last = {f"{person.family}, {one} {person.particle}" for one in given if person.particle}
    return last_first | particle_last | {f"{other} {one}" for one in family for other in given}


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
