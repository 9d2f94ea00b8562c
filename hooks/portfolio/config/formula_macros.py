"""The macros for formulas that a site's configuration has."""

from __future__ import annotations

import re
from collections.abc import Mapping

from math_core import LatexError, LatexToMathML

_NAME = re.compile(r"[A-Za-z]+")
_ARGUMENT = re.compile(r"#([1-9])")
_FAULT = re.compile(r"macro(?P<index>\d+):\d+: (?P<message>.*)", re.DOTALL)


def check(macros: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The macros that can be used, and what is wrong with each other one, both by name (without a backslash).

    A macro may use others, before or after it.
    """
    wrong = {
        name: "a macro is named with Latin letters only and without a backslash, as in 'R' for \\R."
        for name in macros
        if _NAME.fullmatch(name) is None
    }
    left = {name: tex for name, tex in macros.items() if name not in wrong}
    while left:
        try:
            converter = LatexToMathML(macros=left, fancy_error=False)
        except LatexError as error:
            fault = _FAULT.fullmatch(str(error))
            name = list(left)[int(fault["index"]) if fault else -1]
            del left[name]
            wrong[name] = f"this is no TeX for a formula: {fault['message'] if fault else error}"
            continue
        for name, tex in left.items():
            if message := _unusable(converter, name, tex):
                wrong[name] = message
        break
    return {name: tex for name, tex in left.items() if name not in wrong}, wrong


def _unusable(converter: LatexToMathML, name: str, tex: str) -> str:
    """Why a macro cannot be used with as many arguments as it has; empty if it can."""
    arguments = max((int(number) for number in _ARGUMENT.findall(tex)), default=0)
    try:
        converter.convert_with_local_state(f"\\{name}{'{x}' * arguments}", displaystyle=True)
    except LatexError as error:
        _, _, message = str(error).partition(": ")
        return (
            f"this cannot stand by itself: {message} In YAML a # after a space begins a comment: "
            "put quotation marks around the TeX."
        )
    return ""
