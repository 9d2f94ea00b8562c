from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from portfolio.markdown_ext.back_matter import BackMatterExtension, split_back_matter

NOTE = "\n\n[^1]: Noted.\n"


class References(Extension):
    """Adds a heading and references to each page, as citations do."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is the base class's
        md.treeprocessors.register(_References(md), "references", 6.5)


class _References(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        ElementTree.SubElement(root, "h2").text = "References"
        ElementTree.SubElement(root, "ol", {"class": "references"}).text = "Hooke"


def convert(text: str, *, cited: bool = True) -> str:
    extensions: list[Extension | str] = ["footnotes", "toc", BackMatterExtension()]
    return Markdown(extensions=[*extensions, References()] if cited else extensions).convert(text)


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("Text.", "p h2 ol"),
        ("Text.\n\n## References", "p h2 ol"),
        ("Text.\n\n### *references*", "p h3 ol"),
        ("Text[^1].\n\n## References" + NOTE, "p h2 ol div"),
        ("Text[^1].\n\n## References\n\nMore." + NOTE, "p h2 p div h2 ol"),
        ("Text.\n\n## Literature", "p h2 h2 ol"),
        ("Text.\n\nReferences", "p p h2 ol"),
    ],
)
def test_references_use_the_pages_own_heading(text: str, elements: str) -> None:
    page = ElementTree.fromstring(f"<main>{convert(text).replace('&nbsp;', ' ')}</main>")
    assert " ".join(element.tag for element in page) == elements


@pytest.mark.parametrize("text", ["One.\n\nTwo.", "# One\n\nTwo.\n\n## Three", "Ä €.\n\n- One\n- Two"])
@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("cited", [False, True])
def test_split_back_matter_finds_footnotes_and_references(text: str, noted: bool, cited: bool) -> None:
    before, back = split_back_matter(convert(f"{text}\n\nLast{'[^1]' + NOTE if noted else '.'}", cited=cited))
    assert before.rstrip().endswith("</p>")
    assert ("Hooke" in before, "Noted" in before) == (False, False)
    assert ("Hooke" in back, "Noted" in back) == (cited, noted)
    assert bool(back) == (noted or cited)


@pytest.mark.parametrize("heading", ["", "\n\n## References"])
def test_split_back_matter_leaves_footnotes_in_the_middle(heading: str) -> None:
    html = convert(f"One[^1].\n\n///Footnotes Go Here///\n\n## Two\n\nThree.{heading}{NOTE}")
    before, back = split_back_matter(html)
    assert "Noted" in before
    assert "Three" in before
    assert back.startswith('<h2 id="references">')
    raw = '<h2>A</h2>\n<ol class="references"><li>B</ol>\n<h2 id="c">C</h2>\n<p>D</p>'
    assert split_back_matter(raw) == (raw, "")


@given(
    st.lists(
        st.sampled_from(
            ['<ol class="references">', '<div class="footnote">', "<h2>", "<h3 id='x'>", "<p\n>", "é\n", "<"]
        )
        | st.text(max_size=3)
    )
)
def test_split_back_matter_loses_nothing(pieces: list[str]) -> None:
    html = "".join(pieces)
    before, back = split_back_matter(html)
    assert before + back == html
