"""The parts of a notebook that a page shows: version 4 of Jupyter's format.

See https://nbformat.readthedocs.io/en/latest/format_description.html. Other keys are ignored: every tool that
writes notebooks adds its own.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from portfolio.core.validation import invalid_value

_VERSION = 4
_LEXER = re.compile(r"[\w+#.-]+", re.ASCII)


def join_lines(value: object) -> object:
    """Join a text that Jupyter wrote as a list of lines; return other values unchanged."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _check_version(value: object) -> object:
    if value != _VERSION:
        message = f"version {value} of the notebook format is not supported."
        hint = f"Open the notebook in Jupyter and save it, which converts it to version {_VERSION}."
        raise invalid_value("notebook.unsupported-version", message, hint)
    return value


JoinedText = Annotated[str, BeforeValidator(join_lines)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Output(_Part):
    """An output of a cell: ``text`` of a stream, a ``traceback``, or ``data`` in one or more MIME types."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str = ""
    text: JoinedText = ""
    data: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    traceback: tuple[str, ...] = ()


class Cell(_Part):
    """A cell with its outputs or attachments."""

    cell_type: Literal["markdown", "code", "raw"]
    source: JoinedText
    metadata: dict[str, Any] = Field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    attachments: dict[str, dict[str, JoinedText]] = Field(default_factory=dict)

    @property
    def is_markdown(self) -> bool:
        """Whether it is a text cell, or a raw cell of Markdown."""
        kind = self.metadata.get("raw_mimetype") or self.metadata.get("format")
        return self.cell_type == "markdown" or kind == "text/markdown"


class Notebook(_Part):
    """A whole notebook."""

    nbformat: Annotated[int, BeforeValidator(_check_version)]
    metadata: dict[str, Any] = Field(default_factory=dict)
    cells: tuple[Cell, ...]

    @property
    def language(self) -> str:
        """The language of its code by Pygments' name; Python if the notebook does not say."""
        info, kernel = self.metadata.get("language_info"), self.metadata.get("kernelspec")
        name = info.get("name") if isinstance(info, dict) else None
        name = name or (kernel.get("language") if isinstance(kernel, dict) else None)
        return name.lower() if isinstance(name, str) and _LEXER.fullmatch(name) else "python"
