from pathlib import Path

from portfolio.sources import glossary


def test_sorted_meanings(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text("KV: key and\n  value\nai: artificial\nGQA: queries\n")
    assert glossary.load(path, tmp_path) == (
        {"ai": "artificial", "GQA": "queries", "KV": "key and value"},
        [],
    )
    assert glossary.load(tmp_path / "none.yml", tmp_path) == ({}, [])


def test_each_problem_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "glossary.yml"
    path.write_text("KV:\nAI: [a, b]\n'a]': c\nGQA: queries\n")
    found, problems = glossary.load(path, tmp_path)
    assert found == {"GQA": "queries"}
    assert [str(problem) for problem in problems] == [
        "glossary.yml:1:1: KV: expected what 'KV' means, as in 'KV: key and value'.",
        "glossary.yml:2:1: AI: expected what 'AI' means, as in 'KV: key and value'.",
        "glossary.yml:3:1: a]: this cannot stand in a text as one word.",
    ]
