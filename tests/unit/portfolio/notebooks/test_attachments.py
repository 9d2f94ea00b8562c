"""Pictures that are attached to cells of text."""

import pytest

from tests.support import notebooks as nb
from tests.unit.portfolio.notebooks.test_convert import body, converted, problems


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.png", "![b](attachment:c.png)"),
        ("c.png", '![b]( <attachment:c.png> "T")'),
        ("my c.png", "![b](<attachment:my c.png>)"),
        ("my c.png", "![b](attachment:my%20c.png)"),
        ("my%20c.png", "![b](attachment:my%20c.png)"),
        ("c (1).png", "![b](attachment:c%20(1).png)"),
        ("c.png", "![b][1]\n\n[1]: attachment:c.png"),
        ("c.png", "![b][1]\n\n[1]: <attachment:c.png>"),
    ],
)
def test_what_is_attached_becomes_a_file(name: str, text: str) -> None:
    page = converted(nb.raw(nb.FRONT), nb.text(text, attachments={name: {"image/png": nb.png()}}))
    (file,) = page.files
    assert page.diagnostics == ()
    assert "attachment" not in page.markdown
    assert page.markdown.count(file) == 1


def test_code_that_shows_an_attachment_is_left_as_it_stands() -> None:
    text = "---\n\n`![b](attachment:c.png)`\n\n```\n![b](attachment:c.png)\n```"
    assert text in body(nb.text("a"), nb.text(text))


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        (
            "[1]: attachment:d.png",
            "c.png",
            "no attachment of this cell is called 'd.png'.",
        ),
        ('<img alt="b" src="attachment:c.png">', "c.png", "'c.png' is written as HTML, where its URL does"),
        (
            "<img alt=b src=attachment:c.png>",
            "c.png",
            "'c.png' is written as HTML, where its URL does not",
        ),
        ("<img src='attachment:a &amp; b.png'>", "a & b.png", "'a &amp; b.png' is written as HTML, where it"),
    ],
)
def test_what_leads_nowhere_is_told(text: str, name: str, told: str) -> None:
    (problem,) = problems(nb.text(f"![b][1]\n\n{text}", attachments={name: {"image/png": nb.png()}}))
    assert problem.startswith(f"cell 2, line 3: {told}")


def test_what_is_no_picture_is_told() -> None:
    (problem,) = problems(nb.text("a", attachments={"c.pdf": {"application/pdf": "YQ=="}}))
    assert problem.startswith("cell 2: 'c.pdf' is not an image that a page can show.")
