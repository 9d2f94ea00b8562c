"""Reads the index of the search in a built site."""

import gzip
import json
from pathlib import Path
from typing import Any

FOLDER = "assets/search"
_SIGNATURE = b"pagefind_dcd"


def read(site: Path) -> dict[str, dict[str, Any]]:
    """Return the documents by URL: their ``content``, ``meta`` and ``filters``."""
    fragments = (_read_fragment(path) for path in (site / FOLDER / "fragment").iterdir())
    return {fragment["url"]: fragment for fragment in fragments}


def text(site: Path) -> str:
    """Return the titles and texts of all documents."""
    return "\n".join(f"{item['meta']['title']}\n{item['content']}" for item in read(site).values())


def _read_fragment(path: Path) -> dict[str, Any]:
    data = gzip.decompress(path.read_bytes())
    assert data.startswith(_SIGNATURE)
    fragment: dict[str, Any] = json.loads(data.removeprefix(_SIGNATURE))
    return fragment
