"""The reference of keys: up to date, complete, and with valid examples."""

import re
from pathlib import Path

import pytest
import yaml

from portfolio import reference
from portfolio.core import positions
from portfolio.core.validation import validate
from portfolio.record.models import Model, Publication
from portfolio.sources import bibtex, posts
from portfolio.sources.posts import FrontMatter, Search

DATE = "date: 2026-01-31"
ROW = re.compile(r"\| `(?P<key>\w+)`(?: \(required\))? \| .* \| `(?P<example>[^`|]+)` \|")


def rows(title: str) -> dict[str, str]:
    """The examples in the table below a heading, by key."""
    (section,) = (part for part in reference.generate().split("\n## ") if part.startswith(f"{title}\n"))
    return {match["key"]: match["example"] for match in ROW.finditer(section)}


def test_committed_reference_is_up_to_date() -> None:
    assert reference.PATH.read_text(encoding="utf-8") == reference.generate(), "run: make schema"


@pytest.mark.parametrize(("title", "_place", "model"), reference.TABLES, ids=lambda value: str(value)[:20])
def test_each_key_has_a_valid_example(title: str, _place: str, model: type[Model]) -> None:
    examples = rows(title)
    assert examples.keys() == model.model_fields.keys() - {"faces"}
    parsed = {key: yaml.safe_load(example) for key, example in examples.items()}
    assert all(value.keys() == {key} for key, value in parsed.items())
    if model in (FrontMatter, Search):
        for key, example in examples.items():
            line = example if model is FrontMatter else f"search: {{{example}}}"
            others = {"date": "", "part": f"{DATE}\n{examples.get('series')}\n"}.get(key, f"{DATE}\n")
            _, _, problems = posts.read_post("a.md", f"---\n{others}{line}\n---\n# T\n", Path("a.md"))
            assert problems == []
        return
    required = [example for key, example in examples.items() if model.model_fields[key].is_required()]
    for example in examples.values():
        lines = "\n".join(dict.fromkeys([*required, example]))
        document, problems = positions.load_yaml("example.yml", lines)
        _, invalid = validate(model, document, ())
        assert [str(problem) for problem in (*problems, *invalid)] == []


def test_examples_of_bibtex_are_valid() -> None:
    examples = rows("Publications")
    assert len(examples) > 10
    entry = f"@misc{{key, {', '.join(examples.values())}}}"
    document, problems = bibtex.load("example.bib", entry)
    publication, invalid = validate(Publication, document, ("key",))
    assert problems + invalid == []
    assert publication is not None
    assert publication.title == "Models of E. coli in H₂O"
