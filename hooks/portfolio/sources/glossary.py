"""``glossary.yml``: the abbreviations of a site and what they mean."""

from __future__ import annotations

from pathlib import Path

from portfolio.core import positions
from portfolio.core.diagnostics import Diagnostic, quote
from portfolio.sources.mkdocs_yml import display_path, read_text

FILE = "glossary.yml"


def load(path: Path, root: Path) -> tuple[dict[str, str], list[Diagnostic]]:
    """The meanings by abbreviation, sorted without regard to case, and every problem.

    A missing file is an empty one.
    """
    text = read_text(path, root, optional=True)
    if isinstance(text, Diagnostic):
        return {}, [text]
    document, problems = positions.load_yaml(display_path(path, root), text)
    if problems or document.data is None:
        return {}, problems
    if not isinstance(document.data, dict):
        return {}, [document.diagnose((), "expected lines such as 'KV: key and value'.")]
    found: dict[str, str] = {}
    for name, meaning in document.data.items():
        if not isinstance(meaning, str) or not meaning.strip():
            message = f"expected what {quote(name)} means, as in 'KV: key and value'."
            problems.append(document.diagnose((name,), message))
        elif not name.strip() or "\n" in name or "]" in name:
            problems.append(document.diagnose((name,), "this cannot stand in a text as one word."))
        else:
            found[name.strip()] = " ".join(meaning.split())
    return dict(sorted(found.items(), key=lambda item: (item[0].casefold(), item[0]))), sorted(problems)
