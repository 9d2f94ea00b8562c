"""What kind of thing a publication is: the same wherever it is told of."""

from __future__ import annotations

import re

from portfolio.record.models import Publication

# The kinds of publications, in the order of a list, with their headings.
KINDS = {
    "papers": "Papers",
    "books": "Books and theses",
    "preprints": "Preprints",
    "articles": "Articles",
    "others": "Other work",
}
_KIND_OF = {
    **dict.fromkeys("article conference incollection inproceedings".split(), "papers"),
    **dict.fromkeys("inbook book booklet mastersthesis phdthesis thesis".split(), "books"),
    **dict.fromkeys("misc online".split(), "articles"),
    **dict.fromkeys("unpublished".split(), "preprints"),
}
# Where manuscripts are laid out before a review.
_SERVERS = re.compile(
    r"\b(arxiv|[a-z]*rxiv|preprints?|ssrn|osf|hal|zenodo|research ?square|techrxiv|eccc|eprint)\b",
    re.IGNORECASE,
)


def kind_of(publication: Publication) -> str:
    """Which of ``KINDS`` a publication is: what came out in a journal is a paper, wherever else it lies."""
    kind = _KIND_OF.get(publication.type, "others")
    on_server = bool(publication.arxiv) or bool(_SERVERS.search(publication.venue or ""))
    in_journal = kind == "papers" and not _SERVERS.search(publication.venue or "")
    return "preprints" if kind in ("papers", "articles") and on_server and not in_journal else kind
