"""Reads the index of the search in a built site."""

import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from portfolio.search.documents import LETTER

FOLDER = "assets/search"
_PAIR = re.compile(f"({LETTER}){LETTER} ")
_SIGNATURE = b"pagefind_dcd"


def read(site: Path) -> dict[str, dict[str, Any]]:
    """Return the documents by URL, not percent-encoded: their ``content``, ``meta`` and ``filters``."""
    fragments = (_read_fragment(path) for path in (site / FOLDER / "fragment").iterdir())
    return {unquote(fragment["url"]).removeprefix("/"): fragment for fragment in fragments}


def text(site: Path) -> str:
    """Return the titles and texts of all documents, with spaces around runs of scripts without spaces."""
    split = "\n".join(f"{item['meta']['title']}\n{item['content']}" for item in read(site).values())
    return _PAIR.sub(r"\1", split)


def _read_fragment(path: Path) -> dict[str, Any]:
    data = gzip.decompress(path.read_bytes())
    assert data.startswith(_SIGNATURE)
    fragment: dict[str, Any] = json.loads(data.removeprefix(_SIGNATURE))
    return fragment
