"""Indexes documents in another process, while the site is built, and for the live preview after an edit.

`IndexJob` starts this module as a program. It is a process of its own, and not a thread, because a process
with threads cannot fork the workers that convert and render pages.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from portfolio.core.cache import Cache, cache_key, code_fingerprint
from portfolio.search.documents import SearchDocument, list_words
from portfolio.search.pagefind import IndexingError, build_index

# The folder of the index below the site's.
FOLDER = "assets/search"
# The words of the site, for queries that find nothing.
_WORDS_FILE = "words.txt"
# In the live preview: the folders of the pages that have changed since the build, and the file that names the
# newest, with its URLs.
_CHANGED_FOLDER, _CHANGED_FILE = "changed", "changed.json"
_PACKAGES_FOLDER = Path(__file__).parents[2]
# How much the process yields to others while pages are rendered.
_NICENESS = 5
Files = dict[str, bytes]


@dataclass
class IndexJob:
    """A process that indexes documents. ``cache`` may have the index already."""

    documents: Iterable[SearchDocument]
    language: str
    cache: Cache = field(default_factory=Cache)
    _process: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        # In a constant order, on which the files depend.
        documents = sorted(self.documents, key=lambda document: document.url)
        request = json.dumps([self.language, *(document._asdict() for document in documents)]).encode()
        code = code_fingerprint(modules=(__name__,), packages=("pagefind-bin",))
        self._key = cache_key(code, request)
        self._files = self.cache.get(self._key)
        if self._files is None:
            # Closed by `wait`.
            self._output, self._errors = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115
            with tempfile.TemporaryFile() as file:
                file.write(request)
                file.seek(0)
                self._process = _start(file, self._output, self._errors)

    def wait(self) -> Files:
        """Return the files of the index by path. Raises IndexingError."""
        if self._process is not None:
            with self._output, self._errors:
                status = self._process.wait()
                self._process = None
                if status:
                    self._errors.seek(0)
                    lines = self._errors.read().decode(errors="replace").splitlines()
                    raise IndexingError(lines[-1] if lines else f"it ended with the status {status}")
                self._output.seek(0)
                self._files = self._output.read()
            self.cache.put(self._key, self._files)
        assert self._files is not None
        return _unpack(self._files)


def _start(requests: IO[bytes], output: IO[bytes], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # Without "-P", Python would import modules from the current folder.
    command = [sys.executable, "-P", "-m", __name__]
    environment = {**os.environ, "PYTHONPATH": str(_PACKAGES_FOLDER)}
    return subprocess.Popen(  # noqa: S603 - this Python
        command, stdin=requests, stdout=output, stderr=errors, env=environment
    )


def _pack(files: Mapping[str, bytes]) -> bytes:
    head = json.dumps({path: len(content) for path, content in files.items()}).encode()
    return b"".join([head, b"\n", *files.values()])


def _unpack(data: bytes) -> Files:
    head, _, rest = data.partition(b"\n")
    files, start = {}, 0
    for path, length in json.loads(head).items():
        files[path] = rest[start : start + length]
        start += length
    return files


class PreviewIndex:
    """The index of the live preview: that of the build, and a small one of the pages that changed since.

    ``folder`` has the files of the build's index of ``documents``. `search.js` reads both, and ignores the
    changed pages in the first.
    """

    def __init__(self, folder: Path, documents: Iterable[SearchDocument], language: str) -> None:
        self._folder, self._language = folder, language
        self._built = {document.url: document for document in documents}
        self._current = dict(self._built)
        self._number = 0
        # Guards what is above, and whether a thread is indexing.
        self._lock = threading.Lock()
        self._is_indexing = False

    def update(self, documents: Iterable[SearchDocument], removed: Iterable[str] = ()) -> None:
        """Index changed documents in the background, and leave out the URLs in ``removed``."""
        with self._lock:
            for url in removed:
                self._current.pop(url, None)
            self._current |= {document.url: document for document in documents}
            if self._is_indexing:
                return
            self._is_indexing = True
        threading.Thread(target=self._index, name="search", daemon=True).start()

    @property
    def documents(self) -> tuple[SearchDocument, ...]:
        """All documents, with the changes."""
        with self._lock:
            return tuple(self._current.values())

    def _index(self) -> None:
        """Index the changes until there are no new ones."""
        indexed: dict[str, SearchDocument] | None = None
        while True:
            with self._lock:
                changed = {
                    url: document
                    for url, document in self._current.items()
                    if self._built.get(url) != document
                }
                urls = [*changed, *(self._built.keys() - self._current.keys())]
                if changed == indexed:
                    self._is_indexing = False
                    return
                self._number += 1
            indexed = changed
            # The next change tries again.
            with suppress(IndexingError, OSError):
                self._write(IndexJob(changed.values(), self._language).wait() if changed else {}, urls)

    def _write(self, files: Files, urls: list[str]) -> None:
        name = f"{_CHANGED_FOLDER}/{self._number}/"
        for path, content in files.items():
            target = self._folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        # A result of this index is known by the name of its fragment.
        fragments = [Path(path).stem for path in files if path.endswith(".pf_fragment")]
        index = {"folder": name if files else "", "urls": [*map(_path_of, urls)], "fragments": fragments}
        part = self._folder / f"{_CHANGED_FILE}.part"
        part.write_text(json.dumps(index), encoding="utf-8")
        part.replace(self._folder / _CHANGED_FILE)
        # A page may still read the previous one.
        shutil.rmtree(self._folder / _CHANGED_FOLDER / str(self._number - 2), ignore_errors=True)


def _path_of(url: str) -> str:
    """Return a URL below the site's as Pagefind has it, whose script does not expect an empty one."""
    return f"/{url}"


def main() -> None:
    """Index the documents of standard input, and write the files to standard output."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    language, *items = json.load(sys.stdin.buffer)
    documents = [SearchDocument(**{**item, "words": tuple(item["words"])}) for item in items]
    try:
        files = build_index({_path_of(item.url): item.to_html() for item in documents}, language)
    except IndexingError as error:
        sys.exit(str(error))
    files[_WORDS_FILE] = list_words(documents).encode()
    sys.stdout.buffer.write(_pack(files))


if __name__ == "__main__":
    main()
