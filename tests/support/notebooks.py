"""Notebooks as Jupyter writes them, for tests."""

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

FRONT = "---\ndate: 2025-08-09\nauthors: [layla]\ncategories: [Statik]\ntags: [cables]\n---\n"


def png(colour: str = "teal", width: int = 32, height: int = 20) -> str:
    """A picture as an output has it: base64."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def text(source: str, **more: Any) -> dict[str, Any]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True), **more}


def raw(source: str) -> dict[str, Any]:
    """A raw cell."""
    return {**text(source), "cell_type": "raw"}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A cell of code with its outputs."""
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": "code", "metadata": metadata, "execution_count": None, "outputs": list(outputs)}
    return {**cell, "source": source.splitlines(keepends=True)}


def stream(printed: str, name: str = "stdout") -> dict[str, Any]:
    """What a cell printed."""
    return {"output_type": "stream", "name": name, "text": printed.splitlines(keepends=True)}


def shown(**data: Any) -> dict[str, Any]:
    """What a cell showed; a name such as ``image_png`` stands for the MIME type."""
    types = {name.replace("_", "/", 1).replace("svg", "svg+xml"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": types, "metadata": {}}


def notebook(*cells: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    """A notebook of version 4.5."""
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    language = {"language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {**language, **metadata}, "cells": numbered}


def write(path: Path, *cells: dict[str, Any], **metadata: Any) -> None:
    """Write a notebook as Jupyter does."""
    content = json.dumps(notebook(*cells, **metadata), indent=1, ensure_ascii=False)
    path.write_text(content + "\n", encoding="utf-8")
