"""The ``nav`` of ``mkdocs.yml``: entries without a file, and pages without an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pathspec import GitIgnoreSpec

from portfolio.core.diagnostics import Diagnostic, did_you_mean, quote
from portfolio.core.positions import Document, iter_texts
from portfolio.lint.links import LinkTargets, is_generated_view
from portfolio.record.kinds import story_id
from portfolio.record.models import Project

_NAV = "nav"


def check_nav(settings: Sequence[Document], targets: LinkTargets) -> Iterator[Diagnostic]:
    """Yield what MkDocs would warn about in the navigation.

    ``settings`` are the ``mkdocs.yml`` and what it inherits from, nearest first: the first ``nav`` counts.
    """
    document = next((document for document in settings if document.value_at((_NAV,)) is not None), None)
    if document is None:
        return
    listed: set[str] = set()
    for at, target in iter_texts(document.value_at((_NAV,))):
        listed.add(target)
        if (fault := _check_entry(target, targets)) is not None:
            message, hint, code = fault
            yield document.diagnose((_NAV, *at), message, hint, code=code)
    if targets.validation_level(_NAV, "omitted_files", "info") == "warn":
        yield from _find_omitted_pages(listed, targets)


def _check_entry(target: str, targets: LinkTargets) -> tuple[str, str, str] | None:
    """Return the message, hint and code of an entry that leads nowhere."""
    files = targets.documents.files
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target in files or target in targets.generated:
        return None
    if target.startswith("/"):
        if targets.validation_level(_NAV, "absolute_links", "info") != "warn":
            return None
        message = f"{quote(target)} begins with '/', which is the root of the server and not of this site."
        return (
            message,
            "Write the path of a page below the documents folder, or a full URL.",
            "nav.absolute-path",
        )
    if is_generated_view(target, targets) or targets.validation_level(_NAV, "not_found", "warn") != "warn":
        return None
    return f"there is no {quote(target)}.", did_you_mean(target, files), "nav.missing-file"


def _find_omitted_pages(listed: set[str], targets: LinkTargets) -> Iterator[Diagnostic]:
    """Yield the pages that are neither in the navigation nor in ``not_in_nav`` or ``draft_docs``."""
    patterns = (str(targets.settings.get(key) or "") for key in ("not_in_nav", "draft_docs"))
    ignored = GitIgnoreSpec.from_lines(line for text in patterns for line in text.splitlines())
    for path, page in targets.documents.pages.items():
        # A post that cannot be read has a diagnostic of its own.
        is_post = targets.posts_folder is not None and path.startswith(targets.posts_folder)
        # Of a story, the project may be missing because its file cannot be read.
        id = story_id(path)
        is_story = targets.record.find_story(path) is not None or (id and Project in targets.incomplete)
        if path in listed or is_post or is_story or ignored.match_file(path):
            continue
        if id:
            hint = did_you_mean(id, targets.record.all_projects) or "Rename it to the id of a project."
            yield Diagnostic(
                page.name,
                1,
                1,
                "",
                f"there is no project {quote(id)} whose story this page could be.",
                f"{hint} Or add {quote(path)} to nav or not_in_nav in mkdocs.yml.",
                code="nav.unknown-project",
            )
        else:
            yield Diagnostic(
                page.name,
                1,
                1,
                _NAV,
                "this page is not in the nav of mkdocs.yml.",
                f"Add {quote(path)} to nav or to not_in_nav, or delete the page.",
                code="nav.omitted-page",
            )
