"""Mermaid diagrams: the SVG, the fence in Markdown, and the library without its thread."""

import os
import re
import sys
from collections.abc import Callable
from textwrap import indent
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown

from portfolio.markdown_ext import markdown_internals
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
    painted = [element.get(key, "") for element in svg.iter() for key in ("fill", "stroke")]
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
            assert key != "style"
            assert "url(" not in value
            assert "href" not in key


def test_colours_of_the_author_do_not_change() -> None:
    svg = drawn(FLOWCHART + "  style A fill:#ffeecc,stroke-width:4px,color:white\n")
    (box,) = (element for element in svg.iter() if element.get("fill") == "#ffeecc")
    assert (box.get("stroke-width"), box.get("rx")) == ("4px", "4px")
    assert any(element.get("fill") == "white" for element in svg.iter("text"))


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
        ("", 0, "is empty."),
        (" \n", 0, "is empty."),
        ("pie\n  oops", 6, "Lexical error. Unrecognized text."),
        ("no such thing", 0, "the kind of diagram is missing or unknown."),
        ("flowchart LR\n  A[\uffff]", 0, "contains a character"),
    ],
)
def test_invalid_diagrams_are_errors(source: str, offset: int, message: str) -> None:
    error = render_diagram(source, name="d")
    assert isinstance(error, RenderError)
    assert (error.kind, error.source, error.offset) == ("diagram", source, offset)
    assert error.message.startswith(message)
    assert "\n" not in error.message


LABEL = "this label contains a character with a meaning in Mermaid."


@pytest.mark.parametrize(
    ("source", "place", "message", "hint"),
    [
        ("graph TD\n  A[foo (bar)] --> B", (2, 9), LABEL, 'A["a (b)"]'),
        ("graph TD\n A -->|with (parens)| B", (2, 13), LABEL, '|"a (b)"|'),
        ("graph TD\n A{is x {y}?} --> B", (2, 9), LABEL, "quotation marks"),
        ("graph TD\n A[x [y]] --> B", (2, 6), LABEL, "quotation marks"),
        ("graph TD\n D[a<br>@scope/dep]", (2, 2), LABEL, "quotation marks"),
        ("graph TD\n A[/foo] --> B", (2, 8), LABEL, "quotation marks"),
        ('graph TD\n A[a "b"] --> B', (2, 7), "this label contains quotation marks.", "#quot;"),
        ("graph TD\n subgraph a (x)\n A\n end", (2, 13), "this title contains a character with", "subgraph"),
        ("graph TD\n A[x --> B", (2, 11), "a label is not closed.", "bracket"),
        ("graph TD\n start --> end", (2, 12), "'end' is a word of Mermaid", 'last["end"]'),
        ("graph TD\n subgraph x\n A-->B", (3, 7), "a block is not closed.", "'end'"),
        ("sequenceDiagram\n loop x\n A->>B: a", (3, 10), "a block is not closed.", "'end'"),
        ("classDiagram\n class A {\n +int x", (3, 8), "a block is not closed.", "}"),
        ("graph TD\n A -> B", (2, 4), "'->' is not an arrow", "-->"),
        ("stateDiagram-v2\n [*] -> a", (2, 6), "'->' is not an arrow", "-->"),
        ("graph TD\n my node --> B", (2, 5), "the name of a node is one word.", 'a["two words"]'),
        ("sequenceDiagram\n A - B: hi", (2, 7), "there is no arrow", "A->>B"),
        ("sequenceDiagram\n A->>B: a; b", (2, 13), "a semicolon ends a message.", "#59;"),
        ("sequenceDiagram\n Note left A: x", (2, 7), "a note has no place.", "left of"),
        ("erDiagram\n A ||--o{ B", (2, 12), "this relationship has no label.", ": has"),
        ("erDiagram\n A ||-o{ B : x", (2, 6), "this is not a relationship.", "||--o{"),
        ("pie\n a : 10", (2, 2), "this part of a pie has no label", '"a" : 10'),
        ("Graph TD\n A-->B", (1, 1), "the kind of diagram is missing or unknown.", "flowchart"),
        ("%%{init: {'theme': 'forest'}}%%\ngraph TD\n  A[foo (bar)]", (3, 9), LABEL, ""),
        ("%%{init: {\n 'theme': 'forest'}}%%\ngraph TD\n  A[foo (bar)]", (4, 9), LABEL, ""),
        ("%% a comment\n\ngraph TD\n  %% another\n  A[foo (bar)]", (5, 9), LABEL, ""),
        ("---\ntitle: x\n---\nflowchart LR\n  a[foo (bar)] --> b", (5, 9), LABEL, ""),
        ("graph TD\n  %%{init: {}}%%\n\n  A[foo (bar)]", (4, 9), LABEL, ""),
    ],
)
def test_frequent_mistakes_say_what_to_write(
    source: str, place: tuple[int, int], message: str, hint: str
) -> None:
    error = render_diagram(source, name="d")
    assert isinstance(error, RenderError)
    before = source[: error.offset].split("\n")
    assert (len(before), len(before[-1]) + 1) == place
    assert error.message.startswith(message)
    assert hint in error.hint


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


WIDE = "flowchart LR\n  A[one] --> B[two] --> C[three] --> D[four]\n"
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
    least, svg = box
    assert (least.get("class"), least.get("height"), least.get("aria-hidden")) == ("least-width", "0", "true")
    assert float(least.get("width", "")) == pytest.approx(0.8 * float(svg.get("width", "")))


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


def test_a_diagram_of_an_earlier_build_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: dict[tuple[str, ...], str] = {}

    def remember(compute: Callable[[], str], *inputs: str) -> str:
        return stored.get(inputs) or stored.setdefault(inputs, compute())

    first = render_diagram(FLOWCHART, name="one", title="One", remember=remember)
    monkeypatch.setattr(markdown_internals, "import_mermaid_render", lambda: pytest.fail("imported"))
    for name, title in (("one", "One"), ("two", "Two")):
        again = render_diagram(FLOWCHART, name=name, title=title, remember=remember)
        assert isinstance(first, ElementTree.Element)
        assert isinstance(again, ElementTree.Element)
        expected = ElementTree.tostring(first, encoding="unicode")
        expected = expected.replace('"one-title"', f'"{name}-title"').replace(">One<", f">{title}<")
        assert ElementTree.tostring(again, encoding="unicode") == expected


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
