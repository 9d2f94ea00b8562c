"""Citations in a built site whose keys, names and fields are as others export them."""

from pathlib import Path

from tests.support import html, persona, project


def test_a_strict_build_leads_to_any_key_of_references(tmp_path: Path) -> None:
    """The persona cites a key with signs and an umlaut, of a book that has four editors and no author."""
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
    assert "Brücken aus FE₅₀₀" in reference.text()
    assert [html.attribute_value(link, "href") for link in reference.css("a")] == [
        "https://books.example/br_500"
    ]
    # In the owner's own list, all authors stand, and the owner among them.
    for work in html.parse(root / "site/publications/index.html").css(".reference"):
        assert "et al." not in work.text()
        assert work.css(".owner")
