"""Which styles can be taken, and what is said of those that cannot."""

from pathlib import Path

import pytest

from portfolio.citations import styles

NUMERIC = (Path(__file__).parent / "numeric.csl").read_text(encoding="utf-8")
BIBLIOGRAPHY = NUMERIC[NUMERIC.index("  <bibliography>") : NUMERIC.index("</style>")]
TITLE = '<text variable="title" font-style="italic"/>'
INFO = NUMERIC[NUMERIC.index("<style") : NUMERIC.index("  <citation>")]
LINK = '<link rel="independent-parent" href="http://www.zotero.org/styles/apa"/>'
STYLES = {
    "<style": "is no XML",
    "<html/>": "is not in CSL 1.0.",
    NUMERIC.replace(BIBLIOGRAPHY, ""): "gives no list of references.",
    NUMERIC.replace(TITLE, '<text macro="titel"/>'): "has no macro 'titel'.",
    NUMERIC.replace(
        "  <citation>",
        '<macro name="a"><text macro="b"/></macro><macro name="b"><text macro="a"/></macro><citation>',
    ).replace(TITLE, '<text macro="a"/>'): "has macros that use themselves: 'a' and 'b'.",
    NUMERIC.replace('class="in-text"', 'class="note"'): "sets citations as notes, which is not supported.",
    INFO.replace("    <updated", f"    {LINK}<updated").replace('class="in-text" ', "") + "</style>": (
        "is another name of one: take 'http://www.zotero.org/styles/apa'."
    ),
}


@pytest.mark.parametrize(("text", "said"), STYLES.items(), ids=STYLES.values())
def test_what_cannot_be_taken_is_told_of(text: str, said: str, tmp_path: Path) -> None:
    assert text != NUMERIC
    (tmp_path / "own.csl").write_text(text, encoding="utf-8")
    with pytest.raises(styles.StyleError) as error:
        styles.find("own.csl", tmp_path)
    assert str(error.value).startswith("the style 'own.csl' ")
    assert said in str(error.value)


def test_what_is_not_there_is_told_of(tmp_path: Path) -> None:
    for name, said in {
        "harvard-cite-them-rigth": "Did you mean 'harvard-cite-them-right'?",
        "gone.csl": "cannot be read: No such file or directory.",
    }.items():
        with pytest.raises(styles.StyleError) as error:
            styles.find(name, tmp_path)
        assert said in str(error.value)


def test_what_citeproc_ships_and_a_file_are_taken(tmp_path: Path) -> None:
    (tmp_path / "own.csl").write_text(NUMERIC, encoding="utf-8")
    assert styles.find("own.csl", tmp_path).text == NUMERIC.encode()
    assert styles.find(styles.DEFAULT, tmp_path).text
