"""Notebooks as Jupyter writes them, for tests."""

import base64
import json
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.images import encode

FRONT = "---\ndate: 2025-08-09\nauthors: [layla]\ncategories: [Statik]\ntags: [cables]\n---\n"


def png(colour: str = "teal", width: int = 32, height: int = 20) -> str:
    """An image as in an output: base64."""
    return base64.b64encode(encode(Image.new("RGB", (width, height), colour), "PNG")).decode()


def text(source: str, **more: Any) -> dict[str, Any]:
    """A text cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True), **more}


def raw(source: str) -> dict[str, Any]:
    """A raw cell."""
    return {**text(source), "cell_type": "raw"}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A code cell with its outputs."""
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": "code", "metadata": metadata, "execution_count": None, "outputs": list(outputs)}
    return {**cell, "source": source.splitlines(keepends=True)}


def stream(printed: str, name: str = "stdout") -> dict[str, Any]:
    """An output of printed text."""
    return {"output_type": "stream", "name": name, "text": printed.splitlines(keepends=True)}


def display(**data: Any) -> dict[str, Any]:
    """An output of data; a name such as ``image_png`` stands for the MIME type."""
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
