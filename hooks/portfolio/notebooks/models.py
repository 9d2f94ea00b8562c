"""What a notebook is made of: version 4 of Jupyter's format, as far as a page shows it.

See https://nbformat.readthedocs.io/en/latest/format_description.html. Keys beyond these are left alone: every
tool that writes notebooks adds its own.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

VERSION = 4
_LEXER = re.compile(r"[\w+#.-]+", re.ASCII)


def joined(value: object) -> object:
    """The text that Jupyter wrote as one, or as a list of its lines; other values as they are."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value


def _version(value: object) -> object:
    if value != VERSION:
        raise PydanticCustomError(
            "notebook_version",
            "version {given} of the notebook format is not read here. Open the notebook in Jupyter and save "
            "it: that makes it version {version}",
            {"given": str(value), "version": VERSION},
        )
    return value


Joined = Annotated[str, BeforeValidator(joined)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Output(_Part):
    """What a cell printed or showed when it was run: ``data`` has it in one or more MIME types."""

    output_type: Literal["stream", "display_data", "execute_result", "error"]
    name: str = ""
    text: Joined = ""
    data: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    traceback: tuple[str, ...] = ()


class Cell(_Part):
    """One cell."""

    cell_type: Literal["markdown", "code", "raw"]
    source: Joined
    metadata: dict[str, Any] = Field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    attachments: dict[str, dict[str, Joined]] = Field(default_factory=dict)


class Notebook(_Part):
    """One notebook."""

    nbformat: Annotated[int, BeforeValidator(_version)]
    metadata: dict[str, Any] = Field(default_factory=dict)
    cells: tuple[Cell, ...]

    @property
    def language(self) -> str:
        """The name of the language of its code, as Pygments knows it; Python where nothing is said."""
        info, kernel = self.metadata.get("language_info"), self.metadata.get("kernelspec")
        named = info.get("name") if isinstance(info, dict) else None
        named = named or (kernel.get("language") if isinstance(kernel, dict) else None)
        return named.lower() if isinstance(named, str) and _LEXER.fullmatch(named) else "python"
