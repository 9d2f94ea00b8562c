import pytest

from portfolio.config import formula_macros


def test_sound_ones_may_use_each_other() -> None:
    macros = {"Rn": r"\R^n", "R": r"\mathbb{R}", "norm": r"\lVert #1 \rVert"}
    assert formula_macros.check(macros) == (macros, {})


@pytest.mark.parametrize(
    ("name", "tex", "message"),
    [
        (r"\R", "x", "without a backslash"),
        ("R2", "x", "Latin letters only"),
        ("a", r"\foo", r'Unknown command "\foo".'),
        ("norm", r"\left\lVert", "In YAML a # after a space begins a comment"),
        ("a", r"\a", "stand by itself"),
    ],
)
def test_each_wrong_one_is_told_and_left_out(name: str, tex: str, message: str) -> None:
    sound, wrong = formula_macros.check({"R": r"\mathbb{R}", name: tex})
    assert sound == {"R": r"\mathbb{R}"}
    assert list(wrong) == [name]
    assert message in wrong[name]
