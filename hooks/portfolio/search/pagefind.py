"""Runs Pagefind, a program that indexes HTML and writes an index of many small files for browsers.

It is controlled by messages (JSON in base64, each followed by a comma) through its standard input and output:
https://pagefind.app/docs/node-api describes their meaning.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

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
_POLL_SECONDS = 0.005


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


def is_index_file(path: str) -> bool:
    """Whether a file is part of an index, and not the script that searches it or the script's program."""
    return path == _ENTRY or path.endswith(_INDEX_SUFFIXES)


def _encode_requests(indexes: Iterable[Mapping[str, str]], language: str) -> Iterator[bytes]:
    # Pagefind has stemmers by language, not by region.
    config = {
        "force_language": language.lower().split("-")[0],
        "exclude_selectors": _EXCLUDED,
        "include_characters": _INCLUDED_CHARACTERS,
    }
    payloads = (
        payload
        for number, documents in enumerate(indexes)
        for payload in (
            {"type": "NewIndex", "config": config},
            *(
                {"type": "AddFile", "index_id": number, "url": url, "file_contents": html, "file_path": None}
                for url, html in documents.items()
            ),
            {"type": "GetFiles", "index_id": number},
            {"type": "DeleteIndex", "index_id": number},
        )
    )
    for number, payload in enumerate(payloads):
        yield base64.b64encode(json.dumps({"message_id": number, "payload": payload}).encode())


class IndexingProcess:
    """Pagefind, which indexes documents while this process does something else.

    ``indexes`` has the documents of each index, which are HTML by URL. Pagefind makes one index after the
    other, and frees its memory. It stems words of ``language`` (BCP 47), whatever the language of a document
    is: so a query finds documents in all languages. The same documents result in the same files, except that
    Pagefind writes the values of filters in any order. Raises IndexingError if it cannot be started.
    """

    def __init__(
        self, indexes: Iterable[Mapping[str, str]], language: str, program: Path | None = None
    ) -> None:
        requests = [*_encode_requests(indexes, language)]
        self._pending = len(requests)
        program = program or find_program()
        try:
            # A file, and not a pipe, which would be full before anything reads from it. It loses its name at
            # once, so nothing is left of a build that fails.
            with tempfile.NamedTemporaryFile() as output:
                self._process = subprocess.Popen(  # noqa: S603 - a program of a package that is required
                    [program, "--service"],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                )
                # Opened again, because the program writes at the position of the other one. Closed by `wait`.
                self._output = Path(output.name).open("rb", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise IndexingError(f"it cannot be started: {error.strerror}") from error
        assert self._process.stdin is not None
        # The program reads all requests at once. It runs until its input is closed.
        with suppress(BrokenPipeError):
            self._process.stdin.writelines(request + b"," for request in requests)
            self._process.stdin.flush()

    def wait(self) -> list[dict[str, bytes]]:
        """Return the files of each index by path. Raises IndexingError."""
        indexes: list[dict[str, bytes]] = []
        try:
            for response in self._read_responses():
                if response["type"] == "Error":
                    raise IndexingError(f"it reported: {response['message']}")
                if "files" in response:
                    files = {file["path"]: base64.b64decode(file["content"]) for file in response["files"]}
                    indexes.append({path: files[path] for path in files if _is_needed(path, files)})
        finally:
            self._process.kill()
            self._process.communicate()
            self._output.close()
        return indexes

    def _read_responses(self) -> Iterator[dict[str, Any]]:
        """Yield a response to each request."""
        parts: list[bytes] = []
        while self._pending:
            has_ended = self._process.poll() is not None
            data = self._output.read(_READ_BYTES)
            if not data and has_ended:
                raise IndexingError("it ended before it had written the index")
            if not data:
                time.sleep(_POLL_SECONDS)
            first, *rest = data.split(b",")
            parts.append(first)
            for part in rest:
                yield json.loads(base64.b64decode(b"".join(parts)))["payload"]
                parts, self._pending = [part], self._pending - 1


def _is_needed(path: str, files: Mapping[str, bytes]) -> bool:
    if path == _SCRIPT or is_index_file(path):
        return True
    languages = json.loads(files[_ENTRY])["languages"].values()
    return path in {f"wasm.{language['wasm'] or _UNKNOWN}.pagefind" for language in languages}
