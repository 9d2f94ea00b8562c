from textwrap import indent
from xml.etree import ElementTree

from markdown import Markdown

from portfolio.markdown_ext.mermaid import MermaidFence
from portfolio.markdown_ext.render_errors import RenderError

WIDE = "flowchart LR\n  A[one] --> B[two] --> C[three]\n"
NARROW = "flowchart TB\n  A[one] --> B[two]\n"


def convert(text: str) -> tuple[ElementTree.Element, list[RenderError]]:
    misprints: list[RenderError] = []
    markdown = Markdown(
        extensions=["attr_list", "pymdownx.superfences"],
        extension_configs={
            "pymdownx.superfences": {"custom_fences": [MermaidFence(misprints.append).settings()]}
        },
    )
    return ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>"), misprints


def test_wide_diagram_scrolls_in_a_box_that_has_a_name() -> None:
    html, misprints = convert(f'```mermaid title="The way"\n{WIDE}```')
    (box,) = html
    assert misprints == []
    assert box.attrib == {"class": "diagram", "tabindex": "0", "role": "group", "aria-label": "The way"}
    assert [child.tag for child in box] == ["svg"]


def test_narrow_diagram_is_no_stop_for_the_keyboard() -> None:
    html, _ = convert(f"```mermaid\n{NARROW}```")
    assert [box.attrib for box in html] == [{"class": "diagram"}]


def test_ids_differ_in_one_build() -> None:
    block = f"```mermaid\n{NARROW}```\n"
    html, _ = convert(f"{block}\n- item\n\n{indent(block, ' ' * 4)}")
    ids = [element.get("id") for element in html.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 2


def test_class_and_id_of_the_fence() -> None:
    html, _ = convert(f"```{{.mermaid .tall #way}}\n{NARROW}```")
    (box,) = html
    assert (box.get("class"), box.get("id")) == ("diagram tall", "way")


def test_misprint_is_shown_as_code() -> None:
    html, misprints = convert("```mermaid\nno such <thing>\n```")
    assert [(misprint.kind, misprint.source) for misprint in misprints] == [("diagram", "no such <thing>")]
    assert [code.text for code in html.iter("code")] == ["no such <thing>"]


def test_other_fences_are_code() -> None:
    html, misprints = convert("```text\nflowchart LR\n```")
    assert misprints == []
    assert html.find(".//svg") is None
