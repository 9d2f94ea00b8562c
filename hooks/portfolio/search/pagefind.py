"""Runs Pagefind, a program that indexes HTML and writes an index of many small files for browsers.

It is controlled by messages (JSON in base64, each followed by a comma) through its standard input and output:
https://pagefind.app/docs/node-api describes their meaning.
"""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

# What browsers need of the files that Pagefind returns; the rest is its own user interface.
_SCRIPT, _INDEX_SUFFIXES = "pagefind.js", (".pf_index", ".pf_meta", ".pf_fragment", ".pf_filter")
_ENTRY = "pagefind-entry.json"
# Elements of documents that are not indexed.
_EXCLUDED = ("[data-search-exclude]", ".headerlink", "h1")
# Characters of names such as C++ and C#; all other punctuation separates words.
_INCLUDED_CHARACTERS = "+#"
# Languages for which Pagefind has no stemmer, and which it would split at spaces only.
_UNKNOWN = "unknown"
_READ_BYTES = 1 << 20


class IndexingError(Exception):
    """Pagefind cannot run, or has failed. The message is a clause: ``it ended with the status 1``."""


def find_program() -> Path:
    """Return the path of the program. Raises IndexingError if its package has none for this system."""
    try:
        # Imported here, because the package of another system has no program.
        from pagefind_bin import get_executable
    except ImportError:
        raise IndexingError("the package pagefind-bin is not installed") from None
    try:
        return Path(get_executable())
    except FileNotFoundError:
        raise IndexingError("the package pagefind-bin has no program for this system") from None


def build_index(documents: Mapping[str, str], language: str, program: Path | None = None) -> dict[str, bytes]:
    """Index documents, which are HTML by URL, and return the files of the index by path.

    All documents are in one index, which stems words of ``language`` (BCP 47): so a query finds documents in
    all languages. The same documents result in the same files, except that Pagefind writes the values of
    filters in any order. Raises IndexingError.
    """
    requests: list[dict[str, Any]] = [
        {
            "type": "NewIndex",
            "config": {
                # Pagefind has stemmers by language, not by region.
                "force_language": language.lower().split("-")[0],
                "exclude_selectors": _EXCLUDED,
                "include_characters": _INCLUDED_CHARACTERS,
            },
        },
        *(
            {"type": "AddFile", "index_id": 0, "url": url, "file_contents": html, "file_path": None}
            for url, html in documents.items()
        ),
        {"type": "GetFiles", "index_id": 0},
    ]
    files: dict[str, bytes] = {}
    for response in _exchange(program or find_program(), requests):
        if response["type"] == "Error":
            raise IndexingError(f"it reported: {response['message']}")
        for file in response.get("files", ()):
            files[file["path"]] = base64.b64decode(file["content"])
    return {path: content for path, content in files.items() if _is_needed(path, files)}


def _is_needed(path: str, files: Mapping[str, bytes]) -> bool:
    if path in (_SCRIPT, _ENTRY) or path.endswith(_INDEX_SUFFIXES):
        return True
    languages = json.loads(files[_ENTRY])["languages"].values()
    return path in {f"wasm.{language['wasm'] or _UNKNOWN}.pagefind" for language in languages}


def _exchange(program: Path, requests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Start the program, send it requests, and yield its responses. Raises IndexingError."""
    try:
        process = subprocess.Popen(  # noqa: S603 - a program of a package that this project requires
            [program, "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise IndexingError(f"it cannot be started: {error.strerror}") from error
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        # The program answers while it reads: without a thread, both would wait for each other.
        writer = threading.Thread(target=_write, args=(process.stdin, requests), daemon=True)
        writer.start()
        try:
            yield from _read(process.stdout, len(requests))
        finally:
            # It runs until its input is closed, or it is ended.
            process.kill()
            writer.join()
            with suppress(BrokenPipeError):
                process.stdin.close()


def _write(stream: IO[bytes], requests: list[dict[str, Any]]) -> None:
    with suppress(BrokenPipeError):
        for number, payload in enumerate(requests):
            message = json.dumps({"message_id": number, "payload": payload})
            stream.write(base64.b64encode(message.encode()) + b",")
        stream.flush()


def _read(stream: IO[bytes], number: int) -> Iterator[dict[str, Any]]:
    """Yield a number of responses."""
    parts: list[bytes] = []
    while number:
        data = stream.read1(_READ_BYTES)  # type: ignore[attr-defined]
        if not data:
            raise IndexingError("it ended before it had written the index")
        first, *rest = data.split(b",")
        parts.append(first)
        for part in rest:
            yield json.loads(base64.b64decode(b"".join(parts)))["payload"]
            parts, number = [part], number - 1
