from xml.etree import ElementTree

from markdown import Markdown

from portfolio.markdown_ext.render_errors import RenderError, to_diagnostics
from portfolio.markdown_ext.tables import TableExtension

TABLE = "| a | b |\n| - | - |\n| c | d |\n"


def test_every_table_is_in_a_focusable_box() -> None:
    markdown = Markdown(extensions=["admonition", "tables", TableExtension()])
    text = f"One.\n\n{TABLE}\nTwo.\n\n!!! note\n\n    | e |\n    | - |\n    | f |\n"
    html = ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>")
    boxes = [element for element in html.iter() if element.find("table") is not None]
    assert [box.attrib for box in boxes] == [
        {"class": "table", "tabindex": "0", "role": "group", "aria-label": "Table"}
    ] * 2
    assert ["".join(box.itertext()).split() for box in boxes] == [["a", "b", "c", "d"], ["e", "f"]]
    assert [element.tag for element in html] == ["p", "div", "p", "div"]


def test_an_escaped_pipe_in_code_is_a_pipe() -> None:
    markdown = Markdown(extensions=["tables", TableExtension(lambda _: None)])
    html = markdown.convert("| `a \\| b` | ``c`\\|d`` |\n| - | - |\n| `e|f` | g \\| h |\n")
    cells = [cell.itertext() for cell in ElementTree.fromstring(html).iter() if cell.tag in ("th", "td")]
    assert ["".join(cell) for cell in cells] == ["a | b", "c`|d", "e|f", "g | h"]


def test_a_row_with_more_cells_than_the_header_is_reported() -> None:
    errors: list[RenderError] = []
    markdown = Markdown(extensions=["tables", TableExtension(errors.append)])
    text = f"{TABLE}| `|` | e \\| |\n| $p(x | y)$ | z |\n\nEnd.\n"
    html = ElementTree.fromstring(f"<main>{markdown.convert(text)}</main>")
    assert len(list(html.iter("tr"))) == 4
    assert [(place.line, place.column) for place in to_diagnostics(errors, text, "page.md")] == [(5, 1)]
    assert errors[0].message.startswith("this row has 3 cells and the header has 2;")
