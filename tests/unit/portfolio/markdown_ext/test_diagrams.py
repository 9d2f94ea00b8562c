import re
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portfolio.markdown_ext.mermaid import render_diagram
from portfolio.markdown_ext.render_errors import RenderError

FLOWCHART = "flowchart LR\n  A[one] -->|yes| B{two}\n"

KINDS = {
    "flowchart": FLOWCHART,
    "sequence": "sequenceDiagram\n  A->>B: one\n  Note over A,B: two\n",
    "state": "stateDiagram-v2\n  [*] --> one\n  one --> [*]\n",
    "class": "classDiagram\n  One <|-- Two\n  One : +int a\n",
    "er": "erDiagram\n  ORDER ||--o{ ITEM : has\n",
    "architecture": "architecture-beta\n  service a(server)[One]\n  service b(disk)[Two]\n  a:R -- L:b\n",
}


def drawn(source: str, *, title: str = "") -> ElementTree.Element:
    svg = render_diagram(source, name="d", title=title)
    assert not isinstance(svg, RenderError), svg.message
    return svg


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS.keys())
def test_colours_come_from_the_page(source: str) -> None:
    svg = drawn(source)
    painted = [element.get(key, "") for element in svg.iter() for key in ("fill", "stroke", "style")]
    fixed = {colour for value in painted for colour in re.findall(r"(?<!, )#\w+", value)}
    assert fixed == set()
    assert any(value.startswith("var(--diagram-") for value in painted)


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS.keys())
def test_nothing_points_outside_or_runs(source: str) -> None:
    svg = drawn(source)
    names = {element.tag for element in svg.iter()}
    assert svg.tag == "svg"
    assert names.isdisjoint({"script", "style", "image", "use", "a", "foreignObject"})
    for element in svg.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert "url(" not in value
            assert "href" not in key


def test_own_colours_are_left_alone() -> None:
    svg = drawn(FLOWCHART + "  style A fill:#ffeecc\n")
    assert any("fill:#ffeecc" in element.get("style", "") for element in svg.iter())


def test_name_and_description() -> None:
    svg = drawn(FLOWCHART + "  accTitle: The way\n  accDescr: One leads to two.\n", title="not this")
    by_id = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert by_id == {"d-title": "The way", "d-description": "One leads to two."}
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "d-title")
    assert svg.get("aria-describedby") == "d-description"


@pytest.mark.parametrize(("title", "name"), [("The way", "The way"), ("", "Diagram (flowchart)")])
def test_name_from_outside(title: str, name: str) -> None:
    svg = drawn(FLOWCHART, title=title)
    assert svg[0].tag == "title"
    assert svg[0].text == name
    assert svg.get("aria-describedby") is None


def test_same_on_every_run() -> None:
    first, second = (ElementTree.tostring(drawn(source)) for source in [FLOWCHART] * 2)
    assert first == second


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        ("flowchart LR\n  A -->\n  -->\n", 2, 2, "Expecting"),
        ("", 0, 0, "is empty"),
        (" \n", 0, 0, "is empty"),
        ("no such thing", 0, 0, "No diagram type"),
        ("flowchart LR\n  A[\uffff]", 0, 0, "contains a character"),
    ],
)
def test_misprint(source: str, line: int, column: int, message: str) -> None:
    misprint = render_diagram(source, name="d")
    assert isinstance(misprint, RenderError)
    assert (misprint.kind, misprint.source, misprint.line, misprint.column) == (
        "diagram",
        source,
        line,
        column,
    )
    assert misprint.message.startswith(message)
    assert "\n" not in misprint.message


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*KINDS.values(), ""]), st.text(alphabet=st.characters(codec="utf-8")))
@example("flowchart LR\n", "\x00")
@example("", "%%{init: {}}%%")
def test_any_text_is_a_diagram_or_a_misprint(start: str, rest: str) -> None:
    result = render_diagram(start + rest, name="d")
    if isinstance(result, RenderError):
        assert result.message
    else:
        assert ElementTree.fromstring(ElementTree.tostring(result)).get("role") == "img"
