"""The syntax of citations, and the works that can be cited."""

from pathlib import Path

import pytest

from portfolio.citations.csl import Cite
from portfolio.citations.library import load_citable_works, parse_citation
from portfolio.core import i18n
from portfolio.core.cache import CacheFile
from portfolio.core.diagnostics import CODES
from tests.unit.portfolio import records


@pytest.mark.parametrize(
    ("inner", "cites"),
    [
        ("@key", [Cite("key")]),
        ("@key, p. 3", [Cite("key", "page", "3")]),
        ("@key, pp. 3-5, 7", [Cite("key", "page", "3-5, 7")]),
        ("@key, 33", [Cite("key", "page", "33")]),
        ("@key, p. 3--5", [Cite("key", "page", "3–5")]),
        ("@key, pp. iv–vi", [Cite("key", "", "pp. iv–vi")]),
        ("@key, p. iv", [Cite("key", "page", "iv")]),
        ("@key, p.3", [Cite("key", "page", "3")]),
        ("@key, n.d.", [Cite("key", "", "n.d.")]),
        ("@key, § 4", [Cite("key", "section", "4")]),
        ("@key, chap. 4", [Cite("key", "chapter", "4")]),
        ("@key, see there", [Cite("key", "", "see there")]),
        ("@a; @b, fig. 2", [Cite("a"), Cite("b", "figure", "2")]),
        ("@doi:10.1/x_y", [Cite("doi:10.1/x_y")]),
        ("@ключ", [Cite("ключ")]),
        ("@", None),
        ("@a b", None),
        ("@a; b", None),
        ("@a;", None),
        ("@a, ", [Cite("a")]),
    ],
)
def test_parse_citation(inner: str, cites: list[Cite] | None) -> None:
    assert parse_citation(inner) == cites


def test_key_of_a_publication_is_rejected_in_references(tmp_path: Path) -> None:
    text = "@misc{a, title = {T}}\n"
    root = records.write(tmp_path, {"data/publications.bib": text, "data/references.bib": text})
    record, _ = records.read(root)
    works, problems = load_citable_works(root / "data", record, root, CacheFile())
    assert list(works) == ["a"]
    assert [str(problem) for problem in problems] == [
        "data/references.bib:1:1: a: the citation key 'a' is already used by a publication. "
        "Give every work a key of its own."
    ]
    assert problems[0].code in CODES


def test_locators_in_the_language_of_the_site() -> None:
    def labels() -> list[str]:
        parsed = [parse_citation(f"@key, {text}") or [] for text in ("S. 12", "p. 12", "Kap. 3")]
        return [cite.label for cites in parsed for cite in cites]

    assert labels() == ["section", "page", ""]
    i18n.use_language("de-AT")
    assert labels() == ["page", "page", "chapter"]
