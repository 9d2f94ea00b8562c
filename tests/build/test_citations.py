"""Citations in a built site, with keys, names and fields as other programs export them."""

from pathlib import Path

from tests.support import html, persona, project


def test_citation_links_to_any_key_in_a_strict_build(tmp_path: Path) -> None:
    """The persona cites a key with punctuation and an umlaut, of a book with four editors and no author."""
    root = persona.copy(tmp_path / "project")
    built = project.mkdocs(root, "build", "--strict")
    assert (built.returncode, "WARNING" in built.stderr) == (0, False), built.stderr
    page = html.parse(next((root / "site").rglob("expansion/index.html")))
    (citation,) = page.css(".citation a")
    (reference,) = page.css("ol.references > li")
    assert citation.text() == "Weiß et al., 2019, pp. iv–vi"
    assert (
        html.attribute_value(citation, "href")
        == f"#{html.attribute_value(reference, 'id')}"
        == "#ref-DBLP:books/brücke+19"
    )
    assert "Brücken aus FE500" in reference.text()
    assert "<sub>500</sub>" in (reference.html or "")
    assert [html.attribute_value(link, "href") for link in reference.css("a")] == [
        "https://books.example/br_500"
    ]
    # The owner's own list names all authors, and marks the owner.
    for work in html.parse(root / "site/publications/index.html").css(".reference"):
        assert "et al." not in work.text()
        assert work.css(".owner")
