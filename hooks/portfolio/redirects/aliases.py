"""Plan the redirects of a site: from its aliases, and what is wrong with them.

An alias is an old path that leads to a page. It is in the front matter of the page, or under
``extra.portfolio.aliases`` in ``mkdocs.yml``, where a placeholder such as ``{category}`` makes one line stand
for all categories.

GitHub Pages cannot redirect, so a build writes a page at the old path that sends browsers on. Feed readers
and other programs do not follow it: an alias of a feed, an image or any other file that is not a page becomes
a copy of that file, also at a path such as ``/feed/``, where browsers show the copy as text.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from portfolio.core.diagnostics import Diagnostic, did_you_mean, join_words, quote
from portfolio.core.positions import Document, KeyPath
from portfolio.redirects import url_paths
from portfolio.redirects.url_paths import InvalidPathError, UrlPath
from portfolio.sources import mkdocs_yml

PLACEHOLDERS = ("category", "tag", "author", "year", "page")
# Files that MkDocs and its theme write besides pages.
WRITTEN_BY_THEME = ("404.html", "sitemap.xml", "sitemap.xml.gz")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_SETTINGS = ("extra", "portfolio")


class Alias(NamedTuple):
    """An alias as its owner writes it, and where.

    ``target`` is the source of a page below the documents folder, or the path of a URL. Only in
    ``mkdocs.yml`` ``path`` and ``target`` can contain placeholders.
    """

    path: str
    target: str
    document: Document
    at: KeyPath
    in_front_matter: bool = False

    @property
    def place(self) -> tuple[str, KeyPath]:
        """The path of the file, and the place in it."""
        return self.document.path, self.at

    def diagnose(self, message: str, hint: str = "", *, code: str) -> Diagnostic:
        """Create a diagnostic at the alias."""
        return self.document.diagnose(self.at, message, hint, code=code)


@dataclass(frozen=True)
class GoneUrl:
    """A path that nothing answers any more, the reason, and where it is written.

    ``*`` matches any characters.
    """

    path: str
    reason: str
    document: Document
    at: KeyPath

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(map(re.escape, self._plain_path.split("*"))), re.DOTALL)

    @cached_property
    def _plain_path(self) -> str:
        try:
            url = url_paths.parse_url_path(self.path)
        except InvalidPathError:
            return self.path
        return f"{url.path}#{url.fragment}" if url.fragment else url.path

    def matches(self, url: UrlPath) -> bool:
        """Whether this covers a URL; a path covers all fragments of its page."""
        whole = f"{url.path}#{url.fragment}"
        return any(self._pattern.fullmatch(text) is not None for text in (url.path, whole))


@dataclass(frozen=True)
class Inventory:
    """What a site has: ``files`` are all its files, ``sources`` has those with a source by its path.

    ``names`` has the values of each placeholder. ``generated`` is a folder of the site with pages that are
    unknown; empty if all are known.
    """

    sources: Mapping[str, str]
    files: Collection[str]
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    generated: str = ""

    @cached_property
    def source_of(self) -> dict[str, str]:
        """The source of each file of the site that has one."""
        return {file: source for source, file in self.sources.items()}


class Redirect(NamedTuple):
    """A file of the site that leads to another one, or is a copy of it (``is_copy``)."""

    file: str
    target: str
    fragment: str
    is_copy: bool


def read_settings(config: Path) -> tuple[list[Alias], list[GoneUrl]]:
    """Read the aliases and the URLs that are gone from an ``mkdocs.yml`` and what it inherits from."""
    aliases: dict[str, Alias] = {}
    gone: dict[str, GoneUrl] = {}
    for document in mkdocs_yml.load(config)[0]:
        for key, value, at in _iter_texts(document, "aliases"):
            aliases.setdefault(key, Alias(key, value, document, at))
        for key, value, at in _iter_texts(document, "gone"):
            gone.setdefault(key, GoneUrl(key, value, document, at))
    return list(aliases.values()), list(gone.values())


def _iter_texts(document: Document, name: str) -> Iterator[tuple[str, str, KeyPath]]:
    values = document.value_at((*_SETTINGS, name))
    for key, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, str):
            yield key, value, (*_SETTINGS, name, key)


def plan_redirects(
    aliases: Sequence[Alias], gone: Sequence[GoneUrl], inventory: Inventory, site_url: str
) -> tuple[list[Redirect], list[Diagnostic]]:
    """Return the redirects of a site, sorted, and every diagnostic of its aliases and URLs that are gone.

    Each alias has one diagnostic at most. Front matter takes precedence over ``mkdocs.yml``, and there a path
    takes precedence over one with a placeholder.
    """
    planner = _Planner(inventory, site_url)
    requests = [request for alias in aliases for request in planner.expand(alias)]
    requests.sort(key=lambda request: (not request.alias.in_front_matter, request.is_pattern))
    planner.alias_paths = {request.path: request for request in reversed(requests)}
    for request in requests:
        if request.alias.place not in planner.problems:
            planner.add(request)
    problems = [*planner.problems.values(), *_check_gone(gone, planner)]
    return sorted(redirect for redirect, _ in planner.redirects.values()), sorted(problems)


class _Request(NamedTuple):
    """An alias without placeholders."""

    path: str
    target: str
    alias: Alias
    is_pattern: bool


class _Target(NamedTuple):
    file: str
    fragment: str


@dataclass
class _Planner:
    inventory: Inventory
    site_url: str
    alias_paths: dict[str, _Request] = field(default_factory=dict)
    # By the path as a file system may have it, with the alias of each.
    redirects: dict[str, tuple[Redirect, Alias]] = field(default_factory=dict)
    # The files of the redirects, and their folders.
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    problems: dict[tuple[str, KeyPath], Diagnostic] = field(default_factory=dict)

    def report(self, alias: Alias, message: str, hint: str = "", *, code: str) -> None:
        """Report what is wrong with an alias, unless it has a diagnostic already."""
        self.problems.setdefault(alias.place, alias.diagnose(message, hint, code=code))

    def expand(self, alias: Alias) -> list[_Request]:
        """Return an alias with each value of its placeholders; not every tag or category has a feed."""
        requests = list(self._iter_requests(alias))
        to_files = [request for request in requests if request.target.strip("/") in self.inventory.files]
        return to_files or requests

    def _iter_requests(self, alias: Alias) -> Iterator[_Request]:
        """Yield an alias with each value of its placeholders."""
        used = [] if alias.in_front_matter else list(dict.fromkeys(_PLACEHOLDER.findall(alias.path)))
        in_target = [] if alias.in_front_matter else _PLACEHOLDER.findall(alias.target)
        if unknown := next((name for name in (*used, *in_target) if name not in PLACEHOLDERS), None):
            known = join_words(f"{{{name}}}" for name in PLACEHOLDERS)
            message = f"there is no placeholder {quote(f'{{{unknown}}}')}."
            hint = f"{did_you_mean(unknown, PLACEHOLDERS)} The placeholders are {known}."
            self.report(alias, message, hint, code="alias.unknown-placeholder")
            return
        if unused := next((name for name in in_target if name not in used), None):
            message = f"the old path {quote(alias.path)} does not contain {{{unused}}}."
            hint = "Write the placeholder in both, or in neither."
            self.report(alias, message, hint, code="alias.unused-placeholder")
            return
        for values in itertools.product(*(self.inventory.names.get(name, ()) for name in used)):
            named = dict(zip(used, values, strict=True))
            text, target = (_substitute(part, named) for part in (alias.path, alias.target))
            try:
                yield _Request(self._parse(text), target, alias, bool(used))
            except InvalidPathError as error:
                self.report(alias, str(error), error.hint, code=error.code)

    def _parse(self, text: str) -> str:
        url = url_paths.parse_url_path(text, self.site_url)
        if "?" in text or url.fragment:
            part = "query" if "?" in text else "fragment"
            message = f"{quote(text)} has a {part}, which servers of static files ignore."
            raise InvalidPathError(message, f"Write the path without the {part}.")
        return url.path

    def add(self, request: _Request) -> None:
        """Add the redirect of an alias, or report why there is none."""
        if request.is_pattern and not self.alias_paths[request.path].is_pattern:
            return  # A line without a placeholder says more exactly where this path leads.
        target = self._resolve(request)
        if target is None:
            return
        is_copy = not url_paths.is_page(target.file)
        file = url_paths.file_for_alias(request.path, is_copy=is_copy)
        key = url_paths.fold_path(file)
        redirect = Redirect(file, target.file, target.fragment, is_copy)
        known, rival = self.redirects.get(key, (None, None))
        if known == redirect or (known is not None and request.is_pattern and rival is not request.alias):
            return  # A line without a placeholder says more exactly where this path leads.
        if (conflict := self._find_conflict(request, file, target)) is not None:
            message, hint, code = conflict
            self.report(request.alias, message, hint, code=code)
            return
        self.redirects[key] = redirect, request.alias
        self.files.add(file)
        self.folders.update(_list_folders(file))

    def _find_conflict(self, request: _Request, file: str, target: _Target) -> tuple[str, str, str] | None:
        """Return the message, hint and code if the file of an alias cannot be written; None if it can."""
        path, files, key = quote(request.path), self.inventory.files, url_paths.fold_path(file)
        # A page at "/cv.html" answers "/cv", also if there is a folder with that name.
        answer = file if file in files else url_paths.find_answer(request.path, files)
        if answer is not None and (answer == file or answer != target.file):
            is_own = request.alias.in_front_matter and target.file == answer
            owner = "this page" if is_own else self.inventory.source_of.get(answer, answer)
            return f"{path} is the URL of {owner}.", "Remove it.", "alias.shadows"
        if key in self.redirects:
            redirect, rival = self.redirects[key]
            if redirect.file == file:
                return f"{rival.document.path} has the alias {path}, too.", "Remove one.", "alias.duplicate"
        other = self.redirects[key][0].file if key in self.redirects else self._normalized.get(key)
        if other is not None:
            message = f"{path} differs from {quote(f'/{other}')} only in case or in how accents are encoded."
            return message, "Remove one: macOS and Windows take both for one file.", "alias.same-file"
        parent = next((name for name in _list_folders(file) if name in files or name in self.files), None)
        if parent is not None:
            message = f"{path} is below {quote(f'/{parent}')}, which is a file."
            return message, "Remove it: a file has no paths below it.", "alias.below-file"
        if file in self.folders or file in self._site_folders:
            message = f"{path} would be a file, and is a folder of this site."
            return message, f"Write {quote(f'{request.path}/')}.", "alias.below-file"
        return None

    @cached_property
    def _normalized(self) -> dict[str, str]:
        return {url_paths.fold_path(file): file for file in self.inventory.files}

    @cached_property
    def _site_folders(self) -> set[str]:
        return {folder for file in self.inventory.files for folder in _list_folders(file)}

    def _resolve(self, request: _Request) -> _Target | None:
        """Return where an alias leads; report it if it leads nowhere."""
        alias, inventory = request.alias, self.inventory
        if alias.in_front_matter:
            # The page may not be published yet.
            file = inventory.sources.get(request.target)
            return None if file is None else _Target(file, "")
        path, _, fragment = request.target.partition("#")
        if path in inventory.sources:
            return _Target(inventory.sources[path], fragment)
        is_url = path.startswith("/") or "//" in path
        try:
            url = url_paths.parse_url_path(request.target if is_url else f"/{request.target}", self.site_url)
        except InvalidPathError as error:
            self.report(alias, str(error), error.hint, code=error.code)
            return None
        if (file := url_paths.find_answer(url.path, inventory.files)) in WRITTEN_BY_THEME:
            message, hint = (
                f"no alias can lead to {quote(file)}.",
                "Write a page or another file of this site.",
            )
            self.report(alias, message, hint, code="alias.missing-target")
            return None
        if file is not None:
            return _Target(file, url.fragment)
        if (following := self._find_alias(url.path)) is not None:
            self._report_chain(request, following)
        elif not inventory.generated or not url.path.startswith(f"/{inventory.generated}/"):
            known = [*inventory.sources, *map(url_paths.path_of_file, inventory.files)]
            message, hint = f"there is no {quote(request.target)} on this site.", did_you_mean(path, known)
            hint = hint or "Write a page such as 'index.md', or a path of this site."
            self.report(alias, message, hint, code="alias.missing-target")
        return None

    def _find_alias(self, path: str) -> _Request | None:
        candidates = (path, f"{path}.html", f"{path.removesuffix('/')}/")
        return next((self.alias_paths[name] for name in candidates if name in self.alias_paths), None)

    def _report_chain(self, request: _Request, following: _Request) -> None:
        """Report an alias that leads to an alias, and whether that leads back."""
        seen, step = [request.path], following
        while step.path not in seen:
            seen.append(step.path)
            if (
                step.alias.in_front_matter
                or (further := self._find_alias(f"/{step.target.strip('/')}")) is None
            ):
                message = f"{quote(request.target)} is an alias, too."
                hint = f"Write what that leads to: {quote(step.target)}."
                self.report(request.alias, message, hint, code="alias.chain")
                return
            step = further
        message = f"this leads back to itself: {', '.join(map(quote, seen))}."
        hint = "Write the page that answers today."
        self.report(request.alias, message, hint, code="alias.loop")


def _list_folders(file: str) -> list[str]:
    """Return the folders that contain a file, the innermost first."""
    return [file[:at] for at in range(len(file) - 1, 0, -1) if file[at] == "/"]


def _substitute(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _check_gone(gone: Sequence[GoneUrl], planner: _Planner) -> Iterator[Diagnostic]:
    """Yield the URLs that are declared gone, and are not, or cannot be URLs of the site."""
    for item in gone:
        path = quote(item.path)
        try:
            url = url_paths.parse_url_path(item.path)
        except InvalidPathError as error:
            yield item.document.diagnose(item.at, str(error), error.hint, code=error.code)
            continue
        if "*" in item.path or url.fragment:
            continue
        if url_paths.find_answer(url.path, planner.files) is not None:
            message, hint = f"{path} is an alias, too.", "Remove one of them."
            yield item.document.diagnose(item.at, message, hint, code="gone.is-alias")
        elif (file := url_paths.find_answer(url.path, planner.inventory.files)) is not None:
            owner = planner.inventory.source_of.get(file, file)
            message = f"{path} is not gone: it is the URL of {owner}."
            yield item.document.diagnose(item.at, message, "Remove it.", code="gone.exists")
