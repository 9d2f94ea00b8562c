"""BibTeX's values: names of strings, and concatenation: ``"Proc. of " # acm # { 2019}`` as one value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bibtexparser.model import Block, Entry, Field, String

from portfolio.core.diagnostics import did_you_mean, quote

# The names that every style of BibTeX defines.
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NO_VALUE = "this is no value: expected a text in braces, a number or a name. Is a comma or a brace missing?"
_WORD = re.compile(r"[^\s#{}\",]+")


@dataclass(frozen=True)
class Fault:
    """A value that BibTeX could not make out: of a field of an entry, or of a whole ``@string``."""

    block: Entry | String
    field: Field | None
    message: str


def join(blocks: Iterable[Block]) -> list[Fault]:
    """Put one braced value in the place of each that is put together with ``#``, in entries and strings.

    Returns what is wrong with values: a name that no ``@string`` before it defines, and which stands for
    itself, and what is no value as a whole, which is left as it is.
    """
    known = {month: month for month in _MONTHS}
    faults: list[Fault] = []
    for block in blocks:
        if isinstance(block, String):
            block.value, wrong = _joined(block.value, known)
            known[block.key.lower()] = _bare(block.value)
            faults += [Fault(block, None, wrong)] if wrong else []
        elif isinstance(block, Entry):
            for field in block.fields:
                if isinstance(field.value, str):
                    field.value, wrong = _joined(field.value, known)
                    # A month that is none has a problem of its own.
                    faults += [Fault(block, field, wrong)] if wrong and field.key.lower() != "month" else []
    return faults


def _joined(value: str, known: Mapping[str, str]) -> tuple[str, str]:
    """A value as one, and what is wrong with it."""
    parts = list(_parts(value))
    if not parts:
        return value, _NO_VALUE
    names = [part for part in parts if part[0] not in '{"' and not part.isdecimal()]
    unknown = next((name for name in names if name.lower() not in known), None)
    wrong = "" if unknown is None else _no_string(unknown, known)
    if len(parts) == 1:
        return value, wrong
    texts = [_bare(part) if part[0] in '{"' else known.get(part.lower(), part) for part in parts]
    return f"{{{''.join(texts)}}}", wrong


def _no_string(name: str, known: Iterable[str]) -> str:
    written = did_you_mean(name, known)
    return f"there is no @string {quote(name)}. {written} A text stands in braces: {{{name}}}."


def _parts(value: str) -> Iterator[str]:
    """The parts between the signs; nothing at all where the value is not put together of whole parts."""
    at, found = 0, []
    while at < len(value):
        end = _end(value, at)
        if end <= at:
            return
        found.append(value[at:end])
        rest = re.compile(r"\s*(#)?\s*").match(value, end)
        assert rest is not None, "it matches nothing as well"
        if rest[1] is None:
            at = rest.end()
            break
        at = rest.end()
    if at >= len(value) and not value.rstrip().endswith("#"):
        yield from found


def _end(value: str, start: int) -> int:
    """Where the part that begins at ``start`` ends; ``start`` itself if none does."""
    opening = value[start]
    if opening not in '{"':
        word = _WORD.match(value, start)
        return word.end() if word else start
    depth = 0
    for at in range(start, len(value)):
        character = value[at]
        if value[at - 1 : at] == "\\":
            continue
        depth += {"{": 1, "}": -1}.get(character, 0)
        if not depth and (character == "}" if opening == "{" else character == '"' and at > start):
            return at + 1
    return start


def _bare(value: str) -> str:
    return value[1:-1] if value[:1] + value[-1:] in ("{}", '""') else value
