"""Which dependency of a page has changed: the reasons in the log of ``mkdocs build --verbose``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from mkdocs.config.defaults import MkDocsConfig

from mkdocs_incremental.site_facts import project_root
from mkdocs_incremental.skip_build import digest
from mkdocs_incremental.store import Store

NOT_CACHED = "it was not in the cache"


class SharedInputs:
    """What all pages of a build depend on: digests by the name of each input.

    ``fingerprint`` identifies all of them. They are stored under it, so that a later build can say which of
    them has changed.
    """

    def __init__(self, digests: Mapping[str, str], store: Store, config: MkDocsConfig) -> None:
        # Absolute paths are shortened in messages.
        self._root = f"{os.path.realpath(project_root(config))}{os.sep}"
        self.fingerprint = digest(json.dumps(digests).encode())
        self._digests = digests
        self._store = store
        self._changes: dict[str, str] = {}
        if store.get(f"inputs {self.fingerprint}") is None:
            store.put(f"inputs {self.fingerprint}", digests)

    def explain_change(self, fingerprint: str) -> str:
        """Return which input has changed since a build had another fingerprint; empty if it is the same."""
        if fingerprint == self.fingerprint:
            return ""
        if fingerprint not in self._changes:
            previous = self._store.get(f"inputs {fingerprint}")
            change = "" if previous is None else find_change(previous, self._digests)
            change = change.removeprefix(self._root)
            self._changes[fingerprint] = change or "a file or setting that all pages share changed"
        return self._changes[fingerprint]


def find_change(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return the first change between digests by name; empty if there is none."""
    return next(
        (f"{name} changed" for name in {**after, **before} if before.get(name) != after.get(name)), ""
    )
