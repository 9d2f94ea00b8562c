"""Indexes documents while the site is built, and for the live preview after an edit."""

from __future__ import annotations

import json
import shutil
import threading
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path

from portfolio.core.cache import Cache, CacheFile, cache_key, code_fingerprint
from portfolio.search.documents import SearchDocument, list_words
from portfolio.search.pagefind import IndexingError, IndexingProcess, is_index_file

# The folder of the index below the site's.
FOLDER = "assets/search"
# The words of the site, for queries that find nothing.
_WORDS_FILE = "words.txt"
# If a site has more documents, its index has parts, which `search.js` merges: while Pagefind makes an index,
# it needs 0.3 MB for each document, and only a part whose documents have changed is made again.
_MOST_DOCUMENTS = 700
# In the live preview: the folders of the pages that have changed since the build, and the file that names the
# newest, with its URLs.
_CHANGED_FOLDER, _CHANGED_FILE = "changed", "changed.json"
# If more documents have changed since a full index, the preview makes a new one.
_MOST_CHANGED = 20
Files = dict[str, bytes]


class IndexJob:
    """An index of documents, which Pagefind makes while this process does something else.

    ``cache`` may have parts of the index already, by ``keys``, and ``words`` the words of documents. ``most``
    is how many documents a part has, on average. Raises IndexingError if Pagefind cannot be started.
    """

    def __init__(
        self,
        documents: Iterable[SearchDocument],
        language: str,
        cache: Cache | None = None,
        words: CacheFile | None = None,
        most: int = _MOST_DOCUMENTS,
    ) -> None:
        # In a constant order, on which the files depend.
        self.documents = sorted(documents, key=lambda document: document.url)
        self._cache, self._words = cache or Cache(), words
        code = _code_fingerprint()
        parts = {}
        for part in _split(self.documents, most):
            html = {_path_of(document.url): document.to_html() for document in part}
            parts[cache_key(code, language, *(text for item in html.items() for text in item))] = html
        self.keys = [*parts]
        self._files = {key: content for key in parts if (content := self._cache.get(key)) is not None}
        self._missing = [key for key in parts if key not in self._files]
        self._process = (
            IndexingProcess((parts[key] for key in self._missing), language) if self._missing else None
        )

    def wait(self) -> Files:
        """Return the files of the index by path. Raises IndexingError."""
        # First, while Pagefind is busy.
        words = self._cache.compute(
            _words_key(self.keys), lambda: list_words(self.documents, self._words).encode()
        )
        if self._process is not None:
            process, self._process = self._process, None
            for key, files in zip(self._missing, process.wait(), strict=True):
                self._files[key] = _pack(files)
                self._cache.put(key, self._files[key])
        return _join([self._files[key] for key in self.keys], words)


class PreviewJob:
    """The index of a build for the live preview: the newest full one, unless many documents have changed.

    `PreviewIndex` adds what has changed since. ``keys`` are those of its parts, and ``indexed`` has a digest
    of each indexed document by its URL.
    """

    def __init__(self, documents: Iterable[SearchDocument], language: str, cache: Cache) -> None:
        self.documents = list(documents)
        digests = _list_digests(self.documents)
        self._cache = cache
        # What is stored there only says where to start.
        self._key = cache_key(_code_fingerprint(), "newest full index", language)
        self.keys, self.indexed = json.loads(cache.get(self._key) or b"[[], {}]")
        changed = len(dict(digests.items() ^ self.indexed.items()))
        self._files = _load(self.keys, cache) if self.keys and changed <= _MOST_CHANGED else None
        self._job: IndexJob | None = None
        if self._files is None:
            self.indexed = digests
            self._job = IndexJob(self.documents, language, cache)
            self.keys = self._job.keys

    def wait(self) -> Files:
        """Return the files of the index by path. Raises IndexingError."""
        if self._job is None:
            assert self._files is not None
            return self._files
        files = self._job.wait()
        self._cache.put(self._key, json.dumps([self.keys, self.indexed]).encode())
        return files


def _code_fingerprint() -> str:
    return code_fingerprint(modules=(__name__,), packages=("pagefind-bin",))


def _split(documents: Sequence[SearchDocument], most: int) -> list[list[SearchDocument]]:
    """Divide documents among the parts of an index by their URLs, so that a new document changes one part.

    The documents of each part are as varied as those of the site, so that all weight a word alike.
    """
    parts: list[list[SearchDocument]] = [[] for _ in range(ceil(len(documents) / most))]
    for document in documents:
        parts[zlib.crc32(document.url.encode("utf-8", "surrogatepass")) % len(parts)].append(document)
    # Few documents may leave a part empty. A site without documents has an index, too.
    return [part for part in parts if part] or [[]]


def _join(parts: Sequence[bytes], words: bytes) -> Files:
    """Return the files of an index. Those of its first part are not in a folder; only it has the script."""
    files = {_WORDS_FILE: words}
    for number, content in enumerate(parts, 1):
        folder = f"part-{number}/" if number > 1 else ""
        files |= {
            f"{folder}{path}": content
            for path, content in _unpack(content).items()
            if not folder or is_index_file(path)
        }
    return files


def _load(keys: Sequence[str], cache: Cache) -> Files | None:
    """Return the files of an index from the cache; None if one of its parts is not there."""
    words, *parts = (cache.get(key) for key in (_words_key(keys), *keys))
    cached = [part for part in parts if part is not None]
    return _join(cached, words) if words is not None and len(cached) == len(keys) else None


def _words_key(keys: Sequence[str]) -> str:
    return cache_key("words", *keys)


def _list_digests(documents: Iterable[SearchDocument]) -> dict[str, str]:
    return {document.url: cache_key(repr(document)) for document in documents}


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

    ``folder`` has the files of the index of ``job``. `search.js` reads both, and ignores the changed pages in
    the first. Indexes the documents of the job that have changed since.
    """

    def __init__(self, folder: Path, job: PreviewJob, language: str, cache: Cache) -> None:
        self._folder, self._language, self._cache = folder, language, cache
        self._built = job.indexed
        self._current: dict[str, SearchDocument] = {}
        self._digests: dict[str, str] = {}
        self._number = 0
        # Guards what is above, and whether a thread is indexing.
        self._lock = threading.Lock()
        self._is_indexing = False
        self._add(job.documents)
        if self._digests != self._built:
            self.update(())

    def update(self, documents: Iterable[SearchDocument], removed: Iterable[str] = ()) -> None:
        """Index changed documents in the background, and leave out the URLs in ``removed``."""
        with self._lock:
            for url in removed:
                self._current.pop(url, None)
                self._digests.pop(url, None)
            self._add(documents)
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
                    if self._built.get(url) != self._digests[url]
                }
                urls = [*changed, *(self._built.keys() - self._current.keys())]
                if changed == indexed:
                    self._is_indexing = False
                    return
                self._number += 1
            indexed = changed
            # The next change tries again.
            with suppress(IndexingError, OSError):
                self._write(self._index_changed(changed) if changed else {}, urls)

    def _index_changed(self, changed: Mapping[str, SearchDocument]) -> Files:
        """Index changed documents, in one part."""
        return IndexJob(changed.values(), self._language, self._cache, most=len(changed)).wait()

    def _add(self, documents: Iterable[SearchDocument]) -> None:
        added = {document.url: document for document in documents}
        self._current |= added
        self._digests |= _list_digests(added.values())

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
