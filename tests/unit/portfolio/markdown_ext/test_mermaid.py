"""Mermaid diagrams: the SVG, the fence in Markdown, and the library without its thread."""

import os
import re
import sys
from textwrap import indent
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown

from portfolio.markdown_ext.mermaid import MermaidExtension, render_diagram
from portfolio.markdown_ext.render_errors import RenderError
from tests.support import project

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
def test_colours_are_custom_properties(source: str) -> None:
    svg = drawn(source)
    painted = [element.get(key, "") for element in svg.iter() for key in ("fill", "stroke", "style")]
    fixed = {colour for value in painted for colour in re.findall(r"(?<!, )#\w+", value)}
    assert fixed == set()
    assert any(value.startswith("var(--diagram-") for value in painted)


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS.keys())
def test_svg_has_no_external_references_or_scripts(source: str) -> None:
    svg = drawn(source)
    names = {element.tag for element in svg.iter()}
    assert svg.tag == "svg"
    assert names.isdisjoint({"script", "style", "image", "use", "a", "foreignObject"})
    for element in svg.iter():
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert "url(" not in value
            assert "href" not in key


def test_colours_of_the_author_do_not_change() -> None:
    svg = drawn(FLOWCHART + "  style A fill:#ffeecc\n")
    assert any("fill:#ffeecc" in element.get("style", "") for element in svg.iter())


def test_accessible_name_and_description_come_from_the_diagram() -> None:
    svg = drawn(FLOWCHART + "  accTitle: The way\n  accDescr: One leads to two.\n", title="not this")
    by_id = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert by_id == {"d-title": "The way", "d-description": "One leads to two."}
    assert (svg.get("role"), svg.get("aria-labelledby")) == ("img", "d-title")
    assert svg.get("aria-describedby") == "d-description"


@pytest.mark.parametrize(("title", "name"), [("The way", "The way"), ("", "Diagram (flowchart)")])
def test_accessible_name_falls_back_to_the_title(title: str, name: str) -> None:
    svg = drawn(FLOWCHART, title=title)
    assert svg[0].tag == "title"
    assert svg[0].text == name
    assert svg.get("aria-describedby") is None


def test_rendering_is_deterministic() -> None:
    first, second = (ElementTree.tostring(drawn(source)) for source in [FLOWCHART] * 2)
    assert first == second


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("flowchart LR\n  A -->\n  -->\n", 23, "Expecting"),
        ("", 0, "is empty"),
        (" \n", 0, "is empty"),
        ("no such thing", 0, "No diagram type"),
        ("flowchart LR\n  A[\uffff]", 0, "contains a character"),
    ],
)
def test_invalid_diagrams_are_errors(source: str, offset: int, message: str) -> None:
    error = render_diagram(source, name="d")
    assert isinstance(error, RenderError)
    assert (error.kind, error.source, error.offset) == ("diagram", source, offset)
    assert error.message.startswith(message)
    assert "\n" not in error.message


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*KINDS.values(), ""]), st.text(alphabet=st.characters(codec="utf-8")))
@example("flowchart LR\n", "\x00")
@example("", "%%{init: {}}%%")
def test_any_text_is_a_diagram_or_an_error(start: str, rest: str) -> None:
    result = render_diagram(start + rest, name="d")
    if isinstance(result, RenderError):
        assert result.message
    else:
        assert ElementTree.fromstring(ElementTree.tostring(result)).get("role") == "img"


WIDE = "flowchart LR\n  A[one] --> B[two] --> C[three]\n"
NARROW = "flowchart TB\n  A[one] --> B[two]\n"


def convert(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    errors: list[RenderError] = []
    markdown = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": [MermaidExtension(errors.append).fence]}
        },
    )
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), errors


def test_wide_diagrams_are_in_a_focusable_box_with_a_name() -> None:
    html, errors = convert(f'```mermaid title="The way"\n{WIDE}```')
    (box,) = html
    assert errors == []
    assert box.attrib == {"class": "diagram", "tabindex": "0", "role": "group", "aria-label": "The way"}
    assert [child.tag for child in box] == ["svg"]


def test_narrow_diagrams_are_not_focusable() -> None:
    html, _ = convert(f"```mermaid\n{NARROW}```")
    assert [box.attrib for box in html] == [{"class": "diagram"}]


def test_equal_diagrams_have_different_ids() -> None:
    block = f"```mermaid\n{NARROW}```\n"
    html, _ = convert(f"{block}\n- item\n\n{indent(block, ' ' * 4)}")
    ids = [element.get("id") for element in html.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 2


def test_class_and_id_of_the_fence_apply_to_the_box() -> None:
    html, _ = convert(f"```{{.mermaid .tall #way}}\n{NARROW}```")
    (box,) = html
    assert (box.get("class"), box.get("id")) == ("diagram tall", "way")


def test_an_invalid_diagram_is_shown_as_code() -> None:
    html, errors = convert("```mermaid\nno such <thing>\n```")
    assert [(error.kind, error.source) for error in errors] == [("diagram", "no such <thing>")]
    assert [code.text for code in html.iter("code")] == ["no such <thing>"]


def test_other_fences_are_code_blocks() -> None:
    html, errors = convert("```text\nflowchart LR\n```")
    assert errors == []
    assert html.find(".//svg") is None


SCRIPT = """
import os, sys, threading
sys.path.insert(0, "hooks")
from portfolio.markdown_ext import mermaid
assert mermaid.render_svg("graph TD; A-->B").startswith(b"<svg")
threads = os.listdir("/proc/self/task") if sys.platform == "linux" else []
print(threading.active_count(), len(threads))
child = os.fork() if hasattr(os, "fork") else 0
if child == 0 and hasattr(os, "fork"):
    os._exit(0 if mermaid.render_svg("graph TD; C-->D").startswith(b"<svg") else 1)
print(os.waitpid(child, 0)[1] if child else 0)
"""


def test_rendering_leaves_no_thread_and_works_in_a_forked_process() -> None:
    done = project.python(project.ROOT, "-W", "error", "-c", SCRIPT, env=dict(os.environ))
    expected = "1 1" if sys.platform == "linux" else "1 0"
    assert (done.stdout.split("\n")[:2], done.returncode) == ([expected, "0"], 0), done.stderr
