from math_core import LatexToMathML

from portfolio.markdown_ext.formulas import parse_mathml


def test_named_characters() -> None:
    math = parse_mathml(LatexToMathML().convert_with_local_state(r"\sin y < \& \nabla", displaystyle=False))
    assert "".join(math.itertext()) == "sin\u2061y<&∇"


def test_attributes_and_empty_elements() -> None:
    math = parse_mathml('<math display="block"><mspace width="1em"/><mi mathvariant="normal">d</mi></math>')
    assert [(element.tag, element.attrib) for element in math.iter()] == [
        ("math", {"display": "block"}),
        ("mspace", {"width": "1em"}),
        ("mi", {"mathvariant": "normal"}),
    ]
